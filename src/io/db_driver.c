/*
 * Drivers out of the db. Prices lie as changes and promotions as spans, by the db's numbers of the
 * series, which are not the panel's: rows are counted first and then put in their places.
 */
#include "config.h"
#include "io/db_driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_driver_private.h"
#include "io/db_history.h"
#include "series/events.h"

#define YEARS_AHEAD 800 /* days beyond the end for which the holidays of a region are told */

static int by_id(const void *a, const void *b)
{
	const struct driver_place *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

int gather_series(const struct gather *g, int64_t id)
{
	struct driver_place key = { id, 0 };
	const struct driver_place *p = bsearch(&key, g->place, (size_t)g->panel->n, sizeof key, by_id);
	return p ? p->series : -1;
}

int gather_store(const struct gather *g, int64_t store)
{
	for (int k = 0; k < g->n_store; k++)
		if (g->panel->id[g->store_from[k]] / SERIES_PER_STORE == store)
			return k;
	return -1;
}

int list_has(const char *list, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = list ? list : ""; *at;) {
		size_t n = strcspn(at, ", ");
		if (n == length && !strncmp(at, name, n))
			return 1;
		at += n;
		at += strspn(at, ", ");
	}
	return 0;
}

static void lay_out(struct gather *g)
{
	const struct panel *p = g->panel;
	g->place = ARENA_ARRAY(&g->scratch, struct driver_place, p->n + 1);
	g->store_from = ARENA_ARRAY(&g->scratch, int, p->n + 1);
	g->store_of = ARENA_ARRAY(g->arena, int32_t, p->n + 1);
	for (int i = 0; i < p->n; i++) {
		g->place[i] = (struct driver_place){ p->id[i], i };
		if (!i || strcmp(p->key[i].store, p->key[i - 1].store))
			g->store_from[g->n_store++] = i;
		g->store_of[i] = g->n_store - 1;
	}
	g->store_from[g->n_store] = p->n;
	int one = g->request->store && p->n;
	g->low = one ? p->id[0] / SERIES_PER_STORE * SERIES_PER_STORE : 0;
	g->high = one ? g->low + SERIES_PER_STORE - 1 : INT64_MAX;
	qsort(g->place, (size_t)p->n, sizeof *g->place, by_id);
}

/* Offsets of rows that were counted into begin[i + 1]. */
static void add_up(int64_t *begin, int n)
{
	for (int i = 0; i < n; i++)
		begin[i + 1] += begin[i];
}

static enum driver_known known_of(const struct panel_request *r, const char *name)
{
	return list_has(r->past, name) ? DRIVER_PAST : DRIVER_KNOWN;
}

/* A number of the db, DAY_NONE where there is none. */
static enum status query_day(struct gather *g, const char *sql, day_t *out, struct err *e)
{
	int64_t day;
	enum status status = db_query_int(g->db, sql, DAY_NONE, &day, e);
	*out = (day_t)day;
	return status;
}

static period_t later(const struct gather *g, period_t a, day_t day)
{
	period_t b = day == DAY_NONE ? INT32_MIN : period_of_day(&g->panel->calendar, day);
	return a > b ? a : b;
}

struct price_row {
	int32_t series;
	struct price_step step;
};

/*
 * Prices speak up to the last change, or the last day of a price file. Where there is none, they came
 * with the sales and speak as far as these.
 */
static enum status price_end(struct gather *g, period_t last_change, struct err *e)
{
	day_t file;
	enum status status = query_day(g, "SELECT max(day_max) FROM ingest_batch WHERE format = 'prices'",
				       &file, e);
	g->out->price_until = later(g, last_change, file != DAY_NONE ? file : g->feed_last);
	return status;
}

/* The last period of which each series was told a price. */
static enum status price_told(struct gather *g, struct err *e)
{
	struct stmt s;
	int n = g->panel->n;
	period_t *told = ARENA_ARRAY(g->arena, period_t, n + 1);
	for (int i = 0; i < n; i++)
		told[i] = INT32_MIN;
	enum status status = stmt_open(&s, g->db, "SELECT series, day FROM price_told WHERE series BETWEEN ?1"
				       " AND ?2 ORDER BY series", e);
	if (status)
		return status;
	stmt_int(&s, 1, g->low);
	stmt_int(&s, 2, g->high);
	while (stmt_step(&s)) {
		int i = gather_series(g, stmt_get_int(&s, 0));
		if (i >= 0)
			told[i] = period_of_day(&g->panel->calendar, (day_t)stmt_get_int(&s, 1));
	}
	g->out->price_told = told;
	return stmt_close(&s, e);
}

