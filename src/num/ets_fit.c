/*
 * Fitting one form of exponential smoothing.
 *
 * The criterion is that of a least-squares problem (struct ets_normal), and the errors of a model
 * that fits are unrelated to second derivatives, which depend on the past alone. So Gauss and Newton's
 * J'J is nearly the Hessian, and Levenberg-Marquardt steps over all variables at once, initial states
 * included, settle in a few passes whatever the season's length; where errors are additive the
 * initial states, in which they are linear, are exact least squares after one step. Each step tries
 * ETS_LANES points, four dampings at four lengths, in a single pass of the batch kernel.
 *
 * Bounds: within the usual region the search runs in a box (alpha, beta's share of [lower, alpha],
 * gamma's share of [lower, 1 - alpha], phi). A variable at its bound with the gradient pointing out
 * stays there, and one that would leave is set to its bound before the others are solved for.
 */
#include "config.h"
#include "num/ets.h"

#include <math.h>
#include <string.h>

#define LOWER 1e-4
#define UPPER .9999
#define PHI_LOWER .8
#define PHI_UPPER .98
#define STEPS_MAX 60
#define GAIN_ENOUGH 1e-3 /* of the criterion; AICc is compared to .01 */
#define HOPE 10          /* gains like the last that a descent may still be away from another */
#define DAMPINGS 4
#define LENGTHS (ETS_LANES / DAMPINGS)
#define STARTS_MOST 4
#define VALLEYS 2        /* descents, each from another valley */
#define DIRECT 4         /* variables that may have bounds: the smoothing parameters */

/* ---- starts ---- */

/* A line through the known values of y[w]: its value at -1 and its slope; NaN slope for one value. */
static void line_through(int w, const double *y, double *level, double *slope)
{
	double n = 0, t_mean = 0, y_mean = 0, ty = 0, tt = 0;
	for (int t = 0; t < w; t++)
		if (!isnan(y[t])) {
			n++;
			t_mean += t;
			y_mean += y[t];
		}
	t_mean /= n;
	y_mean /= n;
	for (int t = 0; t < w; t++)
		if (!isnan(y[t])) {
			ty += (t - t_mean) * (y[t] - y_mean);
			tt += (t - t_mean) * (t - t_mean);
		}
	*slope = tt > 0 ? ty / tt : 0;
	*level = y_mean - *slope * (t_mean + 1);
}

/* Seasonal states: mean distances from, or ratios to, the line or the mean; a place never known gets
 * none. Moved or scaled so that they sum to 0 or m. */
static void start_season(enum ets_part season, int m, int w, const double *y, double level, double slope,
			 double *s)
{
	double total = 0;
	for (int k = 0; k < m; k++) {
		double sum = 0, base = 0, n = 0;
		for (int t = k; t < w; t += m)
			if (!isnan(y[t])) {
				sum += y[t];
				base += level + slope * (t + 1);
				n++;
			}
		if (season == ETS_MUL)
			s[k] = n > 0 && base > 0 ? fmax(sum / base, .05) : 1;
		else
			s[k] = n > 0 ? (sum - base) / n : 0;
		total += s[k];
	}
	for (int k = 0; k < m; k++)
		s[k] = season == ETS_MUL ? s[k] * m / total : s[k] - total / m;
}

void ets_start(struct ets_form form, int m, int n, const double *y, double *theta)
{
	int from = 0, seasonal = form.season != ETS_NONE;
	while (from < n && isnan(y[from]))
		from++;
	int w = seasonal ? (n >= 4 * m ? 4 * m : n >= 2 * m ? n / m * m : n) : 10;
	w = w < from + 10 ? from + 10 : w;
	w = w < n ? w : n;
	double level, slope, mean = 0, k = 0;
	line_through(w, y, &level, &slope);
	for (int t = 0; t < w; t++)
		if (!isnan(y[t])) {
			mean += y[t];
			k++;
		}
	mean /= k;
	int positive = form.trend == ETS_MUL || form.season == ETS_MUL || form.error == ETS_MUL;
	if (form.trend == ETS_NONE || (positive && (level <= .1 * mean || level + slope * w <= .1 * mean))) {
		level = mean;
		slope = 0;
	}
	theta[ETS_LEVEL] = level;
	theta[ETS_SLOPE] = form.trend == ETS_MUL ? pow((level + slope * w) / level, 1. / w) :
			   form.trend == ETS_ADD ? slope : 0;
	memset(theta + ETS_SEASON, 0, (size_t)m * sizeof *theta);
	if (seasonal)
		start_season(form.season, m, w, y, level, slope, theta + ETS_SEASON);
}

