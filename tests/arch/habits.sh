#!/bin/sh
# Habits of the source that a reader relies on: what may be called and where, how a file begins. The
# names of banned functions are read from src/base/banned.h. Each habit is broken once at the end.
. "${srcdir:-.}/tests/tap.sh"
source_only

banned=$(sed -n 's/^#pragma GCC poison//p' "$srcdir/src/base/banned.h" | tr -s ' \n' '|' |
	sed 's/^|//; s/|$//')

# code FOLDER STRINGS: all lines of code as file:line:text, comments taken out; strings kept if 1.
code() {
	(
		cd "$1" || exit 99
		for file in */*.[ch]; do
			awk -v strings="$2" -f "$srcdir/tests/arch/code.awk" "$file" |
				awk -v name="$file" '{ print name ":" NR ":" $0 }'
		done
	)
}

# Word boundaries in POSIX terms.
start='(^|[^A-Za-z0-9_.>])'

calls_banned() { grep -E "$start($banned)[ 	]*\\(" code | grep -v '^base/banned.h'; }
writes_stdout() {
	grep -Ev '^(cli|report)/' code |
		grep -E "$start(stdout\\b|(printf|vprintf|puts|putchar|fputs_unlocked)[ 	]*\\()"
}
ends_program() {
	grep -Ev '^(cli/main\.c|base/(mem|err|child)\.c):' code |
		grep -E "$start(exit|_exit|_Exit|quick_exit|abort)[ 	]*\\("
}
speaks_sql() {
	grep -Ev '^io/(db[a-z_]*|schema)\.[ch]:' code_strings | grep -Ei \
		'"[^"]*\b(select .* from |insert (or [a-z]+ )?into |update [a-z_]+ set |delete from |create (temp )?(table|index|view|trigger) |pragma )'
}
# A typedef of a function that returns one is none of a struct.
names_structs() { grep -E "${start}typedef +(struct|union|enum)\\b[^(]*\$" code; }
# base/process.c tells how long it is to a time of the day; no date comes of it.
keeps_clock_time() { grep -v '^base/process\.c:' code | grep -E "${start}(time_t|struct tm)\\b|${start}time[ 	]*\\("; }
leaves_marks() { (cd "$1" && grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- */*.[ch]); }
begins_without_paragraph() {
	(cd "$1" && for file in */*.[ch]; do
		head -n 1 "$file" | grep -q '^/\*' || echo "$file"
	done)
}
config_not_first() {
	(cd "$1" && for file in */*.c; do
		grep -m 1 '^#include' "$file" | grep -q '^#include "config.h"' || echo "$file"
	done)
}

# Each source file is in the list of sources, once: one that is not builds here and fails elsewhere.
not_listed_once() {
	(cd "$1" && for file in src/*/*.[ch]; do
		test "$(tr -s ' \t\134' '\n' <src/local.mk | grep -cxF "$file")" = 1 || echo "$file"
	done)
}

look() {
	code "$1" 0 >"$T/code"
	code "$1" 1 >"$T/code_strings"
}

look "$srcdir/src"
is 'no banned function' "$(calls_banned)" ''
is 'stdout belongs to cli and report' "$(writes_stdout)" ''
is 'nobody but main ends the program' "$(ends_program)" ''
is 'SQL stays in io' "$(speaks_sql)" ''
is 'structs go by their name' "$(names_structs)" ''
is 'time is a day number' "$(keeps_clock_time)" ''
is 'no mark of unfinished work' "$(leaves_marks "$srcdir/src")" ''
is 'every file says what it is' "$(begins_without_paragraph "$srcdir/src")" ''
is 'config.h comes first' "$(config_not_first "$srcdir/src")" ''
is 'config.h comes first in the tests' "$(config_not_first "$srcdir/tests" | grep -v '^bench/')" ''
is 'every file is listed once' "$(not_listed_once "$srcdir")" ''

mkdir -p bad/num bad/io bad/cli
cat >bad/num/a.c <<'END'
#include <stdio.h>
#include "config.h"
typedef struct thing thing;
static time_t then;
/* strcpy(a, b); exit(1); "select a from b" in a remark is no sin */
void a(void) { strcpy(x, y); printf("hello"); exit(3); }
void b(void) { my_strcpy(x, y); call("strtok(", 1); buf.printf(2); do_sql("select the best"); }
void c(void) { run("select units from sales"); } /* FIXME */
END
printf '/* Good. */\n#include "config.h"\nint d(void) { return puts("x"); }\n' >bad/cli/good.c
printf '/* Good. */\n#include "config.h"\nvoid e(void) { q("delete from sales"); }\n' >bad/io/db_good.c
look "$PWD/bad"
like 'finds a banned function' "$(calls_banned)" '^num/a.c:6:'
is 'and only that' "$(calls_banned | wc -l | tr -d ' ')" 1
like 'finds a write to stdout' "$(writes_stdout)" '^num/a.c:6:'
is 'and only that' "$(writes_stdout | wc -l | tr -d ' ')" 1
like 'finds an exit' "$(ends_program)" '^num/a.c:6:'
like 'finds SQL abroad' "$(speaks_sql)" '^num/a.c:8:'
is 'and only that' "$(speaks_sql | wc -l | tr -d ' ')" 1
like 'finds a typedef of a struct' "$(names_structs)" '^num/a.c:3:'
like 'finds clock time' "$(keeps_clock_time)" '^num/a.c:4:'
like 'finds a mark' "$(leaves_marks "$PWD/bad")" '^num/a.c:8:'
is 'finds a file that does not say what it is' "$(begins_without_paragraph "$PWD/bad")" 'num/a.c'
is 'finds config.h too late' "$(config_not_first "$PWD/bad")" 'num/a.c'
mkdir -p tree/src/base
touch tree/src/base/one.c tree/src/base/two.c tree/src/base/none.h
printf 'x += src/base/one.c src/base/two.c\nx += \\\n\tsrc/base/two.c\n' >tree/src/local.mk
is 'finds files that are listed never or twice' "$(not_listed_once tree | tr '\n' ' ')" \
	'src/base/none.h src/base/two.c '
done_testing
