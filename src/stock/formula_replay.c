/* The calculator's shelf: stock/replay.h with demand and levels as lists. */
#include "config.h"
#include "stock/formula_private.h"

#include "stock/replay.h"

const struct formula_key replay_keys[] = {
	{ "demand", "D d", "units of each period, list", 1 },
	{ "S", "level", "order-up-to level (or reorder level), one or a list by period", 1 },
	{ "R", "review", "periods between reviews, default 1", 0 },
	{ "phase", NULL, "first review, counted from 0, default R - 1", 0 },
	{ "L", "lead lead-time", "lead time, default 0", 0 },
	{ "shelf", "shelf-life life A", "periods it can be sold, default 0: does not spoil", 0 },
	{ "issue", NULL, "fifo (default) or lifo", 0 },
	{ "pack", "n", "default 1", 0 },
	{ "moq", "minimum", "least order, default 0", 0 },
	{ "max-stock", NULL, "default 0: none", 0 },
	{ "policy", NULL, "rS (default) or rsnQ", 0 },
	{ "rounding", NULL, "up (default) or down", 0 },
	{ "start", "x0 opening", "units on the shelf at first, fresh, default 0", 0 },
	{ "due", "pipeline", "units that arrive in period 0, 1 .. L, list", 0 },
	{ "warm", "warm-up", "periods lived but not summed, default 0", 0 },
	{ "price", "p", "default 0", 0 },
	{ "cost", "c unit-cost", "unit cost, default 0", 0 },
	{ "salvage", "s", "money a wasted unit brings, default 0", 0 },
	{ "disposal", "w", "money its disposal costs, default 0", 0 },
	{ "goodwill", "g", "money a lost unit costs beyond its margin, default 0", 0 },
	{ "subst", "u", "share of lost sales bought otherwise, default 0", 0 },
	{ "shortage", "penalty", "money a lost unit; instead of price - cost and goodwill", 0 },
	{ "holding", "h", "money a unit left at the end of a period, default 0", 0 },
	{ "order-cost", "K", "money an order, default 0", 0 },
	{ "trace", NULL, "yes: every period too", 0 },
	{ NULL, NULL, NULL, 0 }
};

#define PERIODS_MOST 100000

/* A shelf as read. */
struct read {
	struct replay r;
	struct stock_rules rules;
	struct stock_costs costs;
	int trace;
};

static enum status check(const struct formula_input *in, struct err *e)
{
	static const struct {
		const char *key;
		double low, high;
		int whole;
	} bound[] = {
		{ "R", 1, 10000, 1 }, { "phase", 0, 10000, 1 }, { "L", 0, 10000, 1 },
		{ "shelf", 0, 10000, 1 }, { "pack", 1, 1e12, 1 }, { "moq", 0, 1e12, 1 },
		{ "max-stock", 0, 1e15, 1 }, { "start", 0, 1e15, 1 }, { "warm", 0, 1e5, 1 },
		{ "subst", 0, 1, 0 },
	};
	for (size_t k = 0; k < sizeof bound / sizeof *bound; k++) {
		enum status status = input_within(in, bound[k].key, bound[k].low, bound[k].high, e);
		double x = input_number(in, bound[k].key);
		if (!status && bound[k].whole && !isnan(x) && x != floor(x))
			status = err_set(e, E_USAGE, "replay: key '%s' is %g, no whole number", bound[k].key, x);
		if (status)
			return status;
	}
	return OK;
}

static enum status whole_list(const struct formula_input *in, const char *key, struct arena *a, int *n,
			      int64_t **out, struct err *e)
{
	const double *x;
	*n = input_list(in, key, a, &x);
	if (*n < 0 || *n > PERIODS_MOST)
		return err_set(e, E_USAGE, "replay: key '%s' is no list of at most %d numbers", key,
			       PERIODS_MOST);
	*out = ARENA_ARRAY(a, int64_t, *n + 1);
	for (int k = 0; k < *n; k++) {
		if (!(x[k] >= 0 && x[k] < 1e15) || x[k] != floor(x[k]))
			return err_set(e, E_USAGE, "replay: key '%s' has %g, which is no whole number of units",
				       key, x[k]);
		(*out)[k] = (int64_t)x[k];
	}
	return OK;
}

static enum status read_levels(const struct formula_input *in, struct arena *a, struct read *x, struct err *e)
{
	const double *s;
	int n = input_list(in, "S", a, &s);
	float *level = ARENA_ARRAY(a, float, x->r.n + 1);
	uint8_t *review = ARENA_ARRAY(a, uint8_t, x->r.n + 1);
	if (n < 1)
		return err_set(e, E_USAGE, "replay: key 'S' is no list of numbers");
	for (int t = 0; t < x->r.n; t++) {
		level[t] = (float)s[t < n ? t : n - 1];
		review[t] = (uint8_t)(t >= x->rules.phase && stock_review(&x->rules, t, 0));
	}
	x->r.level = level;
	x->r.review = review;
	return OK;
}

