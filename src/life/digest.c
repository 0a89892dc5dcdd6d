/*
 * The digest of a night: its verdict, and looking things up in it. The verdict follows the table of
 * exit codes: what pages a person is bad, what notifies is worth a look.
 */
#include "config.h"
#include "life/digest.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *verdict_name(enum verdict verdict)
{
	static const char *const name[] = { "good", "warn", "bad" };
	return name[verdict];
}

double digest_score(const struct digest *d, const char *method, const char *part, const char *member,
		    const char *metric)
{
	for (int i = 0; i < d->n_score; i++) {
		const struct score *s = &d->score[i];
		if (!strcmp(s->metric, metric) && !strcmp(s->method, method) && !strcmp(s->part, part) &&
		    !strcmp(s->member, member))
			return s->value;
	}
	return (double)NAN;
}

int digest_methods(const struct digest *d, struct arena *a, const char *const **out)
{
	const char **name = ARENA_ARRAY(a, const char *, d->n_score + 1);
	int n = 0;
	for (int i = 0; i < d->n_score; i++) {
		int known = 0;
		for (int k = 0; k < n && !known; k++)
			known = !strcmp(name[k], d->score[i].method);
		if (!known)
			name[n++] = d->score[i].method;
	}
	*out = name;
	return n;
}

/* Remarks as they are found; the gravest verdict stands. */
struct judge {
	struct digest *d;
	struct arena *a;
	const char *remark[3][16]; /* by verdict */
	int n[3];
};

static void remark(struct judge *j, enum verdict verdict, const char *format, ...) PRINTF(3, 4);
static void remark(struct judge *j, enum verdict verdict, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (verdict > j->d->verdict)
		j->d->verdict = verdict;
	if (j->n[verdict] < 16)
		j->remark[verdict][j->n[verdict]++] = arena_strdup(j->a, text);
}

static void judge_run(struct judge *j)
{
	const struct digest_run *run = &j->d->run;
	switch (run->exit_code) {
	case -1:
		remark(j, VERDICT_BAD, "The run has not ended: what is shown is what it has made so far.");
		break;
	case 0:
	case 3:
		break;
	case 4:
		remark(j, VERDICT_BAD, "The forecasts were made but held back; the earlier ones stay in force.");
		break;
	default:
		remark(j, VERDICT_BAD, "The run ended in state %s with exit code %d.", run->state,
		       run->exit_code);
	}
	if (*run->note)
		remark(j, run->exit_code ? VERDICT_WARN : VERDICT_GOOD, "%s", run->note);
}

static void judge_fallbacks(struct judge *j, double warn_share)
{
	const struct digest *d = j->d;
	int fallen = 0;
	for (int i = 0; i < d->n_rung; i++)
		fallen += d->rung[i].series;
	if (!fallen)
		return;
	double share = (double)fallen / (d->n_series > 0 ? d->n_series : 1);
	/* A few in a million have a digit too; %g would write 100 as 1e+02. */
	char percent[24];
	snprintf(percent, sizeof percent, share < .095 ? "%.2g" : "%.0f", 100 * share);
	remark(j, share > warn_share ? VERDICT_WARN : VERDICT_GOOD,
	       "%d of %d series (%s %%) got their forecast from a simpler method than chosen.", fallen,
	       d->n_series, percent);
}

static void judge_findings(struct judge *j)
{
	const int64_t *n = j->d->findings;
	if (!j->d->checked)
		remark(j, VERDICT_WARN, "The data have not been checked.");
	if (n[SEVERITY_BLOCK])
		remark(j, VERDICT_BAD, "%lld finding%s in the data should stop a forecast.",
		       (long long)n[SEVERITY_BLOCK], n[SEVERITY_BLOCK] == 1 ? "" : "s");
	if (n[SEVERITY_QUARANTINE])
		remark(j, VERDICT_WARN, "%lld finding%s kept values out of what the methods learn from.",
		       (long long)n[SEVERITY_QUARANTINE], n[SEVERITY_QUARANTINE] == 1 ? "" : "s");
	if (n[SEVERITY_WARN])
		remark(j, VERDICT_WARN, "%lld warning%s about the data.", (long long)n[SEVERITY_WARN],
		       n[SEVERITY_WARN] == 1 ? "" : "s");
}

static void judge_alerts(struct judge *j)
{
	if (j->d->alarms)
		remark(j, VERDICT_WARN, "%d alarm%s open.", j->d->alarms, j->d->alarms == 1 ? " is" : "s are");
}

static void judge_scores(struct judge *j)
{
	const struct digest *d = j->d;
	if (!d->n_score) {
		remark(j, VERDICT_GOOD, "No backtest has been run yet, so nothing is known of the accuracy.");
		return;
	}
	double own = digest_score(d, d->spec, "all", "", "wape");
	double floor = digest_score(d, d->floor, "all", "", "wape");
	if (strcmp(d->spec, d->floor) && own > floor)
		remark(j, VERDICT_WARN, "In the last backtest %s was worse than %s (WAPE %.1f %% against"
		       " %.1f %%).", d->spec, d->floor, 100 * own, 100 * floor);
}

void digest_judge(struct digest *d, struct arena *a, double warn_share)
{
	struct judge j = { .d = d, .a = a };
	int n = 0;
	d->verdict = VERDICT_GOOD;
	judge_run(&j);
	judge_findings(&j);
	judge_fallbacks(&j, warn_share);
	judge_alerts(&j);
	judge_scores(&j);
	if (d->simulated)
		remark(&j, VERDICT_GOOD, "The sales are invented (forecast demo).");
	const char **all = ARENA_ARRAY(a, const char *, j.n[0] + j.n[1] + j.n[2] + 1);
	for (int v = VERDICT_BAD; v >= VERDICT_GOOD; v--)
		for (int i = 0; i < j.n[v]; i++)
			all[n++] = j.remark[v][i];
	d->remark = all;
	d->n_remark = n;
}
