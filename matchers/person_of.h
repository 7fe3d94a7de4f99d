// PersonBuilder fills in a Person from its mentions: the household register's word first, else what most rows say,
// ties to the smaller value. Inside matchers only; one builder a thread.
#pragma once

#include <span>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "matchers/identity.h"

namespace hearth {

class PersonBuilder {
 public:
  // All must outlive it. identity_of as in GroupClusters.
  PersonBuilder(std::span<const RecordTable* const> tables, const Identities& ids,
                const std::vector<std::vector<uint32_t>>& identity_of);
  // Everything but id and mention range.
  void Fill(std::span<const LinkedMention> mentions, Person* out);

 private:
  std::span<const RecordTable* const> tables_;
  const Identities& ids_;
  const std::vector<std::vector<uint32_t>>& identity_of_;
};

}  // namespace hearth
