/* What is known of the drivers ahead. */
#include "config.h"
#include "life/coverage.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"

/* A driver's entry, made where it is new. */
static struct coverage_driver *entry_of(struct coverage *c, const char *name, enum driver_missing missing,
					struct arena *a)
{
	for (int k = 0; k < c->n; k++)
		if (!strcmp(c->driver[k].name, name))
			return &c->driver[k];
	if (c->n == c->room) {
		struct coverage_driver *more = ARENA_ARRAY(a, struct coverage_driver, 2 * c->room + 8);
		if (c->n)
			memcpy(more, c->driver, (size_t)c->n * sizeof *more);
		c->driver = more;
		c->room = 2 * c->room + 8;
	}
	c->driver[c->n] = (struct coverage_driver){ .name = arena_strdup(a, name), .missing = missing };
	return &c->driver[c->n++];
}

/* One row of the matrix under way. */
struct row {
	struct coverage *c;
	struct arena *arena;
	const struct series_key *key;
	struct buf *note;
};

static void lacks(struct row *r, const char *name, enum driver_missing missing)
{
	struct coverage_driver *d = entry_of(r->c, name, missing, r->arena);
	if (!d->series++) {
		d->store = arena_strdup(r->arena, r->key->store);
		d->item = arena_strdup(r->arena, r->key->item);
	}
	buf_addf(r->note, "%s%s", r->note->n ? "," : "assumed=", name);
}

/* Is a column's value assumed for a series in some period ahead? What holds for one series of a row holds
 * for all: seen[n_row] keeps it, 0 not asked yet, 1 no, 2 yes. */
static int column_lacks(const struct panel *past, int k, int i, int horizon, uint8_t *seen)
{
	const struct driver_column *c = &past->drivers->column[k];
	uint8_t *known = &seen[c->row_of ? c->row_of[i] : 0];
	int assumed = 0;
	for (int h = 1; !*known && !assumed && h <= horizon; h++)
		driver_value(past, k, i, past->until + h, &assumed);
	if (!*known)
		*known = assumed ? 2 : 1;
	return *known == 2;
}

/* Last step ahead in which a series is listed; 0: in none. */
static int last_listed(const struct panel *p, int i, int horizon)
{
	while (horizon > 0 && !panel_listed(p, i, p->until + horizon))
		horizon--;
	return horizon;
}

void coverage_add(struct coverage *c, const struct panel *past, int horizon, struct arena *a, const char **note)
{
	const struct drivers *d = past->drivers;
	const struct promotion_span *none;
	struct buf text = { 0 };
	uint8_t **seen = NEW_ARRAY(uint8_t *, (d ? d->n_column : 0) + 1);
	for (int k = 0; d && k < d->n_column; k++)
		seen[k] = NEW_ARRAY(uint8_t, d->column[k].n_row + 1);
	for (int i = 0; i < past->n; i++) {
		struct row row = { c, a, &past->key[i], &text };
		int last = d ? last_listed(past, i, horizon) : 0, price = 0, promotion = 0;
		buf_clear(&text);
		if (last && d->price_known == DRIVER_KNOWN)
			driver_price(past, i, past->until + last, &price);
		if (last && d->promotion_known == DRIVER_KNOWN)
			driver_promotions(past, i, past->until + last, past->until + last, &none, 0, &promotion);
		if (price)
			lacks(&row, "price", MISSING_CARRY);
		if (promotion)
			lacks(&row, "promotion", MISSING_ZERO);
		for (int k = 0; last && k < d->n_column; k++)
			if (d->column[k].known == DRIVER_KNOWN && column_lacks(past, k, i, horizon, seen[k]))
				lacks(&row, d->column[k].name, d->column[k].missing);
		if (note)
			note[i] = text.n ? arena_strdup(a, text.text) : NULL;
	}
	for (int k = 0; d && k < d->n_column; k++)
		free(seen[k]);
	free(seen);
	buf_release(&text);
}

void coverage_warn(const struct coverage *c)
{
	static const char *const then[] = { "the last stands", "0 is taken", "it stays unknown" };
	for (int k = 0; k < c->n; k++) {
		const struct coverage_driver *d = &c->driver[k];
		if (!strcmp(d->name, "price"))
			log_warning("prices of %d series end before the horizon (%s/%s first): the last stand",
				    d->series, d->store, d->item);
		else if (!strcmp(d->name, "promotion"))
			log_warning("the plan of promotions of %d series ends before the horizon (%s/%s first):"
				    " none are taken to run", d->series, d->store, d->item);
		else
			log_warning("driver '%s' of %d series ends before the horizon (%s/%s first): %s",
				    d->name, d->series, d->store, d->item, then[d->missing]);
	}
}

void coverage_flag(const struct panel *past, struct arena *a, struct forecast *out)
{
	struct coverage all = { 0 };
	struct arena scratch = { 0 };
	const char **note = ARENA_ARRAY(&scratch, const char *, past->n + 1);
	coverage_add(&all, past, out->n_step, &scratch, note);
	for (int i = 0; i < past->n; i++) {
		struct made_by *used = &out->used[i];
		struct buf text = { 0 };
		if (!note[i])
			continue;
		buf_addf(&text, "%s%s%s", used->reason ? used->reason : "", used->reason ? "; " : "", note[i]);
		used->reason = arena_strdup(a, text.text);
		buf_release(&text);
	}
	arena_release(&scratch);
}
