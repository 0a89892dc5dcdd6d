/*
 * The pictures for a terminal: gnuplot's dumb terminal, one character a point. Areas are points too:
 * the places of the characters are known (margins and ranges are ours), so a band is filled place by
 * place. Without UTF-8 everything is ASCII.
 */
#include "config.h"
#include "report/picture_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "report/text.h"

/* Margins in characters. */
#define LEFT 8
#define RIGHT 2
#define BOTTOM 2

/* A canvas of columns x rows within the margins, over ranges of x and y. */
struct canvas {
	struct buf *s;
	int columns, rows;       /* steps between the outer places */
	double x0, x1, y0, y1;
	VEC(double) point;       /* of the layer under way, x and y in turn */
	int layer;
	struct buf plots;        /* the plot command so far */
};

static int canvas_begin(struct canvas *c, struct plot *p, const char *name, const struct look *look,
			const char *title, const char *legend, int left)
{
	int number = plot_begin(p, name, look->kind, look->width, look->height);
	int top = (title != NULL) + (legend != NULL) + 1;
	*c = (struct canvas){ .s = plot_script(p), .columns = look->width - left - RIGHT - 1,
			      .rows = look->height - top - BOTTOM - 1 };
	buf_addf(c->s, "set lmargin %d\nset rmargin %d\nset bmargin %d\nset tmargin %d\nunset key\n", left,
		 RIGHT, BOTTOM, top);
	buf_adds(c->s, "set border 3\nset tics nomirror noenhanced scale 0\n");
	if (title) {
		buf_adds(c->s, "set label ");
		plot_quote(c->s, title);
		buf_addf(c->s, " at character 1, character %d left noenhanced\n", look->height - 1);
	}
	if (legend) {
		buf_adds(c->s, "set label ");
		plot_quote(c->s, legend);
		buf_addf(c->s, " at character 1, character %d left noenhanced\n",
			 look->height - 1 - (title != NULL));
	}
	return number;
}

static double column_x(const struct canvas *c, int i)
{
	return c->x0 + (c->x1 - c->x0) * i / c->columns;
}

static double row_y(const struct canvas *c, int i)
{
	return c->y0 + (c->y1 - c->y0) * i / c->rows;
}

static void put(struct canvas *c, double x, double y)
{
	if (isfinite(x) && isfinite(y)) {
		VEC_PUSH(&c->point, x);
		VEC_PUSH(&c->point, y);
	}
}

/* Ends the layer: its points are drawn as one character each. */
static void layer_end(struct canvas *c, const char *glyph)
{
	char name[16];
	if (c->point.n) {
		snprintf(name, sizeof name, "layer%d", c->layer++);
		plot_data(c->s, name, c->point.at, (int)c->point.n / 2, 2);
		buf_addf(&c->plots, "%s$%s using 1:2 with points pointtype '%s' notitle",
			 c->plots.n ? ", " : "plot ", name, glyph);
	}
	c->point.n = 0;
}

static void canvas_end(struct canvas *c)
{
	/* A picture without a point still shows its axes. */
	buf_adds(c->s, c->plots.n ? c->plots.text : "plot NaN notitle");
	buf_adds(c->s, "\n");
	buf_release(&c->plots);
	VEC_FREE(&c->point);
}

/* Fills between the levels a and b of the forecast. */
static void fill_band(struct canvas *c, const struct fan *fan, int a, int b)
{
	for (int i = 0; i <= c->columns; i++) {
		double x = column_x(c, i);
		int h = (int)lround(x) - fan->origin - 1;
		if (h < 0 || h >= fan->n_step)
			continue;
		const double *q = fan->quantile + (size_t)h * (size_t)fan->n_level;
		for (int j = 0; j <= c->rows; j++)
			if (row_y(c, j) >= q[a] && row_y(c, j) <= q[b])
				put(c, x, row_y(c, j));
	}
}

static void put_states(struct canvas *c, const struct fan *fan, unsigned mask, const char *glyph)
{
	for (int t = 0; fan->state && t < fan->n_past; t++)
		if (mask >> fan->state[t] & 1)
			put(c, fan->first + t, isfinite(fan->units[t]) ? fan->units[t] : 0);
	layer_end(c, glyph);
}

static void fan_axes(struct canvas *c, const struct fan *fan, const struct look *look)
{
	double low, high;
	period_t from = fan->n_past ? fan->first : fan->origin + 1;
	period_t until = fan->n_step ? fan->origin + fan->n_step : fan->first + fan->n_past - 1;
	fan_range(fan, &low, &high);
	axis_periods(c->s, &fan->calendar, from, until, picture_labels(look));
	axis_values(c->s, low, high, 5, &c->y0, &c->y1);
	c->x0 = from - 0.5;
	c->x1 = until + 0.5;
}

