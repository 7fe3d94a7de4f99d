// What the tests of FEEL share: variables by name, with or without a type.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "policy/feel/compile.h"
#include "policy/feel/interpreter.h"

namespace hearth::feel {

struct Variable {
  std::string name;
  Value value;
  Type type = {};
};

class Variables : public Scope {
 public:
  explicit Variables(std::vector<Variable> all) : all_(std::move(all)) {
    for (const Variable& v : all_) values_.push_back(v.value);
  }
  std::optional<Binding> Find(std::string_view name) const override {
    for (size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].name != name) continue;
      Binding b;
      b.kind = Binding::Kind::kInput;
      b.index = static_cast<int>(i);
      b.type = all_[i].type;
      return b;
    }
    return std::nullopt;
  }
  std::optional<Binding> FindOfMember(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> Names() const override {
    std::vector<std::string> names;
    for (const Variable& v : all_) names.push_back(v.name);
    return names;
  }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::vector<Variable> all_;
  std::vector<Value> values_;
};

inline Type TypeOf(TypeKind kind, Period period = Period::kNone) {
  Type t;
  t.kind = kind;
  t.period = period;
  return t;
}

}  // namespace hearth::feel
