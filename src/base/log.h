/*
 * The one voice on stderr: errors, warnings, notes, progress. Results never come here; they go to
 * stdout. Control characters in messages are replaced, so data cannot drive the terminal.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTE, LOG_DETAIL };
enum log_format { LOG_TEXT, LOG_LOGFMT, LOG_JSON };

/* Say messages up to `level` (LOG_NOTE unless set), in a format; progress as JSON lines if asked. */
void log_setup(enum log_level level, enum log_format format, int progress_json);
/* Run id put on every line of logfmt and JSON; copied. "" = none. */
void log_set_run(const char *run);

/* One message each, from a printf format; no newline at its end. */
void log_error(const char *format, ...) PRINTF(1, 2);
void log_warning(const char *format, ...) PRINTF(1, 2);
/* A warning unless the last one of this kind was the same, word for word: for what every fit of a run would
 * say again. */
void log_warning_once(const char *text);
void log_note(const char *format, ...) PRINTF(1, 2);
void log_detail(const char *format, ...) PRINTF(1, 2);

/*
 * Progress of one stage: drawn in place on a terminal, JSON lines with --progress=json, otherwise
 * nothing. Work is counted in any unit; `total` 0 = not known. The time left is that of the rest at the
 * rate since the stage's first call (say what was done before with it); it is not told before a
 * twentieth is done. At most ten times a second. progress_end wipes the line.
 * Call from one thread.
 */
void progress(const char *stage, double done, double total);
void progress_end(void);
/* The same of a task whose stages tell of themselves by progress(): it stands before them. Drawn at each
 * call. progress_task_end wipes the line. */
void progress_task(const char *task, double done, double total);
void progress_task_end(void);

#endif
