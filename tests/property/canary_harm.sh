#!/bin/sh
# What a canary did to its stores, beside the others: one that does harm is taken away by the night, or told of; one that
# does none stays. The weeks of a chain of twelve stores, one night each.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 12 --items 6 --days 320 --tail 3 --seed 10 2>/dev/null
mkdir in
cat >forecast.conf <<'EOT'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv in/*.csv
[monitor]
replay_weeks = -1
[promote]
auto = yes
EOT
sql() {
	sqlite3 forecast.db "$1"
}
monday() {
	date -u -d "2024-09-02 + $(($1 * 7)) days" +%F
}
# Sales of weeks FROM up to before UNTIL, counted from the first Monday.
weeks() {
	awk -F, -v from="$(monday "$1")" -v until="$(monday "$2")" 'NR == 1 || ($3 >= from && $3 < until)' \
		shop/sales.csv >"in/$2.csv"
}
nights() {
	for week in $(seq "$1" "$2"); do
		weeks $((week - 1)) "$week"
		forecast nightly -q >out 2>err
		status=$?
	done
}
weeks 0 28
# shellcheck disable=SC2046 # names of files
forecast ingest $(sed -n 's/^files = //p' forecast.conf) >/dev/null 2>&1
forecast train --spec 'fallback(naive)' >/dev/null 2>&1
forecast train --spec 'fallback(seasonal_window_mean)' >/dev/null 2>&1
forecast train --spec 'fallback(seasonal_window_mean, snaive)' >/dev/null 2>&1
forecast nightly -q >/dev/null 2>&1
nights 29 34

runs 'no canary, nothing to end' 2 forecast models rollback --canary
runs 'a share that draws no store' 2 forecast models promote 1 --to canary --share .01
like 'says which one would' "$(cat err)" 'the least that draws one is \.?0?\.[0-9]+'
is 'and leaves all as it was' "$(sql "SELECT count(*) FROM model_alias WHERE alias = 'canary'")" 0
runs 'a canary that knows no seasons' 0 forecast models promote 1 --to canary --share .5 --reason try
like 'is told its stores' "$(cat err)" 'the canary in 2 of 12 stores: S[0-9]+, S[0-9]+'
for end in db-wal db-shm db; do
	cp forecast.$end before.$end 2>/dev/null
done
nights 35 36
runs 'at first' 0 forecast models show canary
like 'nothing is known' "$(cat out)" '^canary +version 1 in 50 % of the stores: no week is judged yet$'
runs 'the overview' 0 forecast status
like 'has it too' "$(cat out)" '^canary +version 1 in 50 % of the stores'
nights 37 37
like 'a week is too little' "$(cat out)" '^canary +version 1 in 2 of 12 stores, 1 week: too little to compare$'
nights 38 38
like 'two weeks tell' "$(cat out)" '^canary +version 1 in 2 of 12 stores, 2 weeks: errors [2-9][0-9]\.[0-9] % larger \(p '
is 'but one look is none' "$(sql "SELECT count(*) FROM model_alias WHERE alias = 'canary'")" 1
nights 39 39
cp out night.txt
like 'three say the same' "$(cat out)" '^canary +version 1 in 2 of 12 stores, 3 weeks: errors [2-9][0-9]\.[0-9] % larger \(p '
like 'it is taken away' "$(cat out)" '^model +the canary, version 1, was taken away'
is 'it is gone' "$(sql "SELECT count(*) FROM model_alias WHERE alias = 'canary'")" 0
is 'the night ends as one to be told of' "$status" 3
like 'the log has why' "$(sql "SELECT reason FROM model_alias_log WHERE alias = 'canary' AND version IS NULL")" 'as canary, version 1 in 2 of 12'
is 'and counts it as a rollback' "$(sql "SELECT before FROM model_alias_log WHERE alias = 'rollback'")" 1
runs 'the audit holds' 0 forecast audit verify
# The figure by hand: means over stores of log(error per unit, since / before).
since=$(sql "SELECT max(week) - 2 FROM resid_node WHERE band = 'near'")
sql "SELECT CASE WHEN member IN (SELECT store FROM v_forecast_current WHERE method = 'naive') THEN 1 ELSE 0 END, member,
	ln(sum(loss * (week >= $since)) / sum(units * (week >= $since))
		/ (sum(loss * (week < $since)) / sum(units * (week < $since))))
	FROM resid_node WHERE role = 'served' AND band = 'near' AND part = 'store' GROUP BY member" >change.txt
ratio=$(awk -F'|' '{ sum[$1] += $3; n[$1]++ } END { printf "%.1f", 100 * (exp(sum[1] / n[1] - sum[0] / n[0]) - 1) }' change.txt)
like 'the figure is the one by hand' "$(cat night.txt)" "errors $ratio % larger"
nights 40 40
is 'from the next night on the champion serves all' "$(sql "SELECT count(*) FROM v_forecast_current WHERE method = 'naive'")" 0
unlike 'and no canary is told of' "$(cat out)" '^canary'

# The same weeks, one that differs in nothing that matters.
again() {
	rm -f forecast.db* in/3[5-9].csv in/4?.csv
	for end in db-wal db-shm db; do
		cp before.$end forecast.$end 2>/dev/null
	done
}
again
forecast models promote 2 --to canary --share .5 --reason 'much the same' >/dev/null 2>&1
nights 35 40
like 'one that does no harm stays' "$(cat out)" '^canary +version 2 in 2 of 12 stores, 4 weeks: errors '
is 'and serves' "$(sql "SELECT version FROM model_alias WHERE alias = 'canary'")" 2
runs 'until a person ends it' 0 forecast models rollback --canary --reason 'seen enough'
like 'which is said' "$(cat out)" '^canary +ended: version 2'

# By hand only.
again
sed -i 's/auto = yes/auto = no/' forecast.conf
nights 35 39
like 'without promote.auto it is only told' "$(cat out)" "the canary, version 1, does harm: 'forecast models rollback --canary'"
is 'and stays' "$(sql "SELECT version FROM model_alias WHERE alias = 'canary'")" 1

# A recipe that learns across series serves all stores or none.
forecast train --spec 'glm' >/dev/null 2>&1
runs 'not beside a champion that learns across series' 2 forecast models promote 1 --to canary --share .5
like 'which is said' "$(cat err)" 'learns across series'
done_testing
