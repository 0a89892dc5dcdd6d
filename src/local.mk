# Sources, grouped as the folders are; src/LAYERS says what each may include. One module a line, so
# that a new one is a new line.
noinst_LIBRARIES = libforecast.a
libforecast_a_CFLAGS = $(AM_CFLAGS)
libforecast_a_CPPFLAGS = $(AM_CPPFLAGS) $(GSL_CFLAGS) $(SQLITE_CFLAGS) $(ARCHIVE_CFLAGS) \
	$(XGBOOST_CFLAGS)
libforecast_a_SOURCES =

# base: words C lacks; knows nothing of forecasting
libforecast_a_SOURCES += src/base/banned.h
libforecast_a_SOURCES += src/base/buf.c src/base/buf.h
libforecast_a_SOURCES += src/base/err.c src/base/err.h
libforecast_a_SOURCES += src/base/file.c src/base/file.h
libforecast_a_SOURCES += src/base/ini.c src/base/ini.h
libforecast_a_SOURCES += src/base/json.c src/base/json.h
libforecast_a_SOURCES += src/base/log.c src/base/log.h
libforecast_a_SOURCES += src/base/mem.c src/base/mem.h
libforecast_a_SOURCES += src/base/option.c src/base/option.h
libforecast_a_SOURCES += src/base/par.c src/base/par.h
libforecast_a_SOURCES += src/base/child.c src/base/child.h
libforecast_a_SOURCES += src/base/process.c src/base/process.h
libforecast_a_SOURCES += src/base/sha256.c src/base/sha256.h
libforecast_a_SOURCES += src/base/symtab.c src/base/symtab.h

# num: numbers in arrays; knows nothing of shops
libforecast_a_SOURCES += src/num/arima.c src/num/arima.h src/num/arima_private.h
libforecast_a_SOURCES += src/num/arima_forecast.c
libforecast_a_SOURCES += src/num/arima_kalman.c
libforecast_a_SOURCES += src/num/arima_search.c src/num/arima_search.h
libforecast_a_SOURCES += src/num/arma.c src/num/arma.h
libforecast_a_SOURCES += src/num/boxcox.c src/num/boxcox.h
libforecast_a_SOURCES += src/num/cap.c src/num/cap.h
libforecast_a_SOURCES += src/num/censor.c src/num/censor.h
libforecast_a_SOURCES += src/num/copula.c src/num/copula.h
libforecast_a_SOURCES += src/num/decompose.c src/num/decompose.h
libforecast_a_SOURCES += src/num/ets.c src/num/ets.h
libforecast_a_SOURCES += src/num/ets_choose.c
libforecast_a_SOURCES += src/num/ets_fit.c
libforecast_a_SOURCES += src/num/ets_kernel.c
libforecast_a_SOURCES += src/num/count.c src/num/count.h
libforecast_a_SOURCES += src/num/fixed_b.c src/num/fixed_b.h
libforecast_a_SOURCES += src/num/fourier.c src/num/fourier.h
libforecast_a_SOURCES += src/num/glm.c src/num/glm.h
libforecast_a_SOURCES += src/num/library.c src/num/library.h
libforecast_a_SOURCES += src/num/loss.c src/num/loss.h
libforecast_a_SOURCES += src/num/optim.c src/num/optim.h
libforecast_a_SOURCES += src/num/quadratic.c src/num/quadratic.h
libforecast_a_SOURCES += src/num/ridge.c src/num/ridge.h
libforecast_a_SOURCES += src/num/rng.c src/num/rng.h
libforecast_a_SOURCES += src/num/stat.c src/num/stat.h
libforecast_a_SOURCES += src/num/stl.c src/num/stl.h
libforecast_a_SOURCES += src/num/unitroot.c src/num/unitroot.h

# series: what flows: the nouns (calendar, panel, forecast)
libforecast_a_SOURCES += src/series/calendar.c src/series/calendar.h
libforecast_a_SOURCES += src/series/driver.c src/series/driver.h
libforecast_a_SOURCES += src/series/demand_class.c src/series/demand_class.h
libforecast_a_SOURCES += src/series/events.c src/series/events.h
libforecast_a_SOURCES += src/series/feed.h
libforecast_a_SOURCES += src/series/finding.c src/series/finding.h
libforecast_a_SOURCES += src/series/forecast.c src/series/forecast.h
libforecast_a_SOURCES += src/series/hierarchy.c src/series/hierarchy.h
libforecast_a_SOURCES += src/series/holiday_rules.c src/series/holiday_rules.h
libforecast_a_SOURCES += src/series/panel.c src/series/panel.h
libforecast_a_SOURCES += src/series/score.h
libforecast_a_SOURCES += src/series/simulate.c src/series/simulate.h
libforecast_a_SOURCES += src/series/simulate_catalog.c
libforecast_a_SOURCES += src/series/simulate_demand.c
libforecast_a_SOURCES += src/series/simulate_plan.c
libforecast_a_SOURCES += src/series/simulate_private.h
libforecast_a_SOURCES += src/series/simulate_stock.c

