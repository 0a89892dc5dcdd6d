/* The commands there are, in the order of the help. */
#include "config.h"
#include "cli/command.h"

extern const struct command cmd_demo;
extern const struct command cmd_config;
extern const struct command cmd_ingest;
extern const struct command cmd_check;
extern const struct command cmd_help;
extern const struct command cmd_nightly;
extern const struct command cmd_run;
extern const struct command cmd_monitor;
extern const struct command cmd_status;
extern const struct command cmd_report;
extern const struct command cmd_plot;
extern const struct command cmd_explain;
extern const struct command cmd_diff;
extern const struct command cmd_methods;
extern const struct command cmd_train;
extern const struct command cmd_backtest;
extern const struct command cmd_compare;
extern const struct command cmd_models;
extern const struct command cmd_explore;
extern const struct command cmd_order;
extern const struct command cmd_roi;
extern const struct command cmd_decide;
extern const struct command cmd_judge;
extern const struct command cmd_db;
extern const struct command cmd_audit;
extern const struct command cmd_replay;

const struct command *const commands[] = {
	&cmd_demo,
	&cmd_config,
	&cmd_ingest,
	&cmd_check,
	&cmd_help,
	&cmd_nightly,
	&cmd_run,
	&cmd_monitor,
	&cmd_status,
	&cmd_report,
	&cmd_plot,
	&cmd_explain,
	&cmd_diff,
	&cmd_order,
	&cmd_methods,
	&cmd_train,
	&cmd_backtest,
	&cmd_compare,
	&cmd_models,
	&cmd_explore,
	&cmd_roi,
	&cmd_decide,
	&cmd_judge,
	&cmd_db,
	&cmd_audit,
	&cmd_replay,
	NULL,
};
