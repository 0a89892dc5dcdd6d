#!/bin/sh
# Guarded runs: what a deadline, a memory limit or a process apart gives is, for every series that came through, what
# a run without them gives; what did not come through has its cheap forecast, its reason, and is the same when the run
# is made again.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3

forecast demo -o shop --stores 3 --items 12 --days 200 --tail 2 --seed 4 2>/dev/null
forecast ingest shop/stores.csv shop/items.csv shop/calendar.csv shop/sales.csv shop/prices.csv >/dev/null 2>&1
mv forecast.db start.db
run() { # run NAME ARGUMENTS: a run of its own copy of the db; its exit code stays in ./code
	cp start.db "$1.db"
	name=$1
	shift
	forecast run --db "$name.db" "$@" >"$name.out" 2>&1
	echo $? >code
}
sql() { sqlite3 "$1.db" "$2"; }
hash() { sql "$1" "SELECT published_hash FROM run ORDER BY seq DESC LIMIT 1"; }
numbers() { sql "$1" 'SELECT store, item, step, mean, q05, q50, q95, method FROM v_forecast_current ORDER BY 1, 2, 3'; }
means() { sql "$1" "SELECT store, item, step, mean FROM v_forecast_current WHERE store || '/' || item <> '$2' ORDER BY 1, 2, 3"; }
cheap() { sql "$1" "SELECT count(*) FROM series_failure WHERE reason LIKE 'cheap: %' AND rung > 0"; }
all=$(sqlite3 start.db 'SELECT count(*) FROM series')

# --- nothing happens: the same bytes ---
for spec in 'ets' 'calibrate(reconcile(ses, snaive))'; do
	run plain --spec "$spec"
	# The sanitizers take what memory they like.
	# shellcheck disable=SC2046,SC2086
	run apart --spec "$spec" --isolate --deadline 2h $(test -n "${SAN_CFLAGS:-}" || echo --mem 2G)
	is "$spec: apart, exit" "$(cat code)" 0
	is "$spec: apart, the same" "$(hash apart)" "$(hash plain)"
	sql plain 'SELECT * FROM v_node_current ORDER BY tier, node, step' >plain.nodes
	sql apart 'SELECT * FROM v_node_current ORDER BY tier, node, step' >apart.nodes
	same "$spec: apart, the same sums and their quantiles" apart.nodes plain.nodes
	is "$spec: no reason is left of the cheap ones" "$(cheap apart)" 0
	unlike "$spec: another id" "$(sql apart 'SELECT id FROM run')" "^$(sql plain 'SELECT id FROM run')\$"
done

# --- no time at all: every series is cheap, published and says so ---
for spec in 'ets' 'calibrate(reconcile(ses, snaive))'; do
	run late --spec "$spec" --deadline 0s
	is "$spec: late, exit" "$(cat code)" 3
	run baseline --spec 'fallback(seasonal_window_mean, ses, snaive)'
	is "$spec: late, all are cheap" "$(cheap late)" "$(sql late 'SELECT count(DISTINCT series) FROM forecast')"
	numbers late >late.txt
	numbers baseline >baseline.txt
	same "$spec: late, the numbers of the cheap spec" late.txt baseline.txt
	is "$spec: late, the reason" "$(sql late "SELECT count(*) FROM series_failure WHERE reason NOT LIKE
		'cheap: the deadline came first%'")" 0
	is "$spec: late, made again" "$(forecast replay 1 --verify --db late.db 2>/dev/null | sed -n 's/^verdict *//p')" bit-equal
