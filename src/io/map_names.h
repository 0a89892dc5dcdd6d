/* The names that people give their columns: a table, and its reading. For map.c alone. */
#ifndef IO_MAP_NAMES_H
#define IO_MAP_NAMES_H

#include "io/map.h"

#define NAME_FOLD_MAX 64

/* Letters and digits of a name, in lower case; other bytes of UTF-8 stay. */
void name_fold(const char *text, size_t n, char out[NAME_FOLD_MAX]);
/* How surely a (folded) name means a role: 0 = not at all; over 100 = by itself; up to 100 = only
 * where no column is surer. */
int name_sureness(enum role role, const char *folded);
/* The name under which an attribute, driver or cost is kept, or NULL = the header's own. */
const char *name_kept_as(const char *folded);

#endif
