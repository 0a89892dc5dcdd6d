/* Rules of the check: one fault of each kind in a feed that has no other. */
#include "config.h"
#include "unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "feed.h"

#define DAYS 200

/* A feed of two stores and ten items with one value changed. */
static void make_with(struct made_feed *m, int item, int day, double units)
{
	made_init(m, 2, 10, DAYS);
	*made_at(m, 0, item, day) = units;
}

static void a_gap_is_told(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	make_with(&m, 3, 50, (double)NAN);
	*made_at(&m, 0, 3, 60) = (double)NAN;
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_finding, 1);
	assert_int_equal(made_found(&r, "gap", &f), 1);
	assert_string_equal(f->item, "I3");
	assert_int_equal(f->cases, 2);
	assert_int_equal(f->day, m.scope.first + 50);
	assert_true(r.dense);
	made_release(&m);
}

static void sparse_feeds_have_no_gaps(void **state)
{
	struct made_feed m;
	struct check_result r;
	(void)state;
	made_init(&m, 2, 10, DAYS);
	for (int d = 0; d < DAYS; d++)
		for (int i = 0; i < 10; i++)
			if ((d * 3 + i) % 4 == 0)
				*made_at(&m, 0, i, d) = *made_at(&m, 1, i, d) = (double)NAN;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "gap", NULL), 0);
	assert_false(r.dense);
	made_release(&m);
}

static void a_negative_is_told(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	make_with(&m, 2, 70, -3);
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_finding, 1);
	assert_int_equal(made_found(&r, "negative", &f), 1);
	assert_true(f->value == -3);
	made_release(&m);
}

static void a_spike_is_told_once(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	make_with(&m, 4, 120, 200);
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_finding, 1);
	assert_int_equal(made_found(&r, "spike", &f), 1);
	assert_int_equal(f->cases, 1);
	assert_int_equal(f->day, m.scope.first + 120);
	assert_true(f->expected == 10);
	assert_int_equal(r.n_series_day, 0);
	made_release(&m);
}

static void a_promotion_is_no_spike(void **state)
{
	struct made_feed m;
	struct check_result r;
	(void)state;
	make_with(&m, 4, 120, 200);
	for (int d = 121; d < 130; d++)
		*made_at(&m, 0, 4, d) = 200;
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_finding, 0);
	made_release(&m);
}

/* The unit bug of lifecycle S9: some series come in hundreds of the unit. */
static void changed_units_are_found_one_by_one(void **state)
{
	(void)state;
	for (int days = 1; days <= 7; days += 3) {
		struct made_feed m;
		struct check_result r;
		const struct finding *f;
		made_init(&m, 10, 50, DAYS);
		for (int s = 0; s < 10; s++)
			for (int d = DAYS - days; d < DAYS; d++)
				*made_at(&m, s, 7, d) *= 100;
		made_check(&m, NULL, &r);
		assert_int_equal(made_found(&r, "ratio", &f), 10);
		assert_int_equal(r.n_finding, 10);
		assert_int_equal(f->severity, SEVERITY_BLOCK); /* 10 of 500 is above a hundredth */
		assert_int_equal(check_exit_code(&r, 0), 5);
		made_release(&m);
	}
}

static void few_changed_units_are_quarantined(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	made_init(&m, 10, 50, DAYS);
	*made_at(&m, 3, 8, DAYS - 1) /= 100; /* fractions of what was whole */
	*made_at(&m, 4, 8, DAYS - 2) *= 100;
	*made_at(&m, 4, 8, DAYS - 1) *= 100;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "ratio", &f), 2);
	assert_int_equal(f->severity, SEVERITY_QUARANTINE);
	assert_int_equal(check_exit_code(&r, 0), 0);
	assert_int_equal(r.n_series_day, 3);
	assert_int_equal(r.series_day[0].state, DAY_MISSING);
	assert_int_equal(r.series_day[0].series, 5000008);
	made_release(&m);
}

static void a_lasting_change_is_a_shift(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	made_init(&m, 2, 10, DAYS);
	for (int d = 100; d < DAYS; d++)
		*made_at(&m, 1, 5, d) *= 100;
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_finding, 1);
	assert_int_equal(made_found(&r, "shift", &f), 1);
	assert_int_equal(f->day, m.scope.first + 100);
	made_release(&m);
}

static void lists_make_unknowns(void **state)
{
	struct made_feed m;
	struct check_result r;
	uint8_t stores[] = { DECLARED_YES, DECLARED_NOT }, items[20];
	(void)state;
	made_init(&m, 2, 10, DAYS);
	memset(items, DECLARED_YES, sizeof items);
	items[4] = items[14] = DECLARED_NOT;
	m.scope.store_declared = stores;
	m.scope.item_declared = items;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "unknown", NULL), 2);
	assert_int_equal(r.n_finding, 2);
	made_release(&m);
}

