/* Drivers of nodes: those of their members, summed up. */
#include "config.h"
#include "model/node_panel_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/symtab.h"

/* Members of each node. */
static int *node_sizes(const struct panel *p, const struct hierarchy *h, const struct node_panel *out)
{
	int *size = NEW_ARRAY(int, out->panel.n + 1);
	for (int k = 0; k < h->n_tier; k++)
		for (int i = 0; i < p->n; i++)
			size[out->begin[k] + h->tier[k].node_of[i]]++;
	return size;
}

/* Counts the series [from, to) at their nodes. */
static void count_members(const struct hierarchy *h, const struct node_panel *out, int from, int to, int *count)
{
	for (int k = 0; k < h->n_tier; k++)
		for (int i = from; i < to; i++)
			count[out->begin[k] + h->tier[k].node_of[i]]++;
}

/* Of the counts, those that are at least half of the node, as marks. */
static void mark_halves(const struct node_panel *out, const int *size, int *count)
{
	for (int j = 0; j < out->panel.n; j++)
		count[j] = size[j] && 2 * count[j] >= size[j];
}

/* The next run of marked nodes from *to on, or false. */
static int next_run(const int *mark, int n, int *from, int *to)
{
	for (*from = *to; *from < n && !mark[*from]; ++*from)
		;
	for (*to = *from; *to < n && mark[*to]; ++*to)
		;
	return *from < n;
}

/* ---- closings ---- */

static int by_place(const void *a, const void *b)
{
	const struct closing *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->period > y->period) - (x->period < y->period);
}

/* Several closings of one period add up: stores that are shut on the same day. */
void node_closings(const struct panel *p, const struct hierarchy *h, struct arena *a, struct node_panel *out)
{
	VEC(struct closing) list = { 0 };
	int *size = node_sizes(p, h, out), *count = NEW_ARRAY(int, out->panel.n + 1);
	for (int c = 0; c < p->n_closing; c++) {
		int first = 1;
		for (int k = 0; k < c; k++)
			first = first && p->closing[k].period != p->closing[c].period;
		if (!first)
			continue;
		memset(count, 0, (size_t)out->panel.n * sizeof *count);
		for (int k = c; k < p->n_closing; k++)
			if (p->closing[k].period == p->closing[c].period)
				count_members(h, out, p->closing[k].from, p->closing[k].to, count);
		mark_halves(out, size, count);
		for (int from = 0, to = 0; next_run(count, out->panel.n, &from, &to);)
			VEC_PUSH(&list, (struct closing){ from, to, p->closing[c].period });
	}
	if (list.n)
		qsort(list.at, list.n, sizeof *list.at, by_place);
	struct closing *closing = ARENA_ARRAY(a, struct closing, list.n + 1);
	if (list.n)
		memcpy(closing, list.at, list.n * sizeof *closing);
	out->panel.closing = closing;
	out->panel.n_closing = (int)list.n;
	VEC_FREE(&list);
	free(count);
	free(size);
}

/* ---- events ---- */

