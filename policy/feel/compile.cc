#include "policy/feel/compile.h"

#include <algorithm>
#include <array>

#include "core/yaml.h"
#include "policy/feel/builtins.h"
#include "policy/feel/parser.h"

namespace hearth::feel {
namespace {

using NodePtr = std::unique_ptr<Node>;

Type Simple(TypeKind kind, bool list = false) {
  Type t;
  t.kind = kind;
  t.list = list;
  return t;
}

Type LiteralType(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::kNull:
      return Simple(TypeKind::kNull);
    case Value::Kind::kBoolean:
      return Simple(TypeKind::kBoolean);
    case Value::Kind::kNumber:
      return Simple(TypeKind::kNumber);
    case Value::Kind::kText:
      return Simple(TypeKind::kText);
    case Value::Kind::kDate:
      return Simple(TypeKind::kDate);
    case Value::Kind::kMonths:
      return Simple(TypeKind::kMonths);
    case Value::Kind::kDays:
      return Simple(TypeKind::kDays);
    default:
      return {};
  }
}

Type FieldTypeOf(const FieldSchema& field) {
  switch (field.type) {
    case FieldType::kMoney:
    case FieldType::kDecimal:
    case FieldType::kInt:
      return Simple(TypeKind::kNumber);
    case FieldType::kBool:
      return Simple(TypeKind::kBoolean);
    case FieldType::kDay:
    case FieldType::kMonth:
      return Simple(TypeKind::kDate);
    default:
      return Simple(TypeKind::kText);
  }
}

bool IsTwelve(const Node& n) {
  return n.op == Op::kLiteral && n.literal.kind() == Value::Kind::kNumber && n.literal.number() == Decimal::FromInt(12);
}
bool IsNullLiteral(const Node& n) { return n.op == Op::kLiteral && n.literal.IsNull(); }
bool IsTextLiteral(const Node& n) { return n.op == Op::kLiteral && n.literal.kind() == Value::Kind::kText; }

class Resolver {
 public:
  Resolver(std::string_view text, const Scope& scope, const CompileOptions& options, std::vector<Problem>* problems)
      : text_(text), scope_(scope), options_(options), problems_(problems) {}

  void Resolve(NodePtr* slot) {
    Node& n = **slot;
    switch (n.op) {
      case Op::kName:
        return ResolveName(slot);
      case Op::kPath:
        return ResolvePath(slot);
      case Op::kFilter:
        return ResolveFilter(&n);
      case Op::kFor:
      case Op::kSome:
      case Op::kEvery:
        return ResolveLoop(&n);
      case Op::kContext:
        return ResolveContext(&n);
      case Op::kCall:
        return ResolveCall(slot);
      default:
        break;
    }
    for (NodePtr& kid : n.kids) Resolve(&kid);
    switch (n.op) {
      case Op::kLiteral:
        n.type = LiteralType(n.literal);
        break;
      case Op::kIf:
        TypeIf(&n);
        break;
      case Op::kAnd:
      case Op::kOr:
        for (const NodePtr& kid : n.kids) Want(*kid, TypeKind::kBoolean, n.op == Op::kAnd ? "and" : "or");
        n.type = Simple(TypeKind::kBoolean);
        break;
      case Op::kCompare:
        TypeCompare(slot);
        break;
      case Op::kBetween:
        CheckPair(*n.kids[0], *n.kids[1]);
        CheckPair(*n.kids[0], *n.kids[2]);
        n.type = Simple(TypeKind::kBoolean);
        break;
      case Op::kIn:
        TypeIn(slot);
        break;
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kPower:
        TypeArithmetic(&n);
        break;
      case Op::kNegate:
        n.type = n.kids[0]->type;
        break;
      case Op::kRange:
        CheckPair(*n.kids[0], *n.kids[1]);
        n.type = Simple(TypeKind::kRange);
        break;
      case Op::kUnaryRange:
        n.type = Simple(TypeKind::kRange);
        break;
      case Op::kList:
        TypeList(&n);
        break;
      case Op::kTestInput:
        n.type = options_.test_type;
        break;
      case Op::kTests:
        TypeTests(&n);
        break;
      case Op::kInstanceOf:
        n.type = Simple(TypeKind::kBoolean);
        break;
      default:
        break;
    }
  }

