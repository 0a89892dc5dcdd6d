/*
 * Stepwise search. Each order is started from Hannan & Rissanen's (1982) regression of the series on
 * its own lags and those of the residuals of a long autoregression: the products of all lags are
 * summed once, so that a start costs the solution of a small system, and few evaluations of the
 * likelihood follow. Orders are compared by exact likelihoods that are nearly at their maximum; the
 * best few are then brought there.
 */
#include "config.h"
#include "num/arima_search.h"

#include <math.h>
#include <string.h>
#include "num/arima_private.h"
#include "num/stl.h"
#include "num/unitroot.h"

#define TRIED_MOST 200
#define FINALISTS 3
#define SCREEN_GAIN .05   /* in log-likelihood, while orders are compared */
#define SCREEN_MOST 60    /* evaluations */
#define FINAL_GAIN 1e-5
#define FINAL_MOST 400
#define ROOT_RADIUS 1.0001 /* an autoregression nearer to a unit root wants a difference instead */
#define DIFFERENCE_PRICE 3.84 /* 5 % point of chi squared with one degree of freedom */
#define STRONG_SEASON .64 /* as R's nsdiffs */

struct arima_scope arima_scope_default(int season)
{
	return (struct arima_scope){ .season = season, .d = -1, .D = -1, .max_p = 5, .max_q = 5,
				     .max_P = 2, .max_Q = 2, .trend = 1, .models = 94 };
}

/* ---- starts ---- */

#define N_LAG 10 /* 1..8, season, 2 seasons */

struct lags {
	int lag[N_LAG];
	double product[2 * N_LAG + 1][2 * N_LAG + 1]; /* w[t-lag], e[t-lag], w[t] */
};

/* Coefficients of an autoregression of order `most` by Levinson's recursion on autocovariances. */
static void long_autoregression(const double *w, int n, int most, double *a, double *room)
{
	double *c = room, *before = room + most + 1, error;
	for (int k = 0; k <= most; k++) {
		c[k] = 0;
		for (int t = k; t < n; t++)
			c[k] += w[t] * w[t - k];
	}
	error = c[0] * (1 + 1e-9);
	for (int k = 0; k < most; k++) {
		double r = c[k + 1];
		for (int j = 0; j < k; j++)
			r -= a[j] * c[k - j];
		r = error > 0 ? r / error : 0;
		memcpy(before, a, (size_t)k * sizeof *a);
		for (int j = 0; j < k; j++)
			a[j] = before[j] - r * before[k - 1 - j];
		a[k] = r;
		error *= 1 - r * r;
	}
}

static void lags_init(struct lags *l, const double *w, int n, int season, struct arena *scratch)
{
	int most = season > 1 ? 2 * season + 3 : 10, room = season > 1 && season <= ARIMA_SEASON ? season : 8;
	most = most < n / 4 ? most : n / 4;
	double *a = ARENA_ARRAY(scratch, double, most + 1), *e = ARENA_ARRAY(scratch, double, n + 1);
	double *levinson = ARENA_ARRAY(scratch, double, 2 * most + 2);
	const double *column[2 * N_LAG + 1];
	memset(l, 0, sizeof *l);
	for (int k = 0; k < N_LAG - 2; k++)
		l->lag[k] = k + 1;
	l->lag[N_LAG - 2] = room;
	l->lag[N_LAG - 1] = 2 * room;
	long_autoregression(w, n, most, a, levinson);
	for (int t = 0; t < n; t++) {
		e[t] = w[t];
		for (int k = 0; k < most && k < t; k++)
			e[t] -= a[k] * w[t - 1 - k];
	}
	int from = 2 * room > 8 ? 2 * room : 8, rows = n - from;
	if (rows < 10)
		return;
	for (int k = 0; k < N_LAG; k++) {
		column[k] = w + from - l->lag[k];
		column[N_LAG + k] = e + from - l->lag[k];
	}
	column[2 * N_LAG] = w + from;
	for (int i = 0; i <= 2 * N_LAG; i++)
		for (int j = 0; j <= i; j++)
			l->product[i][j] = l->product[j][i] = arima_dot(column[i], column[j], rows);
}

