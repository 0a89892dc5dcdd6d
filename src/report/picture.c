/*
 * The pictures' common ground: palette, frame, legend, shading of weekends, the marks of day states;
 * and the fan chart, the one that planners look at each morning.
 */
#include "config.h"
#include "report/picture_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "report/text.h"

const struct palette_entry palette[] = {
	{ "ink", INK, "#e8ecf0" },       { "muted", MUTED, "#9aa7b4" },
	{ "grid", GRID, "#323b44" },     { "shade", SHADE, "#20272e" },
	{ "band90", BAND90, "#1d3448" }, { "band80", BAND80, "#265070" },
	{ "band50", BAND50, "#34719e" }, { "mean", MEAN, "#8ccbf7" },
	{ "alert", ALERT, "#ff8c42" },   { "orange", ORANGE, "#f0b83c" },
	{ "green", GREEN, "#3ccfa4" },   { "purple", PURPLE, "#d795c4" },
	{ "paper", PAPER, "#181d22" },   { NULL, NULL, NULL }
};

void picture_text(struct buf *s, const char *text, const char *place, const char *colour, int size)
{
	buf_adds(s, "set label ");
	plot_quote(s, text);
	buf_addf(s, " at %s noenhanced textcolor rgb '%s' font ',%d'\n", place, colour, size);
}

int picture_begin(struct plot *p, const char *name, const struct look *look, const char *title,
		  const char *subtitle, int left, int right)
{
	int number = plot_begin(p, name, look->kind, look->width, look->height);
	struct buf *s = plot_script(p);
	double row = 20.0 / look->height; /* height of a line of text, as a share of the picture */
	double top = 1 - row * 0.9;
	if (look->titled && title) {
		char place[80];
		snprintf(place, sizeof place, "screen 0.015, screen %.4f left", top);
		buf_adds(s, "set label ");
		plot_quote(s, title);
		buf_addf(s, " at %s noenhanced textcolor rgb '" INK "' font '%s'\n", place,
			 look->kind == PLOT_SVG ? "Arial,17" : "Sans:Bold,12");
		top -= row;
		if (subtitle) {
			snprintf(place, sizeof place, "screen 0.015, screen %.4f left", top);
			picture_text(s, subtitle, place, MUTED, look->kind == PLOT_SVG ? 12 : 9);
			top -= row;
		}
	}
	buf_addf(s, "set tmargin at screen %.4f\n", top - row * 1.1);
	buf_addf(s, "set lmargin %d\nset rmargin %d\nset bmargin 2.2\n", left, right);
	buf_adds(s, "set border 1 linecolor rgb '" MUTED "' linewidth 1\n"
		    "set tics nomirror scale 0.5 textcolor rgb '" MUTED "' noenhanced\n"
		    "set ytics scale 0\n"
		    "set grid noxtics ytics linetype 1 linecolor rgb '" GRID "' linewidth 1\n"
		    "set style fill solid 1 noborder\n"
		    "unset key\n");
	return number;
}

double legend_place(const struct look *look, int lines)
{
	double row = 20.0 / look->height;
	return 1 - row * (0.9 + (look->titled ? lines : 0));
}

struct legend legend_begin(struct plot *p, const struct look *look, double x, double y)
{
	return (struct legend){ plot_script(p), look, x, y };
}

