/*
 * Writes a sales file of M5's full size: 3,049 items x 10 stores x 1,941 days, 59,181,090 rows long,
 * 2.2 GB. "days": a day after the other, as tills report; "series": a series after the other, as
 * archives do. The third argument shortens it to so many days; with a fourth they begin so many days
 * later (a night's file: full_size days 1 1941).
 *
 *     cc -O2 -o full_size full_size.c && ./full_size series > series.csv
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORES = 10, ITEMS = 3049, DAYS = 1941 };

static char day_text[4096][12];

/* Dates from 2011-01-29 on, by counting. */
static void fill_days(int n)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned y = 2011, m = 1, d = 29;
	for (int k = 0; k < n; k++) {
		snprintf(day_text[k], sizeof day_text[k], "%04u-%02u-%02u", y % 10000, m % 100, d % 100);
		unsigned days = (unsigned)length[m - 1] + (m == 2 && y % 4 == 0);
		if (++d > days) {
			d = 1;
			m = m % 12 + 1;
			y += m == 1;
		}
	}
}

/* 68 % zeros, as in M5; a hash of (series, day), so both orders hold the same values. */
static int units(int series, int day)
{
	uint64_t h = ((uint64_t)series << 20 | (uint64_t)day) * UINT64_C(0x9e3779b97f4a7c15);
	h ^= h >> 31;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	h ^= h >> 29;
	return (h & 1023) < 696 ? 0 : 1 + (int)(h >> 40 & 15) / 3;
}

static void row(int store, int item, int day)
{
	static const char *const state[] = { "CA_1", "CA_2", "CA_3", "CA_4", "TX_1", "TX_2", "TX_3", "WI_1",
					     "WI_2", "WI_3" };
	static const char *const dept[] = { "HOBBIES_1", "HOBBIES_2", "HOUSEHOLD_1", "HOUSEHOLD_2",
					    "FOODS_1", "FOODS_2", "FOODS_3" };
	printf("%s,%s_%03d,%s,%d\n", state[store], dept[item / 436], item % 436 + 1, day_text[day],
	       units(store * ITEMS + item, day));
}

int main(int argc, char **argv)
{
	int by_day = argc > 1 && !strcmp(argv[1], "days");
	int n = argc > 2 ? atoi(argv[2]) : DAYS, first = argc > 3 ? atoi(argv[3]) : 0;
	if (argc < 2 || n < 1 || first < 0 || first + n > 4096) {
		fputs("usage: full_size days|series [N_DAYS [FIRST]]\n", stderr);
		return 2;
	}
	fill_days(first + n);
	puts("store,item,date,units");
	for (int64_t k = 0; k < (int64_t)STORES * ITEMS * n; k++) {
		int day = (int)(by_day ? k / (STORES * ITEMS) : k % n);
		int series = (int)(by_day ? k % (STORES * ITEMS) : k / n);
		row(series / ITEMS, series % ITEMS, first + day);
	}
	return fflush(stdout) || ferror(stdout) ? 6 : 0;
}
