/*
 * Invoice lines. Lines that are no sale of an article are left out with their count: postage, fees,
 * discounts and the like by their codes (those of the UCI Online Retail set and their kin), and lines
 * without a price, which are stock corrections ("damages", "lost"). A return is taken back from the
 * day of the sale it undoes where one of the same article, quantity and price is found before it;
 * else it stays on its own day.
 */
#include "config.h"
#include "io/intake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { OUT_NO_ARTICLE, OUT_NO_PRICE, OUT_NO_QUANTITY };

static int is_no_article(const char *code)
{
	static const char *const known[] = { "POST", "DOT", "D", "M", "S", "B", "C2", "C3", "CRUK",
					     "BANK CHARGES", "AMAZONFEE", "ADJUST", "ADJUST2", "SP1002",
					     "TEST001", "TEST002", "PACKING CHARGE" };
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		if (!strcasecmp(code, known[k]))
			return 1;
	return !strncasecmp(code, "gift_", 5);
}

enum status intake_invoice(struct intake *in, const struct csv_row *row, struct err *e)
{
	const struct layout *l = &in->layout;
	struct invoice_line line = { .line = row->line, .price = (double)NAN };
	int bad;
	(void)e;
	in->counts.rows++;
	if (row->field[l->at[ROLE_ITEM]].n && is_no_article(row->field[l->at[ROLE_ITEM]].at)) {
		in->left_out[OUT_NO_ARTICLE]++;
		return OK;
	}
	if (!intake_number(in, row, l->at[ROLE_UNITS], &line.units, &bad)) {
		in->left_out[OUT_NO_QUANTITY] += !bad;
		return OK;
	}
	if (l->at[ROLE_PRICE] >= 0) {
		if (!intake_number(in, row, l->at[ROLE_PRICE], &line.price, &bad) && bad)
			return OK;
		if (!(line.price > 0)) {
			in->left_out[OUT_NO_PRICE]++;
			return OK;
		}
	}
	line.day = intake_day(in, row, ROLE_DATE, NULL);
	int32_t store = line.day == DAY_NONE ? -1 : intake_store(in, row);
	int32_t item = store < 0 ? -1 : intake_item(in, row);
	if (item < 0)
		return OK;
	line.series = roster_series_of(&in->roster, store, item);
	VEC_PUSH(&in->invoice, line);
	return OK;
}

/* By article, quantity, price, day, line: each sale before the returns that may undo it. */
static int by_article(const void *a, const void *b)
{
	const struct invoice_line *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (fabs(x->units) != fabs(y->units))
		return fabs(x->units) < fabs(y->units) ? -1 : 1;
	double p = isnan(x->price) ? 0 : x->price, q = isnan(y->price) ? 0 : y->price;
	if (p != q)
		return p < q ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static int by_line(const void *a, const void *b)
{
	const struct invoice_line *x = a, *y = b;
	return x->line < y->line ? -1 : x->line > y->line;
}

static int same_article(const struct invoice_line *x, const struct invoice_line *y)
{
	return x->series == y->series && fabs(x->units) == fabs(y->units)
		&& (x->price == y->price || (isnan(x->price) && isnan(y->price)));
}

/* Each return goes to the day of the latest sale like it that no other return has taken. */
static int64_t match_returns(struct invoice_line *line, size_t n)
{
	VEC(day_t) sold = { 0 };
	int64_t matched = 0;
	for (size_t k = 0; k < n; k++) {
		if (k && !same_article(&line[k - 1], &line[k]))
			sold.n = 0;
		if (line[k].units > 0) {
			VEC_PUSH(&sold, line[k].day);
		} else if (line[k].units < 0 && sold.n) {
			line[k].day = sold.at[--sold.n];
			matched++;
		}
	}
	VEC_FREE(&sold);
	return matched;
}

enum status intake_invoice_end(struct intake *in, struct err *e)
{
	struct invoice_line *line = in->invoice.at;
	size_t n = in->invoice.n;
	enum status status = OK;
	if (n) {
		qsort(line, n, sizeof *line, by_article);
		in->matched = match_returns(line, n);
		qsort(line, n, sizeof *line, by_line);
	}
	for (size_t k = 0; !status && k < n; k++) {
		const struct invoice_line *l = &line[k];
		in->unmatched += l->units < 0;
		if (l->units < 0 && in->returns == RETURNS_KEPT_SEPARATE) {
			in->returned = intake_measure(in, ROLE_DRIVER, "returns", -1);
			status = intake_put(in, in->returned, l->series, l->day, -l->units, l->line, e);
		} else {
			status = intake_put(in, in->units, l->series, l->day, l->units, l->line, e);
		}
		if (!status && l->units > 0 && !isnan(l->price))
			status = intake_put(in, in->price, l->series, l->day, l->price, l->line, e);
	}
	in->unmatched -= in->matched;
	return status;
}
