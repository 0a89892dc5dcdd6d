#!/bin/sh
# Each folder of src includes only what src/LAYERS allows, never sideways or upward, and each foreign
# library only through its door. The test then breaks each rule in a small tree of its own and wants
# to be told: a check that cannot fail checks nothing.
. "${srcdir:-.}/tests/tap.sh"
source_only

# layers_broken FOLDER: one line for each rule that is broken in the tree of that folder.
layers_broken() {
	(
		cd "$1" || exit 99
		for file in */*.[ch]; do
			awk -f "$srcdir/tests/arch/code.awk" "$file" | sed "s|^|$file	|"
		done
	) | awk -F '\t' -v layers="$1/LAYERS" '
	BEGIN {
		while ((getline line < layers) > 0) {
			if (line ~ /^#/ || line ~ /^[ \t]*$/)
				continue
			n = split(line, word, /[ \t]+/)
			if (word[1] == "door") {
				doors++
				foreign[doors] = word[2]
				for (i = 3; i <= n; i++)
					way[doors] = way[doors] " " word[i]
				continue
			}
			known[word[1]] = 1
			may[word[1], word[1]] = may[word[1], "base"] = 1
			for (i = 2; i <= n && word[i] != "->"; i++)
				;
			if (i > n)
				print "LAYERS: no arrow in the line of " word[1]
			for (i++; i <= n; i++)
				may[word[1], word[i]] = 1
		}
	}
	{ line = substr($0, index($0, "\t") + 1) }
	line ~ /^[ \t]*#[ \t]*include/ {
		file = $1
		folder = substr(file, 1, index(file, "/") - 1)
		if (!(folder in known))
			print file ": folder is not in LAYERS"
		path = line
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "", path)
		quoted = substr(path, 1, 1) == "\""
		path = substr(path, 2)
		sub(/[">].*/, "", path)
		if (path == "config.h")
			next
		if (quoted) {
			if (!index(path, "/")) {
				print file ": include of " path " is not written from src"
				next
			}
			other = substr(path, 1, index(path, "/") - 1)
			if (!((folder, other) in may))
				print file ": " folder " may not include " path
			if (path ~ /_private\.h$/ && other != folder)
				print file ": " path " is private to its folder"
			next
		}
		for (d = 1; d <= doors; d++) {
			if (index(path, foreign[d]) != 1)
				continue
			n = split(way[d], place, " ")
			open = 0
			for (i = 1; i <= n; i++)
				if (index(file, place[i]) == 1)
					open = 1
			if (!open)
				print file ": <" path "> only through" way[d]
		}
	}'
}

is 'the tree keeps its layers and doors' "$(layers_broken "$srcdir/src")" ''
is 'every folder of src is in LAYERS' "$(
	cd "$srcdir/src" && for folder in */; do
		grep -q "^${folder%/}[[:space:]]" LAYERS || echo "$folder"
	done
)" ''

# A small tree in which each rule is broken once.
mkdir -p bad/num bad/series bad/io bad/model bad/misc
cp "$srcdir/src/LAYERS" bad/
echo '#include "series/panel.h"' >bad/num/upward.c
printf '%s\n' '#include "base/err.h"' '#include "num/stat.h"' '#include "series/panel.h"' \
	'/*' '#include "cli/command.h"' '*/' '#include <math.h>' >bad/series/good.c
echo '#include "model/spec.h"' >bad/io/sideways.c
echo '#include <sqlite3.h>' >bad/model/backdoor.c
echo '#include <sqlite3.h>' >bad/io/db_good.c
echo '	#  include <xgboost/c_api.h>' >bad/model/tree.c
echo '#include "panel.h"' >bad/series/short.c
echo '#include "base/err.h"' >bad/misc/stranger.c
echo '#include "io/db_private.h"' >bad/model/secret.c
layers_broken "$PWD/bad" >found || true
found=$(cat found)
like 'finds an include upward' "$found" '^num/upward.c: num may not include series/panel.h'
like 'finds an include sideways' "$found" '^io/sideways.c: io may not include model/spec.h'
like 'finds a back door' "$found" '^model/backdoor.c: <sqlite3.h> only through'
like 'finds a door wrongly used, blanks or not' "$found" '^model/tree.c: <xgboost/c_api.h> only'
like 'finds an include not from src' "$found" '^series/short.c: include of panel.h'
like 'finds a folder that LAYERS lacks' "$found" '^misc/stranger.c: folder is not in LAYERS'
like 'finds a private header abroad' "$found" '^model/secret.c: io/db_private.h is private'
unlike 'leaves good files alone' "$found" 'good'
done_testing
