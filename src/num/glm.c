/* Count regression in passes over blocks of rows. */
#include "config.h"
#include "num/glm.h"

#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"

#define SLOTS 16
#define ETA 40          /* |log mu| at most */
#define LEVEL_STEPS 30
#define DISPERSION_MIN 1e-7
#define DISPERSION_MAX 1e4

/* What one pass adds up. */
struct sums {
	struct gram gram;     /* xx: information; xy: score */
	struct gram meat;     /* xx: outer products of the clusters' scores; weight: clusters */
	double loglik, pearson, n, groups;
	double theta1, theta2;/* score and information of theta = 1 / dispersion */
};

struct worker {
	struct arena arena;
	struct glm_block block;
	double *eta, *w, *r;   /* [most] */
	double *mean, *score;  /* [k] */
};

struct pass {
	const struct glm_rows *rows;
	const double *b;
	double dispersion;
	int clusters;          /* 1: the clusters' scores are wanted */
	struct sums *slot;     /* [SLOTS] */
	struct worker *worker;
};

static void sums_init(struct sums *s, int k, struct arena *a)
{
	memset(s, 0, sizeof *s);
	gram_init(&s->gram, k, a);
	gram_init(&s->meat, k, a);
}

static void sums_add(struct sums *to, const struct sums *from)
{
	gram_sum(&to->gram, &from->gram);
	gram_sum(&to->meat, &from->meat);
	to->loglik += from->loglik;
	to->pearson += from->pearson;
	to->n += from->n;
	to->groups += from->groups;
	to->theta1 += from->theta1;
	to->theta2 += from->theta2;
}

static void worker_init(struct worker *w, const struct glm_rows *rows)
{
	size_t most = (size_t)rows->most, k = (size_t)rows->k;
	struct arena *a = &w->arena;
	w->block = (struct glm_block){ ARENA_ARRAY(a, double, most * k + 1), ARENA_ARRAY(a, double, most + 1),
				       ARENA_ARRAY(a, double, most + 1), ARENA_ARRAY(a, double, most + 1),
				       ARENA_ARRAY(a, int, most + 1), ARENA_ARRAY(a, int, most + 1) };
	w->eta = ARENA_ARRAY(a, double, most + 1);
	w->w = ARENA_ARRAY(a, double, most + 1);
	w->r = ARENA_ARRAY(a, double, most + 1);
	w->mean = ARENA_ARRAY(a, double, k + 1);
	w->score = ARENA_ARRAY(a, double, k + 1);
}

/* log mu of the rows but for the level of their group. */
static void predictors(const struct pass *p, struct worker *w, int n)
{
	int k = p->rows->k;
	for (int i = 0; i < n; i++) {
		const double *x = w->block.x + (size_t)i * (size_t)k;
		double eta = w->block.offset[i];
		for (int j = 0; j < k; j++)
			eta += x[j] * p->b[j];
		w->eta[i] = eta;
	}
}

static double mu_of(double eta)
{
	return exp(fmin(fmax(eta, -ETA), ETA));
}

/* The level of rows [from, to): the root of their score; NaN: nothing was sold in them. Exact at once
 * for Poisson, by Newton from there for the negative binomial. */
static double level_of(const struct pass *p, const struct worker *w, int from, int to)
{
	double sold = 0, expected = 0;
	for (int i = from; i < to; i++) {
		sold += w->block.weight[i] * w->block.y[i];
		expected += w->block.weight[i] * mu_of(w->eta[i]);
	}
	double level = sold > 0 && expected > 0 ? log(sold / expected) : (double)NAN;
	for (int step = 0; step < LEVEL_STEPS && p->dispersion > 0 && !isnan(level); step++) {
		double score = 0, slope = 0;
		for (int i = from; i < to; i++) {
			double mu = mu_of(w->eta[i] + level), v = 1 + p->dispersion * mu;
			score += w->block.weight[i] * (w->block.y[i] - mu) / v;
			slope += w->block.weight[i] * mu * (1 + p->dispersion * w->block.y[i]) / (v * v);
		}
		double move = slope > 0 ? fmin(fmax(score / slope, -2), 2) : 0;
		level += move;
		if (fabs(move) < 1e-12)
			break;
	}
	return level;
}

