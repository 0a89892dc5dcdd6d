/*
 * A return on forecasts over a panel made by hand: two stores, weekday pattern and slow level, negative
 * binomial sales. What a test changes it changes between roi_case_init and roi_case_run.
 */
#ifndef TESTS_ROI_FIXTURE_H
#define TESTS_ROI_FIXTURE_H

#include "unit.h"
#include "fixture.h"
#include "num/rng.h"
#include "stock/roi.h"

#define ROI_SERIES 24
#define ROI_DAYS 420
#define ROI_TEST 140

struct roi_case {
	struct fixture f;
	struct panel panel;
	struct parameters parameters[ROI_SERIES];
	struct arm arm[ROI_ARM_MAX];
	int segment[ROI_SERIES];
	const char *segment_name[2];
	struct roi_setup setup;
	struct arena arena;
	struct roi_result result;
};

static inline const struct spec *roi_spec(struct arena *a, const char *text)
{
	const struct spec *spec;
	struct err e;
	if (spec_parse(text, a, &spec, &e))
		fail_msg("%s", e.text);
	return spec;
}

static inline void roi_case_init(struct roi_case *c, uint64_t seed)
{
	static const double week[7] = { .8, .8, .9, 1, 1.2, 1.5, .8 };
	struct rng *r = rng_new();
	memset(c, 0, sizeof *c);
	fixture_init(&c->f, PERIOD_DAY);
	for (int i = 0; i < ROI_SERIES; i++) {
		char item[16];
		double y[ROI_DAYS], base = .5 + .7 * i, level = 1;
		snprintf(item, sizeof item, "%02d", i);
		rng_seed(r, seed, item, "sales");
		for (int t = 0; t < ROI_DAYS; t++) {
			level = 1 + .97 * (level - 1) + .05 * rng_gaussian(r);
			double mean = base * week[t % 7] * (level > .2 ? level : .2);
			y[t] = (double)rng_negative_binomial(r, mean, .15);
		}
		fixture_add(&c->f, i < ROI_SERIES / 2 ? "S1" : "S2", item, 0, ROI_DAYS, y);
		parameters_init(&c->parameters[i]);
		c->parameters[i].value[PARAMETER_PRICE] = 2 + .1 * i;
		c->parameters[i].value[PARAMETER_PACK] = 1 + i % 4;
		c->parameters[i].value[PARAMETER_SHELF_DAYS] = i % 3 ? 0 : 6;
		c->segment[i] = i % 3 ? 0 : 1;
	}
	rng_free(r);
	c->panel = *fixture_panel(&c->f);
	c->segment_name[0] = "dry";
	c->segment_name[1] = "fresh";
	c->arm[0] = (struct arm){ .name = "snaive", .spec = roi_spec(&c->arena, "snaive") };
	c->arm[1] = (struct arm){ .name = "mean", .spec = roi_spec(&c->arena, "window_mean(window=28)") };
	c->arm[2] = (struct arm){ .name = "weekday", .spec = roi_spec(&c->arena, "seasonal_window_mean") };
	c->arm[3] = (struct arm){ .name = "perfect", .kind = ARM_PERFECT };
	c->setup = (struct roi_setup){
		.panel = &c->panel, .parameters = c->parameters, .n_arm = 4, .arm = c->arm, .model = 2,
		.rival = -1, .learn = 70, .validate = 140, .test = ROI_DAYS - ROI_TEST, .n_test = ROI_TEST,
		.refit = 28, .step = 1, .refresh = 28, .segment = c->segment, .n_segment = 2,
		.segment_name = c->segment_name, .realisation = 1, .coverage = 1, .level = .9, .draws = 400,
		.context = { .jobs = 1, .seed = 1 },
	};
}

static inline const struct roi_result *roi_case_run(struct roi_case *c)
{
	struct err e;
	if (roi_run(&c->setup, &c->arena, &c->result, &e))
		fail_msg("%s", e.text);
	return &c->result;
}

static inline void roi_case_release(struct roi_case *c)
{
	fixture_release(&c->f);
	arena_release(&c->arena);
}

#endif
