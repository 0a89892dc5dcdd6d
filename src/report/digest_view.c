/* The digest's tables: one function a view, each with its columns. */
#include "config.h"
#include "report/digest_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "report/axis.h"

const struct view_text view_text[N_VIEW] = {
	[VIEW_TOTALS] = { "totals", "Totals", "Nothing was forecast." },
	[VIEW_ALERTS] = { "alerts", "Alerts", "No alert is open." },
	[VIEW_MODELS] = { "models", "What became of the models", "No model was fitted yet." },
	[VIEW_FINDINGS] = { "findings", "Findings in the data", "The last check found nothing wrong." },
	[VIEW_FALLBACKS] = { "fallbacks", "Fallbacks", "Every series got the method that was chosen." },
	[VIEW_CHANGES] = { "changes", "Largest expected changes", "No series is expected to change." },
	[VIEW_ACCURACY] = { "accuracy", "Accuracy in the last backtest",
			    "No backtest has been run yet; forecast backtest makes one." },
	[VIEW_STEPS] = { "steps", "Accuracy by distance", "No backtest has been run yet." },
	[VIEW_INTAKE] = { "intake", "Data by period", "No sales in the time shown." },
	[VIEW_FILES] = { "files", "Newest files", "No file has been taken in." },
	[VIEW_METHODS] = { "methods", "Who made the forecasts", "Nothing was forecast." },
	[VIEW_RUN] = { "run", "The run", "" },
	[VIEW_STAGES] = { "stages", "Time and memory", "Not recorded." },
};

const char *view_empty(const struct digest *d, enum view view)
{
	return view == VIEW_FINDINGS && !d->checked
		? "The data have not been checked; forecast check does it." : view_text[view].empty;
}

void periods_say(const struct digest *d, int n, struct buf *out)
{
	const char *kind = d->calendar.kind == PERIOD_NUMBER ? "period"
							      : period_kind_name(d->calendar.kind);
	buf_addf(out, "%d %s%s", n, kind, n == 1 ? "" : "s");
}

void digest_title(const struct digest *d, struct buf *out)
{
	buf_addf(out, "Forecast for %s, ", d->store ? d->store : "all stores");
	period_span_label(&d->calendar, d->origin + 1, d->origin + d->n_step, out);
}

const char *verdict_say(enum verdict verdict)
{
	static const char *const say[] = { "All is well", "Worth a look", "Needs action" };
	return say[verdict];
}

/* Relative change; NaN where there was nothing before. */
static double change(double past, double next)
{
	return past > 0 ? next / past - 1 : (double)NAN;
}

/* Means of groups of `size` values of x[n]; `from_end`: the first group is the one that is cut short,
 * else the last. Returns how many groups there are. */
static int group_means(const double *x, int n, int size, int from_end, double *out)
{
	int groups = (n + size - 1) / size, shift = from_end ? groups * size - n : 0;
	for (int g = 0; g < groups; g++) {
		double sum = 0;
		int known = 0;
		for (int t = g * size - shift; t < (g + 1) * size - shift; t++)
			if (t >= 0 && t < n && isfinite(x[t])) {
				sum += x[t];
				known++;
			}
		out[g] = known ? sum / known : (double)NAN;
	}
	return groups;
}

/* Days as means of weeks: the zigzag of a week says nothing about where sales are going. */
static void spark(struct table *t, const struct digest *d, const struct digest_node *n)
{
	int size = d->calendar.kind == PERIOD_DAY && d->n_past >= 28 ? 7 : 1;
	double *x = NEW_ARRAY(double, d->n_past + d->n_step);
	int past = group_means(n->past, d->n_past, size, 1, x);
	int next = group_means(n->mean, d->n_step, size, 0, x + past);
	table_spark_split(t, x, past + next, past);
	free(x);
}

static struct table *totals(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "tier", .type = COLUMN_SECTION },
		{ .name = "node", .title = "", .type = COLUMN_TEXT },
		{ .name = "past", .title = "sold before", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "next", .title = "expected", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "change", .type = COLUMN_PERCENT },
		{ .name = "sold_and_expected", .title = "sold, expected", .type = COLUMN_SPARK },
		{ 0 }
	};
	(void)a;
	struct table *t = table_new(columns);
	int tiers = 0, nodes = 0;
	for (int i = 0; i < d->n_node; i++) {
		const struct digest_node *n = &d->node[i];
		if (!i || strcmp(n->tier, n[-1].tier)) {
			tiers++;
			nodes = 0;
		}
		if (extent == EXTENT_SHORT && (tiers > VIEW_TIERS || nodes++ >= VIEW_NODES))
			continue;
		table_text(t, n->tier);
		table_text(t, n->name);
		table_number(t, n->past_sum);
		table_number(t, n->next_sum);
		table_number(t, change(n->past_sum, n->next_sum));
		spark(t, d, n);
	}
	return t;
}

