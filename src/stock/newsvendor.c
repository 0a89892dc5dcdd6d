/* The newsvendor over any law of demand. */
#include "config.h"
#include "stock/newsvendor.h"

#include <math.h>

struct newsvendor newsvendor_of_prices(double price, double cost, double salvage, double goodwill)
{
	return (struct newsvendor){ .over = cost - salvage, .under = price - cost + goodwill };
}

double newsvendor_ratio(const struct newsvendor *v)
{
	return v->under / (v->under + v->over);
}

double newsvendor_cost(const struct newsvendor *v, const struct law *l, double s)
{
	return v->over * law_left(l, s) + v->under * law_loss(l, s);
}

double newsvendor_best(const struct newsvendor *v, const struct law *l)
{
	double ratio = newsvendor_ratio(v);
	return ratio > 0 && ratio < 1 ? law_quantile(l, ratio) : (double)NAN;
}

double newsvendor_profit(const struct law *l, double price, double cost, double salvage, double goodwill,
			 double s)
{
	double lost = law_loss(l, s), sold = law_mean(l) - lost;
	return price * sold + salvage * law_left(l, s) - goodwill * lost - cost * s;
}

double newsvendor_myopic(const struct newsvendor *v, const struct law *l, double cost, double next,
			 double gamma_, double *expected)
{
	double ratio = (v->under + gamma_ * next - cost) / (v->under + v->over);
	double s = ratio > 0 && ratio < 1 ? law_quantile(l, ratio) : (double)NAN;
	*expected = cost * s + newsvendor_cost(v, l, s) - gamma_ * next * (s - law_mean(l));
	return s;
}
