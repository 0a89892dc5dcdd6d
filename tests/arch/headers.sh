#!/bin/sh
# Each header compiles alone, and each prototype in it has a sentence: a comment before it, on its
# line, or before the block of prototypes (no blank line between) in which it stands.
. "${srcdir:-.}/tests/tap.sh"

# headers_alone FOLDER: names of the headers that do not compile by themselves.
headers_alone() {
	# shellcheck disable=SC2086 # CC and the flags are words
	for header in "$1"/*/*.h; do
		printf '#include "config.h"\n#include "%s"\nint stub;\n' "${header#"$1"/}" >alone.c
		${CC:-cc} -std=c11 -fsyntax-only -I"$builddir" -I"$1" $FOREIGN_CFLAGS alone.c \
			>>alone.log 2>&1 || echo "${header#"$1"/}"
	done
}

# headers_mute FOLDER: prototypes without a sentence. What follows a blank line or a
# closing brace begins a new block.
headers_mute() {
	for header in "$1"/*/*.h; do
		awk -v name="${header#"$1"/}" '
		function count(text, c) { return gsub(c, "", text) }
		FNR == 1 { top = 1 }
		in_comment {
			if (/\*\//) { in_comment = 0; said = !top; top = 0 }
			next
		}
		/^[ \t]*\/\*/ {
			if (!/\*\//) in_comment = 1
			else if (top) top = 0
			else said = 1
			next
		}
		/^[ \t]*$/ { said = 0; next }
		/^#/ {
			if (/include|ifndef|endif/) said = 0
			while (/\\$/ && (getline) > 0)
				;
			next
		}
		/^extern "C"/ { next }
		{
			text = $0
			if (/\/\*/ && depth == 0) said = 1
			sub(/\/\*.*/, "", text)
			was = depth
			depth += count(text, "[{]") - count(text, "[}]")
			if (was > 0 || depth > 0) { whole = ""; next }
			whole = whole text
			if (text !~ /;[ \t]*$/) next
			if (whole ~ /^[^=]*\(/ && whole !~ /^typedef/ && !said)
				print name ": " whole
			whole = ""
			if (text ~ /^}/) said = 0
		}' "$header"
	done
}

builddir=${builddir:-$(dirname "$FORECAST")}
FOREIGN_CFLAGS=${FOREIGN_CFLAGS:-}
is 'every header compiles alone' "$(headers_alone "$srcdir/src")" ''
is 'every prototype has a sentence' "$(headers_mute "$srcdir/src")" ''

mkdir -p bad/base
cat >bad/base/needy.h <<'END'
/* A header that leans on others. */
size_t needy(void);
END
cat >bad/base/mute.h <<'END'
/* What the file is. */
#ifndef BASE_MUTE_H
#define BASE_MUTE_H

int mute_one(int a,
	     int b);

/* Has its sentence, and so has the other of the block. */
int heard(void);
int heard_too(void);
int heard_on_its_line(void); /* yes */

struct thing {
	int (*call)(void);
};

int mute_two(void);
#endif
END
is 'finds a header that leans on others' "$(headers_alone "$PWD/bad")" 'base/needy.h'
found=$(headers_mute "$PWD/bad")
like 'finds a prototype over two lines' "$found" '^base/mute.h: int mute_one'
like 'finds a prototype after a struct' "$found" '^base/mute.h: int mute_two'
unlike 'leaves the others alone' "$found" 'heard|call'
done_testing
