/* Columns of prices, promotions, events and known drivers. */
#include "config.h"
#include "model/cause.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SPANS 512      /* promotions of a series in a stretch at most */
#define EVENTS 16      /* events of a day at most */
#define TYPES_MAX 8    /* types of events with columns of their own */

/* ---- which columns ---- */

static void add(struct causes *c, struct arena *a, enum cause_kind kind, int number, int sign,
		const char *format, ...) PRINTF(6, 7);
static void add(struct causes *c, struct arena *a, enum cause_kind kind, int number, int sign,
		const char *format, ...)
{
	char name[200];
	va_list args;
	if (c->n == CAUSES_MAX)
		return;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	c->at[c->n++] = (struct cause){ kind, number, (signed char)sign, arena_strdup(a, name) };
}

/* The price paid on a day of a promotion and the regular one before it; false: there is no telling. */
static int promotion_price(const struct panel *p, int i, const struct promotion_span *s, period_t period,
			   double *paid, double *regular)
{
	double price = driver_price(p, i, period, NULL);
	*regular = driver_price(p, i, s->from - 1, NULL);
	if (isnan(*regular))
		*regular = isnan(price) ? 1 : price;
	*paid = isnan(price) ? *regular : price;
	/* The table of prices may or may not have the promotion's price in it. */
	if (!isnan(s->depth) && s->depth < 1)
		*paid = fmin(*paid, *regular * (1 - s->depth));
	return *paid > 0 && *regular > 0;
}

/* Mean depth of each mechanic over all its promotions. */
static const double *mean_depths(const struct panel *p, struct arena *a)
{
	const struct drivers *d = p->drivers;
	double *sum = ARENA_ARRAY(a, double, d->n_mechanic + 1), *n = ARENA_ARRAY(a, double, d->n_mechanic + 1);
	for (int i = 0; d->promotion_begin && i < p->n; i++)
		for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++) {
			const struct promotion_span *s = &d->promotion[k];
			double paid, regular;
			if (s->from > p->until || !promotion_price(p, i, s, s->from, &paid, &regular))
				continue;
			sum[s->mechanic] += log(paid / regular);
			n[s->mechanic] += 1;
		}
	for (int m = 0; m < d->n_mechanic; m++)
		sum[m] = n[m] > 0 ? sum[m] / n[m] : 0;
	return sum;
}

/* Does a promotion tell how deep it is? */
static int depths_told(const struct drivers *d)
{
	for (int64_t k = 0; d->promotion_begin && k < d->promotion_begin[d->n]; k++)
		if (d->promotion[k].depth > 0)
			return 1;
	return 0;
}

static void list_events(const struct drivers *d, int how, struct arena *a, struct causes *out)
{
	int types = d->n_event_type < TYPES_MAX ? d->n_event_type : TYPES_MAX;
	for (int t = 0; d->n_event && t < types; t++)
		add(out, a, CAUSE_EVENT, t, 0, "event %s", d->event_type[t]);
	if (d->n_event && (how & CAUSES_COMPACT)) {
		add(out, a, CAUSE_EVE, -1, 0, "before event");
		add(out, a, CAUSE_MORROW, -1, 0, "after event");
	}
	for (int t = 0; d->n_event && !(how & CAUSES_COMPACT) && t < types; t++) {
		add(out, a, CAUSE_EVE, t, 0, "before %s", d->event_type[t]);
		add(out, a, CAUSE_MORROW, t, 0, "after %s", d->event_type[t]);
	}
}

