/* Judging a series' values by its own past while it streams by. */
#include "config.h"
#include "quality/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RING_LEAST 14       /* sold days before anything is judged */
#define MEMORY 56           /* days */
#define LEVEL_CHANGE 28     /* extremes in a row that are a new level */
#define RATIO_SURE 3        /* extremes in a row that are no slip: a promotion if they end */
#define RUN_LEAST 2
#define RUN_AFTER 14        /* open days after a run whose sales have a say */
#define RUN_LOG_P (-9.2)    /* log .0001: likelier runs are chance, and lower the mean */

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

/* What is left of a mean over the days before after so many more zeros: forgets with 1/56 a day, and
 * is the plain mean while there are fewer days than that. */
static double keep_share(int32_t days, int32_t zeros)
{
	int32_t plain = days >= MEMORY ? 0 : MEMORY - days < zeros ? MEMORY - days : zeros;
	double share = plain ? (double)days / (days + plain) : 1;
	return plain == zeros ? share : share * pow(1 - 1. / MEMORY, zeros - plain);
}

/* log P(no sale on a day) by a negative binomial of that mean, with the dispersion of the moments. */
static double log_silence(const struct watch *w, double mean)
{
	double own = (double)w->mean, variance = (double)w->square - own * own;
	if (variance <= own * 1.001)
		return -mean;
	double k = own * own / (variance - own);
	return -k * log1p(mean / k);
}

/* A run that waited: what was sold after it may say that demand had fallen. */
static void settle_run(struct watch *w, int32_t open, int32_t series, struct watch_runs *runs)
{
	int32_t after = open - (w->run_from + w->run_n);
	if (!w->run_n || after < RUN_AFTER)
		return;
	double mean = fmin((double)w->run_mean, (double)w->run_sum / after);
	double log_p = w->run_n * log_silence(w, mean);
	if (log_p < RUN_LOG_P)
		VEC_PUSH(&runs->run, (struct silent_run){ series, w->run_from, w->run_n, log_p, 0 });
	w->run_n = 0;
}

static void judge_run(struct watch *w, int32_t open, int32_t zeros, struct watch_runs *runs)
{
	double keep = keep_share(w->open_last - w->open_first + 1, zeros);
	if (w->n_ring == WATCH_RING && zeros >= RUN_LEAST) {
		runs->tested++;
		int chance = zeros * log_silence(w, (double)w->mean) > RUN_LOG_P;
		if (!chance && !w->run_n && zeros > w->longest) {
			w->run_from = open - zeros;
			w->run_n = zeros;
			w->run_mean = w->mean;
			w->run_sum = 0;
		}
		if (chance && zeros > w->longest)
			w->longest = zeros;
		if (!chance)
			return;
	}
	w->mean *= (float)keep;
	w->square *= (float)keep;
}

void watch_sold(struct watch *w, const struct watch_rules *rules, day_t day, int32_t open, double units,
		int32_t series, struct watch_runs *runs)
{
	if (w->sold) {
		/* Who writes zeros down means something else by leaving a row out. */
		int32_t zeros = rules->zero_gaps && !w->says_zero ? open - w->open_last - 1 : w->zeros;
		if (zeros > 0)
			judge_run(w, open, zeros, runs);
	} else {
		w->open_first = open;
	}
	settle_run(w, open, series, runs);
	w->zeros = 0;
	w->open_last = open;
	w->sold++;
	w->last_sold = day;
	if (units > rules->most) {
		if (!w->over++)
			w->over_day = day;
		w->most = fmaxf(w->most, (float)units);
	}
	if (units < 0)
		return;
	w->run_sum += (float)units;
	int direction = extreme(w, rules->limit, units);
	if (direction > 0 && !beyond_promotion(w, rules->limit, units) && on_promotion(rules, series, day))
		return;
	if (direction && w->n_extreme && w->down != (direction < 0))
		settle_spikes(w);
	if (!direction) {
		if (w->n_extreme)
			settle_spikes(w);
		w->fraction |= units != floor(units);
		int32_t days = open - w->open_first + 1;
		double rate = days < MEMORY ? 1. / days : 1. / MEMORY;
		w->mean += (float)(rate * (units - (double)w->mean));
		w->square += (float)(rate * (units * units - (double)w->square));
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

static int by_chance(const void *a, const void *b)
{
	const struct silent_run *x = a, *y = b;
	int order = (x->log_p > y->log_p) - (x->log_p < y->log_p);
	if (!order)
		order = (x->series > y->series) - (x->series < y->series);
	return order ? order : (x->from > y->from) - (x->from < y->from);
}

void watch_runs_choose(struct watch_runs *runs, double rate)
{
	size_t chosen = 0;
	if (runs->run.n)
		qsort(runs->run.at, runs->run.n, sizeof *runs->run.at, by_chance);
	for (size_t i = 0; i < runs->run.n; i++)
		if (runs->run.at[i].log_p <= log(rate * (double)(i + 1) / (double)runs->tested))
			chosen = i + 1;
	for (size_t i = 0; i < chosen; i++)
		runs->run.at[i].chosen = 1;
}
