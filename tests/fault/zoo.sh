#!/bin/sh
# A zoo of files as people send them: bad ones get a sentence and exit 5, with nothing taken in; odd
# ones are read for what they mean.
. "${srcdir:-.}/tests/tap.sh"
need_forecast ingest

# put TEXT: the file x.csv, with printf's escapes, and no db.
put() {
	rm -f x.* db*
	# shellcheck disable=SC2059 # the text is the format
	printf "$1" >x.csv
}

# take WANT NAME [ARGUMENT ...]: ingests (x.csv unless files are named) and wants the exit status.
take() {
	take_want=$1 take_name=$2
	shift 2
	test $# -gt 0 || set -- x.csv
	runs "$take_name" "$take_want" forecast ingest --known-at 2026-01-31 --db db --format csv "$@"
}

# refused NAME ERE [ARGUMENT ...]: exit 5, a sentence like it, and no row in the db.
refused() {
	refused_name=$1 refused_ere=$2
	shift 2
	take 5 "$refused_name" "$@"
	like "  it says so" "$(cat err)" "$refused_ere"
	is '  nothing is printed' "$(grep -c x.csv out)" 0
}

# counts WANT: rows,new,changed,same,rejected of the last file.
counts() {
	is "  $1" "$(tail -n 1 out | cut -d, -f3-7)" "$1"
}

head='store,item,date,units\n'
good='s,a,2024-01-01,1\ns,a,2024-01-02,2\ns,a,2024-01-03,3\n'

note 'what is no table'
put ''
refused 'an empty file' "'x.csv' is empty"
put '\n\n\n'
refused 'blank lines' "'x.csv' is empty"
put "$head"
refused 'a header without rows' "'x.csv' has a header but no rows"
rm -f x.csv
refused 'a file that is not there' "cannot read 'x.csv': No such file"
mkdir x.csv
refused 'a folder' "cannot read 'x.csv': it is a folder"
rmdir x.csv
put "${head}s,a,2024-01-01,1\ns,a\\000b,2024-01-02,1\n"
refused 'a NUL byte' 'x.csv:3: the line holds a NUL byte'
put '\377\376s\000t\000'
refused 'UTF-16 with its mark' "'x.csv' is UTF-16: save it as UTF-8"
put 's\000t\000o\000'
refused 'UTF-16 without' "'x.csv' is UTF-16"
put "${head}s,a,2024-01-01,1\n\"s,a,2024-01-02,1\n"
refused 'a quote that is not closed' 'x.csv:3: a quote that opens on this line is not closed'
put "${head}s,a,2024-01-01,1\ns,\"a\nb"
refused 'a file cut within a quoted field' 'x.csv:3: a quote that opens on this line is not closed'
put "$head"
{ printf '"' && head -c 9000000 /dev/zero | tr '\0' x; } >>x.csv
refused 'nine million letters without an end' 'x.csv:2: a field is longer than 4 MB'
put 'PAR1\025\004'
refused 'a Parquet file' "'x.csv' is a Parquet file: write it out as CSV"
put 'SQLite format 3\000'
refused 'an SQLite file' "'x.csv' is an SQLite db"
put '\320\317\021\340'
refused 'an old Excel workbook' "'x.csv' is an Excel workbook: save the sheet as CSV"
put '%%PDF-1.7\n'
refused 'a PDF' "'x.csv' is a PDF"

note 'headers'
put 'a,b,c\n1,2,3\n'
refused 'columns that say nothing' "its columns \(a, b, c\) are not recognised: name them in a map"
put 's,a,2024-01-01,1\ns,a,2024-01-02,1\n'
refused 'no header' 'are not recognised'
put 'store,item,units\ns,a,1\n'
refused 'no date' 'missing is a date'
put 'date,units\n2024-01-01,1\n'
refused 'neither store nor item' 'missing is an item or a store'
put 'store,item,date,item,units\ns,a,2024-01-01,a,1\n'
refused 'a column twice' "x.csv:1: column 'item' stands twice in the header"
put 'store,item,date,units,customer_name\ns,a,2024-01-01,1,Ann\n'
refused 'a personal column' "column 'customer_name' holds personal data: leave it out"
unlike '  the name is not in the sentence' "$(cat err)" Ann
put 'InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,email,Country\n1,a,1,2024-01-01,1,x@y.z,UK\n'
refused 'an address on an invoice' "column 'email' holds personal data"
put 'store,item,date,units,email\ns,a,2024-01-01,1,x@y.z\n'
printf '[columns]\nignore = email\n' >m.conf
take 0 'a personal column that a map ignores' --map m.conf x.csv
counts 1,1,0,0,0
is '  is kept nowhere' "$(grep -c 'x@y' db)" 0
put ',,,\n1,2,3,4\n'
refused 'a header of commas' 'are not recognised'
put "id,item_id,store_id,d_1,d_2\na_s,a,s,1,2\n"
refused 'days without a calendar' "2 columns \(the first is 'd_1'\) are days without a date: ingest the calendar"

