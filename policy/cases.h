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
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "policy/pack.h"

namespace hearth {

struct CaseResult {
  std::string name;
  std::string where;                  // "cases/dibao.yaml:12:3"
  std::vector<std::string> failures;  // one a failed expectation: what, expected, found; empty: passed
  bool passed() const { return failures.empty(); }
};

// Gives the pack of an id; called once a case, so it should keep what it has loaded.
using PackSource = std::function<StatusOr<Pack>(std::string_view id)>;

// InvalidArgument when the text is no list of cases. A case that names an unknown fact, rule or pack fails with that
// as its failure; the others run all the same.
StatusOr<std::vector<CaseResult>> RunCases(std::string_view text, std::string_view file_name, const PackSource& packs);

}  // namespace hearth
