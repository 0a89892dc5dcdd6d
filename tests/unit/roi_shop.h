/*
 * A return on forecasts in the invented chain, whose true demand is known: the same shops once with what was
 * sold (and which days ran out), once with what was asked for.
 */
#ifndef TESTS_ROI_SHOP_H
#define TESTS_ROI_SHOP_H

#include "unit.h"
#include "shop.h"
#include "feature/demand.h"
#include "stock/roi.h"

#define ROI_SHOP_TEST 364
#define ROI_SHOP_DAYS 800

struct roi_shop {
	struct shop sold, asked;
	struct truth truth;          /* as it was, learn to the end */
	struct parameters *parameters;
	int *segment;
	const char *name[2];
	struct arm arm[4];
	struct roi_setup setup;
	struct arena arena;
};

static inline const struct spec *roi_shop_spec(struct arena *a, const char *text)
{
	const struct spec *spec;
	struct err e;
	if (spec_parse(text, a, &spec, &e))
		fail_msg("%s", e.text);
	return spec;
}

/* What was asked for from setup.learn on. */
static inline void roi_shop_truth(struct roi_shop *h)
{
	const struct panel *p = &h->asked.panel;
	int n_period = h->setup.test + h->setup.n_test - h->setup.learn;
	h->truth = (struct truth){ .n = p->n, .n_period = n_period, .first = h->setup.learn,
				   .scale = ARENA_ARRAY(&h->arena, int, p->n),
				   .demand = ARENA_ARRAY(&h->arena, int64_t, (size_t)p->n * (size_t)n_period),
				   .sold = ARENA_ARRAY(&h->arena, double, p->n),
				   .imputed = ARENA_ARRAY(&h->arena, double, p->n) };
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		h->truth.scale[i] = 1;
		for (int t = 0; t < n_period; t++) {
			double x = s.units[h->setup.learn + t - s.first];
			h->truth.demand[(size_t)i * (size_t)n_period + (size_t)t] = x > 0 ? (int64_t)x : 0;
		}
	}
}

static inline void roi_shop_parameters(struct roi_shop *h)
{
	const struct shop *s = &h->sold;
	h->parameters = ARENA_ARRAY(&h->arena, struct parameters, s->panel.n);
	h->segment = ARENA_ARRAY(&h->arena, int, s->panel.n);
	for (int i = 0; i < s->panel.n; i++) {
		const struct sim_item *it = &s->s->item[s->item[i]];
		double *v = h->parameters[i].value;
		parameters_init(&h->parameters[i]);
		v[PARAMETER_PRICE] = it->price / 100.;
		v[PARAMETER_UNIT_COST] = it->cost / 100.;
		v[PARAMETER_PACK] = it->pack;
		v[PARAMETER_SHELF_DAYS] = it->shelf_life;
		v[PARAMETER_LEAD_DAYS] = it->lead;
		v[PARAMETER_REVIEW_DAYS] = it->review;
		h->segment[i] = it->shelf_life > 0;
	}
}

static inline void roi_shop_open(struct roi_shop *h, int stores, int items, uint64_t seed)
{
	memset(h, 0, sizeof *h);
	shop_open(&h->sold, stores, items, ROI_SHOP_DAYS, seed, SHOP_SOLD);
	shop_open(&h->asked, stores, items, ROI_SHOP_DAYS, seed, SHOP_DEMAND);
	struct panel *p = &h->sold.panel;
	double *demand = ARENA_ARRAY(&h->arena, double, (size_t)p->begin[p->n] + 1);
	demand_fill(p, DEMAND_IN_STOCK, 1, demand);
	p->demand = demand;
	roi_shop_parameters(h);
	h->name[0] = "keeps";
	h->name[1] = "spoils";
	h->arm[0] = (struct arm){ .name = "ets", .spec = roi_shop_spec(&h->arena, "ets") };
	h->arm[1] = (struct arm){ .name = "snaive", .spec = roi_shop_spec(&h->arena, "snaive") };
	h->arm[2] = (struct arm){ .name = "perfect", .kind = ARM_PERFECT };
	h->setup = (struct roi_setup){
		.panel = p, .parameters = h->parameters, .n_arm = 3, .arm = h->arm, .model = 0, .rival = 1,
		.test = p->until - ROI_SHOP_TEST + 1, .n_test = ROI_SHOP_TEST, .refit = 91, .step = 1,
		.refresh = 28, .segment = h->segment, .n_segment = 2, .segment_name = h->name,
		.realisation = 1, .coverage = 1, .level = .9, .draws = 1000,
		.context = { .jobs = 1, .seed = 1, .season = 7 },
	};
	h->setup.validate = h->setup.test - 182;
	h->setup.learn = h->setup.validate - 70;
	roi_shop_truth(h);
}

static inline void roi_shop_close(struct roi_shop *h)
{
	shop_close(&h->sold);
	shop_close(&h->asked);
	arena_release(&h->arena);
}

/* By its own sales, with demand of empty shelves drawn; by its sales as they are; by what was asked for. */
enum roi_shop_truth { ROI_SHOP_DRAWN, ROI_SHOP_SALES, ROI_SHOP_TRUE };
static inline const struct roi_result *roi_shop_run(struct roi_shop *h, enum roi_shop_truth truth)
{
	struct roi_result *r = ARENA_ARRAY(&h->arena, struct roi_result, 1);
	struct err e;
	h->setup.truth = truth == ROI_SHOP_SALES ? TRUTH_SALES : TRUTH_DRAW;
	h->setup.told = truth == ROI_SHOP_TRUE ? &h->truth : NULL;
	if (roi_run(&h->setup, &h->arena, r, &e))
		fail_msg("%s", e.text);
	return r;
}

#endif
