#include "policy/feel/interpreter.h"

#include <algorithm>
#include <array>

#include "core/record_table.h"
#include "policy/feel/builtins.h"
#include "policy/feel/instance_of.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

// A loop over a range of whole numbers is bounded, as its ends come from data.
constexpr int64_t kRangeMax = 1'000'000;

Value& Local(Frame& f, int32_t index) { return (*f.locals)[f.base + static_cast<size_t>(index)]; }

// The value of a node without a copy where it already stands somewhere stable.
const Value& Operand(const Node& n, Frame& f, Value* scratch) {
  switch (n.op) {
    case Op::kLiteral:
      return n.literal;
    case Op::kFact:
      return f.facts->Fact(n.place, f.member, n.index);
    case Op::kParameter:
      return f.facts->Parameter(n.index);
    default:
      *scratch = Evaluate(n, f);
      return *scratch;
  }
}

// The same for the row that a field is read of: a local stays in place, as nothing is evaluated while it is read.
const Value& RowOperand(const Node& n, Frame& f, Value* scratch) {
  return n.op == Op::kLocal ? Local(f, n.index) : Operand(n, f, scratch);
}

Value FieldOf(const Value& v, const Node& n, Frame& f) {
  if (v.kind() == Kind::kRow) {
    if (f.observer != nullptr) f.observer->ReadRow(v.row());
    return n.index >= 0 ? FieldValue(v.row(), n.index) : Value::Null();
  }
  if (v.kind() == Kind::kContext) {
    for (const auto& [name, value] : v.context()) {
      if (name == n.text) return value;
    }
  }
  return Value::Null();
}

// .name of a value met without a known type.
Value PathOf(const Value& v, const std::string& name, Frame& f) {
  switch (v.kind()) {
    case Kind::kContext:
      for (const auto& [key, value] : v.context()) {
        if (key == name) return value;
      }
      return Value::Null();
    case Kind::kRow: {
      const int field = v.row().table->schema().FieldIndex(name);
      if (field < 0) return Value::Null();
      if (f.observer != nullptr) f.observer->ReadRow(v.row());
      return FieldValue(v.row(), field);
    }
    case Kind::kList:
    case Kind::kRows: {
      ValueList items, out;
      Items(v, &items);
      for (const Value& item : items) out.push_back(PathOf(item, name, f));
      return Value::List(std::move(out));
    }
    default:
      return Property(v, name);
  }
}

Value Column(const Node& n, Frame& f) {
  Value scratch;
  const Value& of = RowOperand(*n.kids[0], f, &scratch);
  switch (of.kind()) {
    case Kind::kRows: {
      ValueList out;
      out.reserve(of.rows().rows.size());
      for (const uint32_t row : of.rows().rows) out.push_back(FieldOf(Value::Row({of.rows().table, row}), n, f));
      return Value::List(std::move(out));
    }
    case Kind::kList: {
      ValueList out;
      out.reserve(of.list().size());
      for (const Value& item : of.list()) out.push_back(FieldOf(item, n, f));
      return Value::List(std::move(out));
    }
    default:
      return FieldOf(of, n, f);
  }
}

Value CodeCompare(const Node& n, Frame& f) {
  const Node& column = *n.kids[0];
  Value scratch;
  const Value& of = RowOperand(*column.kids[0], f, &scratch);
  const bool wants_equal = n.compare == Comparison::kEqual;
  if (of.kind() == Kind::kRow) {
    const RowRef& r = of.row();
    if (f.observer != nullptr) f.observer->ReadRow(r);
    if (r.table->Has(column.index, r.row)) {
      return Value::Boolean((r.table->Int(column.index, r.row) == n.index) == wants_equal);
    }
    return f.rule == NullRule::kUnknown ? Value::Null() : Value::Boolean(!wants_equal);
  }
  return FromOptional(Compare(n.compare, FieldOf(of, column, f), n.kids[1]->literal, f.rule));
}

