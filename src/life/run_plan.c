/* What a run would be: origin, horizon, levels, spec, model, and the hashes that name it. */
#include "config.h"
#include "life/run.h"

#include <stdlib.h>
#include <string.h>
#include "num/library.h"

#define LEVELS_MAX 99

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* The levels asked for and the seven stored ones, ascending, each once. */
static enum status plan_levels(struct run_plan *plan, struct arena *a, struct err *e)
{
	const char *text = config_text(plan->config, "run.quantiles");
	double *level = ARENA_ARRAY(a, double, LEVELS_MAX + N_DEFAULT_LEVEL);
	int n = 0, kept = 0;
	for (const char *at = text ? text : ""; *at;) {
		size_t length = strcspn(at, ", ");
		double x;
		if (length && (!number_parse(at, length, '.', 0, &x) || !(x > 0 && x < 1)))
			return err_set(e, E_USAGE, "level '%.*s' is not a number between 0 and 1",
				       (int)length, at);
		if (n == LEVELS_MAX)
			return err_set(e, E_USAGE, "more than %d levels were asked for", LEVELS_MAX);
		if (length)
			level[n++] = x;
		at += length + (at[length] != '\0');
	}
	memcpy(level + n, default_level, sizeof default_level);
	n += N_DEFAULT_LEVEL;
	qsort(level, (size_t)n, sizeof *level, by_size);
	struct buf out = { 0 };
	for (int i = 0; i < n; i++) {
		if (kept && level[i] - level[kept - 1] < 1e-9)
			continue;
		level[kept++] = level[i];
		buf_addf(&out, "%s", kept > 1 ? "," : "");
		buf_add_number(&out, level[i]);
	}
	plan->n_level = kept;
	plan->level = level;
	plan->levels_text = arena_strdup(a, out.text);
	buf_release(&out);
	return OK;
}

/* The spec, within the ladder unless it is one already. */
static enum status close_spec(struct run_plan *plan, struct arena *a, struct err *e)
{
	struct buf text = { 0 };
	enum status status = OK;
	if (strcmp(plan->spec->method->name, "fallback")) {
		buf_adds(&text, "fallback(");
		spec_write(plan->spec, &text);
		buf_adds(&text, ", ses, snaive)");
		status = spec_parse(text.text, a, &plan->spec, e);
		buf_clear(&text);
	}
	if (!status) {
		spec_write(plan->spec, &text);
		plan->spec_text = arena_strdup(a, text.text);
	}
	buf_release(&text);
	return status;
}

/* The spec that is asked for; else the setting's; where nobody has set it, that of the champion, whatever model
 * was promoted; and before there is one, models/champion.spec. */
static enum status plan_spec(struct run_plan *plan, const char *name, struct arena *a, struct err *e)
{
	struct model_row row;
	struct err none = { 0 };
	const char *configured = config_text(plan->config, "run.spec");
	int is_default = !strcmp(config_origin(plan->config, "run.spec"), "default");
	enum status status;
	if (!name && is_default && !db_model_find(plan->db, "champion", a, &row, &none))
		status = spec_parse(row.spec, a, &plan->spec, e);
	else
		status = spec_read(name ? name : configured ? configured : "champion", a, &plan->spec, e);
	return status ? status : close_spec(plan, a, e);
}

/* The parameters of the alias, if it was made by this very spec and not after the origin. */
static enum status plan_model(struct run_plan *plan, struct arena *a, struct err *e)
{
	struct model_row row;
	struct err none = { 0 };
	plan->model_hash = "";
	enum status status = db_model_find(plan->db, plan->alias, a, &row, &none);
	if (status == E_NOTFOUND)
		return OK;
	if (status) {
		*e = none;
		return status;
	}
	plan->model_later = row.as_of > plan->as_of;
	if (!strcmp(row.spec, plan->spec_text) && !plan->model_later) {
		plan->model = row.version;
		plan->model_hash = row.hash;
		plan->model_as_of = row.as_of;
	}
	return OK;
}

