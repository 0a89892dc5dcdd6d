/*
 * The calculator: stock and money formulas by name, with keys and values as text. The table says what each
 * takes and gives, so that help, errors and the command all read it.
 */
#ifndef STOCK_FORMULA_H
#define STOCK_FORMULA_H

#include "base/err.h"
#include "base/mem.h"

/* A key that a formula takes. */
struct formula_key {
	const char *name;
	const char *also;   /* other spellings, blanks between them; NULL = none */
	const char *help;   /* what it is, with its default */
	int needed;
};

/* A result: a number, or a list of them (a column of a trace). */
struct formula_value {
	const char *name;
	int n;
	const double *x; /* [n] */
};
struct formula_result {
	int n;
	struct formula_value value[64];
};

struct formula_input;
struct formula {
	const char *name, *summary;
	const struct formula_key *key; /* ends with name NULL */
	int law;                       /* 1: takes the keys of a law of demand too */
	const char *gives;             /* what comes out, in a line or two */
	enum status (*run)(const struct formula_input *, struct arena *, struct formula_result *,
			   struct err *);
};
extern const struct formula formulas[];       /* ends with name NULL */
extern const struct formula_key formula_law[]; /* the keys of a law of demand */
/* The formula of that name, or NULL. */
const struct formula *formula_find(const char *name);

/*
 * Evaluates a formula for words "key=value". Memory is the arena's. E_USAGE: an unknown key (with the
 * nearest), a value that is no number or out of its domain, a key that is missing.
 */
MUST_CHECK enum status formula_run(const struct formula *, int n, const char *const *word, struct arena *a,
				   struct formula_result *out, struct err *e);

#endif
