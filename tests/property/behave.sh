#!/bin/sh
# A forecast that changes without a cause is held, what was published stays, a person can let it pass; a command that
# is to be told and fails does not stop the night.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

# Sales that repeat each week: nothing in them explains a change.
awk 'BEGIN { print "store,item,date,units"
	split("31 28 31 30 31 30 31", month, " ")
	for (t = 0; t < 200; t++) {
		m = 1
		for (d = t + 1; d > month[m]; m++)
			d -= month[m]
		for (i = 0; i < 12; i++)
			printf "S,I%02d,2025-%02d-%02d,%d\n", i, m, d, 20 + 3 * (t % 7)
	} }' >sales.csv
head -n $((1 + 12 * 190)) sales.csv >first.csv
{ head -n 1 sales.csv; sed -n "$((2 + 12 * 190)),$((1 + 12 * 191))p" sales.csv; } >second.csv
mkdir in
cat >forecast.conf <<'EOF'
[ingest]
files = in/*.csv
[monitor]
replay_weeks = -1
[notify]
command = /nonexistent/pager
on = always
EOF
cp first.csv in/1.csv
forecast ingest in/1.csv >/dev/null 2>&1
forecast train --spec 'fallback(seasonal_window_mean, snaive)' >/dev/null 2>&1
runs 'the first night' 3 forecast nightly
like 'the pager could not be started' "$(cat err)" 'could not be started'
is 'it is published' "$(sqlite3 forecast.db "SELECT count(*) FROM pointer")" 1
is 'and waits to be told' "$(sqlite3 forecast.db "SELECT tries || ' ' || (sent IS NULL) FROM outbox")" '1 1'
published=$(sqlite3 forecast.db 'SELECT run FROM pointer')

# Another recipe that sees twice the level: as if units had been mixed up on the way.
runs 'what a night would do: nothing' 0 forecast nightly --dry
like 'is told' "$(cat out)" 'publish +nothing: run [0-9a-f]+ is published already'
cp second.csv in/2.csv
runs 'with a new file' 0 forecast nightly --dry
like 'it would take it in' "$(cat out)" '^ingest +1 of 2 files are new, with 12 rows'
like 'and publish' "$(cat out)" '^publish +run [0-9a-f]+ as of 2025-07-10'
is 'nothing was' "$(sqlite3 forecast.db 'SELECT count(*) FROM ingest_batch')$(find . -name '*dry-*' | wc -l | tr -d ' ')" 10
sqlite3 forecast.db "UPDATE forecast SET mean = mean / 2 WHERE run = $published AND step > 1"
runs 'a forecast that doubles' 4 forecast nightly
like 'is held with group and figures' "$(cat err)" 'changed by \+1[0-9][0-9] %'
is 'last night stays' "$(sqlite3 forecast.db 'SELECT run FROM pointer')" "$published"
is 'and is told of' "$(sqlite3 forecast.db "SELECT count(*) FROM outbox WHERE grade = 'held'")" 1
forecast status pipeline --format csv >stages.csv 2>/dev/null
like 'the pipeline shows where it was held' "$(cat stages.csv)" '^publish,forecast,held,'
like 'that the forecasts are there' "$(cat stages.csv)" '^forecast,train,done,.*,forecast [0-9a-f]{12},'
like 'and that people were told' "$(cat stages.csv)" '^notify,report,done,'
runs 'a person wants a reason' 2 forecast nightly --accept-change
printf '[ingest]\nfiles = in/*.csv\n[monitor]\nreplay_weeks = -1\n[notify]\ncommand = tee told.txt\non = always\n' >forecast.conf
runs 'and lets it pass' 0 forecast nightly --accept-change --reason 'units were mixed up before'
ok 'it is published' test "$(sqlite3 forecast.db 'SELECT run FROM pointer')" != "$published"
like 'the audit has it' "$(sqlite3 forecast.db "SELECT reason FROM audit WHERE action = 'accept change'")" 'mixed up before'
is 'what waited was told now' "$(sqlite3 forecast.db "SELECT count(*) FROM outbox WHERE sent IS NULL")" 0
done_testing
