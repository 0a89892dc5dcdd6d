#!/bin/sh
# Retention by the night itself: old runs keep steps 1, 7, 14 and 28, the last 14 published stay whole and so does
# whatever may still be judged, once in seven days, and it is told in the audit.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 1 --items 4 --days 180 --tail 56 --seed 5 2>/dev/null
mkdir in
cat >forecast.conf <<'EOT'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/prices.csv shop/promo.csv shop/sales.csv in/*.csv
[run]
spec = snaive
[monitor]
replay_weeks = -1
[db]
keep_days = 3
[run]
horizon = 8
EOT
sql() {
	sqlite3 forecast.db "$1"
}
forecast nightly -q >/dev/null 2>&1
for day in $(cd shop/inbox && ls sales_*.csv); do
	cp "shop/inbox/$day" in/
	forecast nightly -q >/dev/null 2>&1
	sql "SELECT value FROM meta WHERE key = 'gc.day'" >>days
done
as_of=$(sql 'SELECT max(as_of) FROM run')
last=$(tail -n 1 days)
is 'once in seven days' "$(sort -un days | awk 'NR > 1 && $1 - before < 7 { print } { before = $1 }')" ''
ok 'more than once' test "$(sort -u days | wc -l)" -gt 2
ok 'a seventh day was among the last nine' test $((as_of - last)) -lt 9
published="SELECT seq FROM run WHERE published_hash IS NOT NULL AND as_of <= $last ORDER BY seq DESC"
old="SELECT seq FROM run WHERE published_hash IS NOT NULL AND as_of + 30 + 8 <= $last"
ok 'there are such' test "$(sql "SELECT count(*) FROM ($old)")" -gt 3
is 'what is older than all limits is thinned' \
	"$(sql "SELECT group_concat(DISTINCT step) FROM forecast WHERE run IN ($old)")" '1,7'
is 'what may still be judged is whole, though db.keep_days is shorter' \
	"$(sql "SELECT count(*) FROM run r WHERE published_hash IS NOT NULL AND as_of + 30 + 8 > $last
		AND (SELECT count(DISTINCT step) FROM forecast WHERE run = r.seq) <> 8")" 0
is 'the last fourteen are whole' \
	"$(sql "SELECT count(*) FROM ($published LIMIT 14) r WHERE (SELECT count(DISTINCT step) FROM forecast WHERE run = r.seq) = 8")" 14
is 'and those since' \
	"$(sql "SELECT count(*) FROM run r WHERE as_of > $last AND kind = 'nightly' AND (SELECT count(DISTINCT step) FROM forecast WHERE run = r.seq) <> 8")" 0
like 'the audit tells it' "$(forecast audit --format csv 2>/dev/null)" 'retention,"[0-9]+ runs thinned'
runs 'and is whole' 0 forecast audit verify
done_testing
