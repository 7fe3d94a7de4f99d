#include "nightly/merge_rows.h"

#include <algorithm>
#include <limits>

namespace hearth {
namespace {

// One sorted source of rows: the held table or a batch.
struct Cursor {
  const RecordTable* table;
  std::vector<uint32_t> order;
  const std::vector<std::string>* deleted;
  size_t next = 0, next_deleted = 0;

  bool RowsDone() const { return next == order.size(); }
  std::string_view Key() const { return table->Key(order[next]); }
  bool DeletedDone() const { return deleted == nullptr || next_deleted == deleted->size(); }
};

void StampNew(RecordTable* table, uint32_t row, CivilDay night) {
  RowOrigin origin = table->Origin(row);
  origin.recorded_at = night;
  origin.last_seen = origin.as_of;
  table->SetOrigin(row, origin);
}

}  // namespace

RecordTable MergeRows(RecordTable held, std::vector<RowBatch> batches, CivilDay night) {
  if (batches.empty()) return held;
  if (held.size() == 0 && batches.size() == 1) {
    RecordTable table = std::move(batches.front().table);
    table.Permute(table.CanonicalOrder());
    for (uint32_t row = 0; row < table.size(); ++row) StampNew(&table, row, night);
    return table;
  }
  std::vector<Cursor> cursors;
  std::vector<uint32_t> identity(held.size());
  for (uint32_t i = 0; i < identity.size(); ++i) identity[i] = i;
  cursors.push_back({&held, std::move(identity), nullptr});
  for (const RowBatch& batch : batches)
    cursors.push_back({&batch.table, batch.table.CanonicalOrder(), &batch.deleted_keys});

  RecordTable merged(held.shared_schema());
  merged.Reserve(std::max(held.size(), batches.back().table.size()));
  while (true) {
    std::string_view key;
    bool any = false;
    for (const Cursor& c : cursors) {
      if (!c.RowsDone() && (!any || c.Key() < key)) {
        key = c.Key();
        any = true;
      }
      if (!c.DeletedDone() && (!any || (*c.deleted)[c.next_deleted] < key)) {
        key = (*c.deleted)[c.next_deleted];
        any = true;
      }
    }
    if (!any) break;
    const Cursor* winner = nullptr;
    uint32_t winner_row = 0;
    const bool was_held = !cursors[0].RowsDone() && cursors[0].Key() == key;
    const uint32_t held_row = was_held ? cursors[0].order[cursors[0].next] : 0;
    for (Cursor& c : cursors) {
      if (!c.DeletedDone() && (*c.deleted)[c.next_deleted] == key) {
        winner = nullptr;
        ++c.next_deleted;
      }
      if (!c.RowsDone() && c.Key() == key) {
        winner = &c;
        winner_row = c.order[c.next];
        ++c.next;
      }
    }
    if (winner == nullptr) continue;
    const uint32_t row = merged.AppendFrom(*winner->table, winner_row);
    if (winner == &cursors[0]) continue;
    StampNew(&merged, row, night);
    if (was_held && held.ContentHash(held_row) == merged.ContentHash(row)) {
      RowOrigin origin = merged.Origin(row);
      origin.recorded_at = held.Origin(held_row).recorded_at;
      merged.SetOrigin(row, origin);
    }
  }
  return merged;
}

}  // namespace hearth