static int by_event(const void *a, const void *b)
{
	const struct event_day *x = a, *y = b;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	if (x->series_from != y->series_from)
		return x->series_from < y->series_from ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static int same_event(const struct event_day *a, const struct event_day *b)
{
	return a->period == b->period && a->name == b->name && a->type == b->type && a->closed == b->closed;
}

/* An event is told store by store: a node has it if at least half of its members do. */
static void sum_events(const struct panel *p, const struct hierarchy *h, const int *size, struct arena *a,
		       const struct node_panel *out, struct drivers *d)
{
	VEC(struct event_day) list = { 0 };
	const struct drivers *of = p->drivers;
	int *mark = NEW_ARRAY(int, out->panel.n + 1);
	for (int k = 0; k < of->n_event; k++) {
		const struct event_day *e = &of->event[k];
		int first = 1;
		for (int j = k - 1; first && j >= 0 && of->event[j].period == e->period; j--)
			first = !same_event(&of->event[j], e);
		if (!first)
			continue;
		memset(mark, 0, (size_t)out->panel.n * sizeof *mark);
		for (int j = k; j < of->n_event && of->event[j].period == e->period; j++)
			if (same_event(&of->event[j], e))
				count_members(h, out, of->event[j].series_from, of->event[j].series_to, mark);
		mark_halves(out, size, mark);
		for (int from = 0, to = 0; next_run(mark, out->panel.n, &from, &to);)
			VEC_PUSH(&list, (struct event_day){ e->period, from, to, e->name, e->type, e->closed });
	}
	if (list.n)
		qsort(list.at, list.n, sizeof *list.at, by_event);
	struct event_day *event = ARENA_ARRAY(a, struct event_day, list.n + 1);
	if (list.n)
		memcpy(event, list.at, list.n * sizeof *event);
	d->event = event;
	d->n_event = (int)list.n;
	d->event_from = of->event_from;
	d->event_until = of->event_until;
	d->n_event_name = of->n_event_name;
	d->n_event_type = of->n_event_type;
	d->event_name = of->event_name;
	d->event_type = of->event_type;
	VEC_FREE(&list);
	free(mark);
}

/* ---- prices ---- */

/* First and last period in which any price changes. */
static void price_span(const struct drivers *d, int n, period_t *from, period_t *until)
{
	*from = INT32_MAX;
	*until = INT32_MIN;
	for (int64_t k = d->price_begin[0]; k < d->price_begin[n]; k++) {
		*from = d->price[k].from < *from ? d->price[k].from : *from;
		*until = d->price[k].from > *until ? d->price[k].from : *until;
	}
}

/* A chained index of one tier: log changes over the members that have a price by then. */
static void sum_prices(const struct panel *p, const struct tier *t, period_t from, size_t width, double *change,
		       double *begun)
{
	const struct drivers *d = p->drivers;
	for (int i = 0; i < p->n; i++) {
		size_t row = (size_t)t->node_of[i] * width;
		for (int64_t k = d->price_begin[i]; k < d->price_begin[i + 1]; k++) {
			size_t at = row + (size_t)(d->price[k].from - from);
			if (k == d->price_begin[i])
				begun[at]++;
			else
				change[at] += log(d->price[k].price / d->price[k - 1].price);
		}
	}
}

static void index_prices(const struct panel *p, const struct hierarchy *h, struct arena *a,
			 const struct node_panel *out, struct drivers *d)
{
	const struct drivers *of = p->drivers;
	VEC(struct price_step) list = { 0 };
	int64_t *begin = ARENA_ARRAY(a, int64_t, out->panel.n + 1);
	period_t from, until;
	price_span(of, p->n, &from, &until);
	size_t width = from <= until ? (size_t)(until - from) + 1 : 0;
	int *order = NEW_ARRAY(int, h->n_tier + 1);
	for (int k = 0; k < h->n_tier; k++)
		order[out->panel.segment[out->begin[k]]] = k;
	for (int k = 0; k < h->n_tier; k++) {
		const struct tier *t = &h->tier[order[k]];
		double *change = NEW_ARRAY(double, (size_t)t->n_node * width + 1);
		double *begun = NEW_ARRAY(double, (size_t)t->n_node * width + 1);
		sum_prices(p, t, from, width, change, begun);
		for (int j = 0; j < t->n_node; j++) {
			double index = 0, members = 0;
			for (size_t x = 0; x < width; x++) {
				size_t at = (size_t)j * width + x;
				int first = members <= 0 && begun[at] > 0;
				members += begun[at];
				index += members > 0 ? change[at] / members : 0;
				if (first || change[at] > 0 || change[at] < 0)
					VEC_PUSH(&list, (struct price_step){ from + (period_t)x, exp(index) });
			}
			begin[out->begin[order[k]] + j + 1] = (int64_t)list.n;
		}
		free(change);
		free(begun);
	}
	struct price_step *price = ARENA_ARRAY(a, struct price_step, list.n + 1);
	if (list.n)
		memcpy(price, list.at, list.n * sizeof *price);
	d->price_begin = begin;
	d->price = price;
	d->price_until = of->price_until;
	VEC_FREE(&list);
	free(order);
}

/* ---- columns ---- */

/* Column k averaged over the members of each node. */
static void average_column(const struct panel *p, const struct hierarchy *h, int k, struct arena *a,
			   const struct node_panel *out, struct driver_column *column)
{
	const struct driver_column *c = &p->drivers->column[k];
	size_t width = c->until >= c->from ? (size_t)(c->until - c->from) + 1 : 0;
	float *value = ARENA_ARRAY(a, float, (size_t)out->panel.n * width + 1);
	double *sum = NEW_ARRAY(double, width + 1), *n = NEW_ARRAY(double, width + 1);
	double *count = NEW_ARRAY(double, (size_t)out->panel.n * (size_t)c->n_row + 1);
	for (int t = 0; t < h->n_tier; t++)
		for (int i = 0; i < p->n; i++)
			count[(size_t)(out->begin[t] + h->tier[t].node_of[i]) * (size_t)c->n_row
			      + (size_t)(c->row_of ? c->row_of[i] : 0)]++;
	for (size_t j = 0; j < (size_t)out->panel.n; j++) {
		memset(sum, 0, width * sizeof *sum);
		memset(n, 0, width * sizeof *n);
		for (size_t r = 0; r < (size_t)c->n_row; r++) {
			double weight = count[j * (size_t)c->n_row + r];
			for (size_t x = 0; weight > 0 && x < width; x++) {
				double v = (double)c->value[r * width + x];
				sum[x] += isnan(v) ? 0 : weight * v;
				n[x] += isnan(v) ? 0 : weight;
			}
		}
		for (size_t x = 0; x < width; x++)
			value[j * width + x] = n[x] > 0 ? (float)(sum[x] / n[x]) : NAN;
	}
	int32_t *row = ARENA_ARRAY(a, int32_t, out->panel.n + 1);
	for (int j = 0; j < out->panel.n; j++)
		row[j] = j;
	*column = *c;
	column->n_row = out->panel.n;
	column->row_of = row;
	column->value = value;
	free(count);
	free(n);
	free(sum);
}

/* Share of the members on promotion, by day. */
static void share_promotions(const struct panel *p, const struct hierarchy *h, struct arena *a,
			     const struct node_panel *out, struct driver_column *column)
{
	const struct drivers *d = p->drivers;
	period_t from = d->promotion_until;
	for (int i = 0; i < p->n; i++)
		from = p->first[i] < from ? p->first[i] : from;
	size_t width = (size_t)(d->promotion_until - from) + 1, n = (size_t)out->panel.n;
	float *value = ARENA_ARRAY(a, float, n * width + 1);
	double *on = NEW_ARRAY(double, n * (width + 1)), *members = NEW_ARRAY(double, n * (width + 1));
	for (int i = 0; i < p->n; i++)
		for (int t = 0; t < h->n_tier; t++) {
			size_t row = (size_t)(out->begin[t] + h->tier[t].node_of[i]) * (width + 1);
			if (p->first[i] <= d->promotion_until)
				members[row + (size_t)(p->first[i] - from)]++;
			for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++) {
				const struct promotion_span *s = &d->promotion[k];
				period_t a0 = s->from > p->first[i] ? s->from : p->first[i];
				period_t a1 = s->until < d->promotion_until ? s->until : d->promotion_until;
				if (a0 > a1)
					continue;
				on[row + (size_t)(a0 - from)]++;
				on[row + (size_t)(a1 - from) + 1]--;
			}
		}
	int32_t *row = ARENA_ARRAY(a, int32_t, n + 1);
	for (size_t j = 0; j < n; j++) {
		double running = 0, all = 0;
		for (size_t x = 0; x < width; x++) {
			running += on[j * (width + 1) + x];
			all += members[j * (width + 1) + x];
			value[j * width + x] = all > 0 ? (float)(running / all) : 0;
		}
		row[j] = (int32_t)j;
	}
	*column = (struct driver_column){ "promotion_share", d->promotion_known, MISSING_ZERO,
					  out->panel.n, row, from, d->promotion_until, value };
	free(on);
	free(members);
}

