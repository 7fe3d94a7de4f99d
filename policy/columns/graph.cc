#include "policy/columns/graph.h"

#include <algorithm>
#include <cmath>

#include "core/civil_day.h"
#include "core/status.h"
#include "policy/columns/kernels.h"

namespace hearth::columns {
namespace {

constexpr Wide kLow32 = INT32_MIN, kHigh32 = INT32_MAX;
constexpr Wide kLow64 = INT64_MIN + 1, kHigh64 = INT64_MAX;

bool Fits64(Wide low, Wide high) { return low >= kLow64 && high <= kHigh64; }
bool Fits32(Wide low, Wide high) { return low >= kLow32 && high <= kHigh32; }

}  // namespace

size_t Graph::KeyHash::operator()(const GraphNode& n) const {
  uint64_t h = static_cast<uint64_t>(n.op) * 31 + static_cast<uint64_t>(n.level + 2);
  for (const int64_t part :
       {int64_t{n.a}, int64_t{n.b}, int64_t{n.c}, int64_t{n.d}, n.imm, n.imm2, int64_t{n.wide ? 1 : 0}}) {
    h = (h ^ static_cast<uint64_t>(part)) * 0x9E3779B97F4A7C15ULL;
    h ^= h >> 29;
  }
  return h;
}

bool Graph::KeyEqual::operator()(const GraphNode& x, const GraphNode& y) const {
  return x.op == y.op && x.level == y.level && x.wide == y.wide && x.a == y.a && x.b == y.b && x.c == y.c &&
         x.d == y.d && x.imm == y.imm && x.imm2 == y.imm2;
}

Graph::Graph() {
  GraphNode n;
  n.bits = true;
  n.op = GraphOp::kAll;
  all_ = Make(n);
  n.op = GraphOp::kNone;
  none_ = Make(n);
}

NodeId Graph::Make(GraphNode n) {
  unfolded_ |= n.level == kConstant && n.op != GraphOp::kConst && n.op != GraphOp::kAll && n.op != GraphOp::kNone;
  const auto [it, added] = known_.emplace(n, static_cast<NodeId>(nodes_.size()));
  if (added) nodes_.push_back(n);
  return it->second;
}

NodeId Graph::MakeNumber(GraphNode n, Wide low, Wide high, double total) {
  n.low = static_cast<int64_t>(std::max(low, kLow64));
  n.high = static_cast<int64_t>(std::min(high, kHigh64));
  const double most = std::max(std::abs(static_cast<double>(n.low)), std::abs(static_cast<double>(n.high)));
  n.total = std::min(total * (1 + 1e-9), most * kListMax);
  return Make(n);
}

Level Graph::Common(NodeId a, NodeId b) const {
  const Level x = (*this)[a].level, y = (*this)[b].level;
  HEARTH_CHECK(x == y || x == kConstant || y == kConstant, "columns of two levels meet");
  return std::max(x, y);
}

int Graph::InputIndex(const InputColumn& column) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const InputColumn& have = inputs_[i];
    if (have.place == column.place && have.slot == column.slot && have.registry == column.registry &&
        have.field == column.field) {
      return static_cast<int>(i);
    }
  }
  inputs_.push_back(column);
  return static_cast<int>(inputs_.size()) - 1;
}

NodeId Graph::Const(int64_t value) {
  GraphNode n;
  n.op = GraphOp::kConst;
  n.imm = value;
  n.wide = !Fits32(value, value);
  return MakeNumber(n, value, value);
}

NodeId Graph::Input(const InputColumn& column, Level level) {
  GraphNode n;
  n.op = GraphOp::kInput;
  n.level = level;
  n.imm = InputIndex(column);
  n.wide = column.spec.width == Width::k64;
  return MakeNumber(n, column.spec.low, column.spec.high);
}

NodeId Graph::Widen(NodeId a) {
  const GraphNode of = (*this)[a];
  if (of.wide || of.op == GraphOp::kConst) return a;
  GraphNode n;
  n.op = GraphOp::kWiden;
  n.level = of.level;
  n.a = a;
  n.wide = true;
  return MakeNumber(n, of.low, of.high, of.total);
}

