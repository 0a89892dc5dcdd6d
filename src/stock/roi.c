/* The whole of a return, and the trace of one series. */
#include "config.h"
#include "stock/roi_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/buf.h"

#define IMPUTED_MOST .1
#define BENEFIT_MOST .2
#define FELL_MOST .01
#define BLOCKS_LEAST 13  /* fewer, or fewer series, and an interval is not to be trusted (roi.md 1.10) */
#define SERIES_LEAST 30
#define WARNINGS 16

/* ---- what a careful reader would ask ---- */

static void warn(const struct roi_state *s, struct roi_result *out, const char **list, const char *format,
		 ...) PRINTF(4, 5);

static void warn(const struct roi_state *s, struct roi_result *out, const char **list, const char *format,
		 ...)
{
	char text[240];
	va_list rest;
	va_start(rest, format);
	vsnprintf(text, sizeof text, format, rest);
	va_end(rest);
	if (out->n_warning < WARNINGS)
		list[out->n_warning++] = arena_strdup(s->a, text);
}

void roi_warn(const struct roi_state *s, struct roi_result *out)
{
	const struct roi_setup *u = s->u;
	const char **list = ARENA_ARRAY(s->a, const char *, WARNINGS);
	out->warning = list;
	if (out->imputed > IMPUTED_MOST)
		warn(s, out, list, "indicative only: %.0f %% of the demand had to be drawn, as it was not"
		     " sold", 100 * out->imputed);
	if (u->truth == TRUTH_SALES && s->truth.stockout_days)
		warn(s, out, list, "sales were taken for demand: what empty shelves lost is not counted");
	if (out->short_window)
		warn(s, out, list, "the window has %d days, less than half a year: nothing is put on a year",
		     out->days);
	if (out->n_block < BLOCKS_LEAST || out->n - out->excluded < SERIES_LEAST)
		warn(s, out, list, "%d series in %d stretches of time are too few for an interval to be"
		     " taken at its word", out->n - out->excluded, out->n_block);
	if (out->share > BENEFIT_MOST)
		warn(s, out, list, "a benefit of %.0f %% of the cost is more than the best published ones"
		     " (11 to 13 %%): look for a mistake first", 100 * out->share);
	if (out->fresh_case_cover)
		warn(s, out, list, "%d series get packs of more than a shelf life's demand: there the packs"
		     " make the waste, not the forecasts", out->fresh_case_cover);
	for (int k = 0; k < out->n_arm; k++)
		if (out->arm[k].made && (double)out->arm[k].fell > FELL_MOST * (double)out->arm[k].made)
			warn(s, out, list, "%.1f %% of the forecasts of '%s' are fallbacks",
			     100. * (double)out->arm[k].fell / (double)out->arm[k].made, out->arm[k].name);
	if (out->perfect >= 0 && out->captured > 1)
		warn(s, out, list, "the model is cheaper than perfect forecasts: packs and levels decide"
		     " here, not forecasts");
	if (out->unknown_days)
		warn(s, out, list, "%lld series-days without data were drawn", (long long)out->unknown_days);
}

enum status roi_run(const struct roi_setup *setup, struct arena *a, struct roi_result *out, struct err *e)
{
	struct roi_state s = { .u = setup, .a = a };
	struct world base;
	uint8_t wanted[ROI_ARM_MAX];
	memset(wanted, 1, sizeof wanted);
	memset(out, 0, sizeof *out);
	if (setup->n_arm > ROI_ARM_MAX)
		return err_set(e, E_USAGE, "more than %d arms", ROI_ARM_MAX);
	enum status status = roi_settle(&s, &base, e);
	if (status)
		return status;
	world_live(&s, &base, wanted, 1, NULL, a);
	roi_judge(&s, &base, out);
	if (setup->tornado || setup->shadows)
		status = roi_tornado(&s, &base, out, e);
	roi_warn(&s, out);
	return status;
}

enum status roi_trace(const struct roi_setup *setup, int arm, int series, struct arena *a,
		      struct roi_trace_row **row, int *n, struct err *e)
{
	struct roi_state s = { .u = setup, .a = a };
	struct world base;
	uint8_t wanted[ROI_ARM_MAX] = { 0 };
	enum status status = roi_settle(&s, &base, e);
	if (status)
		return status;
	wanted[arm] = 1;
	world_live(&s, &base, wanted, 0, NULL, a);
	struct replay_day *day = ARENA_ARRAY(a, struct replay_day, s.n_origin + 1);
	float *level = ARENA_ARRAY(a, float, s.n_origin + 1);
	int from, segment = setup->segment[series];
	int tau = base.choice[(size_t)arm * (size_t)setup->n_segment + (size_t)segment];
	*n = world_trace(&s, &base, arm, series, tau, day, level, &from);
	*row = ARENA_ARRAY(a, struct roi_trace_row, *n + 1);
	const float *mean = s.arm[arm].mean + (size_t)series * (size_t)s.n_span * (size_t)s.n_origin;
	for (int k = 0; k < *n; k++)
		(*row)[k] = (struct roi_trace_row){ setup->learn + from + k, (double)mean[from + k],
						    (double)level[k], day[k] };
	return OK;
}
