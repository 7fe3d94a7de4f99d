// The comparators for strings of more than 64 units: in blocks of 64, or row by row. They allocate.
// Each is for bytes and for code points; both strings have at least one unit.
#pragma once

#include <string_view>

#include "matchers/similarity/match_masks.h"

namespace hearth {

// The distance, or max + 1 as soon as it must be more than max. 0 <= max < the greatest int.
template <class Unit>
int LevenshteinBlocks(UnitView<Unit> a, UnitView<Unit> b, int max);

template <class Unit>
int AlignmentRows(UnitView<Unit> a, UnitView<Unit> b);

// Of any length; without allocation while b has up to 64 units.
template <class Unit>
int DamerauRows(UnitView<Unit> a, UnitView<Unit> b);

template <class Unit>
double JaroRows(UnitView<Unit> a, UnitView<Unit> b);

}  // namespace hearth
