/*
 * What borrowed seasons are worth on M5: every 30th of the 30,490 series, a method by itself and with its
 * seasons borrowed, at four origins 28 days apart. Run by hand:
 *
 *     make tests/bench/borrow_bench && tests/bench/borrow_bench sales_all_stores_d1495_d1941.csv [PART...]
 *
 * Prints, a line a method: mean RMSSE of the sparse series (half of the days without sale or more) and of
 * the others with the mean gain over the origins, WAPE, and the bias of the sum by weekday.
 */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/method.h"

#define DAYS 447
#define FIRST 1495
#define STEPS 28
#define ORIGINS 4

struct set {
	struct panel panel;
	struct drivers drivers;
	struct arena arena;
};

struct line {
	char *store, *item, *dept, *days;
};

static int by_key(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->store, y->store);
	return order ? order : strcmp(x->item, y->item);
}

static char *cut(char **at)
{
	char *field = *at;
	*at += strcspn(*at, ",\r\n");
	if (**at)
		*(*at)++ = '\0';
	return field;
}

static struct line *read_lines(const char *path, int every, int *n, struct arena *a)
{
	static char text[1 << 16];
	VEC(struct line) all = { 0 };
	FILE *f = fopen(path, "r");
	if (!f || !fgets(text, sizeof text, f))
		exit((perror(path), 1));
	for (int k = 0; fgets(text, sizeof text, f); k++) {
		char *at, *column[6];
		if (k % every)
			continue;
		at = arena_strdup(a, text);
		for (int c = 0; c < 6; c++)
			column[c] = cut(&at);
		VEC_PUSH(&all, (struct line){ column[4], column[1], column[2], at });
	}
	fclose(f);
	qsort(all.at, all.n, sizeof *all.at, by_key);
	*n = (int)all.n;
	return all.at;
}

static void read_set(const char *path, int every, struct set *s)
{
	static const char *const dept[] = { "FOODS_1", "FOODS_2", "FOODS_3", "HOBBIES_1", "HOBBIES_2",
					    "HOUSEHOLD_1", "HOUSEHOLD_2" };
	struct arena *a = &s->arena;
	int n;
	struct line *line = read_lines(path, every, &n, a);
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	period_t *first = ARENA_ARRAY(a, period_t, n);
	int64_t *begin = ARENA_ARRAY(a, int64_t, n + 1);
	double *units = ARENA_ARRAY(a, double, n * DAYS);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, n * DAYS);
	int32_t *code = ARENA_ARRAY(a, int32_t, n);
	struct attribute *attribute = ARENA_ARRAY(a, struct attribute, 1);
	for (int i = 0; i < n; i++) {
		int64_t at = begin[i];
		int begun = 0;
		key[i] = (struct series_key){ line[i].store, line[i].item };
		for (int k = 0; k < 7; k++)
			code[i] = strcmp(dept[k], line[i].dept) ? code[i] : k;
		first[i] = FIRST;
		for (int t = 0; t < DAYS; t++) {
			double v = strtod(cut(&line[i].days), NULL);
			begun |= v > 0;
			if (!begun) {
				first[i]++;
				continue;
			}
			units[at] = v;
			state[at++] = v > 0 ? DAY_SOLD : DAY_ZERO;
		}
		begin[i + 1] = at;
	}
	*attribute = (struct attribute){ "dept", 0, 7, dept, code };
	s->drivers = (struct drivers){ .n = n, .n_attribute = 1, .attribute = attribute };
	s->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = n, .key = key,
				   .id = ARENA_ARRAY(a, int64_t, n), .first = first, .begin = begin,
				   .units = units, .state = state, .segment = code, .n_segment = 7,
				   .until = FIRST + DAYS - 1, .drivers = &s->drivers };
	free(line);
}

struct score {
	double rmsse[2], n[2]; /* others, sparse */
	double error, actual, day_said[7], day_actual[7];
};

