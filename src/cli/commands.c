/* The commands there are, in the order of the help. */
#include "config.h"
#include "cli/command.h"

extern const struct command cmd_check, cmd_config, cmd_nightly, cmd_run, cmd_status, cmd_train, cmd_models,
	cmd_help;

const struct command *const commands[] = {
	&cmd_check,
	&cmd_config,
	&cmd_help,
	&cmd_nightly,
	&cmd_run,
	&cmd_status,
	&cmd_train,
	&cmd_models,
	NULL,
};
