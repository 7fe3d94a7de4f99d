// NameSimilarity: how alike two names in any script are, 0 to 1.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth {

enum class NameKind : uint8_t { kPerson, kOrganisation, kUnknown };

// Symmetric and deterministic.
double NameSimilarity(std::string_view a, std::string_view b, NameKind kind);

}  // namespace hearth
