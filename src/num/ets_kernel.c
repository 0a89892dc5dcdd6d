/*
 * The passes of exponential smoothing over a series, one loop for each of the 30 forms: the bodies
 * below are written once, with the form as constants, and compiled 30 times, so that no step asks
 * what form it is.
 *
 * A batch keeps the states of ETS_LANES models side by side. A pass over one model waits for its own
 * last step; the lanes fill the time. Loops over lanes have a constant length, which compilers turn
 * into vector instructions at -O2, and nothing is summed across lanes and no product is fused into a
 * sum (-ffp-contract=off): every clone for every processor gives the bits of the plain loop.
 */
#include "config.h"
#include "num/ets.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* One clone for each kind of processor, where the compiler makes them. */
#ifdef HAVE_TARGET_CLONES
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif
#define BODY static inline __attribute__((always_inline))

#define FLUSH 16   /* forecasts multiplied before their exponent is taken out */
#define BLOCK 4    /* variables side by side in the derivative pass */
#define ROWS 16    /* rows of J gathered before they go into J'J */

/* The trend with its damping: what the loops are specialised by. */
enum kind { NONE, ADD, MUL, ADD_DAMPED, MUL_DAMPED };

static int kind_of(struct ets_form form)
{
	return (int)form.trend + (form.damped && form.trend != ETS_NONE ? 2 : 0);
}

BODY double slope_step(const int kind, double b, double phi)
{
	return kind == ADD_DAMPED ? phi * b : kind == MUL_DAMPED ? pow(b, phi) : b;
}

BODY double base_of(const int kind, double l, double slope)
{
	return kind == NONE ? l : kind == MUL || kind == MUL_DAMPED ? l * slope : l + slope;
}

/* ---- filtering ---- */

struct pass {
	int m, from, to;
	const double *y;
	const double *par; /* [4][lanes] alpha, beta, gamma, phi */
	double *state;     /* [2 + m][lanes] */
	int n;             /* known values met */
	double *sse;       /* [lanes] */
	double *log_f;     /* [lanes] */
};

/* Takes the exponents out of running products, so that they neither over- nor underflow. */
BODY void flush(const int lanes, double *restrict product, int64_t *restrict exponent)
{
	for (int k = 0; k < lanes; k++) {
		uint64_t bits;
		memcpy(&bits, &product[k], sizeof bits);
		exponent[k] += (int64_t)(bits >> 52 & 0x7ff) - 1023;
		bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
		memcpy(&product[k], &bits, sizeof bits);
	}
}

/* A step without a value: the states go on by themselves. */
BODY void pass_over(const int lanes, const int kind, double *restrict l, double *restrict b,
		    const double *restrict phi)
{
	for (int k = 0; k < lanes; k++) {
		double slope = slope_step(kind, b[k], phi[k]);
		l[k] = base_of(kind, l[k], slope);
		b[k] = slope;
	}
}

BODY void filter(const int lanes, const int error, const int kind, const int season, struct pass *p)
{
	double alpha[ETS_LANES], beta[ETS_LANES], gamma[ETS_LANES], phi[ETS_LANES];
	double l[ETS_LANES], b[ETS_LANES], sse[ETS_LANES], product[ETS_LANES];
	int64_t exponent[ETS_LANES];
	int due = FLUSH, m = p->m, place = p->from % m;
	for (int k = 0; k < lanes; k++) {
		alpha[k] = p->par[k];
		beta[k] = p->par[lanes + k];
		gamma[k] = p->par[2 * lanes + k];
		phi[k] = p->par[3 * lanes + k];
		l[k] = p->state[k];
		b[k] = p->state[lanes + k];
		sse[k] = p->sse[k];
		product[k] = 1;
		exponent[k] = 0;
	}
	for (int t = p->from; t < p->to; t++) {
		double y = p->y[t];
		double *restrict s = p->state + (size_t)(2 + place) * (size_t)lanes;
		place = place + 1 < m ? place + 1 : 0;
		if (isnan(y)) {
			pass_over(lanes, kind, l, b, phi);
			continue;
		}
		p->n++;
		for (int k = 0; k < lanes; k++) {
			double slope = slope_step(kind, b[k], phi[k]);
			double q = base_of(kind, l[k], slope);
			double f = season == ETS_ADD ? q + s[k] : season == ETS_MUL ? q * s[k] : q;
			double e = y - f, r = error == ETS_MUL || season == ETS_MUL ? e / f : 0;
			double d = season == ETS_MUL ? r * q : e;
			if (kind == ADD || kind == ADD_DAMPED)
				b[k] = slope + beta[k] * d;
			if (kind == MUL || kind == MUL_DAMPED)
				b[k] = slope + beta[k] * d / l[k];
			l[k] = q + alpha[k] * d;
			if (season == ETS_ADD)
				s[k] += gamma[k] * e;
			if (season == ETS_MUL)
				s[k] += gamma[k] * (r * s[k]);
			sse[k] += error == ETS_MUL ? r * r : e * e;
			if (error == ETS_MUL)
				product[k] *= fabs(f);
		}
		if (error == ETS_MUL && !--due) {
			flush(lanes, product, exponent);
			due = FLUSH;
		}
	}
	for (int k = 0; k < lanes; k++) {
		p->state[k] = l[k];
		p->state[lanes + k] = b[k];
		p->sse[k] = sse[k];
		p->log_f[k] += (double)exponent[k] * 0.69314718055994530942 + log(product[k]);
	}
}

