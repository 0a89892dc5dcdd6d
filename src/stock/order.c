/* One line of an order. */
#include "config.h"
#include "stock/order.h"

#include <math.h>

double order_textbook(const struct stock_rules *r, const struct stock_costs *c)
{
	double under = c->lost_margin + c->goodwill;
	double over = r->shelf ? c->waste : c->holding * r->review;
	double tau = under + over > 0 ? under / (under + over) : .5;
	return tau < .5 ? .5 : tau > .999 ? .999 : tau;
}

/*
 * The money that q more units earn over the interval, per unit of cost: margin of what would else be lost,
 * less holding, and waste of what stays beyond the shelf life.
 */
static double gain_of(const struct order_question *q, const struct interval *all, double position, double units)
{
	double served = 0, left = 0;
	const struct stock_costs *c = q->costs;
	double spoilt = q->rules->shelf && q->rules->shelf <= q->rules->review ? c->waste : 0;
	for (int k = 0; k < all->n; k++) {
		double lost = all->sum[k] - position, with = all->sum[k] - position - units;
		served += (lost > 0 ? lost : 0) - (with > 0 ? with : 0);
		left += with < 0 ? -with : 0;
	}
	served /= all->n;
	left /= all->n;
	double money = served * (c->lost_margin + c->goodwill) - left * (c->holding * q->rules->review + spoilt);
	return units > 0 && c->unit_cost > 0 ? money / (units * c->unit_cost) : money;
}

enum status order_line(const struct order_question *q, struct arena *scratch, struct order_line *out,
		       struct err *e)
{
	const struct stock_rules *r = q->rules;
	struct interval all, life;
	int until = q->first + r->protect, arrives = q->first + r->lead;
	*out = (struct order_line){ .position = q->on_hand + q->on_order };
	if (until > q->one->n_step)
		return err_set(e, E_USAGE, "the forecast reaches %d periods beyond tonight, the order needs %d",
			       q->one->n_step - q->first, r->protect);
	interval_of(q->past, q->one, q->first, until, q->season, q->seed, scratch, &all);
	out->forecast = all.mean;
	for (int h = q->first; h < arrives; h++)
		out->until += q->one->mean[h];
	out->level = interval_quantile(&all, q->tau);
	int64_t position = (int64_t)floor(out->position * q->scale + .5);
	int64_t units = stock_order(r, out->level * q->scale, position);
	/* What arrives must sell within its life: not more than is asked for by then, at tau. */
	int end = arrives + r->shelf;
	if (units && r->shelf && end <= q->one->n_step && end > until) {
		interval_of(q->past, q->one, q->first, end, q->season, q->seed, scratch, &life);
		double most = interval_quantile(&life, q->tau) * q->scale - (double)position;
		if ((double)units > most && most > 0 && (double)(units - r->pack) >= (double)r->moq
		    && units > r->pack) {
			units = (int64_t)floor(most / (double)r->pack) * r->pack;
			out->capped = 1;
		}
		out->spoils = (double)(position + units) / q->scale - life.mean;
		out->spoils = out->spoils > 0 ? out->spoils : 0;
	}
	out->units = (double)units / q->scale;
	out->packs = (double)units / (double)r->pack;
	out->gain = gain_of(q, &all, out->position, out->units);
	return OK;
}

static void number(double x, struct buf *out)
{
	buf_add_number(out, floor(10 * x + .5) / 10);
}

void order_reason(const struct order_question *q, const struct order_line *l, const char *period,
		  struct buf *out)
{
	static const char *const whose[] = { "by the textbook", "calibrated", "yours" };
	const struct stock_rules *r = q->rules;
	double need = l->level - l->position;
	buf_adds(out, "expects ");
	number(l->forecast, out);
	buf_addf(out, " in %d %s%s, level ", r->protect, period, r->protect == 1 ? "" : "s");
	number(l->level, out);
	buf_addf(out, " (tau %.3g %s); on hand ", q->tau, whose[q->basis]);
	number(q->on_hand, out);
	buf_adds(out, ", on order ");
	number(q->on_order, out);
	if (need <= 0) {
		buf_adds(out, ": enough");
		return;
	}
	buf_adds(out, ": needs ");
	number(need, out);
	buf_adds(out, ", orders ");
	number(l->units, out);
	if (r->pack > 1)
		buf_addf(out, " in packs of %g", (double)r->pack / q->scale);
	if (r->moq > r->pack && l->units > 0)
		buf_addf(out, ", at least %g", (double)r->moq / q->scale);
	if (l->capped)
		buf_adds(out, ", cut to what sells in its shelf life");
}
