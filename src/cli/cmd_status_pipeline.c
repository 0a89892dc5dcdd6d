/* forecast status pipeline: the stages of a night, what each hangs on, what it took and what it gave. */
#include "config.h"
#include "cli/command.h"
#include "cli/stages.h"

#include <math.h>
#include <string.h>
#include "base/sha256.h"
#include "io/db_run.h"

#define HASH_SHOWN 12
#define NIGHTS_BACK 28 /* that tell what is usual */
#define RUNS_BACK 400  /* among which the last night is looked for */

/* What a stage gives. */
enum gift { GIVES_NOTHING, GIVES_DATA, GIVES_MODEL, GIVES_FORECAST, GIVES_PUBLISHED };

/* In the order of a night (cmd_nightly.c). `state`: of the run once the stage is done, where it sets one. */
static const struct stage {
	const char *name, *after, *inputs, *state;
	enum gift gift;
} stages[] = {
	{ "ingest", "", "files", NULL, GIVES_DATA },
	{ "check", "ingest", "data config", NULL, GIVES_NOTHING },
	{ "train", "check", "data config code", NULL, GIVES_MODEL },
	{ "forecast", "train", "data config code model", "CHECKED", GIVES_FORECAST },
	{ "publish", "forecast", "forecast", "PUBLISHED", GIVES_PUBLISHED },
	{ "verify", "publish", "data config code model", NULL, GIVES_NOTHING },
	{ "monitor", "publish", "data published", "MONITORED", GIVES_NOTHING },
	{ "shadow", "check", "data config code", NULL, GIVES_NOTHING },
	{ "promote", "monitor, shadow", "data published", NULL, GIVES_NOTHING },
	{ "retain", "publish", "", NULL, GIVES_NOTHING },
	{ "report", "monitor, promote", "data published", NULL, GIVES_NOTHING },
	{ "notify", "report", "", "NOTIFIED", GIVES_NOTHING },
};
#define N_STAGE ((int)(sizeof stages / sizeof *stages))

