/*
 * The report of an invented night with hostile names: text stays text, the page needs nothing from
 * elsewhere, the same numbers stand in page, mail and JSON, and without gnuplot the tables stay.
 * With FORECAST_KEEP=DIR the page is left there as page.html, to be looked at.
 */
#include "config.h"
#include "unit.h"
#include "base/file.h"
#include "report/axis.h"
#include "report/digest_view.h"
#include "report/page.h"
#include "report/svg.h"

#include <math.h>
#include <string.h>

#define N_PAST 56
#define N_STEP 28
#define N_SERIES 6
#define HOSTILE "x<script>alert('1')</script>&\"`date`\n$(id)"

static double past[N_SERIES + 4][N_PAST], mean[N_SERIES + 4][N_STEP];
static double quantile[N_SERIES][N_STEP * N_DEFAULT_LEVEL];
static uint8_t state[N_SERIES][N_PAST];
static double count[5][N_PAST];
static struct digest_node nodes[8];
static struct digest_series fans[N_SERIES], changes[4];
static struct score scores[4 * (N_STEP * 2 + 40)];
static struct finding finding[3];
static struct event event[2];

static const double weekday[7] = { .8, .75, .8, .9, 1.2, 1.6, 1.4 };
static const double normal[N_DEFAULT_LEVEL] = { -1.645, -1.2816, -.6745, 0, .6745, 1.2816, 1.645 };

/* A week with some noise that needs no generator: a sine whose period is no whole number of days. */
static double invented(int i, int t, double level)
{
	double x = level * weekday[t % 7] * (1 + .25 * sin(1.7 * t + i) + .1 * sin(5.3 * t * (i + 1)));
	return floor(x + .5);
}

static struct digest_node node(int i, const char *tier, const char *name, double level)
{
	struct digest_node n = { .tier = tier, .name = name, .past = past[i], .mean = mean[i] };
	for (int t = 0; t < N_PAST; t++) {
		past[i][t] = invented(i, t, level);
		n.past_sum += t >= N_PAST - N_STEP ? past[i][t] : 0;
	}
	for (int h = 0; h < N_STEP; h++) {
		mean[i][h] = level * weekday[h % 7] * (1 + .04 * (i - 3));
		n.next_sum += mean[i][h];
	}
	return n;
}

static void fill_series(void)
{
	static const char *const name[N_SERIES] = { "CA_1/FOODS_3_090", "CA_1/FOODS_3_586",
						    "CA_1/" HOSTILE, "TX_2/FOODS_3_252",
						    "TX_2/HOUSEHOLD_1_118", "WI_3/HOBBIES_1_001" };
	for (int i = 0; i < N_SERIES; i++) {
		fans[i].sum = node(i, "series", name[i], 90.0 / (i + 1));
		fans[i].state = state[i];
		fans[i].quantile = quantile[i];
		fans[i].used = (struct made_by){ "ses", i == 2 ? RUNG_SNAIVE : RUNG_SPEC, NULL };
		for (int h = 0; h < N_STEP; h++)
			for (int k = 0; k < N_DEFAULT_LEVEL; k++)
				quantile[i][h * N_DEFAULT_LEVEL + k] =
					fmax(0, mean[i][h] * (1 + (.2 + .003 * h) * normal[k]));
	}
	state[0][20] = state[0][21] = DAY_STOCKOUT;
	past[0][20] = 4;
	past[0][21] = 0;
	state[1][33] = DAY_CLOSED;
	past[1][33] = 0;
	state[2][40] = DAY_NOFEED;
	past[2][40] = (double)NAN;
	memcpy(changes, fans + 2, sizeof changes);
	nodes[0] = node(6, "total", "all", 250);
	nodes[1] = node(7, "store", "CA_1", 130);
	nodes[2] = node(8, "store", "TX_2", 80);
	nodes[3] = node(9, "store", HOSTILE, 40);
}

static int score_add(int n, const char *method, const char *part, const char *member,
		     const char *metric, double value)
{
	scores[n] = (struct score){ method, part, member, metric, value, 1000 };
	return n + 1;
}

