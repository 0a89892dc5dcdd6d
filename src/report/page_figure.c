/* The page's pictures: asked for slot by slot, drawn by one gnuplot process, then placed. */
#include "config.h"
#include "report/page_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "report/axis.h"
#include "report/digest_view.h"
#include "report/picture.h"
#include "report/svg.h"

#define PLOT_LIMIT 60 /* seconds; a page takes a tenth of one */
#define WIDTH 940

const struct digest_node *page_total(const struct digest *d)
{
	for (int i = 0; i < d->n_node; i++)
		if (!strcmp(d->node[i].tier, "total"))
			return &d->node[i];
	return NULL;
}

void page_fan(const struct digest *d, const struct digest_node *node,
	      const struct digest_series *series, struct fan *out)
{
	*out = (struct fan){
		.title = node->name, .unit = "units", .calendar = d->calendar, .n_past = d->n_past,
		.first = d->origin - d->n_past + 1, .units = node->past,
		.state = series ? series->state : NULL, .n_step = d->n_step, .n_level = d->n_level,
		.origin = d->origin, .level = d->level, .mean = node->mean,
		.quantile = series ? series->quantile : NULL, .event = d->events.event,
		.n_event = (int)d->events.n,
	};
}

/* Takes a slot; the picture is then added to p->plot under the figure's name. */
static struct figure *take(struct page *p, int slot, const char *name, const char *caption,
			   const char *under)
{
	struct figure *f = &p->figure[slot];
	f->there = 1;
	snprintf(f->name, sizeof f->name, "%s", name);
	f->caption = arena_strdup(&p->arena, caption);
	f->under = under ? arena_strdup(&p->arena, under) : NULL;
	return f;
}

static void ask_total(struct page *p)
{
	const struct digest_node *total = page_total(p->d);
	struct look look = { PLOT_SVG, WIDTH, 290, 0, 1 };
	struct fan fan;
	if (!total)
		return;
	page_fan(p->d, total, NULL, &fan);
	struct figure *f = take(p, SLOT_TOTAL, "total", "All sales", NULL);
	f->picture = picture_fan(p->plot, f->name, &look, &fan);
}

static void ask_tiers(struct page *p)
{
	const struct digest *d = p->d;
	int shown = 0;
	for (int from = 0, until; from < d->n_node && shown < PAGE_TIERS; from = until) {
		const char *tier = d->node[from].tier;
		for (until = from; until < d->n_node && !strcmp(d->node[until].tier, tier);)
			until++;
		int n = until - from;
		if (n < 2)
			continue;
		struct look look = { PLOT_SVG, WIDTH, 0, 0, 1 };
		const char **node = ARENA_ARRAY(&p->arena, const char *, n);
		double *past = ARENA_ARRAY(&p->arena, double, n), *next = ARENA_ARRAY(&p->arena, double, n);
		for (int i = 0; i < n; i++) {
			node[i] = d->node[from + i].name;
			past[i] = d->node[from + i].past_sum;
			next[i] = d->node[from + i].next_sum;
		}
		struct totals t = { NULL, NULL, n, node, past, next };
		char name[16], caption[120];
		snprintf(name, sizeof name, "tier_%d", shown);
		snprintf(caption, sizeof caption, "By %s", tier);
		look.height = totals_height(&look, n);
		struct figure *f = take(p, SLOT_TIER + shown, name, caption, NULL);
		f->picture = picture_totals(p->plot, f->name, &look, &t);
		shown++;
	}
}

static void ask_fans(struct page *p)
{
	struct look look = { PLOT_SVG, WIDTH, 270, 0, 1 };
	for (int i = 0; i < p->d->n_fan; i++) {
		const struct digest_series *s = &p->d->fan[i];
		struct buf under = { 0 };
		struct fan fan;
		char name[16], value[2][NUMBER_MAX];
		value_label(value[0], s->sum.next_sum);
		value_label(value[1], s->sum.past_sum);
		buf_addf(&under, "%s expected in ", value[0]);
		periods_say(p->d, p->d->n_step, &under);
		buf_addf(&under, ", %s sold in the same time before; %s", value[1], s->used.method);
		if (s->used.rung)
			buf_addf(&under, " (%s)", rung_name(s->used.rung));
		snprintf(name, sizeof name, "fan_%d", i);
		struct figure *f = take(p, SLOT_FAN + i, name, s->sum.name, under.text);
		page_fan(p->d, &s->sum, s, &fan);
		f->picture = picture_fan(p->plot, f->name, &look, &fan);
		buf_release(&under);
	}
}

#define CURVES_MAX 7
/* The methods that a picture shows: the floor and the run's own spec first, then the others. */
static int curve_methods(struct page *p, const char *only[CURVES_MAX], int most, int *best, int *floor)
{
	const char *const *method;
	int n = digest_methods(p->d, &p->arena, &method), shown = 0;
	*best = *floor = -1;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < n && shown < most; i++) {
			int is_best = !strcmp(method[i], p->d->run.spec);
			int is_floor = !strcmp(method[i], p->d->floor);
			if ((is_best || is_floor) != (pass == 0))
				continue;
			if (is_best)
				*best = shown;
			else if (is_floor)
				*floor = shown;
			only[shown++] = method[i];
		}
	return shown;
}

