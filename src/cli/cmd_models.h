/* The subcommands of models that lie in files of their own. */
#ifndef CLI_CMD_MODELS_H
#define CLI_CMD_MODELS_H

#include "cli/command.h"

extern const struct command models_test, models_promote, models_rollback, models_package, models_verify,
	models_install, models_card;

#endif
