/*
 * What every unit program begins with: cmocka, after the headers it wants, and two helpers. A
 * program has one group (two give two plans, which automake's driver calls an error) and ends
 *
 *	return cmocka_run_group_tests(tests, NULL, NULL);
 *
 * cmocka's own skip() is not used: cmocka 1.1.5 reports it as a failure. A program that cannot run
 * returns unit_skip("why") before it starts its group.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Says that the whole program is left out; the value is main's. */
static inline int unit_skip(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

/* Path of a file among the real data sets, in a buffer that the next call overwrites; NULL where
 * it is not there. */
static inline const char *unit_shared(const char *name)
{
	static char path[4096];
	const char *dir = getenv("FORECAST_SHARED");
	snprintf(path, sizeof path, "%s/%s", dir ? dir : "../shared", name);
	FILE *f = fopen(path, "r");
	if (f)
		fclose(f);
	return f ? path : NULL;
}

/* A file in the source tree ("tests/reference/x.csv"), in a buffer that the next call overwrites. */
static inline const char *unit_source(const char *name)
{
	static char path[4096];
	const char *dir = getenv("srcdir");
	snprintf(path, sizeof path, "%s/%s", dir ? dir : ".", name);
	return path;
}

/* Two doubles are at most `far` apart (cmocka 1.1.5 compares floats only). */
#define unit_near(x, expected, far) unit_near_at((x), (expected), (far), __FILE__, __LINE__)
static inline void unit_near_at(double x, double expected, double far, const char *file, int line)
{
	if (x - expected <= far && expected - x <= far)
		return;
	print_error("%.17g is not %.17g\n", x, expected);
	_fail(file, line);
}

#endif
