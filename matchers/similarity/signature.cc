#include "matchers/similarity/signature.h"

#include "matchers/similarity/jaro.h"

namespace hearth {
namespace {

template <class Unit>
StringSignature BagOf(std::basic_string_view<Unit> text) {
  StringSignature bag;
  for (Unit unit : text) {
    uint8_t& count = bag.count[static_cast<uint32_t>(unit) % 32];
    if (count < 255) ++count;
  }
  return bag;
}

// prefix = 0: plain Jaro.
template <class Unit>
bool MayBeAtLeast(std::basic_string_view<Unit> a, const StringSignature& sign_a, std::basic_string_view<Unit> b,
                  const StringSignature& sign_b, size_t prefix, double threshold) {
  const double jaro = JaroUpperBound(sign_a, static_cast<int>(a.size()), sign_b, static_cast<int>(b.size()));
  return !(WinklerUpperBound(jaro, prefix) < threshold);
}

}  // namespace

StringSignature SignatureOf(std::string_view text) { return BagOf(text); }
StringSignature SignatureOf(std::u32string_view text) { return BagOf(text); }

bool JaroAtLeast(std::string_view a, const StringSignature& sign_a, std::string_view b, const StringSignature& sign_b,
                 double threshold) {
  return MayBeAtLeast(a, sign_a, b, sign_b, 0, threshold) && JaroAtLeast(a, b, threshold);
}
bool JaroAtLeast(std::u32string_view a, const StringSignature& sign_a, std::u32string_view b,
                 const StringSignature& sign_b, double threshold) {
  return MayBeAtLeast(a, sign_a, b, sign_b, 0, threshold) && JaroAtLeast(a, b, threshold);
}
bool JaroWinklerAtLeast(std::string_view a, const StringSignature& sign_a, std::string_view b,
                        const StringSignature& sign_b, double threshold) {
  return MayBeAtLeast(a, sign_a, b, sign_b, WinklerPrefix(a, b), threshold) && JaroWinklerAtLeast(a, b, threshold);
}
bool JaroWinklerAtLeast(std::u32string_view a, const StringSignature& sign_a, std::u32string_view b,
                        const StringSignature& sign_b, double threshold) {
  return MayBeAtLeast(a, sign_a, b, sign_b, WinklerPrefix(a, b), threshold) && JaroWinklerAtLeast(a, b, threshold);
}

}  // namespace hearth
