/* canvas.conf and owners.conf. */
#include "config.h"
#include "life/papers.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/symtab.h"
#include "io/db_gate.h"

static const char *const canvas_keys[] = { "statement", "decision", "users", "intended_use", "not_for" };
static const char *const owner_keys[] = { "owner",	   "approver",	      "licence",     "purpose",
					  "personal_data", "retention_days", "legal_ok_by" };

static int is_section(const char *section, int canvas)
{
	return canvas ? !strcmp(section, "problem")
		      : !strcmp(section, "model") || !strcmp(section, "alert") || !strncmp(section, "source ", 7);
}

static enum status check(const struct ini *ini, const char *path, int canvas, struct err *e)
{
	const char *const *key = canvas ? canvas_keys : owner_keys;
	size_t n = canvas ? sizeof canvas_keys / sizeof *canvas_keys : sizeof owner_keys / sizeof *owner_keys;
	for (size_t k = 0; k < ini->n; k++) {
		const struct ini_entry *x = &ini->entry[k];
		int known = 0;
		if (!is_section(x->section, canvas))
			return err_set(e, E_USAGE, "%s:%d: section [%s] is unknown: %s", path, x->line, x->section,
				       canvas ? "a canvas has [problem]" : "owners are told in [model], [alert] and"
									   " [source NAME]");
		for (size_t j = 0; j < n; j++)
			known |= !strcmp(key[j], x->key);
		const char *near = known ? NULL : nearest_name(x->key, key, n);
		if (!known)
			return err_set(e, E_USAGE, "%s:%d: key '%s' is unknown%s%s%s", path, x->line, x->key,
				       near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	return OK;
}

static enum status read_one(struct ini *ini, int *has, const struct config *config, const char *name, int canvas,
			    struct err *e)
{
	char *path = file_join(config_dir(config), name);
	enum status status = OK;
	*has = file_exists(path);
	if (*has)
		status = ini_read(ini, path, e);
	if (!status && *has)
		status = check(ini, path, canvas, e);
	free(path);
	return status;
}

enum status papers_read(struct papers *p, const struct config *config, struct err *e)
{
	*p = (struct papers){ .has_canvas = 0 };
	enum status status = read_one(&p->canvas, &p->has_canvas, config, "canvas.conf", 1, e);
	return status ? status : read_one(&p->owners, &p->has_owners, config, "owners.conf", 0, e);
}

void papers_release(struct papers *p)
{
	ini_release(&p->canvas);
	ini_release(&p->owners);
}

const char *papers_get(const struct papers *p, const char *section, const char *key)
{
	const char *value = ini_get(!strcmp(section, "problem") ? &p->canvas : &p->owners, section, key);
	return value && *value ? value : NULL;
}

static const char *of_source(const struct papers *p, const char *name, const char *key)
{
	char section[80];
	snprintf(section, sizeof section, "source %.60s", name);
	const char *value = papers_get(p, section, key);
	return value ? value : papers_get(p, "source *", key);
}

static const char *source_lacks(const struct papers *p, struct db *db, struct arena *a)
{
	const char **source;
	struct err e = { 0 };
	int n;
	if (db_sources(db, a, &source, &n, &e))
		return arena_printf(a, "%s", e.text);
	for (int k = 0; k < n; k++) {
		const char *personal = of_source(p, source[k], "personal_data");
		if (!of_source(p, source[k], "legal_ok_by"))
			return arena_printf(a, "owners.conf: nobody has said that the law allows the files '%s': legal_ok_by in"
					" [source NAME]", source[k]);
		if (personal && strcmp(personal, "no"))
			return arena_printf(a, "owners.conf says that the files '%s' hold personal data", source[k]);
	}
	return NULL;
}

static const char *lacks(const struct papers *p, struct db *db, struct arena *a)
{
	const struct passwd *user = getpwuid(geteuid());
	if (!papers_get(p, "problem", "statement"))
		return "canvas.conf tells no problem that is being solved: 'statement = ...' in [problem]";
	if (!papers_get(p, "problem", "intended_use"))
		return "canvas.conf does not say what the model is for: 'intended_use = ...' in [problem]";
	if (!papers_get(p, "model", "owner"))
		return "owners.conf names no owner of the model: 'owner = ...' in [model]";
	const char *approver = papers_get(p, "model", "approver");
	if (approver && user && strcmp(approver, user->pw_name))
		return arena_printf(a, "owners.conf has '%s' approve models, and nobody else", approver);
	return source_lacks(p, db, a);
}

const char *papers_missing(struct db *db, const struct config *config, struct arena *a)
{
	struct papers p;
	struct err e = { 0 };
	const char *missing = papers_read(&p, config, &e) ? arena_printf(a, "%s", e.text) : lacks(&p, db, a);
	missing = missing ? arena_strdup(a, missing) : NULL;
	papers_release(&p);
	return missing;
}
