/* Comparing the scores of two backtests, which may be two specs of one. */
#include "config.h"
#include "life/compare_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_score.h"

#define DRAWS 2000
#define REFERENCE "snaive"

struct side {
	struct score *score; /* [n] of one spec, all parts, of the objective */
	int n;
};

static const struct score *find(const struct side *s, const char *part, const char *member)
{
	for (int k = 0; k < s->n; k++)
		if (!strcmp(s->score[k].part, part) && !strcmp(s->score[k].member, member))
			return &s->score[k];
	return NULL;
}

/* RUN:SPEC into its two halves; spec NULL where there is none. */
static void split(const char *name, struct arena *a, const char **run, const char **spec)
{
	const char *colon = strchr(name, ':');
	char *copy = arena_strdup(a, name);
	*spec = colon ? colon + 1 : NULL;
	if (colon)
		copy[colon - name] = '\0';
	*run = copy;
}

/* The spec of least loss, `besides` aside; the reference only where there is no other. */
static const char *best_of(const struct score *score, int n, const char *besides)
{
	const char *best = NULL;
	double least = INFINITY;
	for (int turn = 0; turn < 2 && !best; turn++)
		for (int k = 0; k < n; k++) {
			const struct score *s = &score[k];
			if (strcmp(s->part, "all") || (besides && !strcmp(s->method, besides))
			    || (!turn && !strcmp(s->method, REFERENCE)) || !(s->value < least))
				continue;
			least = s->value;
			best = s->method;
		}
	return best;
}

static enum status read_side(struct db *db, const char *name, const struct compare_request *q,
			     const char *besides, struct arena *a, struct run_row *run, const char **spec,
			     struct side *side, struct err *e)
{
	const char *of, *given;
	struct score *all;
	int n;
	split(name, a, &of, &given);
	enum status status = db_run_find(db, of, a, run, e);
	if (!status && strcmp(run->kind, "backtest"))
		return err_set(e, E_USAGE, "run '%s' is a %s: only backtests have scores by origin", of, run->kind);
	if (!status)
		status = db_score_read(db, run->seq, NULL, NULL, q->objective, a, &all, &n, e);
	if (status)
		return status;
	if (!n)
		return err_set(e, E_USAGE, "run '%s' has no scores of '%s'", of, q->objective);
	*spec = given ? given : best_of(all, n, besides);
	side->score = ARENA_ARRAY(a, struct score, n);
	for (int k = 0; *spec && k < n; k++)
		if (!strcmp(all[k].method, *spec))
			side->score[side->n++] = all[k];
	if (!side->n)
		return err_set(e, E_NOTFOUND, "run '%s' has no scores of spec '%s'", of, given ? given : "any other");
	return OK;
}

/* What was replayed: the words of a backtest's spec text before the specs, without those that only add
 * metrics. */
static const char *frame_of(const struct run_row *run, struct arena *a)
{
	static const char *const extra[] = { " costs", " weighted" };
	char *text = arena_strdup(a, run->spec), *colon = strstr(text, ": ");
	if (colon)
		*colon = '\0';
	for (int k = 0; k < 2; k++) {
		char *at = strstr(text, extra[k]);
		if (at)
			memmove(at, at + strlen(extra[k]), strlen(at + strlen(extra[k])) + 1);
	}
	return text;
}

static enum status comparable(const struct compare_result *r, const struct side *side, struct arena *a,
			      struct err *e)
{
	const struct run_row *x = &r->run[0], *y = &r->run[1];
	if (strcmp(x->data_hash, y->data_hash))
		return err_set(e, E_USAGE, "data hash differs: run %s was scored on %.12s, run %s on %.12s", x->id,
			       x->data_hash, y->id, y->data_hash);
	if (x->as_of != y->as_of)
		return err_set(e, E_USAGE, "the last known days of the two runs differ");
	if (strcmp(frame_of(x, a), frame_of(y, a)))
		return err_set(e, E_USAGE, "the runs replayed other windows: '%.90s' and '%.90s'", frame_of(x, a),
			       frame_of(y, a));
	for (int k = 0; k < side[0].n; k++) {
		const struct score *s = &side[0].score[k];
		const struct score *other = strcmp(s->part, "window") ? s : find(&side[1], s->part, s->member);
		if (!other || other->cases != s->cases)
			return err_set(e, E_USAGE, "scored cells differ at origin %s: %lld and %lld", s->member,
				       (long long)s->cases, other ? (long long)other->cases : 0LL);
	}
	return OK;
}

