/*
 * Numeric columns out of the db: of the chain, of each store, or of every series, whichever is the
 * finest that a name has rows of; a narrower row stands before a wider one of the same day.
 *
 * A wide calendar knows no stores, so it has a column for each group of them ("snap_ca", "snap_tx").
 * Columns of the chain whose names end in the values of a store attribute are made one column of the
 * stores: what a store has in "snap" is what "snap_ca" says where its state is CA.
 */
#include "config.h"
#include "io/db_driver_private.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"

enum width { OF_CHAIN, OF_STORES, OF_SERIES };

/* A name in table driver. */
struct found {
	const char *name;
	day_t from, until;
	enum width width;
	int flag;          /* of the chain, and only 0 and 1 */
	int column;        /* number of the column it goes into */
	int row;           /* its row where the column has one for each value of an attribute, else -1 */
};

/* A column in the making. */
struct making {
	struct driver_column c;
	int n_name;                /* names that go into it */
	const struct attribute *by; /* the attribute whose values its rows are, or NULL */
	float *value;
	float *day;                /* [n_row] of the day in hand */
	uint16_t *days;            /* [n_row][periods] days that a value is the mean of */
};

static enum status find_names(struct gather *g, struct found **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct found) all = { 0 };
	/* By seeks in the key's order, not by a scan: the table may hold a row for every series and day. */
	enum status status = stmt_open(&s, g->db, "WITH RECURSIVE n(name) AS (SELECT min(name) FROM driver"
		" UNION ALL SELECT (SELECT min(name) FROM driver d WHERE d.name > n.name) FROM n"
		" WHERE n.name IS NOT NULL), w AS MATERIALIZED (SELECT name, CASE"
		" WHEN NOT EXISTS(SELECT 1 FROM driver d WHERE d.name = n.name AND d.series <> 0) THEN 0"
		" WHEN NOT EXISTS(SELECT 1 FROM driver d WHERE d.name = n.name AND d.series % ?1 <> 0) THEN 1"
		" ELSE 2 END AS width FROM n WHERE name IS NOT NULL) SELECT name,"
		" (SELECT min(day) FROM driver d WHERE d.name = w.name),"
		" (SELECT max(day) FROM driver d WHERE d.name = w.name), width,"
		" width = 0 AND NOT EXISTS(SELECT 1 FROM driver d WHERE d.name = w.name"
		" AND d.value NOT IN (0, 1)) FROM w ORDER BY name", e);
	if (status)
		return status;
	stmt_int(&s, 1, SERIES_PER_STORE);
	while (stmt_step(&s))
		VEC_PUSH(&all, (struct found){ arena_strdup(g->arena, stmt_get_text(&s, 0)),
					       (day_t)stmt_get_int(&s, 1), (day_t)stmt_get_int(&s, 2),
					       (enum width)stmt_get_int(&s, 3), (int)stmt_get_int(&s, 4),
					       0, -1 });
	*n = (int)all.n;
	*out = ARENA_ARRAY(&g->scratch, struct found, all.n + 1);
	if (all.n)
		memcpy(*out, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static int same_letters(const char *a, const char *b)
{
	while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* Number of a value of the attribute that a text equals but for case, or -1. */
static int value_number(const struct attribute *a, const char *text)
{
	for (int v = 0; v < a->n_value; v++)
		if (same_letters(a->value[v], text))
			return v;
	return -1;
}

/* Does a name of the chain end in a value of a store attribute? *prefix: length before it. */
static const struct attribute *borne_by(const struct gather *g, const struct found *f, int *value,
					size_t *prefix)
{
	if (f->width != OF_CHAIN)
		return NULL;
	for (const char *at = strchr(f->name, '_'); at; at = strchr(at + 1, '_'))
		for (int k = 0; at > f->name && at[1] && k < g->out->n_attribute; k++) {
			const struct attribute *a = &g->out->attribute[k];
			*value = a->of_store ? value_number(a, at + 1) : -1;
			*prefix = (size_t)(at - f->name);
			if (*value >= 0)
				return a;
		}
	return NULL;
}

static enum driver_known told_known(const struct gather *g, const struct found *f, const char *merged)
{
	const struct panel_request *r = g->request;
	if (list_has(r->known, f->name) || list_has(r->known, merged))
		return DRIVER_KNOWN;
	if (list_has(r->past, f->name) || list_has(r->past, merged))
		return DRIVER_PAST;
	/* A calendar speaks of days that have not come; measurements do not. */
	return f->width == OF_CHAIN && f->until > g->feed_last ? DRIVER_KNOWN : DRIVER_PAST;
}

/* The policy "name=carry|zero|none" of a list; `usual` where the name is not in it. */
static enum status missing_of(const char *list, const char *name, enum driver_missing usual,
			      enum driver_missing *out, struct err *e)
{
	static const char *const policy[] = { [MISSING_CARRY] = "carry", [MISSING_ZERO] = "zero",
					      [MISSING_NONE] = "none" };
	size_t length = strlen(name);
	*out = usual;
	for (const char *at = list ? list : ""; *at;) {
		size_t n = strcspn(at, ", "), k = 0;
		const char *is = memchr(at, '=', n);
		size_t value = is ? (size_t)(at + n - is - 1) : 0;
		while (k < 3 && (!is || strlen(policy[k]) != value || strncmp(is + 1, policy[k], value)))
			k++;
		if (n && k == 3)
			return err_set(e, E_USAGE, "'%.*s' in driver.missing is not of the form"
				       " name=carry, name=zero or name=none", (int)n, at);
		if (n && (size_t)(is - at) == length && !strncmp(at, name, length))
			*out = (enum driver_missing)k;
		at += n;
		at += strspn(at, ", ");
	}
	return OK;
}

/* The column of a merged prefix that was begun before, or -1. */
static int find_making(const struct making *all, int n, const char *name, const struct attribute *by)
{
	for (int k = 0; k < n; k++)
		if (all[k].by == by && !strcmp(all[k].c.name, name))
			return k;
	return -1;
}

/* Puts every name into a column: its own, or one that the stores share. */
static enum status plan_columns(struct gather *g, struct found *f, int n, struct making *all, int *n_out,
				struct err *e)
{
	*n_out = 0;
	for (int k = 0; k < n; k++) {
		size_t prefix = 0;
		int value = -1;
		const struct attribute *by = borne_by(g, &f[k], &value, &prefix);
		char *name = arena_strdup(g->arena, f[k].name);
		if (by)
			name[prefix] = '\0';
		int at = by ? find_making(all, *n_out, name, by) : -1;
		if (at < 0) {
			at = (*n_out)++;
			all[at].by = by;
			all[at].c = (struct driver_column){
				.name = name, .known = told_known(g, &f[k], name),
				.from = INT32_MAX, .until = INT32_MIN,
				.n_row = by ? by->n_value : f[k].width == OF_CHAIN ? 1
					: f[k].width == OF_STORES ? g->n_store : g->panel->n };
			enum status status = missing_of(g->request->missing, name,
							f[k].flag ? MISSING_ZERO : MISSING_CARRY,
							&all[at].c.missing, e);
			if (status)
				return status;
		}
		struct driver_column *c = &all[at].c;
		period_t from = period_of_day(&g->panel->calendar, f[k].from);
		period_t until = period_of_day(&g->panel->calendar, f[k].until);
		c->from = from < c->from ? from : c->from;
		c->until = until > c->until ? until : c->until;
		f[k].column = at;
		f[k].row = by ? value : -1;
		all[at].n_name++;
	}
	return OK;
}

/* Memory of a column, and which row is whose. */
static void lay_out_column(struct gather *g, struct making *m, enum width width)
{
	int n = g->panel->n;
	int32_t *row = NULL;
	size_t cells = (size_t)m->c.n_row * (size_t)(m->c.until - m->c.from + 1);
	if (m->by || width == OF_SERIES) {
		row = ARENA_ARRAY(g->arena, int32_t, n + 1);
		/* A store that bears none of the values gets a row in which nothing is told. */
		for (int i = 0; i < n; i++)
			row[i] = !m->by ? i : m->by->code[i] < 0 ? m->c.n_row : m->by->code[i];
		if (m->by) {
			cells += (size_t)(m->c.until - m->c.from + 1);
			m->c.n_row++;
		}
	} else if (width == OF_STORES) {
		row = g->store_of;
	}
	m->c.row_of = row;
	m->value = ARENA_ARRAY(g->arena, float, cells + 1);
	m->days = ARENA_ARRAY(&g->scratch, uint16_t, cells + 1);
	m->day = ARENA_ARRAY(&g->scratch, float, m->c.n_row + 1);
	m->c.value = m->value;
	for (size_t k = 0; k < cells; k++)
		m->value[k] = NAN;
	for (int k = 0; k < m->c.n_row; k++)
		m->day[k] = NAN;
}

/* Adds the values of a day to the means of its period, and empties it. */
static void end_day(const struct gather *g, struct making *m, day_t day)
{
	size_t width = (size_t)(m->c.until - m->c.from + 1);
	period_t t = period_of_day(&g->panel->calendar, day);
	for (int k = 0; k < m->c.n_row; k++) {
		size_t at = (size_t)k * width + (size_t)(t - m->c.from);
		float v = m->day[k];
		if (isnan(v))
			continue;
		m->days[at]++;
		m->value[at] = m->days[at] == 1 ? v
			: (float)((double)m->value[at] + ((double)v - (double)m->value[at]) / m->days[at]);
		m->day[k] = NAN;
	}
}

/* A row of the table into the day in hand. Ids ascend: the chain's, then a store's, then its series'. */
static void take_value(const struct gather *g, struct making *m, const struct found *f, int64_t id, float v)
{
	int i = -1;
	if (f->row >= 0) {
		m->day[f->row] = v;
	} else if (!id) {
		for (int k = 0; k < m->c.n_row; k++)
			m->day[k] = v;
	} else if (id % SERIES_PER_STORE == 0) {
		int store = gather_store(g, id / SERIES_PER_STORE);
		if (store >= 0 && f->width == OF_STORES)
			m->day[store] = v;
		for (i = store < 0 ? 0 : g->store_from[store]; store >= 0 && f->width == OF_SERIES
		     && i < g->store_from[store + 1]; i++)
			m->day[i] = v;
	} else {
		i = gather_series(g, id);
		if (i >= 0)
			m->day[i] = v;
	}
}

/* Of one store: key ranges on each day. */
static enum status read_store_values(struct gather *g, const struct found *f, struct making *m,
				     struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, g->db, "SELECT series, value FROM driver WHERE name = ?1"
				       " AND day = ?2 AND series = 0 UNION ALL SELECT series, value"
				       " FROM driver WHERE name = ?1 AND day = ?2"
				       " AND series BETWEEN ?3 AND ?4 ORDER BY 1", e);
	if (status)
		return status;
	for (day_t day = f->from; day <= f->until; day++) {
		stmt_text(&s, 1, f->name);
		stmt_int(&s, 2, day);
		stmt_int(&s, 3, g->low);
		stmt_int(&s, 4, g->high);
		while (stmt_step(&s))
			take_value(g, m, f, stmt_get_int(&s, 0), (float)stmt_get_real(&s, 1));
		end_day(g, m, day);
		stmt_reset(&s);
	}
	return stmt_close(&s, e);
}

static enum status read_values(struct gather *g, const struct found *f, struct making *m, struct err *e)
{
	struct stmt s;
	day_t day = DAY_NONE;
	enum status status = stmt_open(&s, g->db, "SELECT day, series, value FROM driver WHERE name = ?1"
				       " ORDER BY day, series", e);
	if (status)
		return status;
	stmt_text(&s, 1, f->name);
	while (stmt_step(&s)) {
		day_t next = (day_t)stmt_get_int(&s, 0);
		if (day != DAY_NONE && next != day)
			end_day(g, m, day);
		day = next;
		take_value(g, m, f, stmt_get_int(&s, 1), (float)stmt_get_real(&s, 2));
	}
	if (day != DAY_NONE)
		end_day(g, m, day);
	return stmt_close(&s, e);
}

enum status gather_columns(struct gather *g, struct err *e)
{
	struct found *f = NULL;
	int n = 0, n_column = 0;
	enum status status = find_names(g, &f, &n, e);
	if (status)
		return status;
	struct making *all = ARENA_ARRAY(&g->scratch, struct making, n + 1);
	status = plan_columns(g, f, n, all, &n_column, e);
	for (int k = 0; !status && k < n; k++) {
		struct making *m = &all[f[k].column];
		if (!m->value)
			lay_out_column(g, m, f[k].width);
		status = g->request->store ? read_store_values(g, &f[k], m, e) : read_values(g, &f[k], m, e);
	}
	if (status)
		return status;
	struct driver_column *out = ARENA_ARRAY(g->arena, struct driver_column, n_column + 1);
	for (int k = 0; k < n_column; k++)
		out[k] = all[k].c;
	g->out->n_column = n_column;
	g->out->column = out;
	return OK;
}
