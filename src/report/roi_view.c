/* Words and tables of a return. */
#include "config.h"
#include "report/roi_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/json.h"

const struct roi_view_text roi_view_text[N_ROI_VIEW] = {
	[ROI_VIEW_LINES] = { "lines", "What it costs" },
	[ROI_VIEW_SERVICE] = { "service", "What customers and shelves see" },
	[ROI_VIEW_ARMS] = { "arms", "All ways of forecasting, ordered by the same rule" },
	[ROI_VIEW_MEMBERS] = { "members", "Who gains, who loses" },
	[ROI_VIEW_SHADOWS] = { "shadows", "Is it the forecast at all?" },
	[ROI_VIEW_TORNADO] = { "tornado", "What the result hangs on" },
	[ROI_VIEW_ASSUMPTIONS] = { "assumptions", "Assumptions" },
	[ROI_VIEW_CURVES] = { "curves", "Service against stock and waste" },
};

const char *money_line_say(int line)
{
	static const char *const say[N_MONEY_LINE] = { "lost margin", "goodwill", "waste",
						       "holding",     "ordering", "markdown" };
	return say[line];
}

/* ---- words ---- */

/* Whole number with a comma between thousands. */
static void grouped(double x, struct buf *out)
{
	char digits[64];
	int n = snprintf(digits, sizeof digits, "%.0f", fabs(x));
	if (x < 0 && strcmp(digits, "0"))
		buf_adds(out, "-");
	for (int k = 0; k < n; k++) {
		if (k && (n - k) % 3 == 0)
			buf_addc(out, ',');
		buf_addc(out, digits[k]);
	}
}

void money_say(double x, const char *currency, struct buf *out)
{
	if (isnan(x)) {
		buf_adds(out, "n/a");
		return;
	}
	double size = fabs(x) >= 1 ? pow(10, floor(log10(fabs(x))) - 2) : 1;
	if (size > 1)
		x = floor(x / size + .5) * size;
	if (fabs(x) < 100 && x != 0)
		buf_addf(out, "%.2f", x);
	else
		grouped(x, out);
	if (*currency)
		buf_addf(out, " %s", currency);
}

static void span_say(const struct roi_result *r, const struct calendar *c, struct buf *out)
{
	char last[DAY_TEXT_MAX];
	period_t end = r->test + r->n_test - 1;
	if (r->days >= 14 && c->kind == PERIOD_DAY)
		buf_addf(out, "%d weeks", r->days / 7);
	else
		buf_addf(out, "%d %s%s", r->n_test, period_kind_name(c->kind), r->n_test == 1 ? "" : "s");
	buf_addf(out, " to %s", period_format(c, end, last));
}

void roi_scope_say(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	if (s->store)
		buf_addf(out, "store %s", s->store);
	else
		buf_addf(out, "%d store%s", s->n_store, s->n_store == 1 ? "" : "s");
	buf_addf(out, ", %d item%s, ", s->n_item, s->n_item == 1 ? "" : "s");
	span_say(r, &s->calendar, out);
}

static int has_cash(const struct roi_result *r)
{
	return r->plan.years > 0;
}

static void say_saving(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	const struct benefit *b = &r->benefit;
	buf_addf(out, "In the ");
	span_say(r, &s->calendar, out);
	buf_addf(out, ", ordering by '%s' instead of '%s' would have cost ", r->arm[r->model].name,
		 r->arm[r->rival].name);
	money_say(fabs(b->total), s->currency, out);
	buf_addf(out, " %s (90 %% interval ", b->total < 0 ? "more" : "less");
	money_say(b->low, "", out);
	buf_adds(out, " to ");
	money_say(b->high, "", out);
	buf_addf(out, "), %.1f %% of the stock-related cost", 100 * fabs(r->share));
}

