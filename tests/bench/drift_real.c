/*
 * The drift chart over a long real history: drift_real DB [WEEKS], after `forecast monitor calibrate` has replayed so
 * many weeks (or months) of the db. Thresholds from the first 130; every later one is judged as it would have been.
 * Prints how often series alarm, by month of the year (December's share should be near a twelfth), alarms that begin a
 * week, and CPU seconds a judgement.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "life/monitor_fleet.h"
#include "num/library.h"

#define FIRST 130

static int month_of(const struct calendar *c, int week)
{
	int y, m, d;
	day_to_ymd(period_start(c, week_start(c, week)), &y, &m, &d);
	return m - 1;
}

/* Weeks before the first of which anything is known: those asked for that were never replayed. */
static int unknown_weeks(const struct drift_fleet *f)
{
	size_t k = 0, all = (size_t)f->n * (size_t)f->n_week;
	while (k < all && isnan(f->z[k]))
		k++;
	return f->n ? (int)(k / (size_t)f->n) : 0;
}

static void judge_all(const struct fleets *f, const struct cuts *cuts, int channel)
{
	struct arena a = { 0 };
	struct drift_fleet fleet = f->fleet[channel];
	int skip = unknown_weeks(&fleet), n_week = fleet.n_week - skip;
	if (n_week <= FIRST) {
		printf("%s: %d weeks; more than %d are needed\n", channel_name[channel], n_week, FIRST);
		return;
	}
	fleet.z += (size_t)skip * (size_t)fleet.n;
	struct drift_null null;
	struct drift_verdict *v = NEW_ARRAY(struct drift_verdict, fleet.n + 1);
	uint8_t *on = NEW_ARRAY(uint8_t, fleet.n + 1);
	int state[12] = { 0 }, began[12] = { 0 }, judged[12] = { 0 }, odd[12] = { 0 }, odds = 0, all = 0, weeks = 0, begun = 0, n = 0;
	fleet.n_week = FIRST;
	drift_calibrate(&fleet, &a, &null);
	double cpu = process_cpu();
	for (; fleet.n_week < n_week; weeks++) {
		fleet.n_week++;
		int month = month_of(&cuts->calendar, f->first + skip + fleet.n_week - 1);
		drift_judge(&fleet, &null, DRIFT_BUDGET, drift_fdr(fleet.n), v);
		for (int i = 0; i < fleet.n; i++) {
			int alarm = v[i].grade == DRIFT_ALARM;
			judged[month] += v[i].grade != DRIFT_INSUFFICIENT;
			state[month] += alarm;
			odd[month] += v[i].p < .01;
			began[month] += alarm && !on[i];
			on[i] = (uint8_t)alarm;
		}
	}
	cpu = process_cpu() - cpu;
	for (int m = 0; m < 12; m++) {
		all += state[m];
		begun += began[m];
		odds += odd[m];
		n += judged[m];
	}
	printf("%s: %d series, %d judged weeks; in alarm %.3f %% of series-weeks, begin %.3f a week; %.3f CPU s a week\n",
	       channel_name[channel], fleet.n, weeks, 100. * all / (n ? n : 1), (double)begun / (weeks ? weeks : 1),
	       cpu / (weeks ? weeks : 1));
	for (int m = 0; m < 12; m++)
		printf("  month %2d: %5.1f %% of all that is in alarm, %5.1f %% of what begins, %5.1f %% of p < .01\n",
		       m + 1, 100. * state[m] / (all ? all : 1), 100. * began[m] / (begun ? begun : 1),
		       100. * odd[m] / (odds ? odds : 1));
	printf("  p < .01 in %.2f %% of series-weeks\n", 100. * odds / (n ? n : 1));
	free(v);
	free(on);
	arena_release(&a);
}

#define WITHIN 4      /* weeks in which a drop is to be found (lifecycle goal D3) */
#define NODE_WEEKS 26 /* as in life/monitor_drift.c */

/* Each member of a cut sells a tenth less from week s on, for every s: how often is it told within WITHIN weeks, where
 * nothing was told the week before? Thresholds from the weeks before FIRST. */
static void drop_nodes(const struct fleets *f, const struct cuts *cuts, int channel, int cut, double share)
{
	struct arena a = { 0 };
	struct drift_fleet fleet = f->fleet[channel];
	int skip = unknown_weeks(&fleet), n_week = fleet.n_week - skip, trials = 0, found = 0;
	size_t cells = (size_t)fleet.n * (size_t)fleet.n_week;
	struct drift_null null;
	if (n_week <= FIRST + WITHIN)
		return;
	float *z = NEW_ARRAY(float, cells + 1);
	struct drift_verdict *v = NEW_ARRAY(struct drift_verdict, fleet.n + 1);
	uint8_t *before = NEW_ARRAY(uint8_t, fleet.n + 1), *told = NEW_ARRAY(uint8_t, fleet.n + 1);
	double budget = 1. / (NODE_WEEKS * (N_CHANNEL - CHANNEL_LEAVES) * (double)fleet.n);
	fleet.z += (size_t)skip * (size_t)fleet.n;
	fleet.n_week = FIRST;
	drift_calibrate(&fleet, &a, &null);
	for (int s = FIRST; s + WITHIN <= n_week; s++) {
		memcpy(z, f->fleet[channel].z + (size_t)skip * (size_t)fleet.n, (size_t)n_week * (size_t)fleet.n * sizeof *z);
		fleet.z = z;
		fleet.n_week = s;
		drift_judge(&fleet, &null, budget, 0, v);
		for (int i = 0; i < fleet.n; i++) {
			before[i] = v[i].grade != DRIFT_OK;
			told[i] = 0;
		}
		for (int k = 0; k < WITHIN; k++) {
			for (int i = 0; i < fleet.n; i++)
				z[(size_t)(s + k) * (size_t)fleet.n + (size_t)i] += (float)log1p(-share);
			fleet.n_week = s + k + 1;
			drift_judge(&fleet, &null, budget, 0, v);
			for (int i = 0; i < fleet.n; i++)
				told[i] |= v[i].grade == DRIFT_ALARM && v[i].sign < 0;
		}
		for (int i = 0; i < fleet.n; i++)
			if (f->node[i].cut == cut && !before[i]) {
				trials++;
				found += told[i];
			}
	}
	printf("%s, %s %.0f %% less: told within %d weeks in %.1f %% of %d trials\n", channel_name[channel],
	       cuts->cut[cut].name, 100 * share, WITHIN, 100. * found / (trials ? trials : 1), trials);
	free(z);
	free(v);
	free(before);
	free(told);
	arena_release(&a);
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
	double cpu = process_cpu();
	if (!status)
		status = fleets_load(&f, db, config, &cuts, NULL, argc > 2 ? atoi(argv[2]) : 390, &a, &e);
	if (status)
		fprintf(stderr, "%s\n", e.text);
	else
		printf("reading %d weeks: %.2f CPU s\n", f.n_week, process_cpu() - cpu);
	for (int channel = 0; !status && channel < CHANNEL_LEAVES; channel++)
		judge_all(&f, &cuts, channel);
	for (int cut = 0; !status && cut < cuts.n_cut; cut++) {
		drop_nodes(&f, &cuts, CHANNEL_NODE_NEAR, cut, .1);
		drop_nodes(&f, &cuts, CHANNEL_NODE_NEAR, cut, .2);
	}
	db_close(db);
	config_free(config);
	arena_release(&a);
	return status != OK;
}
