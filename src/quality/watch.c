/* Judging a series' values by its own past while it streams by. */
#include "config.h"
#include "quality/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RING_LEAST 14       /* sold days before anything is judged */
#define LEVEL_CHANGE 28     /* extremes in a row that are a new level */
#define RATIO_SURE 3        /* extremes in a row that are no slip: a promotion if they end */

/* The ring's median, by insertion: two dozen numbers, mostly in order of size already. */
static float median_of(const struct watch *w)
{
	float sorted[WATCH_RING];
	int n = w->n_ring;
	for (int i = 0; i < n; i++) {
		int k = i;
		for (; k && sorted[k - 1] > w->ring[i]; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = w->ring[i];
	}
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void renew_bounds(struct watch *w)
{
	w->high = w->low = w->ring[0];
	for (int i = 1; i < w->n_ring; i++) {
		w->high = w->ring[i] > w->high ? w->ring[i] : w->high;
		w->low = w->ring[i] < w->low ? w->ring[i] : w->low;
	}
}

static void push(struct watch *w, float v)
{
	int full = w->n_ring == WATCH_RING;
	float gone = w->ring[w->at];
	w->ring[w->at] = v;
	w->at = (uint8_t)((w->at + 1) % WATCH_RING);
	w->n_ring = (uint8_t)(w->n_ring + !full);
	w->high = w->n_ring == 1 || v > w->high ? v : w->high;
	w->low = w->n_ring == 1 || v < w->low ? v : w->low;
	/* The smallest matters only where there are fractions, see extreme(). */
	if (full && (gone >= w->high || (w->fraction && gone <= w->low)))
		renew_bounds(w);
	if (++w->fresh >= 8 || w->n_ring == RING_LEAST) {
		w->median = median_of(w);
		w->fresh = 0;
	}
}

/* A multiple of 100 in a series of whole numbers that has had none: a value by the piece where it was
 * by the hundred. */
static int is_hundredfold(const struct watch *w, double v)
{
	if (w->fraction || v < 100 || fmod(v, 100) != 0)
		return 0;
	for (int i = 0; i < w->n_ring; i++)
		if (w->ring[i] >= 100 && fmodf(w->ring[i], 100) == 0)
			return 0;
	return 1;
}

/* +1: extreme upward, -1: downward, 0: not. */
static int extreme(const struct watch *w, double limit, double v)
{
	double median = (double)w->median, high = (double)w->high, low = (double)w->low;
	if (w->n_ring < RING_LEAST)
		return 0;
	if (w->n_extreme && !w->down)
		return v >= 3 * high && v >= limit / 2 * median;
	if (v >= limit * median && v >= 4 * high)
		return 1;
	if (v >= limit * median && v >= 2 * high && is_hundredfold(w, v))
		return 1;
	if (!w->fraction)
		return v != floor(v) && v <= median ? -1 : 0;
	return v > 0 && v <= low / 4 && v <= median / limit ? -1 : 0;
}

/* More than a promotion sells: an Italian grocer's reach fifty times the median. */
static int beyond_promotion(const struct watch *w, double limit, double v)
{
	return is_hundredfold(w, v)
	       || (v >= 10 * limit * (double)w->median && v >= 10 * (double)w->high);
}

static int on_promotion(const struct watch_rules *rules, int32_t series, day_t day)
{
	int from = 0, to = rules->n_promotion;
	while (from < to) {
		int middle = from + (to - from) / 2;
		if (rules->promotion[middle].series < series)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < rules->n_promotion && rules->promotion[from].series == series; from++)
		if (day >= rules->promotion[from].from && day <= rules->promotion[from].until)
			return 1;
	return 0;
}

/* What waited was an event of its own: it goes on record, if upward, and its largest value joins the
 * others, so that a promotion that comes again is no spike any more. */
static void settle_spikes(struct watch *w)
{
	if (w->n_extreme && !w->down) {
		int brief = w->n_extreme < RATIO_SURE;
		w->spikes += brief ? w->n_extreme : 0;
		if (brief && w->extreme > w->spike) {
			w->spike = w->extreme;
			w->spike_before = w->before;
			w->spike_day = w->extreme_day;
		}
		push(w, w->extreme);
	} else if (w->n_extreme) {
		w->fraction = 1;
	}
	w->n_extreme = 0;
}

/* The extremes have become the level: what follows is judged by new values. */
static void accept_level(struct watch *w)
{
	w->shift_day = w->extreme_day;
	w->shift = w->extreme;
	w->shift_before = w->before;
	w->fraction |= w->down;
	w->n_ring = w->at = w->fresh = 0;
	w->n_extreme = 0;
}

void watch_sold(struct watch *w, const struct watch_rules *rules, day_t day, int32_t open, const float *busy,
		double units, int32_t series, struct silences *runs)
{
	/* Who writes zeros down means something else by leaving a row out. */
	int32_t zeros = rules->zero_gaps && !w->says_zero ? open - w->quiet.last - 1 : w->zeros;
	int direction = units < 0 ? 0 : extreme(w, rules->limit, units), promoted = on_promotion(rules, series, day);
	silence_sold(&w->quiet, busy, open, w->sold ? zeros : 0, units, units > 0 && !direction && !promoted,
		     series, runs);
	w->zeros = 0;
	w->sold++;
	w->last_sold = day;
	if (units > rules->most) {
		if (!w->over++)
			w->over_day = day;
		w->most = fmaxf(w->most, (float)units);
	}
	if (units < 0)
		return;
	if (direction > 0 && !beyond_promotion(w, rules->limit, units) && promoted)
		return;
	if (direction && w->n_extreme && w->down != (direction < 0))
		settle_spikes(w);
	if (!direction) {
		if (w->n_extreme)
			settle_spikes(w);
		w->fraction |= units != floor(units);
		push(w, (float)units);
		return;
	}
	float v = (float)units;
	if (!w->n_extreme++) {
		w->extreme_day = day;
		w->before = w->median;
		w->extreme = v;
		w->down = direction < 0;
	}
	w->extreme = w->down ? fminf(w->extreme, v) : fmaxf(w->extreme, v);
	if (w->n_extreme >= LEVEL_CHANGE)
		accept_level(w);
}

enum watch_verdict watch_end(struct watch *w, double limit, day_t last, int recent)
{
	if (!w->n_extreme)
		return w->spikes ? WATCH_SPIKE : WATCH_FINE;
	double v = (double)w->extreme, high = (double)w->high, before = (double)w->before;
	/* One or two values have to be beyond what a bulk buyer does. */
	int clear = w->down ? !w->fraction
			    : is_hundredfold(w, v) || (v >= 2 * limit * before && v >= 10 * high);
	if (w->n_extreme >= RATIO_SURE || (clear && last - w->last_sold < recent))
		return WATCH_RATIO;
	settle_spikes(w);
	return w->spikes ? WATCH_SPIKE : WATCH_FINE;
}

int watch_hundredfold_late(struct watch *w, day_t day)
{
	int last = (w->at + WATCH_RING - 1) % WATCH_RING, others = 0;
	double v = w->n_ring ? (double)w->ring[last] : 0;
	if (w->n_extreme || w->last_sold != day || w->fraction || v < 100
	    || fmod(v, 100) != 0)
		return 0;
	for (int i = 0; i < w->n_ring; i++)
		others += i != last && w->ring[i] >= 100 && fmodf(w->ring[i], 100) == 0;
	if (others)
		return 0;
	w->extreme = w->ring[last];
	w->extreme_day = day;
	/* An item without a past can only be held against the suspicion itself. */
	w->before = w->n_ring > 2 ? median_of(w) : w->extreme / 100;
	w->n_extreme = 1;
	return 1;
}
