/* SHA-256 by FIPS 180-4, section 6.2; the accelerated path follows Intel's SHA extension rounds. */
#include "config.h"
#include "base/sha256.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void rounds_portable(uint32_t state[8], const unsigned char *p, size_t n_block)
{
	for (; n_block; n_block--, p += 64) {
		uint32_t w[64], s[8];
		for (int t = 0; t < 16; t++)
			w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16
			       | (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
		for (int t = 16; t < 64; t++) {
			uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
			uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
			w[t] = w[t - 16] + s0 + w[t - 7] + s1;
		}
		memcpy(s, state, sizeof s);
		for (int t = 0; t < 64; t++) {
			uint32_t e1 = rotr(s[4], 6) ^ rotr(s[4], 11) ^ rotr(s[4], 25);
			uint32_t choose = (s[4] & s[5]) ^ (~s[4] & s[6]);
			uint32_t t1 = s[7] + e1 + choose + K[t] + w[t];
			uint32_t e0 = rotr(s[0], 2) ^ rotr(s[0], 13) ^ rotr(s[0], 22);
			uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
			memmove(s + 1, s, 7 * sizeof *s);
			s[4] += t1;
			s[0] = t1 + e0 + majority;
		}
		for (int i = 0; i < 8; i++)
			state[i] += s[i];
	}
}

#if defined(__x86_64__)
__attribute__((target("sha,sse4.1"))) static void
rounds_extension(uint32_t state[8], const unsigned char *p, size_t n_block)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
	__m128i low = _mm_loadu_si128((const __m128i *)(const void *)state);
	__m128i high = _mm_loadu_si128((const __m128i *)(const void *)(state + 4));
	/* The instructions want the state as ABEF and CDGH. */
	low = _mm_shuffle_epi32(low, 0xb1);
	high = _mm_shuffle_epi32(high, 0x1b);
	__m128i abef = _mm_alignr_epi8(low, high, 8);
	__m128i cdgh = _mm_blend_epi16(high, low, 0xf0);
	for (; n_block; n_block--, p += 64) {
		__m128i abef_before = abef, cdgh_before = cdgh, w[4];
		for (int i = 0; i < 4; i++) {
			w[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
			w[i] = _mm_shuffle_epi8(w[i], swap);
		}
		for (int g = 0; g < 16; g++) {
			__m128i k = _mm_loadu_si128((const __m128i *)(const void *)(K + 4 * g));
			__m128i x = _mm_add_epi32(w[g & 3], k);
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, x);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(x, 0x0e));
			if (g < 12) {
				__m128i a = _mm_sha256msg1_epu32(w[g & 3], w[(g + 1) & 3]);
				__m128i b = _mm_alignr_epi8(w[(g + 3) & 3], w[(g + 2) & 3], 4);
				w[g & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(a, b), w[(g + 3) & 3]);
			}
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	low = _mm_shuffle_epi32(abef, 0x1b);
	high = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(high, low, 8));
}
#endif

/* CPUID leaf 7, EBX bit 29. Asked once: in a virtual machine the question costs microseconds. */
static int have_extension(void)
{
#if defined(__x86_64__)
	static _Atomic int known = -1;
	if (known < 0) {
		unsigned a = 0, b = 0, c = 0, d = 0;
		known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29)
			&& __builtin_cpu_supports("sse4.1");
	}
	return known;
#else
	return 0;
#endif
}

static void rounds(struct sha256 *s, const unsigned char *p, size_t n_block)
{
#if defined(__x86_64__)
	if (!s->portable) {
		rounds_extension(s->state, p, n_block);
		return;
	}
#endif
	rounds_portable(s->state, p, n_block);
}

void sha256_init(struct sha256 *s)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	memset(s, 0, sizeof *s);
	memcpy(s->state, start, sizeof start);
	s->portable = !have_extension();
}

void sha256_add(struct sha256 *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t have = s->length % 64;
	s->length += n;
	if (have && have + n >= 64) {
		memcpy(s->block + have, p, 64 - have);
		rounds(s, s->block, 1);
		p += 64 - have;
		n -= 64 - have;
		have = 0;
	}
	if (!have && n >= 64) {
		rounds(s, p, n / 64);
		p += n / 64 * 64;
		n %= 64;
	}
	if (n)
		memcpy(s->block + have, p, n);
}

void sha256_add_string(struct sha256 *s, const char *text)
{
	size_t n = strlen(text);
	sha256_add_i64(s, (int64_t)n);
	sha256_add(s, text, n);
}

void sha256_add_i64(struct sha256 *s, int64_t x)
{
	unsigned char bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)x >> (8 * i));
	sha256_add(s, bytes, sizeof bytes);
}

void sha256_add_double(struct sha256 *s, double x)
{
	int64_t bits;
	x = x == 0 ? 0 : x;
	memcpy(&bits, &x, sizeof bits);
	sha256_add_i64(s, isnan(x) ? INT64_C(0x7ff8000000000000) : bits);
}

void sha256_end(struct sha256 *s, unsigned char out[SHA256_SIZE])
{
	static const unsigned char pad[64] = { 0x80 };
	uint64_t bits = s->length * 8;
	unsigned char tail[8];
	for (int i = 0; i < 8; i++)
		tail[i] = (unsigned char)(bits >> (56 - 8 * i));
	size_t have = s->length % 64;
	sha256_add(s, pad, have < 56 ? 56 - have : 120 - have);
	sha256_add(s, tail, sizeof tail);
	for (int i = 0; i < 32; i++)
		out[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hex(const unsigned char hash[SHA256_SIZE], char out[SHA256_HEX_SIZE])
{
	static const char digit[] = "0123456789abcdef";
	for (int i = 0; i < SHA256_SIZE; i++) {
		out[2 * i] = digit[hash[i] >> 4];
		out[2 * i + 1] = digit[hash[i] & 15];
	}
	out[2 * SHA256_SIZE] = '\0';
}

void sha256_hex_of(const char *text, char out[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	sha256_init(&s);
	sha256_add(&s, text, strlen(text));
	sha256_end(&s, hash);
	sha256_hex(hash, out);
}
