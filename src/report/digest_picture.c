/* Out of a digest, what its pictures are drawn from. */
#include "config.h"
#include "report/digest_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct digest_node *digest_total(const struct digest *d)
{
	for (int i = 0; i < d->n_node; i++)
		if (!strcmp(d->node[i].tier, "total"))
			return &d->node[i];
	return NULL;
}

void digest_fan(const struct digest *d, const struct digest_node *node,
		const struct digest_series *series, struct fan *out)
{
	*out = (struct fan){
		.title = node->name, .unit = "units", .calendar = d->calendar, .n_past = d->n_past,
		.first = d->origin - d->n_past + 1, .units = node->past,
		.state = series ? series->state : NULL, .n_step = d->n_step, .n_level = d->n_level,
		.origin = d->origin, .level = d->level, .mean = node->mean,
		.quantile = series ? series->quantile : NULL, .event = d->events.event,
		.n_event = (int)d->events.n,
	};
}

int digest_tiers(const struct digest *d, struct arena *a, const char *const **out)
{
	const char **tier = ARENA_ARRAY(a, const char *, d->n_node + 1);
	int n = 0;
	for (int i = 0; i < d->n_node; i++)
		if (!n || strcmp(tier[n - 1], d->node[i].tier))
			tier[n++] = d->node[i].tier;
	*out = tier;
	return n;
}

/* The first tier with several nodes, or the first; NULL: there is none. */
static const char *tier_shown(const struct digest *d)
{
	for (int i = 1; i < d->n_node; i++)
		if (!strcmp(d->node[i - 1].tier, d->node[i].tier))
			return d->node[i].tier;
	return d->n_node ? d->node[0].tier : NULL;
}

int digest_totals(const struct digest *d, const char *tier, struct arena *a, struct totals *out)
{
	const char **node = ARENA_ARRAY(a, const char *, d->n_node + 1);
	double *past = ARENA_ARRAY(a, double, d->n_node + 1), *next = ARENA_ARRAY(a, double, d->n_node + 1);
	int n = 0;
	if (!tier)
		tier = tier_shown(d);
	for (int i = 0; i < d->n_node; i++) {
		const struct digest_node *at = &d->node[i];
		/* Nodes where nothing is sold and nothing expected would be names without a bar. */
		if (strcmp(tier, at->tier) || !(at->past_sum > 0 || at->next_sum > 0))
			continue;
		node[n] = at->name;
		past[n] = at->past_sum;
		next[n++] = at->next_sum;
	}
	*out = (struct totals){ .n = n, .node = node, .past = past, .next = next };
	return n;
}

/* The methods that a picture shows: the floor and the run's own spec first, then the others. */
static int curve_methods(const struct digest *d, struct arena *a, int most, struct curves *c)
{
	const char *const *method;
	const char **shown = ARENA_ARRAY(a, const char *, CURVES_MAX);
	int n = digest_methods(d, a, &method);
	*c = (struct curves){ .best = -1, .floor = -1, .method = shown };
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < n && c->n < most; i++) {
			int is_best = !strcmp(method[i], d->spec), is_floor = !strcmp(method[i], d->floor);
			if ((is_best || is_floor) != (pass == 0))
				continue;
			if (is_best)
				c->best = c->n;
			else if (is_floor)
				c->floor = c->n;
			shown[c->n++] = method[i];
		}
	return c->n;
}

/* The furthest step that was scored. Nearer ones may be n/a, where all shops were shut. */
static int last_step(const struct digest *d)
{
	int last = 0;
	for (int i = 0; i < d->n_score; i++) {
		double h;
		const char *member = d->score[i].member;
		if (!strcmp(d->score[i].part, "horizon") &&
		    number_parse(member, strlen(member), '.', 0, &h) && h > last && h < 10000)
			last = (int)h;
	}
	return last;
}

