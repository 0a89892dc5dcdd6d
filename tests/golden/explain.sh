#!/bin/sh
# What a forecast is made of: parts that sum to it, for a period and for the horizon, whatever the spec.
. "${srcdir:-.}/tests/tap.sh"
need_forecast demo
need_forecast ingest
forecast demo -o chain --stores 2 --items 12 --days 200 --seed 4 -q || exit 99
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db forecast.db -q >/dev/null 2>&1
series=$(forecast run --store S01 --spec snaive --format csv -q | awk -F, 'NR == 2 { print $1 "/" $2 }')
day=$(forecast run --store S01 --spec snaive --format csv -q | awk -F, 'NR == 4 { print $3 }')

# sums OPTIONS: rows without the last against the last, the mean.
sums() {
	forecast explain "$series" --format csv -q "$@" >parts.csv || echo "exit $?"
	awk -F, 'NR > 1 && $5 != "mean" { sum += $6 } $5 == "mean" { mean = $6; n++ }
		END { d = sum - mean; print n, (d < 1e-6 && d > -1e-6) }' parts.csv
}

is 'the parts of trees sum to the mean' "$(sums --spec 'fallback(boost(rounds=40), ets)')" '1 1'
is 'and those of one day' "$(sums --spec 'fallback(boost(rounds=40), ets)' --date "$day")" '1 1'
# part NAME: is it there, and is it more than rounding?
part() {
	awk -F, -v name="$1" '$5 == name { d = $6; n++ } END { print n, (d > 1e-3 || d < -1e-3) }' parts.csv
}

blend='blend(boost(rounds=40), ets, snaive)'
is 'the weighed parts of a blend sum to the mean' "$(sums --spec "$blend")" '1 1'
is 'and those of one day' "$(sums --spec "$blend" --date "$day")" '1 1'
is 'a method without parts is one itself' "$(part snaive)" '1 1'
is 'each name stands once' "$(cut -d, -f5 parts.csv | sort | uniq -d)" ''
tree='reconcile(blend(ets, snaive), ets, tiers=total+store, auto=off)'
is 'what the tree changed is a part' "$(sums --spec "$tree" --date "$day"; part tree)" '1 1
1 1'
is 'of methods without parts too' \
	"$(sums --spec 'reconcile(snaive, ets, tiers=total, auto=off)' --date "$day"; part tree)" '1 1
1 1'
is 'bottom-up it changes nothing' \
	"$(sums --spec 'reconcile(blend(ets, snaive), ets, method=bottom_up)'; part tree)" '1 1
1 0'
forecast explain "$series" --spec "calibrate($tree)" --date "$day" --format csv -q >calibrated.csv
forecast explain "$series" --spec "$tree" --date "$day" --format csv -q >plain.csv
is 'a calibrated one is made of the same' "$(cat calibrated.csv)" "$(cat plain.csv)"
is 'and sums to the mean' "$(sums --spec "fallback(calibrate($tree), ses)")" '1 1'
# The blend of one method is that method, so are its parts.
forecast explain "$series" --spec 'boost(rounds=40)' --date "$day" --format csv -q >alone.csv
forecast explain "$series" --spec 'blend(boost(rounds=40))' --date "$day" --format csv -q >one.csv
is 'a blend of one has its parts' "$(cut -d, -f5 one.csv)" "$(cut -d, -f5 alone.csv)"
is 'level, season and rest do' "$(sums --spec snaive)" '1 1'
is 'the mean is the one that is forecast' \
	"$(sums --spec 'fallback(snaive)' --date "$day" >/dev/null; awk -F, '$5 == "mean" { print $6 + 0 }' parts.csv)" \
	"$(forecast run --store S01 --item "${series#*/}" --spec 'fallback(snaive)' --format csv -q |
		awk -F, -v day="$day" '$3 == day { print $5 + 0 }')"
runs 'without a series it is a wrong call' 2 forecast explain
runs 'so is a day that is not forecast' 2 forecast explain "$series" --spec snaive --date 2001-01-01
runs 'and a series that is not there' 2 forecast explain S01/none --spec snaive
done_testing