static struct table *changes(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "series", .type = COLUMN_TEXT },
		{ .name = "past", .title = "sold before", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "next", .title = "expected", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "difference", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "change", .type = COLUMN_PERCENT },
		{ .name = "sold_and_expected", .title = "sold, expected", .type = COLUMN_SPARK },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_change; i++) {
		const struct digest_node *n = &d->change[i].sum;
		table_text(t, n->name);
		table_number(t, n->past_sum);
		table_number(t, n->next_sum);
		table_number(t, n->next_sum - n->past_sum);
		table_number(t, change(n->past_sum, n->next_sum));
		spark(t, d, n);
	}
	return t;
}

static struct table *fallbacks(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "rung", .title = "made by", .type = COLUMN_TEXT },
		{ .name = "reason", .title = "because", .type = COLUMN_WRAP },
		{ .name = "series", .type = COLUMN_INT },
		{ .name = "share", .type = COLUMN_PERCENT, .digits = 2 },
		{ .name = "example", .title = "such as", .type = COLUMN_TEXT },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_rung; i++) {
		table_text(t, d->rung[i].name);
		table_text(t, d->rung[i].reason);
		table_int(t, d->rung[i].series);
		table_number(t, (double)d->rung[i].series / d->n_series);
		table_text(t, d->rung[i].example);
	}
	return t;
}

/* "CA_1/FOODS_1", "CA_1", or the item alone. */
static const char *place(const struct finding *f, struct arena *a)
{
	struct buf b = { 0 };
	buf_addf(&b, "%s%s%s", f->store ? f->store : "", f->store && f->item ? "/" : "",
		 f->item ? f->item : "");
	const char *text = arena_strdup(a, b.n ? b.text : "all");
	buf_release(&b);
	return text;
}

static struct table *findings(const struct digest *d, enum extent extent, struct arena *a)
{
	static const enum text_mark mark[] = { MARK_NONE, MARK_WARN, MARK_WARN, MARK_BAD };
	static const struct column columns[] = {
		{ .name = "severity", .title = "how grave", .type = COLUMN_TEXT },
		{ .name = "rule", .type = COLUMN_TEXT },
		{ .name = "where", .type = COLUMN_TEXT },
		{ .name = "day", .title = "when", .type = COLUMN_TEXT },
		{ .name = "text", .title = "what", .type = COLUMN_WRAP },
		{ .name = "cases", .type = COLUMN_INT },
		{ 0 }
	};
	(void)extent;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_finding; i++) {
		const struct finding *f = &d->finding[i];
		char day[DAY_TEXT_MAX];
		table_mark(t, mark[f->severity]);
		table_text(t, severity_name(f->severity));
		table_text(t, f->rule);
		table_text(t, place(f, a));
		table_text(t, f->day == DAY_NONE ? NULL
			   : period_format(&d->calendar, period_of_day(&d->calendar, f->day), day));
		table_text(t, f->text);
		table_int(t, f->cases);
	}
	return t;
}

/* Gain over the floor: 1 - error / error of the floor. */
static double gain(double own, double floor)
{
	return floor > 0 ? 1 - own / floor : (double)NAN;
}

static void score_row(struct table *t, const struct digest *d, const char *method, const char *part,
		      const char *member)
{
	double wape = digest_score(d, method, part, member, "wape");
	double better = gain(wape, digest_score(d, d->floor, part, member, "wape"));
	if (!strcmp(method, d->spec))
		table_mark(t, MARK_BOLD);
	table_text(t, method);
	table_number(t, wape);
	if (strcmp(method, d->floor)) {
		table_mark(t, better > 0 ? MARK_GOOD : better < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, better);
	} else {
		table_none(t);
	}
	table_number(t, digest_score(d, method, part, member, "bias") / 100);
	table_number(t, digest_score(d, method, part, member, "mase"));
	table_number(t, digest_score(d, method, part, member, "rmsse"));
	table_number(t, digest_score(d, method, part, member, "pinball"));
	table_number(t, digest_score(d, method, part, member, "coverage_80"));
}

