/* Sums of a replay and the money that they cost: the lines of roi.md 1.6, each in one place. */
#include "config.h"
#include "stock/cost.h"

const char *const money_line_name[N_MONEY_LINE] = { "lost_margin", "goodwill", "waste",
						    "holding",     "ordering", "markdown" };

void stock_sums_add(struct stock_sums *a, const struct stock_sums *b)
{
	if (!a->periods)
		a->open = b->open;
	if (b->periods)
		a->end = b->end;
	a->demand += b->demand;
	a->sold += b->sold;
	a->lost += b->lost;
	a->wasted += b->wasted;
	a->received += b->received;
	a->ordered += b->ordered;
	a->lines += b->lines;
	a->held += b->held;
	a->marked += b->marked;
	a->periods += b->periods;
	a->short_periods += b->short_periods;
	a->cycles += b->cycles;
	a->short_cycles += b->short_cycles;
}

static double total_of(const struct stock_money *m)
{
	return m->lost_margin + m->goodwill + m->waste + m->holding + m->ordering + m->markdown;
}

struct stock_money stock_money_of(const struct stock_sums *s, const struct stock_costs *c)
{
	struct stock_money m = {
		.lost_margin = (double)s->lost * c->lost_margin,
		.goodwill = (double)s->lost * c->goodwill,
		.waste = (double)s->wasted * c->waste,
		.holding = (double)s->held * c->holding,
		.ordering = (double)s->lines * c->order_line,
		.markdown = (double)s->marked * c->markdown,
		.end_value = (double)s->end * c->unit_cost,
	};
	m.total = total_of(&m);
	return m;
}

void stock_money_add(struct stock_money *a, const struct stock_money *b)
{
	a->lost_margin += b->lost_margin;
	a->goodwill += b->goodwill;
	a->waste += b->waste;
	a->holding += b->holding;
	a->ordering += b->ordering;
	a->markdown += b->markdown;
	a->end_value += b->end_value;
	a->total = total_of(a);
}

double money_line(const struct stock_money *m, int line)
{
	const double value[N_MONEY_LINE] = { m->lost_margin, m->goodwill, m->waste,
					     m->holding,     m->ordering, m->markdown };
	return value[line];
}
