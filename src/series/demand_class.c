/* Which of six kinds a series' demand is. */
#include "config.h"
#include "series/demand_class.h"

#include <math.h>

#define ADI_CUT 1.32
#define CV2_CUT 0.49

const char *demand_class_name(enum demand_class c)
{
	static const char *const name[N_DEMAND_CLASS] = { "smooth", "erratic", "intermittent", "lumpy",
							  "new", "dead" };
	return name[c];
}

enum demand_class demand_class_of(const double *y, int n, int young, int silent)
{
	int first = -1, last = -1, known = 0, sales = 0;
	double sum = 0, squares = 0;
	for (int t = 0; t < n; t++) {
		if (isnan(y[t]))
			continue;
		if (y[t] != 0) {
			first = first < 0 ? t : first;
			last = t;
			sales++;
			sum += y[t];
			squares += y[t] * y[t];
		}
		known += first >= 0;
	}
	if (first < 0 || n - 1 - last >= silent)
		return CLASS_DEAD;
	if (n - first < young)
		return CLASS_NEW;
	double mean = sum / sales;
	int seldom = (double)known / sales >= ADI_CUT;
	int differ = squares / sales - mean * mean >= CV2_CUT * mean * mean;
	return seldom ? (differ ? CLASS_LUMPY : CLASS_INTERMITTENT)
		      : (differ ? CLASS_ERRATIC : CLASS_SMOOTH);
}
