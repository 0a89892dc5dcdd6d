/*
 * The card of a model version, after Mitchell et al. (2019), "Model cards for model reporting", FAT* '19: details,
 * intended use, factors, metrics, evaluation data, training data, slices, caveats; out of the db and the papers.
 */
#ifndef LIFE_CARD_H
#define LIFE_CARD_H

#include "io/db_model.h"
#include "life/settings.h"

/* Adds the card as Markdown. E_INPUT: canvas.conf does not say what the model is for. */
MUST_CHECK enum status card_write(struct db *db, const struct config *config, const struct model_row *version,
				  struct arena *a, struct buf *out, struct err *e);

#endif