Value SubjectFact(const Node& n, Frame& f) {
  const Value of = Evaluate(*n.kids[0], f);
  if (of.kind() == Kind::kSubject) return f.facts->Fact(n.place, of.subject(), n.index);
  if (of.kind() != Kind::kList) return Value::Null();
  ValueList out;
  out.reserve(of.list().size());
  for (const Value& item : of.list()) {
    out.push_back(item.kind() == Kind::kSubject ? f.facts->Fact(n.place, item.subject(), n.index) : Value::Null());
  }
  return Value::List(std::move(out));
}

// Calls body(i) with each item of a list or rows in the local; false when the value is null. body returns false to
// stop. A value that is no list is a list of itself.
template <class GivenBody>
bool ForEachItem(const Value& of, Frame& f, int32_t local, const GivenBody& given_body) {
  const auto body = [&](size_t i) { return ++f.iterations <= kIterationsMax && given_body(i); };
  switch (of.kind()) {
    case Kind::kNull:
      return false;
    case Kind::kRows: {
      const RowList& rows = of.rows();
      for (size_t i = 0; i < rows.rows.size(); ++i) {
        Local(f, local) = Value::Row({rows.table, rows.rows[i]});
        if (!body(i)) break;
      }
      return true;
    }
    case Kind::kList:
      for (size_t i = 0; i < of.list().size(); ++i) {
        Local(f, local) = of.list()[i];
        if (!body(i)) break;
      }
      return true;
    case Kind::kRange: {
      const ValueRange& range = of.range();
      if (range.low.kind() == Kind::kDate && range.high.kind() == Kind::kDate) {
        const int64_t from = range.low.date().days, to = range.high.date().days, step = from <= to ? 1 : -1;
        if ((to - from) * step > kRangeMax) return false;
        size_t i = 0;
        for (int64_t d = from; step > 0 ? d <= to : d >= to; d += step) {
          Local(f, local) = Value::Date(CivilDay{static_cast<int32_t>(d)});
          if (!body(i++)) break;
        }
        return true;
      }
      if (range.low.kind() != Kind::kNumber || range.high.kind() != Kind::kNumber) return false;
      const std::optional<int64_t> from = range.low.number().ToInt(), to = range.high.number().ToInt();
      if (!from || !to) return false;
      const int64_t step = *from <= *to ? 1 : -1;
      int64_t length = 0;
      if (__builtin_sub_overflow(*to, *from, &length) || length * step > kRangeMax) return false;
      size_t i = 0;
      for (int64_t n = *from; step > 0 ? n <= *to : n >= *to; n += step) {
        Local(f, local) = Value::Number(n);
        if (!body(i++)) break;
      }
      return true;
    }
    default:
      Local(f, local) = of;
      body(0);
      return true;
  }
}

Value ItemAt(const Value& of, const Value& place) {
  if (place.kind() != Kind::kNumber) return Value::Null();
  const std::optional<int64_t> whole = place.number().ToInt();
  if (!whole || *whole == 0) return Value::Null();
  int64_t size = 1;
  if (of.kind() == Kind::kRows) size = static_cast<int64_t>(of.rows().rows.size());
  if (of.kind() == Kind::kList) size = static_cast<int64_t>(of.list().size());
  const int64_t at = *whole > 0 ? *whole - 1 : size + *whole;
  if (at < 0 || at >= size) return Value::Null();
  if (of.kind() == Kind::kRows) return Value::Row({of.rows().table, of.rows().rows[static_cast<size_t>(at)]});
  if (of.kind() == Kind::kList) return of.list()[static_cast<size_t>(at)];
  return of;
}

