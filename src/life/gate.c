/* The gates. */
#include "config.h"
#include "life/gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "io/db_alert.h"
#include "io/db_gate.h"
#include "io/db_model.h"
#include "io/db_panel.h"
#include "io/db_quality.h"
#include "io/db_realised.h"
#include "life/gate_evidence.h"
#include "life/papers.h"
#include "life/package.h"
#include "life/sanity.h"
#include "num/fixed_b.h"

#define SHADOW_WEEKS 4
#define SLICE_MARGIN .02
#define SMALL_MARGIN .05 /* of slices below this share of the volume */
#define COVER_ALL .02
#define COVER_SLICE .04
#define BIAS_MARGIN .01
#define SLOWER 2.        /* times the champion's CPU */
#define LONG_AGO (-4000000)

const char *gate_verdict_name(enum gate_verdict verdict)
{
	static const char *const name[] = { "pass", "fail", "insufficient", "skipped" };
	return name[verdict];
}

void gate_better(const double *champion, const double *challenger, int n, int tries, struct gate_better *out)
{
	double *d = NEW_ARRAY(double, n + 1), mean = 0;
	struct fixed_b test;
	*out = (struct gate_better){ (double)NAN, (double)NAN, GATE_P / (tries > 1 ? tries : 1), GATE_INSUFFICIENT };
	for (int k = 0; k < n; k++) {
		d[k] = champion[k] - challenger[k];
		mean += champion[k] / n;
	}
	if (n >= GATE_ORIGINS && mean > 0) {
		fixed_b_test(d, n, &test);
		out->effect = test.mean / mean;
		out->p = test.p_one;
		out->verdict = out->effect >= GATE_EFFECT && out->p < out->limit ? GATE_PASS : GATE_FAIL;
	}
	free(d);
}

/* ---- the case ---- */

struct gate_case {
	struct db *db;
	const struct config *config;
	struct arena *a;
	struct gate_report *g;
	struct model_row version, champion;
	struct evidence evidence;
};

static struct gate_row verdict(enum gate_verdict v, double value, double threshold, const char *text)
{
	return (struct gate_row){ .verdict = v, .value = value, .threshold = threshold, .text = text };
}

static struct gate_row without(enum gate_verdict v, const char *text)
{
	return verdict(v, (double)NAN, (double)NAN, text);
}

/* ---- one function a gate ---- */

static struct gate_row g_package(struct gate_case *c)
{
	struct err e = { 0 };
	enum status status = package_prove(c->db, c->version.version, &e);
	return without(status ? GATE_FAIL : GATE_PASS,
		       status ? arena_printf(c->a, "%s", e.text) : "packed, unpacked and loaded; every part is byte for byte the same");
}

static struct gate_row g_same_cells(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	if (!x->n)
		return without(GATE_INSUFFICIENT, "nothing was forecast by both");
	return verdict(x->unequal ? GATE_FAIL : GATE_PASS, x->unequal, 0,
		       arena_printf(c->a, "%d origins of %s; %d of them with other scored cells", x->n, x->basis, x->unequal));
}

static struct gate_row g_enough(struct gate_case *c)
{
	int n = c->evidence.n;
	return verdict(n >= GATE_ORIGINS ? GATE_PASS : GATE_INSUFFICIENT, n, GATE_ORIGINS,
		       arena_printf(c->a, "%d origins that both forecast; %d are wanted", n, GATE_ORIGINS));
}

static struct gate_row g_better(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	struct gate_better b;
	gate_better(x->loss[0], x->loss[1], x->n, c->g->tries, &b);
	if (b.verdict == GATE_INSUFFICIENT)
		return verdict(b.verdict, b.effect, GATE_EFFECT, "too few origins for a test");
	return verdict(b.verdict, b.effect, GATE_EFFECT,
		       arena_printf(c->a, "error %+.2f %% against the champion's, p %.4f where %.4f is wanted", -100 * b.effect, b.p,
			   b.limit));
}

