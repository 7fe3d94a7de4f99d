#include "matchers/similarity/many.h"

#include "matchers/similarity/damerau.h"
#include "matchers/similarity/jaro.h"
#include "matchers/similarity/levenshtein.h"

namespace hearth {

#define FOR_MANY(Name, Result)                                                                             \
  void Name##Many(const PreparedPattern& pattern, std::span<const std::string_view> texts, Result* out) {  \
    for (size_t i = 0; i < texts.size(); ++i) out[i] = Name(pattern, texts[i]);                            \
  }                                                                                                        \
  void Name##Each(std::span<const std::string_view> a, std::span<const std::string_view> b, Result* out) { \
    for (size_t i = 0; i < a.size(); ++i) out[i] = Name(a[i], b[i]);                                       \
  }
FOR_MANY(Levenshtein, int)
FOR_MANY(OptimalStringAlignment, int)
FOR_MANY(DamerauLevenshtein, int)
FOR_MANY(Jaro, double)
FOR_MANY(JaroWinkler, double)
#undef FOR_MANY

void DamerauLevenshteinWithinMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, int max,
                                  int* out) {
  for (size_t i = 0; i < texts.size(); ++i) out[i] = DamerauLevenshteinWithin(pattern, texts[i], max);
}
void DamerauLevenshteinWithinEach(std::span<const std::string_view> a, std::span<const std::string_view> b, int max,
                                  int* out) {
  for (size_t i = 0; i < a.size(); ++i) out[i] = DamerauLevenshteinWithin(a[i], b[i], max);
}

}  // namespace hearth
