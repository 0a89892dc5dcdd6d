/* forecast roi: what better forecasts are worth in money. One file a subcommand. */
#include "config.h"
#include "cli/command.h"

extern const struct command roi_formula;

static const struct command *const subcommands[] = { &roi_formula, NULL };

extern const struct command cmd_roi;
const struct command cmd_roi = { .name = "roi",
				 .summary = "what better forecasts are worth in money",
				 .sub = subcommands };
