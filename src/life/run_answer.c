/* Forecasts computed at once for a question, written nowhere. */
#include "config.h"
#include "life/run_private.h"

#include <string.h>

static enum status answer_fill(struct run_answer *h, const struct run_plan *plan, const char *piece,
			       struct err *e)
{
	struct fit_context context = run_fit_context(plan);
	run_answer_release(h);
	h->piece = arena_strdup(&h->arena, piece);
	enum status status = run_read_piece(plan, piece, &h->owner, e);
	if (status)
		return status;
	forecast_init(&h->forecast, &h->arena, h->owner.panel.n, plan->horizon, plan->n_level, plan->level,
		      period_of_day(&plan->calendar, plan->as_of));
	status = run_forecast_piece(plan, piece, &h->owner.panel, &context, NULL, &h->arena, &h->forecast,
				    e);
	h->made = !status;
	return status;
}

enum status run_store(const struct run_plan *plan, struct run_answer *h, const char *store,
		      const char *item, forecast_seen *seen, void *context, struct err *e)
{
	const char *piece = run_piece_of(plan, store);
	int from, to;
	enum status status = h->made && !strcmp(h->piece, piece) ? OK : answer_fill(h, plan, piece, e);
	if (status)
		return status;
	panel_store(&h->owner.panel, store, &from, &to);
	for (int i = from; !status && i < to; i++) {
		struct catalog_series series = { .id = h->owner.panel.id[i], .key = h->owner.panel.key[i] };
		struct forecast one = forecast_at(&h->forecast, i);
		if (!item || !strcmp(series.key.item, item))
			status = seen(context, &series, &one, e);
	}
	return status;
}

void run_answer_release(struct run_answer *h)
{
	panel_release(&h->owner);
	arena_release(&h->arena);
	memset(h, 0, sizeof *h);
}

enum status run_kept(const struct run_plan *plan, struct arena *a, struct run_row *out, int *found,
		     struct err *e)
{
	static const char *const kind[] = { "nightly", "run" };
	*found = 0;
	for (int k = 0; !*found && k < 2; k++) {
		struct run_plan as = *plan;
		struct err none = { 0 };
		as.kind = kind[k];
		enum status status = run_name(&as, a, e);
		if (status)
			return status;
		*found = !db_run_find(plan->db, as.id, a, out, &none) && *out->published_hash;
	}
	return OK;
}
