/* ARIMA models kept as parameters. */
#include "config.h"
#include "model/arima_kept.h"

#include <math.h>
#include <string.h>
#include "model/known.h"
#include "num/arima_search.h"
#include "num/cap.h"
#include "num/fourier.h"

/* Places in p: the head, then a block a model. */
enum { N_MODEL, CAP, SCALE, FIRST, K_SEASON, PERIOD, K_CYCLE, CYCLE, N_HEAD };
enum { ORDER, TREND = ORDER + 7, COLUMNS, SIGMA2, LOGLIK, AICC, N_USED, COEF, BETA = COEF + ARIMA_COEF };

/* Values are rounded to 2^-32 of the largest: what the conversion of a unit loses changes no choice. */
#define FINE 32

int arima_kept_parameters(int n_model, int columns)
{
	return N_HEAD + n_model * (BETA + columns);
}

void arima_kept_write(const struct arima_kept *kept, int n_model, int columns, double *p)
{
	p[N_MODEL] = kept->n_model;
	p[CAP] = kept->cap;
	p[SCALE] = kept->scale;
	p[FIRST] = kept->first;
	p[K_SEASON] = kept->harmonics.k[0];
	p[PERIOD] = kept->harmonics.period[0];
	p[K_CYCLE] = kept->harmonics.k[1];
	p[CYCLE] = kept->harmonics.period[1];
	for (int i = 0; i < kept->n_model && i < n_model; i++) {
		const struct arima_model *m = &kept->model[i];
		const struct arima_order *o = &m->order;
		double *b = p + N_HEAD + i * (BETA + columns);
		const double order[7] = { o->p, o->d, o->q, o->P, o->D, o->Q, o->season };
		memcpy(b + ORDER, order, sizeof order);
		b[TREND] = m->trend;
		b[COLUMNS] = m->k;
		b[SIGMA2] = m->sigma2;
		b[LOGLIK] = m->loglik;
		b[AICC] = isfinite(m->aicc) ? m->aicc : 0;
		b[N_USED] = m->n_used;
		memcpy(b + COEF, m->coef, sizeof m->coef);
		memcpy(b + BETA, m->beta, (size_t)m->k * sizeof *m->beta);
	}
}

void arima_kept_read(const double *p, int n_model, int columns, struct arima_kept *kept)
{
	memset(kept, 0, sizeof *kept);
	kept->n_model = (int)p[N_MODEL];
	kept->cap = p[CAP];
	kept->scale = p[SCALE];
	kept->first = (period_t)p[FIRST];
	kept->harmonics = (struct harmonics){ { (int)p[K_SEASON], (int)p[K_CYCLE] },
					      { p[PERIOD], p[CYCLE] } };
	for (int i = 0; i < kept->n_model && i < n_model; i++) {
		struct arima_model *m = &kept->model[i];
		const double *b = p + N_HEAD + i * (BETA + columns), *o = b + ORDER;
		m->order = (struct arima_order){ (int)o[0], (int)o[1], (int)o[2], (int)o[3], (int)o[4],
						 (int)o[5], (int)o[6] };
		m->trend = (int)b[TREND];
		m->k = (int)b[COLUMNS];
		m->sigma2 = b[SIGMA2];
		m->loglik = b[LOGLIK];
		m->aicc = b[AICC];
		m->n_used = (int)b[N_USED];
		memcpy(m->coef, b + COEF, sizeof m->coef);
		memcpy(m->beta, b + BETA, (size_t)m->k * sizeof *m->beta);
	}
}

static int columns_of(const struct harmonics *h, int first, int n, struct arena *a, const double **x)
{
	int k = fourier_append(h->period[0], h->k[0], first, n, a, x, 0);
	return fourier_append(h->period[1], h->k[1], first, n, a, x, k);
}

void arima_kept_start(struct arima_kept *kept, const struct local_series *s, struct arena *a)
{
	kept->cap = cap_of(s->n, s->y, a);
	kept->first = s->first;
	kept->scale = 0;
	for (int t = 0; t < s->n; t++)
		kept->scale = fmax(kept->scale, fabs(cap_value(s->y[t], kept->cap)));
	if (!(kept->scale > 0))
		kept->scale = 1;
}

struct arima_data arima_kept_data(const struct arima_kept *kept, const struct local_series *s, int n_step,
				  struct arena *a)
{
	double *y = ARENA_ARRAY(a, double, s->n + 1);
	const double **x = ARENA_ARRAY(a, const double *, ARIMA_COLUMNS + 1);
	for (int t = 0; t < s->n; t++)
		y[t] = ldexp(nearbyint(ldexp(cap_value(s->y[t], kept->cap) / kept->scale, FINE)), -FINE);
	int k = columns_of(&kept->harmonics, (int)(s->first - kept->first), s->n + n_step, a, x);
	return (struct arima_data){ .n = s->n, .y = y, .k = k, .x = x };
}

