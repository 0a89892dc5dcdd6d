/* ABC and shelf life, and both together. */
#include "config.h"
#include "life/segments.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"

#define ABC_A .80
#define ABC_B .95

const char *const abc_name[N_ABC] = { "A", "B", "C" };
const char *const shelf_name[N_SHELF] = { "keeps", "to 7 periods", "8 to 30", "over 30" };

/* A pair of margin and index: by margin, the largest first. */
static int by_margin(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return x[0] != y[0] ? (x[0] < y[0]) - (x[0] > y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* Margin of what a series sold. */
static double margin_of(const struct panel *p, int i, const double *v)
{
	struct series s = panel_series(p, i);
	double price = isnan(v[PARAMETER_PRICE]) ? 1 : v[PARAMETER_PRICE], units = 0;
	double cost = isnan(v[PARAMETER_UNIT_COST]) ? price * (1 - v[PARAMETER_MARGIN])
						    : v[PARAMETER_UNIT_COST];
	for (int t = 0; t < s.n; t++)
		units += s.units[t] > 0 ? s.units[t] : 0;
	return price > cost ? units * (price - cost) : 0;
}

static void rank_abc(const double *value, int n, int *abc)
{
	double (*pair)[2] = xcalloc((size_t)n + 1, sizeof *pair), sum = 0, running = 0;
	for (int i = 0; i < n; i++) {
		pair[i][0] = value[i];
		pair[i][1] = i;
		sum += value[i];
	}
	qsort(pair, (size_t)n, sizeof *pair, by_margin);
	for (int k = 0; k < n; k++) {
		abc[(int)pair[k][1]] = running < ABC_A * sum ? 0 : running < ABC_B * sum ? 1 : 2;
		running += pair[k][0];
	}
	free(pair);
}

void abc_of(const double *value, int n, const char **out)
{
	int *abc = NEW_ARRAY(int, n + 1);
	rank_abc(value, n, abc);
	for (int i = 0; i < n; i++)
		out[i] = abc_name[abc[i]];
	free(abc);
}

static void fill_abc(const struct panel *p, const struct parameters *parameters, int *abc)
{
	double *value = NEW_ARRAY(double, p->n + 1);
	for (int i = 0; i < p->n; i++)
		value[i] = margin_of(p, i, parameters[i].value);
	rank_abc(value, p->n, abc);
	free(value);
}

void segments_of(const struct panel *p, const struct parameters *parameters, struct arena *a,
		 struct segments *out)
{
	const char **name = ARENA_ARRAY(a, const char *, N_ABC * N_SHELF);
	*out = (struct segments){ .abc = ARENA_ARRAY(a, int, p->n + 1), .shelf = ARENA_ARRAY(a, int, p->n + 1),
				  .of = ARENA_ARRAY(a, int, p->n + 1), .n_segment = N_ABC * N_SHELF };
	for (int k = 0; k < N_ABC * N_SHELF; k++) {
		struct buf text = { 0 };
		buf_addf(&text, "%s, %s", abc_name[k / N_SHELF], shelf_name[k % N_SHELF]);
		name[k] = arena_strdup(a, text.text);
		buf_release(&text);
	}
	out->name = name;
	fill_abc(p, parameters, out->abc);
	for (int i = 0; i < p->n; i++) {
		double life = parameters[i].value[PARAMETER_SHELF_DAYS];
		out->shelf[i] = !(life > 0) ? 0 : life <= 7 ? 1 : life <= 30 ? 2 : 3;
		out->of[i] = out->abc[i] * N_SHELF + out->shelf[i];
	}
}
