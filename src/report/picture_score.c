/* Pictures of sums and of scores: totals by node, errors by step, coverage, what came in. */
#include "config.h"
#include "report/picture_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "report/text.h"

static int bar_compare(const void *a, const void *b)
{
	const struct bar *x = a, *y = b;
	if (x->next < y->next || x->next > y->next)
		return x->next < y->next ? 1 : -1;
	return x->index < y->index ? -1 : 1;
}

int totals_bars(const struct totals *t, struct bar *bar, char rest[BAR_REST_MAX])
{
	struct bar *all = NEW_ARRAY(struct bar, t->n);
	int shown = t->n > PICTURE_NODES ? PICTURE_NODES : t->n;
	for (int i = 0; i < t->n; i++)
		all[i] = (struct bar){ t->node[i], t->past[i], t->next[i], i };
	qsort(all, (size_t)t->n, sizeof *all, bar_compare);
	memcpy(bar, all, (size_t)shown * sizeof *bar);
	if (t->n > shown) {
		struct bar *last = &bar[shown - 1];
		snprintf(rest, BAR_REST_MAX, "%d others", t->n - shown + 1);
		*last = (struct bar){ .node = rest };
		for (int i = shown - 1; i < t->n; i++) {
			last->past += all[i].past;
			last->next += all[i].next;
		}
	}
	free(all);
	return shown;
}

void change_label(char out[NUMBER_MAX], double past, double next)
{
	double change = 100 * (next / past - 1);
	if (!(past > 0))
		snprintf(out, NUMBER_MAX, next > 0 ? "new" : "");
	else if (fabs(change) < 0.05)
		snprintf(out, NUMBER_MAX, "0 %%");
	else
		snprintf(out, NUMBER_MAX, fabs(change) < 9.95 ? "%+.1f %%" : "%+.0f %%", change);
}

/* Names down the left side, and room for them. */
#define NODE_ROOM 26
static void node_axis(struct buf *s, const struct bar *bar, int n, int size)
{
	buf_adds(s, "set ytics (");
	for (int i = 0; i < n; i++) {
		struct buf name = { 0 };
		struct text_style style = { .utf8 = 1 };
		text_add(&name, bar[i].node, NODE_ROOM, &style);
		buf_adds(s, i ? ", " : "");
		plot_quote_tick(s, name.text ? name.text : "");
		buf_addf(s, " %d", -i);
		buf_release(&name);
	}
	buf_addf(s, ") noenhanced textcolor rgb '" INK "' font ',%d'\n", size);
}

int totals_height(const struct look *look, int n)
{
	int shown = n > PICTURE_NODES ? PICTURE_NODES : n;
	return look->kind == PLOT_DUMB ? 3 * shown + 4 : (look->titled ? 84 : 46) + 38 * shown;
}

int picture_totals(struct plot *p, const char *name, const struct look *look, const struct totals *t)
{
	struct bar bar[PICTURE_NODES];
	char rest[BAR_REST_MAX], past[NUMBER_MAX], next[NUMBER_MAX], change[NUMBER_MAX];
	double data[PICTURE_NODES * 6], high = 1;
	if (look->kind == PLOT_DUMB)
		return dumb_totals(p, name, look, t);
	int n = totals_bars(t, bar, rest), left = 4, size = look->kind == PLOT_SVG ? 12 : 9;
	for (int i = 0; i < n; i++) {
		int width = text_width(bar[i].node);
		left = width + 2 > left ? width + 2 : left;
		high = fmax(high, fmax(bar[i].past, bar[i].next));
		double row[6] = { bar[i].past, bar[i].next, -i + 0.36, -i + 0.02, -i - 0.02, -i - 0.36 };
		memcpy(data + 6 * i, row, sizeof row);
	}
	int number = picture_begin(p, name, look, t->title, t->unit,
				   left > NODE_ROOM ? NODE_ROOM : left, 2);
	struct buf *s = plot_script(p);
	buf_addf(s, "set border 0\nunset grid\nunset xtics\nset bmargin 0.6\n"
		    "set xrange [0:%.10g]\nset yrange [%.2f:0.6]\n", high * 1.22, -n + 0.4);
	node_axis(s, bar, n, size);
	struct legend l = legend_begin(p, look, 16, legend_place(look, t->unit ? 2 : 1));
	legend_add(&l, SIGN_BOX, BAND80, NULL, "sold before");
	legend_add(&l, SIGN_BOX, MEAN, NULL, "expected (mean)");
	for (int i = 0; i < n; i++) {
		char place[64];
		struct buf label = { 0 };
		value_label(past, bar[i].past);
		value_label(next, bar[i].next);
		change_label(change, bar[i].past, bar[i].next);
		snprintf(place, sizeof place, "%.10g, %.2f left offset 0.5,0", bar[i].past, -i + 0.19);
		picture_text(s, past, place, MUTED, size - 1);
		buf_addf(&label, "%s  %s", next, change);
		snprintf(place, sizeof place, "%.10g, %.2f left offset 0.5,0", bar[i].next, -i - 0.19);
		picture_text(s, label.text, place, INK, size - 1);
		buf_release(&label);
	}
	plot_data(s, "bars", data, n, 6);
	buf_adds(s, "plot $bars using 1:3:(0):1:4:3 with boxxyerror linecolor rgb '" BAND80 "'"
		    " notitle, \\\n $bars using 2:5:(0):2:6:5 with boxxyerror"
		    " linecolor rgb '" MEAN "' notitle\n");
	return number;
}

