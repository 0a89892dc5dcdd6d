/*
 * A world lived through: order-up-to levels of each arm, tau chosen by segment on the validation
 * window, the test window at every tau and at the chosen ones. Work is by series in chunks of fixed
 * size whose sums are added in order.
 */
#include "config.h"
#include "stock/roi_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"

#define CHUNK 64

enum status world_settle(const struct roi_state *s, const struct parameters *p, struct arena *a,
			 struct world *w, struct err *e)
{
	const struct roi_setup *u = s->u;
	*w = (struct world){ .rules = ARENA_ARRAY(a, struct stock_rules, s->n + 1),
			     .costs = ARENA_ARRAY(a, struct stock_costs, s->n + 1) };
	for (int i = 0; i < s->n; i++) {
		enum status status = parameters_settle(&p[i], &u->panel->calendar, s->truth.scale[i],
						       &w->rules[i], &w->costs[i], e);
		if (status)
			return err_wrap(e, "series '%s/%s'", u->panel->key[i].store, u->panel->key[i].item);
		w->rules[i].policy = u->policy;
		w->rules[i].rounding = u->rounding;
	}
	return OK;
}

/* ---- one series in one window ---- */

/* Room of one worker. */
struct room {
	struct replay_room *replay;
	uint8_t *review;          /* [n_origin] of the series at hand */
	float *level;             /* [n_origin] */
	struct stock_sums *block; /* [n_block] */
};

static void room_init(struct room *r, const struct roi_state *s)
{
	*r = (struct room){ replay_room_new(), NEW_ARRAY(uint8_t, s->n_origin + 1),
			    NEW_ARRAY(float, s->n_origin + 1),
			    NEW_ARRAY(struct stock_sums, s->n_block + 1) };
}

static void room_release(struct room *r)
{
	replay_room_free(r->replay);
	free(r->review);
	free(r->level);
	free(r->block);
}

static void mark_reviews(const struct roi_state *s, const struct world *w, int i, uint8_t *review)
{
	const struct calendar *c = &s->u->panel->calendar;
	for (int k = 0; k < s->n_origin; k++) {
		period_t t = s->u->learn + k;
		review[k] = (uint8_t)stock_review(&w->rules[i], t, period_start(c, t));
	}
}

/* Periods that are lived before a window counts: four weeks, two protection intervals, a shelf life. */
static int warm_up(const struct roi_state *s, const struct stock_rules *r)
{
	int warm = s->block > 2 * r->protect ? s->block : 2 * r->protect;
	return r->shelf > warm && r->shelf < s->n_origin ? r->shelf : warm;
}

struct window {
	int from, to, warm, block;
	int64_t start; /* the first stock, of every arm */
};

/* Mean known demand of the eight weeks before a column; 0: nothing is known. */
static double mean_before(const struct roi_state *s, int i, int column)
{
	const double *known = s->known + (size_t)i * (size_t)s->n_origin;
	double sum = 0;
	int n = 0;
	for (int k = column - 2 * s->block < 0 ? 0 : column - 2 * s->block; k < column; k++)
		if (!isnan(known[k])) {
			sum += known[k] > 0 ? known[k] : 0;
			n++;
		}
	return n ? sum / n : 0;
}

/* Mean demand over the protection interval, or the shelf life if that is shorter. */
static int64_t first_stock(const struct roi_state *s, const struct stock_rules *r, int i, int column)
{
	int cover = r->shelf && r->shelf < r->protect ? r->shelf : r->protect;
	return (int64_t)floor(mean_before(s, i, column) * cover * s->truth.scale[i] + .5);
}

/* The windows of a series: warm-up of the test lies in the validation, never before it. */
static struct window window_of(const struct roi_state *s, const struct world *w, int i, int test)
{
	const struct stock_rules *rules = &w->rules[i];
	int warm = warm_up(s, rules), room = s->test - s->validate;
	if (!test)
		return (struct window){ s->validate, s->test, warm < room / 2 ? warm : room / 2, 0,
					first_stock(s, rules, i, s->validate) };
	warm = warm < room ? warm : room;
	return (struct window){ s->test - warm, s->n_origin, warm, s->block,
				first_stock(s, rules, i, s->test - warm) };
}

static void live(const struct roi_state *s, const struct world *w, int arm, int i, int tau,
		 const struct window *x, struct room *room, struct stock_sums *sums,
		 struct replay_day *trace)
{
	const struct stock_rules *rules = &w->rules[i];
	policy_levels(w->policy[arm], i, tau, x->from, x->to, s->truth.scale[i], room->level);
	const struct replay r = {
		.rules = rules, .n = x->to - x->from,
		.demand = s->truth.demand + (size_t)i * (size_t)s->n_origin + (size_t)x->from,
		.review = room->review + x->from, .level = room->level,
		.start = x->start, .warm = x->warm, .block = x->block,
	};
	replay_run(&r, room->replay, sums, trace);
}

