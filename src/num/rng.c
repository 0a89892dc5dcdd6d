/*
 * Random numbers by name: see the header. The pair of generators is given to GSL as a generator
 * type of its own, so that GSL's distributions draw from it.
 */
#include "config.h"
#include "num/rng.h"

#include <stddef.h>
#include <stdlib.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/sha256.h"

#define STATE_ROOM 64 /* bytes for one GSL state: taus2 has 24, cmrg 48 */

struct rng {
	gsl_rng *pair;
};

struct pair {
	_Alignas(max_align_t) unsigned char first[STATE_ROOM];
	_Alignas(max_align_t) unsigned char second[STATE_ROOM];
};

/* GSL seeds by one number; 64 bits of it where unsigned long has them. rng_seed sets both halves. */
static void pair_set(void *state, unsigned long seed)
{
	struct pair *p = state;
	gsl_rng_taus2->set(p->first, seed);
	gsl_rng_cmrg->set(p->second, seed);
}

static unsigned long pair_get(void *state)
{
	struct pair *p = state;
	unsigned long a = gsl_rng_taus2->get(p->first);
	unsigned long b = gsl_rng_cmrg->get(p->second);
	/* cmrg has 31 bits; doubled they reach the highest one, taus2 fills the lowest. */
	return (a + 2 * b) & 0xffffffffUL;
}

static double pair_get_double(void *state)
{
	return (double)pair_get(state) / 4294967296.0;
}

static const gsl_rng_type pair_type = { "taus2+cmrg", 0xffffffffUL,     0, sizeof(struct pair),
					pair_set,     pair_get, pair_get_double };

struct rng *rng_new(void)
{
	struct rng *r = xmalloc(sizeof *r);
	if (gsl_rng_taus2->size > STATE_ROOM || gsl_rng_cmrg->size > STATE_ROOM)
		BUG("a generator of GSL has grown");
	r->pair = gsl_rng_alloc(&pair_type);
	if (!r->pair)
		BUG("GSL gives no generator");
	rng_seed(r, 0, "", "");
	return r;
}

void rng_free(struct rng *r)
{
	if (!r)
		return;
	gsl_rng_free(r->pair);
	free(r);
}

static uint32_t half(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void rng_seed(struct rng *r, uint64_t master, const char *key, const char *stage)
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	struct pair *p = gsl_rng_state(r->pair);
	sha256_init(&s);
	sha256_add_i64(&s, (int64_t)master);
	sha256_add_string(&s, key);
	sha256_add_string(&s, stage);
	sha256_end(&s, hash);
	gsl_rng_taus2->set(p->first, half(hash));
	gsl_rng_cmrg->set(p->second, half(hash + 4));
}

double rng_uniform(struct rng *r)
{
	return gsl_rng_uniform(r->pair);
}

double rng_gaussian(struct rng *r)
{
	return gsl_ran_gaussian_ziggurat(r->pair, 1.0);
}

double rng_gamma(struct rng *r, double shape, double scale)
{
	return gsl_ran_gamma(r->pair, shape, scale);
}

int64_t rng_poisson(struct rng *r, double mean)
{
	return mean > 0 ? (int64_t)gsl_ran_poisson(r->pair, mean) : 0;
}

int64_t rng_negative_binomial(struct rng *r, double mean, double dispersion)
{
	if (!(mean > 0))
		return 0;
	if (dispersion > 0)
		mean = gsl_ran_gamma(r->pair, 1 / dispersion, mean * dispersion);
	return rng_poisson(r, mean);
}

int rng_bernoulli(struct rng *r, double p)
{
	return gsl_rng_uniform(r->pair) < p;
}

int rng_choice(struct rng *r, int n)
{
	return (int)gsl_rng_uniform_int(r->pair, (unsigned long)n);
}
