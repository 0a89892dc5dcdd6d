/* Pictures of a return, as gnuplot's script. */
#include "config.h"
#include "report/roi_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "report/picture_private.h"
#include "report/roi_view.h"
#include "report/text.h"

#define BARS (N_MONEY_LINE + 2)
#define BAR_HALF .34
#define FALL_NAMES 15 /* under a bar */
#define NAMES 28 /* characters of the names down the side */

static int small(const struct look *look)
{
	return look->kind == PLOT_SVG ? 12 : 9;
}

static void axis_words(struct buf *s, const char *axis, const char *words)
{
	buf_addf(s, "set %slabel ", axis);
	plot_quote(s, words);
	buf_adds(s, " noenhanced textcolor rgb '" MUTED "'\n");
}

/* ---- waterfall ---- */

struct fall {
	const char *name[BARS];
	double from[BARS], to[BARS];
	int n;
};

static void fall_of(const struct roi_result *r, struct fall *f)
{
	const struct stock_money *a = &r->arm[r->rival].point.money, *b = &r->arm[r->model].point.money;
	double at = a->total;
	f->n = 0;
	f->name[f->n] = r->arm[r->rival].name;
	f->from[f->n] = 0;
	f->to[f->n++] = at;
	for (int k = 0; k < N_MONEY_LINE; k++) {
		double change = money_line(b, k) - money_line(a, k);
		if (money_line(a, k) == 0 && money_line(b, k) == 0)
			continue;
		f->name[f->n] = money_line_say(k);
		f->from[f->n] = at;
		f->to[f->n++] = at += change;
	}
	f->name[f->n] = r->arm[r->model].name;
	f->from[f->n] = 0;
	f->to[f->n++] = b->total;
}

/* Range in which the steps can be seen: from 0 where they are large, else about them. */
static void fall_range(const struct fall *f, double *low, double *high)
{
	double least = f->to[0], most = f->to[0];
	for (int k = 0; k < f->n; k++) {
		least = fmin(least, f->to[k]);
		most = fmax(most, f->to[k]);
	}
	double room = most - least;
	*high = most + .18 * (room > 0 ? room : most);
	*low = room > .3 * most || room <= 0 ? 0 : fmax(0, least - .6 * room);
}

static void fall_labels(struct buf *s, const struct fall *f, int size)
{
	for (int k = 0; k < f->n; k++) {
		struct buf text = { 0 };
		char place[80];
		double change = f->to[k] - f->from[k];
		int end = k == 0 || k == f->n - 1;
		if (!end && change > 0)
			buf_adds(&text, "+");
		money_say(change, "", &text);
		snprintf(place, sizeof place, "%d, %.10g center offset 0,0.6", k, fmax(f->from[k], f->to[k]));
		picture_text(s, text.text, place, end ? INK : change > 0 ? ALERT : GREEN, size);
		buf_release(&text);
	}
}

int roi_picture_waterfall(struct plot *p, const char *name, const struct look *look,
			  const struct roi_scope *scope, const struct roi_result *r)
{
	struct fall f;
	double low, high, y0, y1, data[BARS * 4];
	fall_of(r, &f);
	fall_range(&f, &low, &high);
	int number = picture_begin(p, name, look, NULL, NULL, 9, 2);
	struct buf *s = plot_script(p);
	axis_values(s, low, high, 5, &y0, &y1);
	buf_addf(s, "set xrange [-0.6:%.1f]\nset bmargin 2.4\nset xtics (", f.n - .4);
	for (int k = 0; k < f.n; k++) {
		struct text_style style = { .utf8 = 1 };
		struct buf label = { 0 };
		text_add(&label, f.name[k], FALL_NAMES, &style);
		buf_adds(s, k ? ", " : "");
		plot_quote_tick(s, label.text ? label.text : "");
		buf_addf(s, " %d", k);
		buf_release(&label);
		double row[4] = { k, f.from[k] < y0 ? y0 : f.from[k], f.to[k],
				  k == 0 || k == f.n - 1 ? 0 : f.to[k] > f.from[k] ? 1 : -1 };
		memcpy(data + 4 * k, row, sizeof row);
	}
	buf_addf(s, ") noenhanced scale 0 textcolor rgb '" INK "' font ',%d'\n", small(look));
	axis_words(s, "y", *scope->currency ? scope->currency : "money");
	fall_labels(s, &f, small(look));
	plot_data(s, "fall", data, f.n, 4);
	buf_addf(s, "plot $fall using ($4==0?$1:NaN):3:($1-%g):($1+%g):2:3 with boxxyerror linecolor rgb '" MEAN
		    "' fillstyle solid 1 noborder notitle, \\\n"
		    " $fall using ($4>0?$1:NaN):3:($1-%g):($1+%g):2:3 with boxxyerror linecolor rgb '" ALERT
		    "' fillstyle solid 1 noborder notitle, \\\n"
		    " $fall using ($4<0?$1:NaN):3:($1-%g):($1+%g):2:3 with boxxyerror linecolor rgb '" GREEN
		    "' fillstyle solid 1 noborder notitle\n", BAR_HALF, BAR_HALF, BAR_HALF, BAR_HALF, BAR_HALF,
		 BAR_HALF);
	return number;
}

