/* Features as columns of a linear predictor: sizes become logarithms of ratios to the series' own size,
 * so that one coefficient serves series of any size, and codes become flags. */
#include "config.h"
#include "model/regress_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CODES_MAX 32    /* a code with more values says nothing to a linear model */
#define ROWS_SEEN 20000 /* rows that codes are looked for in */
#define BOUND 6         /* sd from the mean at most, and never beyond what was seen */

/* ---- which column a feature makes ---- */

enum { SKIP = -1 };

struct rule {
	const char *family;
	const char *name; /* a part of the feature's name; "" is any */
	int kind;         /* enum regress_kind, or SKIP */
	int sign;
};

/* The first that fits; a family that is not there is taken as it is. */
static const struct rule rules[] = {
	{ "lag", "", REGRESS_UNITS, 0 },
	{ "window", "sold_", REGRESS_PLAIN, 0 },
	{ "window", "since_sale", REGRESS_LOG, 0 },
	{ "window", "zero_run", REGRESS_LOG, 0 },
	{ "window", "", REGRESS_UNITS, 0 },
	{ "trend", "slope", REGRESS_SLOPE, 0 },
	{ "trend", "", REGRESS_RATIO, 0 },
	{ "scaled", "scaled", SKIP, 0 },
	{ "scaled", "", REGRESS_LEVEL, 0 },
	{ "season", "", REGRESS_RATIO, 0 },
	{ "pooled", "_ratio_", REGRESS_RATIO, 0 },
	{ "pooled", "_sold_", REGRESS_PLAIN, 0 },
	{ "pooled", "", REGRESS_UNITS, 0 },
	{ "age", "", REGRESS_LOG, 0 },
	{ "calendar", "year_week", SKIP, 0 },
	{ "calendar", "year_", REGRESS_PLAIN, 0 },
	{ "calendar", "month_day", REGRESS_LOG, 0 },
	{ "calendar", "month_left", REGRESS_LOG, 0 },
	{ "calendar", "", REGRESS_HOT, 0 },
	{ "event", "event_since", REGRESS_NEAR, 0 },
	{ "event", "event_to", REGRESS_NEAR, 0 },
	{ "event", "event_lift", REGRESS_RATIO, 0 },
	{ "event", "event_count", REGRESS_PLAIN, 0 },
	{ "event", "closed_", REGRESS_PLAIN, 0 },
	{ "event", "", REGRESS_HOT, 0 },
	{ "price", "price_to_", REGRESS_RATIO, -1 },
	{ "price", "price_relative", REGRESS_RATIO, -1 },
	{ "price", "price_since", REGRESS_LOG, 0 },
	{ "price", "price_off", REGRESS_PLAIN, 1 },
	{ "price", "", REGRESS_PLAIN, 0 },
	{ "promotion", "lift", REGRESS_RATIO, 0 },
	{ "promotion", "promo_mechanic", REGRESS_HOT, 0 },
	{ "promotion", "promo_depth", REGRESS_PLAIN, 1 },
	{ "promotion", "promo_share", REGRESS_PLAIN, 0 },
	{ "promotion", "promo_day", REGRESS_NEAR, 0 },
	{ "promotion", "promo_left", REGRESS_NEAR, 0 },
	{ "promotion", "promo_since", REGRESS_NEAR, 0 },
	{ "promotion", "promo_to", REGRESS_NEAR, 0 },
	{ "promotion", "", REGRESS_PLAIN, 1 },
	{ "attribute", "_code", REGRESS_HOT, 0 },
	{ "attribute", "_mean", REGRESS_UNITS, 0 },
};

