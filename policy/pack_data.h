// What a Pack holds inside: its declarations and their compiled expressions. Immutable once loaded.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policy/feel/decision_table.h"
#include "policy/feel/node.h"
#include "policy/pack.h"

namespace hearth {

struct CompiledRule {
  feel::Expression when, amount, breach, due;  // root is null when there is none
  int stack_group = -1;                        // index in PackData::groups
};

// What stands in a slot of the layout.
struct SlotUse {
  enum class Kind : uint8_t { kRaw, kDerived, kRegistry };
  Kind kind = Kind::kRaw;
  int index = -1;  // in raw, derived or registries
};

struct PackData {
  std::string id;
  Bilingual title;
  std::string document;
  CivilDay valid_from, valid_to;
  std::string digest;
  FactLayout layout;
  std::vector<RawFact> raw;
  std::vector<DerivedFact> derived;
  std::vector<std::string> registries;
  std::vector<std::shared_ptr<const RegistrySchema>> schemas;  // of registries, in the same order
  std::vector<Parameter> parameters;
  std::vector<Rule> rules;
  std::vector<feel::Expression> derived_expressions;  // by index of derived
  // By index of derived: the table that the expression was written out from; nullptr when there was none.
  std::vector<std::shared_ptr<const feel::CompiledTable>> derived_tables;
  std::vector<feel::FieldTypes> raw_fields,
      derived_fields;                       // by index: fields of a list's items; expressions point here
  std::vector<CompiledRule> compiled;       // by index of rules
  std::vector<SlotUse> slots[kFactPlaces];  // by slot
  std::vector<StackGroup> groups;
  std::vector<Overlay> overlays;              // by division
  std::vector<Status> warnings;               // in order of files and lines
  std::vector<std::string> parameter_places;  // by index of parameters: "parameters.yaml:12:5"
  std::vector<LeftOutRule> left_out;
  std::map<std::string, std::string, std::less<>> aliases;  // another name -> the pack's name
  std::map<std::string, int, std::less<>> rule_index, parameter_index;
};

// The place whose facts a rule of this unit reads by bare name.
FactPlace PlaceOfUnit(RuleUnit unit);

// Reads one value as the type asks. InvalidArgument naming the place in the file.
//   schema  for kRows: the registry whose fields the maps have
StatusOr<Value> ReadFactValue(const YamlNode& node, FactType type, const std::vector<std::string>& words,
                              const RegistrySchema* schema);
// A list of maps that have no fields but these.
StatusOr<Value> ReadItems(const YamlNode& node, const std::vector<std::pair<std::string, FactType>>& fields);

}  // namespace hearth
