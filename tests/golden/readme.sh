#!/bin/sh
# The README's ten lines to the first forecast, run as they stand there on data/sample.
. "${srcdir:-.}/tests/tap.sh"
need_forecast report

cp -R "$srcdir/data/sample" shop
chmod -R u+w shop
cd shop || exit 99
sed -n '/golden\/readme.sh runs these lines/,/^[^ <]/s/^    //p' "$srcdir/README.md" |
	sed -e :joined -e '/\\$/{ N; s/\\\n */ /; b joined' -e '}' >lines
is 'there are ten lines' "$(grep -c '^forecast ' lines)" 10
drawn=
command -v gnuplot >/dev/null 2>&1 || drawn=no
while read -r line; do
	case $line in
	'forecast plot '*)
		if test -n "$drawn"; then
			skip 1 'gnuplot is not installed'
			continue
		fi
		;;
	esac
	printf '%s\n' "$line" >one
	status=0
	# shellcheck source=/dev/null
	(. ./one) >out 2>err </dev/null || status=$?
	# 3 is done but degraded: the sample is not of today, and an invented chain has its faults.
	test "$status" -ne 3 || status=0
	tap_result "$status" "${line%%  *}"
	test "$status" -eq 0 || sed 's/^/# /' err
done <lines
like 'the CSV file has the promised columns' "$(head -n 1 s01.csv)" \
	'^store,item,date,step,mean,q0.05,q0.1,q0.25,q0.5,q0.75,q0.9,q0.95,method,rung$'
ok 'and forecasts' test "$(wc -l <s01.csv)" -gt 28
like 'the page is a page' "$(cat page.html)" '</html>'
done_testing
