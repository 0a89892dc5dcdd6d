/* Errors as values: a code and a sentence of fixed size. */
#include "config.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status err_set(struct err *e, enum status code, const char *format, ...)
{
	if (!e)
		return code;
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	e->code = code;
	return code;
}

enum status err_wrap(struct err *e, const char *format, ...)
{
	if (!e)
		return E_BUG;
	char subject[ERR_TEXT_MAX], whole[2 * ERR_TEXT_MAX + 4];
	va_list args;
	va_start(args, format);
	vsnprintf(subject, sizeof subject, format, args);
	va_end(args);
	snprintf(whole, sizeof whole, "%s: %s", subject, e->text);
	whole[sizeof e->text - 1] = '\0';
	memcpy(e->text, whole, strlen(whole) + 1);
	return e->code;
}

int err_exit_code(enum status code)
{
	switch (code) {
	case OK:
		return 0;
	case E_USAGE:
	case E_NOTFOUND:
		return 2;
	case E_INPUT:
	case E_STALE:
		return 5;
	case E_LOCKED:
		return 7;
	case E_STOPPED:
		return 130;
	case E_IO:
	case E_FIT:
	case E_BUG:
		break;
	}
	return 6;
}

_Noreturn void err_bug(const char *file, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "forecast: internal error at %s:%d: ", file, line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	_Exit(6);
}
