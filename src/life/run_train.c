/*
 * Training: the spec is fitted piece by piece, and the pieces are kept as one version. Each fitted piece,
 * and each part of one that its method hands to the cache, is kept at once, so that a training that was
 * cut off goes on there; the version is written at the end, in one transaction that also forgets the
 * parts.
 */
#include "config.h"
#include "life/run_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"

/* A fitted piece. */
struct fitted {
	char key[SHA256_HEX_SIZE]; /* under which it is kept */
	struct buf blob;           /* what could not be kept */
	int64_t bytes;
};

struct training {
	const struct run_plan *plan;
	struct part_cache parts;
	struct pieces pieces;
	struct fitted *fitted; /* [pieces.n] */
	struct sha256 hash;
	struct arena arena;
	struct stage_clock read, fit, write;
};

/* Fits a piece and saves it into `blob`. */
static enum status fit_piece(struct training *t, const char *piece, struct buf *blob, struct err *e)
{
	struct arena a = { 0 };
	struct panel_owner owner = { 0 };
	struct stage_clock c;
	void *model = NULL, *previous = NULL;
	const struct run_plan *plan = t->plan;
	const struct method *method = plan->spec->method;
	struct fit_context context = run_fit_context(plan);
	stage_start(&c);
	enum status status = run_read_piece(plan, piece, &owner, e);
	stage_stop(&c, &t->read);
	/* What serves until now: a choice among methods does not leave it without a reason. */
	if (!status)
		status = run_load_piece(plan, piece, &a, &previous, e);
	context.previous = previous;
	context.cache = &t->parts.cache;
	stage_start(&c);
	if (!status)
		status = method->fit(plan->spec, &owner.panel, &context, &a, &model, e);
	if (!status)
		status = method->save(model, blob, e);
	stage_stop(&c, &t->fit);
	if (model && method->release)
		method->release(model);
	if (previous && method->release)
		method->release(previous);
	panel_release(&owner);
	arena_release(&a);
	return status;
}

/* Is the piece to be fitted anew, or taken over from the version that serves? */
static int is_wanted(const struct run_plan *plan, const char *piece)
{
	if (!plan->n_only || !plan->model || !*piece)
		return 1;
	for (int k = 0; k < plan->n_only; k++)
		if (!strcmp(plan->only[k], piece))
			return 1;
	return 0;
}

/* A piece out of an earlier training that was cut off, or fitted and kept. */
static enum status train_piece(struct training *t, int k, struct err *e)
{
	const struct run_plan *plan = t->plan;
	struct fitted *f = &t->fitted[k];
	struct err lost = { 0 };
	struct buf name = { 0 };
	const char *piece = t->pieces.name[k];
	enum status status = OK;
	int found = 0, taken = 0;
	buf_addf(&name, "%s of '%s'", plan->spec_text, piece);
	part_key(&t->parts, name.text, f->key);
	if (db_part_get(plan->db, f->key, &f->blob, &found, &lost))
		buf_clear(&f->blob);
	t->parts.found += found;
	if (!found && !is_wanted(plan, piece))
		status = db_model_blob(plan->db, plan->model, piece, &f->blob, &taken, e);
	/* Also a store that the version before did not know. */
	if (!status && !found && !taken)
		status = fit_piece(t, piece, &f->blob, e);
	int kept = found;
	if (!status && !found) {
		kept = !db_part_put(plan->db, f->key, t->parts.base, name.text, &f->blob, &lost);
		if (!kept)
			log_warning("what was fitted could not be kept on the way: %s", lost.text);
	}
	buf_release(&name);
	if (status)
		return status;
	sha256_add_string(&t->hash, piece);
	sha256_add(&t->hash, f->blob.text ? f->blob.text : "", f->blob.n);
	f->bytes = (int64_t)f->blob.n;
	if (kept)
		buf_release(&f->blob);
	return OK;
}

static enum status train_pieces(struct training *t, struct err *e)
{
	enum status status = OK;
	int done = 0;
	for (int k = 0; !status && k < t->pieces.n; k++) {
		status = train_piece(t, k, e);
		if (!status && process_stop())
			status = err_set(e, E_STOPPED, "stopped; what is fitted stays, and training again goes"
					 " on from there");
		done += t->pieces.series[k];
		if (!spec_is_whole(t->plan->spec))
			progress("training", done, t->pieces.n_series);
	}
	progress_end();
	return status;
}

static enum status write_pieces(struct training *t, int64_t version, struct err *e)
{
	enum status status = OK;
	for (int k = 0; !status && k < t->pieces.n; k++) {
		const struct fitted *f = &t->fitted[k];
		const char *name = t->pieces.name[k];
		status = f->bytes && !f->blob.n
			? db_part_keep(t->plan->db, f->key, version, k, name, e)
			: db_model_part(t->plan->db, version, k, name, f->blob.text, f->blob.n, e);
	}
	return status;
}

