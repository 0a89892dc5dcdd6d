/* What table.c and table_show.c share; no one else includes it. */
#ifndef REPORT_TABLE_PRIVATE_H
#define REPORT_TABLE_PRIVATE_H

#include "base/mem.h"
#include "report/table.h"

enum cell_kind { CELL_NONE, CELL_TEXT, CELL_INT, CELL_NUMBER, CELL_FLAG, CELL_SPARK };

struct cell {
	enum cell_kind kind;
	enum text_mark mark;
	int split;     /* SPARK: how many of the numbers are past */
	int64_t whole; /* INT, FLAG: the value; SPARK: how many numbers */
	union {
		const char *text;
		double number;
		const double *spark;
	};
};

struct table {
	const struct column *column; /* [n_column] */
	int n_column;
	enum text_mark mark;         /* of the next cell */
	VEC(struct cell) cell;       /* row by row */
	struct arena memory;         /* strings and numbers of the cells */
};

static inline const struct cell *cell_at(const struct table *t, int row, int column)
{
	return &t->cell.at[(size_t)row * (size_t)t->n_column + (size_t)column];
}

/* Decimals of a column: what it says, or what its values need. */
int column_digits(const struct table *t, int index);
/* What stands over the column, and under that; the unit may be NULL. */
const char *column_heading(const struct column *c);
const char *column_unit(const struct column *c);
/* Writes the table for people. */
void table_show(const struct table *t, const struct text_style *style, struct buf *out);

#endif