# quality: is what came in fit to use: findings, day states
libforecast_a_SOURCES += src/quality/check.c src/quality/check.h
libforecast_a_SOURCES += src/quality/check_copy.c
libforecast_a_SOURCES += src/quality/check_facts.c
libforecast_a_SOURCES += src/quality/check_private.h
libforecast_a_SOURCES += src/quality/check_series.c
libforecast_a_SOURCES += src/quality/check_stores.c
libforecast_a_SOURCES += src/quality/contract.c src/quality/contract.h
libforecast_a_SOURCES += src/quality/silence.c src/quality/silence.h
libforecast_a_SOURCES += src/quality/state.c src/quality/state.h
libforecast_a_SOURCES += src/quality/watch.c src/quality/watch.h

# feature: what may explain them: columns beside the panel
libforecast_a_SOURCES += src/feature/demand.c src/feature/demand.h
libforecast_a_SOURCES += src/feature/feature.c src/feature/feature.h src/feature/feature_private.h
libforecast_a_SOURCES += src/feature/feature_calendar.c
libforecast_a_SOURCES += src/feature/feature_driver.c
libforecast_a_SOURCES += src/feature/feature_event.c
libforecast_a_SOURCES += src/feature/feature_group.c
libforecast_a_SOURCES += src/feature/feature_history.c
libforecast_a_SOURCES += src/feature/feature_price.c
libforecast_a_SOURCES += src/feature/feature_promotion.c

# model: how the future is guessed: one file per method
libforecast_a_SOURCES += src/model/analogue.c src/model/analogue.h
libforecast_a_SOURCES += src/model/analogue_market.c
libforecast_a_SOURCES += src/model/arima.c
libforecast_a_SOURCES += src/model/arima_kept.c src/model/arima_kept.h
libforecast_a_SOURCES += src/model/cause.c src/model/cause.h
libforecast_a_SOURCES += src/model/combine.c
libforecast_a_SOURCES += src/model/adida.c
libforecast_a_SOURCES += src/model/croston.c
libforecast_a_SOURCES += src/model/dhr.c
libforecast_a_SOURCES += src/model/drift.c
libforecast_a_SOURCES += src/model/effects.c src/model/effects.h
libforecast_a_SOURCES += src/model/ets.c
libforecast_a_SOURCES += src/model/fallback.c
libforecast_a_SOURCES += src/model/intermittent.c src/model/intermittent.h
libforecast_a_SOURCES += src/model/known.c src/model/known.h
libforecast_a_SOURCES += src/model/local.c src/model/local.h
libforecast_a_SOURCES += src/model/mean.c
libforecast_a_SOURCES += src/model/method.h
libforecast_a_SOURCES += src/model/methods.c
libforecast_a_SOURCES += src/model/watch.c
libforecast_a_SOURCES += src/model/naive.c
libforecast_a_SOURCES += src/model/parts.c src/model/parts.h
libforecast_a_SOURCES += src/model/negbin.c src/model/negbin.h
libforecast_a_SOURCES += src/model/season_index.c src/model/season_index.h
libforecast_a_SOURCES += src/model/regress.c
libforecast_a_SOURCES += src/model/regress_design.c
libforecast_a_SOURCES += src/model/regress_private.h
libforecast_a_SOURCES += src/model/regress_spread.c
libforecast_a_SOURCES += src/model/seasonal_window_mean.c
libforecast_a_SOURCES += src/model/select.c
libforecast_a_SOURCES += src/model/ses.c
libforecast_a_SOURCES += src/model/snaive.c
libforecast_a_SOURCES += src/model/spec.c src/model/spec.h
libforecast_a_SOURCES += src/model/spread.c src/model/spread.h
libforecast_a_SOURCES += src/model/stl.c
libforecast_a_SOURCES += src/model/theta.c
libforecast_a_SOURCES += src/model/trial.c src/model/trial.h
libforecast_a_SOURCES += src/model/blob.c src/model/blob.h
libforecast_a_SOURCES += src/model/held.c src/model/held.h
libforecast_a_SOURCES += src/model/calibration.c src/model/calibration.h src/model/calibration_private.h
libforecast_a_SOURCES += src/model/calibration_keep.c src/model/calibration_sums.c
libforecast_a_SOURCES += src/model/borrow.c
libforecast_a_SOURCES += src/model/calibrate.c
libforecast_a_SOURCES += src/model/blend.c
libforecast_a_SOURCES += src/model/node_panel.c src/model/node_panel.h src/model/node_panel_private.h
libforecast_a_SOURCES += src/model/node_driver.c
libforecast_a_SOURCES += src/model/reconcile.c
libforecast_a_SOURCES += src/model/tree.c src/model/tree.h
libforecast_a_SOURCES += src/num/gls.c src/num/gls.h
libforecast_a_SOURCES += src/model/tsb.c
libforecast_a_SOURCES += src/model/window_mean.c
libforecast_a_SOURCES += src/model/ahead.c src/model/ahead.h
libforecast_a_SOURCES += src/model/boost_options.c src/model/boost_options.h
if HAVE_XGBOOST
libforecast_a_SOURCES += src/model/boost.c
libforecast_a_SOURCES += src/model/boost_group.c
libforecast_a_SOURCES += src/model/boost_private.h
libforecast_a_SOURCES += src/model/boost_rows.c
libforecast_a_SOURCES += src/model/boost_spread.c
libforecast_a_SOURCES += src/model/xgb.c src/model/xgb.h
else
libforecast_a_SOURCES += src/model/boost_absent.c
endif
libforecast_a_SOURCES += src/model/zero.c

