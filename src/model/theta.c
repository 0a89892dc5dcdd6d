/*
 * The Theta method and its two optimised forms. With y seasonally adjusted, k values seen, level l,
 * the line A + B t by least squares, q = (1 - alpha)^k, and h - 1 periods without a value:
 *
 *     l[t] = alpha y[t] + (1 - alpha) l[t-1]
 *     theta    mean = l + B/2 (h - 1 + (1 - q) / alpha)
 *     otheta   mean = l + w (q A + (h - 1 + (1 - q (1 - alpha)) / alpha) B),  w = 1 - 1/theta
 *     dotm     the same with the line of the past alone, and a mean takes the place of each value
 *              that is not there yet
 *
 * theta: Assimakopoulos & Nikolopoulos (2000) as simple exponential smoothing with half the line's
 * slope as drift (Hyndman & Billah 2003); alpha and l[0] by least squares without the drift.
 * otheta, dotm: OTM and DOTM of Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016,
 * International Journal of Forecasting 32, 1151-1161).
 *
 * For a given alpha the one-step errors are linear in l[0] and w, so these are a least-squares
 * solution of one pass, and alpha alone is searched. A value that is not known leaves the level as
 * it is and lengthens the way that the line bridges.
 *
 * The season is that of the M competitions: where the autocorrelation at the season's lag is beyond
 * 90 % limits, y is divided by (or, where ratios make no sense, lessened by) classical indices.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "num/cap.h"
#include "num/decompose.h"
#include "num/stl.h"

/* Places in p; the season's indices follow. */
enum { ALPHA, LEVEL, WEIGHT, LINE_A, LINE_B, SIGMA, CAP, FIRST, KIND, N_FIXED };
enum { SEASON_NONE, SEASON_RATIO, SEASON_DISTANCE };

#define SEASON_MOST (LOCAL_PARAMETERS - N_FIXED) /* a longer season is not adjusted for */
#define INDEX_LEAST 1e-4 /* a ratio below is no season to divide by */
#define ALPHA_CELLS 20
#define GOLDEN_STEPS 30

enum form { FORM_STANDARD, FORM_OPTIMISED, FORM_DYNAMIC };

static const struct option theta_options[] = {
	{ .name = "level", .type = OPTION_NUMBER, .value = "P", .preset = "0.9", .min = 0, .max = 1,
	  .help = "level of the test for a season; 0 always takes the season, 1 never" },
	SEASON_OPTION,
	{ .name = "decomposition", .type = OPTION_CHOICE, .value = "KIND", .preset = "auto",
	  .choices = "auto|multiplicative|additive|none",
	  .help = "how the season is taken off; auto is by ratios where no value is negative" },
	{ 0 }
};
#define theta_NAME "theta"
#define theta_SUMMARY "Theta: smoothing with half the trend as drift"
#define theta_OPTIONS theta_options
#define otheta_NAME "otheta"
#define otheta_SUMMARY "optimised Theta: the weight of the trend is fitted"
#define otheta_OPTIONS theta_options
#define dotm_NAME "dotm"
#define dotm_SUMMARY "dynamic optimised Theta: the trend follows the data too"
#define dotm_OPTIONS theta_options

static enum form form_of(const struct spec *spec)
{
	const char *name = spec->method->name;
	return *name == 't' ? FORM_STANDARD : *name == 'o' ? FORM_OPTIMISED : FORM_DYNAMIC;
}

static int season_in(const struct spec *spec, int calendar)
{
	int own = (int)spec_number(spec, "season"), m = own ? own : calendar;
	return m > 1 && m <= SEASON_MOST ? m : 1;
}

static int theta_n_parameter(const struct spec *spec, int season)
{
	int m = season_in(spec, season);
	return N_FIXED + (m > 1 ? m : 0);
}

/* ---- the season ---- */

/* Is the autocorrelation at lag m beyond the limits of a level, given those before it (Bartlett)?
 * Pairs with an unknown value are left out. */
static int season_shows(int n, const double *x, int m, double level)
{
	double mean = known_mean(x, 0, n), whole = 0, square = 0, r = 0;
	int known = 0;
	for (int t = 0; t < n; t++)
		if (!isnan(x[t])) {
			whole += (x[t] - mean) * (x[t] - mean);
			known++;
		}
	if (known <= 2 * m || !(whole > 0))
		return 0;
	for (int lag = 1; lag <= m; lag++) {
		double sum = 0;
		for (int t = lag; t < n; t++)
			if (!isnan(x[t]) && !isnan(x[t - lag]))
				sum += (x[t] - mean) * (x[t - lag] - mean);
		r = sum / whole;
		square += lag < m ? r * r : 0;
	}
	return fabs(r) > gsl_cdf_ugaussian_Pinv((1 + level) / 2) * sqrt((1 + 2 * square) / known);
}

