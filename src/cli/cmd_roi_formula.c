/* forecast roi formula: the calculator of stock and money formulas. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/symtab.h"
#include "stock/formula.h"

#define INDENT 17 /* where what a key means begins */

static const struct text_style page = { .width = 80, .utf8 = 1 };

static void say_keys(const struct formula_key *key, struct buf *out)
{
	struct buf text = { 0 };
	for (; key->name; key++) {
		buf_clear(&text);
		buf_addf(&text, "%s%s", key->needed ? "(needed) " : "", key->help);
		if (key->also)
			buf_addf(&text, " [also: %s]", key->also);
		buf_addf(out, "    %-12s ", key->name);
		text_wrap(out, text.text, INDENT, INDENT, &page);
	}
	buf_release(&text);
}

static void say_formula(const struct formula *f, struct buf *out)
{
	struct buf gives = { 0 };
	buf_addf(out, "%s: %s\n", f->name, f->summary);
	say_keys(f->key, out);
	if (f->law)
		buf_adds(out, "    and the keys of a law of demand, below\n");
	buf_addf(&gives, "gives %s", f->gives);
	if (strstr(f->gives, "P1"))
		buf_adds(&gives, ". P1: the chance that all demand is met, until the next order is there");
	if (strstr(f->gives, "P2"))
		buf_adds(&gives, ". P2: the share of demand that is met");
	buf_adds(out, "  ");
	text_wrap(out, gives.text, 2, 8, &page);
	buf_addc(out, '\n');
	buf_release(&gives);
}

/* All formulas with their keys, or one. */
static void say_all(const struct formula *only, struct buf *out)
{
	int law = 0;
	for (const struct formula *f = formulas; f->name; f++)
		if (!only || f == only) {
			say_formula(f, out);
			law |= f->law;
		}
	if (law) {
		buf_adds(out, "law of demand:\n");
		say_keys(formula_law, out);
	}
}

static void write_text(const struct formula_result *r, struct buf *out)
{
	for (int k = 0; k < r->n; k++) {
		const struct formula_value *v = &r->value[k];
		buf_addf(out, "%s=", v->name);
		for (int j = 0; j < v->n; j++) {
			buf_adds(out, j ? "," : "");
			if (isnan(v->x[j]))
				buf_adds(out, "n/a");
			else
				buf_addf(out, "%.15g", v->x[j]);
		}
		buf_adds(out, "\n");
	}
}

static void write_json(const struct formula_result *r, struct buf *out)
{
	struct json j = { .out = out };
	json_open(&j, '{');
	for (int k = 0; k < r->n; k++) {
		json_key(&j, r->value[k].name);
		if (r->value[k].n == 1) {
			json_number(&j, r->value[k].x[0]);
			continue;
		}
		json_open(&j, '[');
		for (int i = 0; i < r->value[k].n; i++)
			json_number(&j, r->value[k].x[i]);
		json_close(&j);
	}
	json_close(&j);
	buf_adds(out, "\n");
}

static enum status unknown(const char *name, struct err *e)
{
	const char *known[32];
	size_t n = 0;
	for (const struct formula *f = formulas; f->name; f++)
		known[n++] = f->name;
	const char *near = nearest_name(name, known, n);
	return err_set(e, E_USAGE, "there is no formula '%s'%s%s%s", name, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "; 'forecast roi formula' lists them");
}

static enum status run(struct call *c, struct err *e)
{
	const struct formula *f = c->n_word ? formula_find(c->word[0]) : NULL;
	if (c->n_word && !f)
		return unknown(c->word[0], e);
	if (c->n_word < 2) {
		say_all(f, c->out);
		return OK;
	}
	struct formula_result *r = ARENA_ARRAY(c->arena, struct formula_result, 1);
	enum status status = formula_run(f, c->n_word - 1, c->word + 1, c->arena, r, e);
	if (!status && call_format(c) == FORMAT_JSON)
		write_json(r, c->out);
	else if (!status)
		write_text(r, c->out);
	return status;
}

static const char *const examples[] = {
	"forecast roi formula newsvendor h=.18 p=.70 mean=50 sd=8", "# S=56.6, cost=1.9976",
	"forecast roi formula lost-sales dist=poisson mean=5 L=3 h=1 p=4", "# S=20",
	"forecast roi formula fill-rate", "# the keys of that formula", NULL
};

extern const struct command roi_formula;
const struct command roi_formula = {
	.name = "formula",
	.summary = "stock and money formulas by hand",
	.words = "[NAME [KEY=VALUE...]]",
	.about = "Evaluates a formula and prints KEY=VALUE lines to 15 digits. Names: loss, z, newsvendor,\n"
		 "eoq, rq, ss, safety-stock, reorder-point, fill-rate, lost-sales, npv, lokad, replay.\n"
		 "Without keys it lists what the formula takes and gives; without a name, all of them.\n"
		 "Where demand is uncertain its law is told by dist=normal (mean, sd), poisson (mean),\n"
		 "negbin (nb-r and nb-p, or mean and sd), lognormal, exponential, gamma, uniform, or\n"
		 "pmf (pmf=1:.25,2:.75). A result that is not there is n/a.\n"
		 "P1 is the chance that all demand is met until the next order is there, P2 and fill are\n"
		 "the share of demand that is met.",
	.examples = examples,
	.run = run,
};
