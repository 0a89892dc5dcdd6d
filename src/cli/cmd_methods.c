/* forecast methods: the algorithms and their options. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "model/method.h"

static const struct column columns[] = {
	{ .name = "method", .type = COLUMN_TEXT },
	{ .name = "summary", .title = "what it does", .type = COLUMN_WRAP },
	{ .name = "options", .type = COLUMN_WRAP, .width = 24 },
	{ 0 }
};

static const struct column one_columns[] = {
	{ .name = "option", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_WRAP, .width = 16 },
	{ .name = "preset", .type = COLUMN_TEXT },
	{ .name = "help", .title = "what it does", .type = COLUMN_WRAP },
	{ 0 }
};

static void list_methods(struct table *t)
{
	for (const struct method *const *m = methods; *m; m++) {
		struct buf text = { 0 };
		for (const struct option *o = (*m)->options; o && o->name; o++)
			buf_addf(&text, "%s%s%s%s", text.n ? ", " : "", o->name, o->preset ? "=" : "",
				 o->preset ? o->preset : "");
		table_text(t, (*m)->name);
		table_text(t, (*m)->summary);
		table_text(t, text.n ? text.text : "");
		buf_release(&text);
	}
}

/* Choices with blanks between them, so that a narrow column can break them. */
static void spaced(const char *choices, struct buf *out)
{
	buf_clear(out);
	for (; *choices; choices++)
		if (*choices == '|')
			buf_adds(out, " | ");
		else
			buf_addc(out, *choices);
}

static enum status list_options(struct table *t, const char *name, struct err *e)
{
	const struct method *m = method_find(name);
	if (!m)
		return err_set(e, E_NOTFOUND, "method '%s' is unknown; 'forecast methods' lists them",
			       name);
	struct buf value = { 0 };
	for (const struct option *o = m->options; o && o->name; o++) {
		table_text(t, o->name);
		spaced(o->value ? o->value : "", &value);
		table_text(t, value.text ? value.text : "");
		table_text(t, o->preset ? o->preset : "");
		table_text(t, o->help);
	}
	buf_release(&value);
	return OK;
}

static enum status methods_run(struct call *c, struct err *e)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(c->n_word ? one_columns : columns);
	enum status status = c->n_word ? list_options(t, c->word[0], e) : OK;
	if (!c->n_word)
		list_methods(t);
	if (!status)
		table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return status;
}

static const char *const examples[] = { "forecast methods", "# the algorithms there are",
					"forecast methods ses", "# the options of one", NULL };

extern const struct command cmd_methods;
const struct command cmd_methods = {
	.name = "methods",
	.summary = "the algorithms and their options",
	.words = "[METHOD]",
	.about = "A spec is a method with options: 'ses(alpha=0.2)'; methods can hold methods:\n"
		 "'fallback(ses, snaive)'. models/*.spec keep specs in files.",
	.examples = examples,
	.run = methods_run,
};
