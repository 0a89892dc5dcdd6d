/* What the files of the demo's writer share. */
#ifndef IO_DEMO_PRIVATE_H
#define IO_DEMO_PRIVATE_H

#include <stdio.h>
#include "base/buf.h"
#include "io/demo.h"

/* A file being written line by line: lines pile up in `text` and go out in large pieces. */
struct demo_file {
	const char *name;  /* as faults.csv names it, below the folder */
	char *path;
	FILE *f;
	struct buf text;
	int64_t lines, bytes; /* lines ended so far */
	int failed;
};
/* Opens dir/name and writes the header line. `name` is borrowed. */
MUST_CHECK enum status demo_file_open(struct demo_file *out, const char *dir, const char *name,
				      const char *header, struct err *e);
/* Ends a line. */
void demo_file_line(struct demo_file *out);
/* Writes out the rest and adds to *bytes. E_IO if anything could not be written. Frees all in any
 * case; fine for a file that is not open. */
MUST_CHECK enum status demo_file_close(struct demo_file *out, int64_t *bytes, struct err *e);

/* A line of a sales file. */
struct demo_row {
	const char *store, *item;
	day_t day;
	int units, price, promo;
};
void demo_put_row(struct demo_file *out, const struct demo_row *row);
/* Cents as 1.99. */
void demo_put_money(struct buf *b, int cents);
void demo_put_day(struct buf *b, day_t day); /* DAY_NONE as nothing */

enum demo_fault_kind {
	FAULT_NOFEED, FAULT_GAP, FAULT_DUPLICATE, FAULT_CONFLICT, FAULT_NEGATIVE, FAULT_SPIKE,
	FAULT_PRICE_ZERO, FAULT_UNKNOWN_ITEM, FAULT_CUT, FAULT_NUMBER, FAULT_DATE, FAULT_BYTES,
	N_FAULT_HISTORY,                    /* those above strike sales.csv, and the work goes on */
	FAULT_UNIT = N_FAULT_HISTORY,       /* these have files of their own, in faults/ */
	FAULT_FUTURE, FAULT_UNKNOWN_STORE,
};

/* A fault as planned and, once its lines are written, where it is. */
struct demo_fault {
	enum demo_fault_kind kind;
	int store, item;      /* item -1: all of the store; store -1: all */
	day_t from, until;
	const char *file;
	int64_t line;         /* of the first line it changed; 0 = it removed lines */
	int64_t lines;        /* how many it changed, added or removed */
};
#define DEMO_FAULTS_MAX 64
struct demo_faults {
	struct demo_fault fault[DEMO_FAULTS_MAX];
	int n;
};
/* Chooses victims within [first, last - tail]. */
void demo_faults_plan(struct demo_faults *f, const struct simulation *s, int tail);
/* Adds a fault of the kinds that have files of their own, on one day. */
void demo_faults_add(struct demo_faults *f, const struct simulation *s, enum demo_fault_kind kind,
		     day_t day);
/* Is any fault at work on the day? */
int demo_faults_on(const struct demo_faults *f, day_t day);
/* Writes a row with whatever the faults do to it. */
void demo_faults_put(struct demo_faults *f, struct demo_file *out, int store, int item,
		     const struct demo_row *row);
/* Is the store's feed lost on the day? */
int demo_feed_lost(const struct demo_faults *f, int store, day_t day);
/* Writes faults.csv. */
MUST_CHECK enum status demo_write_faults(const struct demo_faults *f, const struct simulation *s,
					 const char *dir, int64_t *bytes, struct err *e);

/* The files that do not grow with the days (demo_tables.c). */
MUST_CHECK enum status demo_write_tables(const struct simulation *s, const char *dir, int64_t *bytes,
					 struct err *e);
MUST_CHECK enum status demo_write_truth(const struct simulation *s, const char *dir, int64_t *bytes,
					struct err *e);
MUST_CHECK enum status demo_write_texts(const struct demo_plan *plan, const char *dir, int64_t *bytes,
					struct err *e);

#endif
