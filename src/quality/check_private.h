/* What the files of the check share: the state of a running check. Included by quality/check*.c. */
#ifndef QUALITY_CHECK_PRIVATE_H
#define QUALITY_CHECK_PRIVATE_H

#include "quality/check.h"
#include "quality/watch.h"

/* One store as it streams by. */
struct store_watch {
	double rows, units;       /* forgetting means of the days that count */
	int32_t seen;             /* days in them */
	int32_t present;          /* days with a whole feed so far */
	VEC(day_t) open;          /* the days on which it was open */
	VEC(float) busy;          /* [open.n] units of each beside the mean of those before */
	int32_t rows_today;
	double units_today;
	int present_today, open_today;
	int64_t out;              /* series-days out of stock */
};

#define COPY_DAYS 16 /* two weeks: the day before has its like among them too */

/* The last days as they came. */
struct recent_days {
	float *units;         /* [COPY_DAYS][n] NaN: no row */
	day_t day[COPY_DAYS]; /* DAY_NONE: none yet */
	int at;               /* the next one's place */
};

struct check {
	struct check_input in;
	struct arena *arena;
	period_t until;           /* period of as_of */
	int has_contract;
	struct contract contract;
	struct watch_rules rules;
	struct store_table table;
	struct watch *watch;      /* [n] */
	struct store_watch *store;/* [n_store] */
	struct silences runs;
	struct feed_profile profile;
	int64_t spans;            /* days between first and last row, of all series */
	VEC(struct series_day) days;
	VEC(struct finding) findings;
	struct recent_days recent;
	int64_t stock_rows, stock_out;
	day_t stock_first, stock_last;
};

/* Adds a finding; its strings must live as long as the arena. day DAY_NONE: of no day. */
void check_tell(struct check *c, const struct finding *f);
/* A sentence for a finding, on the arena. */
const char *check_text(struct check *c, const char *format, ...) PRINTF(2, 3);
/* A day as people write it in this calendar, on the arena. */
const char *check_date(struct check *c, day_t day);

/* Findings out of what each series, each store, and the facts have to say. */
void check_series(struct check *c);
void check_stores(struct check *c);
void check_facts(struct check *c, const struct feed_facts *facts);
/* Keeps a day, and says whether the last one repeats another. */
void check_copy_day(struct check *c, const struct feed_day *d);
void check_copy(struct check *c);

#endif
