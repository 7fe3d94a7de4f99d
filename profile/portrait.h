// Portrait (精准画像) draws the raw facts of one family unit from its members' linked rows, each row list as rows and
// not as copies, so that a trace can name them.
//
//   ASSIGN Portrait portrait = Portrait::Create(model, pack.layout(), schemas, tables, answered);
//   UnitFacts facts = portrait.Draw(unit, as_of);
//
// A registry that has not answered gives null (unknown); one that answered with nothing gives an empty list, false or
// "otherwise". Rows linked by a name alone are never used.
// A fact of a case is what an officer wrote last of those entries that hold on the day; one that cannot be read as the
// fact's type is unknown. A fact that the model defines is never drawn so.
// Immutable; Draw is safe from many threads. Tables must outlive the facts drawn.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/facts.h"
#include "core/person.h"
#include "core/record_table.h"
#include "core/status.h"
#include "profile/profile_model.h"

namespace hearth {

struct TableRow {
  uint16_t table = 0;
  uint32_t row = 0;
  auto operator<=>(const TableRow&) const = default;
};

struct MemberSource {
  const Person* person = nullptr;
  MembershipReason reason = MembershipReason::kHead;
  std::vector<TableRow> rows;  // where the person stands in a listed role, sorted
};

struct UnitSource {
  std::string_view household_no;
  std::vector<MemberSource> members;
};

// Rows of a role that belong to the person's own portrait: the first role of a registry, and both sides of a marriage.
bool IsListedRole(const RegistrySchema& schema, uint16_t role);

class Portrait {
 public:
  // tables[i] and answered[i] belong to schemas[i].
  static Portrait Create(const ProfileModel& model, const FactLayout& layout,
                         std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                         std::span<const RecordTable* const> tables, std::vector<bool> answered);

  // sources: for an explanation, the row that each single value was taken from is kept too.
  enum class Sources : uint8_t { kNo, kYes };
  UnitFacts Draw(const UnitSource& unit, CivilDay as_of, Sources sources = Sources::kNo) const;

 private:
  struct Bound {
    FactDefinition definition;
    int slot = -1;
  };
  struct BoundRows {
    int registry = -1, slot = -1;
  };
  // source: the row the value was taken from; may be nullptr.
  Value Pick(const FactDefinition& fact, const std::vector<TableRow>& rows, CivilDay as_of, RowRef* source) const;

  // Which of the assessed facts a row is about: slot and place by name.
  struct Assessed {
    AssessedFact fact;
    std::string name;
  };
  const Assessed* AssessedBy(uint32_t row, CivilDay as_of, FactPlace place) const;
  // Sets the assessed facts of one place from its rows (sorted).
  void DrawAssessed(const std::vector<TableRow>& rows, CivilDay as_of, FactPlace place, bool keep, FactRow* to) const;

  AssessedRows assessed_rows_;
  std::vector<Assessed> assessed_;  // by place and name
  size_t household_slots_ = 0, member_slots_ = 0;
  std::vector<Bound> member_facts_, household_facts_;
  std::vector<BoundRows> member_rows_;
  std::vector<const RecordTable*> tables_;
  std::vector<bool> answered_;
  std::vector<Value> empty_rows_;  // by table
};

}  // namespace hearth
