// Kin edges from evidence: kin rules of the registries and relations to the head of a household.
//
// Order of trust: marriage register, births, household relation, school guardian. What contradicts a more trusted
// register makes no edge but a finding. Inside matchers only.
#pragma once

#include <span>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "matchers/build_families.h"
#include "matchers/households.h"

namespace hearth {

struct KinGraph {
  std::vector<KinEdge> edges;          // sorted by (from, to, kind)
  std::vector<PersonIndex> spouse_of;  // by person: the current spouse; kNoPerson
  // Parents of a person: parents[parent_starts[p], parent_starts[p + 1]), without edges inside kin cycles.
  std::vector<uint32_t> parent_starts;
  std::vector<PersonIndex> parents;
  std::vector<std::pair<PersonIndex, PersonIndex>> grandparents;  // (grandparent, grandchild) by relation alone, sorted
  std::vector<std::pair<PersonIndex, PersonIndex>> guardians;     // (guardian, ward), sorted

  std::span<const PersonIndex> ParentsOf(PersonIndex p) const {
    return std::span(parents).subspan(parent_starts[p], parent_starts[p + 1] - parent_starts[p]);
  }
};

KinGraph BuildKinGraph(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                       const HouseholdData& households, CivilDay as_of, const FamilyOptions& options,
                       std::vector<FamilyFinding>* findings);

}  // namespace hearth
