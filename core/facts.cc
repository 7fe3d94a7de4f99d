#include "core/facts.h"

namespace hearth {

int FactLayout::Add(FactPlace place, std::string_view name) {
  const int p = static_cast<int>(place);
  const auto [it, added] = slots_[p].emplace(std::string(name), static_cast<int>(names_[p].size()));
  if (added) names_[p].emplace_back(name);
  return it->second;
}

int FactLayout::Slot(FactPlace place, std::string_view name) const {
  const auto& slots = slots_[static_cast<int>(place)];
  const auto it = slots.find(std::string(name));
  return it == slots.end() ? -1 : it->second;
}

}  // namespace hearth
