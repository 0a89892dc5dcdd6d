/*
 * The calculator against published values. Sources, by group: stockpyl's tests and docstrings (Snyder &
 * Shen, "Fundamentals of Supply Chain Theory"), inventorize, SCperf, Zheng & Federgruen 1991, Zipkin 2008,
 * and values computed with scipy 1.10.1 and an independent C program, all as the specification lists them
 * (2.1 to 2.5 and 2.7). Relative tolerance 1e-9 unless a row says how many digits were printed.
 */
#include "config.h"
#include "stock/formula.h"

#include <math.h>
#include <string.h>
#include "num/library.h"
#include "unit.h"

struct row {
	const char *formula, *words, *name;
	double value;
	double far; /* relative; 0: 1e-9 */
};

static const struct row rows[] = {
	/* 2.1 losses */
	{ "z", "k=1.3", "G", 0.04552796208651397, 0 },
	{ "z", "k=1.3", "Gbar", 1.345527962086514, 0 },
	{ "z", "k=.3", "G", 0.266761242117210, 0 },
	{ "z", "k=.3", "Gbar", 0.566761242117210, 0 },
	{ "z", "k=3.1", "G", 2.672490952231408e-04, 0 },
	{ "z", "k=3.1", "Gbar", 3.100267249095223, 0 },
	{ "loss", "mean=15 sd=3 S=18.6", "n", 0.1683073521514889, 0 },
	{ "loss", "mean=15 sd=3 S=18.6", "nbar", 3.7683073521514903, 0 },
	{ "loss", "dist=poisson mean=15 S=18", "n", 0.5176095282584724, 0 },
	{ "loss", "dist=poisson mean=15 S=18", "nbar", 3.5176095282584723, 0 },
	{ "loss", "dist=negbin r=4 p=.2 S=14", "n", 4.447304632028364, 0 },
	{ "loss", "dist=negbin r=4 p=.2 S=14", "nbar", 2.447304632028364, 0 },
	{ "loss", "dist=lognormal mean=2 sd=.3 S=10", "n", 0.283649738881062, 0 },
	{ "loss", "dist=lognormal mean=2 sd=.3 S=10", "nbar", 2.554491200971182, 0 },
	{ "loss", "dist=exponential rate=.2 S=1", "n", 4.093653765389909, 0 },
	{ "loss", "dist=exponential rate=.2 S=1", "nbar", 0.093653765389909, 0 },
	{ "loss", "dist=uniform low=2 high=8 S=4", "n", 1.3333333333, 1e-10 },
	{ "loss", "dist=uniform low=2 high=8 S=4", "nbar", 0.3333333333, 1e-9 },
	{ "z", "k=1.3", "G2", 0.01880706693657111, 0 },
	{ "loss", "mean=15 sd=3 S=18.6", "n2", 0.21486028212500707, 0 },
	{ "loss", "dist=negbin r=4 p=.2 S=14", "n2", 30.877804945158942, 0 },
	/* 2.2 newsvendor */
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8", "S", 56.603955927433887, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8", "cost", 1.997605193176645, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 S=40", "cost-at", 7.356131552870388, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 S=60", "cost-at", 2.156131552870387, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 lead-time=4", "S", 264.7668943741548, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 lead-time=4", "cost", 4.466781004149578, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 lead-time=4 S=180", "cost-at", 49.000164748034095, 0 },
	{ "newsvendor", "h=.18 p=.70 mean=50 sd=8 lead-time=3 S=120", "cost-at", 56.000000752740092, 0 },
	{ "newsvendor", "h=1 p=4 dist=poisson mean=6", "S", 8, 0 },
	{ "newsvendor", "h=1 p=4 dist=poisson mean=6", "cost", 3.570106945770946, 0 },
	{ "newsvendor", "h=1 p=4 dist=poisson mean=6 S=5", "cost-at", 6.590296024616344, 0 },
	{ "newsvendor", "h=.18 p=.7 dist=poisson mean=50", "S", 56, 0 },
	{ "newsvendor", "h=.18 p=.7 dist=poisson mean=50", "cost", 1.797235211809178, 0 },
	{ "newsvendor", "h=5e5 p=1e6 dist=pmf pmf=1:.25,2:.05,3:.1,4:.2,5:.15,6:.1,7:.1,8:.05", "S", 5, 0 },
	{ "newsvendor", "h=5e5 p=1e6 dist=pmf pmf=1:.25,2:.05,3:.1,4:.2,5:.15,6:.1,7:.1,8:.05", "cost",
	  1225000, 0 },
	{ "newsvendor", "h=5e5 p=1e6 dist=pmf pmf=1:.25,2:.05,3:.1,4:.2,5:.15,6:.1,7:.1,8:.05 S=3",
	  "cost-at", 1725000, 0 },
	{ "newsvendor", "price=1 cost=.3 salvage=.12 mean=50 sd=8", "ratio", .795454545454545, 1e-14 },
	{ "newsvendor", "price=1 cost=.3 salvage=.12 mean=50 sd=8", "S", 56.60395592743389, 0 },
	{ "newsvendor", "price=1 cost=.3 salvage=.12 mean=50 sd=8", "profit", 33.002394806823354, 0 },
	{ "newsvendor", "price=1 cost=.3 salvage=.12 dist=poisson mean=50", "S", 56, 0 },
	{ "newsvendor", "price=1 cost=.3 salvage=.12 dist=poisson mean=50", "profit", 33.20276478819082, 0 },
	{ "newsvendor", "h=.18 p=.7 cost=.3 next=.35 gamma=.98 mean=50 sd=8", "myopic-S",
	  58.09891883213067, 0 },
	{ "newsvendor", "h=.18 p=.7 cost=.3 next=.35 gamma=.98 mean=50 sd=8", "myopic-cost",
	  16.682411764618777, 0 },
	{ "newsvendor", "h=1 p=4 dist=negbin nb-r=6 nb-p=.5", "S", 9, 0 },
	{ "newsvendor", "h=1 p=4 dist=negbin nb-r=6 nb-p=.5", "cost", 5.3190307617187, 0 },
	{ "newsvendor", "h=.18 p=.7 dist=negbin mean=50 sd=12", "S", 60, 0 },
	{ "newsvendor", "h=.18 p=.7 dist=negbin mean=50 sd=12", "cost", 3.145660346237356, 0 },
	{ "newsvendor", "h=.18 p=.7 dist=negbin nb-r=26.5957446808510 nb-p=.347222222222222", "cost",
	  3.145660346237356, 0 },
	{ "newsvendor", "price=80 cost=60 salvage=45 goodwill=25 mean=1 sd=1", "ratio", .75, 0 },
	{ "newsvendor", "price=24 cost=10.9 salvage=7 mean=32000 sd=11000", "S", 40148.64011724697, 0 },
	{ "newsvendor", "price=24 cost=10.9 salvage=7 mean=32000 sd=11000", "lost", 1465.9479707745786, 0 },
	{ "newsvendor", "price=24 cost=10.9 salvage=7 mean=32000 sd=11000", "profit", 362499.18803956895, 0 },
	{ "newsvendor", "price=4 cost=1 mean=100 sd=30", "S", 120.23469250588245, 0 },
	{ "newsvendor", "price=4 cost=1 mean=100 sd=30", "cost", 38.13318872209284, 0 },
	{ "newsvendor", "price=4 cost=1 mean=100 sd=30", "profit", 261.8668112779072, 0 },
	{ "newsvendor", "price=4 cost=1 mean=100 sd=30", "fill", .955253759, 1e-9 },
	/* 2.3 lots; the published r*(300) is off its own equation by 5e-7, ours by 1e-13 */
	{ "eoq", "K=8 h=.225 d=1300", "Q", 304.0467800264368, 0 },
	{ "eoq", "K=8 h=.225 d=1300", "cost", 68.41052550594829, 0 },
	{ "eoq", "K=8 h=.225 d=1300 Q=250", "cost-at", 69.725, 0 },
	{ "eoq", "d=8000 K=12000 h=.3", "Q", 25298.221281347036, 0 },
	{ "eoq", "d=8000 K=12000 h=.3", "cost", 7589.466384404111, 0 },
	{ "eoq", "d=8000 K=12000 h=.3 b=1.1", "Q", 28540.24272050703, 0 },
	{ "eoq", "d=8000 K=12000 h=.3 b=1.1", "cost", 6727.3429269766575, 0 },
	{ "eoq", "d=8000 K=12000 h=.3 b=1.1", "max-short", 6115.766297251507, 0 },
	{ "eoq", "K=8 h=.225 d=1300 b=5", "Q", 310.81255515896464, 0 },
	{ "eoq", "K=8 h=.225 d=1300 b=5", "backordered", .0430622009569378, 0 },
	{ "eoq", "K=8 h=.225 d=1300 b=5", "cost", 66.92136355097325, 0 },
	{ "eoq", "K=8 hold-rate=.3 d=1300 breaks=0,400,800 prices=.75,.72,.68", "Q", 800, 0 },
	{ "eoq", "K=8 hold-rate=.3 d=1300 breaks=0,400,800 prices=.75,.72,.68", "region", 2, 0 },
	{ "eoq", "K=8 hold-rate=.3 d=1300 breaks=0,400,800 prices=.75,.72,.68", "cost", 978.60, 0 },
	{ "epq", "K=8 h=.225 d=1300 rate=2000", "Q", 513.9328595516969, 0 },
	{ "epq", "K=8 h=.225 d=1300 rate=2000", "cost", 40.47221268969612, 0 },
#define RQ "K=8 h=.225 p=7.5 mean=1300 sd=150 L=.083333333333333333"
	{ "rq", RQ " r=126.8 Q=328.5", "cost-at", 78.07116250928294, 0 },
	{ "rq", RQ " Q=300", "r-best", 129.4272799263067, 2e-9 },
	{ "rq", RQ, "eil-r", 213.97044213580244, 0 },
	{ "rq", RQ, "eil-Q", 318.5901810768729, 0 },
	{ "rq", RQ, "eil-cost", 95.45114022285196, 0 },
	{ "rq", RQ, "eoqb-r", 128.63781442427097, 0 },
	{ "rq", RQ, "eoqb-Q", 308.5737801203754, 0 },
	{ "rq", RQ, "eoqss-r", 190.3369965715624, 0 },
	{ "rq", RQ, "eoqss-Q", 304.0467800264368, 0 },
	{ "rq", RQ, "loss-r", 126.8670634479628, 0 },
	{ "rq", RQ, "loss-Q", 328.4491421980451, 0 },
	{ "rq", "K=100 h=20 p=150 dist=poisson mean=1.5 L=2", "r", 3, 0 },
	{ "rq", "K=100 h=20 p=150 dist=poisson mean=1.5 L=2", "Q", 5, 0 },
	{ "rq", "K=100 h=20 p=150 dist=poisson mean=1.5 L=2", "cost", 107.92358063314975, 0 },
	{ "ss", "K=5 h=1 p=4 dist=poisson mean=6", "s", 4, 0 },
	{ "ss", "K=5 h=1 p=4 dist=poisson mean=6", "S", 10, 0 },
	{ "ss", "K=5 h=1 p=4 dist=poisson mean=6", "cost", 8.034111561471644, 0 },
	{ "ss", "K=5 h=1 p=4 dist=poisson mean=6 s=4 S=10", "cost-at", 8.034111561471644, 0 },
	{ "ss", "K=2.5 h=.18 p=.7 mean=50 sd=8", "s", 40.194616956474071, 0 },
	{ "ss", "K=2.5 h=.18 p=.7 mean=50 sd=8", "S", 74.290170109805786, 0 },
	/* 2.4 service */
	{ "safety-stock", "level=.95 sd=.7 L=2", "safety-stock", 1.6283220151473432, 0 },
	{ "z", "level=.8", "z", .8416212335729143, 0 },
	{ "z", "level=.8", "G", .11163767369322544, 0 },
	{ "z", "level=.9", "z", 1.2815515655446004, 0 },
	{ "z", "level=.9", "G", .04734317537802668, 0 },
	{ "z", "level=.95", "z", 1.6448536269514722, 0 },
	{ "z", "level=.95", "G", .02089295902779771, 0 },
	{ "z", "level=.98", "z", 2.0537489106318225, 0 },
	{ "z", "level=.98", "G", .007343157668105595, 0 },
	{ "z", "level=.99", "z", 2.3263478740408408, 0 },
	{ "z", "level=.99", "G", .0033886634630496647, 0 },
	{ "fill-rate", "Q=9000 sd-lead=1386.7504905630728 fill=.97", "k", .5100950363719502, 0 },
	{ "fill-rate", "Q=9000 sd-lead=1386.7504905630728 fill=.97", "G", .19469976887505558, 0 },
	{ "fill-rate", "Q=9000 sd-lead=1386.7504905630728 fill=.97", "safety-stock", 707.3745419225904, 0 },
	{ "fill-rate", "Q=9000 sd-lead=1386.7504905630728 fill=.97", "P1", .6950075587649379, 0 },
	{ "fill-rate", "mean=100 sd=30 R=1 L=4 S=550", "P2", .9125048469623734, 0 },
	{ "fill-rate", "mean=100 sd=30 R=1 L=4 S=550", "traditional", .9113023646548965, 0 },
	{ "fill-rate", "mean=100 sd=30 R=1 L=4 S=550", "P1", .771971729874872, 0 },
	{ "fill-rate", "mean=20 sd=6 R=7 L=5 S=250", "P2", .969760910360826, 0 },
	{ "fill-rate", "mean=20 sd=6 R=7 L=5 S=250", "traditional", .969760910360826, 0 },
	{ "fill-rate", "mean=20 sd=6 R=7 L=5 S=250", "P1", .6847862492320548, 0 },
	{ "fill-rate", "dist=poisson mean=.4 R=1 L=2 S=2", "P2", .7357490535229341, 0 },
	{ "fill-rate", "dist=poisson mean=.4 R=1 L=2 S=2", "traditional", .5904463047023831, 0 },
	{ "fill-rate", "dist=poisson mean=.4 R=1 L=2 S=2", "P1", .8794870987836302, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 S=58", "P2", .9975313521134408, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 S=58", "P1", .9741995734718364, 0 },
	{ "fill-rate", "dist=negbin r=.5 p=.2 R=7 L=2 S=35", "P2", .9739834371489792, 0 },
	{ "fill-rate", "dist=negbin r=.5 p=.2 R=7 L=2 S=35", "P1", .9484445376068882, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 fill=.95", "S", 48, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 fill=.95", "P2", .9582405889438533, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 fill=.98", "S", 52, 0 },
	{ "fill-rate", "dist=poisson mean=5 R=7 L=2 fill=.98", "P2", .9842662724228551, 0 },
#define POINT(law, level, x) { "reorder-point", law " L=1 level=" level, "reorder-point", x, 0 }
	POINT("dist=poisson mean=45", ".8", 51), POINT("dist=poisson mean=45", ".9", 54),
	POINT("dist=poisson mean=45", ".95", 56), POINT("dist=poisson mean=45", ".98", 59),
	POINT("dist=poisson mean=45", ".99", 61), POINT("dist=negbin nb-r=4.5 nb-p=.2", ".8", 25),
	POINT("dist=negbin nb-r=4.5 nb-p=.2", ".9", 31), POINT("dist=negbin nb-r=4.5 nb-p=.2", ".95", 36),
	POINT("dist=negbin nb-r=4.5 nb-p=.2", ".98", 42), POINT("dist=negbin nb-r=4.5 nb-p=.2", ".99", 46),
	/* 2.5 lost sales */
#define LOST(p, l, s, c, f, m)                                                                     \
	{ "lost-sales", "dist=poisson mean=5 h=1 p=" p " L=" l, "S", s, 0 },                         \
	{ "lost-sales", "dist=poisson mean=5 h=1 p=" p " L=" l, "cost", c, 2e-7 },                   \
	{ "lost-sales", "dist=poisson mean=5 h=1 p=" p " L=" l, "fill", f, 6e-7 },                   \
	{ "lost-sales", "dist=poisson mean=5 h=1 p=" p " L=" l, "end-stock", m, 2e-7 }
	LOST("4", "1", 12, 4.162803, .927907, 2.720934), LOST("4", "3", 20, 4.974996, .875625, 2.487498),
	LOST("9", "1", 13, 5.547472, .953682, 3.463177), LOST("9", "2", 19, 6.316261, .961396, 4.579065),
	LOST("19", "3", 26, 8.604489, .977352, 6.452955),
	{ "lost-sales", "dist=poisson mean=3 L=1 S=8", "fill", .9268714185763708, 0 },
	{ "lost-sales", "dist=poisson mean=3 L=1 S=8", "end-stock", 2.4387714885417937, 0 },
	{ "lost-sales", "dist=negbin r=2 nb-p=.4 L=1 S=10", "fill", .9018660459845486, 0 },
	{ "lost-sales", "dist=negbin r=2 nb-p=.4 L=1 S=10", "end-stock", 4.588803724092701, 0 },
	/* 1.4: what the newsvendor's level costs with a lead time */
	{ "lost-sales", "dist=poisson mean=5 h=1 p=4 L=3 S=24", "cost", 5.771, 1e-4 },
	{ "lost-sales", "dist=poisson mean=5 h=1 p=19 L=3 S=28", "cost", 9.186, 1e-4 },
	/* 2.7 money */
	{ "npv", "rate=.1 flows=-10000,3000,4200,6800", "npv", 1307.287753568743, 0 },
	{ "npv", "rate=.1 flows=-10000,3000,4200,6800", "npv-spreadsheet", 1188.4434123352207, 0 },
	{ "irr", "flows=-70000,12000,15000,18000,21000,26000", "irr", .08663094803653357, 0 },
#define CASE "build=120000 run=60000 benefit=180000 rate=.10 years=3"
	{ "npv", CASE, "npv", 178422.23891810665, 0 },
	{ "npv", CASE, "irr", .8392867552141813, 0 },
	{ "npv", CASE, "payback", 1, 0 },
	{ "npv", CASE, "discounted-payback", 1.11, 0 },
	{ "npv", CASE, "roi", .8, 0 },
	{ "npv", CASE, "break-even", 108253.77643504532, 0 },
	{ "npv", CASE " benefit=120000", "npv", 29211.11945905332, 0 },
	{ "npv", CASE " benefit=240000", "npv", 327633.3583771599, 0 },
	{ "npv", CASE " build=80000", "npv", 218422.2389181066, 0 },
	{ "npv", CASE " build=240000", "npv", 58422.2389181066, 0 },
	{ "npv", CASE " rate=.06", "npv", 200761.4339, 1e-9 },
	{ "npv", CASE " rate=.15", "npv", 153987.0140, 1e-9 },
	{ "lokad", "turnover=1e9 margin=.2 service=.97 alpha=3 err=.20 err-new=.18", "benefit", 1800000, 0 },
};

/* Splits words at blanks; the text is cut up. */
static int split(char *text, const char **word)
{
	int n = 0;
	for (char *t = strtok(text, " "); t; t = strtok(NULL, " "))
		word[n++] = t;
	return n;
}

static double value_of(const char *formula, const char *words, const char *name)
{
	struct arena a = { 0 };
	struct err e;
	char text[400];
	const char *word[32];
	static struct formula_result r;
	double x = (double)NAN;
	snprintf(text, sizeof text, "%s", words);
	int n = split(text, word);
	if (formula_run(formula_find(formula), n, word, &a, &r, &e))
		fail_msg("%s %s: %s", formula, words, e.text);
	for (int k = 0; k < r.n; k++)
		if (!strcmp(r.value[k].name, name))
			x = r.value[k].x[0];
	arena_release(&a);
	return x;
}

static void published_values(void **state)
{
	(void)state;
	int wrong = 0;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		const struct row *r = &rows[k];
		double x = value_of(r->formula, r->words, r->name), far = r->far > 0 ? r->far : 1e-9;
		if (fabs(x - r->value) <= far * fabs(r->value))
			continue;
		print_error("%s %s: %s %.15g is not %.15g\n", r->formula, r->words, r->name, x, r->value);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Poisson, h 1, p 9, K 64: mean, s, S, cost to three decimals. */
static void zheng_and_federgruen(void **state)
{
	(void)state;
	static const double set[][4] = {
		{ 10, 6, 40, 35.022 },   { 15, 10, 49, 42.698 },  { 25, 19, 56, 54.262 },
		{ 30, 23, 66, 57.819 },  { 40, 33, 87, 64.512 },  { 45, 37, 97, 67.776 },
		{ 55, 47, 118, 74.149 }, { 60, 52, 129, 77.306 }, { 70, 62, 81, 79.037 },
		{ 75, 67, 86, 79.554 },
	};
	for (size_t k = 0; k < sizeof set / sizeof *set; k++) {
		char words[80];
		snprintf(words, sizeof words, "K=64 h=1 p=9 dist=poisson mean=%g", set[k][0]);
		unit_near(value_of("ss", words, "s"), set[k][1], 0);
		unit_near(value_of("ss", words, "S"), set[k][2], 0);
		unit_near(value_of("ss", words, "cost"), set[k][3], .0005);
	}
}

/* Far out: values of Zipkin's sums in long double and of the asymptotic series, worked by hand. */
static void tails_keep_their_digits(void **state)
{
	(void)state;
	/* G(8): phi(8)/64 (1 - 3/64 + 15/64^2 - 105/64^3 + 945/64^4 - ...) = 7.55026e-17. */
	unit_near(value_of("z", "k=8", "G"), 7.55026e-17, 5e-22);
	unit_near(value_of("z", "k=15", "G") / (exp(-112.5) / sqrt(2 * acos(-1)) / 225
		  * (1 - 3 / 225. + 15 / 50625. - 105 / 11390625. + 945 / 2562890625.)), 1, 2e-8);
	/* n(S) - n(S + 1) = P(D > S) for counts, also where both are tiny. */
	static const char *const law[] = { "dist=poisson mean=5", "dist=negbin r=.5 p=.1",
					   "dist=poisson mean=1000000" };
	static const double at[] = { 40, 200, 1006000 };
	/* A Poisson of a million is known to nine digits, and n there is 160 times its tail. */
	static const double far[] = { 1e-9, 1e-9, 1e-6 };
	for (int k = 0; k < 3; k++) {
		char here[80], next[80];
		snprintf(here, sizeof here, "%s S=%.0f", law[k], at[k]);
		snprintf(next, sizeof next, "%s S=%.0f", law[k], at[k] + 1);
		double tail = value_of("loss", here, "tail");
		unit_near((value_of("loss", here, "n") - value_of("loss", next, "n")) / tail, 1, far[k]);
		unit_near((value_of("loss", here, "n2") - value_of("loss", next, "n2"))
			  / value_of("loss", next, "n"), 1, far[k]);
	}
}

/* n2 sums n from the next unit on: worked as such for small laws, at, below and between units. */
static void second_order_by_sums(void **state)
{
	(void)state;
	for (int s = 0; s < 12; s++) {
		char words[80];
		double sum = 0;
		for (int k = s + 1; k < 120; k++) {
			snprintf(words, sizeof words, "dist=negbin r=1.7 nb-p=.3 S=%d", k);
			sum += value_of("loss", words, "n");
		}
		snprintf(words, sizeof words, "dist=negbin r=1.7 nb-p=.3 S=%d", s);
		unit_near(value_of("loss", words, "n2"), sum, 1e-9);
	}
	/* E[D (D - 1)] / 2 of a Poisson is lambda^2 / 2. */
	unit_near(value_of("loss", "dist=poisson mean=3 S=0", "n2"), 4.5, 1e-12);
}

static void refuses(const char *formula, const char *words, const char *part)
{
	struct arena a = { 0 };
	struct err e;
	char text[200];
	const char *word[32];
	static struct formula_result r;
	snprintf(text, sizeof text, "%s", words);
	int n = split(text, word);
	assert_int_equal(formula_run(formula_find(formula), n, word, &a, &r, &e), E_USAGE);
	if (!strstr(e.text, part))
		fail_msg("'%s' does not say '%s'", e.text, part);
	arena_release(&a);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	refuses("loss", "mean=5 sd=1", "'S' is missing");
	refuses("loss", "mean=5 sd=0 S=1", "'sd'");
	refuses("loss", "mean=five sd=1 S=1", "no number");
	refuses("loss", "mean=5 sd=1 S=1 means=3", "did you mean 'mean'");
	refuses("loss", "dist=cauchy S=1", "not one of");
	refuses("loss", "dist=negbin mean=5 sd=2 S=1", "above its mean");
	refuses("loss", "dist=pmf pmf=1:.5,2:.4 S=1", "sum to 0.9");
	refuses("newsvendor", "h=0 p=1 mean=5 sd=1", "above 0");
	refuses("lost-sales", "dist=poisson mean=50 L=6 S=400", "states");
	refuses("lost-sales", "dist=pmf pmf=0.5:.5,2:.5 L=1 S=3", "whole units");
	refuses("rq", "K=1e12 h=1e-6 p=1 dist=poisson mean=99999", "above a million");
	refuses("fill-rate", "dist=uniform low=0 high=1 L=1 S=1", "not known");
	refuses("eoq", "K=1 d=1 prices=1,2 breaks=0 hold-rate=.2", "as many breaks");
	refuses("replay", "demand=1,2,x S=3", "'demand'");
	refuses("replay", "demand=1,2 S=3 pack=1.5", "whole");
	refuses("npv", "rate=.1", "flows");
	assert_true(isnan(value_of("npv", "flows=100,100", "irr")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_values),
		cmocka_unit_test(zheng_and_federgruen),
		cmocka_unit_test(tails_keep_their_digits),
		cmocka_unit_test(second_order_by_sums),
		cmocka_unit_test(says_what_is_wrong),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
