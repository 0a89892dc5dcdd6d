/* Where reports go. */
#include "config.h"
#include "cli/report_out.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "report/page.h"

enum status report_page(const struct digest *d, const char *keep, struct buf *out, struct err *e)
{
	struct err without = { 0 };
	enum status status = page_write(d, keep, out, &without, e);
	if (!status && without.code)
		log_warning("the report has no pictures: %s", without.text);
	return status;
}

/* A name from data as a part of a file's name: letters, digits, '.', '_' and '-' stay. */
static void add_name(struct buf *out, const char *name)
{
	for (; *name; name++) {
		char c = *name;
		int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-' || c == '_';
		buf_addc(out, plain ? c : '_');
	}
}

/* The folder of reports: report.dir, beside the db unless it is absolute. */
static void add_dir(struct db *db, const struct config *config, struct buf *out)
{
	const char *dir = config_text(config, "report.dir"), *slash = strrchr(db_path(db), '/');
	if (!dir)
		dir = "reports/out";
	if (*dir != '/' && slash)
		buf_add(out, db_path(db), (size_t)(slash - db_path(db)) + 1);
	buf_adds(out, dir);
}

enum status report_file(struct db *db, const struct config *config, const struct digest *d,
			const char *keep, struct arena *a, const char **path, struct err *e)
{
	struct buf page = { 0 }, place = { 0 };
	char origin[DAY_TEXT_MAX];
	add_dir(db, config, &place);
	enum status status = report_page(d, keep, &page, e);
	if (!status)
		status = file_make_dir(place.text, e);
	buf_adds(&place, "/forecast-");
	if (d->store) {
		add_name(&place, d->store);
		buf_addc(&place, '-');
	}
	buf_addf(&place, "%s.html", period_format(&d->calendar, d->origin, origin));
	if (!status)
		status = file_write(place.text, page.text, page.n, e);
	*path = arena_strdup(a, place.text);
	buf_release(&page);
	buf_release(&place);
	return status;
}
