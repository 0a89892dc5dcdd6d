/* Reading of keys and laws, and the formulas of one line; those of more have files beside this one. */
#include "config.h"
#include "stock/formula_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/symtab.h"
#include "stock/cash.h"
#include "stock/lost_sales.h"
#include "stock/newsvendor.h"
#include "stock/service.h"

#define KEYS_MAX 64
#define LIST_MAX 100000

struct formula_input {
	const struct formula *formula;
	int n;
	const char *name[KEYS_MAX], *value[KEYS_MAX];
};

const struct formula_key formula_law[] = {
	{ "dist", "law distribution", "normal (default), poisson, negbin, lognormal, exponential, gamma,"
				      " uniform or pmf", 0 },
	{ "mean", "mu lambda demand-mean", "of normal, poisson, negbin, gamma (lognormal: of the logarithm)", 0 },
	{ "sd", "sigma demand-sd", "of normal, negbin, gamma (lognormal: of the logarithm)", 0 },
	{ "nb-r", "nb.r size r", "negbin: r > 0 in C(k+r-1, k) p^r (1-p)^k, instead of mean and sd", 0 },
	{ "nb-p", "nb.p prob p", "negbin: its p, 0 < p < 1", 0 },
	{ "rate", NULL, "of exponential", 0 },
	{ "low", NULL, "of uniform", 0 },
	{ "high", NULL, "of uniform", 0 },
	{ "pmf", NULL, "value:probability,value:probability,... (dist=pmf)", 0 },
	{ NULL, NULL, NULL, 0 }
};

/* ---- values ---- */

static char *copy(struct arena *a, const char *text, size_t n)
{
	char *out = ARENA_ARRAY(a, char, n + 1);
	memcpy(out, text, n);
	return out;
}

const char *input_text(const struct formula_input *in, const char *key)
{
	for (int k = in->n - 1; k >= 0; k--)
		if (!strcmp(in->name[k], key))
			return in->value[k];
	return NULL;
}

static int number_of(const char *text, double *x)
{
	char *end;
	*x = strtod(text, &end);
	return end != text && !*end && !isnan(*x);
}

double input_number(const struct formula_input *in, const char *key)
{
	double x;
	const char *text = input_text(in, key);
	return text && number_of(text, &x) ? x : (double)NAN;
}

double input_or(const struct formula_input *in, const char *key, double preset)
{
	double x = input_number(in, key);
	return isnan(x) ? preset : x;
}

int input_list(const struct formula_input *in, const char *key, struct arena *a, const double **out)
{
	const char *text = input_text(in, key);
	int n = 0, room = 1;
	for (const char *t = text; t && *t; t++)
		room += *t == ',' || *t == ' ';
	double *x = ARENA_ARRAY(a, double, room);
	for (const char *t = text; t && *t;) {
		size_t length = strcspn(t, ", ");
		if (length) {
			char *one = copy(a, t, length);
			if (n >= LIST_MAX || !number_of(one, &x[n]))
				return -1;
			n++;
		}
		t += length + (t[length] != 0);
	}
	*out = x;
	return n;
}

enum status input_within(const struct formula_input *in, const char *key, double low, double high,
			 struct err *e)
{
	double x = input_number(in, key);
	if (!input_text(in, key) || (x >= low && x <= high))
		return OK;
	return err_set(e, E_USAGE, "%s: key '%s' is '%s', not a number from %g to %g", in->formula->name, key,
		       input_text(in, key), low, high);
}

enum status input_choice(const struct formula_input *in, const char *key, const char *choices, int *at,
			 struct err *e)
{
	const char *text = input_text(in, key);
	*at = 0;
	for (const char *c = choices; text && *c; (*at)++) {
		size_t n = strcspn(c, "|");
		if (strlen(text) == n && !strncasecmp(text, c, n))
			return OK;
		c += n + (c[n] == '|');
	}
	*at = 0;
	return text ? err_set(e, E_USAGE, "%s: key '%s' is '%s', not one of %s", in->formula->name, key, text,
			      choices)
		    : OK;
}

/* ---- laws ---- */

