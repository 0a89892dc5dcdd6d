/*
 * Demand classes after Syntetos, Boylan & Croston, "On the categorization of demand patterns" (2005):
 * by the mean interval between demands (ADI, cut 1.32) and the squared coefficient of variation of
 * their sizes (CV2, cut 0.49). Series that are too young to tell, or silent for long, are classes of
 * their own.
 */
#ifndef SERIES_DEMAND_CLASS_H
#define SERIES_DEMAND_CLASS_H

enum demand_class {
	CLASS_SMOOTH,       /* often, sizes alike */
	CLASS_ERRATIC,      /* often, sizes differ */
	CLASS_INTERMITTENT, /* seldom, sizes alike */
	CLASS_LUMPY,        /* seldom, sizes differ */
	CLASS_NEW,          /* first sale less than `young` periods ago */
	CLASS_DEAD,         /* no sale in the last `silent` periods, or never */
};
#define N_DEMAND_CLASS 6
/* "smooth", "erratic" ... */
const char *demand_class_name(enum demand_class c);

/*
 * Class of y[n] (NaN = not known). ADI is the number of known periods from the first sale on over
 * the number of those with a sale; CV2 the variance (divisor n) of the sizes over their squared mean.
 */
enum demand_class demand_class_of(const double *y, int n, int young, int silent);

#endif
