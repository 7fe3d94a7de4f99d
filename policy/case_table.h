// A case with `each:` is a table: the case is run once a row, with the row's facts in place of its own and the row's
// outcomes expected. Three lines test a threshold.
//
//   - name: old-age allowance begins on the 80th birthday
//     pack: wenzhou-2022
//     as_of: 2023-03-01
//     input: {members: [{id: a, city_area_hukou: true, deceased: false}]}
//     each:
//       - {a.birth_date: 1943-03-02, WZ-5.6: no}
//       - {a.birth_date: 1943-03-01, WZ-5.6: 50}
//       - {a.birth_date: 1943-02-28, WZ-5.6 of a: {amount: 50, per: month}, fact age of a: 80}
//
// Keys that set: `as_of`, `parameters.NAME`, and `household.FACT`, `employer.FACT`, `institution.FACT`, `city.FACT` or
// `MEMBER.FACT`. Keys that expect: `RULE`, `RULE of MEMBER` with yes, no, open (it holds, its amount open), an amount,
// `needs FACT`, or a map as under `output:`; `fact NAME`, `fact NAME of MEMBER` with a value. `row` names the row.
#pragma once

#include <vector>

#include "core/status.h"
#include "core/yaml.h"

namespace hearth {

// The cases that a case stands for: itself, when it has no `each`. What stands under `output:` is expected of every
// row. InvalidArgument for a key of no known form, or a row that expects nothing.
StatusOr<std::vector<YamlNode>> ExpandCase(const YamlNode& node);

}  // namespace hearth
