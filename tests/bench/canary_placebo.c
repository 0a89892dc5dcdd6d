/*
 * How often is a harmless canary taken away, and how often one that does harm? canary_placebo DB [TRIALS], after
 * `forecast monitor calibrate` has replayed the weeks. In each trial 1, 2 or 3 stores are drawn, and a week since which
 * their errors are larger by a factor; the comparison of life/canary.h is made after 2, 3 and 4 weeks, as nights would; what does harm in two looks running is taken away.
 */
#include "config.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_realised.h"
#include "life/canary.h"
#include "num/before_after.h"
#include "num/library.h"
#include "num/rng.h"

#define STORES_MAX 400
#define WEEKS_MAX 600
#define LOOKS 4 /* the last look comes after so many weeks */

struct past {
	const char *name[STORES_MAX];
	double loss[STORES_MAX][WEEKS_MAX], units[STORES_MAX][WEEKS_MAX];
	int n_store, n_week;
};

static int place_of(struct past *p, const char *name)
{
	for (int k = 0; k < p->n_store; k++)
		if (!strcmp(p->name[k], name))
			return k;
	if (p->n_store == STORES_MAX)
		exit(1);
	p->name[p->n_store] = name;
	return p->n_store++;
}

static enum status read_past(struct db *db, struct past *p, struct arena *a, struct err *e)
{
	struct resid_node *node;
	int until, n, first = INT_MAX;
	enum status status = db_resid_last(db, BAND_NEAR, &until, e);
	if (!status)
		status = db_resid_nodes_read(db, 0, BAND_NEAR, until - WEEKS_MAX + 1, until, a, &node, &n, e);
	for (int k = 0; !status && k < n; k++)
		first = node[k].week < first ? node[k].week : first;
	for (int k = 0; !status && k < n; k++) {
		if (strcmp(node[k].part, "store"))
			continue;
		int s = place_of(p, node[k].member), w = node[k].week - first;
		p->loss[s][w] = node[k].loss;
		p->units[s][w] = node[k].units;
		p->n_week = w >= p->n_week ? w + 1 : p->n_week;
	}
	return status;
}

/* Logarithm of a store's error for each unit, since over before; NaN where either is not known. */
static double change_of(const struct past *p, int s, int start, int weeks)
{
	double loss[2] = { 0 }, units[2] = { 0 };
	for (int w = start - CANARY_BEFORE; w < start + weeks; w++) {
		loss[w >= start] += p->loss[s][w];
		units[w >= start] += p->units[s][w];
	}
	return loss[0] > 0 && loss[1] > 0 && units[0] > 0 && units[1] > 0
		? log(loss[1] / units[1]) - log(loss[0] / units[0]) : (double)NAN;
}

static int is_harm(const struct past *p, const int *treated, int start, int weeks, double factor)
{
	static double change[2][STORES_MAX];
	struct before_after test;
	int n[2] = { 0 };
	for (int s = 0; s < p->n_store; s++) {
		double x = change_of(p, s, start, weeks);
		if (isfinite(x))
			change[!treated[s]][n[!treated[s]]++] = x + (treated[s] ? log(factor) : 0);
	}
	before_after_test(change[0], n[0], change[1], n[1], &test);
	return exp(test.effect) > CANARY_HARM && test.p_one < CANARY_SURE;
}

static int trial(const struct past *p, struct rng *r, int n_treated, double factor)
{
	int treated[STORES_MAX] = { 0 };
	for (int k = 0; k < n_treated;) {
		int s = rng_choice(r, p->n_store);
		k += !treated[s];
		treated[s] = 1;
	}
	int start = CANARY_BEFORE + rng_choice(r, p->n_week - CANARY_BEFORE - LOOKS);
	int running = 0;
	for (int weeks = CANARY_LEAST; weeks <= LOOKS && running < 2; weeks++)
		running = is_harm(p, treated, start, weeks, factor) ? running + 1 : 0;
	return running == 2;
}

int main(int argc, char **argv)
{
	static struct past p;
	static const double factor[] = { 1, 1.05, 1.1, 1.2, 1.4 };
	struct arena a = { 0 };
	struct err e = { 0 };
	struct db *db = NULL;
	int trials = argc > 2 ? atoi(argv[2]) : 4000;
	num_library_init();
	if (argc < 2 || db_open(&db, argv[1], DB_READ, &e) || read_past(db, &p, &a, &e)
	    || p.n_store < 4 || p.n_week < CANARY_BEFORE + LOOKS + 1) {
		fprintf(stderr, "canary_placebo DB [TRIALS]: %s\n", *e.text ? e.text : "too few stores or weeks");
		return 1;
	}
	printf("%d stores, %d weeks, %d trials each; looks after 2 to %d weeks\nstores  errors  taken away\n", p.n_store,
	       p.n_week, trials, LOOKS);
	struct rng *r = rng_new();
	for (int n = 1; n <= 3; n++)
		for (size_t f = 0; f < sizeof factor / sizeof *factor; f++) {
			int found = 0;
			rng_seed(r, (uint64_t)n, "placebo", "canary");
			for (int k = 0; k < trials; k++)
				found += trial(&p, r, n, factor[f]);
			printf("%6d  x%.2f   %5.1f %%\n", n, factor[f], 100. * found / trials);
		}
	rng_free(r);
	db_close(db);
	arena_release(&a);
	return 0;
}