/* ---- derivatives ---- */

struct tangent {
	int m, n, stride;
	const double *y;
	const double *theta;
	double *s;          /* [m] the season, moved */
	double *dl, *db;    /* [stride] derivatives of level and slope */
	double *ds;         /* [m][stride] and of the season */
	double source[4][BLOCK]; /* 1 where a variable of the first block is that parameter */
	double *row;        /* [ROWS][stride] */
	double *dlog;       /* [stride] sum of d log f */
	double *ju, *jj;
	struct ets_sum sum;
};

/* How the derivatives move in one step: slope' = p1 db, q' = q1 dl + q2 slope', and so on. */
struct move {
	double p1, q1, q2, f1, f2, l_q, l_s, b_q, b_s, b_l, s_s, s_q;
	double from[4];   /* what a change of a parameter itself adds to l, b, s and to the slope's step */
	double weight;    /* row = weight df */
	double inverse_f;
};

/* One step of four variables; `first` are those that hold the smoothing parameters. */
BODY void move_block(const int first, const int error, const int kind, const int season,
		     const struct move *c, const double (*source)[BLOCK], double *restrict dl,
		     double *restrict db, double *restrict ds, double *restrict row,
		     double *restrict dlog)
{
	for (int k = 0; k < BLOCK; k++) {
		double slope = 0, q = c->q1 * dl[k];
		if (kind != NONE) {
			slope = c->p1 * db[k];
			if (first && (kind == ADD_DAMPED || kind == MUL_DAMPED))
				slope += source[3][k] * c->from[3];
			q += c->q2 * slope;
		}
		double f = season == ETS_NONE ? q : c->f1 * q + c->f2 * ds[k];
		row[k] = c->weight * f;
		if (error == ETS_MUL)
			dlog[k] += c->inverse_f * f;
		if (kind != NONE) {
			double b = slope + c->b_q * q;
			if (season != ETS_NONE)
				b += c->b_s * ds[k];
			if (kind == MUL || kind == MUL_DAMPED)
				b += c->b_l * dl[k];
			if (first)
				b += source[1][k] * c->from[1];
			db[k] = b;
		}
		double l = c->l_q * q;
		if (season != ETS_NONE)
			l += c->l_s * ds[k];
		if (first)
			l += source[0][k] * c->from[0];
		dl[k] = l;
		if (season != ETS_NONE) {
			double s = c->s_s * ds[k] + c->s_q * q;
			if (first)
				s += source[2][k] * c->from[2];
			ds[k] = s;
		}
	}
}

/* Four doubles side by side: a register where there are such, two or four where not. */
typedef double quad __attribute__((vector_size(BLOCK * sizeof(double)), aligned(sizeof(double))));

