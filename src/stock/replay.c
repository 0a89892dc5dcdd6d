/*
 * The shelf of one series. Lots are counted by the last period in which they can be sold, in a ring of
 * A counters: units that arrive in period t lie in slot (t + A - 1) mod A, are waste after period
 * t + A - 1, and the slot is free again for what arrives in t + A. Goods that do not spoil have no lots,
 * and a loop of their own, for that is most of the work of a large replay.
 *
 * What is ordered at the end of t arrives at the start of t + 1 + L, so the pipeline is a ring of L + 1
 * slots in which the order of t takes the slot that was emptied in t.
 */
#include "config.h"
#include "stock/replay.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 1e-6 /* of a level: levels are floats, and 12.0000005 units are 12 */

int stock_review(const struct stock_rules *r, period_t t, day_t day)
{
	if (r->weekdays)
		return r->weekdays >> day_of_week(day) & 1;
	int64_t since = (int64_t)t - r->phase;
	return since % r->review == 0;
}

/* Whole batches in `need` units, up or down. */
static int64_t batches(double need, int64_t batch, double level, int up)
{
	double n = need / (double)batch, near = NEAR * (fabs(level) > 1 ? fabs(level) : 1) / (double)batch;
	double whole = up ? ceil(n - near) : floor(n + near);
	return whole > 0 ? (int64_t)whole : 0;
}

/* The smallest multiple of the pack that is not below the MOQ. */
static int64_t least_order(const struct stock_rules *r)
{
	return r->moq > r->pack ? (r->moq + r->pack - 1) / r->pack * r->pack : r->pack;
}

int64_t stock_order(const struct stock_rules *r, double level, int64_t position)
{
	double need = level - (double)position;
	int64_t q;
	if (isnan(level) || need <= NEAR * (fabs(level) > 1 ? fabs(level) : 1))
		return 0;
	if (r->policy == POLICY_RSNQ) {
		int64_t batch = least_order(r);
		q = batches(need, batch, level, 1) * batch;
	} else {
		q = batches(need, r->pack, level, r->rounding == ROUND_UP) * r->pack;
		if (q < r->moq)
			q = r->rounding == ROUND_UP ? least_order(r) : 0;
	}
	if (r->max_stock > 0 && position + q > r->max_stock) {
		q = r->max_stock > position ? (r->max_stock - position) / r->pack * r->pack : 0;
		if (q < r->moq)
			q = 0;
	}
	return q;
}

struct replay_room {
	int64_t *pipe, *lot;
	size_t n_pipe, n_lot;
};

struct replay_room *replay_room_new(void)
{
	return xcalloc(1, sizeof(struct replay_room));
}

void replay_room_free(struct replay_room *room)
{
	if (!room)
		return;
	free(room->pipe);
	free(room->lot);
	free(room);
}

static void room_fit(struct replay_room *room, const struct stock_rules *rules)
{
	size_t n_pipe = (size_t)rules->lead + 1, n_lot = (size_t)rules->shelf;
	if (room->n_pipe < n_pipe) {
		free(room->pipe);
		room->pipe = NEW_ARRAY(int64_t, n_pipe);
		room->n_pipe = n_pipe;
	}
	if (room->n_lot < n_lot) {
		free(room->lot);
		room->lot = NEW_ARRAY(int64_t, n_lot);
		room->n_lot = n_lot;
	}
	memset(room->pipe, 0, n_pipe * sizeof *room->pipe);
	if (n_lot)
		memset(room->lot, 0, n_lot * sizeof *room->lot);
}

/* The shelf between two periods. */
struct shelf {
	const struct stock_rules *rules;
	int64_t *pipe, *lot;
	int64_t on_hand, on_order;
	double carry;    /* of the share that is taken freshest first, below one unit */
	int slot;        /* of the pipeline: what arrives in this period */
	int oldest;      /* slot of the lot whose last period this is */
	int cycle;       /* a cycle of replenishment is under way */
	int cycle_short; /* and has lost units */
};

int replay_blocks(const struct replay *r)
{
	int scored = r->n - r->warm;
	return r->block > 0 && scored > 0 ? (scored + r->block - 1) / r->block : 1;
}

/* Takes up to `want` units from the lots, oldest or freshest first; counts those near their end. */
static int64_t take(struct shelf *s, int64_t want, int fresh_first, int64_t *marked)
{
	int life = s->rules->shelf, soon = s->rules->marked_days;
	int64_t taken = 0;
	for (int k = 0; k < life && taken < want; k++) {
		int age = fresh_first ? life - 1 - k : k; /* further periods in which it can be sold */
		int at = s->oldest + age;
		int64_t *lot = &s->lot[at < life ? at : at - life];
		int64_t n = *lot < want - taken ? *lot : want - taken;
		*lot -= n;
		taken += n;
		if (age < soon)
			*marked += n;
	}
	return taken;
}