#define SCORE_COLUMNS                                                                              \
	{ .name = "method", .type = COLUMN_TEXT },                                                 \
	{ .name = "wape", .title = "WAPE", .type = COLUMN_PERCENT },                               \
	{ .name = "gain", .title = "gain on floor", .type = COLUMN_PERCENT },                      \
	{ .name = "bias", .type = COLUMN_PERCENT },                                                \
	{ .name = "mase", .title = "MASE", .type = COLUMN_NUMBER, .digits = 3 },                   \
	{ .name = "rmsse", .title = "RMSSE", .type = COLUMN_NUMBER, .digits = 3 },                 \
	{ .name = "pinball", .type = COLUMN_NUMBER, .digits = 3 },                                 \
	{ .name = "coverage_80", .title = "within 80 %", .type = COLUMN_PERCENT },                 \
	{ 0 }

/* The methods, best first by RMSSE as the backtest itself lists them; those without a value last. */
static int methods_ranked(const struct digest *d, struct arena *a, const char *const **out)
{
	const char *const *method;
	int n = digest_methods(d, a, &method);
	const char **order = ARENA_ARRAY(a, const char *, n + 1);
	for (int i = 0; i < n; i++) {
		double value = digest_score(d, method[i], "all", "", "rmsse");
		int at = i;
		while (at > 0 && !isnan(value)
		       && !(digest_score(d, order[at - 1], "all", "", "rmsse") <= value)) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = method[i];
	}
	*out = order;
	return n;
}

static struct table *accuracy(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = { SCORE_COLUMNS };
	const char *const *method;
	(void)extent;
	struct table *t = table_new(columns);
	int n = methods_ranked(d, a, &method);
	for (int i = 0; i < n; i++)
		score_row(t, d, method[i], "all", "");
	return t;
}

static struct table *steps(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "bucket", .type = COLUMN_SECTION }, SCORE_COLUMNS
	};
	const char *const *method;
	(void)extent;
	struct table *t = table_new(columns);
	int n = methods_ranked(d, a, &method);
	for (int i = 0; i < d->n_score; i++) {
		const struct score *s = &d->score[i];
		if (strcmp(s->part, "bucket") || strcmp(s->metric, "wape") || strcmp(s->method, method[0]))
			continue;
		for (int k = 0; k < n; k++) {
			table_textf(t, "%s ahead: %s", d->calendar.kind == PERIOD_DAY ? "days" : "periods",
				    s->member);
			score_row(t, d, method[k], "bucket", s->member);
		}
	}
	return t;
}

static struct table *intake(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "period", .title = "", .type = COLUMN_TEXT },
		{ .name = "known", .title = "with sales or zero", .unit = "series", .type = COLUMN_INT },
		{ .name = "unknown", .title = "no data", .unit = "series", .type = COLUMN_INT },
		{ .name = "stockout", .title = "out of stock", .unit = "series", .type = COLUMN_INT },
		{ .name = "closed", .unit = "series", .type = COLUMN_INT },
		{ .name = "findings", .type = COLUMN_INT },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = d->n_past - 1; i >= 0; i--) {
		char text[DAY_TEXT_MAX];
		const double value[] = { d->known[i], d->unknown[i], d->stockout[i], d->closed[i],
					 d->found[i] };
		table_text(t, period_format(&d->calendar, d->origin - d->n_past + 1 + i, text));
		for (int k = 0; k < 5; k++) {
			if (k == 1 && value[k] > 0)
				table_mark(t, MARK_WARN);
			table_int(t, (int64_t)value[k]);
		}
	}
	return t;
}

static struct table *alerts(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "grade", .type = COLUMN_TEXT },
		{ .name = "code", .type = COLUMN_TEXT },
		{ .name = "node", .title = "where", .type = COLUMN_TEXT, .width = 18 },
		{ .name = "opened", .title = "since", .type = COLUMN_TEXT },
		{ .name = "money", .title = "a week", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
		{ .name = "text", .title = "what", .type = COLUMN_WRAP },
		{ .name = "cause", .title = "likely cause", .type = COLUMN_TEXT, .hidden = 1 },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_alert; i++) {
		const struct digest_alert *x = &d->alert[i];
		char day[DAY_TEXT_MAX];
		table_mark(t, strcmp(x->grade, "ALARM") ? MARK_WARN : MARK_BAD);
		table_text(t, x->grade);
		table_text(t, x->code);
		table_text(t, x->node);
		table_text(t, period_format(&d->calendar, period_of_day(&d->calendar, x->opened), day));
		table_number(t, x->money);
		if (*x->cause)
			table_textf(t, "%s; likely: %s", x->text, x->cause);
		else
			table_text(t, x->text);
		table_text(t, x->cause);
	}
	return t;
}

