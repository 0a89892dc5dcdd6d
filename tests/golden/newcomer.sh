#!/bin/sh
# An item that is listed and has not sold yet: a forecast by its like from the day of its listing, and
# nothing before; its own days take over as they come.
. "${srcdir:-.}/tests/tap.sh"
need_forecast run

runs 'a small chain is made' 0 forecast demo -q -o shops --stores 3 --items 60 --days 300
cd shops || exit 99
runs 'its files go in' 0 forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv \
	sales.csv promo.csv prices.csv stock.csv inbox/*.csv
forecast check >/dev/null 2>&1
head -1 items.csv >new.csv
sed -n 2p items.csv | sed 's/^[0-9]*/NEW/' >>new.csv
{ head -1 assortment.csv && echo S01,NEW,2025-07-03,; } >listed.csv
runs 'a new item is listed' 0 forecast ingest new.csv listed.csv
spec='fallback(seasonal_window_mean, analogue, ses, snaive, young=28)'
runs 'and gets a forecast' 0 forecast run --spec "$spec" --store S01 --item NEW --format csv
is 'of 28 days' "$(grep -c ',NEW,' out)" 28
is 'by its like' "$(grep -c ',analogue,0' out)" 28
is 'none of it before it is listed' "$(awk -F, '/,NEW,/ && $3 < "2025-07-03" { s += $5 } END { print s + 0 }' out)" 0
# Sundays are closed.
is 'some after' "$(awk -F, '/,NEW,/ && $3 >= "2025-07-03" && $5 > 0 { n++ } END { print n + 0 }' out)" 21
runs 'the row says whose like it is' 0 forecast run --spec "$spec" --store S01 --item NEW --json
like 'by name' "$(cat out)" 'basis=analogue:'
done_testing
