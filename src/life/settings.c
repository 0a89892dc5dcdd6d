/* Settings: one table with type, bounds, unit, default and help; values with where they come from. */
#include "config.h"
#include "life/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/ini.h"
#include "base/mem.h"
#include "base/symtab.h"

#define TEXT(key, preset_, hashed_, help_)                                                         \
	{ { .name = key, .type = OPTION_TEXT, .value = "TEXT", .preset = preset_, .help = help_ },  \
	  NULL, hashed_ }
#define INT(key, preset_, min_, max_, unit_, hashed_, help_)                                       \
	{ { .name = key, .type = OPTION_INT, .value = "N", .preset = preset_, .min = min_,          \
	    .max = max_, .help = help_ }, unit_, hashed_ }
#define NUMBER(key, preset_, min_, max_, unit_, hashed_, help_)                                    \
	{ { .name = key, .type = OPTION_NUMBER, .value = "X", .preset = preset_, .min = min_,       \
	    .max = max_, .help = help_ }, unit_, hashed_ }
#define CHOICE(key, preset_, choices_, hashed_, help_)                                             \
	{ { .name = key, .type = OPTION_CHOICE, .value = choices_, .preset = preset_,               \
	    .choices = choices_, .help = help_ }, NULL, hashed_ }

const struct setting settings[] = {
	TEXT("db.path", "forecast.db", 0, "the db file"),
	INT("db.keep_days", "400", 1, 100000, "days", 0,
	    "age at which db gc, and the night once a week, leave of a run's forecasts only steps 1, 7, 14 and 28"),
	TEXT("ingest.files", NULL, 0, "files that nightly takes in, as patterns separated by blanks"),
	TEXT("ingest.map", NULL, 0, "column map for files whose header is not recognised"),
	NUMBER("ingest.bad_share", "0.5", 0, 1, "share", 0,
	       "a file with a larger share of bad rows is refused as a whole"),
	CHOICE("gaps.policy", "auto", "auto|zero|missing", 1,
	       "what a day without a row means: nothing sold, or not known; auto asks the data"),
	CHOICE("returns.policy", "net", "net|separate|floor", 1,
	       "negative sales: netted, kept apart, or taken as zero"),
	TEXT("calendar.region", NULL, 1,
	     "country or region whose public holidays hold (US, DE-BY, GB-SCT, FR ...); the user's"
	     " events win"),
	TEXT("driver.known", NULL, 1, "columns known ahead of their day (also price, promotion); default: those"
	     " of a calendar that reaches beyond the sales"),
	TEXT("driver.past", NULL, 1, "columns known only when their day is over (also price, promotion)"),
	TEXT("driver.missing", NULL, 1,
	     "what a value that is not told is taken for, as in: temperature=carry, flyer=zero, index=none"),
	TEXT("check.contract", "contract.conf", 0,
	     "the data contract; without such a file the data's own limits hold"),
	TEXT("check.today", NULL, 0, "the day that check takes for today; default that of the clock"),
	CHOICE("check.stock_at", "close", "open|close", 1,
	       "whether stock on hand is counted before or after the day's sales"),
	CHOICE("check.silent", "tell", "off|tell|state", 1,
	       "runs without sale that are no chance: ignored, told, or taken as stock-outs"),
	CHOICE("demand.uncensor", "yes", "no|yes|full", 1,
	       "what methods learn from days out of stock: nothing, what they tell of days in stock, or"
	       " all that would have been sold"),
	INT("run.horizon", "0", 0, 1000, "periods", 1,
	    "how far ahead; 0: 28 days, 13 weeks, 12 months or 14 numbers"),
	TEXT("run.quantiles", ".05,.1,.25,.5,.75,.9,.95", 1, "levels of the quantiles"),
	TEXT("run.spec", "champion", 1, "spec that is trained and run: a name, a file, or an expression"),
	TEXT("run.cheap", "baseline", 1,
	     "spec that a run with a deadline, a memory limit or --isolate gives every series first"),
	NUMBER("run.series_seconds", "0", 0, 86400, "seconds", 0,
	       "wall time that one series may take before it keeps its cheap forecast; 0: no limit"),
	TEXT("run.segment", NULL, 1, "attribute whose series help one another (dept); default the store"),
	INT("run.season", "0", 0, 1000, "periods", 1,
	    "season length; 0: 7 days, 52 weeks, 12 months, none for numbers"),
	NUMBER("run.cycle", "0", 0, 100000, "periods", 1,
	       "a longer season beside it (168 of hours); 0: 365.25 for days when run.season is 0"),
	INT("run.seed", "1", 0, 2147483647, NULL, 1, "master seed of all random streams"),
	INT("train.every", "0", 0, 100000, "periods", 0,
	    "age at which nightly fits the model anew; 0: 28 days, 4 weeks, 1 month or 14 numbers"),
	CHOICE("promote.accept_change", "no", "no|yes", 0,
	       "whether a challenger may serve although its forecasts differ from those served by more than gate"
	       " G11 allows, as a better recipe's often do"),
	CHOICE("train.drift", "yes", "no|yes", 0,
	       "whether alarms of errors have what drifted fitted anew, every two weeks at most"),
	TEXT("challenger.spec", NULL, 0,
	     "a recipe that is fitted and forecast beside the one that serves, and wants its place"),
	CHOICE("promote.auto", "no", "no|yes", 0,
	       "whether, without a person's word, a challenger that passes all gates serves and a canary that does harm ends"),
	NUMBER("publish.change_share", "0.25", 0, 100, "share", 0,
	       "a group's forecast that changes by more than this without a cause holds the run (exit code 4)"),
	INT("publish.max_stale_days", "7", 0, 1000, "days", 0,
	    "how old the last sales may be before a night that has nothing new counts as held"),
	NUMBER("publish.warn_share", "0.001", 0, 1, "share", 0,
	       "more fallbacks than this end with exit code 3"),
	NUMBER("publish.hold_share", "0.01", 0, 1, "share", 0,
	       "more fallbacks than this, among 1,000 series or more, hold the run (exit code 4)"),
	INT("monitor.replay_weeks", "130", -1, 1000, "weeks", 0,
	    "weeks of the past that are replayed for thresholds when too few were served; -1: never"),
	INT("monitor.replay_most", "2000000", 0, 2000000000, "series x weeks", 0,
	    "a night replays so many by itself, the first time; more wait for 'forecast monitor calibrate'"),
	TEXT("monitor.spec", "seasonal_window_mean", 0,
	     "what replays the past for the monitor's thresholds until there are enough weeks that were served"),
	NUMBER("monitor.budget", "5", 0.01, 1000, "alarms", 0,
	       "false alarms a week that 30,000 series may give"),
	INT("monitor.review", "50", 0, 10000, "series", 0, "rows of the list of series to look at"),
	INT("monitor.maturity", "2", 0, 60, "days", 0,
	    "a day's sales judge a forecast when they are so old: corrections have come by then"),
	TEXT("hierarchy.tiers", NULL, 0,
	     "tiers of reports, backtests and published sums, as in: total, state, store, dept, state*dept, item"),
	TEXT("notify.command", NULL, 0,
	     "program that is told of a night: the digest on its input, FORECAST_KEY, FORECAST_GRADE and"
	     " FORECAST_SUBJECT in its environment"),
	TEXT("notify.file", NULL, 0, "file that a night's message is written to, ready for a mail program"),
	CHOICE("notify.on", "degraded", "always|degraded|never", 0, "which nights are told"),
	INT("resources.jobs", "0", 0, 256, "threads", 0, "workers; 0: one per processor"),
	TEXT("report.dir", "reports/out", 0, "folder of the reports"),
	{ { 0 }, NULL, 0 },
};

