// Lists: rows and members as masked lanes, loops over them, and what is summed, counted or asked of them.
#include <algorithm>

#include "policy/columns/builder.h"
#include "policy/feel/builtins.h"

namespace hearth::columns {

using feel::Op;

NodeId Builder::OnItems(const ColumnValue& list, NodeId bits_of_parent) {
  return g_.SpreadBits(bits_of_parent, list.items_level);
}

NodeId Builder::AnyItem(const ColumnValue& list, NodeId bits) {
  return g_.SegmentAny(g_.And(list.mask, bits), list.items_level, LevelOf(list.axis));
}

// .field of a row, or of each row of a list.
ColumnValue Builder::Columns(const ColumnValue& of, const feel::Node& n) {
  if (n.index < 0) return Fail("a field that is not there");
  const auto cell = [&](int registry, Axis axis) {
    InputColumn column;
    column.registry = registry;
    column.field = n.index;
    column.spec = plan_->layout->Cell(registry, n.index);
    return InputValue(column, axis);
  };
  if (of.kind == Kind::kRow) return cell(of.registry, of.axis);
  if (of.kind == Kind::kList && of.item->kind == Kind::kRow) {
    ColumnValue list = of;
    list.item =
        std::make_shared<const ColumnValue>(OnAxis(cell(of.item->registry, NewAxis(of.items_level, of.axis)), kNoAxis));
    return of.single ? OnlyItem(list) : list;
  }
  return Fail("a field of something else than rows");
}

ColumnValue Builder::SubjectFacts(const ColumnValue& of, int slot) {
  if (of.kind == Kind::kMember) return Fact(FactPlace::kMember, slot, of.axis);
  if (of.kind == Kind::kList && of.item->kind == Kind::kMember) {
    const Axis axis = NewAxis(of.items_level, of.axis);
    const ColumnValue item = Fact(FactPlace::kMember, slot, axis);
    if (item.kind == Kind::kList || item.kind == Kind::kItems) return Fail("lists of members' lists");
    ColumnValue list = of;
    list.item = std::make_shared<const ColumnValue>(Bring(item, axis));
    list.single = false;
    return of.single ? OnlyItem(list) : list;
  }
  return Fail("a fact of something else than members");
}

ColumnValue Builder::Filter(const feel::Node& n, Scope& s) {
  if (n.kids[1]->type.Is(feel::TypeKind::kNumber)) return EdgeOf(*n.kids[0], *n.kids[1], s);
  ColumnValue list = Compile(*n.kids[0], s);
  if (!why_.empty()) return list;
  if (list.single) return Fail("one row as a list");
  if (list.kind == Kind::kConstant && list.constant.IsNull()) return list;
  if (list.kind != Kind::kList) return Fail("a filter of no rows and no members");
  const Axis axis = NewAxis(list.items_level, list.axis);
  if (s.locals.size() <= static_cast<size_t>(n.index)) s.locals.resize(static_cast<size_t>(n.index) + 1);
  s.locals[static_cast<size_t>(n.index)] = OnAxis(*list.item, axis);
  ColumnValue keep = Compile(*n.kids[1], s);
  if (!why_.empty()) return keep;
  if (Meet(keep.axis, axis) != axis) return Fail("a filter by a loop within");
  keep = Bring(AsBoolean(keep), axis);
  if (!why_.empty()) return keep;
  const NodeId unknown = g_.And(g_.Not(keep.is_true), g_.Not(keep.is_false));
  list.known = g_.AndNot(list.known, AnyItem(list, unknown));
  list.mask = g_.And(list.mask, keep.is_true);
  return list;
}

// list[1], list[-1]: the list of that one item. Rows of a unit stand in another order than their lanes.
ColumnValue Builder::EdgeOf(const feel::Node& list_node, const feel::Node& place, Scope& s) {
  const std::optional<ColumnValue> list = ItemsOf(list_node, s);
  if (!why_.empty() || !list) return {};
  if (!IsConstant(place, s, INT32_MAX)) return Fail("an item of a list by a place that differs");
  const Value at = EvaluateConstant(place, s);
  const std::optional<int64_t> whole = at.kind() == Value::Kind::kNumber ? at.number().ToInt() : std::nullopt;
  if (!whole || *whole == 0) return {};
  if (list->kind == Kind::kItems) {
    const int64_t size = static_cast<int64_t>(list->items.size()), index = *whole > 0 ? *whole - 1 : size + *whole;
    return index < 0 || index >= size ? ColumnValue() : list->items[static_cast<size_t>(index)];
  }
  if (*whole != 1 && *whole != -1) return Fail("an item of a list by its place");
  if (list->item->kind == Kind::kRow && LevelOf(list->axis) != kMembers) return Fail("a unit's row by its place");
  ColumnValue one = *list;
  one.mask = g_.SegmentEdge(one.mask, one.items_level, LevelOf(one.axis), *whole < 0);
  if (one.item->kind == Kind::kRow || one.item->kind == Kind::kMember) {
    one.single = true;
    return one;
  }
  return OnlyItem(one);
}

// The value of the one item that the mask leaves; unknown where it leaves none.
ColumnValue Builder::OnlyItem(const ColumnValue& list) {
  const ColumnValue& item = *list.item;
  const Level to = LevelOf(list.axis);
  if (item.kind == Kind::kBoolean) {
    return Boolean(list.axis, g_.And(list.known, AnyItem(list, item.is_true)),
                   g_.And(list.known, AnyItem(list, item.is_false)));
  }
  if (item.kind == Kind::kConstant || item.kind == Kind::kList || item.kind == Kind::kItems)
    return Fail("an item that is no scalar");
  if (item.kind == Kind::kNumber && !g_.IsConst(item.denominator)) return Fail("an item that is a quotient");
  ColumnValue v = item;
  v.axis = list.axis;
  v.known = g_.And(list.known, AnyItem(list, item.known));
  if (!g_.IsConst(item.data)) v.data = g_.SegmentExtreme(list.mask, item.data, list.items_level, to, true);
  return v;
}

// Items of a list, as a list in columns or written out one by one; nullopt: the list is null.
std::optional<ColumnValue> Builder::ItemsOf(const feel::Node& list, Scope& s) {
  const ColumnValue v = Compile(list, s);
  if (v.single) {
    Fail("one row as a list");
    return std::nullopt;
  }
  if (v.kind == Kind::kList || v.kind == Kind::kItems) return v;
  if (v.kind == Kind::kConstant && v.constant.IsNull()) return std::nullopt;
  ColumnValue out;
  out.kind = Kind::kItems;
  if (v.kind == Kind::kConstant && v.constant.kind() == Value::Kind::kList) {
    for (const Value& item : v.constant.list()) {
      ColumnValue c;
      c.constant = item;
      out.items.push_back(c);
    }
    return out;
  }
  if (v.kind == Kind::kConstant && v.constant.kind() == Value::Kind::kRange) {
    constexpr int64_t kUnrolledMax = 48;
    const ValueRange& r = v.constant.range();
    const auto whole = [](const Value& end) {
      return end.kind() == Value::Kind::kNumber ? end.number().ToInt() : std::optional<int64_t>();
    };
    const std::optional<int64_t> from = whole(r.low), to = whole(r.high);
    if (!from || !to || *from < -kColumnValueMax || *to > kColumnValueMax || *to - *from > kUnrolledMax ||
        *from > *to) {
      Fail("a loop over a range");
      return out;
    }
    for (int64_t i = *from; i <= *to; ++i) {
      ColumnValue c;
      c.constant = Value::Number(i);
      out.items.push_back(c);
    }
    return out;
  }
  if (v.kind != Kind::kConstant) {
    Fail("a single value as a list");  // it would be null where the value is
    return out;
  }
  out.items.push_back(v);
  return out;
}

ColumnValue Builder::AnyOf(const ColumnValue& list, const ColumnValue& condition, bool every) {
  const NodeId decides = every ? condition.is_false : condition.is_true;
  const NodeId against = every ? condition.is_true : condition.is_false;
  const NodeId decided = g_.And(list.known, AnyItem(list, decides));
  const NodeId open = AnyItem(list, g_.Not(against));  // decided, or unknown
  const NodeId otherwise = g_.AndNot(list.known, open);
  return every ? Boolean(list.axis, otherwise, decided) : Boolean(list.axis, decided, otherwise);
}

// for, some and every.
ColumnValue Builder::Loop(const feel::Node& n, Scope& s) {
  const size_t loops = n.kids.size() - 1;
  if (n.op == Op::kFor && n.negated) return Fail("a loop that reads its own partial result");
  const std::optional<ColumnValue> first = ItemsOf(*n.kids[0], s);
  if (!why_.empty()) return {};
  if (!first) return n.op == Op::kFor ? ColumnValue() : Boolean(kNoAxis, g_.None(), g_.None());
  const size_t local = static_cast<size_t>(n.index);
  if (s.locals.size() < local + loops + 1) s.locals.resize(local + loops + 1);
  if (loops > 1) return Fail("a loop over several lists");
  const feel::Node& body = *n.kids.back();
  if (first->kind == Kind::kItems) {
    ColumnValue all;
    all.kind = Kind::kItems;
    for (const ColumnValue& item : first->items) {
      s.locals[local] = item;
      all.items.push_back(Compile(body, s));
      if (!why_.empty()) return all;
    }
    if (n.op == Op::kFor) return all;
    ColumnValue result = FromConstant(Value::Boolean(n.op == Op::kEvery));
    for (const ColumnValue& one : all.items) result = n.op == Op::kEvery ? And(result, one) : Or(result, one);
    return result;
  }
  const Axis axis = NewAxis(first->items_level, first->axis);
  s.locals[local] = OnAxis(*first->item, axis);
  ColumnValue v = Compile(body, s);
  if (!why_.empty()) return v;
  if (Meet(v.axis, axis) != axis) return Fail("a loop within a loop that looks at both");
  if (n.op == Op::kFor) {
    if (v.kind == Kind::kList || v.kind == Kind::kItems) return Fail("a list of lists");
    if (v.kind == Kind::kConstant) v = v.constant.IsNull() ? ConstantOf(v, Kind::kNumber) : FromConstant(v.constant);
    ColumnValue list = *first;
    list.item = std::make_shared<const ColumnValue>(Bring(v, axis));
    return list;
  }
  v = Bring(AsBoolean(v), axis);
  return AnyOf(*first, v, n.op == Op::kEvery);
}

ColumnValue Builder::CountOf(const ColumnValue& list) {
  return Number(list.axis, g_.SegmentCount(list.mask, list.items_level, LevelOf(list.axis)), list.known, 0,
                g_.Const(1));
}

ColumnValue Builder::SumOf(const ColumnValue& list) {
  const ColumnValue& item = *list.item;
  if (item.kind != Kind::kNumber) return Fail("a sum of no numbers");
  const Level to = LevelOf(list.axis);
  const NodeId missing = AnyItem(list, g_.Not(item.known));
  const NodeId known = g_.AndNot(list.known, missing);
  if (!g_.IsConst(item.denominator)) return Fail("a sum of quotients by different numbers");
  if (g_.IsConst(item.data)) {
    const NodeId count = g_.SegmentCount(list.mask, list.items_level, to);
    return Number(list.axis, g_.Multiply(count, item.data), known, item.scale, item.denominator);
  }
  NodeId data = g_.Select(list.mask, item.data, g_.Const(0));
  if (!g_.SumFits(data)) {
    return Fail("a sum of products beyond 64 bits");
  }
  if (g_[data].level == kConstant) data = g_.Spread(data, list.items_level);
  return Number(list.axis, g_.SegmentSum(data, to), known, item.scale, item.denominator);
}

ColumnValue Builder::ExtremeOf(const ColumnValue& list, bool largest) {
  const ColumnValue& item = *list.item;
  if (item.kind != Kind::kNumber && item.kind != Kind::kDate) return Fail("the extreme of texts or booleans");
  if (item.kind == Kind::kNumber && !g_.IsConst(item.denominator))
    return Fail("the extreme of quotients by different numbers");
  const Level to = LevelOf(list.axis);
  const NodeId any = g_.SegmentAny(list.mask, list.items_level, to);
  const NodeId known = g_.And(g_.AndNot(list.known, AnyItem(list, g_.Not(item.known))), any);
  ColumnValue v = item;
  v.axis = list.axis;
  v.known = known;
  if (!g_.IsConst(item.data)) v.data = g_.SegmentExtreme(list.mask, item.data, list.items_level, to, largest);
  return v;
}

ColumnValue Builder::Distinct(const feel::Node& n, Scope& s) {
  const std::optional<ColumnValue> list = ItemsOf(*n.kids[0], s);
  if (!why_.empty() || !list) return {};
  if (list->kind != Kind::kList) return Fail("distinct values written out");
  const ColumnValue& item = *list->item;
  const bool scalar = item.kind == Kind::kText || item.kind == Kind::kDate || item.kind == Kind::kNumber;
  if (!scalar || (item.kind == Kind::kNumber && !g_.IsConst(item.denominator)))
    return Fail("distinct values of no scalars");
  const Level to = LevelOf(list->axis);
  // All unknown items are one value more.
  const NodeId unknown = AnyItem(*list, g_.Not(item.known));
  NodeId count = g_.SegmentDistinct(g_.And(list->mask, item.known), item.data, list->items_level, to);
  count = g_.Add(count, g_.Select(unknown, g_.Const(1), g_.Const(0)));
  return Number(list->axis, count, list->known, 0, g_.Const(1));
}

ColumnValue Builder::Aggregate(const feel::Node& n, Scope& s, std::string_view name) {
  std::vector<ColumnValue> items;
  if (n.kids.size() == 1) {
    if (name == "count" && n.kids[0]->op == Op::kCall &&
        feel::Builtins()[static_cast<size_t>(n.kids[0]->index)].name == "distinct values") {
      return Distinct(*n.kids[0], s);
    }
    const std::optional<ColumnValue> list = ItemsOf(*n.kids[0], s);
    if (!why_.empty()) return {};
    if (!list) return {};
    if (list->kind == Kind::kList) {
      if (name == "count") return CountOf(*list);
      if (name == "sum") return SumOf(*list);
      if (name == "min" || name == "max") return ExtremeOf(*list, name == "max");
      if (name == "mean") {
        ColumnValue sum = SumOf(*list);
        if (!why_.empty()) return sum;
        ColumnValue count = CountOf(*list);
        return DivideNumbers(sum, count);
      }
      if (name == "all" || name == "any") {
        ColumnValue item = AsBoolean(*list->item);
        return AnyOf(*list, item, name == "all");
      }
      return Fail("the function " + std::string(name) + " of rows");
    }
    items = list->items;
    if (name == "count") return FromConstant(Value::Number(static_cast<int64_t>(items.size())));
  } else {
    for (const auto& kid : n.kids) {
      items.push_back(Compile(*kid, s));
      if (!why_.empty()) return {};
      if (items.back().kind == Kind::kList || items.back().kind == Kind::kItems)
        return Fail("lists among the arguments");
    }
  }
  if (name == "min" || name == "max") return items.empty() ? ColumnValue() : Extreme(items, name == "max");
  if (name == "all" || name == "any") {
    ColumnValue result = FromConstant(Value::Boolean(name == "all"));
    for (const ColumnValue& one : items) result = name == "all" ? And(result, one) : Or(result, one);
    return result;
  }
  if (name == "sum" || name == "mean") {
    if (items.empty()) return name == "sum" ? FromConstant(Value::Number(0)) : ColumnValue();
    ColumnValue sum = items[0];
    if (sum.kind != Kind::kNumber && sum.kind != Kind::kConstant) return Fail("a sum of no numbers");
    for (size_t i = 1; i < items.size() && why_.empty(); ++i) sum = Arithmetic(Op::kAdd, sum, items[i]);
    if (name == "sum" || !why_.empty()) return sum;
    ColumnValue count;
    count.constant = Value::Number(static_cast<int64_t>(items.size()));
    return Arithmetic(Op::kDivide, sum, count);
  }
  return Fail("the function " + std::string(name) + " of a list");
}

ColumnValue Builder::Call(const feel::Node& n, Scope& s) {
  const std::string_view name = feel::Builtins()[static_cast<size_t>(n.index)].name;
  static constexpr std::string_view kAggregates[] = {"sum", "min", "max", "mean", "count", "all", "any"};
  if (std::find(std::begin(kAggregates), std::end(kAggregates), name) != std::end(kAggregates))
    return Aggregate(n, s, name);
  std::vector<ColumnValue> a;
  for (const auto& kid : n.kids) {
    a.push_back(Compile(*kid, s));
    if (!why_.empty()) return {};
  }
  const auto constant = [&](size_t i) { return a[i].kind == Kind::kConstant; };
  if (name == "not") return Not(a[0]);
  if (name == "abs") {
    if (a[0].kind != Kind::kNumber && a[0].kind != Kind::kMonths && a[0].kind != Kind::kDays)
      return Fail("abs of no number");
    ColumnValue v = a[0];
    v.data = g_.Abs(v.data);
    return v;
  }
  static constexpr struct {
    std::string_view name;
    RoundMode mode;
  } kRoundings[] = {{"floor", RoundMode::kFloor},
                    {"ceiling", RoundMode::kCeiling},
                    {"decimal", RoundMode::kHalfEven},
                    {"round up", RoundMode::kUp},
                    {"round down", RoundMode::kDown},
                    {"round half up", RoundMode::kHalfUp},
                    {"round half down", RoundMode::kHalfDown}};
  for (const auto& r : kRoundings) {
    if (r.name != name) continue;
    int64_t scale = 0;
    if (a.size() == 2) {
      if (!constant(1)) return Fail("a rounding to places that differ");
      if (a[1].constant.kind() != Value::Kind::kNumber) return ColumnValue();
      const std::optional<int64_t> whole = a[1].constant.number().Round(0, Decimal::Mode::kDown).ToInt();
      if (!whole || *whole > 15 || *whole < -15) return Fail("a rounding to many places");
      scale = *whole;
    }
    if (constant(0)) a[0] = FromConstant(a[0].constant);
    return Rounded(a[0], static_cast<int>(scale), r.mode);
  }
  if (name == "years and months duration" && a.size() == 2) {
    for (ColumnValue& v : a) {
      if (v.kind == Kind::kConstant && v.constant.IsNull()) return ColumnValue();
      if (v.kind == Kind::kConstant) v = FromConstant(v.constant);
      if (v.kind != Kind::kDate) return Fail("a duration between no days");
      if (g_[v.data].wide) return Fail("days of 64 bits");
    }
    const Axis axis = Meet(a[0].axis, a[1].axis);
    const ColumnValue x = Bring(a[0], axis), y = Bring(a[1], axis);
    return Scalar(Kind::kMonths, axis, g_.MonthsBetween(x.data, y.data), g_.And(x.known, y.known));
  }
  if (name == "date" && a.size() == 1 && a[0].kind == Kind::kDate) return a[0];
  if (name == "date" && a.size() == 3) {
    Axis axis = kNoAxis;
    for (ColumnValue& v : a) {
      if (v.kind == Kind::kConstant && v.constant.IsNull()) return ColumnValue();
      if (v.kind == Kind::kConstant) v = FromConstant(v.constant);
      if (v.kind != Kind::kNumber || v.scale != 0 || v.denominator != g_.Const(1) || g_[v.data].wide) {
        return Fail("a day of parts that are no whole numbers");
      }
      axis = Meet(axis, v.axis);
    }
    if (!why_.empty()) return {};
    for (ColumnValue& v : a) v = Bring(v, axis);
    const NodeId day = g_.FromParts(a[0].data, a[1].data, a[2].data);
    NodeId known = g_.And(a[0].known, g_.And(a[1].known, a[2].known));
    // The day is what was asked for, not the nearest.
    known = g_.And(known, g_.And(g_.Equal(g_.DatePart(GraphOp::kYear, day), a[0].data),
                                 g_.And(g_.Equal(g_.DatePart(GraphOp::kMonth, day), a[1].data),
                                        g_.Equal(g_.DatePart(GraphOp::kDay, day), a[2].data))));
    return Scalar(Kind::kDate, axis, day, known);
  }
  if (name == "list contains" && a[0].kind == Kind::kList) {
    if (a[1].kind == Kind::kConstant && a[1].constant.IsNull()) return Boolean(kNoAxis, g_.None(), g_.None());
    const Axis axis = NewAxis(a[0].items_level, a[0].axis);
    const ColumnValue equal = Compare(feel::Comparison::kEqual, OnAxis(*a[0].item, axis), a[1]);
    if (!why_.empty()) return equal;
    if (Meet(equal.axis, axis) != axis) return Fail("a list looked through for a value within");
    return AnyOf(a[0], Bring(equal, axis), false);
  }
  return Fail("the function " + std::string(name));
}

// One side of `in` that is a constant.
ColumnValue Builder::TestAgainst(const ColumnValue& v, const Value& against) {
  using feel::Comparison;
  ColumnValue c;
  if (against.kind() == Value::Kind::kRange) {
    const ValueRange& r = against.range();
    ColumnValue result = FromConstant(Value::Boolean(true));
    if (!r.low.IsNull()) {
      c.constant = r.low;
      result = And(result, Compare(r.low_included ? Comparison::kGreaterEqual : Comparison::kGreater, v, c));
    }
    if (!r.high.IsNull()) {
      c.constant = r.high;
      result = And(result, Compare(r.high_included ? Comparison::kLessEqual : Comparison::kLess, v, c));
    }
    return result;
  }
  if (against.kind() == Value::Kind::kList) {
    ColumnValue result = FromConstant(Value::Boolean(false));
    for (const Value& item : against.list()) result = Or(result, TestAgainst(v, item));
    return result;
  }
  c.constant = against;
  return Compare(Comparison::kEqual, v, c);
}

ColumnValue Builder::TestIn(const feel::Node& test, const ColumnValue& v, Scope& s) {
  using feel::Comparison;
  if (test.op == Op::kUnaryRange) return Compare(test.compare, v, Compile(*test.kids[0], s));
  if (test.op == Op::kRange) {
    const ColumnValue low = Compile(*test.kids[0], s), high = Compile(*test.kids[1], s);
    if (!why_.empty()) return {};
    const ColumnValue above = Compare(test.low_included ? Comparison::kGreaterEqual : Comparison::kGreater, v, low);
    const ColumnValue below = Compare(test.high_included ? Comparison::kLessEqual : Comparison::kLess, v, high);
    // An unknown end leaves the whole unknown, even where the other end already excludes it.
    ColumnValue both = And(above, below);
    if (!why_.empty()) return both;
    for (const ColumnValue& end : {low, high}) {
      const Axis axis = Meet(both.axis, end.axis);
      both = Bring(both, axis);
      const NodeId known = axis == kNoAxis ? KnownOf(end) : Bring(Present(end, false), axis).is_true;
      both = Boolean(axis, g_.And(both.is_true, known), g_.And(both.is_false, known));
    }
    return both;
  }
  const ColumnValue against = Compile(test, s);
  if (!why_.empty()) return against;
  if (against.kind == Kind::kConstant) {
    if (test.op == Op::kLiteral && test.literal.IsNull()) return Present(v, true);
    return TestAgainst(v, against.constant);
  }
  if (against.kind == Kind::kItems) {
    ColumnValue result = FromConstant(Value::Boolean(false));
    for (const ColumnValue& item : against.items) {
      if (item.kind == Kind::kConstant && item.constant.kind() == Value::Kind::kRange)
        result = Or(result, TestAgainst(v, item.constant));
      else
        result = Or(result, Compare(Comparison::kEqual, v, item));
    }
    return result;
  }
  if (against.kind == Kind::kList) {
    const Axis axis = NewAxis(against.items_level, against.axis);
    const ColumnValue equal = Compare(Comparison::kEqual, OnAxis(*against.item, axis), v);
    if (!why_.empty()) return equal;
    if (Meet(equal.axis, axis) != axis) return Fail("a list looked through for a value within");
    return AnyOf(against, Bring(equal, axis), false);
  }
  return Compare(Comparison::kEqual, v, against);
}

ColumnValue Builder::In(const feel::Node& n, Scope& s) {
  const ColumnValue v = Compile(*n.kids[0], s);
  if (!why_.empty()) return v;
  if (v.kind == Kind::kList || v.kind == Kind::kItems) return Fail("a list in a list");
  ColumnValue result = Boolean(kNoAxis, g_.None(), g_.All());
  for (size_t i = 1; i < n.kids.size() && why_.empty(); ++i) result = Or(result, TestIn(*n.kids[i], v, s));
  return result;
}

}  // namespace hearth::columns
