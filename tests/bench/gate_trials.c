/*
 * How often the gates G3, G4 and G16 let a challenger pass: gate_trials [trials]. Losses per origin as the
 * specification's part 4.1 has them: the sum over many series, of which a twentieth of the variance is common, at
 * origins whose horizons overlap (4 of them share days), so a moving average. What is noisy in a comparison is the
 * difference of the two losses: its sd is given in per cent of the champion's loss.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include "life/gate.h"
#include "num/library.h"
#include "num/rng.h"

#define OVERLAP 4

/* One trial: n origins, the challenger better by `gain`, the difference's sd `noise`. */
static int passes(struct rng *r, int n, double gain, double noise, int tries)
{
	double champion[200], challenger[200], e[200 + OVERLAP];
	struct gate_better b;
	for (int t = 0; t < n + OVERLAP; t++)
		e[t] = rng_gaussian(r);
	for (int t = 0; t < n; t++) {
		double sum = 0;
		for (int k = 0; k < OVERLAP; k++)
			sum += e[t + k];
		champion[t] = 100 * (1 + .1 * rng_gaussian(r));
		challenger[t] = champion[t] - 100 * (gain + noise * sum / sqrt(OVERLAP));
	}
	gate_better(champion, challenger, n, tries, &b);
	return b.verdict == GATE_PASS;
}

static double share(int trials, int n, double gain, double noise, int tries)
{
	struct rng *r = rng_new();
	int passed = 0;
	for (int k = 0; k < trials; k++) {
		char key[24];
		snprintf(key, sizeof key, "%d", k);
		rng_seed(r, 7, key, "gate");
		passed += passes(r, n, gain, noise, tries);
	}
	rng_free(r);
	return 100. * passed / trials;
}

int main(int argc, char **argv)
{
	int trials = argc > 1 ? atoi(argv[1]) : 400;
	static const double noise[] = { .02, .03, .04 };
	num_library_init();
	printf("%d trials; promoted, per cent\n", trials);
	printf("%8s %8s %6s %10s %10s %10s\n", "noise", "origins", "tries", "equal", "1 % better", "3 % better");
	for (int k = 0; k < 3; k++)
		for (int n = 26; n <= 104; n *= 2)
			for (int tries = 1; tries <= 5; tries += 4)
				printf("%7.0f%% %8d %6d %10.1f %10.1f %10.1f\n", 100 * noise[k], n, tries,
				       share(trials, n, 0, noise[k], tries), share(trials, n, .01, noise[k], tries),
				       share(trials, n, .03, noise[k], tries));
	return 0;
}
