/* The manager's page, in the order of a manager's questions: what, how sure, why, when, what if, for whom. */
#include "config.h"
#include "report/roi_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "report/page_private.h"
#include "report/roi_picture.h"
#include "report/roi_view.h"
#include "report/svg.h"

#define PLOT_LIMIT 60
#define WIDTH 940

enum roi_slot { FALL, TRADE, WASTE, TORNADO, CASH, MEMBERS, N_ROI_SLOT };

struct roi_page {
	const struct roi_scope *s;
	const struct roi_result *r;
	const char *cut;
	struct buf *out;
	struct err *without;
	struct plot *plot;
	int picture[N_ROI_SLOT]; /* -1: none */
	struct arena arena;
};

static const char *const slot_name[N_ROI_SLOT] = { "fall", "trade", "waste", "tornado", "cash", "members" };

/* ---- pictures ---- */

static int spoils(const struct roi_result *r)
{
	for (int k = 0; k < r->n_arm; k++)
		if (r->arm[k].point.wasted > 0)
			return 1;
	return 0;
}

static void draw(struct roi_page *p, const char *keep)
{
	struct look look = { PLOT_SVG, WIDTH, 330, 0, 1 }, tall = look;
	for (int k = 0; k < N_ROI_SLOT; k++)
		p->picture[k] = -1;
	*p->without = (struct err){ 0 };
	if (plot_new(&p->plot, keep, p->without))
		return;
	p->picture[FALL] = roi_picture_waterfall(p->plot, slot_name[FALL], &look, p->s, p->r);
	look.height = 380;
	p->picture[TRADE] = roi_picture_tradeoff(p->plot, slot_name[TRADE], &look, p->s, p->r);
	if (spoils(p->r))
		p->picture[WASTE] = roi_picture_waste(p->plot, slot_name[WASTE], &look, p->s, p->r);
	if (p->r->n_bar) {
		tall.height = roi_tornado_height(p->r);
		p->picture[TORNADO] = roi_picture_tornado(p->plot, slot_name[TORNADO], &tall, p->s, p->r);
	}
	look.height = 330;
	if (p->r->plan.years > 0)
		p->picture[CASH] = roi_picture_cash(p->plot, slot_name[CASH], &look, p->s, p->r);
	tall.height = roi_members_height(p->r, p->cut);
	if (tall.height > 90)
		p->picture[MEMBERS] = roi_picture_members(p->plot, slot_name[MEMBERS], &tall, p->cut, p->r);
	if (!plot_run(p->plot, PLOT_LIMIT, p->without))
		*p->without = (struct err){ 0 };
}

static void figure(struct roi_page *p, enum roi_slot slot, const char *caption, const char *under)
{
	struct buf svg = { 0 };
	size_t before = p->out->n;
	if (p->picture[slot] < 0 || p->without->code)
		return;
	buf_adds(p->out, "<figure><figcaption>");
	buf_add_html(p->out, caption);
	buf_adds(p->out, " <span>");
	buf_add_html(p->out, under);
	buf_adds(p->out, "</span></figcaption>\n");
	enum status status = plot_read(p->plot, p->picture[slot], &svg, p->without);
	if (!status)
		status = svg_inline(svg.text ? svg.text : "", slot_name[slot], caption, p->out, p->without);
	buf_adds(p->out, "\n</figure>\n");
	if (status)
		p->out->n = before;
	buf_release(&svg);
}

/* ---- text and tables ---- */

static void say(struct roi_page *p, const char *html)
{
	buf_adds(p->out, html);
}

static void table(struct roi_page *p, enum roi_view view, const char *cut)
{
	struct table *t = roi_table(p->s, p->r, view, cut, &p->arena);
	if (table_rows(t))
		table_html(t, p->out);
	table_free(t);
}

static void folded(struct roi_page *p, enum roi_view view, const char *cut)
{
	buf_addf(p->out, "<details%s><summary>%s, as a table</summary>\n", p->without->code ? " open" : "",
		 roi_view_text[view].title);
	table(p, view, cut);
	say(p, "</details>\n");
}

static void sentence(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	struct buf text = { 0 };
	const char *class = r->benefit.low > 0 ? "good" : r->benefit.high < 0 ? "bad" : "warn";
	roi_headline(s, r, &text);
	buf_addf(out, "<div class=\"light %s\" role=\"status\"><i aria-hidden=\"true\"></i><div><b>", class);
	buf_add_html(out, text.text);
	buf_adds(out, "</b>");
	buf_clear(&text);
	roi_second(s, r, &text);
	if (text.n) {
		buf_adds(out, "<p>");
		buf_add_html(out, text.text);
		buf_adds(out, "</p>");
	}
	buf_adds(out, "</div></div>\n");
	buf_release(&text);
}

