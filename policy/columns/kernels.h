// The loops over lanes, one per operation, width and shape of operands; for every machine and again for 256-bit
// registers. Internal to policy/columns.
//
// Columns of numbers stand in lanes of 32 or 64 bits, columns of bits in words of 64. Loops run over `padded` lanes, a
// multiple of 64, so a buffer has room for those and one register more; lanes past the end hold anything in the
// column's interval and are never read by a segment.
#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/columns/graph.h"

namespace hearth::columns {

// Lanes that buffers have beyond `padded`.
inline constexpr size_t kSlack = 64;

struct KernelArguments {
  void* out = nullptr;
  const void *a = nullptr, *b = nullptr, *c = nullptr, *d = nullptr;
  int64_t const_a = 0, const_b = 0, const_c = 0, const_d = 0;  // in place of a pointer that is null
  int64_t imm = 0, imm2 = 0;
  size_t lanes = 0, padded = 0;
  // Segments: children of parent p are [offsets[p], offsets[p + 1]).
  const uint32_t* offsets = nullptr;
  size_t parents = 0, parents_padded = 0;
  // Bits of the children that are their parent's first; nullptr where a parent has none.
  const uint64_t* firsts = nullptr;
  uint64_t* failed = nullptr;  // checked operations: lanes that do not fit
  int64_t* scratch = nullptr;  // lanes + 1 numbers
  const uint8_t* table = nullptr;
  size_t table_size = 0;
};

using Kernel = void (*)(const KernelArguments&);

// The loop for a node whose operands are constants where said; nullptr when there is none.
struct OperandShape {
  bool a_const = false, b_const = false, c_const = false, d_const = false;
  Width input = Width::k32;  // kInput, kTrue
};
Kernel FindPortableKernel(const GraphNode& node, const OperandShape& shape);
// nullptr where the machine has no 256-bit registers at compile time.
Kernel FindAvx2Kernel(const GraphNode& node, const OperandShape& shape);

// Whether a column of this width can hold nothing outside its bounds.
bool FillsWidth(const ColumnSpec& spec);
// The loop that marks lanes of `a` below imm or above imm2 as failed.
Kernel FindPortableBounds(Width width);
Kernel FindAvx2Bounds(Width width);

// a / b rounded, b > 0; for constants and tests.
int64_t RoundedQuotient(int64_t a, int64_t b, RoundMode mode);

}  // namespace hearth::columns
