/*
 * Reads the values that other programs computed (tests/reference, the head of each file says what
 * its keys mean) and the series they are of.
 *
 *	struct reference *ets = reference_open("tests/reference/ets.txt");
 *	for (const char *r = NULL; (r = reference_next(ets, "ets_form", NULL, r)); ) {
 *		struct reference_series s;
 *		if (!reference_series(r, &s))
 *			continue;                       (a real set that is not here)
 *		double b[64];
 *		int n = reference_vector(r, "initstate", b, 64);
 *		... reference_number(r, "alpha"), reference_is(r, "method", "ANA"), s.y, s.n, s.season
 *		reference_series_release(&s);
 *	}
 *	reference_close(ets);
 *
 * A file that is not there, or a record that breaks the format, fails the test that asks.
 */
#ifndef TESTS_REFERENCE_H
#define TESTS_REFERENCE_H

#include <math.h>
#include <string.h>
#include "unit.h"

struct reference {
	char *text; /* the file, its line ends made 0 */
	size_t n;
};

/* Reads a whole file in the source tree; ends the test where it is not there. */
static inline struct reference *reference_open(const char *file)
{
	struct reference *ref = calloc(1, sizeof *ref);
	FILE *f = fopen(unit_source(file), "r");
	if (!ref || !f)
		fail_msg("cannot read %s", file);
	size_t room = 1 << 20;
	ref->text = calloc(1, room);
	assert_non_null(ref->text);
	ref->n = fread(ref->text, 1, room - 1, f);
	assert_true(feof(f));
	fclose(f);
	for (size_t i = 0; i < ref->n; i++)
		if (ref->text[i] == '\n')
			ref->text[i] = '\0';
	return ref;
}

static inline void reference_close(struct reference *ref)
{
	free(ref->text);
	free(ref);
}

/* True where word `which` (0: the kind, 1: the name) of the record is `word`. */
static inline int reference_has(const char *record, int which, const char *word)
{
	for (; which > 0; which--)
		record += strcspn(record, " ") + 1;
	size_t n = strlen(word);
	return strncmp(record, word, n) == 0 && record[n] == ' ';
}

/* The record after `after` (NULL: the first) of a kind and a series; NULL for either: any. The
 * record is part of `ref`. NULL where there is none left. */
static inline const char *reference_next(const struct reference *ref, const char *kind,
					 const char *name, const char *after)
{
	const char *end = ref->text + ref->n;
	for (const char *r = after ? after + strlen(after) + 1 : ref->text; r < end;
	     r += strlen(r) + 1)
		if (*r && *r != '#' && (!kind || reference_has(r, 0, kind)) &&
		    (!name || reference_has(r, 1, name)))
			return r;
	return NULL;
}

/* What stands after `key=`, up to a space or the end; NULL where the record has no such key. */
static inline const char *reference_find(const char *record, const char *key)
{
	size_t n = strlen(key);
	for (const char *at = strchr(record, ' '); at; at = strchr(at + 1, ' '))
		if (strncmp(at + 1, key, n) == 0 && at[1 + n] == '=')
			return at + n + 2;
	return NULL;
}

/* Copies what stands under a key ("name": the series of the record); empty where there is none. */
static inline void reference_word(const char *record, const char *key, char *out, size_t size)
{
	const char *at = strcmp(key, "name") ? reference_find(record, key) : strchr(record, ' ') + 1;
	size_t n = at ? strcspn(at, " ") : 0;
	assert_true(n < size);
	memcpy(out, at ? at : "", n);
	out[n] = '\0';
}

/* True where the word under a key is `word`. */
static inline int reference_is(const char *record, const char *key, const char *word)
{
	const char *at = reference_find(record, key);
	size_t n = strlen(word);
	return at && strncmp(at, word, n) == 0 && (at[n] == ' ' || !at[n]);
}

/* Up to `room` numbers under a key, NaN where NA; returns how many there are, 0 without the key. */
static inline int reference_vector(const char *record, const char *key, double *out, int room)
{
	const char *at = reference_find(record, key);
	int n = 0;
	for (; at; n++) {
		size_t length = strcspn(at, "; ");
		char *end;
		double x = strtod(at, &end);
		if (end != at + length && strncmp(at, "NA", length))
			fail_msg("%s is no number: %.20s", key, at);
		if (n < room)
			out[n] = end == at + length ? x : (double)NAN;
		at = at[length] == ';' ? at + length + 1 : NULL;
	}
	assert_true(n <= room);
	return n;
}

/* The number under a key; NaN where there is none. */
static inline double reference_number(const char *record, const char *key)
{
	double x = NAN;
	reference_vector(record, key, &x, 1);
	return x;
}

/* A series; y is the caller's until reference_series_release. */
struct reference_series {
	char name[64];
	int season; /* 1 = none */
	int n;
	double *y; /* [n], NaN = not known */
};

static inline void reference_series_release(struct reference_series *s)
{
	free(s->y);
	s->y = NULL;
}

