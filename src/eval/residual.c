/* Errors of served forecasts, standardised by what was forecast. */
#include "config.h"
#include "eval/residual.h"

#include <math.h>

#define NORMAL_90 3.289707253902945 /* qnorm(.95) - qnorm(.05) */
/* E|Y - q| beyond the outer quantile over its distance from the median, of a normal: 2.0627 / 1.6449. */
#define TAIL 1.2540

/* Places of the seven stored levels. */
static void places(const struct forecast *f, int at[N_DEFAULT_LEVEL])
{
	for (int k = 0, l = 0; k < N_DEFAULT_LEVEL; k++) {
		while (l < f->n_level - 1 && f->level[l] < default_level[k] - 1e-9)
			l++;
		at[k] = l;
	}
}

static void seven(const struct forecast *f, const int at[N_DEFAULT_LEVEL], int h, double q[N_DEFAULT_LEVEL])
{
	const double *from = f->quantile + (size_t)h * (size_t)f->n_level;
	for (int k = 0; k < N_DEFAULT_LEVEL; k++)
		q[k] = from[at[k]];
}

/* E|Y - median| of the distribution with these quantiles: straight between them, normal tails. */
static double expected_loss(const double q[N_DEFAULT_LEVEL])
{
	double sum = TAIL * .05 * ((q[3] - q[0]) + (q[6] - q[3]));
	for (int k = 0; k + 1 < N_DEFAULT_LEVEL; k++)
		sum += (default_level[k + 1] - default_level[k]) * .5 * (fabs(q[k] - q[3]) + fabs(q[k + 1] - q[3]));
	return sum;
}

/* Variance of a day: the 90 % interval's, and never less than a Poisson's of that mean. */
static double day_variance(const double q[N_DEFAULT_LEVEL], double mean)
{
	double sd = (q[6] - q[0]) / NORMAL_90;
	double floor = mean > 1e-3 ? mean : 1e-3;
	return sd * sd > floor ? sd * sd : floor;
}

void residual_of(const struct forecast *one, int from, int to, const double *actual, struct residual *out)
{
	int at[N_DEFAULT_LEVEL];
	double variance = 0;
	*out = (struct residual){ .z = (double)NAN };
	places(one, at);
	for (int h = from; h < to && h < one->n_step; h++) {
		double q[N_DEFAULT_LEVEL], y = actual[h - from];
		if (isnan(y))
			continue;
		seven(one, at, h, q);
		out->days++;
		out->units += y;
		out->mean += one->mean[h];
		out->loss += fabs(y - q[3]);
		out->expected += expected_loss(q);
		out->outside += y < q[0] || y > q[6];
		variance += day_variance(q, one->mean[h]);
	}
	if (out->days)
		out->z = (out->units - out->mean) / sqrt(variance);
}

void realised_add(struct realised *sum, const struct forecast *one, int h, double y)
{
	int at[N_DEFAULT_LEVEL];
	double q[N_DEFAULT_LEVEL], pinball = 0;
	places(one, at);
	seven(one, at, h, q);
	for (int k = 0; k < N_DEFAULT_LEVEL; k++)
		pinball += y >= q[k] ? default_level[k] * (y - q[k]) : (1 - default_level[k]) * (q[k] - y);
	sum->cells++;
	sum->units += y;
	sum->mean += one->mean[h];
	sum->abs_error += fabs(y - q[3]);
	sum->expected += expected_loss(q);
	sum->pinball += pinball / N_DEFAULT_LEVEL;
	for (int k = 0; k < 3; k++)
		sum->inside[k] += y >= q[2 - k] && y <= q[4 + k];
}
