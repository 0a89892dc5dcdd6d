/*
 * The kinds of alerts there are, each with its runbook: what it means, what to look at, what to do. The codes
 * of layer L0 are the rules of check. An ALARM pages a person, a REVIEW is a row of a ranked list.
 */
#ifndef LIFE_ALERT_H
#define LIFE_ALERT_H

struct alert_kind {
	const char *code, *layer; /* "L3.bias", "L3" */
	const char *words;        /* one line */
	const char *runbook;      /* what to do, some lines */
};
extern const struct alert_kind alert_kinds[]; /* ends with code NULL */
/* NULL: there is no such code. */
const struct alert_kind *alert_kind_find(const char *code);

#endif
