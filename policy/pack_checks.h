// Static checks on a whole pack, after its expressions are compiled: names that clash, what is never used, health
// facts outside their clauses. Internal to policy/.
#pragma once

#include <vector>

#include "policy/pack_reader.h"

namespace hearth {

// A parameter of money that stands in an amount, directly or through derived facts, is better when higher unless the
// pack says otherwise.
void SetDefaultBetter(PackData* data);

// Problems and warnings are appended in no stated order.
void CheckWholePack(const PackDeclarations& pack, std::vector<Status>* problems, std::vector<Status>* warnings);

}  // namespace hearth
