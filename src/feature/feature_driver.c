/* Features of further columns ("snap", "temperature") and of attributes. */
#include "config.h"
#include "feature/feature_private.h"

/* Has the column no other values than 0 and 1, and both of them? */
static int only_flags(const struct driver_column *c)
{
	size_t n = (size_t)c->n_row * (size_t)(c->until - c->from + 1);
	int seen[2] = { 0, 0 };
	for (size_t k = 0; k < n; k++) {
		float v = c->value[k];
		if (isnan(v))
			continue;
		if (v < 0 || v > 1 || (v > 0 && v < 1))
			return 0;
		seen[v > 0] = 1;
	}
	return seen[0] && seen[1];
}

static void find_flags(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	if (s->is_flag)
		return;
	s->is_flag = ARENA_ARRAY(&s->arena, uint8_t, d->n_column + 1);
	for (int k = 0; k < d->n_column; k++)
		s->is_flag[k] = (uint8_t)only_flags(&d->column[k]);
}

static int has_around(const struct feature_set *s)
{
	return s->season > 1 && s->season <= 31;
}

/* Is the flag's number in the month told? */
static int has_number(const struct feature_set *s, int k)
{
	return s->panel->calendar.kind == PERIOD_DAY && s->is_flag[k];
}

static void plan_driver(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	if (!d || !d->n_column)
		return;
	find_flags(s);
	for (int k = 0; k < d->n_column; k++) {
		const char *name = d->column[k].name;
		if (d->column[k].known != DRIVER_KNOWN)
			continue;
		feature_add(s, KNOWN_AHEAD, name, 15, "value at the target", "%s", name);
		if (has_around(s))
			feature_add(s, KNOWN_AHEAD, name, 80, "mean of the season around the target",
				    "%s_around", name);
		if (has_number(s, k))
			feature_add(s, KNOWN_AHEAD, name, 150, "which flagged day of the month it is; 0 on"
				    " days without the flag", "%s_number", name);
	}
}

/* Mean of a column over [from, until]; NaN without values. */
static float mean_over(const struct feature_row *r, int k, period_t from, period_t until)
{
	double sum = 0, n = 0;
	for (period_t t = from; t <= until; t++) {
		double v = driver_value(r->view, k, r->i, t, NULL);
		sum += isnan(v) ? 0 : v;
		n += !isnan(v);
	}
	return n > 0 ? (float)(sum / n) : NAN;
}

static float number_in_month(const struct feature_row *r, int k)
{
	int year, month, dom, n = 0;
	if (!(driver_value(r->view, k, r->i, r->target, NULL) > 0))
		return 0;
	day_to_ymd(r->target, &year, &month, &dom);
	for (period_t t = r->target - dom + 1; t <= r->target; t++)
		n += driver_value(r->view, k, r->i, t, NULL) > 0;
	return (float)n;
}

static void fill_driver(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	for (int k = 0; k < d->n_column; k++) {
		if (d->column[k].known != DRIVER_KNOWN)
			continue;
		*out++ = (float)driver_value(r->view, k, r->i, r->target, NULL);
		if (has_around(s))
			*out++ = mean_over(r, k, r->target - s->season / 2,
					   r->target - s->season / 2 + s->season - 1);
		if (has_number(s, k))
			*out++ = number_in_month(r, k);
	}
}

const struct feature_block driver_block = { "driver", 0, plan_driver, fill_driver };

static void plan_driver_origin(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	for (int k = 0; d && k < d->n_column; k++) {
		const char *name = d->column[k].name;
		if (d->column[k].known != DRIVER_PAST)
			continue;
		feature_add(s, KNOWN_AT_ORIGIN, name, 15, "value at the origin", "%s_last", name);
		feature_add(s, KNOWN_AT_ORIGIN, name, 80, "mean of the last periods", "%s_mean_%d", name,
			    s->window[0]);
	}
}

static void fill_driver_origin(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	for (int k = 0; k < d->n_column; k++) {
		if (d->column[k].known != DRIVER_PAST)
			continue;
		*out++ = (float)driver_value(r->view, k, r->i, r->origin, NULL);
		*out++ = mean_over(r, k, r->origin - s->window[0] + 1, r->origin);
	}
}

const struct feature_block driver_origin_block = { "driver", 1, plan_driver_origin, fill_driver_origin };

/* Numbers of the values of every attribute, and of the stores. */
static void plan_attribute(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	int n = d ? d->n_attribute : 0;
	s->store_code = ARENA_ARRAY(&s->arena, float, s->panel->n + 1);
	s->value_code = ARENA_ARRAY(&s->arena, float *, n + 1);
	for (int i = 0; i < s->panel->n; i++)
		s->store_code[i] = feature_code(s->panel->key[i].store);
	feature_add(s, KNOWN_ALWAYS, "store", 2, "number made of the store's name", "store_code");
	for (int k = 0; k < n; k++) {
		const struct attribute *a = &d->attribute[k];
		s->value_code[k] = ARENA_ARRAY(&s->arena, float, a->n_value + 1);
		for (int v = 0; v < a->n_value; v++)
			s->value_code[k][v] = feature_code(a->value[v]);
		feature_add(s, KNOWN_ALWAYS, "attribute", 3, "number made of the value's name", "%s_code",
			    a->name);
	}
}

static void fill_attribute(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	*out++ = s->store_code[r->i];
	for (int k = 0; d && k < d->n_attribute; k++) {
		int code = d->attribute[k].code[r->i];
		*out++ = code < 0 ? NAN : s->value_code[k][code];
	}
}

const struct feature_block attribute_block = { "attribute", 1, plan_attribute, fill_attribute };

static void plan_attribute_origin(struct feature_set *s)
{
	for (int k = 0; k <= s->parent; k += s->parent)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 8, "mean demand of a series of the group over all"
			    " of the past, units", "%s_mean", s->kind[k].name);
}

static void fill_attribute_origin(const struct feature_set *s, const struct feature_row *r, float *out)
{
	for (int k = 0; k <= s->parent; k += s->parent)
		*out++ = (float)stretch_mean(group_stretch(s, k, r->i, s->from, r->origin));
}

const struct feature_block attribute_origin_block = { "attribute", 1, plan_attribute_origin,
						      fill_attribute_origin };
