/*
 * Aggregate, forecast, disaggregate: sums over several periods have fewer zeros.
 *
 *     adida   buckets as long as the mean interval between demands, rounded (Nikolopoulos et al.
 *             2011, "An aggregate-disaggregate intermittent demand approach (ADIDA)", J. of the
 *             Operational Research Society 62); simple exponential smoothing of the buckets; each
 *             period gets an equal share
 *     imapa   the mean of that over all lengths from 1 to the mean interval (Petropoulos &
 *             Kourentzes 2015, "Forecast combinations for intermittent demand", same journal, 66)
 *
 * Buckets do not overlap and end with the newest value; what is left over at the beginning is
 * dropped. The mean interval is the number of known periods up to the last demand over the number
 * of demands. Periods that are not known are in no bucket: a bucket holds so many known ones. The
 * level begins at the first bucket. A rate, not a sum, is smoothed, which comes to the same.
 */
#include "config.h"
#include "model/intermittent.h"

#include <math.h>
#include <string.h>
#include "model/known.h"

#define ALPHA_OPTION                                                                        \
	{ .name = "alpha", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0,    \
	  .max = 1, .help = "weight of the newest bucket; 0: fitted" }

#define adida_NAME "adida"
#define adida_SUMMARY "smoothing of sums over the mean interval between demands"
static const struct option adida_OPTIONS[] = { ALPHA_OPTION, PROFILE_OPTIONS, { 0 } };

#define imapa_NAME "imapa"
#define imapa_SUMMARY "mean of adida over all lengths up to the mean interval"
static const struct option imapa_OPTIONS[] = { ALPHA_OPTION, PROFILE_OPTIONS, { 0 } };

enum { ALPHA, N_PARAMETER }; /* places in p */

static const double alpha_tried[] = { .02, .035, .05, .075, .1, .15, .2, .3, .4, .5 };
#define N_TRIED ((int)(sizeof alpha_tried / sizeof *alpha_tried))

struct buckets {
	double alpha;
	int all;       /* all lengths (imapa) */
	int n;         /* known values so far */
	int last;      /* known values up to the last demand */
	int n_demand;
	double *sum;   /* [n + 1] of the first 0, 1 ... known values; room for the series */
};

static struct buckets buckets_start(const struct spec *spec, double alpha,
				    const struct local_series *s, struct arena *scratch)
{
	return (struct buckets){ .alpha = alpha, .all = !strcmp(spec->method->name, imapa_NAME),
				 .sum = ARENA_ARRAY(scratch, double, s->n + 1) };
}

static void buckets_learn(void *state, double y)
{
	struct buckets *b = state;
	b->sum[b->n + 1] = b->sum[b->n] + y;
	b->n++;
	if (y > 0) {
		b->last = b->n;
		b->n_demand++;
	}
}

/* The smoothed sum over `length` periods; *sse gets the squared errors of the rates, times length.
 */
static double smooth(const struct buckets *b, double alpha, int length, double *sse)
{
	int at = b->n % length;
	double level = b->sum[at + length] - b->sum[at], squares = 0;
	for (at += 2 * length; at <= b->n; at += length) {
		double error = b->sum[at] - b->sum[at - length] - level;
		squares += error * error;
		level += alpha * error;
	}
	if (sse)
		*sse += squares / length;
	return level;
}

static int mean_interval(const struct buckets *b)
{
	return b->n_demand ? (int)lround((double)b->last / b->n_demand) : 1;
}

static double buckets_rate(void *state)
{
	const struct buckets *b = state;
	int longest = mean_interval(b), from = b->all ? 1 : longest;
	double sum = 0;
	for (int length = from; length <= longest; length++)
		sum += smooth(b, b->alpha, length, NULL) / length;
	return sum / (longest - from + 1);
}

static int buckets_n_parameter(const struct spec *spec, int season)
{
	(void)spec, (void)season;
	return N_PARAMETER;
}

/* One weight for all lengths, so that one number a series is kept. */
static enum status buckets_fit(const struct spec *spec, const struct local_series *s,
			       struct arena *scratch, double *p, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	p[ALPHA] = spec_number(spec, "alpha");
	if (p[ALPHA] > 0)
		return OK;
	struct buckets b = buckets_start(spec, 0, s, scratch);
	for (int t = 0; t < s->n; t++)
		if (!isnan(s->y[t]))
			buckets_learn(&b, s->y[t] > 0 ? s->y[t] : 0);
	double least = INFINITY;
	int longest = mean_interval(&b);
	for (int k = 0; k < N_TRIED; k++) {
		double sse = 0;
		for (int length = b.all ? 1 : longest; length <= longest; length++)
			smooth(&b, alpha_tried[k], length, &sse);
		if (sse < least) {
			least = sse;
			p[ALPHA] = alpha_tried[k];
		}
	}
	return OK;
}

static enum status buckets_replay(const struct spec *spec, const double *p,
				  const struct local_series *s, struct arena *scratch, int n_end,
				  const int *end, int n_step, double *mean, struct err *e)
{
	(void)e;
	struct buckets b = buckets_start(spec, p[ALPHA], s, scratch);
	struct rate_source source = { &b, buckets_learn, buckets_rate };
	return rate_replay(spec, s, scratch, &source, n_end, end, n_step, mean);
}

static enum status buckets_predict(const struct spec *spec, const double *p,
				   const struct local_series *s, struct arena *scratch, int n_step,
				   double *mean, struct err *e)
{
	struct buckets b = buckets_start(spec, p[ALPHA], s, scratch);
	struct rate_source source = { &b, buckets_learn, buckets_rate };
	return rate_predict(spec, s, scratch, &source, n_step, mean, e);
}

#define BUCKETS(NAME)                                                                              \
	static const struct local_method NAME = {                                                  \
		.name = NAME##_NAME,                                                               \
		.summary = NAME##_SUMMARY,                                                         \
		.options = NAME##_OPTIONS,                                                         \
		.n_parameter = buckets_n_parameter,                                                \
		.fit = buckets_fit,                                                                \
		.predict = buckets_predict,                                                        \
		.replay = buckets_replay,                                                          \
	};                                                                                         \
	LOCAL_METHOD(NAME)

BUCKETS(adida);
BUCKETS(imapa);