static void say_cash(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	buf_adds(out, " After ");
	money_say(r->plan.build, "", out);
	buf_adds(out, " to build and ");
	money_say(r->plan.run + r->plan.people, "", out);
	buf_addf(out, " a year to run, %d years are worth ", r->plan.years);
	money_say(r->cash.npv, s->currency, out);
	buf_addf(out, " today (90 %% interval ");
	money_say(r->npv_low, "", out);
	buf_adds(out, " to ");
	money_say(r->npv_high, "", out);
	buf_addf(out, "; above zero in %.0f %% of draws).", 100 * r->npv_positive);
	double needed = r->year > 0 ? r->cash.break_even / r->year : (double)NAN;
	if (needed > 0 && needed <= 1)
		buf_addf(out, " It breaks even at %.0f %% of the saving.", 100 * needed);
	else if (needed > 1 && needed < 1000)
		buf_addf(out, " To break even the saving would have to be %.1f times as large.", needed);
}

void roi_headline(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	if (s->scenario) {
		buf_adds(out, "Scenario (");
		for (int k = 0; k < s->n_missing; k++)
			buf_addf(out, "%s%s", k ? ", " : "", s->missing[k]);
		buf_adds(out, " assumed, not yours): ");
	}
	if (r->rival == r->model) {
		buf_adds(out, "There is no other way of forecasting to hold this one against.");
		return;
	}
	if (!(r->benefit.low > 0))
		buf_adds(out, "No proven saving. ");
	say_saving(s, r, out);
	buf_adds(out, ".");
}

void roi_sentence(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	roi_headline(s, r, out);
	roi_second(s, r, out);
}

void roi_second(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	if (r->rival == r->model)
		return;
	if (r->short_window)
		buf_adds(out, " The window is shorter than half a year, so nothing is put on a year.");
	else if (has_cash(r))
		say_cash(s, r, out);
	else
		buf_adds(out, " What it takes to build and run is not told: set build, run and people in [roi] of"
			      " cost.conf for the present value.");
}

/* ---- tables ---- */

static const struct column line_columns[] = {
	{ .name = "line", .title = "cost of", .type = COLUMN_TEXT },
	{ .name = "rival", .title = "baseline", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "model", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "saving", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "low", .title = "90 % from", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "high", .title = "to", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "perfect", .title = "perfect", .unit = "forecast", .unit_is_word = 1,
	  .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ 0 }
};

static struct table *lines_table(const struct roi_result *r)
{
	struct table *t = table_new(line_columns);
	const struct stock_money *rival = &r->arm[r->rival].point.money;
	const struct stock_money *model = &r->arm[r->model].point.money;
	const struct stock_money *perfect = r->perfect < 0 ? NULL : &r->arm[r->perfect].point.money;
	for (int k = 0; k <= N_MONEY_LINE; k++) {
		int all = k == N_MONEY_LINE;
		double a = all ? rival->total : money_line(rival, k), b = all ? model->total : money_line(model, k);
		if (k == N_MONEY_LINE - 1 && a == 0 && b == 0)
			continue;
		table_text(t, all ? "total" : money_line_say(k));
		table_number(t, a);
		table_number(t, b);
		table_mark(t, a - b > 0 ? MARK_GOOD : a - b < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, a - b);
		if (all) {
			table_number(t, r->benefit.low);
			table_number(t, r->benefit.high);
		} else {
			table_none(t);
			table_none(t);
		}
		if (perfect)
			table_number(t, all ? perfect->total : money_line(perfect, k));
		else
			table_none(t);
	}
	return t;
}

static const struct column service_columns[] = {
	{ .name = "measure", .title = "", .type = COLUMN_TEXT },
	{ .name = "unit", .title = "", .type = COLUMN_TEXT },
	{ .name = "rival", .title = "baseline", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "model", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "difference", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "perfect", .title = "perfect", .unit = "forecast", .unit_is_word = 1,
	  .type = COLUMN_NUMBER, .digits = 1 },
	{ 0 }
};

static void add_measure(struct table *t, const char *name, const char *unit, double rival, double model,
			double perfect)
{
	table_text(t, name);
	table_text(t, unit);
	table_number(t, rival);
	table_number(t, model);
	table_number(t, model - rival);
	table_number(t, perfect);
}

