/* Safety stock and fill rates. */
#include "config.h"
#include "stock/service.h"

#include <math.h>

#define BISECTIONS 300

double service_sd(double sd, double periods, double mean, double lead_sd)
{
	return sqrt(periods * sd * sd + mean * mean * lead_sd * lead_sd);
}

double safety_stock(double level, double sd, double periods, double mean, double lead_sd)
{
	return normal_quantile(level) * service_sd(sd, periods, mean, lead_sd);
}

double fill_sq(double sd_lead, double k, double q)
{
	return 1 - sd_lead * normal_loss(k) / q;
}

double fill_sq_inverse(double fill, double sd_lead, double q)
{
	return normal_loss_inverse(q * (1 - fill) / sd_lead);
}

double fill_rs(const struct law *per, double review, double lead, double s, double *traditional)
{
	struct law all, before;
	double mean = law_mean(per) * review;
	*traditional = (double)NAN;
	if (!law_sum(per, lead + review, &all) || (lead > 0 && !law_sum(per, lead, &before)))
		return (double)NAN;
	double lost = law_loss(&all, s);
	*traditional = 1 - lost / mean;
	/* Nothing is demanded in no time: what is below 0 then was lost before. */
	double early = lead > 0 ? law_loss(&before, s) : s < 0 ? -s : 0;
	return 1 - (lost - early) / mean;
}

double cycle_rs(const struct law *per, double review, double lead, double s)
{
	struct law all;
	return law_sum(per, lead + review, &all) ? law_cdf(&all, s) : (double)NAN;
}

double fill_rs_inverse(const struct law *per, double review, double lead, double fill)
{
	double low = 0, high = 1, unused;
	if (isnan(fill_rs(per, review, lead, 0, &unused)) || !(fill < 1))
		return (double)NAN;
	while (fill_rs(per, review, lead, high, &unused) < fill) {
		low = high;
		high *= 2;
		if (high > 1e15)
			return (double)NAN;
	}
	int counts = law_counts(per);
	for (int k = 0; k < BISECTIONS && (!counts || high - low > 1); k++) {
		double middle = low + (high - low) / 2;
		if (counts)
			middle = floor(middle);
		*(fill_rs(per, review, lead, middle, &unused) < fill ? &low : &high) = middle;
	}
	if (low == 0 && fill_rs(per, review, lead, 0, &unused) >= fill)
		return 0;
	return high;
}
