// Stable ids: which of yesterday's persons tonight's clusters are (DESIGN 3).
//
// A cluster keeps the id that most of its mentions had, an id goes to the cluster that holds most of its mentions, ties
// to the smaller id and then to the smaller mention. A cluster with no claim gets back the id of the person who was
// merged away and most of whose rows it holds; else a new id: the XXH3-64 of its smallest (registry, row key, role),
// and the next probe while that id is or was somebody's. Inside matchers only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/record_table.h"
#include "matchers/mention_key.h"
#include "matchers/person_events.h"

namespace hearth {

// An event without its reason, and tonight's rows that tell it.
struct FoundEvent {
  PersonEvent event;
  std::vector<Mention> moved;
  std::vector<Mention> others;  // those that they came to, or of a split those that they left
};

struct PersonIds {
  std::vector<PersonId> of_cluster;
  std::vector<FoundEvent> events;  // any order
  uint64_t new_persons = 0;        // restored ones are not new
};

// mentions of cluster c: mentions[starts[c], starts[c + 1]).
PersonIds AssignPersonIds(std::span<const RecordTable* const> tables, std::span<const Mention> mentions,
                          std::span<const uint32_t> starts, const IdMap& yesterday, int threads);

}  // namespace hearth
