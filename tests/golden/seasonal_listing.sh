#!/bin/sh
# An item that is off the list until next season is not forecast meanwhile, nor counted as fallen.
. "${srcdir:-.}/tests/tap.sh"
need_forecast ingest

awk 'BEGIN {
	print "store,item,date,units"
	for (d = 0; d < 120; d++) {
		m = 3 + int(d / 30); dom = d % 30 + 1
		printf "A,all-year,2025-%02d-%02d,%d\n", m, dom, 3 + d % 7
		if (d < 90) printf "A,season,2025-%02d-%02d,%d\n", m, dom, 2 + d % 5
		if (d < 90) printf "A,ended,2025-%02d-%02d,%d\n", m, dom, 2 + d % 5
	}
}' >sales.csv
cat >assortment.csv <<'EOF'
store,item,from,to
A,all-year,2025-03-01,
A,season,2025-03-01,2025-05-30
A,season,2026-03-01,
A,ended,2025-03-01,2025-05-30
EOF
runs 'sales and listings go in' 0 forecast ingest sales.csv assortment.csv
for item in season ended; do
	runs "$item is answered" 0 forecast --store A --item $item --format csv
	is "$item: every mean is 0, by no fallback" \
		"$(awk -F, 'NR > 1 { print $5, $NF }' out | sort -u)" '0 0'
done
runs 'the other is answered' 0 forecast --store A --item all-year --format csv
is 'and sells' "$(awk -F, 'NR > 1 && $5 > 1 { n++ } END { print n }' out)" 28
done_testing
