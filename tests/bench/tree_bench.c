/*
 * Whole-panel methods over a panel in one file: backtest scores by tier, and the CPU that each spec took.
 *
 *     tree_bench FILE day|month WINDOWS STEP HORIZON m5|usual SPEC...
 *
 * FILE is CSV without quotes: a line of column names (store, item, then attributes as s:NAME of stores and
 * i:NAME of items, then `weight`, the revenue that weighs the series, then the number of the first day), and
 * a line a series, by (store, item) ascending, its values after the weight; an empty value is not known.
 * A spec `join` measures the reconciliation alone: sums of the sales at all nodes, and the join of HORIZON
 * steps of made-up means. m5: the nine levels of WSPL; usual: those of every night.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/buf.h"
#include "base/file.h"
#include "eval/backtest.h"
#include "model/tree.h"
#include "num/library.h"

#define ATTRIBUTES_MAX 16

static const double m5_level[] = { .005, .025, .165, .25, .5, .75, .835, .975, .995 };

struct input {
	struct arena arena;
	struct buf text;
	int n_attribute;
	struct attribute attribute[ATTRIBUTES_MAX];
	const char **name_of[ATTRIBUTES_MAX]; /* [n] */
	VEC(struct series_key) key;
	VEC(double) weight;
	VEC(double) units;
	VEC(uint8_t) state;
	VEC(int64_t) begin;
	VEC(period_t) first;
	struct drivers drivers;
	struct panel panel;
};

