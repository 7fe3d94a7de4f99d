// What a place sets on its own: a city's values of a pack's parameters, and the overlays of its counties.
//
//   ASSIGN SiteParameters site = ReadSiteParameters(site_config.parameters, pack);
//   ASSIGN SiteParameters here = ForCounty(pack, site, "330382001204");   // as in force in that county
//   ASSIGN Evaluator evaluator = Evaluator::Create(pack, here, as_of);
//
// An overlay stands in the pack (overlays/330382.yaml, docs/adr/0016) or under `counties:` in hearth.yaml. It may only
// better what the pack states for the person: `better: higher|lower` on the parameter says which way that is.
// Plain values; reading is safe from many threads.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "core/value.h"
#include "core/yaml.h"

namespace hearth {

class Pack;

struct DatedValue {
  CivilDay from;  // in force from this day until the next one's
  Value value;
};
// The value in force on the day; nullptr before the first.
const Value* ValueInForce(const std::vector<DatedValue>& values, CivilDay day);

using DatedValues = std::map<std::string, std::vector<DatedValue>, std::less<>>;

// What one division sets.
struct Overlay {
  std::string division;  // "330382": the code or the beginning of the codes (GB/T 2260) that it is for
  std::string clause, note;
  DatedValues values;        // by parameter
  DatedValues local_amount;  // by rule id, yuan
};

// Dated values of parameters, and amounts of rules that are already higher there (`local_amount`; a lower one changes
// nothing).
struct SiteParameters {
  DatedValues values;
  DatedValues local_amount;       // by rule id, yuan
  std::vector<Overlay> counties;  // by division, each once
};

// Reads a map of parameters: `name: value`, `name: [{from: 2024-01-01, value: …}, …]`, or `local_amount: {rule: …}`.
// An undated value holds from the first day of the calendar. InvalidArgument for a name the pack does not have or a
// value of another type.
StatusOr<SiteParameters> ReadSiteParameters(const YamlNode& node, const Pack& pack);

// The same for a site with several packs: `wenzhou-2022: {…}` holds what is for that pack alone, and a name that only
// another of the site's packs has is left to it.
//   parameters, counties  of hearth.yaml; either may be null
//   site_packs            all packs of the site, `pack` among them
// InvalidArgument also for a name that none of them has, one given twice, and an overlay that lowers what the pack
// states.
StatusOr<SiteParameters> ReadSiteParameters(const YamlNode& parameters, const YamlNode& counties, const Pack& pack,
                                            std::span<const Pack> site_packs);

// What holds in a division: for each parameter and rule the overlay with the longest prefix that states it, a site's
// before a pack's, from that overlay's first day on; else the city's. InvalidArgument when the division is no code.
StatusOr<SiteParameters> ForCounty(const Pack& pack, const SiteParameters& site, std::string_view division);

// Divisions with the same answer have what ForCounty gives in common: "3303,330382", empty where no overlay applies.
std::string OverlaysOf(const Pack& pack, const SiteParameters& site, std::string_view division);

}  // namespace hearth
