/* Features of promotions: is one running, how long, what came before, and what they did. */
#include "config.h"
#include "feature/feature_private.h"

#define OWNER "promotion"
#define WEIGHT_GROUP 7.0 /* periods on promotion that the group's lift counts for */

static int has_promotions(const struct feature_set *s)
{
	return s->panel->drivers && s->panel->drivers->promotion_begin;
}

static struct feature_row whole_row(const struct feature_set *s, int i)
{
	int64_t begin = s->panel->begin[i], n = s->panel->begin[i + 1] - begin;
	int64_t seen = s->panel->until - s->panel->first[i] + 1;
	return (struct feature_row){ .i = i, .origin = s->panel->until, .n = (int)(seen < n ? seen < 0 ? 0
				     : seen : n), .demand = s->demand + begin, .cum = s->cum + begin + i };
}

/* What the spans of a series add, one after another. */
static void sum_spans(struct feature_set *s, int i)
{
	const struct drivers *d = s->panel->drivers;
	struct feature_row r = whole_row(s, i);
	struct promotion_cum before = { .covered = INT32_MIN };
	for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++) {
		const struct promotion_span *span = &d->promotion[k];
		struct promotion_cum *c = &s->promotion[k];
		*c = before;
		c->from = before.covered >= span->from ? before.covered + 1 : span->from;
		c->until = span->until;
		c->covered = span->until > before.covered ? span->until : before.covered;
		struct stretch x = c->until < c->from ? (struct stretch){ 0 }
			: row_stretch(s, &r, c->from, c->until);
		before = *c;
		before.days += c->until < c->from ? 0 : c->until - c->from + 1;
		before.known += x.known;
		before.sum += x.sum;
	}
}

/* Demand on the promotions of a series against its smoothed demand just before each day. */
static void add_lifts(struct feature_set *s, int i)
{
	const struct drivers *d = s->panel->drivers;
	size_t row = (size_t)s->kind[s->parent].of[i] * ((size_t)s->n_period + 1) + 1;
	int64_t begin = s->panel->begin[i];
	period_t first = s->panel->first[i];
	for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++) {
		period_t t = s->promotion[k].from > first ? s->promotion[k].from : first + 1;
		for (; t <= s->promotion[k].until && t <= s->panel->until; t++) {
			double y = s->demand[begin + t - first];
			double usual = (double)s->smooth[(begin + t - first - 1) * N_SMOOTH + 1];
			if (isnan(y) || !(usual > 0))
				continue;
			s->lift_sum[row + (size_t)(t - s->from)] += y;
			s->lift_base[row + (size_t)(t - s->from)] += usual;
		}
	}
}

static void prepare_promotions(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	size_t width = (size_t)s->n_period + 1, groups = (size_t)s->kind[s->parent].n_group;
	s->promotion = NEW_ARRAY(struct promotion_cum, (size_t)d->promotion_begin[d->n] + 1);
	s->lift_sum = NEW_ARRAY(double, groups * width);
	s->lift_base = NEW_ARRAY(double, groups * width);
	s->mechanic_code = ARENA_ARRAY(&s->arena, float, d->n_mechanic + 1);
	for (int k = 0; k < d->n_mechanic; k++)
		s->mechanic_code[k] = feature_code(d->mechanic[k]);
	for (int i = 0; i < d->n; i++) {
		sum_spans(s, i);
		add_lifts(s, i);
	}
	for (size_t k = 0; k < groups * width; k++) {
		if (k % width == 0)
			continue;
		s->lift_sum[k] += s->lift_sum[k - 1];
		s->lift_base[k] += s->lift_base[k - 1];
	}
}

/* The last span of series i that begins by a period, or -1. */
static int64_t last_begun(const struct drivers *d, int i, period_t period)
{
	int64_t low = d->promotion_begin[i], high = d->promotion_begin[i + 1];
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (d->promotion[middle].from <= period)
			low = middle + 1;
		else
			high = middle;
	}
	return low == d->promotion_begin[i] ? -1 : low - 1;
}

/* Days on promotion up to a period, and the demand on those of them that are history. */
static struct stretch promoted(const struct feature_set *s, const struct feature_row *r, period_t until,
			       int *days)
{
	int64_t k = last_begun(s->panel->drivers, r->i, until);
	*days = 0;
	if (k < 0)
		return (struct stretch){ 0 };
	const struct promotion_cum *c = &s->promotion[k];
	period_t end = c->until < until ? c->until : until;
	struct stretch x = end < c->from ? (struct stretch){ 0 } : row_stretch(s, r, c->from, end);
	*days = c->days + (end < c->from ? 0 : end - c->from + 1);
	return (struct stretch){ c->sum + x.sum, 0, c->known + x.known, 0 };
}

