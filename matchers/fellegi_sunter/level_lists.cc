#include "matchers/fellegi_sunter/level_lists.h"

namespace hearth::linkage {
namespace {

struct LevelList {
  std::string_view name;
  std::vector<std::string_view> levels;
};

// Thresholds of names and of dates are those that record-linkage practice has settled on; none was fitted to a table.
const std::vector<LevelList>& Lists() {
  static const auto* const lists = new std::vector<LevelList>{
      {"equal", {"exact", "else"}},
      {"name", {"exact", "jaro_winkler >= 0.92", "jaro_winkler >= 0.88", "jaro_winkler >= 0.7", "else"}},
      {"chinese_name",
       {"exact", "name <= variant", "name <= homophone", "name <= look_alike", "name <= transposed",
        "name <= one_character", "else"}},
      {"date_of_birth",
       {"exact", "day_month_swapped", "damerau <= 1", "months <= 1", "years <= 1", "years <= 10", "else"}},
      {"number", {"exact", "damerau <= 1", "damerau <= 2", "else"}},
      {"email", {"exact", "damerau <= 1", "jaro_winkler >= 0.88", "else"}},
      {"postcode", {"exact", "damerau <= 1", "exact(% | substr 1 4)", "exact(% | substr 1 2)", "else"}},
      {"organisation", {"exact", "organisation_similarity >= 0.95", "organisation_similarity >= 0.85", "else"}},
      {"amount", {"exact", "percent within 1", "percent within 10", "else"}},
      {"place", {"km <= 1", "km <= 10", "km <= 100", "else"}},
  };
  return *lists;
}

}  // namespace

const std::vector<std::string_view>* FindLevelList(std::string_view name) {
  for (const LevelList& list : Lists()) {
    if (list.name == name) return &list.levels;
  }
  return nullptr;
}

std::vector<std::string> LevelListNames() {
  std::vector<std::string> names;
  for (const LevelList& list : Lists()) names.emplace_back(list.name);
  return names;
}

}  // namespace hearth::linkage
