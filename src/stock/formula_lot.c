/* The calculator's lot sizes and reorder points. */
#include "config.h"
#include "stock/formula_private.h"

#include "stock/lotsize.h"
#include "stock/reorder.h"

const struct formula_key eoq_keys[] = {
	{ "K", "fixed-cost fixed order-cost", "cost of an order", 1 },
	{ "h", "holding", "cost of a unit held, a time (not with discounts)", 0 },
	{ "d", "demand lambda demand-rate D", "units a time", 1 },
	{ "b", "p backorder penalty shortage", "backorders: cost of a unit that waits, a time", 0 },
	{ "rate", "production-rate production mu", "units made a time, above d", 0 },
	{ "Q", NULL, "evaluate this lot too", 0 },
	{ "prices", "price", "discounts: unit prices, list", 0 },
	{ "breaks", "from", "discounts: quantities from which each holds, the first 0", 0 },
	{ "hold-rate", "i holding-rate", "discounts: holding, a share of the price", 0 },
	{ "kind", "discount", "all (units at the price; default) or incremental", 0 },
	{ NULL, NULL, NULL, 0 }
};

static enum status discounts(const struct formula_input *in, struct arena *a, struct formula_result *r,
			     struct err *e)
{
	struct discount d = { .rate = input_number(in, "hold-rate") };
	int kind, region = 0, n;
	double cost, q;
	enum status status = input_choice(in, "kind", "all|incremental", &kind, e);
	if (status)
		return status;
	d.n = input_list(in, "prices", a, &d.price);
	n = input_list(in, "breaks", a, &d.from);
	if (d.n < 1 || n != d.n || d.from[0] != 0 || !(d.rate > 0))
		return err_set(e, E_USAGE, "eoq: discounts need as many breaks as prices, the first 0, and"
			       " hold-rate above 0");
	for (int k = 0; k < n; k++)
		if (!(d.price[k] > 0) || (k && d.from[k] <= d.from[k - 1]))
			return err_set(e, E_USAGE, "eoq: prices must be above 0 and breaks ascend");
	q = kind ? discount_incremental(input_number(in, "K"), input_number(in, "d"), &d, &region, &cost)
		 : discount_all_units(input_number(in, "K"), input_number(in, "d"), &d, &region, &cost);
	result_add(r, a, "Q", q);
	result_add(r, a, "cost", cost);
	result_add(r, a, "region", region);
	return OK;
}

enum status eoq_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
			struct err *e)
{
	double fixed = input_number(in, "K"), h = input_number(in, "h"), d = input_number(in, "d"), cost, x;
	double b = input_number(in, "b"), rate = input_number(in, "rate"), at = input_number(in, "Q");
	if (!(fixed >= 0 && d > 0))
		return err_set(e, E_USAGE, "eoq: K must not be below 0, d must be above it");
	if (input_text(in, "prices"))
		return discounts(in, a, r, e);
	if (!(h > 0) || (!isnan(b) && !(b > 0)) || (!isnan(rate) && !(rate > d)))
		return err_set(e, E_USAGE, "eoq: h and b must be above 0, rate above d");
	if (!isnan(b)) {
		double q = eoq_backorder_best(fixed, h, b, d, &x, &cost);
		result_add(r, a, "Q", q);
		result_add(r, a, "cost", cost);
		result_add(r, a, "backordered", x);
		result_add(r, a, "max-short", x * q);
		return OK;
	}
	double q = eoq_best(fixed, h, d);
	cost = eoq_cost(fixed, h, d, q);
	if (!isnan(rate)) {
		q = epq_best(fixed, h, d, rate, &cost);
		h *= 1 - d / rate;
	}
	result_add(r, a, "Q", q);
	result_add(r, a, "cost", cost);
	if (at > 0)
		result_add(r, a, "cost-at", eoq_cost(fixed, h, d, at));
	return OK;
}

const struct formula_key rq_keys[] = {
	{ "K", "fixed-cost fixed order-cost", "cost of an order", 1 },
	{ "h", "holding", "cost of a unit held, a time", 1 },
	{ "p", "penalty b backorder shortage", "cost of a unit that waits, a time (eil: of a unit lost)", 1 },
	{ "d", "demand-rate D", "units a time; default mean (dist=poisson), or mean / L", 0 },
	{ "L", "lead-time lead", "lead time; demand over it is mean x L with sd x sqrt(L), default 1", 0 },
	{ "r", "reorder-point s", "evaluate this reorder point, with Q", 0 },
	{ "Q", NULL, "evaluate it with r; alone: its best r", 0 },
	{ NULL, NULL, NULL, 0 }
};

