// Readers of linkage models: YAML (docs/formats.md, "Linkage models") and the settings JSON that Splink saves.
//
//   HEARTH_ASSIGN_OR_RETURN(Model model, ReadModel(text, "people.yaml"));
//
// Errors are InvalidArgument with file:line:column (YAML) or the path inside the document (JSON), naming what is wrong
// and what would be right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

StatusOr<Model> ReadModel(std::string_view yaml, std::string_view file_name);

// Conditions on l. and r. columns (or "x_l", "x_r"): equality, and, or, not, is null, substr, levenshtein,
// damerau_levenshtein, jaro_similarity, jaro_winkler_similarity, jaccard, ELSE. Anything else is refused by its name.
// Null levels, m, u, term-frequency keys and the prior are kept, so weights are Splink's.
StatusOr<Model> ReadSplinkSettings(std::string_view json, std::string_view file_name);

// Chooses by content: a document whose first character is '{' is JSON.
StatusOr<Model> ReadAnyModel(std::string_view text, std::string_view file_name);

// A (trained) model as YAML that ReadModel reads back to an equal value.
std::string WriteModel(const Model& model);

// InvalidArgument when the table `source` (0 left, 1 right) lacks a heading that the model reads: the heading, what
// uses it, and the nearest that is there. A model for other columns is called one.
Status CheckHeadings(const Model& model, int source, const std::vector<std::string>& headings);

// A column written in place: "dob | substr 1 4", "name | fold | sorted_tokens". Adds it to the model when it is new.
StatusOr<ColumnIndex> InternColumn(std::string_view text, Model* model);

}  // namespace hearth::linkage
