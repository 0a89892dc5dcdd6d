/* A calibration as bytes, and back. */
#include "config.h"
#include "model/calibration_private.h"

#include <math.h>
#include <string.h>

static int is_of_counts(int g)
{
	return g < GROUP_WHOLE || g == GROUP_ALL_COUNTS;
}

/* What a group without cases of its own says. */
static struct group unused(const struct calibration *c, int g)
{
	const struct group *all = &c->group[calibration_group_of_all(g)];
	return (struct group){ .power = .5, .size = all->size, .dispersion = all->dispersion };
}

static int is_used(const struct calibration *c, int g)
{
	const struct group *own = &c->group[g];
	struct group other = unused(c, g);
	int used = g >= GROUP_ALL_COUNTS || memcmp(&own->power, &other.power, sizeof own->power)
		|| memcmp(&own->size, &other.size, sizeof own->size)
		|| memcmp(&own->dispersion, &other.dispersion, sizeof own->dispersion);
	for (int r = 0; r < RANGES; r++)
		used = used || own->pool[r].n;
	return used;
}

static void save_pool(const struct pool *p, int counts, struct buf *out)
{
	const float *value = counts ? p->below : p->quantile;
	blob_put(out, (uint64_t)p->n);
	for (int k = 0; p->n && k < (counts ? PIT_CELLS : GRID); k++) {
		uint32_t bits;
		memcpy(&bits, &value[k], sizeof bits);
		for (int b = 0; b < 4; b++)
			buf_addc(out, (char)(unsigned char)(bits >> (8 * b) & 255));
	}
}

static void save_rows(const struct calibration *c, int i, struct buf *out)
{
	size_t width = (size_t)c->n_origin * (size_t)c->n_step;
	blob_put_double(out, c->top[i]);
	blob_put_double(out, c->mean_top[i]);
	for (size_t k = (size_t)i * width; k < ((size_t)i + 1) * width; k++) {
		unsigned bits = (unsigned)(uint16_t)c->error[k];
		buf_addc(out, (char)(unsigned char)(bits & 255));
		buf_addc(out, (char)(unsigned char)(bits >> 8));
		buf_addc(out, (char)c->mean[k]);
	}
}

void calibration_save(const struct calibration *c, struct buf *out)
{
	const int head[] = { c->n, c->season, c->n_origin, c->n_step, c->n_known, c->error != NULL };
	for (size_t k = 0; k < sizeof head / sizeof *head; k++)
		blob_put(out, (uint64_t)head[k]);
	blob_put_double(out, c->days);
	for (int i = 0; i < c->n; i++) {
		blob_put(out, (uint64_t)c->key[i]);
		blob_put_double(out, c->size[i]);
		blob_put_double(out, c->dispersion[i]);
		if (c->error)
			save_rows(c, i, out);
	}
	for (int g = N_GROUP - 1; g >= 0; g--) {
		const struct group *group = &c->group[g];
		int used = is_used(c, g);
		buf_addc(out, (char)used);
		if (!used)
			continue;
		blob_put_double(out, group->power);
		blob_put_double(out, group->size);
		blob_put_double(out, group->dispersion);
		blob_put_double(out, group->growth);
		for (int r = 0; r < RANGES; r++)
			save_pool(&group->pool[r], is_of_counts(g), out);
	}
}

/* n plain bytes; NULL: there are not so many. */
static const unsigned char *take(struct blob *b, size_t n)
{
	const unsigned char *at = b->at;
	if (b->bad || n > b->left) {
		b->bad = 1;
		return NULL;
	}
	b->at += n;
	b->left -= n;
	return at;
}

static void load_pool(struct blob *b, int counts, struct pool *p)
{
	float *value = counts ? p->below : p->quantile;
	int n = counts ? PIT_CELLS : GRID;
	p->n = (int)(blob_get(b) & INT32_MAX);
	const unsigned char *at = p->n ? take(b, 4 * (size_t)n) : NULL;
	for (int k = 0; at && k < n; k++, at += 4) {
		uint32_t bits = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16
			| (uint32_t)at[3] << 24;
		memcpy(&value[k], &bits, sizeof bits);
	}
}

static void load_rows(struct blob *b, struct calibration *c, int i)
{
	size_t width = (size_t)c->n_origin * (size_t)c->n_step, from = (size_t)i * width;
	c->top[i] = blob_get_double(b);
	c->mean_top[i] = blob_get_double(b);
	const unsigned char *at = take(b, 3 * width);
	for (size_t k = 0; at && k < width; k++, at += 3) {
		c->error[from + k] = (int16_t)(uint16_t)((unsigned)at[0] | (unsigned)at[1] << 8);
		c->mean[from + k] = at[2];
	}
}

/* The counts at the head, or false. */
static int load_head(struct blob *b, struct calibration *c, int *rows)
{
	int *const head[] = { &c->n, &c->season, &c->n_origin, &c->n_step, &c->n_known, rows };
	for (size_t k = 0; k < sizeof head / sizeof *head; k++) {
		uint64_t x = blob_get(b);
		b->bad = b->bad || x > INT32_MAX;
		*head[k] = (int)(x & INT32_MAX);
	}
	c->days = blob_get_double(b);
	size_t width = (size_t)c->n_origin * (size_t)c->n_step;
	size_t each = 24 + (*rows ? 16 + 3 * width : 0);
	return !b->bad && c->n_origin <= 64 && c->n_step <= 100000 && (size_t)c->n <= b->left / each;
}

enum status calibration_load(struct blob *b, struct arena *a, struct calibration **out, struct err *e)
{
	struct calibration *c = ARENA_ARRAY(a, struct calibration, 1);
	int rows;
	*out = c;
	if (!load_head(b, c, &rows))
		return err_set(e, E_INPUT, "past errors are damaged");
	size_t n = (size_t)c->n, cells = rows ? n * (size_t)c->n_origin * (size_t)c->n_step : 0;
	c->key = ARENA_ARRAY(a, int64_t, n + 1);
	c->size = ARENA_ARRAY(a, double, n + 1);
	c->dispersion = ARENA_ARRAY(a, double, n + 1);
	c->error = rows ? ARENA_ARRAY(a, int16_t, cells + 1) : NULL;
	c->mean = rows ? ARENA_ARRAY(a, uint8_t, cells + 1) : NULL;
	c->top = ARENA_ARRAY(a, double, n + 1);
	c->mean_top = ARENA_ARRAY(a, double, n + 1);
	for (int i = 0; i < c->n; i++) {
		c->key[i] = (int64_t)blob_get(b);
		c->size[i] = blob_get_double(b);
		c->dispersion[i] = blob_get_double(b);
		if (rows)
			load_rows(b, c, i);
	}
	for (int g = N_GROUP - 1; g >= 0; g--) {
		const unsigned char *used = take(b, 1);
		c->group[g] = unused(c, g);
		if (!used || !*used)
			continue;
		c->group[g].power = blob_get_double(b);
		c->group[g].size = blob_get_double(b);
		c->group[g].dispersion = blob_get_double(b);
		c->group[g].growth = blob_get_double(b);
		for (int r = 0; r < RANGES; r++)
			load_pool(b, is_of_counts(g), &c->group[g].pool[r]);
	}
	calibration_sort(c, a);
	return b->bad ? err_set(e, E_INPUT, "past errors are damaged") : OK;
}
