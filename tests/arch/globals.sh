#!/bin/sh
# No hidden state: the objects of the archive hold no variable that can change, except the log's. What
# is const is allowed, also where it lies in .data.rel.ro (tables of pointers in a program that can be
# loaded anywhere). Allowed besides are the objects and names below.
. "${srcdir:-.}/tests/tap.sh"

# sha256: what the processor can do, asked once; the answer is always the same.
# process: the signal that asked to stop, as a handler has nowhere else to write; and how often a
# failpoint was passed, in builds that have them.
allowed='sha256 known
process flag
process seen'

NM=${NM:-nm}
builddir=${builddir:-$(dirname "$FORECAST")}
test "$NM" != : || skip_all 'no nm to look with'
test -f "$builddir/libforecast.a" || skip_all 'no archive to look at'
case "${SAN_CFLAGS:-} ${CFLAGS:-}" in
*-fsanitize*|*--coverage*|*-fprofile*) skip_all 'the instrumented build has variables of its own' ;;
esac

# globals OBJECTS: "object name" of each variable in a section that can be written.
globals() {
	"$NM" -A --format=sysv "$@" 2>nm.log | awk -F '|' '
	{
		section = $7
		gsub(/[ \t]/, "", section)
		if (section !~ /^(\.data|\.bss|\.tdata|\.tbss|COMMON|\*COM\*)/ || section ~ /^\.data\.rel\.ro/)
			next
		split($1, part, ":")
		n = split($1, part, ":")
		object = part[n - 1]
		sub(/.*\//, "", object)
		sub(/^libforecast_a-/, "", object)
		sub(/\.o$/, "", object)
		name = part[n]
		gsub(/[ \t]/, "", name)
		sub(/\.[0-9]+$/, "", name)
		sub(/^.*\./, "", name)
		if (object != "log" && name != "")
			print object, name
	}' | sort -u
}

globals "$builddir/libforecast.a" >found
is 'nothing in the archive can change behind the back' "$(printf '%s\n' "$allowed" |
	grep -vxFf - found)" ''

cat >state.c <<'END'
static int counter;
int total = 3;
const int constant = 4;
static const char *const name[] = { "a", "b" };
int next(void)
{
	static double last = 1;
	last += total + name[0][0];
	return counter++ + (int)last;
}
END
# shellcheck disable=SC2086 # CC is words
if ${CC:-cc} -fPIE -c state.c -o state.o 2>cc.log; then
	is 'finds variables at file scope and in functions, and leaves constants alone' \
		"$(globals state.o | tr '\n' ' ')" 'state counter state last state total '
else
	skip 1 'no compiler'
fi
done_testing
