/* The methods there are, in the order in which they are listed. A new one is a line here. */
#include "config.h"
#include "model/method.h"

#include <string.h>

/* clang-format off */
#define METHODS(X)                                                                                 \
	X(zero)                                                                                    \
	X(naive)                                                                                   \
	X(snaive)                                                                                  \
	X(mean)                                                                                    \
	X(window_mean)                                                                             \
	X(seasonal_window_mean)                                                                    \
	X(drift)                                                                                   \
	X(ses)                                                                                     \
	X(ets)                                                                                     \
	X(theta)                                                                                   \
	X(otheta)                                                                                  \
	X(dotm)                                                                                    \
	X(stl)                                                                                     \
	X(croston)                                                                                 \
	X(sba)                                                                                     \
	X(tsb)                                                                                     \
	X(adida)                                                                                   \
	X(imapa)                                                                                   \
	X(negbin)                                                                                  \
	X(combine)                                                                                 \
	X(select)                                                                                  \
	X(fallback)
/* clang-format on */

#define DECLARE(name) extern const struct method name##_method;
METHODS(DECLARE)

#define LIST(name) &name##_method,
const struct method *const methods[] = { METHODS(LIST) NULL };
extern const struct method arima_method, dhr_method;
extern const struct method theta_method, otheta_method, dotm_method, stl_method;
extern const struct method zero_method, naive_method, snaive_method, mean_method, window_mean_method,
	seasonal_window_mean_method, drift_method, ses_method, combine_method, select_method,
	fallback_method;

const struct method *const methods[] = {
	&zero_method,
	&naive_method,
	&snaive_method,
	&mean_method,
	&window_mean_method,
	&seasonal_window_mean_method,
	&drift_method,
	&ses_method,
	&arima_method,
	&dhr_method,
	&theta_method,
	&otheta_method,
	&dotm_method,
	&stl_method,
	&combine_method,
	&select_method,
	&fallback_method,
	NULL,
};

const struct method *method_find(const char *name)
{
	for (int i = 0; methods[i]; i++)
		if (!strcmp(methods[i]->name, name))
			return methods[i];
	return NULL;
}
