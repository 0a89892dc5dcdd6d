/* A bound on freak values (a spike of 1e9 among sales of 8), for methods that square what they see. */
#ifndef NUM_CAP_H
#define NUM_CAP_H

#include "base/mem.h"

/*
 * Three times the largest |y| when the largest hundredth of the known values of y [n], at least one of
 * them, is left aside. INFINITY (no bound) below ten known values, or where all the others are 0.
 */
double cap_of(int n, const double *y, struct arena *scratch);
/* x within [-cap, cap]; NaN stays NaN. */
double cap_value(double x, double cap);

#endif
