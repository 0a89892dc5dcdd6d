/*
 * Pooled drift on a real history: input_drift DB [WEEKS], after `forecast monitor calibrate` has replayed so many weeks
 * (or months). How often each rule alarms over all series, in all periods and in December (or the weeks that begin in
 * it), on data where nothing is known to be wrong: what textbooks do on sales over their trailing mean, against the
 * pooled test on residuals (eval/pooled.h), plain and net. The goal is 3 % of the checks at most.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "eval/pooled.h"
#include "life/monitor_fleet.h"
#include "num/library.h"
#include "num/stat.h"

#define FIRST 130 /* periods before the first check */

struct score {
	int checks, odd, december, odd_december;
};

static int month_of(const struct calendar *c, int week)
{
	int y, m, d;
	day_to_ymd(period_start(c, week_start(c, week)), &y, &m, &d);
	return m;
}

static void count(struct score *s, int odd, int month)
{
	s->checks++;
	s->odd += odd;
	s->december += month == 12;
	s->odd_december += odd && month == 12;
}

static void print(const char *name, const struct score *s)
{
	printf("%-44s %6d %6.1f %% %8.1f %%\n", name, s->checks, 100. * s->odd / (s->checks ? s->checks : 1),
	       100. * s->odd_december / (s->december ? s->december : 1));
}

/* ---- the textbook's rules: a sample against a reference, both ascending ---- */

/* sup |F - G| beyond the 5 % point of Kolmogorov's distribution, c = 1.358. */
static int ks_odd(const double *x, size_t n, const double *y, size_t m)
{
	size_t i = 0, j = 0;
	double most = 0;
	while (i < n && j < m) {
		double at = x[i] < y[j] ? x[i] : y[j];
		while (i < n && x[i] <= at)
			i++;
		while (j < m && y[j] <= at)
			j++;
		most = fmax(most, fabs((double)i / (double)n - (double)j / (double)m));
	}
	return most > 1.358 * sqrt((double)(n + m) / ((double)n * (double)m));
}

/* Population stability index over ten bins of the reference's deciles. */
static int psi_odd(const double *x, size_t n, const double *y, size_t m)
{
	double psi = 0;
	size_t i = 0;
	for (int k = 1; k <= 10; k++) {
		size_t before = i;
		double to = k < 10 ? stat_quantile(y, m, k / 10.) : (double)INFINITY;
		while (i < n && x[i] <= to)
			i++;
		double share = fmax((double)(i - before) / (double)n, 1e-4);
		psi += (share - .1) * log(share / .1);
	}
	return psi >= .2;
}

static int wasserstein_odd(const double *x, size_t n, const double *y, size_t m)
{
	double far = 0;
	for (int k = 0; k < 200; k++)
		far += fabs(stat_quantile(x, n, (k + .5) / 200) - stat_quantile(y, m, (k + .5) / 200)) / 200;
	return far / sqrt(stat_variance(y, m)) >= .1;
}

/* Sales over the mean of the year before, NaN where not known: column[n_week][n]. */
static double *trailing(const double *weekly, int n_week, int n, int year)
{
	double *out = NEW_ARRAY(double, (size_t)n_week * (size_t)n);
	for (int t = 0; t < n_week; t++)
		for (int i = 0; i < n; i++) {
			double sum = 0;
			int known = 0;
			for (int s = t - year; s < t; s++)
				if (s >= 0 && !isnan(weekly[(size_t)i * (size_t)n_week + (size_t)s])) {
					sum += weekly[(size_t)i * (size_t)n_week + (size_t)s];
					known++;
				}
			out[(size_t)t * (size_t)n + (size_t)i] = known == year && sum > 0
				? weekly[(size_t)i * (size_t)n_week + (size_t)t] * year / sum : (double)NAN;
		}
	return out;
}

static void textbook(const double *column, int n_week, int n, int reference, const struct calendar *c, int first)
{
	struct score ks = { 0 }, psi = { 0 }, wasserstein = { 0 };
	double *x = NEW_ARRAY(double, n), *y = NEW_ARRAY(double, (size_t)reference * (size_t)n);
	for (int t = FIRST; t < n_week; t++) {
		memcpy(x, column + (size_t)t * (size_t)n, (size_t)n * sizeof *x);
		memcpy(y, column + (size_t)(t - reference) * (size_t)n, (size_t)reference * (size_t)n * sizeof *y);
		size_t nx = stat_sort(x, (size_t)n), ny = stat_sort(y, (size_t)reference * (size_t)n);
		int month = month_of(c, first + t);
		if (nx < POOLED_LEAST || !ny)
			continue;
		count(&ks, ks_odd(x, nx, y, ny), month);
		count(&psi, psi_odd(x, nx, y, ny), month);
		count(&wasserstein, wasserstein_odd(x, nx, y, ny), month);
	}
	print("sales / trailing mean: KS p < .05", &ks);
	print("sales / trailing mean: PSI >= .2", &psi);
	print("sales / trailing mean: Wasserstein / sd >= .1", &wasserstein);
	free(x);
	free(y);
}

