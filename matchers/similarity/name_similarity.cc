#include "matchers/similarity/name_similarity.h"

#include "core/person_name.h"
#include "matchers/similarity/similarity.h"

namespace hearth {

double NameSimilarity(std::string_view a, std::string_view b, NameKind) {
  return JaroWinkler(PinyinKey(a), PinyinKey(b));
}

}  // namespace hearth
