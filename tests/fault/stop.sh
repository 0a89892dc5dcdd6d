#!/bin/sh
# A signal while a model that learns across series is being fitted: a clean end, and the db as it was.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast ingest
forecast methods --format csv 2>/dev/null | grep -q 'not in this program' && skip_all 'built without XGBoost'
forecast demo -o chain --stores 1 --items 10 --days 120 --seed 5 -q || exit 99
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db shop.db -q >/dev/null 2>&1
for spec in 'calibrate(blend(boost(rounds=20000), ses))' 'reconcile(boost(rounds=20000), ets)' 'boost(rounds=20000)'; do
	"$FORECAST" run --db shop.db --spec "$spec" -q >/dev/null 2>err &
	pid=$!
	sleep 2
	kill -TERM "$pid" 2>/dev/null
	wait "$pid"
	status=$?
	is "$spec: exit" "$status" 143
	is "$spec: nothing is published" "$(sqlite3 shop.db 'SELECT count(*) FROM pointer')" 0
	is "$spec: the db is whole" "$(sqlite3 shop.db 'PRAGMA integrity_check')" ok
done
done_testing