/* Brings a block into the region of stability by damping far lags more than near ones. */
static void tame(double *coef, int n, double sign)
{
	double x[ARIMA_COEF], turned[ARIMA_COEF];
	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < n; i++)
			turned[i] = sign * coef[i];
		if (arma_to_free(turned, n, x) && arma_is_stable(turned, n, 1.02))
			return;
		double power = 1;
		for (int i = 0; i < n; i++)
			coef[i] *= power *= .9;
	}
}

static void rough_start(const struct lags *l, const struct arima_order *o, double *coef)
{
	int at[ARIMA_COEF], n = 0;
	double A[ARIMA_COEF * ARIMA_COEF];
	for (int k = 0; k < o->p; k++)
		at[n++] = k;
	for (int k = 0; k < o->q; k++)
		at[n++] = N_LAG + k;
	for (int k = 0; k < o->P; k++)
		at[n++] = N_LAG - 2 + k;
	for (int k = 0; k < o->Q; k++)
		at[n++] = 2 * N_LAG - 2 + k;
	for (int i = 0; i < n; i++) {
		coef[i] = l->product[at[i]][2 * N_LAG];
		for (int j = 0; j < n; j++)
			A[i * n + j] = l->product[at[i]][at[j]] * (i == j ? 1 + 1e-3 : 1);
	}
	arima_solve(A, n, coef);
	tame(coef, o->p, 1);
	tame(coef + o->p, o->q, -1);
	tame(coef + o->p + o->q, o->P, 1);
	tame(coef + o->p + o->q + o->P, o->Q, -1);
}

/* ---- the search at given differences ---- */

struct tried {
	int p, q, P, Q, trend;
};

struct search {
	const struct arima_scope *scope;
	struct arima_order base;         /* differences and season; the largest lags */
	struct arima_work *work[2];      /* without and with a trend */
	struct lags *lags[2];
	struct tried tried[TRIED_MOST];
	int n_tried;
	struct arima_model best[FINALISTS];
	int n_best;
};

static double criterion(const struct arima_scope *scope, const struct arima_model *m)
{
	double k = arima_coefs(&m->order) + m->k + 1;
	if (scope->criterion == ARIMA_AICC || !isfinite(m->aicc))
		return m->aicc;
	return -2 * m->loglik + k * (scope->criterion == ARIMA_AIC ? 2 : log(m->n_used));
}

static int admissible(const struct arima_model *m)
{
	const double *phi = m->coef, *sphi = phi + m->order.p + m->order.q;
	return isfinite(m->aicc) && m->sigma2 > 0 && arma_is_stable(phi, m->order.p, ROOT_RADIUS) &&
	       arma_is_stable(sphi, m->order.P, ROOT_RADIUS);
}

/* Puts a model among the best; true when it is the best. */
static int enlist(struct search *s, const struct arima_model *m)
{
	int at = s->n_best;
	while (at > 0 && criterion(s->scope, m) < criterion(s->scope, &s->best[at - 1]))
		at--;
	if (at == FINALISTS)
		return 0;
	if (s->n_best < FINALISTS)
		s->n_best++;
	memmove(s->best + at + 1, s->best + at, (size_t)(s->n_best - 1 - at) * sizeof *m);
	s->best[at] = *m;
	return at == 0;
}

/* The best model's coefficients as far as the order has them, unless a regression gives a better
 * start. */
