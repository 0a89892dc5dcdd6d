/*
 * One file on its way into the db: what the parts of ingest share. A file passes through
 *
 *   recognise   its first rows (and, where they leave it open, all) tell columns, dates, numbers
 *   read        every row is parsed; values go to sorters, entries to lists, bad rows aside
 *   settle      period and policy are inferred or compared; then all is written in order
 *
 * Included by ingest.c and intake_*.c alone.
 */
#ifndef IO_INTAKE_H
#define IO_INTAKE_H

#include "io/csvin.h"
#include "io/datum.h"
#include "io/db_fact.h"
#include "io/ingest.h"
#include "io/map.h"
#include "io/sorter.h"

#define REJECTS_KEPT 10000 /* of one file; the count stays true */

enum returns_kept { RETURNS_KEPT_NET, RETURNS_KEPT_SEPARATE, RETURNS_KEPT_FLOOR };

/* One kind of value of a series and day, and where it waits to be written. */
struct measure {
	enum role role;     /* ROLE_UNITS, _PRICE, _PROMO, _ON_HAND, _HOURS_OUT, _DRIVER */
	const char *name;   /* of a driver */
	int column;         /* of the file, -1 = not a column */
	struct sorter *sorter;
};

#define ENTRY_LABEL (-2)
#define ENTRY_DRIVER (-3)

/* An entry of a small table: an event, a promotion, a listing, an attribute, a label. */
struct entry {
	int64_t line;
	int32_t store, item;  /* numbers in the roster, -1 = all; item also ENTRY_LABEL, _DRIVER */
	day_t from, until;    /* until DAY_NONE = open */
	const char *name, *type;
	double value;
	int closed;
};

/* An invoice line. */
struct invoice_line {
	int64_t line;
	int32_t series;
	day_t day;
	double units, price;
};

/* A date column's last text, and texts met before. */
struct date_cache {
	char text[32];
	size_t n;
	day_t day, until; /* until: of a week's label */
};

struct intake {
	struct db *db;
	const struct ingest_options *options;
	const struct map *map;
	struct source *source;
	const char *name;          /* of the file, for sentences */
	struct arena arena;        /* lives as long as the intake */
	struct layout layout;
	char delimiter;
	int date_form;             /* enum date_form */
	struct number_form number_form;
	struct date_votes date_votes;
	struct number_votes number_votes;
	int64_t voters, voters_max;
	char *temp_dir;

	struct roster roster;
	struct label *label;       /* [n_label] of the calendar, sorted */
	size_t n_label;
	int32_t store_here;        /* number of the store where no column tells it, -1 = not used */
	int32_t item_here;
	int32_t guess;             /* series of the row before: this row's is the same or the next */
	struct date_cache date;
	int32_t *cell_series;      /* [layout.n] wide series: index of each column's series */
	uint8_t *day_seen;         /* bit of each day, biased */
	VEC(uint8_t) series_seen;  /* by series: its attributes were taken from this file */

	VEC(struct measure) measure;
	int units, price, promo, on_hand, on_order, hours_out, returned; /* places in measure, -1 = none */
	VEC(struct entry) entry;
	struct symtab label_name;  /* labels of the calendar being read */
	VEC(size_t) label_entry;   /* their entries */
	VEC(struct invoice_line) invoice;
	VEC(struct reject) reject; /* the first REJECTS_KEPT */
	int64_t left_out[3];       /* invoice lines that are no sales, by reason */
	int64_t matched, unmatched;/* returned lines with and without their sale */
	int64_t zeros, fractions;  /* units that are 0; that are no whole number */
	int64_t latin1;            /* names that were no UTF-8 */
	enum returns_kept returns;
	int header_seen;
	struct calendar calendar;
	int calendar_known;
	struct batch batch;
	char sha256[SHA256_HEX_SIZE];
	int hash_along;            /* the hash is taken while the rows are read */
	struct ingest_counts counts;
};

/* Sets a bad row aside. Strings are copied; `value` is cut. */
void intake_reject(struct intake *in, int64_t line, const char *field, const struct span *value,
		   const char *reason);

/* intake_read.c: fields to values */
/* Number of a store or item by its text; -1: the row was set aside. */
int32_t intake_store(struct intake *in, const struct csv_row *row);
int32_t intake_item(struct intake *in, const struct csv_row *row);
/* The day of a column; DAY_NONE: the row was set aside. *until: the last day it stands for. */
day_t intake_day(struct intake *in, const struct csv_row *row, enum role role, day_t *until);
/* A number; 0: there is none (`bad` 0) or it cannot be read (`bad` 1, and the row was set aside). */
int intake_number(struct intake *in, const struct csv_row *row, int column, double *out, int *bad);
/* A text field, trimmed, as the arena's string in UTF-8; "" where the column is not there. */
const char *intake_text(struct intake *in, const struct csv_row *row, int column);
/* Notes that the file has the day. 0: beyond what can be kept. */
int intake_see_day(struct intake *in, day_t day);
/* Place of a measure, made if it is not there. */
int intake_measure(struct intake *in, enum role role, const char *name, int column);
/* Adds a value of a series on a day. */
MUST_CHECK enum status intake_put(struct intake *in, int measure, int32_t series, day_t day, double value,
				  int64_t line, struct err *e);
/* Prepares for rows of the layout's shape. E_INPUT: days without a calendar. */
MUST_CHECK enum status intake_prepare(struct intake *in, struct err *e);
/* A row of the shapes with series and days. */
MUST_CHECK enum status intake_row(struct intake *in, const struct csv_row *row, struct err *e);

/* intake_table.c: rows of calendars, events, promotions, listings, items, stores */
void intake_entry(struct intake *in, const struct csv_row *row);
/* Writes the entries; failures are told by fact_writer_close. */
void intake_write_entries(struct intake *in, struct fact_writer *w);

/* intake_invoice.c */
MUST_CHECK enum status intake_invoice(struct intake *in, const struct csv_row *row, struct err *e);
/* Matches returns with the sales they take back, and hands the lines on as units. */
MUST_CHECK enum status intake_invoice_end(struct intake *in, struct err *e);

/* intake_settle.c: infers what is open and writes all; within a transaction. */
MUST_CHECK enum status intake_settle(struct intake *in, struct err *e);

/* Keys of sorters: the day (24 bits, biased) and a series' id (40 bits), either first. */
#define DAY_BIAS (1 << 23)
static inline uint64_t key_by_day(day_t day, int64_t id)
{
	return (uint64_t)(uint32_t)(day + DAY_BIAS) << 40 | (uint64_t)id;
}
static inline uint64_t key_by_series(day_t day, int64_t id)
{
	return (uint64_t)id << 24 | (uint32_t)(day + DAY_BIAS);
}

#endif
