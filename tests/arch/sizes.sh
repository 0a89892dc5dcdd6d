#!/bin/sh
# Sizes, printed and not enforced: lengths of functions and files against the numbers we steer by
# (functions: median about 15 lines, nine in ten under 45; files about 500).
. "${srcdir:-.}/tests/tap.sh"
plan 1

quantiles() {
	sort -n | awk -v what="$1" '
	{ v[NR] = $1; sum += $1 }
	END {
		if (NR)
			printf "# %s: %d, median %d, nine in ten up to %d, longest %d, lines %d\n", what, NR,
				v[int((NR + 1) / 2)], v[int(NR * .9 + .999)], v[NR], sum
	}'
}

wc -l "$srcdir"/src/*/*.[ch] | sed '/ total$/d' | awk '{ print $1 }' | quantiles files
expand "$srcdir"/src/*/*.[ch] | awk 'length > 100 { n++ } END { print "# lines beyond 100 columns: " n + 0 }'
if ctags --version 2>/dev/null | grep -q Universal; then
	ctags -x --c-kinds=f --fields=+ne --_xformat='%n %{end} %N %F' "$srcdir"/src/*/*.c >tags
	awk '{ print $2 - $1 + 1 }' tags | quantiles functions
	awk '$2 - $1 + 1 > 80 { printf "# beyond 80 lines: %s, %d\n", $3, $2 - $1 + 1 }' tags
fi
ok 'sizes are printed' true
