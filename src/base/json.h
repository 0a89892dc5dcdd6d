/* Writing JSON without counting commas: json_open(&j, '{'); json_key(&j, "a"); json_int(&j, 1); ... */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>
#include "base/buf.h"

/* Zero-initialise with `.out` set. At most 32 levels deep. */
struct json {
	struct buf *out;
	int depth;
	char close[32]; /* what ends each open level */
	int filled[33]; /* has the level anything in it yet */
	int after_key;
};

void json_open(struct json *j, char bracket); /* '{' or '[' */
void json_close(struct json *j);              /* ends the innermost open one */
/* One key, which the value follows; and the kinds of value. */
void json_key(struct json *j, const char *key);
void json_text(struct json *j, const char *text); /* NULL becomes null */
void json_number(struct json *j, double x);       /* NaN becomes null */
void json_int(struct json *j, int64_t x);
void json_bool(struct json *j, int x);

#endif