static int fill_scores(void)
{
	static const char *const method[4] = { "champion", "snaive", "ses", "window_mean" };
	static char step[N_STEP][12], below[N_DEFAULT_LEVEL][40];
	int n = 0;
	for (int i = 0; i < 4; i++) {
		n = score_add(n, method[i], "all", "", "wape", .52 + .04 * i);
		n = score_add(n, method[i], "all", "", "bias", 1.25 - i);
		n = score_add(n, method[i], "all", "", "mase", .91 + .05 * i);
		n = score_add(n, method[i], "all", "", "rmsse", .85 + .05 * i);
		n = score_add(n, method[i], "all", "", "pinball", .31 + .01 * i);
		n = score_add(n, method[i], "all", "", "coverage_80", .79 - .03 * i);
		n = score_add(n, method[i], "bucket", "1-7", "wape", .5 + .04 * i);
		n = score_add(n, method[i], "bucket", "8-14", "wape", .51 + .04 * i);
		for (int k = 0; k < N_DEFAULT_LEVEL; k++) {
			snprintf(below[k], sizeof below[k], "atmost_%g", default_level[k]);
			n = score_add(n, method[i], "all", "", below[k],
				      default_level[k] + .03 * (0.5 - default_level[k]) * i);
		}
		for (int h = 0; h < N_STEP; h++) {
			snprintf(step[h], sizeof step[h], "%d", h + 1);
			n = score_add(n, method[i], "horizon", step[h], "wape",
				      .46 + .04 * i + .003 * h + .01 * weekday[h % 7]);
		}
	}
	return n;
}

static void fill_rest(struct digest *d)
{
	static const struct digest_count rung[] = {
		{ "seasonal naive", "fewer than 28 days with sales", HOSTILE, 31 },
		{ "own mean", "only 3 days known", "TX_2/HOBBIES_2_001", 4 }
	};
	static const struct digest_count method[] = { { "ses", NULL, NULL, 3014 },
						      { "snaive", NULL, NULL, 31 },
						      { "mean", NULL, NULL, 4 } };
	static const struct digest_batch batch[] = {
		{ "sales/2026-11-23.csv", "2026-11-24T02:30:04Z", 30490, 30490, 0, 12 },
		{ HOSTILE ".csv", "2026-11-23T02:30:05Z", 30490, 30480, 10, 0 }
	};
	static const struct digest_stage stage[] = { { "ingest", .41, .39, 44000000 },
						     { "check", .9, .88, 61000000 },
						     { "run", 12.5, 21.2, 212000000 } };
	day_t day = day_from_ymd(2026, 11, 20);
	finding[0] = (struct finding){ "ratio", SEVERITY_QUARANTINE, "CA_1", HOSTILE, day, day, 400, 4, 7,
				       "sold 400 units where 4 are usual: counted in packs?" };
	finding[1] = (struct finding){ "nofeed", SEVERITY_WARN, "TX_2", NULL, day, day + 1, NAN, NAN, 2,
				       "no rows from the store while the others report" };
	finding[2] = (struct finding){ "price", SEVERITY_NOTE, NULL, NULL, DAY_NONE, DAY_NONE, 0, NAN, 3,
				       "price of 0" };
	event[1] = (struct event){ day_from_ymd(2026, 11, 26), NULL, "Thanksgiving", "public", 1 };
	event[0] = (struct event){ day_from_ymd(2026, 10, 31), NULL, HOSTILE, "commercial", 0 };
	for (int t = 0; t < N_PAST; t++) {
		count[0][t] = t == 30 ? 2400 : 3049;
		count[1][t] = t == 30 ? 649 : 0;
		count[2][t] = t % 5;
		count[3][t] = 0;
		count[4][t] = t % 9 == 0 ? 3 : 0;
	}
	d->rung = rung;
	d->n_rung = 2;
	d->method = method;
	d->n_method = 3;
	d->batch = batch;
	d->n_batch = 2;
	d->stage = stage;
	d->n_stage = 3;
	d->finding = finding;
	d->n_finding = 3;
	d->findings[SEVERITY_NOTE] = d->findings[SEVERITY_WARN] = d->findings[SEVERITY_QUARANTINE] = 1;
	d->known = count[0];
	d->unknown = count[1];
	d->stockout = count[2];
	d->closed = count[3];
	d->found = count[4];
	d->events.event = event;
	d->events.n = 2;
}

