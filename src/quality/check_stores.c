/* Findings out of whole stores and of the feed: silences, closings, volume, age, stock. */
#include "config.h"
#include "quality/check_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RECENT_FEED 28  /* periods: an older hole in a feed is told, but degrades nothing any more */
#define GONE 56         /* periods of silence after which a store is not late but gone */
#define WEEKS 8         /* weeks whose same weekday makes the usual volume */
#define WEEKS_LEAST 4

static int is_basis(const struct check *c, size_t at, const char *name)
{
	return !strcmp(state_basis(c->table.basis[at]), name);
}

/* Days of one store in one state. */
struct silence {
	day_t first, last;
	int days, half;
};

/* recent 1: those of the last periods, 0: those before, -1: all. */
static void count_silence(struct check *c, int store, enum day_state state, int recent,
			  struct silence *s)
{
	const struct store_table *t = &c->table;
	*s = (struct silence){ DAY_NONE, DAY_NONE, 0, 0 };
	for (int p = 0; p < t->n; p++) {
		size_t at = (size_t)store * (size_t)(t->n + t->n_ahead) + (size_t)p;
		if (t->state[at] != state || (recent >= 0 && (p >= t->n - RECENT_FEED) != recent))
			continue;
		s->last = period_start(&t->calendar, t->first + p);
		if (!s->days++)
			s->first = s->last;
		s->half += is_basis(c, at, "half");
	}
}

static void tell_silence(struct check *c, int store, enum day_state state, int recent)
{
	struct silence s;
	enum check_rule rule = state == DAY_NOFEED ? CHECK_NOFEED : CHECK_GAP;
	enum severity severity = c->contract.severity[rule];
	count_silence(c, store, state, recent, &s);
	if (!s.days)
		return;
	if (!recent && rule == CHECK_NOFEED && severity == SEVERITY_WARN)
		severity = SEVERITY_NOTE;
	const char *when = s.days == 1
		? check_text(c, "on %s", check_date(c, s.first))
		: check_text(c, "on %d days, %s .. %s", s.days, check_date(c, s.first),
			     check_date(c, s.last));
	const char *text = rule == CHECK_GAP
		? check_text(c, "no rows at all %s, and no peers to tell why", when)
		: check_text(c, "%s %s, while its peers reported",
			     s.half == s.days ? "only a part of its rows came" : "no rows came", when);
	check_tell(c, &(struct finding){ .rule = check_rule_name(rule), .severity = severity,
					 .store = c->in.scope->store[store], .day = s.first,
					 .until = s.last, .value = NAN, .expected = NAN,
					 .cases = s.days, .text = text });
}

/* Closings by how they are known, one finding for each way. */
static void tell_closed(struct check *c, const char *basis, const char *how)
{
	const struct store_table *t = &c->table;
	int64_t cases = 0;
	int stores = 0, only = -1;
	day_t first = DAY_NONE, last = DAY_NONE;
	for (int k = 0; k < t->n_store; k++) {
		int mine = 0;
		for (int p = 0; p < t->n; p++) {
			size_t at = (size_t)k * (size_t)(t->n + t->n_ahead) + (size_t)p;
			if (t->state[at] != DAY_CLOSED || !is_basis(c, at, basis))
				continue;
			day_t day = period_start(&t->calendar, t->first + p);
			first = first == DAY_NONE || day < first ? day : first;
			last = last == DAY_NONE || day > last ? day : last;
			mine++;
		}
		cases += mine;
		if (mine && !stores++)
			only = k;
	}
	if (!cases)
		return;
	const char *who = stores == 1 ? "shut" : check_text(c, "%d stores shut", stores);
	const char *when = first == last
		? check_text(c, "on %s", check_date(c, first))
		: check_text(c, "on %lld %sdays, %s .. %s", (long long)cases,
			     stores == 1 ? "" : "store-", check_date(c, first), check_date(c, last));
	check_tell(c, &(struct finding){ .rule = check_rule_name(CHECK_CLOSED),
					 .severity = c->contract.severity[CHECK_CLOSED],
					 .store = stores == 1 ? c->in.scope->store[only] : NULL,
					 .day = first, .until = last, .value = NAN, .expected = NAN,
					 .cases = cases,
					 .text = check_text(c, "%s %s (%s)", who, when, how) });
}

