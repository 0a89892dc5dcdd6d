/* A bound on freak values. */
#include "config.h"
#include "num/cap.h"

#include <math.h>

#define KNOWN_LEAST 10
#define TIMES 3.

double cap_of(int n, const double *y, struct arena *scratch)
{
	int aside = n / 100 + 1, kept = 0, known = 0;
	double *top = ARENA_ARRAY(scratch, double, aside + 1); /* the largest, descending */
	for (int t = 0; t < n; t++) {
		double x = fabs(y[t]);
		if (isnan(x))
			continue;
		known++;
		if (kept > aside && !(x > top[aside]))
			continue;
		int at = kept <= aside ? kept++ : aside;
		for (; at > 0 && top[at - 1] < x; at--)
			top[at] = top[at - 1];
		top[at] = x;
	}
	/* Unknown values do not count for the hundredth. */
	double others = known ? top[known / 100 + 1 < kept ? known / 100 + 1 : kept - 1] : 0;
	return known >= KNOWN_LEAST && others > 0 ? TIMES * others : (double)INFINITY;
}

double cap_value(double x, double cap)
{
	return x > cap ? cap : x < -cap ? -cap : x;
}
