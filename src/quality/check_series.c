/*
 * Findings out of single series. A fault that many series of a store share is told once for the store,
 * with the number of series and the worst of them; only changes of unit are always told one by one,
 * because each of them keeps values out of the methods' sight.
 */
#include "config.h"
#include "quality/check_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_ALONE 20   /* series of a store with the same fault; more are told together */
#define RECENT_RATIO 7  /* days: an extreme value that young may be the begin of a change of unit */
#define SHARE_OF 100    /* series; in smaller panels a share says nothing and one is enough */

/* A fault of one series. */
struct fault {
	int32_t series, cases;
	day_t day, until;
	double value, expected;
};

/* What a rule says of a watch; returns 0 where it is fine. */
typedef int fault_of(const struct check *c, const struct watch *w, struct fault *f);

static int gap_fault(const struct check *c, const struct watch *w, struct fault *f)
{
	(void)c;
	f->cases = w->present_last - w->present_first + 1 - w->paused - w->rows;
	f->day = w->gap_day;
	f->value = w->rows;
	f->expected = w->rows + f->cases;
	return w->rows && f->cases > 0;
}

static int negative_fault(const struct check *c, const struct watch *w, struct fault *f)
{
	(void)c;
	f->cases = w->negative;
	f->day = w->negative_day;
	f->value = (double)w->worst;
	f->expected = 0;
	return w->negative > 0;
}

static int spike_fault(const struct check *c, const struct watch *w, struct fault *f)
{
	(void)c;
	f->cases = w->spikes;
	f->day = w->spike_day;
	f->value = (double)w->spike;
	f->expected = (double)w->spike_before;
	return w->spikes > 0;
}

static int shift_fault(const struct check *c, const struct watch *w, struct fault *f)
{
	(void)c;
	f->cases = 1;
	f->day = w->shift_day;
	f->value = (double)w->shift;
	f->expected = (double)w->shift_before;
	return w->shift_day != DAY_NONE;
}

static int range_fault(const struct check *c, const struct watch *w, struct fault *f)
{
	f->cases = w->over;
	f->day = w->over_day;
	f->value = (double)w->most;
	f->expected = c->contract.units_max;
	return w->over > 0;
}

static const char *series_text(struct check *c, enum check_rule rule, const struct fault *f)
{
	const char *day = check_date(c, f->day), *days = f->cases == 1 ? "day" : "days";
	switch (rule) {
	case CHECK_GAP:
		return check_text(c, "no row on %d %s between its first and last, the first of them %s",
				  f->cases, days, day);
	case CHECK_NEGATIVE:
		return check_text(c, "units below zero on %d %s, first on %s, least %g", f->cases, days,
				  day, f->value);
	case CHECK_SPIKE:
		return check_text(c, "%d %s far above its level, the largest on %s: %g where %g is usual",
				  f->cases, days, day, f->value, f->expected);
	case CHECK_SHIFT:
		return check_text(c, "level changed on %s and stayed: %g where %g had been usual", day,
				  f->value, f->expected);
	default:
		return check_text(c, "units above %g on %d %s, first on %s, largest %g", f->expected,
				  f->cases, days, day, f->value);
	}
}

static const char *store_text(struct check *c, enum check_rule rule, int n, int64_t cases,
			      const struct fault *worst)
{
	const char *item = c->in.scope->key[worst->series].item;
	static const char *const what[N_CHECK] = {
		[CHECK_GAP] = "lack rows",       [CHECK_NEGATIVE] = "have units below zero",
		[CHECK_SPIKE] = "have days far above their level",
		[CHECK_SHIFT] = "changed their level and kept it",
		[CHECK_RANGE] = "have units above the contract's limit",
	};
	return check_text(c, "%d series %s (%lld cases); most of them in item '%.80s': %s", n, what[rule],
			  (long long)cases, item, series_text(c, rule, worst));
}

static void tell_one(struct check *c, enum check_rule rule, const struct fault *f)
{
	const struct series_key *key = &c->in.scope->key[f->series];
	check_tell(c, &(struct finding){ .rule = check_rule_name(rule),
					 .severity = c->contract.severity[rule], .store = key->store,
					 .item = key->item, .day = f->day, .until = f->until,
					 .value = f->value, .expected = f->expected, .cases = f->cases,
					 .text = series_text(c, rule, f) });
}

/* The faults of one store's series [from, to) by one rule. */
static void tell_store(struct check *c, enum check_rule rule, fault_of *look, int from, int to)
{
	struct fault f, worst = { 0 }, alone[TOLD_ALONE];
	int n = 0;
	int64_t cases = 0;
	for (int i = from; i < to; i++) {
		f = (struct fault){ .series = i, .until = DAY_NONE };
		if (!look(c, &c->watch[i], &f))
			continue;
		if (n < TOLD_ALONE)
			alone[n] = f;
		if (!n++ || f.cases > worst.cases)
			worst = f;
		cases += f.cases;
	}
	for (int i = 0; i < n && n <= TOLD_ALONE; i++)
		tell_one(c, rule, &alone[i]);
	if (n > TOLD_ALONE)
		check_tell(c, &(struct finding){ .rule = check_rule_name(rule),
						 .severity = c->contract.severity[rule],
						 .store = c->in.scope->key[from].store,
						 .day = worst.day, .until = DAY_NONE,
						 .value = worst.value, .expected = worst.expected,
						 .cases = cases,
						 .text = store_text(c, rule, n, cases, &worst) });
}