/* ---- curves ---- */

static const char *const arm_style[] = {
	"linecolor rgb '" MUTED "' pointtype 2 dashtype (6,4)", "linecolor rgb '" ORANGE "' pointtype 9",
	"linecolor rgb '" GREEN "' pointtype 5 dashtype (8,3)", "linecolor rgb '" PURPLE "' pointtype 13 dashtype (4,3)",
	"linecolor rgb '" ALERT "' pointtype 11 dashtype (10,3,2,3)", "linecolor rgb '" INK "' pointtype 1 dashtype (2,3)",
};

/* x of a point: mean stock, or waste as a share of sales in per cent. */
static double curve_x(const struct roi_point *p, int waste)
{
	return waste ? 100 * p->waste_share : p->stock_value;
}

static void curve_range(const struct roi_result *r, int waste, double *x1, double *y0)
{
	*x1 = 0;
	*y0 = 1;
	for (int k = 0; k < r->n_arm; k++)
		for (int t = 0; t < r->n_tau; t++) {
			const struct roi_point *p = &r->arm[k].curve[t];
			if (isfinite(curve_x(p, waste)))
				*x1 = fmax(*x1, curve_x(p, waste));
			if (isfinite(p->fill))
				*y0 = fmin(*y0, p->fill);
		}
	*x1 = *x1 > 0 ? 1.04 * *x1 : 1;
}

static void curve_block(struct buf *s, const struct roi_result *r, int k, int waste)
{
	char name[32];
	double data[2 * ROI_TAU_MAX];
	for (int t = 0; t < r->n_tau; t++) {
		data[2 * t] = curve_x(&r->arm[k].curve[t], waste);
		data[2 * t + 1] = r->arm[k].curve[t].fill;
	}
	snprintf(name, sizeof name, "arm_%d", k);
	plot_data(s, name, data, r->n_tau, 2);
	data[0] = curve_x(&r->arm[k].point, waste);
	data[1] = r->arm[k].point.fill;
	snprintf(name, sizeof name, "dot_%d", k);
	plot_data(s, name, data, 1, 2);
}

static int curves(struct plot *p, const char *name, const struct look *look, const char *x_words,
		  const struct roi_result *r, int waste)
{
	double x1, low, y0, y1;
	int longest = 0, other = 0;
	for (int k = 0; k < r->n_arm; k++)
		longest = text_width(r->arm[k].name) > longest ? text_width(r->arm[k].name) : longest;
	longest = longest > NAMES ? NAMES : longest;
	int number = picture_begin(p, name, look, NULL, NULL, 9, longest + 7);
	struct buf *s = plot_script(p);
	curve_range(r, waste, &x1, &low);
	axis_shares(s, low, 1, 6, &y0, &y1);
	buf_addf(s, "set xrange [0:%.10g]\nset xtics autofreq noenhanced textcolor rgb '" MUTED "'\n"
		    "set format x '%%.6g'\nset bmargin 3.8\n", x1);
	buf_addf(s, "set key at graph 1.02, graph 1 left top vertical Left reverse noenhanced samplen 2"
		 " spacing 1.25 textcolor rgb '" INK "' font ',%d'\n", small(look));
	axis_words(s, "x", x_words);
	axis_words(s, "y", "demand served from the shelf");
	for (int k = 0; k < r->n_arm; k++)
		curve_block(s, r, k, waste);
	for (int k = 0; k < r->n_arm; k++) {
		struct text_style style = { .utf8 = 1 };
		struct buf title = { 0 };
		const char *look_of = k == r->model ? "linecolor rgb '" MEAN "' pointtype 7"
						    : arm_style[other++ % 6];
		text_add(&title, r->arm[k].name, NAMES, &style);
		buf_addf(s, "%s$arm_%d using 1:2 with lines %s linewidth %s title ", k ? ", \\\n " : "plot ", k,
			 look_of, k == r->model ? "2.8" : "1.5");
		plot_quote(s, title.text ? title.text : "");
		buf_addf(s, ", \\\n $dot_%d using 1:2 with points %s pointsize 1.1 notitle", k, look_of);
		buf_release(&title);
	}
	buf_adds(s, "\n");
	return number;
}

