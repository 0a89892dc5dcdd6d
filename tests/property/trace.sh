#!/bin/sh
# What came from what: each answer is held beside the tables it is drawn from, and beside what was done by hand.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 2 --items 4 --days 200 --tail 14 --seed 11 2>/dev/null
mkdir in
cat >forecast.conf <<'EOT'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/prices.csv shop/promo.csv shop/sales.csv in/*.csv
[run]
spec = snaive
[monitor]
replay_weeks = -1
EOT
forecast nightly -q >/dev/null 2>&1
for day in $(cd shop/inbox && ls sales_*.csv | head -n 3); do
	cp "shop/inbox/$day" in/
	forecast nightly -q >/dev/null 2>&1
done
sql() {
	sqlite3 forecast.db "$1"
}
# shellcheck disable=SC2046 # numbers
set -- $(sql "SELECT seq FROM run WHERE kind = 'nightly' ORDER BY seq")
is 'four nights' $# 4
series=$(sql "SELECT st.name || '/' || it.name FROM series x JOIN store st ON st.id = x.store JOIN item it ON it.id = x.item
	ORDER BY 1 LIMIT 1")
key=$(sql "SELECT x.id FROM series x JOIN store st ON st.id = x.store JOIN item it ON it.id = x.item
	WHERE st.name || '/' || it.name = '$series'")
date=$(sql "SELECT date((max(as_of) + 5) * 86400, 'unixepoch') FROM run")

# --- one value ---
runs 'what was served for a day' 0 forecast explain --trace "$series" "$date" --format csv
is 'is what each published run holds of it' "$(tail -n +2 out | cut -d, -f1,4,5)" \
	"$(sql "SELECT r.seq || ',' || f.step || ',' || printf('%.15g', f.mean) FROM run r JOIN forecast f ON f.run = r.seq
		WHERE r.published_hash IS NOT NULL AND f.series = $key AND r.as_of + f.step = (SELECT max(as_of) + 5 FROM run)
		ORDER BY r.seq DESC")"
is 'the last night at step 5' "$(sed -n 2p out | cut -d, -f4)" 5
is 'with the version that the run had' "$(sed -n 2p out | cut -d, -f16)" "$(sql "SELECT model FROM run WHERE seq = $4")"
runs 'a day that nobody forecast' 0 forecast explain --trace "$series" 1999-01-01 --format csv
is 'has no row' "$(wc -l <out | tr -d ' ')" 1
runs 'no date' 2 forecast explain --trace "$series" yesterday
runs 'an unknown item' 2 forecast explain --trace "${series%/*}/none" "$date"

# --- a run ---
runs 'what a run was made of' 0 forecast explain --trace "$3" --json
for what in run data config code model training file; do
	like "names its $what" "$(cat out)" "\"what\":\"$what\""
done
forecast explain --trace "$3" --format csv >out
is 'the files up to then and none after' "$(grep -c '^file,' out)" "$(sql "SELECT batch FROM run WHERE seq = $3")"
is 'the training that made its model' "$(grep '^training,' out | cut -d, -f2)" \
	"$(sql "SELECT seq FROM run WHERE kind = 'train'")"
is 'the data by their whole hash' "$(grep '^data,' out | cut -d, -f3)" "$(sql "SELECT data_hash FROM run WHERE seq = $3")"

# --- a file, downwards ---
second=$(sql "SELECT max(batch) FROM run WHERE seq = $3")
runs 'what a file reached' 0 forecast explain --trace --downstream "$second" --format csv
is 'the forecasts made since, none before' "$(grep '^forecast,' out | cut -d, -f2 | tr '\n' ' ')" "$3 $4 "
sha=$(sql "SELECT sha256 FROM ingest_batch WHERE id = $second")
cp out by_number
runs 'by its hash' 0 forecast explain --trace --downstream "batch:$(echo "$sha" | cut -c1-12)" --format csv
is 'the same' "$(cat out)" "$(cat by_number)"
runs 'the first file' 0 forecast explain --trace --downstream 1 --format csv
is 'reached the model too' "$(grep -c '^model,' out)" 1
runs 'no such file' 2 forecast explain --trace --downstream 9999
runs 'no hash' 2 forecast explain --trace --downstream "x' OR 1"
runs 'downstream without trace' 2 forecast explain "$series" --downstream

# --- two runs ---
runs 'two nights' 0 forecast diff "$3" "$4" --format csv
like 'only the data differ' "$(cat err)" 'differ: data; the same: settings, program, model, recipe'
is 'the change over the days of both, by store' "$(tail -n +2 out | cut -d, -f1,6)" \
	"$(sql "SELECT coalesce(name, 'all') || ',' || printf('%.15g', d) FROM (SELECT st.name AS name, sum(g.mean - f.mean) AS d
		FROM forecast f JOIN forecast g ON g.series = f.series JOIN run a ON a.seq = f.run JOIN run b ON b.seq = g.run
		JOIN series x ON x.id = f.series JOIN store st ON st.id = x.store
		WHERE f.run = $3 AND g.run = $4 AND a.as_of + f.step = b.as_of + g.step GROUP BY st.name
		UNION ALL SELECT NULL, sum(g.mean - f.mean) FROM forecast f JOIN forecast g ON g.series = f.series
		JOIN run a ON a.seq = f.run JOIN run b ON b.seq = g.run
		WHERE f.run = $3 AND g.run = $4 AND a.as_of + f.step = b.as_of + g.step)")"
# Split by cause: the two parts sum to the change; where only the data differ, all of it is theirs, and where only the
# recipe does, none.
column() { awk -F, -v c="$1" 'NR > 1 { print $1 "," $c }' "$2"; }
summed() { awk -F, 'NR > 1 { d = $3 + $4 + $5 - $6; if (d < -1e-9 || d > 1e-9) print }' "$1"; }
cp out two.csv
runs 'two nights by cause' 0 forecast diff "$3" "$4" --causes --format csv
is 'two nights by cause: all is of the data' "$(column 4 out)" "$(column 6 two.csv)"
is 'two nights by cause: nothing of the model' "$(awk -F, 'NR > 1 { print $5 }' out | sort -u)" 0
is 'two nights by cause: it sums up' "$(summed out)" ''
cp forecast.db other.db
forecast run --db other.db --spec naive -q >/dev/null 2>&1
other=$(sqlite3 other.db 'SELECT max(seq) FROM run')
runs 'another recipe on the same data' 0 forecast diff "$4" "$other" --db other.db --causes --format csv
is 'another recipe: nothing of the data' "$(awk -F, 'NR > 1 { print $4 }' out | sort -u)" 0
like 'another recipe: all of the model' "$(awk -F, 'NR > 1 { print $5 }' out | tail -n 1)" '[1-9]'
runs 'another recipe on other data' 0 forecast diff "$3" "$other" --db other.db --causes --format csv
is 'another recipe on other data: it sums up' "$(summed out)" ''
like 'another recipe on other data: both' "$(tail -n 1 out | cut -d, -f4,5)" '[1-9].*,.*[1-9]'
forecast train --db other.db >/dev/null 2>&1
forecast run --db other.db -q >/dev/null 2>&1
runs 'a version that knows later days than the other data' 2 forecast diff "$(sqlite3 other.db 'SELECT max(seq) FROM run')" "$3" \
	--db other.db --causes
like 'is told as that' "$(cat err)" 'was fitted to later days'
is 'no copy is left' "$(find . -name '*replay-*' | wc -l | tr -d ' ')" 0
runs 'a run beside itself' 0 forecast diff "$4" "$4" --format csv
is 'has not changed' "$(tail -n 1 out | cut -d, -f3,6)" '0,0'
runs 'a training forecasts nothing' 2 forecast diff 1 "$4"
runs 'one run is not two' 2 forecast diff "$4"

# --- sources ---
runs 'where it all came from' 0 forecast status sources --check --format csv
like 'the sales: four files, until the last night' "$(cat out)" \
	"^long,4,[0-9]+,$(sql "SELECT date(max(as_of) * 86400, 'unixepoch') FROM run"),"
is 'each kind of file once' "$(tail -n +2 out | wc -l | tr -d ' ')" "$(sql 'SELECT count(DISTINCT format) FROM ingest_batch')"
# A store whose sales stay away for ten days while the other's come.
grep -h '' shop/inbox/sales_*.csv | awk -F, 'NR == 1 || ($0 !~ /^date/ && $0 ~ /S01/)' >in/x_only_one.csv
forecast nightly -q >/dev/null 2>&1
runs 'a store is late' 1 forecast status sources --check
like 'and named' "$(cat err)" 'S02: (nothing came since|no rows came on)'

# It has shut for good: an end to its items is all that the program wants to be told.
last=$(sql "SELECT date(max(day) * 86400, 'unixepoch') FROM sales s JOIN series x ON x.id = s.series JOIN store st ON st.id = x.store WHERE st.name = 'S02'")
sql "SELECT 'store,item,from,to' UNION ALL SELECT st.name || ',' || i.name || ',2020-01-01,$last' FROM series x
	JOIN store st ON st.id = x.store JOIN item i ON i.id = x.item WHERE st.name = 'S02'" >in/x_shut.csv
forecast ingest in/x_shut.csv >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
is 'a store that has shut: so large a change is held until a person says so' "$?" 4
forecast nightly -q --accept-change --reason 'S02 has shut' >/dev/null 2>&1
is 'a store that has shut: its silence is no finding' "$(forecast check --format csv 2>/dev/null | grep -c 'nofeed.*S02')" 0
is 'a store that has shut: nothing is forecast' "$(sql "SELECT count(*) FROM v_forecast_current WHERE store = 'S02' AND (mean > 0 OR q95 > 0)")" 0
ok 'a store that has shut: the other goes on' test "$(sql "SELECT count(*) FROM v_forecast_current WHERE store = 'S01' AND mean > 0")" -gt 0
runs 'a store that has shut: nobody waits for it' 0 forecast status sources --check
done_testing
