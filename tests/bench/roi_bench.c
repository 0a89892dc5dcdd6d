/*
 * By hand: what a return on forecasts costs in processor time and memory over a wide file of daily sales
 * (M5: id, item, department, category, store, state, then a column a day), the arms' forecasts apart from
 * levels and replay.
 *
 *     make -C build tests/bench/roi_bench
 *     build/tests/bench/roi_bench sales_all_stores_d1495_d1941.csv [jobs [limit]]
 *
 * The file has no prices and no shelf lives: one unit costs .75 and sells for 1, food lasts 14 days. The
 * money is therefore of no shop; its digits are printed to compare runs (other jobs, other builds).
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/process.h"
#include "num/library.h"
#include "stock/roi.h"

enum { LEARN = 14, VALIDATE = 42, TEST = 82, DAYS = 447 };

struct set {
	struct arena arena;
	VEC(struct series_key) key;
	VEC(int64_t) begin, id;
	VEC(period_t) first;
	VEC(int32_t) segment;
	VEC(double) units;
	VEC(uint8_t) state;
};

static int segment_of(const char *id)
{
	return !strncmp(id, "FOODS", 5) ? 0 : !strncmp(id, "HOUSEHOLD", 9) ? 1 : 2;
}

static void read_row(struct set *s, char *line)
{
	char *rest = line, *id = strsep(&rest, ",");
	for (int k = 0; k < 5 && rest; k++)
		strsep(&rest, ",");
	VEC_PUSH(&s->key, (struct series_key){ "s", arena_strdup(&s->arena, id) });
	VEC_PUSH(&s->begin, (int64_t)s->units.n);
	VEC_PUSH(&s->id, (int64_t)s->key.n);
	VEC_PUSH(&s->segment, segment_of(id));
	VEC_PUSH(&s->first, 0);
	for (int t = 0; t < DAYS && rest; t++) {
		double y = strtod(strsep(&rest, ","), NULL);
		VEC_PUSH(&s->units, y);
		VEC_PUSH(&s->state, (uint8_t)(y > 0 ? DAY_SOLD : DAY_ZERO));
	}
}

static void read_set(struct set *s, const char *path, size_t limit)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "r");
	if (!f || getline(&line, &room, f) < 0) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(2);
	}
	while ((!limit || s->key.n < limit) && getline(&line, &room, f) > 0)
		read_row(s, line);
	fclose(f);
	free(line);
	VEC_PUSH(&s->begin, (int64_t)s->units.n);
}

static const struct spec *spec_of(struct arena *a, const char *text)
{
	const struct spec *spec;
	struct err e;
	if (spec_parse(text, a, &spec, &e)) {
		fprintf(stderr, "%s\n", e.text);
		exit(2);
	}
	return spec;
}

int main(int argc, char **argv)
{
	static const char *const text[] = { "snaive", "window_mean(window=28)", "seasonal_window_mean", "ses" };
	static const char *const segment[] = { "food", "household", "hobbies" };
	struct set s = { 0 };
	struct arena a = { 0 };
	struct arm arm[5] = { { 0 } };
	struct roi_result r;
	struct err e;
	double forecasts = 0;
	if (argc < 2)
		return 2;
	num_library_init();
	read_set(&s, argv[1], argc > 3 ? (size_t)atoi(argv[3]) : 0);
	const struct panel p = { .calendar = { PERIOD_DAY, 0 }, .n = (int)s.key.n, .until = DAYS - 1,
				 .key = s.key.at, .id = s.id.at, .first = s.first.at, .begin = s.begin.at,
				 .units = s.units.at, .state = s.state.at, .segment = s.segment.at,
				 .n_segment = 3 };
	struct parameters *parameters = ARENA_ARRAY(&a, struct parameters, p.n);
	for (int i = 0; i < p.n; i++) {
		parameters_init(&parameters[i]);
		parameters[i].value[PARAMETER_SHELF_DAYS] = s.segment.at[i] ? 0 : 14;
	}
	for (int k = 0; k < 4; k++)
		arm[k] = (struct arm){ .name = text[k], .spec = spec_of(&a, text[k]) };
	arm[4] = (struct arm){ .name = "perfect", .kind = ARM_PERFECT };
	const struct roi_setup u = {
		.panel = &p, .parameters = parameters, .n_arm = 5, .arm = arm, .model = 3, .rival = -1,
		.learn = LEARN, .validate = VALIDATE, .test = TEST, .n_test = DAYS - TEST, .refit = 28,
		.step = 1, .refresh = 28, .segment = s.segment.at, .n_segment = 3, .segment_name = segment,
		.realisation = .6, .coverage = 1, .context = { .jobs = argc > 2 ? atoi(argv[2]) : 1, .seed = 1 },
	};
	double start = process_cpu();
	if (roi_run(&u, &a, &r, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	double all = process_cpu() - start;
	for (int k = 0; k < r.n_arm; k++) {
		forecasts += r.arm[k].cpu;
		printf("%s: total %.17g validation %.17g fill %.4f forecasts %.1f CPU s\n", r.arm[k].name,
		       r.arm[k].point.money.total, r.arm[k].validation_total, r.arm[k].point.fill, r.arm[k].cpu);
	}
	printf("benefit %.17g [%.17g, %.17g]\n", r.benefit.total, r.benefit.low, r.benefit.high);
	printf("{\"series\": %d, \"test_days\": %d, \"tau\": %d, \"arms\": %d, \"forecast_cpu\": %.1f, "
	       "\"replay_cpu\": %.1f, \"peak_mb\": %.0f}\n", p.n, u.n_test, r.n_tau, r.n_arm, forecasts,
	       all - forecasts, (double)mem_peak() / 1e6);
	return 0;
}
