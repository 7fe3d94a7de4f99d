// MentionKey names one mention for good: registry, row key and role, whatever row number it has tonight.
// IdMap is what the last night said about them: mention -> person. The store keeps it and hands it to the next night.
//
//   IdMap map(std::move(entries));
//   if (const PersonId* id = map.Find(KeyOfMention("vehicles", "02|浙Z12345", "owner"))) …
//
// A key is the XXH3-64 of "registry \x1f row key \x1f role"; the same on every machine, so it may be stored.
// Values, immutable once made; reading is safe from many threads.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"

namespace hearth {

struct MentionKey {
  uint64_t value = 0;
  auto operator<=>(const MentionKey&) const = default;
};

MentionKey KeyOfMention(std::string_view registry, std::string_view row_key, std::string_view role);
MentionKey KeyOfMention(const RecordTable& table, uint32_t row, uint16_t role);

class IdMap {
 public:
  struct Entry {
    MentionKey mention;
    PersonId person;
    auto operator<=>(const Entry&) const = default;
  };

  IdMap() = default;
  // Any order; of two entries with one key the smaller person stays. retired: one entry a mention, the person who was
  // merged away and whose row it was (see RetiredBy).
  explicit IdMap(std::vector<Entry> entries, std::vector<Entry> retired = {});

  // nullptr when yesterday did not know the mention. O(log n).
  const PersonId* Find(MentionKey mention) const;
  const PersonId* FindRetired(MentionKey mention) const;
  // Sorted by mention.
  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<Entry>& retired() const { return retired_; }

 private:
  std::vector<Entry> entries_, retired_;
};

// What tonight's linking hands to tomorrow's: one entry per mention. tables as given to LinkPersons.
IdMap IdMapOf(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
              std::vector<IdMap::Entry> retired = {});

// A human decision about two mentions; it wins over every rule. A mention that is gone tonight is passed over.
struct DeskDecision {
  MentionKey left, right;
  bool same_person = false;  // must-link, else cannot-link
};
struct DeskDecisions {
  std::vector<DeskDecision> decisions;  // of two about one pair the last one counts
};

}  // namespace hearth
