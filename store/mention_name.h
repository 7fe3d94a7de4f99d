// MentionName names one person in one row by names that last from night to night. A value.
#pragma once

#include <compare>
#include <string>

namespace hearth {

struct MentionName {
  std::string registry, key, role;
  auto operator<=>(const MentionName&) const = default;
};

}  // namespace hearth