static struct gate_row g_money(struct gate_case *c)
{
	if (!c->evidence.has_cost)
		return without(GATE_SKIPPED, "no scores in money: 'forecast backtest --objective cost' with both specs"
					     " makes them");
	double gain = c->evidence.cost_gain;
	return verdict(gain > -.0025 ? GATE_PASS : GATE_FAIL, gain, -.0025,
		       arena_printf(c->a, "cost of errors %+.2f %% against the champion's", -100 * gain));
}

/* Holm's step-down over the slices that are worse by more than their margin. */
static struct gate_row g_slices(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	int worst = -1;
	double least = 2;
	if (x->n < GATE_ORIGINS || !x->n_slice)
		return without(x->n < GATE_ORIGINS ? GATE_INSUFFICIENT : GATE_SKIPPED, "no slices with enough origins");
	for (int k = 0; k < x->n_slice; k++) {
		const struct evidence_slice *s = &x->slice[k];
		double margin = s->share < SMALL_MARGIN ? SMALL_MARGIN : SLICE_MARGIN;
		double *d = ARENA_ARRAY(c->a, double, x->n + 1);
		struct fixed_b test;
		for (int t = 0; t < x->n; t++)
			d[t] = s->loss[1][t] - (1 + margin) * s->loss[0][t];
		fixed_b_test(d, x->n, &test);
		if (test.p_one < least) {
			least = test.p_one;
			worst = k;
		}
	}
	double limit = .05 / x->n_slice;
	int bad = worst >= 0 && least < limit;
	return verdict(bad ? GATE_FAIL : GATE_PASS, least, limit,
		       bad ? arena_printf(c->a, "%s %s is clearly worse (p %.4f, Holm's limit %.4f)", x->slice[worst].part,
				 x->slice[worst].member, least, limit)
			   : arena_printf(c->a, "none of %d slices is clearly worse by 2 %% (small ones: 5 %%)", x->n_slice));
}

static struct gate_row g_coverage(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	if (!x->has_coverage)
		return without(x->n < GATE_ORIGINS ? GATE_INSUFFICIENT : GATE_SKIPPED, "no intervals were scored");
	double off[2];
	/* Intervals of counts hold more than they say, for no fault of the model: that weighs a third. */
	for (int k = 0; k < 2; k++)
		off[k] = x->outside[k] > .1 ? x->outside[k] - .1 : (.1 - x->outside[k]) / 3;
	int good = off[1] <= COVER_ALL || off[1] <= off[0] + .005;
	return verdict(good ? GATE_PASS : GATE_FAIL, x->outside[1], .1 + COVER_ALL,
		       arena_printf(c->a, "%.1f %% of the days lie outside the 90 %% interval, of the champion's %.1f %%",
			   100 * x->outside[1], 100 * x->outside[0]));
}

static struct gate_row g_bias(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	if (!x->has_coverage)
		return without(x->n < GATE_ORIGINS ? GATE_INSUFFICIENT : GATE_SKIPPED, "no bias was scored");
	double limit = fabs(x->bias[0]) + BIAS_MARGIN;
	return verdict(fabs(x->bias[1]) <= limit ? GATE_PASS : GATE_FAIL, x->bias[1], limit,
		       arena_printf(c->a, "bias %+.2f %%, the champion's %+.2f %%", 100 * x->bias[1], 100 * x->bias[0]));
}

static struct gate_row g_simpler(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	if (!x->simpler)
		return without(GATE_SKIPPED, "no backtest scored it beside simpler specs");
	return verdict(x->simpler_gain >= GATE_EFFECT ? GATE_PASS : GATE_FAIL, x->simpler_gain, GATE_EFFECT,
		       arena_printf(c->a, "%+.2f %% against '%s', the best of the simpler ones", -100 * x->simpler_gain, x->simpler));
}

