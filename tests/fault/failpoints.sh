#!/bin/sh
# Killed at each named place of a night: the db is whole, readers see one night or the other, and the
# night done again gives what an undisturbed one gives. Needs a build with --enable-failpoints.
# shellcheck disable=SC2012,SC2013 # the names are our own
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_failpoints
FORECAST_TRAIN_EVERY=1 # each night trains, so that its places are reached too
export FORECAST_TRAIN_EVERY
forecast demo -o chain --stores 2 --items 20 --days 120 --seed 3 -q || exit 99
mkdir held
mv chain/inbox/* held/
mv chain first

published() {
	sqlite3 -batch "$1/forecast.db" 'SELECT * FROM v_forecast_current ORDER BY store, item, step'
	sqlite3 -batch "$1/forecast.db" 'SELECT * FROM v_node_current ORDER BY tier, node, step'
}

# killed_at SPEC POINTS: a second night, killed at each of the points, after a first one of that spec.
killed_at() {
	spec=$1
	shift
	rm -rf chain undisturbed
	cp -r first chain
	FORECAST_RUN_SPEC=$spec
	export FORECAST_RUN_SPEC
	(cd chain && forecast nightly -q >/dev/null 2>&1) || exit 99
	cp "held/$(ls held | head -n 1)" chain/inbox/
	cp -r chain undisturbed
	(cd undisturbed && forecast nightly -q >/dev/null 2>&1) || exit 99
	published chain >first.txt
	published undisturbed >second.txt
	rm -rf start
	cp -r chain start
	for point; do
		rm -rf chain
		cp -r start chain
		(cd chain && FORECAST_FAILPOINT=$point "$FORECAST" nightly -q >/dev/null 2>&1)
		is "$spec, $point: was reached" "$?" 137
		is "$spec, $point: the db is whole" "$(sqlite3 chain/forecast.db 'PRAGMA integrity_check')" ok
		published chain >seen.txt
		ok "$spec, $point: readers see one night or the other" \
			sh -c 'cmp -s seen.txt first.txt || cmp -s seen.txt second.txt'
		(cd chain && forecast nightly --resume -q >/dev/null 2>&1)
		is "$spec, $point: resumed, exit" "$?" 0
		published chain >seen.txt
		same "$spec, $point: resumed equals undisturbed" seen.txt second.txt
		is "$spec, $point: no part of a training is left" \
			"$(sqlite3 chain/forecast.db 'SELECT count(*) FROM training_part')" 0
	done
}

points=$(sed -n 's/.*FAILPOINT("\([a-z.]*\)").*/\1/p' "$srcdir"/src/*/*.c | sort -u)
# shellcheck disable=SC2086 # a word each
killed_at local $points
# A spec that learns across series: its parts, its one chunk of all, its nodes with quantiles.
# shellcheck disable=SC2046
killed_at 'calibrate(reconcile(ses, snaive))' part.before:2 $(echo "$points" | grep -E '^(part|train|chunk|nodes|publish)\.')
done_testing