static void ask_errors(struct page *p)
{
	const char *method[CURVES_MAX];
	struct look look = { PLOT_SVG, WIDTH, 320, 0, 1 };
	struct curves c = { .x_label = "steps ahead", .y_label = "WAPE", .method = method };
	double *x = ARENA_ARRAY(&p->arena, double, p->d->n_score + 1);
	c.n = curve_methods(p, method, CURVES_MAX, &c.best, &c.floor);
	for (int h = 1; c.n && h <= p->d->n_score; h++) {
		char member[16];
		snprintf(member, sizeof member, "%d", h);
		if (!isfinite(digest_score(p->d, method[0], "horizon", member, "wape")))
			break;
		x[c.m++] = h;
	}
	if (c.m < 2)
		return;
	double *y = ARENA_ARRAY(&p->arena, double, c.n * c.m);
	for (int i = 0; i < c.n; i++)
		for (int j = 0; j < c.m; j++) {
			char member[16];
			snprintf(member, sizeof member, "%d", j + 1);
			y[i * c.m + j] = digest_score(p->d, method[i], "horizon", member, "wape");
		}
	c.x = x;
	c.y = y;
	struct figure *f = take(p, SLOT_ERRORS, "errors", "Error by distance",
				"less is better; dashed grey is the floor to beat");
	f->picture = picture_errors(p->plot, f->name, &look, &c);
}

static void ask_coverage(struct page *p)
{
	const char *method[CURVES_MAX];
	const struct digest *d = p->d;
	struct look look = { PLOT_SVG, 640, 340, 0, 1 };
	struct curves c = { .x_label = "promised: sales at or below in so many cases",
			    .y_label = "what happened", .method = method, .m = d->n_level };
	c.n = curve_methods(p, method, 2, &c.best, &c.floor);
	double *y = ARENA_ARRAY(&p->arena, double, c.n * c.m + 1);
	int known = 0;
	for (int i = 0; i < c.n; i++)
		for (int j = 0; j < c.m; j++) {
			char metric[2][40], level[NUMBER_MAX];
			number_format(level, d->level[j]);
			snprintf(metric[0], sizeof metric[0], "atmost_%s", level);
			snprintf(metric[1], sizeof metric[1], "below_%s", level);
			double at_most = digest_score(d, method[i], "all", "", metric[0]);
			double below = digest_score(d, method[i], "all", "", metric[1]);
			y[i * c.m + j] = isfinite(below) ? (at_most + below) / 2 : at_most;
			known += isfinite(y[i * c.m + j]);
		}
	if (!known)
		return;
	c.x = d->level;
	c.y = y;
	struct figure *f = take(p, SLOT_COVERAGE, "coverage", "Can the bands be believed?",
				"on the diagonal they hold what they promise");
	f->narrow = 1;
	f->picture = picture_coverage(p->plot, f->name, &look, &c);
}

static void ask_intake(struct page *p)
{
	const struct digest *d = p->d;
	struct look look = { PLOT_SVG, WIDTH, 300, 0, 1 };
	struct intake q = { .calendar = d->calendar, .n = d->n_past, .first = d->origin - d->n_past + 1,
			    .good = d->known, .bad = d->unknown, .findings = d->found,
			    .good_label = "series with data", .bad_label = "series without" };
	struct figure *f = take(p, SLOT_INTAKE, "intake", "Data by period",
				"series with a known value; below, series without and findings");
	f->picture = picture_quality(p->plot, f->name, &look, &q);
}

void page_draw(struct page *p, const char *keep)
{
	*p->without = (struct err){ 0 };
	enum status status = plot_new(&p->plot, keep, p->without);
	if (status)
		return;
	ask_total(p);
	ask_tiers(p);
	ask_fans(p);
	if (p->d->n_score) {
		ask_errors(p);
		ask_coverage(p);
	}
	if (p->d->n_past)
		ask_intake(p);
	status = plot_run(p->plot, PLOT_LIMIT, p->without);
	if (!status)
		*p->without = (struct err){ 0 };
}

void page_figure(struct page *p, int slot)
{
	const struct figure *f = &p->figure[slot];
	struct buf svg = { 0 };
	size_t before = p->out->n;
	if (!f->there || p->without->code)
		return;
	buf_addf(p->out, "<figure%s><figcaption>", f->narrow ? " class=\"narrow\"" : "");
	buf_add_html(p->out, f->caption);
	if (f->under) {
		page_say(p, " <span>");
		buf_add_html(p->out, f->under);
		page_say(p, "</span>");
	}
	page_say(p, "</figcaption>\n");
	enum status status = plot_read(p->plot, f->picture, &svg, p->without);
	if (!status)
		status = svg_inline(svg.text ? svg.text : "", f->name, f->caption, p->out, p->without);
	page_say(p, "\n</figure>\n");
	if (status)
		p->out->n = before;
	buf_release(&svg);
}

void page_release(struct page *p)
{
	plot_free(p->plot);
	arena_release(&p->arena);
}
