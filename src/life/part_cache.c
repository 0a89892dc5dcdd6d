/* Fitted parts kept on the way of a training. */
#include "config.h"
#include "life/run_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"

void stage_start(struct stage_clock *c)
{
	c->wall = process_wall();
	c->cpu = process_cpu();
}

void stage_stop(const struct stage_clock *c, struct stage_clock *sum)
{
	sum->wall += process_wall() - c->wall;
	sum->cpu += process_cpu() - c->cpu;
}

void part_key(const struct part_cache *p, const char *name, char hex[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	sha256_init(&s);
	sha256_add_string(&s, p->base);
	sha256_add_string(&s, name);
	sha256_end(&s, hash);
	sha256_hex(hash, hex);
}

static void warn(struct part_cache *p, const char *what, const struct err *e)
{
	if (!p->lost++)
		log_warning("a fitted part could not be %s; a training that is cut off would fit it again: %s",
			    what, e->text);
}

/* A part's name up to the origin that it was fitted at. */
static size_t stem(const char *name)
{
	const char *at = strstr(name, " @ ");
	return at ? (size_t)(at - name) : strlen(name);
}

/* Counts a part as done with what it took the last time: in such seconds the rest is known too. */
static void count_part(struct part_cache *p, const char *name)
{
	size_t n = stem(name);
	for (int k = 0; k < p->n_cost; k++) {
		struct part_cost *c = &p->cost[k];
		if (c->seen || stem(c->name) != n || memcmp(c->name, name, n))
			continue;
		c->seen = 1;
		p->done += c->wall;
		break;
	}
	if (p->total > 0)
		progress_task("training", p->done, p->total);
	else
		progress_task("training, parts", p->found + p->kept, 0);
}

static int get_part(void *context, const char *name, struct buf *out)
{
	struct part_cache *p = context;
	struct err e = { 0 };
	char key[SHA256_HEX_SIZE];
	int found;
	part_key(p, name, key);
	if (db_part_get(p->plan->db, key, out, &found, &e)) {
		warn(p, "looked for", &e);
		buf_clear(out);
		found = 0;
	}
	if (found) {
		p->found++;
		log_detail("taken from an earlier training: %s", name);
		count_part(p, name);
	} else {
		struct open_part part = { .name = xstrdup(name) };
		stage_start(&part.began);
		VEC_PUSH(&p->open, part);
	}
	return found;
}

/* What a part took, without the parts inside of it. */
static struct stage_clock close_part(struct part_cache *p, const char *name)
{
	struct stage_clock took = { 0 };
	size_t at = p->open.n;
	while (at > 0 && strcmp(p->open.at[at - 1].name, name))
		at--;
	if (!at)
		return took;
	struct open_part *part = &p->open.at[at - 1];
	stage_stop(&part->began, &took);
	if (at > 1) {
		p->open.at[at - 2].inner.wall += took.wall;
		p->open.at[at - 2].inner.cpu += took.cpu;
	}
	took.wall -= part->inner.wall;
	took.cpu -= part->inner.cpu;
	while (p->open.n >= at)
		free(p->open.at[--p->open.n].name);
	return took;
}

static void put_part(void *context, const char *name, const struct buf *blob)
{
	struct part_cache *p = context;
	struct err e = { 0 };
	char key[SHA256_HEX_SIZE];
	struct stage_clock took = close_part(p, name);
	p->parts.wall += took.wall;
	p->parts.cpu += took.cpu;
	part_key(p, name, key);
	if (db_part_put(p->plan->db, key, p->base, name, blob, &e))
		warn(p, "kept", &e);
	else
		p->kept++;
	log_detail("fitted in %.1f s (CPU %.1f s), %zu bytes: %s", took.wall, took.cpu, blob->n, name);
	if (p->record && db_resource(p->plan->db, p->record, name, took.wall, took.cpu, &e))
		warn(p, "recorded", &e);
	count_part(p, name);
}

/* What the parts of the last training of this spec took, for the time that is left. */
static void read_costs(struct part_cache *p)
{
	static const char *const other[] = { "read", "fit", "write" };
	struct run_row run;
	struct stage_use *stage;
	struct err none = { 0 };
	int n = 0;
	if (db_run_newest(p->plan->db, "train", "TRAINED", p->plan->spec_text, &p->arena, &run, &none)
	    || db_stages(p->plan->db, run.seq, &p->arena, &stage, &n, &none))
		return;
	p->cost = ARENA_ARRAY(&p->arena, struct part_cost, n + 1);
	for (int k = 0; k < n; k++) {
		int is_part = 1;
		for (int j = 0; j < 3; j++)
			is_part &= strcmp(stage[k].stage, other[j]) != 0;
		p->total += strcmp(stage[k].stage, "write") ? stage[k].wall : 0;
		if (is_part)
			p->cost[p->n_cost++] = (struct part_cost){ stage[k].stage, stage[k].wall, 0 };
	}
	if (!p->n_cost)
		p->total = 0;
}

void part_cache_init(struct part_cache *p, const struct run_plan *plan)
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	memset(p, 0, sizeof *p);
	p->plan = plan;
	p->cache = (struct fit_cache){ p, get_part, put_part };
	sha256_init(&s);
	sha256_add_string(&s, plan->data_hash);
	sha256_add_string(&s, plan->config_hash);
	sha256_add_string(&s, plan->code_hash);
	sha256_add_string(&s, plan->model_hash);
	sha256_add_i64(&s, plan->as_of);
	sha256_add_i64(&s, plan->as_of_given);
	sha256_end(&s, hash);
	sha256_hex(hash, p->base);
	if (plan->spec && spec_is_whole(plan->spec))
		read_costs(p);
}

void part_cache_release(struct part_cache *p)
{
	progress_task_end();
	while (p->open.n)
		free(p->open.at[--p->open.n].name);
	VEC_FREE(&p->open);
	arena_release(&p->arena);
}
