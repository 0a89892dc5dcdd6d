/*
 * The digest of a night: what was forecast, for when, from what, and is all well. One struct that the
 * report's page, the mail and the json output are all written from, so they cannot disagree. It is
 * gathered here, out of the db; how it is shown is report's business.
 */
#ifndef LIFE_DIGEST_H
#define LIFE_DIGEST_H

#include <stdint.h>
#include "base/err.h"
#include "base/mem.h"
#include "series/events.h"
#include "series/finding.h"
#include "series/forecast.h"
#include "series/score.h"

enum verdict { VERDICT_GOOD, VERDICT_WARN, VERDICT_BAD };
const char *verdict_name(enum verdict verdict); /* "good", "warn", "bad" */

/* The run, as text where people only read it. "" where there is nothing. */
struct digest_run {
	int64_t seq;
	const char *id, *kind, *state, *trigger, *started, *ended, *spec, *note;
	const char *data_hash, *config_hash, *code_hash, *model_hash, *published_hash;
	int exit_code; /* -1: not ended */
};

/* A node of a tier, or a series: past and mean per period. Sums leave out what is not known. */
struct digest_node {
	const char *tier, *name;
	double past_sum;    /* the last n_step periods before the origin */
	double next_sum;    /* the n_step forecast */
	const double *past; /* [n_past] NaN = not known */
	const double *mean; /* [n_step] */
};

struct digest_series {
	struct series_key key;
	struct digest_node sum;  /* tier "series", name STORE/ITEM */
	const uint8_t *state;    /* [n_past] enum day_state */
	const double *quantile;  /* [n_step][n_level] */
	struct made_by used;
};

/* Series that ended on a rung for a reason, or that a method made. */
struct digest_count {
	const char *name, *reason, *example; /* reason, example: NULL where they mean nothing */
	int series;
};

struct digest_stage {
	const char *name;
	double wall, cpu; /* seconds */
	int64_t maxrss;   /* bytes */
};

/* A file of the ledger. */
struct digest_batch {
	const char *path, *known_at;
	int64_t rows, added, changed, rejected;
};

/* An open alert. */
struct digest_alert {
	const char *grade, *code, *node, *text, *cause; /* cause "" where none is known */
	day_t opened;
	double money; /* a week; NaN: not told */
};

/* What became of the models: an alias that moved. */
struct digest_move {
	day_t day;
	const char *alias, *reason;
	int64_t version, before; /* 0: none */
};

#define DIGEST_ALERTS 20   /* gravest and dearest */
#define DIGEST_MOVES 10    /* newest */
#define DIGEST_FANS 6      /* biggest series */
#define DIGEST_CHANGES 10  /* largest expected changes */
#define DIGEST_FINDINGS 12 /* most severe findings */
#define DIGEST_BATCHES 10  /* newest files */
#define DIGEST_NODES 40    /* nodes of one tier, the biggest */

struct digest {
	const char *store;     /* NULL: all stores */
	int simulated;         /* the sales are invented */
	struct calendar calendar;
	struct digest_run run;
	int n_series, n_store;
	int n_past, n_step, n_level;
	period_t origin;       /* past is origin - n_past + 1 .. origin */
	const double *level;   /* [n_level] */

	enum verdict verdict;
	int n_remark;
	const char *const *remark; /* [n_remark] sentences, the gravest first */

	int n_node;
	const struct digest_node *node; /* tier by tier, coarse to fine; largest first within */
	int n_fan, n_change;
	const struct digest_series *fan;    /* by next_sum */
	const struct digest_series *change; /* by |next_sum - past_sum| */
	int n_rung, n_method;
	const struct digest_count *rung;    /* below RUNG_SPEC only; most series first */
	const struct digest_count *method;

	int checked;                        /* was there ever a check? */
	int n_finding;                      /* listed */
	int64_t findings[N_SEVERITY];       /* all of the last check, by severity */
	const struct finding *finding;

	int64_t score_run;                  /* 0: no backtest yet */
	const char *score_note;             /* "8 windows of 28 days", or "" */
	const char *spec;                   /* the name under which the run's spec is scored */
	const char *floor;                  /* method that gains are measured against */
	int n_score;
	const struct score *score;

	/* What came in, by period: series with a known value, without one, out of stock, closed;
	 * findings that name the day. [n_past] each. */
	const double *known, *unknown, *stockout, *closed, *found;
	int n_alert, alarms;   /* open ones of any kind; shown at most DIGEST_ALERTS */
	const struct digest_alert *alert;
	int n_move;
	const struct digest_move *move;
	int n_batch;
	const struct digest_batch *batch;   /* newest first */
	int n_stage;
	const struct digest_stage *stage;   /* in the order they ran */
	struct events events;               /* in the span shown; borrowed */
	const char *roi_section;            /* HTML of the newest return, as it was made; NULL: none */
};

/* The value of a score, or NaN. */
double digest_score(const struct digest *d, const char *method, const char *part, const char *member,
		    const char *metric);
/* The methods that have scores, in the order of the scores; the arena's. */
int digest_methods(const struct digest *d, struct arena *a, const char *const **out);
/* Writes verdict and remarks from everything else. */
void digest_judge(struct digest *d, struct arena *a, double warn_share);

#endif