/* Days between the first and the last extreme value are unknown until someone has looked. */
static void quarantine(struct check *c, int series)
{
	const struct feed_scope *scope = c->in.scope;
	const struct watch *w = &c->watch[series];
	period_t until = period_of_day(&scope->calendar, w->last_sold);
	for (period_t p = period_of_day(&scope->calendar, w->extreme_day); p <= until; p++)
		VEC_PUSH(&c->days, (struct series_day){ scope->id[series],
							period_start(&scope->calendar, p),
							DAY_MISSING, "ratio" });
}

/* The day on which most of the changes began. */
static day_t day_of_change(const struct check *c, const uint8_t *changed)
{
	day_t best = DAY_NONE;
	int most = 0;
	for (day_t day = c->in.as_of; day > c->in.as_of - RECENT_RATIO; day--) {
		int n = 0;
		for (int i = 0; i < c->in.scope->n; i++)
			n += changed[i] && c->watch[i].extreme_day == day;
		if (n > most) {
			most = n;
			best = day;
		}
	}
	return best;
}

/* A file with changed units strikes also series whose value was small enough to pass alone. */
static int find_companions(struct check *c, uint8_t *changed)
{
	day_t day = day_of_change(c, changed);
	int n = 0;
	for (int i = 0; day != DAY_NONE && i < c->in.scope->n; i++) {
		if (changed[i])
			continue;
		changed[i] = (uint8_t)watch_hundredfold_late(&c->watch[i], day);
		n += changed[i];
	}
	return n;
}

static void tell_ratio(struct check *c)
{
	const struct feed_scope *scope = c->in.scope;
	enum severity severity = c->contract.severity[CHECK_RATIO];
	int judged = 0, n = 0;
	uint8_t *changed = NEW_ARRAY(uint8_t, scope->n);
	for (int i = 0; i < scope->n; i++) {
		judged += c->watch[i].n_ring > 0;
		changed[i] = watch_end(&c->watch[i], c->contract.ratio_limit, c->in.as_of, RECENT_RATIO)
			     == WATCH_RATIO;
		n += changed[i];
	}
	if (n && judged >= SHARE_OF && n >= c->contract.ratio_share * judged)
		n += find_companions(c, changed);
	if (severity == SEVERITY_BLOCK && judged >= SHARE_OF && n < c->contract.ratio_share * judged)
		severity = SEVERITY_QUARANTINE;
	for (int i = 0; i < scope->n; i++) {
		const struct watch *w = &c->watch[i];
		double value = (double)w->extreme, before = (double)w->before;
		if (!changed[i])
			continue;
		check_tell(c, &(struct finding){
			.rule = check_rule_name(CHECK_RATIO), .severity = severity,
			.store = scope->key[i].store, .item = scope->key[i].item,
			.day = w->extreme_day, .until = w->last_sold, .value = value,
			.expected = before, .cases = w->n_extreme,
			.text = check_text(c, "last values are %.3g times its level since %s: %g where"
					      " %g is usual; has its unit changed?", value / before,
					   check_date(c, w->extreme_day), value, before) });
		if (severity >= SEVERITY_QUARANTINE)
			quarantine(c, i);
	}
	free(changed);
}

/* Fractions in a feed of whole numbers, of more rows than the contract forgives. */
static void tell_fractions(struct check *c)
{
	const struct feed_profile *p = &c->profile;
	if (!c->contract.units_whole || !p->fractions
	    || (double)p->fractions <= (1 - c->contract.units_mostly) * (double)p->rows)
		return;
	check_tell(c, &(struct finding){ .rule = check_rule_name(CHECK_RANGE),
					 .severity = c->contract.severity[CHECK_RANGE], .day = DAY_NONE,
					 .until = DAY_NONE, .value = NAN, .expected = NAN,
					 .cases = p->fractions,
					 .text = check_text(c, "%lld of %lld rows have units that are not"
							       " whole, against the contract",
							    (long long)p->fractions,
							    (long long)p->rows) });
}

static int rows_over(const struct check *c)
{
	int64_t over = 0;
	for (int i = 0; i < c->in.scope->n; i++)
		over += c->watch[i].over;
	return (double)over > (1 - c->contract.units_mostly) * (double)c->profile.rows;
}

void check_series(struct check *c)
{
	const struct feed_scope *scope = c->in.scope;
	int dense = c->profile.filled >= c->contract.filled, over = rows_over(c);
	tell_ratio(c);
	for (int from = 0, to; from < scope->n; from = to) {
		for (to = from; to < scope->n && scope->store_of[to] == scope->store_of[from]; to++)
			;
		if (dense)
			tell_store(c, CHECK_GAP, gap_fault, from, to);
		tell_store(c, CHECK_NEGATIVE, negative_fault, from, to);
		tell_store(c, CHECK_SPIKE, spike_fault, from, to);
		tell_store(c, CHECK_SHIFT, shift_fault, from, to);
		if (over)
			tell_store(c, CHECK_RANGE, range_fault, from, to);
	}
	tell_fractions(c);
}