/* Log-likelihood of a row, and its part in the score and information of theta (Lawless 1987, 2.6). */
static void likelihood(const struct pass *p, struct sums *s, double y, double mu, double weight,
		       double psi, double psi1)
{
	if (!(p->dispersion > 0)) {
		s->loglik += weight * (y * log(mu) - mu - lgamma(y + 1));
		return;
	}
	double theta = 1 / p->dispersion, all = theta + mu;
	s->loglik += weight * (lgamma(theta + y) - lgamma(theta) - lgamma(y + 1)
			       + theta * log(theta / all) + (y > 0 ? y * log(mu / all) : 0));
	s->theta1 += weight * (gsl_sf_psi(theta + y) - psi + log(theta / all) + 1 - (y + theta) / all);
	s->theta2 += weight * (psi1 - gsl_sf_psi_1(theta + y) - 1 / theta + 2 / all
			       - (y + theta) / (all * all));
}

/* Rows [from, to), which share a level, into the sums. */
static void add_group(const struct pass *p, struct worker *w, struct sums *s, int from, int to)
{
	int k = p->rows->k, grouped = p->rows->grouped;
	double level = grouped ? level_of(p, w, from, to) : 0, all = 0;
	double psi = p->dispersion > 0 ? gsl_sf_psi(1 / p->dispersion) : 0;
	double psi1 = p->dispersion > 0 ? gsl_sf_psi_1(1 / p->dispersion) : 0;
	if (isnan(level))
		return;
	memset(w->mean, 0, (size_t)k * sizeof *w->mean);
	for (int i = from; i < to; i++) {
		const double *x = w->block.x + (size_t)i * (size_t)k;
		double mu = mu_of(w->eta[i] + level), v = 1 + p->dispersion * mu, y = w->block.y[i];
		double weight = w->block.weight[i];
		w->w[i] = weight * mu / v;
		w->r[i] = weight * (y - mu) / v;
		s->pearson += weight * (y - mu) * (y - mu) / (mu * v);
		s->n += weight > 0;
		likelihood(p, s, y, mu, weight, psi, psi1);
		gram_add(&s->gram, x, w->w[i] > 0 ? w->r[i] / w->w[i] : 0, w->w[i]);
		all += w->w[i];
		for (int j = 0; grouped && j < k; j++)
			w->mean[j] += w->w[i] * x[j];
	}
	s->groups += 1;
	if (!grouped || !(all > 0))
		return;
	/* Centred about the group's mean: sum w (x - m)(x - m)' = sum w x x' - sum w m m'. */
	for (int j = 0; j < k; j++)
		w->mean[j] /= all;
	gram_remove(&s->gram, w->mean, all);
}

/* The score of row i, about the mean of its group, into that of its cluster. */
static void add_scores(const struct pass *p, struct worker *w, int i)
{
	int k = p->rows->k;
	const double *x = w->block.x + (size_t)i * (size_t)k;
	for (int j = 0; j < k; j++)
		w->score[j] += w->r[i] * (x[j] - w->mean[j]);
}

static void close_cluster(struct worker *w, struct sums *s, int k)
{
	gram_add(&s->meat, w->score, 0, 1);
	memset(w->score, 0, (size_t)k * sizeof *w->score);
}

static void add_block(const struct pass *p, struct worker *w, struct sums *s, size_t b)
{
	const struct glm_rows *rows = p->rows;
	for (int i = 0; i < rows->most; i++) {
		w->block.offset[i] = 0;
		w->block.weight[i] = 1;
	}
	int n = rows->fill(rows->context, b, &w->block), open = 0;
	predictors(p, w, n);
	for (int from = 0, to; from < n; from = to) {
		to = rows->grouped ? from + 1 : n;
		while (to < n && w->block.group[to] == w->block.group[from])
			to++;
		memset(w->r + from, 0, (size_t)(to - from) * sizeof *w->r);
		add_group(p, w, s, from, to);
		for (int i = from; p->clusters && i < to; i++) {
			if (open && w->block.cluster[i] != w->block.cluster[i - 1])
				close_cluster(w, s, rows->k);
			add_scores(p, w, i);
			open = 1;
		}
	}
	if (open)
		close_cluster(w, s, rows->k);
}

static void add_slots(void *context, size_t from, size_t to, int worker)
{
	struct pass *p = context;
	struct worker *w = &p->worker[worker];
	for (size_t slot = from; slot < to; slot++)
		for (size_t b = slot * p->rows->n_block / SLOTS; b < (slot + 1) * p->rows->n_block / SLOTS; b++)
			add_block(p, w, &p->slot[slot], b);
}

