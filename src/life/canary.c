/* The canary's stores beside the others. */
#include "config.h"
#include "life/canary.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "io/db_model.h"
#include "io/db_realised.h"
#include "life/settings.h"
#include "life/weeks.h"
#include "num/before_after.h"
#include "series/panel.h"

double canary_place(const char *store)
{
	const struct series_key key = { store, "canary" };
	return (double)((uint64_t)series_key_hash(&key) >> 11) / 9007199254740992.;
}

/* Which weeks are before (0) and since (1): [until - from + 1], -1 neither. */
struct spans {
	int from, until;
	int8_t *side;
};

static enum status settle_spans(struct db *db, struct canary_look *look, struct arena *a, struct spans *s,
				int n[2], struct err *e)
{
	struct calendar c;
	struct canary_days days;
	int known;
	*s = (struct spans){ 0, -1, NULL };
	n[0] = n[1] = 0;
	enum status status = db_calendar(db, &c, &known, e);
	if (!status)
		look->unit = c.kind == PERIOD_DAY ? "week" : period_kind_name(c.kind);
	if (!status)
		status = db_canary_days(db, look->version, look->share, &days, e);
	if (!status && days.since != DAY_NONE)
		status = db_resid_last(db, BAND_NEAR, &s->until, e);
	if (status || days.since == DAY_NONE || s->until == INT_MIN)
		return status;
	period_t first = period_of_day(&c, days.first), since = period_of_day(&c, days.since);
	s->from = week_of(&c, first) - CANARY_BEFORE;
	if (s->until < s->from)
		return OK;
	size_t size = (size_t)(s->until - s->from) + 1;
	uint8_t *has = ARENA_ARRAY(a, uint8_t, size);
	s->side = ARENA_ARRAY(a, int8_t, size);
	status = db_resid_weeks(db, RESID_SERVED, BAND_NEAR, s->from, s->until, has, e);
	for (int w = s->from; !status && w <= s->until; w++) {
		period_t start = week_start(&c, w);
		int clear = days.other == DAY_NONE || start > period_of_day(&c, days.other) + week_length(&c);
		int side = !has[w - s->from] ? -1 : start > since ? 1 : start <= first && clear ? 0 : -1;
		s->side[w - s->from] = (int8_t)side;
		if (side >= 0)
			n[side]++;
	}
	return status;
}

struct store_sums {
	const char *name;
	double loss[2], units[2]; /* before, since */
};

static int by_name(const void *p, const void *q)
{
	return strcmp(((const struct store_sums *)p)->name, ((const struct store_sums *)q)->name);
}

/* Sums of each store, by name. */
static struct store_sums *sum_stores(const struct resid_node *node, int n, const struct spans *s, struct arena *a,
				     int *n_store)
{
	struct store_sums *sum = ARENA_ARRAY(a, struct store_sums, n + 1);
	int count = 0;
	for (int k = 0; k < n; k++) {
		int side = s->side[node[k].week - s->from];
		if (side < 0 || strcmp(node[k].part, "store"))
			continue;
		sum[count].name = node[k].member;
		sum[count].loss[side] = node[k].loss;
		sum[count++].units[side] = node[k].units;
	}
	qsort(sum, (size_t)count, sizeof *sum, by_name);
	*n_store = 0;
	for (int k = 0; k < count; k++) {
		struct store_sums *last = *n_store ? &sum[*n_store - 1] : NULL;
		if (!last || strcmp(last->name, sum[k].name)) {
			sum[(*n_store)++] = sum[k];
			continue;
		}
		for (int side = 0; side < 2; side++) {
			last->loss[side] += sum[k].loss[side];
			last->units[side] += sum[k].units[side];
		}
	}
	return sum;
}

/* Ratio of errors and its p, and the number of stores; NaN where nothing can be told. */
static void compare(const struct store_sums *sum, int n, double share, struct arena *a, struct canary_look *out)
{
	double *change[2] = { ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1) };
	struct before_after test;
	out->stores = out->others = 0;
	for (int k = 0; k < n; k++) {
		const struct store_sums *s = &sum[k];
		if (!(s->loss[0] > 0 && s->loss[1] > 0 && s->units[0] > 0 && s->units[1] > 0))
			continue;
		double x = log(s->loss[1] / s->units[1]) - log(s->loss[0] / s->units[0]);
		if (canary_place(s->name) < share)
			change[0][out->stores++] = x;
		else
			change[1][out->others++] = x;
	}
	before_after_test(change[0], out->stores, change[1], out->others, &test);
	out->ratio = exp(test.effect);
	out->p = test.p_one;
	out->harm = out->ratio > CANARY_HARM && out->p < CANARY_SURE;
}