void legend_add(struct legend *l, enum sign sign, const char *colour, const char *style,
		const char *text)
{
	double w = l->look->width, mark = sign == SIGN_POINT ? 8 : 20, letter = 6.8;
	double a = l->x / w, b = (l->x + mark) / w, h = 4.5 / l->look->height;
	char place[64];
	if (sign == SIGN_LINE)
		buf_addf(l->s, "set arrow from screen %.4f, screen %.4f to screen %.4f, screen %.4f nohead"
			 " front linetype 1 linewidth 2 linecolor rgb '%s'\n", a, l->y, b, l->y, colour);
	else if (sign == SIGN_BOX)
		buf_addf(l->s, "set object rectangle from screen %.4f, screen %.4f to screen %.4f,"
			 " screen %.4f front fillcolor rgb '%s' fillstyle solid 1 noborder\n", a, l->y - h, b,
			 l->y + h, colour);
	else
		buf_addf(l->s, "set label '' at screen %.4f, screen %.4f point %s\n", (a + b) / 2, l->y,
			 style);
	snprintf(place, sizeof place, "screen %.4f, screen %.4f left", (l->x + mark + 6) / w, l->y);
	picture_text(l->s, text, place, MUTED, l->look->kind == PLOT_SVG ? 12 : 9);
	l->x += mark + 6 + letter * text_width(text) + 16;
}

int picture_labels(const struct look *look)
{
	return look->kind == PLOT_DUMB ? (look->width - 10) / 9 : look->width / 85;
}

int fan_band(const struct fan *fan, double share, int *low, int *high)
{
	*low = *high = -1;
	for (int i = 0; i < fan->n_level; i++) {
		if (fabs(fan->level[i] - (1 - share) / 2) < 1e-9)
			*low = i;
		if (fabs(fan->level[i] - (1 + share) / 2) < 1e-9)
			*high = i;
	}
	return fan->quantile && *low >= 0 && *high >= 0;
}

static void stretch(double *low, double *high, const double *x, int n)
{
	for (int i = 0; x && i < n; i++) {
		if (!isfinite(x[i]))
			continue;
		*low = x[i] < *low ? x[i] : *low;
		*high = x[i] > *high ? x[i] : *high;
	}
}

void fan_range(const struct fan *fan, double *low, double *high)
{
	static const double share[] = { 0.9, 0.8, 0.5 };
	int a, b;
	*low = *high = 0;
	stretch(low, high, fan->units, fan->n_past);
	stretch(low, high, fan->mean, fan->n_step);
	stretch(low, high, fan->actual, fan->n_step);
	for (size_t k = 0; k < 3; k++)
		if (fan_band(fan, share[k], &a, &b))
			for (int h = 0; h < fan->n_step; h++) {
				stretch(low, high, &fan->quantile[h * fan->n_level + a], 1);
				stretch(low, high, &fan->quantile[h * fan->n_level + b], 1);
			}
	if (*high <= *low)
		*high = *low + 1;
}

/* Grey behind Saturdays and Sundays; only where days can be told apart. */
static void shade_weekends(struct buf *s, const struct calendar *c, period_t from, period_t until)
{
	if (c->kind != PERIOD_DAY || until - from > 200)
		return;
	for (period_t p = from - 1; p <= until; p++) {
		if (day_of_week(p) != 5)
			continue;
		double a = p - 0.5 < from - 0.5 ? from - 0.5 : p - 0.5;
		double b = p + 1.5 > until + 0.5 ? until + 0.5 : p + 1.5;
		if (b > a)
			buf_addf(s, "set object rectangle from %.1f, graph 0 to %.1f, graph 1 behind"
				 " fillcolor rgb '" SHADE "' fillstyle solid 1 noborder\n", a, b);
	}
}

/* What recurs all the time, such as being shut on Sundays, is no event worth a mark. */
#define EVENT_OFTEN 3
static int event_often(const struct fan *fan, int i)
{
	int n = 0;
	for (int k = 0; k < fan->n_event; k++)
		n += !strcmp(fan->event[k].name, fan->event[i].name);
	return n > EVENT_OFTEN;
}

