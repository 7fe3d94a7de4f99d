// Identities: what the mentions of tonight's tables say about who is meant, each distinct content once.
//
// Twelve monthly rows of one account are one Identity, so that ten million mentions become a few million. Rows that
// say too little to be one person (a name alone) stay an identity each. Texts are kept as XXH3-64 hashes (0: none),
// names also as an index into NameTable; two different texts of one hash are not expected (odds below 1 in 10^5 for
// ten million values) and would only add evidence, never a link by themselves.
// Identities are in order of registry id, role and content hash: independent of row order. Inside matchers only.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/citizen_number.h"
#include "core/person.h"
#include "core/record_table.h"
#include "matchers/mention_key.h"

namespace hearth {

inline constexpr uint32_t kNone = 0xFFFFFFFF;
// Registries that are told apart when weights are looked up: as many as a word has bits.
inline constexpr size_t kRegistriesMax = 64;
inline constexpr int32_t kNoDay = std::numeric_limits<int32_t>::min();

struct Identity {
  uint64_t number = 0;  // packed usable number; set to 0 when names clash on it and another owns it
  uint64_t other_number = 0, phone = 0, address = 0, organisation = 0;
  uint64_t subject = 0;    // registry and its own number of the person
  uint64_t household = 0;  // registry and household number
  uint32_t name = kNone, former_name = kNone;
  int32_t birth = kNoDay;
  uint32_t region = 0;            // six digits
  uint32_t hint = kNone;          // index in Identities::hints
  uint32_t first = 0, count = 0;  // mentions: Identities::mentions[first, first + count), sorted
  uint8_t sex = 0;                // 1 male, 2 female
  bool registered = false;        // a row of the household register
  bool old_number = false;        // its number is an upgraded 15-digit one
  uint8_t registry = 0;           // rank of its registry among tonight's by id; further ones share the last
  uint8_t groups = 0;             // of matchers/person_groups.h
  uint16_t table = 0;             // index of the caller's table
};

// Distinct names. Ids are ranks of the name's hash, so they do not depend on rows.
struct NameTable {
  std::string pool;
  std::vector<uint64_t> offsets;                // size() + 1
  std::vector<uint64_t> folded;                 // hash of FoldedNameKey
  std::vector<uint64_t> sound;                  // hash of PinyinKey
  std::vector<uint64_t> first_word, last_word;  // of names with spaces or separators; else 0
  size_t size() const { return folded.size(); }
  std::string_view Text(uint32_t id) const {
    return std::string_view(pool).substr(offsets[id], offsets[id + 1] - offsets[id]);
  }
};

struct Identities {
  std::vector<Identity> all;
  std::vector<Mention> mentions;  // grouped by identity
  NameTable names;
  std::vector<NumberHint> hints;
  uint64_t mention_count = 0;
  // Identities of one content that are two because a human decided about a mention of one of them.
  std::vector<std::pair<uint32_t, uint32_t>> twins;
};

// Ids of tonight's registries in order; Identity::registry is an index here, at most kRegistriesMax - 1.
std::vector<std::string> RegistriesOf(std::span<const RecordTable* const> tables);

// desk_mentions (sorted): mentions that a human decided about; each is an identity of its own.
Identities CollectIdentities(std::span<const RecordTable* const> tables, std::span<const MentionKey> desk_mentions,
                             int threads);

// The identity of one mention, for explanations. Names are added to `out->names` by the caller's FinishNames.
std::string NameOfMention(const RecordTable& table, uint32_t row, const PersonReference& ref);
// Identities of a few mentions, in their order, each its own.
Identities IdentitiesOf(std::span<const RecordTable* const> tables, std::span<const Mention> mentions);

}  // namespace hearth