Value Filter(const Node& n, Frame& f) {
  Value scratch;
  const Value& of = Operand(*n.kids[0], f, &scratch);
  if (of.IsNull()) return f.rule == NullRule::kUnknown ? Value::Null() : Value::List({});
  const Node& condition = *n.kids[1];
  RowList rows;
  ValueList items;
  Value index;
  bool unknown = false;
  Observer* const observer = f.observer;
  f.observer = nullptr;  // a trace names the rows kept, not every row looked at
  ForEachItem(of, f, n.index, [&](size_t i) {
    const Value keep = Evaluate(condition, f);
    if (keep.kind() == Kind::kNumber) {
      index = keep;
      return false;
    }
    if (keep.IsTrue()) {
      if (of.kind() == Kind::kRows)
        rows.rows.push_back(of.rows().rows[i]);
      else
        items.push_back(Local(f, n.index));
    } else if (keep.IsNull() && f.rule == NullRule::kUnknown) {
      unknown = true;
      return false;
    }
    return true;
  });
  f.observer = observer;
  if (f.iterations > kIterationsMax) return Value::Null();
  if (!index.IsNull()) return ItemAt(of, index);
  if (unknown) return Value::Null();
  if (of.kind() != Kind::kRows) return Value::List(std::move(items));
  rows.table = rows.rows.empty() ? nullptr : of.rows().table;
  if (observer != nullptr) {
    for (const uint32_t row : rows.rows) observer->ReadRow({rows.table, row});
  }
  return Value::Rows(std::move(rows));
}

// Runs the body for each combination of the loops' items, the last loop the fastest. Returns false when a list is null.
template <class Body>
bool Loops(const Node& n, Frame& f, size_t loop, const Body& body, bool* go_on) {
  if (loop == n.names.size()) {
    *go_on = body();
    return true;
  }
  const Value of = Evaluate(*n.kids[loop], f);
  bool known = true;
  const bool listed = ForEachItem(of, f, n.index + static_cast<int32_t>(loop), [&](size_t) {
    known = Loops(n, f, loop + 1, body, go_on) && known;
    return *go_on && known;
  });
  return listed && known && f.iterations <= kIterationsMax;
}

// A value that is built of values made before it (partial results, earlier entries) can double at each step: its parts
// are counted, shared ones each time they are met, up to a limit that also bounds how deep lists stand in lists.
constexpr int64_t kPartsMax = 2'000'000;

// Takes the parts of v off the budget; false when it is used up.
bool TakeParts(const Value& v, int64_t* budget) {
  if (--*budget < 0) return false;
  if (v.kind() == Kind::kText) *budget -= static_cast<int64_t>(v.text().size() / 64);
  if (v.kind() == Kind::kList) {
    for (const Value& item : v.list()) {
      if (!TakeParts(item, budget)) return false;
    }
  } else if (v.kind() == Kind::kContext) {
    for (const auto& [name, entry] : v.context()) {
      if (!TakeParts(entry, budget)) return false;
    }
  }
  return *budget >= 0;
}

Value For(const Node& n, Frame& f) {
  ValueList out;
  bool go_on = true;
  int64_t budget = kPartsMax;
  const int32_t partial = n.index + static_cast<int32_t>(n.names.size());
  const Node& body = *n.kids.back();
  const bool known = Loops(
      n, f, 0,
      [&] {
        if (n.negated) Local(f, partial) = Value::List(out);
        out.push_back(Evaluate(body, f));
        if (n.negated && !TakeParts(out.back(), &budget)) return false;
        return out.size() <= static_cast<size_t>(kRangeMax);
      },
      &go_on);
  return known && go_on ? Value::List(std::move(out)) : Value::Null();
}

Value Quantified(const Node& n, Frame& f) {
  const bool decides = n.op == Op::kSome;  // the answer that ends the search
  bool unknown = false, decided = false, go_on = true;
  const Node& condition = *n.kids.back();
  const bool known = Loops(
      n, f, 0,
      [&] {
        const Value v = Evaluate(condition, f);
        if (v.kind() != Kind::kBoolean)
          unknown = true;
        else if (v.boolean() == decides)
          decided = true;
        return !decided;
      },
      &go_on);
  if (decided) return Value::Boolean(decides);
  if (!known || unknown) return Value::Null();
  return Value::Boolean(!decides);
}

