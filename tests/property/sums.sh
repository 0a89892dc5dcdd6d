#!/bin/sh
# What is published adds up: over the tree, and over weeks and months. And `check coherence` says so only
# where it is true.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast nightly
forecast demo -o chain --stores 3 --items 25 --days 150 --seed 6 -q || exit 99
cd chain || exit 99
forecast nightly -q >/dev/null 2>&1 || exit 99

sql() {
	sqlite3 -batch forecast.db "$1"
}
# sum_of COLUMN FILE: sum of a numeric column of a CSV file without quoted commas.
sum_of() {
	awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		{ sum += $at } END { printf "%.9f\n", sum }' "$2"
}
# near A B: equal to 1e-9 of a unit a thousand times over.
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d < 1e-6 && d > -1e-6) }'
}

runs 'coherence: all is well' 0 forecast check coherence --format csv
is 'every tier is told' "$(cut -d, -f1 out | tail -n +2 | sort | tr '\n' ' ')" \
	"$(sql "SELECT 'series' UNION SELECT DISTINCT tier FROM forecast_node ORDER BY 1" | sort | tr '\n' ' ')"
is 'and ok' "$(awk -F, 'NR > 1 && $NF != "true" && $NF != 1 && $NF != "yes"' out)" ''
is 'a node is the sum of its series, to the last bit or nearly' "$(sql "SELECT count(*) FROM (
	SELECT n.node, n.step, n.mean - sum(f.mean) AS off FROM pointer p
	JOIN forecast_node n ON n.run = p.run AND n.tier = 'store' JOIN store st ON st.name = n.node
	JOIN series s ON s.store = st.id JOIN forecast f ON f.run = p.run AND f.series = s.id AND f.step = n.step
	GROUP BY 1, 2 HAVING abs(off) > 1e-9)")" 0

forecast run --tier total --format csv -q >total.csv
forecast run --tier store --format csv -q >stores.csv
sql "SELECT sum(mean) FROM forecast WHERE run = (SELECT run FROM pointer)" >all
ok 'the total is the sum of all series' near "$(sum_of mean total.csv)" "$(cat all)"
ok 'so are the stores' near "$(sum_of mean stores.csv)" "$(cat all)"
is 'a row for each step' "$(($(wc -l <total.csv) - 1))" 28
is 'quantiles of sums that the spec does not know are empty' "$(tail -n 1 total.csv | cut -d, -f6-)" ,,,,,,
is 'no tier but what is declared is stored' "$(sql "SELECT count(*) FROM forecast_node WHERE tier LIKE 'store*%'")" 0
forecast run --tier 'store*category' --format csv -q >cross.csv
ok 'another crossing is summed up there and then' near "$(sum_of mean cross.csv)" "$(cat all)"
runs 'an unknown tier' 2 forecast run --tier colour
like 'is named' "$(cat err)" colour
runs 'a tier and a store do not go together' 2 forecast run --tier store --store S01

for per in week month; do
	forecast run --tier store --per $per --format csv -q >sums.csv
	ok "sums by $per equal those by day" near "$(sum_of mean sums.csv)" "$(cat all)"
	is "days by $per are those of the horizon" "$(sum_of days sums.csv)" 84.000000000
	is "each $per of $(cut -d, -f2 sums.csv | sort -u | grep -c S) stores begins where the last one ended" "$(tail -n +2 sums.csv |
		awk -F, -v OFS=, '{ print $2, $3, $4 }' | while IFS=, read -r node from until; do
			test "$node" != "$last" || test "$(date -u -d "$end + 1 day" +%F)" = "$from" || echo "$node $from"
			last=$node end=$until
		done)" ''
	forecast run --store S01 --per $per --format csv -q >series.csv
	sql "SELECT sum(mean) FROM forecast f JOIN series s ON s.id = f.series JOIN store t ON t.id = s.store
		WHERE run = (SELECT run FROM pointer) AND t.name = 'S01'" >store
	ok "and those of the series of a store by $per" near "$(sum_of mean series.csv)" "$(cat store)"
done
is 'a whole week has seven days, one in part is marked' "$(forecast run --tier total --per week --format csv -q |
	awk -F, 'NR > 1 && ($5 == 7) == ($6 == "true" || $6 == 1 || $6 == "yes")')" ''

forecast models show --format csv -q >parts.csv
is 'a version has a part for each store' "$(tail -n +2 parts.csv | cut -d, -f1 | tr '\n' ' ')" 'S01 S02 S03 '
is 'and its bytes are those of its parts' "$(tail -n +2 parts.csv | awk -F, '{ n += $2 } END { print n }')" \
	"$(sql 'SELECT bytes FROM model_version')"
forecast status runs --stages --format csv -q >stages.csv
like 'the stages of the training are told' "$(cat stages.csv)" '^[0-9]+,train,fit,'
like 'beside those of the night' "$(cat stages.csv)" '^[0-9]+,nightly,publish,'
is 'no part of a training is left' "$(sql 'SELECT count(*) FROM training_part')" 0

sql "UPDATE forecast_node SET mean = mean + 0.001 WHERE tier = 'store' AND node = 'S02' AND step = 3"
runs 'coherence: a node that is off' 1 forecast check coherence --format csv
like 'is found' "$(cat out)" '^store,3,0.00'
sql "UPDATE forecast_node SET mean = mean - 0.001 WHERE tier = 'store' AND node = 'S02' AND step = 3;
	DELETE FROM forecast_node WHERE tier = 'store' AND node = 'S01'"
runs 'coherence: a node that is missing' 1 forecast check coherence
done_testing
