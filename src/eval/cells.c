/* Sums by cell, spec and metric. */
#include "config.h"
#include "eval/cells.h"

#include <stdlib.h>
#include <string.h>

int cells_part(struct cells *c, const char *name)
{
	for (size_t k = 0; k < c->part.n; k++)
		if (!strcmp(c->part.at[k].name, name))
			return (int)k;
	VEC_PUSH(&c->part, (struct cell_part){ .name = name });
	return (int)c->part.n - 1;
}

static int cell_new(struct cells *c)
{
	size_t each = (size_t)c->n_spec * cells_stride(c), used = (size_t)c->n_cell * each;
	if (used + each > c->room) {
		c->room = mem_room(c->room, used + each);
		c->sum = xrealloc(c->sum, c->room * sizeof *c->sum);
	}
	memset(c->sum + used, 0, each * sizeof *c->sum);
	return c->n_cell++;
}

int cells_at(struct cells *c, int part, const char *member)
{
	struct cell_part *p = &c->part.at[part];
	size_t at = (size_t)symtab_intern(&p->member, member, strlen(member));
	if (at == p->cell.n)
		VEC_PUSH(&p->cell, cell_new(c));
	return p->cell.at[at];
}

double *cells_sum(const struct cells *c, int cell, int spec)
{
	return c->sum + ((size_t)cell * (size_t)c->n_spec + (size_t)spec) * cells_stride(c);
}

void cells_add(const struct cells *c, const struct pairs *p, double *sum)
{
	for (int m = 0; m < c->n_metric; m++)
		c->metric[m].add(&c->metric[m], p, sum + (size_t)m * METRIC_SUMS);
}

void cells_release(struct cells *c)
{
	for (size_t k = 0; k < c->part.n; k++) {
		symtab_release(&c->part.at[k].member);
		VEC_FREE(&c->part.at[k].cell);
	}
	VEC_FREE(&c->part);
	free(c->sum);
	memset(c, 0, sizeof *c);
}
