// Which facts and parameters were needed on the branches that each subject took.
//
// Goes through the expressions again from the outside in, with the bits of the lanes that get there: `a and b` needs b
// where a is not false, an `if` one of its branches. A derived fact is needed where any expression that reads it is, so
// facts are looked at in the order opposite to the one they were worked out in. Items of a quantifier after the one
// that decides it count as needed, and so do all items of a filter.
#include <algorithm>

#include "policy/columns/builder.h"
#include "policy/feel/compile.h"

namespace hearth::columns {

using feel::Op;

NodeId Builder::BitsUp(NodeId bits, Axis from, Axis to) {
  if (from == to || bits == g_.None() || LevelOf(from) == LevelOf(to)) return bits;
  return g_.SegmentAny(bits, LevelOf(from), LevelOf(to));
}

void Builder::NeedFact(FactPlace place, int slot, NodeId bits) {
  NodeId& needed = plan_->taken.facts[static_cast<int>(place)][static_cast<size_t>(slot)];
  needed = needed == kNoNode ? bits : g_.Or(needed, bits);
}

ColumnValue Builder::Try(const feel::Node& n, Scope& s, bool* good) {
  const std::string outer = std::move(why_);
  why_.clear();
  const bool unfolded = g_.TakeUnfolded();
  ColumnValue v = Compile(n, s);
  *good = why_.empty() && !g_.TakeUnfolded();
  if (unfolded) g_.MarkUnfolded();
  why_ = outer;
  return v;
}

void Builder::NeedItems(const ColumnValue& list, const feel::Node& body, size_t local, Axis axis, NodeId bits,
                        Scope& s) {
  if (s.locals.size() <= local) s.locals.resize(local + 1);
  if (list.kind == Kind::kList) {
    const Axis items = NewAxis(list.items_level, list.axis);
    s.locals[local] = OnAxis(*list.item, items);
    const NodeId reached = g_.And(g_.SpreadBits(BitsUp(bits, axis, list.axis), list.items_level), list.mask);
    Need(body, items, reached, s);
    return;
  }
  ColumnValue written = list;
  if (list.kind == Kind::kConstant && list.constant.kind() == Value::Kind::kList) {
    for (const Value& item : list.constant.list()) {
      ColumnValue c;
      c.constant = item;
      written.items.push_back(c);
    }
  }
  if (written.items.empty()) written.items.emplace_back();
  for (const ColumnValue& item : written.items) {
    s.locals[local] = item;
    Need(body, axis, bits, s);
  }
}

void Builder::Need(const feel::Node& n, Axis axis, NodeId bits, Scope& s) {
  if (bits == g_.None()) return;
  switch (n.op) {
    case Op::kParameter:
    case Op::kParameterOn: {
      NodeId& needed = plan_->taken.parameters[static_cast<size_t>(n.index)];
      const NodeId units = BitsUp(bits, axis, kUnitAxis);
      needed = needed == kNoNode ? units : g_.Or(needed, units);
      break;
    }
    case Op::kFact:
      NeedFact(n.place, n.index, BitsUp(bits, axis, n.place == FactPlace::kMember ? s.subject : kUnitAxis));
      return;
    case Op::kSubjectFact: {
      bool good = false;
      const ColumnValue of = Try(*n.kids[0], s, &good);
      if (good && of.kind == Kind::kMember) {
        NeedFact(FactPlace::kMember, n.index, BitsUp(bits, axis, of.axis));
      } else if (good && of.kind == Kind::kList) {
        NeedFact(FactPlace::kMember, n.index,
                 g_.And(g_.SpreadBits(BitsUp(bits, axis, kUnitAxis), of.items_level), of.mask));
      } else {
        NeedFact(FactPlace::kMember, n.index, g_.SpreadBits(BitsUp(bits, axis, kUnitAxis), kMembers));
      }
      break;
    }
    case Op::kAnd:
    case Op::kOr: {
      for (const auto& kid : n.kids) {
        Need(*kid, axis, bits, s);
        bool good = false;
        const ColumnValue v = Try(*kid, s, &good);
        if (!good) continue;
        const ColumnValue at = Bring(AsBoolean(v), axis);
        bits = g_.AndNot(bits, n.op == Op::kAnd ? at.is_false : at.is_true);
      }
      return;
    }
    case Op::kIf: {
      Need(*n.kids[0], axis, bits, s);
      bool good = false;
      const ColumnValue v = Try(*n.kids[0], s, &good);
      if (!good) {
        Need(*n.kids[1], axis, bits, s);
        Need(*n.kids[2], axis, bits, s);
        return;
      }
      const ColumnValue at = Bring(AsBoolean(v), axis);
      Need(*n.kids[1], axis, g_.And(bits, at.is_true), s);
      Need(*n.kids[2], axis, g_.And(bits, at.is_false), s);
      return;
    }
    case Op::kFilter:
    case Op::kSome:
    case Op::kEvery:
    case Op::kFor: {
      bool good = false;
      Need(*n.kids[0], axis, bits, s);
      const ColumnValue list = Try(*n.kids[0], s, &good);
      if (good && n.kids.size() == 2) {
        NeedItems(list, *n.kids[1], static_cast<size_t>(n.index), axis, bits, s);
        return;
      }
      s.locals.resize(std::max(s.locals.size(), static_cast<size_t>(n.index) + n.kids.size() + 1));
      for (size_t i = 1; i < n.kids.size(); ++i) Need(*n.kids[i], axis, bits, s);
      return;
    }
    default:
      break;
  }
  for (const auto& kid : n.kids) Need(*kid, axis, bits, s);
}

void Builder::NeedExpression(const feel::Expression& e, Axis subject, NodeId bits) {
  if (e.root == nullptr) return;
  Scope s;
  s.subject = subject;
  s.locals.resize(static_cast<size_t>(e.locals));
  Need(*e.root, subject, bits, s);
}

void Builder::FindTaken() {
  for (int p = 0; p < kFactPlaces; ++p) plan_->taken.facts[p].assign(data_.slots[p].size(), kNoNode);
  plan_->taken.parameters.assign(data_.parameters.size(), kNoNode);
  for (const PlannedRule& r : plan_->rules) {
    const CompiledRule& c = data_.compiled[r.rule];
    const Axis axis = r.level == kMembers ? kMemberAxis : kUnitAxis;
    NeedExpression(c.when, axis, g_.All());
    if (c.amount.root != nullptr) NeedExpression(c.amount, axis, r.boxed ? g_.All() : r.holds);
  }
  // A fact that an expression needs first now may be new to the order.
  for (size_t i = derived_order_.size(); i-- > 0;) {
    const auto [place, slot] = derived_order_[i];
    const NodeId needed = plan_->taken.facts[static_cast<int>(place)][static_cast<size_t>(slot)];
    if (needed == kNoNode) continue;
    const SlotUse& use = data_.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    NeedExpression(data_.derived_expressions[static_cast<size_t>(use.index)],
                   place == FactPlace::kMember ? kMemberAxis : kUnitAxis, needed);
  }
}

}  // namespace hearth::columns
