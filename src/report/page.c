/*
 * The report's page: sections in the order in which a manager asks. How much, is all well, what needs
 * me, how will it look, can I believe it, what is it made from. All text goes through buf_add_html.
 */
#include "config.h"
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "report/axis.h"
#include "report/digest_picture.h"
#include "report/digest_view.h"
#include "report/page_private.h"

static void text(struct page *p, const char *plain)
{
	buf_add_html(p->out, plain);
}

void page_say(struct page *p, const char *html)
{
	buf_adds(p->out, html);
}

/* A table of the digest under its heading (level 3 or none). */
static void view(struct page *p, enum view v, int headed)
{
	struct table *t = view_table(p->d, v, EXTENT_SHORT, &p->arena);
	if (headed)
		buf_addf(p->out, "<h3>%s</h3>\n", view_text[v].title);
	if (table_rows(t))
		table_html(t, p->out);
	else
		buf_addf(p->out, "<p class=\"note\">%s</p>\n", view_empty(p->d, v));
	table_free(t);
}

/* A table that stands behind a picture: folded, unless there are no pictures. */
static void details(struct page *p, const char *summary, enum view v)
{
	buf_addf(p->out, "<details%s><summary>%s</summary>\n", p->without->code ? " open" : "", summary);
	view(p, v, 0);
	page_say(p, "</details>\n");
}

static void headline(struct page *p)
{
	static const char *const class[] = { "good", "warn", "bad" };
	const struct digest *d = p->d;
	struct buf title = { 0 };
	char origin[DAY_TEXT_MAX];
	digest_title(d, &title);
	page_say(p, "<h1>");
	text(p, title.text);
	page_say(p, "</h1>\n<p class=\"sub\">From sales up to ");
	text(p, period_format(&d->calendar, d->origin, origin));
	page_say(p, " \xc2\xb7 run ");
	text(p, d->run.id);
	if (*d->run.ended) {
		page_say(p, " \xc2\xb7 made ");
		text(p, d->run.ended);
	}
	buf_addf(p->out, "</p>\n<div class=\"light %s\" role=\"status\"><i aria-hidden=\"true\"></i><div><b>%s</b>",
		 class[d->verdict], verdict_say(d->verdict));
	if (d->n_remark)
		page_say(p, "<ul>");
	for (int i = 0; i < d->n_remark; i++) {
		page_say(p, "<li>");
		text(p, d->remark[i]);
		page_say(p, "</li>");
	}
	page_say(p, d->n_remark ? "</ul></div></div>\n" : "</div></div>\n");
	buf_release(&title);
}

static void tile(struct page *p, const char *label, const char *value, const char *under)
{
	page_say(p, "<div class=\"tile\"><span>");
	text(p, label);
	page_say(p, "</span><b>");
	text(p, value);
	page_say(p, "</b><span>");
	text(p, under);
	page_say(p, "</span></div>\n");
}

static void tile_total(struct page *p)
{
	const struct digest *d = p->d;
	const struct digest_node *total = digest_total(d);
	char value[NUMBER_MAX];
	struct buf label = { 0 }, under = { 0 };
	if (!total)
		return;
	value_label(value, total->next_sum);
	buf_adds(&label, "Expected in ");
	periods_say(d, d->n_step, &label);
	if (total->past_sum > 0) {
		buf_addf(&under, "%+.1f %% on the ", 100 * (total->next_sum / total->past_sum - 1));
		periods_say(d, d->n_step, &under);
		buf_adds(&under, " before");
	}
	tile(p, label.text, value, under.n ? under.text : "");
	buf_release(&label);
	buf_release(&under);
}

