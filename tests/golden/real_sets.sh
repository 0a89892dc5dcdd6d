#!/bin/sh
# The real data sets: rows, series and totals in the db equal an independent count by awk, and a second
# time brings nothing new. Skipped where the shared data are not there.
. "${srcdir:-.}/tests/tap.sh"
need_forecast ingest
need sqlite3
shared data
data=$shared

# in_db DB: rows, series, total of the sales, first and last day.
in_db() {
	sqlite3 -separator ' ' "$1" "select count(*), count(distinct series), round(sum(units), 1) || '',
		date(min(day) * 86400, 'unixepoch'), date(max(day) * 86400, 'unixepoch') from sales"
}

# check NAME WANT FILE ...: ingests twice.
check() {
	check_name=$1 check_want=$2
	shift 2
	rm -f db db-*
	runs "$check_name" 0 forecast ingest --db db --format csv "$@"
	is '  rows, series, total, first and last day' "$(in_db db)" "$check_want"
	is '  series know their rows' "$(sqlite3 db 'select sum(rows) from series')" "${check_want%% *}"
	runs '  again' 0 forecast ingest --db db --format csv "$@"
	is '  0 new' "$(awk -F, 'NR > 1 { n += $4 + $5 } END { print n + 0 }' out)" 0
}

wide() {
	awk -F, -v from="$2" 'NR > 1 { for (i = from; i <= NF; i++) { gsub(/"/, "", $i)
		if ($i != "" && $i != "NA") { n++; s += $i } } } END { printf "%d %d %.1f", n, NR - 1, s }' "$1"
}

m5=$data/m5
check 'M5, ten stores' "$(wide "$m5/sales_all_stores_d1495_d1941.csv" 7) 2015-03-03 2016-05-22" \
	"$m5/sales_all_stores_d1495_d1941.csv" "$m5/calendar.csv"
runs 'M5, 28 items and the FOODS of CA_1 from the first day on, prices' 0 forecast ingest --db db \
	--format csv "$m5/sell_prices_28items_10stores.csv" "$m5/sales_28items_10stores_d1_d1941.csv" \
	"$m5/sales_CA_1_FOODS_d1_d1941.csv"
is '  all prices are new' "$(grep sell_prices out | cut -d, -f3-7)" \
	"$(awk 'END { print NR - 1 "," NR - 1 }' "$m5/sell_prices_28items_10stores.csv"),0,0,0"
is '  the three files agree where they overlap' "$(awk -F, 'NR > 1 { n += $5 + $7 } END { print n }' out)" 0
# The items of both files, each cell once.
want=$(awk -F, 'FNR == 1 { file++; next }
	file == 1 { for (i = 7; i <= NF; i++) s += $i; n += NF - 6; m++; next }
	!($2 SUBSEP $5 in seen) { seen[$2, $5] = 1; for (i = 7; i <= 1500; i++) s += $i; n += 1494 }
	END { printf "%d %d %.1f", n, m, s }' "$m5/sales_all_stores_d1495_d1941.csv" \
	"$m5/sales_28items_10stores_d1_d1941.csv" "$m5/sales_CA_1_FOODS_d1_d1941.csv")
is '  rows, series, total, first and last day' "$(in_db db)" "$want 2011-01-29 2016-05-22"
is '  prices of each week as the file has them' "$(sqlite3 db "select group_concat(x, ' ') from
	(select st.name || ',' || it.name || ',' || l.label || ',' || p.price as x
	from series e join store st on st.id = e.store join item it on it.id = e.item
	join calendar_label l on l.label in ('11230', '11531') join price p on p.series = e.id
	and p.day = (select max(day) from price where series = e.id and day <= l.day)
	where st.name = 'CA_1' and it.name = 'FOODS_1_033' order by l.day)")" \
	"$(grep -E '^CA_1,FOODS_1_033,(11230|11531),' "$m5/sell_prices_28items_10stores.csv" | paste -sd' ')"
is '  events of the calendar' "$(sqlite3 db 'select count(*) from calendar_event')" \
	"$(awk -F, 'NR > 1 { n += ($8 != "") + ($10 != "") } END { print n }' "$m5/calendar.csv")"
is '  attributes of the items' "$(sqlite3 db "select count(*) from attribute where of = 'item'")" \
	"$((2 * 3049))"

check 'M4 weekly' "$(wide "$data/m4/Weekly-train.csv" 2) 1970-01-02 1977-02-10" \
	"$data/m4/Weekly-train.csv"
is '  counts by number' "$(sqlite3 db "select value from meta where key = 'period'")" number

check 'aus_retail' "$(awk -F, 'NR > 1 { n++; s += $NF; match($0, /"A[0-9]+[A-Z]"/)
	k[substr($0, RSTART, RLENGTH)] = 1 }
	END { for (x in k) m++; printf "%d %d %.1f", n, m, s }' "$data/aus_retail/aus_retail.csv") 1982-04-01 2018-12-01" \
	"$data/aus_retail/aus_retail.csv"
