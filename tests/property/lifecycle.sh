#!/bin/sh
# The wish list of the life of a model, S1 to S52, row by row: the check of each row that is covered is run here, the
# others are named as not covered, so the table is whole. By itself: make check-lifecycle.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

db() { sqlite3 forecast.db "$1"; }

# row ID WISH COMMAND: the row's check, a shell command that ends with 0.
row() {
	if sh -ec "$3" >row.out 2>&1; then
		tap_result 0 "$1 $2"
	else
		tap_result 1 "$1 $2"
		sed 's/^/# /' row.out | tail -n 5
	fi
}
# open ID WISH: not covered yet.
open() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 $2 # SKIP not covered yet"
}
# tested ID WISH FILE: the check is another test of this suite.
tested() {
	tap_count=$((tap_count + 1))
	if test -e "$srcdir/$3"; then
		echo "ok $tap_count - $1 $2: $3"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $1 $2: $3"
	fi
}

PATH=$(dirname "$FORECAST"):$PATH
export PATH
forecast demo -o t --stores 2 --items 8 --days 460 --tail 3 --seed 2 2>/dev/null
cd t || exit 99
printf '[monitor]\nreplay_weeks = -1\n' >>forecast.conf
forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv sales.csv promo.csv prices.csv stock.csv >/dev/null 2>&1
forecast train --spec 'fallback(ets, snaive)' >/dev/null 2>&1
forecast nightly >/dev/null 2>&1

row S1 'deploy and maintain: the whole chain in one command' '
	test "$(sqlite3 forecast.db "SELECT state FROM run WHERE kind = \"nightly\" ORDER BY seq DESC LIMIT 1")" = NOTIFIED'
row S2 'DevOps: the stages with their hashes, units and timers' '
	test "$(forecast status pipeline --json | grep -o "{.stage.:" | wc -l)" -ge 8
	ls "$srcdir"/src/cli/systemd/forecast-nightly.service "$srcdir"/src/cli/systemd/forecast-nightly.timer'
row S3 'growth of data: retention, memory whatever the rows' 'forecast db gc --dry'
row S4 'forecast value added, with an interval' '
	cp forecast.db fva.db; forecast compare --fva --spec ses --windows 3 --json -q --db fva.db >o
	grep -Eq "\"fva_vs_snaive\":.\"point\":-?[0-9][^}]*\"ci_low\":-?[0-9]" o'
open S5 'self-check by the ML Test Score'
row S6 'configuration: a misspelt key names the nearest' '
	printf "[run]\nhorizn = 3\n" >bad.conf; ! forecast config check -c bad.conf 2>e; grep -q "did you mean" e'
row S7 'collection: the same file twice is nothing' '
	n=$(sqlite3 forecast.db "SELECT count(*) FROM sales"); forecast ingest sales.csv
	test "$n" = "$(sqlite3 forecast.db "SELECT count(*) FROM sales")"'
tested S8 'features see no future' tests/conformance/test_features.c
row S9 'verification: a unit bug is refused' '
	cp forecast.db bug.db; forecast ingest --db bug.db faults/sales_bad_day.csv; s=0
	forecast check --db bug.db >o || s=$?; test $s = 5
	test "$(sqlite3 bug.db "SELECT count(*) FROM dq_finding WHERE rule = \"ratio\"")" -gt 0'
row S10 'methods behind one interface' 'test "$(forecast methods --format csv | wc -l)" -gt 8'
row S11 'resources: memory and time of a night are kept (same bytes at any -j: tests/property/same_bytes.sh)' '
	cp forecast.db m.db; s=0; forecast nightly --db m.db --as-of 2025-06-20 --mem 256M --deadline 60s || s=$?
	test $s = 0 -o $s = 3 -o $s = 4
	test "$(sqlite3 m.db "SELECT max(maxrss) <= 256 << 20 FROM resource_use WHERE run = (SELECT max(seq) FROM run)")" = 1'
row S12 'analysis: SQL that only reads' '! forecast db sql "delete from run" 2>e; forecast db sql "select count(*) from run"'
row S13 'progress: state and time left' 'forecast status --json | grep -q "\"eta_s\""; forecast status runs'
open S14 'serving over HTTP'
tested S15 'monitoring: false alarms measured' tests/unit/test_drift.c
row S16 'the problem that is solved: no promotion without it' '
	cp forecast.db p.db; forecast train --spec "fallback(ses, snaive)" --as-of 2025-06-01 --db p.db
	! forecast models promote 1 --to champion --db p.db 2>e; grep -q -i "problem\|gates are closed" e'