static void read_costs(const struct formula_input *in, struct stock_costs *c)
{
	double price = input_or(in, "price", 0), cost = input_or(in, "cost", 0);
	double shortage = input_number(in, "shortage"), margin = price > cost ? price - cost : 0;
	*c = (struct stock_costs){
		.price = price, .unit_cost = cost,
		.lost_margin = isnan(shortage) ? margin * (1 - input_or(in, "subst", 0)) : shortage,
		.goodwill = isnan(shortage) ? input_or(in, "goodwill", 0) : 0,
		.waste = cost - input_or(in, "salvage", 0) + input_or(in, "disposal", 0),
		.holding = input_or(in, "holding", 0), .order_line = input_or(in, "order-cost", 0),
	};
}

static enum status read_shelf(const struct formula_input *in, struct arena *a, struct read *x, struct err *e)
{
	int lifo, policy, rounding, n;
	int64_t *demand, *due, *padded;
	enum status status = check(in, e);
	if (!status)
		status = input_choice(in, "issue", "fifo|lifo", &lifo, e);
	if (!status)
		status = input_choice(in, "policy", "rS|rsnQ", &policy, e);
	if (!status)
		status = input_choice(in, "rounding", "up|down", &rounding, e);
	if (!status)
		status = input_choice(in, "trace", "no|yes", &x->trace, e);
	if (!status)
		status = whole_list(in, "demand", a, &x->r.n, &demand, e);
	if (status)
		return status;
	int review = (int)input_or(in, "R", 1);
	x->rules = (struct stock_rules){
		.lead = (int)input_or(in, "L", 0), .review = review,
		.phase = (int)input_or(in, "phase", review - 1), .pack = (int64_t)input_or(in, "pack", 1),
		.moq = (int64_t)input_or(in, "moq", 0), .max_stock = (int64_t)input_or(in, "max-stock", 0),
		.shelf = (int)input_or(in, "shelf", 0), .lifo = lifo,
		.policy = policy ? POLICY_RSNQ : POLICY_RS, .rounding = rounding ? ROUND_DOWN : ROUND_UP,
	};
	x->r.rules = &x->rules;
	x->r.demand = demand;
	x->r.start = (int64_t)input_or(in, "start", 0);
	x->r.warm = (int)input_or(in, "warm", 0);
	read_costs(in, &x->costs);
	status = whole_list(in, "due", a, &n, &due, e);
	if (!status && n > x->rules.lead + 1)
		status = err_set(e, E_USAGE, "replay: key 'due' has more periods than L + 1");
	if (!status && x->r.warm >= x->r.n)
		status = err_set(e, E_USAGE, "replay: nothing is left to sum after the warm-up");
	padded = ARENA_ARRAY(a, int64_t, x->rules.lead + 1);
	for (int k = 0; !status && k < n; k++)
		padded[k] = due[k];
	x->r.due = padded;
	return status ? status : read_levels(in, a, x, e);
}

static void give_trace(const struct read *x, const struct replay_day *day, struct arena *a,
		       struct formula_result *r)
{
	static const char *const name[] = { "day-received", "day-open", "day-sold", "day-lost", "day-waste",
					    "day-end", "day-order", "day-on-order" };
	for (int c = 0; c < 8; c++) {
		double *column = ARENA_ARRAY(a, double, x->r.n + 1);
		for (int t = 0; t < x->r.n; t++) {
			const int64_t value[] = { day[t].received, day[t].open, day[t].sold, day[t].lost,
						  day[t].wasted, day[t].end, day[t].order, day[t].on_order };
			column[t] = (double)value[c];
		}
		result_list(r, name[c], x->r.n, column);
	}
}

enum status replay_formula(const struct formula_input *in, struct arena *a, struct formula_result *r,
			   struct err *e)
{
	struct read x = { 0 };
	struct stock_sums s;
	enum status status = read_shelf(in, a, &x, e);
	if (status)
		return status;
	struct replay_day *day = ARENA_ARRAY(a, struct replay_day, x.r.n + 1);
	struct replay_room *room = replay_room_new();
	replay_run(&x.r, room, &s, day);
	replay_room_free(room);
	struct stock_money m = stock_money_of(&s, &x.costs);
	const struct { const char *name; double value; } out[] = {
		{ "demand", (double)s.demand }, { "sold", (double)s.sold }, { "lost", (double)s.lost },
		{ "waste", (double)s.wasted }, { "received", (double)s.received },
		{ "ordered", (double)s.ordered }, { "orders", (double)s.lines },
		{ "unit-periods", (double)s.held }, { "open", (double)s.open }, { "end", (double)s.end },
		{ "fill", s.demand ? 1 - (double)s.lost / (double)s.demand : (double)NAN },
		{ "P1", s.cycles ? 1 - (double)s.short_cycles / (double)s.cycles : (double)NAN },
		{ "lost_margin", m.lost_margin }, { "goodwill", m.goodwill }, { "waste_cost", m.waste },
		{ "holding", m.holding }, { "ordering", m.ordering }, { "total", m.total },
	};
	for (size_t k = 0; k < sizeof out / sizeof *out; k++)
		result_add(r, a, out[k].name, out[k].value);
	if (x.trace)
		give_trace(&x, day, a, r);
	return OK;
}