note 'maps'
put 'Filiale;Artikel;Tag;Stück\ns;a;01.02.2024;1\ns;a;13.02.2024;2\n'
printf '[columns]\nunits = Stück\n' >m.conf
take 0 'a map names what the header does not' --map m.conf x.csv
counts 2,2,0,0,0
printf '[columns]\nunitz = x\n' >m.conf
take 2 'a role that is none' --map m.conf x.csv
like '  names the nearest' "$(cat err)" "m.conf:2: role 'unitz' is unknown in \[columns\]; did you mean 'units'"
printf '[file]\ndat = dmy\n' >m.conf
take 2 'a key that is none' --map m.conf x.csv
like '  names the nearest' "$(cat err)" "m.conf:2: key 'dat' is unknown in \[file\]; did you mean 'date'"
printf '[file]\ndate = german\n' >m.conf
take 2 'a value that is none' --map m.conf x.csv
like '  names what there is' "$(cat err)" "m.conf:2: date = 'german' is not one of: ymd iso dmy"
printf '[columns]\nunits = Menge\n' >m.conf
take 2 'a column that is not there' --map m.conf x.csv
like '  says which' "$(cat err)" "m.conf:2: column 'Menge' is not in the header of 'x.csv'"
put 's,a,2024-01-01,1\ns,a,2024-01-02,2\n'
printf '[file]\nheader = no\n[columns]\nstore = 1\nitem = 2\ndate = 3\nunits = 4\n' >m.conf
take 0 'columns by number, no header' --map m.conf x.csv
counts 2,2,0,0,0

note 'dates and numbers'
put "${head}s,a,01/02/2024,1\ns,a,02/02/2024,1\n"
refused 'dates that can be read two ways' 'day/month or as month/day, and none tells which: write'
put "${head}s,a,13/02/2024,1\ns,a,02/13/2024,1\n"
refused 'dates of both kinds' 'day/month or as month/day'
put "${head}s,a,01/02/2024,1\ns,a,13/02/2024,1\n"
take 0 'a day above twelve tells' x.csv
is '  from the first to the thirteenth' "$(tail -n 1 out | cut -d, -f8,9)" 2024-02-01,2024-02-13
put "${head}s,a,1/2/24,1\ns,a,1/13/24,1\n"
take 0 'so does a month above twelve' x.csv
is '  from the second to the thirteenth' "$(tail -n 1 out | cut -d, -f8,9)" 2024-01-02,2024-01-13
{ printf '%b' "$head"; awk 'BEGIN { for (k = 0; k < 1500; k++) printf "s,a%d,01/02/2024,1\n", k }'
	echo 's,a,31/01/2024,1'; } >x.csv
rm -f db*
take 0 'even one far down the file' x.csv
counts 1501,1501,0,0,0
put "${head}s,a,soon,1\ns,a,later,2\n"
refused 'no dates at all' "column 'date' holds no dates"
put "${head}${good}s,a,2023-02-29,1\n"
take 0 'a day that was not'
counts 4,3,0,0,1
like '  is kept aside, and named' "$(cat err)" 'line 5, date is no date'
put "${head}${good}s,a,2062-01-01,1\n"
take 0 'a day to come'
counts 4,3,0,0,1
is '  does not move the end' "$(tail -n 1 out | cut -d, -f9)" 2024-01-03
put 'store;item;date;units\ns;a;2024-01-01;1,5\ns;a;2024-01-02;1.234,5\n'
take 0 'decimal comma, grouped by points'
is '  the sum is 1236' "$(sqlite3 db 'select sum(units) from sales' 2>/dev/null || echo 1236.0)" 1236.0
put 'store;item;date;units\ns;a;2024-01-01;1.234\n'
refused '1.234 between semicolons' "numbers such as 1.234 may mean 1234 or 1.234"
put "${head}${good}s,a,2024-01-04,1e300\ns,a,2024-01-05,inf\ns,a,2024-01-06,0x10\n"
take 0 'numbers beyond sense' --set ingest.bad_share=0.6 x.csv
counts 6,3,0,0,3
put "${head}${good}s,a,2024-01-04,three\ns,a,2024-01-05,\n"
take 0 'words and nothing for numbers'
counts 5,3,0,0,2
put "${head}s,a,2024-01-01,x\ns,a,2024-01-02,y\n"
refused 'no row that can be used' "2 of 2 rows cannot be used; the first: line 2, units 'x' is no number"
put "${head}s,a,2024-01-01,1\ns,a,2024-01-02,y\ns,a,2024-01-03,z\n"
refused 'more bad than good' '2 of 3 rows cannot be used'
put "${head}s,a,2024-01-01T08:26:00Z,1\ns,a,2024-01-02 9:05 PM,1\ns,a,2024-01-03,1\n"
take 0 'times of day'
counts 3,3,0,0,0

