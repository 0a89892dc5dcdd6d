/*
 * Exponential smoothing: its forms, which parameters let old values die out, and what the model says
 * of the future. Equations and tables of the book (see ets.h) are cited at each place.
 */
#include "config.h"
#include "num/ets.h"

#include <math.h>
#include <string.h>

#define SCHUR_SLACK 1e-9 /* a root on the circle itself is the limit of those within */

/* ---- forms ---- */

static int part_read(char c, int none)
{
	return c == 'A' ? ETS_ADD : c == 'M' ? ETS_MUL : c == 'N' && none ? ETS_NONE : -1;
}

int ets_form_read(const char *text, struct ets_form *out)
{
	size_t n = strlen(text);
	if (n != 3 && !(n == 4 && text[2] == 'd'))
		return 0;
	int error = part_read(text[0], 0), trend = part_read(text[1], 1), season = part_read(text[n - 1], 1);
	if (error < 0 || trend < 0 || season < 0 || (n == 4 && trend == ETS_NONE))
		return 0;
	*out = (struct ets_form){ (enum ets_part)error, (enum ets_part)trend, (enum ets_part)season, n == 4 };
	return 1;
}

void ets_form_name(struct ets_form form, char *out)
{
	static const char letter[] = "NAM";
	*out++ = letter[form.error];
	*out++ = letter[form.trend];
	if (form.damped)
		*out++ = 'd';
	*out++ = letter[form.season];
	*out = '\0';
}

int ets_form_parameters(struct ets_form form, int m)
{
	return 3 + (form.trend ? 2 : 0) + form.damped + (form.season ? m : 0);
}

int ets_form_sound(struct ets_form form)
{
	return form.trend != ETS_MUL && !(form.error == ETS_ADD && form.season == ETS_MUL);
}

/* Schur-Cohn: z^n + a[1] z^(n-1) + ... + a[n] has its roots within the circle when every reflection
 * coefficient of the step-down recursion does. a [n + 1] is overwritten. */
static int is_stable(int n, double *a)
{
	for (; n > 0; n--) {
		double k = a[n], rest = 1 - k * k;
		if (!(fabs(k) < 1 + SCHUR_SLACK))
			return 0;
		if (rest < SCHUR_SLACK)
			return 1;
		for (int i = 1; 2 * i <= n; i++) {
			double left = a[i], right = a[n - i];
			a[i] = (left - k * right) / rest;
			a[n - i] = (right - k * left) / rest;
		}
	}
	return 1;
}

int ets_admissible(struct ets_form form, int m, const double *theta)
{
	double alpha = theta[ETS_ALPHA], beta = theta[ETS_BETA], gamma = theta[ETS_GAMMA];
	double phi = theta[ETS_PHI];
	if (!(phi > 0 && phi <= 1))
		return 0;
	if (form.season == ETS_NONE && form.trend == ETS_NONE)
		return alpha > 0 && alpha < 2;
	if (form.season == ETS_NONE) /* the book, table 10.1 */
		return alpha > 1 - 1 / phi && alpha < 1 + 1 / phi && beta > alpha * (phi - 1) &&
		       beta < (1 + phi) * (2 - alpha);
	/* The book, theorem 10.3; without a trend its root at 1 is divided out. */
	double a[2000] = { 1 };
	if (m + 2 > (int)(sizeof a / sizeof *a))
		return 0;
	if (form.trend == ETS_NONE) {
		for (int i = 1; i < m; i++)
			a[i] = alpha;
		a[m] = alpha + gamma - 1;
		return is_stable(m, a);
	}
	for (int i = 2; i < m; i++)
		a[i] = alpha + beta - alpha * phi;
	a[1] = alpha + beta - phi;
	a[m] = alpha + beta - alpha * phi + gamma - 1;
	a[m + 1] = phi * (1 - alpha - gamma);
	return is_stable(m + 1, a);
}

/* ---- the future ---- */

/* One step of the states without an error; returns the forecast. */
struct step {
	double slope, base, f;
};

static struct step step_of(struct ets_form form, const double *theta, double l, double b, double season)
{
	struct step s = { 0 };
	double phi = theta[ETS_PHI];
	if (form.trend == ETS_ADD)
		s.slope = form.damped ? phi * b : b;
	if (form.trend == ETS_MUL)
		s.slope = form.damped ? pow(b, phi) : b;
	s.base = form.trend == ETS_MUL ? l * s.slope : l + s.slope;
	s.f = form.season == ETS_MUL ? s.base * season : form.season == ETS_ADD ? s.base + season : s.base;
	return s;
}

void ets_path(struct ets_form form, int m, const double *theta, int t, const double *state, int n_step,
	      double *mean)
{
	double l = state[0], b = state[1];
	for (int h = 0; h < n_step; h++) {
		struct step s = step_of(form, theta, l, b, state[2 + (t + h) % m]);
		mean[h] = s.f;
		l = s.base;
		b = s.slope;
	}
}

