/* Runs of days without sale that are no chance. */
#include "config.h"
#include "quality/silence.h"

#include <math.h>
#include <stdlib.h>

#define MEMORY 56       /* days */
#define FORGET_ZEROS 365 /* days */
#define LEAST 21        /* sales before a run is judged */
#define AFTER 14        /* open days after a run whose sales have a say */
#define SUSPECT (-3.)   /* log P by the level before: likelier runs are not kept, and teach */
#define SUSPECT_TEACHES 1. /* days of a suspicious run that may have been chance */
#define PRIOR 20.       /* days that the negative binomial's share of days without sale counts for */
#define DRIFT .03       /* variance of a series' level within a month, beside what is not known of it */
#define ROUNDS 60       /* of EM */
#define SURE .3         /* a run that is told is an empty shelf with this probability at least */

/* What is known of a series before a run. */
struct base {
	double sold, busy, dispersion, zeros, known;
};

/*
 * log P(no sale) over some days: -hazard x level x busy. The hazard of a unit is what the series' days
 * without sale tell of it (who buys by the half-dozen comes seldom), with the negative binomial's as so
 * many days' worth of prior. The level of the run's days is not known for sure: it is taken for gamma
 * distributed, which makes exp(-x) (1 + v x)^(-1 / v).
 */
static double log_silence(const float *busy, int32_t from, int32_t n, double level, const struct base *b)
{
	double usual = b->busy > 0 ? b->sold / b->busy : level, sum = 0;
	double nb = b->dispersion > 1e-9 ? pow(1 + b->dispersion * usual, -1 / b->dispersion) : exp(-usual);
	double p0 = (b->zeros + PRIOR * nb) / (b->known + PRIOR);
	double hazard = usual > 0 ? -log(p0) / usual : 1;
	for (int32_t k = from; k < from + n; k++)
		sum += hazard * level * (double)busy[k];
	double wide = DRIFT + (b->sold > 0 ? (1 + b->dispersion * usual) / b->sold : 1);
	return -log1p(sum * wide) / wide;
}

static double dispersion_of(const struct quiet *s)
{
	double rest = (double)s->square - (double)s->mean;
	return s->mean_square > 0 && rest > 0 ? rest / (double)s->mean_square : 0;
}

static void forget(struct quiet *s, double days)
{
	float keep = (float)exp(-days / MEMORY);
	s->sold *= keep;
	s->busy *= keep;
	s->square *= keep;
	s->mean *= keep;
	s->mean_square *= keep;
	keep = (float)exp(-days / FORGET_ZEROS);
	s->zeros *= keep;
	s->known *= keep;
}

/* Days without sale that are taken for chance: n of them, `busy` in all. */
static void learn_zeros(struct quiet *s, int32_t n, double busy)
{
	double level = s->busy > 0 ? (double)s->sold / (double)s->busy : 0, m = level * busy / n;
	s->square += (float)(n * m * m);
	s->mean += (float)(n * m);
	s->mean_square += (float)(n * m * m);
	s->busy += (float)busy;
	s->all_busy += busy;
	s->zeros += (float)n;
	s->known += (float)n;
}

static void learn_sale(struct quiet *s, double units, double busy)
{
	if (s->busy > 0) {
		double m = (double)s->sold / (double)s->busy * busy;
		s->square += (float)((units - m) * (units - m));
		s->mean += (float)m;
		s->mean_square += (float)(m * m);
	}
	s->known++;
	s->sold += (float)units;
	s->busy += (float)busy;
	s->all_sold += units;
	s->all_busy += busy;
}

/* The run's likelihood by the level before and after it. What came before counts as much as MEMORY / 2
 * days at most. */
static void settle(struct silent_run *r, const struct quiet *s, const float *busy)
{
	double sold = s->all_sold - r->all_sold, days = s->all_busy - r->all_busy;
	double before = (double)r->busy, weight = before > MEMORY / 2 ? MEMORY / 2 / before : 1;
	double level = (weight * (double)r->sold + sold) / (weight * before + days);
	if (days > 0)
		level = fmin(level, 1.5 * sold / days);
	const struct base base = { (double)r->sold, before, (double)r->dispersion, (double)r->zeros,
				   (double)r->known };
	r->log_p = (float)log_silence(busy, r->from, r->n, level, &base);
}

