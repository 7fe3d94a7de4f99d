// A what-if: every family unit of a city under two sets of rules, the one in force and another (other parameters,
// another pack, another day), and who gains, who loses, what it costs and why.
//
// Both sides are worked out as nightly/entitlement.h says: the rules, not the registers, say who is in a class, so
// that a difference is the rules' and not a backlog's. Nothing is stored. Money of different periods is never added up.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nightly/city.h"
#include "nightly/entitlement.h"

namespace hearth {

struct SimulateSide {
  Pack pack;
  SiteParameters site;
};

struct SimulateInput {
  const City* city = nullptr;
  const SchemaList* schemas = nullptr;
  const ProfileModel* profile = nullptr;
  SimulateSide before, after;
  CivilDay as_of;
  int threads = 1;
};

inline constexpr int kPeriods = 6;
using MoneyByPeriod = std::array<int64_t, kPeriods>;  // fen, by Period

enum class ChangeDirection : uint8_t { kGains, kLoses, kMixed };
std::string_view ChangeDirectionName(ChangeDirection d);  // "gains" …

// One rule that came out otherwise for one subject.
struct RuleChange {
  std::string rule;
  int32_t member = -1;
  bool held_before = false, held_after = false;
  std::optional<Money> before, after;
  Period per = Period::kNone;
};

struct UnitChange {
  uint32_t unit = 0;  // index in City::units
  ChangeDirection direction = ChangeDirection::kMixed;
  MoneyByPeriod before{}, after{};  // benefits of the unit
  std::vector<RuleChange> rules;
  std::string reason;  // "in_dibao: false, now true (WZ-1.2: pc_countable_income_month < …)"
};

struct CostLine {
  uint64_t subjects_before = 0, subjects_after = 0;
  int64_t before = 0, after = 0;  // fen a period
};
struct CostKey {
  std::string county, programme;
  Period per = Period::kNone;
  auto operator<=>(const CostKey&) const = default;
};

struct DirectionCount {
  uint64_t gains = 0, loses = 0, mixed = 0, unchanged = 0;
  void Add(std::optional<ChangeDirection> d);
};

struct Simulation {
  uint64_t units = 0, persons = 0;
  DirectionCount households, members;
  std::map<std::string, DirectionCount> by_county;  // households
  std::map<CostKey, CostLine> cost;
  std::array<DirectionCount, 7> by_size;  // households of 1 … 6, 7 and more
  std::array<DirectionCount, 5> by_age;   // persons; see kAgeBands, the last: not known
  std::vector<UnitChange> changes;        // in order of unit
};
inline constexpr std::array<std::string_view, 5> kAgeBands = {"0-17", "18-59", "60-79", "80+", "?"};
inline constexpr std::array<std::string_view, 7> kSizeBands = {"1", "2", "3", "4", "5", "6", "7+"};

// The first six digits of a unit's division: its county or district.
std::string CountyOf(const CityUnit& unit);

// done(n) is called, from any thread, as units are worked out. The result does not depend on threads.
// FailedPrecondition when a pack is not in force on as_of.
StatusOr<Simulation> Simulate(const SimulateInput& input, const std::function<void(size_t)>& done);

}  // namespace hearth
