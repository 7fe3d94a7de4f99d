// A seeded table of made-up people with copies that differ a little, and a model of it, for tests of training.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

// given, family, born, town, tags ("a b": items), all text; empty: missing.
using Row = std::vector<std::string>;

struct Table {
  std::vector<std::string> ids;  // "12-0": copy 0 of person 12
  std::vector<Row> rows;
};

// One to three copies a person; a field in seven of a copy is misspelt or missing.
Table MakePeople(int persons, uint64_t seed);
Table Shuffled(const Table& table, uint64_t seed);
// The person of an id.
std::string PersonOf(std::string_view id);

// Columns by number: given, family, born, town, tags, year (of born), initial (of given).
constexpr ColumnIndex kGiven = 0, kFamily = 1, kBorn = 2, kTown = 3, kTags = 4, kYear = 5, kInitial = 6;

// Comparisons given, family (Jaro-Winkler), born (Levenshtein), town (equality), no m, no u, no prior; EM rules
// given + family and born + town; prior rule given + family + born.
Model PeopleModel(LinkType link_type);

Condition Of(Test test, ColumnIndex a, double bound = 0);
BlockingRule RuleOn(std::vector<ColumnIndex> columns);

// One table, or two for the other link types.
RecordSet Records(const Model& model, const std::vector<Table>& tables);

}  // namespace hearth::linkage
