/*
 * Specs as text: the .spec file and the expression grammar, both checked against the options of the
 * method that they name.
 */
#include "config.h"
#include "model/spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/ini.h"
#include "base/symtab.h"
#include "model/local.h"

#define PARTS_MAX 32
#define OPTIONS_MAX 32
#define DEPTH_MAX 8

/* A spec under construction. */
struct draft {
	const struct method *method;
	const char *option[OPTIONS_MAX], *value[OPTIONS_MAX];
	const struct spec *part[PARTS_MAX];
	int n_option, n_part;
};

struct parser {
	const char *text, *at;
	struct arena *arena;
	int depth;
};

static void skip_blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

static int is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-' || c == '+' || c == ':'
		|| c == '*';
}

static const char *take_word(struct parser *p)
{
	skip_blanks(p);
	const char *from = p->at;
	while (is_word(*p->at))
		p->at++;
	size_t n = (size_t)(p->at - from);
	char *word = arena_alloc(p->arena, n + 1);
	memcpy(word, from, n);
	return word;
}

static enum status find_method(const char *name, const struct method **out, struct err *e)
{
	const char *known[64];
	size_t n = 0;
	*out = method_find(name);
	if (*out)
		return OK;
	for (; methods[n] && n < 64; n++)
		known[n] = methods[n]->name;
	const char *near = nearest_name(name, known, n);
	return err_set(e, E_USAGE, "method '%s' is unknown%s%s%s", name, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "; 'forecast methods' lists them");
}

