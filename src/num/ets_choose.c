/*
 * Which form of exponential smoothing: every form wished for that the values allow is fitted, simple
 * ones first, each from the optima of its simpler relatives besides a grid, so that a richer form is
 * hardly ever worse than the one it contains; the least information criterion wins.
 *
 * Values are divided by their mean size first: nothing below depends on the unit of the series.
 */
#include "config.h"
#include "num/ets.h"

#include <math.h>
#include <string.h>

#define TRENDS 5          /* none, additive, damped, multiplicative, damped */
#define RELATIVES 4       /* fitted forms that one form starts from */
#define WORK_MOST 4e9     /* cells of J'J that one series may cost */
#define PLAIN_LONGEST 24  /* a season that is plain to see: see ets_season_is_plain */
#define PLAIN_SEASONS 10
#define PLAIN_CORRELATION .3
#define ALPHA_FIXED .3    /* for series too short for any fit */

/* What was fitted so far, by error, trend with damping, and season. */
struct fitted {
	double criterion; /* +Inf: was not fitted */
	double *theta;    /* [ETS_SEASON + m] */
};

struct state {
	const struct ets_wish *wish;
	int m, n, n_known, positive, season_stays;
	double *y; /* [n] scaled */
	double scale, work;
	struct arena *scratch;
	struct fitted at[3][TRENDS][3];
};

static int known_in(int n, const double *y, double *scale, int *positive, int *constant)
{
	int known = 0;
	double sum = 0, first = 0;
	*positive = *constant = 1;
	for (int t = 0; t < n; t++) {
		if (isnan(y[t]))
			continue;
		if (!known++)
			first = y[t];
		sum += fabs(y[t]);
		*positive &= y[t] > 0;
		*constant &= y[t] >= first && y[t] <= first;
	}
	*scale = known ? sum / known : 0;
	return known;
}

int ets_season_is_plain(int m, int n, const double *y)
{
	double sum = 0, cross = 0, square = 0;
	int pairs = 0, known = 0;
	if (m < 2 || m > PLAIN_LONGEST || n < PLAIN_SEASONS * m)
		return 0;
	for (int t = 1; t < n; t++)
		if (!isnan(y[t]) && !isnan(y[t - 1])) {
			sum += y[t] - y[t - 1];
			known++;
		}
	for (int t = 1; t < n; t++) {
		double d = y[t] - y[t - 1] - sum / known;
		double before = t > m ? y[t - m] - y[t - m - 1] - sum / known : (double)NAN;
		if (!isnan(d))
			square += d * d;
		if (!isnan(d * before)) {
			cross += d * before;
			pairs++;
		}
	}
	return pairs >= n / 2 && cross / pairs > PLAIN_CORRELATION * square / known;
}

static double ic_of(enum ets_ic kind, double criterion, int n, int k)
{
	if (kind == ETS_BIC)
		return criterion + k * log(n);
	double aic = criterion + 2 * k;
	return kind == ETS_AIC ? aic : n > k + 1 ? aic + 2. * k * (k + 1) / (n - k - 1) : (double)INFINITY;
}

/* ---- starts from relatives ---- */

static void season_into(enum ets_part from, enum ets_part to, int m, double *theta)
{
	double *s = theta + ETS_SEASON, total = 0, l = theta[ETS_LEVEL];
	if (from == to || from == ETS_NONE || to == ETS_NONE)
		return;
	for (int k = 0; k < m; k++) {
		s[k] = to == ETS_MUL ? fmax(1 + s[k] / l, .05) : (s[k] - 1) * l;
		total += s[k];
	}
	for (int k = 0; k < m; k++)
		s[k] = to == ETS_MUL ? s[k] * m / total : s[k] - total / m;
}

