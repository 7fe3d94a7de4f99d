// ProfileModel says, as data, which raw facts the portrait of a person or family unit holds and which rows they come
// from (packs/profile.yaml, docs/formats.md). A new fact needs no compiler.
//
//   - {name: hukou_type, place: member, registry: household_registration, field: hukou_type, pick: last}
//   - {name: in_dibao, place: household, registry: civil_affairs, where: {class: [dibao]}, pick: exists}
//
// `assessed:` names the registry from which a pack's facts of a case are drawn, by name:
//
//   assessed: {registry: case_attributes, subject: subject, fact: fact, value: value, from: assessed_on, to:
//   valid_until}
//
// Immutable once loaded; safe from many threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.h"
#include "core/schema.h"
#include "core/status.h"

namespace hearth {

// Facts that stand on the person or unit itself and not on one row.
enum class ProfileBuiltIn : uint8_t {
  kNone,
  kPersonId,
  kBirthDate,
  kSex,
  kDeathDate,
  kMembershipReason,
  kHouseholdNumber,
  kUnitSize
};

enum class FactPick : uint8_t {
  kFirst,  // value of the row that comes first by `by` (then by key)
  kLast,   // … last
  kMin,
  kMax,
  kSum,
  kCount,   // rows
  kExists,  // true or false, or the words `then` / `otherwise`
};

struct FactDefinition {
  std::string name;
  FactPlace place = FactPlace::kMember;  // kHousehold: over the rows of all members
  ProfileBuiltIn built_in = ProfileBuiltIn::kNone;
  int registry = -1;  // index in the schemas
  int field = -1;
  FactPick pick = FactPick::kLast;
  int by = -1;                                          // field that orders the rows
  std::vector<std::pair<int, std::vector<int>>> where;  // code field -> accepted code indices
  int from = -1, to = -1;  // day fields: the row counts when from <= as_of <= to (absent: open)
  int month_within = -1;   // month field: the row counts when its month is at most `months` before as_of's
  int months = 0;
  std::optional<std::string> then, otherwise;
};

// The registry of what officers assessed: fields of its rows.
struct AssessedRows {
  int registry = -1;  // index in the schemas; -1: there is none
  int subject = -1;   // code field with the values person and household
  int person_code = -1, household_code = -1;
  int fact = -1, value = -1;  // text fields
  int from = -1, to = -1;     // day fields; to may be absent
};

struct ProfileModel {
  std::vector<FactDefinition> facts;
  AssessedRows assessed;
};

// InvalidArgument with file, line and column for anything unknown. A fact of a registry that is not among the schemas
// is left out: its value stays unknown.
StatusOr<ProfileModel> ReadProfileModel(std::string_view yaml, std::string_view file_name,
                                        std::span<const std::shared_ptr<const RegistrySchema>> schemas);

}  // namespace hearth
