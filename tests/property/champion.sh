#!/bin/sh
# The spec that is run unless another is named, from end to end on an invented chain: trained once,
# published, coherent, and the same bytes at any number of threads.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast train
unset FORECAST_RUN_SPEC
forecast demo -o chain --stores 2 --items 12 --days 200 --seed 4 -q || exit 99
(cd chain && forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv sales.csv promo.csv \
	prices.csv stock.csv -q) >/dev/null 2>&1
runs 'the champion is trained' 0 forecast train --db chain/forecast.db -q -j1
hash() {
	sqlite3 -batch chain/forecast.db 'SELECT group_concat(DISTINCT hash) FROM model_version'
}
one=$(hash)
runs 'and again with two threads' 0 forecast train --db chain/forecast.db -q -j2
is 'to the same version' "$(hash)" "$one"
forecast run --db chain/forecast.db --format csv -q >all.csv
ok 'it is run' test "$(wc -l <all.csv)" -gt 300
is 'every series by the spec itself' "$(sqlite3 -batch chain/forecast.db \
	'SELECT count(*) FROM v_forecast_current WHERE rung > 1')" 0
is 'no quantile crosses or is negative' "$(sqlite3 -batch chain/forecast.db \
	'SELECT count(*) FROM v_forecast_current WHERE q05 < 0 OR q05 > q50 OR q50 > q95 OR mean < 0')" 0
runs 'the tree adds up' 0 forecast check coherence --db chain/forecast.db -q
ok 'nodes have quantiles' test "$(sqlite3 -batch chain/forecast.db \
	'SELECT count(q90) FROM v_node_current')" -gt 0
done_testing