static struct table *service_table(const struct roi_result *r)
{
	struct table *t = table_new(service_columns);
	const struct roi_point none = { .fill = (double)NAN, .service = (double)NAN, .lost = (double)NAN,
					.wasted = (double)NAN, .waste_share = (double)NAN,
					.stock_value = (double)NAN, .cover = (double)NAN,
					.lines = (double)NAN };
	const struct roi_point *a = &r->arm[r->rival].point, *b = &r->arm[r->model].point;
	const struct roi_point *c = r->perfect < 0 ? &none : &r->arm[r->perfect].point;
	add_measure(t, "demand served from the shelf (fill rate)", "%", 100 * a->fill, 100 * b->fill,
		    100 * c->fill);
	add_measure(t, "order cycles without a lost unit", "%", 100 * a->service, 100 * b->service,
		    100 * c->service);
	add_measure(t, "units not sold for want of stock", "units", a->lost, b->lost, c->lost);
	add_measure(t, "units thrown away", "units", a->wasted, b->wasted, c->wasted);
	add_measure(t, "waste, of sales", "%", 100 * a->waste_share, 100 * b->waste_share, 100 * c->waste_share);
	add_measure(t, "stock on the shelf, mean at cost", "money", a->stock_value, b->stock_value,
		    c->stock_value);
	add_measure(t, "stock lasts", "days", a->cover, b->cover, c->cover);
	add_measure(t, "order lines", "lines", a->lines, b->lines, c->lines);
	return t;
}

static const struct column arm_columns[] = {
	{ .name = "arm", .title = "forecast", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "wape", .title = "error", .unit = "WAPE", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "bias", .unit = "%", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "fill", .title = "served", .type = COLUMN_PERCENT },
	{ .name = "service", .hidden = 1, .type = COLUMN_PERCENT },
	{ .name = "stock_value", .title = "stock", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "lost", .title = "lost", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "waste", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "holding", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "ordering", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "total", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "validation_total", .hidden = 1, .type = COLUMN_NUMBER },
	{ .name = "fallbacks", .hidden = 1, .type = COLUMN_INT },
	{ 0 }
};

static struct table *arms_table(const struct roi_result *r)
{
	struct table *t = table_new(arm_columns);
	for (int k = 0; k < r->n_arm; k++) {
		const struct roi_arm_result *arm = &r->arm[k];
		const struct stock_money *m = &arm->point.money;
		table_mark(t, k == r->model ? MARK_BOLD : MARK_NONE);
		table_text(t, arm->name);
		table_number(t, arm->wape);
		table_number(t, 100 * arm->bias);
		table_number(t, arm->point.fill);
		table_number(t, arm->point.service);
		table_number(t, arm->point.stock_value);
		table_number(t, m->lost_margin + m->goodwill);
		table_number(t, m->waste + m->markdown);
		table_number(t, m->holding);
		table_number(t, m->ordering);
		table_number(t, m->total);
		table_number(t, arm->validation_total);
		table_int(t, arm->fell);
	}
	return t;
}

static const struct column member_columns[] = {
	{ .name = "cut", .type = COLUMN_SECTION },
	{ .name = "member", .title = "", .type = COLUMN_TEXT, .width = 20 },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "worse", .title = "worse off", .type = COLUMN_INT },
	{ .name = "sales", .hidden = 1, .type = COLUMN_NUMBER },
	{ .name = "rival_total", .title = "baseline", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "model_total", .title = "model", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "benefit", .title = "saving", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "low", .title = "90 % from", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "high", .title = "to", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "rival_wape", .hidden = 1, .type = COLUMN_NUMBER },
	{ .name = "model_wape", .hidden = 1, .type = COLUMN_NUMBER },
	{ 0 }
};

static struct table *members_table(const struct roi_result *r, const char *cut)
{
	struct table *t = table_new(member_columns);
	for (int k = 0; k < r->n_member; k++) {
		const struct roi_member *m = &r->member[k];
		if ((cut && strcmp(m->cut, cut)) || !m->series)
			continue;
		table_text(t, m->cut);
		table_text(t, m->member);
		table_int(t, m->series);
		table_int(t, m->worse);
		table_number(t, m->sales);
		table_number(t, m->rival_total);
		table_number(t, m->model_total);
		table_mark(t, m->benefit.low > 0 ? MARK_GOOD : m->benefit.high < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, m->benefit.total);
		table_number(t, m->benefit.low);
		table_number(t, m->benefit.high);
		table_number(t, m->rival_wape);
		table_number(t, m->model_wape);
	}
	return t;
}