int roi_picture_tradeoff(struct plot *p, const char *name, const struct look *look,
			 const struct roi_scope *scope, const struct roi_result *r)
{
	struct buf words = { 0 };
	buf_addf(&words, "mean stock at cost%s%s", *scope->currency ? ", " : "", scope->currency);
	int number = curves(p, name, look, words.text, r, 0);
	buf_release(&words);
	return number;
}

int roi_picture_waste(struct plot *p, const char *name, const struct look *look, const struct roi_scope *scope,
		      const struct roi_result *r)
{
	(void)scope;
	return curves(p, name, look, "waste, % of sales", r, 1);
}

/* ---- bars down the side ---- */

static void side_names(struct buf *s, const char *const *name, int n, int size)
{
	buf_adds(s, "set ytics (");
	for (int k = 0; k < n; k++) {
		struct buf cut = { 0 };
		struct text_style style = { .utf8 = 1 };
		text_add(&cut, name[k], NAMES, &style);
		buf_adds(s, k ? ", " : "");
		plot_quote_tick(s, cut.text ? cut.text : "");
		buf_addf(s, " %d", -k);
		buf_release(&cut);
	}
	buf_addf(s, ") noenhanced scale 0 textcolor rgb '" INK "' font ',%d'\n", size);
}

static void value_axis(struct buf *s, double low, double high, const char *words)
{
	buf_addf(s, "set xrange [%.10g:%.10g]\nset xtics autofreq noenhanced textcolor rgb '" MUTED "'\n"
		    "set format x '%%.6g'\nset bmargin 3.8\nset grid xtics\nunset grid\n"
		    "set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '" MUTED "' linewidth 1\n",
		 low, high);
	axis_words(s, "x", words);
}

int roi_tornado_height(const struct roi_result *r)
{
	return 90 + 30 * r->n_bar;
}

static void range_label(const struct roi_bar *b, int high, struct buf *out)
{
	char text[NUMBER_MAX];
	value_label(text, high ? b->high : b->low);
	buf_adds(out, text);
}

int roi_picture_tornado(struct plot *p, const char *name, const struct look *look,
			const struct roi_scope *scope, const struct roi_result *r)
{
	double low = 0, high = 0, *data = NEW_ARRAY(double, 4 * r->n_bar + 4);
	const char **names = NEW_ARRAY(const char *, r->n_bar + 1);
	double base = r->plan.years > 0 ? r->cash.npv : r->benefit.total;
	struct buf words = { 0 };
	for (int k = 0; k < r->n_bar; k++) {
		const struct roi_bar *b = &r->bar[k];
		double row[4] = { b->at_low, b->at_high, -k, base };
		memcpy(data + 4 * k, row, sizeof row);
		names[k] = b->name;
		low = fmin(low, fmin(b->at_low, b->at_high));
		high = fmax(high, fmax(b->at_low, b->at_high));
	}
	double room = .12 * (high - low > 0 ? high - low : 1);
	int number = picture_begin(p, name, look, NULL, NULL, 16, 4);
	struct buf *s = plot_script(p);
	buf_addf(&words, "%s%s%s", r->plan.years > 0 ? "worth today" : "saving in the window",
		 *scope->currency ? ", " : "", scope->currency);
	buf_adds(s, "set border 0\n");
	value_axis(s, low - room, high + room, words.text);
	buf_addf(s, "set yrange [%.2f:0.6]\n", -r->n_bar + .4);
	side_names(s, names, r->n_bar, small(look));
	for (int k = 0; k < r->n_bar; k++)
		for (int side = 0; side < 2; side++) {
			const struct roi_bar *b = &r->bar[k];
			double x = side ? b->at_high : b->at_low, y = side ? b->at_low : b->at_high;
			struct buf label = { 0 };
			char place[80];
			range_label(b, side, &label);
			snprintf(place, sizeof place, "%.10g, %d %s offset %s,0", x, -k,
				 x < y ? "right" : "left", x < y ? "-0.5" : "0.5");
			picture_text(s, label.text, place, MUTED, small(look) - 1);
			buf_release(&label);
		}
	plot_data(s, "bars", data, r->n_bar, 4);
	buf_addf(s, "plot $bars using 4:3:4:1:($3-.3):($3+.3) with boxxyerror linecolor rgb '" ORANGE
		    "' fillstyle solid 1 noborder notitle, \\\n"
		    " $bars using 4:3:4:2:($3-.3):($3+.3) with boxxyerror linecolor rgb '" MEAN
		    "' fillstyle solid 1 noborder notitle, \\\n"
		    " $bars using 4:3:(0):(.3) with vectors nohead linecolor rgb '" INK "' notitle\n");
	buf_release(&words);
	free(data);
	free(names);
	return number;
}