  int locals() const { return locals_max_; }

 private:
  struct Local {
    std::string name;
    int slot = 0;
    Type type;
    bool is_item = false;  // its fields may be read by bare name
    Node* loop = nullptr;  // of `partial`
  };

  void Report(uint32_t offset, std::string message) { problems_->push_back({offset, std::move(message)}); }
  void ReportStrict(uint32_t offset, std::string message) {
    if (options_.strict) Report(offset, std::move(message));
  }
  std::string_view TextOf(const Node& n) const { return text_.substr(n.begin, n.end - n.begin); }

  int PushLocal(std::string name, Type type, bool is_item = false, Node* loop = nullptr) {
    const int slot = locals_used_++;
    locals_max_ = std::max(locals_max_, locals_used_);
    locals_.push_back({std::move(name), slot, type, is_item, loop});
    return slot;
  }
  void PopLocals(size_t count) {
    locals_.resize(locals_.size() - count);
    locals_used_ -= static_cast<int>(count);
  }

  NodePtr MakeLocal(const Node& at, int slot, const Type& type) {
    auto n = std::make_unique<Node>();
    n->op = Op::kLocal;
    n->index = slot;
    n->type = type;
    n->begin = at.begin;
    n->end = at.end;
    return n;
  }

  void Bind(Node* n, const Binding& b) {
    n->index = b.index;
    n->place = b.place;
    n->type = b.type;
    switch (b.kind) {
      case Binding::Kind::kFact:
        n->op = Op::kFact;
        break;
      case Binding::Kind::kMembers:
        n->op = Op::kMembers;
        break;
      case Binding::Kind::kAsOf:
        n->op = Op::kAsOf;
        break;
      case Binding::Kind::kParameter:
        n->op = Op::kParameter;
        break;
      case Binding::Kind::kInput:
        n->op = Op::kInput;
        break;
    }
  }

  // Turns kids[0] of the node into the row or rows whose column is meant; false when there is no such field.
  bool BindColumn(Node* n, const RegistrySchema& registry, bool list, std::string_view name, uint32_t at) {
    const int field = registry.FieldIndex(name);
    if (field < 0) return false;
    const FieldSchema& schema = registry.fields[static_cast<size_t>(field)];
    if (schema.sensitive) {
      Report(at, "field \"" + schema.name + "\" of " + registry.id + " is sensitive and not given to packs");
    }
    n->op = Op::kColumn;
    n->index = field;
    n->text = schema.name;
    n->type = FieldTypeOf(schema);
    n->type.list = list;
    n->type.registry = nullptr;
    return true;
  }

