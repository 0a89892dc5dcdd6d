/*
 * By hand: does the 90 % interval of a return hold the truth, and what do the published mistakes make of it?
 * roi_coverage [SEEDS [STORES [ITEMS]]]: chains whose demand is known; the truth of a chain is its benefit on
 * what was asked for; that of all chains is the mean of those.
 */
#include "config.h"
#include "../unit/roi_shop.h"

#include <math.h>
#include <stdlib.h>
#include "base/process.h"
#include "num/library.h"

struct seen {
	double benefit, low, high, truth, sales, uncalibrated, base;
	int hides;
};

static double at_tau(const struct roi_result *r, int arm, double tau)
{
	for (int k = 0; k < r->n_tau; k++)
		if (fabs(r->tau[k] - tau) < 1e-9)
			return r->arm[arm].curve[k].money.total;
	return (double)NAN;
}

static struct seen one(uint64_t seed, int stores, int items)
{
	struct roi_shop h;
	roi_shop_open(&h, stores, items, seed);
	const struct roi_result *drawn = roi_shop_run(&h, ROI_SHOP_DRAWN);
	struct seen s = { drawn->benefit.total, drawn->benefit.low, drawn->benefit.high, 0, 0, 0, 0, 0 };
	const struct roi_result *truth = roi_shop_run(&h, ROI_SHOP_TRUE);
	s.truth = truth->benefit.total;
	s.base = truth->arm[1].point.money.total;
	s.uncalibrated = at_tau(truth, 1, .95) - truth->arm[0].point.money.total;
	s.sales = roi_shop_run(&h, ROI_SHOP_SALES)->benefit.total;
	roi_shop_close(&h);
	return s;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 20, stores = argc > 2 ? atoi(argv[2]) : 3, held = 0, held_own = 0;
	int items = argc > 3 ? atoi(argv[3]) : 20;
	struct seen *s = calloc((size_t)n, sizeof *s), sum = { 0 };
	double variance = 0;
	num_library_init();
	for (int k = 0; k < n; k++) {
		s[k] = one((uint64_t)k + 1, stores, items);
		printf("%d benefit %.0f [%.0f, %.0f] true %.0f sales %.0f uncalibrated %.0f base %.0f\n", k + 1,
		       s[k].benefit, s[k].low, s[k].high, s[k].truth, s[k].sales, s[k].uncalibrated, s[k].base);
		fflush(stdout);
		sum.benefit += s[k].benefit / n;
		sum.truth += s[k].truth / n;
		sum.sales += s[k].sales / n;
		sum.uncalibrated += s[k].uncalibrated / n;
		sum.base += s[k].base / n;
		held_own += s[k].low <= s[k].truth && s[k].truth <= s[k].high;
	}
	for (int k = 0; k < n; k++) {
		held += s[k].low <= sum.truth && sum.truth <= s[k].high;
		variance += (s[k].benefit - sum.benefit) * (s[k].benefit - sum.benefit) / n;
	}
	printf("mean: drawn %.1f true %.1f sales %.1f uncalibrated baseline %.1f; baseline's cost %.1f\n",
	       sum.benefit, sum.truth, sum.sales, sum.uncalibrated, sum.base);
	printf("the interval holds the mean truth of all chains in %d of %d, the chain's own in %d; sd of the"
	       " benefit %.1f\n", held, n, held_own, sqrt(variance));
	printf("CPU %.1f s\n", process_cpu());
	free(s);
	return 0;
}
