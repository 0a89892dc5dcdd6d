/* Features: which columns there are, and rows of them. */
#include "config.h"
#include "feature/feature_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct feature_block *const blocks[] = {
	&step_block,	  &lag_block,	     &same_block,   &window_block,	   &trend_block,
	&scaled_block,	  &season_block,     &year_block,   &years_block,   &pooled_block,	   &age_block,
	&calendar_block,  &event_block,      &price_block,  &promotion_origin_block, &promotion_block,
	&driver_block,    &driver_origin_block, &attribute_block, &attribute_origin_block, NULL,
};

/* Is a family among those left out? */
static int is_left_out(const char *without, const char *family)
{
	size_t length = strlen(family);
	for (const char *at = without ? without : ""; *at;) {
		size_t n = strcspn(at, ", ");
		if (n == length && !strncmp(at, family, n))
			return 1;
		at += n;
		at += strspn(at, ", ");
	}
	return 0;
}

void feature_add(struct feature_set *s, enum feature_known known, const char *owner, double cost,
		 const char *summary, const char *name, ...)
{
	char text[256];
	va_list args;
	va_start(args, name);
	vsnprintf(text, sizeof text, name, args);
	va_end(args);
	if (s->n_feature == s->room) {
		s->room = (int)mem_room((size_t)s->room, (size_t)s->room + 1);
		s->feature = xrealloc(s->feature, (size_t)s->room * sizeof *s->feature);
	}
	s->feature[s->n_feature++] = (struct feature){ .name = arena_strdup(&s->arena, text), .version = 1,
						       .family = s->family, .known = known,
						       .owner = arena_strdup(&s->arena, owner),
						       .cost = cost, .summary = summary };
}

float feature_code(const char *name)
{
	uint32_t hash = 2166136261u;
	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return (float)(hash >> 8) / 16777216.0F;
}

/*
 * Lengths of the windows. Of days with a week: 1, 2, 4, 8, 16, 26 and 52 weeks. Of weeks and months the
 * season is the year, and the windows are parts of it; numbers without season have powers of two weeks.
 */
static void set_windows(struct feature_set *s)
{
	static const int multiple[N_WINDOW] = { 1, 2, 4, 8, 16, 26, 52 };
	static const int week[N_WINDOW] = { 2, 4, 8, 13, 26, 52, 104 };
	static const int month[N_WINDOW] = { 2, 3, 4, 6, 12, 18, 24 };
	static const int number[N_WINDOW] = { 3, 7, 14, 28, 56, 112, 224 };
	static const double half_life[][N_SMOOTH] = { { 5, 20, 70 }, { 2, 6, 18 }, { 1, 3, 9 } };
	int kind = s->panel->calendar.kind;
	int table = kind == PERIOD_WEEK ? 1 : kind == PERIOD_MONTH ? 2 : 0;
	for (int k = 0; k < N_WINDOW; k++)
		s->window[k] = kind == PERIOD_WEEK ? week[k] : kind == PERIOD_MONTH ? month[k]
			: s->season < 2 ? number[k] : multiple[k] * s->season;
	memcpy(s->half_life, half_life[table], sizeof s->half_life);
	double cycle = s->options.cycle;
	s->year = cycle >= 2 * s->season ? (int)lround(cycle / s->season) * s->season
		: kind == PERIOD_WEEK || kind == PERIOD_MONTH ? s->season : 0;
}

struct feature_set *feature_set_new(const struct panel *past, const struct feature_options *options,
				    int jobs)
{
	struct feature_set *s = NEW_ARRAY(struct feature_set, 1);
	s->panel = past;
	s->options = *options;
	s->jobs = jobs;
	s->season = options->season > 0 ? options->season : 1;
	set_windows(s);
	history_prepare(s);
	group_prepare(s);
	for (int k = 0; blocks[k]; k++) {
		if (is_left_out(options->without, blocks[k]->family))
			continue;
		int first = s->n_feature;
		s->family = blocks[k]->family;
		blocks[k]->plan(s);
		if (s->n_feature > first)
			s->block[s->n_block++] =
				(struct planned_block){ blocks[k], first, s->n_feature - first };
	}
	return s;
}

void feature_set_free(struct feature_set *s)
{
	if (!s)
		return;
	free(s->demand);
	free(s->cum);
	free(s->smooth);
	free(s->first_sale);
	for (int k = 0; k < s->n_kind; k++)
		free(s->kind[k].cum);
	free(s->price_max);
	free(s->price_area);
	free(s->price_sum);
	free(s->price_n);
	free(s->promotion);
	free(s->lift_sum);
	free(s->lift_base);
	free(s->feature);
	arena_release(&s->arena);
	free(s);
}

int feature_list(const struct feature_set *s, const struct feature **out)
{
	*out = s->feature;
	return s->n_feature;
}

void feature_names(const struct feature_set *s, struct buf *out)
{
	for (int k = 0; k < s->n_feature; k++)
		buf_addf(out, "%s%s:%d", k ? "," : "", s->feature[k].name, s->feature[k].version);
}