static struct gate_row g_sanity(struct gate_case *c)
{
	struct sanity s;
	struct err e = { 0 };
	enum status status = sanity_run(c->db, c->config, &c->version, c->a, &s, &e);
	if (status)
		return without(GATE_FAIL, arena_printf(c->a, "%s", e.text));
	return verdict(s.failed ? GATE_FAIL : GATE_PASS, s.failed, 0,
		       s.failed ? arena_printf(c->a, "%d of %d checks failed: %s", s.failed, s.n, s.first_failure)
				: arena_printf(c->a, "all %d checks passed", s.n));
}

static struct gate_row g_stability(struct gate_case *c)
{
	double own, other;
	struct err e = { 0 };
	if (db_gate_change(c->db, c->version.version, &own, &other, &e) || isnan(own) || isnan(other))
		return without(GATE_SKIPPED, "too few shadow runs to tell how much the forecast would change");
	int small = other <= 1.5 * own || other < .1;
	int accepted = !small && !strcmp(config_text(c->config, "promote.accept_change"), "yes");
	return verdict(small ? GATE_PASS : accepted ? GATE_SKIPPED : GATE_FAIL, other, 1.5 * own,
		       arena_printf(c->a, "differs by %.1f %% from what is served; the champion changes by %.1f %% in a week%s",
			   100 * other, 100 * own, accepted ? "; accepted by promote.accept_change" : ""));
}

static struct gate_row g_resources(struct gate_case *c)
{
	double own, other;
	struct err e = { 0 };
	if (db_gate_cpu(c->db, c->version.version, &other, &own, &e) || isnan(own) || isnan(other))
		return without(GATE_SKIPPED, "no shadow run was timed");
	return verdict(other <= SLOWER * own + 60 ? GATE_PASS : GATE_FAIL, other, SLOWER * own + 60,
		       arena_printf(c->a, "%.1f CPU s a run, the champion %.1f", other, own));
}

static struct gate_row g_shadow(struct gate_case *c)
{
	const struct evidence *x = &c->evidence;
	if (!x->live)
		return verdict(GATE_INSUFFICIENT, x->shadow_weeks, SHADOW_WEEKS,
			       arena_printf(c->a, "%d weeks in the shadow; %d are wanted", x->shadow_weeks, SHADOW_WEEKS));
	return verdict(x->shadow_weeks >= SHADOW_WEEKS ? GATE_PASS : GATE_INSUFFICIENT, x->shadow_weeks, SHADOW_WEEKS,
		       arena_printf(c->a, "%d weeks in the shadow", x->shadow_weeks));
}

static struct gate_row g_data(struct gate_case *c)
{
	struct alert_row *row;
	struct err e = { 0 };
	int n = 0, open = 0;
	if (db_alerts(c->db, 0, c->a, &row, &n, &e))
		return without(GATE_FAIL, arena_printf(c->a, "%s", e.text));
	for (int k = 0; k < n; k++)
		open += !strcmp(row[k].grade, "ALARM") && (!strcmp(row[k].layer, "L0") || !strcmp(row[k].layer, "L1"));
	return verdict(open ? GATE_FAIL : GATE_PASS, open, 0,
		       open ? arena_printf(c->a, "%d alarms about the data are open", open) : "no alarm about the data is open");
}

static struct gate_row g_papers(struct gate_case *c)
{
	const char *missing = papers_missing(c->db, c->config, c->a);
	return without(missing ? GATE_FAIL : GATE_PASS, missing ? missing : "problem, owner and sources are told");
}

static struct gate_row g_tries(struct gate_case *c)
{
	return verdict(GATE_PASS, c->g->tries, (double)NAN,
		       arena_printf(c->a, "%d versions were held against this champion: p must be under %.4f", c->g->tries,
			   GATE_P / c->g->tries));
}

static const struct {
	const char *gate, *words;
	struct gate_row (*run)(struct gate_case *);
} gates[N_GATE] = {
	{ "G1", "package", g_package },	      { "G2", "same cells", g_same_cells },
	{ "G3", "enough evidence", g_enough },  { "G4", "better", g_better },
	{ "G5", "money", g_money },	      { "G6", "slices", g_slices },
	{ "G7", "coverage", g_coverage },     { "G8", "bias", g_bias },
	{ "G9", "simpler is not as good", g_simpler }, { "G10", "sanity", g_sanity },
	{ "G11", "stability", g_stability },  { "G12", "resources", g_resources },
	{ "G13", "shadow", g_shadow },	      { "G14", "data", g_data },
	{ "G15", "papers", g_papers },	      { "G16", "tries", g_tries },
};

