#!/bin/sh
# The check on real sales: facts about these sets that anybody can count in the files themselves.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
need_forecast check
need_forecast ingest
shared data/freshretail/freshretail_daily_city12.csv
fresh=$shared
shared data/online_retail/online_retail.csv
gifts=$shared
shared data/pasta/hierarchical_sales_data.csv

sql() {
	sqlite3 -batch "$1" "$2"
}

# An Italian grocer: 27 of the days from 2014-01-02 to 2018-12-31 are not in the file. All of them are
# public holidays in Italy; 22 are seen to come again each year.
forecast ingest --db pasta.db -q "$shared" >/dev/null || exit 99
runs 'pasta' 0 forecast check --db pasta.db
is 'closed each year, or missing' "$(sql pasta.db "SELECT state, basis, count(*) FROM store_day
	WHERE day < 17897 GROUP BY 1, 2")" "$(printf 'closed|annual|22\nmissing|alone|5')"
runs 'with the holidays of Italy' 0 forecast check --db pasta.db --set calendar.region=IT
is 'all are holidays' "$(sql pasta.db "SELECT state, basis, count(*) FROM store_day
	WHERE day < 17897 GROUP BY 1, 2")" 'closed|holiday|27'
is 'Easter and New Year of the weeks to come' "$(sql pasta.db "SELECT date(day * 86400, 'unixepoch')
	FROM store_day WHERE day >= 17897 ORDER BY day LIMIT 1")" 2019-01-01

# A British gift shop by invoice: none on Saturdays, and none from the holidays in between.
forecast ingest --db gifts.db -q "$gifts" >/dev/null 2>&1 || exit 99
forecast check --db gifts.db -q >/dev/null
is 'Saturdays are closed' "$(sql gifts.db "SELECT count(*), min(strftime('%w', d.day * 86400, 'unixepoch')),
	max(strftime('%w', d.day * 86400, 'unixepoch')) FROM store_day d JOIN store s ON s.id = d.store
	WHERE s.name = 'United Kingdom' AND d.state = 'closed' AND d.day <= 15317")" '53|6|6'

# FreshRetailNet counts the hours of 16 that a shelf was empty; two or more make a stock-out.
forecast ingest --db fresh.db -q "$fresh" >/dev/null 2>&1 || exit 99
forecast check --db fresh.db -q >/dev/null
is 'stock-outs' "$(sql fresh.db "SELECT count(*) FROM day_state WHERE state = 'stockout'")" \
	"$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "stock_hour6_22_cnt") c = i }
		NR > 1 && $c >= 1.6' "$fresh" | wc -l | tr -d ' ')"
done_testing