/* ---- the box ---- */

struct search {
	struct ets_form form;
	enum ets_bounds bounds;
	int m, n;
	const double *y;
	struct ets_normal z;
	double *lane;             /* [ETS_SEASON + m][ETS_LANES] */
	double *trial;            /* [ETS_LANES][ETS_SEASON + m] the same, row by row, in the box */
	double *a, *step, *theta; /* [n_free][n_free], [n_free], [ETS_SEASON + m] */
};

/* x in the box: as theta, but beta and gamma are shares of what alpha leaves them. */
static void from_box(const struct search *s, const double *x, double *theta)
{
	memcpy(theta, x, (size_t)(ETS_SEASON + s->m) * sizeof *theta);
	if (!(s->bounds & ETS_USUAL))
		return;
	if (s->form.trend != ETS_NONE)
		theta[ETS_BETA] = LOWER + x[ETS_BETA] * (x[ETS_ALPHA] - LOWER);
	if (s->form.season != ETS_NONE)
		theta[ETS_GAMMA] = LOWER + x[ETS_GAMMA] * (1 - x[ETS_ALPHA] - LOWER);
}

static double clamp(double x, double from, double to)
{
	return x < from ? from : x > to ? to : x;
}

static double share(double x, double room)
{
	return room > 0 ? clamp((x - LOWER) / room, 0, 1) : 0;
}

static void bounds_of(const struct search *s, int at, double *from, double *to)
{
	int usual = s->bounds & ETS_USUAL;
	*from = at == ETS_PHI ? PHI_LOWER : at == ETS_ALPHA || !usual ? LOWER : 0;
	*to = at == ETS_PHI ? PHI_UPPER : !usual ? 2 : at == ETS_ALPHA ? UPPER : 1;
	if (!usual && at == ETS_BETA)
		*to = 4;
}

/* Whatever the start holds, into the box and to what the form has. */
static void to_box(const struct search *s, const double *theta, double *x)
{
	memcpy(x, theta, (size_t)(ETS_SEASON + s->m) * sizeof *x);
	x[ETS_ALPHA] = clamp(theta[ETS_ALPHA], LOWER, s->bounds & ETS_USUAL ? UPPER : 2);
	if (s->bounds & ETS_USUAL) {
		x[ETS_BETA] = share(theta[ETS_BETA], x[ETS_ALPHA] - LOWER);
		x[ETS_GAMMA] = share(theta[ETS_GAMMA], 1 - x[ETS_ALPHA] - LOWER);
	}
	x[ETS_PHI] = s->form.damped ? clamp(theta[ETS_PHI], PHI_LOWER, PHI_UPPER) : 1;
	if (s->form.trend == ETS_NONE)
		x[ETS_BETA] = x[ETS_SLOPE] = 0;
	if (s->form.season == ETS_NONE)
		x[ETS_GAMMA] = 0;
}

static int is_allowed(const struct search *s, const double *theta)
{
	if (s->form.season == ETS_MUL)
		for (int k = 0; k < s->m; k++)
			if (!(theta[ETS_SEASON + k] > 0))
				return 0;
	if (s->form.trend == ETS_MUL && !(theta[ETS_LEVEL] > 0 && theta[ETS_SLOPE] > 0))
		return 0;
	return !(s->bounds & ETS_ADMISSIBLE) || ets_admissible(s->form, s->m, theta);
}

/* Puts x into lane k. */
static void lane_set(struct search *s, int k, const double *x)
{
	int size = ETS_SEASON + s->m;
	memcpy(s->trial + (size_t)k * (size_t)size, x, (size_t)size * sizeof *x);
	from_box(s, x, s->theta);
	for (int i = 0; i < size; i++)
		s->lane[i * ETS_LANES + k] = s->theta[i];
}

static const double *lane_at(const struct search *s, int k)
{
	return s->trial + (size_t)k * (size_t)(ETS_SEASON + s->m);
}

