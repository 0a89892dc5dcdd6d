/*
 * The tables, as a list of migrations: entry v brings a db of version v (PRAGMA user_version) to
 * v + 1. An entry that has been released is never edited; a change of the tables is a new entry.
 *
 * Why these shapes (measured at 59 M rows, 30,490 series x 1,941 days):
 *  - sales by (day, series) WITHOUT ROWID: a night's rows are an append (30,490 rows in 0.02 s, half
 *    a megabyte of log; by (series, day) it was 0.4 s and 126 MB), and the table reads at 10 M rows
 *    a second. Whole numbers in a REAL column take one or two bytes.
 *  - prices and promotions as changes and spans, not as a column of every day.
 *  - states are stored only where the sales row does not tell them; the view `demand` joins them.
 */
#include "config.h"
#include "io/db_private.h"

#include <stdio.h>

#define APPLICATION_ID 0x46435354 /* "FCST" */

static const char *const migration[] = {
	/* 0 -> 1: the first tables */
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	/* Who there is. Attributes (dept, cat, region ...) are rows, any number of them. */
	"CREATE TABLE store(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE series(id INTEGER PRIMARY KEY, store INTEGER NOT NULL REFERENCES store,"
	" item INTEGER NOT NULL REFERENCES item, first INTEGER, last INTEGER,"
	" rows INTEGER NOT NULL DEFAULT 0, whole INTEGER NOT NULL DEFAULT 1,"
	" UNIQUE(store, item)) STRICT;"
	"CREATE TABLE attribute(of TEXT NOT NULL CHECK(of IN ('store','item')), owner INTEGER NOT NULL,"
	" name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(of, owner, name)) STRICT, WITHOUT ROWID;"

	/* What came in, from which file. */
	"CREATE TABLE ingest_batch(id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, path TEXT NOT NULL,"
	" bytes INTEGER NOT NULL, format TEXT NOT NULL, map_hash TEXT NOT NULL DEFAULT '',"
	" rows INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,"
	" changed INTEGER NOT NULL DEFAULT 0, same INTEGER NOT NULL DEFAULT 0,"
	" rejected INTEGER NOT NULL DEFAULT 0, day_min INTEGER, day_max INTEGER,"
	" known_at TEXT NOT NULL, known_day INTEGER NOT NULL,"
	" owner TEXT, licence TEXT, purpose TEXT, UNIQUE(sha256, map_hash)) STRICT;"
	"CREATE TABLE reject_row(batch INTEGER NOT NULL REFERENCES ingest_batch ON DELETE CASCADE,"
	" line INTEGER NOT NULL, field TEXT, value TEXT, reason TEXT NOT NULL) STRICT;"
	"CREATE INDEX reject_row_batch ON reject_row(batch);"

	/* The past. A corrected value moves to sales_history with the day until which it was believed. */
	"CREATE TABLE sales(day INTEGER NOT NULL, series INTEGER NOT NULL, units REAL NOT NULL,"
	" PRIMARY KEY(day, series)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE sales_history(day INTEGER NOT NULL, series INTEGER NOT NULL,"
	" known_until INTEGER NOT NULL, batch INTEGER NOT NULL REFERENCES ingest_batch, units REAL,"
	" PRIMARY KEY(day, series, batch)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE price(series INTEGER NOT NULL, day INTEGER NOT NULL, price REAL NOT NULL,"
	" PRIMARY KEY(series, day)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE promotion(series INTEGER NOT NULL, day INTEGER NOT NULL, until INTEGER NOT NULL,"
	" mechanic TEXT NOT NULL DEFAULT '', depth REAL,"
	" PRIMARY KEY(series, day, mechanic)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE stock(day INTEGER NOT NULL, series INTEGER NOT NULL, on_hand REAL, hours_out REAL,"
	" hours_open REAL, PRIMARY KEY(day, series)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE driver(name TEXT NOT NULL, day INTEGER NOT NULL, series INTEGER NOT NULL,"
	" value REAL NOT NULL, PRIMARY KEY(name, day, series)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE assortment(series INTEGER NOT NULL, day INTEGER NOT NULL, until INTEGER,"
	" PRIMARY KEY(series, day)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE item_cost(item INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL,"
	" PRIMARY KEY(item, name)) STRICT, WITHOUT ROWID;"

	/* store 0 = every store. */
	"CREATE TABLE calendar_event(day INTEGER NOT NULL, store INTEGER NOT NULL DEFAULT 0,"
	" name TEXT NOT NULL, type TEXT NOT NULL DEFAULT 'user', closed INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(day, store, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE calendar_label(label TEXT NOT NULL, day INTEGER NOT NULL, until INTEGER NOT NULL,"
	" PRIMARY KEY(label)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE calendar_span(source TEXT PRIMARY KEY, from_day INTEGER NOT NULL,"
	" until_day INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE period(day INTEGER PRIMARY KEY) STRICT;"

	/* What check found. Codes and severities are documented in quality/check.h. */
	"CREATE TABLE store_day(store INTEGER NOT NULL, day INTEGER NOT NULL,"
	" state TEXT NOT NULL CHECK(state IN ('nofeed','closed','missing')), basis TEXT NOT NULL,"
	" PRIMARY KEY(store, day)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE day_state(day INTEGER NOT NULL, series INTEGER NOT NULL,"
	" state TEXT NOT NULL CHECK(state IN ('stockout','missing','closed','zero')), basis TEXT NOT NULL,"
	" PRIMARY KEY(day, series)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE dq_finding(id INTEGER PRIMARY KEY, checked_at TEXT NOT NULL, as_of INTEGER NOT NULL,"
	" rule TEXT NOT NULL, severity TEXT NOT NULL CHECK(severity IN ('note','warn','quarantine','block')),"
	" store TEXT, item TEXT, day INTEGER, until INTEGER, value REAL, expected REAL,"
	" cases INTEGER NOT NULL DEFAULT 1, text TEXT NOT NULL) STRICT;"

	/* Hash of each month of the data; stale ones are made again when they are asked for. */
	"CREATE TABLE data_month(month INTEGER PRIMARY KEY, hash TEXT, rows INTEGER) STRICT;"

	/* What ran. `id` names the inputs by hash, `seq` counts. */
	"CREATE TABLE config_snapshot(hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE build(hash TEXT PRIMARY KEY, version TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
	"CREATE TABLE run(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind TEXT NOT NULL,"
	" state TEXT NOT NULL, trigger TEXT NOT NULL DEFAULT 'manual', as_of INTEGER NOT NULL,"
	" horizon INTEGER NOT NULL, levels TEXT NOT NULL DEFAULT '', spec TEXT NOT NULL DEFAULT '',"
	" model INTEGER, data_hash TEXT NOT NULL, data_version INTEGER NOT NULL,"
	" config_hash TEXT NOT NULL REFERENCES config_snapshot, code_hash TEXT NOT NULL REFERENCES build,"
	" model_hash TEXT NOT NULL DEFAULT '', series INTEGER NOT NULL DEFAULT 0,"
	" done INTEGER NOT NULL DEFAULT 0, fallbacks INTEGER NOT NULL DEFAULT 0,"
	" started TEXT NOT NULL, ended TEXT, exit_code INTEGER, published_hash TEXT, note TEXT) STRICT;"
	"CREATE INDEX run_id ON run(id);"
	"CREATE TABLE resource_use(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" stage TEXT NOT NULL, wall REAL NOT NULL, cpu REAL NOT NULL, maxrss INTEGER NOT NULL,"
	" ended TEXT NOT NULL, PRIMARY KEY(run, stage)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE run_chunk(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" chunk INTEGER NOT NULL, series INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY(run, chunk))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE pointer(name TEXT PRIMARY KEY, run INTEGER NOT NULL REFERENCES run) STRICT, WITHOUT ROWID;"

	/* Fitted specs: versions never change, aliases move. */
	"CREATE TABLE model_version(version INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL,"
	" spec TEXT NOT NULL, as_of INTEGER NOT NULL, series INTEGER NOT NULL, data_hash TEXT NOT NULL,"
	" config_hash TEXT NOT NULL, code_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,"
	" bytes INTEGER NOT NULL, made_at TEXT NOT NULL, run INTEGER REFERENCES run) STRICT;"
	"CREATE TABLE model_part(version INTEGER NOT NULL REFERENCES model_version, part INTEGER NOT NULL,"
	" name TEXT NOT NULL, blob BLOB NOT NULL, PRIMARY KEY(version, part)) STRICT;"
	"CREATE TRIGGER model_version_fixed BEFORE UPDATE ON model_version"
	" BEGIN SELECT raise(ABORT, 'a model version never changes'); END;"
	"CREATE TABLE model_alias(alias TEXT PRIMARY KEY, version INTEGER NOT NULL"
	" REFERENCES model_version, since TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE active(series INTEGER PRIMARY KEY, method TEXT NOT NULL,"
	" version INTEGER REFERENCES model_version) STRICT;"

	/* What was forecast. CHECKs keep what the program promises, whoever writes. */
	"CREATE TABLE forecast(run INTEGER NOT NULL, series INTEGER NOT NULL, step INTEGER NOT NULL,"
	" mean REAL NOT NULL, q05 REAL NOT NULL, q10 REAL NOT NULL, q25 REAL NOT NULL, q50 REAL NOT NULL,"
	" q75 REAL NOT NULL, q90 REAL NOT NULL, q95 REAL NOT NULL, method TEXT NOT NULL,"
	" rung INTEGER NOT NULL, reason TEXT, PRIMARY KEY(run, series, step),"
	" CHECK(q05 <= q10 AND q10 <= q25 AND q25 <= q50 AND q50 <= q75 AND q75 <= q90 AND q90 <= q95))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE forecast_level(run INTEGER NOT NULL, series INTEGER NOT NULL, step INTEGER NOT NULL,"
	" level REAL NOT NULL, value REAL NOT NULL, PRIMARY KEY(run, series, step, level))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE series_failure(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" series INTEGER NOT NULL, rung INTEGER NOT NULL, method TEXT NOT NULL, reason TEXT NOT NULL,"
	" PRIMARY KEY(run, series)) STRICT, WITHOUT ROWID;"

	/* How it was judged. `part`: of what ('all', 'horizon', 'tier', 'class', 'window'), `member`: which. */
	"CREATE TABLE score(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, method TEXT NOT NULL,"
	" part TEXT NOT NULL, member TEXT NOT NULL, metric TEXT NOT NULL, value REAL,"
	" cases INTEGER NOT NULL, PRIMARY KEY(run, method, part, member, metric)) STRICT, WITHOUT ROWID;"

	/* Documented views, for SQL and BI. day_text is the date of the period's first day. */
	"CREATE VIEW v_forecast_current AS SELECT st.name AS store, it.name AS item,"
	" r.as_of AS origin, f.step, f.mean, f.q05, f.q10, f.q25, f.q50, f.q75, f.q90, f.q95,"
	" f.method, f.rung, f.reason FROM pointer p JOIN run r ON r.seq = p.run"
	" JOIN forecast f ON f.run = p.run JOIN series s ON s.id = f.series"
	" JOIN store st ON st.id = s.store JOIN item it ON it.id = s.item WHERE p.name = 'published';"
	"CREATE VIEW v_accuracy AS SELECT r.seq AS run, r.id, r.as_of, c.method, c.part, c.member,"
	" c.metric, c.value, c.cases FROM score c JOIN run r ON r.seq = c.run;"
	"CREATE VIEW demand AS SELECT s.day, s.series, s.units AS sales,"
	" CASE WHEN sd.state IN ('closed','nofeed') THEN NULL WHEN x.state IN ('stockout','missing','closed')"
	" THEN NULL ELSE s.units END AS demand,"
	" coalesce(sd.state, x.state, CASE WHEN s.units <> 0 THEN 'sold' ELSE 'zero' END) AS state"
	" FROM sales s JOIN series e ON e.id = s.series"
	" LEFT JOIN store_day sd ON sd.store = e.store AND sd.day = s.day"
	" LEFT JOIN day_state x ON x.day = s.day AND x.series = s.series"
	" UNION ALL SELECT d.day, e.id, NULL,"
	" CASE WHEN coalesce(sd.state, x.state) IS NULL AND g.value = 'zero' THEN 0.0 ELSE NULL END,"
	" coalesce(sd.state, x.state, g.value)"
	" FROM series e JOIN period d ON d.day >= e.first"
	" JOIN (SELECT coalesce((SELECT value FROM meta WHERE key = 'gaps'), 'missing') AS value) g"
	" LEFT JOIN store_day sd ON sd.store = e.store AND sd.day = d.day"
	" LEFT JOIN day_state x ON x.day = d.day AND x.series = e.id"
	" WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.day = d.day AND s.series = e.id);",

	/* Parts of a training under way, and the sums over the tree that were published. */
	"CREATE TABLE training_part(key TEXT PRIMARY KEY, base TEXT NOT NULL, name TEXT NOT NULL,"
	" blob BLOB NOT NULL, made_at TEXT NOT NULL) STRICT;"
	"CREATE INDEX training_part_base ON training_part(base);"
	"CREATE TABLE forecast_node(run INTEGER NOT NULL, tier TEXT NOT NULL, node TEXT NOT NULL,"
	" step INTEGER NOT NULL, mean REAL NOT NULL, q05 REAL, q10 REAL, q25 REAL, q50 REAL, q75 REAL,"
	" q90 REAL, q95 REAL, PRIMARY KEY(run, tier, node, step),"
	" CHECK(q05 <= q10 AND q10 <= q25 AND q25 <= q50 AND q50 <= q75 AND q75 <= q90 AND q90 <= q95))"
	" STRICT, WITHOUT ROWID;"
	"CREATE VIEW v_node_current AS SELECT f.tier, f.node, r.as_of AS origin, f.step, f.mean, f.q05,"
	" f.q10, f.q25, f.q50, f.q75, f.q90, f.q95 FROM pointer p JOIN run r ON r.seq = p.run"
	" JOIN forecast_node f ON f.run = p.run WHERE p.name = 'published';",

	/* Sales of nodes of the tree from before the sales of items were kept. A node is named by the
	 * values of attributes that it stands for, in byte order: "CA|FOODS"; "total" is all. */
	"CREATE TABLE node(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE node_sales(node INTEGER NOT NULL REFERENCES node, day INTEGER NOT NULL,"
	" units REAL NOT NULL, PRIMARY KEY(node, day)) STRICT, WITHOUT ROWID;",

	/* What would have been sold on days out of stock; the view shows it beside what was. */
	"CREATE TABLE demand_estimate(day INTEGER NOT NULL, series INTEGER NOT NULL, demand REAL NOT NULL,"
	" PRIMARY KEY(day, series)) STRICT, WITHOUT ROWID;"
	"DROP VIEW demand;"
	"CREATE VIEW demand AS SELECT s.day, s.series, s.units AS sales,"
	" CASE WHEN coalesce(sd.state, x.state) = 'stockout' THEN u.demand"
	" WHEN sd.state IN ('closed','nofeed') OR x.state IN ('missing','closed') THEN NULL"
	" ELSE s.units END AS demand,"
	" coalesce(sd.state, x.state, CASE WHEN s.units <> 0 THEN 'sold' ELSE 'zero' END) AS state,"
	" CASE WHEN coalesce(sd.state, x.state) = 'stockout' THEN iif(u.demand IS NULL, NULL, 'estimate')"
	" WHEN sd.state IN ('closed','nofeed') OR x.state IN ('missing','closed') THEN NULL"
	" ELSE 'sales' END AS basis"
	" FROM sales s JOIN series e ON e.id = s.series"
	" LEFT JOIN store_day sd ON sd.store = e.store AND sd.day = s.day"
	" LEFT JOIN day_state x ON x.day = s.day AND x.series = s.series"
	" LEFT JOIN demand_estimate u ON u.day = s.day AND u.series = s.series"
	" UNION ALL SELECT d.day, e.id, NULL,"
	" CASE WHEN coalesce(sd.state, x.state) = 'stockout' THEN u.demand"
	" WHEN coalesce(sd.state, x.state) IS NULL AND g.value = 'zero' THEN 0.0 ELSE NULL END,"
	" coalesce(sd.state, x.state, g.value),"
	" CASE WHEN coalesce(sd.state, x.state) = 'stockout' THEN iif(u.demand IS NULL, NULL, 'estimate')"
	" WHEN coalesce(sd.state, x.state) IS NULL AND g.value = 'zero' THEN 'sales' ELSE NULL END"
	" FROM series e JOIN period d ON d.day >= e.first"
	" JOIN (SELECT coalesce((SELECT value FROM meta WHERE key = 'gaps'), 'missing') AS value) g"
	" LEFT JOIN store_day sd ON sd.store = e.store AND sd.day = d.day"
	" LEFT JOIN day_state x ON x.day = d.day AND x.series = e.id"
	" LEFT JOIN demand_estimate u ON u.day = d.day AND u.series = e.id"
	" WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.day = d.day AND s.series = e.id);",

	/* The last day of which a price was told, also where it was the same as before: what is a plan. */
	"CREATE TABLE price_told(series INTEGER PRIMARY KEY, day INTEGER NOT NULL) STRICT;"
	"INSERT INTO price_told SELECT series, max(day) FROM price GROUP BY series;",

	/* From forecasts to orders and money. What a replay came to: by series and arm, by arm and level
	 * (tau 0: as calibrated), by cut, over the years; single figures by name; the page as it was made.
	 * Units are sums over the test window, money the window's. */
	"CREATE TABLE replay(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, arm TEXT NOT NULL,"
	" series INTEGER NOT NULL, demand REAL NOT NULL, sold REAL NOT NULL, lost REAL NOT NULL,"
	" wasted REAL NOT NULL, held REAL NOT NULL, received REAL NOT NULL, lines INTEGER NOT NULL,"
	" lost_margin REAL NOT NULL, goodwill REAL NOT NULL, waste REAL NOT NULL, holding REAL NOT NULL,"
	" ordering REAL NOT NULL, markdown REAL NOT NULL, total REAL NOT NULL,"
	" PRIMARY KEY(run, arm, series)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE roi_point(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, arm TEXT NOT NULL,"
	" tau REAL NOT NULL, fill REAL, service REAL, stock_value REAL, cover REAL, waste_share REAL,"
	" lost_margin REAL NOT NULL, goodwill REAL NOT NULL, waste REAL NOT NULL, holding REAL NOT NULL,"
	" ordering REAL NOT NULL, markdown REAL NOT NULL, total REAL NOT NULL, PRIMARY KEY(run, arm, tau))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE roi_member(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, cut TEXT NOT NULL,"
	" member TEXT NOT NULL, series INTEGER NOT NULL, worse INTEGER NOT NULL, sales REAL NOT NULL,"
	" rival_total REAL NOT NULL, model_total REAL NOT NULL, rival_wape REAL, model_wape REAL,"
	" benefit REAL NOT NULL, low REAL, high REAL, PRIMARY KEY(run, cut, member)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE roi_figure(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL,"
	" value REAL, text TEXT, PRIMARY KEY(run, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE order_level(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, arm TEXT NOT NULL,"
	" segment TEXT NOT NULL, tau REAL NOT NULL, PRIMARY KEY(run, arm, segment)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE cash(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, year INTEGER NOT NULL,"
	" item TEXT NOT NULL, amount REAL NOT NULL, PRIMARY KEY(run, year, item)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE page(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, name TEXT NOT NULL,"
	" html TEXT NOT NULL, PRIMARY KEY(run, name)) STRICT, WITHOUT ROWID;"
	"CREATE VIEW v_roi AS SELECT r.seq AS run, r.id, r.as_of, p.arm, st.name AS store, it.name AS item,"
	" p.demand, p.sold, p.lost, p.wasted, p.lines, p.lost_margin, p.goodwill, p.waste, p.holding,"
	" p.ordering, p.markdown, p.total FROM replay p JOIN run r ON r.seq = p.run"
	" JOIN series s ON s.id = p.series JOIN store st ON st.id = s.store JOIN item it ON it.id = s.item;"
	/* What was proposed, from which forecast, and why. */
	"CREATE TABLE decision(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" forecast_run INTEGER NOT NULL REFERENCES run, series INTEGER NOT NULL, day INTEGER NOT NULL,"
	" arrives INTEGER NOT NULL, forecast REAL NOT NULL, tau REAL NOT NULL, level REAL NOT NULL,"
	" on_hand REAL, on_order REAL, units REAL NOT NULL, reason TEXT NOT NULL,"
	" PRIMARY KEY(run, series)) STRICT, WITHOUT ROWID;"
	"ALTER TABLE stock ADD COLUMN on_order REAL;",

	/* Who did what, when, and why: each row holds the hash of the one before (db_audit.h). */
	"CREATE TABLE audit(seq INTEGER PRIMARY KEY, ts TEXT NOT NULL, os_user TEXT NOT NULL,"
	" host TEXT NOT NULL, cmdline TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,"
	" before_hash TEXT, after_hash TEXT, reason TEXT, prev_sha256 TEXT NOT NULL,"
	" sha256 TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TRIGGER audit_stays BEFORE UPDATE ON audit"
	" BEGIN SELECT raise(ABORT, 'an audit row never changes'); END;"
	"CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
	" BEGIN SELECT raise(ABORT, 'an audit row is never taken out'); END;",

	/* The life of a model. What is known of a version beside its row (code, span, scores, who made it);
	 * what the gates said; where the aliases stood. `day` is the last day that was known, never the clock. */
	"CREATE TABLE model_fact(version INTEGER NOT NULL REFERENCES model_version, name TEXT NOT NULL,"
	" value TEXT NOT NULL, PRIMARY KEY(version, name)) STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER model_fact_fixed BEFORE UPDATE ON model_fact"
	" BEGIN SELECT raise(ABORT, 'a fact of a model version never changes'); END;"
	"CREATE TABLE gate_result(id INTEGER PRIMARY KEY, trial INTEGER NOT NULL, at TEXT NOT NULL,"
	" day INTEGER NOT NULL, version INTEGER NOT NULL REFERENCES model_version,"
	" against INTEGER REFERENCES model_version, gate TEXT NOT NULL,"
	" verdict TEXT NOT NULL CHECK(verdict IN ('pass','fail','insufficient','skipped')), value REAL,"
	" threshold REAL, text TEXT NOT NULL) STRICT;"
	"CREATE INDEX gate_result_version ON gate_result(version);"
	"CREATE TABLE model_alias_log(seq INTEGER PRIMARY KEY, at TEXT NOT NULL, day INTEGER NOT NULL,"
	" alias TEXT NOT NULL, version INTEGER, before INTEGER, reason TEXT NOT NULL DEFAULT '') STRICT;"

	/* The newest file that a run has seen: what replay goes back to. */
	"ALTER TABLE run ADD COLUMN batch INTEGER;"
	/* The day that --as-of asked for; NULL: the run took all there was. */
	"ALTER TABLE run ADD COLUMN asked INTEGER;"
	/* The version that served a share of the stores, and that share. */
	"ALTER TABLE run ADD COLUMN canary INTEGER;"
	"ALTER TABLE run ADD COLUMN canary_share REAL;"
	/* How to take back what files changed beside the sales, once there is a run that saw it before: the statement
	 * that restores the row, by the newest file. Replay goes back by it; db gc forgets it with the runs. */
	"CREATE TABLE undo_log(n INTEGER PRIMARY KEY, batch INTEGER NOT NULL, sql TEXT NOT NULL) STRICT;"
	"CREATE INDEX undo_log_batch ON undo_log(batch);"
	"CREATE TRIGGER price_added BEFORE INSERT ON price WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO price VALUES(' || quote(o.series) || ',' || quote(o.day) "
	"|| ',' || quote(o.price) || ')'"
	" FROM price o WHERE o.series = NEW.series AND o.day = NEW.day),"
	" 'DELETE FROM price WHERE series = ' || quote(NEW.series) || ' AND day = ' || quote(NEW.day))); END;"
	"CREATE TRIGGER price_changed BEFORE UPDATE ON price WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO price VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.price) || ')'); END;"
	"CREATE TRIGGER price_removed BEFORE DELETE ON price WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO price VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.price) || ')'); END;"
	"CREATE TRIGGER promotion_added BEFORE INSERT ON promotion WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO promotion VALUES(' || quote(o.series) || ',' || "
	"quote(o.day) || ',' || quote(o.until) || ',' || quote(o.mechanic) || ',' || quote(o.depth) || ')'"
	" FROM promotion o WHERE o.series = NEW.series AND o.day = NEW.day AND o.mechanic = NEW.mechanic),"
	" 'DELETE FROM promotion WHERE series = ' || quote(NEW.series) || ' AND day = ' || quote(NEW.day) || "
	"' AND mechanic = ' || quote(NEW.mechanic))); END;"
	"CREATE TRIGGER promotion_changed BEFORE UPDATE ON promotion WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO promotion VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.until) || ',' || quote(OLD.mechanic) || ',' || quote(OLD.depth) || ')'); END;"
	"CREATE TRIGGER promotion_removed BEFORE DELETE ON promotion WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO promotion VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.until) || ',' || quote(OLD.mechanic) || ',' || quote(OLD.depth) || ')'); END;"
	"CREATE TRIGGER driver_added BEFORE INSERT ON driver WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO driver VALUES(' || quote(o.name) || ',' || quote(o.day) ||"
	" ',' || quote(o.series) || ',' || quote(o.value) || ')'"
	" FROM driver o WHERE o.name = NEW.name AND o.day = NEW.day AND o.series = NEW.series),"
	" 'DELETE FROM driver WHERE name = ' || quote(NEW.name) || ' AND day = ' || quote(NEW.day) || ' AND "
	"series = ' || quote(NEW.series))); END;"
	"CREATE TRIGGER driver_changed BEFORE UPDATE ON driver WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO driver VALUES(' || quote(OLD.name) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.series) || ',' || quote(OLD.value) || ')'); END;"
	"CREATE TRIGGER driver_removed BEFORE DELETE ON driver WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO driver VALUES(' || quote(OLD.name) || ',' || quote(OLD.day) || ',' || "
	"quote(OLD.series) || ',' || quote(OLD.value) || ')'); END;"
	"CREATE TRIGGER price_told_added BEFORE INSERT ON price_told WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO price_told VALUES(' || quote(o.series) || ',' || "
	"quote(o.day) || ')'"
	" FROM price_told o WHERE o.series = NEW.series),"
	" 'DELETE FROM price_told WHERE series = ' || quote(NEW.series))); END;"
	"CREATE TRIGGER price_told_changed BEFORE UPDATE ON price_told WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO price_told VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ')'); END;"
	"CREATE TRIGGER price_told_removed BEFORE DELETE ON price_told WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO price_told VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ')'); END;"
	"CREATE TRIGGER assortment_added BEFORE INSERT ON assortment WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO assortment VALUES(' || quote(o.series) || ',' || "
	"quote(o.day) || ',' || quote(o.until) || ')'"
	" FROM assortment o WHERE o.series = NEW.series AND o.day = NEW.day),"
	" 'DELETE FROM assortment WHERE series = ' || quote(NEW.series) || ' AND day = ' || quote(NEW.day))); END;"
	"CREATE TRIGGER assortment_changed BEFORE UPDATE ON assortment WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO assortment VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' ||"
	" quote(OLD.until) || ')'); END;"
	"CREATE TRIGGER assortment_removed BEFORE DELETE ON assortment WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO assortment VALUES(' || quote(OLD.series) || ',' || quote(OLD.day) || ',' ||"
	" quote(OLD.until) || ')'); END;"
	"CREATE TRIGGER calendar_event_added BEFORE INSERT ON calendar_event WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO calendar_event VALUES(' || quote(o.day) || ',' || "
	"quote(o.store) || ',' || quote(o.name) || ',' || quote(o.type) || ',' || quote(o.closed) || ')'"
	" FROM calendar_event o WHERE o.day = NEW.day AND o.store = NEW.store AND o.name = NEW.name),"
	" 'DELETE FROM calendar_event WHERE day = ' || quote(NEW.day) || ' AND store = ' || quote(NEW.store) "
	"|| ' AND name = ' || quote(NEW.name))); END;"
	"CREATE TRIGGER calendar_event_changed BEFORE UPDATE ON calendar_event WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_event VALUES(' || quote(OLD.day) || ',' || quote(OLD.store) || ','"
	" || quote(OLD.name) || ',' || quote(OLD.type) || ',' || quote(OLD.closed) || ')'); END;"
	"CREATE TRIGGER calendar_event_removed BEFORE DELETE ON calendar_event WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_event VALUES(' || quote(OLD.day) || ',' || quote(OLD.store) || ','"
	" || quote(OLD.name) || ',' || quote(OLD.type) || ',' || quote(OLD.closed) || ')'); END;"
	"CREATE TRIGGER calendar_label_added BEFORE INSERT ON calendar_label WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO calendar_label VALUES(' || quote(o.label) || ',' || "
	"quote(o.day) || ',' || quote(o.until) || ')'"
	" FROM calendar_label o WHERE o.label = NEW.label),"
	" 'DELETE FROM calendar_label WHERE label = ' || quote(NEW.label))); END;"
	"CREATE TRIGGER calendar_label_changed BEFORE UPDATE ON calendar_label WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_label VALUES(' || quote(OLD.label) || ',' || quote(OLD.day) || ','"
	" || quote(OLD.until) || ')'); END;"
	"CREATE TRIGGER calendar_label_removed BEFORE DELETE ON calendar_label WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_label VALUES(' || quote(OLD.label) || ',' || quote(OLD.day) || ','"
	" || quote(OLD.until) || ')'); END;"
	"CREATE TRIGGER calendar_span_added BEFORE INSERT ON calendar_span WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO calendar_span VALUES(' || quote(o.source) || ',' || "
	"quote(o.from_day) || ',' || quote(o.until_day) || ')'"
	" FROM calendar_span o WHERE o.source = NEW.source),"
	" 'DELETE FROM calendar_span WHERE source = ' || quote(NEW.source))); END;"
	"CREATE TRIGGER calendar_span_changed BEFORE UPDATE ON calendar_span WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_span VALUES(' || quote(OLD.source) || ',' || quote(OLD.from_day) "
	"|| ',' || quote(OLD.until_day) || ')'); END;"
	"CREATE TRIGGER calendar_span_removed BEFORE DELETE ON calendar_span WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO calendar_span VALUES(' || quote(OLD.source) || ',' || quote(OLD.from_day) "
	"|| ',' || quote(OLD.until_day) || ')'); END;"
	"CREATE TRIGGER attribute_added BEFORE INSERT ON attribute WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" coalesce((SELECT 'INSERT OR REPLACE INTO attribute VALUES(' || quote(o.of) || ',' || quote(o.owner)"
	" || ',' || quote(o.name) || ',' || quote(o.value) || ')'"
	" FROM attribute o WHERE o.of = NEW.of AND o.owner = NEW.owner AND o.name = NEW.name),"
	" 'DELETE FROM attribute WHERE of = ' || quote(NEW.of) || ' AND owner = ' || quote(NEW.owner) || ' "
	"AND name = ' || quote(NEW.name))); END;"
	"CREATE TRIGGER attribute_changed BEFORE UPDATE ON attribute WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO attribute VALUES(' || quote(OLD.of) || ',' || quote(OLD.owner) || ',' || "
	"quote(OLD.name) || ',' || quote(OLD.value) || ')'); END;"
	"CREATE TRIGGER attribute_removed BEFORE DELETE ON attribute WHEN EXISTS (SELECT 1 FROM run)"
	" BEGIN INSERT INTO undo_log(batch, sql) VALUES(coalesce((SELECT max(id) FROM ingest_batch), 0),"
	" 'INSERT OR REPLACE INTO attribute VALUES(' || quote(OLD.of) || ',' || quote(OLD.owner) || ',' || "
	"quote(OLD.name) || ',' || quote(OLD.value) || ')'); END;"
	/* Hashes of the data by table and month under the hash of all, so that a difference has a name. */
	"CREATE TABLE data_snapshot(hash TEXT NOT NULL, part TEXT NOT NULL, sha256 TEXT NOT NULL,"
	" PRIMARY KEY(hash, part)) STRICT, WITHOUT ROWID;"

	/* What published forecasts came to. By run and step: `part` is 'all', 'store' or an attribute. */
	"CREATE TABLE realised(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, step INTEGER NOT NULL,"
	" part TEXT NOT NULL, member TEXT NOT NULL, day INTEGER NOT NULL, cells INTEGER NOT NULL,"
	" units REAL NOT NULL, mean REAL NOT NULL, abs_error REAL NOT NULL, expected REAL NOT NULL,"
	" pinball REAL NOT NULL, inside50 INTEGER NOT NULL, inside80 INTEGER NOT NULL,"
	" inside90 INTEGER NOT NULL, PRIMARY KEY(run, step, part, member)) STRICT, WITHOUT ROWID;"
	/* By week, one blob a store of 16 bytes a series: number within the store, z, units less mean, days,
	 * days outside the 90 % interval (db_realised.h); and sums by node. role: who forecast it. */
	"CREATE TABLE resid(role TEXT NOT NULL CHECK(role IN ('served','shadow','replay')),"
	" band TEXT NOT NULL CHECK(band IN ('near','far')), week INTEGER NOT NULL, store INTEGER NOT NULL,"
	" series INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY(role, band, week, store))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE resid_node(role TEXT NOT NULL, band TEXT NOT NULL, week INTEGER NOT NULL,"
	" part TEXT NOT NULL, member TEXT NOT NULL, series INTEGER NOT NULL, units REAL NOT NULL,"
	" mean REAL NOT NULL, loss REAL NOT NULL, expected REAL NOT NULL, days INTEGER NOT NULL,"
	" outside INTEGER NOT NULL, PRIMARY KEY(role, band, week, part, member)) STRICT, WITHOUT ROWID;"
	/* Published runs whose horizon has passed: each is judged once. */
	"CREATE VIEW forecast_due AS SELECT r.seq AS run, r.as_of, EXISTS (SELECT 1 FROM realised x"
	" WHERE x.run = r.seq) AS scored FROM run r WHERE r.published_hash IS NOT NULL"
	" AND r.seq = (SELECT max(o.seq) FROM run o WHERE o.as_of = r.as_of AND o.published_hash IS NOT NULL)"
	" AND (SELECT count(*) FROM period WHERE day > r.as_of) > r.horizon + 2;"

	/* Monitoring: thresholds from the past, every statistic of every night, alerts and what came of them. */
	"CREATE TABLE monitor_null(id INTEGER NOT NULL, class TEXT NOT NULL, at TEXT NOT NULL,"
	" day INTEGER NOT NULL, weeks INTEGER NOT NULL, series INTEGER NOT NULL, config_hash TEXT NOT NULL,"
	" version INTEGER, phi REAL NOT NULL, tail BLOB NOT NULL, PRIMARY KEY(id, class)) STRICT;"
	"CREATE TABLE monitor_stat(run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
	" monitor TEXT NOT NULL, node TEXT NOT NULL, day INTEGER NOT NULL, from_day INTEGER,"
	" value REAL, p REAL, threshold REAL, calibration INTEGER, verdict TEXT NOT NULL,"
	" PRIMARY KEY(run, monitor, node)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX monitor_stat_monitor ON monitor_stat(monitor, node, run);"
	"CREATE TABLE alert(id INTEGER PRIMARY KEY, code TEXT NOT NULL, layer TEXT NOT NULL,"
	" grade TEXT NOT NULL CHECK(grade IN ('ALARM','REVIEW')), node TEXT NOT NULL, opened INTEGER NOT NULL,"
	" last INTEGER NOT NULL, closed INTEGER, snoozed_until INTEGER, from_day INTEGER, value REAL,"
	" baseline REAL, threshold REAL, money REAL, series INTEGER NOT NULL DEFAULT 1, version INTEGER,"
	" cause TEXT NOT NULL DEFAULT '', text TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX alert_open ON alert(code, node) WHERE closed IS NULL;"
	"CREATE TABLE alert_event(alert INTEGER NOT NULL REFERENCES alert ON DELETE CASCADE,"
	" n INTEGER NOT NULL, at TEXT NOT NULL, day INTEGER NOT NULL, event TEXT NOT NULL, text TEXT NOT NULL,"
	" PRIMARY KEY(alert, n)) STRICT, WITHOUT ROWID;"

	/* What is to be told outside: written with what it tells of, sent at least once, one row a key. */
	"CREATE TABLE outbox(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at TEXT NOT NULL,"
	" grade TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, sent TEXT,"
	" tries INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;",
};

#define SCHEMA_VERSION ((int)(sizeof migration / sizeof *migration))

static enum status migrate_locked(struct db *db, struct err *e)
{
	int64_t version;
	char pragma[64];
	/* Read again under the lock: another opener may have done the work meanwhile. */
	enum status status = db_query_int(db, "PRAGMA user_version", 0, &version, e);
	for (; !status && version < SCHEMA_VERSION; version++)
		status = db_exec(db, migration[version], e);
	if (!status) {
		snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", SCHEMA_VERSION);
		status = db_exec(db, pragma, e);
	}
	if (!status) {
		snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d", APPLICATION_ID);
		status = db_exec(db, pragma, e);
	}
	return status;
}

enum status schema_migrate(struct db *db, struct err *e)
{
	int64_t version, application, tables;
	enum status status = db_query_int(db, "PRAGMA user_version", 0, &version, e);
	if (!status)
		status = db_query_int(db, "PRAGMA application_id", 0, &application, e);
	if (!status)
		status = db_query_int(db, "SELECT count(*) FROM sqlite_schema", 0, &tables, e);
	if (status)
		return status;
	if (tables && application != APPLICATION_ID)
		return err_set(e, E_INPUT, "'%s' is an SQLite file, but not one of forecast's", db->path);
	if (version > SCHEMA_VERSION)
		return err_set(e, E_INPUT, "'%s' was written by a later forecast (tables %lld, known %d)",
			       db->path, (long long)version, SCHEMA_VERSION);
	if (version == SCHEMA_VERSION)
		return OK;
	if (db->mode == DB_READ)
		return err_set(e, E_USAGE, "'%s' has tables of an older forecast: any command that writes"
			       " (forecast check) brings them up to date", db->path);
	status = db_begin(db, e);
	if (status)
		return status;
	status = migrate_locked(db, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}
