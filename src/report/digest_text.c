/* The digest as a mail of plain text, and as JSON: both from the tables of digest_view.c. */
#include "config.h"
#include "report/digest_view.h"

#include <stdlib.h>
#include <string.h>
#include "base/json.h"

static void heading(const char *title, const struct text_style *style, struct buf *out)
{
	buf_addc(out, '\n');
	text_mark_on(out, MARK_BOLD, style);
	buf_adds(out, title);
	text_mark_off(out, MARK_BOLD, style);
	buf_adds(out, "\n");
}

static void view_show(const struct digest *d, enum view view, const struct text_style *style,
		      struct buf *out)
{
	struct arena a = { 0 };
	struct table *t = view_table(d, view, EXTENT_SHORT, &a);
	heading(view_text[view].title, style, out);
	if (table_rows(t))
		table_write(t, FORMAT_TABLE, style, out);
	else
		buf_addf(out, "%s\n", view_empty(d, view));
	table_free(t);
	arena_release(&a);
}

/* A text of the data on a line of its own. */
static void line(const char *text, const struct text_style *style, const char *lead, struct buf *out)
{
	const char *next = text;
	int indent = (int)strlen(lead);
	for (int first = 1; next; first = 0) {
		const char *from = next;
		size_t n = text_line(from, style->width - indent, &next);
		char *part = xstrndup(from, n);
		if (first)
			buf_adds(out, lead);
		else
			text_pad(out, indent);
		text_add(out, part, 0, style);
		buf_addc(out, '\n');
		free(part);
	}
}

void digest_text(const struct digest *d, const struct text_style *style, struct buf *out)
{
	static const enum text_mark mark[] = { MARK_GOOD, MARK_WARN, MARK_BAD };
	static const enum view view[] = { VIEW_TOTALS,    VIEW_ALERTS,  VIEW_MODELS,   VIEW_FINDINGS,
					  VIEW_FALLBACKS, VIEW_CHANGES, VIEW_ACCURACY, VIEW_STAGES };
	struct buf title = { 0 };
	digest_title(d, &title);
	line(title.text, style, "", out);
	text_mark_on(out, mark[d->verdict], style);
	buf_adds(out, verdict_say(d->verdict));
	text_mark_off(out, mark[d->verdict], style);
	buf_addf(out, ". Run %s, %s, ended %s.\n", d->run.id, d->run.state,
		 *d->run.ended ? d->run.ended : "not yet");
	for (int i = 0; i < d->n_remark; i++)
		line(d->remark[i], style, "- ", out);
	for (size_t i = 0; i < sizeof view / sizeof *view; i++)
		view_show(d, view[i], style, out);
	buf_release(&title);
}

static void json_head(const struct digest *d, struct json *j)
{
	char text[DAY_TEXT_MAX];
	json_key(j, "verdict");
	json_text(j, verdict_name(d->verdict));
	json_key(j, "remarks");
	json_open(j, '[');
	for (int i = 0; i < d->n_remark; i++)
		json_text(j, d->remark[i]);
	json_close(j);
	json_key(j, "store");
	json_text(j, d->store);
	json_key(j, "simulated");
	json_bool(j, d->simulated);
	json_key(j, "period");
	json_text(j, period_kind_name(d->calendar.kind));
	json_key(j, "origin");
	json_text(j, period_format(&d->calendar, d->origin, text));
	json_key(j, "steps");
	json_int(j, d->n_step);
	json_key(j, "stores");
	json_int(j, d->n_store);
	json_key(j, "series");
	json_int(j, d->n_series);
	json_key(j, "findings_by_severity");
	json_open(j, '{');
	for (int s = 0; s < N_SEVERITY; s++) {
		json_key(j, severity_name((enum severity)s));
		json_int(j, d->findings[s]);
	}
	json_close(j);
	json_key(j, "backtest_run");
	if (d->score_run)
		json_int(j, d->score_run);
	else
		json_text(j, NULL);
}

void digest_json(const struct digest *d, struct buf *out)
{
	struct json j = { .out = out };
	struct arena a = { 0 };
	json_open(&j, '{');
	json_head(d, &j);
	for (int v = 0; v < N_VIEW; v++) {
		struct table *t = view_table(d, (enum view)v, EXTENT_ALL, &a);
		json_key(&j, view_text[v].key);
		table_json(t, &j);
		table_free(t);
	}
	json_close(&j);
	buf_addc(out, '\n');
	arena_release(&a);
}
