#!/bin/sh
# A year of nights, unattended, on an invented chain, and what befell it. Run by hand, from the top of the source:
#
#	sh tests/bench/year.sh FOLDER [watched|unwatched]
#	sh tests/bench/year.sh compare FOLDER FOLDER       the money of two such years side by side
#
#	night  60        store S01 sells 40 % less from here on (a competitor)
#	night 100        a new price list: all prices up by a fifth
#	night 140        a unit bug: the file of the day has its units times 100; the right file comes the day after
#	night 150 - 152  the feed of S02 does not come; all of it comes on night 153
#	night 170        a file that is cut in the middle of a row; whole the day after
#	night 190 - 203  a promotion season, announced: what is on promotion sells twice
#	night 240        store S03 closes for good
#	each 30th night  the power fails: the process is killed at some moment, and the night done again
#	Christmas        as the calendar has it
#
# `unwatched`: the same year of somebody who forecasts each night and looks at nothing: every rule of the check only
# warns, a change without a cause is published, a refused file is not taken out, nothing is fitted after the first
# time, nobody challenges. Wrong rows are put right when the year is over, so that the money is of what was truly sold.
# Writes FOLDER/nights.csv (one line a night) and FOLDER/money.csv (`roi cost` of what was published on each seventh
# night and on those of the incidents), and prints the table of what happened.
#
# RECIPE (environment): the first champion, fallback(seasonal_window_mean, snaive) unless set.
#
# When last run, four weeks of orders cost 463 on average of the watched year and 676 of the unwatched (+46 %) with the
# moving mean first, 459 and 535 (+17 %) with fallback(ets, snaive). The unit bug alone: 430 and 1507 (412 and 642); it
# stays in the history of a moving mean for eight weeks. Sales of S01 after night 60: the error of ets was within 10 %
# of its old level for origins from night 84 on when watched, from night 196 on when not, the bug between.
set -u
if test "${1:-}" = compare; then
	awk -F, '
	FNR == 1 { next }
	FNR == NR { one[$1] = $3; next }
	$1 in one {
		if ($1 % 7 == 0) { b = int(($1 - 1) / 28); a[b] += one[$1]; c[b] += $3; n[b]++; if (b > last) last = b }
		if ($1 == 140 || $1 >= 150 && $1 <= 152 || $1 == 170)
			printf "night %d (%s): %.0f and %.0f\n", $1, $1 == 140 ? "unit bug" : $1 == 170 ? "cut file" : "no feed of S02", one[$1], $3
	}
	END {
		print "block of 28 nights: cost of four weeks of orders, mean of its runs; first, second, second less first"
		for (b = 0; b <= last; b++) if (n[b]) {
			printf "%2d %9.0f %9.0f %9.0f\n", b, a[b] / n[b], c[b] / n[b], (c[b] - a[b]) / n[b]
			x += a[b] / n[b]; y += c[b] / n[b]
		}
		printf "sum %8.0f %9.0f %9.0f (%.1f %%)\n", x, y, y - x, 100 * (y - x) / x
	}' "$2/money.csv" "$3/money.csv"
	exit
fi
folder=${1:?a folder to make}
mode=${2:-watched}
FORECAST=${FORECAST:-$PWD/build/forecast}
FORECAST_DATADIR=${FORECAST_DATADIR:-$PWD}
export FORECAST FORECAST_DATADIR
mkdir -p "$folder"
cd "$folder" || exit 1

nights=340
"$FORECAST" demo -o shop --stores 4 --items 30 --days 1250 --until 2026-06-28 --seed 21 2>/dev/null || exit 1
{
	cat shop/sales.csv
	for f in shop/inbox/sales_*.csv; do sed 1d "$f"; done
} >all.csv
# The last day of history, and the days of the year.
cut -d, -f3 all.csv | grep -E '^20[0-9-]{8}$' | sort -u | tail -n $nights >days
first=$(head -n 1 days)

# What befalls the chain, by number of night; the file of each day in feed/.
mkdir -p feed in
awk -F, -v OFS=, -v first="$first" '
FILENAME == "days" { night[$1] = ++n; next }
FNR == 1 { header = $0; print header >"history.csv"; next }
NF != 6 || $3 !~ /^20[0-9-]+$/ { next }
$3 < first { print >"history.csv"; next }
{
	k = night[$3]
	if (k >= 60 && $1 == "S01") $4 = int($4 * .6 + .5)
	if (k >= 100) $5 = sprintf("%.2f", $5 * 1.2)
	if (k >= 190 && k < 204 && $6 == 1) $4 *= 2
	if (k >= 240 && $1 == "S03") next
	file = "feed/" sprintf("%03d", k) ".csv"
	if (k >= 150 && k < 153 && $1 == "S02") file = "feed/153_late.csv"
	if (!(file in made)) { print header >file; made[file] = 1 }
	print >>file
	close(file)
}' days all.csv
mv feed/140.csv feed/141_right.csv
awk -F, -v OFS=, 'NR > 1 { $4 *= 100 } { print }' feed/141_right.csv >feed/140.csv
cp feed/170.csv feed/171_whole.csv
head -c "$(($(wc -c <feed/170.csv) / 2))" feed/171_whole.csv >feed/170.csv

