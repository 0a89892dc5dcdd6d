/* Residuals out of the db into matrices. */
#include "config.h"
#include "life/monitor_fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "life/past.h"

const char *const channel_name[N_CHANNEL] = { "near", "far", "node near", "node far", "size", "coverage" };

/* Classes of series that share a null: by their usual error, which goes with volume and intermittency. */
static const double class_from[] = { 2, 8, 32 };
#define N_CLASS 4
#define NODE_CLIP 5. /* drift_fleet.clip */

struct filling {
	struct fleets *f;
	const struct cuts *cuts;
	float *z, *error;
	int at; /* place of the row before in the cuts */
};

static void take_row(void *context, int week, const struct resid_row *r)
{
	struct filling *x = context;
	const struct cuts *c = x->cuts;
	int next = x->at + 1;
	int i = next < c->n && c->series[next].id == r->series ? next : cuts_find(c, r->series);
	if (i < 0)
		return;
	x->at = i;
	size_t cell = (size_t)(week - x->f->first) * (size_t)c->n + (size_t)i;
	x->z[cell] = r->z;
	x->error[cell] = r->error;
}

static float *unknown(size_t n, struct arena *a)
{
	float *out = ARENA_ARRAY(a, float, n + 1);
	for (size_t k = 0; k < n; k++)
		out[k] = NAN;
	return out;
}

static void settle_classes(struct fleets *f, int channel, int *class_)
{
	int n = f->n_series;
	for (int i = 0; i < n; i++) {
		double sum = 0;
		int known = 0;
		for (int t = 0; t < f->n_week; t++) {
			float e = f->error[channel][(size_t)t * (size_t)n + (size_t)i];
			if (isnan(e))
				continue;
			sum += fabs((double)e);
			known++;
		}
		class_[i] = 0;
		while (known && class_[i] < N_CLASS - 1 && sum / known >= class_from[class_[i]])
			class_[i]++;
	}
}

/* Groups: the store and the segment that series have in common. */
static void settle_groups(struct fleets *f, const struct config *config, const struct cuts *c, int *group,
			  struct arena *a)
{
	const char *segment = config_text(config, "run.segment");
	int store = -1, other = -1;
	for (int k = 1; k < c->n_cut; k++)
		if (!strcmp(c->cut[k].name, "store"))
			store = k;
		else if (other < 0 || (segment && !strcmp(c->cut[k].name, segment)))
			other = k;
	int n_other = other < 0 ? 1 : c->cut[other].n_member;
	f->n_group = (store < 0 ? 1 : c->cut[store].n_member) * n_other;
	f->group_name = ARENA_ARRAY(a, const char *, f->n_group + 1);
	for (int i = 0; i < c->n; i++)
		group[i] = (store < 0 ? 0 : c->cut[store].of[i]) * n_other + (other < 0 ? 0 : c->cut[other].of[i]);
	for (int g = 0; g < f->n_group; g++) {
		struct buf name = { 0 };
		if (store >= 0)
			buf_adds(&name, c->cut[store].member[g / n_other]);
		if (other >= 0)
			buf_addf(&name, "%s%s", store >= 0 ? "/" : "", c->cut[other].member[g % n_other]);
		f->group_name[g] = arena_strdup(a, name.n ? name.text : "all");
		buf_release(&name);
	}
}

static enum status load_leaves(struct fleets *f, struct db *db, const struct config *config,
			       const struct cuts *c, struct arena *a, struct err *e)
{
	int *group = ARENA_ARRAY(a, int, c->n + 1);
	enum status status = OK;
	size_t cells = (size_t)f->n_week * (size_t)c->n;
	settle_groups(f, config, c, group, a);
	for (int band = 0; !status && band < CHANNEL_LEAVES; band++) {
		int *class_ = ARENA_ARRAY(a, int, c->n + 1);
		struct filling x = { f, c, unknown(cells, a), unknown(cells, a), -1 };
		f->error[band] = x.error;
		status = db_resid_read(db, 0, (enum resid_band)band, f->first, f->first + f->n_week - 1, take_row, &x,
				       e);
		settle_classes(f, band, class_);
		f->fleet[band] = (struct drift_fleet){ c->n, f->n_week, x.z, group, f->n_group, class_, N_CLASS, 0, 0 };
	}
	return status;
}

/* ---- nodes ---- */

