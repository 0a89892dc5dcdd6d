/*
 * Settings: command line > environment > forecast.conf > default, each known by "section.key", each
 * with a type, bounds, a unit and a line of help in one table. An unknown key is refused with the
 * nearest name. Environment: FORECAST_SECTION_KEY.
 */
#ifndef LIFE_SETTINGS_H
#define LIFE_SETTINGS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/option.h"

struct config;

/* One setting of the table. `o.name` is "section.key"; `unit` is for people ("days"), or NULL. */
struct setting {
	struct option o;
	const char *unit;
	int hashed; /* 1: changes what is forecast, so it is part of the run's config hash */
};
extern const struct setting settings[]; /* ends with o.name NULL */

/* Reads the file (NULL: forecast.conf if there is one) and the environment. E_USAGE: unknown key or
 * wrong value, with file and line. Close with config_free. */
MUST_CHECK enum status config_read(struct config **out, const char *path, struct err *e);
/* Sets a value from the command line, checked. */
MUST_CHECK enum status config_set(struct config *c, const char *key, const char *value, struct err *e);
/* The settings that a run recorded (config_write's lines), everything else at its default; `dir` as config_dir gives
 * it. Keys that this program no longer knows are left out. Close with config_free. */
MUST_CHECK enum status config_from_text(struct config **out, const char *text, const char *dir, struct err *e);
void config_free(struct config *c);

/* Values; a key that is not in the table is a BUG. Text is NULL where there is no value. */
const char *config_text(const struct config *c, const char *key);
double config_number(const struct config *c, const char *key);
int config_int(const struct config *c, const char *key);
int config_bool(const struct config *c, const char *key); /* yes|no */
/* Where the value comes from: "default", "forecast.conf:12", "FORECAST_RUN_HORIZON", "--horizon". */
const char *config_origin(const struct config *c, const char *key);
/* All hashed settings as sorted "key = value" lines with the defaults written out: what is hashed. */
void config_write(const struct config *c, struct buf *out);
/* Folder that relative paths of the config are meant from: that of the file, or "." */
const char *config_dir(const struct config *c);

#endif
