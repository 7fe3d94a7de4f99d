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
  std::vector<YamlNode> group_at, left_out_at, registry_at;
  std::vector<YamlEntry> aliases_at;
  // overlays/<division>.yaml, read when the names are known.
  struct OverlayFile {
    std::string division;
    YamlNode root;
  };
  std::vector<OverlayFile> overlay_files;  // by division
  bool whole = true;                       // every file could be read as YAML; else names cannot be looked up
};

// Problems are appended, in the order of files and lines; what could be read is in the result all the same.
PackDeclarations ReadPackFiles(const std::map<std::string, std::string>& files,
                               std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                               std::vector<Status>* problems);

}  // namespace hearth