Value Connected(const Node& n, Frame& f) {
  const bool decides = n.op == Op::kOr;
  bool unknown = false;
  for (const auto& kid : n.kids) {
    const Value v = Evaluate(*kid, f);
    if (v.kind() != Kind::kBoolean)
      unknown = true;
    else if (v.boolean() == decides)
      return v;
  }
  return unknown ? Value::Null() : Value::Boolean(!decides);
}

Value UnaryRange(const Node& n, Frame& f) {
  ValueRange r;  // an end that is not there is not included
  const Value bound = Evaluate(*n.kids[0], f);
  if (bound.IsNull()) return Value::Null();
  r.low_included = n.compare == Comparison::kGreaterEqual || n.compare == Comparison::kEqual;
  r.high_included = n.compare == Comparison::kLessEqual || n.compare == Comparison::kEqual;
  if (n.compare == Comparison::kNotEqual) return Value::Null();
  const bool below = n.compare == Comparison::kLess || n.compare == Comparison::kLessEqual;
  const bool above = n.compare == Comparison::kGreater || n.compare == Comparison::kGreaterEqual;
  if (!below) r.low = bound;
  if (!above) r.high = bound;
  return Value::Range(std::move(r));
}

// One unary test, or one side of `in`.
std::optional<bool> Test(const Node& test, const Value& v, Frame& f) {
  if (test.op == Op::kUnaryRange) return Compare(test.compare, v, Evaluate(*test.kids[0], f), f.rule);
  if (test.op == Op::kRange && v.kind() != Kind::kRange) {
    ValueRange r{Evaluate(*test.kids[0], f), Evaluate(*test.kids[1], f), test.low_included, test.high_included};
    if (r.low.IsNull() || r.high.IsNull()) return std::nullopt;
    return InRange(v, r, f.rule);
  }
  Value scratch;
  const Value& against = Operand(test, f, &scratch);
  const bool null_literal = test.op == Op::kLiteral && test.literal.IsNull();
  return In(v, against, null_literal ? NullRule::kFeel : f.rule);
}

Value InTests(const Node& n, Frame& f) {
  Value scratch;
  const Value& v = Operand(*n.kids[0], f, &scratch);
  bool unknown = false;
  for (size_t i = 1; i < n.kids.size(); ++i) {
    const std::optional<bool> one = Test(*n.kids[i], v, f);
    if (one && *one) return Value::Boolean(true);
    unknown |= !one;
  }
  return unknown ? Value::Null() : Value::Boolean(false);
}

Value UnaryTests(const Node& n, Frame& f) {
  if (n.kids.empty()) return Value::Boolean(true);
  bool unknown = false, met = false;
  const Value null;
  const Value& input = f.test_input != nullptr ? *f.test_input : null;
  for (const auto& kid : n.kids) {
    std::optional<bool> one;
    if (kid->tests_input) {
      const Value v = Evaluate(*kid, f);
      if (v.kind() == Kind::kBoolean) one = v.boolean();
    } else {
      one = Test(*kid, input, f);
    }
    if (one && *one) {
      met = true;
      break;
    }
    unknown |= !one;
  }
  if (!met && unknown) return Value::Null();
  return Value::Boolean(met != n.negated);
}

// sum(rows.amount) adds the cells where they stand; nullopt when the argument is nothing of the kind.
std::optional<Value> SumOfColumn(const Node& n, Frame& f) {
  if (n.kids.size() != 1 || n.kids[0]->op != Op::kColumn || !n.kids[0]->type.list) return std::nullopt;
  const Node& column = *n.kids[0];
  Value scratch;
  const Value& of = RowOperand(*column.kids[0], f, &scratch);
  if (of.kind() != Kind::kRows || of.rows().rows.empty()) return std::nullopt;
  Decimal sum;
  for (const uint32_t row : of.rows().rows) {
    const Value cell = FieldOf(Value::Row({of.rows().table, row}), column, f);
    if (cell.kind() != Kind::kNumber) return Value::Null();
    const std::optional<Decimal> next = Decimal::Add(sum, cell.number());
    if (!next) return Value::Null();
    sum = *next;
  }
  return Value::Number(sum);
}