static void start(struct search *s, int trend, const struct arima_order *o, double *coef)
{
	struct arima_work *w = s->work[trend];
	double near[ARIMA_COEF] = { 0 };
	rough_start(s->lags[trend], o, coef);
	if (!s->n_best)
		return;
	const struct arima_order *b = &s->best[0].order;
	const int have[4] = { b->p, b->q, b->P, b->Q }, want[4] = { o->p, o->q, o->P, o->Q };
	const double *from = s->best[0].coef;
	double *to = near;
	for (int k = 0; k < 4; from += have[k], to += want[k], k++)
		for (int i = 0; i < have[k] && i < want[k]; i++)
			to[i] = from[i];
	if (arima_log_variance(w, o, near) < arima_log_variance(w, o, coef))
		memcpy(coef, near, sizeof near);
}

/* The log variance at which an order would be the last of the best. */
static double worth(const struct search *s, const struct arima_order *o, int trend)
{
	if (s->n_best < FINALISTS)
		return INFINITY;
	const struct arima_work *w = s->work[trend];
	struct arima_model m = { .order = *o, .k = w->k, .n_used = w->n, .aicc = 0 };
	double n = w->n, k = arima_coefs(o) + w->k + 1;
	m.aicc = n > k + 1 ? 2 * k * (1 + (k + 1) / (n - k - 1)) : (double)INFINITY;
	return (criterion(s->scope, &s->best[0]) - criterion(s->scope, &m)) / n - 1 - log(2 * M_PI);
}

static int attempt(struct search *s, struct tried t)
{
	const struct arima_order *b = &s->base;
	if (t.p < 0 || t.q < 0 || t.P < 0 || t.Q < 0 || t.p > b->p || t.q > b->q || t.P > b->P ||
	    t.Q > b->Q || t.trend < 0 || t.trend > 1 || !s->work[t.trend] ||
	    s->n_tried >= TRIED_MOST || s->n_tried >= s->scope->models)
		return 0;
	for (int k = 0; k < s->n_tried; k++)
		if (!memcmp(&s->tried[k], &t, sizeof t))
			return 0;
	s->tried[s->n_tried++] = t;
	struct arima_model m = { 0 };
	struct arima_order o = { t.p, b->d, t.q, t.P, b->D, t.Q, b->season };
	start(s, t.trend, &o, m.coef);
	s->work[t.trend]->worth = worth(s, &o, t.trend);
	if (arima_fit(s->work[t.trend], &o, SCREEN_GAIN, SCREEN_MOST, &m) || !admissible(&m))
		return 0;
	return enlist(s, &m);
}

static void climb(struct search *s)
{
	static const struct tried move[] = {
		{ 0, 0, -1, 0, 0 }, { 0, 0, 0, -1, 0 }, { 0, 0, 1, 0, 0 },  { 0, 0, 0, 1, 0 },
		{ 0, 0, -1, -1, 0 }, { 0, 0, 1, 1, 0 }, { 0, 0, -1, 1, 0 }, { 0, 0, 1, -1, 0 },
		{ -1, 0, 0, 0, 0 }, { 0, -1, 0, 0, 0 }, { 1, 0, 0, 0, 0 },  { 0, 1, 0, 0, 0 },
		{ -1, -1, 0, 0, 0 }, { 1, 1, 0, 0, 0 }, { -1, 1, 0, 0, 0 }, { 1, -1, 0, 0, 0 },
		{ 0, 0, 0, 0, 1 }, { 0, 0, 0, 0, -1 },
	};
	int gained = s->n_best > 0;
	while (gained) {
		const struct arima_order o = s->best[0].order;
		int trend = s->best[0].trend;
		gained = 0;
		for (size_t k = 0; !gained && k < sizeof move / sizeof *move; k++)
			gained = attempt(s, (struct tried){ o.p + move[k].p, o.q + move[k].q,
							    o.P + move[k].P, o.Q + move[k].Q,
							    trend + move[k].trend });
	}
}

