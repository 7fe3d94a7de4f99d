// BuildFamilies turns persons and kin evidence into kin edges, registered households and family units (DESIGN 5,
// docs/adr/0003-family-unit-first-version.md, standards.md 7.1 and 13.1).
//
//   Families families = BuildFamilies(tables, linked, as_of, FamilyOptions{});
//
// Kin edges carry the rows that say so; an edge that follows only from a relation to the head is `inferred`.
// Where registers disagree the order of trust is marriage register, births, household relation, school guardian.
// Odd data is kept and reported as findings, sorted by kind and persons. Kinds: two_current_spouses,
// parent_younger_than_child, parent_under_twelve, kin_cycle, own_kin, dead_head, no_head, two_heads,
// one_number_two_names, collective_kin_ignored, spouse_register_differs, more_than_two_parents,
// sex_contradicts_relation. Empty tables, merged persons and hostile input are fine: time is bounded by rows and
// household sizes, as nothing compares all members of a household with one another. Ids derive from household numbers
// and heads (XXH3-64). Pure; safe from many threads at once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/person.h"
#include "core/record_table.h"

namespace hearth {

// Where a fact about a person stands: rows of a registry, in which role. A registry or field that tonight's tables
// lack yields no facts.
struct StudentSource {
  std::string registry = "school_enrolment", role = "student";
  std::string stage = "stage", full_time = "full_time", state = "state";
  std::vector<std::string> states = {"enrolled", "suspended"};
  // Up to and including bachelor (standards.md 13.1).
  std::vector<std::string> stages = {"bachelor", "junior_college", "secondary_vocational", "senior_high", "junior_high",
                                     "primary",  "preschool"};
};
struct DisabilitySource {
  std::string registry = "disability", role = "self";
  std::string grade = "grade", category = "category", expires = "expires_on";
  int64_t grade_max = 2;          // any category
  int64_t grade_max_of_mind = 3;  // of the categories below
  std::vector<std::string> categories_of_mind = {"intellectual", "mental"};
};

struct FamilyOptions {
  StudentSource student;
  DisabilitySource disability;
  // Statuses of the household register with which a person lives in the city; an empty status counts as normal.
  std::vector<std::string> resident_statuses = {"normal"};
  std::string dead_status = "dead";
  // Field of the household register that says who is married; a field that is not there says nothing.
  std::string marital_field = "marital_status";
  std::vector<std::string> married_values = {"married", "first_marriage", "remarried", "restored"};
  std::string divorced_value = "divorced";
  int adult_age = 18;
  std::string marriage_registry = "marriage", births_registry = "births";  // for the order of trust
};

Families BuildFamilies(std::span<const RecordTable* const> tables, const LinkedPersons& linked, CivilDay as_of,
                       const FamilyOptions& options);

}  // namespace hearth
