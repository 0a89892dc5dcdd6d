/* Findings out of what is known beside the rows: the ledger, the lists, the prices, the calendar. */
#include "config.h"
#include "quality/check_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_ALONE 20

/* Which rule a rejected row belongs to, by its reason and field. */
static enum check_rule reject_rule(const struct feed_reject *r)
{
	if (strstr(r->reason, "duplicate") || strstr(r->reason, "stands again"))
		return CHECK_DUPLICATE;
	if (strstr(r->reason, "future"))
		return CHECK_FUTURE;
	if (!strcmp(r->field, "price"))
		return CHECK_PRICE;
	return CHECK_REJECT;
}

static void tell_rejects(struct check *c, const struct feed_facts *facts)
{
	for (int i = 0; i < facts->n_reject; i++) {
		const struct feed_reject *r = &facts->reject[i];
		enum check_rule rule = reject_rule(r);
		if (rule == CHECK_DUPLICATE && !c->contract.keys_unique)
			continue;
		/* The row is out already: nothing that it could spoil is left to block. */
		enum severity severity = c->contract.severity[rule];
		if (severity > SEVERITY_QUARANTINE)
			severity = SEVERITY_QUARANTINE;
		const char *name = strrchr(r->path, '/') ? strrchr(r->path, '/') + 1 : r->path;
		check_tell(c, &(struct finding){
			.rule = check_rule_name(rule), .severity = severity, .day = DAY_NONE,
			.until = DAY_NONE, .value = NAN, .expected = NAN, .cases = r->rows,
			.text = check_text(c, "%lld row%s not taken: %.120s, first %.80s:%lld%s%.60s%s",
					   (long long)r->rows, r->rows == 1 ? "" : "s", r->reason, name,
					   (long long)r->line, *r->value ? " '" : "", r->value,
					   *r->value ? "'" : "") });
	}
}

static void tell_unknown_stores(struct check *c)
{
	const struct feed_scope *s = c->in.scope;
	for (int k = 0; c->contract.stores_declared && k < s->n_store; k++)
		if (s->store_declared[k] == DECLARED_NOT)
			check_tell(c, &(struct finding){
				.rule = check_rule_name(CHECK_UNKNOWN),
				.severity = c->contract.severity[CHECK_UNKNOWN], .store = s->store[k],
				.day = DAY_NONE, .until = DAY_NONE, .value = NAN, .expected = NAN,
				.cases = 1, .text = "store is not in the list of stores" });
}

/* An item is told once, with the number of stores that sell it. */
static void tell_unknown_items(struct check *c)
{
	const struct feed_scope *s = c->in.scope;
	VEC(struct finding) told = { 0 };
	for (int i = 0; c->contract.items_declared && i < s->n; i++) {
		size_t k = 0;
		if (s->item_declared[i] != DECLARED_NOT)
			continue;
		for (; k < told.n && strcmp(told.at[k].item, s->key[i].item); k++)
			;
		if (k < told.n)
			told.at[k].cases++;
		else if (told.n <= 10 * TOLD_ALONE)
			VEC_PUSH(&told, (struct finding){ .rule = check_rule_name(CHECK_UNKNOWN),
				.severity = c->contract.severity[CHECK_UNKNOWN], .item = s->key[i].item,
				.day = DAY_NONE, .until = DAY_NONE, .value = NAN, .expected = NAN,
				.cases = 1 });
	}
	for (size_t k = 0; k < told.n && told.n <= TOLD_ALONE; k++) {
		told.at[k].text = check_text(c, "item is not in the list of items (%lld series)",
					     (long long)told.at[k].cases);
		check_tell(c, &told.at[k]);
	}
	if (told.n > TOLD_ALONE) {
		int64_t series = 0;
		for (int i = 0; i < s->n; i++)
			series += s->item_declared[i] == DECLARED_NOT;
		told.at[0].cases = series;
		told.at[0].text = check_text(c, "items of %lld series are not in the list of items,"
						" '%.80s' among them", (long long)series,
					     told.at[0].item);
		told.at[0].item = NULL;
		check_tell(c, &told.at[0]);
	}
	VEC_FREE(&told);
}

static void tell_prices(struct check *c, const struct feed_facts *facts)
{
	const struct feed_scope *s = c->in.scope;
	struct finding f = { .rule = check_rule_name(CHECK_PRICE),
			     .severity = c->contract.severity[CHECK_PRICE], .day = DAY_NONE,
			     .until = DAY_NONE, .value = NAN, .expected = NAN };
	int64_t rows = 0;
	for (int i = 0; i < facts->n_price; i++) {
		const struct feed_price *p = &facts->price[i];
		rows += p->rows;
		if (facts->n_price > TOLD_ALONE)
			continue;
		f.store = s->key[p->series].store;
		f.item = s->key[p->series].item;
		f.day = p->day;
		f.value = p->price;
		f.cases = p->rows;
		f.text = check_text(c, "price of %g from %s on", p->price, check_date(c, p->day));
		check_tell(c, &f);
	}
	f.store = f.item = NULL;
	f.day = DAY_NONE;
	if (facts->n_price > TOLD_ALONE) {
		f.cases = rows;
		f.value = NAN;
		f.text = check_text(c, "%lld prices of %d series are zero or less", (long long)rows,
				    facts->n_price);
		check_tell(c, &f);
	}
	if (facts->price_max > c->contract.price_max) {
		f.cases = 1;
		f.value = facts->price_max;
		f.expected = c->contract.price_max;
		f.text = check_text(c, "largest price %g is above the contract's %g", f.value,
				    f.expected);
		check_tell(c, &f);
	}
}

static void tell_future(struct check *c)
{
	const struct feed_scope *s = c->in.scope;
	if (c->in.today == DAY_NONE || s->last_ever == DAY_NONE || s->last_ever <= c->in.today
	    || s->calendar.kind == PERIOD_NUMBER)
		return;
	check_tell(c, &(struct finding){
		.rule = check_rule_name(CHECK_FUTURE), .severity = c->contract.severity[CHECK_FUTURE],
		.day = s->last_ever, .until = DAY_NONE, .value = NAN, .expected = NAN, .cases = 1,
		.text = check_text(c, "sales of %s, a day that has not come (today is %s)",
				   check_date(c, s->last_ever), check_date(c, c->in.today)) });
}

static void tell_calendar_end(struct check *c, const struct feed_facts *facts)
{
	const struct calendar *calendar = &c->in.scope->calendar;
	period_t end = c->until + c->in.horizon;
	for (int i = 0; i < facts->n_span; i++) {
		const struct feed_span *span = &facts->span[i];
		if (period_of_day(calendar, span->until) >= end)
			continue;
		check_tell(c, &(struct finding){
			.rule = check_rule_name(CHECK_HORIZON),
			.severity = c->contract.severity[CHECK_HORIZON], .day = span->until,
			.until = period_start(calendar, end), .value = NAN, .expected = NAN, .cases = 1,
			.text = check_text(c, "calendar '%.80s' ends on %s, before the forecasts do (%s)",
					   span->source, check_date(c, span->until),
					   check_date(c, period_start(calendar, end))) });
	}
}

void check_facts(struct check *c, const struct feed_facts *facts)
{
	tell_rejects(c, facts);
	tell_unknown_stores(c);
	tell_unknown_items(c);
	tell_prices(c, facts);
	tell_future(c);
	tell_calendar_end(c, facts);
}
