#include <algorithm>
#include <array>

#include "policy/feel/builtins.h"
#include "policy/pack_data.h"

namespace hearth {
namespace {

// A scalar whose type nobody states: quoted text is text, else a number, truth value or day where it reads as one.
Value GuessScalar(const YamlNode& node) {
  if (!node.quoted) {
    if (node.text == "true" || node.text == "false") return Value::Boolean(node.text == "true");
    if (const StatusOr<Decimal> d = Decimal::Parse(node.text); d.ok()) return Value::Number(*d);
    if (const StatusOr<CivilDay> day = ParseIsoDay(node.text); day.ok()) return Value::Date(*day);
  }
  return Value::Text(node.text);
}

StatusOr<Value> ReadField(const YamlNode& node, const FieldSchema& field) {
  if (node.IsNull()) return Value::Null();
  if (!node.IsScalar()) return YamlError(node, "field \"" + field.name + "\" wants one value");
  switch (field.type) {
    case FieldType::kMoney:
    case FieldType::kDecimal:
    case FieldType::kInt:
      return ReadFactValue(node, FactType::kNumber, {}, nullptr);
    case FieldType::kBool:
      return ReadFactValue(node, FactType::kBoolean, {}, nullptr);
    case FieldType::kDay:
      return ReadFactValue(node, FactType::kDate, {}, nullptr);
    case FieldType::kMonth: {
      const StatusOr<CivilMonth> month = ParseIsoMonth(node.text);
      if (month.ok()) return Value::Date(month->FirstDay());
      return ReadFactValue(node, FactType::kDate, {}, nullptr);
    }
    case FieldType::kCode: {
      if (FindCodeValue(field, node.text) >= 0) return Value::Text(node.text);
      std::vector<std::string> words;
      for (const CodeValue& c : field.codes) words.push_back(c.value);
      const std::string near = NearestName(node.text, words);
      return YamlError(node, "\"" + node.text + "\" is no value of field \"" + field.name + "\"" +
                                 (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    default:
      return Value::Text(node.text);
  }
}

StatusOr<Value> ReadRow(const YamlNode& node, const RegistrySchema& schema) {
  if (!node.IsMap()) return YamlError(node, "a row of " + schema.id + " is a map of its fields");
  ValueContext row;
  for (const auto& [key, cell] : node.entries) {
    const int field = schema.FieldIndex(key.text);
    if (field < 0) {
      std::vector<std::string> names;
      for (const FieldSchema& f : schema.fields) names.push_back(f.name);
      const std::string near = NearestName(key.text, names);
      return YamlError(key, schema.id + " has no field \"" + key.text + "\"" +
                                (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    HEARTH_ASSIGN_OR_RETURN(Value v, ReadField(cell, schema.fields[static_cast<size_t>(field)]));
    row.emplace_back(key.text, std::move(v));
  }
  return Value::Context(std::move(row));
}

}  // namespace

std::string_view FactTypeName(FactType t) {
  static constexpr std::array<std::string_view, 10> kNames = {"any",  "boolean", "number", "money", "text",
                                                              "date", "months",  "days",   "list",  "rows"};
  return kNames[static_cast<size_t>(t)];
}

StatusOr<Value> ReadFactValue(const YamlNode& node, FactType type, const std::vector<std::string>& words,
                              const RegistrySchema* schema) {
  if (node.IsNull() || (node.IsScalar() && !node.quoted && node.text == "null")) return Value::Null();
  if (type == FactType::kRows) {
    HEARTH_CHECK(schema != nullptr, "rows need their registry");
    if (!node.IsList()) return YamlError(node, "rows of " + schema->id + " are a list");
    ValueList rows;
    for (const YamlNode& item : node.items) {
      HEARTH_ASSIGN_OR_RETURN(Value row, ReadRow(item, *schema));
      rows.push_back(std::move(row));
    }
    return Value::List(std::move(rows));
  }
  if (node.IsList() && (type == FactType::kList || type == FactType::kAny)) {
    ValueList items;
    for (const YamlNode& item : node.items) {
      HEARTH_ASSIGN_OR_RETURN(Value v, ReadFactValue(item, FactType::kAny, words, nullptr));
      items.push_back(std::move(v));
    }
    return Value::List(std::move(items));
  }
  if (node.IsMap() && type == FactType::kAny) {
    ValueContext entries;
    for (const auto& [key, item] : node.entries) {
      HEARTH_ASSIGN_OR_RETURN(Value v, ReadFactValue(item, FactType::kAny, words, nullptr));
      entries.emplace_back(key.text, std::move(v));
    }
    return Value::Context(std::move(entries));
  }
  const auto wrong = [&] {
    return YamlError(node, "a " + std::string(FactTypeName(type)) + " is wanted here" +
                               (node.IsScalar() ? ", \"" + node.text + "\" is none" : ""));
  };
  if (!node.IsScalar()) return wrong();
  switch (type) {
    case FactType::kBoolean:
      if (node.text == "true" || node.text == "false") return Value::Boolean(node.text == "true");
      return wrong();
    case FactType::kNumber:
    case FactType::kMoney: {
      const StatusOr<Decimal> d = Decimal::Parse(node.text);
      if (!d.ok()) return wrong();
      return Value::Number(*d);
    }
    case FactType::kText:
      if (!words.empty() && std::find(words.begin(), words.end(), node.text) == words.end()) {
        const std::string near = NearestName(node.text, words);
        return YamlError(node, "\"" + node.text + "\" is no value of this fact" +
                                   (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      }
      return Value::Text(node.text);
    case FactType::kDate: {
      const StatusOr<CivilDay> day = ParseIsoDay(node.text);
      if (!day.ok()) return wrong();
      return Value::Date(*day);
    }
    case FactType::kMonths:
    case FactType::kDays: {
      const std::optional<Value> v = feel::AtLiteral(node.text);
      const Value::Kind kind = type == FactType::kMonths ? Value::Kind::kMonths : Value::Kind::kDays;
      if (!v || v->kind() != kind) return wrong();
      return *v;
    }
    case FactType::kAny:
      return GuessScalar(node);
    case FactType::kList:
    case FactType::kRows:
      break;
  }
  return wrong();
}

StatusOr<Value> ReadItems(const YamlNode& node, const std::vector<std::pair<std::string, FactType>>& fields) {
  if (node.IsNull() || (node.IsScalar() && !node.quoted && node.text == "null")) return Value::Null();
  if (!node.IsList()) return YamlError(node, "a list is wanted here");
  ValueList items;
  for (const YamlNode& item : node.items) {
    if (!item.IsMap()) return YamlError(item, "an item of this list is a map of its fields");
    ValueContext entries;
    for (const auto& [key, cell] : item.entries) {
      std::vector<std::string> names;
      const FactType* type = nullptr;
      for (const auto& [name, t] : fields) {
        if (name == key.text) type = &t;
        names.push_back(name);
      }
      if (type == nullptr) {
        const std::string near = NearestName(key.text, names);
        return YamlError(key, "an item of this list has no field \"" + key.text + "\"" +
                                  (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      }
      HEARTH_ASSIGN_OR_RETURN(Value v, ReadFactValue(cell, *type, {}, nullptr));
      entries.emplace_back(key.text, std::move(v));
    }
    items.push_back(Value::Context(std::move(entries)));
  }
  return Value::List(std::move(items));
}

}  // namespace hearth