static void head(struct roi_page *p)
{
	struct buf text = { 0 };
	say(p, "<h1>What the forecast is worth</h1>\n<p class=\"sub\">");
	roi_scope_say(p->s, p->r, &text);
	buf_add_html(p->out, text.text);
	buf_addf(p->out, " \xc2\xb7 %lld order decisions replayed \xc2\xb7 baseline ",
		 (long long)p->r->decisions);
	buf_add_html(p->out, p->r->arm[p->r->rival].name);
	if (p->s->simulated)
		say(p, " \xc2\xb7 the sales are invented");
	say(p, "</p>\n");
	sentence(p->s, p->r, p->out);
	buf_release(&text);
}

static void tile(struct roi_page *p, const char *label, const char *value, const char *under)
{
	say(p, "<div class=\"tile\"><span>");
	buf_add_html(p->out, label);
	say(p, "</span><b>");
	buf_add_html(p->out, value);
	say(p, "</b><span>");
	buf_add_html(p->out, under);
	say(p, "</span></div>\n");
}

static void money_tile(struct roi_page *p, const char *label, double x, const char *under)
{
	struct buf value = { 0 };
	money_say(x, p->s->currency, &value);
	tile(p, label, value.text, under);
	buf_release(&value);
}

static void tiles(struct roi_page *p)
{
	const struct roi_result *r = p->r;
	const struct roi_point *a = &r->arm[r->rival].point, *b = &r->arm[r->model].point;
	char value[60], under[120];
	say(p, "<div class=\"tiles\">\n");
	snprintf(under, sizeof under, "%.1f %% of the cost of stock", 100 * r->share);
	money_tile(p, "Saving in the window", r->benefit.total, under);
	snprintf(value, sizeof value, "%.1f %%", 100 * b->fill);
	snprintf(under, sizeof under, "of demand served; before %.1f %%", 100 * a->fill);
	tile(p, "Service", value, under);
	snprintf(under, sizeof under, "%+.0f %% on the baseline", 100 * (b->stock_value / a->stock_value - 1));
	money_tile(p, "Stock on the shelf", b->stock_value, isfinite(a->stock_value) ? under : "");
	if (r->plan.years > 0) {
		snprintf(under, sizeof under, "over %d years, after all costs", r->plan.years);
		money_tile(p, "Worth today", r->cash.npv, under);
	} else {
		snprintf(value, sizeof value, "%.0f %%", 100 * r->captured);
		tile(p, "Of what perfect forecasts would save", isfinite(r->captured) ? value : "n/a",
		     "is reached by the model");
	}
	say(p, "</div>\n");
}

static void costs(struct roi_page *p)
{
	say(p, "<section>\n<h2>What changes</h2>\n<p class=\"note\">Both ways of forecasting ordered every item by"
	       " the same rule, at a level chosen for each by what it cost on the time before. Lost margin: what"
	       " was asked for and not there. Goodwill: what such a customer costs later. Waste: what had its"
	       " last day on the shelf. Holding: capital and room for what lies there overnight.</p>\n");
	if (p->without->code) {
		say(p, "<p class=\"plain\">This page has no pictures: ");
		buf_add_html(p->out, p->without->text);
		say(p, ".</p>\n");
	}
	table(p, ROI_VIEW_LINES, NULL);
	figure(p, FALL, "From the baseline's cost to the model's",
	       "green saves, orange costs more; the axis need not begin at 0");
	table(p, ROI_VIEW_SERVICE, NULL);
	say(p, "</section>\n");
}

static void split(struct roi_page *p)
{
	const struct roi_result *r = p->r;
	say(p, "<section>\n<h2>Is it the forecast?</h2>\n<p>");
	buf_adds(p->out, "Choosing the order level by cost instead of by the textbook saves the baseline ");
	money_say(r->policy_gain, p->s->currency, p->out);
	buf_adds(p->out, "; the better forecast then adds ");
	money_say(r->forecast_gain, p->s->currency, p->out);
	buf_adds(p->out, ". Only the second is the forecast's merit.");
	if (isfinite(r->captured) && r->captured > 0 && r->captured <= 1)
		buf_addf(p->out, " It is %.0f %% of what perfect forecasts would bring.", 100 * r->captured);
	if (isfinite(r->equal_fill)) {
		buf_adds(p->out, " At the baseline's service the model needs ");
		money_say(fabs(r->equal_fill), p->s->currency, p->out);
		buf_addf(p->out, " %s stock (once, not a year).", r->equal_fill < 0 ? "more" : "less");
	}
	say(p, "</p>\n");
	figure(p, TRADE, "What service costs in stock",
	       "up and to the left is better; dots: where each orders");
	figure(p, WASTE, "What service costs in waste", "up and to the left is better");
	folded(p, ROI_VIEW_ARMS, NULL);
	folded(p, ROI_VIEW_CURVES, NULL);
	if (p->r->n_shadow) {
		say(p, "<h3>What else would help</h3>\n");
		table(p, ROI_VIEW_SHADOWS, NULL);
	}
	say(p, "</section>\n");
}

