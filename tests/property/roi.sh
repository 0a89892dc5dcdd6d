#!/bin/sh
# From forecast to stock to money on the command line, on a small invented chain: returns, orders, costs,
# comparisons, judgements.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3

forecast demo -o shop --stores 2 --items 8 --days 700 --seed 3 2>/dev/null
cd shop || exit 99
forecast ingest --db f.db ./*.csv inbox/*.csv >/dev/null 2>&1
forecast check --db f.db >/dev/null 2>&1
sql() {
	sqlite3 f.db "$1"
}
field() { # NAME: of the JSON in ./out
	tr ',{' '\n\n' <out | sed -n "s/^\"$1\"://p" | head -n 1
}

# --- returns ---
runs 'a return' 0 forecast roi --db f.db --model ets --quick --json
cp out first
like 'says a sentence' "$(cat out)" 'would have cost'
is 'cost lines of every arm and point add up' "$(sql 'SELECT count(*) FROM roi_point WHERE
	abs(lost_margin + goodwill + waste + holding + ordering + markdown - total) > 1e-9 * total')" 0
is 'and of every series' "$(sql 'SELECT count(*) FROM replay WHERE
	abs(lost_margin + goodwill + waste + holding + ordering + markdown - total) > 1e-9 * total + 1e-12')" 0
is 'series add up to the arms' "$(sql "SELECT count(*) FROM (SELECT p.arm, p.total - sum(r.total) AS d, p.total
	FROM roi_point p JOIN replay r ON r.run = p.run AND r.arm = p.arm WHERE p.tau = 0 GROUP BY p.arm)
	WHERE abs(d) > 1e-9 * total")" 0
is 'demand is sold or lost' "$(sql 'SELECT count(*) FROM replay WHERE abs(demand - sold - lost) > 1e-9')" 0
runs 'one thread gives the same' 0 forecast roi --db f.db --model ets --quick --json -j 1
is 'bit for bit' "$(sed 's/"seq":[0-9]*//' out)" "$(sed 's/"seq":[0-9]*//' first)"
LC_ALL=de_DE.UTF-8 TZ=Pacific/Auckland runs 'another locale and zone too' 0 forecast roi --db f.db --model ets --quick --json
is 'the same bytes' "$(sed 's/"seq":[0-9]*//' out)" "$(sed 's/"seq":[0-9]*//' first)"
runs 'a model against itself' 0 forecast roi --db f.db --model 'window_mean(window=28)' --baseline 'window_mean(window=28)' --quick --json
is 'is worth exactly nothing' "$(field benefit) $(field low) $(field high)" '0 0 0'
runs 'stock that is dear' 0 forecast roi --db f.db --model ets --quick --json --assume hold_rate=10
dear=$(sql "SELECT stock_value FROM roi_point WHERE arm = 'ets' AND tau = 0 ORDER BY run DESC LIMIT 1")
cheap=$(sql "SELECT stock_value FROM roi_point WHERE arm = 'ets' AND tau = 0 ORDER BY run LIMIT 1")
is 'is less stock' "$(echo "$dear < $cheap" | bc 2>/dev/null || awk "BEGIN { print $dear < $cheap }")" 1
runs 'a page' 0 forecast roi --db f.db --model ets -o page
like 'that does not claim too much' "$(cat page/roi.html)" 'What this page does not claim'
is 'nothing on stdout' "$(cat out)" ''
runs 'the report shows its section once something is published' 0 forecast run --db f.db --spec ets
forecast report --db f.db -o report.html
like 'with the sentence' "$(cat report.html)" 'What it is worth'
runs 'kept curves' 0 forecast roi tradeoff --db f.db --format csv
is 'of every arm and level' "$(sed 1d out | wc -l)" "$(sql 'SELECT count(*) FROM roi_point WHERE run = (SELECT max(run) FROM roi_point)')"
runs 'decisions by class' 0 forecast decide --db f.db --by class
runs 'an unknown cut' 2 forecast decide --db f.db --by moon
runs 'the rule of thumb' 0 forecast roi --closed-form --turnover 1e9 --margin .2 --service .97 --alpha 3 --err .20 --err-new .18
is 'gives its own example' "$(cat out)" 1800000

printf '[default]\nhold_rat = 0.2\n' >bad.conf
runs 'a cost that is misspelt' 2 forecast roi --db f.db --cost bad.conf --model ets --quick
like 'is told with file, line and the nearest name' "$(cat err)" "bad.conf:2: 'hold_rat' is unknown, did you mean 'hold_rate'"
printf '[category dairy]\nshelf_days = -3\n' >bad.conf
runs 'a cost out of bounds' 2 forecast roi --db f.db --cost bad.conf --model ets --quick
printf '[moon full]\npack = 3\n' >bad.conf
runs 'a section of no attribute' 2 forecast roi --db f.db --cost bad.conf --model ets --quick
runs 'a lead time beyond all windows' 2 forecast roi --db f.db --model ets --assume lead_days=500
like 'is told with the series' "$(cat err)" "series 'S01/.*lead time and review take"
runs 'a day that is none' 2 forecast roi --db f.db --from yesterday
runs 'a window that history does not allow' 5 forecast roi --db f.db --model ets --to 2023-10-01 --quick

# --- orders ---
runs 'orders' 0 forecast order --db f.db --all --format csv
cp out orders
is 'have the contract'"'"'s columns' "$(head -n 1 out)" \
	'store,item,order_date,arrival_date,units,packs,on_hand,on_order,forecast,level,tau,reason'