/* How the k-th further method is drawn: colour, dash and point differ, so that no one sign is needed. */
static const char *const curve_style[] = {
	"linecolor rgb '" ORANGE "' pointtype 9 dashtype 1",
	"linecolor rgb '" GREEN "' pointtype 5 dashtype (8,3)",
	"linecolor rgb '" PURPLE "' pointtype 13 dashtype (4,3)",
	"linecolor rgb '" ALERT "' pointtype 11 dashtype (10,3,2,3)",
	"linecolor rgb '" BAND50 "' pointtype 7 dashtype 1",
	"linecolor rgb '" INK "' pointtype 1 dashtype (2,3)",
};

static void curve_plots(struct buf *s, const struct curves *c)
{
	int other = 0;
	for (int i = 0; i < c->n; i++) {
		buf_addf(s, "%s$curves using 1:%d with linespoints ", i ? ", \\\n " : "plot ", i + 2);
		if (i == c->best)
			buf_adds(s, "linecolor rgb '" MEAN "' linewidth 2.8 pointtype 7 pointsize 0.5");
		else if (i == c->floor)
			buf_adds(s, "linecolor rgb '" MUTED "' linewidth 1.8 pointtype 2 pointsize 0.6"
				    " dashtype (6,4)");
		else
			buf_addf(s, "%s linewidth 1.4 pointsize 0.5", curve_style[other++ % 6]);
		buf_adds(s, " title ");
		plot_quote(s, c->method[i]);
	}
	buf_adds(s, "\n");
}

static void curve_data(struct buf *s, const struct curves *c)
{
	double *x = NEW_ARRAY(double, c->m * (c->n + 1));
	for (int j = 0; j < c->m; j++) {
		x[j * (c->n + 1)] = c->x[j];
		for (int i = 0; i < c->n; i++)
			x[j * (c->n + 1) + 1 + i] = c->y[i * c->m + j];
	}
	plot_data(s, "curves", x, c->m, c->n + 1);
	free(x);
}

/* Frame with the names of the methods down the right side. */
static int curve_begin(struct plot *p, const char *name, const struct look *look,
		       const struct curves *c)
{
	int longest = 0, number;
	for (int i = 0; i < c->n; i++) {
		int width = text_width(c->method[i]);
		longest = width > longest ? width : longest;
	}
	number = picture_begin(p, name, look, c->title, NULL, 10, longest + 8);
	struct buf *s = plot_script(p);
	buf_addf(s, "set key at graph 1.02, graph 1 left top vertical Left reverse noenhanced samplen 2"
		 " spacing 1.25 textcolor rgb '" INK "' font ',%d'\nset bmargin 3.8\n",
		 look->kind == PLOT_SVG ? 12 : 9);
	buf_adds(s, "set xlabel ");
	plot_quote(s, c->x_label);
	buf_adds(s, " noenhanced textcolor rgb '" MUTED "'\nset ylabel ");
	plot_quote(s, c->y_label);
	buf_adds(s, " noenhanced textcolor rgb '" MUTED "'\n");
	return number;
}

static double curves_high(const struct curves *c)
{
	double high = 0;
	for (int i = 0; i < c->n * c->m; i++)
		if (isfinite(c->y[i]) && c->y[i] > high)
			high = c->y[i];
	return high > 0 ? high : 1;
}

