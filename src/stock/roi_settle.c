/* The past that every world of a return shares: truth, spans, what the past knew, every arm's sums. */
#include "config.h"
#include "stock/roi_private.h"

#include <math.h>
#include <string.h>
#include "base/log.h"
#include "num/cap.h"

const double roi_tau[N_ROI_TAU] = { .50, .60, .70, .80, .85, .90, .93, .95, .97, .98, .99 };

/* The grid, and the firm's own level among it. */
static void settle_tau(struct roi_state *s)
{
	double own = s->u->tau_fixed;
	s->fixed = -1;
	s->n_tau = 0;
	for (int k = 0; k < N_ROI_TAU; k++) {
		if (own > 0 && s->fixed < 0 && own <= roi_tau[k]) {
			s->fixed = s->n_tau;
			s->tau[s->n_tau++] = own;
			if (own == roi_tau[k])
				continue;
		}
		s->tau[s->n_tau++] = roi_tau[k];
	}
	if (own > 0 && s->fixed < 0) {
		s->fixed = s->n_tau;
		s->tau[s->n_tau++] = own;
	}
}

static enum status settle_line(struct roi_state *s, struct err *e)
{
	const struct roi_setup *u = s->u;
	static const int block[] = { 28, 4, 1, 28 };
	s->n = u->panel->n;
	s->validate = u->validate - u->learn;
	s->test = u->test - u->learn;
	s->n_origin = s->test + u->n_test;
	s->block = block[u->panel->calendar.kind];
	s->n_block = (u->n_test + s->block - 1) / s->block;
	if (s->validate < 1 || s->test <= s->validate || u->n_test < 1)
		return err_set(e, E_USAGE, "the windows do not follow one another");
	if (u->learn + s->n_origin - 1 > u->panel->until)
		return err_set(e, E_USAGE, "the test window ends after the last known day");
	return OK;
}

/* Nothing can be learnt of an interval that is longer than the window it is learnt in. */
static enum status check_spans(const struct roi_state *s, const struct world *base, struct err *e)
{
	for (int i = 0; i < s->n; i++)
		if (base->rules[i].protect >= s->test - s->validate)
			return err_set(e, E_USAGE, "series '%s/%s': lead time and review take %d periods, the time"
				       " before the test has %d", s->u->panel->key[i].store,
				       s->u->panel->key[i].item, base->rules[i].protect, s->test - s->validate);
	return OK;
}

/* Sums over P, over one period less, and with twice the lead time (one more where it is 0). */
static void settle_spans(struct roi_state *s, const struct world *base)
{
	int others = s->u->shadows || s->u->tornado;
	s->n_span = others ? SPANS : 1;
	s->span = ARENA_ARRAY(s->a, int, (size_t)s->n * (size_t)s->n_span + 1);
	for (int i = 0; i < s->n; i++) {
		int *span = s->span + (size_t)i * (size_t)s->n_span, lead = base->rules[i].lead;
		span[SPAN_USUAL] = base->rules[i].protect;
		if (!others)
			continue;
		span[SPAN_SHORTER] = lead ? span[SPAN_USUAL] - 1 : span[SPAN_USUAL];
		span[SPAN_LONGER] = span[SPAN_USUAL] + (lead ? lead : 1);
	}
}

/* Bound on freak values by what was known when the validation window began. */
static double cap_before(const struct series *x, period_t origin, struct arena *scratch)
{
	struct series past = *x;
	int64_t n = (int64_t)origin - x->first;
	past.n = n < 0 ? 0 : n < x->n ? (int)n : x->n;
	double *y = ARENA_ARRAY(scratch, double, past.n + 1);
	series_known(&past, y);
	return cap_of(past.n, y, scratch);
}

