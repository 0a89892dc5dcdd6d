/* What a guarded run does first: the series with the most at stake for the work they make. */
#include "config.h"
#include "life/guard_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/process.h"

#define SURE .85 /* share of the time left that is planned for */

/* ---- what is at stake ---- */

static void weigh_series(const struct panel *past, int i, double usual, double *stake, double *effort)
{
	static const int span[] = { 28, 4, 1, 28 }; /* the last periods, by the calendar's kind */
	struct series s = panel_series(past, i);
	double money = 0;
	int from = s.n - span[past->calendar.kind];
	for (int t = from > 0 ? from : 0; t < s.n; t++) {
		double price = driver_price(past, i, s.first + t, NULL);
		if (series_usable(&s, t) && s.units[t] > 0)
			money += s.units[t] * (price > 0 ? price : usual);
	}
	*stake = money;
	*effort = s.n + 1;
}

/* Mean of the last prices of a panel; 1 where none is known. */
static double usual_price(const struct panel *past)
{
	double sum = 0;
	int n = 0;
	for (int i = 0; i < past->n; i++) {
		double price = driver_price(past, i, past->until, NULL);
		if (price > 0) {
			sum += price;
			n++;
		}
	}
	return n ? sum / n : 1;
}

void guard_weigh(struct guard *g, const struct panel *panel, int at)
{
	const struct run_plan *p = g->x->plan;
	struct panel past = panel_until(panel, period_of_day(&p->calendar, p->as_of));
	double usual = usual_price(&past);
	for (int i = 0; i < past.n; i++)
		weigh_series(&past, i, usual, &g->stake[at + i], &g->effort[at + i]);
}

/* ---- which series, in which order ---- */

static int by_worth(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	return x->worth != y->worth ? (x->worth < y->worth) - (x->worth > y->worth) : x->i - y->i;
}

struct rank *guard_ranks(const double *stake, const double *effort, int n)
{
	struct rank *r = NEW_ARRAY(struct rank, n + 1);
	for (int i = 0; i < n; i++)
		r[i] = (struct rank){ stake[i] / effort[i], i };
	qsort(r, (size_t)n, sizeof *r, by_worth);
	return r;
}

int *guard_order(const struct guard *g)
{
	double *stake = NEW_ARRAY(double, g->n_block), *effort = NEW_ARRAY(double, g->n_block);
	int *order = NEW_ARRAY(int, g->n_block + 1);
	for (int k = 0; k < g->n_block; k++)
		for (int i = g->block[k].at; i < g->block[k].at + g->block[k].series; i++) {
			stake[k] += g->chosen[i] ? g->stake[i] : 0;
			effort[k] += g->chosen[i] ? g->effort[i] : 0;
		}
	for (int k = 0; k < g->n_block; k++)
		effort[k] = effort[k] > 0 ? effort[k] : 1;
	struct rank *r = guard_ranks(stake, effort, g->n_block);
	for (int k = 0; k < g->n_block; k++)
		order[k] = r[k].i;
	free(r);
	free(stake);
	free(effort);
	return order;
}

double guard_time_left(const struct guard *g)
{
	double deadline = g->x->plan->limits.deadline;
	return deadline > 0 ? deadline - g->reserve - process_wall() : 1e12;
}

static int block_of(const struct guard *g, int i)
{
	int k = 0;
	while (k + 1 < g->n_block && g->block[k + 1].at <= i)
		k++;
	return k;
}

void guard_choose(struct guard *g, const int *order, int from)
{
	double speed = g->wall_done > 0 ? g->effort_done / g->wall_done : 0, left = SURE * guard_time_left(g), need = 0;
	uint8_t *open = NEW_ARRAY(uint8_t, g->n_block);
	for (int k = from; k < g->n_block; k++) {
		const struct block *b = &g->block[order[k]];
		open[order[k]] = g->open[order[k]];
		memset(g->chosen + b->at, open[order[k]], (size_t)b->series);
	}
	struct rank *r = speed > 0 ? guard_ranks(g->stake, g->effort, g->n) : NULL;
	for (int j = 0; r && j < g->n; j++) {
		int i = r[j].i, k = block_of(g, i);
		if (!open[k])
			continue;
		double more = g->effort[i] / speed + (open[k] == 1 ? g->overhead[k] : 0);
		g->chosen[i] = need + more <= left;
		if (g->chosen[i]) {
			open[k] = 2;
			need += more;
		}
	}
	free(r);
	free(open);
}