static void tell_all_closed(struct check *c)
{
	static const char *const way[][2] = {
		{ "calendar", "by the calendar" },
		{ "weekday", "regularly on that weekday" },
		{ "holiday", "public holidays without sales" },
		{ "annual", "the same days each year" },
		{ "empty", "rows came, but nothing was sold" },
		{ "long", "no rows for more than 56 days" },
	};
	for (size_t i = 0; i < sizeof way / sizeof *way; i++)
		tell_closed(c, way[i][0], way[i][1]);
}

/* Last period with rows of a store, relative to the table; -1: none. */
static int last_period(const struct check *c, int store)
{
	const uint32_t *rows = c->table.rows + (size_t)store * (size_t)c->table.n;
	int p = c->table.n - 1;
	while (p >= 0 && !rows[p])
		p--;
	return p;
}

/* The longest silence of a store before its last row. */
static int longest_silence(const struct check *c, int store, int last)
{
	const uint32_t *rows = c->table.rows + (size_t)store * (size_t)c->table.n;
	int longest = 0, heard = last;
	for (int p = last - 1; p >= 0; p--) {
		if (!rows[p])
			continue;
		longest = heard - p > longest ? heard - p : longest;
		heard = p;
	}
	return longest;
}

/* A store is late when it is silent for longer than it ever was before. */
static void tell_stale_store(struct check *c, int store, int feed_last)
{
	int last = last_period(c, store), age = c->table.n - 1 - last, late = feed_last - last;
	if (c->table.n_open[store] < c->table.n) /* shut, as somebody told */
		return;
	if (last < 0 || late <= c->contract.max_age || late <= longest_silence(c, store, last))
		return;
	day_t day = period_start(&c->table.calendar, c->table.first + last);
	int gone = age > GONE;
	check_tell(c, &(struct finding){
		.rule = check_rule_name(CHECK_STALE),
		.severity = gone ? SEVERITY_NOTE : c->contract.severity[CHECK_STALE],
		.store = c->in.scope->store[store], .day = day, .until = DAY_NONE, .value = age,
		.expected = c->contract.max_age, .cases = age,
		.text = check_text(c, "%s since %s, %d periods ago", gone ? "gone: nothing came"
				   : "nothing came", check_date(c, day), age) });
}

