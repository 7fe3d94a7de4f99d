// Finds the reason of each event from tonight's identities. Inside matchers only.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "matchers/identity.h"
#include "matchers/person_events.h"
#include "matchers/person_ids.h"

namespace hearth {

// What linking knows of each identity when it is done.
struct LinkState {
  std::vector<LinkBasis> basis;  // by identity
  std::vector<float> weight;
};

// The desk's word on identities.
struct DeskPairs {
  std::vector<std::pair<uint32_t, uint32_t>> same, apart;  // sorted, smaller identity first
  uint64_t passed_over = 0;
};

// identity_of as in GroupClusters. Sorted by kind, person, other.
std::vector<PersonEvent> ExplainEvents(std::span<const RecordTable* const> tables, const Identities& ids,
                                       const std::vector<std::vector<uint32_t>>& identity_of, const LinkState& state,
                                       const DeskPairs& desk, std::vector<FoundEvent> found);

}  // namespace hearth
