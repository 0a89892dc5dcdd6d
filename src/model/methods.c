/* The methods there are. A new one is a line in each of the two lists. */
#include "config.h"
#include "model/method.h"

#include <string.h>

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
