/* Counts for the monitor. */
#include "config.h"
#include "io/db_watch.h"

#include <string.h>
#include "io/db_private.h"

/* One row of whole numbers, with up to three parameters. */
static enum status row(struct db *db, const char *sql, const double *parameter, int n_parameter, int64_t *out,
		       int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	for (int k = 0; k < n_parameter; k++)
		stmt_double(&s, 1 + k, parameter[k]);
	memset(out, 0, (size_t)n * sizeof *out);
	if (stmt_step(&s))
		for (int k = 0; k < n; k++)
			out[k] = stmt_get_int(&s, k);
	return stmt_close(&s, e);
}

enum status db_prices_told(struct db *db, day_t day, int *selling, int *told, struct err *e)
{
	int64_t count[2];
	const double at = day;
	enum status status = row(db, "SELECT count(*), coalesce(sum(t.day >= s.day), 0) FROM sales s LEFT JOIN"
				 " price_told t ON t.series = s.series WHERE s.day = (SELECT max(day) FROM sales"
				 " WHERE day <= ?1) AND s.units > 0", &at, 1, count, 2, e);
	*selling = (int)count[0];
	*told = (int)count[1];
	return status;
}

/* A count for each of n weeks: SQL gives (week back, count). */
static enum status weeks(struct db *db, const char *sql, day_t day, int n, double *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	memset(out, 0, (size_t)n * sizeof *out);
	stmt_int(&s, 1, day);
	stmt_int(&s, 2, n);
	while (stmt_step(&s)) {
		int64_t k = stmt_get_int(&s, 0);
		if (k >= 0 && k < n)
			out[k] = stmt_get_double(&s, 1);
	}
	return stmt_close(&s, e);
}

enum status db_price_changes(struct db *db, day_t day, int n, double *out, struct err *e)
{
	/* The first price of a series is no change. */
	return weeks(db, "SELECT (?1 - day) / 7, count(*) FROM price p WHERE day BETWEEN ?1 - 7 * ?2 + 1 AND ?1"
		     " AND day > (SELECT min(day) FROM price f WHERE f.series = p.series) GROUP BY 1", day, n, out, e);
}

enum status db_price_jumps(struct db *db, day_t day, double factor, int *out, struct err *e)
{
	int64_t count;
	const double parameter[] = { day, factor };
	enum status status = row(
		db, "SELECT count(*) FROM price p JOIN price b ON b.series = p.series AND b.day = (SELECT max(day)"
		" FROM price x WHERE x.series = p.series AND x.day < p.day) WHERE p.day BETWEEN ?1 - 6 AND ?1"
		" AND b.price > 0 AND p.price > 0 AND (p.price > ?2 * b.price OR p.price * ?2 < b.price)",
		parameter, 2, &count, 1, e);
	*out = (int)count;
	return status;
}

enum status db_promoted(struct db *db, day_t day, int n, double *out, struct err *e)
{
	return weeks(db, "WITH RECURSIVE w(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM w WHERE k + 1 < ?2)"
		     " SELECT w.k, count(DISTINCT p.series) FROM w JOIN promotion p ON p.day <= ?1 - 7 * w.k"
		     " AND p.until >= ?1 - 7 * w.k GROUP BY 1", day, n, out, e);
}

enum status db_training_cost(struct db *db, double *seconds, double *bytes, int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT sum(wall), max(maxrss) FROM resource_use WHERE run = (SELECT max(seq)"
				       " FROM run WHERE kind = 'train' AND state = 'TRAINED') HAVING count(*) > 0", e);
	if (status)
		return status;
	*found = stmt_step(&s);
	*seconds = *found ? stmt_get_real(&s, 0) : 0;
	*bytes = *found ? (double)stmt_get_int(&s, 1) : 0;
	return stmt_close(&s, e);
}

enum status db_night_past(struct db *db, int64_t seq, const char *kind, int n, double *seconds,
			  double *fallbacks, int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(
		&s, db, "SELECT coalesce((SELECT sum(wall) FROM resource_use u WHERE u.run = r.seq AND u.stage NOT IN"
		" ('train', 'monitor')), 0), CAST(fallbacks AS REAL) / max(series, 1) FROM run r WHERE seq < ?1"
		" AND kind = ?2 AND published_hash IS NOT NULL ORDER BY seq DESC LIMIT ?3", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_text(&s, 2, kind);
	stmt_int(&s, 3, n);
	*found = 0;
	while (*found < n && stmt_step(&s)) {
		seconds[*found] = stmt_get_double(&s, 0);
		fallbacks[(*found)++] = stmt_get_double(&s, 1);
	}
	return stmt_close(&s, e);
}

enum status db_stat_past(struct db *db, const char *monitor, const char *node, day_t day, int n, double *out,
			 int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT value FROM monitor_stat WHERE monitor = ?1 AND node = ?2"
				       " AND day < ?3 AND value IS NOT NULL ORDER BY run DESC LIMIT ?4", e);
	if (status)
		return status;
	stmt_text(&s, 1, monitor);
	stmt_text(&s, 2, node);
	stmt_int(&s, 3, day);
	stmt_int(&s, 4, n);
	*found = 0;
	while (*found < n && stmt_step(&s))
		out[(*found)++] = stmt_get_double(&s, 0);
	return stmt_close(&s, e);
}