/* A fitted vector of one form as a start of another. */
static void convert(struct ets_form from, struct ets_form to, int m, const double *fitted, double *theta)
{
	memcpy(theta, fitted, (size_t)(ETS_SEASON + m) * sizeof *theta);
	double l = theta[ETS_LEVEL];
	if (from.trend == ETS_NONE && to.trend != ETS_NONE) {
		theta[ETS_BETA] = .02 * theta[ETS_ALPHA];
		theta[ETS_SLOPE] = to.trend == ETS_MUL;
	} else if (from.trend == ETS_ADD && to.trend == ETS_MUL) {
		theta[ETS_SLOPE] = fmax(1 + theta[ETS_SLOPE] / l, .5);
	}
	if (to.damped && !from.damped)
		theta[ETS_PHI] = .98;
	season_into(from.season, to.season, m, theta);
}

/* The form as a place in struct state. */
static struct fitted *fitted_at(struct state *s, struct ets_form f)
{
	int trend = f.trend == ETS_NONE ? 0 : f.trend == ETS_ADD ? 1 + f.damped : 3 + f.damped;
	return &s->at[f.error][trend][f.season];
}

static int relatives_of(struct state *s, struct ets_form form, double *start)
{
	struct ets_form kin[RELATIVES] = { form, form, form, form };
	int n = 0, size = ETS_SEASON + s->m;
	kin[0].error = ETS_ADD;                                         /* the same states */
	kin[1].damped = 0;                                              /* phi = 1, or no trend */
	kin[1].trend = form.damped ? form.trend : ETS_NONE;
	kin[2].trend = form.trend == ETS_MUL ? ETS_ADD : form.trend;    /* the other kind of trend */
	kin[3].season = form.season == ETS_MUL ? ETS_ADD : form.season; /* or of season */
	for (int k = 0; k < RELATIVES; k++) {
		const struct fitted *from = fitted_at(s, kin[k]);
		if (from->theta && isfinite(from->criterion))
			convert(kin[k], form, s->m, from->theta, start + size * n++);
	}
	return n;
}

/* ---- the search ---- */

static int is_wished(const struct state *s, struct ets_form f)
{
	const struct ets_wish *w = s->wish;
	int multiplicative = f.error == ETS_MUL || f.trend == ETS_MUL || f.season == ETS_MUL;
	return w->error >> f.error & 1 && w->trend >> f.trend & 1 && w->season >> f.season & 1 &&
	       (f.trend == ETS_NONE || w->damped >> f.damped & 1) && (!multiplicative || s->positive) &&
	       (f.season == ETS_NONE ? !s->season_stays : s->m > 1) && (!w->restricted || ets_form_sound(f)) &&
	       s->n_known >= ets_form_parameters(f, s->m) + 2;
}

/* Fits one form and takes it when it is the best so far. */
static void try_form(struct state *s, struct ets_form form, double *theta, struct ets_choice *best)
{
	struct fitted *to = fitted_at(s, form);
	int size = ETS_SEASON + s->m, k = ets_form_parameters(form, s->m);
	double *start = ARENA_ARRAY(s->scratch, double, RELATIVES * size);
	int n_start = relatives_of(s, form, start); /* before the form is one of them itself */
	to->theta = ARENA_ARRAY(s->scratch, double, size);
	to->criterion = ets_fit(form, s->m, s->wish->bounds, s->n, s->y, n_start, start, s->scratch,
				to->theta);
	s->work += 10. * s->n * k * k;
	double ic = ic_of(s->wish->ic, to->criterion, s->n_known, k);
	if (!isfinite(to->criterion) || !(ic < best->ic))
		return;
	best->form = form;
	best->criterion = to->criterion;
	best->ic = ic;
	memcpy(theta, to->theta, (size_t)size * sizeof *theta);
}

/* Seasons of multiplicative kind come after additive ones, damped trends after plain ones. */
static void try_all(struct state *s, double *theta, struct ets_choice *best)
{
	static const struct ets_form trend[TRENDS] = {
		{ .trend = ETS_NONE }, { .trend = ETS_ADD }, { .trend = ETS_ADD, .damped = 1 },
		{ .trend = ETS_MUL }, { .trend = ETS_MUL, .damped = 1 },
	};
	for (int season = ETS_NONE; season <= ETS_MUL; season++)
		for (int k = 0; k < TRENDS; k++)
			for (int error = ETS_ADD; error <= ETS_MUL; error++) {
				struct ets_form f = trend[k];
				f.error = (enum ets_part)error;
				f.season = (enum ets_part)season;
				if (is_wished(s, f) && s->work < WORK_MOST)
					try_form(s, f, theta, best);
			}
}

