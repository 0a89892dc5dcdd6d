/* Demand classes on both sides of their cuts, by hand. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include "series/demand_class.h"

#define N (double)NAN

static void is_class(enum demand_class expected, int n, const double *y)
{
	assert_string_equal(demand_class_name(demand_class_of(y, n, 4, 6)), demand_class_name(expected));
}

static void by_hand(void **state)
{
	(void)state;
	/* A sale each period: ADI 1. Sizes alike: CV2 0; 1 1 9 1 1 9: CV2 14.2 / 13.4 > .49. */
	is_class(CLASS_SMOOTH, 6, (double[]){ 3, 3, 3, 3, 3, 3 });
	is_class(CLASS_ERRATIC, 6, (double[]){ 1, 1, 9, 1, 1, 9 });
	/* Two in six periods: ADI 3. Leading zeros do not count: from the first sale on ADI 5/4 < 1.32. */
	is_class(CLASS_INTERMITTENT, 6, (double[]){ 2, 0, 0, 2, 0, 0 });
	is_class(CLASS_LUMPY, 6, (double[]){ 1, 0, 0, 9, 0, 0 });
	is_class(CLASS_SMOOTH, 9, (double[]){ 0, 0, 0, 0, 2, 2, 0, 2, 2 });
	/* Unknown days are no zeros. */
	is_class(CLASS_SMOOTH, 6, (double[]){ 2, N, N, 2, N, 2 });
	is_class(CLASS_NEW, 6, (double[]){ 0, 0, 0, 2, 2, 2 });
	is_class(CLASS_DEAD, 8, (double[]){ 2, 2, 0, 0, 0, 0, 0, 0 });
	is_class(CLASS_DEAD, 3, (double[]){ 0, 0, 0 });
	is_class(CLASS_DEAD, 2, (double[]){ N, N });
}

/* CV2 of sizes 1 and x is ((x - 1) / (x + 1))^2: the cut .49 lies at x = 17/3. */
static void the_cut_of_sizes(void **state)
{
	(void)state;
	is_class(CLASS_SMOOTH, 4, (double[]){ 1, 5.6, 1, 5.6 });
	is_class(CLASS_ERRATIC, 4, (double[]){ 1, 5.7, 1, 5.7 });
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_hand), cmocka_unit_test(the_cut_of_sizes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