static void facts_become_findings(void **state)
{
	struct made_feed m;
	struct check_result r;
	struct feed_reject reject[] = {
		{ "in/sales.csv", "", "duplicate of line 3", "", 4, 2 },
		{ "in/sales.csv", "units", "units 'abc' is not a number", "abc", 9, 1 },
	};
	struct feed_price price = { 3, 2, 0, -1 };
	struct feed_span span = { "events.csv", 0, 0 };
	const struct finding *f;
	(void)state;
	made_init(&m, 2, 10, DAYS);
	price.day = m.scope.first;
	span.until = m.scope.last + 27;
	m.facts.reject = reject;
	m.facts.n_reject = 2;
	m.facts.price = &price;
	m.facts.n_price = 1;
	m.facts.span = &span;
	m.facts.n_span = 1;
	m.input.today = m.scope.last - 1;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "duplicate", &f), 1);
	assert_int_equal(f->cases, 2);
	assert_non_null(strstr(f->text, "sales.csv:4"));
	assert_int_equal(made_found(&r, "reject", NULL), 1);
	assert_int_equal(made_found(&r, "price", &f), 1);
	assert_string_equal(f->item, "I3");
	assert_int_equal(made_found(&r, "event-horizon", NULL), 1);
	assert_int_equal(made_found(&r, "future", &f), 1);
	assert_int_equal(f->severity, SEVERITY_BLOCK);
	assert_int_equal(r.n_finding, 5);
	made_release(&m);
}

static void age_is_measured_from_today_when_the_feed_is_live(void **state)
{
	struct made_feed m;
	struct check_result r;
	(void)state;
	made_init(&m, 2, 10, DAYS);
	m.input.today = m.scope.last + 5;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "stale", NULL), 0); /* a feed of the past */
	made_release(&m);
	made_init(&m, 2, 10, DAYS);
	m.input.today = m.scope.last + 5;
	m.facts.lag = 1;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "stale", NULL), 1);
	assert_int_equal(check_exit_code(&r, 0), 3);
	made_release(&m);
}

static void a_halved_last_day_is_a_volume(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	made_init(&m, 2, 200, DAYS);
	for (int i = 0; i < 80; i++)
		*made_at(&m, 0, i, DAYS - 1) = *made_at(&m, 1, i, DAYS - 1) = (double)NAN;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "volume", &f), 1);
	assert_int_equal(f->severity, SEVERITY_WARN);
	assert_true(f->value == 240 && f->expected == 400);
	made_release(&m);
	made_init(&m, 2, 200, DAYS);
	for (int i = 0; i < 120; i++)
		*made_at(&m, 0, i, DAYS - 1) = *made_at(&m, 1, i, DAYS - 1) = (double)NAN;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "volume", &f), 1);
	assert_int_equal(f->severity, SEVERITY_BLOCK);
	made_release(&m);
}

/* The last day has numbers of its own, then those of three days before. */
static void a_day_sent_again_is_a_copy(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	for (int copied = 0; copied < 2; copied++) {
		made_init(&m, 2, 20, DAYS);
		/* Days that do not repeat: the feed as made does every fifth day, and is no copy for it. */
		for (int d = 0; d < DAYS; d++)
			for (int i = 0; i < 40; i++)
				*made_at(&m, i / 20, i % 20, d) = 5 + (i * i + 3 * d * i + d * d) % 17;
		for (int i = 0; copied && i < 40; i++)
			*made_at(&m, i / 20, i % 20, DAYS - 1) = *made_at(&m, i / 20, i % 20, DAYS - 4);
		made_check(&m, NULL, &r);
		assert_int_equal(made_found(&r, "copy", &f), copied);
		if (!copied)
			made_release(&m);
	}
	assert_true(f->value == 1 && f->cases == 40);
	made_release(&m);
}

static void stock_rows_make_stockouts(void **state)
{
	struct made_feed m;
	struct check_result r;
	const int32_t series[] = { 0, 1, 2, 3, 4 };
	const double on_hand[] = { 0, 5, (double)NAN, (double)NAN, -2 };
	const double hours_out[] = { (double)NAN, (double)NAN, 8, 1, (double)NAN };
	const double hours_open[] = { (double)NAN, (double)NAN, 16, 16, (double)NAN };
	(void)state;
	made_init(&m, 2, 10, DAYS);
	const struct feed_day stock = { .day = m.scope.first + 90, .n_stock = 5, .stock_series = series,
					.on_hand = on_hand, .hours_out = hours_out,
					.hours_open = hours_open };
	made_check(&m, &stock, &r);
	assert_int_equal(r.n_series_day, 3);
	assert_int_equal(r.series_day[0].series, 1000000);
	assert_int_equal(r.series_day[1].series, 1000002);
	assert_int_equal(r.series_day[2].series, 1000004);
	assert_int_equal(r.series_day[2].state, DAY_STOCKOUT);
	/* Stock at the day's begin: who sold was not out of it. */
	m.input.stock_at = STOCK_OPEN;
	made_check(&m, &stock, &r);
	assert_int_equal(r.n_series_day, 1);
	made_release(&m);
}

