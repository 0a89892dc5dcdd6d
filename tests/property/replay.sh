#!/bin/sh
# Runs made again: the same bytes after corrections, at another -j, locale and zone; what was edited is found. The db
# as a file: SQL that only reads, copies, retention, snapshots.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 2 --items 5 --days 260 --tail 14 --seed 6 2>/dev/null
mkdir in
cat >forecast.conf <<'EOF'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/prices.csv shop/promo.csv shop/sales.csv in/*.csv
[monitor]
replay_weeks = -1
EOF
forecast ingest shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/prices.csv shop/promo.csv shop/sales.csv >/dev/null 2>&1
forecast train --spec 'fallback(ets, snaive)' >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
nights=0
for day in $(cd shop/inbox && ls sales_*.csv | head -n 10); do
	cp "shop/inbox/$day" in/
	nights=$((nights + 1))
	if test $nights = 6; then
		# A correction of a week ago, a late row, and a price that is told only now.
		sed -n '1p;30s/,[0-9]*,\([0-9.]*\),/,77,\1,/p' shop/sales.csv >in/a_correction.csv
		tail -n 2 shop/sales.csv | sed 's/,[0-9]*,\([0-9.]*\),/,55,\1,/' >>in/a_correction.csv
	fi
	forecast nightly -q >/dev/null 2>&1
done
runs_made=$(sqlite3 forecast.db "SELECT seq FROM run WHERE kind = 'nightly' AND published_hash IS NOT NULL ORDER BY seq")
same=0
all=0
for run in $runs_made; do
	all=$((all + 1))
	forecast replay "$run" --verify -j 1 >one 2>err1
	s1=$?
	LC_ALL=de_DE.UTF-8 TZ=Pacific/Auckland forecast replay "$run" --verify -j 2 >two 2>err2
	s2=$?
	if test "$s1$s2" = 00 && grep -q 'bit-equal' one && grep -q 'bit-equal' two; then
		same=$((same + 1))
	else
		note "run $run: $(cat one err1)"
	fi
done
# Asked as of a day of the past, and of the last one.
for day in 2025-05-20 2025-06-01 "$(sqlite3 forecast.db "SELECT date(max(day) * 86400, 'unixepoch') FROM sales")"; do
	cp forecast.db past.db
	forecast run --db past.db --spec ses --as-of "$day" -q >/dev/null 2>&1
	runs "a run as of $day" 0 forecast replay "$(sqlite3 past.db 'SELECT max(seq) FROM run')" --verify --db past.db
	like "as of $day: the same bytes" "$(cat out)" 'bit-equal'
done
# The first night of a db, asked as of a day on which the stores are shut.
forecast ingest --db past2.db shop/stores.csv shop/items.csv shop/calendar.csv shop/sales.csv >/dev/null 2>&1
forecast nightly --db past2.db --set run.spec=ses --as-of 2025-05-25 -q >/dev/null 2>&1
runs 'a night as of a day' 0 forecast replay "$(sqlite3 past2.db "SELECT max(seq) FROM run WHERE kind = 'nightly'")" --db past2.db
like 'a night as of a day: the same bytes' "$(cat out)" 'bit-equal'
# A run of the past after a check that saw more: what that check told of weekdays with hindsight stays out again.
forecast ingest --db past3.db shop/stores.csv shop/items.csv shop/sales.csv >/dev/null 2>&1
forecast check --db past3.db >/dev/null 2>&1
forecast run --db past3.db --spec ses --as-of 2025-06-01 -q >/dev/null 2>&1
runs 'a run of the past after a check' 0 forecast replay 1 --verify --db past3.db
like 'a run of the past after a check: the same bytes' "$(cat out)" 'bit-equal'
ok 'ten runs at least' test "$all" -ge 10
is 'each gives the same bytes again, at -j1 and -j2, in another locale and zone' "$same" "$all"
third=$(echo $runs_made | cut -d' ' -f3)
runs 'as json' 0 forecast replay "$third" --json
like 'with the verdict' "$(cat out)" '"verdict":"bit-equal"'
is 'the db is as it was' "$(sqlite3 forecast.db "SELECT count(*) FROM run WHERE kind = 'replay'")" 0
is 'and no copy is left' "$(find . -name '*replay-*' | wc -l | tr -d ' ')" 0
runs 'a training cannot be replayed' 2 forecast replay 1
touch forecast.db.replay-99999999 forecast.db.replay-99999999-wal forecast.db.replay-99999999.part "forecast.db.replay-$$"
runs 'a replay' 0 forecast replay "$third"
is 'takes away the copies of one that was killed, and no other' "$(ls forecast.db.replay-*)" "forecast.db.replay-$$"
rm "forecast.db.replay-$$"
runs 'a night that verifies itself' 0 forecast nightly --verify
like 'finds the same bytes' "$(cat out)" 'verified +made once more: the same bytes'

cp forecast.db kept.db
back() {
	rm -f forecast.db-*
	cp kept.db forecast.db
}
sqlite3 forecast.db "UPDATE forecast SET mean = mean + 1 WHERE run = $third AND step = 4 AND series = (SELECT min(series) FROM forecast WHERE run = $third)"
runs 'an edited forecast' 1 forecast replay "$third" --verify
like 'is named with its step' "$(cat out)" 'first +S01/[0-9]+ step 4'
back
last=$(echo $runs_made | tr ' ' '\n' | tail -n 1)
sqlite3 forecast.db "UPDATE forecast SET mean = mean + 1 WHERE run = $last AND step = 4 AND series = (SELECT min(series) FROM forecast WHERE run = $last)"
runs 'the night that verifies itself' 3 forecast nightly --verify
like 'finds an edited forecast too' "$(cat out)" 'DIFFERS, first at S01/[0-9]+ step 4'
back
sqlite3 forecast.db "UPDATE sales SET units = units + 40 WHERE day BETWEEN (SELECT as_of - 2 FROM run WHERE seq = $third) AND (SELECT as_of FROM run WHERE seq = $third); UPDATE data_month SET hash = NULL"
runs 'edited sales' 1 forecast replay "$third" --verify
like 'are named by their month' "$(cat out)" 'data +sales 20[0-9-]+ is not what it was'
back

# --- snapshots ---
runs 'snapshots' 0 forecast db log --format csv
set -- $runs_made
runs 'what differs between two nights' 0 forecast db diff "$1" "$2"
like 'is the month that grew' "$(cat out)" '^sales 20'
runs 'between a run and itself nothing' 0 forecast db diff "$1" "$1"
is 'is told' "$(cat out)" ''

# --- SQL ---
runs 'a query' 0 forecast db sql 'SELECT count(*) AS n FROM store' --format csv
is 'has its answer' "$(cat out)" 'n
2'
for sql in 'DELETE FROM run' 'DROP TABLE sales' 'PRAGMA user_version = 3' 'SELECT 1; DELETE FROM run' \
	'INSERT INTO meta VALUES(1, 2)' 'ATTACH DATABASE "x.db" AS x' 'VACUUM'; do
	runs "refused: $sql" 2 forecast db sql "$sql"
done

# --- copies ---
runs 'a copy' 0 forecast db backup copy.db
runs 'is whole' 0 forecast db restore copy.db --check
runs 'and not written over' 2 forecast db backup copy.db
cp copy.db bad.db
dd if=/dev/urandom of=bad.db bs=4096 seek=3 count=40 conv=notrunc 2>/dev/null
fails 'a damaged one is refused' forecast db restore bad.db
sqlite3 copy.db "UPDATE run_chunk SET hash = 'x' WHERE run = (SELECT run FROM pointer)"
runs 'one whose forecasts do not give their hash too' 5 forecast db restore copy.db
rm copy.db
forecast db backup copy.db 2>/dev/null
sqlite3 forecast.db 'DELETE FROM forecast'
runs 'put back' 0 forecast db restore copy.db
ok 'the forecasts are there again' test "$(sqlite3 forecast.db 'SELECT count(*) FROM forecast')" -gt 0

# --- retention ---
hash=$(sqlite3 forecast.db "SELECT published_hash FROM run JOIN pointer ON run = seq")
served=$(forecast --store S01 --format csv 2>/dev/null | cksum)
runs 'what would go' 0 forecast db gc --keep 2 --keep-days 1 --dry
rows=$(sqlite3 forecast.db 'SELECT count(*) FROM forecast')
runs 'goes' 0 forecast db gc --keep 2 --keep-days 1
runs 'a run that was thinned cannot be held beside itself' 2 forecast replay "$third"
like 'which is told' "$(cat err)" 'was thinned by retention'
ok 'fewer rows' test "$(sqlite3 forecast.db 'SELECT count(*) FROM forecast')" -lt "$rows"
is 'what is published is whole' "$(forecast --store S01 --format csv 2>/dev/null | cksum)" "$served"
is 'with its hash' "$(sqlite3 forecast.db "SELECT published_hash FROM run JOIN pointer ON run = seq")" "$hash"
is 'old runs keep four steps' "$(sqlite3 forecast.db "SELECT group_concat(DISTINCT step) FROM forecast WHERE run = $1")" '1,7,14,28'
is 'the champion has its parts' "$(sqlite3 forecast.db "SELECT count(*) > 0 FROM model_part JOIN model_alias USING (version) WHERE alias = 'champion'")" 1
runs 'the chain is whole' 0 forecast audit verify
done_testing