/* The canary, where there is one that knows no later days: stores are drawn by name, so it keeps its stores. */
static enum status plan_canary(struct run_plan *plan, struct arena *a, struct err *e)
{
	struct model_row row;
	struct err none = { 0 };
	const char *share = db_meta(plan->db, "canary.share", a);
	enum status status = db_model_find(plan->db, "canary", a, &row, &none);
	plan->canary_hash = "";
	if (status == E_NOTFOUND || (!status && (row.as_of > plan->as_of || !share)))
		return OK;
	if (status) {
		*e = none;
		return status;
	}
	plan->canary = row.version;
	plan->canary_hash = row.hash;
	plan->canary_share = strtod(share, NULL);
	return OK;
}

enum status run_plan_alias(struct run_plan *plan, const char *alias, struct arena *a, struct err *e)
{
	struct model_row row;
	enum status status = db_model_find(plan->db, alias, a, &row, e);
	plan->alias = alias;
	plan->model = 0;
	plan->canary = 0;
	if (!status)
		status = spec_parse(row.spec, a, &plan->spec, e);
	if (!status)
		status = close_spec(plan, a, e);
	return status ? status : plan_model(plan, a, e);
}

enum status run_guard(struct run_plan *plan, const struct run_limits *limits, struct arena *a, struct err *e)
{
	const struct run_plan asked = *plan;
	enum status status = spec_read(config_text(plan->config, "run.cheap"), a, &plan->spec, e);
	if (!status)
		status = close_spec(plan, a, e);
	if (!status && spec_is_whole(plan->spec))
		status = err_set(e, E_USAGE, "setting run.cheap: '%s' learns across series; what comes first must look"
				 " at one at a time", plan->spec_text);
	plan->cheap = plan->spec;
	plan->limits = *limits;
	plan->spec = asked.spec;
	plan->spec_text = asked.spec_text;
	return status;
}

static const char *hash_text(const char *text, struct arena *a)
{
	char hex[SHA256_HEX_SIZE];
	sha256_hex_of(text, hex);
	return arena_strdup(a, hex);
}

static void plan_texts(struct run_plan *plan, struct arena *a)
{
	struct buf text = { 0 };
	config_write(plan->config, &text);
	plan->config_text = arena_strdup(a, text.text);
	plan->config_hash = hash_text(plan->config_text, a);
	buf_clear(&text);
	buf_addf(&text, "forecast %s; %s %s; GSL %s; SQLite %s", PACKAGE_VERSION, BUILD_COMPILER,
		 BUILD_CFLAGS, num_library_version(), db_library_version());
	plan->code_text = arena_strdup(a, text.text);
	plan->code_hash = hash_text(plan->code_text, a);
	buf_release(&text);
}

static void plan_id(struct run_plan *plan)
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	sha256_init(&s);
	sha256_add_string(&s, plan->kind);
	sha256_add_i64(&s, plan->as_of);
	sha256_add_i64(&s, plan->horizon);
	sha256_add_string(&s, plan->levels_text);
	sha256_add_string(&s, plan->spec_text);
	sha256_add_string(&s, plan->data_hash);
	sha256_add_string(&s, plan->config_hash);
	sha256_add_string(&s, plan->code_hash);
	sha256_add_string(&s, plan->model_hash);
	if (plan->cheap) {
		/* Its forecasts depend on what came between: it is no run of these inputs alone. */
		struct buf cheap = { 0 };
		spec_write(plan->cheap, &cheap);
		sha256_add_string(&s, "guarded");
		sha256_add_string(&s, cheap.text);
		buf_release(&cheap);
	}
	if (plan->canary) {
		sha256_add_string(&s, plan->canary_hash);
		sha256_add_double(&s, plan->canary_share);
	}
	sha256_end(&s, hash);
	sha256_hex(hash, hex);
	memcpy(plan->id, hex, RUN_ID_SIZE - 1);
	plan->id[RUN_ID_SIZE - 1] = '\0';
}