void causes_list(const struct panel *p, int how, struct arena *a, struct causes *out)
{
	const struct drivers *d = p->drivers;
	int days = p->calendar.kind == PERIOD_DAY;
	memset(out, 0, sizeof *out);
	if (!d)
		return;
	int price = d->price_begin && !((how & CAUSES_AHEAD) && d->price_known == DRIVER_PAST);
	int promotion = d->promotion_begin && !((how & CAUSES_AHEAD) && d->promotion_known == DRIVER_PAST);
	if (price || (promotion && depths_told(d)))
		add(out, a, CAUSE_PRICE, 0, -1, "price");
	for (int m = 0; promotion && m < d->n_mechanic; m++)
		add(out, a, CAUSE_MECHANIC, m, 1, "promotion %s", d->mechanic[m]);
	if (promotion && d->n_mechanic && (how & CAUSES_SHAPE) && days)
		for (int k = 0; k < CAUSE_SHAPE_DAYS; k++)
			add(out, a, CAUSE_DAY, k, 0, "promotion day %d", k + 1);
	if (promotion && days)
		add(out, a, CAUSE_LEAD, 0, -1, "before promotion");
	if (promotion)
		add(out, a, CAUSE_TAIL, 0, -1, "after promotion");
	list_events(d, how, a, out);
	for (int k = 0; k < d->n_column; k++)
		if (d->column[k].known == DRIVER_KNOWN || !(how & CAUSES_AHEAD))
			add(out, a, CAUSE_COLUMN, k, 0, "%s", d->column[k].name);
	if (promotion && (how & CAUSES_CENTRED))
		out->depth = mean_depths(p, a);
}

/* ---- their values ---- */

struct stretch {
	const struct panel *p;
	const struct causes *c;
	const struct cause_place *place;
	period_t from;
	int n;
	double *x;
	uint8_t *running;        /* [n] 1: a promotion runs */
	double *log_price;       /* [n] */
	int mechanic_at, day_at, lead_at, tail_at; /* first column of a kind; -1: none */
};

static int first_of(const struct causes *c, enum cause_kind kind)
{
	for (int k = 0; k < c->n; k++)
		if (c->at[k].kind == kind)
			return k;
	return -1;
}

static void set(struct stretch *s, int t, int column)
{
	if (column >= 0 && t >= 0 && t < s->n)
		s->x[(size_t)t * (size_t)s->c->n + (size_t)column] = 1;
}

static int is_shut(const struct stretch *s, period_t period)
{
	return s->p->calendar.kind == PERIOD_DAY && (s->place->shut >> day_of_week(period) & 1);
}

static void regular_prices(struct stretch *s)
{
	double reference = s->place->reference;
	if (!(reference > 0))
		reference = cause_reference(s->p, s->place->i);
	for (int t = 0; t < s->n; t++) {
		double price = driver_price(s->p, s->place->i, s->from + t, NULL);
		s->log_price[t] = price > 0 && reference > 0 ? log(price / reference) : 0;
	}
}

/* Days of a promotion: its mechanic, its day, its price in the place of the regular one. */
static void paint_running(struct stretch *s, const struct promotion_span *span)
{
	int open = 0;
	double reference = s->place->reference;
	if (!(reference > 0))
		reference = cause_reference(s->p, s->place->i);
	for (period_t d = span->from; d <= span->until && d < s->from + s->n; d++) {
		int t = d - s->from, day = open;
		double paid, regular;
		open += !is_shut(s, d);
		if (t < 0)
			continue;
		if (!s->running[t] && promotion_price(s->p, s->place->i, span, d, &paid, &regular))
			s->log_price[t] = (reference > 0 ? log(regular / reference) : 0) + log(paid / regular)
				- (s->c->depth ? s->c->depth[span->mechanic] : 0);
		s->running[t] = 1;
		if (s->mechanic_at >= 0)
			set(s, t, s->mechanic_at + span->mechanic);
		if (s->day_at >= 0)
			set(s, t, s->day_at + (day < CAUSE_SHAPE_DAYS ? day : CAUSE_SHAPE_DAYS - 1));
	}
}