/* One pass over all rows at coefficients b. */
static void run_pass(struct pass *p, const double *b, int jobs, struct arena *a, struct sums *out)
{
	p->b = b;
	for (int s = 0; s < SLOTS; s++)
		sums_init(&p->slot[s], p->rows->k, a);
	par_for(SLOTS, 1, jobs, add_slots, p);
	sums_init(out, p->rows->k, a);
	for (int s = 0; s < SLOTS; s++)
		sums_add(out, &p->slot[s]);
	gram_mirror(&out->gram);
	gram_mirror(&out->meat);
}

/* ---- steps ---- */

static double penalty_at(const struct glm_options *o, const double *b, int k)
{
	double sum = 0;
	for (int j = 0; o->penalty && j < k; j++) {
		double far = b[j] - (o->prior ? o->prior[j] : 0);
		sum += o->penalty[j] * far * far / 2;
	}
	return sum;
}

/* Information with the penalty on its diagonal. */
static double *curvature(const struct sums *s, const struct glm_options *o, struct arena *a)
{
	size_t k = (size_t)s->gram.k;
	double *h = ARENA_ARRAY(a, double, k * k + 1);
	memcpy(h, s->gram.xx, k * k * sizeof *h);
	for (size_t j = 0; o->penalty && j < k; j++)
		h[j * k + j] += o->penalty[j];
	return h;
}

/* Where the quadratic about b has its minimum, under the signs. */
static enum status newton(const struct sums *s, const struct glm_options *o, const double *b,
			  struct arena *a, double *next)
{
	size_t k = (size_t)s->gram.k;
	double *h = curvature(s, o, a), *c = ARENA_ARRAY(a, double, k + 1);
	for (size_t i = 0; i < k; i++) {
		c[i] = s->gram.xy[i];
		for (size_t j = 0; j < k; j++)
			c[i] += s->gram.xx[i * k + j] * b[j];
		if (o->penalty && o->prior)
			c[i] += o->penalty[i] * o->prior[i];
	}
	struct quadratic q = { (int)k, h, c, NULL, o->sign };
	return quadratic_solve(&q, a, next);
}

/* The next dispersion: a Newton step for log theta, at most a factor of 8. */
static double next_dispersion(const struct sums *s, double dispersion)
{
	double theta = 1 / dispersion, first = s->theta1 * theta;
	double second = s->theta2 * theta * theta - first;
	double move = second > 0 ? first / second : first > 0 ? 2 : -2;
	move = fmin(fmax(move, -2), 2);
	double next = dispersion * exp(-move);
	return fmin(fmax(next, DISPERSION_MIN), DISPERSION_MAX);
}

struct state {
	struct pass pass;
	const struct glm_options *o;
	double *b;
	struct sums sums;
	double loss;          /* penalised, to be made least */
	int left;             /* passes */
	struct arena scratch[2];
	int at;               /* which scratch holds the sums */
};

static void evaluate(struct state *s, const double *b, double dispersion, struct sums *out, double *loss)
{
	s->left--;
	s->pass.dispersion = dispersion;
	arena_reset(&s->scratch[!s->at]);
	run_pass(&s->pass, b, s->o->jobs, &s->scratch[!s->at], out);
	*loss = penalty_at(s->o, b, s->pass.rows->k) - out->loglik;
}

/* One step of b and, for the negative binomial, of its dispersion: halved until nothing is lost.
 * Returns the gain; negative: it ends here. */
static double step(struct state *s, int learn, double *dispersion, struct arena *a, enum status *status)
{
	size_t k = (size_t)s->pass.rows->k;
	double *next = ARENA_ARRAY(a, double, k + 1), wide = *dispersion, loss;
	struct sums sums;
	*status = newton(&s->sums, s->o, s->b, a, next);
	if (*status)
		return -1;
	if (learn)
		wide = next_dispersion(&s->sums, *dispersion);
	for (int halving = 0; halving < 20 && s->left > 0; halving++) {
		evaluate(s, next, wide, &sums, &loss);
		if (loss <= s->loss + 1e-13 * fabs(s->loss)) {
			double gain = s->loss - loss;
			s->at = !s->at;
			s->sums = sums;
			s->loss = loss;
			*dispersion = wide;
			memcpy(s->b, next, k * sizeof *next);
			return fmax(gain, 0);
		}
		for (size_t j = 0; j < k; j++)
			next[j] = (next[j] + s->b[j]) / 2;
		wide = sqrt(wide * *dispersion);
	}
	return -1;
}

