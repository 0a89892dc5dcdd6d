/* The options of method `boost`, which a spec may give whether or not the program has XGBoost. */
#ifndef MODEL_BOOST_OPTIONS_H
#define MODEL_BOOST_OPTIONS_H

#include "base/option.h"

extern const struct option boost_options[];

#endif
