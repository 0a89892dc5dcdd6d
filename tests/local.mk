# Tests: TAP through automake's driver. Unit programs use cmocka, the command line is tested by shell.
# A new unit test is tests/unit/test_X.c and its line below; a new shell test is its file and its
# line below (tests/tap.sh has the helpers); a new golden case is a folder in tests/golden.

TESTS = $(check_PROGRAMS) $(dist_check_SCRIPTS)
TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)

# Settings in the environment of whoever runs the tests must not reach them; must end in ';'.
AM_TESTS_ENVIRONMENT = \
	FORECAST_SHARED=$${FORECAST_SHARED:-$(abs_top_srcdir)/../shared}; \
	for name in $$(env | $(SED) -n 's/^\(FORECAST_[A-Za-z0-9_]*\)=.*/\1/p'); do \
		case $$name in FORECAST_SHARED|FORECAST_KEEP|FORECAST_SOURCE_TESTS) ;; *) unset $$name ;; esac; \
	done; \
	LC_ALL=C; TZ=UTC; srcdir=$(abs_srcdir); CMOCKA_MESSAGE_OUTPUT=TAP; \
	FORECAST=$(abs_top_builddir)/forecast$(EXEEXT); \
	FORECAST_DATADIR=$(abs_top_srcdir); builddir=$(abs_top_builddir); \
	CC='$(CC)'; NM='$(NM)'; CFLAGS='$(CFLAGS)'; SAN_CFLAGS='$(SAN_CFLAGS)'; \
	FOREIGN_CFLAGS='$(GSL_CFLAGS) $(SQLITE_CFLAGS) $(ARCHIVE_CFLAGS) $(XGBOOST_CFLAGS)'; \
	export LC_ALL TZ srcdir builddir CMOCKA_MESSAGE_OUTPUT FORECAST FORECAST_DATADIR \
		FORECAST_SHARED CC NM CFLAGS SAN_CFLAGS FOREIGN_CFLAGS;

