#include "policy/feel/compile.h"

#include <algorithm>
#include <array>

#include "core/yaml.h"
#include "policy/feel/builtins.h"
#include "policy/feel/parser.h"
#include "policy/feel/type_checker.h"

namespace hearth::feel {
namespace {

using NodePtr = std::unique_ptr<Node>;

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

class Resolver : private TypeChecker {
 public:
  Resolver(std::string_view text, const Scope& scope, const CompileOptions& options, std::vector<Problem>* problems)
      : TypeChecker(options, problems), text_(text), scope_(scope) {}

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

  std::string_view text_;
  const Scope& scope_;
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
