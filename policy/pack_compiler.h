// Checks a pack's declarations against one another and compiles their expressions.
#pragma once

#include <memory>
#include <vector>

#include "policy/pack_reader.h"

namespace hearth {

// Problems are appended; the result is usable only when there is none.
std::shared_ptr<const PackData> CompilePack(PackDeclarations declarations, std::vector<Status>* problems);

}  // namespace hearth
