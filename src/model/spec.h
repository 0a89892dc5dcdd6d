/*
 * A spec: a method with its options, as text. `models/NAME.spec` is INI: `method = NAME`, further
 * keys are options of the method. Where a value names methods it is an expression:
 *
 *     expression = name [ "(" argument { "," argument } ")" ]
 *     argument   = option "=" value  |  expression
 *
 * so `chain = seasonal_window_mean(window=8), ses, snaive` is three specs. A spec is checked against
 * the options of its method when it is read: a misspelt option is E_USAGE with the nearest name.
 */
#ifndef MODEL_SPEC_H
#define MODEL_SPEC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct method;

struct spec {
	const struct method *method;
	int n_option;
	const char *const *option; /* [n_option] names given */
	const char *const *value;  /* [n_option] their values, checked */
	int n_part;                /* methods inside (combine, fallback) */
	const struct spec *const *part; /* [n_part] */
};

/* Reads an expression. The spec is the arena's. */
MUST_CHECK enum status spec_parse(const char *text, struct arena *a, const struct spec **out,
				  struct err *e);
/* Reads a .spec file, or, where `name` is no file, models/NAME.spec of the data folder, or a bare
 * expression. */
MUST_CHECK enum status spec_read(const char *name, struct arena *a, const struct spec **out,
				 struct err *e);
/* Value of an option: the spec's, else the table's default; NULL when it has neither. */
const char *spec_text(const struct spec *s, const char *option);
double spec_number(const struct spec *s, const char *option);
/* Does the method, or one that it holds, learn across series? */
int spec_is_whole(const struct spec *s);
/* Does the spec look at drivers: does a method learn across series, or have its option `drivers` on? */
int spec_sees_drivers(const struct spec *s);
/* The spec in its one canonical form: every option written out, in table order. This is hashed. */
void spec_write(const struct spec *s, struct buf *out);
/* The same without options that have their default: what people want to see. */
void spec_write_brief(const struct spec *s, struct buf *out);

#endif
