/* The tree's nodes as a panel: which tiers there are, and the sums of demand. */
#include "config.h"
#include "model/node_panel_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"

#define PARTS_MOST 8
#define FILLED_MOST 0.5 /* share of a node that may be filled in */
#define MEAN_WEIGHT 28  /* periods that a member's usual sales are made of */
#define USUAL 56          /* periods of a history that tell what is usual, */
#define USUAL_LEAST 20.0  /* units that are enough to tell, */
#define QUIET_SHARE 0.01  /* and the share of them that is nothing: as quality/state.h has them */
#define FADE 0.95       /* of them a period, while nothing is known of the member */

/* ---- tiers ---- */

/* Values of a tier's part for each series, or NULL: there is no such attribute. */
static const char *const *part_values(const struct panel *p, const char *name, struct arena *a)
{
	const struct attribute *of = driver_attribute(p->drivers, name);
	int store = !strcmp(name, "store"), item = !strcmp(name, "item");
	if (!store && !item && !of)
		return NULL;
	const char **value = ARENA_ARRAY(a, const char *, p->n + 1);
	for (int i = 0; i < p->n; i++)
		value[i] = store ? p->key[i].store : item ? p->key[i].item
			: of->code[i] >= 0 ? of->value[of->code[i]] : "unknown";
	return value;
}

/* Adds the tier of a name. */
static enum status add_tier(const struct panel *p, const char *name, struct arena *a, struct hierarchy *h,
			    struct err *e)
{
	const char *const *value[PARTS_MOST];
	int n = 0;
	char *parts = arena_strdup(a, name), *next = NULL;
	if (hierarchy_find(h, name))
		return err_set(e, E_USAGE, "tier '%s' stands twice", name);
	for (char *part = strcmp(name, "total") ? parts : NULL; part; part = next) {
		char *star = strchr(part, '*');
		next = star ? star + 1 : NULL;
		if (star)
			*star = 0;
		if (n == PARTS_MOST || !(value[n++] = part_values(p, part, a)))
			return err_set(e, E_USAGE, "tier '%s': there is no attribute '%s'", name, part);
	}
	hierarchy_add(h, a, name, n, value);
	return OK;
}

/* Does the last tier group the series as an earlier one does? */
static int is_double(const struct hierarchy *h)
{
	const struct tier *last = &h->tier[h->n_tier - 1];
	for (int k = 0; k < h->n_tier - 1; k++) {
		const struct tier *t = &h->tier[k];
		int32_t *to = NEW_ARRAY(int32_t, t->n_node + 1);
		int same = t->n_node == last->n_node;
		for (int j = 0; j < t->n_node; j++)
			to[j] = -1;
		for (int i = 0; same && i < h->n; i++) {
			int32_t *of = &to[t->node_of[i]];
			*of = *of < 0 ? last->node_of[i] : *of;
			same = *of == last->node_of[i];
		}
		free(to);
		if (same)
			return 1;
	}
	return 0;
}

/* Adds a tier unless it says nothing new or is too fine. */
static enum status offer_tier(const struct panel *p, const char *one, const char *other, struct arena *a,
			      struct hierarchy *h, struct err *e)
{
	struct buf name = { 0 };
	buf_addf(&name, "%s%s%s", one, *other ? "*" : "", other);
	enum status status = add_tier(p, name.text, a, h, e);
	buf_release(&name);
	if (status)
		return status;
	int n = h->tier[h->n_tier - 1].n_node;
	if (n < 2 || n > NODES_MOST || 4 * (int64_t)n >= p->n || is_double(h))
		h->n_tier--;
	return OK;
}

static enum status usual_tiers(const struct panel *p, struct arena *a, struct hierarchy *h, struct err *e)
{
	const struct drivers *d = p->drivers;
	int n = d ? d->n_attribute : 0;
	enum status status = add_tier(p, "total", a, h, e);
	if (!status)
		status = offer_tier(p, "store", "", a, h, e);
	for (int k = 0; !status && k < n; k++)
		if (strcmp(d->attribute[k].name, "total") && strcmp(d->attribute[k].name, "store")
		    && strcmp(d->attribute[k].name, "item"))
			status = offer_tier(p, d->attribute[k].name, "", a, h, e);
	for (int s = -1; s < n; s++)
		for (int k = 0; !status && (s < 0 || d->attribute[s].of_store) && k < n; k++)
			if (!d->attribute[k].of_store)
				status = offer_tier(p, s < 0 ? "store" : d->attribute[s].name,
						    d->attribute[k].name, a, h, e);
	return status;
}