static void tell_stale_feed(struct check *c)
{
	const struct calendar *calendar = &c->table.calendar;
	period_t last = period_of_day(calendar, c->in.scope->last);
	int age = c->until - last;
	if (c->contract.live && c->in.today != DAY_NONE) {
		int running = calendar->kind == PERIOD_DAY ? 0 : 1;
		int by_clock = period_of_day(calendar, c->in.today) - last - running;
		age = by_clock > age ? by_clock : age;
	}
	if (age <= c->contract.max_age)
		return;
	check_tell(c, &(struct finding){
		.rule = check_rule_name(CHECK_STALE), .severity = c->contract.severity[CHECK_STALE],
		.day = c->in.scope->last, .until = DAY_NONE, .value = age,
		.expected = c->contract.max_age, .cases = age,
		.text = check_text(c, "the feed ends on %s, %d periods ago",
				   check_date(c, c->in.scope->last), age) });
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *x, int n)
{
	qsort(x, (size_t)n, sizeof *x, by_value);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* Rows at period p of the stores that were open and whole on the last one. */
static double rows_at(const struct check *c, int p)
{
	const struct store_table *t = &c->table;
	double rows = 0;
	for (int k = 0; k < t->n_store; k++)
		if (t->state[(size_t)k * (size_t)(t->n + t->n_ahead) + (size_t)(t->n - 1)] == DAY_SOLD)
			rows += t->rows[(size_t)k * (size_t)t->n + (size_t)p];
	return rows;
}

/*
 * The last day's rows against the same weekday of the eight weeks before. Beside the contract's share
 * the departure must stand out of these weeks' own spread: three, for a block six, times the median
 * absolute deviation scaled to a standard deviation (1.4826).
 */
static void tell_volume(struct check *c)
{
	double usual[WEEKS], spread[WEEKS];
	int n = 0, last = c->table.n - 1, step = c->table.calendar.kind == PERIOD_DAY ? 7 : 1;
	for (int k = 1; k <= WEEKS && last - step * k >= 0; k++) {
		usual[n] = rows_at(c, last - step * k);
		n += usual[n] > 0;
	}
	double rows = last < 0 ? 0 : rows_at(c, last);
	if (n < WEEKS_LEAST || !(rows > 0))
		return;
	double middle = median(usual, n);
	for (int i = 0; i < n; i++)
		spread[i] = fabs(usual[i] - middle);
	double sigma = fmax(1.4826 * median(spread, n), sqrt(middle));
	double off = fabs(rows - middle), share = off / middle;
	int blocks = share > c->contract.volume_block && off > 6 * sigma;
	if (!blocks && (share <= c->contract.volume_warn || off <= 3 * sigma))
		return;
	enum severity severity = c->contract.severity[CHECK_VOLUME];
	if (!blocks && severity > SEVERITY_WARN)
		severity = SEVERITY_WARN;
	check_tell(c, &(struct finding){
		.rule = check_rule_name(CHECK_VOLUME), .severity = severity, .day = c->in.as_of,
		.until = DAY_NONE, .value = rows, .expected = middle, .cases = 1,
		.text = check_text(c, "%.0f rows on the last day, where %.0f are usual", rows, middle) });
}

static void tell_stock(struct check *c)
{
	int64_t runs = 0, days = 0;
	for (size_t i = 0; i < c->runs.run.n; i++) {
		runs += c->runs.run.at[i].chosen;
		days += c->runs.run.at[i].chosen ? c->runs.run.at[i].n : 0;
	}
	struct finding f = { .rule = check_rule_name(CHECK_STOCKOUT),
			     .severity = c->contract.severity[CHECK_STOCKOUT], .day = DAY_NONE,
			     .until = DAY_NONE, .value = NAN, .expected = NAN };
	if (c->stock_out) {
		f.cases = c->stock_out;
		f.day = c->stock_first;
		f.until = c->stock_last;
		f.value = (double)c->stock_out / (double)c->stock_rows;
		f.text = check_text(c, "out of stock on %lld of %lld series-days with a stock row"
				       " (%.1f %%)", (long long)c->stock_out, (long long)c->stock_rows,
				    100 * f.value);
		check_tell(c, &f);
	}
	if (runs) {
		f.cases = days;
		f.day = f.until = DAY_NONE;
		f.value = NAN;
		f.text = check_text(c, "%lld runs without sale, %lld series-days, are improbably long: was"
				       " the shelf empty, or had demand gone?", (long long)runs,
				    (long long)days);
		check_tell(c, &f);
	}
}

void check_stores(struct check *c)
{
	if (c->in.scope->last == DAY_NONE)
		return;
	int feed_last = period_of_day(&c->table.calendar, c->in.scope->last) - c->table.first;
	for (int k = 0; k < c->table.n_store; k++) {
		tell_silence(c, k, DAY_NOFEED, 1);
		tell_silence(c, k, DAY_NOFEED, 0);
		tell_silence(c, k, DAY_MISSING, -1);
		tell_stale_store(c, k, feed_last);
	}
	tell_all_closed(c);
	tell_stale_feed(c);
	tell_volume(c);
	tell_stock(c);
}