static int find_node(const struct fleets *f, const struct cuts *c, const struct resid_node *r)
{
	for (int k = 0; k < f->n_node; k++) {
		const struct cut *cut = &c->cut[f->node[k].cut];
		if (!strcmp(cut->name, r->part) && !strcmp(cut->member[f->node[k].member], r->member))
			return k;
	}
	return -1;
}

static void settle_nodes(struct fleets *f, const struct cuts *c, struct arena *a)
{
	int n = 0;
	for (int k = 0; k < c->n_cut; k++)
		n += c->cut[k].n_member;
	struct fleet_node *node = ARENA_ARRAY(a, struct fleet_node, n + 1);
	f->n_node = 0;
	for (int k = 0; k < c->n_cut; k++)
		for (int m = 0; m < c->cut[k].n_member; m++)
			node[f->n_node++] = (struct fleet_node){ k, m };
	f->node = node;
}

static enum status load_band(struct fleets *f, struct db *db, const struct cuts *c, enum resid_band band,
			     struct arena *a, struct err *e)
{
	struct resid_node *row;
	int n;
	enum status status = db_resid_nodes_read(db, 0, band, f->first, f->first + f->n_week - 1, a, &row, &n, e);
	for (int k = 0; !status && k < n; k++) {
		int i = find_node(f, c, &row[k]);
		if (i < 0 || !row[k].days)
			continue;
		size_t cell = (size_t)(row[k].week - f->first) * (size_t)f->n_node + (size_t)i;
		float bias = (float)log((fmax(row[k].units, 0) + 1) / (fmax(row[k].mean, 0) + 1));
		f->value[band == BAND_NEAR ? CHANNEL_NODE_NEAR : CHANNEL_NODE_FAR][cell] = bias;
		if (band == BAND_FAR)
			continue;
		f->value[CHANNEL_SIZE][cell] = (float)log((row[k].loss + 1) / (row[k].expected + 1));
		f->value[CHANNEL_COVERAGE][cell] = (float)row[k].outside / (float)row[k].days;
	}
	return status;
}

static enum status load_nodes(struct fleets *f, struct db *db, const struct cuts *c, struct arena *a,
			      struct err *e)
{
	settle_nodes(f, c, a);
	int *class_ = ARENA_ARRAY(a, int, f->n_node + 1);
	for (int k = CHANNEL_LEAVES; k < N_CHANNEL; k++) {
		f->value[k] = unknown((size_t)f->n_week * (size_t)f->n_node, a);
		f->fleet[k] = (struct drift_fleet){ f->n_node, f->n_week, f->value[k], NULL, 0, class_, 1,
						    k == CHANNEL_SIZE, NODE_CLIP };
	}
	enum status status = load_band(f, db, c, BAND_NEAR, a, e);
	return status ? status : load_band(f, db, c, BAND_FAR, a, e);
}

enum status fleets_load(struct fleets *out, struct db *db, const struct config *config, const struct cuts *cuts,
			const char *spec, int weeks, struct arena *a, struct err *e)
{
	int last;
	*out = (struct fleets){ .n_series = cuts->n };
	enum status status = db_resid_last(db, BAND_NEAR, &last, e);
	if (status || last == INT32_MIN)
		return status;
	out->first = last - weeks + 1;
	out->n_week = weeks;
	uint8_t *has = ARENA_ARRAY(a, uint8_t, weeks + 1);
	status = db_resid_weeks(db, RESID_SERVED, BAND_NEAR, out->first, last, has, e);
	for (int k = 0; !status && k < weeks; k++)
		out->served += has[k];
	out->last_served = !status && has[weeks - 1];
	if (!status)
		status = load_leaves(out, db, config, cuts, a, e);
	if (!status)
		status = load_nodes(out, db, cuts, a, e);
	const char *replayed = db_meta(db, PAST_SPEC, a);
	int other = spec && replayed && strcmp(spec, replayed);
	for (int k = CHANNEL_SIZE; !status && other && k <= CHANNEL_COVERAGE; k++)
		for (int t = 0; t < weeks; t++)
			for (int i = 0; !has[t] && i < out->n_node; i++)
				out->value[k][(size_t)t * (size_t)out->n_node + (size_t)i] = NAN;
	return status;
}

const char *fleet_node_name(const struct cuts *c, const struct fleet_node *n, struct arena *a)
{
	const struct cut *cut = &c->cut[n->cut];
	struct buf name = { 0 };
	if (n->cut)
		buf_addf(&name, "%s ", cut->name);
	buf_adds(&name, cut->member[n->member]);
	const char *out = arena_strdup(a, name.text);
	buf_release(&name);
	return out;
}