#define EVENT_ROOM 18
/* Fine lines at holidays, with their names standing beside them. */
static void mark_events(struct buf *s, const struct fan *fan, period_t from, period_t until, int size)
{
	period_t last = from - 100;
	for (int i = 0; i < fan->n_event; i++) {
		period_t p = period_of_day(&fan->calendar, fan->event[i].day);
		if (p < from || p > until || event_often(fan, i))
			continue;
		buf_addf(s, "set arrow from %d, graph 0 to %d, graph 1 nohead back linetype 1"
			 " dashtype (2,4) linewidth 1 linecolor rgb '" MUTED "'\n", p, p);
		/* Names that would lie on one another are left out. */
		if ((p - last) * 50 < until - from)
			continue;
		last = p;
		struct buf event = { 0 };
		text_add(&event, fan->event[i].name, EVENT_ROOM, &(struct text_style){ .utf8 = 1 });
		buf_adds(s, "set label ");
		plot_quote(s, event.text ? event.text : "");
		buf_release(&event);
		buf_addf(s, " at %d, graph 0.98 right rotate by 90 offset character -0.7,0 noenhanced front"
			 " textcolor rgb '" MUTED "' font ',%d'\n", p, size);
	}
}

/* Points (period, units) of the past whose state is one of the mask's; units NaN are set to `at`. */
static int state_points(const struct fan *fan, unsigned mask, double at, double *out)
{
	int n = 0;
	for (int t = 0; fan->state && t < fan->n_past; t++)
		if (mask >> fan->state[t] & 1) {
			out[2 * n] = fan->first + t;
			out[2 * n + 1] = isfinite(fan->units[t]) ? fan->units[t] : at;
			n++;
		}
	return n;
}

#define MASK(state) (1u << (state))
static const struct {
	const char *data, *title, *style;
	unsigned mask;
} state_mark[] = {
	{ "out", "out of stock", "pointtype 9 pointsize 0.9 linecolor rgb '" ALERT "'",
	  MASK(DAY_STOCKOUT) },
	{ "shut", "closed", "pointtype 5 pointsize 0.6 linecolor rgb '" MUTED "'", MASK(DAY_CLOSED) },
	{ "gap", "no data", "pointtype 2 pointsize 0.7 linewidth 2 linecolor rgb '" ALERT "'",
	  MASK(DAY_MISSING) | MASK(DAY_NOFEED) },
};
#define N_STATE_MARK 3

/* Writes the data of the state marks; returns a mask of those that have points. */
static unsigned state_data(struct buf *s, const struct fan *fan)
{
	double *point = NEW_ARRAY(double, 2 * (fan->n_past + 1));
	unsigned there = 0;
	for (int k = 0; k < N_STATE_MARK; k++) {
		int n = state_points(fan, state_mark[k].mask, 0, point);
		if (n) {
			plot_data(s, state_mark[k].data, point, n, 2);
			there |= 1u << k;
		}
	}
	free(point);
	return there;
}

static void state_plots(struct buf *s, unsigned there)
{
	for (int k = 0; k < N_STATE_MARK; k++)
		if (there >> k & 1)
			buf_addf(s, ", \\\n $%s using 1:2 with points %s notitle", state_mark[k].data,
				 state_mark[k].style);
}

static void state_legend(struct legend *l, unsigned there)
{
	for (int k = 0; k < N_STATE_MARK; k++)
		if (there >> k & 1)
			legend_add(l, SIGN_POINT, NULL, state_mark[k].style, state_mark[k].title);
}

/* What was sold, as (period, units). */
static void past_data(struct buf *s, const struct fan *fan)
{
	double *x = NEW_ARRAY(double, 2 * (fan->n_past + 1));
	for (int t = 0; t < fan->n_past; t++) {
		x[2 * t] = fan->first + t;
		x[2 * t + 1] = fan->units[t];
	}
	plot_data(s, "past", x, fan->n_past, 2);
	free(x);
}

/*
 * The forecast as (period, mean, actual, low and high of each band). A single step is drawn half a
 * period wide, or it could not be seen.
 */
