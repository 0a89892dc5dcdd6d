/*
 * What un-censoring is worth on FreshRetailNet (one city: 5,117 series of 90 days, hours out of stock
 * known, 45 % of the days with some): methods that learn from sales as they are, from days in stock
 * alone, and from either estimate of demand, held against the same days in stock. Run by hand:
 *
 *     make tests/bench/uncensor_bench && tests/bench/uncensor_bench FILE.csv [SPEC...]
 *
 * Prints a line a method and way: bias and WAPE over days in stock of all windows, the gain in WAPE over
 * days in stock alone in the mean of the windows with its standard error, and how many windows gain.
 */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "feature/demand.h"
#include "model/method.h"

#define DAYS 90
#define STEPS 7
#define FIRST_ORIGIN 44 /* days known at the first origin */
#define STRIDE 3
#define WINDOWS 13
#define HOURS 16

enum way { AS_SOLD, IN_STOCK_ALONE, ESTIMATE, FULL, N_WAY };
static const char *const way_name[N_WAY] = { "as sold", "no", "yes", "full" };

struct city {
	struct panel panel;
	struct drivers drivers;
	double *units, *demand;
	uint8_t *state, *all_sold;
	float *share;
	struct arena arena;
};

struct score {
	double forecast, actual, error, square, cases;
};

static void add_series(struct city *c, struct series_key *key, const char *name)
{
	char store[32], item[32];
	snprintf(store, sizeof store, "%.5s", name);
	snprintf(item, sizeof item, "%.5s", name + 6);
	*key = (struct series_key){ arena_strdup(&c->arena, store), arena_strdup(&c->arena, item) };
}

struct line {
	char name[16]; /* "00064/00004", which sorts as numbers do */
	int day;
	double sold, hours;
};

static int by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : x->day - y->day;
}

static size_t read_lines(const char *path, struct line **out)
{
	char text[512], date[16];
	int store, product;
	VEC(struct line) all = { 0 };
	struct line l = { 0 };
	FILE *f = fopen(path, "r");
	if (!f || !fgets(text, sizeof text, f)) {
		perror(path);
		exit(1);
	}
	while (fgets(text, sizeof text, f)) {
		if (sscanf(text, "%*d,%d,%*d,%*d,%*d,%*d,%d,%10[^,],%lf,%lf", &store, &product, date,
			   &l.sold, &l.hours) != 5)
			continue;
		snprintf(l.name, sizeof l.name, "%05u/%05u", (unsigned)store % 100000, (unsigned)product % 100000);
		l.day = day_parse(date, 10);
		VEC_PUSH(&all, l);
	}
	fclose(f);
	qsort(all.at, all.n, sizeof *all.at, by_name);
	*out = all.at;
	return all.n;
}

static void read_city(const char *path, struct city *c)
{
	struct line *line;
	size_t cells = read_lines(path, &line), n = cells / DAYS;
	struct arena *a = &c->arena;
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	period_t *first = ARENA_ARRAY(a, period_t, n);
	int64_t *begin = ARENA_ARRAY(a, int64_t, n + 1), *id = ARENA_ARRAY(a, int64_t, n);
	c->units = ARENA_ARRAY(a, double, cells);
	c->demand = ARENA_ARRAY(a, double, cells);
	c->state = ARENA_ARRAY(a, uint8_t, cells);
	c->all_sold = ARENA_ARRAY(a, uint8_t, cells);
	c->share = ARENA_ARRAY(a, float, cells);
	for (size_t k = 0; k < cells; k++) {
		c->units[k] = line[k].sold;
		c->share[k] = (float)(line[k].hours / HOURS);
		c->all_sold[k] = line[k].sold > 0 ? DAY_SOLD : DAY_ZERO;
		c->state[k] = line[k].hours > 0 ? DAY_STOCKOUT : c->all_sold[k];
	}
	for (size_t i = 0; i < n; i++) {
		add_series(c, &key[i], line[i * DAYS].name);
		first[i] = line[i * DAYS].day;
		begin[i + 1] = begin[i] + DAYS;
	}
	c->drivers = (struct drivers){ .n = (int)n, .share_out = c->share };
	c->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = (int)n, .key = key, .id = id,
				   .first = first, .begin = begin, .units = c->units, .state = c->state,
				   .segment = ARENA_ARRAY(a, int32_t, n), .n_segment = 1,
				   .until = line[DAYS - 1].day, .drivers = &c->drivers };
	free(line);
}

