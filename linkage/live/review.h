// Clerical review on a linkage store: the pairs where an answer is worth most, and the answer.
//
//   for (const ReviewPair& pair : ReviewPairs(linker->table(), 20)) PrintEvidence(pair.evidence, &std::cout);
//   HEARTH_RETURN_IF_ERROR(linker->Decide({.left = pair.left, .right = pair.right, .verdict = …}, threads).status());
//
// Pairs are those between the review and the link threshold that nobody has decided. An answer is worth (1 - |2p - 1|),
// most at even odds, times the records that hang on it: all of the two persons.
#pragma once

#include <cstdint>
#include <vector>

#include "linkage/explain_pair.h"
#include "linkage/live/live_linker.h"

namespace hearth::linkage {

struct ReviewPair {
  RecordKey left, right;
  uint64_t left_person = 0, right_person = 0;
  uint64_t records = 0;  // of the two persons together
  double value = 0;
  PairEvidence evidence;
};

// By value, then record names; at most `limit`. Cost: one look at each link, and evidence for those returned.
std::vector<ReviewPair> ReviewPairs(const LiveTable& table, size_t limit);

}  // namespace hearth::linkage