/* Indices by ratio; E_FIT where ratios make no sense: a value below 0, or an index of 0. */
static enum status ratios(int n, const double *x, int m, struct arena *scratch, double *index)
{
	for (int t = 0; t < n; t++)
		if (x[t] < 0)
			return E_FIT;
	enum status status = decompose(DECOMPOSE_MULTIPLICATIVE, n, x, m, scratch, index, NULL);
	for (int k = 0; !status && k < m; k++)
		if (index[k] < INDEX_LEAST)
			status = E_FIT;
	return status;
}

/* Chooses KIND and fills the indices of x [n], by phase of absolute time. */
static void fit_season(const struct spec *spec, const struct local_series *s, const double *x,
		       struct arena *scratch, double *p)
{
	const char *kind = spec_text(spec, "decomposition");
	double level = spec_number(spec, "level");
	int m = season_in(spec, s->season), taken = SEASON_NONE;
	if (m < 2 || s->n <= 2 * m || *kind == 'n' || level >= 1 || !season_shows(s->n, x, m, level))
		return;
	double *filled = ARENA_ARRAY(scratch, double, s->n), *index = ARENA_ARRAY(scratch, double, m);
	stl_fill(1, &m, s->n, x, scratch, filled);
	if (strcmp(kind, "additive") && !ratios(s->n, filled, m, scratch, index))
		taken = SEASON_RATIO;
	else if (strcmp(kind, "multiplicative")
		 && !decompose(DECOMPOSE_ADDITIVE, s->n, filled, m, scratch, index, NULL))
		taken = SEASON_DISTANCE;
	p[KIND] = taken;
	for (int k = 0; taken && k < m; k++)
		p[N_FIXED + known_phase(s->first + k, m)] = index[k];
}

/* What an index does to a value: out of the adjusted scale, or into it. */
static double season_on(const double *p, int phase, double x)
{
	const double *index = p + N_FIXED;
	return p[KIND] == SEASON_RATIO ? x * index[phase]
		: p[KIND] == SEASON_DISTANCE ? x + index[phase] : x;
}

static double season_off(const double *p, int phase, double y)
{
	const double *index = p + N_FIXED;
	return p[KIND] == SEASON_RATIO ? y / index[phase]
		: p[KIND] == SEASON_DISTANCE ? y - index[phase] : y;
}

/* What the filter sees of period t of a series: not a freak, and without its season. */
static double seen_at(const double *p, const struct local_series *s, int t, int m)
{
	return season_off(p, known_phase(s->first + t, m), cap_value(s->y[t], p[CAP]));
}

/* ---- the line ---- */

/* Sums of a least-squares line through the values so far, about their means (Welford 1962). */
struct line {
	double n, t, y, tt, ty;
};

static void line_add(struct line *l, double t, double y)
{
	double dt = t - l->t;
	l->n++;
	l->t += dt / l->n;
	l->y += (y - l->y) / l->n;
	l->tt += dt * (t - l->t);
	l->ty += dt * (y - l->y);
}

static double line_slope(const struct line *l)
{
	return l->tt > 0 ? l->ty / l->tt : 0;
}

static double line_start(const struct line *l)
{
	return l->y - line_slope(l) * l->t;
}

/* ---- fit ---- */

/* The known values in order, each with the line that is known before it and the unknown periods
 * just before it. */
struct seen {
	int n;
	double *x, *a, *b, *gap;   /* [n] */
	int skip;                  /* first values that are no errors */
	double w_least, w_most;
};

/* Best l[0] and w for an alpha; returns the sum of squared errors. */
static double solve(const struct seen *s, double alpha, double *l0, double *w)
{
	double c = 0, q = 1; /* the level is c + q l[0] */
	double aa = 0, aq = 0, ad = 0, qq = 0, qd = 0, dd = 0;
	for (int k = 0; k < s->n; k++) {
		double next = q * (1 - alpha), a = s->x[k] - c;
		if (k >= s->skip) {
			double d = q * s->a[k] + ((1 - next) / alpha + s->gap[k]) * s->b[k];
			aa += a * a;
			aq += a * q;
			ad += a * d;
			qq += q * q;
			qd += q * d;
			dd += d * d;
		}
		c += alpha * a;
		q = next;
	}
	double root = qq * dd - qd * qd;
	*w = root > 1e-12 * qq * dd ? (qq * ad - qd * aq) / root : s->w_least;
	*w = *w < s->w_least ? s->w_least : *w > s->w_most ? s->w_most : *w;
	*l0 = qq > 0 ? (aq - *w * qd) / qq : s->x[0];
	double sse = aa + *l0 * *l0 * qq + *w * *w * dd - 2 * (*l0 * aq + *w * ad - *l0 * *w * qd);
	return sse > 0 ? sse : 0;
}

