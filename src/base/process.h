/*
 * The process as the world may treat it: asked to stop, or killed at a named place by a test.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stddef.h>

/* From now on SIGINT and SIGTERM only take note: for commands whose long work looks at process_stop
 * between chunks. All others end where they are, which the db survives. */
void process_catch_signals(void);
/* The signal that asked to stop, or 0. */
int process_stop(void);

/* CPU seconds (user + system, with those of ended children) and wall seconds since some fixed point. */
double process_cpu(void);
double process_wall(void);
/* Seconds until clocks here show that time of the day again: above 0, a day at most. */
double process_until(int hour, int minute);

/*
 * Starts a program with text on its standard input and waits for it; what it writes goes nowhere. argv ends with
 * NULL and is searched on PATH; no shell is between. extra: "NAME=value" lines beside the environment, NULL-ended.
 * Returns its exit code (128 + signal if one ended it), -1: it could not be started, -2: it took longer than `limit`
 * seconds and was ended.
 */
int process_feed(char *const *argv, char *const *extra, const char *text, size_t n, int limit);

/*
 * A place where the fault tests kill the program: FORECAST_FAILPOINT=name ends it as kill -9 would,
 * FORECAST_FAILPOINT=name:3 at the third time. Nothing in a build without --enable-failpoints.
 */
#ifdef WITH_FAILPOINTS
void process_failpoint(const char *name);
#define FAILPOINT(name) process_failpoint(name)
/* A method at work on one series: FORECAST_FAULT=METHOD:STORE/ITEM=crash|hang|hoard makes that series end the program
 * by SIGSEGV, take for ever, or ask for memory without end. */
void process_fault(const char *method, const char *store, const char *item);
#define FAULT(method, store, item) process_fault(method, store, item)
#else
#define FAILPOINT(name) ((void)0)
#define FAULT(method, store, item) ((void)0)
#endif

#endif
