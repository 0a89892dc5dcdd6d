#!/bin/sh
# Report and plots of a small db whose names are hostile: whatever the names say comes out as text, the
# page needs nothing from elsewhere and opens in a browser, and without gnuplot it is made all the same.
. "${srcdir:-.}/tests/tap.sh"
need_forecast report
need_forecast ingest

# Three series, 120 days from 2026-03-01; the names hold quotes, markup, a shell's and gnuplot's words.
awk 'BEGIN {
	q = sprintf("%c", 39)
	name[0] = "plain"
	name[1] = "<script>alert(1)</script>&`touch OWNED`$(touch OWNED)"
	name[2] = q q "; system(\"\"touch OWNED\"\")\nEOD\nset output " q "OWNED" q " {/=9 x} %s ../../OWNED"
	print "store,item,date,units"
	split("31 28 31 30 31 30", days, " ")
	for (i = 0; i < 3; i++) {
		month = 3; day = 1
		for (t = 0; t < 120; t++) {
			printf "\"S/%s1\",\"%s\",2026-%02d-%02d,%d\n", q, name[i], month, day,
				5 + (t % 7) * (i + 1) + (t * 7919 % 5)
			if (++day > days[month]) { day = 1; month++ }
		}
	}
}' >sales.csv
store="S/'1"
hostile=$(printf "''; system(\"touch OWNED\")\nEOD\nset output 'OWNED' {/=9 x} %%s ../../OWNED")

runs 'sales with hostile names come in' 0 forecast ingest sales.csv
runs 'and are forecast' 0 forecast run
runs 'a report says where it went' 0 forecast report
is 'beside the db' "$(cat out)" 'reports/out/forecast-2026-06-28.html'
page=$(cat out)
unlike 'the page needs nothing from elsewhere' "$(cat "$page")" 'http|<script|src=|@import|url\([^#]'
like 'the hostile name is text' "$(cat "$page")" '&lt;script&gt;alert\(1\)&lt;/script&gt;&amp;`touch OWNED`'
runs 'a report of one store' 0 forecast report --store "$store"
is 'has a tame file name' "$(cat out)" 'reports/out/forecast-S__1-2026-06-28.html'
runs 'a report into a file' 0 forecast report -o r.html
ok 'is the same page' cmp -s r.html "$page"
runs 'a report as json' 0 forecast report --json -o r.json
ok 'with the same sum' sh -c "grep -q '\"series\":3' r.json"
runs 'a report as a mail' 0 forecast report --last --mail-ready
ok 'in 80 columns' awk 'length > 80 { exit 1 }' out
runs 'no csv' 2 forecast report --format csv
runs 'no such store' 2 forecast report --store S2
runs 'no such run' 2 forecast report --run 77

runs 'without gnuplot there is a page' 0 env PATH=/nonexistent "$FORECAST" report -o bare.html
like 'a warning says why' "$(cat err)" 'gnuplot was not found; on Debian: apt-get install gnuplot-nox'
like 'and so does the page' "$(cat bare.html)" 'This page has no pictures: gnuplot was not found'
ok 'which keeps its tables' grep -q '<td class="num">' bare.html
runs 'a plot without gnuplot fails' 6 env PATH=/nonexistent "$FORECAST" plot fan "$store/plain" --keep kept -o a.png
ok 'and leaves its script' test -s kept/forecast.gp
ok 'but no picture' test ! -e a.png

runs 'an unknown item is named' 2 forecast plot fan "$store/plane"
like 'with the nearest' "$(cat err)" "item 'plane' is unknown, did you mean 'plain'"
runs 'an unknown ending' 2 forecast plot fan "$store/plain" -o a.gif
runs 'no backtest, no errors' 2 forecast plot errors
runs 'plot alone' 2 forecast plot

if command -v gnuplot >gnuplot.path; then
	for kind in png svg pdf; do
		runs "a fan as $kind" 0 forecast plot fan --store "$store" --item "$hostile" -o "fan.$kind"
		ok "$kind has more than 5 kB" test "$(wc -c <fan.$kind)" -gt 5000
	done
	for what in fan series totals quality; do
		runs "$what in the terminal" 0 forecast plot "$what" --store "$store" --term
		ok "$what keeps to 80 columns" awk 'length > 80 { exit 1 } END { exit NR < 4 }' out
	done
	runs 'scores' 0 forecast backtest --windows 2
	for what in errors coverage calibration; do
		runs "$what as svg" 0 forecast plot $what -o "$what.svg"
	done
	ok 'the page has pictures' grep -q '<svg role="img"' "$page"
else
	skip 18 'gnuplot is not installed'
fi
ok 'nothing was run that a name said' sh -c 'test -z "$(find . -name "OWNED*")"'

if command -v chromium >chromium.path; then
	chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$PWD/profile" --dump-dom "file://$PWD/$page" >dom 2>chromium.err
	like 'a browser shows it' "$(cat dom)" '<h1>Forecast for all stores'
else
	skip 1 'chromium is not installed'
fi
done_testing
