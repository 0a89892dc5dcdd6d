#!/bin/sh
# The life of a version: made, tested, packed, shadowed, gated, promoted by force, rolled back; papers; the monitor
# over the nights; alerts by hand.
. "${srcdir:-.}/tests/tap.sh"
need sqlite3
unset FORECAST_RUN_SPEC

forecast demo -o shop --stores 2 --items 6 --days 500 --tail 20 --seed 4 2>/dev/null
mkdir in
cat >forecast.conf <<'EOF'
[ingest]
files = shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/sales.csv in/*.csv
[challenger]
spec = fallback(ets, snaive)
[monitor]
replay_weeks = -1
[notify]
command = tee -a told.txt
file = mail.txt
on = always
EOF
forecast ingest shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/sales.csv >/dev/null 2>&1
runs 'a first recipe' 0 forecast train --spec 'fallback(seasonal_window_mean, snaive)'
forecast nightly >out 2>err
status=$?
ok 'the first night' test "$status" = 0 -o "$status" = 3
is 'its run is told of' "$(sqlite3 forecast.db "SELECT count(*) FROM outbox WHERE sent IS NOT NULL")" 1
like 'by the command' "$(cat told.txt)" '^run  '
like 'and as a mail' "$(cat mail.txt)" '^Subject: forecast: run [0-9]+ was published'
is 'a challenger was fitted' "$(sqlite3 forecast.db "SELECT count(*) FROM model_alias WHERE alias = 'challenger'")" 1
is 'and forecast in the shadow' "$(sqlite3 forecast.db "SELECT count(*) FROM run WHERE state = 'SHADOWED'")" 1
is 'which nobody is served' "$(sqlite3 forecast.db "SELECT r.kind FROM pointer p JOIN run r ON r.seq = p.run")" nightly
first=$(sqlite3 forecast.db "SELECT published_hash FROM run JOIN pointer ON run = seq")

runs 'the same night again' 0 forecast nightly
is 'tells nothing twice' "$(sqlite3 forecast.db 'SELECT count(*) FROM outbox')" 1

# --- the sanity suite, packages ---
runs 'the suite of the champion' 0 forecast models test champion
like 'says what it looked at' "$(cat out)" 'scale +pass'
is 'and it is kept' "$(sqlite3 forecast.db "SELECT value FROM model_fact WHERE name = 'sanity'")" pass
runs 'a package' 0 forecast models package champion -o m.fpk
runs 'is whole' 0 forecast models verify m.fpk
size=$(wc -c <m.fpk)
refused=0
for k in $(awk -v n="$size" 'BEGIN { srand(1); for (k = 0; k < 100; k++) print int(rand() * n) }'); do
	cp m.fpk f.fpk
	old=$(od -An -tu1 -j "$k" -N 1 m.fpk | tr -d ' ')
	# shellcheck disable=SC2059 # the octal form of a byte
	printf "\\$(printf %o $((old ^ 1)))" | dd of=f.fpk bs=1 seek="$k" conv=notrunc 2>/dev/null
	forecast models verify f.fpk >/dev/null 2>&1
	test $? = 1 && refused=$((refused + 1))
done
is 'of 100 with one bit turned all are refused' "$refused" 100
refused=0
for k in 0 1 10 19 20 100 $((size / 2)) $((size - 66)) $((size - 65)) $((size - 1)); do
	head -c "$k" m.fpk >f.fpk
	forecast models verify f.fpk >/dev/null 2>&1 || refused=$((refused + 1))
done
is 'and of ten that are cut short' "$refused" 10
runs 'one that is not there is another answer' 6 forecast models verify nothing.fpk

# On another db with the same sales the package gives the same bytes.
forecast ingest --db other.db shop/stores.csv shop/items.csv shop/calendar.csv shop/events.csv shop/sales.csv >/dev/null 2>&1
runs 'installed elsewhere' 0 forecast models install m.fpk --db other.db
is 'it serves nobody' "$(sqlite3 other.db 'SELECT count(*) FROM model_alias')" 0
runs 'without papers it is not promoted' 1 forecast models promote 1 --db other.db
like 'the reason is told' "$(cat err)" 'not promoted'
runs 'by force it wants a reason' 2 forecast models promote 1 --force --db other.db
runs 'by force it is' 0 forecast models promote 1 --force --reason 'a copy of the other shop' --db other.db
forecast check --db other.db >/dev/null 2>&1
forecast run --db other.db >/dev/null 2>&1
is 'the forecasts are byte for byte the same' "$(sqlite3 other.db "SELECT published_hash FROM run JOIN pointer ON run = seq")" "$first"
forecast ingest --db weeks.db "$srcdir/tests/golden/readme.sh" >/dev/null 2>&1
printf 'item,week,units\na,2024-01-01,3\na,2024-01-08,4\na,2024-01-15,5\n' >weeks.csv
forecast ingest --db weeks.db weeks.csv >/dev/null 2>&1
runs 'a db that counts by week does not take it' 5 forecast models install m.fpk --db weeks.db
like 'and says why' "$(cat err)" 'by day.*by week'

# --- gates ---
runs 'the gates of the challenger' 1 forecast models promote challenger
is 'nothing has moved' "$(sqlite3 forecast.db "SELECT version FROM model_alias WHERE alias = 'champion'")" 1
is 'sixteen verdicts are kept' "$(sqlite3 forecast.db 'SELECT count(*) FROM gate_result')" 16
like 'papers are missing' "$(sqlite3 forecast.db "SELECT text FROM gate_result WHERE gate = 'G15'")" 'canvas.conf tells no problem'
printf '[problem]\nstatement = how much to order\nintended_use = nightly orders of two shops\n' >canvas.conf
printf '[model]\nowner = planning\n[source *]\nowner = it\nlegal_ok_by = counsel\n' >owners.conf
forecast models promote challenger >/dev/null 2>&1
is 'with canvas.conf and owners.conf they are not' "$(sqlite3 forecast.db "SELECT verdict FROM gate_result WHERE gate = 'G15' ORDER BY id DESC LIMIT 1")" pass
printf '[model]\nownr = planning\n' >owners.conf
forecast models promote challenger >/dev/null 2>&1
like 'a misspelt key is told' "$(sqlite3 forecast.db "SELECT text FROM gate_result WHERE gate = 'G15' ORDER BY id DESC LIMIT 1")" "did you mean 'owner'"
printf '[model]\nowner = planning\napprover = somebody-else\n[source *]\nlegal_ok_by = counsel\n' >owners.conf
forecast models promote challenger >/dev/null 2>&1
like 'only the approver approves' "$(sqlite3 forecast.db "SELECT text FROM gate_result WHERE gate = 'G15' ORDER BY id DESC LIMIT 1")" 'somebody-else'
runs 'the card' 0 forecast models card champion
like 'has its sections' "$(cat out)" '^## Intended use'
like 'and what it is for' "$(cat out)" 'nightly orders of two shops'
: >canvas.conf
runs 'without a use there is no card' 1 forecast models card champion

# --- promotion and the way back ---
before=$(forecast --store S01 --format csv 2>/dev/null | cksum)
runs 'promoted by force' 0 forecast models promote challenger --force --reason 'we want to see'
is 'the champion before is kept' "$(sqlite3 forecast.db "SELECT version FROM model_alias WHERE alias = 'previous'")" 1
like 'the audit has the reason' "$(sqlite3 forecast.db "SELECT reason FROM audit WHERE object = 'champion' ORDER BY seq DESC LIMIT 1")" 'we want to see'
forecast nightly >/dev/null 2>&1
is 'the next run is made by its recipe' "$(sqlite3 forecast.db "SELECT r.model FROM pointer p JOIN run r ON r.seq = p.run")" 2
runs 'back' 0 forecast models rollback --reason 'we have seen'
is 'to the version before' "$(sqlite3 forecast.db "SELECT version FROM model_alias WHERE alias = 'champion'")" 1
is 'and to what it had published' "$(sqlite3 forecast.db "SELECT published_hash FROM run JOIN pointer ON run = seq")" "$first"
is 'which is what is answered' "$(forecast --store S01 --format csv 2>/dev/null | cksum)" "$before"
runs 'the chain is whole' 0 forecast audit verify

# --- nights go on; what was published is judged ---
for day in $(cd shop/inbox && ls sales_*.csv); do
	cp "shop/inbox/$day" in/
	forecast nightly -q >/dev/null 2>&1
done
ok 'weeks were judged' test "$(sqlite3 forecast.db "SELECT count(*) FROM resid_node WHERE role = 'served' AND band = 'near' AND part = 'all'")" -ge 2
runs 'the monitor by hand' 0 forecast monitor
is 'too few weeks are not judged' "$(sqlite3 forecast.db "SELECT DISTINCT verdict FROM monitor_stat WHERE monitor = 'L3.bias.judged'")" INSUFFICIENT
is 'nothing that is due is left' "$(sqlite3 forecast.db 'SELECT count(*) FROM forecast_due WHERE scored = 0')" 0
# --- the stages of the last night ---
runs 'the pipeline' 0 forecast status pipeline --format csv
cut -d, -f1 out | sed 1d | sort >stages
sqlite3 forecast.db "SELECT stage FROM resource_use WHERE stage NOT IN ('read', 'fit', 'forecast', 'write') AND run =
	(SELECT max(seq) FROM run WHERE kind = 'nightly') UNION SELECT 'forecast' ORDER BY 1" >took
same 'has the stages that the night took down' stages took
is 'all of them done' "$(sed 1d out | grep -c ',done,')" 12
like 'the published bytes' "$(cat out)" "^publish,forecast,done,.*,$(sqlite3 forecast.db "SELECT published_hash FROM run JOIN pointer ON run = seq"),"
usual=$(sqlite3 forecast.db "SELECT printf('%.9f', wall) FROM resource_use WHERE stage = 'check' AND run IN (SELECT seq FROM run WHERE
	kind = 'nightly' AND published_hash IS NOT NULL AND seq < (SELECT max(seq) FROM run WHERE kind = 'nightly'))
	ORDER BY wall" | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }')
is 'what is usual is the median of the nights before' "$(awk -F, '$1 == "check" { printf "%.9f", $5 }' out)" "$usual"
forecast status runs --stages --last 9 --format csv >taken 2>/dev/null
is 'runs --stages has them in the order of the night' "$(awk -F, '$2 == "nightly" { seq = seq ? seq : $1; if ($1 == seq && $3 !~ /^(read|fit|write)$/) printf "%s ", $3 }' taken)" \
	"$(sed 1d out | cut -d, -f1 | tr '\n' ' ')"
runs 'of a night that is none' 2 forecast status pipeline 1
# The next file has no prices.
next=$(sqlite3 forecast.db "SELECT date(max(day) * 86400 + 2 * 86400, 'unixepoch') FROM sales")
newest=$(cd shop/inbox && ls sales_*.csv | tail -n 1)
cut -d, -f1-4 "shop/inbox/$newest" | awk -F, -v OFS=, -v day="$next" 'NR > 1 { $3 = day; $4 += NR % 3 } { print }' >in/without.csv
forecast nightly -q >/dev/null 2>&1
is 'prices that ceased are told the same night' "$(sqlite3 forecast.db "SELECT grade FROM alert WHERE code = 'L1.price' AND closed IS NULL")" ALARM
runs 'every alert code has a runbook' 0 forecast status alerts --codes
bad=0
while read -r code; do
	forecast status alerts explain "$code" >/dev/null 2>&1 || bad=1
done <out
is 'each of them' "$bad" 0
runs 'one that is none' 2 forecast status alerts explain L3.bais
like 'with the nearest' "$(cat err)" "did you mean 'L3.bias'"
done_testing
