// Problems of a pack in the order of files and lines. Internal to policy/.
#pragma once

#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth {

// Whether the message that begins with "file:line:column: " stands before the other; one without a place comes first.
bool ComesBefore(std::string_view a, std::string_view b);

// Stable: problems of one place keep their order.
void SortByPlace(std::vector<Status>* problems);

}  // namespace hearth