/* ---- sums over series ---- */

struct tally {
	struct roi_point p;
	double cost_of_sales, sales, cycles, short_cycles;
};

static void tally_add(struct tally *t, const struct stock_sums *x, const struct stock_costs *c, int scale)
{
	struct stock_money m = stock_money_of(x, c);
	stock_money_add(&t->p.money, &m);
	t->p.demand += (double)x->demand / scale;
	t->p.sold += (double)x->sold / scale;
	t->p.lost += (double)x->lost / scale;
	t->p.wasted += (double)x->wasted / scale;
	t->p.lost_value += (double)x->lost * c->price;
	t->p.wasted_value += (double)x->wasted * c->unit_cost;
	t->p.stock_value += (double)x->held * c->unit_cost;
	t->p.lines += (double)x->lines;
	t->cost_of_sales += (double)x->sold * c->unit_cost;
	t->sales += (double)x->sold * c->price;
	t->cycles += (double)x->cycles;
	t->short_cycles += (double)x->short_cycles;
}

static void tally_join(struct tally *a, const struct tally *b)
{
	stock_money_add(&a->p.money, &b->p.money);
	a->p.demand += b->p.demand;
	a->p.sold += b->p.sold;
	a->p.lost += b->p.lost;
	a->p.wasted += b->p.wasted;
	a->p.lost_value += b->p.lost_value;
	a->p.wasted_value += b->p.wasted_value;
	a->p.stock_value += b->p.stock_value;
	a->p.lines += b->p.lines;
	a->cost_of_sales += b->cost_of_sales;
	a->sales += b->sales;
	a->cycles += b->cycles;
	a->short_cycles += b->short_cycles;
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : (double)NAN;
}

/* Means over the window of n periods. */
static struct roi_point tally_point(const struct tally *t, int n, double tau)
{
	struct roi_point p = t->p;
	p.tau = tau;
	p.fill = p.demand > 0 ? 1 - p.lost / p.demand : (double)NAN;
	p.service = t->cycles > 0 ? 1 - t->short_cycles / t->cycles : (double)NAN;
	p.stock_value /= n;
	p.cover = ratio(p.stock_value, t->cost_of_sales / n);
	p.waste_share = ratio(p.wasted_value, t->sales);
	return p;
}

/* ---- every tau ---- */

struct grid {
	const struct roi_state *s;
	const struct world *w;
	const uint8_t *wanted;
	double *validation;  /* [n_arm][n_tau][n] totals */
	struct tally *tally; /* [n_chunk][n_arm][n_tau] of the test window; NULL: not wanted */
	struct room *room;   /* [jobs] */
};

static void grid_series(const struct grid *g, int i, struct room *room, struct tally *chunk)
{
	const struct roi_state *s = g->s;
	struct window validate = window_of(s, g->w, i, 0), test = window_of(s, g->w, i, 1);
	test.block = 0;
	mark_reviews(s, g->w, i, room->review);
	for (int arm = 0; arm < s->u->n_arm; arm++)
		for (int k = 0; g->wanted[arm] && k < s->n_tau; k++) {
			size_t at = (size_t)arm * (size_t)s->n_tau + (size_t)k;
			struct stock_sums sums;
			live(s, g->w, arm, i, k, &validate, room, &sums, NULL);
			g->validation[at * (size_t)s->n + (size_t)i] =
				stock_money_of(&sums, &g->w->costs[i]).total;
			if (!chunk)
				continue;
			live(s, g->w, arm, i, k, &test, room, &sums, NULL);
			tally_add(&chunk[at], &sums, &g->w->costs[i], s->truth.scale[i]);
		}
}

static void grid_chunks(void *context, size_t from, size_t to, int worker)
{
	struct grid *g = context;
	size_t size = (size_t)g->s->u->n_arm * (size_t)g->s->n_tau;
	for (size_t k = from; k < to; k++)
		for (int i = (int)k * CHUNK; i < g->s->n && i < (int)(k + 1) * CHUNK; i++)
			grid_series(g, i, &g->room[worker], g->tally ? g->tally + k * size : NULL);
}

static size_t chunks_of(const struct roi_state *s)
{
	return ((size_t)s->n + CHUNK - 1) / CHUNK;
}

static int jobs_of(const struct roi_state *s)
{
	return s->u->context.jobs > 1 ? s->u->context.jobs : 1;
}

