/*
 * Random numbers by name. A stream belongs to (master seed, key, stage) and to nothing else: not to
 * the thread, not to the order of the work, not to what other streams have drawn. One generator a
 * worker is enough, for re-seeding costs less than a microsecond.
 *
 * The seed of a stream is the first 64 bits of SHA-256(master seed, key, stage). GSL's generators
 * take 32 bits, so a stream is two of them added modulo 2^32: taus2 (L'Ecuyer 1999, period 2^88)
 * seeded by the first half and cmrg (L'Ecuyer 1996, period 2^205) by the second. Two families, so
 * that no key can make the halves cancel, and both are seeded in nanoseconds, where mt19937 needs
 * five microseconds.
 */
#ifndef NUM_RNG_H
#define NUM_RNG_H

#include <stdint.h>

struct rng; /* one generator; used by one thread at a time */

/* A generator, at the stream (0, "", ""). Free with rng_free. */
struct rng *rng_new(void);
void rng_free(struct rng *r);
/* To the beginning of a stream. `key` names what it is for ("CA_1/FOODS_1_001"), `stage` the use. */
void rng_seed(struct rng *r, uint64_t master, const char *key, const char *stage);

/* In [0, 1). */
double rng_uniform(struct rng *r);
/* Standard normal, by the ziggurat of Marsaglia and Tsang (2000). */
double rng_gaussian(struct rng *r);
/* Mean `shape` x `scale`; both > 0. */
double rng_gamma(struct rng *r, double shape, double scale);
/* Mean >= 0 (0 gives 0). */
int64_t rng_poisson(struct rng *r, double mean);
/* Negative binomial with variance mean + dispersion x mean^2, as a Poisson with a gamma mean;
 * dispersion 0 is Poisson. */
int64_t rng_negative_binomial(struct rng *r, double mean, double dispersion);
/* 1 with probability p. */
int rng_bernoulli(struct rng *r, double p);
/* Whole number in [0, n), each as likely; n >= 1. */
int rng_choice(struct rng *r, int n);

#endif