/* ---- attributes ---- */

/* The value of an attribute in a node's name: its place among the parts of the tier's. "" if none. */
static void value_in_name(const char *tier, const char *node, const char *name, struct buf *out)
{
	size_t n = strlen(name);
	buf_clear(out);
	buf_adds(out, "");
	for (;;) {
		size_t part = strcspn(tier, "*"), value = strcspn(node, "|");
		if (part == n && !memcmp(tier, name, n)) {
			buf_add(out, node, value);
			return;
		}
		if (!tier[part] || !node[value])
			return;
		tier += part + 1;
		node += value + 1;
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void name_attribute(const struct node_panel *out, const char *name, struct arena *a,
			   struct attribute *to)
{
	struct symtab seen = { 0 };
	struct buf text = { 0 };
	int n = out->panel.n, tier = !strcmp(name, "tier");
	int32_t *code = ARENA_ARRAY(a, int32_t, n + 1), *rank;
	for (int j = 0; j < n; j++) {
		const struct series_key *key = &out->panel.key[j];
		if (tier) {
			buf_clear(&text);
			buf_adds(&text, key->store);
		} else
			value_in_name(key->store, key->item, name, &text);
		code[j] = text.n ? symtab_intern(&seen, text.text, text.n) : -1;
	}
	const char **value = ARENA_ARRAY(a, const char *, seen.n + 1);
	for (size_t k = 0; k < seen.n; k++)
		value[k] = arena_strdup(a, seen.name[k]);
	qsort(value, seen.n, sizeof *value, by_text);
	rank = NEW_ARRAY(int32_t, seen.n + 1);
	for (size_t k = 0; k < seen.n; k++)
		rank[symtab_find(&seen, value[k], strlen(value[k]))] = (int32_t)k;
	for (int j = 0; j < n; j++)
		code[j] = code[j] < 0 ? -1 : rank[code[j]];
	*to = (struct attribute){ name, tier, (int)seen.n, value, code };
	free(rank);
	buf_release(&text);
	symtab_release(&seen);
}

static void name_attributes(const struct hierarchy *h, struct arena *a, const struct node_panel *out,
			    struct drivers *d)
{
	struct symtab part = { 0 };
	symtab_intern(&part, "tier", 4);
	for (int k = 0; k < h->n_tier; k++)
		for (const char *at = h->tier[k].name; strcmp(h->tier[k].name, "total");) {
			size_t n = strcspn(at, "*");
			symtab_intern(&part, at, n);
			if (!at[n])
				break;
			at += n + 1;
		}
	struct attribute *attribute = ARENA_ARRAY(a, struct attribute, part.n + 1);
	for (size_t k = 0; k < part.n; k++)
		name_attribute(out, arena_strdup(a, part.name[k]), a, &attribute[k]);
	d->attribute = attribute;
	d->n_attribute = (int)part.n;
	symtab_release(&part);
}

void node_drivers(const struct panel *p, const struct hierarchy *h, struct arena *a, struct node_panel *out)
{
	const struct drivers *of = p->drivers;
	struct drivers *d = ARENA_ARRAY(a, struct drivers, 1);
	int promoted = of->promotion_begin && of->promotion_begin[p->n] > 0, *size = node_sizes(p, h, out);
	struct driver_column *column = ARENA_ARRAY(a, struct driver_column, of->n_column + 1);
	d->n = out->panel.n;
	d->price_known = of->price_known;
	d->promotion_known = of->promotion_known;
	if (of->price_begin)
		index_prices(p, h, a, out, d);
	if (of->n_event)
		sum_events(p, h, size, a, out, d);
	for (int k = 0; k < of->n_column; k++)
		average_column(p, h, k, a, out, &column[d->n_column++]);
	if (promoted)
		share_promotions(p, h, a, out, &column[d->n_column++]);
	d->column = column;
	name_attributes(h, a, out, d);
	out->panel.drivers = d;
	free(size);
}
