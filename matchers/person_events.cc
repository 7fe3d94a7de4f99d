#include "matchers/person_events.h"

#include <map>

namespace hearth {
namespace {

constexpr std::string_view kKinds[] = {"merge", "split", "absorb"};
constexpr std::string_view kReasons[] = {"number", "subject_key",    "old_number",   "probability",
                                         "desk",   "numbers_differ", "evidence_gone"};

}  // namespace

std::string_view PersonEventKindName(PersonEventKind k) { return kKinds[static_cast<int>(k)]; }
std::string_view PersonEventReasonName(PersonEventReason r) { return kReasons[static_cast<int>(r)]; }

std::vector<IdMap::Entry> RetiredBy(const std::vector<PersonEvent>& events) {
  std::map<MentionKey, PersonId> last;
  for (const PersonEvent& e : events) {
    if (e.kind != PersonEventKind::kMerge) continue;
    for (const MentionKey key : e.mentions) last[key] = e.other;
  }
  std::vector<IdMap::Entry> out;
  for (const auto& [mention, person] : last) out.push_back({mention, person});
  return out;
}

}  // namespace hearth
