// The true Damerau distance when the alignment distance is known: most of the time nothing is left to compute.
//
// The two differ only through a swap with edits in its gap ("ca" -> "abc"), which costs at least 2 and can be replaced
// by alignment edits for one more. So with n = OSA: DL = n for n <= 2; DL >= 2n / 3 in any case; and for n = 3 the
// distance is 2 only if one such swap, of two units against three, is all that parts the strings.
#pragma once

#include "matchers/similarity/match_masks.h"

namespace hearth {

// The smaller of the true distance of a and b and max + 1. 0 <= max < the greatest int.
template <class Unit>
int DamerauOfAlignment(UnitView<Unit> a, UnitView<Unit> b, int alignment, int max);

}  // namespace hearth
