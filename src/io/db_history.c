/* Histories of nodes: one scan by (node, day), laid out without gaps. */
#include "config.h"
#include "io/db_history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

#define NODES_MAX 100000

struct load {
	const struct calendar *calendar;
	struct arena *arena;
	struct node_history *history;
	int n;
	int64_t node;          /* whose days are being read */
	VEC(double) units;     /* of it */
};

/* Takes over what was read of the node in hand. */
static void end_node(struct load *l)
{
	if (!l->units.n)
		return;
	struct node_history *h = &l->history[l->n - 1];
	double *units = ARENA_ARRAY(l->arena, double, l->units.n);
	memcpy(units, l->units.at, l->units.n * sizeof *units);
	h->units = units;
	h->n = (int)l->units.n;
	l->units.n = 0;
}

static void take(struct load *l, int64_t node, const char *name, period_t period, double units)
{
	if (node != l->node) {
		end_node(l);
		l->node = node;
		l->history[l->n++] = (struct node_history){ arena_strdup(l->arena, name), period, 0, NULL };
	}
	period_t next = l->history[l->n - 1].first + (period_t)l->units.n;
	for (; next < period; next++)
		VEC_PUSH(&l->units, (double)NAN);
	VEC_PUSH(&l->units, units);
}

enum status db_history(struct db *db, const struct calendar *c, period_t until, struct arena *a,
		       struct drivers *d, struct err *e)
{
	int64_t n;
	struct stmt s;
	struct load l = { .calendar = c, .arena = a };
	enum status status = db_query_int(db, "SELECT count(*) FROM node", 0, &n, e);
	if (!status && n > NODES_MAX)
		status = err_set(e, E_INPUT, "'%s' has sums of more than %d nodes", db_path(db), NODES_MAX);
	if (!status)
		status = stmt_open(&s, db, "SELECT s.node, n.name, s.day, s.units FROM node n"
				   " JOIN node_sales s ON s.node = n.id AND s.day <= ?1"
				   " ORDER BY n.name, s.day", e);
	if (status)
		return status;
	l.history = ARENA_ARRAY(a, struct node_history, n + 1);
	stmt_int(&s, 1, period_start(c, until));
	while (stmt_step(&s))
		take(&l, stmt_get_int(&s, 0), stmt_get_text(&s, 1),
		     period_of_day(c, (day_t)stmt_get_int(&s, 2)), stmt_get_double(&s, 3));
	end_node(&l);
	VEC_FREE(&l.units);
	d->history = l.history;
	d->n_history = l.n;
	return stmt_close(&s, e);
}