tested S17 'cost of a wrong forecast: five lines that add up' tests/property/roi.sh
tested S18 'forecasting' tests/conformance/test_methods.c
tested S19 'freshness by source: a late store ends status sources --check with 1' tests/property/trace.sh
tested S20 'analysis of the past' tests/unit/test_effects.c
open S21 'market trend as a command'
row S22 'sums add up over the tree' 'forecast check coherence'
row S23 'ROI: the closed form of a published example' '
	forecast roi --turnover 1e9 --margin .2 --service .97 --alpha 3 --err .20 --err-new .18 --closed-form >o; grep -q 1800000 o'
row S24 'personal data are refused' '
	printf "store,item,date,units,customer_name\nS01,1,2025-01-01,3,A\n" >x.csv; s=0
	forecast ingest --db x.db x.csv 2>e || s=$?; test $s = 5'
open S25 'backfill by span'
tested S26 'deploy: package, install, promote, byte for byte' tests/property/life.sh
row S27 'views for others' 'sqlite3 forecast.db "SELECT count(*) FROM v_forecast_current" | grep -qv "^0$"'
row S28 'a runbook for every alert' '
	for c in $(forecast status alerts --codes); do forecast status alerts explain $c >/dev/null; done'
tested S29 'a correction changes what was known later, not earlier' tests/property/replay.sh
row S30 'training with its trigger' 'sqlite3 forecast.db "SELECT trigger FROM run WHERE kind = \"train\"" | grep -q manual'
tested S31 'shadow, promotion, rollback' tests/property/life.sh
row S32 'model-centric: other data are not compared' '
	forecast backtest --windows 3 --spec ses -q >/dev/null
	printf "store,item,date,units\nS01,100017,2025-06-30,3\n" >more.csv; forecast ingest more.csv >/dev/null
	forecast backtest --windows 3 --spec ses -q >/dev/null
	set -- $(sqlite3 forecast.db "SELECT seq FROM run WHERE kind = \"backtest\" ORDER BY 1"); s=0
	forecast compare $1 $2 2>e || s=$?; test $s = 2; grep -q "data hash differs" e'
open S33 'data-centric: ablation of cleaning rules'
open S34 'canvas as a page (canvas.conf is read for gates and cards)'
row S35 'sources: files and directories of files' 'test "$(sqlite3 forecast.db "SELECT count(*) FROM ingest_batch")" -ge 8'
open S36 'prediction task as a file'
tested S37 'experts: events and promotions as features' tests/unit/test_driven.c
row S38 'offline evaluation with slices' '
	forecast backtest --windows 4 --spec ses --json -q >o; grep -q "\"origins\"" o; grep -q "\"slices\"" o'
tested S39 'decisions: orders' tests/unit/test_order.c
row S40 'decay: error against the age of the model' '
	test "$(forecast backtest --staleness --windows 2 --step 14 --spec ses --format csv -q | wc -l)" = 8'
row S41 'when and how long a model was built' '
	test "$(sqlite3 forecast.db "SELECT count(*) FROM resource_use JOIN run ON run = seq WHERE kind = \"train\"")" -gt 0'
row S42 'live evaluation: each published forecast is judged once' '
	cp forecast.db j.db; forecast nightly --db j.db -q >/dev/null || true; forecast monitor --db j.db >/dev/null
	test "$(sqlite3 j.db "SELECT count(*) FROM forecast_due WHERE scored = 0")" = 0'
tested S43 'ML or not' tests/property/roi.sh
row S44 'data, model, code: a hash of each in every run' '
	test "$(sqlite3 forecast.db "SELECT count(*) FROM run WHERE data_hash = \"\" OR config_hash = \"\" OR code_hash = \"\"")" = 0
	forecast explain --trace "$(sqlite3 forecast.db "SELECT max(seq) FROM run WHERE kind = \"nightly\"")" --format csv >o
	for what in data model code config; do grep -Eq "^$what,[^,]*,[0-9a-f]{64}," o; done'
tested S45 'stages that are done again only where they must' tests/fault/night.sh
row S46 'training' 'test "$(sqlite3 forecast.db "SELECT count(*) FROM run WHERE state = \"TRAINED\"")" -gt 0'
tested S47 'evaluation' tests/property/backtest.sh
row S48 'tests of a version' 'forecast models test champion'
row S49 'packaging: one byte flipped is refused' '
	forecast models package champion -o m.fpk; forecast models verify m.fpk >/dev/null
	printf x | dd of=m.fpk bs=1 seek=700 conv=notrunc 2>/dev/null; ! forecast models verify m.fpk'
open S50 'serving'
tested S51 'performance management: gates' tests/unit/test_gate.c
row S52 'performance logging: what was served, and what came of it' '
	forecast status performance >/dev/null
	one=$(sqlite3 forecast.db "SELECT store || \"/\" || item || \" \" || date((origin + step) * 86400, \"unixepoch\") FROM v_forecast_current LIMIT 1")
	forecast explain --trace $one --json | grep -q "\"run\":.*\"model\":"'
done_testing
