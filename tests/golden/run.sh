#!/bin/sh
# Golden cases: what the command line says, word for word. A case is a folder beside this file:
#
#	cmd      shell lines, run in an empty folder, with the function `forecast` and $srcdir
#	out      what stdout must be           (no such file: nothing)
#	err      what stderr must be           (no such file: nothing)
#	status   the exit status               (no such file: 0)
#	filter   sed script laid over both     (only for what cannot be the same twice)
#
# `sh tests/golden/run.sh --accept CASE ...`, from the top of the source, rewrites out, err and status
# from what the program says: on purpose, and to be read before it is committed.
. "${srcdir:-.}/tests/tap.sh"
golden=$srcdir/tests/golden

# run_case CASE: leaves out, err and status in the current folder.
run_case() {
	rm -rf "$T/case" "$T/out" "$T/err"
	mkdir "$T/case"
	# shellcheck source=/dev/null
	(cd "$T/case" && . "$golden/$1/cmd") >"$T/out" 2>"$T/err" </dev/null
	echo $? >"$T/status"
	if test -f "$golden/$1/filter"; then
		for stream in out err; do
			sed -f "$golden/$1/filter" "$T/$stream" >"$T/filtered" && mv "$T/filtered" "$T/$stream"
		done
	fi
}

accept() {
	for case in "$@"; do
		test -f "$golden/$case/cmd" || { echo "no case $case" >&2; exit 2; }
		run_case "$case"
		for stream in out err; do
			rm -f "$golden/$case/$stream"
			test ! -s "$stream" || cp "$stream" "$golden/$case/$stream"
		done
		rm -f "$golden/$case/status"
		test "$(cat status)" = 0 || cp status "$golden/$case/status"
		echo "accepted $case:"
		sed 's/^/	/' out err
		echo "	status $(cat status)"
	done
	exit 0
}

if test "${1:-}" = --accept; then
	shift
	accept "$@"
fi

for cmd in "$golden"/*/cmd; do
	case=${cmd%/cmd}
	case=${case##*/}
	run_case "$case"
	want_status=0
	test ! -f "$golden/$case/status" || want_status=$(cat "$golden/$case/status")
	for stream in out err; do
		cp "$golden/$case/$stream" "want_$stream" 2>/dev/null || : >"want_$stream"
	done
	if test "$(cat status)" = "$want_status" && cmp -s out want_out && cmp -s err want_err; then
		tap_result 0 "$case"
	else
		tap_result 1 "$case"
		note "exit $(cat status), want $want_status"
		for stream in out err; do
			diff "want_$stream" "$stream" | sed "s/^/# $stream: /" | head -n 40
		done
	fi
done
done_testing
