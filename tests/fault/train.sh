#!/bin/sh
# A training that is killed after each of its parts goes on there, and comes to the bytes of one that was
# not: at any number of threads, and a second time. That a part cannot be kept ends nothing.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_failpoints
forecast demo -o chain --stores 2 --items 20 --days 120 --seed 3 -q || exit 99
forecast ingest chain/stores.csv chain/items.csv chain/sales.csv --db start.db -q >/dev/null 2>&1
forecast check --db start.db -q >/dev/null 2>&1

sql() {
	sqlite3 -batch shop.db "$1"
}
fresh() {
	rm -f shop.db*
	cp start.db shop.db
}
champion() {
	sql "SELECT v.hash FROM model_alias a JOIN model_version v ON v.version = a.version WHERE alias = 'champion'"
}
train() {
	forecast train --db shop.db --spec "$spec" -q "$@"
}

for spec in 'combine(ses, snaive)' 'calibrate(reconcile(ses, snaive))'; do
	fresh
	runs "$spec: trained" 0 train -j1
	want=$(champion)
	fresh
	train -j2
	is "$spec: the same at -j2" "$(champion)" "$want"
	runs "$spec: trained again" 0 train
	is "$spec: to the same version" "$(sql 'SELECT count(*) FROM model_version')" 1

	n=0 unequal='' damaged='' left=''
	while :; do
		n=$((n + 1))
		fresh
		FORECAST_FAILPOINT=part.kept:$n "$FORECAST" train --db shop.db --spec "$spec" -q -j1 >/dev/null 2>&1
		test $? = 137 || break
		is "$spec: $n parts are kept" "$(sql 'SELECT count(*) FROM training_part')" $n
		test "$(sql 'PRAGMA integrity_check')" = ok || damaged="$damaged $n"
		is "$spec: no version yet" "$(sql 'SELECT count(*) FROM model_version')" 0
		train -j2 || unequal="$unequal $n!"
		test "$(champion)" = "$want" || unequal="$unequal $n"
		test "$(sql 'SELECT count(*) FROM training_part')" = 0 || left="$left $n"
	done
	ok "$spec: there were several parts ($n)" test $n -gt 2
	is "$spec: the db was whole after each kill" "$damaged" ''
	is "$spec: each resumed training gives the same bytes" "$unequal" ''
	is "$spec: and forgets its parts" "$left" ''
	is "$spec: the last one was recorded as trained" "$(sql "SELECT state FROM run WHERE kind = 'train'")" TRAINED

	fresh
	forecast check --db shop.db -q >/dev/null 2>&1 # has the tables of today
	sql "CREATE TRIGGER no_room BEFORE INSERT ON training_part BEGIN SELECT raise(FAIL, 'no room'); END"
	runs "$spec: a part that cannot be kept is no end" 0 forecast train --db shop.db --spec "$spec"
	like "$spec: but a warning" "$(cat err)" 'warning: .*no room'
	is "$spec: and the same version" "$(champion)" "$want"

	fresh
	(ulimit -f 8 && trap '' XFSZ && "$FORECAST" train --db shop.db --spec "$spec" >/dev/null 2>full.err)
	is "$spec: disk full: exit" "$?" 6
	is "$spec: disk full: the db is whole" "$(sql 'PRAGMA integrity_check')" ok
	runs "$spec: with room again" 0 train
	is "$spec: the same version" "$(champion)" "$want"
done
done_testing
