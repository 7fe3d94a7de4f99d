#include "tests/policy/tck_model.h"

#include <algorithm>
#include <cctype>

#include "policy/feel/compile.h"
#include "policy/feel/decision_table.h"
#include "policy/feel/interpreter.h"

namespace hearth {
namespace {

using feel::NullRule;

// Variables by name; every name that a model declares is known, so that names of several words are read whole.
class ValueScope : public feel::Scope {
 public:
  ValueScope(const std::map<std::string, Value>& values, const std::set<std::string>& more) : more_(more) {
    for (const auto& [name, value] : values) {
      names_.push_back(name);
      values_.push_back(value);
    }
  }
  std::optional<feel::Binding> Find(std::string_view name) const override {
    const auto it = std::find(names_.begin(), names_.end(), name);
    if (it == names_.end()) return std::nullopt;
    feel::Binding b;
    b.kind = feel::Binding::Kind::kInput;
    b.index = static_cast<int>(it - names_.begin());
    return b;
  }
  std::optional<feel::Binding> FindOfMember(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> Names() const override {
    std::vector<std::string> all = names_;
    all.insert(all.end(), more_.begin(), more_.end());
    return all;
  }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::vector<std::string> names_;
  std::vector<Value> values_;
  const std::set<std::string>& more_;
};

std::string Trimmed(std::string_view s) {
  const size_t begin = s.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(s.substr(begin, s.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string LocalType(const std::string& type) {
  const size_t colon = type.rfind(':');
  return colon == std::string::npos ? type : type.substr(colon + 1);
}

void CollectComponents(const XmlNode& node, std::set<std::string>* names) {
  for (const XmlNode& kid : node.kids) {
    if (kid.name == "itemComponent") names->insert(kid.Attribute("name"));
    CollectComponents(kid, names);
  }
}

}  // namespace

TckModel::TckModel(const XmlNode& definitions) : definitions_(definitions) {
  for (const XmlNode& kid : definitions.kids) {
    if (kid.name == "decision") decisions_[kid.Attribute("name")] = &kid;
    if (kid.name == "itemDefinition") types_[kid.Attribute("name")] = &kid;
    if (kid.name == "inputData") {
      const XmlNode* variable = kid.Find("variable");
      input_types_[kid.Attribute("name")] = variable == nullptr ? "" : LocalType(variable->Attribute("typeRef"));
    }
  }
  CollectComponents(definitions, &component_names_);
}

const XmlNode* TckModel::FindExpression(const XmlNode& parent) const {
  static const std::set<std::string> kExpressions = {
      "literalExpression",  "decisionTable", "context", "list",   "relation", "invocation",
      "functionDefinition", "conditional",   "for",     "filter", "some",     "every"};
  for (const XmlNode& kid : parent.kids) {
    if (kExpressions.contains(kid.name)) return &kid;
  }
  return nullptr;
}

// A value that does not fit its declared type is null; a list of one thing is that thing, and the other way round.
Value TckModel::Conform(Value v, const std::string& type, int depth) const {
  using Kind = Value::Kind;
  if (v.IsNull() || type.empty() || type == "Any" || depth > 20) return v;
  static const std::map<std::string, Kind> kSimple = {{"number", Kind::kNumber},
                                                      {"string", Kind::kText},
                                                      {"boolean", Kind::kBoolean},
                                                      {"date", Kind::kDate},
                                                      {"yearMonthDuration", Kind::kMonths},
                                                      {"dayTimeDuration", Kind::kDays},
                                                      {"years and months duration", Kind::kMonths},
                                                      {"days and time duration", Kind::kDays}};
  if (const auto it = kSimple.find(type); it != kSimple.end()) {
    if (v.kind() == Kind::kList && v.list().size() == 1) v = Value(v.list()[0]);
    return v.kind() == it->second ? v : Value::Null();
  }
  const auto it = types_.find(type);
  if (it == types_.end()) return v;
  const XmlNode& item = *it->second;
  const bool list = item.Attribute("isCollection") == "true";
  const std::string base = LocalType(Trimmed(item.ChildText("typeRef")));
  const auto conform_one = [&](Value one) -> Value {
    if (!base.empty()) one = Conform(std::move(one), base, depth + 1);
    if (one.kind() != Kind::kContext) return one;
    ValueContext entries;
    for (const auto& [name, value] : one.context()) {
      Value member = value;
      for (const XmlNode& component : item.kids) {
        if (component.name == "itemComponent" && component.Attribute("name") == name) {
          const std::string ref = LocalType(Trimmed(component.ChildText("typeRef")));
          if (component.Attribute("isCollection") != "true" && !ref.empty()) member = Conform(value, ref, depth + 1);
        }
      }
      entries.emplace_back(name, std::move(member));
    }
    return Value::Context(std::move(entries));
  };
  if (!list) {
    if (v.kind() == Kind::kList && v.list().size() == 1) v = Value(v.list()[0]);
    return conform_one(std::move(v));
  }
  if (v.kind() != Kind::kList) v = Value::List({v});
  ValueList items;
  for (const Value& one : v.list()) items.push_back(conform_one(one));
  return Value::List(std::move(items));
}

std::optional<Value> TckModel::Decide(const std::string& decision, const std::map<std::string, Value>& inputs,
                                      std::string* outside) {
  const auto it = decisions_.find(decision);
  if (it == decisions_.end()) {
    *outside = "decision services";
    return std::nullopt;
  }
  if (++depth_ > 50) {
    *outside = "decisions that require one another";
    return std::nullopt;
  }
  const std::map<std::string, Value> outer = std::move(scope_);
  scope_.clear();
  const auto restore = [&](std::optional<Value> v) {
    scope_ = outer;
    --depth_;
    return v;
  };
  std::map<std::string, std::string> by_id;
  for (const XmlNode& kid : definitions_.kids) by_id[kid.Attribute("id")] = kid.Attribute("name");
  for (const XmlNode& kid : it->second->kids) {
    if (kid.name == "knowledgeRequirement") {
      *outside = "business knowledge models";
      return restore(std::nullopt);
    }
    if (kid.name != "informationRequirement") continue;
    for (const XmlNode& required : kid.kids) {
      std::string href = required.Attribute("href");
      if (href.find('#') != 0) {
        *outside = "imports";
        return restore(std::nullopt);
      }
      const std::string name = by_id[href.substr(1)];
      if (required.name == "requiredInput") {
        const auto given = inputs.find(name);
        Value v = given == inputs.end() ? Value::Null() : given->second;
        scope_[name] = Conform(std::move(v), input_types_[name]);
      } else {
        const std::map<std::string, Value> mine = scope_;
        std::optional<Value> v = Decide(name, inputs, outside);
        scope_ = mine;
        if (!v) return restore(std::nullopt);
        scope_[name] = *v;
      }
    }
  }
  const XmlNode* expression = FindExpression(*it->second);
  if (expression == nullptr) return restore(Value::Null());
  std::optional<Value> v = Expression(*expression, outside);
  if (!v) return restore(std::nullopt);
  const XmlNode* variable = it->second->Find("variable");
  const std::string type = variable == nullptr ? "" : LocalType(variable->Attribute("typeRef"));
  return restore(Conform(*std::move(v), type));
}

std::optional<Value> TckModel::Feel(const std::string& text, bool tests, const Value* test_input,
                                    std::string* outside) {
  const ValueScope scope(scope_, component_names_);
  feel::Expression e;
  std::vector<feel::Problem> problems;
  feel::CompileOptions options;
  options.strict = false;
  options.unary_tests = tests;
  if (!feel::Compile(WithTypes(Trimmed(text)), scope, options, &e, &problems)) {
    for (const feel::Problem& p : problems) {
      if (*outside = OutsideConstruct(p.message); !outside->empty()) return std::nullopt;
    }
    // A text that does not parse is null in FEEL, as is a call of something that is no function.
    return Value::Null();
  }
  return feel::EvaluateAlone(e, scope.values(), NullRule::kFeel, test_input);
}

std::optional<Value> TckModel::Expression(const XmlNode& node, std::string* outside) {
  if (node.name == "literalExpression") {
    if (const std::string language = node.Attribute("expressionLanguage");
        !language.empty() && language.find("FEEL") == std::string::npos && language.find("feel") == std::string::npos) {
      *outside = "another expression language";
      return std::nullopt;
    }
    return Feel(node.ChildText("text"), false, nullptr, outside);
  }
  if (node.name == "decisionTable") return Table(node, outside);
  if (node.name == "list") {
    ValueList items;
    for (const XmlNode& kid : node.kids) {
      std::optional<Value> v = Expression(kid, outside);
      if (!v) return v;
      items.push_back(*std::move(v));
    }
    return Value::List(std::move(items));
  }
  if (node.name == "relation") {
    std::vector<std::string> columns;
    ValueList rows;
    for (const XmlNode& kid : node.kids) {
      if (kid.name == "column") columns.push_back(kid.Attribute("name"));
      if (kid.name != "row") continue;
      ValueContext row;
      size_t column = 0;
      for (const XmlNode& cell : kid.kids) {
        std::optional<Value> v = Expression(cell, outside);
        if (!v) return v;
        if (column < columns.size()) row.emplace_back(columns[column++], *std::move(v));
      }
      rows.push_back(Value::Context(std::move(row)));
    }
    return Value::List(std::move(rows));
  }
  if (node.name == "context") {
    const std::map<std::string, Value> outer = scope_;
    ValueContext entries;
    std::optional<Value> result;
    for (const XmlNode& entry : node.kids) {
      if (entry.name != "contextEntry") continue;
      const XmlNode* expression = FindExpression(entry);
      const XmlNode* variable = entry.Find("variable");
      std::optional<Value> v = expression == nullptr ? Value::Null() : Expression(*expression, outside);
      if (!v) {
        scope_ = outer;
        return v;
      }
      if (variable == nullptr) {
        result = *std::move(v);
        continue;
      }
      const Value conformed = Conform(*std::move(v), LocalType(variable->Attribute("typeRef")));
      scope_[variable->Attribute("name")] = conformed;
      entries.emplace_back(variable->Attribute("name"), conformed);
    }
    scope_ = outer;
    return result ? result : Value::Context(std::move(entries));
  }
  if (node.name == "conditional") {
    const std::optional<Value> condition = Part(node, "if", outside);
    if (!condition) return condition;
    return Part(node, condition->IsTrue() ? "then" : "else", outside);
  }
  if (node.name == "filter" || node.name == "for" || node.name == "some" || node.name == "every") {
    return Loop(node, outside);
  }
  *outside = "functions made by the user";  // an invocation or a definition of one
  return std::nullopt;
}

std::optional<Value> TckModel::Table(const XmlNode& table, std::string* outside) {
  feel::DecisionTable t;
  std::string policy = table.Attribute("hitPolicy");
  if (policy.empty()) policy = "UNIQUE";
  static const std::map<std::string, std::string> kCollect = {
      {"SUM", "C+"}, {"COUNT", "C#"}, {"MIN", "C<"}, {"MAX", "C>"}};
  if (const auto it = kCollect.find(table.Attribute("aggregation")); policy == "COLLECT" && it != kCollect.end()) {
    policy = it->second;
  }
  if (!feel::ParseHitPolicy(policy, &t.policy, &t.aggregator)) return Value::Null();
  for (const XmlNode& kid : table.kids) {
    if (kid.name == "input") {
      const XmlNode* values = kid.Find("inputValues");
      t.inputs.push_back({Trimmed(kid.Find("inputExpression")->ChildText("text")),
                          values == nullptr ? "" : Trimmed(values->ChildText("text"))});
    } else if (kid.name == "output") {
      const XmlNode *values = kid.Find("outputValues"), *otherwise = kid.Find("defaultOutputEntry");
      t.outputs.push_back({kid.Attribute("name"), values == nullptr ? "" : Trimmed(values->ChildText("text")),
                           otherwise == nullptr ? "" : Trimmed(otherwise->ChildText("text"))});
    } else if (kid.name == "rule") {
      feel::TableRule rule;
      for (const XmlNode& entry : kid.kids) {
        if (entry.name == "inputEntry") rule.tests.push_back(Trimmed(entry.ChildText("text")));
        if (entry.name == "outputEntry") rule.outputs.push_back(Trimmed(entry.ChildText("text")));
      }
      t.rules.push_back(std::move(rule));
    }
  }
  const ValueScope scope(scope_, component_names_);
  feel::TableOptions options;
  options.strict = false;
  options.rule = NullRule::kFeel;
  feel::CompiledTable compiled;
  std::vector<feel::TableProblem> problems;
  if (!feel::CompileTable(t, scope, options, &compiled, &problems)) {
    for (const feel::TableProblem& p : problems) {
      if (*outside = OutsideConstruct(p.problem.message); !outside->empty()) return std::nullopt;
    }
    return Value::Null();
  }
  return feel::EvaluateTableAlone(compiled, scope.values());
}

// The value of a part of a boxed expression: its `if`, `in`, `return` …
std::optional<Value> TckModel::Part(const XmlNode& node, std::string_view part, std::string* outside) {
  const XmlNode* child = node.Find(part);
  const XmlNode* expression = child == nullptr ? nullptr : FindExpression(*child);
  if (expression == nullptr) return Value::Null();
  return Expression(*expression, outside);
}

// Boxed filter, for, some and every: the variable takes each item in turn.
std::optional<Value> TckModel::Loop(const XmlNode& node, std::string* outside) {
  std::optional<Value> in = Part(node, "in", outside);
  if (!in) return in;
  ValueList items, kept;
  if (!feel::Items(*in, &items)) return node.name == "filter" ? Value::List({}) : Value::Null();
  const std::string variable = node.name == "filter" ? "item" : node.Attribute("iteratorVariable");
  const std::string body = node.name == "filter" ? "match" : node.name == "for" ? "return" : "satisfies";
  const std::map<std::string, Value> outer = scope_;
  bool unknown = false, decided = false;
  for (const Value& item : items) {
    scope_[variable] = item;
    if (node.name == "filter" && item.kind() == Value::Kind::kContext) {
      for (const auto& [name, v] : item.context()) scope_[name] = v;
    }
    if (node.name == "for") scope_["partial"] = Value::List(kept);
    const std::optional<Value> v = Part(node, body, outside);
    scope_ = outer;
    if (!v) return v;
    if (node.name == "for") {
      kept.push_back(*v);
    } else if (node.name == "filter") {
      if (v->IsTrue()) kept.push_back(item);
    } else {
      unknown = unknown || v->kind() != Value::Kind::kBoolean;
      decided = decided || (node.name == "some" ? v->IsTrue() : v->IsFalse());
    }
  }
  if (node.name == "for" || node.name == "filter") return Value::List(std::move(kept));
  if (decided) return Value::Boolean(node.name == "some");
  return unknown ? Value::Null() : Value::Boolean(node.name != "some");
}

// "x instance of tList" with the model's own type written out as FEEL has it.
std::string TckModel::WithTypes(std::string text) const {
  static const std::string kOperator = "instance of ";
  for (size_t at = text.find(kOperator); at != std::string::npos; at = text.find(kOperator, at + 1)) {
    const size_t begin = at + kOperator.size();
    size_t end = begin;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
    const auto it = types_.find(text.substr(begin, end - begin));
    if (it == types_.end()) continue;
    std::string type = LocalType(Trimmed(it->second->ChildText("typeRef")));
    if (type.empty()) {
      for (const XmlNode& component : it->second->kids) {
        if (component.name != "itemComponent") continue;
        type += (type.empty() ? "" : ", ") + component.Attribute("name") + ": " +
                LocalType(Trimmed(component.ChildText("typeRef")));
      }
      type = "context<" + type + ">";
    }
    if (it->second->Attribute("isCollection") == "true") type = "list<" + type + ">";
    text = text.substr(0, begin) + type + text.substr(end);
  }
  return text;
}

std::string OutsideConstruct(std::string_view message) {
  static constexpr struct {
    std::string_view in_message, construct;
  } kConstructs[] = {{"a time of day is outside the subset", "times of day and zones"},
                     {"a function made by the user", "functions made by the user"},
                     {"regular expressions are outside", "regular expressions"},
                     {"knows no clock", "a clock (now, today)"}};
  for (const auto& c : kConstructs) {
    if (message.find(c.in_message) != std::string_view::npos) return std::string(c.construct);
  }
  return {};
}

}  // namespace hearth