static const struct column shadow_columns[] = {
	{ .name = "world", .title = "if there were", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "rival_total", .title = "baseline", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "model_total", .title = "model", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "gain", .title = "gain with", .unit = "the model", .type = COLUMN_NUMBER,
	  .digits = DIGITS_WHOLE },
	{ 0 }
};

static struct table *shadows_table(const struct roi_result *r)
{
	struct table *t = table_new(shadow_columns);
	double model = r->arm[r->model].point.money.total;
	for (int k = 0; k < r->n_shadow; k++) {
		table_text(t, r->shadow[k].name);
		table_int(t, r->shadow[k].series);
		table_number(t, r->shadow[k].rival_total);
		table_number(t, r->shadow[k].model_total);
		table_number(t, model - r->shadow[k].model_total);
	}
	return t;
}

static const struct column bar_columns[] = {
	{ .name = "assumption", .type = COLUMN_TEXT },
	{ .name = "unit", .type = COLUMN_TEXT },
	{ .name = "low", .title = "from", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "base", .title = "as is", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "high", .title = "to", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "at_low", .title = "result", .unit = "from", .unit_is_word = 1,
	  .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "at_high", .title = "result", .unit = "to", .unit_is_word = 1,
	  .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "replayed", .hidden = 1, .type = COLUMN_FLAG },
	{ 0 }
};

static struct table *tornado_table(const struct roi_result *r)
{
	struct table *t = table_new(bar_columns);
	for (int k = 0; k < r->n_bar; k++) {
		const struct roi_bar *b = &r->bar[k];
		table_text(t, b->name);
		table_text(t, b->unit);
		table_number(t, b->low);
		table_number(t, b->base);
		table_number(t, b->high);
		table_number(t, b->at_low);
		table_number(t, b->at_high);
		table_flag(t, b->replayed);
	}
	return t;
}

static const struct column assumption_columns[] = {
	{ .name = "name", .title = "assumption", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_TEXT },
	{ .name = "unit", .type = COLUMN_TEXT },
	{ .name = "whose", .type = COLUMN_TEXT },
	{ .name = "source", .title = "source of the default", .type = COLUMN_WRAP, .width = 40 },
	{ 0 }
};

static void range_say(double low, double high, struct buf *out)
{
	buf_clear(out);
	if (isnan(low)) {
		buf_adds(out, "made of others");
		return;
	}
	buf_add_number(out, low);
	if (high > low) {
		buf_adds(out, " to ");
		buf_add_number(out, high);
	}
}

static struct table *assumptions_table(const struct roi_scope *s)
{
	struct table *t = table_new(assumption_columns);
	struct buf value = { 0 };
	for (int k = 0; k < N_PARAMETER; k++) {
		const struct roi_assumption *x = &s->assumption[k];
		range_say(x->low, x->high, &value);
		table_text(t, x->name);
		table_text(t, value.text);
		table_text(t, x->unit);
		if (x->yours == s->n_series)
			table_text(t, "yours");
		else if (x->yours)
			table_textf(t, "yours for %d of %d", x->yours, s->n_series);
		else
			table_text(t, "default");
		table_text(t, x->source);
	}
	for (int k = 0; k < s->n_cash; k++) {
		const struct roi_cash_assumption *x = &s->cash[k];
		range_say(x->value, x->value, &value);
		table_text(t, x->name);
		table_text(t, value.text);
		table_text(t, x->unit);
		table_text(t, x->basis == BASIS_YOURS ? "yours" : k < 3 ? "not told" : "default");
		table_text(t, k < 3 ? "there is none: yours to tell" : "roi.md, part 3");
	}
	buf_release(&value);
	return t;
}

static const struct column curve_columns[] = {
	{ .name = "arm", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "tau", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "fill", .title = "served", .type = COLUMN_PERCENT },
	{ .name = "stock_value", .title = "stock", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "waste_share", .title = "waste", .type = COLUMN_PERCENT },
	{ .name = "total", .title = "cost", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ 0 }
};

