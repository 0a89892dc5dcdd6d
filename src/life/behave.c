/* Tonight's forecast beside last night's. */
#include "config.h"
#include "life/behave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_report.h"
#include "life/weeks.h"

#define LEAST_UNITS 20.  /* a smaller group may change as it likes */
#define LEAST_SERIES 5
#define NOISE 8.         /* times the root of the units: what a group of that size may change by chance */
#define EXPLAINED .5     /* share of the change by which sales must have moved the same way */
#define PROMOTED .1      /* share of a group's series whose promotion explains it */

struct group_sums {
	double before, after;   /* means of the days that both tell */
	double expected, came;  /* means and sales of the days in between */
	int series, promoted;
};

struct comparison {
	const struct cuts *cuts;
	const struct cut *cut;
	struct group_sums *sum; /* [n_member] */
	period_t from, until;   /* days that both tell */
	int is_after;
	const double *actual;   /* [n][n_between] */
	int n_between;
};

static enum status add_series(void *context, const struct catalog_series *series, const struct forecast *one,
			      struct err *e)
{
	struct comparison *c = context;
	int i = cuts_find(c->cuts, series->id);
	(void)e;
	if (i < 0)
		return OK;
	struct group_sums *s = &c->sum[c->cut->of[i]];
	for (int h = 0; h < one->n_step; h++) {
		period_t p = one->origin + 1 + h;
		if (p >= c->from && p <= c->until)
			*(c->is_after ? &s->after : &s->before) += one->mean[h];
		int between = p - (c->from - c->n_between);
		if (c->is_after || between < 0 || between >= c->n_between)
			continue;
		double y = c->actual[(size_t)i * (size_t)c->n_between + (size_t)between];
		if (isnan(y))
			continue;
		s->expected += one->mean[h];
		s->came += y;
	}
	s->series += c->is_after;
	return OK;
}

/* The cut by which the panel is grouped: run.segment, else the first of the items', else all. */
static const struct cut *group_cut(const struct cuts *c, const struct config *config)
{
	const char *segment = config_text(config, "run.segment");
	const struct cut *found = &c->cut[0];
	for (int k = 1; k < c->n_cut; k++)
		if ((segment && !strcmp(c->cut[k].name, segment)) || (found == c->cut && strcmp(c->cut[k].name, "store")))
			found = &c->cut[k];
	return found;
}

static int is_odd(const struct group_sums *s, double share)
{
	double change = s->after - s->before;
	double base = fmax(s->before, 1);
	if (s->series < LEAST_SERIES || fmax(s->before, s->after) < LEAST_UNITS || fabs(change) <= share * base
	    || fabs(change) <= NOISE * sqrt(fmax(s->before, s->after))
	    || s->promoted > PROMOTED * s->series)
		return 0;
	/* Did the sales in between move the same way, by half as much? */
	double moved = s->expected > 0 ? (s->came - s->expected) / s->expected : 0;
	return !(moved * change > 0 && fabs(moved) >= EXPLAINED * fabs(change) / base);
}

static void judge(struct comparison *c, double share, struct arena *a, struct behaviour *out)
{
	double worst = 0;
	for (int m = 0; m < c->cut->n_member; m++) {
		const struct group_sums *s = &c->sum[m];
		double change = (s->after - s->before) / fmax(s->before, 1);
		out->groups += s->series > 0;
		if (!is_odd(s, share))
			continue;
		out->odd++;
		if (fabs(change) <= worst)
			continue;
		worst = fabs(change);
		out->words = arena_printf(a, "the forecast of %s '%s' changed by %+.0f %% since the published run (%.0f to"
					  " %.0f units on the same days), which no sales, event or promotion explains; if"
					  " it is right: 'forecast nightly --accept-change --reason TEXT'",
					  c->cut->name, c->cut->member[m], 100 * change, s->before, s->after);
	}
}

/* Events of the days in question, any of them, explain a change. */
static enum status has_events(struct db *db, const struct cuts *c, period_t from, period_t until, struct arena *a,
			      int *out, struct err *e)
{
	struct event *event;
	size_t n;
	enum status status = db_events(db, NULL, period_start(&c->calendar, from), period_start(&c->calendar, until + 1) - 1,
				       a, &event, &n, e);
	*out = 0;
	for (size_t k = 0; !status && k < n; k++)
		*out |= !event[k].closed;
	return status;
}

static enum status compare(struct db *db, const struct config *config, const struct run_row *old,
			   const struct run_row *new, struct arena *a, struct behaviour *out, struct err *e)
{
	struct cuts cuts;
	struct comparison c = { .cuts = &cuts };
	int events, *promoted;
	enum status status = cuts_settle(&cuts, db, config, a, e);
	if (status)
		return status;
	period_t origin = period_of_day(&cuts.calendar, new->as_of), before = period_of_day(&cuts.calendar, old->as_of);
	c.cut = group_cut(&cuts, config);
	c.sum = ARENA_ARRAY(a, struct group_sums, c.cut->n_member + 1);
	c.from = origin + 1;
	c.until = before + old->horizon < origin + new->horizon ? before + old->horizon : origin + new->horizon;
	c.n_between = origin - before;
	if (c.until < c.from || c.n_between < 0)
		return OK;
	double *actual = ARENA_ARRAY(a, double, (size_t)cuts.n * (size_t)c.n_between + 1);
	c.actual = actual;
	if (c.n_between)
		status = db_actuals(db, &cuts.calendar, before + 1, c.n_between, cuts.gaps_zero, cuts.series, cuts.n,
				    actual, e);
	if (!status)
		status = db_forecast_read(db, old, NULL, NULL, add_series, &c, e);
	c.is_after = 1;
	if (!status)
		status = db_forecast_read(db, new, NULL, NULL, add_series, &c, e);
	if (!status)
		status = has_events(db, &cuts, c.from, c.until, a, &events, e);
	promoted = ARENA_ARRAY(a, int, cuts.n + 1);
	if (!status)
		status = db_promoted_series(db, period_start(&cuts.calendar, c.from), period_start(&cuts.calendar, c.until),
					    cuts.series, cuts.n, promoted, e);
	for (int i = 0; !status && i < cuts.n; i++)
		c.sum[c.cut->of[i]].promoted += promoted[i];
	if (!status && !events)
		judge(&c, config_number(config, "publish.change_share"), a, out);
	return status;
}

enum status behave_check(struct db *db, const struct config *config, int64_t seq, struct arena *a,
			 struct behaviour *out, struct err *e)
{
	struct run_row old, new;
	struct err none = { 0 };
	char name[24];
	*out = (struct behaviour){ 0 };
	snprintf(name, sizeof name, "%lld", (long long)seq);
	if (db_run_published(db, a, &old, &none) || old.seq == seq)
		return OK;
	enum status status = db_run_find(db, name, a, &new, e);
	return status ? status : compare(db, config, &old, &new, a, out, e);
}
