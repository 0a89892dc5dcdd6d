/* Messages and progress on stderr. The only module below cli with state of its own. */
#include "config.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"

static struct {
	enum log_level level;
	enum log_format format;
	int progress_json, drawn;
	char run[32];
	double drawn_at, began_at, began_done;
	char stage[48];
} voice = { .level = LOG_NOTE };

void log_setup(enum log_level level, enum log_format format, int progress_json)
{
	voice.level = level;
	voice.format = format;
	voice.progress_json = progress_json;
}

void log_set_run(const char *run)
{
	snprintf(voice.run, sizeof voice.run, "%s", run);
}

static void wipe(void)
{
	if (voice.drawn)
		fputs("\r\033[K", stderr);
	voice.drawn = 0;
}

static void say(enum log_level level, const char *format, va_list args)
{
	static const char *const word[] = { "error", "warning", "note", "detail" };
	if (level > voice.level)
		return;
	char text[1024];
	vsnprintf(text, sizeof text, format, args);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	struct buf line = { 0 };
	if (voice.format == LOG_TEXT) {
		buf_addf(&line, "forecast: %s%s%s\n", level <= LOG_WARNING ? word[level] : "",
			 level <= LOG_WARNING ? ": " : "", text);
	} else if (voice.format == LOG_JSON) {
		buf_addf(&line, "{\"level\":\"%s\",", word[level]);
		if (*voice.run)
			buf_addf(&line, "\"run\":\"%s\",", voice.run);
		buf_adds(&line, "\"message\":");
		buf_add_json(&line, text);
		buf_adds(&line, "}\n");
	} else {
		buf_addf(&line, "level=%s", word[level]);
		if (*voice.run)
			buf_addf(&line, " run=%s", voice.run);
		buf_adds(&line, " msg=");
		buf_add_json(&line, text);
		buf_addc(&line, '\n');
	}
	wipe();
	fputs(line.text, stderr);
	buf_release(&line);
}

#define SAY(level)                                                                                 \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		say(level, format, args);                                                          \
		va_end(args);                                                                      \
	} while (0)

void log_error(const char *format, ...)
{
	SAY(LOG_ERROR);
}

void log_warning(const char *format, ...)
{
	SAY(LOG_WARNING);
}

void log_note(const char *format, ...)
{
	SAY(LOG_NOTE);
}

void log_detail(const char *format, ...)
{
	SAY(LOG_DETAIL);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* At the rate of this stage so far, what others had done before it began left out; -1 while too little
 * is done to tell. */
static double seconds_left(double done, double total, double at)
{
	double since = done - voice.began_done;
	if (!(total > 0) || done < .05 * total || !(since > 0))
		return -1;
	return done < total ? (at - voice.began_at) * (total - done) / since : 0;
}

void progress(const char *stage, double done, double total)
{
	int terminal = voice.level >= LOG_NOTE && isatty(STDERR_FILENO);
	if (!terminal && !voice.progress_json)
		return;
	double at = seconds();
	if (strcmp(voice.stage, stage)) {
		snprintf(voice.stage, sizeof voice.stage, "%s", stage);
		voice.began_at = at;
		voice.began_done = done;
		voice.drawn_at = 0;
	}
	if (at - voice.drawn_at < 0.1)
		return;
	voice.drawn_at = at;
	double left = seconds_left(done, total, at);
	if (voice.progress_json) {
		fprintf(stderr, "{\"stage\":\"%s\",\"done\":%.0f,\"total\":%.0f,\"eta_s\":", stage, done, total);
		if (left < 0)
			fputs("null}\n", stderr);
		else
			fprintf(stderr, "%.0f}\n", left);
		return;
	}
	if (total > 0)
		fprintf(stderr, "\r\033[K%-20s %3.0f %%  %.0f of %.0f", stage, 100 * done / total, done, total);
	else
		fprintf(stderr, "\r\033[K%-20s %.0f", stage, done);
	if (left >= 0)
		fprintf(stderr, ", about %.0f s left", left);
	fflush(stderr);
	voice.drawn = 1;
}

void progress_end(void)
{
	wipe();
	voice.stage[0] = '\0';
}
