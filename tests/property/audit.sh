#!/bin/sh
# The chain of who did what: every change of state has its row, and whoever touches one is found.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3

forecast demo -o shop --stores 1 --items 3 --days 200 --seed 5 2>/dev/null
forecast ingest --db a.db shop/sales.csv >/dev/null 2>&1
printf 'store,item,date,units\nS01,100017,2026-01-01,3\n' >extra.csv
forecast ingest --db a.db extra.csv >/dev/null 2>&1
forecast ingest undo "$(sqlite3 a.db 'SELECT max(id) FROM ingest_batch')" --db a.db >/dev/null 2>&1
forecast train --db a.db --spec ses >/dev/null 2>&1
forecast run --db a.db --spec ses >/dev/null 2>&1
runs 'the list' 0 forecast audit --db a.db --format csv
is 'what was done, in order' "$(sqlite3 a.db "SELECT group_concat(action) FROM (SELECT action FROM audit ORDER BY seq)")" \
	'ingest,ingest,undo,alias,publish'
is 'by whom' "$(sqlite3 a.db 'SELECT DISTINCT os_user FROM audit')" "$(id -un)"
like 'with which words' "$(sqlite3 a.db "SELECT cmdline FROM audit WHERE action = 'publish'")" 'run --db a.db --spec ses'
is 'the published hash is in it' "$(sqlite3 a.db "SELECT count(*) FROM audit a JOIN run r ON a.after_hash = r.published_hash
	WHERE a.action = 'publish'")" 1
runs 'it is whole' 0 forecast audit verify --db a.db
runs 'its head' 0 forecast audit head --db a.db
head=$(cut -d' ' -f2 out)
runs 'which is in it' 0 forecast audit verify --db a.db --head "$head"
forecast run --db a.db --spec ses >/dev/null 2>&1
is 'a run that is published already adds nothing' "$(sqlite3 a.db 'SELECT count(*) FROM audit')" 5

is 'a row cannot be changed' "$(sqlite3 a.db "UPDATE audit SET reason = 'x' WHERE seq = 2" 2>&1 | grep -c 'never changes')" 1
is 'nor taken out' "$(sqlite3 a.db 'DELETE FROM audit WHERE seq = 2' 2>&1 | grep -c 'never taken out')" 1

# broken SQL: a copy on which somebody has dropped the triggers.
broken() {
	rm -f b.db
	sqlite3 a.db "VACUUM INTO 'b.db'" # what is in the log too
	sqlite3 b.db "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept; $1"
	forecast audit verify --db b.db "${2:---format=table}" ${3:+"$3"} >out 2>err
}
fails 'who edits a reason' broken "UPDATE audit SET reason = 'x' WHERE seq = 3"
like 'is found' "$(cat out)" 'seq 3: it was changed'
fails 'who takes one out' broken 'DELETE FROM audit WHERE seq = 2'
like 'is found' "$(cat out)" 'seq 2: a row before it is missing'
fails 'who swaps two' broken 'UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
	UPDATE audit SET seq = 3 WHERE seq = 99'
like 'is found' "$(cat out)" 'seq 2: '
fails 'who adds one by hand' broken "INSERT INTO audit SELECT 6, ts, os_user, host, cmdline, action, object, NULL, NULL,
	NULL, sha256, printf('%064d', 6) FROM audit WHERE seq = 5"
like 'is found' "$(cat out)" 'seq 6: '
fails 'who cuts the end off' broken 'DELETE FROM audit WHERE seq = 5' --head "$head"
like 'is found by the head that was kept' "$(cat out)" 'seq 5: the row with that hash is gone'
done_testing
