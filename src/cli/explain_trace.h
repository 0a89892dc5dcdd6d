/* The trace behind 'forecast explain --trace'. */
#ifndef CLI_EXPLAIN_TRACE_H
#define CLI_EXPLAIN_TRACE_H

#include "cli/command.h"

/* STORE/ITEM DATE: what was served; RUN: what it was made of; with --downstream a file: what it reached. E_USAGE. */
MUST_CHECK enum status explain_trace(struct call *c, struct err *e);

#endif