static void paint_beside(struct stretch *s, const struct promotion_span *span)
{
	int days = s->p->calendar.kind == PERIOD_DAY, open = 0;
	for (int k = 1; k <= CAUSE_BEFORE && days; k++) {
		int t = span->from - k - s->from;
		if (t >= 0 && t < s->n && !s->running[t])
			set(s, t, s->lead_at);
	}
	for (period_t d = span->until + 1; open < (days ? CAUSE_DIP : 1); d++) {
		int t = d - s->from;
		if (t >= s->n)
			break;
		if (is_shut(s, d))
			continue;
		open++;
		if (t >= 0 && !s->running[t])
			set(s, t, s->tail_at);
	}
}

static void promotions(struct stretch *s, struct arena *scratch)
{
	const struct promotion_span **span = ARENA_ARRAY(scratch, const struct promotion_span *, SPANS);
	int n = driver_promotions(s->p, s->place->i, s->from - 2 * 7, s->from + s->n - 1 + CAUSE_BEFORE, span,
				  SPANS, NULL);
	n = n < SPANS ? n : SPANS;
	for (int k = 0; k < n; k++)
		paint_running(s, span[k]);
	for (int k = 0; k < n; k++)
		paint_beside(s, span[k]);
}

/* Marks the events of a day in the columns about it. */
static void paint_event(struct stretch *s, period_t period, int type)
{
	int t = period - s->from;
	for (int k = 0; k < s->c->n; k++) {
		const struct cause *c = &s->c->at[k];
		int mine = c->number == type || c->number < 0;
		if (c->kind == CAUSE_EVENT && c->number == type)
			set(s, t, k);
		for (int far = 1; c->kind == CAUSE_EVE && mine && far <= CAUSE_BEFORE; far++)
			set(s, t - far, k);
		for (int far = 1; c->kind == CAUSE_MORROW && mine && far <= CAUSE_AFTER; far++)
			set(s, t + far, k);
	}
}

static void events(struct stretch *s)
{
	const struct event_day *event[EVENTS];
	if (first_of(s->c, CAUSE_EVENT) < 0)
		return;
	for (period_t d = s->from - CAUSE_AFTER; d < s->from + s->n + CAUSE_BEFORE; d++) {
		int n = driver_events(s->p, s->place->i, d, event, EVENTS);
		for (int k = 0; k < n && k < EVENTS; k++)
			paint_event(s, d, event[k]->type);
	}
}

static void columns(struct stretch *s)
{
	size_t k = (size_t)s->c->n;
	for (int j = 0; j < s->c->n; j++)
		for (int t = 0; t < s->n; t++) {
			double *x = &s->x[(size_t)t * k + (size_t)j];
			if (s->c->at[j].kind == CAUSE_PRICE)
				*x = s->log_price[t];
			else if (s->c->at[j].kind == CAUSE_COLUMN)
				*x = driver_value(s->p, s->c->at[j].number, s->place->i, s->from + t, NULL);
			if (!isfinite(*x))
				*x = 0;
		}
}

void causes_fill(const struct panel *p, const struct causes *c, const struct cause_place *place,
		 period_t from, int n, struct arena *scratch, double *x)
{
	struct stretch s = { p, c, place, from, n, x, ARENA_ARRAY(scratch, uint8_t, n + 1),
			     ARENA_ARRAY(scratch, double, n + 1), first_of(c, CAUSE_MECHANIC),
			     first_of(c, CAUSE_DAY), first_of(c, CAUSE_LEAD), first_of(c, CAUSE_TAIL) };
	memset(x, 0, (size_t)n * (size_t)c->n * sizeof *x);
	if (!c->n)
		return;
	if (first_of(c, CAUSE_PRICE) >= 0)
		regular_prices(&s);
	if (s.mechanic_at >= 0)
		promotions(&s, scratch);
	events(&s);
	columns(&s);
}

double cause_reference(const struct panel *p, int i)
{
	const struct drivers *d = p->drivers;
	return d && d->price_begin && d->price_begin[i] < d->price_begin[i + 1]
		? d->price[d->price_begin[i]].price : (double)NAN;
}

uint32_t cause_hash(const char *name)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}
