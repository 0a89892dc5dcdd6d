/* INI syntax: lines to (section, key, value, line). */
#include "config.h"
#include "base/ini.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"

static char *trim(char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	size_t n = strlen(text);
	while (n && strchr(" \t\r", text[n - 1]))
		text[--n] = '\0';
	return text;
}

/* "a \"b\" c" -> a "b" c, in place; false when the closing quote is missing or followed by text. */
static int unquote(char *value)
{
	char *out = value;
	const char *c = value + 1;
	for (; *c && *c != '"'; c++) {
		if (*c == '\\' && (c[1] == '"' || c[1] == '\\'))
			c++;
		*out++ = *c;
	}
	if (*c != '"' || c[1])
		return 0;
	*out = '\0';
	return 1;
}

static enum status parse_line(struct ini *ini, const char *name, int line, char *text,
			      const char **section, struct err *e)
{
	size_t n = strlen(text);
	if (!n || *text == '#' || *text == ';')
		return OK;
	if (*text == '[') {
		if (text[n - 1] != ']')
			return err_set(e, E_USAGE, "%s:%d: '%s' lacks its closing bracket", name, line, text);
		text[n - 1] = '\0';
		*section = arena_strdup(&ini->text, trim(text + 1));
		return OK;
	}
	char *equals = strchr(text, '=');
	if (!equals)
		return err_set(e, E_USAGE, "%s:%d: '%s' is neither 'key = value' nor '[section]'", name,
			       line, text);
	*equals = '\0';
	char *value = trim(equals + 1);
	if (*value == '"' && !unquote(value))
		return err_set(e, E_USAGE, "%s:%d: value of '%s' lacks its closing quote", name, line,
			       trim(text));
	struct ini_entry entry = { *section, arena_strdup(&ini->text, trim(text)),
				   arena_strdup(&ini->text, value), line };
	if (!*entry.key)
		return err_set(e, E_USAGE, "%s:%d: key before '=' is empty", name, line);
	if (ini->n == ini->room) {
		ini->room = mem_room(ini->room, ini->n + 1);
		ini->entry = xrealloc(ini->entry, ini->room * sizeof *ini->entry);
	}
	ini->entry[ini->n++] = entry;
	return OK;
}

enum status ini_parse(struct ini *ini, const char *name, const char *text, struct err *e)
{
	char *copy = xstrdup(text), *next = copy;
	const char *section = "";
	enum status status = OK;
	if (!strncmp(next, "\xef\xbb\xbf", 3))
		next += 3;
	for (int line = 1; !status && next; line++) {
		char *text_of_line = next;
		next = strchr(next, '\n');
		if (next)
			*next++ = '\0';
		status = parse_line(ini, name, line, trim(text_of_line), &section, e);
	}
	free(copy);
	return status;
}

enum status ini_read(struct ini *ini, const char *path, struct err *e)
{
	struct buf text = { 0 };
	enum status status = file_read(path, &text, e);
	if (!status && memchr(text.text ? text.text : "", '\0', text.n))
		status = err_set(e, E_USAGE, "%s: is not a text file", path);
	if (!status)
		status = ini_parse(ini, path, text.text ? text.text : "", e);
	buf_release(&text);
	return status;
}

const char *ini_get(const struct ini *ini, const char *section, const char *key)
{
	for (size_t i = ini->n; i-- > 0;)
		if (!strcmp(ini->entry[i].section, section) && !strcmp(ini->entry[i].key, key))
			return ini->entry[i].value;
	return NULL;
}

void ini_release(struct ini *ini)
{
	free(ini->entry);
	arena_release(&ini->text);
	memset(ini, 0, sizeof *ini);
}
