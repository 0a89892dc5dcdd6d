/*
 * Costs, stock and what replays came to, in the db. Rows are plain: io knows no replay; what the columns
 * mean is said in schema.c and stock/.
 */
#ifndef IO_DB_STOCK_H
#define IO_DB_STOCK_H

#include "io/db.h"
#include "io/db_catalog.h"

/* A cost or handling number of an item, as items.csv told it. */
struct item_cost {
	int64_t item;
	const char *name;
	double value;
};
/* All of them by (item, name); strings are the arena's. */
MUST_CHECK enum status db_item_costs(struct db *db, struct arena *a, struct item_cost **out, int *n,
				     struct err *e);
/* The price of each of n series on a day: the last told by then, else the first told; NaN: none. */
MUST_CHECK enum status db_prices_on(struct db *db, day_t day, const struct catalog_series *series, int n,
				    double *out, struct err *e);
/* Units of each of n series sold up to a day, returns aside. */
MUST_CHECK enum status db_units_until(struct db *db, day_t day, const struct catalog_series *series, int n,
				      double *out, struct err *e);
/* Has the db any row of stock? */
MUST_CHECK enum status db_has_stock(struct db *db, int *out, struct err *e);
/* What was last told of each series' stock on a day not later than `day` and not earlier than `since`:
 * [n] each, NaN: not told; on[n] its day, DAY_NONE: none. */
MUST_CHECK enum status db_stock_on(struct db *db, day_t day, day_t since,
				   const struct catalog_series *series, int n, double *on_hand,
				   double *on_order, day_t *on, struct err *e);

#define REPLAY_VALUES 14 /* demand ... total, in the order of table replay */
#define POINT_VALUES 12  /* fill ... total, in the order of table roi_point */
#define MEMBER_VALUES 8  /* sales ... high, in the order of table roi_member; the benefit is [5] */
struct replay_row {
	const char *arm;
	int64_t series;
	double value[REPLAY_VALUES];
};
struct point_row {
	const char *arm;
	double tau, value[POINT_VALUES];
};
struct member_row {
	const char *cut, *member;
	int series, worse;
	double value[MEMBER_VALUES];
};
struct figure_row {
	const char *name, *text; /* text NULL: a number */
	double value;
};
struct level_row {
	const char *arm, *segment;
	double tau;
};
struct cash_row {
	int year;
	const char *item;
	double amount;
};
/* Everything that a return leaves behind. */
struct roi_rows {
	int n_replay, n_point, n_member, n_figure, n_level, n_cash;
	struct replay_row *replay;
	struct point_row *point;
	struct member_row *member;
	struct figure_row *figure;
	struct level_row *level;
	struct cash_row *cash;
};
/* Writes them in one transaction; what the run had is replaced. */
MUST_CHECK enum status db_roi_write(struct db *db, int64_t run, const struct roi_rows *rows, struct err *e);
/* Points, members, figures and levels of a run, each sorted by its key; strings are the arena's. Replay and
 * cash are left out. */
MUST_CHECK enum status db_roi_read(struct db *db, int64_t run, struct arena *a, struct roi_rows *out,
				   struct err *e);

/* A page as it was made, and the newest of a name with the number of its run; *html NULL: none. */
MUST_CHECK enum status db_page_write(struct db *db, int64_t run, const char *name, const char *html,
				     struct err *e);
MUST_CHECK enum status db_page_newest(struct db *db, const char *name, struct arena *a, int64_t *run,
				      const char **html, struct err *e);

/* An order that was proposed. */
struct decision_row {
	int64_t series;
	day_t day, arrives;
	double forecast, tau, level, on_hand, on_order, units;
	const char *reason;
};
MUST_CHECK enum status db_decisions_write(struct db *db, int64_t run, int64_t forecast_run,
					  const struct decision_row *row, int n, struct err *e);

#endif