/* The criteria of the first n lanes; the rest is filled up. */
static void lanes_run(struct search *s, int n, double *criterion)
{
	int size = ETS_SEASON + s->m;
	for (int k = n; k < ETS_LANES; k++)
		for (int i = 0; i < size; i++)
			s->lane[i * ETS_LANES + k] = s->lane[i * ETS_LANES];
	ets_batch(s->form, s->m, s->lane, s->n, s->y, criterion);
}

/* The lane with the least criterion below `value` that is allowed, among lanes [0, n); -1: none.
 * Criteria of lanes that are not allowed become +Inf. */
static int lane_best(struct search *s, int n, double value, double *criterion)
{
	for (;;) {
		int best = -1;
		for (int k = 0; k < n; k++)
			if (criterion[k] < value && (best < 0 || criterion[k] < criterion[best]))
				best = k;
		if (best < 0)
			return -1;
		from_box(s, lane_at(s, best), s->theta);
		if (is_allowed(s, s->theta))
			return best;
		criterion[best] = (double)INFINITY;
	}
}

/* ---- steps ---- */

/* J'J and J'u by the variables of the box. */
static void into_box(struct search *s, const double *x)
{
	struct ets_normal *z = &s->z;
	double by_alpha[DIRECT] = { 0 }, by_own[DIRECT] = { 1, 1, 1, 1 };
	int n_direct = 0;
	if (!(s->bounds & ETS_USUAL))
		return;
	for (; n_direct < DIRECT && n_direct < z->n_free && z->free[n_direct] < ETS_LEVEL; n_direct++) {
		int at = z->free[n_direct];
		if (at == ETS_BETA || at == ETS_GAMMA) {
			by_alpha[n_direct] = at == ETS_BETA ? x[at] : -x[at];
			by_own[n_direct] = at == ETS_BETA ? x[ETS_ALPHA] - LOWER
							  : 1 - x[ETS_ALPHA] - LOWER;
		}
	}
	/* Columns, then rows: T' (J'J) T, T lower in its first column. Below the diagonal only. */
	double *jj = z->jj;
	int n = z->n_free, w = z->stride;
	for (int k = 1; k < n_direct; k++) {
		double c = by_alpha[k];
		double alpha_k = jj[k * w];
		jj[0] += c * (2 * alpha_k + c * jj[k * w + k]);
		for (int i = 1; i < n; i++)
			jj[i * w] += c * (i >= k ? jj[i * w + k] : jj[k * w + i]);
		z->ju[0] += c * z->ju[k];
	}
	for (int k = 1; k < n_direct; k++) {
		for (int j = 0; j <= k; j++)
			jj[k * w + j] *= by_own[k];
		for (int i = k; i < n; i++)
			jj[i * w + k] *= by_own[k];
		z->ju[k] *= by_own[k];
	}
}

/*
 * Solves (J'J + damping diag) step = -J'u for the variables that are not `held`, whose steps stand
 * in `step` already. A variable without any effect stays. 0 when the matrix is not positive.
 */
static int solve(struct search *s, double damping, const int *held, double *step)
{
	const struct ets_normal *z = &s->z;
	int n = z->n_free, w = z->stride;
	double *a = s->a;
	for (int i = 0; i < n; i++) {
		int fixed = i < DIRECT && held[i];
		double *row = a + (size_t)i * (size_t)n, diagonal = z->jj[i * w + i];
		double right = fixed ? step[i] : -z->ju[i];
		for (int j = 0; j < i; j++)
			row[j] = fixed || (j < DIRECT && held[j]) ? 0 : z->jj[i * w + j];
		for (int j = 0; !fixed && j < DIRECT && j < n; j++)
			if (held[j])
				right -= (i >= j ? z->jj[i * w + j] : z->jj[j * w + i]) * step[j];
		row[i] = fixed || diagonal <= 0 ? 1 : diagonal * (1 + damping);
		s->step[i] = right;
	}
	for (int i = 0; i < n; i++) {
		double *row = a + (size_t)i * (size_t)n;
		for (int j = 0; j <= i; j++) {
			const double *other = a + (size_t)j * (size_t)n;
			double sum = row[j];
			for (int k = 0; k < j; k++)
				sum -= row[k] * other[k];
			if (j < i)
				row[j] = sum / other[j];
			else if (!(sum > 1e-13 * row[i]))
				return 0;
			else
				row[i] = sqrt(sum);
		}
		double right = s->step[i];
		for (int k = 0; k < i; k++)
			right -= row[k] * s->step[k];
		s->step[i] = right / row[i];
	}
	for (int i = n - 1; i >= 0; i--) {
		double *row = a + (size_t)i * (size_t)n;
		step[i] = s->step[i] / row[i];
		for (int k = 0; k < i; k++)
			s->step[k] -= row[k] * step[i];
	}
	return 1;
}

