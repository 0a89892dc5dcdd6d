/* forecast models test, promote, rollback, package, verify, install, card: the life of a version. */
#include "config.h"
#include "cli/cmd_models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "io/db_audit.h"
#include "io/db_catalog.h"
#include "io/db_model.h"
#include "life/canary.h"
#include "life/card.h"
#include "life/gate.h"
#include "life/lock.h"
#include "life/package.h"
#include "life/sanity.h"
#include "model/spec.h"

#define STORES_NAMED 8 /* of those that a canary serves */

/* Work on a db that is open for writing, under the lock of the nights. */
static enum status locked(struct call *c, enum status (*work)(struct call *, struct db *, struct err *),
			  struct err *e)
{
	struct lock lock = { -1 };
	struct db *db = NULL;
	enum status status = lock_take(&lock, config_text(c->config, "db.path"), 0, e);
	if (!status)
		status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = work(c, db, e);
	db_close(db);
	lock_drop(&lock);
	return status;
}

static enum status find_version(struct call *c, struct db *db, struct model_row *out, struct err *e)
{
	return c->n_word == 1 ? db_model_find(db, c->word[0], c->arena, out, e)
			      : err_set(e, E_USAGE, "one VERSION or ALIAS is wanted; 'forecast models list' lists them");
}

/* ---- test ---- */

static const struct column test_columns[] = {
	{ .name = "check", .type = COLUMN_TEXT },
	{ .name = "verdict", .type = COLUMN_TEXT },
	{ .name = "text", .title = "", .type = COLUMN_WRAP },
	{ 0 }
};

