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

# killed_at SPEC POINTS: a second night, killed at each of the points, after a first one of that spec. $how: more options
# of the night.
how=
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
	# shellcheck disable=SC2086 # words
	(cd undisturbed && forecast nightly -q $how >/dev/null 2>&1) || exit 99
	published chain >first.txt
	published undisturbed >second.txt
	rm -rf start
	cp -r chain start
	for point; do
		rm -rf chain
		cp -r start chain
		# shellcheck disable=SC2086 # words
		(cd chain && FORECAST_FAILPOINT=$point "$FORECAST" nightly -q $how >/dev/null 2>&1)
		is "$spec, $point: was reached" "$?" 137
		is "$spec, $point: the db is whole" "$(sqlite3 chain/forecast.db 'PRAGMA integrity_check')" ok
		published chain >seen.txt
		ok "$spec, $point: readers see one night or the other" \
			sh -c 'cmp -s seen.txt first.txt || cmp -s seen.txt second.txt'
		# shellcheck disable=SC2086 # words
		(cd chain && forecast nightly --resume -q $how >/dev/null 2>&1)
		is "$spec, $point: resumed, exit" "$?" 0
		published chain >seen.txt
		same "$spec, $point: resumed equals undisturbed" seen.txt second.txt
		is "$spec, $point: no part of a training is left" \
			"$(sqlite3 chain/forecast.db 'SELECT count(*) FROM training_part')" 0
	done
}

# Places that a night of this kind does not come to; below each has its own command.
elsewhere='canary.end copy.written gates.keep gc.commit guard.cheap guard.upgraded hold.committed hold.state install.parts past.piece promote.alias
promote.commit realise.run realise.week retrain.challenger retrain.shadow rollback.alias rollback.commit'
all_points=$(sed -n 's/.*FAILPOINT("\([a-z.]*\)").*/\1/p' "$srcdir"/src/*/*.c | sort -u)
# shellcheck disable=SC2086
points=$(echo "$all_points" | grep -vxF "$(printf '%s\n' $elsewhere)")
ok 'there are forty places at least' test "$(echo "$all_points" | wc -l)" -ge 40
# shellcheck disable=SC2086 # a word each
killed_at local $points
# A spec that learns across series: its parts, its one chunk of all, its nodes with quantiles.
# shellcheck disable=SC2046
killed_at 'calibrate(reconcile(ses, snaive))' part.before:2 $(echo "$points" | grep -E '^(part|train|chunk|nodes|publish)\.')
# The night in a process apart: all cheap first, then written once more.
how=--isolate
killed_at local guard.cheap guard.upgraded chunk.committed:1 chunk.commit:2 publish.before
killed_at 'calibrate(reconcile(ses, snaive))' guard.cheap guard.upgraded nodes.committed:1 nodes.commit:2

# --- the life of models and of the db: other commands, killed and done again ---
unset FORECAST_TRAIN_EVERY FORECAST_RUN_SPEC
cd "$T" || exit 99
forecast demo -o shop --stores 2 --items 12 --days 560 --tail 1 --seed 8 -q || exit 99
mkdir -p life/in
mv shop life/
cd life || exit 99
printf '[ingest]\nfiles = shop/stores.csv shop/calendar.csv shop/sales.csv in/*.csv\n' >forecast.conf
printf '[challenger]\nspec = fallback(ses, snaive)\n[run]\nhorizon = 28\n' >>forecast.conf
forecast ingest shop/stores.csv shop/calendar.csv shop/sales.csv >/dev/null 2>&1
forecast train --spec 'fallback(seasonal_window_mean, snaive)' --as-of 2025-05-01 >/dev/null 2>&1
forecast nightly -q --as-of 2025-05-01 >/dev/null 2>&1
cd "$T" || exit 99

# What readers see, and what became of the models.
state() {
	published "$1"
	sqlite3 -batch "$1/forecast.db" 'SELECT alias, version FROM model_alias ORDER BY 1'
}

# again_at START POINT COMMAND ...: on a copy of START the command is killed at the point, and done again.
again_at() {
	start=$1
	point=$2
	shift 2
	rm -rf undisturbed killed
	cp -r "$start" undisturbed
	cp -r "$start" killed
	(cd undisturbed && "$FORECAST" "$@" >/dev/null 2>&1)
	status=$?
	published "$start" >before.txt
	published undisturbed >after.txt
	state undisturbed >end.txt
	(cd killed && FORECAST_FAILPOINT=$point "$FORECAST" "$@" >/dev/null 2>&1)
	is "$point: was reached" "$?" 137
	is "$point: the db is whole" "$(sqlite3 killed/forecast.db 'PRAGMA integrity_check')" ok
	published killed >seen.txt
	ok "$point: readers see all of it or nothing" \
		sh -c 'cmp -s seen.txt before.txt || cmp -s seen.txt after.txt'
	(cd killed && "$FORECAST" "$@" >/dev/null 2>&1)
	is "$point: done again, exit" "$?" "$status"
	state killed >seen.txt
	same "$point: done again, the same" seen.txt end.txt
}

for point in realise.run realise.week retrain.challenger retrain.shadow; do
	again_at life $point nightly -q
done
again_at life past.piece monitor calibrate --replay
cp -r life later
(
	cd later || exit
	forecast nightly -q >/dev/null 2>&1
	forecast models package champion -o m.fpk 2>/dev/null
)
again_at later gc.commit db gc --keep 1 --keep-days 1
again_at later install.parts models install m.fpk
again_at later gates.keep models promote challenger
for point in promote.alias promote.commit; do
	again_at later $point models promote challenger --force --reason 'a test'
done
cp -r later promoted
(cd promoted && forecast models promote challenger --force --reason 'a test' >/dev/null 2>&1)
for point in rollback.alias rollback.commit; do
	again_at promoted $point models rollback
done
(cd promoted && forecast models promote 1 --to canary --share 1 >/dev/null 2>&1)
again_at promoted canary.end models rollback --canary
cp -r later held-back
cp held-back/shop/inbox/sales_*.csv held-back/in/
sqlite3 held-back/forecast.db 'UPDATE forecast SET mean = mean / 2 WHERE run = (SELECT run FROM pointer) AND step > 1'
for point in hold.state hold.committed; do
	again_at held-back $point nightly -q
done
(cd later && FORECAST_FAILPOINT=copy.written "$FORECAST" db backup copy.db >/dev/null 2>&1)
is 'copy.written: was reached' "$?" 137
ok 'copy.written: no copy that is none' test ! -e later/copy.db
ok 'copy.written: done again' sh -c 'cd later && "$FORECAST" db backup copy.db 2>/dev/null'
done_testing
