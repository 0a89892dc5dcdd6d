#!/bin/sh
# data/sample is what its script makes, byte for byte, in any locale and time zone.
. "${srcdir:-.}/tests/tap.sh"
need_forecast demo

runs 'the script makes the sample' 0 sh "$srcdir/data/sample/make.sh" "$FORECAST" new
cp "$srcdir/data/sample/make.sh" new/
is 'it is the one that is kept' "$(diff -r "$srcdir/data/sample" new 2>&1)" ''
is 'its README names what there is' "$(awk '/^$/ { n++ } n == 2 && /^[a-z]/ { split($0, w, "   *"); print w[1] }' new/README.txt |
	tr ' ' '\n' | while read -r name; do test -e "new/$name" || echo "$name"; done)" ''
TZ=Asia/Kathmandu LC_ALL=de_DE.UTF-8 sh "$srcdir/data/sample/make.sh" "$FORECAST" other
cp "$srcdir/data/sample/make.sh" other/
is 'it is the same in Kathmandu' "$(diff -r new other 2>&1)" ''
runs 'a folder in use is refused' 2 sh "$srcdir/data/sample/make.sh" "$FORECAST" new
like 'and named' "$(cat err)" "folder 'new' is not empty"
runs 'a history of no days is refused' 2 forecast demo -o none --days 5
runs 'a date that is none is refused' 2 forecast demo -o none --until 2025-02-30
done_testing