static void plan_promotion_origin(struct feature_set *s)
{
	if (!has_promotions(s))
		return;
	if (!s->promotion)
		prepare_promotions(s);
	for (int k = 2; k < 4; k++)
		feature_add(s, KNOWN_AT_ORIGIN, OWNER, 30, "share of the last periods on promotion",
			    "promo_share_%d", s->window[k]);
	feature_add(s, KNOWN_AT_ORIGIN, OWNER, 30, "mean demand on promotion against that off it, shrunk to"
		    " the group's", "promo_lift");
	feature_add(s, KNOWN_AT_ORIGIN, OWNER, 10, "group's demand on promotion against what was usual",
		    "promo_group_lift");
}

static void fill_promotion_origin(const struct feature_set *s, const struct feature_row *r, float *out)
{
	int days, before;
	struct stretch on = promoted(s, r, r->origin, &days);
	for (int k = 2; k < 4; k++) {
		promoted(s, r, r->origin - s->window[k], &before);
		*out++ = (float)(days - before) / (float)s->window[k];
	}
	size_t row = (size_t)s->kind[s->parent].of[r->i] * ((size_t)s->n_period + 1);
	int at = r->origin < s->from ? 0 : r->origin - s->from + 1;
	double sum = s->lift_sum[row + (size_t)at], base = s->lift_base[row + (size_t)at];
	double group = base > 0 ? sum / base : 1;
	struct stretch all = row_stretch(s, r, s->from, r->origin);
	double off = all.known > on.known ? (all.sum - on.sum) / (all.known - on.known) : 0;
	*out++ = off > 0 ? (float)((on.sum / off + WEIGHT_GROUP * group) / (on.known + WEIGHT_GROUP)) : NAN;
	*out++ = base > 0 ? (float)group : NAN;
}

const struct feature_block promotion_origin_block = { "promotion", 1, plan_promotion_origin,
						      fill_promotion_origin };

static void plan_promotion(struct feature_set *s)
{
	if (!has_promotions(s))
		return;
	if (!s->promotion)
		prepare_promotions(s);
	enum feature_known known = s->panel->drivers->promotion_known == DRIVER_KNOWN ? KNOWN_AHEAD
		: KNOWN_AT_ORIGIN;
	feature_add(s, known, OWNER, 20, "promotions that run", "promo");
	feature_add(s, known, OWNER, 5, "number made of the mechanic's name", "promo_mechanic");
	feature_add(s, known, OWNER, 5, "deepest share off the price that was told", "promo_depth");
	feature_add(s, known, OWNER, 5, "which period of the promotion, from 1", "promo_day");
	feature_add(s, known, OWNER, 5, "periods to its end", "promo_left");
	feature_add(s, known, OWNER, 5, "periods since the last promotion's end", "promo_since");
	feature_add(s, known, OWNER, 5, "periods to the next one's beginning", "promo_to");
}

static void fill_promotion(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	int past = d->promotion_known == DRIVER_PAST, running = 0;
	period_t seen = past ? r->origin : r->target;
	int64_t last = last_begun(d, r->i, seen), next = last < 0 ? d->promotion_begin[r->i] : last + 1;
	period_t ended = INT32_MIN;
	out[0] = 0;
	for (int c = 1; c < 7; c++)
		out[c] = NAN;
	for (int64_t k = last; k >= d->promotion_begin[r->i] && s->promotion[k].covered >= seen; k--) {
		const struct promotion_span *span = &d->promotion[k];
		if (span->until < seen)
			continue;
		/* The one that began last is in the lead. */
		if (!running++) {
			out[1] = s->mechanic_code[span->mechanic];
			out[3] = (float)(seen - span->from + 1);
			out[4] = past ? NAN : (float)(span->until - seen);
		}
		if (!isnan(span->depth) && !((double)out[2] >= span->depth))
			out[2] = (float)span->depth;
	}
	out[0] = (float)running;
	if (!running && last >= 0)
		ended = s->promotion[last].covered;
	if (ended != INT32_MIN)
		out[5] = (float)(seen - ended);
	if (!past && next < d->promotion_begin[r->i + 1])
		out[6] = (float)(d->promotion[next].from - seen);
}

const struct feature_block promotion_block = { "promotion", 0, plan_promotion, fill_promotion };
