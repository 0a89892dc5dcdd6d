#!/bin/sh
# CPU and accuracy beside R's forecast package on the same series, in turn (ours, R, ours, R), so that
# a machine whose speed drifts is fair to both. Needs Rscript, the runners in $FORECAST_SHARED/bench,
# and a long CSV made by them:
#
#     python3 ../shared/bench/mkpanel.py 1000 730 28 d1k
#     sh tests/bench/beside_r.sh build d1k 7 28 ets ets 40
#
# Arguments: build folder, prefix of PREFIX.train.csv and PREFIX.test.csv, season, steps, our spec, R's
# method, how many series. Prints a line for each run and the ratio of CPU per series.
set -eu
build=$1 set=$2 season=$3 steps=$4 spec=$5 method=$6 limit=$7
bench=${FORECAST_SHARED:-../shared}/bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours=0
theirs=0
for round in 1 2; do
	"$build/tests/bench/series_bench" "$spec" "$set.train.csv" "$season" 0 "$steps" \
		"$work/ours.csv" 1 "$limit" | tee "$work/ours.json"
	Rscript "$bench/r_forecast.R" "$set.train.csv" "$season" "$steps" "$method" "$work/r.csv" 1 "$limit" |
		tee "$work/r.json"
	a=$(sed 's/.*"fit_ms": \([0-9.]*\), "predict_ms": \([0-9.]*\).*/\1 \2/' "$work/ours.json" |
		awk '{ print $1 + $2 }')
	b=$(sed 's/.*"fit_cpu_s_per_1000": \([0-9.]*\).*/\1/' "$work/r.json")
	ours=$(echo "$ours $a" | awk '{ print $1 + $2 }')
	theirs=$(echo "$theirs $b" | awk '{ print $1 + $2 }')
	echo "round $round: $a ms here, $b ms in R"
done
for file in ours r; do
	/usr/bin/python3 "$bench/score.py" "$set.train.csv" "$set.test.csv" "$work/$file.csv" "$season"
done
echo "$ours $theirs" | awk '{ printf "CPU per series: %.2f ms here (fit, forecast and quantiles), %.2f ms in R: 1/%.1f\n",
	$1 / 2, $2 / 2, $2 / $1 }'
