/* Data, inputs and nights: what is known at once. */
#include "config.h"
#include "life/monitor_private.h"

#include <math.h>
#include <string.h>
#include "io/db_quality.h"
#include "io/db_report.h"
#include "io/db_watch.h"
#include "num/stat.h"
#include "series/events.h"

#define RECENT 7        /* days within which a finding is of tonight's concern */
#define PAST_WEEKS 156
#define PAST_NIGHTS 28
#define LEAST_WEEKS 26
#define JUMP 3.         /* times the price before: no price change but a bug */
#define JUMP_SHARE .005

/* ---- L0: the check's findings ---- */

static const struct {
	const char *rule, *code;
	enum severity from;  /* graver ones count */
	const char *grade;
} of_rule[] = {
	{ "ratio", "L0.ratio", SEVERITY_WARN, "ALARM" },      { "nofeed", "L0.feed", SEVERITY_WARN, "ALARM" },
	{ "stale", "L0.feed", SEVERITY_WARN, "ALARM" },       { "copy", "L0.copy", SEVERITY_WARN, "ALARM" },
	{ "duplicate", "L0.duplicate", SEVERITY_WARN, "REVIEW" }, { "reject", "L0.rows", SEVERITY_WARN, "REVIEW" },
	{ "volume", "L0.rows", SEVERITY_WARN, "ALARM" },      { "price", "L0.rows", SEVERITY_WARN, "REVIEW" },
};

static int is_recent(const struct watch *w, const struct finding *f)
{
	day_t last = f->until != DAY_NONE ? f->until : f->day;
	int days = w->cuts.calendar.kind == PERIOD_DAY ? RECENT : 31;
	return last == DAY_NONE || last > w->day - days;
}

static void watch_finding(struct watch *w, const struct finding *f)
{
	const char *node = f->store ? f->store : "all";
	if (f->severity == SEVERITY_BLOCK)
		watch_alert(w, "L0.block", "ALARM", node, arena_printf(&w->arena, "%s: %s", f->rule, f->text));
	for (size_t k = 0; k < sizeof of_rule / sizeof *of_rule; k++)
		if (!strcmp(of_rule[k].rule, f->rule) && f->severity >= of_rule[k].from)
			watch_alert(w, of_rule[k].code, of_rule[k].grade, node, arena_printf(&w->arena, "%s: %s", f->rule, f->text))
				->series = (int)(f->cases > 0 ? f->cases : 1);
}

static enum status watch_findings(struct watch *w, struct err *e)
{
	struct finding *finding;
	size_t n, count = 0;
	day_t as_of;
	enum status status = db_findings(w->db, DAY_NONE, &w->arena, &finding, &n, &as_of, e);
	for (size_t k = 0; !status && k < n; k++) {
		if (!is_recent(w, &finding[k]))
			continue;
		watch_finding(w, &finding[k]);
		count += finding[k].severity >= SEVERITY_WARN;
	}
	watch_stat(w, "L0.findings", "all", (double)count, (double)NAN, (double)NAN, count ? "REVIEW" : "OK");
	return status;
}

/* ---- L1: inputs ---- */

/* A price told of nearly every series night after night, and tonight of hardly any: the file is missing. */
static enum status watch_told(struct watch *w, struct err *e)
{
	double past[PAST_NIGHTS];
	int selling, told, n;
	enum status status = db_prices_told(w->db, w->day, &selling, &told, e);
	if (!status)
		status = db_stat_past(w->db, "L1.told", "all", w->day, PAST_NIGHTS, past, &n, e);
	if (status || !selling)
		return status;
	double share = (double)told / selling;
	size_t known = stat_sort(past, (size_t)n);
	double usual = known ? stat_median(past, known) : (double)NAN;
	int few = known < 3, gone = !few && usual > .3 && share < .3 * usual;
	watch_stat(w, "L1.told", "all", share, (double)NAN, .3 * usual, few ? "INSUFFICIENT" : gone ? "ALARM" : "OK");
	if (gone)
		watch_alert(w, "L1.price", "ALARM", "all",
			    arena_printf(&w->arena, "prices were told of %.0f %% of what sold on the last day, usually of %.0f %%:"
				       " is the price file missing?", 100 * share, 100 * usual));
	return OK;
}

/* The newest of n weekly counts against the others: OK, or above all but 1 % of them. */
static const char *against_past(const double *count, int n, double *threshold)
{
	double sorted[PAST_WEEKS];
	int known = 0;
	for (int k = 1; k < n; k++)
		sorted[known++] = count[k];
	while (known && sorted[known - 1] <= 0) /* before the table begins */
		known--;
	if (known < LEAST_WEEKS)
		return "INSUFFICIENT";
	stat_sort(sorted, (size_t)known);
	*threshold = stat_quantile(sorted, (size_t)known, .99);
	return count[0] > *threshold * 1.2 + 3 ? "REVIEW" : "OK";
}

