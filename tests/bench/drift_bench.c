/*
 * False alarms and delays of the drift chart on invented fleets: drift_bench [n series]. The table of
 * lifecycle goals D1 and D2.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/process.h"
#include "eval/drift_bench.h"

static void line(const char *name, const struct drift_world *w)
{
	struct drift_score s;
	double began = process_cpu();
	drift_bench(w, DRIFT_BUDGET, &s);
	printf("%-34s %8.2f [%5.2f, %5.2f] %7.1f %% %6.0f %7.1f %% %7.1f\n", name, s.false_week, s.low, s.high,
	       100 * s.found, s.delay, 100 * s.false_share, process_cpu() - began);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct drift_world w = drift_world_usual();
	if (argc > 1)
		w.n = atoi(argv[1]);
	printf("%-34s %8s %15s %9s %6s %9s %7s\n", "fleet", "false/wk", "90 % interval", "found", "delay",
	       "false", "CPU s");
	w.share = 0;
	line("nothing wrong", &w);
	w.seed = 2;
	line("nothing wrong, another seed", &w);
	w.share = .005;
	w.seed = 3;
	line("0.5 % by 2 sd", &w);
	w.shift = 1.5;
	line("0.5 % by 1.5 sd", &w);
	w.shift = 1;
	line("0.5 % by 1 sd", &w);
	w.shift = 1.5;
	w.share = .05;
	line("5 % by 1.5 sd", &w);
	w.share = .005;
	w.spoilt = .01;
	line("1.5 sd, 1 % of the past spoilt", &w);
	w = drift_world_usual();
	w.share = 0;
	w.nu = 3;
	line("nothing wrong, t3", &w);
	w.nu = 0;
	w.phi = .6;
	line("nothing wrong, normal, phi .6", &w);
	w.phi = 0;
	line("nothing wrong, normal, phi 0", &w);
	return 0;
}
