/* Writing JSON. */
#include "config.h"
#include "base/json.h"

static void separate(struct json *j)
{
	if (!j->after_key && j->filled[j->depth])
		buf_addc(j->out, ',');
	j->filled[j->depth] = 1;
	j->after_key = 0;
}

void json_open(struct json *j, char bracket)
{
	separate(j);
	buf_addc(j->out, bracket);
	if (j->depth == 32)
		BUG("JSON is nested too deep");
	j->close[j->depth++] = bracket == '{' ? '}' : ']';
	j->filled[j->depth] = 0;
}

void json_close(struct json *j)
{
	buf_addc(j->out, j->close[--j->depth]);
}

void json_key(struct json *j, const char *key)
{
	separate(j);
	buf_add_json(j->out, key);
	buf_addc(j->out, ':');
	j->after_key = 1;
}

void json_text(struct json *j, const char *text)
{
	separate(j);
	if (text)
		buf_add_json(j->out, text);
	else
		buf_adds(j->out, "null");
}

void json_number(struct json *j, double x)
{
	separate(j);
	buf_add_json_number(j->out, x);
}

void json_int(struct json *j, int64_t x)
{
	separate(j);
	buf_add_int(j->out, x);
}

void json_bool(struct json *j, int x)
{
	separate(j);
	buf_adds(j->out, x ? "true" : "false");
}
