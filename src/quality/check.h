/*
 * The check: a pass over the sales, day by day, that says what is wrong with them and what their days
 * mean. Its rules, by the codes that findings bear, are in quality/contract.h; what decides a rule is
 * in the contract, never here. Nothing is changed in the data: a check gives findings, states of
 * store-days (quality/state.h) and states of series-days.
 *
 *   struct check *c = check_new(&input, arena);
 *   for each day, ascending: check_day(c, &day);
 *   check_end(c, &facts, &result);
 *
 * Memory: 16 bytes a store and day, some 200 bytes a series; rows are never kept.
 */
#ifndef QUALITY_CHECK_H
#define QUALITY_CHECK_H

#include "quality/contract.h"
#include "quality/state.h"
#include "series/feed.h"

/* What on_hand of a stock row tells: the stock when the day began, or when it ended. */
enum stock_at { STOCK_OPEN, STOCK_CLOSE };
/* What becomes of improbable runs of days without sale. */
enum silent_policy { SILENT_OFF, SILENT_TELL, SILENT_STATE };

struct check_input {
	const struct feed_scope *scope;
	day_t as_of;                     /* nothing after this day is known */
	day_t today;                     /* DAY_NONE: not asked */
	int horizon;                     /* periods that will be forecast */
	int zero_gaps;                   /* a day without a row is a day without sale: 1, 0; -1: ask the
	                                    data, see check_result */
	int n_ahead;                     /* periods after as_of for which closings are foretold */
	enum stock_at stock_at;
	enum silent_policy silent;
	const struct contract *contract; /* NULL: what the data themselves suggest */
	const struct events *user, *rules;
	const struct feed_promotion *promotion; /* [n_promotion] by (series, from): no day of these is a
	                                           spike */
	int n_promotion;
};

/* What came of it. Everything is the arena's. */
struct check_result {
	day_t as_of;
	struct finding *finding;      /* [n_finding] most severe first */
	size_t n_finding;
	size_t by_severity[N_SEVERITY];
	struct store_day *store_day;  /* [n_store_day] by (store, day), some ahead of as_of */
	size_t n_store_day;
	struct series_day *series_day;/* [n_series_day] by (day, series) */
	size_t n_series_day;
	struct feed_profile profile;
	struct contract contract;     /* as applied */
	int dense;                    /* 1: series have a row for nearly all of their days, so a day without
	                                 one is a gap; 0: rows are sales, a day without one sold nothing */
};

/* The pass over the feed, as above: begin, each day in ascending order, end. All that it gives lives in
 * the arena. */
struct check *check_new(const struct check_input *input, struct arena *a);
void check_day(struct check *c, const struct feed_day *d);
void check_end(struct check *c, const struct feed_facts *facts, struct check_result *out);
/* Frees what lies outside of the arena; results stay. */
void check_free(struct check *c);

/* Exit code of README's table: 5 with a blocking finding (strict: any from warn up), 3 with a stale or
 * missing feed, else 0. */
int check_exit_code(const struct check_result *r, int strict);

#endif