#define SETTINGS_MAX 128

struct config {
	char *value[SETTINGS_MAX], *origin[SETTINGS_MAX];
	char *dir;
};

static int setting_index(const char *key)
{
	for (int i = 0; settings[i].o.name; i++)
		if (!strcmp(settings[i].o.name, key))
			return i;
	return -1;
}

static enum status unknown_key(const char *key, struct err *e)
{
	const char *name[SETTINGS_MAX];
	size_t n = 0;
	for (; settings[n].o.name; n++)
		name[n] = settings[n].o.name;
	const char *near = nearest_name(key, name, n);
	return err_set(e, E_USAGE, "setting '%s' is unknown%s%s%s", key, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "; 'forecast config show' lists them");
}

/* A text that is empty is the default, as if nobody had said anything. */
static enum status set_from(struct config *c, const char *key, const char *value, const char *origin,
			    struct err *e)
{
	int i = setting_index(key);
	if (i >= 0 && !*value && settings[i].o.type == OPTION_TEXT && settings[i].o.preset) {
		value = settings[i].o.preset;
		origin = "default";
	}
	enum status status = i < 0 ? unknown_key(key, e) : option_check(&settings[i].o, value, e);
	if (status)
		return err_wrap(e, "%s", origin);
	free(c->value[i]);
	free(c->origin[i]);
	c->value[i] = xstrdup(value);
	c->origin[i] = xstrdup(origin);
	return OK;
}

