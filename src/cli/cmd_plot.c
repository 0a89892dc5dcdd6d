/*
 * forecast plot: one picture, to a file (.svg, .png, .pdf by its name) or as text of 80 columns. Each
 * subcommand collects what its picture is drawn from; how it looks is report/picture.h's business.
 */
#include "config.h"
#include "cli/plotting.h"

#include <stdio.h>
#include "life/digest_gather.h"

static enum status add_totals(struct plotting *p, struct err *e)
{
	const char *tier = call_option(p->call, "tier"), *const *known;
	struct digest d;
	struct totals t;
	enum status status = plot_digest(p, &d, e);
	if (status)
		return status;
	if (!digest_totals(&d, tier, p->arena, &t)) {
		int n = digest_tiers(&d, p->arena, &known);
		struct buf list = { 0 };
		for (int i = 0; i < n; i++)
			buf_addf(&list, "%s%s", i ? ", " : "", known[i]);
		err_set(e, E_NOTFOUND, "nothing sells in tier '%s'; there are %s", tier ? tier : "total",
			list.n ? list.text : "none");
		buf_release(&list);
		return E_NOTFOUND;
	}
	char unit[80];
	snprintf(unit, sizeof unit, "units, %d %ss", d.n_step, period_kind_name(d.calendar.kind));
	t.title = plot_title(p, "Totals");
	t.unit = unit;
	p->look.height = totals_height(&p->look, t.n);
	picture_totals(p->plot, "totals", &p->look, &t);
	return OK;
}

/* A picture of the last backtest's scores. */
struct score_picture {
	const char *name, *title, *missing;
	int (*collect)(const struct digest *, struct arena *, struct curves *);
	int (*draw)(struct plot *, const char *, const struct look *, const struct curves *);
};

static enum status add_scores(struct plotting *p, const struct score_picture *s, struct err *e)
{
	struct digest d = { 0 };
	struct curves c;
	enum status status = digest_scores(p->db, p->call->config, p->arena, &d, e);
	if (status)
		return status;
	if (!d.n_score)
		return err_set(e, E_NOTFOUND, "no backtest has been run yet; forecast backtest makes one");
	if (!s->collect(&d, p->arena, &c))
		return err_set(e, E_NOTFOUND, "the last backtest scored no %s", s->missing);
	c.title = s->title;
	s->draw(p->plot, s->name, &p->look, &c);
	return OK;
}

static enum status add_errors(struct plotting *p, struct err *e)
{
	static const struct score_picture s = { "errors", "Error by distance (WAPE)", "steps apart",
						digest_errors, picture_errors };
	return add_scores(p, &s, e);
}

static enum status add_coverage(struct plotting *p, struct err *e)
{
	static const struct score_picture s = { "coverage", "Share of sales within each band", "bands",
						digest_coverage, picture_coverage };
	return add_scores(p, &s, e);
}

static enum status add_calibration(struct plotting *p, struct err *e)
{
	static const struct score_picture s = { "calibration", "Share of sales at or below each quantile",
						"quantiles", digest_calibration, picture_coverage };
	return add_scores(p, &s, e);
}

static enum status add_quality(struct plotting *p, struct err *e)
{
	struct digest d;
	struct intake q;
	enum status status = plot_digest(p, &d, e);
	if (status)
		return status;
	digest_intake(&d, &q);
	q.title = plot_title(p, "Data by period");
	picture_quality(p->plot, "quality", &p->look, &q);
	return OK;
}

/* ---- the commands ---- */

static enum status fan_run(struct call *c, struct err *e)
{
	return plot_with(c, plot_add_fan, e);
}

static enum status series_run(struct call *c, struct err *e)
{
	return plot_with(c, plot_add_series, e);
}

static enum status totals_run(struct call *c, struct err *e)
{
	return plot_with(c, add_totals, e);
}

static enum status errors_run(struct call *c, struct err *e)
{
	return plot_with(c, add_errors, e);
}

