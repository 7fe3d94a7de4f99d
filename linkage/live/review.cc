#include "linkage/live/review.h"

#include <algorithm>
#include <cmath>

#include "linkage/live/live_files.h"

namespace hearth::linkage {

std::vector<ReviewPair> ReviewPairs(const LiveTable& table, size_t limit) {
  struct Candidate {
    Link link;  // places
    uint64_t records = 0;
    double value = 0;
  };
  const std::vector<uint32_t> order = table.Order();
  std::vector<Candidate> candidates;
  for (const Link& link : table.Links(order)) {
    if (link.weight < table.review_bits() || link.weight >= table.link_bits()) continue;
    const uint32_t a = order[link.left], b = order[link.right];
    const LiveDecision* decision = table.StandingDecision(table.KeyOf(a), table.KeyOf(b));
    if (decision != nullptr && decision->verdict != LinkVerdict::kWithdrawn) continue;
    const uint64_t one = table.PersonOf(a), other = table.PersonOf(b);
    Candidate candidate{.link = link, .records = table.RecordsOf(one)};
    if (other != one) candidate.records += table.RecordsOf(other);
    const double doubt = 1 - std::abs(2 * ProbabilityOfBits(link.weight) - 1);
    candidate.value = doubt * static_cast<double>(candidate.records);
    candidates.push_back(candidate);
  }
  const auto best = candidates.begin() + static_cast<ptrdiff_t>(std::min(limit, candidates.size()));
  std::partial_sort(candidates.begin(), best, candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.value != b.value) return a.value > b.value;
    return a.link.left != b.link.left ? a.link.left < b.link.left : a.link.right < b.link.right;
  });
  std::vector<ReviewPair> pairs;
  for (auto at = candidates.begin(); at != best; ++at) {
    const uint32_t a = order[at->link.left], b = order[at->link.right];
    ReviewPair pair{.left = table.KeyOf(a),
                    .right = table.KeyOf(b),
                    .left_person = table.PersonOf(a),
                    .right_person = table.PersonOf(b),
                    .records = at->records,
                    .value = at->value};
    pair.evidence = EvidenceOf(table.comparer(), table.weights(), {a, b}, NameOfRecord(table, pair.left),
                               NameOfRecord(table, pair.right));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace hearth::linkage
