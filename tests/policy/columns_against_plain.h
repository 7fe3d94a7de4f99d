// Compares the columns engine with the plain evaluator on random units.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/columns/batch_evaluator.h"
#include "policy/evaluate.h"
#include "tests/policy/columns_random_units.h"

namespace hearth {

inline std::string Show(const Pack& pack, const Determination& d) {
  std::string out =
      pack.rules()[d.rule].id + " member " + std::to_string(d.member) + " " + std::string(OutcomeName(d.outcome));
  if (d.amount) out += " " + d.amount->ToString();
  for (const std::string& m : d.missing) out += " " + m;
  return out;
}

struct Tally {
  size_t compared = 0, different = 0, boxed_units = 0;
  size_t outcomes[3] = {};
};

// Compares batches of `batch_size` units with the plain evaluator; at most a few differences are told.
inline Tally CompareWithPlain(const Pack& pack, const SiteParameters& site, CivilDay as_of, uint64_t seed, size_t units,
                              size_t batch_size, const RandomShares& shares, BatchOptions options = {}) {
  Tally tally;
  auto layout = std::make_shared<const BatchLayout>(pack);
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, site, as_of, options);
  EvaluateOptions plain_options;
  plain_options.granted = options.granted;
  plain_options.rules = options.rules;
  StatusOr<Evaluator> plain = Evaluator::Create(pack, site, as_of, plain_options);
  EXPECT_TRUE(fast.ok() && plain.ok());
  RandomUnits random(pack, seed, shares);
  UnitBatch batch(layout);
  BatchResult result;
  for (size_t done = 0; done < units; done += batch_size) {
    std::vector<UnitFacts> facts;
    for (size_t i = 0; i < batch_size; ++i) facts.push_back(random.Next());
    batch.Clear();
    for (const UnitFacts& f : facts) batch.Append(f);
    const Status status = fast->Evaluate(batch, &result);
    EXPECT_TRUE(status.ok()) << Message(status);
    tally.boxed_units += result.boxed_units();
    for (size_t u = 0; u < batch_size; ++u) {
      std::vector<Determination> expected, got;
      plain->Evaluate(facts[u], &expected);
      EXPECT_TRUE(fast->ToDeterminations(batch, result, u, true, &got).ok());
      EXPECT_EQ(expected.size(), got.size());
      for (size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
        ++tally.compared;
        ++tally.outcomes[static_cast<int>(expected[i].outcome)];
        if (expected[i] == got[i]) continue;
        if (++tally.different <= 8) {
          ADD_FAILURE() << "seed " << seed << " unit " << done + u << "\n  plain   " << Show(pack, expected[i])
                        << "\n  columns " << Show(pack, got[i]);
        }
      }
    }
  }
  return tally;
}

}  // namespace hearth