enum status node_tiers(const struct panel *p, const char *names, struct arena *a, struct hierarchy *out,
		       struct err *e)
{
	enum status status = OK;
	char *text = arena_strdup(a, names);
	*out = (struct hierarchy){ .n = p->n };
	if (!*names)
		return usual_tiers(p, a, out, e);
	for (char *at = text; !status && *at;) {
		size_t n = strcspn(at, "+, ");
		int end = !at[n];
		at[n] = 0;
		if (n)
			status = add_tier(p, at, a, out, e);
		at += end ? n : n + 1;
	}
	return status;
}

/* ---- sums ---- */

/* A day of a node while its members are gone through. */
struct day {
	double sum;             /* of what is known */
	double usual, reported; /* usual sales of all members, and of those that are known */
	int present, known, closed;
};

/* Adds a member to its node's days. */
static void add_member(const struct series *s, struct day *day, period_t first)
{
	double usual = 0;
	int seen = 0;
	for (int t = 0; t < s->n; t++) {
		struct day *d = day + (s->first + t - first);
		int usable = series_usable(s, t);
		double expected = seen ? usual : usable ? fabs(s->units[t]) : 0;
		d->present++;
		d->usual += expected;
		d->closed += s->state[t] == DAY_CLOSED;
		if (!usable) {
			usual *= FADE;
			continue;
		}
		d->known++;
		d->sum += s->units[t];
		d->reported += expected;
		seen += seen < MEAN_WEIGHT;
		usual += (fabs(s->units[t]) - usual) / seen;
	}
}

static void close_day(const struct day *d, double *units, uint8_t *state)
{
	double share = d->usual > 0 ? d->reported / d->usual : d->present ? (double)d->known / d->present : 0;
	if (d->present && d->closed == d->present) {
		*units = d->sum;
		*state = DAY_CLOSED;
	} else if (!d->known || share < 1 - FILLED_MOST) {
		*units = NAN;
		*state = DAY_MISSING;
	} else {
		*units = d->known == d->present ? d->sum : d->sum / share;
		*state = *units > 0 || *units < 0 ? DAY_SOLD : DAY_ZERO;
	}
}

/* Places of the tiers in the order of their names. */
static int *tier_order(const struct hierarchy *h, struct arena *a)
{
	int *order = ARENA_ARRAY(a, int, h->n_tier + 1);
	for (int k = 0; k < h->n_tier; k++) {
		int at = k;
		for (; at > 0 && strcmp(h->tier[order[at - 1]].name, h->tier[k].name) > 0; at--)
			order[at] = order[at - 1];
		order[at] = k;
	}
	return order;
}

/* Series of one tier: from their first member's first period to the view's end. */
static void sum_tier(const struct panel *p, const struct tier *t, int begin, const struct panel *out,
		     double *units, uint8_t *state)
{
	int64_t from = out->begin[begin], cells = out->begin[begin + t->n_node] - from;
	struct day *day = NEW_ARRAY(struct day, cells + 1);
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		int node = begin + t->node_of[i];
		add_member(&s, day + (out->begin[node] - from), out->first[node]);
	}
	for (int64_t k = 0; k < cells; k++)
		close_day(&day[k], &units[from + k], &state[from + k]);
	free(day);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The history of a node, whose parts may stand in another order there; NULL: it has none. */
static const struct node_history *history_of(const struct panel *p, const char *node)
{
	const char *part[PARTS_MOST];
	struct buf name = { 0 };
	char *text = xstrdup(node), *next = text;
	int n = 0;
	for (char *at = text; next && n < PARTS_MOST; at = next) {
		next = strchr(at, '|');
		part[n++] = at;
		if (next)
			*next++ = 0;
	}
	qsort(part, (size_t)n, sizeof *part, by_text);
	for (int k = 0; k < n; k++)
		buf_addf(&name, "%s%s", k ? "|" : "", part[k]);
	const struct node_history *found = driver_history(p->drivers, name.text);
	buf_release(&name);
	free(text);
	return found;
}

/* Is a period of a history shut: has next to nothing been sold against the USUAL periods before? Where few
 * are usual nobody can tell. */