static enum status gather_prices(struct gather *g, struct err *e)
{
	struct stmt s;
	VEC(struct price_row) all = { 0 };
	int n = g->panel->n;
	period_t last = INT32_MIN;
	enum status status = stmt_open(&s, g->db, "SELECT series, day, price FROM price WHERE price > 0"
				       " AND series BETWEEN ?1 AND ?2 ORDER BY series, day", e);
	if (status)
		return status;
	stmt_int(&s, 1, g->low);
	stmt_int(&s, 2, g->high);
	for (int64_t before = -1, i = -1; stmt_step(&s);) {
		int64_t id = stmt_get_int(&s, 0);
		i = id == before ? i : gather_series(g, id);
		before = id;
		period_t from = period_of_day(&g->panel->calendar, (day_t)stmt_get_int(&s, 1));
		if (i < 0)
			continue;
		/* Of several changes within a period the last one stands. */
		if (all.n && all.at[all.n - 1].series == i && all.at[all.n - 1].step.from == from)
			all.n--;
		VEC_PUSH(&all, (struct price_row){ (int32_t)i, { from, stmt_get_real(&s, 2) } });
		last = from > last ? from : last;
	}
	if (all.n) {
		int64_t *begin = ARENA_ARRAY(g->arena, int64_t, n + 1);
		struct price_step *step = ARENA_ARRAY(g->arena, struct price_step, all.n);
		int64_t *next = ARENA_ARRAY(&g->scratch, int64_t, n + 1);
		for (size_t k = 0; k < all.n; k++)
			begin[all.at[k].series + 1]++;
		add_up(begin, n);
		memcpy(next, begin, ((size_t)n + 1) * sizeof *next);
		for (size_t k = 0; k < all.n; k++)
			step[next[all.at[k].series]++] = all.at[k].step;
		g->out->price_begin = begin;
		g->out->price = step;
		g->out->price_known = known_of(g->request, "price");
	}
	int any = all.n > 0;
	VEC_FREE(&all);
	status = stmt_close(&s, e);
	if (!status && any)
		status = price_told(g, e);
	return status || !any ? status : price_end(g, last, e);
}

struct promotion_row {
	int32_t series;
	struct promotion_span span;
};

static int by_begin(const void *a, const void *b)
{
	const struct promotion_row *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->span.from != y->span.from)
		return x->span.from < y->span.from ? -1 : 1;
	return x->span.mechanic - y->span.mechanic;
}

/* Names of mechanics of all series, whether depths of each are told in per cent (some is above 1), and
 * how far the plan speaks. */
static enum status mechanics(struct gather *g, const char ***name, double **unit, int *n, struct err *e)
{
	struct stmt s;
	VEC(const char *) names = { 0 };
	VEC(double) units = { 0 };
	enum status status = stmt_open(&s, g->db, "SELECT mechanic, max(depth), max(until) FROM promotion"
				       " GROUP BY mechanic ORDER BY mechanic", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		VEC_PUSH(&names, arena_strdup(g->arena, stmt_get_text(&s, 0)));
		VEC_PUSH(&units, stmt_get_double(&s, 1) > 1 ? .01 : 1.0);
		g->out->promotion_until = later(g, g->out->promotion_until, (day_t)stmt_get_int(&s, 2));
		/* A plan that came with the sales speaks at least as far as these. */
		if (!*names.at[names.n - 1])
			g->out->promotion_until = later(g, g->out->promotion_until, g->feed_last);
	}
	*n = (int)names.n;
	*name = ARENA_ARRAY(g->arena, const char *, names.n + 1);
	*unit = ARENA_ARRAY(&g->scratch, double, units.n + 1);
	if (names.n) {
		memcpy(*name, names.at, names.n * sizeof **name);
		memcpy(*unit, units.at, units.n * sizeof **unit);
	}
	VEC_FREE(&names);
	VEC_FREE(&units);
	return stmt_close(&s, e);
}

static void put_promotions(struct gather *g, struct promotion_row *row, size_t n_row)
{
	int n = g->panel->n;
	int64_t *begin = ARENA_ARRAY(g->arena, int64_t, n + 1);
	struct promotion_span *span = ARENA_ARRAY(g->arena, struct promotion_span, n_row + 1);
	if (n_row)
		qsort(row, n_row, sizeof *row, by_begin);
	for (size_t k = 0; k < n_row; k++) {
		begin[row[k].series + 1]++;
		span[k] = row[k].span;
	}
	add_up(begin, n);
	g->out->promotion_begin = begin;
	g->out->promotion = span;
	g->out->promotion_known = known_of(g->request, "promotion");
}