static enum status iterate(struct state *s, int learn, double *dispersion, struct arena *a)
{
	enum status status = OK;
	double gain = s->o->gain > 0 ? s->o->gain : 1e-11;
	evaluate(s, s->b, *dispersion, &s->sums, &s->loss);
	s->at = !s->at;
	if (!(s->sums.n > 0) || !isfinite(s->loss))
		return E_FIT;
	for (int quiet = 0; quiet < 2 && s->left > 0 && !status;) {
		double won = step(s, learn, dispersion, a, &status);
		if (won < 0)
			break;
		quiet = won <= gain * (fabs(s->loss) + 1) ? quiet + 1 : 0;
	}
	return status;
}

/* ---- what is told of the fit ---- */

static void product(size_t k, const double *a, const double *b, double *out)
{
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			double sum = 0;
			for (size_t l = 0; l < k; l++)
				sum += a[i * k + l] * b[l * k + j];
			out[i * k + j] = sum;
		}
}

static enum status tell(struct state *s, double dispersion, struct arena *a, struct glm_fit *out)
{
	size_t k = (size_t)s->pass.rows->k;
	struct sums sums;
	double loss;
	unsigned char *is_free = ARENA_ARRAY(a, unsigned char, k + 1);
	s->pass.clusters = 1;
	evaluate(s, s->b, dispersion, &sums, &loss);
	double *h = curvature(&sums, s->o, a), *half = ARENA_ARRAY(a, double, k * k + 1);
	for (size_t j = 0; j < k; j++)
		is_free[j] = h[j * k + j] > 0 && !(s->o->sign && s->o->sign[j] && !(fabs(s->b[j]) > 0));
	out->k = (int)k;
	out->coef = s->b;
	out->covariance = ARENA_ARRAY(a, double, k * k + 1);
	out->sandwich = ARENA_ARRAY(a, double, k * k + 1);
	out->dispersion = dispersion;
	out->loglik = sums.loglik;
	out->n = sums.n;
	out->n_group = (int)sums.groups;
	out->n_cluster = (int)sums.meat.weight;
	double left = sums.n - (double)k - (s->pass.rows->grouped ? sums.groups : 0);
	out->pearson = left > 0 ? sums.pearson / left : (double)NAN;
	if (quadratic_invert((int)k, h, is_free, a, out->covariance))
		return E_FIT;
	product(k, out->covariance, sums.meat.xx, half);
	product(k, half, out->covariance, out->sandwich);
	double small = out->n_cluster > 1 ? out->n_cluster / (out->n_cluster - 1.) : (double)NAN;
	for (size_t j = 0; j < k * k; j++)
		out->sandwich[j] *= small;
	return OK;
}

/* Starts at the prior, or at 0, where the signs allow it. */
static void start(const struct glm_rows *rows, const struct glm_options *o, double *b)
{
	for (int j = 0; o->prior && j < rows->k; j++)
		b[j] = o->prior[j];
	for (int j = 0; o->sign && j < rows->k; j++)
		if (o->sign[j] * b[j] < 0)
			b[j] = 0;
}

enum status glm_fit(const struct glm_rows *rows, const struct glm_options *o, struct arena *a,
		    struct glm_fit *out)
{
	int jobs = o->jobs > 1 ? o->jobs : 1, most = o->most ? o->most : 50;
	double dispersion = 0;
	struct state s = { .o = o, .left = most, .b = ARENA_ARRAY(a, double, rows->k + 1) };
	memset(out, 0, sizeof *out);
	s.pass = (struct pass){ .rows = rows, .slot = NEW_ARRAY(struct sums, SLOTS),
				.worker = NEW_ARRAY(struct worker, jobs) };
	for (int j = 0; j < jobs; j++)
		worker_init(&s.pass.worker[j], rows);
	start(rows, o, s.b);
	enum status status = iterate(&s, 0, &dispersion, a);
	double left = s.sums.n - rows->k - (rows->grouped ? s.sums.groups : 0);
	int wide = o->family == GLM_NB || (o->family == GLM_AUTO && left > 0 && s.sums.pearson > left);
	if (!status && wide) {
		/* By the Pearson residuals, as a beginning. */
		dispersion = left > 0 ? fmin(fmax((s.sums.pearson / left - 1) * s.sums.n
						 / fmax(s.sums.gram.weight, 1), 1e-3), 10) : 1;
		s.left = most;
		status = iterate(&s, 1, &dispersion, a);
		dispersion = dispersion > DISPERSION_MIN ? dispersion : 0;
	}
	if (!status)
		status = tell(&s, dispersion, a, out);
	out->passes = 2 * most - s.left;
	for (int j = 0; j < jobs; j++)
		arena_release(&s.pass.worker[j].arena);
	free(s.pass.worker);
	free(s.pass.slot);
	arena_release(&s.scratch[0]);
	arena_release(&s.scratch[1]);
	return status;
}