static void keep_curves(const struct grid *g, struct world *w, struct arena *a)
{
	const struct roi_state *s = g->s;
	size_t size = (size_t)s->u->n_arm * (size_t)s->n_tau;
	w->curve = ARENA_ARRAY(a, struct roi_point, size + 1);
	for (size_t at = 0; at < size; at++) {
		struct tally sum = { 0 };
		for (size_t k = 0; k < chunks_of(s); k++)
			tally_join(&sum, &g->tally[k * size + at]);
		w->curve[at] = tally_point(&sum, s->u->n_test, s->tau[at % (size_t)s->n_tau]);
	}
}

/* ---- the choice ---- */

/* Index of the least total; the smaller tau where they are equal. */
static int least_of(const double *total, int n)
{
	int best = 0;
	for (int k = 1; k < n; k++)
		if (total[k] < total[best])
			best = k;
	return best;
}

static void choose(const struct roi_state *s, struct world *w, int arm, const double *validation)
{
	const struct roi_setup *u = s->u;
	double *by = NEW_ARRAY(double, ((size_t)u->n_segment + 1) * (size_t)s->n_tau), *all;
	int *members = NEW_ARRAY(int, u->n_segment + 1);
	all = by + (size_t)u->n_segment * (size_t)s->n_tau;
	for (int i = 0; i < s->n; i++) {
		members[u->segment[i]]++;
		for (int k = 0; k < s->n_tau; k++) {
			double x = validation[(size_t)k * (size_t)s->n + (size_t)i];
			by[(size_t)u->segment[i] * (size_t)s->n_tau + (size_t)k] += x;
			all[k] += x;
		}
	}
	w->validation[arm] = 0;
	for (int g = 0; g < u->n_segment; g++) {
		const double *total = by + (size_t)g * (size_t)s->n_tau;
		int at = least_of(members[g] < SMALL_SEGMENT ? all : total, s->n_tau);
		at = s->fixed >= 0 ? s->fixed : at;
		w->choice[(size_t)arm * (size_t)u->n_segment + (size_t)g] = (uint8_t)at;
		w->validation[arm] += total[at];
	}
	free(by);
	free(members);
}

/* ---- the test window at the choice ---- */

struct chosen {
	const struct roi_state *s;
	const struct world *w;
	int arm;
	const uint8_t *index;      /* [n] */
	double *cost;              /* [n][n_block] */
	struct stock_sums *sums;   /* [n] */
	struct room *room;
};

static void chosen_series(void *context, size_t from, size_t to, int worker)
{
	struct chosen *c = context;
	const struct roi_state *s = c->s;
	struct room *room = &c->room[worker];
	for (size_t i = from; i < to; i++) {
		struct window x = window_of(s, c->w, (int)i, 1);
		mark_reviews(s, c->w, (int)i, room->review);
		live(s, c->w, c->arm, (int)i, c->index[i], &x, room, room->block, NULL);
		c->sums[i] = (struct stock_sums){ 0 };
		for (int b = 0; b < s->n_block; b++) {
			c->cost[i * (size_t)s->n_block + (size_t)b] =
				stock_money_of(&room->block[b], &c->w->costs[i]).total;
			stock_sums_add(&c->sums[i], &room->block[b]);
		}
	}
}

static struct room *rooms_new(const struct roi_state *s)
{
	struct room *room = NEW_ARRAY(struct room, jobs_of(s));
	for (int j = 0; j < jobs_of(s); j++)
		room_init(&room[j], s);
	return room;
}

static void rooms_free(const struct roi_state *s, struct room *room)
{
	for (int j = 0; j < jobs_of(s); j++)
		room_release(&room[j]);
	free(room);
}

double world_at(const struct roi_state *s, const struct world *w, int arm, const uint8_t *index,
		double *cost, struct stock_sums *sums, struct stock_money *money)
{
	struct stock_sums *own = sums ? NULL : NEW_ARRAY(struct stock_sums, s->n + 1);
	struct chosen c = { s, w, arm, index, cost, sums ? sums : own, rooms_new(s) };
	struct stock_money total = { 0 };
	par_for((size_t)s->n, CHUNK, jobs_of(s), chosen_series, &c);
	for (int i = 0; i < s->n; i++) {
		struct stock_money m = stock_money_of(&c.sums[i], &w->costs[i]);
		stock_money_add(&total, &m);
		if (money)
			money[i] = m;
	}
	rooms_free(s, c.room);
	free(own);
	return total.total;
}

int world_trace(const struct roi_state *s, const struct world *w, int arm, int i, int tau,
		struct replay_day *day, float *level, int *from)
{
	struct room room;
	struct window x = window_of(s, w, i, 1);
	room_init(&room, s);
	mark_reviews(s, w, i, room.review);
	live(s, w, arm, i, tau, &x, &room, room.block, day);
	memcpy(level, room.level, (size_t)(x.to - x.from) * sizeof *level);
	*from = x.from;
	room_release(&room);
	return x.to - x.from;
}

