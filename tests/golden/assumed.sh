#!/bin/sh
# Drivers that are known ahead but end before the horizon: filled in, told once, and seen in the rows;
# with --strict nothing is run.
. "${srcdir:-.}/tests/tap.sh"
unset FORECAST_RUN_SPEC # the config says it
need_forecast demo
need_forecast ingest
forecast demo -o chain --stores 2 --items 12 --days 200 --tail 0 --seed 4 -q || exit 99
# An item that nobody knows, one of the faults put in on purpose, has no plan either.
grep -v ,999001, chain/sales.csv >sales.csv
spec='ridge(rows=2000)'
take='chain/stores.csv chain/items.csv chain/calendar.csv chain/assortment.csv sales.csv chain/promo.csv'

# fresh PRICES: a db with the chain's sales and such prices.
fresh() {
	rm -f forecast.db*
	# shellcheck disable=SC2086 # several files
	forecast ingest $take "$1" --db forecast.db -q >/dev/null 2>&1
}

# flagged: series whose published rows say that something was assumed, and what.
flagged() {
	forecast --store S01 --store S02 --json -q | tr '{' '\n' |
		sed -n 's/.*"store":"\([^"]*\)","item":"\([^"]*\)".*"reason":"\([^"]*\)".*/\1\/\2 \3/p'
}

fresh chain/prices.csv
runs 'where the plans reach the run is done' 0 forecast run --spec "$spec"
is '  without a warning' "$(grep -c 'before the horizon' err)" 0
is '  and strictly too' "$(forecast run --spec "$spec" --strict --horizon 27 -q >/dev/null 2>&1; echo $?)" 0

item=$(awk -F, 'NR == 2 { print $2 }' chain/prices.csv)
awk -F, -v item="$item" '$2 != item' chain/prices.csv >prices.csv
n=$(awk -F, -v item="$item" '$2 == item { print $1 }' chain/prices.csv | sort -u | wc -l)
fresh prices.csv
runs 'without the prices of an item strictly it is refused' 5 forecast run --spec "$spec" --strict
like '  it says why' "$(cat err)" "'price' ends before the horizon"
runs '  nothing is published' 2 forecast run --tier total
runs 'without --strict the run is done' 0 forecast run --spec "$spec"
is '  with one warning' "$(grep -c 'before the horizon' err)" 1
like '  that tells how many and what stands' "$(cat err)" "prices of $((n)) series end before the horizon .*: the last stand"
flagged >rows
is '  the rows of the item say so' "$(grep -c "/$item assumed=price\$" rows)" "$((n))"
is '  those of the others do not' "$(grep -v "/$item " rows | grep -c assumed)" 0
runs 'a spec that does not look at drivers is not concerned' 0 forecast run --spec snaive --strict
is '  and is not told' "$(grep -c 'before the horizon' err)" 0
runs '--strict is for all series' 2 forecast run --store S01 --strict

# The price was told to be what it was: that is a plan.
fresh prices.csv
first=$(awk -F, 'NR == 2 { print $3 }' prices.csv)
price=$(awk -F, -v item="$item" '$2 == item { p = $5 } END { print p }' chain/sales.csv)
{ echo store,item,date,price; awk -F, -v item="$item" '$2 == item { print $1 }' chain/sales.csv | sort -u |
	while read -r store; do echo "$store,$item,$first,$price"; done; } >same.csv
forecast ingest same.csv -q >/dev/null 2>&1
runs 'a price that stays as it was is a plan too' 0 forecast run --spec "$spec" --strict

# The night tells it too, whatever else it has to say of the data.
fresh prices.csv
printf '[run]\nspec = %s\n' "$spec" >forecast.conf
forecast nightly >/dev/null 2>err
like 'the night has the warning' "$(cat err)" 'prices of .* series end before the horizon'
done_testing
