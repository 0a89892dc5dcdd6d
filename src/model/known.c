/* Last value, mean and season of an array with unknown values. */
#include "config.h"
#include "model/known.h"

#include <math.h>

int known_last(const double *y, int n)
{
	int t = n - 1;
	while (t >= 0 && isnan(y[t]))
		t--;
	return t;
}

double known_mean(const double *y, int from, int to)
{
	double sum = 0;
	int known = 0;
	for (int t = from < 0 ? 0 : from; t < to; t++) {
		if (isnan(y[t]))
			continue;
		sum += y[t];
		known++;
	}
	return known ? sum / known : (double)NAN;
}

int local_season(const struct spec *spec, const struct local_series *s)
{
	int own = (int)spec_number(spec, "season");
	return own ? own : s->season;
}

int known_phase(period_t period, int m)
{
	int phase = (int)(period % m);
	return phase < 0 ? phase + m : phase;
}