/* ---- all of them ---- */

enum status gate_state(struct db *db, struct gate_report *out, struct err *e)
{
	day_t first;
	*out = (struct gate_report){ .day = DAY_NONE };
	enum status status = db_sales_span(db, DAY_NONE, &first, &out->day, e);
	if (!status)
		status = db_model_days_since(db, "promotion", &out->promoted, e);
	if (!status)
		status = db_model_days_since(db, "rollback", &out->rolled_back, e);
	out->promoted = out->promoted == DAY_NONE ? LONG_AGO : out->promoted;
	out->rolled_back = out->rolled_back == DAY_NONE ? LONG_AGO : out->rolled_back;
	return status;
}

static enum status settle(struct gate_case *c, int64_t version, struct err *e)
{
	struct err none = { 0 };
	char name[24];
	snprintf(name, sizeof name, "%lld", (long long)version);
	enum status status = gate_state(c->db, c->g, e);
	if (!status)
		status = db_model_find(c->db, name, c->a, &c->version, e);
	if (status)
		return status;
	c->g->version = version;
	if (!db_model_find(c->db, "champion", c->a, &c->champion, &none))
		c->g->against = c->champion.version;
	if (c->version.spec && strcmp(config_origin(c->config, "run.spec"), "default"))
		return err_set(e, E_USAGE, "run.spec is set (%s) and says what serves: take it out, and the champion does",
			       config_origin(c->config, "run.spec"));
	if (c->g->against == version)
		return err_set(e, E_USAGE, "version %lld is the champion already", (long long)version);
	status = db_gate_tries(c->db, version, c->g->against, &c->g->tries, e);
	return status ? status : evidence_gather(c->db, c->config, &c->version, c->g->against ? &c->champion : NULL, c->a,
						 &c->evidence, e);
}

static enum status keep(struct gate_case *c, struct err *e)
{
	struct gate_keep row[N_GATE];
	for (int k = 0; k < N_GATE; k++) {
		const struct gate_row *r = &c->g->row[k];
		row[k] = (struct gate_keep){ r->gate, gate_verdict_name(r->verdict), r->text, r->value, r->threshold };
	}
	enum status status = db_begin(c->db, e);
	if (!status)
		status = db_gates_write(c->db, c->g->version, c->g->against, c->g->day, row, N_GATE, e);
	FAILPOINT("gates.keep");
	if (!status)
		status = db_commit(c->db, e);
	if (status)
		db_rollback(c->db);
	return status;
}

enum status gates_run(struct db *db, const struct config *config, int64_t version, struct arena *a,
		      struct gate_report *out, struct err *e)
{
	struct gate_case c = { .db = db, .config = config, .a = a, .g = out };
	enum status status = settle(&c, version, e);
	if (status)
		return status;
	for (int k = 0; k < N_GATE; k++) {
		out->row[k] = gates[k].run(&c);
		out->row[k].gate = gates[k].gate;
		out->row[k].words = gates[k].words;
		out->failed += out->row[k].verdict == GATE_FAIL;
		out->insufficient += out->row[k].verdict == GATE_INSUFFICIENT;
		out->n++;
	}
	return keep(&c, e);
}

enum status gates_promote(struct db *db, const struct gate_report *g, const char *reason, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = db_model_alias(db, "champion", g->version, reason, e);
	FAILPOINT("promote.alias");
	if (!status)
		status = db_model_log(db, "promotion", g->version, g->against, reason, e);
	if (!status)
		status = db_model_unalias(db, "challenger", g->version, e);
	/* It serves all stores now; after a rollback it is not to serve some. */
	if (!status)
		status = db_model_unalias(db, "canary", g->version, e);
	FAILPOINT("promote.commit");
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}