/* ---- the figures ---- */

static void judge(struct compare_result *r, const double *d, int block, double rival)
{
	double low, high;
	fixed_b_test(d, r->n_origin, &r->test);
	origins_bootstrap(d, r->n_origin, block, DRAWS, .9, 1, &low, &high);
	r->effect = rival > 0 ? r->test.mean / rival : (double)NAN;
	r->low = low / rival;
	r->high = high / rival;
	double worse = 1 - r->test.p_one;
	if (r->n_origin < COMPARE_ORIGINS)
		r->verdict = COMPARE_FEW;
	else if (r->test.p_one < COMPARE_P && r->effect >= COMPARE_EFFECT)
		r->verdict = COMPARE_BETTER;
	else if (worse < COMPARE_P && r->effect <= -COMPARE_EFFECT)
		r->verdict = COMPARE_WORSE;
	else
		r->verdict = COMPARE_SAME;
}

/* Windows that share days are taken together by the bootstrap: horizon over step. */
static int block_of(const struct run_row *run)
{
	const char *step = strstr(run->spec, "step="), *horizon = strstr(run->spec, "horizon=");
	int s = step ? atoi(step + 5) : 1, h = horizon ? atoi(horizon + 8) : 1;
	return s > 0 && h > s ? (h + s - 1) / s : 1;
}

static void fill_slices(const struct side *side, struct arena *a, struct compare_result *r)
{
	r->slice = ARENA_ARRAY(a, struct compare_slice, side[0].n);
	for (int k = 0; k < side[0].n; k++) {
		const struct score *x = &side[0].score[k], *y = find(&side[1], x->part, x->member);
		if (!y || !strcmp(x->part, "all") || !strcmp(x->part, "window") || !strcmp(x->part, "horizon"))
			continue;
		r->slice[r->n_slice++] = (struct compare_slice){
			x->part, x->member, { x->value, y->value },
			y->value > 0 ? 1 - x->value / y->value : (double)NAN, x->cases };
	}
}

enum status compare_run(struct db *db, const struct compare_request *request, struct arena *a,
			struct compare_result *out, struct err *e)
{
	struct compare_request q = *request;
	struct side side[2] = { { NULL, 0 }, { NULL, 0 } };
	memset(out, 0, sizeof *out);
	out->objective = q.objective = q.objective ? q.objective : "rmsse";
	enum status status = read_side(db, q.name[0], &q, NULL, a, &out->run[0], &out->spec[0], &side[0], e);
	if (!status)
		status = read_side(db, q.name[1] ? q.name[1] : q.name[0], &q, q.name[1] ? NULL : out->spec[0], a,
				   &out->run[1], &out->spec[1], &side[1], e);
	if (!status)
		status = comparable(out, side, a, e);
	if (status)
		return status;
	double *d = ARENA_ARRAY(a, double, side[0].n + 1), rival = 0;
	for (int k = 0; k < side[0].n; k++) {
		const struct score *x = &side[0].score[k];
		if (strcmp(x->part, "window") || isnan(x->value))
			continue;
		double y = find(&side[1], x->part, x->member)->value;
		if (isnan(y))
			continue;
		d[out->n_origin++] = y - x->value;
		rival += y;
	}
	for (int k = 0; k < 2; k++) {
		const struct score *all = find(&side[k], "all", "");
		out->value[k] = all ? all->value : (double)NAN;
	}
	judge(out, d, block_of(&out->run[0]), out->n_origin ? rival / out->n_origin : (double)NAN);
	fill_slices(side, a, out);
	return OK;
}