int digest_errors(const struct digest *d, struct arena *a, struct curves *out)
{
	char step[16];
	if (!curve_methods(d, a, CURVES_MAX, out))
		return 0;
	out->m = last_step(d);
	double *x = ARENA_ARRAY(a, double, out->m + 1);
	for (int j = 0; j < out->m; j++)
		x[j] = j + 1;
	double *y = ARENA_ARRAY(a, double, out->n * out->m + 1);
	for (int i = 0; i < out->n; i++)
		for (int j = 0; j < out->m; j++) {
			snprintf(step, sizeof step, "%d", j + 1);
			y[i * out->m + j] = digest_score(d, out->method[i], "horizon", step, "wape");
		}
	out->x = x;
	out->y = y;
	out->x_label = "steps ahead";
	out->y_label = "WAPE";
	return out->m >= 2;
}

/* The numbers at the end of the metrics with that prefix which a method has, ascending. */
static int scored_levels(const struct digest *d, const char *method, const char *prefix, double *level)
{
	size_t n_prefix = strlen(prefix);
	int n = 0;
	for (int i = 0; i < d->n_score; i++) {
		const struct score *s = &d->score[i];
		const char *end = s->metric + n_prefix;
		double x;
		if (strcmp(s->part, "all") || strcmp(s->method, method) ||
		    strncmp(s->metric, prefix, n_prefix) || !number_parse(end, strlen(end), '.', 0, &x))
			continue;
		int at = n++;
		for (; at > 0 && level[at - 1] > x; at--)
			level[at] = level[at - 1];
		level[at] = x;
	}
	return n;
}

/* The score whose metric is the prefix and the number. */
static double score_of_level(const struct digest *d, const char *method, const char *prefix, double level)
{
	char metric[64], text[NUMBER_MAX];
	number_format(text, level);
	snprintf(metric, sizeof metric, "%s%s", prefix, text);
	return digest_score(d, method, "all", "", metric);
}

int digest_coverage(const struct digest *d, struct arena *a, struct curves *out)
{
	double *share = ARENA_ARRAY(a, double, d->n_score + 1);
	if (!curve_methods(d, a, 2, out))
		return 0;
	out->m = scored_levels(d, out->method[0], "coverage_", share);
	double *y = ARENA_ARRAY(a, double, out->n * out->m + 1);
	for (int i = 0; i < out->n; i++)
		for (int j = 0; j < out->m; j++)
			y[i * out->m + j] = score_of_level(d, out->method[i], "coverage_", share[j]);
	for (int j = 0; j < out->m; j++)
		share[j] /= 100;
	out->x = share;
	out->y = y;
	out->x_label = "promised: sales within the band";
	out->y_label = "what happened";
	return out->m;
}

int digest_calibration(const struct digest *d, struct arena *a, struct curves *out)
{
	double *level = ARENA_ARRAY(a, double, d->n_score + 1);
	if (!curve_methods(d, a, 2, out))
		return 0;
	out->m = scored_levels(d, out->method[0], "atmost_", level);
	double *y = ARENA_ARRAY(a, double, out->n * out->m + 1);
	for (int i = 0; i < out->n; i++)
		for (int j = 0; j < out->m; j++) {
			double at_most = score_of_level(d, out->method[i], "atmost_", level[j]);
			double below = score_of_level(d, out->method[i], "below_", level[j]);
			/* Counts have many sales equal to the quantile: it holds when the level lies between. */
			y[i * out->m + j] = isfinite(below) ? fmin(fmax(level[j], below), at_most) : at_most;
		}
	out->x = level;
	out->y = y;
	out->x_label = "promised: sales at or below the quantile";
	out->y_label = "what happened";
	return out->m;
}

void digest_intake(const struct digest *d, struct intake *out)
{
	*out = (struct intake){ .calendar = d->calendar, .n = d->n_past, .first = d->origin - d->n_past + 1,
				.good = d->known, .bad = d->unknown, .findings = d->found,
				.good_label = "series with data", .bad_label = "series without" };
}
