#!/bin/sh
# Names that would like to be run, drawn, parsed or climbed with: in every output they are plain text.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast plot
# shellcheck disable=SC2016 # nothing is to be expanded
cat >names.txt <<'END'
$(touch hit)
`touch hit`
'; system "touch hit"; '
" | system("touch hit") | "
<script>alert(1)</script>
<img src=x onerror=alert(1)>&amp;
EOD
../../../tmp/hit
'; DROP TABLE sales; --
%s%n%d
{/Symbol a}^_@~
!touch hit
a,b;c|d
END
{
	echo 'store,item,date,units'
	while IFS= read -r name; do
		quoted=$(printf '%s' "$name" | sed 's/"/""/g')
		awk -v name="$quoted" 'BEGIN {
			split("31 28 31", days, " ")
			for (m = 1; m <= 3; m++)
				for (d = 1; d <= days[m]; d++)
					printf "\"%s\",\"%s\",2026-%02d-%02d,%d\n", name, name, m, d, (m + d) % 5 + 1
		}'
	done <names.txt
	# A line break in a name.
	awk 'BEGIN { for (d = 1; d <= 31; d++) printf "\"two\nlines\",i,2026-03-%02d,%d\n", d, d % 4 }'
} | sed 's/\\n/\\\\n/g' >sales.csv
runs 'ingest' 0 forecast ingest --db h.db sales.csv -q
is 'every name is kept letter by letter' "$(sqlite3 h.db 'SELECT name FROM item ORDER BY name' | LC_ALL=C sort | sed '/^i$/d')" \
	"$(LC_ALL=C sort names.txt)"
runs 'nightly' 0 forecast nightly --db h.db -q
forecast --db h.db --item '<script>alert(1)</script>' --format csv >one.csv 2>err
is 'CSV has them as they are' "$(sed -n 2p one.csv | cut -d, -f1)" '<script>alert(1)</script>'
forecast --db h.db --item '" | system("touch hit") | "' --format csv >one.csv 2>err
is 'quotes are doubled in CSV' "$(sed -n 2p one.csv | cut -c1-36)" '""" | system(""touch hit"") | """,""'
page=$(ls reports/out/*.html)
ok 'there is a page' test -s "$page"
# Element or handler made of data: the tag would stand unescaped.
is 'no tag of theirs in the page' "$(grep -c -e '<script' -e '<img' "$page")" 0
is 'no address in the page' "$(grep -c 'http' "$page")" 0
if command -v gnuplot >/dev/null 2>&1; then
	while IFS= read -r name; do
		runs "plot fan: $name" 0 forecast plot fan --db h.db --store "$name" --item "$name" --term
		runs "plot series as svg: $name" 0 forecast plot series --db h.db --store "$name" --item "$name" -o s.svg
		is "  draws no tag of theirs" "$(grep -c -e '<script' -e '<img' s.svg)" 0
	done <names.txt
	runs 'a report of one store' 0 forecast report --db h.db --store '../../../tmp/hit'
	is 'does not climb' "$(find .. -newer sales.csv -name '*hit*' | grep -v "$(basename "$PWD")/reports" | head -n 3)" ''
fi
fails 'nothing was run' test -e hit
# On a terminal control characters could do harm; the table shows none.
forecast --db h.db --store 'two
lines' >out 2>err
is 'no control character in a table' "$(tr -d '\n' <out | LC_ALL=C grep -c '[[:cntrl:]]')" 0
told=0
while IFS= read -r name; do
	forecast explain --db h.db "$name/$name" >/dev/null 2>&1 || note "explain: $name"
	forecast explain --db h.db --trace "$name/$name" 2026-04-02 --format csv >trace.csv 2>/dev/null || note "trace: $name"
	test "$(wc -l <trace.csv)" -lt 2 || told=$((told + 1))
	forecast explain --db h.db "$name/$name" --format csv 2>/dev/null | grep -q ',mean,' && told=$((told + 1))
done <names.txt
is 'each is explained and traced by its STORE/ITEM, slashes or not' "$told" "$((2 * $(wc -l <names.txt)))"
done_testing