// In plain FEEL a list of one is its item where a parameter takes no list.
void UnwrapSingletons(const Builtin& b, std::span<Value> arguments, NullRule rule) {
  if (rule != NullRule::kFeel || b.takes.empty()) return;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const char takes = b.takes[std::min(i, b.takes.size() - 1)];
    if (takes == 'l' || takes == '*' || arguments[i].kind() != Kind::kList || arguments[i].list().size() != 1) continue;
    arguments[i] = Value(arguments[i].list()[0]);
  }
}

Value Call(const Node& n, Frame& f) {
  const Builtin& b = Builtins()[static_cast<size_t>(n.index)];
  if (b.sums) {
    if (std::optional<Value> sum = SumOfColumn(n, f)) return *std::move(sum);
  }
  constexpr size_t kSmall = 3;
  if (n.kids.size() <= kSmall) {
    std::array<Value, kSmall> arguments;
    for (size_t i = 0; i < n.kids.size(); ++i) arguments[i] = Evaluate(*n.kids[i], f);
    const std::span<Value> given(arguments.data(), n.kids.size());
    UnwrapSingletons(b, given, f.rule);
    return b.call(given, f.rule);
  }
  ValueList arguments;
  for (const auto& kid : n.kids) arguments.push_back(Evaluate(*kid, f));
  UnwrapSingletons(b, arguments, f.rule);
  return b.call(arguments, f.rule);
}

Value MakeContext(const Node& n, Frame& f) {
  ValueContext out;
  int64_t budget = kPartsMax;
  for (size_t i = 0; i < n.kids.size(); ++i) {
    Value v = Evaluate(*n.kids[i], f);
    if (i > 8 && !TakeParts(v, &budget)) return Value::Null();
    Local(f, n.index + static_cast<int32_t>(i)) = v;
    for (const auto& [key, value] : out) {
      if (key == n.names[i]) return Value::Null();  // the same key twice
    }
    out.emplace_back(n.names[i], std::move(v));
  }
  return Value::Context(std::move(out));
}

Value ItemField(const Node& n, Frame& f) {
  const Value& item = Local(f, n.index);
  if (item.kind() == Kind::kContext) {
    for (const auto& [name, v] : item.context()) {
      if (name == n.text) return v;
    }
  } else if (item.kind() == Kind::kRow && item.row().table->schema().FieldIndex(n.text) >= 0) {
    return PathOf(item, n.text, f);
  }
  return Evaluate(*n.kids[0], f);
}

}  // namespace