static void tiles(struct page *p)
{
	const struct digest *d = p->d;
	char value[NUMBER_MAX], under[120];
	int fallen = 0;
	for (int i = 0; i < d->n_rung; i++)
		fallen += d->rung[i].series;
	page_say(p, "<div class=\"tiles\">\n");
	tile_total(p);
	snprintf(value, sizeof value, "%d", d->n_series);
	snprintf(under, sizeof under, "in %d store%s", d->n_store, d->n_store == 1 ? "" : "s");
	tile(p, "Series forecast", value, under);
	snprintf(value, sizeof value, "%.2g %%", 100.0 * fallen / (d->n_series ? d->n_series : 1));
	snprintf(under, sizeof under, "%d series, by a simpler method", fallen);
	tile(p, "Fallbacks", value, under);
	double own = digest_score(d, d->spec, "all", "", "wape");
	double floor = digest_score(d, d->floor, "all", "", "wape");
	if (isfinite(own)) {
		snprintf(value, sizeof value, "%.1f %%", 100 * own);
		snprintf(under, sizeof under, "WAPE; %.1f %% %s than %s", fabs(100 * (1 - own / floor)),
			 own <= floor ? "less" : "more", strcmp(d->floor, "snaive") ? d->floor : "seasonal naive");
		tile(p, "Error in the backtest", value, isfinite(floor) ? under : "WAPE");
	} else {
		tile(p, "Error in the backtest", "n/a", "no backtest yet");
	}
	page_say(p, "</div>\n");
}

static void totals(struct page *p)
{
	page_say(p, "<section>\n<h2>How much</h2>\n<p class=\"note\">Means add up over items and stores;"
		    " the bands of single series do not, so sums are shown without one. Sold before: the"
		    " same number of periods, up to the origin.</p>\n");
	if (p->without->code) {
		page_say(p, "<p class=\"plain\">This page has no pictures: ");
		text(p, p->without->text);
		page_say(p, ".</p>\n");
	}
	page_figure(p, SLOT_TOTAL);
	for (int i = 0; i < PAGE_TIERS; i++)
		page_figure(p, SLOT_TIER + i);
	details(p, "Totals as a table", VIEW_TOTALS);
	page_say(p, "</section>\n");
}

static void attention(struct page *p)
{
	const struct digest *d = p->d;
	int64_t all = 0;
	for (int s = 0; s < N_SEVERITY; s++)
		all += d->findings[s];
	page_say(p, "<section>\n<h2>What needs attention</h2>\n");
	view(p, VIEW_ALERTS, 1);
	view(p, VIEW_FINDINGS, 1);
	if (all > d->n_finding)
		buf_addf(p->out, "<p class=\"note\">The %d gravest of %lld; forecast check lists all.</p>\n",
			 d->n_finding, (long long)all);
	view(p, VIEW_FALLBACKS, 1);
	view(p, VIEW_CHANGES, 1);
	page_say(p, "</section>\n");
}

static void fans(struct page *p)
{
	if (!p->d->n_fan || p->without->code)
		return;
	page_say(p, "<section>\n<h2>The biggest series</h2>\n<p class=\"note\">Line: the mean that is"
		    " expected. Bands: where sales will lie in 50, 80 and 90 of 100 cases. Grey: weekends."
		    "</p>\n");
	for (int i = 0; i < p->d->n_fan; i++)
		page_figure(p, SLOT_FAN + i);
	page_say(p, "</section>\n");
}

static void accuracy(struct page *p)
{
	const struct digest *d = p->d;
	page_say(p, "<section>\n<h2>How good it has been</h2>\n");
	if (d->n_score) {
		page_say(p, "<p class=\"note\">Forecasts made again as of past days and compared with what was"
			    " then sold");
		if (*d->score_note) {
			page_say(p, ": ");
			text(p, d->score_note);
		}
		page_say(p, ". WAPE: sum of errors as a share of sales, less is better. Gain: how much less"
			    " than the floor, ");
		text(p, strcmp(d->floor, "snaive") ? d->floor : "the seasonal naive (snaive: what was sold one"
						     " season before)");
		page_say(p, ". MASE and RMSSE below 1: better than the naive forecast was in the past."
			    " Within 80 %: how often sales lay in the 80 % band.</p>\n");
	}
	view(p, VIEW_ACCURACY, 0);
	page_figure(p, SLOT_ERRORS);
	page_figure(p, SLOT_COVERAGE);
	if (d->n_score)
		details(p, "By distance, as a table", VIEW_STEPS);
	page_say(p, "</section>\n");
}