is '  counts months' "$(sqlite3 db "select value from meta where key = 'period'")" month

check 'carparts' "$(awk -F, 'NR == 1 { m = NF - 1; next } { for (i = 2; i <= NF; i++)
	if ($i != "" && $i != "NA") { n++; s += $i } } END { printf "%d %d %.1f", n, m, s }' \
	"$data/carparts/carparts_wide.csv") 1998-01-01 2002-03-01" "$data/carparts/carparts_wide.csv"

check 'pasta' "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /QTY_/) { q[i] = 1; m++ } next }
	{ for (i in q) if ($i != "") { n++; s += $i } } END { printf "%d %d %.1f", n, m, s }' \
	"$data/pasta/hierarchical_sales_data.csv") 2014-01-02 2018-12-31" \
	"$data/pasta/hierarchical_sales_data.csv"
is '  promotion days' "$(sqlite3 db "select count(*) from promotion p join sales s
	on s.series = p.series and s.day between p.day and p.until")" \
	"$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /PROMO_/) q[i] = 1; next }
	{ for (i in q) n += $i } END { print n }' "$data/pasta/hierarchical_sales_data.csv")"

fresh=$data/freshretail/freshretail_daily_city12.csv
check 'FreshRetailNet' "$(awk -F, 'NR > 1 { n++; s += $9; k[$2, $7] = 1 }
	END { for (x in k) m++; printf "%d %d %.1f", n, m, s }' "$fresh") 2024-03-28 2024-06-25" "$fresh"
is '  hours out of stock' "$(sqlite3 db 'select sum(hours_out) from stock')" \
	"$(awk -F, 'NR > 1 { s += $10 } END { printf "%.1f", s }' "$fresh")"
is '  promotion days' "$(sqlite3 db "select count(*) from promotion p join sales s
	on s.series = p.series and s.day between p.day and p.until")" \
	"$(awk -F, 'NR > 1 { s += $13 } END { print s }' "$fresh")"

# Lines of articles with a price, by (country, code, day) after each return has gone to the day of the
# latest sale of the same country, code, quantity and price that no other return has taken.
online=$data/online_retail/online_retail.csv
if command -v python3 >/dev/null; then
	cat >count.py <<'P'
import csv, sys, collections
out = {'POST','DOT','D','M','S','B','C2','C3','CRUK','BANK CHARGES','AMAZONFEE','ADJUST','ADJUST2',
       'SP1002','TEST001','TEST002','PACKING CHARGE'}
day = collections.Counter(); sold = collections.defaultdict(list); days = []
with open(sys.argv[1], newline='', encoding='utf-8') as f:
    for r in csv.DictReader(f):
        code, q, p, d = r['StockCode'], float(r['Quantity']), float(r['UnitPrice']), r['InvoiceDate'][:10]
        if code.upper() in out or code.lower().startswith('gift_') or not p > 0:
            continue
        key = (r['Country'], code, abs(q), p)
        days.append((d, q, key))
days = [x for _, x in sorted(enumerate(days), key=lambda x: (x[1][0], x[0]))]
for d, q, key in days:
    if q > 0: sold[key].append(d)
    elif q < 0 and sold[key]: d = sold[key].pop()
    day[key[0], key[1], d] += q
k = {x[:2] for x in day}
print(len(day), len(k), '%.1f' % sum(day.values()), min(x[2] for x in day), max(x[2] for x in day))
P
	check 'Online Retail' "$(python3 count.py "$online")" "$online"
	is '  no customer is in the db' "$(LC_ALL=C grep -c 17850 db)" 0
else
	skip 6 'no python3'
fi
done_testing