static void settle_due(struct quiet *s, const float *busy, int32_t open, int all, struct silences *out)
{
	int32_t kept = 0, due = INT32_MAX;
	for (int32_t at = s->pending; at;) {
		struct silent_run *r = &out->run.at[at - 1];
		int32_t next = r->older, when = r->from + r->n + AFTER;
		if (all || open >= when) {
			settle(r, s, busy);
		} else {
			r->older = kept;
			kept = at;
			due = when < due ? when : due;
		}
		at = next;
	}
	s->pending = kept;
	s->due = due;
}

static void judge_run(struct quiet *s, const float *busy, int32_t from, int32_t n, int32_t series,
		      struct silences *all)
{
	double days = 0, level = s->busy > 0 ? (double)s->sold / (double)s->busy : 0;
	for (int32_t k = from; k < from + n; k++)
		days += (double)busy[k];
	const struct base base = { (double)s->sold, (double)s->busy, dispersion_of(s), (double)s->zeros,
				   (double)s->known };
	if (s->days < LEAST || log_silence(busy, from, n, level, &base) > SUSPECT) {
		learn_zeros(s, n, days);
		return;
	}
	/* A part of it may have been chance all the same. */
	double part = n < SUSPECT_TEACHES ? n : SUSPECT_TEACHES;
	s->zeros += (float)part;
	s->known += (float)part;
	VEC_PUSH(&all->run, (struct silent_run){ .series = series, .from = from, .n = n, .older = s->pending,
						 .sold = s->sold, .busy = s->busy,
						 .dispersion = (float)base.dispersion, .zeros = s->zeros,
						 .known = s->known, .all_sold = s->all_sold,
						 .all_busy = s->all_busy });
	if (!s->pending)
		s->due = from + n + AFTER;
	s->pending = (int32_t)all->run.n;
}

void silence_sold(struct quiet *s, const float *busy, int32_t open, int32_t zeros, double units, int teaches,
		  int32_t series, struct silences *all)
{
	if (s->days) {
		forget(s, zeros + 1);
		if (zeros > 0)
			judge_run(s, busy, open - zeros, zeros, series, all);
		all->sales += s->days >= LEAST;
	}
	if (s->pending && open >= s->due)
		settle_due(s, busy, open, 0, all);
	s->last = open;
	s->days++;
	if (teaches)
		learn_sale(s, units, (double)busy[open]);
}

void silence_end(struct quiet *s, const float *busy, int32_t open, struct silences *all)
{
	settle_due(s, busy, open, 1, all);
}

/* Probability that a run is an empty shelf. */
static double empty_of(const struct silent_run *r, double rho, double q)
{
	double log_empty = log(rho) + log(q) + (r->n - 1) * log1p(-q);
	return 1 / (1 + exp((double)r->log_p - log_empty));
}

static int by_probability(const void *a, const void *b)
{
	const struct silent_run *x = a, *y = b;
	int order = (x->empty < y->empty) - (x->empty > y->empty);
	if (!order)
		order = (x->log_p > y->log_p) - (x->log_p < y->log_p);
	if (!order)
		order = (x->series > y->series) - (x->series < y->series);
	return order ? order : (x->from > y->from) - (x->from < y->from);
}

void silences_choose(struct silences *all, double rate)
{
	double rho = .01, q = .2, false_days = 0, days = 0;
	size_t n = all->run.n, chosen = 0;
	for (int round = 0; n && round < ROUNDS; round++) {
		double runs = 0, length = 0;
		for (size_t k = 0; k < n; k++) {
			double empty = empty_of(&all->run.at[k], rho, q);
			runs += empty;
			length += empty * all->run.at[k].n;
		}
		/* One run more of each kind: a feed without any keeps a small rate. */
		rho = (runs + .01) / ((double)all->sales + 1);
		q = (runs + 1) / (length + 5);
	}
	for (size_t k = 0; k < n; k++)
		all->run.at[k].empty = (float)empty_of(&all->run.at[k], rho, q);
	if (n)
		qsort(all->run.at, n, sizeof *all->run.at, by_probability);
	for (size_t k = 0; k < n && all->run.at[k].empty >= (float)SURE; k++) {
		days += all->run.at[k].n;
		false_days += (1 - (double)all->run.at[k].empty) * all->run.at[k].n;
		if (false_days <= rate * days)
			chosen = k + 1;
	}
	for (size_t k = 0; k < chosen; k++)
		all->run.at[k].chosen = 1;
}