Value Evaluate(const Node& n, Frame& f) {
  switch (n.op) {
    case Op::kLiteral:
      return n.literal;
    case Op::kInput:
      return f.inputs[static_cast<size_t>(n.index)];
    case Op::kTestInput:
      return f.test_input != nullptr ? *f.test_input : Value::Null();
    case Op::kFact:
      return f.facts->Fact(n.place, f.member, n.index);
    case Op::kSubjectFact:
      return SubjectFact(n, f);
    case Op::kMembers: {
      ValueList members;
      for (int32_t i = 0; i < f.facts->MemberCount(); ++i) members.push_back(Value::Subject(i));
      return Value::List(std::move(members));
    }
    case Op::kAsOf:
      return Value::Date(f.as_of);
    case Op::kParameter:
      return f.facts->Parameter(n.index);
    case Op::kParameterOn: {
      const Value day = Evaluate(*n.kids[0], f);
      return day.kind() == Kind::kDate ? f.facts->ParameterOn(n.index, day.date()) : Value::Null();
    }
    case Op::kLocal:
      return Local(f, n.index);
    case Op::kItemField:
      return ItemField(n, f);
    case Op::kColumn:
      return Column(n, f);
    case Op::kCodeCompare:
      return CodeCompare(n, f);
    case Op::kPath:
      return PathOf(Evaluate(*n.kids[0], f), n.text, f);
    case Op::kFilter:
      return Filter(n, f);
    case Op::kIndex: {
      const Value of = Evaluate(*n.kids[0], f);
      return ItemAt(of, Evaluate(*n.kids[1], f));
    }
    case Op::kIf: {
      const Value condition = Evaluate(*n.kids[0], f);
      if (condition.IsTrue()) return Evaluate(*n.kids[1], f);
      if (condition.IsNull() && f.rule == NullRule::kUnknown) return Value::Null();
      return Evaluate(*n.kids[2], f);
    }
    case Op::kFor:
      return For(n, f);
    case Op::kSome:
    case Op::kEvery:
      return Quantified(n, f);
    case Op::kAnd:
    case Op::kOr:
      return Connected(n, f);
    case Op::kCompare: {
      Value left_scratch, right_scratch;
      const Value& left = Operand(*n.kids[0], f, &left_scratch);
      const Value& right = Operand(*n.kids[1], f, &right_scratch);
      const Value result = FromOptional(Compare(n.compare, left, right, n.negated ? NullRule::kFeel : f.rule));
      if (f.observer != nullptr) f.observer->Compared(n, left, right, result);
      return result;
    }
    case Op::kBetween: {
      const Value v = Evaluate(*n.kids[0], f), low = Evaluate(*n.kids[1], f), high = Evaluate(*n.kids[2], f);
      const std::optional<bool> above = Compare(Comparison::kGreaterEqual, v, low, f.rule);
      const std::optional<bool> below = Compare(Comparison::kLessEqual, v, high, f.rule);
      if ((above && !*above) || (below && !*below)) return Value::Boolean(false);
      return above && below ? Value::Boolean(true) : Value::Null();
    }
    case Op::kIn:
      return InTests(n, f);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kPower: {
      Value left_scratch, right_scratch;
      const Value& left = Operand(*n.kids[0], f, &left_scratch);
      const Value& right = Operand(*n.kids[1], f, &right_scratch);
      return Arithmetic(n.op, left, right);
    }
    case Op::kNegate:
      return Negate(Evaluate(*n.kids[0], f));
    case Op::kRange: {
      ValueRange r{Evaluate(*n.kids[0], f), Evaluate(*n.kids[1], f), n.low_included, n.high_included};
      if (r.low.IsNull() || r.high.IsNull() || r.low.kind() != r.high.kind()) return Value::Null();
      return Value::Range(std::move(r));
    }
    case Op::kUnaryRange:
      return UnaryRange(n, f);
    case Op::kList: {
      ValueList items;
      items.reserve(n.kids.size());
      for (const auto& kid : n.kids) items.push_back(Evaluate(*kid, f));
      return Value::List(std::move(items));
    }
    case Op::kContext:
      return MakeContext(n, f);
    case Op::kCall:
      return Call(n, f);
    case Op::kInstanceOf:
      return FromOptional(IsInstance(Evaluate(*n.kids[0], f), n.text));
    case Op::kTests:
      return UnaryTests(n, f);
    case Op::kName:
      break;
  }
  return Value::Null();
}

Value EvaluateAlone(const Expression& expression, std::span<const Value> inputs, NullRule rule,
                    const Value* test_input) {
  std::vector<Value> locals(static_cast<size_t>(expression.locals));
  Frame frame;
  frame.inputs = inputs;
  frame.locals = &locals;
  frame.rule = rule;
  frame.test_input = test_input;
  return Evaluate(*expression.root, frame);
}