/* The row of a series at an origin, as blocks see it. */
static struct feature_row row_at(const struct feature_set *s, const struct panel *view, int i,
				 period_t origin)
{
	int64_t begin = s->panel->begin[i], n = origin - s->panel->first[i] + 1;
	int64_t all = s->panel->begin[i + 1] - begin;
	struct feature_row r = { .view = view, .i = i, .origin = origin, .target = origin,
				 .n = n < 0 ? 0 : (int)(n < all ? n : all),
				 .demand = s->demand + begin, .cum = s->cum + begin + i };
	return r;
}

/* Pseudo-observations in periods: weight of the whole past against the window, and of the group
 * against the whole past. */
#define WEIGHT_PAST 7.0
#define WEIGHT_GROUP 7.0
/* A series is taken to have at least a sale of its usual size in that many periods. */
#define RAREST 20.0

static double level_of(const struct feature_set *s, const struct feature_row *r)
{
	struct stretch whole = row_stretch(s, r, s->from, r->origin);
	struct stretch recent = row_recent(s, r, s->window[3]);
	struct stretch group = group_stretch(s, s->parent, r->i, r->origin - s->window[3] + 1, r->origin);
	if (!group.known)
		group = group_stretch(s, s->parent, r->i, s->from, r->origin);
	double of_group = group.known ? group.sum / group.known : (double)NAN, of_past = of_group;
	if (whole.known)
		of_past = isnan(of_group) ? whole.sum / whole.known
			: (whole.sum + WEIGHT_GROUP * of_group) / (whole.known + WEIGHT_GROUP);
	double level = (recent.sum + WEIGHT_PAST * of_past) / (recent.known + WEIGHT_PAST);
	double least = whole.sold && whole.sum > 0 ? whole.sum / whole.sold / RAREST
		: of_group > 0 ? of_group / RAREST : 1;
	return level > least ? level : least;
}

double feature_level(const struct feature_set *s, int i, period_t origin)
{
	struct feature_row r = row_at(s, NULL, i, origin);
	return level_of(s, &r);
}

void feature_rows(const struct feature_set *s, int i, period_t origin, int n_step, const int *step,
		  float *out, struct arena *scratch)
{
	struct panel view = panel_until(s->panel, origin);
	struct feature_row r = row_at(s, &view, i, origin);
	size_t width = (size_t)s->n_feature;
	(void)scratch;
	r.level = level_of(s, &r);
	for (int b = 0; b < s->n_block; b++) {
		const struct planned_block *p = &s->block[b];
		size_t bytes = (size_t)p->n * sizeof *out;
		for (int h = 0; h < n_step; h++) {
			float *to = out + width * (size_t)h + p->first;
			r.step = step[h];
			r.target = origin + step[h];
			if (h && p->block->at_origin)
				memcpy(to, out + p->first, bytes);
			else
				p->block->fill(s, &r, to);
		}
	}
}

double feature_target(const struct feature_set *s, int i, period_t period)
{
	int64_t k = period - s->panel->first[i];
	if (period > s->panel->until || k < s->first_sale[i])
		return (double)NAN;
	return s->demand[s->panel->begin[i] + k];
}

int feature_assumed_by(const struct feature_set *s, int k, int i, period_t origin, int step)
{
	struct panel view = panel_until(s->panel, origin);
	const struct drivers *d = view.drivers;
	const struct feature *f = &s->feature[k];
	const struct promotion_span *none;
	int assumed = 0;
	if (!d || f->known != KNOWN_AHEAD)
		return 0;
	if (!strcmp(f->family, "price"))
		driver_price(&view, i, origin + step, &assumed);
	else if (!strcmp(f->family, "promotion"))
		driver_promotions(&view, i, origin + step, origin + step, &none, 0, &assumed);
	else if (!strcmp(f->family, "event"))
		assumed = origin + step > d->event_until;
	for (int c = 0; !strcmp(f->family, "driver") && c < d->n_column; c++)
		if (!strcmp(d->column[c].name, f->owner))
			driver_value(&view, c, i, origin + step, &assumed);
	return assumed;
}

int feature_assumed(const struct feature_set *s, int i, period_t origin, int step)
{
	struct panel view = panel_until(s->panel, origin);
	const struct drivers *d = view.drivers;
	const struct promotion_span *none;
	period_t target = origin + step;
	int assumed = 0;
	if (!d)
		return 0;
	driver_price(&view, i, target, &assumed);
	driver_promotions(&view, i, target, target, &none, 0, &assumed);
	for (int k = 0; k < d->n_column && !assumed; k++)
		if (d->column[k].known == DRIVER_KNOWN)
			driver_value(&view, k, i, target, &assumed);
	return assumed;
}

static void plan_step(struct feature_set *s)
{
	feature_add(s, KNOWN_ALWAYS, "forecast", 2, "periods from the origin to the target", "step");
}

static void fill_step(const struct feature_set *s, const struct feature_row *r, float *out)
{
	(void)s;
	*out = (float)r->step;
}

const struct feature_block step_block = { "step", 0, plan_step, fill_step };
