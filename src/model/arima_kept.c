/* ARIMA models kept as parameters. */
#include "config.h"
#include "model/arima_kept.h"

#include <math.h>
#include <string.h>
#include "model/cause.h"
#include "model/known.h"
#include "num/arima_search.h"
#include "num/cap.h"
#include "num/fourier.h"

/* Places in p: the head, then a block a model. */
enum { N_MODEL, CAP, SCALE, FIRST, K_SEASON, PERIOD, K_CYCLE, CYCLE, N_HEAD };
enum { N_CAUSE, SHUT, REFERENCE, NAME, N_CAUSES_HEAD = NAME };
enum { ORDER, TREND = ORDER + 7, COLUMNS, SIGMA2, LOGLIK, AICC, N_USED, COEF, BETA = COEF + ARIMA_COEF };

/* Values are rounded to 2^-32 of the largest: what the conversion of a unit loses changes no choice. */
#define FINE 32
#define SEASON_SHORT 24 /* longest whose lags stand for it while drivers are chosen */

int arima_kept_parameters(int n_model, int columns, int causes)
{
	return N_HEAD + n_model * (BETA + columns + causes) + (causes ? N_CAUSES_HEAD + causes : 0);
}

static void write_causes(const struct kept_causes *c, double *p)
{
	p[N_CAUSE] = c->n;
	p[SHUT] = c->shut;
	p[REFERENCE] = c->reference;
	for (int j = 0; j < c->n; j++)
		p[NAME + j] = c->name[j];
}

static void read_causes(const double *p, struct kept_causes *c)
{
	c->n = (int)p[N_CAUSE];
	c->shut = (unsigned)p[SHUT];
	c->reference = p[REFERENCE];
	for (int j = 0; j < c->n && j < KEPT_CAUSES; j++)
		c->name[j] = (uint32_t)p[NAME + j];
}