#define N_BAND 3
static const double band_share[N_BAND] = { 0.9, 0.8, 0.5 };
static const char *const band_colour[N_BAND] = { BAND90, BAND80, BAND50 };
static unsigned forecast_data(struct buf *s, const struct fan *fan)
{
	enum { WIDTH = 3 + 2 * N_BAND };
	int twice = fan->n_step == 1 ? 2 : 1, a, b;
	unsigned there = 0;
	double *x = NEW_ARRAY(double, fan->n_step * twice * WIDTH);
	for (int i = 0; i < fan->n_step * twice; i++) {
		int h = i / twice;
		double *row = x + i * WIDTH;
		row[0] = fan->origin + 1 + h + (twice == 2 ? i * 0.5 - 0.25 : 0);
		row[1] = fan->mean[h];
		row[2] = fan->actual ? fan->actual[h] : (double)NAN;
		for (int k = 0; k < N_BAND; k++) {
			int known = fan_band(fan, band_share[k], &a, &b);
			there |= (unsigned)known << k;
			row[3 + 2 * k] = known ? fan->quantile[h * fan->n_level + a] : (double)NAN;
			row[4 + 2 * k] = known ? fan->quantile[h * fan->n_level + b] : (double)NAN;
		}
	}
	plot_data(s, "next", x, fan->n_step * twice, WIDTH);
	free(x);
	return there;
}

static void fan_frame(struct buf *s, const struct look *look, const struct fan *fan)
{
	period_t from = fan->n_past ? fan->first : fan->origin + 1;
	period_t until = fan->n_step ? fan->origin + fan->n_step : fan->first + fan->n_past - 1;
	double low, high, y0, y1;
	int small = look->kind == PLOT_SVG ? 10 : 8;
	fan_range(fan, &low, &high);
	axis_periods(s, &fan->calendar, from, until, picture_labels(look));
	axis_values(s, low, high * (fan->n_event ? 1.15 : 1.04), 5, &y0, &y1);
	shade_weekends(s, &fan->calendar, from, until);
	mark_events(s, fan, from, until, small);
	if (fan->n_step && fan->n_past)
		buf_addf(s, "set arrow from %.1f, graph 0 to %.1f, graph 1 nohead back linetype 1"
			 " linewidth 1.2 linecolor rgb '" MUTED "'\n", fan->origin + 0.5, fan->origin + 0.5);
}

static void fan_subtitle(const struct fan *fan, struct buf *out)
{
	period_t last = fan->first + fan->n_past - 1;
	if (fan->n_past) {
		buf_adds(out, "sold ");
		period_span_label(&fan->calendar, fan->first, last, out);
	}
	if (fan->n_step) {
		buf_adds(out, fan->n_past ? "; forecast " : "forecast ");
		period_span_label(&fan->calendar, fan->origin + 1, fan->origin + fan->n_step, out);
	}
	if (fan->unit)
		buf_addf(out, "; %s per %s", fan->unit,
			 fan->calendar.kind == PERIOD_NUMBER ? "period"
							     : period_kind_name(fan->calendar.kind));
}

/* The legend tells the story in its order: what was sold, what is expected, how sure that is. */
static void fan_legend(struct plot *p, const struct look *look, const struct fan *fan, unsigned bands,
		       unsigned marks)
{
	struct legend l = legend_begin(p, look, 58, legend_place(look, 2));
	if (fan->n_past)
		legend_add(&l, SIGN_LINE, INK, NULL, "sold");
	if (fan->n_step)
		legend_add(&l, SIGN_LINE, MEAN, NULL, "expected (mean)");
	for (int k = N_BAND - 1; k >= 0; k--)
		if (bands >> k & 1) {
			char share[16];
			snprintf(share, sizeof share, "%.0f %%", 100 * band_share[k]);
			legend_add(&l, SIGN_BOX, band_colour[k], NULL, share);
		}
	if (fan->n_step && fan->actual)
		legend_add(&l, SIGN_POINT, NULL, "pointtype 6 pointsize 0.6 linewidth 1.2 linecolor rgb '" INK "'",
			   "then sold");
	state_legend(&l, marks);
}

