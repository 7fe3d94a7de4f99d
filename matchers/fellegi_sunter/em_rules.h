// Which rules expectation maximisation runs under, and what each of them leaves out.
//
//   std::vector<int> out = HeldComparisons(model, rule);   // "last_name + dob" holds last_name and dob
//   HEARTH_ASSIGN_OR_RETURN(auto rules, ChooseEmRules(model, records, wanted, threads));
//
// Pairs made by a rule agree on its columns by their making, so a comparison that reads one of these columns, or
// another derived from the same headings, learns nothing under it.
#pragma once

#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

// True when some column of `a` and some of `b` are made from one heading of a table.
bool ShareHeadings(const Model& model, const std::vector<ColumnIndex>& a, const std::vector<ColumnIndex>& b);

// Columns of the rule's key and filter, ascending and distinct.
std::vector<ColumnIndex> ColumnsOfRule(const BlockingRule& rule);
// Comparisons on them, ascending.
std::vector<int> HeldComparisons(const Model& model, const BlockingRule& rule);

// Training::em_rules, or when there are none up to four of the blocking rules: such that each of the `wanted`
// comparisons is free under as many of them as can be (two are enough), without larger blocks than that takes, as the
// share of matches among few pairs is greater. The choice depends on the rules' counts of pairs alone.
// Errors are those of Blocking::Make. Cost: the blocking of all rules, when they must be chosen.
StatusOr<std::vector<BlockingRule>> ChooseEmRules(const Model& model, const RecordSet& records,
                                                  const std::vector<int>& wanted, int threads);

}  // namespace hearth::linkage