void arima_kept_write(const struct arima_kept *kept, int n_model, int columns, int causes, double *p)
{
	columns += causes;
	if (causes)
		write_causes(&kept->causes, p + N_HEAD + n_model * (BETA + columns));
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

void arima_kept_read(const double *p, int n_model, int columns, int causes, struct arima_kept *kept)
{
	memset(kept, 0, sizeof *kept);
	columns += causes;
	if (causes)
		read_causes(p + N_HEAD + n_model * (BETA + columns), &kept->causes);
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

/* ---- drivers ---- */

enum kept_drivers kept_drivers_of(const struct spec *spec)
{
	const char *text = spec_text(spec, "drivers");
	return !strcmp(text, "on") ? DRIVERS_ON : !strcmp(text, "auto") ? DRIVERS_AUTO : DRIVERS_OFF;
}

static void list_causes(const struct local_series *s, struct arena *a, struct causes *out)
{
	causes_list(s->panel, CAUSES_COMPACT | CAUSES_AHEAD, a, out);
}

/* Columns of all causes: x[c->n][n]. */
static double *cause_columns(const struct kept_causes *kept, const struct causes *c,
			     const struct local_series *s, int n, struct arena *a)
{
	size_t k = (size_t)c->n;
	double *row = ARENA_ARRAY(a, double, (size_t)n * k + 1), *x = ARENA_ARRAY(a, double, (size_t)n * k + 1);
	const struct cause_place place = { s->i, kept->shut, kept->reference };
	causes_fill(s->panel, c, &place, s->first, n, a, row);
	for (size_t j = 0; j < k; j++)
		for (size_t t = 0; t < (size_t)n; t++)
			x[j * (size_t)n + t] = row[t * k + j];
	return x;
}

/* A column for each kept cause after the k that there are; one that is no more is 0. */
static int append_causes(const struct kept_causes *kept, const struct local_series *s, int n,
			 struct arena *a, const double **x, int k)
{
	struct causes list = { 0 };
	if (!kept->n)
		return k;
	if (s->panel)
		list_causes(s, a, &list);
	const double *all = list.n ? cause_columns(kept, &list, s, n, a) : NULL;
	for (int c = 0; c < kept->n; c++) {
		x[k + c] = ARENA_ARRAY(a, double, n + 1);
		for (int j = 0; j < list.n; j++)
			if (cause_hash(list.at[j].name) == kept->name[c])
				x[k + c] = all + (size_t)j * (size_t)n;
	}
	return k + kept->n;
}

/* Takes the part of a column that lies in the `n_base` orthogonal columns out of it, over the known
 * days; 1: something is left, and it is on more than three days. */
static int is_new(const double *x, const struct local_series *s, double *const *base, int n_base, double *rest)
{
	double before = 0, after = 0, usual = x[0];
	int other = 0, usable = 0;
	for (int t = 0; t < s->n; t++) {
		rest[t] = isnan(s->y[t]) ? 0 : x[t];
		if (isnan(s->y[t]))
			continue;
		usual = usable++ ? usual : x[t];
		other += fabs(x[t] - usual) > 1e-9;
		before += x[t] * x[t];
	}
	for (int b = 0; b < n_base; b++) {
		double inner = 0, own = 0;
		for (int t = 0; t < s->n; t++) {
			inner += base[b][t] * rest[t];
			own += base[b][t] * base[b][t];
		}
		for (int t = 0; own > 0 && t < s->n; t++)
			rest[t] -= inner / own * base[b][t];
	}
	for (int t = 0; t < s->n; t++)
		after += rest[t] * rest[t];
	return after > 1e-4 * before && other >= 4 && usable - other >= 4;
}

/* Names of the columns that say something, first come first. */
static void candidates(struct kept_causes *kept, const struct causes *c, const struct local_series *s,
		       struct arena *a)
{
	const double *x = cause_columns(kept, c, s, s->n, a);
	double *base[KEPT_CAUSES + 1];
	int known = 0, n = 1;
	base[0] = ARENA_ARRAY(a, double, s->n + 1);
	for (int t = 0; t < s->n; t++) {
		base[0][t] = !isnan(s->y[t]);
		known += !isnan(s->y[t]);
	}
	for (int j = 0; j < c->n && kept->n < KEPT_CAUSES && kept->n < known / 15; j++) {
		base[n] = ARENA_ARRAY(a, double, s->n + 1);
		if (!is_new(x + (size_t)j * (size_t)s->n, s, base, n, base[n]))
			continue;
		kept->name[kept->n++] = cause_hash(c->at[j].name);
		n++;
	}
}

static int sign_of(const struct causes *c, uint32_t name)
{
	for (int j = 0; j < c->n; j++)
		if (cause_hash(c->at[j].name) == name)
			return c->at[j].sign;
	return 0;
}

/* Drops the causes that a fitted model does not bear out; returns how many. The last columns of the
 * model are theirs. */
static int drop(struct kept_causes *kept, const struct causes *c, const struct arima_model *m, double least)
{
	int n = 0, from = m->k - kept->n;
	for (int j = 0; j < kept->n; j++) {
		double b = m->beta[from + j], t = m->se[from + j] > 0 ? fabs(b) / m->se[from + j] : (double)INFINITY;
		if (sign_of(c, kept->name[j]) * b >= 0 && t >= least)
			kept->name[n++] = kept->name[j];
	}
	int dropped = kept->n - n;
	kept->n = n;
	return dropped;
}

void arima_kept_causes(struct arima_kept *kept, const struct local_series *s, enum kept_drivers how,
		       struct arena *a)
{
	struct causes list;
	int lags = s->season > 1 && s->season <= SEASON_SHORT && !kept->harmonics.k[0];
	struct arima_scope one = arima_scope_default(lags ? s->season : 1);
	unsigned seen = 0, open = 0;
	kept->causes = (struct kept_causes){ 0 };
	if (how == DRIVERS_OFF || !s->panel || !s->panel->drivers)
		return;
	for (int t = 0; t < s->n && s->panel->calendar.kind == PERIOD_DAY; t++) {
		unsigned bit = 1u << day_of_week(s->first + t);
		seen |= bit;
		open |= isnan(s->y[t]) ? 0 : bit;
	}
	kept->causes.shut = seen & ~open;
	double reference = cause_reference(s->panel, s->i);
	kept->causes.reference = reference > 0 ? reference : 0;
	list_causes(s, a, &list);
	candidates(&kept->causes, &list, s, a);
	one.max_p = one.max_q = one.max_P = one.max_Q = 1;
	one.models = 12;
	for (int left = 1; left && kept->causes.n;) {
		struct arima_model m;
		struct arima_data data = arima_kept_data(kept, s, 0, a);
		if (data.k >= ARIMA_COLUMNS || arima_search(&data, &one, a, &m)) {
			kept->causes.n = 0;
			return;
		}
		left = drop(&kept->causes, &list, &m, how == DRIVERS_AUTO ? 2 : 0);
	}
}

int arima_kept_wrong(struct arima_kept *kept, const struct local_series *s, struct arena *a)
{
	struct causes list;
	int dropped = 0;
	if (!kept->causes.n || !s->panel)
		return 0;
	list_causes(s, a, &list);
	for (int k = 0; k < kept->n_model && !dropped; k++)
		dropped = drop(&kept->causes, &list, &kept->model[k], 0);
	return dropped;
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
	k = append_causes(&kept->causes, s, s->n + n_step, a, x, k);
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