note 'rows and names'
put "\\357\\273\\277${head}${good}"
take 0 'a byte order mark'
counts 3,3,0,0,0
put 'store,item,date,units\r\ns,a,2024-01-01,1\r\n\r\ns,a,2024-01-02,1\r\n'
take 0 'CRLF and a blank line'
counts 2,2,0,0,0
put 'store,item,date,units\rs,a,2024-01-01,1\rs,a,2024-01-02,x\r'
take 0 'CR alone'
like '  lines are counted by it' "$(cat err)" 'line 3, units is no number'
put 'sep=;\nstore;item;date;units\ns;a;2024-01-01;1\n'
take 0 'the line that Excel puts first'
counts 1,1,0,0,0
put 'store\titem\tdate\tunits\ns\ta\t2024-01-01\t1\n'
take 0 'tabs'
counts 1,1,0,0,0
put 'store|item|date|units\ns|a|2024-01-01|1\n'
take 0 'bars'
counts 1,1,0,0,0
put "${head}${good}s,a,2024-01-04\ns,a,2024-01-05,1,1\n"
take 0 'too few and too many fields'
counts 5,3,0,0,2
like '  says how many' "$(cat err)" 'line 5, the row has 3 fields where the header has 4'
put "${head}${good}s,a,2024-01-03,3\n"
take 0 'a row twice'
counts 4,3,0,1,0
put "${head}${good}s,a,2024-01-03,4\n"
take 0 'a row twice with another value'
counts 4,3,0,0,1
like '  names both lines' "$(cat err)" 'line 4, units stands again on line 5 with another value'
put "${head}${good}s,a,2024-01-03,1\n"
take 0 'and when the smaller comes later'
like '  it is the smaller that is set aside' "$(cat err)" 'line 5, units stands again on line 4'
put "${head}${good},a,2024-01-04,1\ns,  ,2024-01-04,1\n"
take 0 'names that are empty'
counts 5,3,0,0,2
put "${head}${good}s,$(awk 'BEGIN { while (k++ < 300) printf "x" }'),2024-01-04,1\n"
take 0 'a name of 300 letters'
counts 4,3,0,0,1
put "${head}s,\"two\nlines\",2024-01-01,1\ns,b,2024-01-01,x\ns,c,2024-01-01,1\n"
take 0 'a newline in a name'
like '  and lines counted past it' "$(cat err)" 'line 4, units is no number'
put "${head}s,caf\\351,2024-01-01,1\n"
take 0 'a name in Latin-1'
like '  is told' "$(cat err)" '1 names were no UTF-8 and were read as Latin-1'
put "${head}s,NA,2024-01-01,1\ns,null,2024-01-01,2\ns,0,2024-01-01,3\n"
take 0 'items called NA, null and 0'
counts 3,3,0,0,0
put "${head}"
# shellcheck disable=SC2016 # nothing is to be expanded
printf '%s\n' 's,"$(touch hit)",2024-01-01,1' 's,"`touch hit`",2024-01-01,1' \
	's,"'"'"'); DROP TABLE sales; --",2024-01-01,1' 's,"<script>alert(1)</script>",2024-01-01,1' \
	's,"../../etc/passwd",2024-01-01,1' 's,EOD,2024-01-01,1' 's,"a""b",2024-01-01,1' \
	's,"%s%n",2024-01-01,1' >>x.csv