  void ResolveName(NodePtr* slot) {
    Node& n = **slot;
    for (size_t i = locals_.size(); i-- > 0;) {
      const Local& local = locals_[i];
      if (local.name == n.text) {
        if (local.loop != nullptr) local.loop->negated = true;  // it uses `partial`
        NodePtr self = MakeLocal(n, local.slot, local.type);
        // An item of no known type may itself have a field "item", which is meant then.
        const bool open =
            local.type.kind == TypeKind::kContext ? local.type.fields == nullptr : local.type.kind == TypeKind::kAny;
        if (local.is_item && open) {
          n.op = Op::kItemField;
          n.index = local.slot;
          n.depth = 2;
          n.kids.push_back(std::move(self));
        } else {
          *slot = std::move(self);
        }
        return;
      }
      if (!local.is_item) continue;
      if (local.type.kind == TypeKind::kRow && local.type.registry != nullptr) {
        NodePtr row = MakeLocal(n, local.slot, local.type);
        if (BindColumn(&n, *local.type.registry, false, n.text, n.begin)) {
          n.kids.push_back(std::move(row));
          n.depth = 2;
          return;
        }
      } else if (local.type.kind == TypeKind::kMember) {
        const std::optional<Binding> b = scope_.FindOfMember(n.text);
        if (b && b->kind == Binding::Kind::kFact && b->place == FactPlace::kMember) {
          NodePtr member = MakeLocal(n, local.slot, local.type);
          n.op = Op::kSubjectFact;
          n.place = b->place;
          n.index = b->index;
          n.type = b->type;
          n.kids.push_back(std::move(member));
          n.depth = 2;
          return;
        }
      } else if (local.type.kind == TypeKind::kContext && local.type.fields != nullptr) {
        const Type* field = local.type.fields->Find(n.text);
        if (field == nullptr) continue;
        n.op = Op::kItemField;
        n.index = local.slot;
        n.type = *field;
        n.depth = 2;
        n.kids.push_back(std::make_unique<Node>());  // an item without it: null
        return;
      } else if (local.type.kind == TypeKind::kAny || local.type.kind == TypeKind::kContext) {
        // Known only when it is there: the item's field, else what the name means outside.
        auto field = std::make_unique<Node>();
        field->op = Op::kItemField;
        field->index = local.slot;
        field->text = n.text;
        field->begin = n.begin;
        field->end = n.end;
        field->depth = 2;
        if (Known(n.text, i)) {
          const std::vector<Local> inner(locals_.begin() + static_cast<std::ptrdiff_t>(i), locals_.end());
          locals_.resize(i);
          ResolveName(slot);
          locals_.insert(locals_.end(), inner.begin(), inner.end());
          field->kids.push_back(std::move(*slot));
        } else {
          n.op = Op::kLiteral;
          field->kids.push_back(std::move(*slot));
        }
        *slot = std::move(field);
        return;
      }
    }
    if (const std::optional<Binding> b = scope_.Find(n.text)) {
      Bind(&n, *b);
      return;
    }
    ReportStrict(n.begin, UnknownName(n.text));
    n.op = Op::kLiteral;
  }

  bool Known(std::string_view name, size_t locals) const {
    for (size_t i = 0; i < locals; ++i) {
      if (locals_[i].name == name) return true;
      if (locals_[i].is_item && (locals_[i].type.fields == nullptr || locals_[i].type.fields->Find(name) != nullptr)) {
        return true;
      }
    }
    return scope_.Find(name).has_value();
  }

  std::string UnknownName(const std::string& name) const {
    const std::string why = scope_.WhyNot(name);
    if (!why.empty()) return "\"" + name + "\" " + why;
    std::vector<std::string> names = scope_.Names();
    for (const Local& local : locals_) {
      names.push_back(local.name);
      if (!local.is_item || local.type.fields == nullptr) continue;
      for (const auto& [field, type] : local.type.fields->items) names.push_back(field);
    }
    const std::string near = NearestName(name, names);
    return "unknown name \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?");
  }