/* Origin: the last period with sales, or the one that --as-of lies in. */
static enum status plan_origin(struct run_plan *plan, day_t as_of, struct err *e)
{
	static const int horizon[] = { 28, 13, 12, 14 };
	day_t first, last;
	int known;
	enum status status = db_calendar(plan->db, &plan->calendar, &known, e);
	if (!status)
		status = db_sales_span(plan->db, as_of, &first, &last, e);
	if (!status && last == DAY_NONE)
		status = err_set(e, E_INPUT, "'%s' holds no sales%s: 'forecast ingest FILE...' brings them",
				 db_path(plan->db), as_of == DAY_NONE ? "" : " up to that day");
	if (status)
		return status;
	plan->asked = as_of;
	plan->as_of_given = as_of != DAY_NONE;
	plan->as_of = last;
	plan->horizon = config_int(plan->config, "run.horizon");
	if (!plan->horizon)
		plan->horizon = horizon[plan->calendar.kind];
	return OK;
}

enum status run_plan(struct run_plan *plan, struct db *db, const struct config *config,
		     const char *kind, day_t as_of, const char *spec, int jobs, struct arena *a,
		     struct err *e)
{
	memset(plan, 0, sizeof *plan);
	plan->db = db;
	plan->config = config;
	plan->kind = kind;
	plan->trigger = "manual";
	plan->alias = "champion";
	plan->jobs = jobs;
	enum status status = plan_origin(plan, as_of, e);
	if (!status)
		status = plan_levels(plan, a, e);
	if (!status)
		status = plan_spec(plan, spec, a, e);
	if (!status)
		status = plan_model(plan, a, e);
	if (!status && !spec && !spec_is_whole(plan->spec))
		status = plan_canary(plan, a, e);
	return status ? status : db_data_version(db, &plan->data_version, e);
}

enum status run_name(struct run_plan *plan, struct arena *a, struct err *e)
{
	char hex[SHA256_HEX_SIZE];
	enum status status = db_data_hash(plan->db, plan->as_of_given ? plan->as_of : DAY_NONE, hex, e);
	if (status)
		return status;
	plan->data_hash = arena_strdup(a, hex);
	plan_texts(plan, a);
	plan_id(plan);
	return OK;
}

struct run_new run_record(const struct run_plan *p, int series)
{
	return (struct run_new){ .id = p->id, .kind = p->kind, .trigger = p->trigger, .spec = p->spec_text,
				 .levels = p->levels_text, .data_hash = p->data_hash,
				 .config_hash = p->config_hash, .config_text = p->config_text,
				 .code_hash = p->code_hash, .code_text = p->code_text,
				 .model_hash = p->model_hash, .as_of = p->as_of, .asked = p->asked, .horizon = p->horizon,
				 .series = series, .data_version = p->data_version, .model = p->model,
				 .canary = p->canary, .canary_share = p->canary_share };
}

struct panel_request run_panel_request(const struct run_plan *plan, const char *store)
{
	struct arena a = { 0 };
	const char *gaps = config_text(plan->config, "gaps.policy");
	const char *returns = config_text(plan->config, "returns.policy");
	const char *found = strcmp(gaps, "auto") ? gaps : db_meta(plan->db, "gaps", &a);
	struct panel_request request = {
		.store = store,
		.as_of = plan->as_of_given ? plan->as_of : DAY_NONE,
		.gaps = found && !strcmp(found, "zero") ? GAP_ZERO : GAP_MISSING,
		.returns = strcmp(returns, "floor") ? RETURNS_NET : RETURNS_FLOOR,
		.segment = config_text(plan->config, "run.segment"),
		.drivers = 1,
		.known = config_text(plan->config, "driver.known"),
		.past = config_text(plan->config, "driver.past"),
		.missing = config_text(plan->config, "driver.missing"),
		.region = config_text(plan->config, "calendar.region"),
	};
	arena_release(&a);
	return request;
}

struct fit_context run_fit_context(const struct run_plan *plan)
{
	return (struct fit_context){ .jobs = plan->jobs,
				     .horizon = plan->horizon,
				     .seed = (uint64_t)config_number(plan->config, "run.seed"),
				     .season = config_int(plan->config, "run.season"),
				     .cycle = config_number(plan->config, "run.cycle") };
}