static void data(struct page *p)
{
	page_say(p, "<section>\n<h2>What it is made from</h2>\n");
	page_figure(p, SLOT_INTAKE);
	view(p, VIEW_FILES, 1);
	details(p, "Series by period, as a table", VIEW_INTAKE);
	page_say(p, "</section>\n<section>\n<h2>How it was made</h2>\n");
	view(p, VIEW_METHODS, 1);
	view(p, VIEW_MODELS, 1);
	view(p, VIEW_STAGES, 1);
	view(p, VIEW_RUN, 1);
	page_say(p, "</section>\n");
}

/* Adds :root with the palette's light or dark colours. */
static void palette_css(int dark, struct buf *out)
{
	buf_adds(out, ":root { ");
	for (const struct palette_entry *e = palette; e->name; e++)
		buf_addf(out, "--%s: %s; ", e->name, dark ? e->dark : e->light);
	buf_adds(out, "}");
}

static enum status template_read(const char *name, struct buf *out, struct err *e)
{
	const char *dir = getenv("FORECAST_DATADIR");
	struct buf path = { 0 };
	buf_addf(&path, "%s/reports/templates/%s", dir && *dir ? dir : PKGDATADIR, name);
	enum status status = file_read(path.text, out, e);
	buf_release(&path);
	return status;
}

/* The template with {title}, {style} and {body} filled in. */
static void template_fill(const struct buf *template, const char *title, const struct buf *style,
			  const struct buf *body, struct buf *out)
{
	for (const char *c = template->text; c && *c;) {
		if (!strncmp(c, "{title}", 7)) {
			buf_add_html(out, title);
			c += 7;
		} else if (!strncmp(c, "{style}", 7)) {
			buf_add(out, style->text, style->n);
			c += 7;
		} else if (!strncmp(c, "{body}", 6)) {
			buf_add(out, body->text, body->n);
			c += 6;
		} else {
			buf_addc(out, *c++);
		}
	}
}

static void body_write(struct page *p)
{
	headline(p);
	tiles(p);
	totals(p);
	attention(p);
	fans(p);
	accuracy(p);
	if (p->d->roi_section)
		page_say(p, p->d->roi_section);
	data(p);
	page_say(p, "<footer>forecast " PACKAGE_VERSION " \xc2\xb7 this page needs no connection: everything"
		    " is in the file.</footer>\n");
}

enum status page_frame(const char *title, const struct buf *body, struct buf *out, struct err *e)
{
	struct buf template = { 0 }, style = { 0 };
	enum status status = template_read("page.html", &template, e);
	palette_css(0, &style);
	buf_adds(&style, "\n@media (prefers-color-scheme: dark) { ");
	palette_css(1, &style);
	buf_adds(&style, " }\n@media print { ");
	palette_css(0, &style);
	buf_adds(&style, " }\n");
	if (!status)
		status = template_read("page.css", &style, e);
	if (!status)
		template_fill(&template, title, &style, body, out);
	buf_release(&template);
	buf_release(&style);
	return status;
}

enum status page_write(const struct digest *d, const char *keep, struct buf *out,
		       struct err *without, struct err *e)
{
	struct buf body = { 0 }, title = { 0 };
	struct page p = { .d = d, .out = &body, .without = without };
	page_draw(&p, keep);
	body_write(&p);
	digest_title(d, &title);
	enum status status = page_frame(title.text, &body, out, e);
	page_release(&p);
	buf_release(&body);
	buf_release(&title);
	return status;
}