int picture_fan(struct plot *p, const char *name, const struct look *look, const struct fan *fan)
{
	struct buf subtitle = { 0 };
	if (look->kind == PLOT_DUMB)
		return dumb_fan(p, name, look, fan);
	fan_subtitle(fan, &subtitle);
	int number = picture_begin(p, name, look, fan->title, subtitle.text, 8, 4);
	struct buf *s = plot_script(p);
	fan_frame(s, look, fan);
	past_data(s, fan);
	unsigned marks = state_data(s, fan), bands = fan->n_step ? forecast_data(s, fan) : 0;
	fan_legend(p, look, fan, bands, marks);
	/* An empty curve, so that what follows can begin with a comma. */
	buf_adds(s, "plot NaN notitle");
	for (int k = 0; k < N_BAND; k++)
		if (bands >> k & 1)
			buf_addf(s, ", \\\n $next using 1:%d:%d with filledcurves fillcolor rgb '%s' notitle",
				 4 + 2 * k, 5 + 2 * k, band_colour[k]);
	if (fan->n_past)
		buf_addf(s, ", \\\n $past using 1:2 with linespoints linecolor rgb '" INK "' linewidth 1.4"
			 " pointtype 7 pointsize %s notitle", fan->n_past > 120 ? "0" : "0.28");
	if (fan->n_step)
		buf_adds(s, ", \\\n $next using 1:2 with linespoints linecolor rgb '" MEAN "' linewidth 2.2"
			    " pointtype 7 pointsize 0.25 notitle");
	if (fan->n_step && fan->actual)
		buf_adds(s, ", \\\n $next using 1:3 with points pointtype 6 pointsize 0.6 linewidth 1.2"
			    " linecolor rgb '" INK "' notitle");
	state_plots(s, marks);
	buf_adds(s, "\n");
	buf_release(&subtitle);
	return number;
}

/* Mean of the known values within one season around t; NaN where fewer than half are known. */
static double season_mean(const struct fan *fan, int t, int season)
{
	double sum = 0;
	int known = 0;
	for (int i = t - season / 2; i < t - season / 2 + season; i++)
		if (i >= 0 && i < fan->n_past && isfinite(fan->units[i])) {
			sum += fan->units[i];
			known++;
		}
	return 2 * known >= season ? sum / known : (double)NAN;
}

int picture_series(struct plot *p, const char *name, const struct look *look, const struct fan *fan)
{
	struct fan history = *fan;
	struct buf subtitle = { 0 };
	history.n_step = 0;
	if (look->kind == PLOT_DUMB)
		return dumb_series(p, name, look, &history);
	fan_subtitle(&history, &subtitle);
	int number = picture_begin(p, name, look, fan->title, subtitle.text, 8, 4);
	int season = period_season(&fan->calendar);
	struct buf *s = plot_script(p);
	fan_frame(s, look, &history);
	past_data(s, &history);
	unsigned marks = state_data(s, &history);
	struct legend l = legend_begin(p, look, 58, legend_place(look, 2));
	legend_add(&l, SIGN_LINE, season > 1 ? BAND50 : INK, NULL, "sold");
	if (season > 1) {
		char text[48];
		snprintf(text, sizeof text, "mean over %d %ss", season, period_kind_name(fan->calendar.kind));
		legend_add(&l, SIGN_LINE, MEAN, NULL, text);
	}
	state_legend(&l, marks);
	double *x = NEW_ARRAY(double, 2 * (fan->n_past + 1));
	for (int t = 0; t < fan->n_past; t++) {
		x[2 * t] = fan->first + t;
		x[2 * t + 1] = season_mean(fan, t, season);
	}
	plot_data(s, "smooth", x, fan->n_past, 2);
	free(x);
	buf_addf(s, "plot $past using 1:2 with lines linecolor rgb '%s' linewidth 1 notitle",
		 season > 1 ? BAND50 : INK);
	if (season > 1)
		buf_adds(s, ", \\\n $smooth using 1:2 with lines linecolor rgb '" MEAN "' linewidth 2.2"
			    " notitle");
	state_plots(s, marks);
	buf_adds(s, "\n");
	buf_release(&subtitle);
	return number;
}
