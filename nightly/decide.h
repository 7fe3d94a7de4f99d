// The decide stage: the portrait of each family unit, the packs' determinations, and the alerts that follow.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/alert.h"
#include "core/determination.h"
#include "core/person.h"
#include "core/record_table.h"
#include "ingest/registry_schema.h"
#include "policy/evaluate.h"
#include "profile/portrait.h"
#include "warning/raise_alerts.h"

namespace hearth {

// A pack in force, with the locality's parameters.
struct ActivePack {
  Pack pack;
  SiteParameters site;
};

// What holds in a division of the site: the site's own values, with the overlays of the pack and of the site's
// counties.
StatusOr<SiteParameters> SiteAt(const ActivePack& active, std::string_view region);

struct DecideInput {
  std::span<const RecordTable* const> tables;
  const SchemaList* schemas = nullptr;
  std::vector<bool> answered;
  const LinkedPersons* linked = nullptr;
  const Families* families = nullptr;
  const ProfileModel* profile = nullptr;
  CivilDay as_of;
  int threads = 1;
};

struct Decisions {
  std::vector<std::vector<Determination>> by_unit;  // eligible ones, in order of rule and member
  std::vector<Alert> alerts;                        // tonight's, unjoined
  uint64_t count = 0;
  Withheld withheld;
  uint64_t enrolled_units = 0;  // units that the register holds in some class with alerts
};

// done(n) is called, from any thread, as units are decided.
StatusOr<Decisions> Decide(const DecideInput& input, const ActivePack& pack, const std::function<void(size_t)>& done);

// The members of a unit with their listed rows; rows linked by a name alone are left out. order: person indices.
UnitSource SourceOf(const DecideInput& input, std::string_view household_no, std::span<const FamilyUnitMember> members);

}  // namespace hearth
