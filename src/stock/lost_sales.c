/*
 * The chain over the sales of the last L days, newest first, coded in base S + 1: code =
 * s_1 + s_2 (S+1) + ... A day: available = S - sum of the digits, sold = min(available, D), and the code
 * becomes sold + (code mod (S+1)^(L-1)) (S+1).
 */
#include "config.h"
#include "stock/lost_sales.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"

#define ROUNDS 20000
#define STILL 1e-13 /* total change of a round below which it has settled */

struct chain {
	struct arena arena;
	int s, lead;
	size_t n;            /* (S + 1)^L */
	size_t high;         /* (S + 1)^(L - 1) */
	int *available;      /* [n]; -1: no state */
	double *pmf, *tail;  /* [S + 1] P(D = k), P(D >= k) */
	double *now, *next;  /* [n] */
};

static enum status chain_init(struct chain *c, const struct law *demand, int lead, int s, struct err *e)
{
	double states = pow(s + 1, lead);
	if (!law_counts(demand) && demand->kind != LAW_PMF)
		return err_set(e, E_USAGE, "lost sales are exact for counts only: dist=poisson, negbin or pmf");
	for (int k = 0; k < demand->n; k++)
		if (demand->value[k] < 0 || demand->value[k] != floor(demand->value[k]))
			return err_set(e, E_USAGE, "lost sales count whole units, but the pmf has %g",
				       demand->value[k]);
	if (states > LOST_SALES_STATES)
		return err_set(e, E_USAGE, "S %d with a lead time of %d has more than %d states", s, lead,
			       LOST_SALES_STATES);
	*c = (struct chain){ .s = s, .lead = lead, .n = (size_t)(states + .5) };
	c->high = lead ? c->n / (size_t)(s + 1) : 1;
	c->available = ARENA_ARRAY(&c->arena, int, c->n);
	c->now = ARENA_ARRAY(&c->arena, double, c->n);
	c->next = ARENA_ARRAY(&c->arena, double, c->n);
	c->pmf = ARENA_ARRAY(&c->arena, double, s + 2);
	c->tail = ARENA_ARRAY(&c->arena, double, s + 2);
	for (int k = 0; k <= s; k++) {
		c->pmf[k] = law_density(demand, k);
		c->tail[k] = k ? law_tail(demand, k - 1) : 1;
	}
	for (size_t code = 0; code < c->n; code++) {
		size_t rest = code;
		int left = s;
		for (int k = 0; k < lead; k++, rest /= (size_t)(s + 1))
			left -= (int)(rest % (size_t)(s + 1));
		c->available[code] = left < 0 ? -1 : left;
	}
	return OK;
}

/* One day; returns the change of the distribution. */
static double chain_step(struct chain *c)
{
	double change = 0;
	memset(c->next, 0, c->n * sizeof *c->next);
	for (size_t code = 0; code < c->n; code++) {
		double p = c->now[code];
		int left = c->available[code];
		if (!(p > 0) || left < 0)
			continue;
		size_t older = code % c->high * (size_t)(c->s + 1);
		for (int k = 0; k < left; k++)
			c->next[older + (size_t)k] += p * c->pmf[k];
		c->next[older + (size_t)left] += p * c->tail[left];
	}
	for (size_t code = 0; code < c->n; code++)
		change += fabs(c->next[code] - c->now[code]);
	double *swap = c->now;
	c->now = c->next;
	c->next = swap;
	return change;
}

/* Expected sales and end stock of a day that begins with so much on the shelf. */
static void day_of(const struct chain *c, int left, double *sold, double *end)
{
	*sold = left * c->tail[left];
	for (int k = 1; k < left; k++)
		*sold += k * c->pmf[k];
	*end = left - *sold;
}

enum status lost_sales_of(const struct law *demand, int lead, int s, double holding, double penalty,
			  struct lost_sales *out, struct err *e)
{
	struct chain c;
	double sold = 0, end = 0, mean = law_mean(demand);
	enum status status = chain_init(&c, demand, lead, s, e);
	if (status)
		return status;
	c.now[0] = 1;
	for (int k = 0; lead && k < ROUNDS; k++)
		if (chain_step(&c) < STILL)
			break;
	for (size_t code = 0; code < c.n; code++) {
		double a, b;
		if (!(c.now[code] > 0) || c.available[code] < 0)
			continue;
		day_of(&c, c.available[code], &a, &b);
		sold += c.now[code] * a;
		end += c.now[code] * b;
	}
	out->fill = sold / mean;
	out->end_stock = end;
	out->lost = mean - sold;
	out->cost = holding * end + penalty * out->lost;
	arena_release(&c.arena);
	return OK;
}

enum status lost_sales_best(const struct law *demand, int lead, double holding, double penalty, int *s,
			    struct lost_sales *out, struct err *e)
{
	struct law over;
	double at = law_mean(demand) * (lead + 1);
	if (law_sum(demand, lead + 1, &over))
		at = law_quantile(&over, penalty / (penalty + holding));
	/* The newsvendor's level is above the best one: come down from there. */
	int top = at < 1 ? 1 : (int)ceil(at);
	struct lost_sales before, here;
	enum status status = lost_sales_of(demand, lead, top, holding, penalty, &here, e);
	*s = top;
	for (int k = top - 1; !status && k >= 0; k--) {
		before = here;
		status = lost_sales_of(demand, lead, k, holding, penalty, &here, e);
		if (status || here.cost >= before.cost) {
			here = before;
			break;
		}
		*s = k;
	}
	*out = here;
	return status;
}