/* As much of the history as leaves one column for each period. */
static struct fan fan_cut(const struct fan *fan, int columns)
{
	struct fan cut = *fan;
	int drop = fan->n_past + fan->n_step - columns;
	if (drop > fan->n_past - 14)
		drop = fan->n_past - 14;
	if (drop > 0) {
		cut.n_past -= drop;
		cut.first += drop;
		cut.units += drop;
		if (cut.state)
			cut.state += drop;
	}
	return cut;
}

int dumb_fan(struct plot *p, const char *name, const struct look *look, const struct fan *whole)
{
	struct canvas c;
	const struct fan cut = fan_cut(whole, look->width - LEFT - RIGHT - 1), *fan = &cut;
	int a, b, number = canvas_begin(&c, p, name, look, fan->title, look->utf8
		? "\xe2\x80\xa2 sold   \xe2\x97\x8f mean   \xe2\x96\x92 50 %   \xe2\x96\x91 90 %"
		  "   ! out of stock   x closed or no data"
		: "o sold   @ mean   = 50 %   : 90 %   ! out of stock   x closed or no data", LEFT);
	fan_axes(&c, fan, look);
	if (fan_band(fan, 0.9, &a, &b)) {
		fill_band(&c, fan, a, b);
		layer_end(&c, look->utf8 ? "\xe2\x96\x91" : ":");
	}
	if (fan_band(fan, 0.5, &a, &b)) {
		fill_band(&c, fan, a, b);
		layer_end(&c, look->utf8 ? "\xe2\x96\x92" : "=");
	}
	for (int t = 0; t < fan->n_past; t++)
		put(&c, fan->first + t, fan->units[t]);
	layer_end(&c, look->utf8 ? "\xe2\x80\xa2" : "o");
	for (int h = 0; h < fan->n_step; h++)
		put(&c, fan->origin + 1 + h, fan->mean[h]);
	layer_end(&c, look->utf8 ? "\xe2\x97\x8f" : "@");
	put_states(&c, fan, 1u << DAY_STOCKOUT, "!");
	put_states(&c, fan, 1u << DAY_CLOSED | 1u << DAY_MISSING | 1u << DAY_NOFEED, "x");
	canvas_end(&c);
	return number;
}

/* Mean of each column's periods: a long history has more periods than places. */
int dumb_series(struct plot *p, const char *name, const struct look *look, const struct fan *fan)
{
	struct canvas c;
	int number = canvas_begin(&c, p, name, look, fan->title, look->utf8
		? "\xe2\x96\x88 sold (mean of the days of a column)"
		: "# sold (mean of the periods of a column)", LEFT);
	fan_axes(&c, fan, look);
	for (int i = 0; i <= c.columns; i++) {
		int from = (int)((int64_t)i * fan->n_past / (c.columns + 1));
		int until = (int)((int64_t)(i + 1) * fan->n_past / (c.columns + 1)), known = 0;
		double sum = 0;
		for (int t = from; t < until || t == from; t++)
			if (t < fan->n_past && isfinite(fan->units[t])) {
				sum += fan->units[t];
				known++;
			}
		for (int j = 0; known && j <= c.rows; j++)
			if (row_y(&c, j) > 0 ? row_y(&c, j) <= sum / known : row_y(&c, j) >= fmin(sum / known, 0))
				put(&c, column_x(&c, i), row_y(&c, j));
	}
	layer_end(&c, look->utf8 ? "\xe2\x96\x88" : "#");
	canvas_end(&c);
	return number;
}

#define NODE_ROOM 20
int dumb_totals(struct plot *p, const char *name, const struct look *look, const struct totals *t)
{
	struct canvas c;
	struct bar bar[PICTURE_NODES];
	char rest[BAR_REST_MAX];
	double high = 1;
	int n = totals_bars(t, bar, rest);
	int number = canvas_begin(&c, p, name, look, t->title, look->utf8
		? "\xe2\x96\x92 sold before   \xe2\x96\x88 expected (mean)"
		: "- sold before   # expected (mean)", NODE_ROOM + 2);
	for (int i = 0; i < n; i++)
		high = fmax(high, fmax(bar[i].past, bar[i].next));
	c.x0 = 0;
	c.x1 = high * 1.45;
	c.y0 = 0;
	c.y1 = c.rows;
	buf_addf(c.s, "set border 0\nunset xtics\nunset ytics\nset xrange [0:%.10g]\nset yrange [0:%d]\n",
		 c.x1, c.rows);
	for (int i = 0; i < n; i++) {
		char label[2][NUMBER_MAX], change[NUMBER_MAX];
		struct buf node = { 0 }, text = { 0 };
		int row = c.rows - 3 * i;
		value_label(label[0], bar[i].past);
		value_label(label[1], bar[i].next);
		change_label(change, bar[i].past, bar[i].next);
		text_add(&node, bar[i].node, NODE_ROOM, &(struct text_style){ .utf8 = look->utf8 });
		buf_addf(&text, "%s  %s", label[1], change);
		buf_adds(c.s, "set label ");
		plot_quote(c.s, node.text ? node.text : "");
		buf_addf(c.s, " at character %d, first %d right noenhanced\nset label '%s' at %.10g, %d left"
			 " offset 2,0 noenhanced\nset label '%s' at %.10g, %d left offset 2,0 noenhanced\n",
			 NODE_ROOM + 1, row, label[0], bar[i].past, row, text.text, bar[i].next, row - 1);
		buf_release(&node);
		buf_release(&text);
	}
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < n; i++)
			for (int j = 0; column_x(&c, j) <= (k ? bar[i].next : bar[i].past) && j <= c.columns; j++)
				put(&c, column_x(&c, j), c.rows - 3 * i - k);
		layer_end(&c, look->utf8 ? (k ? "\xe2\x96\x88" : "\xe2\x96\x92") : k ? "#" : "-");
	}
	canvas_end(&c);
	return number;
}

