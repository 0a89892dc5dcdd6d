/* --deadline, --mem and --isolate: the limits that make a run a guarded one (life/guard.c). */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

#include "cli/command.h"
#include "life/run.h"

/* Rows of a command's table of options. */
#define LIMIT_OPTIONS                                                                              \
	{ .name = "deadline", .type = OPTION_TEXT, .value = "T",                                    \
	  .help = "publish by then (05:30, 20m): all cheap first, then better" }, \
	{ .name = "mem", .type = OPTION_TEXT, .value = "SIZE",                                      \
	  .help = "memory of forecasting (512M, 4G); what needs more stays cheap" }, \
	{ .name = "isolate", .type = OPTION_FLAG,                                                   \
	  .help = "forecast in a process apart: what crashes it stays cheap" }

/*
 * Reads them, and the setting run.series_seconds. *guarded 0: none was given. A deadline is a time of this day or the
 * next (05:30), or a span from now (90s, 20m, 2h; a + before it is allowed); a size is a number of bytes with K, M, G
 * or T of 1024. E_USAGE with a sentence.
 */
MUST_CHECK enum status limits_of(const struct call *c, struct run_limits *out, int *guarded, struct err *e);

#endif
