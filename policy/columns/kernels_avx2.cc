// The loops again, for 256-bit registers. Every header stands before the pragma, so that no code shared with others is
// compiled for them.
#include <algorithm>
#include <bit>
#include <type_traits>

#include "policy/columns/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

#include <immintrin.h>

#define HEARTH_WIDE_LANES 1

#pragma GCC target("avx2,bmi,bmi2,popcnt,lzcnt")

namespace hearth::columns {
namespace avx2 {
#include "policy/columns/kernel_loops.h"
}  // namespace avx2

Kernel FindAvx2Kernel(const GraphNode& node, const OperandShape& shape) { return avx2::Find(node, shape); }
Kernel FindAvx2Bounds(Width width) { return avx2::FindBounds(width); }
}  // namespace hearth::columns

#else

namespace hearth::columns {
Kernel FindAvx2Kernel(const GraphNode&, const OperandShape&) { return nullptr; }
Kernel FindAvx2Bounds(Width) { return nullptr; }
}  // namespace hearth::columns

#endif
