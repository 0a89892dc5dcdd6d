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
	X(arima)                                                                                   \
	X(dhr)                                                                                     \
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
	X(ridge)                                                                                   \
	X(glm)                                                                                     \
	X(analogue)                                                                                \
	X(borrow)                                                                                  \
	X(boost)                                                                                   \
	X(combine)                                                                                 \
	X(select)                                                                                  \
	X(blend)                                                                                   \
	X(reconcile)                                                                               \
	X(calibrate)                                                                               \
	X(fallback)
/* clang-format on */

#define DECLARE(name) extern const struct method name##_method;
METHODS(DECLARE)

#define LIST(name) &name##_method,
const struct method *const methods[] = { METHODS(LIST) NULL };

const struct method *method_find(const char *name)
{
	for (int i = 0; methods[i]; i++)
		if (!strcmp(methods[i]->name, name))
			return methods[i];
	return NULL;
}

void methods_rest(void)
{
	for (int i = 0; methods[i]; i++)
		if (methods[i]->rest)
			methods[i]->rest();
}
