/* Harmonics. The angle is reduced before it is multiplied, so that t may be large. */
#include "config.h"
#include "num/fourier.h"

#include <math.h>

int fourier_columns(double period, int k)
{
	return 2 * k - (k > 0 && 2 * k >= period);
}

int fourier_append(double period, int k, int first, int n, struct arena *a, const double **x, int at)
{
	int columns = fourier_columns(period, k);
	for (int c = 0; c < columns; c++) {
		double *to = ARENA_ARRAY(a, double, n + 1), j = c / 2 + 1;
		for (int t = 0; t < n; t++) {
			double turn = fmod((first + t) * j / period, 1);
			to[t] = c % 2 ? sin(2 * M_PI * turn) : cos(2 * M_PI * turn);
		}
		x[at++] = to;
	}
	return at;
}
