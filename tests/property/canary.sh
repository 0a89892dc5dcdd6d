#!/bin/sh
# A canary serves whole stores, drawn by name: a larger share keeps the stores of a smaller one, what it serves is what
# its version forecasts by itself, and the other stores see nothing of it.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 12 --items 3 --days 150 --tail 3 --seed 8 2>/dev/null
cat >forecast.conf <<'EOT'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/sales.csv
[monitor]
replay_weeks = -1
EOT
sql() {
	sqlite3 forecast.db "$1"
}
published() {
	sql "SELECT store, item, step, mean, q05, q50, q95 FROM v_forecast_current $1 ORDER BY 1, 2, 3"
}
# Stores that the canary's method serves; a fallback to another rung is not among these sales.
served() {
	sql "SELECT DISTINCT store FROM v_forecast_current WHERE method = 'ses' ORDER BY 1"
}
# shellcheck disable=SC2046 # names of files
forecast ingest $(sed -n 's/^files = //p' forecast.conf) >/dev/null 2>&1
forecast train --spec 'fallback(ses, snaive)' >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
published '' >canarys.txt
forecast train --spec 'fallback(snaive)' >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
published '' >champions.txt
is 'before, the champion serves all' "$(served)" ''

runs 'a canary of a third' 0 forecast models promote 1 --to canary --share .33 --reason try
forecast nightly -q >/dev/null 2>&1
served >third
ok 'some stores, not all' test "$(wc -l <third)" -gt 0 -a "$(wc -l <third)" -lt "$(cut -d'|' -f1 canarys.txt | sort -u | wc -l)"
is 'no store has two methods' "$(sql 'SELECT count(*) FROM (SELECT store FROM v_forecast_current WHERE rung = 0
	GROUP BY store HAVING count(DISTINCT method) > 1)')" 0
published '' >mixed.txt
grep -F "$(sed 's/$/|/' third)" mixed.txt >its.txt
grep -F "$(sed 's/$/|/' third)" canarys.txt >own.txt
same 'its stores get what its version forecast by itself' its.txt own.txt
grep -vF "$(sed 's/$/|/' third)" mixed.txt >others.txt
grep -vF "$(sed 's/$/|/' third)" champions.txt >unchanged.txt
same 'the others what they had' others.txt unchanged.txt

runs 'a canary of two thirds' 0 forecast models promote 1 --to canary --share .67 --reason more
forecast nightly -q >/dev/null 2>&1
served >two
is 'keeps its stores' "$(comm -23 third two)" ''
ok 'and has more' test "$(wc -l <two)" -gt "$(wc -l <third)"
# Made again, such a night is what it was, whoever is the canary by then.
night=$(sql 'SELECT run FROM pointer')
forecast nightly --isolate -q >/dev/null 2>&1
apart=$(sql 'SELECT run FROM pointer')
ok 'the night in a process apart is another run' test "$apart" -gt "$night"
is 'with the same bytes' "$(sql "SELECT count(DISTINCT published_hash) FROM run WHERE seq IN ($night, $apart)")" 1
runs 'all' 0 forecast models promote 1 --to canary --share 1 --reason all
forecast nightly -q >/dev/null 2>&1
is 'are all stores there are' "$(served)" "$(cut -d'|' -f1 canarys.txt | sort -u)"
for run in $night $apart; do
	runs "run $run again" 0 forecast replay "$run" --verify
	like "run $run again: the same bytes" "$(cat out)" 'bit-equal'
done
runs 'two shares' 0 forecast diff "$night" "$(sql 'SELECT run FROM pointer')"
like 'differ by the canary' "$(cat err)" 'differ: .*canary'
done_testing