/* J'J += rows' rows and J'u += rows' u, by tiles of 4 x 4 on and below the diagonal. */
CLONES static void gram_add(int stride, int n_row, const double *restrict row, const double *restrict u,
			    double *restrict jj, double *restrict ju)
{
	for (int i = 0; i < stride; i += BLOCK) {
		quad last = { 0 };
		for (int r = 0; r < n_row; r++)
			last += u[r] * *(const quad *)(row + r * stride + i);
		*(quad *)(ju + i) += last;
		for (int j = 0; j <= i; j += BLOCK) {
			quad t0 = { 0 }, t1 = { 0 }, t2 = { 0 }, t3 = { 0 };
			for (int r = 0; r < n_row; r++) {
				const double *x = row + r * stride + i;
				quad of_j = *(const quad *)(row + r * stride + j);
				t0 += x[0] * of_j;
				t1 += x[1] * of_j;
				t2 += x[2] * of_j;
				t3 += x[3] * of_j;
			}
			double *to = jj + i * stride + j;
			*(quad *)to += t0;
			*(quad *)(to + stride) += t1;
			*(quad *)(to + 2 * stride) += t2;
			*(quad *)(to + 3 * stride) += t3;
		}
	}
}

BODY void derive(const int error, const int kind, const int season, struct tangent *w)
{
	const double alpha = w->theta[ETS_ALPHA], beta = w->theta[ETS_BETA], gamma = w->theta[ETS_GAMMA];
	const double phi = w->theta[ETS_PHI];
	double l = w->theta[ETS_LEVEL], b = w->theta[ETS_SLOPE], product = 1, u[ROWS];
	int64_t exponent = 0;
	int rows = 0, place = 0, stride = w->stride;
	for (int t = 0; t < w->n; t++) {
		double y = w->y[t], *s = &w->s[place], *ds = w->ds + (size_t)place * (size_t)stride;
		double slope = slope_step(kind, b, phi), q = base_of(kind, l, slope);
		double f = season == ETS_ADD ? q + *s : season == ETS_MUL ? q * *s : q;
		struct move c = { .p1 = 1, .q1 = 1, .q2 = 1, .f1 = 1, .f2 = 1, .l_q = 1, .s_s = 1 };
		const int is_known = !isnan(y);
		place = place + 1 < w->m ? place + 1 : 0;
		if (kind == ADD_DAMPED) {
			c.p1 = phi;
			c.from[3] = b;
		}
		if (kind == MUL_DAMPED) {
			c.p1 = phi * slope / b;
			c.from[3] = slope * log(b);
		}
		if (kind == MUL || kind == MUL_DAMPED) {
			c.q1 = slope;
			c.q2 = l;
		}
		if (season == ETS_MUL) {
			c.f1 = *s;
			c.f2 = q;
		}
		double e = 0, r = 0, d = 0, l_next = q, b_next = slope;
		if (is_known) {
			e = y - f;
			c.inverse_f = error == ETS_MUL || season == ETS_MUL ? 1 / f : 0;
			r = error == ETS_MUL || season == ETS_MUL ? e / f : 0;
			d = season == ETS_MUL ? r * q : e;
			double d_s = season == ETS_MUL ? (d + q) / *s : 1; /* - d d / d s */
			double per_l = kind == MUL || kind == MUL_DAMPED ? 1 / l : 1;
			c.weight = error == ETS_MUL ? -(1 + r) * c.inverse_f : -1;
			c.l_q = 1 - alpha;
			c.l_s = -alpha * d_s;
			c.b_q = -beta * per_l;
			c.b_s = -beta * per_l * d_s;
			c.b_l = -beta * d * per_l * per_l;
			c.s_s = 1 - gamma;
			c.s_q = season == ETS_MUL ? -gamma * (r + 1) * *s / q : -gamma;
			c.from[0] = d;
			c.from[1] = d * per_l;
			c.from[2] = season == ETS_MUL ? r * *s : e;
			l_next = q + alpha * d;
			b_next = slope + beta * d * per_l;
			*s += gamma * c.from[2];
		}
		double *row = w->row + rows * stride;
		move_block(1, error, kind, season, &c, w->source, w->dl, w->db, ds, row, w->dlog);
		for (int k = BLOCK; k < stride; k += BLOCK)
			move_block(0, error, kind, season, &c, w->source, w->dl + k, w->db + k, ds + k,
				   row + k, w->dlog + k);
		l = l_next;
		b = b_next;
		if (!is_known)
			continue;
		w->sum.n++;
		u[rows++] = error == ETS_MUL ? r : e;
		w->sum.sse += error == ETS_MUL ? r * r : e * e;
		product *= error == ETS_MUL ? fabs(f) : 1;
		if (rows == ROWS) {
			gram_add(stride, rows, w->row, u, w->jj, w->ju);
			flush(1, &product, &exponent);
			rows = 0;
		}
	}
	gram_add(stride, rows, w->row, u, w->jj, w->ju);
	w->sum.log_f = (double)exponent * 0.69314718055994530942 + log(product);
}

