/*
 * One run at a time: a write lock on FILE.lock beside the db, held by the open file description, so
 * the kernel drops it when the process dies and no stale lock is ever left.
 */
#ifndef LIFE_LOCK_H
#define LIFE_LOCK_H

#include "base/err.h"

struct lock {
	int fd; /* -1: not held */
};

/* Takes the lock of a db, waiting up to `wait_s` seconds. E_LOCKED names the process that has it. */
MUST_CHECK enum status lock_take(struct lock *lock, const char *db_path, double wait_s, struct err *e);
void lock_drop(struct lock *lock);

#endif
