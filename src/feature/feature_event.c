/* Features of special days: which, how near, and what such days did before. */
#include "config.h"
#include "feature/feature_private.h"

#include <string.h>

#define N_TYPE 4        /* types with a column of their own */
#define N_LIFT 5        /* past occurrences that a lift looks at */
#define NAMES "calendar_event"

/* How far events are felt, in periods. */
static int reach(const struct feature_set *s)
{
	enum period_kind kind = s->panel->calendar.kind;
	return kind == PERIOD_WEEK ? 2 : kind == PERIOD_MONTH ? 1 : 14;
}

/* How far from an event its lift is told. */
static int lift_reach(const struct feature_set *s)
{
	enum period_kind kind = s->panel->calendar.kind;
	return kind == PERIOD_WEEK ? 1 : kind == PERIOD_MONTH ? 0 : 3;
}

static int n_type(const struct feature_set *s)
{
	int n = s->panel->drivers->n_event_type;
	return n < N_TYPE ? n : N_TYPE;
}

static float *codes(struct feature_set *s, const char *const *name, int n)
{
	float *out = ARENA_ARRAY(&s->arena, float, n + 1);
	for (int k = 0; k < n; k++)
		out[k] = feature_code(name[k]);
	return out;
}

/* Where the events of each period begin, and which is the one of the same name before each. */
static void index_events(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	int n = d->n_event, span = d->event[n - 1].period - d->event[0].period + 1;
	int32_t *latest = ARENA_ARRAY(&s->arena, int32_t, d->n_event_name + 1);
	s->event_at = ARENA_ARRAY(&s->arena, int32_t, span + 1);
	s->event_before = ARENA_ARRAY(&s->arena, int32_t, n);
	s->event_code = codes(s, d->event_name, d->n_event_name);
	s->type_code = codes(s, d->event_type, d->n_event_type);
	memset(latest, -1, (size_t)d->n_event_name * sizeof *latest);
	for (int k = 0, at = 0; at <= span; at++) {
		s->event_at[at] = k;
		while (k < n && d->event[k].period - d->event[0].period == at)
			k++;
	}
	for (int k = 0; k < n; k++) {
		s->event_before[k] = latest[d->event[k].name];
		latest[d->event[k].name] = k;
	}
}

static void plan_event(struct feature_set *s)
{
	const struct drivers *d = s->panel->drivers;
	if (!d || !d->n_event_name)
		return;
	if (d->n_event)
		index_events(s);
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "number made of the target's event's name", "event_name");
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "number made of its type's name", "event_type");
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "event of the period before", "event_yesterday");
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "event of the period after", "event_tomorrow");
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "are the shops shut the period before", "closed_yesterday");
	feature_add(s, KNOWN_AHEAD, NAMES, 5, "are the shops shut the period after", "closed_tomorrow");
	feature_add(s, KNOWN_AHEAD, NAMES, 20, "periods since the last event", "event_since");
	feature_add(s, KNOWN_AHEAD, NAMES, 20, "periods to the next event", "event_to");
	feature_add(s, KNOWN_AHEAD, NAMES, 10, "events within half a season", "event_count");
	if (s->year)
		for (int k = 1; k <= 2; k++)
			feature_add(s, KNOWN_AHEAD, NAMES, 5, "event at the target's date years before",
				    "event_then_%d", k);
	for (int k = 0; k < n_type(s); k++)
		feature_add(s, KNOWN_AHEAD, NAMES, 10, "periods from the nearest event of the type; negative:"
			    " to it", "near_%s", d->event_type[k]);
	feature_add(s, KNOWN_AHEAD, NAMES, 30, "group's demand as near to earlier events of the name, against"
		    " the same place of the 4 seasons before them", "event_lift");
}

/* The events of a period, [*from, return); of all stores. */
static int events_at(const struct feature_set *s, period_t period, int *from)
{
	const struct drivers *d = s->panel->drivers;
	if (!d->n_event || period < d->event[0].period || period > d->event[d->n_event - 1].period)
		return *from = 0;
	int at = period - d->event[0].period;
	*from = s->event_at[at];
	return s->event_at[at + 1];
}

static int concerns(const struct event_day *e, int i)
{
	return i >= e->series_from && i < e->series_to;
}