/* Now, and as it stood a week ago. */
static void compare_twice(const struct resid_node *node, int n, struct spans *s, struct arena *a,
			  struct canary_look *out)
{
	struct canary_look ago = { 0 };
	int n_store;
	const struct store_sums *sum = sum_stores(node, n, s, a, &n_store);
	compare(sum, n_store, out->share, a, out);
	if (out->weeks < CANARY_LEAST || out->before < CANARY_BEFORE_LEAST)
		out->ratio = out->p = (double)NAN;
	int last = s->until - s->from;
	while (last > 0 && s->side[last] != 1)
		last--;
	s->side[last] = -1;
	if (out->harm && out->weeks > CANARY_LEAST) {
		sum = sum_stores(node, n, s, a, &n_store);
		compare(sum, n_store, out->share, a, &ago);
	}
	out->harm = !isnan(out->p) && ago.harm;
}

enum status canary_look(struct db *db, struct arena *a, struct canary_look *out, struct err *e)
{
	struct model_row row;
	struct resid_node *node;
	struct spans s;
	int n, weeks[2];
	const char *share = db_meta(db, "canary.share", a);
	*out = (struct canary_look){ .ratio = (double)NAN, .p = (double)NAN };
	struct err none = { 0 };
	enum status status = db_model_find(db, "canary", a, &row, &none);
	if (status == E_NOTFOUND || (!status && !share))
		return OK;
	if (status) {
		*e = none;
		return status;
	}
	out->version = row.version;
	out->share = strtod(share, NULL);
	status = settle_spans(db, out, a, &s, weeks, e);
	if (status || !s.side)
		return status;
	out->before = weeks[0];
	out->weeks = weeks[1];
	status = db_resid_nodes_read(db, 0, BAND_NEAR, s.from, s.until, a, &node, &n, e);
	if (!status)
		compare_twice(node, n, &s, a, out);
	return status;
}

const char *canary_words(const struct canary_look *look, struct arena *a)
{
	const char *head = arena_printf(a, "version %lld in %d of %d stores, %d %s%s", (long long)look->version,
					look->stores, look->stores + look->others, look->weeks, look->unit,
					look->weeks == 1 ? "" : "s");
	if (!look->stores && !look->others)
		return arena_printf(a, "version %lld in %.3g %% of the stores: no %s is judged yet",
				    (long long)look->version, 100 * look->share, look->unit);
	if (isnan(look->p))
		return arena_printf(a, "%s: too little to compare", head);
	return arena_printf(a, "%s: errors %.1f %% %s (p %.2g)", head, 100 * fabs(look->ratio - 1),
			    look->ratio > 1 ? "larger" : "smaller", look->ratio > 1 ? look->p : 1 - look->p);
}

enum status canary_end(struct db *db, int64_t *version, const char *reason, struct err *e)
{
	struct arena a = { 0 };
	struct model_row canary, champion = { 0 };
	struct err none = { 0 };
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = db_model_find(db, "canary", &a, &canary, e);
	if (status == E_NOTFOUND)
		status = err_set(e, E_NOTFOUND, "no canary serves");
	if (!status && db_model_find(db, "champion", &a, &champion, &none))
		champion.version = 0;
	if (!status)
		status = db_model_alias(db, "canary", 0, reason, e);
	if (!status)
		status = db_model_log(db, "rollback", champion.version, canary.version, reason, e);
	FAILPOINT("canary.end");
	if (!status)
		*version = canary.version;
	arena_release(&a);
	return db_leave(db, 1, status, e);
}

enum status canary_judge(struct db *db, const struct config *config, struct arena *a, const char **words,
			 const char **said, struct err *e)
{
	struct canary_look look;
	*words = *said = NULL;
	enum status status = canary_look(db, a, &look, e);
	if (status || !look.version)
		return status;
	*words = canary_words(&look, a);
	if (!look.harm)
		return OK;
	if (strcmp(config_text(config, "promote.auto"), "yes")) {
		*said = arena_printf(a, "the canary, version %lld, does harm: 'forecast models rollback --canary' ends it",
				     (long long)look.version);
		return OK;
	}
	status = canary_end(db, &look.version, arena_printf(a, "as canary, %s", *words), e);
	if (!status)
		*said = arena_printf(a, "the canary, version %lld, was taken away: it did harm", (long long)look.version);
	return status;
}
