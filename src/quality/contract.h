/*
 * The data contract: what the feed has been like, as limits that the next delivery has to keep. It is
 * inferred from the data, kept as contract.conf, edited by hand, and compared with what would be
 * inferred later. One table of clauses reads, writes and compares it.
 */
#ifndef QUALITY_CONTRACT_H
#define QUALITY_CONTRACT_H

#include "base/buf.h"
#include "base/err.h"
#include "series/calendar.h"
#include "series/finding.h"

/* The rules of check, each with its code in findings. */
enum check_rule {
	CHECK_GAP,       /* days without a row in series or stores that otherwise have one each day */
	CHECK_DUPLICATE, /* rows with the store, item and day of another */
	CHECK_REJECT,    /* other rows that could not be taken in */
	CHECK_NEGATIVE,  /* units below zero */
	CHECK_RANGE,     /* units above what the contract allows, or fractions where it has none */
	CHECK_SPIKE,     /* single days far above a series' own level */
	CHECK_RATIO,     /* a change of unit: the last values are a multiple or fraction of the level */
	CHECK_SHIFT,     /* the same in the past, and lasting */
	CHECK_UNKNOWN,   /* stores or items that are not in the declared lists */
	CHECK_PRICE,     /* prices of zero or less, or above what the contract allows */
	CHECK_FUTURE,    /* days that have not come */
	CHECK_STALE,     /* a store, or all, sent nothing for too long */
	CHECK_NOFEED,    /* a store sent nothing while its peers did */
	CHECK_CLOSED,    /* days on which stores were shut */
	CHECK_VOLUME,    /* a last day with far more or fewer rows than usual */
	CHECK_HORIZON,   /* a calendar that ends before the forecast does */
	CHECK_STOCKOUT,  /* days without stock, or improbably without sale */
	CHECK_COPY,      /* a last day that repeats one of the week before: a file sent again under another date */
};
#define N_CHECK 18
const char *check_rule_name(enum check_rule rule); /* "gap", ..., "stockout", "copy" */

struct contract {
	double units_max;      /* largest units of a row; infinite: no limit */
	double units_mostly;   /* share of the rows that must keep type and limit */
	int units_whole;       /* 1: units are whole numbers */
	double price_max;      /* largest price; infinite: no limit */
	int keys_unique;       /* 1: a second row of a key is a fault */
	int stores_declared;   /* 1: every store must be in a list of stores */
	int items_declared;    /* 1: every item must be in a list of items */
	double filled;         /* share of its days on which a series has a row; below, gaps are no sale */
	int max_age;           /* periods that a store's, or the whole feed's, last row may be old */
	int live;              /* 1: age is measured from today; 0: the feed is of the past */
	double volume_warn, volume_block; /* relative departures of the last day's rows */
	double ratio_limit;    /* times its median that make a value extreme */
	double ratio_share;    /* share of series with a changed unit that blocks */
	double stockout_share; /* share of the opening hours without stock that makes a stock-out */
	enum severity severity[N_CHECK];
};

/* What a check saw of the feed as a whole; a contract is inferred from it. */
struct feed_profile {
	struct calendar calendar;
	int64_t rows, fractions;
	double units_min, units_max, price_min, price_max; /* NaN: none seen */
	double filled;      /* rows / days between each series' first and last row on which its store reported */
	int n_store, n_series;
	day_t first, last;
	int stores_listed, items_listed; /* such lists were given */
	int lag;            /* least days between a day and the file that brought it; -1: not known */
};

/* The contract that the feed keeps by itself: its limits are those seen, with room above. */
void contract_infer(struct contract *c, const struct feed_profile *p);
/* Limits that are not told by the data: severities, ratios, volumes. */
void contract_init(struct contract *c);
/* As contract.conf, with what it was made from in the first line; `p` may be NULL. */
void contract_write(const struct contract *c, const struct feed_profile *p, struct buf *out);
/* Over `c` as initialised, the clauses of a file. E_USAGE names file, line and the nearest clause. */
MUST_CHECK enum status contract_read(struct contract *c, const char *path, struct err *e);

/* One clause by number, as text: "units", "max", "120". False when there is none of that number. */
struct contract_clause {
	const char *section, *key, *help;
	char value[40];
};
int contract_clause(const struct contract *c, int number, struct contract_clause *out);

#endif
