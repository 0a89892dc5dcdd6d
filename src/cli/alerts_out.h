/* Open alerts, for people as lines and for programs as a table. */
#ifndef CLI_ALERTS_OUT_H
#define CLI_ALERTS_OUT_H

#include "cli/command.h"
#include "io/db_alert.h"

/* Writes n alerts. */
void alerts_write(struct call *c, const struct calendar *calendar, const struct alert_row *row, int n);

#endif