drift=yes
every=28
challenger='[challenger]
spec = fallback(ets, snaive)'
change=.25
if test "$mode" = unwatched; then
	drift=no
	every=10000
	challenger=
	change=100
	{
		echo '[severity]'
		for rule in ratio volume future; do echo "$rule = warn"; done
	} >contract.conf
fi
cat >forecast.conf <<EOF
[ingest]
files = shop/stores.csv shop/items.csv shop/assortment.csv shop/calendar.csv shop/events.csv shop/promo.csv history.csv in/*.csv
[run]
segment = category
$challenger
[promote]
auto = yes
accept_change = yes
[train]
every = $every
drift = $drift
[publish]
change_share = $change
[notify]
command = true
file = mail.txt
EOF
printf '[problem]\nstatement = nightly orders\nintended_use = the invented chain of tests/bench/year.sh\n' >canvas.conf
printf '[model]\nowner = planning\n[source *]\nowner = it\nlegal_ok_by = counsel\n' >owners.conf
"$FORECAST" ingest shop/stores.csv shop/items.csv shop/assortment.csv shop/calendar.csv shop/events.csv shop/promo.csv history.csv >/dev/null 2>&1
"$FORECAST" train --spec "${RECIPE:-fallback(seasonal_window_mean, snaive)}" >/dev/null 2>&1
"$FORECAST" nightly -q >/dev/null 2>log.txt

echo 'night,day,exit,published,alarms,opened,version,alias_moves' >nights.csv
k=0
bad=0
while read -r day; do
	k=$((k + 1))
	n=$(printf %03d $k)
	# A file that was refused stays out, as somebody would see to it; the right one comes next.
	test "$mode" = unwatched || rm -f in/140.csv in/170.csv
	for f in feed/"$n".csv feed/"$n"_*.csv; do
		test -f "$f" || continue
		case $mode,$f in unwatched,*_right.csv | unwatched,*_whole.csv) continue ;; esac
		cp "$f" in/
	done
	if test $((k % 30)) = 0; then
		"$FORECAST" nightly -q >/dev/null 2>>log.txt &
		pid=$!
		sleep "0.$((k % 7 + 1))"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		test "$(sqlite3 forecast.db 'PRAGMA quick_check')" = ok || bad=$((bad + 1))
	fi
	"$FORECAST" nightly -q >out.txt 2>>log.txt
	status=$?
	sqlite3 -csv forecast.db "SELECT $k, '$day', $status, (SELECT run FROM pointer),
		(SELECT count(*) FROM alert WHERE closed IS NULL AND grade = 'ALARM'), (SELECT count(*) FROM alert),
		(SELECT version FROM model_alias WHERE alias = 'champion'), (SELECT count(*) FROM model_alias_log)" >>nights.csv
done <days

# What was truly sold, and what the published forecasts' orders cost against it.
"$FORECAST" ingest feed/141_right.csv feed/171_whole.csv >/dev/null 2>>log.txt
echo 'night,run,total,perfect' >money.csv
sed 1d nights.csv | while IFS=, read -r night _ _ run _; do
	case $night in 140 | 150 | 151 | 152 | 170) ;; *) test $((night % 7)) = 0 || continue ;; esac
	test "$night" -gt $((nights - 29)) && continue
	"$FORECAST" roi cost "$run" --format csv 2>>log.txt | awk -F, -v night="$night" -v run="$run" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ total += $at["total"]; perfect += $at["perfect"] }
		END { if (NR > 1) printf "%d,%d,%.2f,%.2f\n", night, run, total, perfect }' >>money.csv
done

echo "year: $k nights, $mode; damaged after a power cut: $bad"
echo "exit codes: $(cut -d, -f3 nights.csv | sed 1d | sort | uniq -c | tr -s ' \n' ' ')"
echo
echo 'alarms (night opened, code, node, words)'
sqlite3 -separator ' | ' forecast.db "SELECT (SELECT count(*) FROM period WHERE day <= a.opened AND day >=
	julianday('$first') - 2440587.5), code, node, text, coalesce('closed after ' || (closed - opened) || ' days', 'open')
	FROM alert a WHERE grade = 'ALARM' ORDER BY opened, id"
echo
echo 'models (day, what, version, instead of, why)'
sqlite3 -separator ' | ' forecast.db "SELECT date(day * 86400, 'unixepoch'), alias, version, before, reason FROM model_alias_log
	WHERE alias IN ('champion', 'promotion', 'rollback') ORDER BY seq"
echo
echo 'error of S01 by four weeks of origins (WAPE of steps 1 to 28)'
sqlite3 -separator ' | ' forecast.db "SELECT (r.as_of - (SELECT min(as_of) FROM run WHERE published_hash IS NOT NULL)) / 28 AS m,
	round(100 * sum(abs_error) / sum(units), 1) || ' %', round(100 * (sum(mean) - sum(units)) / sum(units), 1) || ' % bias'
	FROM realised x JOIN run r ON r.seq = x.run WHERE part = 'store' AND member = 'S01' AND r.published_hash IS NOT NULL
	GROUP BY 1 ORDER BY 1"
