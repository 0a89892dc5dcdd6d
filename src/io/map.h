/*
 * What the columns of a file mean: by their names, or by a map.conf, which wins. INI syntax:
 *
 *   [file]
 *   shape     = long          # what recognition would find out: long, wide-days, wide-series,
 *                             # invoices, calendar, events, closures, promotions, assortment,
 *                             # items, stores, sums
 *   delimiter = ;             # or tab
 *   decimal   = comma         # or point
 *   date      = dmy           # ymd, dmy, mdy, month, week, number
 *   header    = no            # columns are then called 1, 2, 3 ...
 *   store     = all           # the store, where no column tells it
 *   gaps      = zero          # what a day without a row means: zero or missing
 *   returns   = net           # net, separate or floor
 *
 *   [columns]                 # role = name of the column in the file
 *   store     = Filiale
 *   item      = Artikel
 *   date      = Datum
 *   units     = Menge
 *   ignore    = Kundennummer  # read past; may stand more than once, as may the three below
 *   item.dept = Abteilung     # an attribute of the item called dept
 *   store.region = Gebiet
 *   driver.rain  = Regen
 *
 * Roles: store, item, date, units, price, promo, on_hand, on_order, hours_out, from, to, mechanic, depth, name,
 * type, closed, invoice, description, label, week_label, node, tier, personal, ignore. A column that is personal,
 * by its name or by the map, makes the file be refused unless the map ignores it.
 */
#ifndef IO_MAP_H
#define IO_MAP_H

#include "base/ini.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "io/csvin.h"
#include "series/calendar.h"

enum shape {
	SHAPE_LONG, SHAPE_WIDE_DAYS, SHAPE_WIDE_SERIES, SHAPE_INVOICES, SHAPE_CALENDAR, SHAPE_EVENTS,
	SHAPE_CLOSURES, SHAPE_PROMOTIONS, SHAPE_ASSORTMENT, SHAPE_ITEMS, SHAPE_STORES,
	SHAPE_SUMS, /* sales of nodes of the tree: of a department in a state, say, from before there were
		     * items; days as columns, or a date and units */
	N_SHAPE
};
/* Name of a shape, as in map.conf. */
const char *shape_name(enum shape shape);

enum role {
	ROLE_STORE, ROLE_ITEM, ROLE_DATE, ROLE_UNITS, ROLE_PRICE, ROLE_PROMO, ROLE_ON_HAND, ROLE_ON_ORDER,
	ROLE_HOURS_OUT, ROLE_FROM, ROLE_TO, ROLE_MECHANIC, ROLE_DEPTH, ROLE_NAME, ROLE_TYPE, ROLE_CLOSED,
	ROLE_INVOICE, ROLE_DESCRIPTION, ROLE_LABEL, ROLE_WEEK_LABEL, ROLE_NODE, ROLE_TIER,
	ROLE_PERSONAL, ROLE_IGNORE,
	N_MAP_ROLE, /* those above can stand in a map as they are */
	ROLE_ITEM_ATTRIBUTE = N_MAP_ROLE, ROLE_STORE_ATTRIBUTE, ROLE_DRIVER, ROLE_COST,
	ROLE_CELL,  /* of a wide file: the units (or promo, price: `cell`) of a day or of a series */
	ROLE_NAME_2, ROLE_TYPE_2, /* M5's second event of a day */
	ROLE_UNKNOWN, N_ROLE
};

struct map_column {
	enum role role;
	const char *header; /* as in the file */
	const char *name;   /* of the attribute, driver or cost; item of a wide file's series */
	enum role cell;     /* ROLE_CELL: ROLE_UNITS, ROLE_PROMO, ROLE_PRICE */
	day_t day;          /* ROLE_CELL of wide days: its day, or number; DAY_NONE: by `header` */
};

/* What is known of one file before its rows are read. Strings are the arena's. */
struct layout {
	enum shape shape;
	int n;
	struct map_column *column; /* [n] */
	int at[N_ROLE];        /* first column of each role, -1 = none */
	const char *format;    /* for people: "long", "prices", "stock", "wide days" ... */
	const char *left_out;  /* columns that are not used, ", " between them; NULL = none */
	int numbered;          /* wide days whose columns are period numbers (V2 = 1 ...) */
	int customer;          /* the column of a customer's number, dropped unread; -1 = none */
};

/* A map.conf, or the empty map (zero-initialised). */
struct map {
	struct ini ini;
	const char *path; /* NULL = no map; borrowed */
	int given;
};
/* E_USAGE: unknown key or value, with file, line and the nearest name. */
MUST_CHECK enum status map_read(struct map *m, const char *path, struct err *e);
void map_release(struct map *m);
/* A value of [file], or NULL. */
const char *map_file_value(const struct map *m, const char *key);

/*
 * Reads a header. `name` is the file, for the sentence. E_INPUT: not recognised, saying what is
 * missing; a personal column; the same column twice. E_USAGE: the map names a column that is not
 * there.
 */
MUST_CHECK enum status map_layout(const struct map *m, const char *name, const struct csv_row *header,
				  struct arena *a, struct layout *out, struct err *e);

#endif
