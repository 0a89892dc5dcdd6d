/* Features of the price: its height against its own past, the week before, and its category. */
#include "config.h"
#include "feature/feature_private.h"

#define OWNER "price"

/* Highest price and area under the prices before each step of a series. */
static void sum_steps(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	for (int i = 0; i < d->n; i++)
		for (int64_t k = d->price_begin[i]; k < d->price_begin[i + 1]; k++) {
			const struct price_step *p = &d->price[k];
			int first = k == d->price_begin[i];
			s->price_max[k] = first || p->price > s->price_max[k - 1] ? p->price
				: s->price_max[k - 1];
			s->price_area[k] = first ? 0 : s->price_area[k - 1]
				+ p[-1].price * (p->from - p[-1].from);
		}
}

/* Prices of the series on sale, by group and period: a series counts from its first period on. */
static void sum_groups(struct feature_set *s)
{
	const struct panel *p = s->panel;
	const struct drivers *d = p->drivers;
	const struct feature_kind *kind = &s->kind[s->parent];
	for (int i = 0; i < p->n; i++) {
		size_t row = (size_t)kind->of[i] * (size_t)s->n_period;
		for (int64_t k = d->price_begin[i]; k < d->price_begin[i + 1]; k++) {
			period_t from = d->price[k].from < p->first[i] ? p->first[i] : d->price[k].from;
			period_t until = k + 1 < d->price_begin[i + 1] ? d->price[k + 1].from - 1 : p->until;
			for (; from <= until && from <= p->until; from++) {
				s->price_sum[row + (size_t)(from - s->from)] += d->price[k].price;
				s->price_n[row + (size_t)(from - s->from)]++;
			}
		}
	}
}

static void plan_price(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	if (!d || !d->price_begin)
		return;
	enum feature_known known = d->price_known == DRIVER_KNOWN ? KNOWN_AHEAD : KNOWN_AT_ORIGIN;
	size_t steps = (size_t)d->price_begin[d->n];
	size_t cells = (size_t)s->kind[s->parent].n_group * (size_t)s->n_period;
	s->price_max = NEW_ARRAY(double, steps + 1);
	s->price_area = NEW_ARRAY(double, steps + 1);
	s->price_sum = NEW_ARRAY(double, cells + 1);
	s->price_n = NEW_ARRAY(int32_t, cells + 1);
	sum_steps(s);
	sum_groups(s);
	feature_add(s, known, OWNER, 15, "natural logarithm of the target's price", "price");
	feature_add(s, known, OWNER, 10, "price against the highest so far", "price_to_max");
	feature_add(s, known, OWNER, 25, "price against its mean over the last year", "price_to_mean");
	feature_add(s, known, OWNER, 25, "price against that of a season before", "price_to_last");
	feature_add(s, known, OWNER, 15, "price against that at the origin", "price_to_origin");
	feature_add(s, known, OWNER, 5, "periods since the price changed", "price_since");
	feature_add(s, known, OWNER, 15, "share off the highest price of the last 8 seasons", "price_off");
	feature_add(s, known, OWNER, 10, "price against the group's mean price at the origin",
		    "price_relative");
}

/* The step that stands in a period, or -1. */
static int64_t step_at(const struct drivers *d, int i, period_t period)
{
	int64_t low = d->price_begin[i], high = d->price_begin[i + 1];
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (d->price[middle].from <= period)
			low = middle + 1;
		else
			high = middle;
	}
	return low == d->price_begin[i] ? -1 : low - 1;
}

/* Area under the prices of series i before a period. */
static double area_before(const struct feature_set *s, int i, period_t period)
{
	const struct drivers *d = s->panel->drivers;
	int64_t k = step_at(d, i, period);
	return k < 0 ? 0 : s->price_area[k] + d->price[k].price * (period - d->price[k].from);
}

/* Highest price in the last `length` periods up to one, of which step k stands at the end. */
static double recent_max(const struct drivers *d, int i, int64_t k, period_t period, int length)
{
	double most = d->price[k].price;
	while (k > d->price_begin[i] && d->price[k].from > period - length + 1) {
		k--;
		most = d->price[k].price > most ? d->price[k].price : most;
	}
	return most;
}

static float group_price(const struct feature_set *s, const struct feature_row *r, double price)
{
	size_t row = (size_t)s->kind[s->parent].of[r->i] * (size_t)s->n_period;
	int at = r->origin - s->from;
	if (at < 0 || at >= s->n_period || !s->price_n[row + (size_t)at])
		return NAN;
	return feature_ratio(price, s->price_sum[row + (size_t)at] / s->price_n[row + (size_t)at]);
}

static void fill_price(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	period_t seen = d->price_known == DRIVER_PAST ? r->origin : r->target;
	int64_t k = step_at(d, r->i, seen);
	for (int c = 0; c < 8; c++)
		out[c] = NAN;
	if (k < 0)
		return;
	period_t begin = d->price[d->price_begin[r->i]].from, from = seen - s->window[6] + 1;
	int64_t last = step_at(d, r->i, seen - s->season), origin = step_at(d, r->i, r->origin);
	double price = d->price[k].price;
	from = from < begin ? begin : from;
	double area = area_before(s, r->i, seen + 1) - area_before(s, r->i, from);
	out[0] = (float)log(price);
	out[1] = feature_ratio(price, s->price_max[k]);
	out[2] = feature_ratio(price, area / (seen - from + 1));
	out[3] = last < 0 ? NAN : feature_ratio(price, d->price[last].price);
	out[4] = origin < 0 ? NAN : feature_ratio(price, d->price[origin].price);
	out[5] = (float)(seen - d->price[k].from);
	out[6] = (float)(1 - price / recent_max(d, r->i, k, seen, s->window[3]));
	out[7] = group_price(s, r, price);
}

const struct feature_block price_block = { "price", 0, plan_price, fill_price };
