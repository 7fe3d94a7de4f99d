// The history of persons: every merge, split and absorption of every night, carried from generation to generation. It
// is derived: nights run again from the archive and the desk give the same.
#pragma once

#include <span>
#include <vector>

#include "core/record_table.h"
#include "core/status.h"
#include "matchers/person_events.h"
#include "store/codec.h"
#include "store/generation.h"

namespace hearth {

// Oldest night first; within one by kind, person, other.
StatusOr<std::vector<StoredEvent>> ReadPersonHistory(const Generation& g);

// For IdMap: who was merged away.
std::vector<IdMap::Entry> RetiredOf(const std::vector<StoredEvent>& history);

// The history with tonight's events. An event that a night run again finds anew replaces the one of its first run.
std::vector<StoredEvent> AddTonight(std::vector<StoredEvent> history, const std::vector<PersonEvent>& events,
                                    std::span<const RecordTable* const> tables, CivilDay night);

Status WritePersonHistory(std::span<const StoredEvent> history, GenerationWriter* writer);

}  // namespace hearth