# io: the doors to files
libforecast_a_SOURCES += src/io/csvin.c src/io/csvin.h
libforecast_a_SOURCES += src/io/datum.c src/io/datum.h
libforecast_a_SOURCES += src/io/db.c src/io/db.h
libforecast_a_SOURCES += src/io/db_admin.c src/io/db_admin.h
libforecast_a_SOURCES += src/io/db_alert.c src/io/db_alert.h
libforecast_a_SOURCES += src/io/db_audit.c src/io/db_audit.h
libforecast_a_SOURCES += src/io/db_catalog.c src/io/db_catalog.h
libforecast_a_SOURCES += src/io/db_driver.c src/io/db_driver.h src/io/db_driver_column.c
libforecast_a_SOURCES += src/io/db_driver_private.h
libforecast_a_SOURCES += src/io/db_fact.c src/io/db_fact.h
libforecast_a_SOURCES += src/io/db_feed.c
libforecast_a_SOURCES += src/io/db_gate.c src/io/db_gate.h
libforecast_a_SOURCES += src/io/db_hash.c
libforecast_a_SOURCES += src/io/db_ledger.c
libforecast_a_SOURCES += src/io/db_history.c src/io/db_history.h
libforecast_a_SOURCES += src/io/db_model.c src/io/db_model.h
libforecast_a_SOURCES += src/io/db_node.c src/io/db_node.h
libforecast_a_SOURCES += src/io/db_outbox.c src/io/db_outbox.h
libforecast_a_SOURCES += src/io/db_trace.c src/io/db_trace.h
libforecast_a_SOURCES += src/io/db_panel.c src/io/db_panel.h
libforecast_a_SOURCES += src/io/db_private.h
libforecast_a_SOURCES += src/io/db_quality.c src/io/db_quality.h
libforecast_a_SOURCES += src/io/db_realised.c src/io/db_realised.h
libforecast_a_SOURCES += src/io/db_report.c src/io/db_report.h
libforecast_a_SOURCES += src/io/db_roster.c src/io/db_roster.h
libforecast_a_SOURCES += src/io/db_run.c src/io/db_run.h
libforecast_a_SOURCES += src/io/db_sales.c src/io/db_sales.h
libforecast_a_SOURCES += src/io/db_score.c src/io/db_score.h
libforecast_a_SOURCES += src/io/db_stock.c src/io/db_stock.h
libforecast_a_SOURCES += src/io/db_watch.c src/io/db_watch.h
libforecast_a_SOURCES += src/io/demo.c src/io/demo.h
libforecast_a_SOURCES += src/io/demo_faults.c
libforecast_a_SOURCES += src/io/demo_private.h
libforecast_a_SOURCES += src/io/demo_tables.c
libforecast_a_SOURCES += src/io/given.c src/io/given.h
libforecast_a_SOURCES += src/io/ingest.c src/io/ingest.h
libforecast_a_SOURCES += src/io/intake.h
libforecast_a_SOURCES += src/io/intake_invoice.c
libforecast_a_SOURCES += src/io/intake_read.c
libforecast_a_SOURCES += src/io/intake_settle.c
libforecast_a_SOURCES += src/io/intake_table.c
libforecast_a_SOURCES += src/io/map.c src/io/map.h
libforecast_a_SOURCES += src/io/map_names.c src/io/map_names.h
libforecast_a_SOURCES += src/io/schema.c
libforecast_a_SOURCES += src/io/sorter.c src/io/sorter.h
libforecast_a_SOURCES += src/io/source.c src/io/source.h
libforecast_a_SOURCES += src/io/weights.c src/io/weights.h

