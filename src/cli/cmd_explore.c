/* forecast explore: what there is to see in the data. One file a subcommand. */
#include "config.h"
#include "cli/command.h"

extern const struct command explore_effects;
extern const struct command explore_features;

static const struct command *const subcommands[] = { &explore_features, &explore_effects, NULL };

static const char *const examples[] = {
	"forecast explore features CA_1/FOODS_3_090 --step 7",
	"# what methods that learn see of a series, a week ahead",
	"forecast explore features --ablate --spec ridge", "# what each family of features is worth",
	"forecast explore effects --item 1001", "# what price and promotions do to an item", NULL
};

extern const struct command cmd_explore;
const struct command cmd_explore = { .name = "explore",
				     .summary = "what there is to see in the data",
				     .sub = subcommands,
				     .examples = examples };