NodeId Graph::Narrow(NodeId a) {
  const GraphNode of = (*this)[a];
  if (!of.wide || of.op == GraphOp::kConst || !Fits32(of.low, of.high)) return a;
  GraphNode n;
  n.op = GraphOp::kNarrow;
  n.level = of.level;
  n.a = a;
  return MakeNumber(n, of.low, of.high, of.total);
}

NodeId Graph::Arithmetic(GraphOp op, GraphOp checked, NodeId a, NodeId b, Wide low, Wide high, double total) {
  GraphNode n;
  n.op = op;
  n.level = Common(a, b);
  const bool narrow = !(*this)[a].wide && !(*this)[b].wide;
  if (!Fits64(low, high)) n.op = checked;
  n.wide = !narrow || !Fits32(low, high);
  if (op == GraphOp::kMultiply && n.op == op && narrow && n.wide) {
    n.op = GraphOp::kMultiplyWiden;
  } else if (n.wide) {
    a = Widen(a);
    b = Widen(b);
  }
  n.a = a;
  n.b = b;
  return MakeNumber(n, low, high, total);
}

NodeId Graph::Add(NodeId a, NodeId b) {
  if (IsConst(a)) std::swap(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (IsConst(b) && y.imm == 0) return a;
  const Wide low = Wide{x.low} + y.low, high = Wide{x.high} + y.high;
  if (IsConst(a) && Fits64(low, high)) return Const(static_cast<int64_t>(low));
  if (!IsConst(b) && a > b) std::swap(a, b);
  return Arithmetic(GraphOp::kAdd, GraphOp::kAddChecked, a, b, low, high, x.total + y.total);
}

NodeId Graph::Subtract(NodeId a, NodeId b) {
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (a == b) return Const(0);
  if (IsConst(b) && y.imm != INT64_MIN) return Add(a, Const(-y.imm));
  return Arithmetic(GraphOp::kSubtract, GraphOp::kSubtractChecked, a, b, Wide{x.low} - y.high, Wide{x.high} - y.low,
                    x.total + y.total);
}

NodeId Graph::Multiply(NodeId a, NodeId b) {
  if (IsConst(a)) std::swap(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (IsConst(b) && y.imm == 1) return a;
  if (IsConst(b) && y.imm == 0) return Const(0);
  if (IsConst(b) && x.op == GraphOp::kMultiply && IsConst(x.b)) {
    Wide product = Wide{y.imm} * (*this)[x.b].imm;
    if (Fits64(product, product)) return Multiply(x.a, Const(static_cast<int64_t>(product)));
  }
  const Wide corners[4] = {Wide{x.low} * y.low, Wide{x.low} * y.high, Wide{x.high} * y.low, Wide{x.high} * y.high};
  const Wide low = *std::min_element(corners, corners + 4), high = *std::max_element(corners, corners + 4);
  if (IsConst(a) && IsConst(b) && Fits64(low, high)) return Const(static_cast<int64_t>(low));
  if (!IsConst(b) && a > b) std::swap(a, b);
  return Arithmetic(GraphOp::kMultiply, GraphOp::kMultiplyChecked, a, b, low, high,
                    IsConst(b) ? x.total * std::abs(static_cast<double>(y.imm)) : 1e300);
}

NodeId Graph::Min(NodeId a, NodeId b) {
  if (a == b) return a;
  if (IsConst(a)) std::swap(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (x.high <= y.low) return a;
  if (y.high <= x.low) return b;
  if (!IsConst(b) && a > b) std::swap(a, b);
  return Arithmetic(GraphOp::kMin, GraphOp::kMin, a, b, std::min(x.low, y.low), std::min(x.high, y.high),
                    x.total + y.total);
}

NodeId Graph::Max(NodeId a, NodeId b) {
  if (a == b) return a;
  if (IsConst(a)) std::swap(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (x.low >= y.high) return a;
  if (y.low >= x.high) return b;
  if (!IsConst(b) && a > b) std::swap(a, b);
  return Arithmetic(GraphOp::kMax, GraphOp::kMax, a, b, std::max(x.low, y.low), std::max(x.high, y.high),
                    x.total + y.total);
}

NodeId Graph::Abs(NodeId a) {
  if ((*this)[a].low >= 0) return a;
  return Max(a, Subtract(Const(0), a));
}

NodeId Graph::Select(NodeId bits, NodeId a, NodeId b) {
  if (a == b || bits == all_) return a;
  if (bits == none_) return b;
  if ((*this)[bits].op == GraphOp::kNot) return Select((*this)[bits].a, b, a);
  GraphNode n;
  n.op = GraphOp::kSelect;
  n.level = std::max((*this)[bits].level, Common(a, b));
  n.wide = (*this)[a].wide || (*this)[b].wide;
  if (n.wide) {
    a = Widen(a);
    b = Widen(b);
  }
  n.a = bits;
  n.b = a;
  n.c = b;
  return MakeNumber(n, std::min((*this)[a].low, (*this)[b].low), std::max((*this)[a].high, (*this)[b].high),
                    (*this)[a].total + (*this)[b].total);
}

NodeId Graph::Spread(NodeId a, Level to) {
  const GraphNode x = (*this)[a];
  if (x.level == to || x.level == kConstant) return a;
  GraphNode n;
  n.op = GraphOp::kSpread;
  n.level = to;
  n.a = a;
  n.imm = x.level;
  n.wide = x.wide;
  return MakeNumber(n, x.low, x.high);
}

NodeId Graph::SegmentSum(NodeId a, Level to) {
  const GraphNode x = (*this)[a];
  GraphNode n;
  n.op = GraphOp::kSegmentSum;
  n.level = to;
  n.a = a;
  n.wide = true;
  HEARTH_CHECK(SumFits(a), "a sum beyond 64 bits");
  const Wide most = static_cast<Wide>(x.total) + 1;
  return MakeNumber(n, x.low < 0 ? -most : 0, x.high > 0 ? most : 0, x.total);
}

NodeId Graph::SegmentCount(NodeId bits, Level from, Level to) {
  if (bits == none_) return Const(0);
  GraphNode n;
  n.op = GraphOp::kSegmentCount;
  n.level = to;
  n.a = bits;
  n.imm = from;
  return MakeNumber(n, 0, kListMax);
}

NodeId Graph::SegmentExtreme(NodeId bits, NodeId a, Level from, Level to, bool largest) {
  GraphNode n;
  n.op = largest ? GraphOp::kSegmentMax : GraphOp::kSegmentMin;
  n.level = to;
  n.a = bits;
  n.b = Widen(a);
  n.imm = from;
  n.wide = true;
  const GraphNode x = (*this)[a];
  n.imm2 = x.low;
  return Narrow(MakeNumber(n, x.low, x.high));
}

NodeId Graph::SegmentDistinct(NodeId bits, NodeId a, Level from, Level to) {
  GraphNode n;
  n.op = GraphOp::kSegmentDistinct;
  n.level = to;
  n.a = bits;
  n.b = Widen(a);
  n.imm = from;
  n.wide = false;
  return MakeNumber(n, 0, kListMax);
}

NodeId Graph::Divide(NodeId a, NodeId b, RoundMode mode) {
  if (IsConst(b) && (*this)[b].imm == 1) return a;
  if (IsConst(a) && IsConst(b) && (*this)[b].imm > 0) {
    return Const(RoundedQuotient((*this)[a].imm, (*this)[b].imm, mode));
  }
  GraphNode n;
  n.op = GraphOp::kDivide;
  n.level = Common(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  const Wide divisor = std::max<int64_t>(1, y.low);
  const Wide low = x.low < 0 ? Wide{x.low} / divisor - 1 : 0, high = x.high > 0 ? Wide{x.high} / divisor + 1 : 0;
  n.a = Widen(a);
  n.b = Widen(b);
  n.imm = static_cast<int64_t>(mode);
  n.wide = true;
  return Narrow(MakeNumber(n, low, high, x.total / static_cast<double>(divisor) + kListMax));
}

NodeId Graph::Remainder(NodeId a, NodeId b) {
  GraphNode n;
  n.op = GraphOp::kRemainder;
  n.level = Common(a, b);
  const int64_t most = std::max<int64_t>(1, (*this)[b].high);
  const bool negative = (*this)[a].low < 0;
  n.a = Widen(a);
  n.b = Widen(b);
  n.wide = true;
  return Narrow(MakeNumber(n, negative ? -most : 0, most));
}

NodeId Graph::DatePart(GraphOp part, NodeId date) {
  GraphNode n;
  n.op = part;
  n.level = (*this)[date].level;
  n.a = date;
  const Wide high = part == GraphOp::kYear ? 9999 : part == GraphOp::kMonth ? 12 : 31;
  return MakeNumber(n, 1, high);
}

NodeId Graph::MonthsBetween(NodeId from, NodeId to) {
  GraphNode n;
  n.op = GraphOp::kMonthsBetween;
  n.level = Common(from, to);
  n.a = from;
  n.b = to;
  return MakeNumber(n, -120000, 120000);
}

NodeId Graph::AddMonths(NodeId date, NodeId months) {
  GraphNode n;
  n.op = GraphOp::kAddMonths;
  n.level = Common(date, months);
  n.a = date;
  n.b = months;
  return MakeNumber(n, CivilDay::FromYmd(1, 1, 1)->days, CivilDay::FromYmd(9999, 12, 31)->days);
}

NodeId Graph::FromParts(NodeId year, NodeId month, NodeId day) {
  GraphNode n;
  n.op = GraphOp::kFromParts;
  n.level = std::max((*this)[day].level, Common(year, month));
  n.a = year;
  n.b = month;
  n.c = day;
  return MakeNumber(n, CivilDay::FromYmd(1, 1, 1)->days, CivilDay::FromYmd(9999, 12, 31)->days);
}

NodeId Graph::BoxedNumber(int index, Level level, int64_t low, int64_t high) {
  GraphNode n;
  n.op = GraphOp::kBoxedNumber;
  n.level = level;
  n.imm = index;
  n.wide = true;
  return MakeNumber(n, low, high);
}

NodeId Graph::Known(const InputColumn& column, Level level) {
  if (column.spec.always_known) return all_;
  GraphNode n;
  n.op = GraphOp::kKnown;
  n.bits = true;
  n.level = level;
  n.imm = InputIndex(column);
  return Make(n);
}

NodeId Graph::True(const InputColumn& column, Level level) {
  GraphNode n;
  n.op = GraphOp::kTrue;
  n.bits = true;
  n.level = level;
  n.imm = InputIndex(column);
  return Make(n);
}

NodeId Graph::Leaf(GraphOp op, Level level, int64_t imm) {
  GraphNode n;
  n.op = op;
  n.bits = true;
  n.level = level;
  n.imm = imm;
  return Make(n);
}

// x and (x and y) is (x and y), x and (x or y) is x; likewise for `or`. other: the op that n's is not.
NodeId Graph::MakeAbsorbed(const GraphNode& n, GraphOp other) {
  for (const NodeId whole : {n.a, n.b}) {
    const NodeId part = whole == n.a ? n.b : n.a;
    const GraphNode w = (*this)[whole];
    if (w.a != part && w.b != part) continue;
    if (w.op == n.op) return whole;
    if (w.op == other) return part;
  }
  return Make(n);
}

NodeId Graph::And(NodeId a, NodeId b) {
  if (a == b || b == all_) return a;
  if (a == all_) return b;
  if (a == none_ || b == none_ || Not(a) == b) return none_;
  GraphNode n;
  n.op = GraphOp::kAnd;
  n.bits = true;
  n.level = Common(a, b);
  n.a = std::min(a, b);
  n.b = std::max(a, b);
  return MakeAbsorbed(n, GraphOp::kOr);
}

NodeId Graph::Or(NodeId a, NodeId b) {
  if (a == b || b == none_) return a;
  if (a == none_) return b;
  if (a == all_ || b == all_ || Not(a) == b) return all_;
  GraphNode n;
  n.op = GraphOp::kOr;
  n.bits = true;
  n.level = Common(a, b);
  n.a = std::min(a, b);
  n.b = std::max(a, b);
  return MakeAbsorbed(n, GraphOp::kAnd);
}

NodeId Graph::Not(NodeId a) {
  const GraphNode x = (*this)[a];
  if (x.op == GraphOp::kNot) return x.a;
  if (a == all_) return none_;
  if (a == none_) return all_;
  GraphNode n;
  n.op = GraphOp::kNot;
  n.bits = true;
  n.level = x.level;
  n.a = a;
  return Make(n);
}

NodeId Graph::Less(NodeId a, NodeId b) {
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (a == b || x.low >= y.high) return none_;
  if (x.high < y.low) return all_;
  GraphNode n;
  n.op = GraphOp::kLess;
  n.bits = true;
  n.level = Common(a, b);
  if (x.wide || y.wide) {
    a = Widen(a);
    b = Widen(b);
    n.wide = true;
  }
  n.a = a;
  n.b = b;
  return Make(n);
}

NodeId Graph::Equal(NodeId a, NodeId b) {
  if (IsConst(a)) std::swap(a, b);
  const GraphNode x = (*this)[a], y = (*this)[b];
  if (a == b) return all_;
  if (x.high < y.low || y.high < x.low) return none_;
  if (IsConst(a) && IsConst(b)) return x.imm == y.imm ? all_ : none_;
  GraphNode n;
  n.op = GraphOp::kEqual;
  n.bits = true;
  n.level = Common(a, b);
  if (x.wide || y.wide) {
    a = Widen(a);
    b = Widen(b);
    n.wide = true;
  }
  if (!IsConst(b) && a > b) std::swap(a, b);
  n.a = a;
  n.b = b;
  return Make(n);
}

NodeId Graph::Fractions(GraphOp op, NodeId x, NodeId y, NodeId z, NodeId w, int64_t unit) {
  GraphNode n;
  n.op = op;
  n.bits = true;
  n.level = std::max(Common(x, y), Common(z, w));
  n.a = Widen(x);
  n.b = Widen(y);
  n.c = Widen(z);
  n.d = Widen(w);
  n.imm = unit;
  n.wide = true;
  return Make(n);
}

NodeId Graph::SpreadBits(NodeId bits, Level to) {
  const GraphNode x = (*this)[bits];
  if (x.level == to || x.level == kConstant) return bits;
  if (x.op == GraphOp::kNot) return Not(SpreadBits(x.a, to));
  GraphNode n;
  n.op = GraphOp::kSpreadBits;
  n.bits = true;
  n.level = to;
  n.a = bits;
  n.imm = x.level;
  return Make(n);
}

NodeId Graph::SegmentAny(NodeId bits, Level from, Level to) {
  if (bits == none_) return none_;
  GraphNode n;
  n.op = GraphOp::kSegmentAny;
  n.bits = true;
  n.level = to;
  n.a = bits;
  n.imm = from;
  return Make(n);
}

NodeId Graph::SegmentEdge(NodeId bits, Level from, Level to, bool last) {
  if (bits == none_) return none_;
  GraphNode n;
  n.op = GraphOp::kSegmentEdge;
  n.bits = true;
  n.level = from;
  n.a = bits;
  n.imm = to;
  n.imm2 = last ? 1 : 0;
  return Make(n);
}

NodeId Graph::WordTable(NodeId codes, int table, int bit) {
  GraphNode n;
  n.op = GraphOp::kWordTable;
  n.bits = true;
  n.level = (*this)[codes].level;
  n.a = codes;
  n.imm = table;
  n.imm2 = bit;
  return Make(n);
}

}  // namespace hearth::columns
