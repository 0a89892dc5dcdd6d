/* Ingest as a stage. */
#include "config.h"
#include "life/ingest_stage.h"

#include <glob.h>
#include <string.h>

/* A setting that someone has made; NULL where it is only the default. */
static const char *told(const struct config *config, const char *key)
{
	const char *value = config_text(config, key);
	return value && strcmp(config_origin(config, key), "default") && strcmp(value, "auto") ? value
											     : NULL;
}

struct ingest_options ingest_options_from(const struct config *config)
{
	return (struct ingest_options){ .map = config_text(config, "ingest.map"),
					.returns = told(config, "returns.policy"),
					.gaps = told(config, "gaps.policy"),
					.known = DAY_NONE,
					.reject_share = config_number(config, "ingest.bad_share") };
}

static void add_matches(const struct config *config, const char *pattern, size_t length, glob_t *found)
{
	struct buf path = { 0 };
	if (*pattern != '/' && strcmp(config_dir(config), "."))
		buf_addf(&path, "%s/", config_dir(config));
	buf_add(&path, pattern, length);
	/* GLOB_NOMATCH is no fault: nothing new may have come tonight. */
	(void)glob(path.text, found->gl_pathc ? GLOB_APPEND : 0, NULL, found);
	buf_release(&path);
}

enum status ingest_stage(struct db *db, const struct config *config, struct arena *a,
			 struct ingest_result **out, int *done, struct err *e)
{
	glob_t found;
	const char *patterns = config_text(config, "ingest.files");
	struct ingest_options options = ingest_options_from(config);
	enum status status = OK;
	memset(&found, 0, sizeof found);
	for (const char *at = patterns ? patterns : ""; *at;) {
		size_t length = strcspn(at, " \t");
		if (length)
			add_matches(config, at, length, &found);
		at += length + (at[length] != '\0');
	}
	*done = 0;
	*out = ARENA_ARRAY(a, struct ingest_result, found.gl_pathc + 1);
	if (found.gl_pathc)
		status = ingest_files(db, &options, (int)found.gl_pathc,
				      (const char *const *)found.gl_pathv, a, *out, done, e);
	globfree(&found);
	return status;
}