done
cp late.db again.db
forecast run --db again.db --spec 'calibrate(reconcile(ses, snaive))' --deadline 0s >/dev/null 2>again.err
like 'no time once more: it tells how many are cheap' "$(cat again.err)" "already published: .* $all series, 0 fell back, $all stayed cheap"
is 'no time once more: it is published already' "$(sql again 'SELECT count(*) FROM run')" 1
forecast run --db again.db --spec 'calibrate(reconcile(ses, snaive))' --deadline 2h >/dev/null 2>&1
is 'with time it is made again: none is cheap' "$(sql again 'SELECT count(DISTINCT method) FROM v_forecast_current')" 1
run plain --spec 'calibrate(reconcile(ses, snaive))'
is 'and has the numbers of one without a deadline' "$(hash again)" "$(hash plain)"
forecast diff 1 2 --db again.db --causes --format csv >forth.csv 2>forth.err
forecast diff 2 1 --db again.db --causes --format csv >back.csv 2>/dev/null
is 'cheap or not is no cause of the data' "$(awk -F, 'FNR > 1 { print $4 }' forth.csv back.csv | sort -u)" 0
like 'but of what was run' "$(tail -n 1 back.csv | cut -d, -f5)" '^-?[0-9.]*[1-9]'
like 'and told as what differs' "$(cat forth.err)" 'differ: what stayed cheap;'
run other --spec ets --deadline 0s --set run.cheap=naive
is 'another cheap spec' "$(sql other "SELECT DISTINCT method FROM series_failure ORDER BY 1")" naive
ok 'naive: the last value of each' test "$(sql other 'SELECT count(*) FROM (SELECT 1 FROM forecast GROUP BY series
	HAVING max(mean) > min(mean))')" -eq 0
run wrong --spec ets --isolate --set 'run.cheap=calibrate(reconcile(ses, snaive))'
is 'a cheap spec that learns across series is refused' "$(cat code)" 2
like 'and told' "$(cat wrong.out)" 'run.cheap.*learns across series'

# --- some time: how much is done depends on the machine, what holds of it does not ---
run some --spec local --deadline 1s
left=$(cheap some)
done_=$((all - left))
like 'some: exit 3 while any is cheap, else 0' "$(cat code) $left" '^3 [1-9]|^0 0$'
is 'some: all are published' "$(sql some 'SELECT count(DISTINCT series) FROM forecast')" "$all"
is 'some: made again at another number of workers' \
	"$(forecast replay 1 --verify --db some.db -j1 2>/dev/null | sed -n 's/^verdict *//p')" bit-equal
share=$(sed -n 's/.* make \([0-9]*\) % of the last.*/\1/p' some.out)
note "$done_ of $all upgraded, ${share:-100} % of the sales"
ok 'some: the upgraded hold at least their share of the sales' test "${share:-100}" -ge $((100 * done_ / all))

# --- words that are no limits ---
for word in '--deadline 25:00' '--deadline 5' '--deadline 3d' '--deadline -5s' '--mem 1K' '--mem much' '--mem 12X' \
	'--deadline nans' '--isolate --store S01' '--mem 1G --tier total'; do
	# shellcheck disable=SC2086 # two words or more
	run wrong $word
	is "$word: refused" "$(cat code)" 2
done
run clock --spec ses --deadline "$(date +%H:%M)"
is 'a time of the day: the next such' "$(cat code)" 0

# --- a night: training is put off where nobody knows how long it takes ---
cp start.db night.db
cat >night.conf <<'EOT'
[ingest]
files = shop/sales.csv
[monitor]
replay_weeks = -1
EOT
forecast nightly -c night.conf --db night.db --deadline 0s >night.out 2>night.err
is 'a night without time: exit' "$?" 3
unlike 'a night without time: nothing of a challenger that there is not' "$(cat night.err)" challenger
like 'a night without time: no training' "$(cat night.out)" '^fitted +put off'
like 'a night without time: how many are cheap' "$(cat night.out)" "^stayed cheap +[1-9][0-9]* series; the others make 0 %"
like 'a night without time: its page tells the share' "$(forecast report --last --mail-ready -c night.conf --db night.db \
	2>/dev/null)" "$all of $all series \(100 %\)"