static enum status want(const struct formula_input *in, const char *key, double low, int open, double *x,
			struct err *e)
{
	*x = input_number(in, key);
	if (!input_text(in, key))
		return err_set(e, E_USAGE, "%s: key '%s' is missing", in->formula->name, key);
	if (isnan(*x) || isinf(*x) || *x < low || (open && *x == low))
		return err_set(e, E_USAGE, "%s: key '%s' is '%s', not a number %s %g", in->formula->name, key,
			       input_text(in, key), open ? "above" : "from", low);
	return OK;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static enum status pmf_law(const struct formula_input *in, struct arena *a, struct law *out, struct err *e)
{
	const char *text = input_text(in, "pmf");
	double sum = 0, (*pair)[2];
	int n = 0, room = 1;
	if (!text)
		return err_set(e, E_USAGE, "%s: key 'pmf' is missing", in->formula->name);
	for (const char *t = text; *t; t++)
		room += *t == ',';
	pair = arena_alloc(a, (size_t)room * sizeof *pair);
	for (const char *t = text; *t; n++) {
		size_t length = strcspn(t, ",");
		char *one = copy(a, t, length), *colon = strchr(one, ':');
		if (colon)
			*colon = 0;
		if (!colon || !number_of(one, &pair[n][0]) || !number_of(colon + 1, &pair[n][1])
		    || pair[n][1] < 0)
			return err_set(e, E_USAGE, "%s: key 'pmf' has '%.*s', which is no value:probability",
				       in->formula->name, (int)(length > 60 ? 60 : length), t);
		sum += pair[n][1];
		t += length + (t[length] == ',');
	}
	if (fabs(sum - 1) > 1e-9)
		return err_set(e, E_USAGE, "%s: the probabilities of 'pmf' sum to %.12g, not 1",
			       in->formula->name, sum);
	qsort(pair, (size_t)n, sizeof *pair, by_value);
	double *value = ARENA_ARRAY(a, double, n), *probability = ARENA_ARRAY(a, double, n);
	for (int k = 0; k < n; k++) {
		value[k] = pair[k][0];
		probability[k] = pair[k][1];
	}
	*out = (struct law){ .kind = LAW_PMF, .n = n, .value = value, .probability = probability };
	return OK;
}

static enum status negbin_law(const struct formula_input *in, struct law *out, struct err *e)
{
	double mean, sd;
	enum status status;
	if (input_text(in, "nb-r") || input_text(in, "nb-p")) {
		status = want(in, "nb-r", 0, 1, &out->a, e);
		if (!status)
			status = want(in, "nb-p", 0, 1, &out->b, e);
		if (!status && out->b >= 1)
			status = err_set(e, E_USAGE, "%s: key 'nb-p' is not below 1", in->formula->name);
		return status;
	}
	status = want(in, "mean", 0, 1, &mean, e);
	if (!status)
		status = want(in, "sd", 0, 1, &sd, e);
	if (!status && sd * sd <= mean)
		return err_set(e, E_USAGE, "%s: a negative binomial's variance is above its mean, but sd %g is"
			       " not for mean %g: dist=poisson", in->formula->name, sd, mean);
	if (!status) {
		out->a = mean * mean / (sd * sd - mean);
		out->b = mean / (sd * sd);
	}
	return status;
}

enum status input_law(const struct formula_input *in, struct arena *a, struct law *out, struct err *e)
{
	static const enum law_kind kinds[] = { LAW_NORMAL, LAW_POISSON,     LAW_NEGBIN, LAW_NEGBIN,
					       LAW_LOGNORMAL, LAW_EXPONENTIAL, LAW_GAMMA,  LAW_UNIFORM,
					       LAW_PMF,       LAW_PMF };
	int at;
	double sd;
	enum status status = input_choice(in, "dist", "normal|poisson|negbin|nb|lognormal|exponential|gamma|"
					  "uniform|pmf|empirical", &at, e);
	if (status)
		return status;
	*out = (struct law){ .kind = kinds[at] };
	switch (out->kind) {
	case LAW_NORMAL:
	case LAW_LOGNORMAL:
		status = want(in, "mean", -INFINITY, 0, &out->a, e);
		return status ? status : want(in, "sd", 0, 1, &out->b, e);
	case LAW_POISSON:
		return want(in, "mean", 0, 1, &out->a, e);
	case LAW_NEGBIN:
		return negbin_law(in, out, e);
	case LAW_EXPONENTIAL:
		if (!input_text(in, "rate") && input_text(in, "mean")) {
			status = want(in, "mean", 0, 1, &out->a, e);
			out->a = 1 / out->a;
			return status;
		}
		return want(in, "rate", 0, 1, &out->a, e);
	case LAW_GAMMA:
		status = want(in, "mean", 0, 1, &out->a, e);
		if (!status)
			status = want(in, "sd", 0, 1, &sd, e);
		if (!status) {
			out->b = sd * sd / out->a;
			out->a /= out->b;
		}
		return status;
	case LAW_UNIFORM:
		status = want(in, "low", -INFINITY, 0, &out->a, e);
		return status ? status : want(in, "high", out->a, 1, &out->b, e);
	case LAW_PMF:
		return pmf_law(in, a, out, e);
	}
	return OK;
}

/* ---- results ---- */

void result_list(struct formula_result *r, const char *name, int n, const double *x)
{
	if (r->n == (int)(sizeof r->value / sizeof *r->value))
		BUG("a formula gives more than %d values", r->n);
	r->value[r->n++] = (struct formula_value){ name, n, x };
}

void result_add(struct formula_result *r, struct arena *a, const char *name, double x)
{
	double *kept = ARENA_ARRAY(a, double, 1);
	*kept = x;
	result_list(r, name, 1, kept);
}

/* ---- the short ones ---- */

static const struct formula_key loss_keys[] = { { "S", "s x stock", "stock", 1 }, { NULL, NULL, NULL, 0 } };

static enum status loss_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				struct err *e)
{
	struct law l;
	double s = input_number(in, "S");
	enum status status = input_law(in, a, &l, e);
	if (status)
		return status;
	result_add(r, a, "n", law_loss(&l, s));
	result_add(r, a, "nbar", law_left(&l, s));
	result_add(r, a, "n2", law_loss2(&l, s));
	result_add(r, a, "cdf", law_cdf(&l, s));
	result_add(r, a, "tail", law_tail(&l, s));
	result_add(r, a, "mean", law_mean(&l));
	result_add(r, a, "sd", sqrt(law_variance(&l)));
	return OK;
}

