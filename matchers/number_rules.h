// The certain part of linking: usable numbers, the registry's own number of a person, and corrected numbers.
//
// Number rule: same usable number and names that agree -> one cluster. Names that clash on a number are apart: the
// number stays with its owner (who is in the household register, else whose birth date it holds, else who has most
// rows), and the others lose it as evidence, unless the household register has both: then both are real.
// Subject-key rule: one account is one person when names agree; its rows without a number follow those with one.
// Old numbers: two numbers, but name, birth date, sex and a second key agree -> one person (standards.md 1.3).
// Inside matchers only. Deterministic; one thread but for sorting.
#pragma once

#include <cstdint>
#include <vector>

#include "matchers/clusters.h"
#include "matchers/identity.h"

namespace hearth {

struct NumberConflict {
  uint32_t owner = 0, other = 0;  // identities
};

struct NumberRuleResult {
  std::vector<NumberConflict> conflicts;
  std::vector<LinkBasis> basis;  // by identity: kNumber or kSubjectKey when joined so, else kSingle
  uint64_t by_number = 0, by_subject_key = 0, by_old_number = 0;
};

// True when two records that share a strong key may be one person as far as their names go: exact, variant, homophone,
// look-alike, truncated, transposed, or equal to a former name; one differing character needs equal birth dates.
bool NamesAgree(const Identity& a, const Identity& b, const NameTable& names);

// Clears `number` in identities whose number is another's.
NumberRuleResult ApplyNumberRules(Identities* ids, Clusters* clusters);

}  // namespace hearth
