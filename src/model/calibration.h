/*
 * One distribution a series and step around the means of any method, learnt from a trial: what the
 * method said at past origins before it knew, beside what came. Shared by calibrate, blend and
 * reconcile.
 *
 * Series are pooled by group (demand class, and level for counts) and range of steps (1-7, 8-14, 15-28,
 * 29-), for the trial has few windows that overlap.
 *
 * Quantities and large counts: an error is divided by the level times a power of mean / level, as in
 * model/spread.h; what is left by the series' own mean size of it, which is drawn towards that of its
 * group by credibility (own days n against SIZE_TRUST: Buehlmann 1967). The quantiles of what is then
 * left are the group's, drawn towards those of all (split conformal with rolling origins; Vovk et al.
 * 2005). A size used for a window's errors is made of the other windows, so that nobody looks better
 * for having been seen.
 *
 * Counts of small mean: negative binomial around the mean, its dispersion (by moments) the series' own
 * drawn towards the group's; the levels asked for are those whose randomised probability integral
 * transform had the share in the trial (Czado, Gneiting & Held 2009): what is said to lie below does.
 *
 * Sums over series (nodes) and over steps (paths) are made of the past errors themselves, which are
 * kept with two bytes each if asked for.
 */
#ifndef MODEL_CALIBRATION_H
#define MODEL_CALIBRATION_H

#include "model/blob.h"
#include "model/trial.h"

struct calibration;

/* Memory is the arena's; the trial is not needed after it. `rows`: keep the errors for nodes and paths. */
struct calibration *calibration_learn(const struct panel *past, const struct trial *,
				      const struct fit_context *, int rows, struct arena *);
/* Quantiles of `out` around its means, for each series that has a method. Nothing when n_level is 0. */
void calibration_apply(const struct calibration *, const struct panel *past, const struct fit_context *,
		       struct forecast *out);
/*
 * Quantiles of the nodes of a tier (node_of[i] -1: series i belongs to none) around node->mean: the sums
 * of the series' errors in past windows, relative to the node's size, own size drawn towards that of
 * nodes of its size. E_FIT: no errors were kept.
 */
enum status calibration_nodes(const struct calibration *, const struct panel *past,
			      const struct fit_context *, const struct tier *, struct forecast *node,
			      struct err *e);
/* As method->paths: ranks go together as in rows of past errors, the series' own and its group's. */
enum status calibration_paths(const struct calibration *, const struct panel *past,
			      const struct fit_context *, int i, const struct forecast *one, int n_path,
			      double *path, struct err *e);
/* As bytes within another blob, and back. */
void calibration_save(const struct calibration *, struct buf *out);
/* E_INPUT: it is damaged. */
enum status calibration_load(struct blob *, struct arena *, struct calibration **out, struct err *e);

#endif
