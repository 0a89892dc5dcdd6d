/* What the forecast of one series is made of. */
#include "config.h"
#include "life/explain.h"

#include <math.h>
#include <string.h>
#include "life/run_private.h"

/* Level of the horizon, what each place in the season differs by, and what is left. */
static void split_means(const double *mean, int n_step, int season, period_t origin, struct arena *a,
			struct mean_parts *out)
{
	static const char *const name[] = { "season", "rest" };
	double level = 0, *sum = ARENA_ARRAY(a, double, season), *n = ARENA_ARRAY(a, double, season);
	*out = (struct mean_parts){ n_step, 2, ARENA_ARRAY(a, const char *, 3),
				    ARENA_ARRAY(a, double, n_step + 1), ARENA_ARRAY(a, double, 2 * n_step + 1),
				    ARENA_ARRAY(a, double, n_step + 1) };
	memcpy(out->name, name, sizeof name);
	for (int h = 0; h < n_step; h++)
		level += mean[h] / n_step;
	for (int h = 0; h < n_step; h++) {
		int place = (int)(((int64_t)origin + h) % season + season) % season;
		sum[place] += mean[h] - level;
		n[place]++;
	}
	for (int h = 0; h < n_step; h++) {
		int place = (int)(((int64_t)origin + h) % season + season) % season;
		out->base[h] = level;
		out->part[2 * h] = sum[place] / n[place];
		out->part[2 * h + 1] = mean[h] - level - sum[place] / n[place];
		out->mean[h] = mean[h];
	}
}

#define ROUNDING 1e-5 /* of parts that a library counts in floats */

/* Adds a part for the difference to what is given out, where there is one; mere rounding goes to the
 * base. */
static void add_change(const double *mean, struct arena *a, struct mean_parts *p)
{
	int differs = 0, wide = p->n_part + 1;
	for (int h = 0; h < p->n_step; h++) {
		int rounded = fabs(mean[h] - p->mean[h]) <= ROUNDING * (1 + fabs(mean[h]));
		p->base[h] += rounded ? mean[h] - p->mean[h] : 0;
		p->mean[h] = rounded ? mean[h] : p->mean[h];
		differs |= !rounded;
	}
	const char **name = ARENA_ARRAY(a, const char *, wide);
	double *part = ARENA_ARRAY(a, double, (size_t)p->n_step * (size_t)wide);
	if (!differs)
		return;
	memcpy(name, p->name, (size_t)p->n_part * sizeof *name);
	name[p->n_part] = "adjustment";
	for (int h = 0; h < p->n_step; h++) {
		memcpy(part + h * wide, p->part + h * p->n_part, (size_t)p->n_part * sizeof *part);
		part[h * wide + p->n_part] = mean[h] - p->mean[h];
		p->mean[h] = mean[h];
	}
	p->name = name;
	p->part = part;
	p->n_part = wide;
}

static enum status explain_series(const struct run_plan *plan, const struct panel *past, int i, void *model,
				  struct arena *a, struct explanation *out, struct err *e)
{
	const struct method *method = plan->spec->method;
	struct fit_context context = run_fit_context(plan);
	struct forecast all;
	struct err why = { 0 };
	int season = context.season > 0 ? context.season : period_season(&plan->calendar);
	forecast_init(&all, a, past->n, plan->horizon, plan->n_level, plan->level, past->until);
	enum status status = method->predict(model, past, &context, a, &all, e);
	if (status)
		return status;
	const double *mean = all.mean + (size_t)i * (size_t)plan->horizon;
	out->origin = past->until;
	out->method = all.used[i].method;
	status = !method->explain ? err_set(&why, E_FIT, "method '%s' has no parts of its own", method->name)
		: all.used[i].rung != RUNG_SPEC
		? err_set(&why, E_FIT, "it was made by '%s' of the ladder", out->method)
		: method->explain(model, past, &context, a, i, plan->horizon, &out->parts, &why);
	if (status == E_FIT) {
		out->note = arena_strdup(a, why.text);
		split_means(mean, plan->horizon, season, past->until + 1, a, &out->parts);
	} else if (status) {
		*e = why;
		return status;
	}
	add_change(mean, a, &out->parts);
	return OK;
}

enum status run_explain(const struct run_plan *plan, const char *store, const char *item, struct arena *a,
			struct explanation *out, struct err *e)
{
	struct panel_owner owner = { 0 };
	struct fit_context context = run_fit_context(plan);
	const struct method *method = plan->spec->method;
	const char *piece = run_piece_of(plan, store);
	void *model = NULL;
	memset(out, 0, sizeof *out);
	enum status status = run_read_piece(plan, piece, &owner, e);
	struct panel past = panel_until(&owner.panel, period_of_day(&plan->calendar, plan->as_of));
	int i = status ? -1 : panel_find(&past, store, item);
	if (!status && i < 0)
		status = err_set(e, E_NOTFOUND, "'%s/%s' has no forecast there", store, item);
	if (!status)
		status = run_load_piece(plan, piece, a, &model, e);
	if (!status && !model)
		status = method->fit(plan->spec, &past, &context, a, &model, e);
	if (!status)
		status = explain_series(plan, &past, i, model, a, out, e);
	if (model && method->release)
		method->release(model);
	panel_release(&owner);
	return status;
}
