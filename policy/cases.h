// Policy cases: small worked examples in YAML that a pack must reproduce to the fen.
//
//   - name: X1 dibao gap
//     pack: wenzhou-2022
//     as_of: 2023-03-01
//     parameters: {dibao_standard_month: 1100}
//     input:
//       household: {in_dibao: true, household_size: 3}
//       members: [{id: a, age: 80}, {id: b}]
//     output:
//       - {rule: WZ-1.3, amount: 900, per: month}
//       - {rule: WZ-5.6, member: a, holds: true}
//
// A given fact is not derived again; a fact not given is derived, or unknown. A member's `person_id` is its id unless
// given. On a day on which the pack is not in force no rule holds. A rule of persons without `member` looks at all of
// them: it holds when it holds for one, and its amount is the sum.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "policy/pack.h"

namespace hearth {

// An expectation that was not met, for a reader who looks at the clause and not at the program.
struct CaseDifference {
  std::string where;               // "cases/dibao.yaml:12:9"
  std::string what;                // "WZ-1.3 of a", "fact age of a"
  std::string clause;              // of the rule, "" for a fact
  Bilingual title;                 // of the rule
  std::string expected, found;     // "it holds", "900.00 a month"
  std::vector<std::string> steps;  // of the trace that led there, indented, the result last; clause behind each
};

// A comparison of two numbers or days that a case decided, for coverage.
struct CaseComparison {
  std::string rule, text;  // "WZ-5.6", "age >= 80"
  int side = 0;            // the left side is below (-1), equal (0), above (1)
  auto operator<=>(const CaseComparison&) const = default;
};

struct CaseResult {
  std::string name;
  std::string where;                        // "cases/dibao.yaml:12:3"
  std::string pack;                         // its id, as the case has it
  std::vector<std::string> rules;           // ids of the rules of which something is expected
  std::vector<std::string> failures;        // one a failed expectation: what, expected, found; empty: passed
  std::vector<CaseDifference> differences;  // of the failures that are about a figure, with their steps
  std::vector<CaseComparison> comparisons;  // when asked for
  bool passed() const { return failures.empty(); }
};

// Gives the pack of an id; called once a case, so it should keep what it has loaded.
using PackSource = std::function<StatusOr<Pack>(std::string_view id)>;

// InvalidArgument when the text is no list of cases. A case that names an unknown fact, rule or pack fails with that
// as its failure; the others run all the same.
StatusOr<std::vector<CaseResult>> RunCases(std::string_view text, std::string_view file_name, const PackSource& packs);

struct CaseFileText {
  std::string name, text;
};

// A case's unit as the evaluator is given it.
struct CaseUnit {
  std::string_view name, where;
  const Pack& pack;
  const SiteParameters& site;
  CivilDay as_of;
  const UnitFacts& facts;
};

struct CaseOptions {
  int threads = 1;
  std::string filter;        // only cases whose name, pack or rules contain it; empty: all
  bool comparisons = false;  // fill CaseResult::comparisons; about three times the work
  // Told of each unit on a day on which its pack is in force; one at a time only with one thread.
  std::function<void(const CaseUnit&)> visit = {};
};

// Many files at once, in order of files and cases whatever the threads. Each pack is asked for once, from the calling
// thread. The first file that is no list of cases is the error.
StatusOr<std::vector<CaseResult>> RunCaseFiles(std::span<const CaseFileText> files, const PackSource& packs,
                                               const CaseOptions& options);

}  // namespace hearth
