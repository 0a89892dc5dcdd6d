#!/bin/sh
# The scripts are clean to shellcheck and the systemd units to systemd-analyze, where they are installed.
. "${srcdir:-.}/tests/tap.sh"
source_only
plan 2

if command -v shellcheck >/dev/null 2>&1; then
	cd "$srcdir" || exit 99
	shellcheck -S warning -x bootstrap .ci/run tests/tap.sh tests/*/*.sh >"$T/found" 2>&1
	cd "$T" || exit 99
	is 'shellcheck finds nothing in the scripts' "$(cat found)" ''
else
	skip 1 'shellcheck is not installed'
fi

if command -v systemd-analyze >/dev/null 2>&1; then
	for unit in "$srcdir"/src/cli/systemd/*.service "$srcdir"/src/cli/systemd/*.timer; do
		sed "s|/usr/local/bin/forecast|$FORECAST|" "$unit" >"${unit##*/}"
	done
	systemd-analyze --man=no verify ./*.service ./*.timer >found 2>&1
	is 'systemd-analyze finds nothing in the units' \
		"$(grep -v '^Failed to\|logger\|forecast-notify@forecast' found)" ''
else
	skip 1 'systemd-analyze is not installed'
fi
done_testing