static inline void reference_push(struct reference_series *s, double y)
{
	if (s->n % 1024 == 0) {
		s->y = realloc(s->y, (s->n + 1024) * sizeof *s->y);
		assert_non_null(s->y);
	}
	s->y[s->n++] = y;
}

/* Cell `which` of a line of CSV, which may be quoted and hold commas; NULL past the end. */
static inline const char *reference_cell(char *line, int which)
{
	int quoted = 0, at = 0;
	char *begin = line, *c = line;
	for (;; c++) {
		if (*c == '"')
			quoted = !quoted;
		if (*c && *c != '\n' && *c != '\r' && (*c != ',' || quoted))
			continue;
		if (at++ == which) {
			size_t n = c - begin;
			if (*begin == '"') {
				begin++;
				n -= 2;
			}
			static char cell[128];
			assert_true(n < sizeof cell);
			memcpy(cell, begin, n);
			cell[n] = '\0';
			return cell;
		}
		if (*c != ',')
			return NULL;
		begin = c + 1;
	}
}

/* A number or, where the cell is not there or says nothing, NaN. */
static inline double reference_value(const char *cell)
{
	return cell && *cell && strcmp(cell, "NA") ? strtod(cell, NULL) : (double)NAN;
}

/* One line is one series, without the empty cells that follow its last value (M4). */
static inline void reference_read_row(FILE *f, const char *id, struct reference_series *s)
{
	char *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, f) > 0) {
		const char *cell = reference_cell(line, 0);
		if (!cell || strcmp(cell, id))
			continue;
		for (char *at = strchr(line, ','); at; at = strchr(at + 1, ',')) {
			double y = reference_value(reference_cell(at + 1, 0));
			if (isnan(y))
				break;
			reference_push(s, y);
		}
		break;
	}
	free(line);
}

/* One column is one series (carparts). */
static inline void reference_read_column(FILE *f, const char *id, struct reference_series *s)
{
	char *line = NULL;
	size_t room = 0;
	int column = 0;
	char *at = getline(&line, &room, f) > 0 ? line : NULL;
	for (; at && strcmp(reference_cell(at, 0), id); column++)
		at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL;
	while (getline(&line, &room, f) > 0) {
		const char *cell = reference_cell(line, column);
		if (cell)
			reference_push(s, reference_value(cell));
	}
	free(line);
}

/* One line is one value: state, industry, id, month, turnover (aus_retail). */
static inline void reference_read_long(FILE *f, const char *id, struct reference_series *s)
{
	char *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, f) > 0) {
		const char *cell = reference_cell(line, 2);
		if (cell && strcmp(cell, id) == 0)
			reference_push(s, reference_value(reference_cell(line, 4)));
	}
	free(line);
}

/* Reads a series from the real sets by its name, SET/ID; false where the set is not there. */
static inline int reference_series_real(const char *name, struct reference_series *s)
{
	static const struct {
		const char *set, *file;
		int season;
		void (*read)(FILE *f, const char *id, struct reference_series *s);
	} sets[] = {
		{ "aus_retail/", "data/aus_retail/aus_retail.csv", 12, reference_read_long },
		{ "carparts/", "data/carparts/carparts_wide.csv", 12, reference_read_column },
		{ "m4_hourly/", "data/m4/Hourly-train.csv", 24, reference_read_row },
		{ "m4_weekly/", "data/m4/Weekly-train.csv", 1, reference_read_row },
	};
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		size_t n = strlen(sets[i].set);
		if (strncmp(name, sets[i].set, n))
			continue;
		const char *path = unit_shared(sets[i].file);
		FILE *f = path ? fopen(path, "r") : NULL;
		if (!f)
			return 0;
		s->season = sets[i].season;
		sets[i].read(f, name + n, s);
		fclose(f);
		break;
	}
	if (!s->n)
		fail_msg("no series %s", name);
	return 1;
}

/* The series by its name: from series.txt, or (a name with a slash) from the real sets. False where
 * the real set is not there; an unknown name fails the test. Release it. */
static inline int reference_series_find(const char *name, struct reference_series *s)
{
	*s = (struct reference_series){ 0 };
	assert_true(strlen(name) < sizeof s->name);
	strcpy(s->name, name);
	if (strchr(name, '/'))
		return reference_series_real(name, s);
	struct reference *ref = reference_open("tests/reference/series.txt");
	const char *r = reference_next(ref, "series", name, NULL);
	if (!r)
		fail_msg("no series %s", name);
	s->season = (int)reference_number(r, "season");
	s->n = (int)reference_number(r, "n");
	s->y = calloc(s->n, sizeof *s->y);
	assert_non_null(s->y);
	assert_int_equal(reference_vector(r, "y", s->y, s->n), s->n);
	reference_close(ref);
	return 1;
}

/* The series that a record is of; as reference_series_find. */
static inline int reference_series(const char *record, struct reference_series *s)
{
	char name[64];
	reference_word(record, "name", name, sizeof name);
	return reference_series_find(name, s);
}

#endif