/* The first event of a period that concerns series i, or -1. *closed: is any a closing? */
static int event_of(const struct feature_set *s, int i, period_t period, int *closed)
{
	int from, found = -1, to = events_at(s, period, &from);
	*closed = 0;
	for (int k = to - 1; k >= from; k--) {
		if (!concerns(&s->panel->drivers->event[k], i))
			continue;
		found = k;
		*closed |= s->panel->drivers->event[k].closed;
	}
	return found;
}

/* Demand of the row's group in a past period against the same place in the 4 seasons before. */
static double past_lift(const struct feature_set *s, const struct feature_row *r, period_t period)
{
	double usual = 0, times = 0;
	for (int k = 1; k <= 4; k++) {
		period_t at = period - k * s->season;
		struct stretch x = group_stretch(s, s->parent, r->i, at, at);
		usual += x.known ? x.sum / x.known : 0;
		times += x.known > 0;
	}
	struct stretch x = group_stretch(s, s->parent, r->i, period, period);
	return x.known && usual > 0 ? x.sum / x.known / (usual / times) : (double)NAN;
}

static float lift_of(const struct feature_set *s, const struct feature_row *r, int event, int offset)
{
	const struct event_day *e = s->panel->drivers->event;
	double sum = 0, n = 0;
	for (int k = s->event_before[event]; k >= 0 && n < N_LIFT; k = s->event_before[k]) {
		if (!concerns(&e[k], r->i) || e[k].period + offset > r->origin
		    || e[k].period == e[event].period)
			continue;
		double lift = past_lift(s, r, e[k].period + offset);
		sum += isnan(lift) ? 0 : lift;
		n += !isnan(lift);
	}
	return feature_ratio(sum, n);
}

/* What is seen around a target. */
struct nearby {
	int since, to;        /* periods; INT_MAX-like when beyond reach */
	int count;            /* within half a season */
	int type[N_TYPE];     /* signed distance of the nearest, or beyond reach */
	int event, offset;    /* whose lift is told; event -1: none */
};

static void look_around(const struct feature_set *s, const struct feature_row *r, struct nearby *out)
{
	const struct drivers *d = s->panel->drivers;
	int far = reach(s), half = s->season > 31 ? 0 : s->season / 2, types = n_type(s);
	*out = (struct nearby){ far + 1, far + 1, 0, { far + 1, far + 1, far + 1, far + 1 }, -1, 0 };
	/* Nearest first, and before an event rather than after one. */
	for (int near = 0; near <= 2 * far; near++) {
		int ahead = near & 1 ? (near + 1) / 2 : -(near / 2), from;
		int to = events_at(s, r->target + ahead, &from);
		for (int k = from; k < to; k++) {
			const struct event_day *e = &d->event[k];
			int distance = ahead < 0 ? -ahead : ahead;
			if (!concerns(e, r->i))
				continue;
			if (ahead <= 0 && out->since > distance)
				out->since = distance;
			if (ahead >= 0 && out->to > distance)
				out->to = distance;
			out->count += distance <= half;
			if (e->type < types && out->type[e->type] > far)
				out->type[e->type] = -ahead;
			if (out->event < 0 && distance <= lift_reach(s)) {
				out->event = k;
				out->offset = -ahead;
			}
		}
	}
}

static void fill_event(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	int closed[3], far = reach(s), types = n_type(s);
	int at = event_of(s, r->i, r->target, &closed[0]);
	int before = event_of(s, r->i, r->target - 1, &closed[1]);
	int after = event_of(s, r->i, r->target + 1, &closed[2]);
	struct nearby n;
	look_around(s, r, &n);
	*out++ = at < 0 ? NAN : s->event_code[d->event[at].name];
	*out++ = at < 0 ? NAN : s->type_code[d->event[at].type];
	*out++ = before < 0 ? NAN : s->event_code[d->event[before].name];
	*out++ = after < 0 ? NAN : s->event_code[d->event[after].name];
	*out++ = (float)closed[1];
	*out++ = (float)closed[2];
	*out++ = n.since > far ? NAN : (float)n.since;
	*out++ = n.to > far ? NAN : (float)n.to;
	*out++ = (float)n.count;
	for (int k = 1; s->year && k <= 2; k++) {
		int then = event_of(s, r->i, r->target - k * s->year, &closed[0]);
		*out++ = then < 0 ? NAN : s->event_code[d->event[then].name];
	}
	for (int k = 0; k < types; k++)
		*out++ = n.type[k] > far ? NAN : (float)n.type[k];
	*out++ = n.event < 0 ? NAN : lift_of(s, r, n.event, n.offset);
}

const struct feature_block event_block = { "event", 0, plan_event, fill_event };
