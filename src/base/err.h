/*
 * How things fail. From series/ upward a fallible function returns enum status and takes a last
 * `struct err *`; the place that knows the file and the line writes the sentence, callers may put
 * their subject before it (err_wrap), and only cli prints it. No allocation, no globals.
 * Sentences: lower case, what failed first, the subject in quotes, no full stop.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum status {
	OK = 0,
	E_USAGE,    /* wrong call or config: exit 2 */
	E_NOTFOUND, /* unknown store, item, run: exit 2 */
	E_INPUT,    /* data refused: exit 5 */
	E_STALE,    /* a kept model was fitted to other features than there are now: exit 5, unless it is fitted anew */
	E_IO,       /* disk, db, missing program: exit 6 */
	E_FIT,      /* a method could not be fitted: leads to the fallback, never to an exit */
	E_LOCKED,   /* another run is active: exit 7 */
	E_STOPPED,  /* a signal asked to stop; what was done is kept: exit 130 or 143 */
	E_BUG,      /* an invariant is broken: exit 6 */
};

#define ERR_TEXT_MAX 480

/* What went wrong, in one sentence. Zero-initialised = nothing. */
struct err {
	enum status code;
	char text[ERR_TEXT_MAX];
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Sets code and sentence (cut at ERR_TEXT_MAX); returns code. `e` may be NULL. */
enum status err_set(struct err *e, enum status code, const char *format, ...) PRINTF(3, 4);

/* Puts "subject: " before the sentence that is there; returns its code. */
enum status err_wrap(struct err *e, const char *format, ...) PRINTF(2, 3);

/* Exit code of a status, as in the one table of README.md. */
int err_exit_code(enum status code);

/* Ends the program with exit 6 and the place: an invariant that the code relies on is broken. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void err_bug(const char *file, int line, const char *format, ...) PRINTF(3, 4);

#endif
