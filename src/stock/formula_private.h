/* What the files of the calculator share: values by key, laws of demand, results. */
#ifndef STOCK_FORMULA_PRIVATE_H
#define STOCK_FORMULA_PRIVATE_H

#include <math.h>
#include "num/loss.h"
#include "stock/formula.h"

/* Text of a key, or NULL; its number, NaN where it is not given (given ones are checked); its list. */
const char *input_text(const struct formula_input *, const char *key);
double input_number(const struct formula_input *, const char *key);
double input_or(const struct formula_input *, const char *key, double preset);
int input_list(const struct formula_input *, const char *key, struct arena *a, const double **out);
/* E_USAGE unless low <= value <= high (or > low with `open`). Of a key that is not given: OK. */
MUST_CHECK enum status input_within(const struct formula_input *, const char *key, double low, double high,
				    struct err *e);
/* Is a key one of those words? E_USAGE. */
MUST_CHECK enum status input_choice(const struct formula_input *, const char *key, const char *choices,
				    int *at, struct err *e);
/* The law of demand that the keys tell. E_USAGE. */
MUST_CHECK enum status input_law(const struct formula_input *, struct arena *a, struct law *out,
				 struct err *e);
/* Adds a result. */
void result_add(struct formula_result *, struct arena *a, const char *name, double x);
void result_list(struct formula_result *, const char *name, int n, const double *x);

/* The formulas of formula_replay.c and formula_lot.c. */
extern const struct formula_key replay_keys[], eoq_keys[], rq_keys[], ss_keys[];
enum status replay_formula(const struct formula_input *, struct arena *, struct formula_result *,
			   struct err *);
enum status eoq_formula(const struct formula_input *, struct arena *, struct formula_result *, struct err *);
enum status rq_formula(const struct formula_input *, struct arena *, struct formula_result *, struct err *);
enum status ss_formula(const struct formula_input *, struct arena *, struct formula_result *, struct err *);

#endif
