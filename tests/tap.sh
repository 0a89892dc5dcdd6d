# shellcheck shell=sh
# Helpers for tests written in shell; speaks TAP, as automake's driver reads it. POSIX sh.
#
#	#!/bin/sh
#	. "${srcdir:-.}/tests/tap.sh"
#	runs 'two and two' 0 forecast demo -o shop --seed 1
#	is 'writes nothing else' "$(cat err)" ''
#	done_testing
#
# Each test works in a temporary folder of its own below the build folder, which goes when it ends
# (FORECAST_KEEP=1 keeps it). `make check` gives: FORECAST, the program; srcdir, the source tree;
# FORECAST_SHARED, the folder of the real data sets; WRAP, a command to run the program under
# (valgrind). By hand, from the top of the source and with the program in ./build:
# `sh tests/fault/x.sh`.
#
#	plan N                     say the number of tests first; or done_testing at the end
#	ok NAME COMMAND ...        the command succeeds
#	fails NAME COMMAND ...     the command does not
#	is NAME GOT WANT           equal as text
#	like NAME TEXT ERE         some line of the text matches the extended regular expression
#	unlike NAME TEXT ERE       none does
#	same NAME FILE FILE        equal byte for byte
#	runs NAME STATUS COMMAND.. exit status is STATUS; stdout is left in ./out, stderr in ./err
#	skip N WHY                 N tests cannot be made here
#	skip_all WHY               none can; ends the script
#	need PROGRAM               skip_all where the program is not installed
#	need_forecast COMMAND      skip_all where the program was built without the command
#	need_failpoints            skip_all where the program was built without --enable-failpoints
#	source_only                skip_all where FORECAST_SOURCE_TESTS=no: the test is the same in every build
#	shared FILE                sets $shared to the file of the real data sets, or skip_all
#	note TEXT                  a remark in the log
#	forecast ...               the program under test, below $WRAP

srcdir=$(cd "${srcdir:-.}" && pwd) || exit 99
FORECAST=${FORECAST:-$PWD/build/forecast}
FORECAST_DATADIR=${FORECAST_DATADIR:-$srcdir}
FORECAST_SHARED=${FORECAST_SHARED:-$srcdir/../shared}
# What is tested with any spec is tested with a cheap one; the champion has tests of its own.
FORECAST_RUN_SPEC=${FORECAST_RUN_SPEC:-local}
LC_ALL=C TZ=UTC
export FORECAST_RUN_SPEC srcdir FORECAST FORECAST_DATADIR FORECAST_SHARED LC_ALL TZ

if test ! -x "$FORECAST"; then
	echo "Bail out! there is no program '$FORECAST'"
	exit 99
fi

tap_count=0
tap_failed=0
tap_plan=

T=$(mktemp -d "$PWD/tmp-$(basename "$0" .sh).XXXXXX") || exit 99
tap_end() {
	cd / || exit 99
	if test -n "${FORECAST_KEEP:-}"; then
		echo "# kept: $T"
	else
		chmod -R u+w "$T" && rm -rf "$T"
	fi
}
trap tap_end EXIT
trap 'exit 99' HUP INT TERM
cd "$T" || exit 99
# Settings of whoever runs the tests must not reach them.
HOME=$T
XDG_CONFIG_HOME=$T/.config
export HOME XDG_CONFIG_HOME

plan() {
	tap_plan=$1
	echo "1..$1"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# tap_result STATUS NAME
tap_result() {
	tap_count=$((tap_count + 1))
	if test "$1" -eq 0; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
}

ok() {
	tap_name=$1
	shift
	if "$@" >tap.log 2>&1; then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		note "failed: $*"
		sed 's/^/# /' tap.log
	fi
}

fails() {
	tap_name=$1
	shift
	if "$@" >tap.log 2>&1; then
		tap_result 1 "$tap_name"
		note "should have failed: $*"
	else
		tap_result 0 "$tap_name"
	fi
}

is() {
	if test "$2" = "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		note "got:  $2"
		note "want: $3"
	fi
}

like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		note "got:  $2"
		note "want a line like: $3"
	fi
}

unlike() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		tap_result 1 "$1"
		note "got:  $2"
		note "want no line like: $3"
	else
		tap_result 0 "$1"
	fi
}

same() {
	if cmp -s "$2" "$3"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1"
		diff "$2" "$3" 2>&1 | sed -n '1,20s/^/# /p'
	fi
}

runs() {
	tap_name=$1
	tap_want=$2
	shift 2
	tap_got=0
	"$@" >out 2>err || tap_got=$?
	if test "$tap_got" -eq "$tap_want"; then
		tap_result 0 "$tap_name"
	else
		tap_result 1 "$tap_name"
		note "exit $tap_got, not $tap_want: $*"
		sed -n '1,10s/^/# out: /p' out
		sed -n '1,10s/^/# err: /p' err
	fi
}

skip() {
	tap_skip=0
	while test "$tap_skip" -lt "$1"; do
		tap_skip=$((tap_skip + 1))
		tap_count=$((tap_count + 1))
		echo "ok $tap_count # SKIP $2"
	done
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

need() {
	command -v "$1" >/dev/null 2>&1 || skip_all "$1 is not installed"
}

need_forecast() {
	"$FORECAST" "$1" --help >/dev/null 2>&1 || skip_all "no command $1"
}

source_only() {
	test "${FORECAST_SOURCE_TESTS:-yes}" = yes || skip_all 'another build has tested the source'
}

need_failpoints() {
	grep -q '^#define WITH_FAILPOINTS 1' "${builddir:-$(dirname "$FORECAST")}/config.h" 2>/dev/null ||
		skip_all 'built without failpoints'
}

# shellcheck disable=SC2034 # read by the test
shared() {
	shared=$FORECAST_SHARED/$1
	test -e "$shared" || skip_all "no $1 among the shared data"
}

done_testing() {
	test -n "$tap_plan" || echo "1..$tap_count"
	test "$tap_failed" -eq 0
}

forecast() {
	# shellcheck disable=SC2086 # WRAP is a command with its options
	${WRAP:-} "$FORECAST" "$@"
}
