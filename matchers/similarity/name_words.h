// Words that carry little of a name: legal forms, titles, particles; and nicknames, number words. Our own short tables
// of the common ones; all words as FoldToAscii writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

// How much a word tells of whose name it is.
enum class WordRole : uint8_t {
  kOrdinary,
  kParticle,  // bin, al, de, von, of, the: written or not
  kGeneric,   // group, holding, company as part of an organisation's name
};

WordRole RoleOf(std::string_view word, bool organisation);

// Mr, Dr, Sheikh, President …
bool IsTitle(std::string_view word);
// 1 for Jr, 2 for Sr and for II, 3 for III … told apart by generation: Jr 101, Sr 102, II 2 … 0 for none.
int GenerationOf(std::string_view word);
// The value of a Roman numeral from ii to xxxix; 0 for none. A lone "i", "v", "x" counts with `single`.
int RomanValue(std::string_view word, bool single);

// How many words at `from` are one legal form ("public limited company": 3); 0 for none.
size_t LegalFormLength(const std::vector<std::string>& words, size_t from);

// Replaces the legal form written behind (or before) a Chinese name: 某某有限公司 -> 某某. *had says whether there was.
std::string StripHanLegalForm(std::string_view raw, bool* had);

// One form for a given name and its short forms (bill -> william); the word itself otherwise.
std::string_view FormalName(std::string_view word);

// The usual form of a word in organisations' names: intl -> international, organisation -> organization.
std::string_view UsualWord(std::string_view word);

// Rewrites number words as digits: {"forty", "four"} -> {"44"}.
void NumberWordsToDigits(std::vector<std::string>* words);

// -ovich, -evna and their like: the father's name in Russian.
bool IsPatronymic(std::string_view word);

}  // namespace hearth
