#!/bin/sh
# The past replayed for the monitor's thresholds: which weeks, and the same bytes with any number of workers.
#
# Days from Monday 2024-01-01 on, horizon 28: the first week after two seasons and a horizon (42 days) begins on
# 2024-02-12. The 52nd from there ends on Sunday 2025-02-09, and is mature two days later.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast monitor

awk 'BEGIN {
	srand(1)
	split("31 29 31 30 31 30 31 31 30 31 30 31 31 28", length_of, " ")
	print "store,item,date,units"
	for (t = 0; t < 408; t++) {
		d = t
		for (m = 1; d >= length_of[m]; m++)
			d -= length_of[m]
		date = sprintf("%d-%02d-%02d", m > 12 ? 2025 : 2024, (m - 1) % 12 + 1, d + 1)
		for (s = 1; s <= 2; s++)
			for (i = 1; i <= 6; i++)
				print "S" s ",I" i "," date "," int(rand() * rand() * 2 * i * (t % 7 > 4 ? 2 : 1))
	}
}' >all.csv
grep -v 2025-02-11 all.csv >less.csv
sql() {
	sqlite3 "$1" "SELECT min(week), max(week), count(DISTINCT week) FROM resid WHERE role = 'replay' AND band = 'near'"
}
forecast ingest less.csv --db less.db >/dev/null
runs '51 weeks are too few' 5 forecast monitor calibrate --replay --db less.db
like 'and it is said how many there are' "$(cat err)" 'allows 51 weeks'
forecast ingest all.csv --db all.db >/dev/null
cp all.db more.db
runs '52 weeks make thresholds' 0 forecast monitor calibrate --replay --db all.db -j 1
# Weeks are counted from Monday 1970-01-05; 2024-02-12 is day 19765.
is 'from the first week after two seasons and a horizon to the last that is mature' "$(sql all.db)" \
	"$(((19765 - 4) / 7))|$(((19765 - 4) / 7 + 51))|52"
forecast monitor calibrate --replay --db more.db -j 3 >/dev/null
for db in all more; do
	sqlite3 $db.db "SELECT role, band, week, store, series, hex(rows) FROM resid ORDER BY 1, 2, 3, 4;
		SELECT * FROM resid_node ORDER BY role, band, week, part, member;
		SELECT class, weeks, series, phi, hex(tail) FROM monitor_null ORDER BY 1" >$db.txt
done
same 'one worker and three: the same bytes' all.txt more.txt
runs 'with a longer horizon fewer weeks are left' 5 forecast monitor calibrate --replay --db all.db --set run.horizon=35
like 'by the week that it is longer' "$(cat err)" 'allows 51 weeks'

# A night does it by itself, up to a size: 12 series and 59 weeks that have sales.
for most in 707 708; do
	cp less.db $most.db
	forecast ingest all.csv --db $most.db >/dev/null
	forecast run --db $most.db --spec snaive -q >/dev/null
	forecast monitor --db $most.db --set monitor.replay_most=$most >/dev/null 2>&1
done
is 'more than monitor.replay_most is left to the day' "$(sqlite3 707.db 'SELECT count(*) FROM monitor_null')" 0
is 'so many are replayed by the night' "$(sqlite3 708.db "SELECT count(DISTINCT week) FROM resid WHERE role = 'replay'")" 52
done_testing
