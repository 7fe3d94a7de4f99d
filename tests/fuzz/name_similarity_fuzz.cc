// Any two texts as names of persons or organisations: likeness is the same either way round, between 0 and 1, and 1 for
// a name with itself; agreement of names is the same either way round and exact for a name with itself.
#include <string>

#include "core/person_name.h"
#include "core/status.h"
#include "core/text.h"
#include "matchers/similarity/name_similarity.h"

namespace {

// Longer texts only make a run slow.
constexpr size_t kBytesMax = 400;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  text = text.substr(0, kBytesMax);
  const size_t cut = text.size() * data[0] / 255;
  // Copies of their own size, so that reading one byte too far is seen.
  const std::string a(text.substr(0, cut)), b(text.substr(cut));
  for (const hearth::NameKind kind : {hearth::NameKind::kPerson, hearth::NameKind::kOrganisation}) {
    const double there = hearth::NameSimilarity(a, b, kind), back = hearth::NameSimilarity(b, a, kind);
    HEARTH_CHECK(there == back, "a likeness differs the other way round");
    HEARTH_CHECK(there >= 0 && there <= 1, "a likeness outside 0 to 1");
    const double same = hearth::NameSimilarity(a, a, kind);
    HEARTH_CHECK(same == 1 || same == 0, "a name is neither like itself nor no name");
  }
  HEARTH_CHECK(hearth::CompareNames(a, b) == hearth::CompareNames(b, a), "an agreement differs the other way round");
  return 0;
}