/* ---- one of each for every form ---- */

#define FORMS(X)                                                                                   \
	X(1, 0, 0) X(1, 0, 1) X(1, 0, 2) X(1, 1, 0) X(1, 1, 1) X(1, 1, 2) X(1, 2, 0) X(1, 2, 1)    \
	X(1, 2, 2) X(1, 3, 0) X(1, 3, 1) X(1, 3, 2) X(1, 4, 0) X(1, 4, 1) X(1, 4, 2) X(2, 0, 0)    \
	X(2, 0, 1) X(2, 0, 2) X(2, 1, 0) X(2, 1, 1) X(2, 1, 2) X(2, 2, 0) X(2, 2, 1) X(2, 2, 2)    \
	X(2, 3, 0) X(2, 3, 1) X(2, 3, 2) X(2, 4, 0) X(2, 4, 1) X(2, 4, 2)
#define DEFINE(e, k, s)                                                                            \
	static void one_##e##k##s(struct pass *p)                                                  \
	{                                                                                          \
		filter(1, e, k, s, p);                                                             \
	}                                                                                          \
	CLONES static void many_##e##k##s(struct pass *p)                                          \
	{                                                                                          \
		filter(ETS_LANES, e, k, s, p);                                                     \
	}                                                                                          \
	CLONES static void derive_##e##k##s(struct tangent *w)                                     \
	{                                                                                          \
		derive(e, k, s, w);                                                                \
	}
FORMS(DEFINE)

struct kernel {
	void (*one)(struct pass *), (*many)(struct pass *);
	void (*derive)(struct tangent *);
};

static const struct kernel kernel[3][5][3] = {
#define ENTRY(e, k, s) [e][k][s] = { one_##e##k##s, many_##e##k##s, derive_##e##k##s },
	FORMS(ENTRY)
};

static const struct kernel *kernel_of(struct ets_form form)
{
	return &kernel[form.error][kind_of(form)][form.season];
}

/* ---- what others call ---- */

double ets_criterion(const struct ets_sum *sum)
{
	double n = sum->n;
	double value = n * log(fmax(sum->sse, 1e-24 * n)) + 2 * sum->log_f;
	return isfinite(sum->sse) && isfinite(value) ? value : (double)INFINITY;
}

void ets_advance(struct ets_form form, int m, const double *theta, int from, int to, const double *y,
		 double *state, struct ets_sum *sum)
{
	struct ets_sum none = { 0 };
	struct ets_sum *into = sum ? sum : &none;
	struct pass p = { .m = m, .from = from, .to = to, .y = y, .par = theta, .state = state,
			  .sse = &into->sse, .log_f = &into->log_f };
	kernel_of(form)->one(&p);
	into->n += p.n;
}

double ets_evaluate(struct ets_form form, int m, const double *theta, int n, const double *y,
		    double *state)
{
	struct ets_sum sum = { 0 };
	memcpy(state, theta + ETS_LEVEL, (size_t)(2 + m) * sizeof *state);
	ets_advance(form, m, theta, 0, n, y, state, &sum);
	return ets_criterion(&sum);
}

void ets_batch(struct ets_form form, int m, double *theta, int n, const double *y, double *criterion)
{
	double sse[ETS_LANES] = { 0 }, log_f[ETS_LANES] = { 0 };
	struct pass p = { .m = m, .to = n, .y = y, .par = theta, .state = theta + ETS_LEVEL * ETS_LANES,
			  .sse = sse, .log_f = log_f };
	kernel_of(form)->many(&p);
	for (int k = 0; k < ETS_LANES; k++)
		criterion[k] = ets_criterion(&(struct ets_sum){ p.n, sse[k], log_f[k] });
}

