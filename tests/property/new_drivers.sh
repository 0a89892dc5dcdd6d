#!/bin/sh
# A night whose files bring drivers that the model has never seen (the first events) fits it anew and publishes, with
# limits as without; where there is no time for that, the guarded night publishes cheap forecasts and says why.
. "${srcdir:-.}/tests/tap.sh"
need_forecast nightly
need sqlite3

export FORECAST_RUN_SPEC=ridge
cat "$srcdir/data/sample/sales.csv" >sales.csv
cat "$srcdir/data/sample/events.csv" >events.csv
forecast ingest sales.csv >/dev/null 2>&1
forecast train >/dev/null 2>&1
forecast nightly >/dev/null 2>&1
is 'the version of before the events serves' "$(sqlite3 forecast.db 'SELECT max(version) FROM model_version')" 1
forecast ingest events.csv >/dev/null 2>&1
for kind in plain apart late; do
	cp forecast.db "$kind.db"
done

code=0
forecast nightly --db plain.db >out 2>err || code=$?
ok "the first events end no night (exit $code)" test "$code" -eq 0 -o "$code" -eq 3
like 'it was fitted anew' "$(cat out)" 'version 2: the data have other features'
is 'and the new version is the one that ran' "$(sqlite3 plain.db \
	"SELECT model FROM run WHERE kind = 'nightly' ORDER BY seq DESC LIMIT 1")" 2

code=0
forecast nightly --db apart.db --isolate >out 2>err || code=$?
ok "nor do they end a guarded one (exit $code)" test "$code" -eq 0 -o "$code" -eq 3
like 'it was fitted anew too' "$(cat out)" 'version 2: the data have other features'

code=0
forecast nightly --db late.db --deadline 0s >out 2>err || code=$?
is 'where there is no time for a training, the night is published all the same' "$code" 3
done_testing
