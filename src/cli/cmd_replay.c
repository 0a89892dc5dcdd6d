/* forecast replay: the same run again, the same bytes. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "life/again.h"

static const char *const words[] = { "bit-equal", "equal to 1e-9", "differs" };

static void write_json(struct call *c, const struct again *r)
{
	struct json j = { .out = c->out };
	json_open(&j, '{');
	json_key(&j, "run");
	json_text(&j, r->run.id);
	json_key(&j, "seq");
	json_int(&j, r->run.seq);
	json_key(&j, "verdict");
	json_text(&j, words[r->verdict]);
	json_key(&j, "chunks");
	json_int(&j, r->chunks);
	json_key(&j, "unequal");
	json_int(&j, r->unequal);
	json_key(&j, "first_difference");
	json_text(&j, r->where);
	json_key(&j, "data_differ");
	json_open(&j, '[');
	for (int k = 0; k < r->n_part; k++)
		json_text(&j, r->part[k]);
	json_close(&j);
	json_key(&j, "same_program");
	json_bool(&j, !r->code_then);
	json_close(&j);
	buf_addc(c->out, '\n');
}

static void write_text(struct call *c, const struct again *r)
{
	buf_addf(c->out, "run        %s (number %lld, %s)\nverdict    %s\nchunks     %d, %d with another hash\n", r->run.id,
		 (long long)r->run.seq, r->run.kind, words[r->verdict], r->chunks, r->unequal);
	if (r->where)
		buf_addf(c->out, "first      %s\nlargest    %.3g of the value\n", r->where, r->largest);
	for (int k = 0; k < r->n_part; k++)
		buf_addf(c->out, "data       %s is not what it was\n", r->part[k]);
	if (r->code_then)
		buf_addf(c->out, "program    another build: %.12s then, %.12s now\n", r->code_then, r->code_now);
}

static enum status replay_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct again r;
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one RUN is wanted, by id or number; 'forecast status runs' lists them");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = again_run(db, c->config, c->word[0], call_jobs(c), c->arena, &r, e);
	if (!status) {
		if (call_format(c) == FORMAT_JSON)
			write_json(c, &r);
		else
			write_text(c, &r);
		c->exit_code = r.verdict != AGAIN_EQUAL;
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "verify", .type = OPTION_FLAG, .help = "hold the numbers beside those of the run (always done)" },
	{ 0 }
};

static const char *const examples[] = { "forecast replay 12 --verify", "# is what run 12 published what its inputs give",
					NULL };

extern const struct command cmd_replay;
const struct command cmd_replay = {
	.name = "replay",
	.summary = "a past run again: the same bytes?",
	.words = "RUN",
	.about = "The run is made again in a copy of the db that is brought back to what was known then,\n"
		 "with the settings, recipe and version that it recorded. Exit 0 when every byte is the\n"
		 "same, 1 with the first series and step that differ, and with the tables and months of\n"
		 "the data that are not what they were. Nothing is written.",
	.options = options,
	.examples = examples,
	.run = replay_run,
	.trains = 1,
};
