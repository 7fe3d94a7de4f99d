// Clerical review: the pairs that linking leaves to a person, in order of what an answer is worth, and the answers that
// the desk holds.
//
//   value = uncertainty x (1 + 2 for each of the two persons on an enrolment register
//                            + 3 for each whose family has a standing alert)
//
// Uncertainty is 4 p (1 - p): 1 where the weight says as much for as against, near 0 where it says nearly all. It is 1,
// too, where the weight is above the threshold and something else stood against the link (a rival as near, a birth date
// that differs, names that clash). Where names clash on one number, the number's own evidence is in the weight.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/person.h"
#include "ingest/registry_schema.h"
#include "matchers/mention_key.h"
#include "store/codec.h"
#include "store/desk.h"
#include "store/generation.h"

namespace hearth {

struct ReviewItem {
  std::string id;  // "r-0123456789abcdef": of the two mentions, the same every night
  MentionName left, right;
  PersonMention left_mention, right_mention;
  PersonId left_person, right_person;
  ReviewPair::Reason reason = ReviewPair::Reason::kBetweenThresholds;
  double bits = 0, probability = 0;
  double uncertainty = 0, value = 0;
  int enrolled = 0, alerted = 0;         // of the two persons
  std::optional<LinkDecision> decision;  // "unsure" so far
};

std::string PairId(const MentionName& a, const MentionName& b);

// Most valuable first, ties by id; pairs on which somebody was unsure stand at the end. A pair that the desk has
// settled since the night is left out. decisions: as the desk has them, all. upper_bits: of the common model.
StatusOr<std::vector<ReviewItem>> ListReviews(const Generation& g, const SchemaList& schemas,
                                              const std::vector<LinkDecision>& decisions, double upper_bits);

// The two mentions behind an id: of a pair under review, of a merge, split or absorption in the history, or of a
// decision on the desk. InvalidArgument for text that is no pair's id, NotFound for one that none of them has.
StatusOr<std::pair<MentionName, MentionName>> FindPair(const Generation& g, const SchemaList& schemas,
                                                       const std::vector<LinkDecision>& decisions, std::string_view id);

// What linking is told: the standing decisions but those of the unsure.
DeskDecisions DecisionsOf(const std::vector<LinkDecision>& all);

}  // namespace hearth