static const struct formula_key z_keys[] = {
	{ "k", "z", "standard normal value", 0 },
	{ "level", "service alpha tau", "probability, instead of k", 0 },
	{ "G", "loss", "standard normal loss, instead of k", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status z_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
			     struct err *e)
{
	double k = input_number(in, "k"), level = input_number(in, "level"), g = input_number(in, "G");
	if (!isnan(level)) {
		if (!(level > 0 && level < 1))
			return err_set(e, E_USAGE, "z: key 'level' is %g, not between 0 and 1", level);
		k = normal_quantile(level);
	} else if (!isnan(g)) {
		if (!(g > 0))
			return err_set(e, E_USAGE, "z: key 'G' is %g, not above 0", g);
		k = normal_loss_inverse(g);
	}
	if (isnan(k))
		return err_set(e, E_USAGE, "z: one of the keys 'k', 'level', 'G' is needed");
	result_add(r, a, "z", k);
	result_add(r, a, "G", normal_loss(k));
	result_add(r, a, "Gbar", normal_loss(-k));
	result_add(r, a, "G2", normal_loss2(k));
	result_add(r, a, "cdf", normal_cdf(k));
	return OK;
}

static const struct formula_key newsvendor_keys[] = {
	{ "h", "holding overage over co", "cost of a unit left", 0 },
	{ "p", "penalty shortage underage under cu", "cost of a unit lost", 0 },
	{ "price", NULL, "instead of h and p: sales price", 0 },
	{ "cost", "c purchase-cost", "unit cost (with h and p: of the myopic policy)", 0 },
	{ "salvage", NULL, "what a unit left brings, default 0", 0 },
	{ "goodwill", "g", "what a lost unit costs beyond its margin, default 0", 0 },
	{ "lead-time", "L", "demand is that of lead-time + 1 periods, default 0", 0 },
	{ "S", "Q order", "evaluate this order too", 0 },
	{ "next", "cost-next c+", "myopic: unit cost of the next period", 0 },
	{ "gamma", "discount", "myopic: discount factor, default 1", 0 },
	{ NULL, NULL, NULL, 0 }
};

/* What an order of s comes to; `at` names it. */
static void newsvendor_at(const struct newsvendor *v, const struct law *l, double s, const char *const name[6],
			  struct arena *a, struct formula_result *r)
{
	double lost = law_loss(l, s), mean = law_mean(l);
	result_add(r, a, name[0], s);
	result_add(r, a, name[1], newsvendor_cost(v, l, s));
	result_add(r, a, name[2], lost);
	result_add(r, a, name[3], law_left(l, s));
	result_add(r, a, name[4], 1 - lost / mean);
	result_add(r, a, name[5], law_cdf(l, s));
}

static enum status newsvendor_formula(const struct formula_input *in, struct arena *a,
				      struct formula_result *r, struct err *e)
{
	static const char *const best[] = { "S", "cost", "lost", "left", "fill", "P1" };
	static const char *const asked[] = { "at", "cost-at", "lost-at", "left-at", "fill-at", "P1-at" };
	struct law one, l;
	double price = input_number(in, "price"), cost = input_number(in, "cost"), expected;
	double salvage = input_or(in, "salvage", 0), goodwill = input_or(in, "goodwill", 0);
	struct newsvendor v = { input_number(in, "h"), input_number(in, "p") };
	enum status status = input_law(in, a, &one, e);
	if (!status)
		status = input_within(in, "lead-time", 0, 1e6, e);
	if (status)
		return status;
	if (!isnan(price) && !isnan(cost))
		v = newsvendor_of_prices(price, cost, salvage, goodwill);
	if (isnan(v.over) || isnan(v.under))
		return err_set(e, E_USAGE, "newsvendor: h and p are needed, or price and cost");
	if (!(v.over > 0 && v.under > 0))
		return err_set(e, E_USAGE, "newsvendor: a unit left costs %g and a unit lost %g; both must be"
			       " above 0", v.over, v.under);
	if (!law_sum(&one, input_or(in, "lead-time", 0) + 1, &l))
		return err_set(e, E_USAGE, "newsvendor: sums over a lead time are not known for that dist");
	double s = newsvendor_best(&v, &l), at = input_number(in, "S");
	result_add(r, a, "ratio", newsvendor_ratio(&v));
	newsvendor_at(&v, &l, s, best, a, r);
	if (!isnan(price) && !isnan(cost))
		result_add(r, a, "profit", newsvendor_profit(&l, price, cost, salvage, goodwill, s));
	if (!isnan(at)) {
		newsvendor_at(&v, &l, at, asked, a, r);
		if (!isnan(price) && !isnan(cost))
			result_add(r, a, "profit-at",
				   newsvendor_profit(&l, price, cost, salvage, goodwill, at));
	}
	if (!isnan(input_number(in, "next")) && isnan(price) && !isnan(cost)) {
		double m = newsvendor_myopic(&v, &l, cost, input_number(in, "next"), input_or(in, "gamma", 1),
					     &expected);
		result_add(r, a, "myopic-S", m);
		result_add(r, a, "myopic-cost", expected);
	}
	return OK;
}

static const struct formula_key safety_keys[] = {
	{ "level", "service alpha tau", "cycle service, between 0 and 1", 1 },
	{ "sd", "sigma", "of one period's demand", 1 },
	{ "lead-time", "L lead", "periods, default 1", 0 },
	{ "review", "R", "periods between reviews that count too, default 0", 0 },
	{ "mean", "mu demand", "of one period's demand, default 0", 0 },
	{ "lead-sd", "sd-lead sigma-L", "standard deviation of the lead time, default 0", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status safety_check(const struct formula_input *in, struct err *e)
{
	enum status status = input_within(in, "level", 1e-300, 1 - 1e-16, e);
	if (!status)
		status = input_within(in, "sd", 0, 1e300, e);
	if (!status)
		status = input_within(in, "lead-time", 0, 1e9, e);
	if (!status)
		status = input_within(in, "review", 0, 1e9, e);
	return status ? status : input_within(in, "lead-sd", 0, 1e9, e);
}

static enum status safety_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				  struct err *e)
{
	double periods = input_or(in, "lead-time", 1) + input_or(in, "review", 0);
	double mean = input_or(in, "mean", 0), level = input_number(in, "level");
	double sd = service_sd(input_number(in, "sd"), periods, mean, input_or(in, "lead-sd", 0));
	enum status status = safety_check(in, e);
	if (status)
		return status;
	result_add(r, a, "safety-stock", safety_stock(level, input_number(in, "sd"), periods, mean,
						      input_or(in, "lead-sd", 0)));
	result_add(r, a, "z", normal_quantile(level));
	result_add(r, a, "sd", sd);
	result_add(r, a, "mean", mean * periods);
	result_add(r, a, "reorder-point", mean * periods + normal_quantile(level) * sd);
	return OK;
}

static const struct formula_key point_keys[] = {
	{ "level", "service alpha tau", "cycle service, between 0 and 1", 1 },
	{ "lead-time", "L lead", "periods, default 1", 0 },
	{ "review", "R", "periods between reviews that count too, default 0", 0 },
	{ "lead-sd", "sd-lead sigma-L", "standard deviation of the lead time (normal), default 0", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status point_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				 struct err *e)
{
	struct law one, l;
	double periods = input_or(in, "lead-time", 1) + input_or(in, "review", 0);
	double level = input_number(in, "level"), lead_sd = input_or(in, "lead-sd", 0);
	enum status status = safety_check(in, e);
	if (!status)
		status = input_law(in, a, &one, e);
	if (status)
		return status;
	if (!(periods > 0) || !law_sum(&one, periods, &l))
		return err_set(e, E_USAGE, "reorder-point: sums over %g periods are not known for that dist",
			       periods);
	if (lead_sd > 0 && l.kind != LAW_NORMAL)
		return err_set(e, E_USAGE, "reorder-point: a random lead time is known for dist=normal alone");
	if (lead_sd > 0)
		l.b = service_sd(one.b, periods, one.a, lead_sd);
	double s = law_quantile(&l, level);
	result_add(r, a, "reorder-point", s);
	result_add(r, a, "safety-stock", s - law_mean(&l));
	result_add(r, a, "mean", law_mean(&l));
	result_add(r, a, "sd", sqrt(law_variance(&l)));
	result_add(r, a, "P1", law_cdf(&l, s));
	return OK;
}

static const struct formula_key fill_keys[] = {
	{ "R", "review", "periods between reviews, default 1", 0 },
	{ "L", "lead-time lead", "lead time in periods, default 0", 0 },
	{ "S", "order-up-to base-stock", "order-up-to level; demand is that of one period", 0 },
	{ "fill", "P2", "instead of S (or k): the fill rate to reach", 0 },
	{ "Q", NULL, "(s,Q): the lot; with sd-lead and k or fill", 0 },
	{ "sd-lead", "sigma-L", "(s,Q): standard deviation of demand over the lead time", 0 },
	{ "k", "z", "(s,Q): safety factor", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status fill_lot(const struct formula_input *in, struct arena *a, struct formula_result *r,
			    struct err *e)
{
	double q = input_number(in, "Q"), sd = input_number(in, "sd-lead"), k = input_number(in, "k");
	double fill = input_number(in, "fill");
	if (!(q > 0) || !(sd > 0) || (isnan(k) && !(fill < 1)))
		return err_set(e, E_USAGE, "fill-rate: (s,Q) needs Q and sd-lead above 0, and k or a fill below 1");
	if (isnan(k))
		k = fill_sq_inverse(fill, sd, q);
	result_add(r, a, "P2", fill_sq(sd, k, q));
	result_add(r, a, "k", k);
	result_add(r, a, "G", normal_loss(k));
	result_add(r, a, "safety-stock", k * sd);
	result_add(r, a, "P1", normal_cdf(k));
	return OK;
}

static enum status fill_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				struct err *e)
{
	struct law l;
	double review = input_or(in, "R", 1), lead = input_or(in, "L", 0), s = input_number(in, "S");
	double fill = input_number(in, "fill"), traditional;
	if (input_text(in, "Q"))
		return fill_lot(in, a, r, e);
	enum status status = input_law(in, a, &l, e);
	if (!status)
		status = input_within(in, "R", 1e-9, 1e9, e);
	if (!status)
		status = input_within(in, "L", 0, 1e9, e);
	if (status)
		return status;
	if (isnan(s) && !isnan(fill))
		s = fill_rs_inverse(&l, review, lead, fill);
	if (isnan(s))
		return err_set(e, E_USAGE, "fill-rate: S is needed, or a fill below 1 that can be reached");
	double exact = fill_rs(&l, review, lead, s, &traditional);
	if (isnan(exact))
		return err_set(e, E_USAGE, "fill-rate: sums over periods are not known for that dist");
	result_add(r, a, "P2", exact);
	result_add(r, a, "traditional", traditional);
	result_add(r, a, "P1", cycle_rs(&l, review, lead, s));
	result_add(r, a, "S", s);
	return OK;
}

static const struct formula_key lost_keys[] = {
	{ "L", "lead-time lead", "whole periods; ordered in the evening of t, there in the morning of t+1+L;"
				 " default 0", 0 },
	{ "S", "base-stock", "base stock; left out: the best one", 0 },
	{ "h", "holding", "cost of a unit left over the night, default 1", 0 },
	{ "p", "penalty shortage b", "cost of a lost unit, default 1", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status lost_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				struct err *e)
{
	struct law l;
	struct lost_sales x;
	double h = input_or(in, "h", 1), p = input_or(in, "p", 1), lead = input_or(in, "L", 0);
	int s = (int)input_or(in, "S", 0);
	enum status status = input_law(in, a, &l, e);
	if (!status)
		status = input_within(in, "S", 0, 100000, e);
	if (!status)
		status = input_within(in, "L", 0, 12, e);
	if (!status && (lead != floor(lead) || input_or(in, "S", 0) != s))
		status = err_set(e, E_USAGE, "lost-sales: L and S are whole numbers");
	if (!status && input_text(in, "S"))
		status = lost_sales_of(&l, (int)lead, s, h, p, &x, e);
	else if (!status)
		status = lost_sales_best(&l, (int)lead, h, p, &s, &x, e);
	if (status)
		return status;
	result_add(r, a, "S", s);
	result_add(r, a, "cost", x.cost);
	result_add(r, a, "fill", x.fill);
	result_add(r, a, "end-stock", x.end_stock);
	result_add(r, a, "lost", x.lost);
	return OK;
}

static const struct formula_key npv_keys[] = {
	{ "rate", "r discount-rate", "a year, default 0.1", 0 },
	{ "flows", "flow cash", "amounts of year 0, 1, 2 ..., the first not discounted", 0 },
	{ "build", "I investment", "instead of flows: spent in year 0", 0 },
	{ "run", "O", "a year, default 0", 0 },
	{ "people", NULL, "a year, default 0", 0 },
	{ "benefit", "B", "a full year", 0 },
	{ "years", "N", "default 3", 0 },
	{ "ramp", NULL, "share of the benefit in year 1, 2 ..., default 1; the last one goes on", 0 },
	{ "decay", NULL, "share of the benefit lost a year, default 0", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status npv_flows(const struct formula_input *in, struct arena *a, struct formula_result *r,
			     struct err *e)
{
	const double *flow;
	double rate = input_or(in, "rate", .1);
	int n = input_list(in, "flows", a, &flow);
	if (n < 1)
		return err_set(e, E_USAGE, "npv: key 'flows' is no list of numbers");
	result_add(r, a, "npv", cash_npv(rate, flow, n));
	result_add(r, a, "npv-spreadsheet", cash_npv(rate, flow, n) / (1 + rate));
	result_add(r, a, "irr", cash_irr(flow, n));
	result_add(r, a, "payback", cash_payback(0, flow, n));
	result_add(r, a, "discounted-payback", cash_payback(rate, flow, n));
	return OK;
}

static enum status npv_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
			       struct err *e)
{
	struct cash_plan p = { .build = input_or(in, "build", 0), .run = input_or(in, "run", 0),
			       .people = input_or(in, "people", 0), .benefit = input_or(in, "benefit", 0),
			       .rate = input_or(in, "rate", .1), .decay = input_or(in, "decay", 0) };
	const double *ramp = NULL;
	enum status status = input_within(in, "rate", -.99, 1000, e);
	if (!status)
		status = input_within(in, "years", 1, CASH_YEARS_MAX, e);
	if (status)
		return status;
	if (input_text(in, "flows"))
		return npv_flows(in, a, r, e);
	if (!input_text(in, "benefit") || !input_text(in, "build"))
		return err_set(e, E_USAGE, "npv: flows are needed, or build and benefit");
	p.years = (int)input_or(in, "years", 3);
	int n = input_list(in, "ramp", a, &ramp);
	if (n < 0)
		return err_set(e, E_USAGE, "npv: key 'ramp' is no list of numbers");
	for (int k = 0; k < p.years; k++)
		p.ramp[k] = n ? ramp[k < n ? k : n - 1] : 1;
	struct cash_result x = cash_judge(&p);
	result_add(r, a, "npv", x.npv);
	result_add(r, a, "irr", x.irr);
	result_add(r, a, "payback", x.payback);
	result_add(r, a, "discounted-payback", x.payback_discounted);
	result_add(r, a, "roi", x.roi);
	result_add(r, a, "break-even", x.break_even);
	return OK;
}

static const struct formula_key lokad_keys[] = {
	{ "turnover", "D", "a year", 1 },
	{ "margin", "m", "gross margin, a share", 1 },
	{ "service", "p", "service level, a share", 1 },
	{ "alpha", NULL, "cost of a stock-out over its margin", 1 },
	{ "err", "s", "error of the old forecast", 1 },
	{ "err-new", "sn s-new", "error of the new one", 1 },
	{ NULL, NULL, NULL, 0 }
};

static enum status lokad_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
				 struct err *e)
{
	double s = input_number(in, "err");
	if (!(s > 0))
		return err_set(e, E_USAGE, "lokad: key 'err' is not above 0");
	result_add(r, a, "benefit", input_number(in, "turnover") * (1 - input_number(in, "service"))
				    * input_number(in, "margin") * input_number(in, "alpha")
				    * (s - input_number(in, "err-new")) / s);
	return OK;
}

#define LAW 1
const struct formula formulas[] = {
	{ "loss", "expected units short and left at a stock", loss_keys, LAW,
	  "n = E[(D-S)+], nbar = E[(S-D)+], n2 (second order), cdf, tail, mean, sd", loss_formula },
	{ "z", "standard normal: quantile, loss and its inverse", z_keys, 0,
	  "z, G(z), Gbar = G(-z), G2 (second order), cdf", z_formula },
	{ "newsvendor", "one order for uncertain demand", newsvendor_keys, LAW,
	  "ratio, S, cost, lost, left, fill, P1, profit (of prices); the same -at S; myopic-S, myopic-cost",
	  newsvendor_formula },
	{ "eoq", "lot size: plain, backorders, production rate, discounts", eoq_keys, 0,
	  "Q, cost; backordered share x and max-short; region; cost-at Q", eoq_formula },
	{ "rq", "reorder point and lot under continuous review", rq_keys, LAW,
	  "r, Q, cost of the best pair; cost-at r and Q; r-best for Q; approximations (normal): eil-r, eil-Q,"
	  " eil-cost, eoqb-r, eoqb-Q, eoqss-r, eoqss-Q, loss-r, loss-Q", rq_formula },
	{ "ss", "(s,S) under periodic review", ss_keys, LAW,
	  "s, S, cost (exact, counts), or s, S (method=power)", ss_formula },
	{ "safety-stock", "z sigma sqrt(P)", safety_keys, 0,
	  "safety-stock, z, sd and mean over the periods, reorder-point", safety_formula },
	{ "reorder-point", "quantile of demand over the lead time", point_keys, LAW,
	  "reorder-point, safety-stock, mean, sd, P1", point_formula },
	{ "fill-rate", "share of demand served: (R,S) exact, (s,Q)", fill_keys, LAW,
	  "(R,S): P2 exact, traditional, P1, S; (s,Q): P2, k, G, safety-stock, P1", fill_formula },
	{ "lost-sales", "exact base stock with lost sales", lost_keys, LAW,
	  "S, cost, fill, end-stock, lost", lost_formula },
	{ "npv", "present value, rate of return, payback", npv_keys, 0,
	  "npv, irr, payback, discounted-payback; roi, break-even of a project; npv-spreadsheet of flows",
	  npv_formula },
	{ "lokad", "rule of thumb of 2012, dated by its author", lokad_keys, 0, "benefit", lokad_formula },
	{ "replay", "a shelf, period by period", replay_keys, 0,
	  "sums in units, cost lines and their total; with trace=yes the columns of every period",
	  replay_formula },
	{ NULL, NULL, NULL, 0, NULL, NULL }
};

const struct formula *formula_find(const char *name)
{
	if (!strcmp(name, "irr") || !strcmp(name, "payback"))
		name = "npv";
	if (!strcmp(name, "epq"))
		name = "eoq";
	for (const struct formula *f = formulas; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

/* ---- reading ---- */

static int is_word_of(const char *words, const char *text, int fold)
{
	size_t n = strlen(text);
	for (const char *w = words; w && *w;) {
		size_t length = strcspn(w, " ");
		if (length == n && !(fold ? strncasecmp(w, text, n) : strncmp(w, text, n)))
			return 1;
		w += length + (w[length] == ' ');
	}
	return 0;
}

static const char *key_in(const struct formula_key *keys, const char *text, int fold)
{
	for (; keys && keys->name; keys++)
		if (is_word_of(keys->name, text, fold) || is_word_of(keys->also, text, fold))
			return keys->name;
	return NULL;
}

/* As written first, then in any case; the formula's own keys before the law's. '_' is '-'. */
static const char *key_find(const struct formula *f, const char *text)
{
	for (int fold = 0; fold < 2; fold++) {
		const char *name = key_in(f->key, text, fold);
		if (!name && f->law)
			name = key_in(formula_law, text, fold);
		if (name)
			return name;
	}
	return NULL;
}

static enum status unknown_key(const struct formula *f, const char *text, struct err *e)
{
	const char *name[KEYS_MAX];
	size_t n = 0;
	for (const struct formula_key *k = f->key; k->name; k++)
		name[n++] = k->name;
	for (const struct formula_key *k = formula_law; f->law && k->name; k++)
		name[n++] = k->name;
	const char *near = nearest_name(text, name, n);
	return err_set(e, E_USAGE, "%s has no key '%s'%s%s%s", f->name, text, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "; 'forecast roi formula' lists them");
}

/* Words and lists; all other values are numbers. */
static int is_text(const struct formula *f, const char *key)
{
	static const char words[] = "dist pmf flows ramp prices breaks kind method issue rounding policy trace";
	return is_word_of(words, key, 0) || (f->run == replay_formula && is_word_of("demand S due", key, 0));
}

static enum status read_word(struct formula_input *in, const char *word, struct arena *a, struct err *e)
{
	const char *equals = strchr(word, '=');
	double x;
	if (!equals || equals == word)
		return err_set(e, E_USAGE, "'%s' is no key=value", word);
	char *name = copy(a, word, (size_t)(equals - word));
	for (char *c = name; *c; c++)
		if (*c == '_')
			*c = '-';
	const char *key = key_find(in->formula, name);
	if (!key)
		return unknown_key(in->formula, name, e);
	if (!is_text(in->formula, key) && !number_of(equals + 1, &x))
		return err_set(e, E_USAGE, "%s: key '%s' is '%s', which is no number", in->formula->name, key,
			       equals + 1);
	if (in->n == KEYS_MAX)
		return err_set(e, E_USAGE, "more than %d keys", KEYS_MAX);
	in->name[in->n] = key;
	in->value[in->n++] = equals + 1;
	return OK;
}

enum status formula_run(const struct formula *f, int n, const char *const *word, struct arena *a,
			struct formula_result *out, struct err *e)
{
	struct formula_input in = { .formula = f };
	enum status status = OK;
	out->n = 0;
	for (int k = 0; !status && k < n; k++)
		status = read_word(&in, word[k], a, e);
	for (const struct formula_key *k = f->key; !status && k->name; k++)
		if (k->needed && !input_text(&in, k->name))
			status = err_set(e, E_USAGE, "%s: key '%s' is missing", f->name, k->name);
	return status ? status : f->run(&in, a, out, e);
}