namespace {

bool HasNull(const Value& v) {
  if (v.kind() != Kind::kList) return v.IsNull();
  for (const Value& item : v.list()) {
    if (item.IsNull()) return true;
  }
  return false;
}

// Of a node whose value holds a null: where that null came from.
void CollectHolding(const Node& n, Frame& f, MissingSink* sink) {
  const Value v = Evaluate(n, f);
  if (v.IsNull()) return CollectMissing(n, f, sink);
  if (!HasNull(v)) return;
  switch (n.op) {
    case Op::kColumn: {
      ValueList items;
      Items(Evaluate(*n.kids[0], f), &items);
      for (const Value& item : items) {
        if (item.kind() == Kind::kRow && FieldOf(item, n, f).IsNull()) sink->Field(item.row(), n.index);
      }
      break;
    }
    case Op::kSubjectFact: {
      ValueList items;
      Items(Evaluate(*n.kids[0], f), &items);
      for (const Value& item : items) {
        if (item.kind() == Kind::kSubject && f.facts->Fact(n.place, item.subject(), n.index).IsNull()) {
          sink->Fact(n.place, item.subject(), n.index);
        }
      }
      break;
    }
    case Op::kFor: {
      bool go_on = true;
      Loops(
          n, f, 0,
          [&] {
            if (Evaluate(*n.kids.back(), f).IsNull()) CollectMissing(*n.kids.back(), f, sink);
            return true;
          },
          &go_on);
      break;
    }
    default:
      for (const auto& kid : n.kids) CollectHolding(*kid, f, sink);
  }
}

}  // namespace

void CollectMissing(const Node& n, Frame& f, MissingSink* sink) {
  switch (n.op) {
    case Op::kFact:
      sink->Fact(n.place, f.member, n.index);
      return;
    case Op::kParameter:
    case Op::kParameterOn:
      sink->Parameter(n.index);
      return;
    case Op::kSubjectFact: {
      const Value of = Evaluate(*n.kids[0], f);
      if (of.kind() == Kind::kSubject)
        sink->Fact(n.place, of.subject(), n.index);
      else
        CollectMissing(*n.kids[0], f, sink);
      return;
    }
    case Op::kColumn: {
      const Value of = Evaluate(*n.kids[0], f);
      if (of.kind() == Kind::kRow)
        sink->Field(of.row(), n.index);
      else if (of.IsNull())
        CollectMissing(*n.kids[0], f, sink);
      return;
    }
    case Op::kCodeCompare:
      return CollectMissing(*n.kids[0], f, sink);
    case Op::kIf: {
      const Value condition = Evaluate(*n.kids[0], f);
      if (condition.IsNull()) return CollectMissing(*n.kids[0], f, sink);
      return CollectMissing(condition.IsTrue() ? *n.kids[1] : *n.kids[2], f, sink);
    }
    case Op::kFilter: {
      const Value of = Evaluate(*n.kids[0], f);
      if (of.IsNull()) return CollectMissing(*n.kids[0], f, sink);
      ForEachItem(of, f, n.index, [&](size_t) {
        if (Evaluate(*n.kids[1], f).IsNull()) CollectMissing(*n.kids[1], f, sink);
        return true;
      });
      return;
    }
    case Op::kSome:
    case Op::kEvery:
    case Op::kFor: {
      for (size_t i = 0; i < n.names.size(); ++i) {
        // A later list may depend on an earlier variable; only the first can be looked at on its own.
        if (i == 0 && Evaluate(*n.kids[i], f).IsNull()) return CollectMissing(*n.kids[i], f, sink);
      }
      bool go_on = true;
      const Node& body = *n.kids.back();
      Loops(
          n, f, 0,
          [&] {
            if (Evaluate(body, f).IsNull()) CollectMissing(body, f, sink);
            return true;
          },
          &go_on);
      return;
    }
    case Op::kCall:
    case Op::kList:
    case Op::kIn:
      for (const auto& kid : n.kids) CollectHolding(*kid, f, sink);
      return;
    default:
      for (const auto& kid : n.kids) {
        if (Evaluate(*kid, f).IsNull()) CollectMissing(*kid, f, sink);
      }
  }
}

}  // namespace hearth::feel
