/* The stairs of forecast value added: each step's gain over the step before it. */
#ifndef CLI_STAIRS_H
#define CLI_STAIRS_H

#include "cli/command.h"
#include "life/judge_run.h"

/* A step of the stairs; NaN where not known. */
struct stair {
	const char *name;
	double wape, bias, cost;  /* bias in per cent; money a unit */
	double better;            /* share of series on which it beats the step before */
	double coverage;          /* of the 80 % interval */
};
/* Adds the stairs as a table in the call's format; `json` (may be NULL) takes them as an array under "stairs". */
void stairs_write(struct call *c, const struct stair *stair, int n, struct json *json);
/* The stairs of a judgement, in its order. The array is the call's arena's. */
const struct stair *stairs_of_judge(struct call *c, const struct judge_result *r);

#endif