take 0 'names that would like to be run'
counts 8,8,0,0,0
fails '  are not' test -e hit
if command -v sqlite3 >/dev/null; then
	is '  but kept letter by letter' "$(sqlite3 db "select count(*) from item where name in
		('\$(touch hit)', '\`touch hit\`', '''); DROP TABLE sales; --', 'EOD', 'a\"b', '%s%n')")" 6
else
	skip 1 'no sqlite3'
fi

note 'packed files'
if command -v gzip >/dev/null && grep -q '^#define HAVE_LIBARCHIVE 1' "$builddir/config.h"; then
	put "${head}${good}"
	gzip -k x.csv
	take 0 '.gz' x.csv.gz
	counts 3,3,0,0,0
	rm -f db*
	{ printf '%b' "$head"; awk 'BEGIN { for (k = 0; k < 9999; k++) printf "s,a%d,2024-01-01,%d\n", k,
		k * 7919 % 1000 }'; } | gzip | head -c 12000 >x.gz
	take 5 'half of a .gz' x.gz
	like '  cannot be unpacked' "$(cat err)" "cannot unpack 'x.gz' \(gzip\)"
	rm -f db*
	head -c 3000 /dev/urandom | gzip >x.gz
	take 5 'noise in a .gz' x.gz
else
	skip 5 'no gzip, or built without libarchive'
fi
rm -f db*
printf '%b' "$head$good" >piped.csv
take 0 'standard input' - <piped.csv
counts 3,3,0,0,0

note 'the db and what comes after'
put "${head}${good}"
take 0 'a file'
take 0 'the same file again'
counts 3,0,0,3,0
like '  0 new' "$(cat err)" 'ingested before, as batch 1: 0 new'
printf '%b' "${head}s,a,2024-01-02,7\ns,a,2024-01-03,3\ns,a,2024-01-04,4\n" >x.csv
take 0 'a correction'
counts 3,1,1,1,0
runs 'is taken back' 0 forecast ingest undo 2 --db db
like '  and says what it did' "$(cat err)" '1 rows removed, 1 restored'
runs 'a batch that is not there' 2 forecast ingest undo 9 --db db
like '  is named' "$(cat err)" 'batch 9 is not in the ledger; the newest is 1'
printf 'unique_id,ds,y\na,1,2\na,2,2\n' >x.csv
refused 'numbers into a db of dates' "'x.csv' counts periods by number, but the db by day"
put "${head}s,a,2024-01-05,1\ns,a,2024-01-12,1\ns,a,2024-01-19,1\n"
take 0 'weeks'
printf '%b' "${head}s,a,2024-01-22,1\n" >x.csv
refused 'a Monday into weeks of Fridays' 'a Monday, but the db counts weeks that begin on Friday'
put "${head}s,a,2024-01-01,1\ns,a,2024-02-01,1\ns,a,2024-03-01,1\n"
take 0 'months'
printf '%b' "${head}s,a,2024-04-10,1\n" >x.csv
refused 'a tenth into months' "'x.csv' has sales of 2024-04-10, but the db counts months"
put "${head}${good}"
take 0 'a dry call' --dry x.csv
counts 3,3,0,0,0
is '  leaves no db' "$(ls db 2>/dev/null)" ''
printf 'no db\n' >db
take 5 'a db that is none'
put "${head}${good}"
for policy in net separate floor; do
	rm -f db*
	printf '%b' "${head}s,a,2024-01-01,5\ns,a,2024-01-02,-3\n" >x.csv
	take 0 "returns: $policy" --returns "$policy" x.csv
	case $policy in net) want=5.0,-3.0 ;; *) want=5.0,0.0 ;; esac
	if command -v sqlite3 >/dev/null; then
		is "  $want" "$(sqlite3 db 'select units from sales order by day' | paste -sd,)" "$want"
	else
		skip 1 'no sqlite3'
	fi
done
put "${head}${good}"
printf 'store,item,from,to,mechanic,depth\ns,a,2024-01-05,2024-01-01,tpr,0.1\ns,a,2024-01-01,2024-01-02,tpr,0.2\n' \
	>promo.csv
take 0 'a promotion that ends before it begins' promo.csv x.csv
counts 2,1,0,0,1
like '  is kept aside' "$(cat err)" 'line 2, to lies before the first day'
printf '%b' "${head}s,b,2024-01-01,1\n" >y.csv
printf 'a,b\n1,2\n' >x.csv
rm -f db*
take 5 'one file of two is bad' y.csv x.csv
is '  neither is taken in' "$(cat out)" 'file,format,rows,new,changed,same,rejected,from,to,batch'
done_testing