static struct table *curves_table(const struct roi_result *r)
{
	struct table *t = table_new(curve_columns);
	for (int k = 0; k < r->n_arm; k++)
		for (int j = -1; j < r->n_tau; j++) {
			const struct roi_point *p = j < 0 ? &r->arm[k].point : &r->arm[k].curve[j];
			table_text(t, r->arm[k].name);
			table_number(t, p->tau > 0 ? p->tau : (double)NAN);
			table_number(t, p->fill);
			table_number(t, p->stock_value);
			table_number(t, p->waste_share);
			table_number(t, p->money.total);
		}
	return t;
}

struct table *roi_table(const struct roi_scope *s, const struct roi_result *r, enum roi_view view,
			const char *cut, struct arena *a)
{
	(void)a;
	switch (view) {
	case ROI_VIEW_LINES:
		return lines_table(r);
	case ROI_VIEW_SERVICE:
		return service_table(r);
	case ROI_VIEW_ARMS:
		return arms_table(r);
	case ROI_VIEW_MEMBERS:
		return members_table(r, cut);
	case ROI_VIEW_SHADOWS:
		return shadows_table(r);
	case ROI_VIEW_TORNADO:
		return tornado_table(r);
	case ROI_VIEW_ASSUMPTIONS:
		return assumptions_table(s);
	case ROI_VIEW_CURVES:
		return curves_table(r);
	case N_ROI_VIEW:
		break;
	}
	BUG("there is no view %d", (int)view);
}

const char *roi_cut_shown(const struct roi_result *r)
{
	static const char *const wanted[] = { "category", "cat", "dept", "department", "family", "class" };
	for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++)
		for (int k = 0; k < r->n_member; k++)
			if (!strcmp(r->member[k].cut, wanted[j]))
				return r->member[k].cut;
	return "abc";
}

/* ---- actions ---- */

/* Members of the segment cut whose interval lies on one side, or neither; "none" where there are none. */
static void list_members(const struct roi_result *r, int sign, struct buf *out)
{
	int n = 0;
	for (int k = 0; k < r->n_member; k++) {
		const struct roi_member *m = &r->member[k];
		int is = m->benefit.low > 0 ? 1 : m->benefit.high < 0 ? -1 : 0;
		if (strcmp(m->cut, "segment") || !m->series || is != sign || m->rival_total == 0)
			continue;
		buf_addf(out, "%s%s (%d)", n++ ? "; " : "", m->member, m->series);
	}
	if (!n)
		buf_adds(out, "none");
	buf_adds(out, "\n");
}

void roi_actions(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	buf_adds(out, "Switch to the model: ");
	list_members(r, 1, out);
	buf_adds(out, "Not proven, stay on the baseline: ");
	list_members(r, 0, out);
	buf_adds(out, "Worse with the model, stay on the baseline: ");
	list_members(r, -1, out);
	for (int k = 0; k < r->n_shadow; k++) {
		double gain = r->arm[r->model].point.money.total - r->shadow[k].model_total;
		if (!(gain > fabs(r->benefit.total)))
			continue;
		buf_addf(out, "Worth more than the forecast: %s (", r->shadow[k].name);
		money_say(gain, s->currency, out);
		buf_addf(out, " in the window, %d series)\n", r->shadow[k].series);
	}
}

/* ---- all of it ---- */

static void wrapped(const char *text, const struct text_style *style, struct buf *out)
{
	const char *next = text;
	while (next && *next) {
		const char *line = next;
		size_t n = text_line(line, style->width > 20 ? style->width : 80, &next);
		buf_addf(out, "%.*s\n", (int)n, line);
	}
}

static void add_view(const struct roi_scope *s, const struct roi_result *r, enum roi_view view,
		     const char *cut, const struct text_style *style, struct arena *a, struct buf *out)
{
	struct table *t = roi_table(s, r, view, cut, a);
	if (table_rows(t)) {
		buf_addf(out, "\n%s\n", roi_view_text[view].title);
		table_write(t, FORMAT_TABLE, style, out);
	}
	table_free(t);
}

