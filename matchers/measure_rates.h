// Counts a night's linking by registry and by group of people, for LinkStats. Inside matchers only.
#pragma once

#include <span>
#include <vector>

#include "matchers/identity.h"
#include "matchers/link_persons.h"
#include "matchers/training.h"

namespace hearth {

// identity_of as in GroupClusters. Fills by_registry and by_group of `stats`. A person belongs to a group when any of
// its rows says so, and to several when they do; all its mentions then count there. A review pair counts once for each
// registry and group that either side belongs to.
void MeasureRates(std::span<const RecordTable* const> tables, const Identities& ids,
                  const std::vector<std::vector<uint32_t>>& identity_of, const LinkedPersons& linked,
                  const TrainingResult& training, LinkStats* stats);

}  // namespace hearth