static char *cut(char **at)
{
	char *field = *at;
	*at += strcspn(*at, ",\n");
	if (**at)
		*(*at)++ = '\0';
	return field;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Numbers the values of an attribute. */
static void code(struct input *in, int k, int n)
{
	const char **sorted = ARENA_ARRAY(&in->arena, const char *, n + 1);
	int32_t *number = ARENA_ARRAY(&in->arena, int32_t, n + 1);
	int m = 0;
	memcpy(sorted, in->name_of[k], (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, by_text);
	for (int i = 0; i < n; i++)
		if (!m || strcmp(sorted[m - 1], sorted[i]))
			sorted[m++] = sorted[i];
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
			if (!strcmp(sorted[j], in->name_of[k][i]))
				number[i] = j;
	in->attribute[k].n_value = m;
	in->attribute[k].value = sorted;
	in->attribute[k].code = number;
}

static void read_row(struct input *in, char *line, period_t first)
{
	size_t n = in->key.n, known = 0;
	struct series_key key = { cut(&line), NULL };
	key.item = cut(&line);
	VEC_PUSH(&in->key, key);
	for (int k = 0; k < in->n_attribute; k++) {
		in->name_of[k] = xrealloc(in->name_of[k], (n + 1) * sizeof(char *));
		in->name_of[k][n] = cut(&line);
	}
	VEC_PUSH(&in->weight, atof(cut(&line)));
	period_t from = first;
	while (*line) {
		char *field = cut(&line);
		/* A series begins with its first known value. */
		if (!*field && !known) {
			from++;
			continue;
		}
		known++;
		double x = *field ? atof(field) : (double)NAN;
		VEC_PUSH(&in->units, x);
		VEC_PUSH(&in->state, (uint8_t)(isnan(x) ? DAY_MISSING : x > 0 ? DAY_SOLD : DAY_ZERO));
	}
	VEC_PUSH(&in->first, from);
	VEC_PUSH(&in->begin, (int64_t)in->units.n);
	if (from + (period_t)known - 1 > in->panel.until)
		in->panel.until = from + (period_t)known - 1;
}

static void read_input(const char *path, int month, struct input *in)
{
	struct err e = { 0 };
	if (file_read(path, &in->text, &e)) {
		fprintf(stderr, "%s\n", e.text);
		exit(2);
	}
	char *at = in->text.text, *head = at, *end = strchr(at, '\n');
	*end = 0;
	cut(&head);
	cut(&head);
	while (strncmp(head, "weight", 6)) {
		char *name = cut(&head);
		in->attribute[in->n_attribute++] = (struct attribute){ .name = name + 2, .of_store = *name == 's' };
	}
	cut(&head);
	period_t first = (period_t)atol(head);
	in->panel.until = INT32_MIN;
	VEC_PUSH(&in->begin, 0);
	for (at = end + 1; *at; at = end + 1) {
		end = at + strcspn(at, "\n");
		int last = !*end;
		*end = 0;
		read_row(in, at, first);
		if (last)
			break;
	}
	int n = (int)in->key.n;
	for (int k = 0; k < in->n_attribute; k++)
		code(in, k, n);
	in->drivers = (struct drivers){ .n = n, .n_attribute = in->n_attribute, .attribute = in->attribute };
	in->panel.calendar = (struct calendar){ month ? PERIOD_MONTH : PERIOD_DAY, 0 };
	in->panel.n = n;
	in->panel.n_segment = 1;
	in->panel.key = in->key.at;
	in->panel.id = ARENA_ARRAY(&in->arena, int64_t, n + 1);
	in->panel.segment = ARENA_ARRAY(&in->arena, int32_t, n + 1);
	in->panel.first = in->first.at;
	in->panel.begin = in->begin.at;
	in->panel.units = in->units.at;
	in->panel.state = in->state.at;
	in->panel.drivers = &in->drivers;
}

static void show(const struct score *score, int n, const char *method)
{
	static const char *const wanted[] = { "wrmsse", "wspl", "wape", "bias", "coverage_90", "covered_90",
					      "coverage_95", "covered_95", "covered_50" };
	printf("%-16s", "tier");
	for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
		printf(" %11s", wanted[k]);
	puts("");
	const char *last = "";
	for (int i = 0; i < n; i++) {
		if (strcmp(score[i].method, method)
		    || (strcmp(score[i].part, "tier") && strcmp(score[i].part, "window")))
			continue;
		if (!strcmp(score[i].member, last))
			continue;
		last = score[i].member;
		printf("%-16s", last);
		for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
			double value = (double)NAN;
			for (int j = i; j < n && !strcmp(score[j].member, last); j++)
				if (!strcmp(score[j].metric, wanted[k]))
					value = score[j].value;
			if (isnan(value))
				printf(" %11s", "-");
			else
				printf(" %11.4f", value);
		}
		puts("");
	}
}

/* The work of a night that reconciliation adds, but for the nodes' own methods. */
static void measure_join(const struct panel *p, const struct hierarchy *tiers, int n_step)
{
	struct arena a = { 0 };
	clock_t start = clock();
	struct tree t = { .leaves = p, .tiers = *tiers };
	node_panel_make(p, tiers, &a, &t.nodes);
	clock_t summed = clock();
	size_t n = (size_t)p->n, steps = (size_t)n_step, nodes = (size_t)t.nodes.panel.n;
	double *leaf = ARENA_ARRAY(&a, double, n * steps), *top = ARENA_ARRAY(&a, double, nodes * steps);
	for (int k = 0; k < tiers->n_tier; k++)
		t.middle = tiers->tier[k].n_node > tiers->tier[t.middle].n_node ? k : t.middle;
	size_t n_middle = (size_t)tiers->tier[t.middle].n_node;
	struct tree_errors errors = { ARENA_ARRAY(&a, double, nodes), ARENA_ARRAY(&a, double, n_middle),
				      ARENA_ARRAY(&a, double, n), NULL };
	struct tree_rule rule = { WLS, .5, .15, 0 };
	for (size_t c = 0; c < n * steps; c++)
		leaf[c] = 1 + (double)(c % 7);
	for (size_t i = 0; i < n; i++)
		errors.leaf[i] = 1;
	for (int k = 0; k < tiers->n_tier; k++)
		tree_sums(&t, k, leaf, n_step, top + (size_t)t.nodes.begin[k] * steps);
	for (size_t j = 0; j < nodes; j++) {
		errors.top[j] = top[j * steps];
		for (size_t h = 0; h < steps; h++)
			top[j * steps + h] *= 1 + .01 * (double)(j % 11);
	}
	for (size_t j = 0; j < n_middle; j++)
		errors.sum[j] = errors.top[(size_t)t.nodes.begin[t.middle] + j];
	int good = tree_join(&t, &errors, &rule, top, n_step, leaf);
	clock_t joined = clock();
	t.middle = -1;
	good = good && tree_join(&t, &errors, &rule, top, n_step, leaf);
	printf("%d series, %zu nodes, %d steps, %s: sums %.2f, join at the middle %.2f, at the leaves %.2f CPU"
	       " seconds\n", p->n, nodes, n_step, good ? "joined" : "not joined",
	       (double)(summed - start) / CLOCKS_PER_SEC, (double)(joined - summed) / CLOCKS_PER_SEC,
	       (double)(clock() - joined) / CLOCKS_PER_SEC);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	static struct input in;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy tree;
	const struct spec *spec;
	const struct score *score;
	if (argc < 8) {
		fputs("usage: tree_bench FILE day|month WINDOWS STEP HORIZON m5|usual SPEC...\n", stderr);
		return 2;
	}
	num_library_init();
	read_input(argv[1], !strcmp(argv[2], "month"), &in);
	int32_t *leaf = ARENA_ARRAY(&a, int32_t, in.panel.n + 1);
	for (int i = 0; i < in.panel.n; i++)
		leaf[i] = i;
	if (node_tiers(&in.panel, "", &a, &tree, &e))
		return 2;
	for (int k = 7; k < argc; k++) {
		clock_t start = clock();
		if (!strcmp(argv[k], "join")) {
			measure_join(&in.panel, &tree, atoi(argv[5]));
			continue;
		}
		if (spec_read(argv[k], &a, &spec, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 2;
		}
		int m5 = !strcmp(argv[6], "m5");
		struct backtest_setup setup = {
			.n_spec = 1, .spec = &spec, .name = (const char *const *)&argv[k],
			.calendar = in.panel.calendar, .windows = atoi(argv[3]), .step = atoi(argv[4]),
			.horizon = atoi(argv[5]), .n_level = m5 ? 9 : N_DEFAULT_LEVEL,
			.level = m5 ? m5_level : default_level, .context = { .jobs = 1, .seed = 1 }, .tree = &tree,
			.weighted = 1, .n_series = in.panel.n };
		setup.last = backtest_last_origin(in.panel.until, 0, setup.horizon);
		setup.first = in.panel.until;
		for (int i = 0; i < in.panel.n; i++)
			setup.first = in.panel.first[i] < setup.first ? in.panel.first[i] : setup.first;
		struct backtest *b = backtest_new(&setup);
		struct backtest_block block = { &in.panel, NULL, leaf, in.weight.at };
		if (backtest_block(b, &block, &e)) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
		int n = backtest_scores(b, &a, &score);
		printf("\n%s: %.1f CPU seconds\n", argv[k], (double)(clock() - start) / CLOCKS_PER_SEC);
		show(score, n, argv[k]);
		fflush(stdout);
		backtest_free(b);
	}
	return 0;
}