# eval: how a guess is judged
libforecast_a_SOURCES += src/eval/backtest.c src/eval/backtest.h
libforecast_a_SOURCES += src/eval/cells.c src/eval/cells.h
libforecast_a_SOURCES += src/eval/drift.c src/eval/drift.h
libforecast_a_SOURCES += src/eval/pooled.c src/eval/pooled.h
libforecast_a_SOURCES += src/eval/drift_bench.c src/eval/drift_bench.h
libforecast_a_SOURCES += src/eval/residual.c src/eval/residual.h
libforecast_a_SOURCES += src/eval/metric.c src/eval/metric.h
libforecast_a_SOURCES += src/eval/tiers.c src/eval/tiers.h

# stock: what a guess is worth: orders, shelves, money
libforecast_a_SOURCES += src/stock/arm.c src/stock/arm.h
libforecast_a_SOURCES += src/stock/benefit.c src/stock/benefit.h
libforecast_a_SOURCES += src/stock/cash.c src/stock/cash.h
libforecast_a_SOURCES += src/stock/cost.c src/stock/cost.h
libforecast_a_SOURCES += src/stock/cost_metric.c src/stock/cost_metric.h
libforecast_a_SOURCES += src/stock/formula.c src/stock/formula.h
libforecast_a_SOURCES += src/stock/formula_lot.c
libforecast_a_SOURCES += src/stock/formula_private.h
libforecast_a_SOURCES += src/stock/formula_replay.c
libforecast_a_SOURCES += src/stock/foresight.c src/stock/foresight.h
libforecast_a_SOURCES += src/stock/interval.c src/stock/interval.h
libforecast_a_SOURCES += src/stock/lost_sales.c src/stock/lost_sales.h
libforecast_a_SOURCES += src/stock/lotsize.c src/stock/lotsize.h
libforecast_a_SOURCES += src/stock/newsvendor.c src/stock/newsvendor.h
libforecast_a_SOURCES += src/stock/order.c src/stock/order.h
libforecast_a_SOURCES += src/stock/parameter.c src/stock/parameter.h
libforecast_a_SOURCES += src/stock/policy.c src/stock/policy.h
libforecast_a_SOURCES += src/stock/reorder.c src/stock/reorder.h
libforecast_a_SOURCES += src/stock/replay.c src/stock/replay.h
libforecast_a_SOURCES += src/stock/roi.c src/stock/roi.h
libforecast_a_SOURCES += src/stock/roi_judge.c
libforecast_a_SOURCES += src/stock/roi_private.h
libforecast_a_SOURCES += src/stock/roi_settle.c
libforecast_a_SOURCES += src/stock/roi_tornado.c
libforecast_a_SOURCES += src/stock/roi_world.c
libforecast_a_SOURCES += src/stock/service.c src/stock/service.h
libforecast_a_SOURCES += src/stock/truth.c src/stock/truth.h