/* What is known of the version beside its row. */
static enum status write_facts(struct training *t, int64_t version, struct err *e)
{
	const struct run_plan *plan = t->plan;
	struct buf only = { 0 };
	for (int k = 0; k < plan->n_only; k++)
		buf_addf(&only, "%s%s", k ? ", " : "", plan->only[k]);
	enum status status = db_model_fact(plan->db, version, "code", plan->code_text, e);
	if (!status)
		status = db_model_fact(plan->db, version, "trigger", plan->trigger, e);
	if (!status)
		status = db_model_fact(plan->db, version, "config", plan->config_text, e);
	if (!status && only.n)
		status = db_model_fact(plan->db, version, "fitted anew", only.text, e);
	buf_release(&only);
	return status;
}

/* The version's row, and what goes with it; within one transaction. */
static enum status write_version(struct training *t, const char *alias, int64_t *version, struct err *e)
{
	const struct run_plan *plan = t->plan;
	unsigned char end[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct model_row row = { .method = plan->spec->method->name, .spec = plan->spec_text, .hash = hex,
				 .data_hash = plan->data_hash, .config_hash = plan->config_hash,
				 .as_of = plan->as_of, .series = t->pieces.n_series, .run = t->parts.record };
	sha256_end(&t->hash, end);
	sha256_hex(end, hex);
	for (int k = 0; k < t->pieces.n; k++)
		row.bytes += t->fitted[k].bytes;
	enum status status = db_model_begin(plan->db, version, e);
	if (!status)
		status = write_pieces(t, *version, e);
	FAILPOINT("train.parts");
	if (!status)
		status = db_model_keep(plan->db, &row, version, e);
	if (!status)
		status = write_facts(t, *version, e);
	if (!status && alias)
		status = db_model_alias(plan->db, alias, *version, plan->trigger, e);
	/* What is not forgotten now goes by age. */
	struct err late = { 0 };
	if (!status && db_parts_drop(plan->db, t->parts.base, &late))
		log_warning("parts of the training could not be removed: %s", late.text);
	FAILPOINT("train.commit");
	return status;
}

static enum status keep_version(struct training *t, const char *alias, int64_t *version, struct err *e)
{
	struct stage_clock c;
	stage_start(&c);
	enum status status = db_begin(t->plan->db, e);
	if (status)
		return status;
	status = write_version(t, alias, version, e);
	if (!status)
		status = db_commit(t->plan->db, e);
	if (status)
		db_rollback(t->plan->db);
	FAILPOINT("train.committed");
	stage_stop(&c, &t->write);
	return status;
}

/* ---- the record ---- */

/* The record of an attempt that was cut off is taken up; one that came to its end is not. */
static enum status open_record(struct training *t, struct err *e)
{
	const struct run_plan *p = t->plan;
	struct run_row row;
	struct err none = { 0 };
	enum status status = db_run_unfinished(p->db, p->kind, p->id, &t->arena, &row, &none);
	if (!status && row.exit_code < 0) {
		t->parts.record = row.seq;
		return OK;
	}
	if (status && status != E_NOTFOUND) {
		*e = none;
		return status;
	}
	struct run_new new = run_record(p, t->pieces.n_series);
	return db_run_begin(p->db, &new, &t->parts.record, e);
}

/* What was not of a part; a record that cannot be written does not undo the training. */
static enum status record_stages(struct training *t, struct err *e)
{
	static const char *const name[] = { "read", "fit", "write" };
	const struct stage_clock *took[] = { &t->read, &t->fit, &t->write };
	enum status status = OK;
	t->fit.wall -= t->parts.parts.wall;
	t->fit.cpu -= t->parts.parts.cpu;
	for (int k = 0; !status && k < 3; k++)
		status = db_resource(t->plan->db, t->parts.record, name[k], took[k]->wall, took[k]->cpu, e);
	return status;
}

static void close_record(struct training *t, enum status status, const struct err *why)
{
	struct err e = { 0 };
	const char *state = !status ? "TRAINED" : status == E_STOPPED ? "CANCELLED" : "FAILED";
	enum status noted = record_stages(t, &e);
	if (!noted)
		noted = db_run_state(t->plan->db, t->parts.record, state, status ? -1 : 0,
				     status ? why->text : NULL, &e);
	if (noted)
		log_warning("the record of the training: %s", e.text);
}

enum status run_train(const struct run_plan *plan, const char *alias, struct train_result *out, struct err *e)
{
	struct training t = { .plan = plan };
	enum status status = run_pieces(plan, &t.arena, &t.pieces, e);
	if (status) {
		arena_release(&t.arena);
		return status;
	}
	part_cache_init(&t.parts, plan);
	t.fitted = ARENA_ARRAY(&t.arena, struct fitted, t.pieces.n + 1);
	sha256_init(&t.hash);
	sha256_add_string(&t.hash, plan->spec_text);
	sha256_add_string(&t.hash, plan->data_hash);
	status = open_record(&t, e);
	if (!status)
		status = train_pieces(&t, e);
	if (!status)
		status = keep_version(&t, alias, &out->version, e);
	if (t.parts.record)
		close_record(&t, status, e);
	out->record = t.parts.record;
	out->parts_found = t.parts.found;
	for (int k = 0; k < t.pieces.n; k++)
		buf_release(&t.fitted[k].blob);
	part_cache_release(&t.parts);
	arena_release(&t.arena);
	return status;
}
