/*
 * Small statistics of arrays of doubles, with the source of each formula in the header. GSL has
 * most of them, but accumulates in long double: thirty times slower, and other bits where long
 * double is another type.
 */
#include "config.h"
#include "num/stat.h"

#include <float.h>
#include <math.h>

void stat_sum_add(struct stat_sum *s, double x)
{
	double t = s->sum + x;
	if (fabs(s->sum) >= fabs(x))
		s->error += (s->sum - t) + x;
	else
		s->error += (x - t) + s->sum;
	s->sum = t;
}

double stat_sum_value(const struct stat_sum *s)
{
	/* An infinite sum has a NaN beside it, which says nothing. */
	return isfinite(s->sum) ? s->sum + s->error : s->sum;
}

double stat_sum(const double *x, size_t n)
{
	struct stat_sum s = { 0 };
	for (size_t i = 0; i < n; i++)
		stat_sum_add(&s, x[i]);
	return stat_sum_value(&s);
}

double stat_mean(const double *x, size_t n)
{
	return n ? stat_sum(x, n) / (double)n : (double)NAN;
}

double stat_variance(const double *x, size_t n)
{
	struct stat_sum squares = { 0 }, rest = { 0 };
	if (n < 2)
		return NAN;
	double mean = stat_mean(x, n);
	for (size_t i = 0; i < n; i++) {
		double d = x[i] - mean;
		stat_sum_add(&squares, d * d);
		stat_sum_add(&rest, d);
	}
	double r = stat_sum_value(&rest);
	return (stat_sum_value(&squares) - r * r / (double)n) / (double)(n - 1);
}

static void sort_insertion(double *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double v = x[i];
		size_t j = i;
		for (; j && x[j - 1] > v; j--)
			x[j] = x[j - 1];
		x[j] = v;
	}
}

static void heap_sink(double *x, size_t root, size_t n)
{
	double v = x[root];
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && x[child + 1] > x[child])
			child++;
		if (x[child] <= v)
			break;
		x[root] = x[child];
	}
	x[root] = v;
}

static void sort_heap(double *x, size_t n)
{
	for (size_t i = n / 2; i--;)
		heap_sink(x, i, n);
	while (n-- > 1) {
		double top = x[0];
		x[0] = x[n];
		x[n] = top;
		heap_sink(x, 0, n);
	}
}

static double middle_of(double a, double b, double c)
{
	double low = a < b ? a : b, high = a < b ? b : a;
	return c < low ? low : c > high ? high : c;
}

/* Quicksort with the median of three; heapsort where `depth` says that the splits are bad, so the
 * worst case stays n log n (Musser 1997, "Introspective sorting and selection algorithms"). */
static void sort_intro(double *x, size_t n, int depth)
{
	while (n > 24) {
		if (!depth--) {
			sort_heap(x, n);
			return;
		}
		double pivot = middle_of(x[0], x[n / 2], x[n - 1]);
		size_t i = 0, j = n - 1;
		for (;; i++, j--) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i >= j)
				break;
			double swap = x[i];
			x[i] = x[j];
			x[j] = swap;
		}
		/* The smaller part by recursion, the larger one in this loop: log n frames at most. */
		if (i < n - i) {
			sort_intro(x, i, depth);
			x += i;
			n -= i;
		} else {
			sort_intro(x + i, n - i, depth);
			n = i;
		}
	}
	sort_insertion(x, n);
}

size_t stat_sort(double *x, size_t n)
{
	size_t known = 0;
	int depth = 0;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i])) {
			double swap = x[known];
			x[known++] = x[i];
			x[i] = swap;
		}
	for (size_t m = known; m; m /= 2)
		depth += 2;
	sort_intro(x, known, depth);
	return known;
}

double stat_quantile(const double *sorted, size_t n, double p)
{
	if (!n)
		return NAN;
	double h = (double)(n - 1) * p;
	size_t i = (size_t)h;
	if (i + 1 >= n)
		return sorted[n - 1];
	double part = h - (double)i;
	/* Without the test an infinite neighbour of weight 0 would give NaN. */
	return part > 0 ? sorted[i] + part * (sorted[i + 1] - sorted[i]) : sorted[i];
}

double stat_quantile_type1(const double *sorted, size_t n, double p)
{
	if (!n)
		return NAN;
	/* A product that misses a whole number by rounding alone counts as that number, as in R. */
	double fuzz = 4 * DBL_EPSILON * (double)n;
	double at = ceil((double)n * p - fuzz);
	size_t i = at < 1 ? 0 : (size_t)at - 1;
	return sorted[i < n ? i : n - 1];
}

double stat_quantile_type6(const double *sorted, size_t n, double p)
{
	if (!n)
		return NAN;
	double h = (double)(n + 1) * p - 1;
	if (h <= 0 || h >= (double)(n - 1))
		return sorted[h <= 0 ? 0 : n - 1];
	size_t i = (size_t)h;
	double part = h - (double)i;
	return part > 0 ? sorted[i] + part * (sorted[i + 1] - sorted[i]) : sorted[i];
}

double stat_median(const double *sorted, size_t n)
{
	if (!n)
		return NAN;
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double stat_mad(const double *x, size_t n, double *scratch)
{
	if (!n)
		return NAN;
	for (size_t i = 0; i < n; i++)
		scratch[i] = x[i];
	stat_sort(scratch, n);
	double median = stat_median(scratch, n);
	for (size_t i = 0; i < n; i++)
		scratch[i] = fabs(x[i] - median);
	stat_sort(scratch, n);
	return stat_median(scratch, n);
}

double stat_fdr(const double *p, size_t n, double q, double *scratch)
{
	for (size_t i = 0; i < n; i++)
		scratch[i] = p[i];
	size_t known = stat_sort(scratch, n);
	for (size_t i = known; i > 0; i--)
		if (scratch[i - 1] <= (double)i * q / (double)known)
			return scratch[i - 1];
	return -1;
}