static struct rule rule_of(const struct feature *f)
{
	for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
		if (!strcmp(rules[k].family, f->family) && strstr(f->name, rules[k].name))
			return rules[k];
	return (struct rule){ f->family, "", REGRESS_PLAIN, 0 };
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Values of a code in the rows, ascending, of which the first is left to the constant; at most
 * CODES_MAX, else none. */
static int codes_of(const float *x, int width, int feature, size_t n, struct arena *a, float *code)
{
	size_t stride = n / ROWS_SEEN + 1, m = 0;
	float *all = ARENA_ARRAY(a, float, n / stride + 2);
	int found = 0;
	for (size_t r = 0; r < n; r += stride) {
		float v = x[r * (size_t)width + (size_t)feature];
		if (!isnan(v))
			all[m++] = v;
	}
	qsort(all, m, sizeof *all, by_value);
	for (size_t r = 0; r < m; r++) {
		if (r && !(all[r] > all[r - 1]))
			continue;
		if (found == CODES_MAX)
			return 0;
		code[found++] = all[r];
	}
	return found;
}

static int find(const struct feature *f, int n, const char *name)
{
	for (int k = 0; k < n; k++)
		if (!strcmp(f[k].name, name))
			return k;
	return -1;
}

/* ---- values ---- */

static double log_ratio(double x)
{
	return log(fmin(fmax(x, .05), 20));
}

/* NaN: not known. */
static double value_of(const struct regress_design *d, const struct regress_column *c, const float *row,
		       double level)
{
	double x = (double)row[c->feature];
	if (c->kind == REGRESS_HOT)
		return !(row[c->feature] < c->code) && !(row[c->feature] > c->code) && !isnan(x);
	if (c->kind == REGRESS_NEAR)
		return isnan(x) ? 0 : 1 / (1 + fabs(x));
	if (isnan(x))
		return c->kind == REGRESS_TIMES ? 0 : (double)NAN;
	switch (c->kind) {
	case REGRESS_UNITS:
		return log(fmin(fmax(x, 0) / level + .1, 50));
	case REGRESS_RATIO:
		return log_ratio(x);
	case REGRESS_LEVEL:
		return log(level / d->level);
	case REGRESS_SLOPE:
		return fmin(fmax(28 * x, -3), 3);
	case REGRESS_LOG:
		return log1p(fmax(x, 0));
	case REGRESS_TIMES:
		x = log_ratio(x) * (double)row[c->with];
		return isnan(x) ? 0 : x;
	default:
		return x;
	}
}

static void learn_bounds(const struct regress_design *d, struct regress_column *c, const float *x, int width,
			 const double *level, size_t n)
{
	double sum = 0, square = 0, known = 0, least = INFINITY, most = -INFINITY;
	for (size_t r = 0; r < n; r++) {
		double v = value_of(d, c, x + r * (size_t)width, level[r]);
		if (!isfinite(v))
			continue;
		known += 1;
		sum += v;
		square += v * v;
		least = fmin(least, v);
		most = fmax(most, v);
	}
	c->mean = known > 0 ? sum / known : 0;
	double sd = known > 1 ? sqrt(fmax(0, square / known - c->mean * c->mean)) : 0;
	int bounded = c->kind != REGRESS_HOT && c->kind != REGRESS_NEAR;
	c->low = bounded ? fmax(fmin(least, c->mean), c->mean - BOUND * sd) : -(double)INFINITY;
	c->high = bounded ? fmin(fmax(most, c->mean), c->mean + BOUND * sd) : (double)INFINITY;
}

void regress_design(const struct feature *feature, int width, const float *x, const double *level, size_t n,
		    struct arena *a, struct regress_design *out)
{
	static const char *const times[][2] = { { "promo_lift", "promo" },
						{ "promo_group_lift", "promo" },
						{ "promo_lift", "promo_share_28" },
						{ "promo_lift", "promo_share_56" },
						{ "promo_group_lift", "promo_share_56" } };
	struct arena scratch = { 0 };
	float code[CODES_MAX];
	out->n = 0;
	out->level = 0;
	for (size_t r = 0; r < n; r++)
		out->level += level[r];
	out->level = n ? out->level / (double)n : 1;
	out->at = ARENA_ARRAY(a, struct regress_column, width * (CODES_MAX + 1) + 8);
	for (int f = 0; f < width; f++) {
		struct rule r = rule_of(&feature[f]);
		int hot = r.kind == REGRESS_HOT, codes = hot ? codes_of(x, width, f, n, &scratch, code) : 1;
		/* The first code is what the constant stands for. */
		for (int k = hot; r.kind != SKIP && k < codes; k++)
			out->at[out->n++] = (struct regress_column){ .feature = f, .with = f,
								     .kind = (enum regress_kind)r.kind,
								     .code = hot ? code[k] : 0,
								     .sign = (signed char)r.sign };
	}
	for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
		int f = find(feature, width, times[k][0]), with = find(feature, width, times[k][1]);
		if (f >= 0 && with >= 0)
			out->at[out->n++] = (struct regress_column){ .feature = f, .with = with,
								     .kind = REGRESS_TIMES };
	}
	for (int k = 0; k < out->n; k++)
		learn_bounds(out, &out->at[k], x, width, level, n);
	arena_release(&scratch);
}

void regress_row(const struct regress_design *d, const float *x, double level, double *out)
{
	out[0] = 1;
	for (int k = 0; k < d->n; k++) {
		const struct regress_column *c = &d->at[k];
		double v = value_of(d, c, x, level);
		out[1 + k] = isfinite(v) ? fmin(fmax(v, c->low), c->high) : c->mean;
	}
}