/* Sums of the chosen test window of one arm, kept by series and as a point. */
static void keep_chosen(const struct roi_state *s, struct world *w, int arm, struct arena *scratch)
{
	const struct roi_setup *u = s->u;
	struct stock_sums *sums = ARENA_ARRAY(scratch, struct stock_sums, s->n + 1);
	struct stock_money *money = ARENA_ARRAY(scratch, struct stock_money, s->n + 1);
	uint8_t *index = ARENA_ARRAY(scratch, uint8_t, s->n + 1);
	struct tally tally = { 0 };
	for (int i = 0; i < s->n; i++)
		index[i] = w->choice[(size_t)arm * (size_t)u->n_segment + (size_t)u->segment[i]];
	w->total[arm] = world_at(s, w, arm, index, w->cost + (size_t)arm * (size_t)s->n * (size_t)s->n_block,
				 sums, money);
	for (int i = 0; i < s->n; i++) {
		tally_add(&tally, &sums[i], &w->costs[i], s->truth.scale[i]);
		w->sums[(size_t)i * (size_t)u->n_arm + (size_t)arm] = sums[i];
		w->money[(size_t)i * (size_t)u->n_arm + (size_t)arm] = money[i];
	}
	w->point[arm] = tally_point(&tally, u->n_test, 0);
}

/* ---- all of it ---- */

static void learn_policies(const struct roi_state *s, struct world *w, const uint8_t *wanted,
			   const struct world *lent, struct arena *a)
{
	const struct roi_setup *u = s->u;
	int *protect = ARENA_ARRAY(a, int, s->n + 1);
	for (int i = 0; i < s->n; i++)
		protect[i] = s->span[(size_t)i * (size_t)s->n_span + (size_t)w->span];
	for (int arm = 0; arm < u->n_arm; arm++) {
		if (!wanted[arm])
			continue;
		if (lent && lent->span == w->span && lent->policy[arm]) {
			w->policy[arm] = lent->policy[arm];
			continue;
		}
		const float *mean = s->arm[arm].mean + (size_t)w->span * (size_t)s->n_origin;
		const struct policy_case c = { .n = s->n, .n_origin = s->n_origin, .mean = mean,
					       .stride = (size_t)s->n_span * (size_t)s->n_origin,
					       .known = s->known, .protect = protect, .segment = u->segment,
					       .n_segment = u->n_segment, .refresh = u->refresh,
					       .first = s->validate, .n_tau = s->n_tau, .tau = s->tau,
					       .jobs = u->context.jobs };
		w->policy[arm] = policy_learn(&c, a);
	}
}

void world_live(const struct roi_state *s, struct world *w, const uint8_t *wanted, int curves,
		const struct world *lent, struct arena *a)
{
	const struct roi_setup *u = s->u;
	size_t n = (size_t)s->n, n_arm = (size_t)u->n_arm, size = n_arm * (size_t)s->n_tau;
	struct arena scratch = { 0 };
	w->policy = ARENA_ARRAY(a, struct policy *, n_arm);
	w->choice = ARENA_ARRAY(a, uint8_t, n_arm * (size_t)u->n_segment + 1);
	w->validation = ARENA_ARRAY(a, double, n_arm);
	w->total = ARENA_ARRAY(a, double, n_arm);
	w->point = ARENA_ARRAY(a, struct roi_point, n_arm);
	w->cost = ARENA_ARRAY(a, double, n_arm * n * (size_t)s->n_block + 1);
	w->sums = ARENA_ARRAY(a, struct stock_sums, n_arm * n + 1);
	w->money = ARENA_ARRAY(a, struct stock_money, n_arm * n + 1);
	learn_policies(s, w, wanted, lent, a);
	struct grid g = { .s = s, .w = w, .wanted = wanted,
			  .validation = ARENA_ARRAY(&scratch, double, size * n + 1),
			  .tally = curves ? ARENA_ARRAY(&scratch, struct tally, chunks_of(s) * size + 1)
					  : NULL,
			  .room = rooms_new(s) };
	par_for(chunks_of(s), 1, jobs_of(s), grid_chunks, &g);
	rooms_free(s, g.room);
	if (curves)
		keep_curves(&g, w, a);
	for (int arm = 0; arm < u->n_arm; arm++)
		if (wanted[arm]) {
			choose(s, w, arm, g.validation + (size_t)arm * (size_t)s->n_tau * n);
			keep_chosen(s, w, arm, &scratch);
		}
	for (int i = 0; i < s->n; i++)
		for (int k = s->test; k < s->n_origin; k++) {
			period_t t = u->learn + k;
			w->decisions += stock_review(&w->rules[i], t, period_start(&u->panel->calendar, t));
		}
	arena_release(&scratch);
}