/* A depth as the db has it: 0 is "not told" of a flag. */
static double depth_of(double depth, double unit)
{
	return depth > 0 ? fmin(depth * unit, 1) : (double)NAN;
}

static enum status gather_promotions(struct gather *g, struct err *e)
{
	struct stmt s;
	VEC(struct promotion_row) all = { 0 };
	const char **name;
	double *unit;
	int n, k = 0;
	g->out->promotion_until = INT32_MIN;
	enum status status = mechanics(g, &name, &unit, &n, e);
	if (!status)
		status = stmt_open(&s, g->db, "SELECT mechanic, series, day, until, depth FROM promotion"
				   " WHERE series BETWEEN ?1 AND ?2 ORDER BY mechanic, series, day", e);
	if (status)
		return status;
	stmt_int(&s, 1, g->low);
	stmt_int(&s, 2, g->high);
	while (stmt_step(&s)) {
		int i = gather_series(g, stmt_get_int(&s, 1));
		while (k + 1 < n && strcmp(name[k], stmt_get_text(&s, 0)))
			k++;
		struct promotion_span span = {
			period_of_day(&g->panel->calendar, (day_t)stmt_get_int(&s, 2)),
			period_of_day(&g->panel->calendar, (day_t)stmt_get_int(&s, 3)), k,
			depth_of(stmt_get_double(&s, 4), unit[k]) };
		if (i >= 0)
			VEC_PUSH(&all, (struct promotion_row){ i, span });
	}
	if (n) {
		put_promotions(g, all.at, all.n);
		g->out->n_mechanic = n;
		g->out->mechanic = name;
	}
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Distinct texts ascending, in place; returns how many. */
static int distinct(const char **text, int n)
{
	int kept = 0;
	qsort(text, (size_t)n, sizeof *text, by_text);
	for (int i = 0; i < n; i++)
		if (!kept || strcmp(text[kept - 1], text[i]))
			text[kept++] = text[i];
	return kept;
}

static int number_of(const char *text, const char *const *sorted, int n)
{
	const char *const *at = bsearch(&text, sorted, (size_t)n, sizeof *sorted, by_text);
	return at ? (int)(at - sorted) : -1;
}

static int by_period(const void *a, const void *b)
{
	const struct event_day *x = a, *y = b;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	if (x->series_from != y->series_from)
		return x->series_from - y->series_from;
	return x->name - y->name;
}

static void put_events(struct gather *g, const struct events *all)
{
	struct drivers *d = g->out;
	const struct panel *p = g->panel;
	size_t room = all->n + 1;
	const char **name = ARENA_ARRAY(g->arena, const char *, room);
	const char **type = ARENA_ARRAY(g->arena, const char *, room);
	struct event_day *event = ARENA_ARRAY(g->arena, struct event_day, room);
	for (size_t k = 0; k < all->n; k++) {
		name[k] = arena_strdup(g->arena, all->event[k].name);
		type[k] = arena_strdup(g->arena, all->event[k].type);
	}
	d->n_event_name = distinct(name, (int)all->n);
	d->n_event_type = distinct(type, (int)all->n);
	for (size_t k = 0; k < all->n; k++) {
		const struct event *ev = &all->event[k];
		struct event_day *to = &event[d->n_event];
		*to = (struct event_day){ period_of_day(&p->calendar, ev->day), 0, p->n,
					  number_of(ev->name, name, d->n_event_name),
					  number_of(ev->type, type, d->n_event_type), ev->closed };
		if (ev->store)
			panel_store(p, ev->store, &to->series_from, &to->series_to);
		d->n_event += to->series_from < to->series_to;
	}
	qsort(event, (size_t)d->n_event, sizeof *event, by_period);
	d->event = event;
	d->event_name = name;
	d->event_type = type;
	d->event_from = period_of_day(&p->calendar, all->from);
	d->event_until = period_of_day(&p->calendar, all->until);
}

static enum status user_events(struct gather *g, day_t from, struct events *out, struct err *e)
{
	struct stmt s;
	VEC(struct event) all = { 0 };
	day_t first = from, until = g->feed_last;
	enum status status = query_day(g, "SELECT max(until_day) FROM calendar_span", &until, e);
	if (!status)
		status = stmt_open(&s, g->db, "SELECT c.day, s.name, c.name, c.type, c.closed"
				   " FROM calendar_event c LEFT JOIN store s ON s.id = c.store"
				   " WHERE c.store = 0 OR s.name IS NOT NULL"
				   " ORDER BY c.day, s.name, c.name", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		const char *store = stmt_get_text(&s, 1);
		struct event one = { (day_t)stmt_get_int(&s, 0),
				     store ? arena_strdup(&g->scratch, store) : NULL,
				     arena_strdup(&g->scratch, stmt_get_text(&s, 2)),
				     arena_strdup(&g->scratch, stmt_get_text(&s, 3)),
				     (int)stmt_get_int(&s, 4) };
		first = one.day < first ? one.day : first;
		until = one.day > until ? one.day : until;
		VEC_PUSH(&all, one);
	}
	events_copy(out, all.at, all.n, first, until > g->feed_last ? until : g->feed_last);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static period_t first_period(const struct panel *p)
{
	period_t first = p->until;
	for (int i = 0; i < p->n; i++)
		first = p->first[i] < first ? p->first[i] : first;
	return first;
}

/* The user's events, and the holidays of the region where one is set. */
static enum status gather_events(struct gather *g, struct err *e)
{
	const struct panel *p = g->panel;
	const char *region = g->request->region;
	struct events user = { 0 }, rules = { 0 }, both = { 0 };
	day_t from = period_start(&p->calendar, first_period(p));
	enum status status = user_events(g, from, &user, e);
	if (!status && region && *region && p->calendar.kind != PERIOD_NUMBER) {
		status = events_holidays(&rules, region, from, g->feed_last + YEARS_AHEAD, e);
		if (!status)
			events_merge(&both, &rules, &user);
	}
	if (!status && (user.n || rules.n))
		put_events(g, rules.n ? &both : &user);
	events_release(&user);
	events_release(&rules);
	events_release(&both);
	return status;
}

/* All values that an attribute has, ascending: also of stores that were not asked for, so that a store by
 * itself has the same numbers. */
static enum status attribute_values(struct gather *g, const char *name, const char ***out, int *n,
				    struct err *e)
{
	struct stmt s;
	VEC(const char *) all = { 0 };
	enum status status = stmt_open(&s, g->db, "SELECT DISTINCT value FROM attribute WHERE name = ?1"
				       " AND value <> '' ORDER BY value", e);
	if (status)
		return status;
	stmt_text(&s, 1, name);
	while (stmt_step(&s))
		VEC_PUSH(&all, arena_strdup(g->arena, stmt_get_text(&s, 0)));
	*n = (int)all.n;
	*out = ARENA_ARRAY(g->arena, const char *, all.n + 1);
	if (all.n)
		memcpy(*out, all.at, all.n * sizeof **out);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

/* One attribute as numbers; "" is not told. */
static enum status put_attribute(struct gather *g, struct attribute *a, const char *name, int of_store,
				 struct err *e)
{
	int n = g->panel->n, n_value;
	const char **value, **text = ARENA_ARRAY(&g->scratch, const char *, n + 1);
	enum status status = db_attribute_column(g->db, name, g->catalog, n, &g->scratch, text, e);
	if (!status)
		status = attribute_values(g, name, &value, &n_value, e);
	if (status)
		return status;
	int32_t *code = ARENA_ARRAY(g->arena, int32_t, n + 1);
	for (int i = 0; i < n; i++)
		code[i] = *text[i] ? number_of(text[i], value, n_value) : -1;
	*a = (struct attribute){ arena_strdup(g->arena, name), of_store, n_value, value, code };
	return OK;
}

static enum status gather_attributes(struct gather *g, struct err *e)
{
	const char **name[2] = { NULL, NULL };
	int n[2] = { 0, 0 };
	enum status status = db_attributes(g->db, "item", &g->scratch, &name[0], &n[0], e);
	if (!status)
		status = db_attributes(g->db, "store", &g->scratch, &name[1], &n[1], e);
	if (status || !(n[0] + n[1]))
		return status;
	struct attribute *all = ARENA_ARRAY(g->arena, struct attribute, n[0] + n[1]);
	g->out->attribute = all;
	for (int of_store = 0; of_store < 2; of_store++)
		for (int k = 0; !status && k < n[of_store]; k++) {
			/* Of one name in both the item's stands, as everywhere. */
			if (of_store && driver_attribute(g->out, name[1][k]))
				continue;
			status = put_attribute(g, &all[g->out->n_attribute], name[of_store][k], of_store, e);
			g->out->n_attribute += !status;
		}
	return status;
}

/* Adds a day's share of hours to the mean of its period. */
static void add_share(const struct gather *g, float *share, uint8_t *days, period_t t, int64_t id, double x)
{
	const struct panel *p = g->panel;
	int i = gather_series(g, id);
	if (i < 0 || t < p->first[i] || t > p->until)
		return;
	int64_t at = p->begin[i] + t - p->first[i];
	double had = days[at] ? (double)share[at] * days[at] : 0;
	days[at]++;
	share[at] = (float)((had + x) / days[at]);
}

/* Hours out of stock as a share of those open: the mean of the period's days. */
static enum status gather_stock(struct gather *g, struct err *e)
{
	const struct panel *p = g->panel;
	struct stmt s;
	int64_t any;
	enum status status = db_query_int(g->db, "SELECT EXISTS(SELECT 1 FROM stock WHERE hours_open > 0"
					  " AND hours_out IS NOT NULL)", 0, &any, e);
	if (status || !any)
		return status;
	size_t cells = (size_t)p->begin[p->n];
	float *share = ARENA_ARRAY(g->arena, float, cells + 1);
	uint8_t *days = ARENA_ARRAY(&g->scratch, uint8_t, cells + 1);
	for (size_t k = 0; k < cells; k++)
		share[k] = NAN;
	status = stmt_open(&s, g->db, "SELECT series, hours_out / hours_open FROM stock WHERE day = ?1"
			   " AND series BETWEEN ?2 AND ?3 AND hours_open > 0 AND hours_out IS NOT NULL"
			   " ORDER BY series", e);
	if (status)
		return status;
	period_t first = first_period(p);
	day_t end = period_start(&p->calendar, p->until + 1);
	for (day_t day = period_start(&p->calendar, first); day < end; day++) {
		stmt_int(&s, 1, day);
		stmt_int(&s, 2, g->low);
		stmt_int(&s, 3, g->high);
		while (stmt_step(&s))
			add_share(g, share, days, period_of_day(&p->calendar, day), stmt_get_int(&s, 0),
				  fmax(0, fmin(1, stmt_get_real(&s, 1))));
		stmt_reset(&s);
	}
	g->out->share_out = share;
	return stmt_close(&s, e);
}

/* Names that are the sales themselves: as a driver they would tell a method what it is to find. */
static enum status check_lists(const struct panel_request *r, struct err *e)
{
	static const char *const sales[] = { "units", "sales", "sold", "demand", "revenue", NULL };
	for (int k = 0; sales[k]; k++)
		if (list_has(r->known, sales[k]) || list_has(r->past, sales[k]))
			return err_set(e, E_USAGE, "'%s' is what is forecast, so it is no driver: a"
				       " forecast would use sales at a lag shorter than its horizon", sales[k]);
	for (const char *at = r->known ? r->known : ""; *at;) {
		char name[128];
		size_t n = strcspn(at, ", ");
		if (n && n < sizeof name) {
			memcpy(name, at, n);
			name[n] = '\0';
			if (list_has(r->past, name))
				return err_set(e, E_USAGE, "driver '%s' is declared both known ahead"
					       " (driver.known) and past (driver.past)", name);
		}
		at += n;
		at += strspn(at, ", ");
	}
	return OK;
}

enum status db_drivers(struct db *db, const struct panel_request *request,
		       const struct catalog_series *catalog, struct panel_owner *owner, struct err *e)
{
	struct gather g = { .db = db, .request = request, .panel = &owner->panel, .catalog = catalog,
			    .arena = &owner->arena };
	day_t first;
	enum status status = check_lists(request, e);
	if (!status)
		status = db_sales_span(db, DAY_NONE, &first, &g.feed_last, e);
	if (!status) {
		lay_out(&g);
		g.out = ARENA_ARRAY(g.arena, struct drivers, 1);
		g.out->n = owner->panel.n;
		status = gather_prices(&g, e);
	}
	if (!status)
		status = gather_promotions(&g, e);
	if (!status)
		status = gather_events(&g, e);
	if (!status)
		status = gather_attributes(&g, e);
	if (!status)
		status = gather_columns(&g, e);
	if (!status)
		status = gather_stock(&g, e);
	/* The nodes of one store alone are not those that the sums are of. */
	if (!status && !request->store)
		status = db_history(db, &owner->panel.calendar, owner->panel.until, g.arena, g.out, e);
	if (!status)
		owner->panel.drivers = g.out;
	arena_release(&g.scratch);
	return status ? err_wrap(e, "drivers") : OK;
}