/* Members that are shown: those of the cut that have series. */
static int members_of(const struct roi_result *r, const char *cut, const struct roi_member **out)
{
	int n = 0;
	for (int k = 0; k < r->n_member && n < PICTURE_NODES; k++)
		if (!strcmp(r->member[k].cut, cut) && r->member[k].series && r->member[k].rival_total > 0)
			out[n++] = &r->member[k];
	return n;
}

int roi_members_height(const struct roi_result *r, const char *cut)
{
	const struct roi_member *m[PICTURE_NODES];
	return 90 + 30 * members_of(r, cut, m);
}

int roi_picture_members(struct plot *p, const char *name, const struct look *look, const char *cut,
			const struct roi_result *r)
{
	const struct roi_member *m[PICTURE_NODES];
	const char *names[PICTURE_NODES];
	double data[4 * PICTURE_NODES], low = 0, high = 0;
	int n = members_of(r, cut, m), longest = 6;
	for (int k = 0; k < n; k++) {
		const struct benefit *b = &m[k]->benefit;
		double row[4] = { b->total, b->low, b->high, -k };
		memcpy(data + 4 * k, row, sizeof row);
		names[k] = m[k]->member;
		longest = text_width(names[k]) + 2 > longest ? text_width(names[k]) + 2 : longest;
		low = fmin(low, isfinite(b->low) ? b->low : b->total);
		high = fmax(high, isfinite(b->high) ? b->high : b->total);
	}
	double room = .06 * (high - low > 0 ? high - low : 1);
	int number = picture_begin(p, name, look, NULL, NULL, longest > NAMES ? NAMES : longest, 18);
	struct buf *s = plot_script(p);
	buf_adds(s, "set border 0\n");
	value_axis(s, low - room, high + room, "saving in the window, with its 90 % interval");
	buf_addf(s, "set yrange [%.2f:0.6]\n", -n + .4);
	side_names(s, names, n, small(look));
	for (int k = 0; k < n; k++) {
		char place[64], label[60];
		snprintf(label, sizeof label, "%d series, %d worse", m[k]->series, m[k]->worse);
		snprintf(place, sizeof place, "graph 1.01, first %d left", -k);
		picture_text(s, label, place, MUTED, small(look) - 1);
	}
	plot_data(s, "members", data, n, 4);
	buf_addf(s, "plot $members using 1:4:2:3 with xerrorbars linecolor rgb '" MEAN
		    "' linewidth 2 pointtype 7 pointsize 1 notitle\n");
	return number;
}

/* ---- cash ---- */

int roi_picture_cash(struct plot *p, const char *name, const struct look *look, const struct roi_scope *scope,
		     const struct roi_result *r)
{
	double data[(CASH_YEARS_MAX + 1) * 4], sum = 0, factor = 1, low = 0, high = 0, y0, y1;
	int n = r->plan.years + 1;
	for (int k = 0; k < n; k++, factor /= 1 + r->plan.rate) {
		sum += r->flow[k] * factor;
		double row[4] = { k, sum, r->band_low[k], r->band_high[k] };
		memcpy(data + 4 * k, row, sizeof row);
		low = fmin(low, fmin(sum, r->band_low[k]));
		high = fmax(high, fmax(sum, r->band_high[k]));
	}
	int number = picture_begin(p, name, look, NULL, NULL, 9, 3);
	struct buf *s = plot_script(p);
	axis_values(s, low, high > 0 ? high : -.1 * low, 6, &y0, &y1);
	buf_addf(s, "set xrange [0:%d]\nset xtics 1 noenhanced textcolor rgb '" MUTED "'\nset format x '%%.0f'\n"
		    "set bmargin 3.8\nset arrow from graph 0, first 0 to graph 1, first 0 nohead linecolor rgb '"
		    MUTED "'\n", n - 1);
	axis_words(s, "x", "year");
	axis_words(s, "y", *scope->currency ? scope->currency : "money");
	if (isfinite(r->cash.payback_discounted) && r->cash.payback_discounted > 0) {
		char text[60], place[64];
		snprintf(text, sizeof text, "paid back after %.1f years", r->cash.payback_discounted);
		snprintf(place, sizeof place, "%.4f, 0 left offset 0.6,-0.9", r->cash.payback_discounted);
		picture_text(s, text, place, INK, small(look));
		buf_addf(s, "set arrow from %.4f, %.10g to %.4f, %.10g nohead linecolor rgb '" INK
			    "' dashtype (4,3) front\n", r->cash.payback_discounted, y0,
			 r->cash.payback_discounted, 0.);
	}
	plot_data(s, "cash", data, n, 4);
	buf_adds(s, "plot $cash using 1:3:4 with filledcurves fillcolor rgb '" BAND80
		    "' fillstyle solid 1 noborder notitle, \\\n"
		    " $cash using 1:2 with linespoints linecolor rgb '" MEAN
		    "' linewidth 2.8 pointtype 7 pointsize 0.7 notitle\n");
	return number;
}
