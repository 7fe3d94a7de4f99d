// Merges what the last generation held of one registry with tonight's deliveries into the registry's rows of tonight.
//
// A delivery's row replaces the held row of equal key; a row absent from a full feed stays (absence is no deletion),
// with the last_seen it had; a delta's deletion row removes. Later deliveries win (as_of, then feed, then sequence).
// A row whose content did not change keeps the recorded_at it had; else recorded_at is the night's as_of.
// The result is sorted by (key, content hash), whatever the order of lines.
#pragma once

#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/record_table.h"

namespace hearth {

struct RowBatch {
  RecordTable table;
  std::vector<std::string> deleted_keys;  // sorted
};

// held: sorted by key, may be empty. batches: in order of application. Consumes its arguments.
RecordTable MergeRows(RecordTable held, std::vector<RowBatch> batches, CivilDay night);

}  // namespace hearth