# Every unit program is one source of its own name, linked with the whole archive.
LDADD = libforecast.a $(CMOCKA_LIBS) $(CSV_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(ARCHIVE_LIBS) \
	$(XGBOOST_LIBS) $(PTHREAD_LIBS) -lm

check_PROGRAMS =
EXTRA_DIST += tests/unit/unit.h tests/unit/feed.h tests/unit/fixture.h tests/unit/driven.h
# what other programs computed, and its reader
EXTRA_DIST += tests/unit/regression.h tests/unit/roi_fixture.h tests/unit/roi_shop.h tests/unit/shop.h
EXTRA_DIST += tests/unit/reference.h tests/reference/make.R tests/reference/series.txt
EXTRA_DIST += tests/reference/ets.txt tests/reference/arima.txt tests/reference/theta.txt
EXTRA_DIST += tests/reference/stl.R tests/reference/stl.csv
EXTRA_DIST += tests/reference/thetaf.R tests/reference/thetaf.csv
EXTRA_DIST += tests/reference/glm.R tests/reference/glm_rows.csv tests/reference/glm.csv
EXTRA_DIST += tests/reference/ridge.csv
if HAVE_CMOCKA
# base
check_PROGRAMS += tests/unit/test_buf
check_PROGRAMS += tests/unit/test_number
check_PROGRAMS += tests/unit/test_sha256
check_PROGRAMS += tests/unit/test_symtab
check_PROGRAMS += tests/unit/test_ini
check_PROGRAMS += tests/unit/test_option
check_PROGRAMS += tests/unit/test_json
check_PROGRAMS += tests/unit/test_mem
check_PROGRAMS += tests/unit/test_par
check_PROGRAMS += tests/unit/test_child
check_PROGRAMS += tests/unit/test_forecast
check_PROGRAMS += tests/unit/test_file
check_PROGRAMS += tests/unit/test_log
# num
check_PROGRAMS += tests/unit/test_copula
check_PROGRAMS += tests/unit/test_count
check_PROGRAMS += tests/unit/test_before_after
check_PROGRAMS += tests/unit/test_fixed_b
check_PROGRAMS += tests/unit/test_formula
check_PROGRAMS += tests/unit/test_glm
check_PROGRAMS += tests/unit/test_optim
check_PROGRAMS += tests/unit/test_ridge
check_PROGRAMS += tests/unit/test_replay
check_PROGRAMS += tests/unit/test_rng
check_PROGRAMS += tests/unit/test_arm
check_PROGRAMS += tests/unit/test_policy
check_PROGRAMS += tests/unit/test_roi
check_PROGRAMS += tests/unit/test_roi_view
check_PROGRAMS += tests/unit/test_roi_money
check_PROGRAMS += tests/unit/test_truth
check_PROGRAMS += tests/unit/test_stat
check_PROGRAMS += tests/unit/test_stl
# series
check_PROGRAMS += tests/unit/test_demand_class
check_PROGRAMS += tests/unit/test_calendar
check_PROGRAMS += tests/unit/test_events
check_PROGRAMS += tests/unit/test_simulate
# quality
check_PROGRAMS += tests/unit/test_state
check_PROGRAMS += tests/unit/test_check
check_PROGRAMS += tests/unit/test_silent
# feature
check_PROGRAMS += tests/unit/test_demand
# model
check_PROGRAMS += tests/unit/test_analogue
check_PROGRAMS += tests/unit/test_arima
check_PROGRAMS += tests/unit/test_arima_reference
check_PROGRAMS += tests/unit/test_baseline
check_PROGRAMS += tests/unit/test_borrow
check_PROGRAMS += tests/unit/test_boost
check_PROGRAMS += tests/unit/test_combine
check_PROGRAMS += tests/unit/test_tree
check_PROGRAMS += tests/unit/test_driven
check_PROGRAMS += tests/unit/test_effects
check_PROGRAMS += tests/unit/test_ets
check_PROGRAMS += tests/unit/test_fallback
check_PROGRAMS += tests/unit/test_reference
check_PROGRAMS += tests/unit/test_intermittent
check_PROGRAMS += tests/unit/test_negbin
check_PROGRAMS += tests/unit/test_spec
check_PROGRAMS += tests/unit/test_stl_method
check_PROGRAMS += tests/unit/test_theta
check_PROGRAMS += tests/unit/test_xgb
check_PROGRAMS += tests/conformance/test_methods
check_PROGRAMS += tests/conformance/test_traps
check_PROGRAMS += tests/conformance/test_features
# io
check_PROGRAMS += tests/unit/test_csvin
check_PROGRAMS += tests/unit/test_datum
check_PROGRAMS += tests/unit/test_map
check_PROGRAMS += tests/unit/test_sorter
check_PROGRAMS += tests/unit/test_db_score
check_PROGRAMS += tests/unit/test_driver
check_PROGRAMS += tests/unit/test_feature
check_PROGRAMS += tests/unit/test_demo
# eval
check_PROGRAMS += tests/unit/test_backtest
check_PROGRAMS += tests/unit/test_backtest_m5
check_PROGRAMS += tests/unit/test_metric
check_PROGRAMS += tests/unit/test_drift
check_PROGRAMS += tests/unit/test_pooled
check_PROGRAMS += tests/unit/test_residual
# life
check_PROGRAMS += tests/unit/test_settings
check_PROGRAMS += tests/unit/test_gate
check_PROGRAMS += tests/unit/test_lock
check_PROGRAMS += tests/unit/test_whole
check_PROGRAMS += tests/unit/test_coverage
# report
check_PROGRAMS += tests/unit/test_plain
check_PROGRAMS += tests/unit/test_pitfalls
check_PROGRAMS += tests/unit/test_plot
check_PROGRAMS += tests/unit/test_order
check_PROGRAMS += tests/unit/test_page
check_PROGRAMS += tests/unit/test_table
endif

# bench: run by hand, `make tests/bench/series_bench`
EXTRA_PROGRAMS =
EXTRA_PROGRAMS += tests/bench/roi_coverage
EXTRA_PROGRAMS += tests/bench/roi_bench
EXTRA_PROGRAMS += tests/bench/drift_bench
EXTRA_PROGRAMS += tests/bench/canary_placebo
EXTRA_PROGRAMS += tests/bench/gate_trials
EXTRA_PROGRAMS += tests/bench/drift_real
EXTRA_PROGRAMS += tests/bench/input_drift
EXTRA_PROGRAMS += tests/bench/series_bench
EXTRA_PROGRAMS += tests/bench/uncensor_bench
EXTRA_PROGRAMS += tests/bench/borrow_bench
if HAVE_XGBOOST
EXTRA_PROGRAMS += tests/bench/boost_bench
endif
EXTRA_PROGRAMS += tests/bench/tree_bench
EXTRA_DIST += tests/bench/beside_r.sh tests/bench/full_size.c tests/bench/year.sh

EXTRA_DIST += tests/tap.sh
dist_check_SCRIPTS =
# arch: what holds for the source as a whole
EXTRA_DIST += src/LAYERS tests/arch/code.awk
dist_check_SCRIPTS += tests/arch/layers.sh
dist_check_SCRIPTS += tests/arch/headers.sh
dist_check_SCRIPTS += tests/arch/habits.sh
dist_check_SCRIPTS += tests/arch/globals.sh
dist_check_SCRIPTS += tests/arch/sizes.sh
dist_check_SCRIPTS += tests/arch/units.sh
dist_check_SCRIPTS += tests/arch/help.sh
# golden: what the command line says, word for word; EXTRA_DIST takes the cases as they lie
dist_check_SCRIPTS += tests/golden/real_sets.sh
EXTRA_DIST += data/sample
dist_check_SCRIPTS += tests/golden/demo_faults.sh
# By file: the folder as a whole would take the logs of the tests that lie in it along.
EXTRA_DIST += $(srcdir)/tests/golden/*/*
dist_check_SCRIPTS += tests/golden/run.sh
dist_check_SCRIPTS += tests/golden/readme.sh
dist_check_SCRIPTS += tests/golden/explain.sh
dist_check_SCRIPTS += tests/golden/assumed.sh
dist_check_SCRIPTS += tests/golden/regression.sh
dist_check_SCRIPTS += tests/golden/sample.sh
dist_check_SCRIPTS += tests/golden/seasonal_listing.sh
dist_check_SCRIPTS += tests/golden/newcomer.sh
dist_check_SCRIPTS += tests/golden/operator.sh
# fault: what it says when things go wrong
dist_check_SCRIPTS += tests/fault/check.sh
dist_check_SCRIPTS += tests/fault/zoo.sh
dist_check_SCRIPTS += tests/fault/check_real.sh
dist_check_SCRIPTS += tests/fault/night.sh
dist_check_SCRIPTS += tests/fault/failpoints.sh
dist_check_SCRIPTS += tests/fault/stop.sh
dist_check_SCRIPTS += tests/fault/train.sh
dist_check_SCRIPTS += tests/fault/hostile.sh
# property: what holds whatever the data are
dist_check_SCRIPTS += tests/property/roi.sh
dist_check_SCRIPTS += tests/property/same_bytes.sh
dist_check_SCRIPTS += tests/property/audit.sh
dist_check_SCRIPTS += tests/property/trace.sh
dist_check_SCRIPTS += tests/property/canary.sh
dist_check_SCRIPTS += tests/property/canary_harm.sh
dist_check_SCRIPTS += tests/property/guard.sh
dist_check_SCRIPTS += tests/property/calendar.sh
dist_check_SCRIPTS += tests/property/past.sh
dist_check_SCRIPTS += tests/property/retain.sh
dist_check_SCRIPTS += tests/property/life.sh
dist_check_SCRIPTS += tests/property/new_drivers.sh
dist_check_SCRIPTS += tests/property/replay.sh
dist_check_SCRIPTS += tests/property/lifecycle.sh
dist_check_SCRIPTS += tests/property/behave.sh
dist_check_SCRIPTS += tests/property/backtest.sh
dist_check_SCRIPTS += tests/property/sums.sh
dist_check_SCRIPTS += tests/property/champion.sh
dist_check_SCRIPTS += tests/report/report.sh

clean-local:
	-chmod -R u+w tmp-*.?????? 2>/dev/null
	-rm -rf tmp-*.??????

# Who wants to count the tests of a build that is removed afterwards (distcheck) says where to.
check-local: check-TESTS
	@if test -n "$(KEEP_TRS)"; then \
		for trs in $(TEST_LOGS:.log=.trs); do \
			cp $$trs "$(KEEP_TRS)/$$(echo $$trs | tr / -)" || exit 1; \
		done; \
	fi

# The tests under valgrind: unit programs as a whole, shell tests by the program they call.
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
check-valgrind:
	WRAP='$(VALGRIND)' $(MAKE) check LOG_COMPILER='$(VALGRIND)'
.PHONY: check-valgrind

# The wish list of the life of a model, row by row.
check-lifecycle: forecast$(EXEEXT)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/property/lifecycle.sh VERBOSE=1
.PHONY: check-lifecycle
