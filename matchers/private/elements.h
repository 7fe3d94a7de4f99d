// The elements of one normalised value: what a filter holds of it.
//
//   elements of "王芳" as q-grams of 1: "q王", "q芳"; of "anna" as padded q-grams of 2: "q\x02a", "qan", "qnn", "qna",
//   "qa\x03"
//
// Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matchers/private/encoding_model.h"

namespace hearth::linkage {

// A longer value is cut: it would set all bits of its filter and resemble everything.
constexpr size_t kValueCharactersMax = 256;

// Adds the elements to *out, which keeps what it had.
void AddElements(std::string_view value, const EncodedField& field, std::vector<std::string>* out);

// Sorted, each once.
void MakeSet(std::vector<std::string>* elements);

}  // namespace hearth::linkage