static double sse_at(const struct seen *s, double alpha)
{
	double l0, w;
	return solve(s, alpha, &l0, &w);
}

/* Best alpha within [from, to]: the best of a grid, then golden sections around it. */
static double best_alpha(const struct seen *s, double from, double to)
{
	const double ratio = 0.61803398874989484820, cell = (to - from) / ALPHA_CELLS;
	double best = from, least = sse_at(s, from);
	for (int k = 1; k <= ALPHA_CELLS; k++) {
		double alpha = k < ALPHA_CELLS ? from + k * cell : to, sse = sse_at(s, alpha);
		if (sse < least) {
			least = sse;
			best = alpha;
		}
	}
	double low = fmax(from, best - cell), high = fmin(to, best + cell);
	double left = high - ratio * (high - low), right = low + ratio * (high - low);
	double at_left = sse_at(s, left), at_right = sse_at(s, right);
	for (int k = 0; k < GOLDEN_STEPS; k++) {
		if (at_left <= at_right) {
			high = right;
			right = left;
			at_right = at_left;
			left = high - ratio * (high - low);
			at_left = sse_at(s, left);
		} else {
			low = left;
			left = right;
			at_left = at_right;
			right = low + ratio * (high - low);
			at_right = sse_at(s, right);
		}
	}
	double finer = at_left <= at_right ? left : right;
	return fmin(at_left, at_right) < least ? finer : best;
}

/* Collects what the fit sees; the line of the whole past goes to *whole. */
static struct seen see(enum form form, int n, const double *x, struct arena *scratch,
		       struct line *whole)
{
	struct seen s = { 0, ARENA_ARRAY(scratch, double, n), ARENA_ARRAY(scratch, double, n),
			  ARENA_ARRAY(scratch, double, n), ARENA_ARRAY(scratch, double, n), 0, 0, 0 };
	struct line line = { 0, 0, 0, 0, 0 };
	int last = -1;
	for (int t = 0; t < n; t++) {
		if (isnan(x[t]))
			continue;
		s.x[s.n] = x[t];
		s.a[s.n] = line_start(&line);
		s.b[s.n] = line_slope(&line);
		s.gap[s.n++] = t - last - 1;
		line_add(&line, t + 1, x[t]);
		last = t;
	}
	for (int k = 0; form != FORM_DYNAMIC && k < s.n; k++) {
		s.a[k] = line_start(&line);
		s.b[k] = line_slope(&line);
	}
	s.w_most = form == FORM_STANDARD ? 0 : 1;
	s.skip = form == FORM_DYNAMIC && s.n > 1; /* the first mean of DOTM is the first value */
	*whole = line;
	return s;
}

static enum status theta_fit(const struct spec *spec, const struct local_series *s,
			     struct arena *scratch, double *p, struct err *e)
{
	enum form form = form_of(spec);
	int m = season_in(spec, s->season);
	double *x = ARENA_ARRAY(scratch, double, s->n + 1), l0, w;
	struct line line;
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	p[CAP] = cap_of(s->n, s->y, scratch);
	p[FIRST] = s->first;
	for (int t = 0; t < s->n; t++)
		x[t] = cap_value(s->y[t], p[CAP]);
	fit_season(spec, s, x, scratch, p);
	for (int t = 0; t < s->n; t++)
		x[t] = seen_at(p, s, t, m);
	struct seen seen = see(form, s->n, x, scratch, &line);
	p[ALPHA] = form == FORM_STANDARD ? best_alpha(&seen, 1e-4, .9999) : best_alpha(&seen, .1, .99);
	double sse = solve(&seen, p[ALPHA], &l0, &w);
	p[LEVEL] = l0;
	p[WEIGHT] = form == FORM_STANDARD ? .5 : w;
	p[LINE_A] = line_start(&line);
	p[LINE_B] = line_slope(&line);
	p[SIGMA] = sqrt(sse / (seen.n > 3 ? seen.n - 2 : 1));
	return OK;
}

/* ---- forecast ---- */

/* Where the filter stands. */
struct state {
	double level, q;
	struct line line; /* through the past; only of DOTM */
	int t, gap;       /* periods since the first, unknown ones at the end */
	int k;            /* values seen */
};

/* Mean of the next period but `lag`. */
static double mean_of(enum form form, const double *p, const struct state *s, int lag)
{
	double alpha = p[ALPHA], a = p[LINE_A], b = p[LINE_B];
	if (form == FORM_STANDARD)
		return s->level + p[WEIGHT] * b * (lag + (1 - s->q) / alpha);
	if (form == FORM_DYNAMIC) {
		a = line_start(&s->line);
		b = line_slope(&s->line);
	}
	return s->level + p[WEIGHT] * (s->q * a + (lag + (1 - s->q * (1 - alpha)) / alpha) * b);
}