# life: how it runs every night for years
libforecast_a_SOURCES += src/life/again.c src/life/again.h
libforecast_a_SOURCES += src/life/alert.c src/life/alert.h
libforecast_a_SOURCES += src/life/backtest_run.c src/life/backtest_run.h
libforecast_a_SOURCES += src/life/behave.c src/life/behave.h
libforecast_a_SOURCES += src/life/card.c src/life/card.h
libforecast_a_SOURCES += src/life/check_stage.c src/life/check_stage.h
libforecast_a_SOURCES += src/life/digest.c src/life/digest.h
libforecast_a_SOURCES += src/life/digest_gather.c src/life/digest_gather.h
libforecast_a_SOURCES += src/life/compare_run.c src/life/compare_run.h
libforecast_a_SOURCES += src/life/cost_conf.c src/life/cost_conf.h
libforecast_a_SOURCES += src/life/cost_run.c src/life/cost_run.h
libforecast_a_SOURCES += src/life/coverage.c src/life/coverage.h
libforecast_a_SOURCES += src/life/explain.c src/life/explain.h
libforecast_a_SOURCES += src/life/ingest_stage.c src/life/ingest_stage.h
libforecast_a_SOURCES += src/life/gate.c src/life/gate.h
libforecast_a_SOURCES += src/life/gate_evidence.c src/life/gate_evidence.h
libforecast_a_SOURCES += src/life/judge_run.c src/life/judge_run.h
libforecast_a_SOURCES += src/life/lock.c src/life/lock.h
libforecast_a_SOURCES += src/life/nightly.c src/life/nightly.h
libforecast_a_SOURCES += src/life/nodes.c src/life/nodes.h
libforecast_a_SOURCES += src/life/order_run.c src/life/order_run.h
libforecast_a_SOURCES += src/life/part_cache.c
libforecast_a_SOURCES += src/life/monitor.c src/life/monitor.h
libforecast_a_SOURCES += src/life/monitor_drift.c src/life/monitor_private.h
libforecast_a_SOURCES += src/life/monitor_fleet.c src/life/monitor_fleet.h
libforecast_a_SOURCES += src/life/monitor_input.c
libforecast_a_SOURCES += src/life/monitor_null.c src/life/monitor_null.h
libforecast_a_SOURCES += src/life/monitor_pooled.c src/life/monitor_pooled.h
libforecast_a_SOURCES += src/life/notify.c src/life/notify.h
libforecast_a_SOURCES += src/life/package.c src/life/package.h
libforecast_a_SOURCES += src/life/papers.c src/life/papers.h
libforecast_a_SOURCES += src/life/past.c src/life/past.h
libforecast_a_SOURCES += src/life/realise.c src/life/realise.h
libforecast_a_SOURCES += src/life/retrain.c src/life/retrain.h
libforecast_a_SOURCES += src/life/roi_keep.c src/life/roi_keep.h
libforecast_a_SOURCES += src/life/roi_run.c src/life/roi_run.h
libforecast_a_SOURCES += src/life/run.c src/life/run.h
libforecast_a_SOURCES += src/life/run_answer.c
libforecast_a_SOURCES += src/life/run_piece.c src/life/run_private.h
libforecast_a_SOURCES += src/life/guard.c src/life/guard_private.h
libforecast_a_SOURCES += src/life/guard_attempt.c
libforecast_a_SOURCES += src/life/guard_choose.c
libforecast_a_SOURCES += src/life/run_plan.c
libforecast_a_SOURCES += src/life/run_train.c
libforecast_a_SOURCES += src/life/sanity.c src/life/sanity.h
libforecast_a_SOURCES += src/life/segments.c src/life/segments.h
libforecast_a_SOURCES += src/life/settings.c src/life/settings.h
libforecast_a_SOURCES += src/life/staleness.c src/life/staleness.h
libforecast_a_SOURCES += src/life/weeks.c src/life/weeks.h
libforecast_a_SOURCES += src/life/tree.c src/life/tree.h

# report: how a result is shown
libforecast_a_SOURCES += src/report/axis.c src/report/axis.h
libforecast_a_SOURCES += src/report/digest_picture.c src/report/digest_picture.h
libforecast_a_SOURCES += src/report/digest_text.c
libforecast_a_SOURCES += src/report/digest_view.c src/report/digest_view.h
libforecast_a_SOURCES += src/report/page.c src/report/page.h
libforecast_a_SOURCES += src/report/page_figure.c
libforecast_a_SOURCES += src/report/page_private.h
libforecast_a_SOURCES += src/report/picture.c src/report/picture.h
libforecast_a_SOURCES += src/report/picture_dumb.c
libforecast_a_SOURCES += src/report/picture_private.h
libforecast_a_SOURCES += src/report/picture_score.c
libforecast_a_SOURCES += src/report/plot.c src/report/plot.h
libforecast_a_SOURCES += src/report/roi_page.c src/report/roi_page.h
libforecast_a_SOURCES += src/report/roi_picture.c src/report/roi_picture.h
libforecast_a_SOURCES += src/report/roi_view.c src/report/roi_view.h
libforecast_a_SOURCES += src/report/svg.c src/report/svg.h
libforecast_a_SOURCES += src/report/table.c src/report/table.h
libforecast_a_SOURCES += src/report/table_html.c
libforecast_a_SOURCES += src/report/table_private.h
libforecast_a_SOURCES += src/report/table_show.c
libforecast_a_SOURCES += src/report/text.c src/report/text.h

