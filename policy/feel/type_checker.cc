#include "policy/feel/type_checker.h"

#include <algorithm>

#include "core/yaml.h"

namespace hearth::feel {
namespace {

bool IsTwelve(const Node& n) {
  return n.op == Op::kLiteral && n.literal.kind() == Value::Kind::kNumber && n.literal.number() == Decimal::FromInt(12);
}
bool IsNullLiteral(const Node& n) { return n.op == Op::kLiteral && n.literal.IsNull(); }

using NodePtr = std::unique_ptr<Node>;

}  // namespace

void TypeChecker::Report(uint32_t offset, std::string message) { problems_->push_back({offset, std::move(message)}); }

void TypeChecker::ReportStrict(uint32_t offset, std::string message) {
  if (options_.strict) Report(offset, std::move(message));
}

Type TypeChecker::ItemType(Type t) {
  if (t.IsAny()) return t;
  t.list = false;
  if (t.kind == TypeKind::kRange) return {};
  return t;
}

std::string TypeChecker::Signature(const std::vector<int>& candidates) {
  std::string out;
  for (const int c : candidates) {
    const Builtin& b = Builtins()[static_cast<size_t>(c)];
    if (!out.empty()) out += " or ";
    out += std::string(b.name) + "(";
    for (size_t i = 0; i < b.parameters.size(); ++i) {
      out += (i > 0 ? ", " : "") + std::string(b.parameters[i]);
      if (static_cast<int>(i) >= b.arguments_min) out += "?";
    }
    out += b.arguments_max < 0 ? ", …)" : ")";
  }
  return out;
}

// Puts named arguments in order, null for those left out; false when they do not fit.
bool TypeChecker::ArrangeArguments(Node* n, const Builtin& b) {
  const int count = static_cast<int>(n->kids.size());
  if (n->names.empty()) return count >= b.arguments_min && (b.arguments_max < 0 || count <= b.arguments_max);
  std::vector<int> order;
  for (const std::string& name : n->names) {
    const auto it = std::find(b.parameters.begin(), b.parameters.end(), name);
    if (it == b.parameters.end()) return false;
    order.push_back(static_cast<int>(it - b.parameters.begin()));
  }
  const int last = *std::max_element(order.begin(), order.end());
  std::vector<NodePtr> arranged(static_cast<size_t>(last) + 1);
  for (size_t i = 0; i < order.size(); ++i) {
    if (arranged[static_cast<size_t>(order[i])] != nullptr) return false;
    arranged[static_cast<size_t>(order[i])] = CloneNode(*n->kids[i]);
  }
  for (size_t i = 0; i < arranged.size(); ++i) {
    if (arranged[i] != nullptr) continue;
    if (static_cast<int>(i) < b.arguments_min) return false;
    arranged[i] = std::make_unique<Node>();  // null
  }
  if (last + 1 < b.arguments_min) return false;
  n->kids = std::move(arranged);
  n->names.clear();
  return true;
}

void TypeChecker::TypeCall(Node* n) {
  const Builtin& b = Builtins()[static_cast<size_t>(n->index)];
  n->type = Simple(b.result, b.list);
  CheckArguments(*n, b);
  if (!b.keeps_type) return;
  // min(a, b), max(list): the type that all arguments share, periods checked.
  Type common = ItemType(n->kids[0]->type);
  const bool variadic = b.arguments_max < 0;
  for (size_t i = 1; variadic && i < n->kids.size(); ++i) {
    const Type other = ItemType(n->kids[i]->type);
    if (!Fits(common, other)) {
      ReportStrict(n->kids[i]->begin,
                   "type clash: " + TypeText(other) + " beside " + TypeText(common) + " in " + std::string(b.name));
      return;
    }
    CheckPeriods(common, other, n->kids[i]->begin);
    if (common.kind == TypeKind::kAny || common.kind == TypeKind::kNull)
      common = other;
    else if (common.period == Period::kNone)
      common.period = other.period;
  }
  const bool no_number = common.kind == TypeKind::kText || common.kind == TypeKind::kDate ||
                         common.kind == TypeKind::kBoolean || common.kind == TypeKind::kContext;
  if (b.result == TypeKind::kNumber && no_number) {
    ReportStrict(n->kids[0]->begin, "type clash: " + std::string(b.name) + " of " + TypeText(n->kids[0]->type));
    return;
  }
  if (common.kind == TypeKind::kNull) common = {};
  common.list = b.list && common.kind != TypeKind::kAny;
  if (b.result != TypeKind::kAny && common.kind == TypeKind::kAny) return;
  n->type = common;
}

// Each argument beside what its parameter takes, and the texts of days and durations that are written out.
void TypeChecker::CheckArguments(const Node& n, const Builtin& b) {
  for (size_t i = 0; i < n.kids.size() && !b.takes.empty(); ++i) {
    const Node& kid = *n.kids[i];
    static constexpr struct {
      char takes;
      TypeKind kind;
    } kTakes[] = {{'t', TypeKind::kText},
                  {'n', TypeKind::kNumber},
                  {'b', TypeKind::kBoolean},
                  {'d', TypeKind::kDate},
                  {'c', TypeKind::kContext}};
    const char takes = b.takes[std::min(i, b.takes.size() - 1)];
    for (const auto& t : kTakes) {
      const bool row = takes == 'c' && kid.type.Is(TypeKind::kRow);
      if (t.takes == takes && !row) Want(kid, t.kind, b.name);
    }
  }
  const bool literals = std::all_of(n.kids.begin(), n.kids.end(), [](const NodePtr& kid) {
    return kid->op == Op::kLiteral && !kid->literal.IsNull();
  });
  const bool converts = b.name == "date" || b.name == "duration" || b.name == "number";
  if (!options_.strict || !converts || !literals || n.kids.empty()) return;
  std::vector<Value> arguments;
  for (const NodePtr& kid : n.kids) arguments.push_back(kid->literal);
  if (!b.call(arguments, NullRule::kUnknown).IsNull()) return;
  const Node& first = *n.kids[0];
  std::string why = "these are no day of the calendar";
  if (IsTextLiteral(first)) {
    why = b.name == "number" ? "\"" + first.literal.text() + "\" is no number" : WhyNoAtLiteral(first.literal.text());
    if (b.name == "date" && first.literal.text().starts_with("P")) why = "\"" + first.literal.text() + "\" is no date";
  }
  Report(first.begin, why);
}

void TypeChecker::Want(const Node& n, TypeKind kind, std::string_view where) {
  const Type wanted = Simple(kind);
  if (n.type.kind == TypeKind::kNull || Fits(n.type, wanted)) return;
  ReportStrict(n.begin, "type clash: " + std::string(where) + " wants a " + TypeText(wanted) + ", this is a " +
                            TypeText(n.type));
}

void TypeChecker::CheckPeriods(const Type& a, const Type& b, uint32_t at) {
  if (a.period == Period::kNone || b.period == Period::kNone || a.period == b.period) return;
  ReportStrict(at, "period clash: an amount per " + std::string(PeriodName(b.period)) + " beside one per " +
                       std::string(PeriodName(a.period)));
}

void TypeChecker::CheckPair(const Node& a, const Node& b) {
  if (!Fits(a.type, b.type)) {
    ReportStrict(b.begin, "type clash: " + TypeText(a.type) + " compared with " + TypeText(b.type));
    return;
  }
  CheckPeriods(a.type, b.type, b.begin);
  CheckWords(a.type, b);
  CheckWords(b.type, a);
}

void TypeChecker::CheckWords(const Type& t, const Node& literal) {
  if (t.words == nullptr || t.words->empty() || !IsTextLiteral(literal)) return;
  const std::string& word = literal.literal.text();
  if (std::find(t.words->begin(), t.words->end(), word) != t.words->end()) return;
  const std::string near = NearestName(word, *t.words);
  ReportStrict(literal.begin,
               "\"" + word + "\" is no value of this fact" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

// The index of the code that a text literal means beside a column of codes; -1 when this is no such pair.
int TypeChecker::CodeOf(const Node& column, const Node& literal) {
  if (column.op != Op::kColumn || column.type.list || column.index < 0 || !IsTextLiteral(literal)) return -1;
  const RegistrySchema* registry = column.kids[0]->type.registry;
  if (registry == nullptr) return -1;
  const FieldSchema& field = registry->fields[static_cast<size_t>(column.index)];
  if (field.type != FieldType::kCode) return -1;
  const int code = FindCodeValue(field, literal.literal.text());
  if (code < 0) {
    std::vector<std::string> words;
    for (const CodeValue& c : field.codes) words.push_back(c.value);
    const std::string near = NearestName(literal.literal.text(), words);
    ReportStrict(literal.begin, "\"" + literal.literal.text() + "\" is no value of " + registry->id + "." + field.name +
                                    (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  // Two codes may have one English value; then the texts are compared.
  int same = 0;
  for (const CodeValue& c : field.codes) same += c.value == literal.literal.text() ? 1 : 0;
  return same == 1 ? code : -1;
}

void TypeChecker::TypeCompare(NodePtr* slot) {
  Node& n = **slot;
  n.type = Simple(TypeKind::kBoolean);
  const bool equality = n.compare == Comparison::kEqual || n.compare == Comparison::kNotEqual;
  if (equality && (IsNullLiteral(*n.kids[0]) || IsNullLiteral(*n.kids[1]))) {
    n.negated = true;  // a test for null itself
    return;
  }
  CheckPair(*n.kids[0], *n.kids[1]);
  if (!equality) return;
  if (IsTextLiteral(*n.kids[0])) std::swap(n.kids[0], n.kids[1]);
  if (const int code = CodeOf(*n.kids[0], *n.kids[1]); code >= 0) {
    n.op = Op::kCodeCompare;
    n.index = code;
  }
}

void TypeChecker::TypeIn(NodePtr* slot) {
  Node& n = **slot;
  n.type = Simple(TypeKind::kBoolean);
  std::vector<const Node*> tests;
  for (size_t i = 1; i < n.kids.size(); ++i) {
    if (n.kids[i]->op == Op::kList) {
      for (const NodePtr& item : n.kids[i]->kids) tests.push_back(item.get());
    } else {
      tests.push_back(n.kids[i].get());
    }
  }
  bool codes = !tests.empty();
  for (const Node* test : tests) {
    if (test->type.kind == TypeKind::kRange) {
      CheckEnds(*n.kids[0], *test);
    } else if (!test->type.list) {
      CheckPair(*n.kids[0], *test);
    }
    codes = codes && CodeOf(*n.kids[0], *test) >= 0;
  }
  if (!codes) return;
  // A code among some: as many comparisons of small integers.
  auto any = std::make_unique<Node>();
  any->op = Op::kOr;
  any->begin = n.begin;
  any->end = n.end;
  any->type = n.type;
  any->depth = n.depth + 1;
  for (const Node* test : tests) {
    auto one = std::make_unique<Node>();
    one->op = Op::kCodeCompare;
    one->index = CodeOf(*n.kids[0], *test);
    one->begin = n.begin;
    one->end = n.end;
    one->type = n.type;
    one->kids.push_back(CloneNode(*n.kids[0]));
    one->kids.push_back(CloneNode(*test));
    any->kids.push_back(std::move(one));
  }
  *slot = std::move(any);
}

// The ends of a range; one problem is enough.
void TypeChecker::CheckEnds(const Node& value, const Node& range) {
  const size_t before = problems_->size();
  for (const NodePtr& end : range.kids) {
    if (problems_->size() == before) CheckPair(value, *end);
  }
}

// Unary tests beside the type of `?`.
void TypeChecker::TypeTests(Node* n) {
  n->type = Simple(TypeKind::kBoolean);
  Node input;
  input.op = Op::kTestInput;
  input.type = options_.test_type;
  for (const NodePtr& test : n->kids) {
    if (test->tests_input) {
      Want(*test, TypeKind::kBoolean, "a test of ?");
    } else if (test->type.kind == TypeKind::kRange) {
      CheckEnds(input, *test);
    } else if (test->op == Op::kList) {
      for (const NodePtr& item : test->kids) {
        if (item->type.kind != TypeKind::kRange) CheckPair(input, *item);
      }
    } else if (!test->type.list) {
      CheckPair(input, *test);
    }
  }
}

void TypeChecker::TypeIf(Node* n) {
  Want(*n->kids[0], TypeKind::kBoolean, "if");
  const Type &then = n->kids[1]->type, &otherwise = n->kids[2]->type;
  if (!Fits(then, otherwise)) {
    ReportStrict(n->kids[2]->begin, "type clash: " + TypeText(otherwise) + " beside " + TypeText(then));
    return;
  }
  CheckPeriods(then, otherwise, n->kids[2]->begin);
  n->type = then.kind == TypeKind::kNull || then.IsAny() ? otherwise : then;
  if (otherwise.IsAny()) n->type = {};
  if (n->type.period == Period::kNone) n->type.period = otherwise.period;
}

void TypeChecker::TypeList(Node* n) {
  if (n->kids.empty()) return;
  Type common = n->kids[0]->type;
  for (const NodePtr& kid : n->kids) {
    if (kid->type.list || kid->type.kind != common.kind || kid->type.registry != common.registry) return;
    if (kid->type.period != common.period) common.period = Period::kNone;
  }
  if (common.kind == TypeKind::kAny || common.kind == TypeKind::kNull) return;
  common.list = true;
  common.words = nullptr;
  n->type = common;
}

void TypeChecker::TypeArithmetic(Node* n) {
  const Type &a = n->kids[0]->type, &b = n->kids[1]->type;
  const auto open = [](const Type& t) { return t.kind == TypeKind::kAny || t.kind == TypeKind::kNull; };
  if (open(a) || open(b)) {
    return;
  }
  using T = TypeKind;
  struct Case {
    Op op;
    T left, right, result;
  };
  static constexpr Case kCases[] = {
      {Op::kAdd, T::kNumber, T::kNumber, T::kNumber},      {Op::kSubtract, T::kNumber, T::kNumber, T::kNumber},
      {Op::kMultiply, T::kNumber, T::kNumber, T::kNumber}, {Op::kDivide, T::kNumber, T::kNumber, T::kNumber},
      {Op::kPower, T::kNumber, T::kNumber, T::kNumber},    {Op::kAdd, T::kText, T::kText, T::kText},
      {Op::kAdd, T::kDate, T::kMonths, T::kDate},          {Op::kAdd, T::kDate, T::kDays, T::kDate},
      {Op::kAdd, T::kMonths, T::kDate, T::kDate},          {Op::kAdd, T::kDays, T::kDate, T::kDate},
      {Op::kAdd, T::kMonths, T::kMonths, T::kMonths},      {Op::kAdd, T::kDays, T::kDays, T::kDays},
      {Op::kSubtract, T::kDate, T::kDate, T::kDays},       {Op::kSubtract, T::kDate, T::kMonths, T::kDate},
      {Op::kSubtract, T::kDate, T::kDays, T::kDate},       {Op::kSubtract, T::kMonths, T::kMonths, T::kMonths},
      {Op::kSubtract, T::kDays, T::kDays, T::kDays},       {Op::kMultiply, T::kMonths, T::kNumber, T::kMonths},
      {Op::kMultiply, T::kDays, T::kNumber, T::kDays},     {Op::kMultiply, T::kNumber, T::kMonths, T::kMonths},
      {Op::kMultiply, T::kNumber, T::kDays, T::kDays},     {Op::kDivide, T::kMonths, T::kNumber, T::kMonths},
      {Op::kDivide, T::kDays, T::kNumber, T::kDays},       {Op::kDivide, T::kMonths, T::kMonths, T::kNumber},
      {Op::kDivide, T::kDays, T::kDays, T::kNumber},
  };
  const auto it = std::find_if(std::begin(kCases), std::end(kCases), [&](const Case& c) {
    return c.op == n->op && c.left == a.kind && c.right == b.kind && !a.list && !b.list;
  });
  if (it == std::end(kCases)) {
    ReportStrict(n->kids[1]->begin, "type clash: no arithmetic between " + TypeText(a) + " and " + TypeText(b));
    return;
  }
  n->type = Simple(it->result);
  if (it->result == T::kNumber && a.kind == T::kNumber) n->type.period = PeriodOf(*n);
}

// Sums keep a period, and may not mix two. A monthly amount times 12 is a yearly one, a yearly one over 12 a
// monthly; other factors change nothing.
Period TypeChecker::PeriodOf(const Node& n) {
  const Node &x = *n.kids[0], &y = *n.kids[1];
  const Period a = x.type.period, b = y.type.period;
  switch (n.op) {
    case Op::kAdd:
    case Op::kSubtract:
      CheckPeriods(x.type, y.type, y.begin);
      return a != Period::kNone ? a : b;
    case Op::kMultiply: {
      if (a != Period::kNone && b != Period::kNone) return Period::kNone;
      const Period p = a != Period::kNone ? a : b;
      if (!IsTwelve(a != Period::kNone ? y : x)) return p;
      return p == Period::kMonth ? Period::kYear : Period::kNone;
    }
    case Op::kDivide:
      if (b != Period::kNone) return Period::kNone;
      if (!IsTwelve(y)) return a;
      return a == Period::kYear ? Period::kMonth : Period::kNone;
    default:
      return Period::kNone;
  }
}

}  // namespace hearth::feel