static enum status coverage_run(struct call *c, struct err *e)
{
	return plot_with(c, add_coverage, e);
}

static enum status calibration_run(struct call *c, struct err *e)
{
	return plot_with(c, add_calibration, e);
}

static enum status quality_run(struct call *c, struct err *e)
{
	return plot_with(c, add_quality, e);
}

#define TERM_AND_KEEP                                                                              \
	{ .name = "term", .type = OPTION_FLAG, .help = "as text of 80 columns [without --output]" },   \
	{ .name = "keep", .type = OPTION_TEXT, .value = "DIR",                                     \
	  .help = "leave gnuplot's script with its data, and the picture, in this folder" }
#define STORE                                                                                      \
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "a store [all]" }
#define ITEM                                                                                       \
	{ .name = "item", .type = OPTION_TEXT, .value = "I", .help = "an item of it [their sum]" }
#define RUN                                                                                        \
	{ .name = "run", .type = OPTION_TEXT, .value = "RUN",                                      \
	  .help = "a run, by id, number or last [the published one]" }
#define HISTORY                                                                                    \
	{ .name = "history", .type = OPTION_INT, .value = "N", .min = 1, .max = 100000,            \
	  .help = "periods of the past that are shown" }

static const struct option fan_options[] = { STORE, ITEM, RUN, HISTORY, TERM_AND_KEEP, { 0 } };
static const struct option series_options[] = { STORE, ITEM, HISTORY, TERM_AND_KEEP, { 0 } };
static const struct option totals_options[] = {
	STORE, RUN,
	{ .name = "tier", .type = OPTION_TEXT, .value = "TIER", .help = "store, dept ... [the first]" },
	TERM_AND_KEEP, { 0 }
};
static const struct option score_options[] = { TERM_AND_KEEP, { 0 } };
static const struct option quality_options[] = { STORE, RUN, TERM_AND_KEEP, { 0 } };

static const struct command fan = {
	.name = "fan", .summary = "history, then forecast with its bands", .words = "[STORE/ITEM]",
	.options = fan_options, .run = fan_run };
static const struct command series = {
	.name = "series", .summary = "what was sold, with the marks of its days", .words = "[STORE/ITEM]",
	.options = series_options, .run = series_run };
static const struct command totals = {
	.name = "totals", .summary = "sums by tier: sold before, and expected",
	.options = totals_options, .run = totals_run };
static const struct command errors = {
	.name = "errors", .summary = "error of the last backtest by distance",
	.options = score_options, .run = errors_run };
static const struct command coverage = {
	.name = "coverage", .summary = "do the bands of the last backtest hold what they promise",
	.options = score_options, .run = coverage_run };
static const struct command calibration = {
	.name = "calibration", .summary = "the same of each quantile",
	.options = score_options, .run = calibration_run };
static const struct command quality = {
	.name = "quality", .summary = "data and findings by period",
	.options = quality_options, .run = quality_run };
static const struct command *const subcommands[] = { &fan, &series, &totals, &errors, &coverage,
						     &calibration, &quality, NULL };

static const char *const examples[] = {
	"forecast plot fan --store CA_1 --item FOODS_3_090 -o fan.png", "# a picture for a mail",
	"forecast plot series CA_1/FOODS_3_090", "# in the terminal",
	"forecast plot totals --tier dept -o totals.svg", "# departments against each other",
	NULL
};

extern const struct command cmd_plot;
const struct command cmd_plot = {
	.name = "plot",
	.summary = "one picture, to a file or in the terminal",
	.about = "Without --output the picture is text of 80 columns; with it the file's name chooses\n"
		 "between .svg, .png, .pdf and .txt. gnuplot draws; without it the command exits 6, and\n"
		 "--keep still leaves the script with all data.",
	.options = NULL,
	.sub = subcommands,
	.examples = examples,
	.trains = 1,
};