static void years(struct roi_page *p)
{
	const struct roi_result *r = p->r;
	say(p, "<section>\n<h2>What it hangs on</h2>\n");
	figure(p, TORNADO, r->plan.years > 0 ? "Worth today if one assumption is different"
					     : "Saving in the window if one assumption is different",
	       "orange: at the lower value, blue: at the higher; numbers: the values tried");
	if (r->n_bar)
		folded(p, ROI_VIEW_TORNADO, NULL);
	figure(p, CASH, "Money in and out, discounted", "band: 90 of 100 draws");
	if (!r->n_bar && r->plan.years <= 0)
		say(p, "<p class=\"note\">Not made: ask without --quick, and tell build, run and people.</p>\n");
	say(p, "</section>\n");
}

static void members(struct roi_page *p)
{
	struct buf text = { 0 }, caption = { 0 };
	say(p, "<section>\n<h2>Where to use it</h2>\n");
	buf_addf(&caption, "Saving by %s", p->cut);
	figure(p, MEMBERS, caption.text, "line: 90 % interval; what touches zero is not proven");
	roi_actions(p->s, p->r, &text);
	say(p, "<ul>\n");
	for (char *line = text.text; line && *line;) {
		char *end = strchr(line, '\n');
		*end = '\0';
		say(p, "<li>");
		buf_add_html(p->out, line);
		say(p, "</li>\n");
		line = end + 1;
	}
	say(p, "</ul>\n");
	buf_addf(p->out, "<p class=\"note\">%d of %d series are worse off with the model.", p->r->worse,
		 p->r->n - p->r->excluded);
	if (isfinite(p->r->top_tenth))
		buf_addf(p->out, " The best tenth of the series carries %.0f %% of the saving.",
			 100 * p->r->top_tenth);
	say(p, "</p>\n");
	folded(p, ROI_VIEW_MEMBERS, NULL);
	say(p, "</section>\n");
	buf_release(&text);
	buf_release(&caption);
}

static void trust(struct roi_page *p)
{
	const struct roi_result *r = p->r;
	say(p, "<section>\n<h2>What it rests on</h2>\n");
	if (p->s->scenario)
		say(p, "<p class=\"plain\">A scenario: not all of the numbers below are your own.</p>\n");
	buf_addf(p->out, "<p class=\"note\">%lld of %lld series-days were out of stock, %lld without data; %.1f %%"
		    " of the demand had to be drawn. %d of %d series had no demand in the window.</p>\n",
		 (long long)r->stockout_days, (long long)r->series_days, (long long)r->unknown_days,
		 100 * r->imputed, r->excluded, r->n);
	if (r->n_warning)
		say(p, "<ul>\n");
	for (int k = 0; k < r->n_warning; k++) {
		say(p, "<li>");
		buf_add_html(p->out, r->warning[k]);
		say(p, "</li>\n");
	}
	if (r->n_warning)
		say(p, "</ul>\n");
	say(p, "<h3>Assumptions</h3>\n");
	table(p, ROI_VIEW_ASSUMPTIONS, NULL);
	say(p, "<h3>What this page does not claim</h3>\n<ul>\n"
	       "<li>That the saving will come: it is the past replayed, with the same range, prices and"
	       " suppliers, and customers and competitors who do not react.</li>\n"
	       "<li>A cause: only shops that order by it beside shops that do not would show one.</li>\n"
	       "<li>That a smaller error is money, that lost sales are profit, or that stock released once comes"
	       " every year.</li>\n"
	       "<li>Anything on items that were not replayed, or on people's time that nobody has decided to"
	       " save.</li>\n</ul>\n</section>\n");
}

static void foot(struct roi_page *p)
{
	say(p, "<footer>run ");
	buf_add_html(p->out, p->s->id);
	buf_addf(p->out, " \xc2\xb7 data %.12s \xc2\xb7 seed %llu \xc2\xb7 forecast " PACKAGE_VERSION
		    " \xc2\xb7 this page needs no connection: everything is in the file.</footer>\n",
		 p->s->data_hash, (unsigned long long)p->s->seed);
}

enum status roi_page_write(const struct roi_scope *s, const struct roi_result *r, const char *keep,
			   struct buf *out, struct err *without, struct err *e)
{
	struct buf body = { 0 };
	struct roi_page p = { .s = s, .r = r, .cut = roi_cut_shown(r), .out = &body, .without = without };
	draw(&p, keep);
	head(&p);
	tiles(&p);
	costs(&p);
	split(&p);
	years(&p);
	members(&p);
	trust(&p);
	foot(&p);
	enum status status = page_frame("What the forecast is worth", &body, out, e);
	plot_free(p.plot);
	arena_release(&p.arena);
	buf_release(&body);
	return status;
}

void roi_section_write(const struct roi_scope *s, const struct roi_result *r, struct buf *out)
{
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct table *t = roi_table(s, r, ROI_VIEW_LINES, NULL, &a);
	roi_scope_say(s, r, &text);
	buf_adds(out, "<section>\n<h2>What it is worth</h2>\n<p class=\"note\">The past replayed, ");
	buf_add_html(out, text.text);
	buf_adds(out, "; forecast roi makes the whole page.</p>\n");
	sentence(s, r, out);
	table_html(t, out);
	buf_adds(out, "</section>\n");
	table_free(t);
	buf_release(&text);
	arena_release(&a);
}
