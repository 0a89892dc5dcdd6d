/* Exact costs by losses of the second order and by renewal sums; textbook approximations. */
#include "config.h"
#include "stock/reorder.h"

#include <math.h>
#include "base/mem.h"
#include "stock/newsvendor.h"

#define BISECTIONS 200
#define ROUNDS 500
#define MOST 200000 /* units that an exact (s,S) may span */

static double g_of(const struct reorder *x, double y)
{
	const struct newsvendor v = { x->holding, x->backorder };
	return newsvendor_cost(&v, x->law, y);
}

static double best_single(const struct reorder *x)
{
	return law_quantile(x->law, x->backorder / (x->backorder + x->holding));
}

/* ---- (r,Q) ---- */

double rq_cost(const struct reorder *x, double r, double q)
{
	double sum = 0, mean = law_mean(x->law), h = x->holding, p = x->backorder;
	if (law_counts(x->law)) {
		for (double y = r + 1; y <= r + q; y++)
			sum += g_of(x, y);
	} else {
		double end = r + q - mean, begin = r - mean;
		sum = h * (end * end - begin * begin) / 2
		      + (h + p) * (law_loss2(x->law, r) - law_loss2(x->law, r + q));
	}
	return (x->fixed * x->demand + sum) / q;
}

/* g is convex: r and r + Q lie on one height; of counts the last r whose next step up is no gain. */
double rq_reorder(const struct reorder *x, double q)
{
	double best = best_single(x), low = best - q, high = best;
	if (law_counts(x->law)) {
		for (; low < high && g_of(x, low + 1) > g_of(x, low + q + 1); low++)
			;
		return low;
	}
	for (int k = 0; k < BISECTIONS; k++) {
		double middle = low + (high - low) / 2;
		*(g_of(x, middle) > g_of(x, middle + q) ? &low : &high) = middle;
	}
	return low + (high - low) / 2;
}

static void rq_best_count(const struct reorder *x, double *r, double *q)
{
	double first = best_single(x), low = first - 1, high = first, sum = x->fixed * x->demand + g_of(x, first);
	for (double n = 1;; n++) {
		double below = low >= 0 ? g_of(x, low) : (double)INFINITY, above = g_of(x, high + 1);
		if (low < 0)
			below = x->backorder * (law_mean(x->law) - low);
		double next = below < above ? below : above;
		if (next >= sum / n) {
			*r = low;
			*q = n;
			return;
		}
		sum += next;
		if (below < above)
			low--;
		else
			high++;
	}
}

/* At the best Q the cost is g(r) = g(r + Q); cost - g(r) falls through 0 as Q grows. */
void rq_best(const struct reorder *x, double *r, double *q)
{
	if (law_counts(x->law)) {
		rq_best_count(x, r, q);
		return;
	}
	double low = 0, high = sqrt(2 * x->fixed * x->demand / x->holding) + sqrt(law_variance(x->law));
	while (rq_cost(x, rq_reorder(x, high), high) > g_of(x, rq_reorder(x, high)))
		high *= 2;
	for (int k = 0; k < BISECTIONS; k++) {
		double middle = low + (high - low) / 2, at = rq_reorder(x, middle);
		*(rq_cost(x, at, middle) > g_of(x, at) ? &low : &high) = middle;
	}
	*q = low + (high - low) / 2;
	*r = rq_reorder(x, *q);
}

void rq_expected_level(const struct reorder *x, double *r, double *q, double *cost)
{
	double mean = law_mean(x->law);
	*q = sqrt(2 * x->fixed * x->demand / x->holding);
	for (int k = 0; k < ROUNDS; k++) {
		double before = *q, level = 1 - x->holding * *q / (x->backorder * x->demand);
		*r = level > 0 ? law_quantile(x->law, level) : mean;
		*q = sqrt(2 * x->demand * (x->fixed + x->backorder * law_loss(x->law, *r)) / x->holding);
		if (fabs(*q - before) <= 1e-14 * *q)
			break;
	}
	if (cost)
		*cost = x->holding * (*r - mean + *q / 2) + x->fixed * x->demand / *q
			+ x->backorder * x->demand * law_loss(x->law, *r) / *q;
}

void rq_eoqb(const struct reorder *x, double *r, double *q)
{
	*q = sqrt(2 * x->fixed * x->demand * (x->holding + x->backorder) / (x->holding * x->backorder));
	*r = rq_reorder(x, *q);
}

void rq_eoq_stock(const struct reorder *x, double *r, double *q)
{
	*q = sqrt(2 * x->fixed * x->demand / x->holding);
	*r = best_single(x);
}

