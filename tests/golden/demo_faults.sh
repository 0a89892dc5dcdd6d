#!/bin/sh
# The invented chain meets ingest and check: every fault put into its history is found and named, what
# is not a fault is not, and the bad day is refused.
. "${srcdir:-.}/tests/tap.sh"
need_forecast check

runs 'a small chain is made' 0 forecast demo -q -o shops --stores 4 --items 80 --days 400
cd shops || exit 99
runs 'its files go in' 0 forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv \
	sales.csv promo.csv prices.csv stock.csv inbox/*.csv
runs 'check lets them pass' 0 forecast check --format csv --as-of 2025-06-28 -v
cp out findings

# found RULE STORE ITEM: is there a finding of the rule for the store and the item?
found() {
	awk -F, -v rule="$1" -v store="$2" -v item="$3" \
		'$2 == rule && $4 == store && $5 == item { n++ } END { exit !n }' findings
}
# faults KIND: "STORE ITEM" of each.
faults() {
	awk -F, -v kind="$1" '$1 == kind { print $5, $6 }' faults.csv
}
# missed KIND RULE: the faults of a kind that no finding names.
missed() {
	test -n "$(faults "$1")" || echo "there is no fault of kind $1"
	faults "$1" | while read -r store item; do
		found "$2" "$store" "$item" || echo "$store $item"
	done
}
is 'lines that are missing' "$(missed gap gap)" ''
is 'units below zero' "$(missed negative negative)" ''
is 'prices of 0' "$(missed price_zero price)" ''
is 'spikes' "$(missed spike spike)" ''
is 'a feed that was lost' "$(missed nofeed nofeed)" ''
like 'an item that nobody knows' "$(cat findings)" '^warn,unknown,1,,999001,'
is 'no other spikes' "$(grep -c '^warn,spike,' findings)" "$(faults spike | wc -l | tr -d ' ')"
is 'no other units below zero' "$(grep -c '^warn,negative,' findings)" \
	"$(faults negative | wc -l | tr -d ' ')"
is 'nothing blocks' "$(grep -c '^block' findings)" 0

# Lines that are none are kept aside, each with its number.
awk -F, '$1 ~ /^(cut_line|no_number|no_date|bytes)$/ { n += $4 } END { print n }' faults.csv >want
forecast ingest --db twice.db --format csv sales.csv 2>/dev/null |
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "rejected") at = i } NR == 2 { print $at }' >got
awk -F, '$1 == "conflict" { n++ } END { print n + 0 }' faults.csv >conflicts
is 'lines that are none, and those contradicted' "$(cat got)" $(($(cat want) + $(cat conflicts)))

cp forecast.db bad.db
runs 'the bad day goes in' 0 forecast ingest --db bad.db faults/sales_bad_day.csv
runs 'and is refused by the check' 5 forecast check --db bad.db --format csv
like 'for its units' "$(cat out)" '^block,ratio,1,S01,'
cp forecast.db odd.db
runs 'the odd day goes in' 0 forecast ingest --db odd.db faults/sales_odd_day.csv
forecast check --db odd.db --format csv >out 2>err
like 'without the dates of the next century' "$(cat out)" '^quarantine,future,2,'
like 'and a store is new' "$(cat out)" '^warn,unknown,1,S999,'
done_testing
