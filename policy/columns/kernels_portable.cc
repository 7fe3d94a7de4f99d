// The loops for every machine.
#include <algorithm>
#include <bit>
#include <type_traits>

#include "policy/columns/kernels.h"

#define HEARTH_WIDE_LANES 0

namespace hearth::columns {
namespace portable {
#include "policy/columns/kernel_loops.h"
}  // namespace portable

Kernel FindPortableKernel(const GraphNode& node, const OperandShape& shape) { return portable::Find(node, shape); }

bool FillsWidth(const ColumnSpec& spec) {
  if (spec.width == Width::k64) return false;
  const int64_t most = (int64_t{1} << ((8 << static_cast<int>(spec.width)) - 1)) - 1;
  // The one number below -most is the kernels' to bear: 32-bit lanes add without overflow checks.
  return spec.low <= -most && spec.high >= most;
}

Kernel FindPortableBounds(Width width) { return portable::FindBounds(width); }

int64_t RoundedQuotient(int64_t a, int64_t b, RoundMode mode) {
  GraphNode node;
  node.op = GraphOp::kDivide;
  node.imm = static_cast<int64_t>(mode);
  KernelArguments k;
  int64_t out = 0;
  k.out = &out;
  k.const_a = a;
  k.const_b = b;
  k.lanes = k.padded = 1;
  portable::Find(node, {.a_const = true, .b_const = true})(k);
  return out;
}

}  // namespace hearth::columns
