// The graph of columns that a pack is compiled to. A node is one column: whole numbers (32 or 64 bits a lane) or bits,
// at one level. Equal nodes are one node, so what several rules share is worked out once. Internal to policy/columns.
//
// Levels: 0 a lane per unit, 1 per member, 2 + r per row of registry r; -1 a constant, which fits every level.
// Each node of numbers carries the interval of its values, worked out from its operands (range analysis): it decides
// the lanes' width and proves that an operation cannot overflow. Where that cannot be proved the operation is checked:
// a lane that overflows marks its unit, which is then evaluated apart.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policy/columns/batch_layout.h"

namespace hearth::columns {

using NodeId = int32_t;
inline constexpr NodeId kNoNode = -1;

using Level = int8_t;
inline constexpr Level kConstant = -1, kUnits = 0, kMembers = 1, kFirstRows = 2;

enum class GraphOp : uint8_t {
  // numbers
  kConst,          // imm
  kInput,          // column: imm = index in inputs
  kNarrow,         // a in 32 bits
  kWiden,          // a in 64 bits
  kAdd,            // a + b; the same lanes in and out
  kSubtract,       //
  kMultiply,       //
  kMultiplyWiden,  // 32 x 32 bits to 64
  kMin,
  kMax,
  kAbs,
  kSelect,        // bits a ? b : c
  kSpread,        // a, of the parent level imm, on each of its children
  kSegmentSum,    // a summed over the children of each parent; 64 bits
  kSegmentCount,  // set bits of a
  kSegmentMin,    // smallest b where bits a; of none: imm
  kSegmentMax,
  kSegmentDistinct,  // different values of b where bits a
  kDivide,           // a / b, b > 0, rounded as imm (RoundMode); 64 bits
  kRemainder,        // a - 12 * trunc(a / 12)-like: sign of a, b > 0
  kYear,             // of date a
  kMonth,
  kDay,
  kMonthsBetween,  // whole months from date a to date b
  kAddMonths,      // date a, b months later
  kFromParts,      // the day of year a, month b, day c; a day that does not exist is its month's last, or the first
  kBoxedNumber,    // a fact worked out by the plain evaluator: imm = index in boxed
  kAddChecked,     // lanes that overflow mark their unit
  kSubtractChecked,
  kMultiplyChecked,
  // bits
  kAll,
  kNone,
  kKnown,      // of input column imm
  kTrue,       // of boolean input column imm
  kListed,     // rows of registry imm: the member's registry answered
  kFirstSeen,  // rows of registry imm: not seen earlier in the unit
  kThere,      // the unit has facts at place imm
  kAnd,
  kOr,
  kNot,
  kLess,  // a < b
  kEqual,
  kLessWide,   // a / b < c / d by cross-multiplication in 128 bits; imm: 10^scale, for the limit on denominators
  kEqualWide,  //
  kSpreadBits,
  kSegmentAny,
  kSegmentEdge,  // of the set bits of a among the children of one parent only the first (imm2 0) or last (1)
  kWordTable,    // bit imm2 of table imm at word a
  kBoxedKnown,   // imm = index in boxed
  kBoxedTrue,
};

// A fact or rule that is not done in columns, and what a fact's column then is.
struct BoxedFact {
  int derived = -1;
  FactPlace place = FactPlace::kHousehold;
  int slot = -1;
  ColumnSpec spec;
};

enum class RoundMode : uint8_t { kDown, kHalfUp, kUp, kHalfEven, kHalfDown, kFloor, kCeiling };

using Wide = __int128;

struct GraphNode {
  GraphOp op = GraphOp::kNone;
  Level level = kConstant;
  bool bits = false;
  bool wide = false;  // 64-bit lanes
  NodeId a = kNoNode, b = kNoNode, c = kNoNode, d = kNoNode;
  int64_t imm = 0, imm2 = 0;
  int64_t low = 0, high = 0;  // numbers: both included
  // Bound on the sum of all the lanes' sizes within one unit: sums of sums stay as small as their rows allow.
  double total = 0;
};

// A column that a batch brings.
struct InputColumn {
  FactPlace place = FactPlace::kHousehold;
  int slot = -1;
  int registry = -1, field = -1;  // a cell of rows instead of a fact
  ColumnSpec spec;
};

class Graph {
 public:
  Graph();

  const GraphNode& operator[](NodeId id) const { return nodes_[static_cast<size_t>(id)]; }
  size_t size() const { return nodes_.size(); }
  const std::vector<InputColumn>& inputs() const { return inputs_; }

