/* Forecasts: room for them, and the invariants that every one of them keeps. */
#include "config.h"
#include "series/forecast.h"

#include <math.h>
#include <string.h>

const double default_level[N_DEFAULT_LEVEL] = { .05, .1, .25, .5, .75, .9, .95 };

const char *rung_name(enum rung rung)
{
	static const char *const name[] = { "spec", "simpler", "seasonal naive", "profile", "own mean",
					    "zero" };
	return name[rung];
}

void forecast_init(struct forecast *f, struct arena *a, int n, int n_step, int n_level,
		   const double *level, period_t origin)
{
	f->n = n;
	f->n_step = n_step;
	f->n_level = n_level;
	f->origin = origin;
	f->level = level;
	f->mean = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_step);
	f->quantile = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_step * (size_t)n_level);
	f->used = ARENA_ARRAY(a, struct made_by, n);
}

struct forecast forecast_at(const struct forecast *f, int i)
{
	struct forecast one = *f;
	one.n = 1;
	one.mean += (size_t)i * (size_t)f->n_step;
	one.quantile += (size_t)i * (size_t)f->n_step * (size_t)f->n_level;
	one.used += i;
	return one;
}

void forecast_copy(const struct forecast *from, int i, struct forecast *to, int k)
{
	const struct forecast one = forecast_at(from, i);
	struct forecast place = forecast_at(to, k);
	size_t steps = (size_t)from->n_step;
	memcpy(place.mean, one.mean, steps * sizeof *one.mean);
	memcpy(place.quantile, one.quantile, steps * (size_t)from->n_level * sizeof *one.quantile);
	*place.used = *one.used;
}

/* ---- as bytes ---- */

/* What one series' strings take, and their rung; a length of -1 is no string. */
struct packed_made_by {
	int rung, method, reason;
};

static int packed_length(const char *text)
{
	return text ? (int)strlen(text) : -1;
}

void forecast_pack(const struct forecast *f, struct buf *out)
{
	const int32_t shape[] = { f->n, f->n_step, f->n_level, f->origin };
	size_t steps = (size_t)f->n * (size_t)f->n_step;
	buf_add(out, shape, sizeof shape);
	buf_add(out, f->mean, steps * sizeof *f->mean);
	buf_add(out, f->quantile, steps * (size_t)f->n_level * sizeof *f->quantile);
	for (int i = 0; i < f->n; i++) {
		const struct made_by *u = &f->used[i];
		const struct packed_made_by head = { (int)u->rung, packed_length(u->method), packed_length(u->reason) };
		buf_add(out, &head, sizeof head);
		if (u->method)
			buf_adds(out, u->method);
		if (u->reason)
			buf_adds(out, u->reason);
	}
}

static int take(const char **at, const char *end, void *to, size_t n)
{
	if ((size_t)(end - *at) < n)
		return 0;
	memcpy(to, *at, n);
	*at += n;
	return 1;
}

static int take_text(const char **at, const char *end, int n, struct arena *a, const char **out)
{
	char *text = n < 0 ? NULL : ARENA_ARRAY(a, char, n + 1);
	*out = text;
	return !text || take(at, end, text, (size_t)n);
}

enum status forecast_unpack(const char **at, const char *end, struct arena *a, struct forecast *out, struct err *e)
{
	const int32_t want[] = { out->n, out->n_step, out->n_level, out->origin };
	int32_t shape[4];
	size_t steps = (size_t)out->n * (size_t)out->n_step;
	int right = take(at, end, shape, sizeof shape) && !memcmp(shape, want, sizeof want)
		&& take(at, end, out->mean, steps * sizeof *out->mean)
		&& take(at, end, out->quantile, steps * (size_t)out->n_level * sizeof *out->quantile);
	for (int i = 0; right && i < out->n; i++) {
		struct packed_made_by head;
		struct made_by *u = &out->used[i];
		right = take(at, end, &head, sizeof head) && take_text(at, end, head.method, a, &u->method)
			&& take_text(at, end, head.reason, a, &u->reason);
		u->rung = (enum rung)(right ? head.rung : 0);
	}
	return right ? OK : err_set(e, E_BUG, "a packed forecast is of another shape, or cut off");
}

/* What is wrong with one step, or NULL. */
static const char *step_fault(const struct forecast *f, const double *q, double mean)
{
	if (!isfinite(mean))
		return "mean is not finite";
	for (int l = 0; l < f->n_level; l++) {
		if (!isfinite(q[l]))
			return "quantile is not finite";
		if (l && q[l] < q[l - 1])
			return "quantiles cross";
	}
	return NULL;
}

enum status forecast_check(const struct forecast *f, const struct series_key *key, struct err *e)
{
	for (int l = 0; l < f->n_level; l++)
		if (!(f->level[l] > 0 && f->level[l] < 1 && (!l || f->level[l] > f->level[l - 1])))
			return err_set(e, E_BUG, "forecast levels do not ascend within (0, 1)");
	for (int i = 0; i < f->n; i++) {
		struct forecast one = forecast_at(f, i);
		const char *fault = one.used->method ? NULL : "has no method";
		int step = 0;
		for (; !fault && step < f->n_step; step++)
			fault = step_fault(f, one.quantile + (size_t)step * (size_t)f->n_level,
					   one.mean[step]);
		if (fault)
			return err_set(e, E_BUG, "forecast of '%s/%s', step %d: %s", key[i].store,
				       key[i].item, step, fault);
	}
	return OK;
}