static struct digest invented_digest(struct arena *a)
{
	struct digest d = {
		.simulated = 1, .checked = 1, .n_series = 3049, .n_store = 3, .n_past = N_PAST, .n_step = N_STEP,
		.n_level = N_DEFAULT_LEVEL, .level = default_level, .origin = day_from_ymd(2026, 11, 23),
		.run = { .seq = 41, .id = "3f9a02c1d7e4", .kind = "nightly", .state = "NOTIFIED",
			 .trigger = "timer", .started = "2026-11-24T02:30:01Z",
			 .ended = "2026-11-24T02:30:15Z", .spec = "champion", .note = "",
			 .data_hash = "9c1f", .config_hash = "77ab", .code_hash = "e01d",
			 .model_hash = "5512", .published_hash = "c0ffee", .exit_code = 3 },
		.score_run = 38, .score_note = "8 windows of 28 days", .spec = "champion",
		.floor = "snaive",
		.node = nodes, .n_node = 4, .fan = fans, .n_fan = N_SERIES, .change = changes, .n_change = 4,
		.score = scores,
	};
	fill_series();
	d.n_score = fill_scores();
	fill_rest(&d);
	digest_judge(&d, a, 0.001);
	return d;
}

static void page_of(const struct digest *d, struct buf *out, struct err *without)
{
	struct err e = { 0 };
	enum status status = page_write(d, NULL, out, without, &e);
	assert_string_equal(e.text, "");
	assert_int_equal(status, OK);
}

static int has_gnuplot(void)
{
	const char *path = getenv("PATH");
	for (const char *dir = path; dir && *dir;) {
		char file[4096];
		int n = (int)strcspn(dir, ":");
		snprintf(file, sizeof file, "%.*s/gnuplot", n, dir);
		if (file_exists(file))
			return 1;
		dir += n + (dir[n] == ':');
	}
	return 0;
}

static void page_needs_nothing(void **context)
{
	struct arena a = { 0 };
	struct buf page = { 0 };
	struct err without = { 0 };
	struct digest d = invented_digest(&a);
	(void)context;
	page_of(&d, &page, &without);
	const char *keep = getenv("FORECAST_KEEP");
	if (keep) {
		char *path = file_join(keep, "page.html");
		struct err e = { 0 };
		assert_int_equal(file_make_dir(keep, &e), OK);
		assert_int_equal(file_write(path, page.text, page.n, &e), OK);
		free(path);
	}
	assert_null(strstr(page.text, "http"));
	assert_null(strstr(page.text, "<script"));
	assert_null(strstr(page.text, "src="));
	assert_null(strstr(page.text, "@import"));
	assert_non_null(strstr(page.text, "x&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;`date` $(id)"));
	if (has_gnuplot()) {
		assert_string_equal(without.text, "");
		assert_non_null(strstr(page.text, "<svg role=\"img\" aria-label=\"All sales\""));
		assert_non_null(strstr(page.text, "var(--band90)"));
		/* Everything drawn follows light and dark (gnuplot leaves a default on empty groups). */
		assert_null(strstr(page.text, "<path stroke=\"rgb("));
		assert_null(strstr(page.text, "fill=\"rgb("));
		assert_null(strstr(page.text, " color=\"rgb("));
		assert_null(strstr(page.text, "gnuplot_plot"));
	}
	buf_release(&page);
	arena_release(&a);
}

static void every_id_once(void **context)
{
	struct arena a = { 0 };
	struct buf page = { 0 };
	struct err without = { 0 };
	struct digest d = invented_digest(&a);
	(void)context;
	page_of(&d, &page, &without);
	for (const char *c = page.text; (c = strstr(c, " id=\"")); c++) {
		char id[80];
		snprintf(id, sizeof id, "%.*s\"", (int)strcspn(c + 5, "\"") + 5, c);
		assert_null(strstr(c + 1, id));
	}
	buf_release(&page);
	arena_release(&a);
}

static void without_gnuplot(void **context)
{
	struct arena a = { 0 };
	struct buf page = { 0 };
	struct err without = { 0 };
	struct digest d = invented_digest(&a);
	(void)context;
	char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "");
	setenv("PATH", "/nonexistent", 1);
	page_of(&d, &page, &without);
	setenv("PATH", path, 1);
	free(path);
	assert_int_equal(without.code, E_IO);
	assert_string_equal(without.text,
			    "gnuplot was not found; on Debian: apt-get install gnuplot-nox");
	assert_non_null(strstr(page.text, "This page has no pictures: gnuplot was not found"));
	assert_null(strstr(page.text, "<figure"));
	assert_non_null(strstr(page.text, "TX_2/HOUSEHOLD_1_118"));
	assert_non_null(strstr(page.text, "<td class=\"num\">3049</td>"));
	buf_release(&page);
	arena_release(&a);
}