  // ---- numbers. Operands may stand at one level or be constants.
  NodeId Const(int64_t value);
  bool IsConst(NodeId id) const { return (*this)[id].op == GraphOp::kConst; }
  NodeId Input(const InputColumn& column, Level level);
  NodeId Add(NodeId a, NodeId b);
  NodeId Subtract(NodeId a, NodeId b);
  NodeId Multiply(NodeId a, NodeId b);
  NodeId Min(NodeId a, NodeId b);
  NodeId Max(NodeId a, NodeId b);
  NodeId Abs(NodeId a);
  NodeId Select(NodeId bits, NodeId a, NodeId b);
  NodeId Spread(NodeId a, Level to);
  NodeId SegmentSum(NodeId a, Level to);  // the operand's SumFits
  bool SumFits(NodeId a) const { return (*this)[a].total < 9e18; }
  NodeId SegmentCount(NodeId bits, Level from, Level to);
  NodeId SegmentExtreme(NodeId bits, NodeId a, Level from, Level to, bool largest);
  NodeId SegmentDistinct(NodeId bits, NodeId a, Level from, Level to);
  NodeId Divide(NodeId a, NodeId b, RoundMode mode);
  NodeId Remainder(NodeId a, NodeId b);
  NodeId DatePart(GraphOp part, NodeId date);
  NodeId MonthsBetween(NodeId from, NodeId to);
  NodeId AddMonths(NodeId date, NodeId months);
  NodeId FromParts(NodeId year, NodeId month, NodeId day);
  NodeId BoxedNumber(int index, Level level, int64_t low, int64_t high);

  // ---- bits
  NodeId All() const { return all_; }
  NodeId None() const { return none_; }
  NodeId Known(const InputColumn& column, Level level);
  NodeId True(const InputColumn& column, Level level);
  NodeId Leaf(GraphOp op, Level level, int64_t imm);  // kListed, kFirstSeen, kThere, kBoxedKnown, kBoxedTrue
  NodeId And(NodeId a, NodeId b);
  NodeId Or(NodeId a, NodeId b);
  NodeId Not(NodeId a);
  NodeId AndNot(NodeId a, NodeId b) { return And(a, Not(b)); }
  NodeId Less(NodeId a, NodeId b);
  NodeId LessEqual(NodeId a, NodeId b) { return Not(Less(b, a)); }
  NodeId Equal(NodeId a, NodeId b);
  // x / y against z / w, where the products may need 128 bits.
  NodeId Fractions(GraphOp op, NodeId x, NodeId y, NodeId z, NodeId w, int64_t unit);
  NodeId SpreadBits(NodeId bits, Level to);
  NodeId SegmentAny(NodeId bits, Level from, Level to);
  NodeId SegmentEdge(NodeId bits, Level from, Level to, bool last);
  NodeId WordTable(NodeId codes, int table, int bit);

  // Whether an operation on constants alone was asked for since the last call that is not folded to its value. Such a
  // node has no lanes and must not be used.
  bool TakeUnfolded() { return std::exchange(unfolded_, false); }

  void MarkUnfolded() { unfolded_ = true; }

  NodeId Widen(NodeId a);
  // In 32 bits where its interval allows.
  NodeId Narrow(NodeId a);

 private:
  struct KeyHash {
    size_t operator()(const GraphNode& n) const;
  };
  struct KeyEqual {
    bool operator()(const GraphNode& x, const GraphNode& y) const;
  };
  NodeId MakeAbsorbed(const GraphNode& n, GraphOp other);
  NodeId Make(GraphNode n);
  NodeId MakeNumber(GraphNode n, Wide low, Wide high, double total = 1e300);
  // Both operands in lanes of the wider one, or of 64 bits when the result needs them.
  NodeId Arithmetic(GraphOp op, GraphOp checked, NodeId a, NodeId b, Wide low, Wide high, double total = 1e300);
  Level Common(NodeId a, NodeId b) const;
  int InputIndex(const InputColumn& column);

  std::vector<GraphNode> nodes_;
  std::unordered_map<GraphNode, NodeId, KeyHash, KeyEqual> known_;
  std::vector<InputColumn> inputs_;
  NodeId all_ = kNoNode, none_ = kNoNode;
  bool unfolded_ = false;
};

// What a node reads; unused operands are left out.
template <class Visit>
void ForEachOperand(const GraphNode& n, const Visit& visit) {
  for (const NodeId id : {n.a, n.b, n.c, n.d}) {
    if (id != kNoNode) visit(id);
  }
}

}  // namespace hearth::columns
