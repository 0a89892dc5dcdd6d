/* Weeks, cuts and the sums of a week. */
#include "config.h"
#include "life/weeks.h"

#include <stdlib.h>
#include <string.h>
#include "base/symtab.h"

#define MEMBERS_MAX 60 /* an attribute with more values is no cut, */
#define MEMBER_SERIES 3 /* nor one with fewer series a value */
#define MONDAY 4       /* 1970-01-05 was one */

int week_of(const struct calendar *c, period_t p)
{
	int days = p - MONDAY;
	if (c->kind != PERIOD_DAY)
		return p;
	return days >= 0 ? days / 7 : -((-days + 6) / 7);
}

period_t week_start(const struct calendar *c, int week)
{
	return c->kind == PERIOD_DAY ? week * 7 + MONDAY : week;
}

/* ---- cuts ---- */

static int by_id(const void *a, const void *b)
{
	const struct catalog_series *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

int cuts_find(const struct cuts *c, int64_t id)
{
	const struct catalog_series key = { .id = id };
	const struct catalog_series *found = bsearch(&key, c->series, (size_t)c->n, sizeof *c->series, by_id);
	return found ? (int)(found - c->series) : -1;
}

/* Does an earlier cut of items say the same of each series, or more coarsely nearly the same? (A brand's name in
 * its items' names tells nothing new.) */
static int is_refined(const struct cuts *c, const struct cut *cut)
{
	for (int k = 1; k < c->n_cut; k++)
		if (strcmp(c->cut[k].name, "store") && cut->n_member > c->n / 10 && cut->n_member > c->cut[k].n_member)
			return 1;
	return 0;
}

/* A cut by an attribute that has two members at least and not too many. */
static enum status add_cut(struct cuts *c, struct db *db, const char *name, struct arena *a, struct err *e)
{
	struct cut *cut = &c->cut[c->n_cut];
	struct symtab members = { 0 };
	const char **value = ARENA_ARRAY(a, const char *, c->n + 1);
	enum status status = db_attribute_column(db, name, c->series, c->n, a, value, e);
	*cut = (struct cut){ .name = name, .of = ARENA_ARRAY(a, int, c->n + 1) };
	for (int i = 0; !status && i < c->n; i++)
		cut->of[i] = symtab_intern(&members, value[i], strlen(value[i]));
	cut->n_member = (int)members.n;
	cut->member = ARENA_ARRAY(a, const char *, members.n + 1);
	for (size_t k = 0; k < members.n; k++)
		cut->member[k] = arena_strdup(a, members.name[k]);
	symtab_release(&members);
	c->n_cut += !status && cut->n_member >= 2 && cut->n_member <= MEMBERS_MAX
		&& cut->n_member * MEMBER_SERIES <= c->n && !is_refined(c, cut);
	return status;
}

enum status cuts_settle(struct cuts *c, struct db *db, const struct config *config, struct arena *a, struct err *e)
{
	const char **name, *policy = config_text(config, "gaps.policy");
	const char *gaps = strcmp(policy, "auto") ? policy : db_meta(db, "gaps", a);
	int n = 0, known;
	*c = (struct cuts){ .gaps_zero = gaps && !strcmp(gaps, "zero") };
	enum status status = db_calendar(db, &c->calendar, &known, e);
	if (!status)
		status = db_series(db, NULL, a, &c->series, &c->n, e);
	if (status)
		return status;
	qsort(c->series, (size_t)c->n, sizeof *c->series, by_id);
	c->cut[0] = (struct cut){ "all", ARENA_ARRAY(a, const char *, 1), ARENA_ARRAY(a, int, c->n + 1), 1 };
	c->cut[0].member[0] = "all";
	c->n_cut = 1;
	status = add_cut(c, db, "store", a, e);
	if (!status)
		status = db_attributes(db, "item", a, &name, &n, e);
	for (int k = 0; !status && k < n && c->n_cut < CUTS_MAX; k++)
		status = add_cut(c, db, name[k], a, e);
	return status;
}

/* ---- a week ---- */

void week_begin(struct week_sums *w, const struct cuts *c)
{
	*w = (struct week_sums){ .cuts = c };
	for (int k = 0; k < c->n_cut; k++) {
		w->node[k] = NEW_ARRAY(struct resid_node, c->cut[k].n_member + 1);
		for (int m = 0; m < c->cut[k].n_member; m++) {
			w->node[k][m].part = c->cut[k].name;
			w->node[k][m].member = c->cut[k].member[m];
		}
	}
}

void week_add(struct week_sums *w, int i, const struct residual *r)
{
	const struct cuts *c = w->cuts;
	if (!r->days)
		return;
	VEC_PUSH(&w->row, (struct resid_row){ c->series[i].id, (float)r->z, (float)(r->units - r->mean), r->days,
					      r->outside });
	for (int k = 0; k < c->n_cut; k++) {
		struct resid_node *n = &w->node[k][c->cut[k].of[i]];
		n->series++;
		n->units += r->units;
		n->mean += r->mean;
		n->loss += r->loss;
		n->expected += r->expected;
		n->days += r->days;
		n->outside += r->outside;
	}
}

enum status week_write_rows(struct week_sums *w, struct db *db, enum resid_role role, enum resid_band band,
			    int week, struct err *e)
{
	enum status status = db_resid_write(db, role, band, week, w->row.at, (int)w->row.n, e);
	w->row.n = 0;
	return status;
}

enum status week_write_nodes(struct week_sums *w, struct db *db, enum resid_role role, enum resid_band band,
			     int week, struct err *e)
{
	enum status status = OK;
	for (int k = 0; !status && k < w->cuts->n_cut; k++) {
		for (int m = 0; m < w->cuts->cut[k].n_member; m++)
			w->node[k][m].week = week;
		status = db_resid_nodes_write(db, role, band, w->node[k], w->cuts->cut[k].n_member, e);
	}
	return status;
}

void week_release(struct week_sums *w)
{
	for (int k = 0; w->cuts && k < w->cuts->n_cut; k++)
		free(w->node[k]);
	VEC_FREE(&w->row);
	w->cuts = NULL;
}