static const struct column columns[] = {
	{ .name = "stage", .type = COLUMN_TEXT },
	{ .name = "after", .type = COLUMN_TEXT },
	{ .name = "state", .type = COLUMN_TEXT },
	{ .name = "seconds", .title = "time", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "usual_seconds", .title = "usual", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "memory_mb", .title = "memory", .unit = "MB", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "gives", .type = COLUMN_TEXT, .width = 24 },
	{ .name = "hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "inputs", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

int stage_place(const char *name)
{
	for (int k = 0; k < N_STAGE; k++)
		if (!strcmp(stages[k].name, name))
			return k;
	return -1;
}

/* The last stage whose state the run has reached; -1: none. What was held had been forecast and looked at. */
static int reached(const struct run_row *run)
{
	const char *state = strcmp(run->state, "HELD") ? run->state : "CHECKED";
	for (int k = 0; k < N_STAGE; k++)
		if (stages[k].state && !strcmp(stages[k].state, state))
			return k;
	return -1;
}

static const struct stage_use *use_of(const struct stage_use *use, int n, const char *name)
{
	for (int k = 0; k < n; k++)
		if (!strcmp(use[k].stage, name))
			return &use[k];
	return NULL;
}

/* "done", and what else may be; *mark says how it looks. */
static const char *state_of(const struct run_row *run, int k, const struct stage_use *use, enum text_mark *mark)
{
	int held = !strcmp(run->state, "HELD");
	*mark = MARK_WARN;
	if (held && !strcmp(stages[k].name, "publish"))
		return "held";
	*mark = MARK_GOOD;
	if (use || k <= reached(run))
		return "done";
	*mark = MARK_DIM;
	if (!*run->ended)
		return "not yet";
	*mark = MARK_BAD;
	return "not reached";
}

static const char *hash_of(const struct run_row *run, enum gift gift, const char *forecast)
{
	switch (gift) {
	case GIVES_DATA:
		return run->data_hash;
	case GIVES_MODEL:
		return run->model_hash;
	case GIVES_FORECAST:
		return forecast;
	case GIVES_PUBLISHED:
		return run->published_hash;
	case GIVES_NOTHING:
		break;
	}
	return "";
}

static void push_number(struct table *t, double x)
{
	if (isnan(x))
		table_none(t);
	else
		table_number(t, x);
}

static void push(struct table *t, const struct run_row *run, int k, const struct stage_use *use, double usual,
		 const char *forecast)
{
	static const char *const word[] = { "", "data", "model", "forecast", "published" };
	const struct stage *s = &stages[k];
	enum text_mark mark;
	const char *state = state_of(run, k, use, &mark), *hash = hash_of(run, s->gift, forecast);
	table_text(t, s->name);
	table_text(t, s->after);
	table_mark(t, mark);
	table_text(t, state);
	push_number(t, use ? use->wall : (double)NAN);
	push_number(t, usual);
	push_number(t, use ? (double)use->maxrss / 1e6 : (double)NAN);
	int gave = !strcmp(state, "done") && *hash;
	if (gave)
		table_textf(t, "%s %.*s", word[s->gift], HASH_SHOWN, hash);
	else
		table_none(t);
	if (gave)
		table_text(t, hash);
	else
		table_none(t);
	table_text(t, s->inputs);
}

static enum status find_night(struct call *c, struct db *db, struct run_row *out, struct err *e)
{
	struct run_row *row;
	int n;
	if (c->n_word) {
		enum status status = db_run_find(db, c->word[0], c->arena, out, e);
		return status || !strcmp(out->kind, "nightly") ? status
			: err_set(e, E_USAGE, "run %lld is no night but of kind '%s'; 'forecast status runs --stages' has its"
				  " stages", (long long)out->seq, out->kind);
	}
	enum status status = db_runs(db, RUNS_BACK, c->arena, &row, &n, e);
	for (int k = 0; !status && k < n; k++)
		if (!strcmp(row[k].kind, "nightly")) {
			*out = row[k];
			return OK;
		}
	return status ? status : err_set(e, E_NOTFOUND, "no night was run yet: 'forecast nightly' runs one");
}

static void write_shape(struct call *c, const struct run_row *run, const struct calendar *calendar,
			const struct table *t)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	char day[DAY_TEXT_MAX];
	period_format(calendar, period_of_day(calendar, run->as_of), day);
	if (call_format(c) == FORMAT_JSON) {
		struct json j = { .out = c->out };
		json_open(&j, '{');
		json_key(&j, "run");
		json_int(&j, run->seq);
		json_key(&j, "id");
		json_text(&j, run->id);
		json_key(&j, "as_of");
		json_text(&j, day);
		json_key(&j, "state");
		json_text(&j, run->state);
		json_key(&j, "config_hash");
		json_text(&j, run->config_hash);
		json_key(&j, "code_hash");
		json_text(&j, run->code_hash);
		json_key(&j, "stages");
		table_json(t, &j);
		json_close(&j);
		buf_addc(c->out, '\n');
		return;
	}
	if (call_format(c) == FORMAT_TABLE)
		buf_addf(c->out, "night    run %s (number %lld), known until %s, %s\nconfig   %.*s\ncode     %.*s\n\n", run->id,
			 (long long)run->seq, day, run->state, HASH_SHOWN, run->config_hash, HASH_SHOWN, run->code_hash);
	table_write(t, call_format(c), &style, c->out);
}

static enum status write_night(struct call *c, struct db *db, const struct run_row *run, struct err *e)
{
	struct calendar calendar;
	struct stage_use *use, *usual;
	char forecast[SHA256_HEX_SIZE] = "";
	int n, n_usual, known;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_stages(db, run->seq, c->arena, &use, &n, e);
	if (!status)
		status = db_stages_usual(db, run, NIGHTS_BACK, c->arena, &usual, &n_usual, e);
	if (!status)
		status = db_forecast_hash(db, run->seq, forecast, e);
	if (status)
		return status;
	struct table *t = table_new(columns);
	for (int k = 0; k < N_STAGE; k++) {
		const struct stage_use *u = use_of(usual, n_usual, stages[k].name);
		push(t, run, k, use_of(use, n, stages[k].name), u ? u->wall : (double)NAN, forecast);
	}
	write_shape(c, run, &calendar, t);
	table_free(t);
	return OK;
}

static enum status pipeline_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row run;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = find_night(c, db, &run, e);
	if (!status)
		status = write_night(c, db, &run, e);
	db_close(db);
	return status;
}

extern const struct command cmd_status_pipeline;
const struct command cmd_status_pipeline = {
	.name = "pipeline",
	.summary = "the stages of a night, with their hashes",
	.words = "[RUN]",
	.about = "In their order: what each comes after, whether it was done, its time beside the\n"
		 "median of up to 28 nights before, the memory at its highest by then, and the hash of\n"
		 "what it gave. Without a RUN it is the last night.",
	.run = pipeline_run,
};