static void approximations(const struct reorder *x, struct arena *a, struct formula_result *r)
{
	double point, lot, cost;
	rq_expected_level(x, &point, &lot, &cost);
	result_add(r, a, "eil-r", point);
	result_add(r, a, "eil-Q", lot);
	result_add(r, a, "eil-cost", cost);
	rq_eoqb(x, &point, &lot);
	result_add(r, a, "eoqb-r", point);
	result_add(r, a, "eoqb-Q", lot);
	rq_eoq_stock(x, &point, &lot);
	result_add(r, a, "eoqss-r", point);
	result_add(r, a, "eoqss-Q", lot);
	rq_loss_function(x, &point, &lot);
	result_add(r, a, "loss-r", point);
	result_add(r, a, "loss-Q", lot);
}

/* Costs that a reorder point is weighed by. */
static enum status reorder_of(const struct formula_input *in, struct reorder *x, struct err *e)
{
	x->fixed = input_number(in, "K");
	x->holding = input_number(in, "h");
	x->backorder = input_number(in, "p");
	if (!(x->fixed >= 0 && x->holding > 0 && x->backorder > 0))
		return err_set(e, E_USAGE, "h and p must be above 0, K not below it");
	return OK;
}

enum status rq_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
		       struct err *e)
{
	struct law one, l;
	struct reorder x = { .law = &l };
	double lead = input_or(in, "L", 1), point = input_number(in, "r"), lot = input_number(in, "Q");
	enum status status = reorder_of(in, &x, e);
	if (!status)
		status = input_law(in, a, &one, e);
	if (status)
		return status;
	if (!(lead > 0) || !law_sum(&one, lead, &l) || (!law_counts(&l) && l.kind != LAW_NORMAL))
		return err_set(e, E_USAGE, "rq: dist is normal, poisson or negbin, L above 0");
	x.demand = input_or(in, "d", law_mean(&one));
	if (law_counts(&l) && law_mean(&l) > 1e5)
		return err_set(e, E_USAGE, "rq: counts with a mean above 100000 are better taken as normal");
	if (law_counts(&l)
	    && 2 * x.fixed * x.demand * (x.holding + x.backorder) / (x.holding * x.backorder) > 1e12)
		return err_set(e, E_USAGE, "rq: the lot would be above a million: take units of more");
	if (!isnan(lot) && (!(lot > 0) || lot > 1e7))
		return err_set(e, E_USAGE, "rq: key 'Q' is %g, not above 0 and at most 1e7", lot);
	if (!isnan(lot) && !isnan(point))
		result_add(r, a, "cost-at", rq_cost(&x, point, lot));
	if (!isnan(lot))
		result_add(r, a, "r-best", rq_reorder(&x, lot));
	rq_best(&x, &point, &lot);
	result_add(r, a, "r", point);
	result_add(r, a, "Q", lot);
	result_add(r, a, "cost", rq_cost(&x, point, lot));
	if (l.kind == LAW_NORMAL)
		approximations(&x, a, r);
	return OK;
}

const struct formula_key ss_keys[] = {
	{ "K", "fixed-cost fixed order-cost", "cost of an order", 1 },
	{ "h", "holding", "cost of a unit left at the end of a period", 1 },
	{ "p", "penalty b backorder", "cost of a unit that waits over the end of a period", 1 },
	{ "L", "lead-time lead", "periods, default 0", 0 },
	{ "s", "reorder-point", "evaluate this pair, with S (exact)", 0 },
	{ "S", "order-up-to", "evaluate it with s", 0 },
	{ "method", NULL, "exact (counts; default) or power (normal)", 0 },
	{ NULL, NULL, NULL, 0 }
};

enum status ss_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
		       struct err *e)
{
	struct law one, l;
	struct reorder x = { .law = &l };
	double lead = input_or(in, "L", 0), low = input_number(in, "s"), high = input_number(in, "S"), cost;
	int method;
	enum status status = reorder_of(in, &x, e);
	if (!status)
		status = input_choice(in, "method", "exact|power", &method, e);
	if (!status)
		status = input_law(in, a, &one, e);
	if (!status)
		status = input_within(in, "L", 0, 1e6, e);
	if (!status && !law_sum(&one, lead + 1, &l))
		status = err_set(e, E_USAGE, "ss: sums over periods are not known for that dist");
	if (status)
		return status;
	if (method || (one.kind == LAW_NORMAL && !input_text(in, "method"))) {
		ss_power(&x, law_mean(&one), sqrt(law_variance(&one)), lead, &low, &high);
		result_add(r, a, "s", low);
		result_add(r, a, "S", high);
		return OK;
	}
	if (!isnan(low) && !isnan(high)) {
		status = ss_cost(&x, low, high, &cost, e);
		if (!status)
			result_add(r, a, "cost-at", cost);
	}
	if (!status)
		status = ss_best(&x, &low, &high, &cost, e);
	if (status)
		return status;
	result_add(r, a, "s", low);
	result_add(r, a, "S", high);
	result_add(r, a, "cost", cost);
	return OK;
}
