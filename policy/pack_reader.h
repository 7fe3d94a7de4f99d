// Reads the files of a pack into declarations, each expression with the place where it stands. Names inside the
// expressions are not looked at here; that is the compiler's (pack_compiler.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/yaml.h"
#include "policy/pack_data.h"
#include "policy/pack_table.h"

namespace hearth {

// A FEEL text and where it stands.
struct PlacedText {
  std::string text;
  YamlNode at;  // scalar node without children; for messages
  bool given = false;
};

struct RuleTexts {
  PlacedText when, amount, breach, due;
  YamlNode at;
};

struct PackDeclarations {
  PackData data;                                           // all but slots and compiled expressions
  std::vector<YamlNode> raw_at, derived_at, parameter_at;  // where each is declared
  std::vector<PlacedText> derived_texts;                   // not given where there is a table
  std::vector<PlacedTable> derived_tables;                 // not given where there is a text
  std::vector<bool> raw_two_places, derived_two_places;    // the name stands at the household and at the member
  std::vector<RuleTexts> rule_texts;
};

// Problems are appended, in the order of files and lines; what could be read is in the result all the same.
PackDeclarations ReadPackFiles(const std::map<std::string, std::string>& files,
                               std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                               std::vector<Status>* problems);

}  // namespace hearth
