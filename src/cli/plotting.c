/* What the subcommands of `forecast plot` share. */
#include "config.h"
#include "cli/plotting.h"

#include <string.h>
#include "base/log.h"
#include "cli/scope.h"
#include "life/digest_gather.h"

#define PLOT_LIMIT 60 /* seconds that gnuplot may take */

/* The kind of picture that a file's name asks for; text without one, or with --term. */
static enum status choose_look(struct plotting *p, struct err *e)
{
	static const char *const ending[] = { ".svg", ".png", ".pdf", ".txt" };
	const char *path = call_option(p->call, "output");
	const char *dot = path ? strrchr(path, '.') : NULL;
	p->look = (struct look){ PLOT_DUMB, 80, 24, 1, text_style_of(0).utf8 };
	if (!path || !strcmp(path, "-") || call_flag(p->call, "term"))
		return OK;
	for (int k = 0; dot && k < 4; k++)
		if (!strcmp(dot, ending[k])) {
			p->look.kind = (enum plot_kind)k;
			if (k != PLOT_DUMB) {
				p->look.width = 900;
				p->look.height = 380;
			}
			return OK;
		}
	return err_set(e, E_USAGE, "'%s' must end in .svg, .png, .pdf or .txt", path);
}

/* Store and item as options, or as one word STORE/ITEM; a store's name may hold a '/'. */
static enum status choose_series(struct plotting *p, struct err *e)
{
	struct call *c = p->call;
	enum status status = OK;
	p->store = call_option(c, "store");
	p->item = call_option(c, "item");
	if (p->item && !p->store)
		return err_set(e, E_USAGE, "'item' needs a 'store', or say STORE/ITEM");
	if (!c->n_word) {
		status = p->store ? scope_store(c, p->db, p->store, e) : OK;
		return status || !p->item ? status : scope_item(c, p->db, p->store, p->item, e);
	}
	if (p->store)
		return err_set(e, E_USAGE, "both '%s' and --store are given", c->word[0]);
	return scope_series(c, p->db, c->word[0], &p->store, &p->item, e);
}

/* Cuts a text picture's blank ends and the form feed that gnuplot begins it with. */
static void text_tidy(struct buf *b, struct buf *out)
{
	const char *line = b->text;
	if (line && *line == '\f')
		line++;
	struct buf kept = { 0 };
	while (line && *line) {
		size_t n = strcspn(line, "\n"), end = n;
		while (end && line[end - 1] == ' ')
			end--;
		buf_add(&kept, line, end);
		buf_addc(&kept, '\n');
		if (end || out->n) {
			buf_add(out, kept.text, kept.n);
			buf_clear(&kept);
		} else if (!end) {
			buf_clear(&kept);
		}
		line += n + (line[n] == '\n');
	}
	while (out->n > 1 && out->text[out->n - 1] == '\n' && out->text[out->n - 2] == '\n')
		out->n--;
	buf_release(&kept);
}

/* Draws picture 0 and puts it into the call's result. */
static enum status draw(struct plotting *p, struct err *e)
{
	struct buf bytes = { 0 };
	enum status status = plot_run(p->plot, PLOT_LIMIT, e);
	if (status && call_option(p->call, "keep"))
		log_note("the script with its data is '%s/" PLOT_SCRIPT "'", plot_dir(p->plot));
	if (!status)
		status = plot_read(p->plot, 0, &bytes, e);
	if (!status && p->look.kind == PLOT_DUMB)
		text_tidy(&bytes, p->call->out);
	else if (!status)
		buf_add(p->call->out, bytes.text, bytes.n);
	buf_release(&bytes);
	return status;
}

enum status plot_with(struct call *c, picture_add *add, struct err *e)
{
	struct plotting p = { .call = c, .arena = c->arena };
	int known;
	enum status status = choose_look(&p, e);
	if (!status)
		status = call_db(c, DB_READ, &p.db, e);
	if (!status)
		status = db_calendar(p.db, &p.calendar, &known, e);
	if (!status)
		status = choose_series(&p, e);
	if (!status)
		status = plot_new(&p.plot, call_option(c, "keep"), e);
	if (!status)
		status = add(&p, e);
	if (!status)
		status = draw(&p, e);
	plot_free(p.plot);
	db_close(p.db);
	return status;
}

enum status plot_digest(struct plotting *p, struct digest *d, struct err *e)
{
	struct run_row run;
	enum status status = digest_find_run(p->db, call_option(p->call, "run"), p->arena, &run, e);
	return status ? status : digest_gather(p->db, p->call->config, &run, p->store, p->arena, d, e);
}

const char *plot_title(const struct plotting *p, const char *what)
{
	struct buf b = { 0 };
	if (what)
		buf_addf(&b, "%s: ", what);
	buf_addf(&b, "%s%s%s", p->store ? p->store : "all stores", p->item ? "/" : "",
		 p->item ? p->item : "");
	const char *text = arena_strdup(p->arena, b.text);
	buf_release(&b);
	return text;
}