static void settle_known(struct roi_state *s)
{
	const struct panel *p = s->u->panel;
	s->known = ARENA_ARRAY(s->a, double, (size_t)s->n * (size_t)s->n_origin + 1);
	struct arena scratch = { 0 };
	for (int i = 0; i < s->n; i++) {
		struct series x = panel_series(p, i);
		arena_reset(&scratch);
		double cap = cap_before(&x, s->u->validate, &scratch);
		double *to = s->known + (size_t)i * (size_t)s->n_origin;
		for (int k = 0; k < s->n_origin; k++) {
			int64_t t = (int64_t)s->u->learn + k - x.first;
			to[k] = (double)NAN;
			if (t < 0 || t >= x.n)
				continue;
			if (x.state[t] == DAY_CLOSED || !panel_listed(p, i, s->u->learn + k))
				to[k] = 0; /* as every forecast has it */
			else if (x.demand)
				to[k] = x.demand[t];
			else if (series_usable(&x, (int)t))
				to[k] = x.units[t];
			if (to[k] > cap)
				to[k] = (double)NAN;
		}
	}
	arena_release(&scratch);
}

static enum status settle_arms(struct roi_state *s, struct err *e)
{
	const struct roi_setup *u = s->u;
	struct arm_plan plan = { .panel = u->panel, .context = u->context, .first = u->learn,
				 .n_origin = s->n_origin, .refit = u->refit, .step = u->step > 0 ? u->step : 1,
				 .n_span = s->n_span, .span = s->span, .truth = &s->truth };
	enum status status = OK;
	for (int k = 0; k < s->n * s->n_span; k++)
		if (s->span[k] + plan.step > plan.context.horizon)
			plan.context.horizon = s->span[k] + plan.step;
	s->arm = ARENA_ARRAY(s->a, struct arm_result, u->n_arm);
	for (int k = 0; !status && k < u->n_arm; k++) {
		status = arm_run(&u->arm[k], &plan, s->a, &s->arm[k], e);
		if (!status)
			log_detail("arm '%s': %d fits %.1f CPU s, forecasts %.1f CPU s", u->arm[k].name,
				   s->arm[k].fits, s->arm[k].fit_cpu, s->arm[k].predict_cpu);
	}
	return status;
}

/* Errors of the sums over P whose interval lies within the test window, against the truth. */
static void settle_errors(struct roi_state *s)
{
	const struct roi_setup *u = s->u;
	size_t cells = (size_t)s->n * (size_t)u->n_arm;
	s->error_abs = ARENA_ARRAY(s->a, double, cells + 1);
	s->error_sum = ARENA_ARRAY(s->a, double, cells + 1);
	s->actual_sum = ARENA_ARRAY(s->a, double, s->n + 1);
	for (int i = 0; i < s->n; i++) {
		const int64_t *d = s->truth.demand + (size_t)i * (size_t)s->n_origin;
		int span = s->span[(size_t)i * (size_t)s->n_span];
		for (int o = s->test - 1; o + span < s->n_origin; o++) {
			int64_t sum = 0;
			size_t at = (size_t)i * (size_t)s->n_span * (size_t)s->n_origin + (size_t)o;
			for (int h = 1; h <= span; h++)
				sum += d[o + h];
			double y = (double)sum / s->truth.scale[i];
			if (u->panel->first[i] > u->learn + o)
				continue;
			s->actual_sum[i] += y;
			for (int k = 0; k < u->n_arm; k++) {
				double miss = (double)s->arm[k].mean[at] - y;
				s->error_abs[(size_t)k * (size_t)s->n + (size_t)i] += fabs(miss);
				s->error_sum[(size_t)k * (size_t)s->n + (size_t)i] += miss;
			}
		}
	}
}

enum status roi_settle(struct roi_state *s, struct world *base, struct err *e)
{
	const struct roi_setup *u = s->u;
	settle_tau(s);
	enum status status = settle_line(s, e);
	if (status)
		return status;
	if (u->told)
		s->truth = *u->told;
	else
		truth_fill(u->panel, u->learn, s->n_origin, u->truth, u->context.seed, u->context.jobs, s->a,
			   &s->truth);
	status = world_settle(s, u->parameters, s->a, base, e);
	if (status)
		return status;
	status = check_spans(s, base, e);
	if (status)
		return status;
	settle_spans(s, base);
	settle_known(s);
	status = settle_arms(s, e);
	if (!status)
		settle_errors(s);
	return status;
}