/* Work, and the starts' products, for one trend. */
static void prepare(struct search *s, const struct arima_data *data, int trend, struct arena *a)
{
	const struct arima_order none = { 0, s->base.d, 0, 0, s->base.D, 0, s->base.season };
	struct arima_model m = { 0 };
	struct arima_work *w = arima_work_new(data, &s->base, trend, a);
	if (arima_evaluate(w, &none, m.coef, &m))
		return;
	s->work[trend] = w;
	s->lags[trend] = ARENA_ARRAY(a, struct lags, 1);
	lags_init(s->lags[trend], w->residual, w->n, s->base.season, a);
}

/* Fits the first orders at differences d and D of complete data; false: none could be. */
static int begin(struct search *s, const struct arima_data *data, int d, int D, struct arena *a)
{
	const struct arima_scope *scope = s->scope;
	int m = scope->season, n = data->n - d - D * m, third = n / 3;
	s->base = (struct arima_order){ .d = d, .D = D, .season = m };
	s->base.p = scope->max_p < third ? scope->max_p : third;
	s->base.q = scope->max_q < third ? scope->max_q : third;
	if (m > 1 && m <= ARIMA_SEASON) {
		s->base.P = scope->max_P < third / m ? scope->max_P : third / m;
		s->base.Q = scope->max_Q < third / m ? scope->max_Q : third / m;
	}
	if (n < 2)
		return 0;
	int trend = scope->trend && d + D < 2, P = s->base.P > 0, Q = s->base.Q > 0;
	for (int k = 0; k <= trend; k++)
		prepare(s, data, k, a);
	int p2 = s->base.p < 2 ? s->base.p : 2, q2 = s->base.q < 2 ? s->base.q : 2;
	attempt(s, (struct tried){ p2, q2, P, Q, trend });
	attempt(s, (struct tried){ 0, 0, 0, 0, trend });
	attempt(s, (struct tried){ p2 > 0, 0, P, 0, trend });
	attempt(s, (struct tried){ 0, q2 > 0, 0, Q, trend });
	attempt(s, (struct tried){ p2 > 0, q2 > 0, 0, Q, trend && !D });
	attempt(s, (struct tried){ 0, 0, 0, 0, 0 });
	return s->n_best > 0;
}

/* Brings the best few to their maximum; the first is then the best. */
static void finish(struct search *s)
{
	for (int k = 0; k < s->n_best; k++) {
		struct arima_model last = s->best[k];
		s->work[last.trend]->worth = INFINITY;
		if (!arima_fit(s->work[last.trend], &last.order, FINAL_GAIN, FINAL_MOST, &last))
			s->best[k] = last;
	}
	for (int k = 1; k < s->n_best; k++)
		if (criterion(s->scope, &s->best[k]) < criterion(s->scope, &s->best[0])) {
			struct arima_model other = s->best[0];
			s->best[0] = s->best[k];
			s->best[k] = other;
		}
}

/* ---- differences ---- */

/* y less its least-squares regression on the columns. */
static void without_columns(const struct arima_data *data, double *out, struct arena *a)
{
	const struct arima_order none = { .season = 1 };
	struct arima_model m = { 0 };
	memcpy(out, data->y, (size_t)data->n * sizeof *out);
	if (!data->k || arima_evaluate(arima_work_new(data, &none, 1, a), &none, m.coef, &m))
		return;
	for (int c = 0; c < data->k; c++)
		for (int t = 0; t < data->n; t++)
			out[t] -= m.beta[c + 1] * data->x[c][t];
}

/* The season's difference and the most differences beside it that are worth a try. */
static void choose_differences(const struct arima_data *data, const struct arima_scope *scope, int *d,
			       int *D, struct arena *a)
{
	int n = data->n, m = scope->season;
	double *u = ARENA_ARRAY(a, double, n + 1);
	without_columns(data, u, a);
	*D = scope->D >= 0 ? scope->D
		: m > 1 && m <= ARIMA_SEASON && scope->max_P + scope->max_Q > 0 &&
		  stl_season_strength(n, u, m, a) > STRONG_SEASON;
	if (*D && n <= 2 * m + 2)
		*D = 0;
	for (int t = 0; *D && t < n - m; t++)
		u[t] = u[t + m] - u[t];
	*d = scope->d >= 0 ? scope->d : unitroot_differences(u, n - *D * m, 2 - *D, a);
}