int picture_errors(struct plot *p, const char *name, const struct look *look, const struct curves *c)
{
	const struct calendar steps = { .kind = PERIOD_NUMBER };
	double y0, y1;
	if (look->kind == PLOT_DUMB)
		return dumb_curves(p, name, look, c, 0);
	int number = curve_begin(p, name, look, c);
	struct buf *s = plot_script(p);
	axis_periods(s, &steps, (period_t)c->x[0], (period_t)c->x[c->m - 1], picture_labels(look) * 2);
	axis_shares(s, 0, curves_high(c) * 1.05, 5, &y0, &y1);
	curve_data(s, c);
	curve_plots(s, c);
	return number;
}

int picture_coverage(struct plot *p, const char *name, const struct look *look,
		     const struct curves *c)
{
	double y0, y1;
	if (look->kind == PLOT_DUMB)
		return dumb_curves(p, name, look, c, 1);
	int number = curve_begin(p, name, look, c);
	struct buf *s = plot_script(p);
	axis_shares(s, 0, 1, 5, &y0, &y1);
	buf_adds(s, "set xrange [0:1]\nset xtics (");
	for (int i = 0; i <= 5; i++)
		buf_addf(s, "%s'%d %%%%' %.1f", i ? ", " : "", 20 * i, 0.2 * i);
	buf_adds(s, ")\nset arrow from 0, 0 to 1, 1 nohead back linetype 1 dashtype (3,3) linewidth 1.5"
		    " linecolor rgb '" MUTED "'\n");
	curve_data(s, c);
	curve_plots(s, c);
	return number;
}

/* One of the two panels: bars over the periods between two heights of the page. */
static void intake_panel(struct buf *s, const struct intake *q, double bottom, double top,
			 const double *x, const double *y, int labels)
{
	double high = 0, y0, y1;
	for (int i = 0; i < q->n; i++) {
		double v = x[i] + (y ? y[i] : 0);
		high = v > high ? v : high;
	}
	buf_addf(s, "set tmargin at screen %.3f\nset bmargin at screen %.3f\n", top, bottom);
	axis_periods(s, &q->calendar, q->first, q->first + q->n - 1, labels);
	axis_values(s, 0, high > 0 ? high * 1.02 : 1, 3, &y0, &y1);
}

int picture_quality(struct plot *p, const char *name, const struct look *look, const struct intake *q)
{
	struct buf subtitle = { 0 };
	if (look->kind == PLOT_DUMB)
		return dumb_quality(p, name, look, q);
	period_span_label(&q->calendar, q->first, q->first + q->n - 1, &subtitle);
	int number = picture_begin(p, name, look, q->title, subtitle.text, 9, 2);
	int labels = picture_labels(look);
	double top = 1 - (look->titled ? 72.0 : 34.0) / look->height, foot = 30.0 / look->height;
	double middle = foot + (top - foot) * 0.36;
	struct buf *s = plot_script(p);
	double *x = NEW_ARRAY(double, 4 * (q->n + 1));
	for (int i = 0; i < q->n; i++) {
		double row[4] = { q->first + i, q->good[i], q->bad[i], q->findings[i] };
		memcpy(x + 4 * i, row, sizeof row);
	}
	plot_data(s, "intake", x, q->n, 4);
	free(x);
	buf_adds(s, "set multiplot\nset boxwidth 0.8\n");
	struct legend l = legend_begin(p, look, 66, legend_place(look, 2));
	legend_add(&l, SIGN_BOX, BAND50, NULL, q->good_label);
	legend_add(&l, SIGN_BOX, ORANGE, NULL, "findings");
	legend_add(&l, SIGN_BOX, ALERT, NULL, q->bad_label);
	intake_panel(s, q, middle + 0.06 * (top - foot), top, q->good, NULL, labels);
	buf_adds(s, "unset xtics\n");
	buf_adds(s, "plot $intake using 1:2 with boxes linecolor rgb '" BAND50 "' notitle\n"
		    "unset label\nunset object\n");
	buf_adds(s, "set tics nomirror scale 0.5\n");
	intake_panel(s, q, foot, middle, q->bad, q->findings, labels);
	buf_adds(s, "plot $intake using 1:($3+$4) with boxes linecolor rgb '" ORANGE "' notitle,"
		    " \\\n $intake using 1:3 with boxes linecolor rgb '" ALERT "' notitle\n"
		    "unset multiplot\n");
	buf_release(&subtitle);
	return number;
}
