// For which subjects a boxed fact can make a difference: only there the plain evaluator works it out.
//
// Goes through the rules from the outside in with the bits of the lanes that matter, as builder_taken.cc does, but by
// value: `a and b` needs neither where the other is false already, whichever comes first, and an amount matters only
// where its rule may hold. What narrows must not read a boxed fact itself, as these bits are worked out before any of
// them. Elsewhere a boxed fact stays unknown; no outcome and no amount depends on it there.
#include <algorithm>

#include "policy/columns/builder.h"
#include "policy/evaluate.h"
#include "policy/feel/builtins.h"
#include "policy/feel/compile.h"

namespace hearth::columns {

using feel::Op;

bool Builder::IsWithin(Axis axis, Axis outer) const {
  if (outer == kNoAxis) return true;
  for (; axis != kNoAxis; axis = axes_[static_cast<size_t>(axis)].parent) {
    if (axis == outer) return true;
  }
  return false;
}

bool Builder::ReadsBoxed(NodeId id) {
  for (size_t i = reads_boxed_.size(); i <= static_cast<size_t>(id); ++i) {
    const GraphNode& n = g_[static_cast<NodeId>(i)];
    bool reads = n.op == GraphOp::kBoxedNumber || n.op == GraphOp::kBoxedKnown || n.op == GraphOp::kBoxedTrue;
    ForEachOperand(n, [&](NodeId operand) { reads = reads || reads_boxed_[static_cast<size_t>(operand)]; });
    reads_boxed_.push_back(reads);
  }
  return reads_boxed_[static_cast<size_t>(id)];
}

bool Builder::IsBoxedFact(FactPlace place, int slot) const {
  return std::any_of(plan_->boxed_facts.begin(), plan_->boxed_facts.end(),
                     [&](const BoxedFact& f) { return f.place == place && f.slot == slot; });
}

// Whether n is, or reads by way of derived facts in columns, a boxed fact.
bool Builder::LeadsToBoxed(const feel::Node& n) {
  if (n.op == Op::kFact || n.op == Op::kSubjectFact) {
    const FactPlace place = n.op == Op::kFact ? n.place : FactPlace::kMember;
    int8_t& leads = leads_to_boxed_[static_cast<int>(place)][static_cast<size_t>(n.index)];
    if (leads < 0) {
      const SlotUse& use = data_.slots[static_cast<int>(place)][static_cast<size_t>(n.index)];
      leads = IsBoxedFact(place, n.index) ||
              (use.kind == SlotUse::Kind::kDerived &&
               LeadsToBoxed(*data_.derived_expressions[static_cast<size_t>(use.index)].root));
    }
    if (leads != 0) return true;
  }
  return std::any_of(n.kids.begin(), n.kids.end(), [this](const auto& kid) { return LeadsToBoxed(*kid); });
}

// Bits of `from` as those of `to`: set where a lane that belongs together has the bit.
NodeId Builder::Reaching(NodeId bits, Axis from, Axis to) {
  if (from == to || g_[bits].level == kConstant) return bits;
  if (IsWithin(from, to)) {
    return LevelOf(from) == LevelOf(to) ? bits : g_.SegmentAny(bits, LevelOf(from), LevelOf(to));
  }
  const NodeId units = LevelOf(from) == kUnits ? bits : g_.SegmentAny(bits, LevelOf(from), kUnits);
  return g_.SpreadBits(units, LevelOf(to));
}

// Bits of the axis where n is settled in that way whatever the boxed facts say.
NodeId Builder::Settled(const feel::Node& n, Axis axis, Settle how, Scope& s) {
  bool good = false;
  const ColumnValue tried = Try(n, s, &good);
  if (good) {
    const ColumnValue v = AsBoolean(tried);
    const bool of_true = how == Settle::kTrue || how == Settle::kNotTrue;
    const NodeId bits = of_true ? v.is_true : v.is_false;
    if (!ReadsBoxed(bits) && IsWithin(axis, v.axis)) {
      const NodeId at = g_.SpreadBits(bits, LevelOf(axis));
      return how == Settle::kTrue || how == Settle::kFalse ? at : g_.Not(at);
    }
  }
  const auto derived = [&](FactPlace place, int slot, Axis subject) {
    const SlotUse& use = data_.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    if (use.kind != SlotUse::Kind::kDerived || IsBoxedFact(place, slot) || !IsWithin(axis, subject)) return g_.None();
    const feel::Expression& e = data_.derived_expressions[static_cast<size_t>(use.index)];
    Scope own;
    own.subject = place == FactPlace::kMember ? kMemberAxis : kUnitAxis;
    own.locals.resize(static_cast<size_t>(e.locals));
    return g_.SpreadBits(Settled(*e.root, own.subject, how, own), LevelOf(axis));
  };
  switch (n.op) {
    case Op::kAnd:
    case Op::kOr: {
      const bool one_decides = n.op == Op::kAnd ? how == Settle::kFalse || how == Settle::kNotTrue
                                                : how == Settle::kTrue || how == Settle::kNotFalse;
      NodeId bits = one_decides ? g_.None() : g_.All();
      for (const auto& kid : n.kids) {
        const NodeId of_kid = Settled(*kid, axis, how, s);
        bits = one_decides ? g_.Or(bits, of_kid) : g_.And(bits, of_kid);
      }
      return bits;
    }
    case Op::kFact:
      return derived(n.place, n.index, n.place == FactPlace::kMember ? s.subject : kUnitAxis);
    case Op::kSubjectFact: {
      const ColumnValue of = Try(*n.kids[0], s, &good);
      return good && of.kind == Kind::kMember ? derived(FactPlace::kMember, n.index, of.axis) : g_.None();
    }
    default:
      return g_.None();
  }
}

void Builder::DemandFact(FactPlace place, int slot, NodeId bits) {
  NodeId& needed = demand_[static_cast<int>(place)][static_cast<size_t>(slot)];
  needed = g_.Or(needed, bits);
}

// Everything that n reads, for all subjects of the units that the bits touch.
void Builder::DemandAll(const feel::Node& n, Axis axis, NodeId bits) {
  const NodeId units = Reaching(bits, axis, kUnitAxis);
  feel::ForEachNode(n, [&](const feel::Node& node) {
    if (node.op != Op::kFact && node.op != Op::kSubjectFact) return;
    const FactPlace place = node.op == Op::kFact ? node.place : FactPlace::kMember;
    DemandFact(place, node.index, place == FactPlace::kMember ? g_.SpreadBits(units, kMembers) : units);
  });
}

void Builder::DemandItems(const feel::Node& n, Axis axis, NodeId bits, Scope& s) {
  Demand(*n.kids[0], axis, bits, s);
  const feel::Node& body = *n.kids.back();
  const size_t local = static_cast<size_t>(n.index);
  bool good = false;
  const ColumnValue list = Try(*n.kids[0], s, &good);
  if (!good || n.kids.size() != 2 || (list.kind != Kind::kList && list.kind != Kind::kItems) ||
      (list.kind == Kind::kList && !IsWithin(axis, list.axis))) {
    for (size_t i = 1; i < n.kids.size(); ++i) DemandAll(*n.kids[i], axis, bits);
    return;
  }
  if (s.locals.size() <= local) s.locals.resize(local + 1);
  if (list.kind == Kind::kItems) {
    for (const ColumnValue& item : list.items) {
      s.locals[local] = item;
      Demand(body, axis, bits, s);
    }
    return;
  }
  const Axis items = NewAxis(list.items_level, list.axis);
  s.locals[local] = OnAxis(*list.item, items);
  NodeId reached = g_.SpreadBits(Reaching(bits, axis, list.axis), list.items_level);
  if (!ReadsBoxed(list.mask)) reached = g_.And(reached, list.mask);
  Demand(body, items, reached, s);
}

void Builder::Demand(const feel::Node& n, Axis axis, NodeId bits, Scope& s) {
  if (bits == g_.None() || !LeadsToBoxed(n)) return;
  switch (n.op) {
    case Op::kFact:
      DemandFact(n.place, n.index, Reaching(bits, axis, n.place == FactPlace::kMember ? s.subject : kUnitAxis));
      return;
    case Op::kSubjectFact: {
      bool good = false;
      const ColumnValue of = Try(*n.kids[0], s, &good);
      if (good && of.kind == Kind::kMember) {
        DemandFact(FactPlace::kMember, n.index, Reaching(bits, axis, of.axis));
      } else {
        DemandFact(FactPlace::kMember, n.index, g_.SpreadBits(Reaching(bits, axis, kUnitAxis), kMembers));
      }
      break;
    }
    case Op::kAnd:
    case Op::kOr:
      for (const auto& kid : n.kids) {
        if (!LeadsToBoxed(*kid)) continue;
        NodeId open = bits;
        for (const auto& other : n.kids) {
          if (other == kid) continue;
          const NodeId decided = Settled(*other, axis, n.op == Op::kAnd ? Settle::kFalse : Settle::kTrue, s);
          open = g_.AndNot(open, decided);
        }
        Demand(*kid, axis, open, s);
      }
      return;
    case Op::kIf:
      Demand(*n.kids[0], axis, bits, s);
      Demand(*n.kids[1], axis, g_.AndNot(bits, Settled(*n.kids[0], axis, Settle::kNotTrue, s)), s);
      Demand(*n.kids[2], axis, g_.AndNot(bits, Settled(*n.kids[0], axis, Settle::kNotFalse, s)), s);
      return;
    case Op::kFilter:
    case Op::kSome:
    case Op::kEvery:
    case Op::kFor:
      DemandItems(n, axis, bits, s);
      return;
    case Op::kContext:
      DemandAll(n, axis, bits);
      return;
    default:
      break;
  }
  for (const auto& kid : n.kids) Demand(*kid, axis, bits, s);
}

void Builder::FindDemand() {
  const size_t boxed = plan_->boxed_facts.size(), order = derived_order_.size();
  if (boxed == 0) return;
  if (plan_->options.want_facts) {  // all that is kept is worked out
    plan_->boxed_needed.assign(boxed, g_.All());
    return;
  }
  for (int p = 0; p < kFactPlaces; ++p) {
    demand_[p].assign(data_.slots[p].size(), g_.None());
    leads_to_boxed_[p].assign(data_.slots[p].size(), -1);
  }
  const auto demand = [&](const feel::Expression& e, Axis subject, NodeId bits) {
    Scope s;
    s.subject = subject;
    s.locals.resize(static_cast<size_t>(e.locals));
    Demand(*e.root, subject, bits, s);
  };
  why_.clear();
  for (const PlannedRule& r : plan_->rules) {
    if (r.boxed) continue;  // the plain evaluator reads what it needs itself
    const CompiledRule& c = data_.compiled[r.rule];
    const Axis axis = r.level == kMembers ? kMemberAxis : kUnitAxis;
    const FactPlace place = PlaceOfUnit(data_.rules[r.rule].unit);
    const bool everywhere = place == FactPlace::kMember || place == FactPlace::kHousehold;
    const NodeId subjects = everywhere ? g_.All() : g_.Leaf(GraphOp::kThere, kUnits, static_cast<int>(place));
    demand(c.when, axis, subjects);
    if (c.amount.root == nullptr || !LeadsToBoxed(*c.amount.root)) continue;
    Scope s;
    s.subject = axis;
    s.locals.resize(static_cast<size_t>(c.when.locals));
    demand(c.amount, axis, g_.AndNot(subjects, Settled(*c.when.root, axis, Settle::kNotTrue, s)));
  }
  for (size_t i = order; i-- > 0;) {
    const auto [place, slot] = derived_order_[i];
    const NodeId needed = demand_[static_cast<int>(place)][static_cast<size_t>(slot)];
    if (needed == g_.None() || IsBoxedFact(place, slot)) continue;
    const SlotUse& use = data_.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    demand(data_.derived_expressions[static_cast<size_t>(use.index)],
           place == FactPlace::kMember ? kMemberAxis : kUnitAxis, needed);
  }
  for (const BoxedFact& f : plan_->boxed_facts) {
    plan_->boxed_needed.push_back(demand_[static_cast<int>(f.place)][static_cast<size_t>(f.slot)]);
  }
}

}  // namespace hearth::columns