void arima_kept_choose(const struct local_series *s, const double *y, int ar_season, struct harmonics *h,
		       struct arena *a)
{
	int most[2] = { h->k[0], h->k[1] };
	h->k[0] = h->k[1] = 0;
	for (int i = 0; i < 2; i++) {
		const double **x = ARENA_ARRAY(a, const double *, ARIMA_COLUMNS + 1);
		int fixed = columns_of(h, 0, s->n, a, x);
		struct arima_scope one = arima_scope_default(ar_season);
		struct arima_model m;
		if (!most[i])
			continue;
		h->k[i] = most[i];
		struct arima_data data = { .n = s->n, .y = y, .k = columns_of(h, 0, s->n, a, x), .x = x };
		h->k[i] = 0;
		one.max_p = one.max_q = 1;
		one.max_P = one.max_Q = 0;
		one.D = 0;
		if (data.k >= ARIMA_COLUMNS || arima_search(&data, &one, a, &m))
			continue;
		struct arima_work *w = arima_work_new(&data, &m.order, m.trend, a);
		if (arima_evaluate(w, &m.order, m.coef, &m))
			continue;
		h->k[i] = arima_columns_worth(w, &m, most[i], m.trend + fixed, 2);
	}
}

/* A forecast stays within the known values' range and once that range to either side. */
static void guard(const double *y, int from, int to, double *low, double *high)
{
	for (int t = from; t < to; t++) {
		*low = y[t] < *low ? y[t] : *low;
		*high = y[t] > *high ? y[t] : *high;
	}
}

enum status arima_kept_replay(const struct arima_kept *kept, const struct local_series *s,
			      struct arena *a, int n_end, const int *end, int n_step, double *mean,
			      struct err *e)
{
	size_t cells = (size_t)n_end * (size_t)n_step;
	double *one = ARENA_ARRAY(a, double, cells + 1), low = INFINITY, high = -INFINITY;
	struct arima_data data = arima_kept_data(kept, s, n_step, a);
	(void)e;
	for (size_t i = 0; i < cells; i++)
		mean[i] = NAN;
	for (int k = 0; k < kept->n_model; k++) {
		arima_replay(&kept->model[k], &data, n_end, end, n_step, a, one);
		for (size_t i = 0; i < cells; i++)
			mean[i] = isnan(one[i]) ? mean[i] : isnan(mean[i]) ? one[i] : (mean[i] + one[i]) / 2;
	}
	for (int k = 0; k < n_end; k++) {
		guard(data.y, k ? end[k - 1] : 0, end[k], &low, &high);
		for (int h = 0; h < n_step; h++) {
			double *x = &mean[(size_t)k * (size_t)n_step + (size_t)h];
			*x = low > high || isnan(*x) ? (double)NAN
				: kept->scale * fmin(fmax(*x, low - (high - low)), high + (high - low));
		}
	}
	return OK;
}

enum status arima_kept_predict(const struct arima_kept *kept, const struct local_series *s,
			       struct arena *a, int n_step, double *mean, struct err *e)
{
	enum status status = arima_kept_replay(kept, s, a, 1, &s->n, n_step, mean, e);
	if (!status && n_step > 0 && !isfinite(mean[0]))
		return err_set(e, E_FIT, "%d periods are too few for the differences", s->n);
	return status;
}

enum status arima_kept_sd(const struct arima_kept *kept, const struct local_series *s, struct arena *a,
			  int n_step, double *sd, struct err *e)
{
	struct arima_data data = arima_kept_data(kept, s, n_step, a);
	double *mean = ARENA_ARRAY(a, double, n_step), *one = ARENA_ARRAY(a, double, n_step);
	for (int h = 0; h < n_step; h++)
		sd[h] = 0;
	for (int k = 0; k < kept->n_model; k++) {
		arima_forecast(&kept->model[k], &data, n_step, a, mean, one);
		for (int h = 0; h < n_step; h++)
			sd[h] += one[h] * one[h] / kept->n_model;
	}
	for (int h = 0; h < n_step; h++) {
		sd[h] = kept->scale * sqrt(sd[h]);
		if (!isfinite(sd[h]))
			return err_set(e, E_FIT, "no finite spread");
		sd[h] = fmax(sd[h], 1e-100);
	}
	return OK;
}

enum status arima_kept_paths(const struct arima_kept *kept, const struct local_series *s,
			     struct arena *a, struct rng *rng, int n_path, int n_step, double *path,
			     struct err *e)
{
	struct arima_data data = arima_kept_data(kept, s, n_step, a);
	double low = INFINITY, high = -INFINITY;
	guard(data.y, 0, s->n, &low, &high);
	/* Two models draw one half of the futures each, in turn. */
	for (int k = 0; k < kept->n_model; k++) {
		int n = (n_path - k + kept->n_model - 1) / kept->n_model;
		double *own = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_step + 1);
		arima_paths(&kept->model[k], &data, rng, n, n_step, a, own);
		for (int i = 0; i < n; i++)
			memcpy(path + (size_t)(k + i * kept->n_model) * (size_t)n_step,
			       own + (size_t)i * (size_t)n_step, (size_t)n_step * sizeof *path);
	}
	for (size_t i = 0; i < (size_t)n_path * (size_t)n_step; i++) {
		if (!isfinite(path[i]))
			return err_set(e, E_FIT, "%d periods are too few for the differences", s->n);
		path[i] = kept->scale * fmin(fmax(path[i], low - 3 * (high - low)), high + 3 * (high - low));
	}
	return OK;
}