/* ---- ours ---- */

static void pooled(const struct fleets *f, const struct cuts *cuts, int cut_number)
{
	struct score plain = { 0 }, net = { 0 }, lasting = { 0 };
	const struct drift_fleet *near = &f->fleet[CHANNEL_NEAR];
	const struct pooled_cut cut = { cuts->cut[cut_number].of, cuts->cut[cut_number].n_member };
	struct pooled_verdict *v = NEW_ARRAY(struct pooled_verdict, cut.n_group + 1);
	char name[80];
	double cpu = process_cpu();
	for (int t = FIRST; t < f->n_week; t++) {
		int from = t - (DRIFT_WINDOW + DRIFT_BASELINE) + 1;
		from = from > 0 ? from : 0;
		int month = month_of(&cuts->calendar, f->first + t);
		pooled_judge(near->z + (size_t)from * (size_t)near->n, t - from + 1, near->n, &cut, 1, v);
		for (int g = 0; g < cut.n_group; g++) {
			if (v[g].plain.grade == POOLED_INSUFFICIENT)
				continue;
			count(&plain, v[g].plain.grade >= POOLED_ODD, month);
			count(&net, v[g].net.grade >= POOLED_ODD, month);
			count(&lasting, v[g].plain.grade == POOLED_LASTING || v[g].net.grade == POOLED_LASTING, month);
		}
	}
	snprintf(name, sizeof name, "residuals by %s: pooled", cuts->cut[cut_number].name);
	print(name, &plain);
	snprintf(name, sizeof name, "residuals by %s: pooled, net", cuts->cut[cut_number].name);
	print(name, &net);
	snprintf(name, sizeof name, "residuals by %s: either, two weeks running", cuts->cut[cut_number].name);
	print(name, &lasting);
	if (f->n_week > FIRST)
		printf("  %.3f CPU s a night\n", (process_cpu() - cpu) / (f->n_week - FIRST));
	free(v);
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct db *db = NULL;
	struct config *config = NULL;
	struct cuts cuts;
	struct fleets f;
	num_library_init();
	if (argc < 2)
		return 2;
	enum status status = config_read(&config, NULL, &e);
	if (!status)
		status = db_open(&db, argv[1], DB_READ, &e);
	if (!status)
		status = cuts_settle(&cuts, db, config, &a, &e);
	if (!status)
		status = fleets_load(&f, db, config, &cuts, NULL, argc > 2 ? atoi(argv[2]) : 390, &a, &e);
	double *units = NULL, *weekly = NULL;
	int length = status ? 1 : week_length(&cuts.calendar);
	if (!status) {
		int n_period = f.n_week * length;
		units = NEW_ARRAY(double, (size_t)cuts.n * (size_t)n_period);
		weekly = NEW_ARRAY(double, (size_t)cuts.n * (size_t)f.n_week);
		status = db_actuals(db, &cuts.calendar, week_start(&cuts.calendar, f.first), n_period, cuts.gaps_zero,
				    cuts.series, cuts.n, units, &e);
		for (size_t k = 0; k < (size_t)cuts.n * (size_t)f.n_week; k++) {
			int known = 0;
			for (int j = 0; j < length; j++)
				if (!isnan(units[k * (size_t)length + (size_t)j])) {
					weekly[k] += units[k * (size_t)length + (size_t)j];
					known++;
				}
			weekly[k] = known ? weekly[k] * length / known : (double)NAN;
		}
	}
	if (status) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	int year = cuts.calendar.kind == PERIOD_MONTH ? 12 : 52;
	printf("%d series, %d periods\n%-44s %6s %8s %10s\n", cuts.n, f.n_week, "", "checks", "all", "December");
	double *column = trailing(weekly, f.n_week, cuts.n, year);
	textbook(column, f.n_week, cuts.n, cuts.calendar.kind == PERIOD_MONTH ? 24 : 52, &cuts.calendar, f.first);
	for (int k = 0; k < cuts.n_cut; k++)
		pooled(&f, &cuts, k);
	free(column);
	free(units);
	free(weekly);
	db_close(db);
	config_free(config);
	arena_release(&a);
	return 0;
}
