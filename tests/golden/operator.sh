#!/bin/sh
# What an operator reads on a terminal: nothing is cut off, and no line is wider than 80 columns.
. "${srcdir:-.}/tests/tap.sh"
need_forecast nightly

# wide FILE: lines over 80 columns; UTF-8's further bytes take none.
wide() {
	LC_ALL=C tr -d '\200-\277' <"$1" | LC_ALL=C awk 'length($0) > 80'
}

cp -R "$srcdir/data/sample" shop
chmod -R u+w shop
cd shop || exit 99
printf '\n[monitor]\nreplay_weeks = -1\n' >>forecast.conf
forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv sales.csv promo.csv prices.csv \
	stock.csv >/dev/null 2>&1
runs 'a spec of two thousand letters is fitted' 0 forecast train --spec local
is 'which is told in a line' "$(wide err)" ''
forecast nightly -q --set run.spec=local >/dev/null 2>&1
forecast models package 1 -o m.fpk >/dev/null 2>&1
runs 'the proposals of a night' 0 forecast order
is '  fit into 80 columns' "$(wide out)" ''
like '  of one line is no lines' "$(cat out)" '^1 line, '
for words in 'nightly --dry' 'models show' 'models list' 'status' 'status alerts' 'status alerts explain L0.rows' \
	'audit' 'models verify m.fpk' 'explore effects' 'order --all'; do
	# shellcheck disable=SC2086
	runs "$words" 0 forecast $words
	is '  fits into 80 columns' "$(wide out)" ''
done
runs 'the runs' 0 forecast status runs
is '  fit into 80 columns' "$(wide out)" ''
is '  and neither their names nor their times are cut' \
	"$(forecast status runs --format csv | cut -d , -f 2,10 | sed -e 1d -e 's/[,T]/ /g' -e 's/:..Z$//')" \
	"$(sed 1,2d out | awk '{ print $2, $(NF - 1), $NF }')"
runs 'the snapshots' 0 forecast db log
is '  fit into 80 columns' "$(wide out)" ''
is '  and a hash goes on in the next line' "$(sed 1,2d out | awk '{ printf "%s", $NF }')" \
	"$(forecast db log --format csv | sed 1d | cut -d , -f 5 | tr -d '\n')"
is 'no name of an effect is cut' "$(forecast explore effects 2>/dev/null | grep -c '…')" 0
for words in db explore plot; do
	runs "$words by itself" 2 forecast $words
	like '  names its subcommands' "$(cat err)" "'$words' wants one of: [a-z]+, [a-z]+"
	is '  and so does its help' "$(forecast help $words | grep -c "^usage: forecast $words SUBCOMMAND")" 1
done
runs 'no published run is judged yet' 0 forecast status performance --by store
is '  so that there is no table' "$(cat out)" ''
like '  but a note' "$(cat err)" 'no published forecast has seen its whole horizon yet'
is '  while csv has its line of names' "$(forecast status performance --format csv 2>/dev/null | cut -d , -f 1-3)" part,member,steps
runs 'a formula by hand' 0 forecast roi formula newsvendor h=.18 p=.70 mean=50 sd=8
like '  has all its digits, for scripts read them' "$(cat out)" '^cost=1\.99[0-9]{10,}$'
runs 'its keys' 0 forecast roi formula newsvendor
like '  say what P1 is' "$(tr -s '\n ' '  ' <out)" 'P1: the chance that all demand is met'
is '  and fit into 80 columns' "$(forecast roi formula >out; wide out)" ''
runs 'a backtest' 0 forecast backtest --windows 2 --spec seasonal_window_mean --spec window_mean
ranked=$(sed -n '/^all: /,/^$/p' out | sed -e 1d -e '/^$/d' -e 's/ .*//')
forecast report -o page.html >/dev/null 2>&1
is 'lists the methods best first, and so does the page' \
	"$(sed -n '/<th>method<.*gain on floor/,/<.tbody>/s/^<tr><td[^>]*>\([^<]*\)<.*/\1/p' page.html | awk '!seen[$0]++')" "$ranked"
printf '[problem]\nstatement = bread\nintended_use = nightly orders\n' >canvas.conf
runs 'the card of a model' 0 forecast models card champion
is '  has no line of a hundred letters for its spec' "$(sed -n '/^  ```/,/^  ```/p' out | awk 'length($0) > 99')" ''
is '  and the spec as it is' "$(sed -n '/^  ```/,/^  ```/p' out | sed -e '/```/d' -e 's/^  //' | tr '\n' ' ' | sed 's/ $//')" \
	"$(forecast models list --format json | sed -n 's/.*"champion".*"spec":"\([^"]*\)".*/\1/p')"
runs 'a copy' 0 forecast db backup copy.db
runs 'is put back' 0 forecast db restore copy.db
like '  and that is told' "$(cat err)" "'copy.db' is put in the place of 'forecast.db'"
forecast train --spec ses >/dev/null 2>&1
runs 'back to the model before' 0 forecast models rollback --reason 'bread was wrong'
is '  fits into 80 columns' "$(wide out)" ''
runs 'the audit' 0 forecast audit
like 'tells what moved where, and why' "$(cat out)" 'champion 2 to 1 +bread was wrong'
is 'and the whole name of a file' "$(grep -c 'batch 6 assortment.csv ' out)" 1
forecast train --spec regression >/dev/null 2>&1
forecast models package champion -o whole.fpk >/dev/null 2>&1
like 'one part is no parts' "$(forecast models verify whole.fpk)" '^whole      1 part, '
done_testing
