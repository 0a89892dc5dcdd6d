/* L2: has the whole fleet, or a store or segment as a whole, come to have other errors than before? */
#include "config.h"
#include "life/monitor_pooled.h"

#include <math.h>
#include "eval/pooled.h"

#define LASTING_BELOW 1 /* cuts after the first alert only when two weeks running are odd: they are many */

static const char *verdict_of(const struct pooled_test *t, int lasting)
{
	return t->grade == POOLED_INSUFFICIENT ? "INSUFFICIENT"
		: t->grade >= (lasting ? POOLED_LASTING : POOLED_ODD) ? "REVIEW" : "OK";
}

static const char *words_of(struct watch *w, const struct pooled_verdict *v, int net)
{
	if (net)
		return arena_printf(&w->arena, "some of %d series moved apart from the others: the errors of the middle half"
				    " lie %.2f sd apart, usually %.2f", v->n, v->quartile[2] - v->quartile[0],
				    v->usual[2] - v->usual[0]);
	return arena_printf(&w->arena, "the errors of %d series moved together: half lie between %+.2f and %+.2f sd, usually"
			    " %+.2f and %+.2f", v->n, v->quartile[0], v->quartile[2], v->usual[0], v->usual[2]);
}

static void tell(struct watch *w, const char *node, const struct pooled_verdict *v, int lasting, int served)
{
	const struct pooled_test *of[] = { &v->plain, &v->net };
	static const char *const monitor[] = { "L2.shape", "L2.shape.net" };
	int told = 0;
	for (int k = 0; k < 2; k++) {
		const char *verdict = verdict_of(of[k], lasting);
		watch_stat(w, monitor[k], node, of[k]->distance, (double)NAN, of[k]->threshold, verdict);
		if (*verdict != 'R' || told || !served)
			continue;
		told = 1;
		struct alert_row *a = watch_alert(w, "L2.shape", "REVIEW", node, words_of(w, v, k));
		a->value = of[k]->distance;
		a->threshold = of[k]->threshold;
		a->series = v->n;
	}
}

void watch_pooled(struct watch *w, const struct fleets *f)
{
	const struct drift_fleet *near = &f->fleet[CHANNEL_NEAR];
	struct pooled_cut cut[CUTS_MAX];
	int n_node = 0, node = 0;
	for (int c = 0; c < w->cuts.n_cut; c++) {
		cut[c] = (struct pooled_cut){ w->cuts.cut[c].of, w->cuts.cut[c].n_member };
		n_node += cut[c].n_group;
	}
	struct pooled_verdict *v = ARENA_ARRAY(&w->arena, struct pooled_verdict, n_node + 1);
	pooled_judge(near->z, near->n_week, near->n, cut, w->cuts.n_cut, v);
	for (int c = 0; c < w->cuts.n_cut; c++)
		for (int m = 0; m < cut[c].n_group; m++, node++) {
			const struct fleet_node at = { c, m };
			tell(w, fleet_node_name(&w->cuts, &at, &w->arena), &v[node], c >= LASTING_BELOW, f->last_served);
		}
}
