/*
 * What a manager reads: the sentence in each case (proven, not proven, scenario, short window, no cash), tables
 * whose lines sum, a page with all its boxes in which hostile names are text.
 */
#include "config.h"
#include "roi_fixture.h"

#include <math.h>
#include <string.h>
#include "num/library.h"
#include "report/roi_page.h"
#include "report/roi_view.h"

static struct roi_case c;
static struct roi_scope scope;

static void open_case(void)
{
	roi_case_init(&c, 21);
	c.setup.rival = 0;
	c.setup.shadows = c.setup.tornado = 1;
	c.setup.cash = (struct cash_plan){ .build = 100, .run = 10, .people = 20, .rate = .1, .years = 3,
					   .ramp = { 1, 1, 1 } };
	c.setup.cash_told = 1;
	memset(&scope, 0, sizeof scope);
	scope.id = "0123456789ab";
	scope.data_hash = "fedcba9876543210";
	scope.currency = "EUR";
	scope.n_store = 2;
	scope.n_item = 24;
	scope.n_series = ROI_SERIES;
	for (int k = 0; k < N_PARAMETER; k++)
		scope.assumption[k] = (struct roi_assumption){ parameter_info[k].name, parameter_info[k].unit,
							       parameter_info[k].source, 1, 2, k % 2 };
}

static const char *sentence(const struct roi_result *r)
{
	static struct buf text;
	buf_clear(&text);
	roi_sentence(&scope, r, &text);
	return text.text;
}

static void says(const char *text, const char *part, int wanted)
{
	if ((strstr(text, part) != NULL) != wanted)
		fail_msg("'%s' %s '%s'", text, wanted ? "does not say" : "says", part);
}

static void the_sentence_in_each_case(void **state)
{
	(void)state;
	open_case();
	struct roi_result r = *roi_case_run(&c);
	/* 140 days are less than half a year. */
	says(sentence(&r), "nothing is put on a year", 1);
	r.benefit = (struct benefit){ .total = 12345, .low = 5000, .high = 20000, .positive = .99 };
	r.share = .1;
	says(sentence(&r), "12,300 EUR less (90 % interval 5,000 to 20,000)", 1);
	says(sentence(&r), "No proven saving", 0);
	r.benefit.low = -1;
	says(sentence(&r), "No proven saving", 1);
	r.benefit.total = -700;
	says(sentence(&r), "700 EUR more", 1);
	r.short_window = 0;
	r.plan.years = 0;
	says(sentence(&r), "set build, run and people", 1);
	r.plan = (struct cash_plan){ .build = 40000, .run = 6000, .people = 25000, .years = 3, .rate = .1 };
	r.cash.npv = -114000;
	r.cash.break_even = 50000;
	r.year = 25000;
	says(sentence(&r), "2.0 times as large", 1);
	r.year = 100000;
	says(sentence(&r), "breaks even at 50 %", 1);
	static const char *const missing[] = { "stock", "unit cost" };
	scope.scenario = 1;
	scope.missing = missing;
	scope.n_missing = 2;
	says(sentence(&r), "Scenario (stock, unit cost assumed, not yours)", 1);
	roi_case_release(&c);
}

static void money_for_people(void **state)
{
	(void)state;
	struct buf out = { 0 };
	static const struct { double x; const char *say; } row[] = {
		{ 1234567, "1,230,000" }, { -999.6, "-1,000" }, { 12.345, "12.35" }, { 0, "0" }, { 450, "450" },
	};
	for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
		buf_clear(&out);
		money_say(row[k].x, "", &out);
		assert_string_equal(out.text, row[k].say);
	}
	buf_release(&out);
}

/* Count of a needle in a text. */
static int count(const char *text, const char *needle)
{
	int n = 0;
	for (const char *t = text; (t = strstr(t, needle)); t += strlen(needle))
		n++;
	return n;
}

static void the_page_has_all_its_boxes(void **state)
{
	(void)state;
	struct buf out = { 0 };
	struct err without = { 0 }, e;
	static const char *const member[] = { "<script>alert(1)</script>", "b" };
	static int of[ROI_SERIES];
	const struct roi_cut cut = { "category", 2, member, of };
	open_case();
	for (int i = 0; i < ROI_SERIES; i++)
		of[i] = i % 2;
	c.arm[0].name = "it's <b>bold</b> `x`";
	c.setup.cut = &cut;
	c.setup.n_cut = 1;
	const struct roi_result *r = roi_case_run(&c);
	if (roi_page_write(&scope, r, NULL, &out, &without, &e))
		fail_msg("%s", e.text);
	static const char *const box[] = { "What changes", "Is it the forecast?", "What it hangs on",
					   "Where to use it", "What it rests on", "Assumptions",
					   "What this page does not claim", "What else would help", "</html>" };
	for (size_t k = 0; k < sizeof box / sizeof *box; k++)
		says(out.text, box[k], 1);
	assert_int_equal(count(out.text, "<script"), 0);
	assert_int_equal(count(out.text, "<b>bold"), 0);
	assert_int_equal(count(out.text, "<section"), count(out.text, "</section>"));
	assert_int_equal(count(out.text, "<table"), count(out.text, "</table>"));
	if (!without.code)
		assert_true(count(out.text, "<svg") >= 4);
	buf_release(&out);
	roi_case_release(&c);
}

/* The tornado holds the result: the base lies between the ends or at one, and the widest comes first. */
static void bars_hold_the_result(void **state)
{
	(void)state;
	open_case();
	const struct roi_result *r = roi_case_run(&c);
	assert_true(r->n_bar >= 5);
	for (int k = 1; k < r->n_bar; k++)
		assert_true(fabs(r->bar[k].at_high - r->bar[k].at_low)
			    <= fabs(r->bar[k - 1].at_high - r->bar[k - 1].at_low));
	for (int k = 0; k < r->n_bar; k++)
		if (!strcmp(r->bar[k].name, "benefit"))
			assert_true(r->bar[k].at_low == r->benefit.low && r->bar[k].at_high == r->benefit.high);
	assert_true(r->n_shadow >= 2);
	roi_case_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_in_each_case),
		cmocka_unit_test(money_for_people),
		cmocka_unit_test(the_page_has_all_its_boxes),
		cmocka_unit_test(bars_hold_the_result),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