void roi_text(const struct roi_scope *s, const struct roi_result *r, const struct text_style *style,
	      struct arena *a, struct buf *out)
{
	struct buf text = { 0 };
	roi_scope_say(s, r, &text);
	buf_addf(out, "%s; run %s (%lld)\n\n", text.text, s->id, (long long)s->seq);
	buf_clear(&text);
	roi_sentence(s, r, &text);
	wrapped(text.text, style, out);
	add_view(s, r, ROI_VIEW_LINES, NULL, style, a, out);
	add_view(s, r, ROI_VIEW_ARMS, NULL, style, a, out);
	add_view(s, r, ROI_VIEW_MEMBERS, roi_cut_shown(r), style, a, out);
	add_view(s, r, ROI_VIEW_SHADOWS, NULL, style, a, out);
	add_view(s, r, ROI_VIEW_TORNADO, NULL, style, a, out);
	buf_clear(&text);
	buf_adds(out, "\n");
	roi_actions(s, r, &text);
	for (char *line = text.text; line && *line;) {
		char *end = strchr(line, '\n');
		*end = '\0';
		wrapped(line, style, out);
		line = end + 1;
	}
	for (int k = 0; k < r->n_warning; k++) {
		buf_clear(&text);
		buf_addf(&text, "Note: %s", r->warning[k]);
		wrapped(text.text, style, out);
	}
	buf_release(&text);
}

static void number_of(struct json *j, const char *key, double x)
{
	json_key(j, key);
	json_number(j, x);
}

void roi_json(const struct roi_scope *s, const struct roi_result *r, struct arena *a, struct buf *out)
{
	struct json j = { .out = out };
	struct buf text = { 0 };
	json_open(&j, '{');
	json_key(&j, "run");
	json_text(&j, s->id);
	json_key(&j, "seq");
	json_int(&j, s->seq);
	roi_sentence(s, r, &text);
	json_key(&j, "sentence");
	json_text(&j, text.text);
	json_key(&j, "model");
	json_text(&j, r->arm[r->model].name);
	json_key(&j, "baseline");
	json_text(&j, r->arm[r->rival].name);
	json_key(&j, "scenario");
	json_bool(&j, s->scenario);
	json_key(&j, "currency");
	json_text(&j, s->currency);
	json_key(&j, "days");
	json_int(&j, r->days);
	json_key(&j, "decisions");
	json_int(&j, r->decisions);
	number_of(&j, "benefit", r->benefit.total);
	number_of(&j, "low", r->benefit.low);
	number_of(&j, "high", r->benefit.high);
	number_of(&j, "share", r->share);
	number_of(&j, "captured", r->captured);
	number_of(&j, "policy_gain", r->policy_gain);
	number_of(&j, "forecast_gain", r->forecast_gain);
	number_of(&j, "stock_released_at_equal_fill", r->equal_fill);
	number_of(&j, "units_gained_at_equal_stock", r->equal_stock);
	number_of(&j, "imputed", r->imputed);
	number_of(&j, "top_tenth", r->top_tenth);
	json_key(&j, "series_worse");
	json_int(&j, r->worse);
	number_of(&j, "year", r->year);
	number_of(&j, "npv", has_cash(r) ? r->cash.npv : (double)NAN);
	number_of(&j, "npv_low", has_cash(r) ? r->npv_low : (double)NAN);
	number_of(&j, "npv_high", has_cash(r) ? r->npv_high : (double)NAN);
	number_of(&j, "npv_positive", has_cash(r) ? r->npv_positive : (double)NAN);
	number_of(&j, "irr", has_cash(r) ? r->cash.irr : (double)NAN);
	number_of(&j, "payback", has_cash(r) ? r->cash.payback : (double)NAN);
	number_of(&j, "break_even", has_cash(r) ? r->cash.break_even : (double)NAN);
	for (int k = 0; k < N_ROI_VIEW; k++) {
		struct table *t = roi_table(s, r, (enum roi_view)k, NULL, a);
		json_key(&j, roi_view_text[k].key);
		table_json(t, &j);
		table_free(t);
	}
	json_key(&j, "warnings");
	json_open(&j, '[');
	for (int k = 0; k < r->n_warning; k++)
		json_text(&j, r->warning[k]);
	json_close(&j);
	json_close(&j);
	buf_addc(out, '\n');
	buf_release(&text);
}
