#!/bin/sh
# A night that is killed, stopped, doubled or starved of disk: the last published run stays whole and
# readable, and doing the night again gives what an undisturbed night gives, byte for byte.
# KILLS=50 sh tests/fault/night.sh kills as often as that (10 by default).
# shellcheck disable=SC2012,SC2013 # the names are our own
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast nightly
KILLS=${KILLS:-10}

forecast demo -o chain --stores 3 --items 40 --days 200 --seed 5 -q || exit 99
mkdir held
mv chain/inbox/* held/
cp -r chain undisturbed

sql() {
	sqlite3 -batch "$1/forecast.db" "$2"
}
# What readers see: the published rows without the run's number.
published() {
	sql "$1" "SELECT * FROM v_forecast_current ORDER BY store, item, step"
}

night() {
	(cd "$1" && shift && forecast nightly -q "$@" >night.out 2>night.err)
}

night undisturbed
is 'first night: exit' "$?" 0
night chain
is 'the same data give the same run' "$(published chain | sha256sum)" "$(published undisturbed | sha256sum)"
published chain >first.txt

# --- the second night, killed at random moments ---
first=$(ls held | head -n 1)
cp "held/$first" chain/inbox/
cp "held/$first" undisturbed/inbox/
cp -r chain start
began=$(date +%s%N)
night undisturbed
length=$((($(date +%s%N) - began) / 1000000))
published undisturbed >second.txt
fails 'the second night differs' cmp -s first.txt second.txt
hash_of() {
	sql "$1" "SELECT published_hash FROM run WHERE seq = (SELECT run FROM pointer)"
}
mixed=0 damaged=0 killed=0 unequal=0 failed=0
n=0
while test $n -lt "$KILLS"; do
	n=$((n + 1))
	rm -rf chain
	cp -r start chain
	(cd chain && exec "$FORECAST" nightly -q >/dev/null 2>&1) &
	pid=$!
	# Moments spread over the whole night.
	ms=$((length * n / (KILLS + 1)))
	sleep "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
	kill -9 $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	test "$(sql chain 'PRAGMA integrity_check')" = ok || damaged=$((damaged + 1))
	published chain >seen.txt
	cmp -s seen.txt first.txt || cmp -s seen.txt second.txt || mixed=$((mixed + 1))
	night chain --resume || failed=$((failed + 1))
	published chain >seen.txt
	cmp -s seen.txt second.txt && test "$(hash_of chain)" = "$(hash_of undisturbed)" ||
		unequal=$((unequal + 1))
done
note "$killed of $KILLS nights were alive when they were killed; a night took $length ms"
is 'the db was whole after each kill' "$damaged" 0
is 'readers saw the first or the second night, never a part' "$mixed" 0
is 'each was taken up' "$failed" 0
is 'each resumed night equals the undisturbed one, hash and rows' "$unequal" 0
is 'no series twice' "$(sql chain 'SELECT count(*) FROM (SELECT run, series, step FROM forecast
	GROUP BY 1, 2, 3 HAVING count(*) > 1)')" 0
is 'exactly one active method a series' "$(sql chain "SELECT count(*) FROM active")" \
	"$(sql chain 'SELECT count(DISTINCT series) FROM forecast WHERE run = (SELECT run FROM pointer)')"
night chain
is 'again: nothing to do' "$?" 0
is 'again: nothing written' "$(sql chain 'SELECT count(*) FROM run WHERE published_hash IS NOT NULL')" 2

# --- two at once ---
second=$(ls held | sed -n 2p)
cp "held/$second" chain/inbox/
cp "held/$second" undisturbed/inbox/
(cd chain && exec "$FORECAST" nightly -q >/dev/null 2>&1) &
one=$!
(cd chain && exec "$FORECAST" nightly -q >/dev/null 2>other.err) &
two=$!
wait $one
a=$?
wait $two
b=$?
is 'two nights at once: one publishes, the other exits 7' "$(printf '%s\n' $a $b | sort | tr '\n' ' ')" '0 7 '

# --- SIGTERM ---
third=$(ls held | sed -n 3p)
cp "held/$third" chain/inbox/
(cd chain && exec "$FORECAST" nightly -q >/dev/null 2>stop.err) &
pid=$!
sleep 0.15
kill -TERM $pid 2>/dev/null
wait $pid
code=$?
ok "SIGTERM: exit 143, or 0 when it was through ($code)" test $code = 143 -o $code = 0
night chain --resume
is 'taken up after SIGTERM: exit' "$?" 0

# --- no room: the file may not grow ---
fourth=$(ls held | sed -n 4p)
cp "held/$fourth" chain/inbox/
published chain >before.txt
(cd chain && ulimit -f 200 && trap '' XFSZ && "$FORECAST" nightly -q >/dev/null 2>full.err)
is 'disk full: exit' "$?" 6
ok 'disk full: a sentence' grep -q forecast: chain/full.err
is 'disk full: the db is whole' "$(sql chain 'PRAGMA integrity_check')" ok
published chain >after.txt
same 'disk full: the last run stays' after.txt before.txt
night chain
is 'with room again: exit' "$?" 0

# --- eight first openers ---
mkdir fresh
pids=
for i in 1 2 3 4 5 6 7 8; do
	printf 'store,item,date,units\ns%s,i,2026-01-01,1\n' $i >fresh/$i.csv
	(cd fresh && exec "$FORECAST" ingest $i.csv --wait 60 -q >/dev/null 2>$i.err) &
	pids="$pids $!"
done
codes=
for pid in $pids; do
	wait "$pid"
	codes="$codes$?"
done
is 'eight openers of a new db: all exit 0' "$codes" 00000000
is 'and all rows are in' "$(sqlite3 fresh/forecast.db 'SELECT count(*) FROM sales')" 8
done_testing
