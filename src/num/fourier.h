/* Harmonics of a season as columns of a regression (FPP3, section 7.4). */
#ifndef NUM_FOURIER_H
#define NUM_FOURIER_H

#include "base/mem.h"

/* Columns that k harmonics of a season of `period` take: 2 k, one less where the last of them has a
 * period of 2, whose sine is 0. */
int fourier_columns(double period, int k);
/* cos and sin of 2 pi j t / period for j = 1..k and t = first, first + 1, ...: appends their columns
 * [n] to x from place `at` on; returns the place after them. The columns are the arena's. */
int fourier_append(double period, int k, int first, int n, struct arena *a, const double **x, int at);

#endif
