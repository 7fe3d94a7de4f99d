// The bag of a string's units in 32 bytes, made once per value: it rejects most pairs that do not match without a look
// at the strings.
//
//   StringSignature a = SignatureOf("martha"), b = SignatureOf("jones");
//   DistanceLowerBound(a, 6, b, 5) == 6                // so no distance within 2 is possible
//   JaroUpperBound(a, 6, b, 5) == 0
//
// A unit counts in the bucket of its lowest five bits, so that letters (either case) are kept apart, and digits as
// well; ASCII gives the same signature as bytes and as code points. Two units in one bucket only make a bound weaker,
// never wrong. A string of more than 255 units is bounded by its length alone. Lengths are in units, of the strings
// that the signatures were made of. Cost: one 32-byte minimum and a sum, some 2 ns with both signatures in the cache.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth {

struct StringSignature {
  alignas(16) uint8_t count[32] = {};  // per bucket, stopping at 255
  bool operator==(const StringSignature&) const = default;
};

StringSignature SignatureOf(std::string_view text);
StringSignature SignatureOf(std::u32string_view text);

// At most so many units of a can be paired with equal units of b, each used once.
int CommonUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b);

// At least so many edits part a and b, by Levenshtein, alignment and true Damerau distance alike.
int DistanceLowerBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b);

// At most so alike are a and b. The Winkler form allows for four common first units.
double JaroUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b);
double JaroWinklerUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b);

}  // namespace hearth