static void silence_of_a_fast_seller_is_no_chance(void **state)
{
	struct made_feed m;
	struct check_result r;
	(void)state;
	made_init(&m, 1, 10, DAYS);
	for (int d = 100; d < 104; d++)
		*made_at(&m, 0, 6, d) = 0;
	m.input.silent = SILENT_STATE;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "stockout", NULL), 1);
	assert_int_equal(r.n_series_day, 4);
	for (int k = 0; k < 4; k++) {
		assert_int_equal(r.series_day[k].day, m.scope.first + 100 + k);
		assert_string_equal(r.series_day[k].basis, "silent");
	}
	made_release(&m);
}

static void contracts_are_written_and_read(void **state)
{
	struct made_feed m;
	struct check_result r;
	struct contract c;
	struct buf text = { 0 }, again = { 0 };
	struct err e = { 0 };
	(void)state;
	made_init(&m, 2, 10, DAYS);
	made_check(&m, NULL, &r);
	assert_true(r.contract.units_whole);
	assert_true(r.contract.units_max == 50); /* 12 seen; 48 and up to the next round number */
	contract_write(&r.contract, &r.profile, &text);
	assert_int_equal(file_write("contract-test.conf", text.text, text.n, &e), OK);
	contract_init(&c);
	assert_int_equal(contract_read(&c, "contract-test.conf", &e), OK);
	contract_write(&c, &r.profile, &again);
	assert_string_equal(text.text, again.text);
	remove("contract-test.conf");
	buf_release(&text);
	buf_release(&again);
	made_release(&m);
}

static void contracts_are_held(void **state)
{
	struct made_feed m;
	struct check_result r;
	struct contract c;
	const struct finding *f;
	(void)state;
	make_with(&m, 4, 120, 13.5);
	contract_init(&c);
	c.units_max = 13;
	c.units_whole = 1;
	c.severity[CHECK_RANGE] = SEVERITY_BLOCK;
	m.input.contract = &c;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "range", &f), 2);
	assert_int_equal(check_exit_code(&r, 0), 5);
	c.units_mostly = .99;
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "range", &f), 0);
	made_release(&m);
}

static void wrong_contracts_are_refused(void **state)
{
	static const char *const text[][2] = {
		{ "[ratio]\nlimt = 3\n", "did you mean 'ratio.limit'" },
		{ "[ratio]\nlimit = many\n", "contract-wrong.conf:2" },
		{ "[ratio]\nshare = 2\n", "out of bounds" },
		{ "[units]\nwhole = maybe\n", "neither yes nor no" },
		{ "[severity]\ngap = fatal\n", "note, warn" },
		{ "[freshness]\nmax_age = 1.5\n", "out of bounds" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		struct contract c;
		struct err e = { 0 };
		contract_init(&c);
		assert_int_equal(file_write("contract-wrong.conf", text[i][0], strlen(text[i][0]), &e), OK);
		assert_int_equal(contract_read(&c, "contract-wrong.conf", &e), E_USAGE);
		assert_non_null(strstr(e.text, text[i][1]));
	}
	remove("contract-wrong.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gap_is_told),
		cmocka_unit_test(sparse_feeds_have_no_gaps),
		cmocka_unit_test(a_negative_is_told),
		cmocka_unit_test(a_spike_is_told_once),
		cmocka_unit_test(a_promotion_is_no_spike),
		cmocka_unit_test(changed_units_are_found_one_by_one),
		cmocka_unit_test(few_changed_units_are_quarantined),
		cmocka_unit_test(a_lasting_change_is_a_shift),
		cmocka_unit_test(lists_make_unknowns),
		cmocka_unit_test(facts_become_findings),
		cmocka_unit_test(age_is_measured_from_today_when_the_feed_is_live),
		cmocka_unit_test(a_halved_last_day_is_a_volume),
		cmocka_unit_test(a_day_sent_again_is_a_copy),
		cmocka_unit_test(stock_rows_make_stockouts),
		cmocka_unit_test(silence_of_a_fast_seller_is_no_chance),
		cmocka_unit_test(contracts_are_written_and_read),
		cmocka_unit_test(contracts_are_held),
		cmocka_unit_test(wrong_contracts_are_refused),
	};
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
