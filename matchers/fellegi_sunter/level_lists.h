// Ready-made lists of levels for fields that most tables have: `use: name`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth::linkage {

// Conditions as a model's text writes them, of the comparison's own column or columns; "%" in one stands for the column
// where steps follow it. Without the null level, with else. Null pointer: no such list.
const std::vector<std::string_view>* FindLevelList(std::string_view name);
std::vector<std::string> LevelListNames();

}  // namespace hearth::linkage