static struct score score_window(const struct city *c, const struct panel *p, const struct forecast *f, int at)
{
	struct score s = { 0 };
	for (int i = 0; i < p->n; i++)
		for (int h = 0; h < STEPS; h++) {
			size_t k = (size_t)i * DAYS + (size_t)(at + h);
			double mean = f->used[i].method ? f->mean[i * STEPS + h] : (double)NAN;
			if (c->state[k] == DAY_STOCKOUT || isnan(mean))
				continue;
			s.forecast += mean;
			s.actual += c->units[k];
			s.error += fabs(mean - c->units[k]);
			s.square += (mean - c->units[k]) * (mean - c->units[k]);
			s.cases++;
		}
	return s;
}

static void window(struct city *c, const struct spec *spec, enum way way, int at, struct score *out)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct forecast f;
	const struct fit_context context = { .jobs = 2, .seed = 1 };
	struct panel past = panel_until(&c->panel, c->panel.first[0] + at - 1);
	void *model = NULL;
	past.state = way == AS_SOLD ? c->all_sold : c->state;
	past.demand = way == AS_SOLD ? NULL : c->demand;
	forecast_init(&f, &a, past.n, STEPS, 0, NULL, past.until);
	if (spec->method->fit(spec, &past, &context, &a, &model, &e)
	    || spec->method->predict(model, &past, &context, &a, &f, &e)) {
		fprintf(stderr, "%s\n", e.text);
		exit(1);
	}
	*out = score_window(c, &past, &f, at);
	if (spec->method->release)
		spec->method->release(model);
	arena_release(&a);
}

static void tell(const char *spec, enum way way, const struct score *s, const struct score *base)
{
	struct score all = { 0 };
	double gain = 0, square = 0;
	int won = 0;
	for (int w = 0; w < WINDOWS; w++) {
		double g = 1 - s[w].error / s[w].actual / (base[w].error / base[w].actual);
		all.forecast += s[w].forecast;
		all.actual += s[w].actual;
		all.error += s[w].error;
		all.square += s[w].square;
		all.cases += s[w].cases;
		gain += g / WINDOWS;
		square += g * g / WINDOWS;
		won += g > 0;
	}
	printf("%-28.28s %-8s bias %+6.2f %%  WAPE %.4f  RMSE %.4f  gain %+6.2f %% (se %.2f), %d of %d\n", spec,
	       way_name[way], 100 * (all.forecast / all.actual - 1), all.error / all.actual,
	       sqrt(all.square / all.cases), 100 * gain,
	       100 * sqrt((square - gain * gain) / (WINDOWS - 1)), won, WINDOWS);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "mean", "window_mean(window=14)", "seasonal_window_mean(window=4)",
					     "ses", "ets", "theta" };
	struct city c = { 0 };
	struct score score[N_WAY][WINDOWS];
	if (argc < 2)
		return 2;
	read_city(argv[1], &c);
	for (int k = 0; k < (argc > 2 ? argc - 2 : 6); k++) {
		const char *text = argc > 2 ? argv[k + 2] : usual[k];
		const struct spec *spec;
		struct err e = { 0 };
		if (spec_parse(text, &c.arena, &spec, &e))
			return fprintf(stderr, "%s\n", e.text), 2;
		for (int way = 0; way < N_WAY; way++) {
			demand_fill(&c.panel, way == FULL ? DEMAND_FULL : way == ESTIMATE ? DEMAND_IN_STOCK
							    : DEMAND_KNOWN, 2, c.demand);
			for (int w = 0; w < WINDOWS; w++)
				window(&c, spec, (enum way)way, FIRST_ORIGIN + w * STRIDE, &score[way][w]);
		}
		for (int way = 0; way < N_WAY; way++)
			tell(text, (enum way)way, score[way], score[IN_STOCK_ALONE]);
		fflush(stdout);
	}
	arena_release(&c.arena);
	return 0;
}
