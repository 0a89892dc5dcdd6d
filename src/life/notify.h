/*
 * Telling somebody: what lies in the outbox goes to the command of notify.command (on its standard input, with the
 * environment FORECAST_KEY, FORECAST_GRADE and FORECAST_SUBJECT) and, as a mail, to the file of notify.file. What
 * could not be sent is tried again the next night.
 */
#ifndef LIFE_NOTIFY_H
#define LIFE_NOTIFY_H

#include "io/db_outbox.h"
#include "life/settings.h"

#define NOTIFY_SECONDS 60 /* that a command may take */

/* Sends all. `key` names the night's own row, whose grade and body are known by now (NULL: it has none). *failed
 * counts what could not be sent. */
MUST_CHECK enum status notify_send(struct db *db, const struct config *config, const char *key, const char *grade,
				   const char *body, int *sent, int *failed, struct err *e);

#endif