static enum status test(struct call *c, struct db *db, struct err *e)
{
	struct model_row row;
	struct sanity s;
	enum status status = find_version(c, db, &row, e);
	if (!status)
		status = sanity_run(db, c->config, &row, c->arena, &s, e);
	if (status)
		return status;
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(test_columns);
	for (int k = 0; k < s.n; k++) {
		table_text(t, s.check[k].name);
		table_mark(t, s.check[k].failed ? MARK_BAD : MARK_GOOD);
		table_text(t, s.check[k].failed ? "fail" : "pass");
		table_text(t, s.check[k].text);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	c->exit_code = s.failed > 0;
	return OK;
}

static enum status test_run(struct call *c, struct err *e)
{
	return locked(c, test, e);
}

/* ---- promote ---- */

static const struct column gate_columns[] = {
	{ .name = "gate", .type = COLUMN_TEXT },
	{ .name = "asks", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "verdict", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "threshold", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "text", .title = "", .type = COLUMN_WRAP },
	{ 0 }
};

static void write_gates(struct call *c, const struct gate_report *g)
{
	static const enum text_mark mark[] = { MARK_GOOD, MARK_BAD, MARK_WARN, MARK_DIM };
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(gate_columns);
	for (int k = 0; k < g->n; k++) {
		const struct gate_row *r = &g->row[k];
		table_text(t, r->gate);
		table_text(t, r->words);
		table_mark(t, mark[r->verdict]);
		table_text(t, gate_verdict_name(r->verdict));
		table_number(t, r->value);
		table_number(t, r->threshold);
		table_text(t, r->text);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static const char *first_closed(const struct gate_report *g)
{
	for (int k = 0; k < g->n; k++)
		if (g->row[k].verdict == GATE_FAIL || g->row[k].verdict == GATE_INSUFFICIENT)
			return g->row[k].text;
	return "";
}

/* A person takes the change that G11 warns of. */
static void accept_change(struct gate_report *g)
{
	for (int k = 0; k < g->n; k++)
		if (!strcmp(g->row[k].gate, "G11") && g->row[k].verdict == GATE_FAIL) {
			g->row[k].verdict = GATE_SKIPPED;
			g->failed--;
		}
}

static enum status promote_champion(struct call *c, struct db *db, const struct model_row *row, struct err *e)
{
	struct gate_report g;
	struct buf why = { 0 };
	const char *reason = call_option(c, "reason");
	int force = call_flag(c, "force"), accept = call_flag(c, "accept-change");
	if ((force || accept) && (!reason || !*reason))
		return err_set(e, E_USAGE, "--%s wants --reason: whoever reads the audit asks why",
			       force ? "force" : "accept-change");
	enum status status = gates_run(db, c->config, row->version, c->arena, &g, e);
	if (status)
		return status;
	if (accept)
		accept_change(&g);
	write_gates(c, &g);
	int closed = g.failed + g.insufficient;
	if (closed && !force) {
		c->exit_code = 1;
		log_error("version %lld is not promoted: %d gates are closed; the first: %s", (long long)row->version,
			  closed, first_closed(&g));
		return OK;
	}
	buf_addf(&why, "%s%s", closed ? "forced past closed gates: " : "", reason ? reason : "all gates passed");
	status = gates_promote(db, &g, why.text, e);
	buf_release(&why);
	if (!status)
		log_note("version %lld is the champion%s", (long long)row->version, closed ? ", by force" : "");
	return status;
}

/* A spec that learns across series is forecast for all stores at once, so it neither serves single ones nor leaves any. */
static enum status may_be_canary(struct call *c, struct db *db, const struct model_row *row, struct err *e)
{
	struct model_row champion;
	const struct spec *spec;
	enum status status = db_model_find(db, "champion", c->arena, &champion, e);
	const struct model_row *const both[] = { row, &champion };
	for (int k = 0; !status && k < 2; k++) {
		status = spec_parse(both[k]->spec, c->arena, &spec, e);
		if (!status && spec_is_whole(spec))
			status = err_set(e, E_USAGE, "version %lld%s learns across series, so no store can be served apart;"
					 " let the new one forecast in the shadow (setting challenger.spec)",
					 (long long)both[k]->version, k ? ", the champion," : "");
	}
	return status;
}

/* The stores that a canary with this share serves, as words; E_USAGE where there is none, with the least share that has one. */
static enum status served_stores(struct call *c, struct db *db, double share, const char **words, struct err *e)
{
	const char **store;
	struct buf b = { 0 };
	int n, served = 0;
	double least = 1;
	enum status status = db_stores(db, c->arena, &store, &n, e);
	for (int k = 0; !status && k < n; k++) {
		double place = canary_place(store[k]);
		least = place < least ? place : least;
		if (place >= share)
			continue;
		if (served++ < STORES_NAMED)
			buf_addf(&b, "%s%s", served > 1 ? ", " : ": ", store[k]);
	}
	*words = arena_printf(c->arena, "%d of %d stores%s%s", served, n, b.text ? b.text : "",
			      served > STORES_NAMED ? " ..." : "");
	buf_release(&b);
	return status || served ? status
		: err_set(e, E_USAGE, "a share of %g draws none of the %d stores; the least that draws one is %.3g", share, n,
			  ceil(least * 1000 + 1e-9) / 1000);
}

/* How many stores a canary serves, within the caller's transaction. */
static enum status set_share(struct call *c, struct db *db, const char **words, struct err *e)
{
	const char *share = call_option(c, "share") ? call_option(c, "share") : ".05";
	const char *before = db_meta(db, "canary.share", c->arena);
	const struct audit_entry entry = { .action = "canary share", .object = "canary", .before = before,
					   .after = share, .reason = call_option(c, "reason") };
	enum status status = served_stores(c, db, strtod(share, NULL), words, e);
	if (!status)
		status = db_set_meta(db, "canary.share", share, e);
	return status || (before && !strcmp(before, share)) ? status : db_audit_add(db, &entry, e);
}

static enum status promote(struct call *c, struct db *db, struct err *e)
{
	struct model_row row;
	const char *alias = call_option(c, "to"), *stores = NULL;
	enum status status = find_version(c, db, &row, e);
	if (status)
		return status;
	if (!alias || !strcmp(alias, "champion"))
		return promote_champion(c, db, &row, e);
	if (!strcmp(alias, "canary"))
		status = may_be_canary(c, db, &row, e);
	if (!status)
		status = db_begin(db, e);
	if (status)
		return status;
	status = db_model_alias(db, alias, row.version, call_option(c, "reason"), e);
	if (!status && !strcmp(alias, "canary"))
		status = set_share(c, db, &stores, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	else
		log_note("version %lld is the %s%s%s", (long long)row.version, alias, stores ? " in " : "",
			 stores ? stores : "");
	return status;
}

static enum status promote_run(struct call *c, struct err *e)
{
	return locked(c, promote, e);
}

/* ---- rollback ---- */

static enum status end_canary(struct call *c, struct db *db, struct err *e)
{
	int64_t version;
	if (call_option(c, "to"))
		return err_set(e, E_USAGE, "--canary and --to exclude each other: its stores go to the champion");
	enum status status = canary_end(db, &version, call_option(c, "reason"), e);
	if (!status)
		buf_addf(c->out, "canary     ended: version %lld; from the next night on its stores are the champion's\n",
			 (long long)version);
	return status;
}

static enum status rollback(struct call *c, struct db *db, struct err *e)
{
	struct model_row row = { 0 };
	const char *to = call_option(c, "to");
	int64_t run;
	if (call_flag(c, "canary"))
		return end_canary(c, db, e);
	enum status status = to ? db_model_find(db, to, c->arena, &row, e) : OK;
	if (!status)
		status = db_model_rollback(db, &row.version, &run, call_option(c, "reason"), e);
	if (status)
		return status;
	buf_addf(c->out, "champion   version %lld\n", (long long)row.version);
	if (run)
		buf_addf(c->out, "published  run %lld, which it had made\n", (long long)run);
	else
		buf_adds(c->out, "published  as before: no run of that version reaches beyond today;\n"
				 "           the next night publishes\n");
	return OK;
}

static enum status rollback_run(struct call *c, struct err *e)
{
	return locked(c, rollback, e);
}

/* ---- packages ---- */

static enum status package_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct model_row row;
	const char *file = call_option(c, "output");
	if (!file)
		return err_set(e, E_USAGE, "-o FILE is wanted: the file to write");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = find_version(c, db, &row, e);
	if (!status)
		status = package_write(db, row.version, file, e);
	if (!status)
		log_note("version %lld is in '%s'", (long long)row.version, file);
	db_close(db);
	return status;
}

static enum status verify_run(struct call *c, struct err *e)
{
	struct package_head head;
	struct text_style style = text_style_of(call_on_terminal(c));
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one FILE is wanted");
	enum status status = package_verify(c->word[0], c->arena, &head, e);
	if (status == E_INPUT) { /* the answer is no */
		log_error("%s", e->text);
		c->exit_code = 1;
		return OK;
	}
	if (status)
		return status;
	buf_addf(c->out, "whole      %d part%s, %lld bytes\nhash       %s\nby         %s\nspec       ", head.n_part,
		 head.n_part == 1 ? "" : "s", (long long)head.row.bytes, head.row.hash, period_kind_name(head.calendar.kind));
	text_wrap(c->out, head.row.spec, 11, 11, &style);
	return OK;
}

static enum status install(struct call *c, struct db *db, struct err *e)
{
	int64_t version;
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one FILE is wanted");
	enum status status = package_install(db, c->word[0], c->arena, &version, e);
	if (!status)
		buf_addf(c->out, "version    %lld\n", (long long)version);
	return status;
}

static enum status install_run(struct call *c, struct err *e)
{
	return locked(c, install, e);
}

/* ---- the card ---- */

static enum status card_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct model_row row;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_model_find(db, c->n_word ? c->word[0] : "champion", c->arena, &row, e);
	if (!status)
		status = card_write(db, c->config, &row, c->arena, c->out, e);
	db_close(db);
	if (status != E_INPUT)
		return status;
	log_error("%s", e->text);
	c->exit_code = 1;
	return OK;
}

static const struct option promote_options[] = {
	{ .name = "to", .type = OPTION_CHOICE, .value = "ALIAS", .choices = "champion|challenger|shadow|canary",
	  .preset = "champion", .help = "which alias; only champion has gates" },
	{ .name = "share", .type = OPTION_NUMBER, .value = "X", .min = 0, .max = 1, .preset = ".05",
	  .help = "share of the stores that a canary serves" },
	{ .name = "reason", .type = OPTION_TEXT, .value = "TEXT", .help = "why; kept in the log and the audit" },
	{ .name = "accept-change", .type = OPTION_FLAG,
	  .help = "although its forecasts differ much from those served (gate G11); wants --reason" },
	{ .name = "force", .type = OPTION_FLAG, .help = "past closed gates; wants --reason" },
	{ 0 }
};
static const struct option rollback_options[] = {
	{ .name = "to", .type = OPTION_TEXT, .value = "VERSION", .help = "which version (default: the alias previous)" },
	{ .name = "canary", .type = OPTION_FLAG, .help = "end the canary instead: its stores go back to the champion" },
	{ .name = "reason", .type = OPTION_TEXT, .value = "TEXT", .help = "why; kept in the log and the audit" },
	{ 0 }
};

const struct command models_test = {
	.name = "test",
	.summary = "the sanity suite of a version",
	.words = "VERSION|ALIAS",
	.about = "Its recipe is fitted to series made by hand: forecasts must be finite, not negative, with\n"
		 "quantiles in order; ten times the sales give ten times the forecast; gaps, zeros, constants\n"
		 "and three days of history are borne; and it is not far worse than the last week repeated.\n"
		 "Exit 1 when a check fails.",
	.run = test_run,
	.trains = 1,
};
const struct command models_promote = {
	.name = "promote",
	.summary = "let a version serve, if the gates let it",
	.words = "VERSION|ALIAS",
	.about = "To champion: sixteen gates look at the package, the evidence of weeks that were served and\n"
		 "shadowed (or of a backtest that scored both specs), slices, intervals, bias, sanity, data\n"
		 "and papers (canvas.conf, owners.conf). One that is closed, or has too little evidence,\n"
		 "ends with exit 1 and changes nothing. A canary serves stores drawn by their names, beside a\n"
		 "champion, when neither learns across series; each night holds its errors to those of the\n"
		 "other stores, and ends it when it does harm (setting promote.auto).",
	.options = promote_options,
	.run = promote_run,
	.trains = 1,
};
const struct command models_rollback = {
	.name = "rollback",
	.summary = "back to the champion before",
	.about = "The aliases and, where that version has published a run that still reaches beyond today,\n"
		 "what is published go back in one step. Nothing is fitted. With --canary the champion stays,\n"
		 "and the stores that the canary serves go back to it with the next run.",
	.options = rollback_options,
	.run = rollback_run,
};
const struct command models_package = {
	.name = "package",
	.summary = "write a version to a file",
	.words = "VERSION|ALIAS",
	.about = "The file of --output holds all parts, what it was made of, and hashes of each and of all.",
	.run = package_run,
};
const struct command models_verify = {
	.name = "verify",
	.summary = "is a package whole",
	.words = "FILE",
	.about = "Exit 1 and a sentence when a single byte differs.",
	.run = verify_run,
	.trains = 1,
};
const struct command models_install = {
	.name = "install",
	.summary = "take a package in as a version",
	.words = "FILE",
	.about = "The version serves nobody until it is promoted.",
	.run = install_run,
	.trains = 1,
};
const struct command models_card = {
	.name = "card",
	.summary = "the model card, in Markdown",
	.words = "[VERSION|ALIAS]",
	.about = "Exit 1 when canvas.conf does not say what the model is for.",
	.run = card_run,
};