static int is_shut(const struct node_history *h, int t)
{
	double sum = 0;
	int n = 0;
	for (int k = t - 1; k >= 0 && k >= t - USUAL; k--)
		if (!isnan(h->units[k])) {
			sum += h->units[k];
			n++;
		}
	return n && sum / n >= USUAL_LEAST && h->units[t] <= QUIET_SHARE * sum / n;
}

/* Puts what is known of a node before its first member. `own` is when that began. Days on which the whole
 * chain, or else the node itself, was shut are no example of anything. */
static void put_history(const struct panel *p, const struct node_panel *out, int node, period_t own,
			double *units, uint8_t *state)
{
	const struct panel *of = &out->panel;
	const struct node_history *history = history_of(p, of->key[node].item);
	const struct node_history *total = driver_history(p->drivers, "total");
	for (period_t t = of->first[node]; history && t < own && t <= p->until; t++) {
		int64_t at = of->begin[node] + t - of->first[node];
		int64_t from = (int64_t)t - history->first, of_total = total ? (int64_t)t - total->first : -1;
		double x = from >= 0 && from < history->n ? history->units[from] : (double)NAN;
		int shut = total && of_total >= 0 && of_total < total->n ? is_shut(total, (int)of_total)
			: !isnan(x) && is_shut(history, (int)from);
		units[at] = x;
		state[at] = isnan(x) ? DAY_MISSING : shut ? DAY_CLOSED : x > 0 || x < 0 ? DAY_SOLD : DAY_ZERO;
	}
}

/* Keys, first periods and offsets of all nodes; own[n] gets when each one's first member began. */
static void lay_out(const struct panel *p, const struct hierarchy *h, struct arena *a,
		    struct node_panel *out, period_t **own)
{
	int n = 0, *order = tier_order(h, a);
	for (int k = 0; k < h->n_tier; k++)
		n += h->tier[k].n_node;
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n + 1);
	int64_t *id = ARENA_ARRAY(a, int64_t, n + 1), *begin = ARENA_ARRAY(a, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(a, period_t, n + 1);
	int32_t *segment = ARENA_ARRAY(a, int32_t, n + 1);
	out->begin = ARENA_ARRAY(a, int, h->n_tier + 1);
	for (int k = 0, at = 0; k < h->n_tier; k++) {
		const struct tier *t = &h->tier[order[k]];
		out->begin[order[k]] = at;
		for (int j = 0; j < t->n_node; j++, at++) {
			key[at] = (struct series_key){ t->name, t->node[j] };
			id[at] = at;
			first[at] = p->until + 1;
			segment[at] = k;
		}
		for (int i = 0; i < p->n; i++) {
			int node = out->begin[order[k]] + t->node_of[i];
			first[node] = p->first[i] < first[node] ? p->first[i] : first[node];
		}
	}
	*own = ARENA_ARRAY(a, period_t, n + 1);
	for (int j = 0; j < n; j++) {
		const struct node_history *history = history_of(p, key[j].item);
		(*own)[j] = first[j];
		if (history && history->n && history->first < first[j])
			first[j] = history->first;
	}
	for (int j = 0; j < n; j++)
		begin[j + 1] = begin[j] + (p->until >= first[j] ? p->until - first[j] + 1 : 0);
	out->panel = (struct panel){ .calendar = p->calendar, .n = n, .until = p->until, .key = key, .id = id,
				     .first = first, .begin = begin, .segment = segment,
				     .n_segment = h->n_tier > 0 ? h->n_tier : 1 };
}

void node_panel_make(const struct panel *p, const struct hierarchy *h, struct arena *a,
		     struct node_panel *out)
{
	period_t *own;
	lay_out(p, h, a, out, &own);
	size_t cells = (size_t)out->panel.begin[out->panel.n];
	double *units = ARENA_ARRAY(a, double, cells + 1);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, cells + 1);
	for (int k = 0; k < h->n_tier; k++)
		sum_tier(p, &h->tier[k], out->begin[k], &out->panel, units, state);
	for (int j = 0; j < out->panel.n; j++)
		put_history(p, out, j, own[j], units, state);
	out->panel.units = units;
	out->panel.state = state;
	node_closings(p, h, a, out);
	if (p->drivers)
		node_drivers(p, h, a, out);
}
