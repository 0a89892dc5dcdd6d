/* Messages and progress on stderr. The only module below cli with state of its own. */
#include "config.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"

/* Work that is measured. */
struct pace {
	char name[48];
	double began_at, began_done; /* when it was first told of, and what was done by then */
	double told_at, done, total; /* when it was last told of */
};

static struct {
	enum log_level level;
	enum log_format format;
	int progress_json, drawn;
	char run[32], once[160]; /* once: what log_warning_once said last */
	double drawn_at;
	struct pace task, stage; /* what is under way in all, and of it now; without name: none */
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

void log_warning_once(const char *text)
{
	if (!strncmp(voice.once, text, sizeof voice.once - 1))
		return;
	snprintf(voice.once, sizeof voice.once, "%s", text);
	log_warning("%s", text);
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

static void pace_tell(struct pace *p, const char *name, double done, double total, double at)
{
	if (strcmp(p->name, name)) {
		snprintf(p->name, sizeof p->name, "%s", name);
		p->began_at = at;
		p->began_done = done;
		voice.drawn_at = 0;
	}
	p->told_at = at;
	p->done = done;
	p->total = total;
}

/* Seconds that are left at the rate so far, what was done before it began left out; -1 while too little
 * is done to tell. */
static double pace_left(const struct pace *p, double at)
{
	double since = p->done - p->began_done;
	if (!(p->total > 0) || p->done < .05 * p->total || !(since > 0))
		return -1;
	double left = (p->told_at - p->began_at) * (p->total - p->done) / since - (at - p->told_at);
	return left > 0 ? left : 0;
}

static void write_json(const struct pace *p, double at)
{
	double left = pace_left(p, at);
	fprintf(stderr, "{\"stage\":\"%s\",\"done\":%.0f,\"total\":%.0f,\"eta_s\":", p->name, p->done,
		p->total);
	if (left < 0)
		fputs("null}\n", stderr);
	else
		fprintf(stderr, "%.0f}\n", left);
}

static void draw_pace(const struct pace *p, int width, double at)
{
	double left = pace_left(p, at);
	if (p->total > 0)
		fprintf(stderr, "%-*s %3.0f %%  %.0f of %.0f", width, p->name, 100 * p->done / p->total, p->done,
			p->total);
	else
		fprintf(stderr, "%-*s %.0f", width, p->name, p->done);
	if (left >= 0)
		fprintf(stderr, ", about %.0f s left", left);
}

static void draw(double at)
{
	fputs("\r\033[K", stderr);
	if (*voice.task.name)
		draw_pace(&voice.task, 0, at);
	if (*voice.task.name && *voice.stage.name)
		fputs(": ", stderr);
	if (*voice.stage.name)
		draw_pace(&voice.stage, *voice.task.name ? 0 : 20, at);
	fflush(stderr);
	voice.drawn = 1;
}

static int is_heard(void)
{
	return voice.progress_json || (voice.level >= LOG_NOTE && isatty(STDERR_FILENO));
}

void progress(const char *stage, double done, double total)
{
	if (!is_heard())
		return;
	double at = seconds();
	pace_tell(&voice.stage, stage, done, total, at);
	if (at - voice.drawn_at < 0.1)
		return;
	voice.drawn_at = at;
	if (voice.progress_json)
		write_json(&voice.stage, at);
	else
		draw(at);
}

void progress_task(const char *task, double done, double total)
{
	if (!is_heard())
		return;
	double at = seconds();
	pace_tell(&voice.task, task, done, total, at);
	voice.stage.name[0] = '\0';
	if (voice.progress_json)
		write_json(&voice.task, at);
	else
		draw(at);
}

void progress_task_end(void)
{
	voice.task.name[0] = '\0';
	progress_end();
}

void progress_end(void)
{
	wipe();
	voice.stage.name[0] = '\0';
}