/*
 * AICc of a search's best on the values that `lost` differences leave, given those before: likelihoods
 * of different differences are comparable there.
 */
static double comparable(const struct search *s, int lost)
{
	struct arima_model m = s->best[0];
	struct arima_work *w = s->work[m.trend];
	const struct arima_order *o = &m.order;
	int from = lost - o->d - o->D * o->season;
	double n = w->n - from, k = arima_coefs(o) + m.k + 1;
	if (arima_evaluate(w, o, m.coef, &m) || n <= k + 1)
		return INFINITY;
	return -2 * arima_loglik_from(w, m.sigma2, from) + 2 * k * (1 + (k + 1) / (n - k - 1));
}

/*
 * The number of differences by likelihood: the first orders are fitted with none, with one and, where
 * KPSS asks for two, with two; a difference has to gain the 5 % point of chi squared. KPSS alone
 * differences noisy counts whose level wanders little, and their forecasts suffer for it.
 */
static struct search *by_likelihood(struct search *s, const struct arima_data *data, int most, int D,
				    struct arena *a)
{
	struct search *best = NULL;
	double least = INFINITY;
	for (int d = 0; d <= most; d++) {
		struct search *one = ARENA_ARRAY(a, struct search, 1);
		one->scope = s->scope;
		if (!begin(one, data, d, D, a))
			continue;
		double now = comparable(one, most + D * s->scope->season) + DIFFERENCE_PRICE * d;
		if (!best || now < least) {
			least = now;
			best = one;
		}
	}
	return best;
}

/* ---- whole ---- */

static int varies(const struct arima_data *data, int *known)
{
	double first = NAN;
	int different = 0;
	*known = 0;
	for (int t = 0; t < data->n; t++) {
		if (isnan(data->y[t]))
			continue;
		first = *known ? first : data->y[t];
		different |= data->y[t] < first || data->y[t] > first;
		++*known;
	}
	return different;
}

enum status arima_fit_order(const struct arima_data *data, const struct arima_order *o, int trend,
			    struct arena *a, struct arima_model *out)
{
	if (!arima_is_allowed(o, data->k + trend))
		return E_FIT;
	struct arima_work *w = arima_work_new(data, o, trend, a);
	return arima_fit(w, o, FINAL_GAIN, FINAL_MOST, out);
}

enum status arima_search(const struct arima_data *data, const struct arima_scope *scope, struct arena *a,
			 struct arima_model *out)
{
	struct search *s = ARENA_ARRAY(a, struct search, 1);
	struct arima_data whole = *data;
	int known, d = 0, D = 0, gaps;
	memset(out, 0, sizeof *out);
	if (!varies(data, &known) || known < 3) {
		const struct arima_order none = { .season = scope->season };
		return known ? arima_fit_order(data, &none, 1, a, out) : E_FIT;
	}
	gaps = known < data->n;
	if (gaps) {
		double *y = ARENA_ARRAY(a, double, data->n);
		int season = scope->season;
		stl_fill(season > 1 && data->n > 2 * season, &season, data->n, data->y, a, y);
		whole.y = y;
	}
	s->scope = scope;
	if (!scope->stationary)
		choose_differences(&whole, scope, &d, &D, a);
	if (scope->d < 0 && !scope->stationary)
		s = by_likelihood(s, &whole, d < 2 ? 1 : d, D, a);
	else if (!begin(s, &whole, d, D, a))
		s = NULL;
	if (!s)
		return E_FIT;
	climb(s);
	finish(s);
	*out = s->best[0];
	if (!gaps)
		return OK;
	/* With gaps the likelihood of the data as they are has the last word. */
	struct arima_order o = out->order;
	return arima_fit(arima_work_new(data, &o, out->trend, a), &o, FINAL_GAIN, FINAL_MOST, out);
}