/* Each method has a letter; the legend names them. */
int dumb_curves(struct plot *p, const char *name, const struct look *look, const struct curves *v,
		int diagonal)
{
	struct canvas c;
	struct buf legend = { 0 };
	const struct calendar steps = { .kind = PERIOD_NUMBER };
	double high = 0;
	for (int i = 0; i < v->n; i++)
		buf_addf(&legend, "%s%c %s", i ? "  " : "", 'a' + i % 26, v->method[i]);
	for (int i = 0; i < v->n * v->m; i++)
		high = isfinite(v->y[i]) ? fmax(high, v->y[i]) : high;
	int number = canvas_begin(&c, p, name, look, v->title, legend.text, LEFT);
	if (diagonal) {
		axis_shares(c.s, 0, 1, 5, &c.y0, &c.y1);
		buf_adds(c.s, "set xrange [0:1]\nset xtics ('0' 0, '20 %%' 0.2, '40 %%' 0.4, '60 %%' 0.6,"
			      " '80 %%' 0.8, '100 %%' 1)\n");
		c.x1 = 1;
		for (int i = 0; i <= c.columns; i += 2)
			put(&c, column_x(&c, i), column_x(&c, i));
		layer_end(&c, ".");
	} else {
		axis_shares(c.s, 0, high > 0 ? high : 1, 5, &c.y0, &c.y1);
		axis_periods(c.s, &steps, (period_t)v->x[0], (period_t)v->x[v->m - 1], picture_labels(look));
	}
	for (int i = v->n - 1; i >= 0; i--) {
		char glyph[2] = { (char)('a' + i % 26), '\0' };
		for (int j = 0; j < v->m; j++)
			put(&c, v->x[j], v->y[i * v->m + j]);
		layer_end(&c, glyph);
	}
	canvas_end(&c);
	buf_release(&legend);
	return number;
}

int dumb_quality(struct plot *p, const char *name, const struct look *look, const struct intake *q)
{
	struct canvas c;
	struct buf legend = { 0 };
	double high = 0;
	buf_addf(&legend, "%s %s   ! findings   x %s", look->utf8 ? "\xe2\x96\x88" : "#", q->good_label,
		 q->bad_label);
	int number = canvas_begin(&c, p, name, look, q->title, legend.text, LEFT);
	buf_release(&legend);
	for (int i = 0; i < q->n; i++)
		high = fmax(high, q->good[i]);
	axis_periods(c.s, &q->calendar, q->first, q->first + q->n - 1, picture_labels(look));
	axis_values(c.s, 0, high > 0 ? high : 1, 5, &c.y0, &c.y1);
	c.x0 = q->first - 0.5;
	c.x1 = q->first + q->n - 0.5;
	for (int i = 0; i <= c.columns; i++) {
		int t = (int)lround(column_x(&c, i)) - q->first;
		for (int j = 0; t >= 0 && t < q->n && j <= c.rows && row_y(&c, j) <= q->good[t]; j++)
			if (q->good[t] > 0)
				put(&c, column_x(&c, i), row_y(&c, j));
	}
	layer_end(&c, look->utf8 ? "\xe2\x96\x88" : "#");
	for (int i = 0; i < q->n; i++)
		if (q->findings[i] > 0)
			put(&c, q->first + i, row_y(&c, 1));
	layer_end(&c, "!");
	for (int i = 0; i < q->n; i++)
		if (q->bad[i] > 0)
			put(&c, q->first + i, row_y(&c, 0));
	layer_end(&c, "x");
	canvas_end(&c);
	return number;
}
