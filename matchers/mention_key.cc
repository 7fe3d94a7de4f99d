#include "matchers/mention_key.h"

#include <algorithm>
#include <string>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {

MentionKey KeyOfMention(std::string_view registry, std::string_view row_key, std::string_view role) {
  char small[256];
  const size_t size = registry.size() + row_key.size() + role.size() + 2;
  std::string large;
  char* out = small;
  if (size > sizeof small) {
    large.resize(size);
    out = large.data();
  }
  char* at = std::copy(registry.begin(), registry.end(), out);
  *at++ = '\x1f';
  at = std::copy(row_key.begin(), row_key.end(), at);
  *at++ = '\x1f';
  std::copy(role.begin(), role.end(), at);
  return {XXH3_64bits(out, size)};
}

MentionKey KeyOfMention(const RecordTable& table, uint32_t row, uint16_t role) {
  return KeyOfMention(table.schema().id, table.Key(row), table.schema().persons[role].role);
}

namespace {

void SortByMention(std::vector<IdMap::Entry>* entries) {
  std::sort(entries->begin(), entries->end());
  entries->erase(std::unique(entries->begin(), entries->end(),
                             [](const IdMap::Entry& a, const IdMap::Entry& b) { return a.mention == b.mention; }),
                 entries->end());
}

const PersonId* FindIn(const std::vector<IdMap::Entry>& entries, MentionKey mention) {
  const auto it = std::lower_bound(entries.begin(), entries.end(), mention,
                                   [](const IdMap::Entry& e, MentionKey key) { return e.mention < key; });
  return it != entries.end() && it->mention == mention ? &it->person : nullptr;
}

}  // namespace

IdMap::IdMap(std::vector<Entry> entries, std::vector<Entry> retired)
    : entries_(std::move(entries)), retired_(std::move(retired)) {
  SortByMention(&entries_);
  SortByMention(&retired_);
}

const PersonId* IdMap::Find(MentionKey mention) const { return FindIn(entries_, mention); }
const PersonId* IdMap::FindRetired(MentionKey mention) const { return FindIn(retired_, mention); }

IdMap IdMapOf(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
              std::vector<IdMap::Entry> retired) {
  std::vector<IdMap::Entry> entries;
  entries.reserve(linked.mentions.size());
  for (const Person& person : linked.persons) {
    for (uint32_t i = 0; i < person.mention_count; ++i) {
      const Mention m = linked.mentions[person.first_mention + i].mention;
      entries.push_back({KeyOfMention(*tables[m.table], m.row, m.role), person.id});
    }
  }
  return IdMap(std::move(entries), std::move(retired));
}

}  // namespace hearth