static enum status add_option(struct draft *d, const char *name, const char *value, struct err *e)
{
	const struct option *o = option_find(d->method->options, name);
	if (!o) {
		const char *known[OPTIONS_MAX];
		size_t n = 0;
		for (o = d->method->options; o && o->name; o++)
			known[n++] = o->name;
		const char *near = nearest_name(name, known, n);
		return err_set(e, E_USAGE, "method '%s' has no option '%s'%s%s%s", d->method->name, name,
			       near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	if (d->n_option == OPTIONS_MAX)
		return err_set(e, E_USAGE, "method '%s' was given too many options", d->method->name);
	enum status status = option_check(o, value, e);
	if (status)
		return err_wrap(e, "method '%s'", d->method->name);
	d->option[d->n_option] = o->name;
	d->value[d->n_option++] = value;
	return OK;
}

static struct spec *spec_of(const struct draft *d, struct arena *a)
{
	struct spec *s = ARENA_ARRAY(a, struct spec, 1);
	const char **option = ARENA_ARRAY(a, const char *, d->n_option + 1);
	const char **value = ARENA_ARRAY(a, const char *, d->n_option + 1);
	const struct spec **part = ARENA_ARRAY(a, const struct spec *, d->n_part + 1);
	memcpy(option, d->option, (size_t)d->n_option * sizeof *option);
	memcpy(value, d->value, (size_t)d->n_option * sizeof *value);
	memcpy(part, d->part, (size_t)d->n_part * sizeof *part);
	*s = (struct spec){ d->method, d->n_option, option, value, d->n_part, part };
	return s;
}

/* What only the method itself can tell of its options and parts. */
static enum status check_spec(const struct spec *s, struct err *e)
{
	const struct local_method *m = s->method->local;
	if (m && s->n_part && !m->holds)
		return err_set(e, E_USAGE, "method '%s' takes no methods; '%s' stands in it", s->method->name,
			       s->part[0]->method->name);
	return m && m->check ? m->check(s, e) : OK;
}

static enum status parse_expression(struct parser *p, const char *name, const struct spec **out,
				    struct err *e);

static enum status add_part(struct draft *d, const struct spec *part, struct err *e)
{
	if (d->n_part == PARTS_MAX)
		return err_set(e, E_USAGE, "method '%s' holds more than %d methods", d->method->name,
			       PARTS_MAX);
	d->part[d->n_part++] = part;
	return OK;
}

/* One argument: option = value, or an expression. */
static enum status parse_argument(struct parser *p, struct draft *d, struct err *e)
{
	const char *word = take_word(p);
	const struct spec *part;
	skip_blanks(p);
	if (!*word)
		return err_set(e, E_USAGE, "spec '%s': a name is missing before '%s'", p->text, p->at);
	if (*p->at == '=') {
		p->at++;
		return add_option(d, word, take_word(p), e);
	}
	enum status status = parse_expression(p, word, &part, e);
	return status ? status : add_part(d, part, e);
}

static enum status parse_expression(struct parser *p, const char *name, const struct spec **out,
				    struct err *e)
{
	struct draft d = { 0 };
	enum status status = find_method(name, &d.method, e);
	if (!status && ++p->depth > DEPTH_MAX)
		status = err_set(e, E_USAGE, "spec '%s' is nested too deep", p->text);
	skip_blanks(p);
	if (!status && *p->at == '(') {
		do {
			p->at++;
			status = parse_argument(p, &d, e);
			skip_blanks(p);
		} while (!status && *p->at == ',');
		if (!status && *p->at != ')')
			status = err_set(e, E_USAGE, "spec '%s': ')' is missing", p->text);
		p->at++;
	}
	p->depth--;
	if (!status) {
		*out = spec_of(&d, p->arena);
		status = check_spec(*out, e);
	}
	return status;
}

/* Expressions separated by commas, as parts of a draft. */
static enum status parse_list(const char *text, struct arena *a, struct draft *d, struct err *e)
{
	struct parser p = { text, text, a, 0 };
	for (;;) {
		const struct spec *part;
		const char *name = take_word(&p);
		enum status status = *name ? parse_expression(&p, name, &part, e)
			: err_set(e, E_USAGE, "spec '%s': a method is missing", text);
		if (!status)
			status = add_part(d, part, e);
		if (status)
			return status;
		skip_blanks(&p);
		if (!*p.at)
			return OK;
		if (*p.at++ != ',')
			return err_set(e, E_USAGE, "spec '%s': '%s' was not expected", text, p.at - 1);
	}
}

enum status spec_parse(const char *text, struct arena *a, const struct spec **out, struct err *e)
{
	struct draft d = { 0 };
	enum status status = parse_list(text, a, &d, e);
	if (!status && d.n_part != 1)
		status = err_set(e, E_USAGE, "spec '%s' names %d methods; combine them in one", text,
				 d.n_part);
	if (!status)
		*out = d.part[0];
	return status;
}

/* The keys of a .spec file: method, the options of the method, and `chain` for the parts. */
static enum status spec_from_ini(const struct ini *ini, const char *path, struct arena *a,
				 const struct spec **out, struct err *e)
{
	struct draft d = { 0 };
	const char *name = ini_get(ini, "", "method");
	if (!name)
		return err_set(e, E_USAGE, "%s: 'method' is not set", path);
	enum status status = find_method(name, &d.method, e);
	for (size_t i = 0; !status && i < ini->n; i++) {
		const struct ini_entry *entry = &ini->entry[i];
		const char *value = arena_strdup(a, entry->value);
		if (*entry->section || !strcmp(entry->key, "method") || !strcmp(entry->key, "about"))
			continue;
		status = strcmp(entry->key, "chain") ? add_option(&d, entry->key, value, e)
			: parse_list(value, a, &d, e);
		if (status)
			err_wrap(e, "%s:%d", path, entry->line);
	}
	if (!status) {
		*out = spec_of(&d, a);
		status = check_spec(*out, e);
		if (status)
			err_wrap(e, "%s", path);
	}
	return status;
}

static enum status spec_from_file(const char *path, struct arena *a, const struct spec **out,
				  struct err *e)
{
	struct ini ini = { 0 };
	if (!file_exists(path))
		return err_set(e, E_USAGE, "spec '%s': there is no such file (a name without folder and ending,"
				 " as in 'ets', is looked for among the models)", path);
	enum status status = ini_read(&ini, path, e);
	if (!status)
		status = spec_from_ini(&ini, path, a, out, e);
	ini_release(&ini);
	return status;
}

enum status spec_read(const char *name, struct arena *a, const struct spec **out, struct err *e)
{
	const char *data = getenv("FORECAST_DATADIR");
	size_t n = strlen(name);
	if (strchr(name, '/') || (n > 5 && !strcmp(name + n - 5, ".spec")))
		return spec_from_file(name, a, out, e);
	struct buf path = { 0 };
	buf_addf(&path, "models/%s.spec", name);
	if (!file_exists(path.text)) {
		buf_clear(&path);
		buf_addf(&path, "%s/models/%s.spec", data ? data : PKGDATADIR, name);
	}
	enum status status;
	if (file_exists(path.text))
		status = spec_from_file(path.text, a, out, e);
	else if (strpbrk(name, "(,") || method_find(name))
		status = spec_parse(name, a, out, e);
	else
		status = err_set(e, E_USAGE, "spec '%s' is neither a method nor a file of models/ (looked"
				 " for '%s'; FORECAST_DATADIR names another folder)", name, path.text);
	buf_release(&path);
	return status;
}

const char *spec_text(const struct spec *s, const char *option)
{
	for (int i = s->n_option - 1; i >= 0; i--)
		if (!strcmp(s->option[i], option))
			return s->value[i];
	const struct option *o = option_find(s->method->options, option);
	if (!o)
		BUG("method '%s' has no option '%s'", s->method->name, option);
	return o->preset;
}

double spec_number(const struct spec *s, const char *option)
{
	const char *text = spec_text(s, option);
	if (!text)
		BUG("option '%s' of method '%s' has no value", option, s->method->name);
	return option_number(text);
}

int spec_is_whole(const struct spec *s)
{
	int whole = s->method->whole;
	for (int k = 0; !whole && k < s->n_part; k++)
		whole = spec_is_whole(s->part[k]);
	return whole;
}

int spec_sees_drivers(const struct spec *s)
{
	int sees = s->method->whole
		|| (option_find(s->method->options, "drivers") && strcmp(spec_text(s, "drivers"), "off") != 0);
	for (int k = 0; !sees && k < s->n_part; k++)
		sees = spec_sees_drivers(s->part[k]);
	return sees;
}

static void write_spec(const struct spec *s, int brief, struct buf *out)
{
	int n = 0;
	buf_adds(out, s->method->name);
	for (const struct option *o = s->method->options; o && o->name; o++) {
		const char *value = spec_text(s, o->name);
		if (value && !(brief && o->preset && !strcmp(value, o->preset)))
			buf_addf(out, "%s%s=%s", n++ ? ", " : "(", o->name, value);
	}
	for (int i = 0; i < s->n_part; i++) {
		buf_adds(out, n++ ? ", " : "(");
		write_spec(s->part[i], brief, out);
	}
	if (n)
		buf_addc(out, ')');
}

void spec_write(const struct spec *s, struct buf *out)
{
	write_spec(s, 0, out);
}

void spec_write_brief(const struct spec *s, struct buf *out)
{
	write_spec(s, 1, out);
}