# cli: how a person asks: one file a command
bin_PROGRAMS = forecast
forecast_SOURCES =
forecast_SOURCES += src/cli/alerts_out.c src/cli/alerts_out.h
forecast_SOURCES += src/cli/backtest_age.c src/cli/backtest_age.h
forecast_SOURCES += src/cli/call.c
forecast_SOURCES += src/cli/cmd_audit.c
forecast_SOURCES += src/cli/cmd_backtest.c
forecast_SOURCES += src/cli/cmd_check.c
forecast_SOURCES += src/cli/cmd_compare.c
forecast_SOURCES += src/cli/limits.c src/cli/limits.h
forecast_SOURCES += src/cli/cmd_config.c
forecast_SOURCES += src/cli/cmd_db.c
forecast_SOURCES += src/cli/cmd_decide.c
forecast_SOURCES += src/cli/cmd_demo.c
forecast_SOURCES += src/cli/cmd_explore.c
forecast_SOURCES += src/cli/cmd_explore_effects.c
forecast_SOURCES += src/cli/cmd_explore_features.c
forecast_SOURCES += src/cli/cmd_explain.c
forecast_SOURCES += src/cli/explain_trace.c src/cli/explain_trace.h
forecast_SOURCES += src/cli/cmd_diff.c
forecast_SOURCES += src/cli/cmd_help.c
forecast_SOURCES += src/cli/cmd_ingest.c
forecast_SOURCES += src/cli/cmd_judge.c
forecast_SOURCES += src/cli/cmd_methods.c
forecast_SOURCES += src/cli/cmd_models.c src/cli/cmd_models.h
forecast_SOURCES += src/cli/cmd_models_life.c
forecast_SOURCES += src/cli/cmd_monitor.c
forecast_SOURCES += src/cli/cmd_nightly.c
forecast_SOURCES += src/cli/nightly_dry.c src/cli/nightly_dry.h
forecast_SOURCES += src/cli/cmd_order.c
forecast_SOURCES += src/cli/cmd_plot.c
forecast_SOURCES += src/cli/cmd_replay.c
forecast_SOURCES += src/cli/cmd_report.c
forecast_SOURCES += src/cli/cmd_roi.c
forecast_SOURCES += src/cli/cmd_roi_cost.c
forecast_SOURCES += src/cli/cmd_roi_formula.c
forecast_SOURCES += src/cli/cmd_roi_tradeoff.c
forecast_SOURCES += src/cli/cmd_run.c
forecast_SOURCES += src/cli/cmd_status.c
forecast_SOURCES += src/cli/cmd_status_alerts.c
forecast_SOURCES += src/cli/cmd_status_performance.c
forecast_SOURCES += src/cli/cmd_status_sources.c
forecast_SOURCES += src/cli/cmd_train.c
forecast_SOURCES += src/cli/command.h
forecast_SOURCES += src/cli/commands.c
forecast_SOURCES += src/cli/forecast_out.c src/cli/forecast_out.h
forecast_SOURCES += src/cli/help.c
forecast_SOURCES += src/cli/main.c
forecast_SOURCES += src/cli/parse.c src/cli/parse.h
forecast_SOURCES += src/cli/plot_series.c
forecast_SOURCES += src/cli/plotting.c src/cli/plotting.h
forecast_SOURCES += src/cli/report_out.c src/cli/report_out.h
forecast_SOURCES += src/cli/scope.c src/cli/scope.h
forecast_SOURCES += src/cli/stages.c src/cli/stages.h
forecast_SOURCES += src/cli/stairs.c src/cli/stairs.h
forecast_SOURCES += src/cli/sum_out.c src/cli/sum_out.h
forecast_CFLAGS = $(AM_CFLAGS)
forecast_LDADD = libforecast.a $(CSV_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(ARCHIVE_LIBS) \
	$(XGBOOST_LIBS) $(PTHREAD_LIBS) -lm

# The manual, and the completion where bash looks for it below our own prefix.
dist_man_MANS = src/cli/forecast.1
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = src/cli/completion/forecast

# The timer's units and the cron line, as examples: where they belong is the administrator's choice.
examplesdir = $(docdir)/examples
dist_examples_DATA = \
	src/cli/systemd/forecast-nightly.service \
	src/cli/systemd/forecast-nightly.timer \
	src/cli/systemd/forecast-notify@.service \
	src/cli/systemd/forecast.cron