struct ets_normal ets_normal_new(struct ets_form form, int m, struct arena *a)
{
	int *at = ARENA_ARRAY(a, int, ETS_SEASON + m), n = 0;
	at[n++] = ETS_ALPHA;
	if (form.trend != ETS_NONE)
		at[n++] = ETS_BETA;
	if (form.season != ETS_NONE)
		at[n++] = ETS_GAMMA;
	if (form.damped)
		at[n++] = ETS_PHI;
	at[n++] = ETS_LEVEL;
	if (form.trend != ETS_NONE)
		at[n++] = ETS_SLOPE;
	for (int k = 0; form.season != ETS_NONE && k < m - 1; k++)
		at[n++] = ETS_SEASON + k;
	size_t stride = ((size_t)n + BLOCK - 1) / BLOCK * BLOCK;
	return (struct ets_normal){ .n_free = n, .stride = (int)stride, .free = at,
				    .ju = ARENA_ARRAY(a, double, stride),
				    .jj = ARENA_ARRAY(a, double, stride * stride),
				    .room = ARENA_ARRAY(a, double, (size_t)m * (stride + 1) +
									   (3 + ROWS) * stride) };
}

/* The derivatives of the states before the series, by themselves. */
static void tangent_start(struct tangent *w, struct ets_form form, const struct ets_normal *z)
{
	size_t stride = (size_t)w->stride;
	memset(w->dl, 0, stride * sizeof(double));
	memset(w->db, 0, stride * sizeof(double));
	memset(w->dlog, 0, stride * sizeof(double));
	memset(w->row, 0, ROWS * stride * sizeof(double));
	memset(w->ds, 0, (size_t)w->m * stride * sizeof(double));
	memcpy(w->s, w->theta + ETS_SEASON, (size_t)w->m * sizeof(double));
	for (int k = 0; k < z->n_free; k++) {
		int at = z->free[k];
		if (at < ETS_LEVEL) {
			w->source[at == ETS_PHI ? 3 : at][k] = 1;
		} else if (at == ETS_LEVEL) {
			w->dl[k] = 1;
		} else if (at == ETS_SLOPE) {
			w->db[k] = 1;
		} else {
			w->ds[(size_t)(at - ETS_SEASON) * stride + (size_t)k] = 1;
			w->ds[(size_t)(form.season ? w->m - 1 : 0) * stride + (size_t)k] = -1;
		}
	}
}

/* Rows of relative errors r become those of r G, G the geometric mean of |f|: d(r G) = G (dr + r c),
 * c = d log G, so J'J gains two outer products and J'u a multiple of c. G itself is left out. */
static void add_mean(const struct tangent *w, struct ets_normal *z)
{
	double rr = w->sum.sse, n = w->sum.n;
	for (int i = 0; i < z->n_free; i++)
		for (int j = 0; j <= i; j++) {
			double ci = w->dlog[i] / n, cj = w->dlog[j] / n;
			z->jj[i * z->stride + j] += z->ju[i] * cj + ci * z->ju[j] + rr * ci * cj;
		}
	for (int i = 0; i < z->n_free; i++)
		z->ju[i] += rr * w->dlog[i] / n;
}

double ets_normal_at(struct ets_form form, int m, const double *theta, int n, const double *y,
		     struct ets_normal *z)
{
	size_t stride = (size_t)z->stride;
	double *room = z->room;
	struct tangent w = { .m = m, .n = n, .stride = z->stride, .y = y, .theta = theta, .s = room,
			     .dl = room + m, .db = room + m + stride, .dlog = room + m + 2 * stride,
			     .row = room + m + 3 * stride, .ds = room + m + (3 + ROWS) * stride,
			     .ju = z->ju, .jj = z->jj };
	memset(z->ju, 0, stride * sizeof(double));
	memset(z->jj, 0, stride * stride * sizeof(double));
	tangent_start(&w, form, z);
	kernel_of(form)->derive(&w);
	if (form.error == ETS_MUL)
		add_mean(&w, z);
	z->uu = w.sum.sse;
	return ets_criterion(&w.sum);
}
