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
(cd chain && forecast nightly -q >/dev/null 2>&1) || exit 99
cp "held/$(ls held | head -n 1)" chain/inbox/
cp -r chain undisturbed
(cd undisturbed && forecast nightly -q >/dev/null 2>&1) || exit 99

published() {
	sqlite3 -batch "$1/forecast.db" 'SELECT * FROM v_forecast_current ORDER BY store, item, step'
}
published chain >first.txt
published undisturbed >second.txt
cp -r chain start
for point in $(sed -n 's/.*FAILPOINT("\([a-z.]*\)").*/\1/p' "$srcdir"/src/*/*.c | sort -u); do
	rm -rf chain
	cp -r start chain
	(cd chain && FORECAST_FAILPOINT=$point "$FORECAST" nightly -q >/dev/null 2>&1)
	is "$point: was reached" "$?" 137
	is "$point: the db is whole" "$(sqlite3 chain/forecast.db 'PRAGMA integrity_check')" ok
	published chain >seen.txt
	ok "$point: readers see one night or the other" \
		sh -c 'cmp -s seen.txt first.txt || cmp -s seen.txt second.txt'
	(cd chain && forecast nightly --resume -q >/dev/null 2>&1)
	is "$point: resumed, exit" "$?" 0
	published chain >seen.txt
	same "$point: resumed equals undisturbed" seen.txt second.txt
done
done_testing