  std::string UnknownField(const RegistrySchema& registry, const std::string& name) const {
    std::vector<std::string> names;
    for (const FieldSchema& f : registry.fields) {
      if (!f.sensitive) names.push_back(f.name);
    }
    const std::string near = NearestName(name, names);
    return registry.id + " has no field \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?");
  }

  void ResolvePath(NodePtr* slot) {
    Node& n = **slot;
    const uint32_t at = static_cast<uint32_t>(n.index);
    Resolve(&n.kids[0]);
    const Type of = n.kids[0]->type;
    if (of.kind == TypeKind::kRow && of.registry != nullptr) {
      if (!BindColumn(&n, *of.registry, of.list, n.text, at)) {
        ReportStrict(at, UnknownField(*of.registry, n.text));
        n.index = -1;
      }
      return;
    }
    if (of.kind == TypeKind::kMember) {
      const std::optional<Binding> b = scope_.FindOfMember(n.text);
      if (b && b->kind == Binding::Kind::kFact && b->place == FactPlace::kMember) {
        n.op = Op::kSubjectFact;
        n.place = b->place;
        n.index = b->index;
        n.type = b->type;
        if (of.list) {
          n.type.list = true;
          if (b->type.list) n.type = {};
        }
        return;
      }
      if (b && b->kind == Binding::Kind::kFact && !of.list) {
        n.kids.clear();
        Bind(&n, *b);
        return;
      }
      ReportStrict(at, b ? "\"" + n.text + "\" is no fact of a member" : UnknownName(n.text));
      n.op = Op::kLiteral;
      n.kids.clear();
      return;
    }
    if (of.kind == TypeKind::kContext && of.fields != nullptr) {
      if (const Type* field = of.fields->Find(n.text); field != nullptr) {
        n.type = *field;
        if (of.list) n.type.list = true;
        return;
      }
      std::vector<std::string> names;
      for (const auto& [field, type] : of.fields->items) names.push_back(field);
      const std::string near = NearestName(n.text, names);
      ReportStrict(at, std::string(of.list ? "an item" : "it") + " has no field \"" + n.text + "\"" +
                           (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      return;
    }
    if (n.kids[0]->op == Op::kContext) {
      const Node& context = *n.kids[0];
      const auto it = std::find(context.names.begin(), context.names.end(), n.text);
      if (it != context.names.end()) {
        n.type = context.kids[static_cast<size_t>(it - context.names.begin())]->type;
      } else {
        const std::string near = NearestName(n.text, context.names);
        ReportStrict(at, "the context has no entry \"" + n.text + "\"" +
                             (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      }
      return;
    }
    static constexpr std::array<std::string_view, 4> kDate = {"year", "month", "day", "weekday"};
    static constexpr std::array<std::string_view, 2> kMonths = {"years", "months"};
    static constexpr std::array<std::string_view, 4> kDays = {"days", "hours", "minutes", "seconds"};
    std::span<const std::string_view> allowed;
    if (of.Is(TypeKind::kDate)) allowed = kDate;
    if (of.Is(TypeKind::kMonths)) allowed = kMonths;
    if (of.Is(TypeKind::kDays)) allowed = kDays;
    if (!allowed.empty()) {
      n.type = Simple(TypeKind::kNumber);
      if (std::find(allowed.begin(), allowed.end(), n.text) == allowed.end()) {
        ReportStrict(at, "a " + TypeText(of) + " has no \"" + n.text + "\"");
      }
      return;
    }
    if (of.kind == TypeKind::kNumber || of.kind == TypeKind::kText || of.kind == TypeKind::kBoolean) {
      ReportStrict(at, "a " + TypeText(of) + " has no \"" + n.text + "\"");
    }
  }

  static Type ItemType(Type t) {
    if (t.IsAny()) return t;
    t.list = false;
    if (t.kind == TypeKind::kRange) return {};
    return t;
  }

  void ResolveFilter(Node* n) {
    Resolve(&n->kids[0]);
    const Type of = n->kids[0]->type;
    n->index = PushLocal("item", ItemType(of), /*is_item=*/true);
    Resolve(&n->kids[1]);
    PopLocals(1);
    const Type& condition = n->kids[1]->type;
    if (condition.Is(TypeKind::kNumber)) {
      n->op = Op::kIndex;
      n->type = ItemType(of);
      return;
    }
    if (condition.kind != TypeKind::kAny) Want(*n->kids[1], TypeKind::kBoolean, "a filter");
    n->type = of;
    // A filter whose condition is only known when it is there may still be an index.
    if (condition.kind == TypeKind::kAny)
      n->type = of.kind == TypeKind::kRow || of.kind == TypeKind::kMember ? of : Type{};
    else if (!of.IsAny())
      n->type.list = true;
  }

  void ResolveLoop(Node* n) {
    const size_t lists = n->names.size();
    for (size_t i = 0; i < lists; ++i) {
      Resolve(&n->kids[i]);
      const Type of = n->kids[i]->type;
      if (of.Is(TypeKind::kNumber) || of.Is(TypeKind::kText) || of.Is(TypeKind::kBoolean) || of.Is(TypeKind::kDate)) {
        ReportStrict(n->kids[i]->begin, "a list is wanted here, this is a " + TypeText(of));
      }
      const int slot = PushLocal(n->names[i], ItemType(of));
      if (i == 0) n->index = slot;
    }
    size_t pushed = lists;
    if (n->op == Op::kFor) {
      PushLocal("partial", {}, false, n);
      ++pushed;
    }
    Resolve(&n->kids[lists]);
    PopLocals(pushed);
    const Node& body = *n->kids[lists];
    if (n->op == Op::kFor) {
      n->type = body.type;
      if (n->type.list || n->type.kind == TypeKind::kAny)
        n->type = {};
      else
        n->type.list = true;
      return;
    }
    Want(body, TypeKind::kBoolean, n->op == Op::kSome ? "some" : "every");
    n->type = Simple(TypeKind::kBoolean);
  }

  void ResolveContext(Node* n) {
    n->index = locals_used_;
    for (size_t i = 0; i < n->kids.size(); ++i) {
      Resolve(&n->kids[i]);
      std::string& key = n->names[i];
      if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
      PushLocal(key, n->kids[i]->type);
    }
    PopLocals(n->kids.size());
    n->type = Simple(TypeKind::kContext);
  }

  void ResolveCall(NodePtr* slot) {
    Node& n = **slot;
    if (n.text == "value_on") return ResolveValueOn(&n);
    for (NodePtr& kid : n.kids) Resolve(&kid);
    if (const std::string_view why = OutsideSubset(n.text); !why.empty()) {
      Report(n.begin, "\"" + n.text + "\": " + std::string(why));
      return;
    }
    const std::vector<int> candidates = FindBuiltins(n.text);
    if (candidates.empty()) {
      std::vector<std::string> names;
      for (const Builtin& b : Builtins()) names.emplace_back(b.name);
      const std::string near = NearestName(n.text, names);
      Report(n.begin, "unknown function \"" + n.text + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      return;
    }
    for (const int candidate : candidates) {
      if (ArrangeArguments(&n, Builtins()[static_cast<size_t>(candidate)])) {
        n.index = candidate;
        return TypeCall(&n);
      }
    }
    ReportStrict(n.begin, "\"" + n.text + "\" takes other arguments: " + Signature(candidates));
    n.op = Op::kLiteral;  // null, as FEEL has it
    n.kids.clear();
    n.names.clear();
  }

  // The parameter's value on another day than the evaluation's.
  void ResolveValueOn(Node* n) {
    if (n->kids.size() != 2 || n->kids[0]->op != Op::kName) {
      Report(n->begin, "value_on takes a parameter's name and a day");
      return;
    }
    const std::optional<Binding> b = scope_.Find(n->kids[0]->text);
    if (!b || b->kind != Binding::Kind::kParameter) {
      Report(n->kids[0]->begin, "\"" + n->kids[0]->text + "\" is no parameter");
      return;
    }
    Resolve(&n->kids[1]);
    Want(*n->kids[1], TypeKind::kDate, "value_on");
    n->op = Op::kParameterOn;
    n->index = b->index;
    n->type = b->type;
    n->kids.erase(n->kids.begin());
  }

  static std::string Signature(const std::vector<int>& candidates) {
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
  static bool ArrangeArguments(Node* n, const Builtin& b) {
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

  void TypeCall(Node* n) {
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
  void CheckArguments(const Node& n, const Builtin& b) {
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
      if (b.name == "date" && first.literal.text().starts_with("P"))
        why = "\"" + first.literal.text() + "\" is no date";
    }
    Report(first.begin, why);
  }

  void Want(const Node& n, TypeKind kind, std::string_view where) {
    const Type wanted = Simple(kind);
    if (n.type.kind == TypeKind::kNull || Fits(n.type, wanted)) return;
    ReportStrict(n.begin, "type clash: " + std::string(where) + " wants a " + TypeText(wanted) + ", this is a " +
                              TypeText(n.type));
  }

  void CheckPeriods(const Type& a, const Type& b, uint32_t at) {
    if (a.period == Period::kNone || b.period == Period::kNone || a.period == b.period) return;
    ReportStrict(at, "period clash: an amount per " + std::string(PeriodName(b.period)) + " beside one per " +
                         std::string(PeriodName(a.period)));
  }

  void CheckPair(const Node& a, const Node& b) {
    if (!Fits(a.type, b.type)) {
      ReportStrict(b.begin, "type clash: " + TypeText(a.type) + " compared with " + TypeText(b.type));
      return;
    }
    CheckPeriods(a.type, b.type, b.begin);
    CheckWords(a.type, b);
    CheckWords(b.type, a);
  }

  void CheckWords(const Type& t, const Node& literal) {
    if (t.words == nullptr || t.words->empty() || !IsTextLiteral(literal)) return;
    const std::string& word = literal.literal.text();
    if (std::find(t.words->begin(), t.words->end(), word) != t.words->end()) return;
    const std::string near = NearestName(word, *t.words);
    ReportStrict(literal.begin, "\"" + word + "\" is no value of this fact" +
                                    (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }

  // The index of the code that a text literal means beside a column of codes; -1 when this is no such pair.
  int CodeOf(const Node& column, const Node& literal) {
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
      ReportStrict(literal.begin, "\"" + literal.literal.text() + "\" is no value of " + registry->id + "." +
                                      field.name + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    // Two codes may have one English value; then the texts are compared.
    int same = 0;
    for (const CodeValue& c : field.codes) same += c.value == literal.literal.text() ? 1 : 0;
    return same == 1 ? code : -1;
  }

  void TypeCompare(NodePtr* slot) {
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

  void TypeIn(NodePtr* slot) {
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
  void CheckEnds(const Node& value, const Node& range) {
    const size_t before = problems_->size();
    for (const NodePtr& end : range.kids) {
      if (problems_->size() == before) CheckPair(value, *end);
    }
  }

  // Unary tests beside the type of `?`.
  void TypeTests(Node* n) {
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

  void TypeIf(Node* n) {
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

  void TypeList(Node* n) {
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

  void TypeArithmetic(Node* n) {
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
  Period PeriodOf(const Node& n) {
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

  std::string_view text_;
  const Scope& scope_;
  const CompileOptions& options_;
  std::vector<Problem>* problems_;
  std::vector<Local> locals_;
  int locals_used_ = 0, locals_max_ = 0;
};

}  // namespace

std::unique_ptr<Node> CloneNode(const Node& n) {
  auto copy = std::make_unique<Node>();
  copy->op = n.op;
  copy->compare = n.compare;
  copy->place = n.place;
  copy->low_included = n.low_included;
  copy->high_included = n.high_included;
  copy->negated = n.negated;
  copy->tests_input = n.tests_input;
  copy->index = n.index;
  copy->begin = n.begin;
  copy->end = n.end;
  copy->depth = n.depth;
  copy->type = n.type;
  copy->literal = n.literal;
  copy->text = n.text;
  copy->names = n.names;
  for (const auto& kid : n.kids) copy->kids.push_back(CloneNode(*kid));
  return copy;
}

bool Fits(const Type& a, const Type& b) {
  const auto open = [](const Type& t) { return t.kind == TypeKind::kAny || t.kind == TypeKind::kNull; };
  if (open(a) || open(b)) return true;
  return a.kind == b.kind && a.list == b.list;
}

bool Compile(std::string_view text, const Scope& scope, const CompileOptions& options, Expression* out,
             std::vector<Problem>* problems) {
  const size_t before = problems->size();
  std::vector<std::string> names;
  for (std::string& name : scope.Names()) {
    const bool one_word = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!one_word) names.push_back(std::move(name));
  }
  Problem problem;
  out->text = std::string(text);
  out->root = options.unary_tests ? ParseUnaryTests(text, names, &problem) : ParseExpression(text, names, &problem);
  if (out->root == nullptr) {
    problems->push_back(problem);
    return false;
  }
  Resolver resolver(out->text, scope, options, problems);
  resolver.Resolve(&out->root);
  out->locals = resolver.locals();
  std::stable_sort(problems->begin() + static_cast<std::ptrdiff_t>(before), problems->end(),
                   [](const Problem& a, const Problem& b) { return a.offset < b.offset; });
  return problems->size() == before;
}

}  // namespace hearth::feel
