#include "matchers/event_reasons.h"

#include <algorithm>
#include <tuple>

namespace hearth {
namespace {

using IdentityList = std::vector<uint32_t>;  // sorted, distinct

template <class Field>
std::vector<uint64_t> ValuesOf(const Identities& ids, const IdentityList& list, Field field) {
  std::vector<uint64_t> values;
  for (const uint32_t i : list) {
    if (ids.all[i].*field != 0) values.push_back(ids.all[i].*field);
  }
  std::sort(values.begin(), values.end());
  return values;
}

bool Meet(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  return std::any_of(a.begin(), a.end(), [&](uint64_t v) { return std::binary_search(b.begin(), b.end(), v); });
}

template <class Field>
bool Share(const Identities& ids, const IdentityList& a, const IdentityList& b, Field field) {
  return Meet(ValuesOf(ids, a, field), ValuesOf(ids, b, field));
}

bool HasPair(const std::vector<std::pair<uint32_t, uint32_t>>& pairs, const IdentityList& a, const IdentityList& b) {
  const auto in = [](const IdentityList& list, uint32_t i) { return std::binary_search(list.begin(), list.end(), i); };
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
    return (in(a, pair.first) && in(b, pair.second)) || (in(a, pair.second) && in(b, pair.first));
  });
}

// Why the moved rows are now with the others.
void ExplainJoin(const Identities& ids, const LinkState& state, const DeskPairs& desk, const IdentityList& moved,
                 const IdentityList& others, PersonEvent* event) {
  if (HasPair(desk.same, moved, others)) {
    event->reason = PersonEventReason::kDesk;
  } else if (Share(ids, moved, others, &Identity::number) || Share(ids, moved, others, &Identity::other_number)) {
    event->reason = PersonEventReason::kNumber;
  } else if (Share(ids, moved, others, &Identity::subject)) {
    event->reason = PersonEventReason::kSubjectKey;
  } else if (!ValuesOf(ids, moved, &Identity::number).empty() && !ValuesOf(ids, others, &Identity::number).empty()) {
    event->reason = PersonEventReason::kOldNumber;
  } else {
    event->reason = PersonEventReason::kProbability;
    for (const IdentityList* side : {&moved, &others}) {
      for (const uint32_t i : *side) event->bits = std::max(event->bits, static_cast<double>(state.weight[i]));
      if (event->bits != 0) break;
    }
  }
}

void ExplainParting(const Identities& ids, const DeskPairs& desk, const IdentityList& moved, const IdentityList& others,
                    PersonEvent* event) {
  const bool numbered =
      !ValuesOf(ids, moved, &Identity::number).empty() && !ValuesOf(ids, others, &Identity::number).empty();
  event->reason = HasPair(desk.apart, moved, others) ? PersonEventReason::kDesk
                  : numbered                         ? PersonEventReason::kNumbersDiffer
                                                     : PersonEventReason::kEvidenceGone;
}

}  // namespace

std::vector<PersonEvent> ExplainEvents(std::span<const RecordTable* const> tables, const Identities& ids,
                                       const std::vector<std::vector<uint32_t>>& identity_of, const LinkState& state,
                                       const DeskPairs& desk, std::vector<FoundEvent> found) {
  const auto identities = [&](const std::vector<Mention>& mentions) {
    IdentityList list;
    for (const Mention& m : mentions) {
      list.push_back(identity_of[m.table][m.row * tables[m.table]->schema().persons.size() + m.role]);
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  };
  std::vector<PersonEvent> events;
  for (FoundEvent& f : found) {
    const IdentityList moved = identities(f.moved), others = identities(f.others);
    if (f.event.kind == PersonEventKind::kSplit) {
      ExplainParting(ids, desk, moved, others, &f.event);
    } else {
      ExplainJoin(ids, state, desk, moved, others, &f.event);
    }
    events.push_back(std::move(f.event));
  }
  std::sort(events.begin(), events.end(), [](const PersonEvent& a, const PersonEvent& b) {
    return std::tuple(a.kind, a.person, a.other) < std::tuple(b.kind, b.person, b.other);
  });
  return events;
}

}  // namespace hearth