/* The level of a series that is constant or too short: nothing else can be told. */
static void plain_level(const struct state *s, int constant, double *theta, struct ets_choice *out)
{
	static const struct ets_form simple = { ETS_ADD, ETS_NONE, ETS_NONE, 0 };
	double state[3] = { 0 }, first[ETS_SEASON + 1] = { 0 };
	struct ets_form f = simple;
	ets_start(f, 1, s->n, s->y, first);
	memset(theta, 0, (size_t)(ETS_SEASON + s->m) * sizeof *theta);
	theta[ETS_ALPHA] = constant ? 1e-4 : ALPHA_FIXED;
	theta[ETS_PHI] = 1;
	theta[ETS_LEVEL] = first[ETS_LEVEL];
	double part[ETS_SEASON + 1];
	memcpy(part, theta, sizeof part);
	out->form = f;
	out->criterion = ets_evaluate(f, 1, part, s->n, s->y, state);
	out->ic = ic_of(s->wish->ic, out->criterion, s->n_known, ets_form_parameters(f, 1));
}

/* From scaled values to those given. */
static void unscale(const struct state *s, double *theta, struct ets_choice *out)
{
	struct ets_form f = out->form;
	double more = 2 * s->n_known * log(s->scale);
	int free = ets_form_parameters(f, s->m) - 1;
	struct ets_sum sum = { 0 };
	double *state = ARENA_ARRAY(s->scratch, double, 2 + s->m);
	memcpy(state, theta + ETS_LEVEL, (size_t)(2 + s->m) * sizeof *state);
	ets_advance(f, s->m, theta, 0, s->n, s->y, state, &sum);
	out->sigma2 = sum.sse / (s->n_known > free ? s->n_known - free : 1);
	if (f.error == ETS_ADD)
		out->sigma2 *= s->scale * s->scale;
	out->criterion += more;
	out->ic += more;
	theta[ETS_LEVEL] *= s->scale;
	if (f.trend == ETS_ADD)
		theta[ETS_SLOPE] *= s->scale;
	for (int k = 0; f.season == ETS_ADD && k < s->m; k++)
		theta[ETS_SEASON + k] *= s->scale;
}

int ets_choose(const struct ets_wish *wish, int m, int n, const double *y, struct arena *scratch,
	       double *theta, struct ets_choice *out)
{
	struct state s = { .wish = wish, .n = n, .scratch = scratch };
	int constant;
	s.n_known = known_in(n, y, &s.scale, &s.positive, &constant);
	if (!s.n_known)
		return 0;
	s.m = m > 1 && n >= 2 * m && s.n_known >= 2 * m && wish->season != 1u << ETS_NONE ? m : 1;
	if (!(s.scale > 0))
		s.scale = 1;
	s.y = ARENA_ARRAY(scratch, double, n);
	for (int t = 0; t < n; t++)
		s.y[t] = y[t] / s.scale;
	s.season_stays = wish->keep_season && wish->season > 1 && s.m > 1 && ets_season_is_plain(s.m, n, s.y);
	*out = (struct ets_choice){ .ic = (double)INFINITY, .criterion = (double)INFINITY };
	memset(theta, 0, (size_t)(ETS_SEASON + m) * sizeof *theta);
	if (!constant)
		try_all(&s, theta, out);
	if (!isfinite(out->criterion))
		plain_level(&s, constant, theta, out);
	if (out->form.season == ETS_NONE)
		s.m = 1;
	out->n = s.n_known;
	out->m = s.m;
	unscale(&s, theta, out);
	return 1;
}
