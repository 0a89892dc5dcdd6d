#!/bin/sh
# The backtest as people call it: the same bytes at any number of threads, scores kept in the db, cuts
# and objectives that there are, sentences for those that there are not.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast backtest
need_forecast ingest
forecast demo -o chain --stores 2 --items 20 --days 200 --seed 4 -q || exit 99
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db shop.db -q >/dev/null 2>&1
forecast check --db shop.db -q >/dev/null 2>&1

# replay OPTIONS: a backtest of three windows.
replay() {
	forecast backtest --db shop.db --windows 3 --horizon 14 -q "$@"
}

replay -j1 --format csv >one.csv || echo "exit $?"
replay -j2 --format csv >two.csv
same '-j1 and -j2' one.csv two.csv
is 'the scores are kept' "$(sqlite3 shop.db "SELECT count(*) FROM score
	WHERE run = (SELECT max(seq) FROM run WHERE kind = 'backtest')")" \
	"$(($(wc -l <one.csv) - 1))"
is 'as a run that ended well' "$(sqlite3 shop.db "SELECT DISTINCT kind || exit_code FROM run")" backtest0
is 'the same inputs have the same id' "$(sqlite3 shop.db 'SELECT count(DISTINCT id) FROM run')" 1
is 'one active method a series at most' \
	"$(sqlite3 shop.db 'SELECT series FROM active GROUP BY 1 HAVING count(*) > 1')" ''
is 'seasonal naive gains nothing over itself' \
	"$(awk -F, '$1 == "snaive" && $7 != "" && $7 != 0' one.csv)" ''
is 'nothing is infinite or negative zero' "$(grep -Ei ',(-?inf|nan|-0),' one.csv)" ''

replay --by class --by horizon --by store --spec ses --objective wape >table
is 'a table is at most 80 columns wide' "$(awk 'length($0) > 80' table | grep -v '─')" ''
like 'with the reference beside the spec asked for' "$(cat table)" '^snaive '
like 'cut by class' "$(cat table)" '^class smooth: [0-9]+ cases'
like 'cut by step' "$(cat table)" '^horizon 14: [0-9]+ cases'
like 'cut by attribute' "$(cat table)" '^store S01: [0-9]+ cases'
like 'ordered as asked' "$(cat table)" '^best first by wape'
# A spec that knows the nodes' distributions has more scores than the others: each keeps its own all the same.
several() {
	replay --spec ses --spec drift --spec naive --spec 'ridge(rows=500)' --spec 'calibrate(drift)' --spec mean "$@"
}
several --format csv >several.csv
several >table
is 'each method is shown with its own scores' \
	"$(for method in ses drift naive mean snaive; do
		shown=$(awk -v m="$method" '$1 == m { print $5; exit }' table)
		awk -F, -v m="$method" -v shown="$shown" '$1 == m && $2 == "all" && $4 == "rmsse" {
			d = $5 - shown; if (shown == "" || d > .0006 || d < -.0006) print m, $5, shown }' several.csv
	done)" ''
is 'and gains over the reference in its own cut' \
	"$(awk -F, 'NR == FNR { if ($1 == "snaive") of[$2, $3, $4] = $5; next }
		$7 != "" && of[$2, $3, $4] > 0 {
			d = $7 - (1 - $5 / of[$2, $3, $4]); if (d > 1e-6 || d < -1e-6) print
		}' several.csv several.csv)" ''
replay --json --spec naive >x.json
is 'and as JSON' "$(sqlite3 :memory: "SELECT json_valid(readfile('x.json'))")" 1

# Weights: the revenue of half of the series.
{ echo store,item,weight; cut -d, -f1,2 chain/sales.csv | tail -n +2 | sort -u | awk -F, -v OFS=, \
	'NR % 2 { print $1, $2, NR }'; } >weights.csv
replay --weights weights.csv --by tier --objective wrmsse >table
like 'weights bring the mean over the tiers' "$(cat table)" '^tier mean'
printf 'store,item,weight\nS01,x,abc\n' >bad.csv
runs 'a weight that is no number' 5 replay --weights bad.csv
like 'is told with its line' "$(cat err)" "bad.csv:2: weight 'abc'"

# What a run as of a past day says is what the backtest scored in the window of that day, also where the
# spec learns across series: the same mean absolute error over the same cases. Without a check there are
# no states that only hindsight knows.
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db then.db -q >/dev/null 2>&1
last=$(sqlite3 then.db "SELECT date(max(day) * 86400, 'unixepoch') FROM sales")
day=$(date -u -d "$last - 14 days" +%F)
for spec in ses 'reconcile(ses, snaive)'; do
	forecast backtest --db then.db --windows 1 --horizon 14 --spec "$spec" --format csv -q |
		grep -v '^snaive,' | sed -n 's/.*,all,,mae,//p' >score
	for store in S01 S02; do
		forecast --db then.db --store $store --as-of "$day" --horizon 14 --spec "$spec" --format csv -q
	done | grep -v '^store,' >then.csv
	sqlite3 then.db >own <<-END
		CREATE TEMP TABLE f(store, item, date, step, mean, a, b, c, d, e, f, g, method, rung);
		.mode csv
		.import then.csv f
		SELECT printf('%.9f', avg(abs(f.mean - x.units))), count(*) FROM f
		JOIN store st ON st.name = f.store JOIN item it ON it.name = f.item
		JOIN series s ON s.store = st.id AND s.item = it.id
		JOIN sales x ON x.series = s.id AND x.day = strftime('%s', f.date) / 86400;
	END
	is "$spec as of $day: the cases of the backtest's window" "$(cut -d, -f2 own)" "$(cut -d, -f2 score)"
	ok "$spec as of $day: the error of the backtest's window" awk -F, -v own="$(cut -d, -f1 own)" \
		'{ d = $1 - own; exit !(d < 1e-8 && d > -1e-8) }' score
done

runs 'an unknown cut' 2 replay --by colour
like 'is named' "$(cat err)" "colour"
runs 'an unknown objective' 2 replay --objective nice
runs 'an objective that needs weights' 2 replay --objective wrmsse
runs 'an unknown method' 2 replay --spec sess
like 'is named too' "$(cat err)" "spec 'sess'"
runs 'an unknown store' 2 replay --store S99
runs 'more windows than the history holds' 5 forecast backtest --db shop.db --windows 100
like 'with how many it does hold' "$(cat err)" 'allows [0-9]+ windows'

runs 'methods lists them' 0 forecast methods --format csv
like 'each with its options' "$(cat out)" '^window_mean,[^,]*,window=28'
runs 'an unknown one' 2 forecast methods nix
done_testing
