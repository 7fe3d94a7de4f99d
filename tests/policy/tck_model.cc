#include "tests/policy/tck_model.h"

#include <algorithm>

#include "policy/feel/compile.h"
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
    *outside = "a decision service or missing decision";
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
      *outside = "functions made by the user (business knowledge model)";
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
  if (!feel::Compile(Trimmed(text), scope, options, &e, &problems)) {
    const std::string& message = problems[0].message;
    for (const char* construct : {"outside the subset", "knows no clock"}) {
      if (message.find(construct) != std::string::npos) {
        *outside = message;
        return std::nullopt;
      }
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
  *outside = node.name == "invocation" || node.name == "functionDefinition"
                 ? "functions made by the user (boxed " + node.name + ")"
                 : "boxed " + node.name;
  return std::nullopt;
}

std::optional<Value> TckModel::Table(const XmlNode& table, std::string* outside) {
  struct Output {
    std::string name;
    ValueList order;  // outputValues, for the priority policies
    const XmlNode* otherwise = nullptr;
  };
  std::vector<Value> inputs;
  std::vector<Output> outputs;
  std::vector<std::vector<Value>> hits;
  bool unique_broken = false;
  for (const XmlNode& kid : table.kids) {
    if (kid.name == "input") {
      const XmlNode* expression = kid.Find("inputExpression");
      std::optional<Value> v = Feel(expression->ChildText("text"), false, nullptr, outside);
      if (!v) return v;
      inputs.push_back(*std::move(v));
    } else if (kid.name == "output") {
      Output o;
      o.name = kid.Attribute("name");
      if (const XmlNode* values = kid.Find("outputValues"); values != nullptr) {
        std::optional<Value> v = Feel("[" + values->ChildText("text") + "]", false, nullptr, outside);
        if (!v) return v;
        if (v->kind() == Value::Kind::kList) o.order = v->list();
      }
      o.otherwise = kid.Find("defaultOutputEntry");
      outputs.push_back(std::move(o));
    } else if (kid.name == "rule") {
      size_t input = 0;
      bool met = true;
      std::vector<Value> row;
      for (const XmlNode& entry : kid.kids) {
        if (entry.name == "inputEntry") {
          if (!met) continue;
          const Value& v = inputs[input++];
          std::optional<Value> one = Feel(entry.ChildText("text"), true, &v, outside);
          if (!one) return one;
          met = one->IsTrue();
        } else if (entry.name == "outputEntry" && met) {
          std::optional<Value> v = Feel(entry.ChildText("text"), false, nullptr, outside);
          if (!v) return v;
          row.push_back(*std::move(v));
        }
      }
      if (met) hits.push_back(std::move(row));
    }
  }
  std::string policy = table.Attribute("hitPolicy");
  if (policy.empty()) policy = "UNIQUE";
  if (hits.empty()) {
    ValueContext entries;
    for (const Output& o : outputs) {
      std::optional<Value> v = Value::Null();
      if (o.otherwise != nullptr) v = Feel(o.otherwise->ChildText("text"), false, nullptr, outside);
      if (!v) return v;
      if (outputs.size() == 1) return v;
      entries.emplace_back(o.name, *std::move(v));
    }
    const bool all_null = std::all_of(entries.begin(), entries.end(), [](const auto& e) { return e.second.IsNull(); });
    return all_null ? Value::Null() : Value::Context(std::move(entries));
  }
  if (policy == "PRIORITY" || policy == "OUTPUT ORDER") {
    const auto rank = [&](const std::vector<Value>& row, size_t i) {
      const ValueList& order = outputs[i].order;
      return std::find(order.begin(), order.end(), row[i]) - order.begin();
    };
    std::stable_sort(hits.begin(), hits.end(), [&](const auto& a, const auto& b) {
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (rank(a, i) != rank(b, i)) return rank(a, i) < rank(b, i);
      }
      return false;
    });
  }
  if (policy == "UNIQUE" && hits.size() > 1) unique_broken = true;
  if (policy == "ANY") {
    for (const auto& row : hits) unique_broken = unique_broken || row != hits[0];
  }
  if (unique_broken) return Value::Null();
  const auto as_value = [&](const std::vector<Value>& row) {
    if (outputs.size() == 1) return row[0];
    ValueContext entries;
    for (size_t i = 0; i < outputs.size(); ++i) entries.emplace_back(outputs[i].name, row[i]);
    return Value::Context(std::move(entries));
  };
  if (policy != "COLLECT" && policy != "RULE ORDER" && policy != "OUTPUT ORDER") return as_value(hits[0]);
  ValueList collected;
  for (const auto& row : hits) collected.push_back(as_value(row));
  const std::string aggregation = table.Attribute("aggregation");
  if (aggregation.empty()) return Value::List(std::move(collected));
  scope_["collected"] = Value::List(std::move(collected));
  static const std::map<std::string, std::string> kFunctions = {
      {"SUM", "sum(collected)"}, {"MIN", "min(collected)"}, {"MAX", "max(collected)"}, {"COUNT", "count(collected)"}};
  return Feel(kFunctions.at(aggregation), false, nullptr, outside);
}

}  // namespace hearth
