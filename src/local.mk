# Sources, grouped as the folders are; src/LAYERS says what each may include.
noinst_LIBRARIES = libforecast.a
libforecast_a_CFLAGS = $(AM_CFLAGS)
libforecast_a_CPPFLAGS = $(AM_CPPFLAGS) $(GSL_CFLAGS) $(SQLITE_CFLAGS) $(ARCHIVE_CFLAGS)
libforecast_a_SOURCES =

# base: words C lacks; knows nothing of forecasting
libforecast_a_SOURCES += \
	src/base/banned.h \
	src/base/buf.c src/base/buf.h \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/ini.c src/base/ini.h \
	src/base/json.c src/base/json.h \
	src/base/log.c src/base/log.h \
	src/base/mem.c src/base/mem.h \
	src/base/option.c src/base/option.h \
	src/base/par.c src/base/par.h \
	src/base/process.c src/base/process.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/symtab.c src/base/symtab.h

# num: numbers in arrays; knows nothing of shops
libforecast_a_SOURCES += \
	src/num/library.c src/num/library.h \
	src/num/rng.c src/num/rng.h \
	src/num/stat.c src/num/stat.h

# series: what flows: the nouns
libforecast_a_SOURCES += \
	src/series/calendar.c src/series/calendar.h \
	src/series/events.c src/series/events.h \
	src/series/feed.h \
	src/series/finding.c src/series/finding.h \
	src/series/forecast.c src/series/forecast.h \
	src/series/hierarchy.c src/series/hierarchy.h \
	src/series/holiday_rules.c src/series/holiday_rules.h \
	src/series/panel.c src/series/panel.h

# quality: is what came in fit to use
libforecast_a_SOURCES += \
	src/quality/state.c src/quality/state.h \
	src/quality/watch.c src/quality/watch.h

# model: how the future is guessed: one file per method
libforecast_a_SOURCES += \
	src/model/drift.c \
	src/model/fallback.c \
	src/model/known.c src/model/known.h \
	src/model/local.c src/model/local.h \
	src/model/mean.c \
	src/model/method.h \
	src/model/methods.c \
	src/model/naive.c \
	src/model/seasonal_window_mean.c \
	src/model/ses.c \
	src/model/snaive.c \
	src/model/spec.c src/model/spec.h \
	src/model/window_mean.c \
	src/model/zero.c

# io: the doors to files
libforecast_a_SOURCES += \
	src/io/db.c src/io/db.h src/io/db_private.h \
	src/io/db_catalog.h \
	src/io/db_hash.c \
	src/io/db_panel.c src/io/db_panel.h \
	src/io/db_model.c src/io/db_model.h \
	src/io/db_run.c src/io/db_run.h \
	src/io/schema.c

# eval: how a guess is judged

# life: how it runs every night for years
libforecast_a_SOURCES += \
	src/life/config.c src/life/config.h \
	src/life/lock.c src/life/lock.h \
	src/life/run.c src/life/run.h \
	src/life/run_plan.c

# report: how a result is shown
libforecast_a_SOURCES += \
	src/report/table.c src/report/table.h src/report/table_private.h src/report/table_show.c \
	src/report/text.c src/report/text.h

# cli: how a person asks: one file a command
bin_PROGRAMS = forecast
forecast_SOURCES = \
	src/cli/call.c \
	src/cli/cmd_help.c \
	src/cli/command.h \
	src/cli/commands.c \
	src/cli/help.c \
	src/cli/main.c \
	src/cli/parse.c src/cli/parse.h
forecast_CFLAGS = $(AM_CFLAGS)
forecast_LDADD = libforecast.a $(CSV_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(ARCHIVE_LIBS) \
	$(PTHREAD_LIBS) -lm
