#!/bin/sh
# The same bytes at any number of threads, locale, time zone and order of rows; and no forecast knows
# what came after its origin.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast ingest
forecast demo -o chain --stores 2 --items 30 --days 150 --seed 8 -q || exit 99
head -n 1 chain/sales.csv >names

# result FOLDER [OPTIONS]: what a store's forecasts are, as CSV, for all stores.
result() {
	folder=$1
	shift
	for store in $(sqlite3 "$folder/forecast.db" 'SELECT name FROM store ORDER BY name'); do
		forecast --db "$folder/forecast.db" --store "$store" --format csv -q "$@" || echo "exit $?"
	done
}

# load FOLDER SALES: a db of its own.
load() {
	mkdir "$1"
	forecast ingest chain/stores.csv chain/items.csv "$2" --db "$1/forecast.db" -q >/dev/null 2>&1
	forecast check --db "$1/forecast.db" -q >/dev/null 2>&1
}

load plain chain/sales.csv
result plain -j1 >plain.csv
ok 'there are forecasts' test "$(wc -l <plain.csv)" -gt 1000
result plain -j2 >other.csv
same '-j1 and -j2' plain.csv other.csv
LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 TZ=Pacific/Auckland
export LC_ALL LANG TZ
load elsewhere chain/sales.csv
result elsewhere >other.csv
LC_ALL=C TZ=UTC
export LC_ALL TZ
same 'another locale and time zone' plain.csv other.csv

# Rows in another order: sorted by their last field, backwards.
{ cat names; tail -n +2 chain/sales.csv | sort -t, -k4,4r -k2,2r; } >shuffled.csv
load shuffled shuffled.csv
result shuffled >other.csv
same 'rows in another order' plain.csv other.csv
hash_of() {
	forecast run --db "$1/forecast.db" -q 2>/dev/null
	sqlite3 "$1/forecast.db" "SELECT data_hash || published_hash FROM run ORDER BY seq DESC LIMIT 1"
}
is 'and the hashes of data and forecasts' "$(hash_of shuffled)" "$(hash_of plain)"

# Everything after the origin replaced by noise: the forecast as of the origin stays.
day=$(cut -d, -f3 chain/sales.csv | tail -n +2 | sort -u | tail -n 40 | head -n 1)
{ cat names; tail -n +2 chain/sales.csv | awk -F, -v OFS=, -v day="$day" \
	'$3 > day { $4 = ($4 * 7 + NR) % 91 } { print }'; } >scrambled.csv
load scrambled scrambled.csv
result plain --as-of "$day" >plain_then.csv
result scrambled --as-of "$day" >other.csv
same "the future after $day scrambled" plain_then.csv other.csv
result scrambled >other.csv
fails 'though today it matters' cmp -s plain.csv other.csv
done_testing
