/*
 * Does tonight's forecast behave? It is held beside the published one for the days that both tell, by group of items:
 * a change of more than publish.change_share of a group's volume that neither the sales that came in between, nor
 * events or promotions of those days explain, is no news but a fault, and the run is held.
 */
#ifndef LIFE_BEHAVE_H
#define LIFE_BEHAVE_H

#include "io/db_run.h"
#include "life/settings.h"

struct behaviour {
	int groups;          /* that were held beside one another */
	int odd;             /* that changed without a cause */
	const char *words;   /* of the worst; the arena's; NULL: none is odd */
};
/* `seq` is complete and not published. Where nothing is published, or no day is told by both, nothing is odd. */
MUST_CHECK enum status behave_check(struct db *db, const struct config *config, int64_t seq, struct arena *a,
				    struct behaviour *out, struct err *e);

#endif