/* The step of one damping from x within the box. */
static int box_step(struct search *s, double damping, const double *x, double *step)
{
	const struct ets_normal *z = &s->z;
	int held[DIRECT] = { 0 };
	double from, to;
	for (int i = 0; i < DIRECT && i < z->n_free && z->free[i] < ETS_LEVEL; i++) {
		bounds_of(s, z->free[i], &from, &to);
		double at = x[z->free[i]];
		held[i] = (at <= from && z->ju[i] > 0) || (at >= to && z->ju[i] < 0);
		step[i] = 0;
	}
	for (int round = 0; round <= DIRECT; round++) {
		int left = 0;
		if (!solve(s, damping, held, step))
			return 0;
		for (int i = 0; i < DIRECT && i < z->n_free && z->free[i] < ETS_LEVEL; i++) {
			bounds_of(s, z->free[i], &from, &to);
			double at = x[z->free[i]], inside = clamp(at + step[i], from, to) - at;
			if (held[i] || fabs(inside - step[i]) <= 1e-14)
				continue;
			held[i] = 1;
			step[i] = inside;
			left = 1;
		}
		if (!left)
			return 1;
	}
	return 1;
}

/* Trials from x: dampings times lengths. Returns how many. */
static int lanes_of_steps(struct search *s, const double *x, double *step, double *to_x)
{
	static const double damping[DAMPINGS] = { 1e-9, .02, .5, 20 };
	static const double length[LENGTHS] = { 1, 1.6, .5, .15 };
	const struct ets_normal *z = &s->z;
	int n = 0, size = ETS_SEASON + s->m;
	for (int d = 0; d < DAMPINGS; d++) {
		if (!box_step(s, damping[d], x, step))
			continue;
		for (int c = 0; c < LENGTHS; c++) {
			memcpy(to_x, x, (size_t)size * sizeof *x);
			for (int i = 0; i < z->n_free; i++) {
				int at = z->free[i];
				double from = -(double)INFINITY, to = (double)INFINITY;
				if (at < ETS_LEVEL)
					bounds_of(s, at, &from, &to);
				to_x[at] = clamp(x[at] + length[c] * step[i], from, to);
				if (at >= ETS_SEASON) /* the last season keeps the sum */
					to_x[size - 1] -= to_x[at] - x[at];
			}
			lane_set(s, n++, to_x);
		}
	}
	return n;
}

/*
 * Steps from x until they gain little, or too little to come below `least`, what another descent
 * reached; returns the criterion.
 */
static double descend(struct search *s, double value, double least, double *x, struct arena *scratch)
{
	int size = ETS_SEASON + s->m;
	double *step = ARENA_ARRAY(scratch, double, s->z.n_free + DIRECT);
	double *to_x = ARENA_ARRAY(scratch, double, size), criterion[ETS_LANES];
	for (int k = 0, idle = 0; k < STEPS_MAX && !idle; k++) {
		from_box(s, x, s->theta);
		ets_normal_at(s->form, s->m, s->theta, s->n, s->y, &s->z);
		into_box(s, x);
		int n = lanes_of_steps(s, x, step, to_x);
		if (!n)
			break;
		lanes_run(s, n, criterion);
		int best = lane_best(s, n, value, criterion);
		if (best < 0)
			break;
		memcpy(x, lane_at(s, best), (size_t)size * sizeof *x);
		double gain = value - criterion[best];
		value = criterion[best];
		idle = gain < GAIN_ENOUGH || (k > 0 && value - least > HOPE * gain);
	}
	return value;
}

/* ---- the grid ---- */