static void same_numbers(void **context)
{
	struct arena a = { 0 };
	struct buf page = { 0 }, json = { 0 }, mail = { 0 };
	struct err without = { 0 };
	struct digest d = invented_digest(&a);
	struct text_style style = { .width = 80 };
	char number[NUMBER_MAX], want[64];
	(void)context;
	page_of(&d, &page, &without);
	digest_json(&d, &json);
	digest_text(&d, &style, &mail);
	number_show(number, d.node[0].next_sum, DIGITS_WHOLE);
	snprintf(want, sizeof want, "<td class=\"num\">%s</td>", number);
	assert_non_null(strstr(page.text, want));
	assert_non_null(strstr(mail.text, number));
	struct buf exact = { 0 };
	buf_adds(&exact, "\"next\":");
	buf_add_json_number(&exact, d.node[0].next_sum);
	assert_non_null(strstr(json.text, exact.text));
	assert_non_null(strstr(json.text, "\"verdict\":\"warn\""));
	/* The mail holds no control characters but the ends of its lines, and keeps to 80 columns. */
	for (const char *line = mail.text; *line;) {
		size_t n = strcspn(line, "\n");
		for (size_t i = 0; i < n; i++)
			assert_true((unsigned char)line[i] >= 0x20);
		char *copy = xstrndup(line, n);
		assert_true(text_width(copy) <= 80);
		free(copy);
		line += n + (line[n] == '\n');
	}
	const char *keep = getenv("FORECAST_KEEP");
	if (keep)
		printf("%s\n", mail.text);
	buf_release(&exact);
	buf_release(&page);
	buf_release(&json);
	buf_release(&mail);
	arena_release(&a);
}

static void verdicts(void **context)
{
	struct arena a = { 0 };
	struct digest d = invented_digest(&a);
	(void)context;
	assert_int_equal(d.verdict, VERDICT_WARN);
	d.run.exit_code = 4;
	digest_judge(&d, &a, 0.001);
	assert_int_equal(d.verdict, VERDICT_BAD);
	assert_string_equal(d.remark[0], "The forecasts were made but held back; the earlier ones stay in"
					 " force.");
	d.run.exit_code = 0;
	memset(d.findings, 0, sizeof d.findings);
	d.n_rung = 0;
	digest_judge(&d, &a, 0.001);
	assert_int_equal(d.verdict, VERDICT_GOOD);
	d.findings[SEVERITY_BLOCK] = 1;
	digest_judge(&d, &a, 0.001);
	assert_int_equal(d.verdict, VERDICT_BAD);
	arena_release(&a);
}

static void svg_is_cleaned(void **context)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	(void)context;
	assert_int_equal(svg_inline("<?xml version=\"1.0\"?>\n<svg width=\"9\" height=\"8\" viewBox=\"0 0 9 8\""
				    " xmlns=\"http://www.w3.org/2000/svg\">\n<title>t</title><g id='p1'>"
				    "<use xlink:href='#gpPt5' color='rgb(213,  94,   0)'/>"
				    "<text fill=\"#123456\">a &lt;b> rgb(213, 94, 0)</text></g></svg>\n",
				    "fan", "a \"b\"", &out, &e), OK);
	assert_string_equal(out.text, "<svg role=\"img\" aria-label=\"a &quot;b&quot;\" viewBox=\"0 0 9 8\">\n"
			    "<g id=\"fan-p1\"><use href=\"#fan-gpPt5\" color=\"var(--alert)\"/>"
			    "<text fill=\"#123456\">a &lt;b> rgb(213, 94, 0)</text></g></svg>\n");
	buf_clear(&out);
	assert_int_equal(svg_inline("no picture", "fan", "", &out, &e), E_BUG);
	assert_int_equal(svg_inline("<svg a='1", "fan", "", &out, &e), E_BUG);
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_needs_nothing),
		cmocka_unit_test(every_id_once),
		cmocka_unit_test(without_gnuplot),
		cmocka_unit_test(same_numbers),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(svg_is_cleaned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