static struct table *models(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "day", .title = "sales until", .type = COLUMN_TEXT },
		{ .name = "alias", .title = "what", .type = COLUMN_TEXT },
		{ .name = "version", .type = COLUMN_INT },
		{ .name = "before", .title = "instead of", .type = COLUMN_INT },
		{ .name = "reason", .title = "why", .type = COLUMN_WRAP },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_move; i++) {
		const struct digest_move *m = &d->move[i];
		char day[DAY_TEXT_MAX];
		table_text(t, period_format(&d->calendar, period_of_day(&d->calendar, m->day), day));
		table_text(t, m->alias);
		if (m->version)
			table_int(t, m->version);
		else
			table_none(t);
		if (m->before)
			table_int(t, m->before);
		else
			table_none(t);
		table_text(t, m->reason);
	}
	return t;
}

static struct table *files(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "path", .title = "file", .type = COLUMN_TEXT },
		{ .name = "known_at", .title = "taken in", .type = COLUMN_TEXT },
		{ .name = "rows", .type = COLUMN_INT },
		{ .name = "new", .type = COLUMN_INT },
		{ .name = "changed", .type = COLUMN_INT },
		{ .name = "rejected", .type = COLUMN_INT },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_batch; i++) {
		const struct digest_batch *b = &d->batch[i];
		table_text(t, b->path);
		table_text(t, b->known_at);
		table_int(t, b->rows);
		table_int(t, b->added);
		table_int(t, b->changed);
		table_mark(t, b->rejected ? MARK_WARN : MARK_NONE);
		table_int(t, b->rejected);
	}
	return t;
}

static struct table *methods(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "method", .type = COLUMN_TEXT },
		{ .name = "series", .type = COLUMN_INT },
		{ .name = "share", .type = COLUMN_PERCENT },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_method; i++) {
		table_text(t, d->method[i].name);
		table_int(t, d->method[i].series);
		table_number(t, (double)d->method[i].series / d->n_series);
	}
	return t;
}

static struct table *run(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "what", .title = "", .type = COLUMN_TEXT },
		{ .name = "value", .title = "", .type = COLUMN_WRAP },
		{ 0 }
	};
	const struct digest_run *r = &d->run;
	char seq[24];
	struct buf levels = { 0 };
	(void)extent;
	(void)a;
	snprintf(seq, sizeof seq, "%lld", (long long)r->seq);
	for (int i = 0; i < d->n_level; i++) {
		buf_adds(&levels, i ? ", " : "");
		buf_add_number(&levels, d->level[i]);
	}
	const char *const row[][2] = {
		{ "run", r->id }, { "number", seq }, { "kind", r->kind }, { "started by", r->trigger },
		{ "state", r->state }, { "started", r->started }, { "ended", r->ended },
		{ "spec", r->spec }, { "levels", levels.n ? levels.text : "" },
		{ "data", r->data_hash }, { "config", r->config_hash }, { "program", r->code_hash },
		{ "model", r->model_hash }, { "published", r->published_hash },
	};
	struct table *t = table_new(columns);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		table_text(t, row[i][0]);
		table_text(t, row[i][1] && *row[i][1] ? row[i][1] : NULL);
	}
	buf_release(&levels);
	return t;
}

static struct table *stages(const struct digest *d, enum extent extent, struct arena *a)
{
	static const struct column columns[] = {
		{ .name = "stage", .type = COLUMN_TEXT },
		{ .name = "seconds", .title = "time", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
		{ .name = "cpu_seconds", .title = "CPU", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
		{ .name = "memory_mb", .title = "memory", .unit = "MB", .type = COLUMN_NUMBER,
		  .digits = DIGITS_WHOLE },
		{ 0 }
	};
	(void)extent;
	(void)a;
	struct table *t = table_new(columns);
	for (int i = 0; i < d->n_stage; i++) {
		table_text(t, d->stage[i].name);
		table_number(t, d->stage[i].wall);
		table_number(t, d->stage[i].cpu);
		table_number(t, (double)d->stage[i].maxrss / 1e6);
	}
	return t;
}

struct table *view_table(const struct digest *d, enum view view, enum extent extent, struct arena *a)
{
	static struct table *(*const make[N_VIEW])(const struct digest *, enum extent, struct arena *) = {
		[VIEW_TOTALS] = totals,     [VIEW_FINDINGS] = findings, [VIEW_FALLBACKS] = fallbacks,
		[VIEW_CHANGES] = changes,   [VIEW_ACCURACY] = accuracy, [VIEW_STEPS] = steps,
		[VIEW_INTAKE] = intake,     [VIEW_FILES] = files,       [VIEW_METHODS] = methods,
		[VIEW_RUN] = run,           [VIEW_STAGES] = stages,     [VIEW_ALERTS] = alerts,
		[VIEW_MODELS] = models,
	};
	return make[view](d, extent, a);
}
