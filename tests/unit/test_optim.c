/* Minimising: a function with a known minimum, and one that is not there everywhere. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include "num/library.h"
#include "num/optim.h"

/* Rosenbrock (1960): minimum 0 at (1, 1). */
static double valley(const double *x, void *context)
{
	++*(int *)context;
	return 100 * pow(x[1] - x[0] * x[0], 2) + pow(1 - x[0], 2);
}

static double valley_slope(const double *x, double *g, void *context)
{
	g[0] = -400 * x[0] * (x[1] - x[0] * x[0]) - 2 * (1 - x[0]);
	g[1] = 200 * (x[1] - x[0] * x[0]);
	return valley(x, context);
}

/* x - ln(x - 2), minimum 3 at x = 3, and nothing for x <= 2. */
static double walled(const double *x, void *context)
{
	++*(int *)context;
	return x[0] > 2 ? x[0] - log(x[0] - 2) : (double)NAN;
}

static double walled_slope(const double *x, double *g, void *context)
{
	g[0] = 1 - 1 / (x[0] - 2);
	return walled(x, context);
}

static void finds_a_known_minimum(void **state)
{
	(void)state;
	int calls = 0;
	struct optim_problem p = { 2, valley, valley_slope, &calls };
	double x[] = { -1.2, 1 }, y[] = { -1.2, 1 }, step[] = { .5, .5 };
	unit_near(optim_simplex(&p, x, step, 1e-7, 500), 0, 1e-10);
	unit_near(x[0], 1, 1e-5);
	assert_true(calls < 500);
	unit_near(optim_bfgs(&p, y, .1, 1e-14, 200), 0, 1e-10);
	unit_near(y[0], 1, 1e-5);
	unit_near(y[1], 1, 1e-5);
}

static void turns_back_from_nowhere(void **state)
{
	(void)state;
	int calls = 0;
	struct optim_problem p = { 1, walled, walled_slope, &calls };
	double x[] = { 2.5 }, y[] = { 9 }, step[] = { -2 };
	unit_near(optim_simplex(&p, x, step, 1e-8, 500), 3, 1e-12);
	unit_near(x[0], 3, 1e-5);
	unit_near(optim_bfgs(&p, y, 8, 1e-14, 200), 3, 1e-12);
	unit_near(y[0], 3, 1e-5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_known_minimum),
		cmocka_unit_test(turns_back_from_nowhere),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
