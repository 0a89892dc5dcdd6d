/* Thresholds kept: one row a channel and class, its numbers as a blob of doubles. */
#include "config.h"
#include "life/monitor_null.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_TAIL (DRIFT_GRID + 4) /* tail, slope, cases, series, few */

void monitor_null_make(const struct fleets *f, struct arena *a, struct drift_null out[N_CHANNEL])
{
	for (int k = 0; k < N_CHANNEL; k++)
		drift_calibrate(&f->fleet[k], a, &out[k]);
}

static void pack(const struct drift_class *c, double *out)
{
	memcpy(out, c->tail, sizeof c->tail);
	out[DRIFT_GRID] = c->slope;
	out[DRIFT_GRID + 1] = (double)c->cases;
	out[DRIFT_GRID + 2] = c->series;
	out[DRIFT_GRID + 3] = c->few;
}

enum status monitor_null_write(struct db *db, const struct drift_null null[N_CHANNEL], day_t day,
			       int64_t version, const char *config_hash, int64_t *id, struct err *e)
{
	struct arena a = { 0 };
	VEC(struct null_row) row = { 0 };
	for (int k = 0; k < N_CHANNEL; k++)
		for (int j = 0; j < null[k].n_class; j++) {
			const struct drift_class *c = &null[k].class_[j];
			double *tail = ARENA_ARRAY(&a, double, N_TAIL);
			char name[40];
			snprintf(name, sizeof name, "%s/%d", channel_name[k], j);
			pack(c, tail);
			VEC_PUSH(&row, (struct null_row){ arena_strdup(&a, name), null[k].weeks, c->series, c->phi, tail,
							  N_TAIL });
		}
	enum status status = db_begin(db, e);
	if (!status)
		status = db_null_write(db, day, version, config_hash, row.at, (int)row.n, id, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	VEC_FREE(&row);
	arena_release(&a);
	return status;
}

static void unpack(const struct null_row *r, struct drift_class *out)
{
	memcpy(out->tail, r->tail, sizeof out->tail);
	out->phi = r->phi;
	out->slope = r->tail[DRIFT_GRID];
	out->cases = (int64_t)r->tail[DRIFT_GRID + 1];
	out->series = (int)r->tail[DRIFT_GRID + 2];
	out->few = r->tail[DRIFT_GRID + 3] > 0;
}

enum status monitor_null_read(struct db *db, struct arena *a, struct drift_null out[N_CHANNEL], int64_t *id,
			      day_t *day, struct err *e)
{
	struct null_row *row;
	int n;
	enum status status = db_null_newest(db, a, id, day, &row, &n, e);
	for (int k = 0; k < N_CHANNEL; k++)
		out[k] = (struct drift_null){ 0, ARENA_ARRAY(a, struct drift_class, n + 1), 0 };
	for (int j = 0; !status && j < n; j++) {
		const char *slash = strrchr(row[j].class_, '/');
		int which = slash ? atoi(slash + 1) : -1;
		for (int k = 0; k < N_CHANNEL; k++) {
			size_t length = strlen(channel_name[k]);
			if (which < 0 || which >= n || row[j].n_tail != N_TAIL || (size_t)(slash - row[j].class_) != length
			    || strncmp(row[j].class_, channel_name[k], length))
				continue;
			unpack(&row[j], &out[k].class_[which]);
			out[k].n_class = which + 1 > out[k].n_class ? which + 1 : out[k].n_class;
			out[k].weeks = row[j].weeks;
		}
	}
	return status;
}
