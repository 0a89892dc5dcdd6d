/* Training: the spec is fitted piece by piece, and the parts are kept as one version. */
#include "config.h"
#include "life/run_private.h"

#include "base/log.h"
#include "base/process.h"

static enum status train_piece(const struct run_plan *plan, const char *piece, int part, int64_t version,
			       struct sha256 *hash, int64_t *bytes, struct err *e)
{
	struct arena a = { 0 };
	struct panel_owner owner = { 0 };
	struct buf blob = { 0 };
	void *model = NULL, *previous = NULL;
	const struct method *method = plan->spec->method;
	struct fit_context context = run_fit_context(plan);
	enum status status = run_read_piece(plan, piece, &owner, e);
	/* What serves until now: a choice among methods does not leave it without a reason. */
	if (!status)
		status = run_load_piece(plan, piece, &a, &previous, e);
	context.previous = previous;
	if (!status)
		status = method->fit(plan->spec, &owner.panel, &context, &a, &model, e);
	if (!status)
		status = method->save(model, &blob, e);
	if (model && method->release)
		method->release(model);
	if (previous && method->release)
		method->release(previous);
	if (!status) {
		sha256_add_string(hash, piece);
		sha256_add(hash, blob.text ? blob.text : "", blob.n);
		*bytes += (int64_t)blob.n;
		status = db_model_part(plan->db, version, part, piece, blob.text, blob.n, e);
	}
	buf_release(&blob);
	panel_release(&owner);
	arena_release(&a);
	return status;
}

static enum status train_pieces(const struct run_plan *plan, const struct pieces *pieces, int promote,
				int64_t *version, struct err *e)
{
	struct sha256 hash;
	unsigned char end[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	int64_t bytes = 0;
	int done = 0;
	sha256_init(&hash);
	sha256_add_string(&hash, plan->spec_text);
	sha256_add_string(&hash, plan->data_hash);
	enum status status = db_model_begin(plan->db, version, e);
	for (int k = 0; !status && k < pieces->n; k++) {
		status = train_piece(plan, pieces->name[k], k, *version, &hash, &bytes, e);
		if (!status && process_stop())
			status = err_set(e, E_STOPPED, "stopped; no version was kept");
		done += pieces->series[k];
		progress("training", done, pieces->n_series);
	}
	progress_end();
	sha256_end(&hash, end);
	sha256_hex(end, hex);
	struct model_row row = { .method = plan->spec->method->name, .spec = plan->spec_text,
				 .hash = hex, .data_hash = plan->data_hash,
				 .config_hash = plan->config_hash, .as_of = plan->as_of,
				 .series = pieces->n_series, .bytes = bytes };
	if (!status)
		status = db_model_keep(plan->db, &row, version, e);
	if (!status && promote)
		status = db_model_alias(plan->db, "champion", *version, e);
	return status;
}

enum status run_train(const struct run_plan *plan, int promote, int64_t *version, struct err *e)
{
	struct arena a = { 0 };
	struct pieces pieces;
	enum status status = run_pieces(plan, &a, &pieces, e);
	if (!status)
		status = db_begin(plan->db, e);
	if (!status) {
		status = train_pieces(plan, &pieces, promote, version, e);
		if (!status)
			status = db_commit(plan->db, e);
		if (status)
			db_rollback(plan->db);
	}
	arena_release(&a);
	return status;
}
