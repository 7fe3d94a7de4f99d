// Training: prior, u and m from the records themselves, without anybody's labels.
//
//   HEARTH_ASSIGN_OR_RETURN(Trained trained, Train(model, records, {.threads = 2}));
//   Weights weights(trained.model, records);
//
// prior: pairs that the stated deterministic rules make, divided by their stated recall, among all pairs.
// u: levels among all pairs of a seeded sample of records, large enough for Training::u_pairs pairs; a comparison is
// made
//    once for each two distinct values (or tuples of values) and counted as often as they meet.
// m: expectation maximisation on the counts of agreement patterns, one run an EM rule, leaving out the comparisons on
//    columns that the rule itself holds equal; a level's m is the mean of the runs that saw it.
// What the file gives stays as it is. The result does not depend on threads or row order.
// Source: Winkler 1988; Fellegi and Sunter 1969.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/em.h"
#include "matchers/fellegi_sunter/pattern_counter.h"

namespace hearth::linkage {

struct TrainOptions {
  int threads = 1;
  std::function<void(std::string_view phase)> on_phase;  // "prior", "u", "m 1 of 2"; told when each begins
};

struct EmRun {
  std::string rule;
  uint64_t pairs = 0;       // compared
  uint64_t pairs_made = 0;  // by the rule; more than compared when some were drawn (em_pairs.h)
  int iterations = 0;
  bool converged = false;
  double match_share = 0;     // of the rule's pairs, at the end
  double largest_move = 0;    // of an m in the last round
  std::vector<int> left_out;  // comparisons the rule holds equal
};

struct Trained {
  Model model;  // prior, m and u all set
  std::vector<EmRun> runs;
  uint64_t prior_pairs = 0;           // made by the deterministic rules
  uint64_t sample_records = 0;        // on which u was measured
  std::vector<std::string> warnings;  // a level never seen, a run that did not converge: what, where, what to change
  struct Seconds {
    double prior = 0, u = 0, em = 0;
  } seconds;
};

// FailedPrecondition when training cannot be done: no pairs under any EM rule, or a comparison that every EM rule holds
// equal (named, with what to add).
StatusOr<Trained> Train(const Model& model, const RecordSet& records, const TrainOptions& options);

}  // namespace hearth::linkage
