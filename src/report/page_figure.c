/* The page's pictures: asked for slot by slot, drawn by one gnuplot process, then placed. */
#include "config.h"
#include "report/page_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "report/axis.h"
#include "report/digest_picture.h"
#include "report/digest_view.h"
#include "report/svg.h"

#define PLOT_LIMIT 60 /* seconds; a page takes a tenth of one */
#define WIDTH 940

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
	const struct digest_node *total = digest_total(p->d);
	struct look look = { PLOT_SVG, WIDTH, 290, 0, 1 };
	struct fan fan;
	if (!total)
		return;
	digest_fan(p->d, total, NULL, &fan);
	struct figure *f = take(p, SLOT_TOTAL, "total", "All sales", NULL);
	f->picture = picture_fan(p->plot, f->name, &look, &fan);
}

static void ask_tiers(struct page *p)
{
	const char *const *tier;
	int n = digest_tiers(p->d, &p->arena, &tier), shown = 0;
	for (int i = 0; i < n && shown < PAGE_TIERS; i++) {
		struct look look = { PLOT_SVG, WIDTH, 0, 0, 1 };
		struct totals t;
		char name[24], caption[120];
		if (digest_totals(p->d, tier[i], &p->arena, &t) < 2)
			continue;
		snprintf(name, sizeof name, "tier_%d", shown);
		snprintf(caption, sizeof caption, "By %s", tier[i]);
		look.height = totals_height(&look, t.n);
		struct figure *f = take(p, SLOT_TIER + shown++, name, caption, NULL);
		f->picture = picture_totals(p->plot, f->name, &look, &t);
	}
}

static void ask_fans(struct page *p)
{
	struct look look = { PLOT_SVG, WIDTH, 270, 0, 1 };
	for (int i = 0; i < p->d->n_fan; i++) {
		const struct digest_series *s = &p->d->fan[i];
		struct buf under = { 0 };
		struct fan fan;
		char name[24], value[2][NUMBER_MAX];
		value_label(value[0], s->sum.next_sum);
		value_label(value[1], s->sum.past_sum);
		buf_addf(&under, "%s expected in ", value[0]);
		periods_say(p->d, p->d->n_step, &under);
		buf_addf(&under, ", %s sold in the same time before; %s", value[1], s->used.method);
		if (s->used.rung)
			buf_addf(&under, " (%s)", rung_name(s->used.rung));
		snprintf(name, sizeof name, "fan_%d", i);
		struct figure *f = take(p, SLOT_FAN + i, name, s->sum.name, under.text);
		digest_fan(p->d, &s->sum, s, &fan);
		f->picture = picture_fan(p->plot, f->name, &look, &fan);
		buf_release(&under);
	}
}

static void ask_scores(struct page *p)
{
	struct look wide = { PLOT_SVG, WIDTH, 320, 0, 1 }, narrow = { PLOT_SVG, 640, 340, 0, 1 };
	struct curves c;
	struct figure *f;
	if (digest_errors(p->d, &p->arena, &c)) {
		f = take(p, SLOT_ERRORS, "errors", "Error by distance",
			 "less is better; dashed grey is the floor to beat");
		f->picture = picture_errors(p->plot, f->name, &wide, &c);
	}
	if (digest_coverage(p->d, &p->arena, &c)) {
		f = take(p, SLOT_COVERAGE, "coverage", "Can the bands be believed?",
			 "on the line they hold what they promise, below it they are too narrow");
		f->narrow = 1;
		f->picture = picture_coverage(p->plot, f->name, &narrow, &c);
	}
}

static void ask_intake(struct page *p)
{
	struct look look = { PLOT_SVG, WIDTH, 300, 0, 1 };
	struct intake q;
	digest_intake(p->d, &q);
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
	ask_scores(p);
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