/* c[j] of the book, table 6.1: what an error does j steps later; the season's share apart. */
struct weights {
	double alpha, beta, phi;
	double power, sum; /* phi^j, phi + ... + phi^j */
};

static double weight_next(struct weights *w)
{
	w->power *= w->phi;
	w->sum += w->power;
	return w->alpha + w->beta * w->sum;
}

/* Class 1: v[h] = sigma2 (1 + c[1]^2 + ... + c[h-1]^2) (the book, 6.2). */
static void sd_additive(struct ets_form form, int m, const double *theta, double sigma2, int n_step,
			double *sd)
{
	struct weights w = { theta[ETS_ALPHA], theta[ETS_BETA], theta[ETS_PHI], 1, 0 };
	double sum = 1;
	for (int h = 1; h <= n_step; h++) {
		sd[h - 1] = sqrt(sigma2 * sum);
		double c = weight_next(&w) + (form.season && h % m == 0 ? theta[ETS_GAMMA] : 0);
		sum += c * c;
	}
}

/* Level and slope h + 1 steps on, and what of the season is added. */
static double mean_at(struct ets_form form, int m, const double *theta, int t, const double *state, int h)
{
	double growth = 0, power = 1;
	for (int j = 0; form.trend && j <= h; j++) {
		power *= theta[ETS_PHI];
		growth += power;
	}
	return state[0] + growth * state[1] + (form.season == ETS_ADD ? state[2 + (t + h) % m] : 0);
}

/*
 * Class 2: v[h] = (1 + sigma2) th[h] - mu[h]^2, th[h] = mu[h]^2 + sigma2 sum_j c[j]^2 th[h-j] (the
 * book, 6.3). Class 3: the same for the series without its season, times the season's square. An
 * error then moves level and season by shares that multiply, (1 + a)(1 + g), of which a + g is
 * taken, the season's share of the level at h: what is left out is of the order of sigma2^2.
 */
static void sd_multiplicative(struct ets_form form, int m, const double *theta, double sigma2, int t,
			      const double *state, int n_step, double *sd)
{
	for (int h = 0; h < n_step; h++) { /* sd holds th until all of them are there */
		double mu = mean_at(form, m, theta, t, state, h), th = 0;
		struct weights w = { theta[ETS_ALPHA], theta[ETS_BETA], theta[ETS_PHI], 1, 0 };
		for (int j = 1; j <= h; j++) {
			double at = sqrt(sd[h - j]), c = weight_next(&w) * at;
			if (form.season && j % m == 0)
				c += theta[ETS_GAMMA] * (form.season == ETS_MUL ? fabs(mu) : at);
			th += c * c;
		}
		sd[h] = mu * mu + sigma2 * th;
	}
	for (int h = 0; h < n_step; h++) {
		double mu = mean_at(form, m, theta, t, state, h);
		double season = form.season == ETS_MUL ? fabs(state[2 + (t + h) % m]) : 1;
		sd[h] = season * sqrt(fmax((1 + sigma2) * sd[h] - mu * mu, 0));
	}
}

int ets_sd(struct ets_form form, int m, const double *theta, double sigma2, int t, const double *state,
	   int n_step, double *sd)
{
	if (form.trend == ETS_MUL || (form.error == ETS_ADD && form.season == ETS_MUL))
		return 0;
	if (form.error == ETS_ADD)
		sd_additive(form, m, theta, sigma2, n_step, sd);
	else
		sd_multiplicative(form, m, theta, sigma2, t, state, n_step, sd);
	return 1;
}

void ets_draw(struct ets_form form, int m, const double *theta, double sigma2, int t, double *state,
	      double cap, struct rng *rng, int n_step, double *path)
{
	double l = state[0], b = state[1], sigma = sqrt(sigma2);
	for (int h = 0; h < n_step; h++) {
		double *s = &state[2 + (t + h) % m];
		struct step now = step_of(form, theta, l, b, *s);
		double z = sigma * rng_gaussian(rng);
		double y = form.error == ETS_MUL ? now.f * (1 + fmax(z, -1 + 1e-6)) : now.f + z;
		y = !(y < cap) ? cap : y < -cap ? -cap : y;
		double e = y - now.f, d = form.season == ETS_MUL ? e / *s : e;
		path[h] = y;
		if (form.season)
			*s += theta[ETS_GAMMA] * (form.season == ETS_MUL ? e / now.base : e);
		b = now.slope + theta[ETS_BETA] * (form.trend == ETS_MUL ? d / l : d);
		l = now.base + theta[ETS_ALPHA] * d;
		if (!isfinite(l) || !isfinite(b) || !isfinite(*s)) {
			for (int k = h + 1; k < n_step; k++)
				path[k] = y;
			return;
		}
	}
}