static enum status watch_prices(struct watch *w, struct err *e)
{
	double change[PAST_WEEKS], threshold = (double)NAN;
	int jumps = 0;
	enum status status = db_price_changes(w->db, w->day, PAST_WEEKS, change, e);
	if (!status)
		status = db_price_jumps(w->db, w->day, JUMP, &jumps, e);
	if (status)
		return status;
	const char *verdict = against_past(change, PAST_WEEKS, &threshold);
	watch_stat(w, "L1.price", "all", change[0], (double)NAN, threshold, verdict);
	if (!strcmp(verdict, "REVIEW"))
		watch_alert(w, "L1.price", "REVIEW", "all",
			    arena_printf(&w->arena, "%.0f prices changed within a week; 99 %% of earlier weeks had at most %.0f",
				       change[0], threshold));
	int many = jumps > JUMP_SHARE * w->cuts.n && jumps > 0;
	watch_stat(w, "L1.jump", "all", jumps, (double)NAN, JUMP_SHARE * w->cuts.n, many ? "ALARM" : "OK");
	if (many)
		watch_alert(w, "L1.price", "ALARM", "all",
			    arena_printf(&w->arena, "%d prices changed to over %g times or under a %gth of what they were: another"
				       " unit or currency?", jumps, JUMP, JUMP));
	return OK;
}

static enum status watch_promotions(struct watch *w, struct err *e)
{
	double count[PAST_WEEKS], threshold = (double)NAN;
	int weeks = 0, with = 0;
	enum status status = db_promoted(w->db, w->day, PAST_WEEKS, count, e);
	if (status)
		return status;
	const char *verdict = against_past(count, PAST_WEEKS, &threshold);
	for (int k = 1; k < 53; k++) {
		weeks++;
		with += count[k] > 0;
	}
	int gone = count[0] <= 0 && with > .95 * weeks;
	watch_stat(w, "L1.promotion", "all", count[0], (double)NAN, threshold, gone ? "REVIEW" : verdict);
	if (gone || !strcmp(verdict, "REVIEW"))
		watch_alert(w, "L1.promotion", "REVIEW", "all",
			    gone ? "no series is on promotion, which hardly ever was so in the last year"
				 : arena_printf(&w->arena, "%.0f series are on promotion; 99 %% of earlier weeks had at most %.0f",
					      count[0], threshold));
	return OK;
}

static int occurs(const struct event *event, size_t n, const char *name, day_t from, day_t until)
{
	for (size_t k = 0; k < n; k++)
		if (event[k].day >= from && event[k].day <= until && !strcmp(event[k].name, name))
			return 1;
	return 0;
}

/* An event that came around this time in both years before, and that nobody announced for the days ahead. */
static enum status watch_calendar(struct watch *w, struct err *e)
{
	struct event *event;
	size_t n, missing = 0;
	day_t until = period_start(&w->cuts.calendar, period_of_day(&w->cuts.calendar, w->day) + w->run->horizon);
	enum status status = w->cuts.calendar.kind == PERIOD_NUMBER ? OK
		: db_events(w->db, NULL, w->day - 3 * 366, until + 60, &w->arena, &event, &n, e);
	for (size_t k = 0; !status && w->cuts.calendar.kind != PERIOD_NUMBER && k < n; k++) {
		day_t again = event[k].day + 364;
		if (again <= w->day || again > until || occurs(event, n, event[k].name, again - 30, again + 30)
		    || !occurs(event, n, event[k].name, again - 2 * 364 - 30, again - 2 * 364 + 30)
		    || occurs(event + k + 1, n - k - 1, event[k].name, event[k].day, event[k].day + 60))
			continue;
		missing++;
		watch_alert(w, "L1.calendar", "ALARM", event[k].name,
			    arena_printf(&w->arena, "'%s' was in both years before, and nothing tells of it in the days ahead",
				       event[k].name));
	}
	watch_stat(w, "L1.calendar", "all", (double)missing, (double)NAN, 0, missing ? "ALARM" : "OK");
	return status;
}

/* ---- L6: nights ---- */

static enum status watch_nights(struct watch *w, struct err *e)
{
	double seconds[PAST_NIGHTS + 1], share[PAST_NIGHTS + 1], own, fell;
	int n;
	/* The run's own is the newest below the number after it. */
	enum status status = db_night_past(w->db, w->run->seq + 1, w->run->kind, PAST_NIGHTS + 1, seconds, share, &n,
					   e);
	if (status || n < 1)
		return status;
	own = seconds[0];
	fell = share[0];
	size_t known = stat_sort(seconds + 1, (size_t)(n - 1)), known_share = stat_sort(share + 1, (size_t)(n - 1));
	double usual = known ? stat_median(seconds + 1, known) : (double)NAN;
	double usual_share = known_share ? stat_median(share + 1, known_share) : (double)NAN;
	int few = known < 7, slow = !few && own > 2 * usual && own > 60;
	int fallen = !few && fell > 2 * usual_share + .01;
	watch_stat(w, "L6.seconds", "all", own, (double)NAN, 2 * usual, few ? "INSUFFICIENT" : slow ? "REVIEW" : "OK");
	watch_stat(w, "L6.fallbacks", "all", fell, (double)NAN, 2 * usual_share + .01,
		   few ? "INSUFFICIENT" : fallen ? "REVIEW" : "OK");
	if (slow)
		watch_alert(w, "L6.late", "REVIEW", "all",
			    arena_printf(&w->arena, "the night took %.0f s, usually %.0f", own, usual));
	if (fallen)
		watch_alert(w, "L6.fallbacks", "REVIEW", "all",
			    arena_printf(&w->arena, "%.2f %% of the series fell back, usually %.2f %%", 100 * fell,
				       100 * usual_share));
	return OK;
}

enum status watch_inputs(struct watch *w, struct err *e)
{
	enum status status = watch_findings(w, e);
	if (!status)
		status = watch_told(w, e);
	if (!status)
		status = watch_prices(w, e);
	if (!status)
		status = watch_promotions(w, e);
	if (!status)
		status = watch_calendar(w, e);
	return status ? status : watch_nights(w, e);
}
