// Words and signs of FEEL text. Comments (// and /* */) and white space are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/feel/node.h"

namespace hearth::feel {

struct Token {
  enum class Kind : uint8_t { kEnd, kNumber, kText, kAtText, kWord, kSign };
  Kind kind = Kind::kEnd;
  uint32_t begin = 0, end = 0;
  std::string text;  // the word or sign as written; the text of a string with its escapes undone
};

// False, with the problem, for an unfinished string or comment or a character that FEEL does not have.
bool ReadTokens(std::string_view text, std::vector<Token>* tokens, Problem* problem);

// The bytes of one code point may be part of a name.
bool IsNameByte(char c);

}  // namespace hearth::feel