/* Lanes from k on: smoothing parameters around the states in x; returns the next lane. */
static int lanes_of_grid(struct search *s, int k, double *x)
{
	static const double fine[] = { .02, .06, .12, .2, .3, .45, .6, .75, .9, .99 };
	static const double medium[] = { .05, .25, .6, .95 };
	static const double coarse[] = { .05, .3, .8 };
	static const double turning[] = { .02, .5 }, standing[] = { .001, .25 };
	int trend = s->form.trend != ETS_NONE, season = s->form.season != ETS_NONE;
	const double *alpha = trend && season ? coarse : trend || season ? medium : fine;
	int n = trend && season ? 3 : trend || season ? 4 : 10;
	for (int i = 0; i < n; i++)
		for (int b = 0; b < 1 + trend; b++)
			for (int g = 0; g < 1 + season && k < ETS_LANES; g++) {
				x[ETS_ALPHA] = alpha[i];
				x[ETS_BETA] = trend ? turning[b] : 0;
				x[ETS_GAMMA] = season ? standing[g] : 0;
				if (!(s->bounds & ETS_USUAL)) {
					x[ETS_BETA] *= alpha[i];
					x[ETS_GAMMA] *= 1 - alpha[i];
				}
				lane_set(s, k++, x);
			}
	return k;
}

/*
 * The valley of a lane. A season that moves and one that stands are each a valley, so are a slope that
 * turns and one that lasts, and, without either, a level that follows and one that averages.
 */
static int valley_of(const struct search *s, int k)
{
	const double *x = lane_at(s, k);
	if (s->form.trend == ETS_NONE && s->form.season == ETS_NONE)
		return (x[ETS_ALPHA] > .15) + (x[ETS_ALPHA] > .5);
	return (s->form.season && x[ETS_GAMMA] > .1) + 2 * (s->form.trend && x[ETS_BETA] > .15);
}

/* Fills the lanes with fitted relatives and with the grid; returns how many there are. */
static int lanes_of_starts(struct search *s, int n_start, const double *start, double *x)
{
	int size = ETS_SEASON + s->m, k = 0;
	for (; k < n_start && k < STARTS_MOST; k++) {
		to_box(s, start + (size_t)k * (size_t)size, x);
		lane_set(s, k, x);
	}
	memset(x, 0, (size_t)size * sizeof *x);
	ets_start(s->form, s->m, s->n, s->y, x);
	x[ETS_PHI] = s->form.damped ? .95 : 1;
	return lanes_of_grid(s, k, x);
}

double ets_fit(struct ets_form form, int m, enum ets_bounds bounds, int n, const double *y, int n_start,
	       const double *start, struct arena *scratch, double *theta)
{
	int size = ETS_SEASON + m, n_valley = 0;
	struct search s = { .form = form, .bounds = bounds, .m = m, .n = n, .y = y,
			    .z = ets_normal_new(form, m, scratch),
			    .lane = ARENA_ARRAY(scratch, double, size * ETS_LANES),
			    .trial = ARENA_ARRAY(scratch, double, size * ETS_LANES),
			    .theta = ARENA_ARRAY(scratch, double, size) };
	s.a = ARENA_ARRAY(scratch, double, (size_t)s.z.n_free * (size_t)s.z.n_free);
	s.step = ARENA_ARRAY(scratch, double, s.z.n_free);
	double *x = ARENA_ARRAY(scratch, double, (size_t)VALLEYS * (size_t)size);
	double criterion[ETS_LANES], value[VALLEYS], least = (double)INFINITY;
	int k = lanes_of_starts(&s, n_start, start, x);
	lanes_run(&s, k, criterion);
	for (int best; n_valley < VALLEYS && (best = lane_best(&s, k, least, criterion)) >= 0;) {
		memcpy(x + n_valley * size, lane_at(&s, best), (size_t)size * sizeof *x);
		value[n_valley++] = criterion[best];
		int valley = valley_of(&s, best);
		for (int i = 0; i < k; i++)
			if (valley_of(&s, i) == valley)
				criterion[i] = (double)INFINITY;
	}
	for (int i = 0; i < n_valley; i++) {
		value[i] = descend(&s, value[i], least, x + i * size, scratch);
		if (value[i] < least) {
			least = value[i];
			from_box(&s, x + i * size, theta);
		}
	}
	return least;
}
