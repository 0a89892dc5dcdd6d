#!/bin/sh
# models/regression.spec, and what becomes of specs with boost in a program that was built without XGBoost:
# the next of the chain, or the others of the blend, take its place, and the run says so once.
. "${srcdir:-.}/tests/tap.sh"
need_forecast demo
need_forecast ingest
forecast demo -o chain --stores 2 --items 12 --days 200 --tail 0 --seed 4 -q || exit 99
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db forecast.db -q >/dev/null 2>&1

# made_by SPEC: the methods that made the rows of a run.
made_by() {
	forecast run --spec "$1" --format csv 2>err | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "method") at = i }
		NR > 1 && !seen[$at]++ { print $at }'
}

is 'the regression makes what boosting would' "$(made_by regression)" ridge
is 'and tells nothing of boosting' "$(grep -c XGBoost err)" 0
if forecast methods --format csv | grep -q '^boost,.*built without XGBoost'; then
	is 'the next of the chain takes its place' "$(made_by 'fallback(boost, ridge(rows=3000), snaive)')" ridge
	is '  told once' "$(grep -c 'built without XGBoost' err)" 1
	is 'the others of the blend do' "$(made_by 'blend(boost, ridge(rows=3000), ets)')" blend
	is '  told once' "$(grep -c 'built without XGBoost' err)" 1
	is 'of two only one is left' "$(made_by 'calibrate(reconcile(blend(boost, ridge(rows=3000)), ets))')" ridge
	is '  told once' "$(grep -c 'built without XGBoost' err)" 1
else
	skip 'what becomes of boost without XGBoost' 'this program has it'
fi
done_testing
