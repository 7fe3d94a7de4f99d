// Evaluates the decisions of a conformance model (a .dmn file) with the project's FEEL: literal expressions, decision
// tables, boxed contexts, lists and relations. What it does not know is reported by the name of the construct.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/value.h"
#include "tests/policy/tck_xml.h"

namespace hearth {

// The construct outside the subset that a compiler's message is about ("a time of day"); empty: another problem.
std::string OutsideConstruct(std::string_view message);

class TckModel {
 public:
  explicit TckModel(const XmlNode& definitions);

  // The value of a decision; nullopt with `outside` naming the construct that is outside the subset.
  std::optional<Value> Decide(const std::string& decision, const std::map<std::string, Value>& inputs,
                              std::string* outside);

 private:
  std::optional<Value> Expression(const XmlNode& node, std::string* outside);
  std::optional<Value> Table(const XmlNode& table, std::string* outside);
  std::optional<Value> Part(const XmlNode& node, std::string_view part, std::string* outside);
  std::optional<Value> Loop(const XmlNode& node, std::string* outside);
  std::string WithTypes(std::string text) const;
  std::optional<Value> Feel(const std::string& text, bool tests, const Value* test_input, std::string* outside);
  Value Conform(Value v, const std::string& type, int depth = 0) const;
  const XmlNode* FindExpression(const XmlNode& parent) const;

  const XmlNode& definitions_;
  std::map<std::string, const XmlNode*> decisions_, types_;
  std::map<std::string, std::string> input_types_;
  std::set<std::string> component_names_;
  std::map<std::string, Value> scope_;
  int depth_ = 0;
};

}  // namespace hearth