/* Serves the demand of a period out of lots: a share freshest first, what is carried over counted in
 * whole units, the rest oldest first. */
static int64_t serve(struct shelf *s, int64_t demand, int64_t *marked)
{
	int64_t most = demand < s->on_hand ? demand : s->on_hand, fresh = 0;
	if (s->rules->lifo > 0) {
		double share = s->rules->lifo * (double)demand + s->carry;
		fresh = (int64_t)floor(share + 1e-9);
		s->carry = share - (double)fresh;
		if (fresh > most)
			fresh = most;
		take(s, fresh, 1, marked);
	}
	take(s, most - fresh, 0, marked);
	return most;
}

/* Periods 1. to 4. for goods that spoil. */
static void live_lots(struct shelf *s, int64_t demand, struct replay_day *day, int64_t *marked)
{
	int life = s->rules->shelf, fresh = s->oldest ? s->oldest - 1 : life - 1;
	s->lot[fresh] += day->received;
	day->sold = serve(s, demand, marked);
	day->wasted = s->lot[s->oldest];
	s->lot[s->oldest] = 0;
	s->oldest = s->oldest + 1 < life ? s->oldest + 1 : 0;
}

/* Closes the cycle that ends before a period into the sums of the period before. */
static void end_cycle(struct shelf *s, struct stock_sums *to)
{
	if (s->cycle && to) {
		to->cycles++;
		to->short_cycles += s->cycle_short;
	}
	s->cycle = 1;
	s->cycle_short = 0;
}

static void add_day(struct stock_sums *to, const struct replay_day *d, int64_t marked, int64_t before)
{
	if (!to->periods++)
		to->open = before;
	to->demand += d->sold + d->lost;
	to->sold += d->sold;
	to->lost += d->lost;
	to->short_periods += d->lost > 0;
	to->wasted += d->wasted;
	to->received += d->received;
	to->ordered += d->order;
	to->lines += d->order > 0;
	to->held += d->end;
	to->marked += marked;
	to->end = d->end;
}

static struct replay_day live(struct shelf *s, const struct replay *r, int t, int64_t *marked)
{
	struct replay_day d = { .received = s->pipe[s->slot] };
	int64_t before = s->on_hand, demand = r->demand[t];
	s->on_order -= d.received;
	s->on_hand += d.received;
	d.open = s->on_hand;
	if (s->rules->shelf)
		live_lots(s, demand, &d, marked);
	else
		d.sold = demand < s->on_hand ? demand : s->on_hand;
	d.lost = demand - d.sold;
	s->on_hand -= d.sold + d.wasted;
	d.end = s->on_hand;
	if (r->review[t])
		d.order = stock_order(s->rules, (double)r->level[t], s->on_hand + s->on_order);
	s->pipe[s->slot] = d.order;
	s->on_order += d.order;
	d.on_order = s->on_order;
	s->slot = s->slot < s->rules->lead ? s->slot + 1 : 0;
	assert(before + d.received == d.sold + d.wasted + d.end);
	(void)before;
	return d;
}

static void begin(struct shelf *s, const struct replay *r, struct replay_room *room)
{
	room_fit(room, r->rules);
	*s = (struct shelf){ .rules = r->rules, .pipe = room->pipe, .lot = room->lot,
			     .on_hand = r->start };
	if (r->rules->shelf)
		room->lot[r->rules->shelf - 1] = r->start; /* fresh in the first period */
	for (int k = 0; r->due && k <= r->rules->lead; k++) {
		room->pipe[k] = r->due[k];
		s->on_order += r->due[k];
	}
}

void replay_run(const struct replay *r, struct replay_room *room, struct stock_sums *sums,
		struct replay_day *trace)
{
	struct shelf s;
	struct stock_sums *to = NULL;
	int left = 0, lead = r->rules->lead;
	begin(&s, r, room);
	memset(sums, 0, (size_t)replay_blocks(r) * sizeof *sums);
	for (int t = 0; t < r->n; t++) {
		int64_t marked = 0, before = s.on_hand;
		if (t - 1 - lead >= 0 && r->review[t - 1 - lead])
			end_cycle(&s, to);
		if (t >= r->warm && !left) {
			to = to ? to + 1 : sums;
			left = r->block > 0 ? r->block : r->n;
		}
		struct replay_day d = live(&s, r, t, &marked);
		s.cycle_short |= d.lost > 0;
		if (to) {
			add_day(to, &d, marked, before);
			left--;
		}
		if (trace)
			trace[t] = d;
	}
}