static void score_series(const struct panel *p, const struct forecast *f, int i, struct score *r)
{
	struct series s = panel_series(p, i);
	int n = (int)(f->origin - s.first + 1), zeros = 0;
	double scale = 0, square = 0;
	if (n < 60 || !f->used[i].method)
		return;
	for (int t = 0; t < n; t++) {
		zeros += s.units[t] == 0;
		scale += t ? (s.units[t] - s.units[t - 1]) * (s.units[t] - s.units[t - 1]) / (n - 1) : 0;
	}
	for (int h = 0; h < STEPS; h++) {
		double said = f->mean[i * STEPS + h], actual = s.units[n + h];
		square += (said - actual) * (said - actual) / STEPS;
		r->error += fabs(said - actual);
		r->actual += actual;
		r->day_said[(f->origin + 1 + h) % 7] += said;
		r->day_actual[(f->origin + 1 + h) % 7] += actual;
	}
	if (!(scale > 0))
		return;
	r->rmsse[2 * zeros >= n] += sqrt(square / scale);
	r->n[2 * zeros >= n]++;
}

static void play(const struct set *set, const char *text, struct score *out)
{
	for (int w = 0; w < ORIGINS; w++) {
		struct arena a = { 0 };
		struct err e = { 0 };
		const struct spec *spec;
		struct forecast f;
		void *model = NULL;
		const struct fit_context context = { .jobs = 2, .seed = 1 };
		struct panel past = panel_until(&set->panel, set->panel.until - STEPS * (ORIGINS - w));
		forecast_init(&f, &a, past.n, STEPS, 0, NULL, past.until);
		if (spec_parse(text, &a, &spec, &e) || spec->method->fit(spec, &past, &context, &a, &model, &e)
		    || spec->method->predict(model, &past, &context, &a, &f, &e))
			exit((fprintf(stderr, "%s\n", e.text), 1));
		out[w] = (struct score){ { 0 }, { 0 }, 0, 0, { 0 }, { 0 } };
		for (int i = 0; i < past.n; i++)
			score_series(&set->panel, &f, i, &out[w]);
		if (spec->method->release)
			spec->method->release(model);
		arena_release(&a);
	}
}

static void tell(const char *text, const struct score *s, const struct score *base)
{
	double gain[2] = { 0, 0 }, rmsse[2] = { 0, 0 }, said[7] = { 0 }, actual[7] = { 0 }, wape = 0, worst = 0;
	int won[2] = { 0, 0 };
	for (int w = 0; w < ORIGINS; w++) {
		for (int k = 0; k < 2; k++) {
			double g = 1 - s[w].rmsse[k] / s[w].n[k] / (base[w].rmsse[k] / base[w].n[k]);
			rmsse[k] += s[w].rmsse[k] / s[w].n[k] / ORIGINS;
			gain[k] += g / ORIGINS;
			won[k] += g > 0;
		}
		wape += s[w].error / s[w].actual / ORIGINS;
		for (int d = 0; d < 7; d++) {
			said[d] += s[w].day_said[d];
			actual[d] += s[w].day_actual[d];
		}
	}
	printf("%-24s sparse %.4f (%+.2f %%, %d of %d)  others %.4f (%+.2f %%, %d of %d)  WAPE %.4f  by day", text,
	       rmsse[1], 100 * gain[1], won[1], ORIGINS, rmsse[0], 100 * gain[0], won[0], ORIGINS, wape);
	for (int d = 0; d < 7; d++) {
		double bias = 100 * (said[d] / actual[d] - 1);
		worst = fabs(bias) > worst ? fabs(bias) : worst;
		printf(" %+.1f", bias);
	}
	printf("  worst %.1f\n", worst);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "ses", "tsb", "negbin", "ets(season=1)", "window_mean(window=56)" };
	struct set set = { .drivers = { 0 } };
	struct score base[ORIGINS], own[ORIGINS];
	if (argc < 2)
		return 2;
	read_set(argv[1], 30, &set);
	for (int k = 0; k < (argc > 2 ? argc - 2 : 5); k++) {
		const char *part = argc > 2 ? argv[k + 2] : usual[k];
		char text[200];
		play(&set, part, base);
		tell(part, base, base);
		snprintf(text, sizeof text, "borrow(%s)", part);
		play(&set, text, own);
		tell(text, own, base);
	}
	arena_release(&set.arena);
	return 0;
}
