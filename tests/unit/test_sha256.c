/*
 * SHA-256 against the example values that NIST publishes with FIPS 180-4 ("abc", the 448-bit and
 * 896-bit messages, a million times 'a'), on both paths, the processor's and the portable one.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "base/sha256.h"

static const struct {
	const char *text;
	size_t times;
	const char *want;
} vector[] = {
	{ "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
	  "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	  1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	{ "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void check_vectors(int portable)
{
	for (size_t i = 0; i < sizeof vector / sizeof *vector; i++) {
		struct sha256 s;
		unsigned char hash[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];
		sha256_init(&s);
		s.portable |= portable;
		for (size_t k = 0; k < vector[i].times; k++)
			sha256_add(&s, vector[i].text, strlen(vector[i].text));
		sha256_end(&s, hash);
		sha256_hex(hash, hex);
		assert_string_equal(hex, vector[i].want);
	}
}

static void fips_vectors_portable(void **state)
{
	(void)state;
	check_vectors(1);
}

static void fips_vectors_processor(void **state)
{
	(void)state;
	check_vectors(0);
}

/* Wherever the input is cut, and on either path, the hash is the same. */
static void pieces_do_not_matter(void **state)
{
	(void)state;
	enum { N = 1000 };
	unsigned char bytes[N], whole[SHA256_SIZE], parts[SHA256_SIZE];
	for (int i = 0; i < N; i++)
		bytes[i] = (unsigned char)(i * i + 7 * i);
	for (size_t n = 0; n < 260; n++) {
		struct sha256 s;
		sha256_init(&s);
		sha256_add(&s, bytes, n);
		sha256_end(&s, whole);
		for (size_t piece = 1; piece < 130; piece += 9) {
			sha256_init(&s);
			s.portable = 1;
			for (size_t at = 0; at < n; at += piece)
				sha256_add(&s, bytes + at, n - at < piece ? n - at : piece);
			sha256_end(&s, parts);
			assert_memory_equal(whole, parts, SHA256_SIZE);
		}
	}
}

static void strings_carry_their_length(void **state)
{
	(void)state;
	static const char *const c[][2] = { { "ab", "c" }, { "a", "bc" }, { "", "abc" } };
	char hex[3][SHA256_HEX_SIZE];
	for (int i = 0; i < 3; i++) {
		struct sha256 s;
		unsigned char hash[SHA256_SIZE];
		sha256_init(&s);
		sha256_add_string(&s, c[i][0]);
		sha256_add_string(&s, c[i][1]);
		sha256_end(&s, hash);
		sha256_hex(hash, hex[i]);
	}
	assert_string_not_equal(hex[0], hex[1]);
	assert_string_not_equal(hex[0], hex[2]);
	assert_string_not_equal(hex[1], hex[2]);
}

static void double_hash(double x, unsigned char hash[SHA256_SIZE])
{
	struct sha256 s;
	sha256_init(&s);
	sha256_add_double(&s, x);
	sha256_end(&s, hash);
}

static void equal_doubles_hash_equal(void **state)
{
	(void)state;
	unsigned char a[SHA256_SIZE], b[SHA256_SIZE];
	double_hash(0, a);
	double_hash(-0.0, b);
	assert_memory_equal(a, b, SHA256_SIZE);
	double_hash((double)NAN, a);
	double_hash(-(double)NAN, b);
	assert_memory_equal(a, b, SHA256_SIZE);
	double_hash(1, a);
	double_hash(1 + 0x1p-52, b);
	assert_memory_not_equal(a, b, SHA256_SIZE);
}

static void hex_of_a_text(void **state)
{
	(void)state;
	char hex[SHA256_HEX_SIZE];
	sha256_hex_of("abc", hex);
	assert_string_equal(hex, vector[1].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fips_vectors_portable),
		cmocka_unit_test(fips_vectors_processor),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(strings_carry_their_length),
		cmocka_unit_test(equal_doubles_hash_equal),
		cmocka_unit_test(hex_of_a_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
