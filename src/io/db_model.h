/* Fitted specs: versions that never change, their parts as blobs, and the aliases that move. */
#ifndef IO_DB_MODEL_H
#define IO_DB_MODEL_H

#include "base/mem.h"
#include "base/sha256.h"
#include "io/db.h"

/* One version; strings are the arena's. */
struct model_row {
	int64_t version;
	const char *method, *spec, *hash, *data_hash, *config_hash, *made_at;
	const char *aliases; /* "champion,previous" */
	day_t as_of;
	int series;
	int64_t bytes;
	int64_t run; /* for db_model_keep: number of the training; 0: it came from elsewhere */
};

/*
 * A version is written in one transaction: db_begin, db_model_part for each part (a store's
 * parameters), db_model_keep, db_commit. *version is known after the first call.
 */
MUST_CHECK enum status db_model_begin(struct db *db, int64_t *version, struct err *e);
MUST_CHECK enum status db_model_part(struct db *db, int64_t version, int part, const char *name,
				     const void *blob, size_t n, struct err *e);
/* Writes the version's row. Where a version with the same hash is there, *version becomes that one
 * and the parts just written are dropped. */
MUST_CHECK enum status db_model_keep(struct db *db, const struct model_row *row, int64_t *version,
				     struct err *e);
/* Points an alias at a version (0: takes it away), in the caller's transaction or one of its own a row; the one
 * before becomes `previous` when the alias is champion. Each move is a row of model_alias_log and of the audit. */
MUST_CHECK enum status db_model_alias(struct db *db, const char *alias, int64_t version, const char *reason,
				      struct err *e);
/* A row of model_alias_log. */
struct alias_move {
	day_t day;
	const char *alias, *reason;
	int64_t version, before; /* 0: none */
};
/* The newest moves of aliases, promotions and rollbacks among them; the arena's. */
MUST_CHECK enum status db_model_moves(struct db *db, int limit, struct arena *a, struct alias_move **out, int *n,
				      struct err *e);
/* Takes an alias away from a version, if it names it. */
MUST_CHECK enum status db_model_unalias(struct db *db, const char *alias, int64_t version, struct err *e);
/* A row of model_alias_log that moves nothing: "promotion", "rollback". */
MUST_CHECK enum status db_model_log(struct db *db, const char *what, int64_t version, int64_t before,
				    const char *reason, struct err *e);
/*
 * Back to an earlier champion (*version 0: the alias `previous`; gets it), in one transaction: aliases, log, audit,
 * and the pointer of what is published goes to the newest run that this version published and whose horizon has
 * not passed (*run; 0: there is none, the next night publishes). E_NOTFOUND: nothing to go back to.
 */
MUST_CHECK enum status db_model_rollback(struct db *db, int64_t *version, int64_t *run, const char *reason,
					 struct err *e);
/* The version that served before the last promotion; 0: there was none. */
MUST_CHECK enum status db_model_promoted_from(struct db *db, int64_t *version, struct err *e);
/* The last day with sales when an alias ("rollback": a rollback) last moved; DAY_NONE: never. */
MUST_CHECK enum status db_model_days_since(struct db *db, const char *alias, day_t *out, struct err *e);
/* Origins of a canary's published nights; DAY_NONE: there is none. */
struct canary_days {
	day_t first; /* the first since this version was made the canary */
	day_t since; /* the first since it serves this share without a break */
	day_t other; /* the last before `first` in which some canary served */
};
MUST_CHECK enum status db_canary_days(struct db *db, int64_t version, double share, struct canary_days *out,
				      struct err *e);
/* What is known of a version beside its row: once told, it stays. */
MUST_CHECK enum status db_model_fact(struct db *db, int64_t version, const char *name, const char *value,
				     struct err *e);
/* NULL where it was not told; the arena's. */
const char *db_model_told(struct db *db, int64_t version, const char *name, struct arena *a);

/* The version an alias names, or a version number as text. E_NOTFOUND. */
MUST_CHECK enum status db_model_find(struct db *db, const char *name, struct arena *a,
				     struct model_row *out, struct err *e);
/* All versions, newest first. */
MUST_CHECK enum status db_models(struct db *db, struct arena *a, struct model_row **out, int *n,
				 struct err *e);
/* The parts of a version in order; strings are the arena's. */
struct model_part {
	const char *name; /* a store; "" of a spec that learns across series: the whole panel */
	int64_t bytes;
};
MUST_CHECK enum status db_model_parts(struct db *db, int64_t version, struct arena *a,
				      struct model_part **out, int *n, struct err *e);
/* Blob of the part with that name into `out`; *found 0 when there is none. */
MUST_CHECK enum status db_model_blob(struct db *db, int64_t version, const char *name,
				     struct buf *out, int *found, struct err *e);

/*
 * Parts of a training under way: what was fitted stays when the training is killed. Each is written in
 * a transaction of its own. `key` names the part with all that it depends on, `base` all that the parts
 * of one training have in common; both are hashes.
 */
MUST_CHECK enum status db_part_get(struct db *db, const char *key, struct buf *out, int *found,
				   struct err *e);
MUST_CHECK enum status db_part_put(struct db *db, const char *key, const char *base, const char *name,
				   const struct buf *blob, struct err *e);
/* A part becomes one of a version, within the version's transaction; E_BUG: it is not there. */
MUST_CHECK enum status db_part_keep(struct db *db, const char *key, int64_t version, int part,
				    const char *name, struct err *e);
/* Forgets the parts of a training, and those of others that are older than a week. */
MUST_CHECK enum status db_parts_drop(struct db *db, const char *base, struct err *e);

#endif
