// SQL conditions of Splink settings as conditions and blocking rules of a model.
//
//   l."first_name" = r."first_name" AND substr(l.dob, 1, 4) = substr(r.dob, 1, 4)
//   jaro_winkler_similarity("surname_l", "surname_r") >= 0.92
//   ("first_name_l" IS NULL OR "first_name_r" IS NULL) AND ("surname_l" IS NULL OR "surname_r" IS NULL)
//
// Columns are l.x and r.x, or x_l and x_r; substr, left, right, lower, nullif and casts to text may stand around them.
// Both sides must be treated alike, as hearth's conditions are symmetric. SQL's third truth value is kept: NOT of a
// test is false when a value is null. What cannot be kept exactly is InvalidArgument, by its name.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

// SQL holds Dob and dob to be one column: the first spelling of each in a document, by the spelling in small letters.
using SqlSpellings = std::map<std::string, std::string>;

StatusOr<Condition> ReadSqlCondition(std::string_view sql, SqlSpellings* spellings, Model* model);
StatusOr<BlockingRule> ReadSqlRule(std::string_view sql, SqlSpellings* spellings, Model* model);
// A column's name as a setting gives it: dob, "first name" or `first name`.
StatusOr<ColumnIndex> ReadSqlColumn(std::string_view sql, SqlSpellings* spellings, Model* model);

}  // namespace hearth::linkage
