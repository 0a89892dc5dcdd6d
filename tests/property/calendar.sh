#!/bin/sh
# L1.calendar: an event that came around in both years before and that nobody announced for the days ahead is told
# the same night; announced, or seen in one year alone, or not due yet, it is not. A day to come on which the calendar
# shuts the store is forecast as shut.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

# Day numbers become dates by sqlite; units follow the week, so the data have nothing odd.
sqlite3 -csv -header :memory: "WITH RECURSIVE d(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM d WHERE n < 880),
	i(item) AS (VALUES ('a'), ('b'), ('c'))
	SELECT 'S1' AS store, item, date('2024-01-01', '+' || n || ' days') AS date, 5 + (n % 7) AS units FROM d, i
	ORDER BY date, item" >sales.csv
cat >forecast.conf <<'EOT'
[run]
spec = snaive
[monitor]
replay_weeks = -1
EOT
# told NAME...: the events' lines; the night of 2026-05-30 and the names that its alerts bear.
told() {
	rm -f forecast.db*
	{
		echo date,event
		cat
	} >events.csv
	forecast ingest sales.csv events.csv >/dev/null 2>&1 || echo 'not taken in'
	forecast nightly -q >/dev/null 2>&1
	sqlite3 forecast.db "SELECT group_concat(node || ' ' || grade) FROM alert WHERE code = 'L1.calendar'"
}
is 'the data end where the test means them to' "$(tail -n 1 sales.csv)" 'S1,c,2026-05-30,10'
is 'a fair of two years that nobody announced' "$(printf '%s\n' 2024-06-12,Fair 2025-06-14,Fair | told)" 'Fair ALARM'
is 'its night is kept as a statistic' "$(sqlite3 forecast.db "SELECT verdict FROM monitor_stat WHERE monitor = 'L1.calendar'")" ALARM
is 'announced' "$(printf '%s\n' 2024-06-12,Fair 2025-06-14,Fair 2026-06-20,Fair | told)" ''
is 'its night too' "$(sqlite3 forecast.db "SELECT verdict FROM monitor_stat WHERE monitor = 'L1.calendar'")" OK
is 'a fair of one year' "$(printf '%s\n' 2025-06-14,Fair | told)" ''
is 'a fair that is not due within the horizon' "$(printf '%s\n' 2024-08-12,Fair 2025-08-14,Fair | told)" ''
printf '%s\n' date,event,store,closed 2026-06-02,Fair,, 2026-06-04,Stocktaking,S1,1 >closings.csv
rm -f forecast.db*
forecast ingest sales.csv closings.csv >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
is 'a closing to come' "$(sqlite3 forecast.db "SELECT group_concat(DISTINCT step) FROM v_forecast_current WHERE q95 = 0")" 5
is 'and kept as told by the calendar' "$(sqlite3 forecast.db "SELECT date(day * 86400, 'unixepoch'), state, basis FROM store_day
	WHERE day > (SELECT max(day) FROM sales)")" '2026-06-04|closed|calendar'
# In a db of weeks one such day leaves its week open; seven shut it.
sqlite3 -csv -header :memory: "WITH RECURSIVE d(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM d WHERE n < 99)
	SELECT 'S1' AS store, 'a' AS item, date('2024-01-01', '+' || (7 * n) || ' days') AS date, 5 + (n % 7) AS units FROM d" >weeks.csv
sqlite3 -csv :memory: "WITH RECURSIVE d(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM d WHERE n < 6)
	SELECT '2025-12-01', 'New floor', 'S1', 1 UNION ALL
	SELECT date('2025-12-15', '+' || n || ' days'), 'New roof', 'S1', 1 FROM d" | sed '1i date,event,store,closed' >closings.csv
rm -f forecast.db*
forecast ingest weeks.csv closings.csv >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
is 'weeks to come' "$(sqlite3 forecast.db "SELECT group_concat(DISTINCT step) FROM v_forecast_current WHERE q95 = 0")" 3
done_testing
