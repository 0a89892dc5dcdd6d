/*
 * Any spec over a long CSV file of series (unique_id,ds,y, each series in order), without a db: what
 * the engine itself costs and reaches, beside other programs on the same file.
 *
 *     make -C build tests/bench/series_bench
 *     build/tests/bench/series_bench 'ets' in.csv 7 0 28 out.csv [jobs [limit]]
 *
 * Arguments: spec, file, season, longer season (0: none), steps. Writes unique_id,ds,mean and the
 * bounds of the 80 and 95 % intervals, and prints one line of JSON: CPU seconds of fit and predict,
 * peak memory, and how many series fell down the ladder.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/process.h"
#include "model/method.h"
#include "num/library.h"

enum { N_LEVEL = 5 };
static const double level[N_LEVEL] = { .025, .1, .5, .9, .975 };

struct set {
	struct arena arena;
	VEC(struct series_key) key;
	VEC(int64_t) begin, id;
	VEC(period_t) first;
	VEC(int32_t) segment;
	VEC(double) units;
	VEC(uint8_t) state;
};

static void add_row(struct set *s, const char *id, double y, size_t limit)
{
	if (!s->key.n || strcmp(s->key.at[s->key.n - 1].item, id)) {
		if (limit && s->key.n == limit)
			return;
		VEC_PUSH(&s->key, (struct series_key){ "s", arena_strdup(&s->arena, id) });
		VEC_PUSH(&s->begin, (int64_t)s->units.n);
		VEC_PUSH(&s->id, (int64_t)s->key.n);
		VEC_PUSH(&s->segment, 0);
	}
	VEC_PUSH(&s->units, y);
	VEC_PUSH(&s->state, (uint8_t)(isnan(y) ? DAY_MISSING : y == 0 ? DAY_ZERO : DAY_SOLD));
}

static void read_set(struct set *s, const char *path, size_t limit)
{
	char line[512], id[256] = "", y[64];
	FILE *f = fopen(path, "r");
	if (!f || !fgets(line, sizeof line, f)) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(2);
	}
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "\"%255[^\"]\",%*[^,],%63s", id, y) == 2
		    || sscanf(line, "%255[^,],%*[^,],%63s", id, y) == 2)
			add_row(s, id, !strcmp(y, "NA") ? (double)NAN : strtod(y, NULL), limit);
	fclose(f);
	VEC_PUSH(&s->begin, (int64_t)s->units.n);
	/* All end at period 0, so that one origin serves them all. */
	for (size_t i = 0; i < s->key.n; i++)
		VEC_PUSH(&s->first, (period_t)(1 - (s->begin.at[i + 1] - s->begin.at[i])));
}

static void check(enum status status, const struct err *e)
{
	if (!status)
		return;
	fprintf(stderr, "%s\n", e->text);
	exit(2);
}

static void write_forecast(const char *path, const struct forecast *f, const struct set *s)
{
	FILE *out = fopen(path, "w");
	if (!out)
		exit(6);
	fprintf(out, "unique_id,ds,mean,lo-80,hi-80,lo-95,hi-95\n");
	for (int i = 0; i < f->n; i++)
		for (int h = 0; h < f->n_step; h++) {
			const double *q = f->quantile + ((size_t)i * (size_t)f->n_step + (size_t)h) * N_LEVEL;
			fprintf(out, "%s,%d,%.10g,%.10g,%.10g,%.10g,%.10g\n", s->key.at[i].item, h + 1,
				f->mean[(size_t)i * (size_t)f->n_step + (size_t)h], q[1], q[3], q[0], q[4]);
		}
	fclose(out);
}

int main(int argc, char **argv)
{
	struct set s = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	void *model;
	if (argc < 7)
		return 2;
	num_library_init();
	read_set(&s, argv[2], argc > 8 ? (size_t)atoi(argv[8]) : 0);
	struct fit_context context = { .jobs = argc > 7 ? atoi(argv[7]) : 1, .seed = 1,
				       .season = atoi(argv[3]), .cycle = atof(argv[4]) };
	struct panel p = { .calendar = { PERIOD_NUMBER, 0 }, .n = (int)s.key.n, .until = 0,
			   .key = s.key.at, .id = s.id.at, .first = s.first.at, .begin = s.begin.at,
			   .units = s.units.at, .state = s.state.at, .segment = s.segment.at,
			   .n_segment = 1 };
	struct forecast f;
	check(spec_read(argv[1], &a, &spec, &e), &e);
	if (strcmp(spec->method->name, "fallback")) {
		struct buf text = { 0 };
		buf_adds(&text, "fallback(");
		spec_write(spec, &text);
		buf_adds(&text, ")");
		check(spec_parse(text.text, &a, &spec, &e), &e);
		buf_release(&text);
	}
	forecast_init(&f, &a, p.n, atoi(argv[5]), N_LEVEL, level, 0);
	double start = process_cpu();
	check(spec->method->fit(spec, &p, &context, &a, &model, &e), &e);
	double fitted = process_cpu();
	check(spec->method->predict(model, &p, &context, &a, &f, &e), &e);
	double done = process_cpu();
	check(forecast_check(&f, p.key, &e), &e);
	int fell = 0;
	for (int i = 0; i < f.n; i++)
		fell += f.used[i].rung != RUNG_SPEC;
	write_forecast(argv[6], &f, &s);
	printf("{\"spec\": \"%s\", \"series\": %d, \"fit_ms\": %.3f, \"predict_ms\": %.3f, "
	       "\"peak_mb\": %.0f, \"fell\": %d}\n", argv[1], f.n, 1000 * (fitted - start) / f.n,
	       1000 * (done - fitted) / f.n, (double)mem_peak() / 1e6, fell);
	return 0;
}
