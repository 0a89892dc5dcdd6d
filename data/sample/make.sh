#!/bin/sh
# Makes the sample again: two invented shops, twelve items, 400 days.
#
#	sh data/sample/make.sh [FORECAST [FOLDER]]
#
# FORECAST is the program [forecast], FOLDER a new one [sample, beside the old].
set -eu
exec "${1:-forecast}" demo -q -o "${2:-sample}" --stores 2 --items 12 --days 400 --until 2025-06-28 \
	--tail 0 --seed 1
