// How alike are two strings? All string comparators of the record-linkage engine in one include.
//
//   Levenshtein("kitten", "sitting") == 3
//   DamerauLevenshtein("ca", "abc") == 2
//   JaroWinkler("martha", "marhta")                      // 0.9611…
//
//   levenshtein.h   insertions, deletions, substitutions
//   damerau.h       the same with swaps of neighbours: optimal string alignment, and the true distance
//   jaro.h          Jaro and Jaro-Winkler similarity
//   sets.h          Jaccard of the units, Dice of the q-grams
//   signature.h     a bag of units in 32 bytes: bounds on all of the above in a few instructions
//   pattern.h       one string prepared once and compared with many
//   many.h          one against many and pair by pair, in vector lanes
//   reference/      each of them as the textbook has it; the tests hold the two equal
//
// A *unit* is what is compared as a whole: a byte with std::string_view, a code point with std::u32string_view. There
// is no folding and no normalisation; that is done once per value, before it comes here. With ASCII both give the same
// numbers. For the others, DuckDB (whose functions Splink's models name) changed its mind: 1.5 compares bytes, 2.0
// compares code points, so that levenshtein('王芳', '王伟') is 3 in the one and 1 in the other. Whoever needs the one
// or the other picks the overload; for Chinese names the code points are the sensible choice.
//
// All of these are symmetric to the last bit, deterministic, callable from any thread at once, without allocation while
// both strings have up to 64 units, and correct for any length below 2^31.
#pragma once

#include "matchers/similarity/damerau.h"
#include "matchers/similarity/jaro.h"
#include "matchers/similarity/levenshtein.h"
#include "matchers/similarity/many.h"
#include "matchers/similarity/pattern.h"
#include "matchers/similarity/sets.h"
#include "matchers/similarity/signature.h"
