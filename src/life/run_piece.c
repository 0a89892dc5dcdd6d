/* Pieces: what a spec is fitted to and predicts for at once, a store or the whole panel. */
#include "config.h"
#include "life/run_private.h"

#include <string.h>
#include "feature/demand.h"
#include "life/coverage.h"

enum status run_pieces(const struct run_plan *plan, struct arena *a, struct pieces *out, struct err *e)
{
	struct catalog_series *series;
	int n, whole = spec_is_whole(plan->spec);
	enum status status = db_series(plan->db, NULL, a, &series, &n, e);
	memset(out, 0, sizeof *out);
	if (status)
		return status;
	out->name = ARENA_ARRAY(a, const char *, n + 1);
	out->series = ARENA_ARRAY(a, int, n + 1);
	for (int i = 0; i < n; i++) {
		if (!catalog_in_panel(&series[i], plan->as_of))
			continue;
		const char *name = whole ? "" : series[i].key.store;
		if (!out->n || strcmp(out->name[out->n - 1], name))
			out->name[out->n++] = name;
		out->series[out->n - 1]++;
		out->n_series++;
	}
	return OK;
}

const char *run_piece_of(const struct run_plan *plan, const char *store)
{
	return spec_is_whole(plan->spec) ? "" : store;
}

enum status run_read_piece(const struct run_plan *plan, const char *piece, struct panel_owner *out,
			   struct err *e)
{
	struct panel_request request = run_panel_request(plan, *piece ? piece : NULL);
	enum status status = db_panel(plan->db, &request, out, e);
	if (!status)
		run_uncensor(plan, out);
	return status;
}

void run_uncensor(const struct run_plan *plan, struct panel_owner *out)
{
	int mode = demand_mode_of(config_text(plan->config, "demand.uncensor"));
	struct panel *p = &out->panel;
	if (mode == DEMAND_KNOWN || !demand_has_stockouts(p))
		return;
	double *demand = xmalloc((size_t)p->begin[p->n] * sizeof *demand + 1);
	demand_fill(p, mode, plan->jobs, demand);
	p->demand = demand;
	out->memory[out->n_memory++] = demand;
}

enum status run_read_model(const struct run_plan *plan, const char *piece, struct buf *blob, int *found,
			   struct err *e)
{
	*found = 0;
	return plan->model ? db_model_blob(plan->db, plan->model, piece, blob, found, e) : OK;
}

static enum status load(const struct run_plan *plan, const struct buf *blob, struct arena *a, void **model,
			struct err *e)
{
	return plan->spec->method->load(plan->spec, (const unsigned char *)blob->text, blob->n, a, model, e);
}

enum status run_load_piece(const struct run_plan *plan, const char *piece, struct arena *a, void **model,
			   struct err *e)
{
	struct buf blob = { 0 };
	int found;
	*model = NULL;
	enum status status = run_read_model(plan, piece, &blob, &found, e);
	if (!status && found)
		status = load(plan, &blob, a, model, e);
	buf_release(&blob);
	return status;
}

enum status run_forecast_from(const struct run_plan *plan, const char *piece, const struct buf *blob,
			      const struct panel *panel, const struct fit_context *context,
			      struct nodes *nodes, struct arena *a, struct forecast *out, struct err *e)
{
	const struct method *method = plan->spec->method;
	struct panel past = panel_until(panel, period_of_day(&plan->calendar, plan->as_of));
	void *model = NULL;
	enum status status = blob ? load(plan, blob, a, &model, e) : method->fit(plan->spec, &past, context, a, &model, e);
	if (!status)
		status = method->predict(model, &past, context, a, out, e);
	if (!status && spec_sees_drivers(plan->spec))
		coverage_flag(&past, a, out);
	if (!status)
		status = forecast_check(out, past.key, e);
	if (!status && nodes && nodes->n != out->n)
		status = err_set(e, E_BUG, "the tiers are of %d series, the panel has %d", nodes->n, out->n);
	if (!status && nodes) {
		nodes_sum(nodes, out->mean, out->n_step, out->n_level, out->level, out->origin);
		status = nodes_spread(nodes, plan, model, &past, context, e);
	}
	if (model && method->release)
		method->release(model);
	return !status || !*piece ? status : err_wrap(e, "store '%s'", piece);
}

enum status run_forecast_piece(const struct run_plan *plan, const char *piece, const struct panel *panel,
			       const struct fit_context *context, struct nodes *nodes, struct arena *a,
			       struct forecast *out, struct err *e)
{
	struct buf blob = { 0 };
	int found;
	enum status status = run_read_model(plan, piece, &blob, &found, e);
	if (!status)
		status = run_forecast_from(plan, piece, found ? &blob : NULL, panel, context, nodes, a, out, e);
	buf_release(&blob);
	return status;
}
