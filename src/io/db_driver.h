/* Drivers out of the db: prices, promotions, events, columns, attributes and stock of a panel. */
#ifndef IO_DB_DRIVER_H
#define IO_DB_DRIVER_H

#include "io/db_catalog.h"
#include "io/db_panel.h"

/*
 * Fills owner->panel.drivers for a panel that was read by a request; catalog[n] are the panel's series.
 * Memory is owner->arena. Days become periods by the calendar: a price stands from the period in which
 * it changes, a promotion for every period that it touches, a column's value is the mean of the
 * period's days. E_USAGE: a name is declared both known and past, or sales are declared a driver, or a
 * policy is none. Nothing is read by the catalog's order, so the result does not depend on that of files.
 */
MUST_CHECK enum status db_drivers(struct db *db, const struct panel_request *,
				  const struct catalog_series *catalog, struct panel_owner *owner,
				  struct err *e);

#endif