/* S with n(S) = wanted, n falling. */
static double loss_at(const struct law *l, double wanted)
{
	double sd = sqrt(law_variance(l)), low = law_mean(l) - sd, high = law_mean(l) + sd;
	while (law_loss(l, low) < wanted)
		low -= 2 * (high - low);
	while (law_loss(l, high) > wanted && high - low < 100 * sd + 1)
		high += high - low;
	for (int k = 0; k < BISECTIONS; k++) {
		double middle = low + (high - low) / 2;
		*(law_loss(l, middle) > wanted ? &low : &high) = middle;
	}
	return low + (high - low) / 2;
}

void rq_loss_function(const struct reorder *x, double *r, double *q)
{
	*q = sqrt(2 * x->fixed * x->demand / x->holding);
	for (int k = 0; k < ROUNDS; k++) {
		double before = *q;
		*r = loss_at(x->law, x->holding * *q / (x->holding + x->backorder));
		*q = sqrt(2 * (x->fixed * x->demand + (x->holding + x->backorder) * law_loss2(x->law, *r))
			  / x->holding);
		if (fabs(*q - before) <= 1e-14 * *q)
			break;
	}
}

/* ---- (s,S) ---- */

/* Renewal function of demand: M(j) = sum of m(0 .. j - 1), m(j) = expected visits to j units of demand. */
struct renewal {
	struct arena arena;
	int n;
	double *pmf, *m, *M; /* [n], [n], [n + 1] */
};

static void renewal_init(struct renewal *r, const struct law *l, int n)
{
	*r = (struct renewal){ .n = n };
	r->pmf = ARENA_ARRAY(&r->arena, double, n + 1);
	r->m = ARENA_ARRAY(&r->arena, double, n + 1);
	r->M = ARENA_ARRAY(&r->arena, double, n + 2);
	for (int j = 0; j < n; j++)
		r->pmf[j] = law_density(l, j);
	r->m[0] = 1 / (1 - r->pmf[0]);
	for (int j = 0; j < n; j++) {
		double sum = 0;
		for (int k = 1; k <= j; k++)
			sum += r->pmf[k] * r->m[j - k];
		if (j)
			r->m[j] = sum / (1 - r->pmf[0]);
		r->M[j + 1] = r->M[j] + r->m[j];
	}
}

static double ss_at(const struct reorder *x, const struct renewal *r, int s, int S)
{
	double sum = x->fixed;
	for (int j = 0; j < S - s; j++)
		sum += r->m[j] * g_of(x, S - j);
	return sum / r->M[S - s];
}

static enum status ss_check(const struct reorder *x, double span, struct err *e)
{
	if (!law_counts(x->law))
		return err_set(e, E_USAGE, "(s,S) is exact for counts only: dist=poisson or negbin");
	if (span > MOST || law_mean(x->law) > MOST / 10)
		return err_set(e, E_USAGE, "the numbers are too large for an exact (s,S): take units of more");
	return OK;
}

enum status ss_cost(const struct reorder *x, double s, double S, double *cost, struct err *e)
{
	struct renewal r;
	enum status status = S > s ? ss_check(x, S - s, e) : err_set(e, E_USAGE, "S is not above s");
	if (status)
		return status;
	renewal_init(&r, x->law, (int)(S - s) + 1);
	*cost = ss_at(x, &r, (int)s, (int)S);
	arena_release(&r.arena);
	return OK;
}

enum status ss_best(const struct reorder *x, double *s_out, double *S_out, double *cost, struct err *e)
{
	double lot = sqrt(2 * x->fixed * law_mean(x->law) * (x->holding + x->backorder)
			  / (x->holding * x->backorder));
	double reach = 4 * lot + 12 * sqrt(law_variance(x->law)) + 40;
	struct renewal r;
	enum status status = ss_check(x, reach, e);
	if (status)
		return status;
	renewal_init(&r, x->law, 2 * (int)reach);
	int top = (int)best_single(x), s = top, S0 = top, S;
	do
		s--;
	while (ss_at(x, &r, s, S0) > g_of(x, s));
	double best = ss_at(x, &r, s, S0);
	for (S = S0 + 1; g_of(x, S) <= best && S - s < r.n - 1; S++) {
		if (ss_at(x, &r, s, S) >= best)
			continue;
		S0 = S;
		while (ss_at(x, &r, s, S0) <= g_of(x, s + 1))
			s++;
		best = ss_at(x, &r, s, S0);
	}
	*s_out = s;
	*S_out = S0;
	*cost = best;
	arena_release(&r.arena);
	return OK;
}

void ss_power(const struct reorder *x, double mean, double sd, double lead_time, double *s, double *S)
{
	double n = lead_time + 1, mean_lead = n * mean, sd_lead = sqrt(n) * sd;
	double q = 1.30 * pow(mean, .494) * pow(x->fixed / x->holding, .506)
		   * pow(1 + sd_lead * sd_lead / (mean * mean), .116);
	double z = sqrt(q * x->holding / (x->backorder * sd_lead));
	*s = .973 * mean_lead + sd_lead * (.183 / z + 1.063 - 2.192 * z);
	*S = *s + q;
}