is 'name the forecast that they were made from' "$(sql 'SELECT count(*) FROM decision WHERE forecast_run IS NULL')" 0
is 'come in packs' "$(sed 1d orders | awk -F, '$6 != int($6)' | wc -l)" 0
runs 'the same again' 0 forecast order --db f.db --all --format csv
same 'is the same' out orders
runs 'a higher level' 0 forecast order --db f.db --all --level .99 --format csv
cp out high
runs 'a lower level' 0 forecast order --db f.db --all --level .5 --format csv
sum() {
	sed 1d "$1" | awk -F, '{ s += $5 } END { print s + 0 }'
}
is 'orders fewer units' "$(awk "BEGIN { print ($(sum out) < $(sum high)) }")" 1
runs 'a budget' 0 forecast order --db f.db --all --budget .01 --format csv
is 'is kept' "$(sql 'SELECT count(*) > 0 FROM decision WHERE reason LIKE "%budget%"')" 1
item=$(sed -n 2p orders | cut -d, -f1,2)
printf 'store,item,date,on_hand,on_order\n%s,%s,0,500\n' "$item" "$(sed -n 2p orders | cut -d, -f3)" >way.csv
runs 'units on their way are taken in' 0 forecast ingest --db f.db way.csv
runs 'and' 0 forecast order --db f.db --all --format csv
is 'count' "$(grep "^$item," out | cut -d, -f5)" 0
runs 'an unknown store' 2 forecast order --db f.db --store S99

# --- the cost of a run ---
forecast run --db f.db --spec ets --as-of 2025-05-31 >/dev/null 2>&1
runs 'what a run cost' 0 forecast roi cost --db f.db --json
is 'adds up' "$(awk "BEGIN { t = $(field lost_margin) + $(field goodwill) + $(field waste) + $(field holding) + $(field ordering) - $(field total)
	print (t < 1e-6 && t > -1e-6) }")" 1
runs 'a run whose days have not come' 2 forecast roi cost --db f.db "$(sql "SELECT max(seq) FROM run WHERE kind = 'run' AND as_of = (SELECT max(as_of) FROM run)")"

# --- comparisons ---
forecast backtest --db f.db --spec ets --spec ses --windows 26 --refit 13 >/dev/null 2>&1
runs 'two specs of one backtest' 0 forecast compare last:ets last:snaive --db f.db --json
p=$(field p)
gain=$(field effect)
runs 'the other way round' 1 forecast compare last:snaive last:ets --db f.db --fail-on unproven --json
is 'is the other tail' "$(awk "BEGIN { s = $p + $(field p) - 1; print (s < 1e-9 && s > -1e-9 && $gain > 0 && $(field effect) < 0) }")" 1
runs 'a spec with itself' 0 forecast compare last:ets last:ets --db f.db --json
like 'is no different' "$(cat out)" '"verdict":"no difference proven"'
n=$(sql 'SELECT max(seq) FROM run')
forecast backtest --db f.db --spec ets --windows 10 --refit 5 >/dev/null 2>&1
runs 'other windows' 2 forecast compare "$n" last --db f.db
like 'are refused' "$(cat err)" 'other windows'
printf 'store,item,date,units\nS01,%s,2025-06-28,1\n' "$(sql 'SELECT name FROM item LIMIT 1')" >late.csv
forecast ingest --db f.db late.csv >/dev/null 2>&1
forecast backtest --db f.db --spec ets --windows 10 --refit 5 >/dev/null 2>&1
runs 'other data' 2 forecast compare "$((n + 1))" last --db f.db
like 'are refused' "$(cat err)" 'data hash differs'
runs 'a return is no backtest' 2 forecast compare 1 last --db f.db

# --- a planner who takes a fifth too much ---
forecast run --db f.db --spec ets --as-of 2025-05-31 --format csv --store S01 >fc.csv 2>/dev/null
awk -F, 'NR == 1 { print "store,item,date,mean,made"; next }
	{ print $1 "," $2 "," $3 "," $5 * 1.4 "," "2025-05-31" }' fc.csv >planner.csv
echo 'S01,nothing,2025-06-01,x,2025-05-31' >>planner.csv
FORECAST_RUN_SPEC=ets
export FORECAST_RUN_SPEC
runs 'the stairs with a planner' 0 forecast compare --fva --given planner.csv --db f.db --format csv
fva=$(sed -n '$p' out | cut -d, -f5)
is 'who adds less than nothing' "$(awk "BEGIN { print ($fva < 0) }")" 1
is 'steps sum to the difference of last and first' "$(sed 1d out | awk -F, 'NR == 1 { a = $2 } { s += $5; z = $2 }
	END { d = a - z - s; print (d < 1e-12 && d > -1e-12) }')" 1
runs 'judged alone' 0 forecast judge planner.csv --db f.db --json
like 'on the same cells' "$(cat out)" '"cells":[1-9]'
like 'with the bad row told' "$(cat err)" 'not know|set aside'
runs 'as a baseline of a return' 0 forecast roi --baseline planner.csv --model ets --db f.db --quick --json
like 'which names it' "$(cat out)" '"baseline":"planner.csv"'
echo 'a,b' >odd.csv
runs 'a file of something else' 5 forecast judge odd.csv --db f.db
runs 'a file that is not there' 5 forecast judge nowhere.csv --db f.db
done_testing