static void advance(enum form form, const double *p, struct state *s, double x)
{
	s->t++;
	if (isnan(x)) {
		s->gap++;
		return;
	}
	s->level += p[ALPHA] * (x - s->level);
	s->q *= 1 - p[ALPHA];
	if (form == FORM_DYNAMIC)
		line_add(&s->line, s->t, x);
	s->gap = 0;
	s->k++;
}

/* The state before the first value. A series that begins elsewhere than the fitted one begins with
 * a level at which its first mean is its first value, long after the line's start. */
static struct state start_of(enum form form, const double *p, const struct local_series *s, int m)
{
	struct state state = { p[LEVEL], 1, { 0, 0, 0, 0, 0 }, 0, 0, 0 };
	int t = 0;
	if ((double)s->first == p[FIRST])
		return state;
	while (t < s->n && isnan(s->y[t]))
		t++;
	state.level = t < s->n ? seen_at(p, s, t, m) : p[LEVEL];
	if (form == FORM_OPTIMISED) {
		state.q = 0;
		state.level -= p[WEIGHT] * p[LINE_B] / p[ALPHA];
	}
	return state;
}

/* Means of steps 1..n_step after a state, with the season on; `phase` is that of step 1. */
static void forecast_from(enum form form, const double *p, struct state s, int phase, int m, int n_step,
			  double *mean)
{
	int gap = s.gap;
	for (int h = 0; h < n_step; h++) {
		double x = mean_of(form, p, &s, form == FORM_DYNAMIC ? s.gap : gap + h);
		mean[h] = season_on(p, (phase + h) % m, x);
		if (form == FORM_DYNAMIC)
			advance(form, p, &s, x);
	}
}

static enum status theta_replay(const struct spec *spec, const double *p,
				const struct local_series *s, struct arena *scratch, int n_end,
				const int *end, int n_step, double *mean, struct err *e)
{
	(void)scratch, (void)e;
	enum form form = form_of(spec);
	int m = season_in(spec, s->season);
	struct state state = start_of(form, p, s, m);
	for (int k = 0, t = 0; k < n_end; k++) {
		for (; t < end[k]; t++)
			advance(form, p, &state, seen_at(p, s, t, m));
		forecast_from(form, p, state, known_phase(s->first + t, m), m, n_step,
			      mean + (size_t)k * (size_t)n_step);
	}
	return OK;
}

static enum status theta_predict(const struct spec *spec, const double *p,
				 const struct local_series *s, struct arena *scratch, int n_step,
				 double *mean, struct err *e)
{
	return theta_replay(spec, p, s, scratch, 1, &s->n, n_step, mean, e);
}

/* Of a level that follows the errors with alpha: sigma^2 (1 + (h - 1) alpha^2) (Hyndman & Billah
 * 2003). */
static enum status theta_sd(const struct spec *spec, const double *p, const struct local_series *s,
			    struct arena *scratch, int n_step, double *sd, struct err *e)
{
	(void)spec, (void)s, (void)scratch;
	if (!(p[SIGMA] > 0))
		return err_set(e, E_FIT, "no error was ever seen");
	for (int h = 0; h < n_step; h++)
		sd[h] = p[SIGMA] * sqrt(1 + h * p[ALPHA] * p[ALPHA]);
	return OK;
}

static enum status theta_paths(const struct spec *spec, const double *p,
			       const struct local_series *s, struct arena *scratch, struct rng *rng,
			       int n_path, int n_step, double *path, struct err *e)
{
	int m = season_in(spec, s->season), phase = known_phase(s->first + s->n, m);
	double *mean = ARENA_ARRAY(scratch, double, n_step);
	enum status status = theta_predict(spec, p, s, scratch, n_step, mean, e);
	for (int k = 0; !status && k < n_path; k++) {
		double carried = 0;
		for (int h = 0; h < n_step; h++) {
			double error = p[SIGMA] * rng_gaussian(rng);
			double x = season_off(p, (phase + h) % m, mean[h]) + carried + error;
			path[(size_t)k * (size_t)n_step + (size_t)h] = season_on(p, (phase + h) % m, x);
			carried += p[ALPHA] * error;
		}
	}
	return status;
}

#define THETA_METHOD(NAME)                                                                         \
	static const struct local_method NAME = {                                                  \
		.name = NAME##_NAME,                                                               \
		.summary = NAME##_SUMMARY,                                                         \
		.options = NAME##_OPTIONS,                                                         \
		.n_parameter = theta_n_parameter,                                                  \
		.fit = theta_fit,                                                                  \
		.predict = theta_predict,                                                          \
		.replay = theta_replay,                                                            \
		.sd = theta_sd,                                                                    \
		.paths = theta_paths,                                                              \
	};                                                                                         \
	LOCAL_METHOD(NAME)
THETA_METHOD(theta);
THETA_METHOD(otheta);
THETA_METHOD(dotm);
