/* Model cards. */
#include "config.h"
#include "life/card.h"

#include <math.h>
#include <string.h>
#include "io/db_gate.h"
#include "io/db_realised.h"
#include "life/papers.h"

/* Text of the data within Markdown: what could be markup is escaped, line ends are blanks. */
static void add_text(struct buf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (strchr("\\`*_{}[]<>#|!&", *c))
			buf_addc(out, '\\');
		buf_addc(out, (unsigned char)*c < ' ' ? ' ' : *c);
	}
}

static void line(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, "- %s: ", name);
	add_text(out, text && *text ? text : "not told");
	buf_addc(out, '\n');
}

/* A spec as it is, in a block of code, wrapped at its commas. */
static void recipe(struct buf *out, const char *spec)
{
	enum { CODE_WIDTH = 96 };
	size_t at = 0;
	buf_adds(out, "- recipe:\n\n  ```\n  ");
	for (const char *c = spec; *c; c += strspn(c, ", ")) {
		size_t n = strcspn(c, ",");
		if (at && at + n + 2 > CODE_WIDTH) {
			buf_adds(out, "\n  ");
			at = 0;
		}
		buf_adds(out, at ? " " : "");
		buf_add(out, c, n);
		c += n;
		buf_adds(out, *c ? "," : "");
		at += n + 2;
	}
	buf_adds(out, "\n  ```\n\n");
}

static void details(struct db *db, const struct model_row *v, const struct papers *p, const struct calendar *c,
		    struct arena *a, struct buf *out)
{
	char day[DAY_TEXT_MAX];
	buf_adds(out, "## Details\n\n");
	buf_addf(out, "- version: %lld%s%s\n", (long long)v->version, *v->aliases ? ", " : "", v->aliases);
	recipe(out, v->spec);
	line(out, "fitted by", db_model_told(db, v->version, "code", a));
	line(out, "made at", v->made_at);
	line(out, "because of", db_model_told(db, v->version, "trigger", a));
	line(out, "owner", papers_get(p, "model", "owner"));
	line(out, "approver", papers_get(p, "model", "approver"));
	buf_addf(out, "- hash: %s\n", v->hash);
	buf_addf(out, "\n## Training data\n\n- %d series up to %s\n- data hash: %s\n- settings hash: %s\n", v->series,
		 period_format(c, period_of_day(c, v->as_of), day), v->data_hash, v->config_hash);
}

static void use(const struct papers *p, struct buf *out)
{
	buf_adds(out, "\n## Intended use\n\n");
	line(out, "problem", papers_get(p, "problem", "statement"));
	line(out, "for", papers_get(p, "problem", "intended_use"));
	line(out, "decision", papers_get(p, "problem", "decision"));
	line(out, "users", papers_get(p, "problem", "users"));
	line(out, "not for", papers_get(p, "problem", "not_for"));
}

static enum status metrics(struct db *db, struct arena *a, struct buf *out, struct err *e)
{
	struct realised_sum *sum;
	int n, shown = 0;
	enum status status = db_realised_read(db, 0, INT32_MIN + 1, INT32_MAX, 0, a, &sum, &n, e);
	buf_adds(out, "\n## Metrics and evaluation data\n\nPublished forecasts whose days have come: sum of absolute errors"
		      " by units (WAPE), bias, days within the 90 % interval.\n\n"
		      "| part | member | steps | WAPE | bias | in 90 % |\n|---|---|---|---|---|---|\n");
	for (int k = 0; !status && k < n; k++) {
		const struct realised_row *r = &sum[k].sum;
		if (!r->cells || !(r->units > 0))
			continue;
		shown++;
		buf_adds(out, "| ");
		add_text(out, sum[k].part);
		buf_adds(out, " | ");
		add_text(out, sum[k].member);
		buf_addf(out, " | %d-%d | %.1f %% | %+.1f %% | %.1f %% |\n", sum[k].step_from, sum[k].step_to,
			 100 * r->abs_error / r->units, 100 * (r->mean - r->units) / r->units,
			 100 * (double)r->inside[2] / (double)r->cells);
	}
	if (!shown)
		buf_adds(out, "| - | none yet | | | | |\n");
	return status;
}

static enum status gates(struct db *db, const struct model_row *v, struct arena *a, struct buf *out, struct err *e)
{
	struct gate_keep *row;
	int n;
	enum status status = db_gates_read(db, v->version, a, &row, &n, e);
	buf_adds(out, "\n## Gates\n\n");
	if (!status && !n)
		buf_adds(out, "This version came by training, not through the gates.\n");
	for (int k = 0; !status && k < n; k++) {
		buf_addf(out, "- %s, %s: ", row[k].gate, row[k].verdict);
		add_text(out, row[k].text);
		buf_addc(out, '\n');
	}
	return status;
}

enum status card_write(struct db *db, const struct config *config, const struct model_row *version,
		       struct arena *a, struct buf *out, struct err *e)
{
	struct papers p;
	struct calendar c;
	int known;
	enum status status = papers_read(&p, config, e);
	if (!status && !papers_get(&p, "problem", "intended_use"))
		status = err_set(e, E_INPUT, "canvas.conf does not say what the model is for ('intended_use = ...' in"
				 " [problem]), so there is no card");
	if (!status)
		status = db_calendar(db, &c, &known, e);
	if (!status) {
		buf_addf(out, "# Model %lld\n\n", (long long)version->version);
		details(db, version, &p, &c, a, out);
		use(&p, out);
		buf_adds(out, "\n## Factors\n\nErrors differ by store, group of items, step ahead, and how often an item"
			      " sells; the table below has the first three.\n");
		status = metrics(db, a, out, e);
	}
	if (!status)
		status = gates(db, version, a, out, e);
	const char *sanity = db_model_told(db, version->version, "sanity", a);
	if (!status)
		buf_addf(out, "\n## Caveats\n\n- sanity suite: %s\n- Intervals are those of past errors; a change that the"
			      " past does not know is not in them.\n- Days out of stock tell less than what was wanted.\n",
			 sanity ? sanity : "not run ('forecast models test')");
	papers_release(&p);
	return status;
}