is 'a night without time: published' "$(sql night 'SELECT count(DISTINCT store || item) FROM v_forecast_current')" "$all"
forecast nightly -c night.conf --db night.db --deadline 0s >night.out 2>/dev/null
like 'once more without time: published before' "$(cat night.out)" '(published before)'
like 'once more without time: none fell back' "$(cat night.out)" '^fell back +0 series'
like 'once more without time: as many are cheap' "$(cat night.out)" "^stayed cheap +[1-9][0-9]* series\$"
forecast nightly -c night.conf --db night.db >night.out 2>/dev/null
like 'the next night has time: a training' "$(cat night.out)" '^fitted +version 1'
unlike 'the next night has time: none is cheap' "$(cat night.out)" '^stayed cheap'
is 'the next night has time: published anew' "$(sql night "SELECT count(*) FROM run WHERE kind = 'nightly' AND published_hash <> ''")" 2
for limit in '' --isolate; do
	# shellcheck disable=SC2086 # a word or none
	forecast nightly -c night.conf --db night.db --dry $limit >dry.out 2>/dev/null
	# shellcheck disable=SC2086
	forecast nightly -c night.conf --db night.db $limit >/dev/null 2>&1
	is "a dry night ${limit:-without limits} names the run that comes" \
		"$(grep -o 'run [0-9a-f]\{12\}' dry.out)" "run $(sql night 'SELECT id FROM run ORDER BY seq DESC LIMIT 1')"
done

# --- series that crash, hoard or hang ---
if grep -q '^#define WITH_FAILPOINTS 1' "${builddir:-$(dirname "$FORECAST")}/config.h" 2>/dev/null; then
	one=$(sqlite3 start.db "SELECT s.name || '/' || i.name FROM series x JOIN store s ON s.id = x.store
		JOIN item i ON i.id = x.item ORDER BY x.id LIMIT 1 OFFSET 4")
	run plain --spec ets
	means plain "$one" >plain.txt
	for fault in crash hoard hang; do
		FORECAST_FAULT="ets:$one=$fault"
		export FORECAST_FAULT
		# How long a series takes depends on the machine: only what takes for ever has a limit.
		run "$fault" --spec ets --isolate --mem 512M --set "run.series_seconds=$(test $fault = hang && echo 4 || echo 0)"
		is "$fault: exit" "$(cat code)" 3
		is "$fault: one series is cheap" "$(sql "$fault" "SELECT s.name || '/' || i.name, count(*) OVER () FROM series_failure f
			JOIN series x ON x.id = f.series JOIN store s ON s.id = x.store JOIN item i ON i.id = x.item
			WHERE f.reason LIKE 'cheap: %'")" "$one|1"
		means "$fault" "$one" >seen.txt
		same "$fault: the others have the means they have without it" seen.txt plain.txt
		is "$fault: made again, without it" \
			"$(forecast replay 1 --verify --db "$fault.db" 2>/dev/null | sed -n 's/^verdict *//p')" bit-equal
	done
	like 'crash: the reason' "$(sql crash 'SELECT reason FROM series_failure')" '^cheap: it crashed \(signal 11\)'
	like 'hoard: the reason' "$(sql hoard 'SELECT reason FROM series_failure')" '^cheap: out of memory'
	like 'hang: the reason' "$(sql hang 'SELECT reason FROM series_failure')" '^cheap: it took longer than run.series_seconds'

	# The parent is killed, or asked to stop, while its child hangs: none is left, and the next run goes on.
	FORECAST_FAULT="ets:$one=hang"
	for signal in KILL TERM; do
		cp start.db gone.db
		"$FORECAST" run --db gone.db --spec ets --isolate >/dev/null 2>&1 &
		parent=$!
		child=
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			child=$(grep -ls "^PPid:[[:space:]]*$parent\$" /proc/[0-9]*/status | tr -dc '0-9\n' | head -n 1)
			test -n "$child" && break
			sleep .5
		done
		sleep 1
		kill -$signal $parent
		wait $parent
		is "$signal: exit" "$?" "$(test $signal = KILL && echo 137 || echo 143)"
		sleep 1
		like "$signal: no child is left" \
			"$child,$(sed -n 's/^State:[[:space:]]*//p' "/proc/${child:-1}/status" 2>/dev/null)" '^[0-9]+,(Z.*)?$'
		unset FORECAST_FAULT
		forecast run --db gone.db --spec ets --isolate >/dev/null 2>&1
		is "$signal: taken up" "$?" 0
		is "$signal: and the same" "$(hash gone)" "$(hash plain)"
		FORECAST_FAULT="ets:$one=hang"
		export FORECAST_FAULT
	done
else
	skip 23 'the program was built without --enable-failpoints'
fi
done_testing
