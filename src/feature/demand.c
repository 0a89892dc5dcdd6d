/* Cleaned demand: what was sold on days in stock. */
#include "config.h"
#include "feature/demand.h"

#include <math.h>
#include "base/par.h"

#define CHUNK 64

struct fill {
	const struct panel *panel;
	double *demand;
};

static void fill_some(void *context, size_t from, size_t to, int worker)
{
	const struct fill *f = context;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct series s = panel_series(f->panel, (int)i);
		int64_t begin = f->panel->begin[i], end = f->panel->begin[i + 1];
		series_demand(&s, f->demand + begin);
		for (int64_t k = begin + s.n; k < end; k++)
			f->demand[k] = NAN;
	}
}

void demand_fill(const struct panel *p, int uncensor, int jobs, double *demand)
{
	struct fill f = { p, demand };
	(void)uncensor;
	par_for((size_t)p->n, CHUNK, jobs, fill_some, &f);
}
