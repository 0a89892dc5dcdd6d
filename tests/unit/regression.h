/* The rows of tests/reference/glm_rows.csv and what other programs say of them, for the tests of
 * regressions. */
#ifndef TESTS_REGRESSION_H
#define TESTS_REGRESSION_H

#include "unit.h"

#include <math.h>
#include <string.h>

#define REGRESSION_ROWS 400
enum { GROUP, X1, X2, X3, OFFSET, WEIGHT, Y, Z, N_FIELD };

static inline void regression_rows(double row[REGRESSION_ROWS][N_FIELD])
{
	char line[512];
	FILE *f = fopen(unit_source("tests/reference/glm_rows.csv"), "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	for (int i = 0; i < REGRESSION_ROWS; i++) {
		char *at = line;
		assert_non_null(fgets(line, sizeof line, f));
		for (int k = 0; k < N_FIELD; k++, at++)
			row[i][k] = strtod(at, &at);
	}
	fclose(f);
}

/* The numbers of a line of a reference file by its name; returns how many. */
static inline int regression_reference(const char *file, const char *name, double *x)
{
	char line[512];
	int n = 0;
	FILE *f = fopen(unit_source(file), "r");
	assert_non_null(f);
	while (!n && fgets(line, sizeof line, f)) {
		size_t long_name = strlen(name);
		if (strncmp(line, name, long_name) || line[long_name] != ',')
			continue;
		for (char *at = line + long_name; *at == ','; n++)
			x[n] = strtod(at + 1, &at);
	}
	fclose(f);
	assert_true(n > 0);
	return n;
}

/* x agrees with the numbers of a line to a relative 1e-6. */
static inline void regression_agrees(const char *file, const char *name, const double *x)
{
	double want[16];
	int n = regression_reference(file, name, want);
	for (int k = 0; k < n; k++)
		unit_near(x[k], want[k], 1e-6 * (fabs(want[k]) > 1e-3 ? fabs(want[k]) : 1e-3));
}

#endif
