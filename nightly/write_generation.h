// The store stage: tonight's rows, persons, households, units, kin, alerts, review pairs and link models as sorted
// runs.
#pragma once

#include <span>
#include <vector>

#include "core/alert.h"
#include "core/determination.h"
#include "core/person.h"
#include "core/record_table.h"
#include "matchers/link_persons.h"
#include "store/codec.h"
#include "store/generation.h"

namespace hearth {

struct GenerationContent {
  std::span<const RecordTable* const> tables;
  const LinkedPersons* linked = nullptr;
  const Families* families = nullptr;
  const std::vector<std::vector<Determination>>* determinations = nullptr;  // by unit
  std::span<const Alert> alerts;                                            // sorted by id
  std::span<const StoredEvent> history;                                     // of persons, tonight's included
  const LinkStats* link_stats = nullptr;                                    // trained models, name frequencies
};

// done(n) is called, from any thread, as rows are written.
Status WriteGeneration(const GenerationContent& content, int threads, GenerationWriter* writer,
                       const std::function<void(size_t)>& done);

}  // namespace hearth
