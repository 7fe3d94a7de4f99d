#include "policy/columns/builder.h"

#include <algorithm>

#include "policy/evaluate.h"
#include "policy/feel/builtins.h"
#include "policy/feel/compile.h"

namespace hearth::columns {

using feel::Op;

namespace {

bool IsSameTest(const feel::Node& a, const feel::Node& b) {
  const bool alike = a.op == b.op && a.compare == b.compare && a.place == b.place && a.low_included == b.low_included &&
                     a.high_included == b.high_included && a.negated == b.negated && a.tests_input == b.tests_input &&
                     a.index == b.index && a.text == b.text && a.names == b.names && a.kids.size() == b.kids.size() &&
                     a.literal.kind() == b.literal.kind() && a.literal == b.literal;
  if (!alike) return false;
  for (size_t i = 0; i < a.kids.size(); ++i) {
    if (!IsSameTest(*a.kids[i], *b.kids[i])) return false;
  }
  return true;
}

}  // namespace

Builder::Builder(Plan* plan, const PackData& data)
    : plan_(plan), g_(plan->graph), data_(data), constants_(data, plan->site, plan->as_of, plan->options.granted) {
  axes_ = {{kUnits, kNoAxis}, {kMembers, kUnitAxis}};
  for (int p = 0; p < kFactPlaces; ++p) {
    facts_[p].resize(data.slots[p].size());
    granted_[p].assign(data.slots[p].size(), 0);
    for (const std::string& name : plan->options.granted) {
      const int slot = data.layout.Slot(static_cast<FactPlace>(p), name);
      if (slot >= 0) granted_[p][static_cast<size_t>(slot)] = 1;
    }
  }
}

ColumnValue Builder::Fail(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return {};
}

// ---- axes

Axis Builder::NewAxis(Level level, Axis parent) {
  axes_.push_back({level, parent});
  return static_cast<Axis>(axes_.size()) - 1;
}

Axis Builder::Meet(Axis a, Axis b) {
  if (a == kNoAxis || a == b) return b;
  if (b == kNoAxis) return a;
  for (Axis x = a; x != kNoAxis; x = axes_[static_cast<size_t>(x)].parent) {
    if (x == b) return a;
  }
  for (Axis x = b; x != kNoAxis; x = axes_[static_cast<size_t>(x)].parent) {
    if (x == a) return b;
  }
  Fail("two members, or rows of two lists, looked at together");
  return a;
}

ColumnValue Builder::Bring(ColumnValue v, Axis to) {
  if (v.kind == Kind::kConstant || v.axis == to || to == kNoAxis || !why_.empty()) return v;
  const Level level = LevelOf(to);
  const auto spread = [&](NodeId id, bool bits) {
    if (id == kNoNode) return id;
    // By way of the members, so that rows share what was brought there already.
    return bits ? g_.SpreadBits(id, level) : g_.Spread(id, level);
  };
  if (v.kind == Kind::kList || v.kind == Kind::kItems) return v;
  v.is_true = spread(v.is_true, true);
  v.is_false = spread(v.is_false, true);
  v.known = spread(v.known, true);
  v.data = spread(v.data, false);
  v.denominator = spread(v.denominator, false);
  v.axis = to;
  return v;
}

ColumnValue Builder::OnAxis(ColumnValue v, Axis axis) {
  if (v.kind != Kind::kConstant) v.axis = axis;
  return v;
}

// ---- facts

ColumnValue Builder::InputValue(const InputColumn& column, Axis axis) {
  const Level level = LevelOf(axis);
  switch (column.spec.kind) {
    case ColumnKind::kNone:
      return Fail(column.registry >= 0 ? "a field that packs may not read" : "a fact that is a list, or of any type");
    case ColumnKind::kBoolean: {
      const NodeId known = g_.Known(column, level), is_true = g_.True(column, level);
      return Boolean(axis, g_.And(known, is_true), g_.AndNot(known, is_true));
    }
    case ColumnKind::kNumber:
      return Number(axis, g_.Input(column, level), g_.Known(column, level), column.spec.scale, g_.Const(1));
    case ColumnKind::kText:
      return Scalar(Kind::kText, axis, g_.Input(column, level), g_.Known(column, level));
    case ColumnKind::kDate:
      return Scalar(Kind::kDate, axis, g_.Input(column, level), g_.Known(column, level));
    case ColumnKind::kMonths:
      return Scalar(Kind::kMonths, axis, g_.Input(column, level), g_.Known(column, level));
    case ColumnKind::kDays:
      return Scalar(Kind::kDays, axis, g_.Input(column, level), g_.Known(column, level));
  }
  return {};
}

ColumnValue Builder::RowsOf(int registry, Axis subject) {
  ColumnValue v, row;
  row.kind = Kind::kRow;
  row.registry = registry;
  v.kind = Kind::kList;
  v.axis = subject;
  v.items_level = static_cast<Level>(kFirstRows + registry);
  v.item = std::make_shared<const ColumnValue>(row);
  const NodeId listed = g_.Leaf(GraphOp::kListed, kMembers, registry);
  if (LevelOf(subject) == kMembers) {
    v.mask = g_.All();
    v.known = listed;
  } else {
    v.mask = g_.Leaf(GraphOp::kFirstSeen, v.items_level, registry);
    v.known = g_.Not(g_.SegmentAny(g_.Not(listed), kMembers, kUnits));
  }
  return v;
}

ColumnValue Builder::Fact(FactPlace place, int slot, Axis subject) {
  const int p = static_cast<int>(place);
  const size_t at = static_cast<size_t>(slot);
  if (granted_[p][at] != 0) return FromConstant(Value::Boolean(true));
  const SlotUse& use = data_.slots[p][at];
  const Axis axis = place == FactPlace::kMember ? subject : kUnitAxis;
  if (use.kind == SlotUse::Kind::kRegistry) return RowsOf(use.index, axis);
  if (use.kind == SlotUse::Kind::kRaw) {
    InputColumn column;
    column.place = place;
    column.slot = slot;
    column.spec = plan_->layout->Fact(place, slot);
    return InputValue(column, axis);
  }
  Known& known = facts_[p][at];
  if (!known.done) {
    known.value = DerivedFact(place, slot, use);
    known.done = true;
  }
  ColumnValue v = known.value;
  if (v.kind == Kind::kItems && v.items.empty() && v.registry == -2)
    return Fail("the list " + data_.layout.Name(place, slot));
  // A fact of a member that does not depend on the member stays where it is.
  return v.axis == kMemberAxis ? OnAxis(v, axis) : v;
}

ColumnValue Builder::DerivedFact(FactPlace place, int slot, const SlotUse& use) {
  const std::string outer = std::move(why_);
  why_.clear();
  ++plan_->facts_asked;
  const Axis axis = place == FactPlace::kMember ? kMemberAxis : kUnitAxis;
  ColumnValue v = CompileExpression(data_.derived_expressions[static_cast<size_t>(use.index)], axis);
  if (!why_.empty()) v = BoxFact(place, slot, use.index, why_);
  why_ = outer;
  derived_order_.push_back({place, slot});
  if (plan_->options.want_facts) {
    const std::string before = std::move(why_);
    why_.clear();
    KeepFact(use.index, v, LevelOf(axis));
    why_ = before;
  }
  return v;
}

ColumnValue Builder::BoxFact(FactPlace place, int slot, int derived, const std::string& why) {
  const hearth::DerivedFact& f = data_.derived[static_cast<size_t>(derived)];
  BoxedItem item;
  item.place = place;
  item.name = f.name;
  item.why = why;
  plan_->boxed.push_back(item);
  const Axis axis = place == FactPlace::kMember ? kMemberAxis : kUnitAxis;
  const Level level = LevelOf(axis);
  BoxedFact boxed;
  boxed.derived = derived;
  boxed.place = place;
  boxed.slot = slot;
  Kind kind = Kind::kNumber;
  switch (f.type) {
    case FactType::kBoolean:
      boxed.spec.kind = ColumnKind::kBoolean;
      kind = Kind::kBoolean;
      break;
    case FactType::kNumber:
    case FactType::kMoney:
      boxed.spec = {ColumnKind::kNumber, Width::k64, 6, -kColumnValueMax, kColumnValueMax};
      break;
    case FactType::kText:
      boxed.spec = {ColumnKind::kText, Width::k32, 0, 0, INT32_MAX};
      kind = Kind::kText;
      break;
    case FactType::kDate:
      boxed.spec = {ColumnKind::kDate, Width::k32, 0, -719162, 2932896};
      kind = Kind::kDate;
      break;
    case FactType::kMonths:
      boxed.spec = {ColumnKind::kMonths, Width::k32, 0, -1'000'000, 1'000'000};
      kind = Kind::kMonths;
      break;
    default: {
      ColumnValue list;  // whoever reads it is left to the plain evaluator too
      list.kind = Kind::kItems;
      list.registry = -2;
      return list;
    }
  }
  const int index = static_cast<int>(plan_->boxed_facts.size());
  plan_->boxed_facts.push_back(boxed);
  const NodeId known = g_.Leaf(GraphOp::kBoxedKnown, level, index);
  if (kind == Kind::kBoolean) {
    const NodeId is_true = g_.Leaf(GraphOp::kBoxedTrue, level, index);
    return Boolean(axis, g_.And(known, is_true), g_.AndNot(known, is_true));
  }
  const NodeId data = g_.Narrow(g_.BoxedNumber(index, level, boxed.spec.low, boxed.spec.high));
  if (kind == Kind::kNumber) return Number(axis, data, known, boxed.spec.scale, g_.Const(1));
  return Scalar(kind, axis, data, known);
}

void Builder::KeepFact(int derived, const ColumnValue& v, Level level) {
  PlannedFact f;
  f.level = level;
  const auto numbers = [&](NodeId id) { return g_.IsConst(id) ? id : g_.Spread(id, level); };
  switch (v.kind) {
    case Kind::kConstant:
      if (!v.constant.IsNull()) return KeepFact(derived, FromConstant(v.constant), level);
      break;
    case Kind::kBoolean:
      f.kind = ColumnKind::kBoolean;
      f.is_true = g_.SpreadBits(v.is_true, level);
      f.known = g_.SpreadBits(g_.Or(v.is_true, v.is_false), level);
      break;
    case Kind::kNumber:
    case Kind::kText:
    case Kind::kDate:
    case Kind::kMonths:
    case Kind::kDays:
      f.kind = v.kind == Kind::kNumber   ? ColumnKind::kNumber
               : v.kind == Kind::kText   ? ColumnKind::kText
               : v.kind == Kind::kDate   ? ColumnKind::kDate
               : v.kind == Kind::kMonths ? ColumnKind::kMonths
                                         : ColumnKind::kDays;
      f.scale = v.scale;
      f.value = numbers(v.data);
      f.known = g_.SpreadBits(v.known, level);
      if (v.kind == Kind::kNumber) f.denominator = numbers(v.denominator);
      break;
    default:
      break;
  }
  plan_->facts[derived] = f;
}

// ---- conditions on one word

// Whether everything that n reads beside constants is one column of texts; parts counts what is more than that column.
bool Builder::FindWord(const feel::Node& n, Scope& s, int32_t inner_from, std::optional<ColumnValue>* word,
                       int* parts) {
  const bool leaf = n.op == Op::kFact || n.op == Op::kSubjectFact || n.op == Op::kColumn ||
                    (n.op == Op::kLocal && n.index < inner_from);
  if (n.op == Op::kItemField || n.op == Op::kMembers || n.op == Op::kInput || n.op == Op::kTestInput) return false;
  if (leaf) {
    if (n.op == Op::kFact && IsConstantFact(n.place, n.index)) return true;
    if (n.type.list) return false;
    if (n.op != Op::kLocal && !n.type.Is(feel::TypeKind::kText)) return false;
    const ColumnValue v = Compile(n, s);
    if (!why_.empty()) return false;
    if (v.kind == Kind::kConstant) return true;
    if (v.kind != Kind::kText || g_.IsConst(v.data)) return false;
    if (word->has_value() && ((*word)->data != v.data || (*word)->axis != v.axis)) return false;
    *word = v;
    return true;
  }
  ++*parts;
  if ((n.op == Op::kSome || n.op == Op::kEvery || n.op == Op::kFor || n.op == Op::kFilter || n.op == Op::kContext) &&
      n.index < inner_from) {
    inner_from = n.index;
  }
  for (const auto& kid : n.kids) {
    if (!FindWord(*kid, s, inner_from, word, parts)) return false;
  }
  return true;
}

std::unique_ptr<feel::Node> Builder::WithInput(const feel::Node& n, const Scope& s, int32_t inner_from) {
  auto copy = std::make_unique<feel::Node>();
  copy->op = n.op;
  copy->compare = n.compare;
  copy->place = n.place;
  copy->low_included = n.low_included;
  copy->high_included = n.high_included;
  copy->negated = n.negated;
  copy->tests_input = n.tests_input;
  copy->index = n.index;
  copy->type = n.type;
  copy->literal = n.literal;
  copy->text = n.text;
  copy->names = n.names;
  const bool leaf = n.op == Op::kFact || n.op == Op::kSubjectFact || n.op == Op::kColumn;
  if (leaf || (n.op == Op::kLocal && n.index < inner_from)) {
    const bool constant = n.op == Op::kLocal && static_cast<size_t>(n.index) < s.locals.size() &&
                          s.locals[static_cast<size_t>(n.index)].kind == Kind::kConstant;
    copy->op = constant ? Op::kLiteral : Op::kInput;
    if (n.op == Op::kFact && IsConstantFact(n.place, n.index)) {
      copy->op = Op::kLiteral;
      copy->literal = constant_facts_.Fact(n.place, -1, n.index);
    }
    if (constant) copy->literal = s.locals[static_cast<size_t>(n.index)].constant;
    copy->index = 0;
    return copy;
  }
  if (n.op == Op::kCodeCompare) copy->op = Op::kCompare;
  if ((n.op == Op::kSome || n.op == Op::kEvery || n.op == Op::kFor || n.op == Op::kFilter || n.op == Op::kContext) &&
      n.index < inner_from) {
    inner_from = n.index;
  }
  for (const auto& kid : n.kids) copy->kids.push_back(WithInput(*kid, s, inner_from));
  return copy;
}

std::optional<ColumnValue> Builder::WordCondition(const feel::Node& n, Scope& s) {
  const std::string outer = std::move(why_);
  why_.clear();
  std::optional<ColumnValue> word;
  int parts = 0;
  const bool found = FindWord(n, s, INT32_MAX, &word, &parts) && why_.empty() && word.has_value() && parts > 0;
  why_ = outer;
  if (!found) return std::nullopt;
  WordTest test;
  test.root = WithInput(n, s, INT32_MAX);
  feel::ForEachNode(n, [&](const feel::Node& node) {
    const int count = static_cast<int>(node.names.size()) + static_cast<int>(node.kids.size()) + 2;
    if (node.index >= 0 && node.op != Op::kCall && node.op != Op::kFact && node.op != Op::kColumn &&
        node.op != Op::kParameter && node.op != Op::kSubjectFact && node.op != Op::kCodeCompare) {
      test.locals = std::max(test.locals, node.index + count);
    }
  });
  std::vector<Value> locals(static_cast<size_t>(test.locals));
  const Value null;
  feel::Frame frame;
  frame.facts = &constant_facts_;
  frame.inputs = std::span<const Value>(&null, 1);
  frame.locals = &locals;
  frame.as_of = plan_->as_of;
  const Value of_null = feel::Evaluate(*test.root, frame);
  // Rules ask the same of the same column again and again.
  test.word = word->data;
  size_t table = 0;
  for (; table < plan_->word_tests.size(); ++table) {
    const WordTest& have = plan_->word_tests[table];
    if (have.word == test.word && IsSameTest(*have.root, *test.root)) break;
  }
  if (table == plan_->word_tests.size()) plan_->word_tests.push_back(std::move(test));
  const NodeId yes = g_.WordTable(word->data, static_cast<int>(table), 0),
               no = g_.WordTable(word->data, static_cast<int>(table), 1);
  NodeId is_true = g_.And(word->known, yes), is_false = g_.And(word->known, no);
  if (of_null.IsTrue()) is_true = g_.Or(is_true, g_.Not(word->known));
  if (of_null.IsFalse()) is_false = g_.Or(is_false, g_.Not(word->known));
  return Boolean(word->axis, is_true, is_false);
}

// ---- the walk

bool Builder::IsConstantFact(FactPlace place, int slot) {
  const int p = static_cast<int>(place);
  const size_t at = static_cast<size_t>(slot);
  if (granted_[p][at] != 0) return true;
  const SlotUse& use = data_.slots[p][at];
  if (use.kind != SlotUse::Kind::kDerived) return false;
  Known& known = facts_[p][at];
  if (!known.done) {
    known.value = DerivedFact(place, slot, use);
    known.done = true;
  }
  return known.value.kind == Kind::kConstant;
}

const Value& Builder::ConstantFacts::Fact(FactPlace place, int32_t, int32_t slot) {
  const int p = static_cast<int>(place);
  const size_t at = static_cast<size_t>(slot);
  if (builder_->granted_[p][at] != 0) {
    value_ = Value::Boolean(true);
    return value_;
  }
  return builder_->facts_[p][at].value.constant;
}

bool Builder::IsConstant(const feel::Node& n, const Scope& s, int32_t inner_from) {
  switch (n.op) {
    case Op::kFact:
      return IsConstantFact(n.place, n.index);
    case Op::kSubjectFact:
    case Op::kMembers:
    case Op::kInput:
    case Op::kTestInput:
    case Op::kItemField:
      return false;
    case Op::kLocal:
      if (n.index >= inner_from) return true;
      return static_cast<size_t>(n.index) < s.locals.size() &&
             s.locals[static_cast<size_t>(n.index)].kind == Kind::kConstant;
    default:
      break;
  }
  if ((n.op == Op::kSome || n.op == Op::kEvery || n.op == Op::kFor || n.op == Op::kFilter || n.op == Op::kContext) &&
      n.index < inner_from) {
    inner_from = n.index;
  }
  for (const auto& kid : n.kids) {
    if (!IsConstant(*kid, s, inner_from)) return false;
  }
  return true;
}

Value Builder::EvaluateConstant(const feel::Node& n, const Scope& s) {
  std::vector<Value> locals(s.locals.size() + 64);
  feel::ForEachNode(n, [&](const feel::Node& node) {
    const size_t need = static_cast<size_t>(std::max(node.index, 0)) + node.names.size() + node.kids.size() + 2;
    if (node.op != Op::kCall && node.op != Op::kParameter && need > locals.size()) locals.resize(need);
  });
  for (size_t i = 0; i < s.locals.size(); ++i) {
    if (s.locals[i].kind == Kind::kConstant) locals[i] = s.locals[i].constant;
  }
  feel::Frame frame;
  frame.facts = &constant_facts_;
  frame.locals = &locals;
  frame.as_of = plan_->as_of;
  return feel::Evaluate(n, frame);
}

ColumnValue Builder::CompileExpression(const feel::Expression& e, Axis subject) {
  Scope s;
  s.subject = subject;
  s.locals.resize(static_cast<size_t>(e.locals));
  const bool outer = g_.TakeUnfolded();
  ColumnValue v = Compile(*e.root, s);
  // Of derived facts within, the flag was looked at already; their own expression and this one share the rest.
  if (g_.TakeUnfolded()) Fail("an operation on constants that is not folded");
  if (outer) g_.MarkUnfolded();
  return v;
}

ColumnValue Builder::Compile(const feel::Node& n, Scope& s) {
  if (!why_.empty()) return {};
  if (IsConstant(n, s, INT32_MAX)) {
    ColumnValue v;
    v.constant = EvaluateConstant(n, s);
    return v;
  }
  switch (n.op) {
    case Op::kFact:
      if (n.place == FactPlace::kMember && LevelOf(s.subject) != kMembers) return Fail("a member's fact at the unit");
      return Fact(n.place, n.index, s.subject);
    case Op::kSubjectFact:
      return SubjectFacts(Compile(*n.kids[0], s), n.index);
    case Op::kMembers: {
      ColumnValue v, member;
      member.kind = Kind::kMember;
      v.kind = Kind::kList;
      v.axis = kUnitAxis;
      v.items_level = kMembers;
      v.mask = g_.All();
      v.known = g_.All();
      v.item = std::make_shared<const ColumnValue>(member);
      return v;
    }
    case Op::kLocal:
      return s.locals[static_cast<size_t>(n.index)];
    case Op::kColumn:
      return Columns(Compile(*n.kids[0], s), n);
    case Op::kPath: {
      const ColumnValue of = Compile(*n.kids[0], s);
      return why_.empty() ? Part(of, n.text) : of;
    }
    case Op::kFilter:
      return Filter(n, s);
    case Op::kIf: {
      const ColumnValue condition = Compile(*n.kids[0], s);
      if (!why_.empty()) return condition;
      if (condition.kind == Kind::kConstant) return Select(condition, Compile(*n.kids[1], s), Compile(*n.kids[2], s));
      const ColumnValue yes = Compile(*n.kids[1], s), no = Compile(*n.kids[2], s);
      return why_.empty() ? Select(condition, yes, no) : yes;
    }
    case Op::kAnd:
    case Op::kOr: {
      ColumnValue v = FromConstant(Value::Boolean(n.op == Op::kAnd));
      for (const auto& kid : n.kids) {
        const ColumnValue next = Compile(*kid, s);
        if (!why_.empty()) return next;
        v = n.op == Op::kAnd ? And(v, next) : Or(v, next);
      }
      return v;
    }
    case Op::kCodeCompare: {
      const ColumnValue column = Compile(*n.kids[0], s);
      ColumnValue literal;
      literal.constant = n.kids[1]->literal;
      return why_.empty() ? Compare(n.compare, column, literal) : column;
    }
    case Op::kCompare: {
      if (n.negated) {
        const bool right_null = n.kids[1]->op == Op::kLiteral && n.kids[1]->literal.IsNull();
        const ColumnValue v = Compile(right_null ? *n.kids[0] : *n.kids[1], s);
        if (!why_.empty()) return v;
        return Present(v, n.compare == feel::Comparison::kEqual);
      }
      const ColumnValue a = Compile(*n.kids[0], s), b = Compile(*n.kids[1], s);
      if (!why_.empty()) break;
      const ColumnValue v = Compare(n.compare, a, b);
      if (why_.empty()) return v;
      break;
    }
    case Op::kBetween: {
      const ColumnValue v = Compile(*n.kids[0], s), low = Compile(*n.kids[1], s), high = Compile(*n.kids[2], s);
      if (!why_.empty()) return v;
      return And(Compare(feel::Comparison::kGreaterEqual, v, low), Compare(feel::Comparison::kLessEqual, v, high));
    }
    case Op::kIn: {
      const ColumnValue v = In(n, s);
      if (why_.empty()) return v;
      break;
    }
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kPower: {
      const ColumnValue a = Compile(*n.kids[0], s), b = Compile(*n.kids[1], s);
      return why_.empty() ? Arithmetic(n.op, a, b) : a;
    }
    case Op::kNegate: {
      const ColumnValue v = Compile(*n.kids[0], s);
      return why_.empty() ? Negate(v) : v;
    }
    case Op::kList: {
      ColumnValue v;
      v.kind = Kind::kItems;
      for (const auto& kid : n.kids) v.items.push_back(Compile(*kid, s));
      return v;
    }
    case Op::kFor:
    case Op::kSome:
    case Op::kEvery: {
      if (n.op != Op::kFor) {
        if (std::optional<ColumnValue> v = WordCondition(n, s)) return *v;
      }
      return Loop(n, s);
    }
    case Op::kCall: {
      const ColumnValue v = Call(n, s);
      if (why_.empty()) return v;
      break;
    }
    case Op::kIndex:
      return EdgeOf(*n.kids[0], *n.kids[1], s);
    case Op::kContext:
      return Fail("a context");
    case Op::kItemField:
      return Fail("a field of items without a known type");
    case Op::kInstanceOf:
      return Fail("instance of");
    case Op::kParameterOn:
      return Fail("a parameter on a day that differs");
    case Op::kRange:
    case Op::kUnaryRange:
      return Fail("a range with ends that differ");
    case Op::kTests:
      return Fail("unary tests");
    default:
      return Fail("a construct without a column form");
  }
  // What columns of numbers do not express may still be a condition on one word.
  if (n.type.Is(feel::TypeKind::kBoolean)) {
    const std::string why = std::move(why_);
    why_.clear();
    if (std::optional<ColumnValue> v = WordCondition(n, s)) return *v;
    why_ = why;
  }
  return {};
}

// ---- rules

// Whether parameters alone decide a value, by way of derived facts too.
bool Builder::ReadsNoFact(const feel::Node& n) const {
  if (n.op == Op::kSubjectFact || n.op == Op::kMembers) return false;
  if (n.op == Op::kFact) {
    const SlotUse& use = data_.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    if (use.kind != SlotUse::Kind::kDerived) return false;
    return ReadsNoFact(*data_.derived_expressions[static_cast<size_t>(use.index)].root);
  }
  return std::all_of(n.kids.begin(), n.kids.end(), [this](const auto& kid) { return ReadsNoFact(*kid); });
}

void Builder::BuildRule(uint32_t rule) {
  const Rule& r = data_.rules[rule];
  const CompiledRule& c = data_.compiled[rule];
  PlannedRule out;
  out.rule = rule;
  const Axis axis = r.unit == RuleUnit::kPerson ? kMemberAxis : kUnitAxis;
  out.level = LevelOf(axis);
  out.has_amount = c.amount.root != nullptr;
  why_.clear();
  ColumnValue when = CompileExpression(c.when, axis);
  if (why_.empty()) when = Bring(AsBoolean(when), axis);
  out.holds = when.is_true;
  out.fails = when.is_false;
  if (const std::optional<Decimal> local = constants_.LocalAmount(rule)) {
    const std::optional<Money> money = local->ToMoney(r.rounding);
    if (money) out.local_fen = money->fen();
  }
  if (why_.empty() && out.has_amount) {
    ColumnValue amount = CompileExpression(c.amount, axis);
    if (why_.empty() && amount.kind == Kind::kConstant && amount.constant.IsNull() && ReadsNoFact(*c.amount.root)) {
      const UnitFacts nobody = EmptyFacts(plan_->layout->pack(), 1);
      constants_.Begin(nobody);
      out.always_open = constants_.Missing(c.amount, axis == kMemberAxis ? 0 : -1).only_parameters;
    }
    g_.TakeUnfolded();
    if (why_.empty()) {
      if (amount.kind == Kind::kConstant) amount = ConstantOf(amount, Kind::kNumber);
      if (amount.kind == Kind::kNumber) {
        static constexpr RoundMode kModes[] = {RoundMode::kDown, RoundMode::kHalfUp, RoundMode::kUp};
        amount = Rounded(amount, 2, kModes[static_cast<int>(r.rounding)]);
        if (why_.empty() && amount.scale < 2) ScaleTo(&amount, 2);
        amount = Bring(amount, axis);
        if (g_.TakeUnfolded()) Fail("an operation on constants that is not folded");
        out.fen = amount.data;
        out.fen_known = amount.known;
        if (out.local_fen) out.fen = g_.Max(out.fen, g_.Const(*out.local_fen));
      } else {
        out.fen = g_.Const(0);
        out.fen_known = g_.None();
      }
    }
  }
  if (!why_.empty()) {
    out.boxed = true;
    BoxedItem item;
    item.is_rule = true;
    item.name = r.id;
    item.why = why_;
    plan_->boxed.push_back(item);
  }
  plan_->rules.push_back(out);
}

void Builder::Run() {
  for (const uint32_t rule : plan_->options.rules) BuildRule(rule);
  if (plan_->options.want_facts) FindTaken();
  FindDemand();
}

std::shared_ptr<const Plan> BuildPlan(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                      CivilDay as_of, const BatchOptions& options) {
  auto plan = std::make_shared<Plan>();
  plan->layout = std::move(layout);
  plan->site = site;
  plan->as_of = as_of;
  plan->options = options;
  const PackData& data = plan->layout->pack().data();
  if (plan->options.rules.empty()) {
    for (uint32_t i = 0; i < data.rules.size(); ++i) plan->options.rules.push_back(i);
  }
  std::sort(plan->options.rules.begin(), plan->options.rules.end());
  Builder(plan.get(), data).Run();
  return plan;
}

}  // namespace hearth::columns