static enum status set_from_file(struct config *c, const char *path, struct err *e)
{
	struct ini ini = { 0 };
	struct buf key = { 0 }, origin = { 0 };
	enum status status = ini_read(&ini, path, e);
	for (size_t i = 0; !status && i < ini.n; i++) {
		buf_clear(&key);
		buf_clear(&origin);
		buf_addf(&key, "%s%s%s", ini.entry[i].section, *ini.entry[i].section ? "." : "",
			 ini.entry[i].key);
		buf_addf(&origin, "%s:%d", path, ini.entry[i].line);
		status = set_from(c, key.text, ini.entry[i].value, origin.text, e);
	}
	buf_release(&key);
	buf_release(&origin);
	ini_release(&ini);
	return status;
}

/* FORECAST_RUN_HORIZON for run.horizon. */
static enum status set_from_environment(struct config *c, struct err *e)
{
	enum status status = OK;
	for (int i = 0; !status && settings[i].o.name; i++) {
		struct buf name = { 0 };
		buf_adds(&name, "FORECAST_");
		for (const char *k = settings[i].o.name; *k; k++)
			buf_addc(&name, *k == '.' ? '_' : (char)toupper((unsigned char)*k));
		const char *value = getenv(name.text);
		if (value)
			status = set_from(c, settings[i].o.name, value, name.text, e);
		buf_release(&name);
	}
	return status;
}

static struct config *config_new(void)
{
	struct config *c = xcalloc(1, sizeof *c);
	for (int i = 0; settings[i].o.name; i++) {
		if (settings[i].o.preset)
			c->value[i] = xstrdup(settings[i].o.preset);
		c->origin[i] = xstrdup("default");
	}
	return c;
}

enum status config_from_text(struct config **out, const char *text, const char *dir, struct err *e)
{
	struct config *c = config_new();
	enum status status = OK;
	c->dir = xstrdup(dir);
	for (const char *line = text; !status && *line;) {
		size_t n = strcspn(line, "\n"), key = 0;
		while (key < n && strncmp(line + key, " = ", 3))
			key++;
		char *name = xstrndup(line, key), *value = key + 3 <= n ? xstrndup(line + key + 3, n - key - 3) : xstrdup("");
		if (*value && setting_index(name) >= 0)
			status = set_from(c, name, value, "the run", e);
		free(name);
		free(value);
		line += n + (line[n] == '\n');
	}
	if (status)
		config_free(c);
	*out = status ? NULL : c;
	return status;
}

enum status config_read(struct config **out, const char *path, struct err *e)
{
	struct config *c = config_new();
	const char *file = path ? path : file_exists("forecast.conf") ? "forecast.conf" : NULL;
	const char *slash = file ? strrchr(file, '/') : NULL;
	c->dir = slash ? xstrndup(file, (size_t)(slash - file) + (slash == file)) : xstrdup(".");
	enum status status = file ? set_from_file(c, file, e) : OK;
	if (!status)
		status = set_from_environment(c, e);
	if (status)
		config_free(c);
	*out = status ? NULL : c;
	return status;
}

enum status config_set(struct config *c, const char *key, const char *value, struct err *e)
{
	const char *dot = strrchr(key, '.');
	struct buf origin = { 0 };
	buf_addf(&origin, "--%s", dot ? dot + 1 : key);
	enum status status = set_from(c, key, value, origin.text, e);
	buf_release(&origin);
	return status;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (int i = 0; i < SETTINGS_MAX; i++) {
		free(c->value[i]);
		free(c->origin[i]);
	}
	free(c->dir);
	free(c);
}

static int known(const char *key)
{
	int i = setting_index(key);
	if (i < 0)
		BUG("setting '%s' is not in the table", key);
	return i;
}

const char *config_text(const struct config *c, const char *key)
{
	const char *value = c->value[known(key)];
	return value && *value ? value : NULL;
}

double config_number(const struct config *c, const char *key)
{
	return option_number(c->value[known(key)]);
}

int config_int(const struct config *c, const char *key)
{
	return (int)config_number(c, key);
}

int config_bool(const struct config *c, const char *key)
{
	return !strcmp(c->value[known(key)], "yes");
}

const char *config_origin(const struct config *c, const char *key)
{
	return c->origin[known(key)];
}

static int by_name(const void *a, const void *b)
{
	const struct setting *x = *(const struct setting *const *)a;
	const struct setting *y = *(const struct setting *const *)b;
	return strcmp(x->o.name, y->o.name);
}

void config_write(const struct config *c, struct buf *out)
{
	const struct setting *sorted[SETTINGS_MAX];
	size_t n = 0;
	for (int i = 0; settings[i].o.name; i++)
		if (settings[i].hashed)
			sorted[n++] = &settings[i];
	qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 0; i < n; i++) {
		const char *value = config_text(c, sorted[i]->o.name);
		buf_addf(out, "%s = %s\n", sorted[i]->o.name, value ? value : "");
	}
}

const char *config_dir(const struct config *c)
{
	return c->dir;
}
