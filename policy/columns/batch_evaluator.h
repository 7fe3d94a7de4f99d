// Evaluates a pack over batches of family units, a column at a time. Gives what policy/evaluate.h gives for each unit,
// without its cost: an expression is compiled once to a graph of columns, equal parts of all rules are worked out once,
// and a batch passes through it in loops over lanes (docs/adr/0014).
//
//   auto layout = std::make_shared<const BatchLayout>(pack);
//   ASSIGN BatchEvaluator evaluator = BatchEvaluator::Create(layout, site, as_of);
//   UnitBatch batch(layout);
//   BatchResult result;
//   for (each some 500 units) { batch.Clear(); batch.Append(…)…; evaluator.Evaluate(batch, &result); }
//
// What the graph cannot express is `boxed`: the plain evaluator works out exactly that fact or rule, subject by
// subject; a fact only where it makes a difference (with want_facts everywhere). Boxed() names it.
//
// One evaluator a thread; copies share the compiled graph. No allocation once a batch of the largest size has passed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/status.h"
#include "policy/columns/batch_layout.h"
#include "policy/columns/batch_result.h"
#include "policy/columns/unit_batch.h"

namespace hearth {

struct BatchOptions {
  std::vector<uint32_t> rules;       // indices in pack.rules(); empty: all
  std::vector<std::string> granted;  // class facts taken as true
  bool want_facts = false;           // keep derived facts, and which facts and parameters were taken
  bool portable = false;             // no instructions beyond the base machine (tests)
};

// A fact or rule that is not done in columns.
struct BoxedItem {
  bool is_rule = false;
  FactPlace place = FactPlace::kHousehold;  // of a fact
  std::string name;                         // of the fact, or id of the rule
  std::string why;
};

class BatchEvaluator {
 public:
  // FailedPrecondition when the pack is not in force on as_of, OutOfRange for a rule that is not there.
  static StatusOr<BatchEvaluator> Create(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                         CivilDay as_of, const BatchOptions& options = {});
  BatchEvaluator(BatchEvaluator&&) noexcept;
  BatchEvaluator& operator=(BatchEvaluator&&) noexcept;
  ~BatchEvaluator();

  // FailedPrecondition when a unit must be worked out apart and the batch cannot hand its facts out.
  Status Evaluate(const UnitBatch& batch, BatchResult* result);

  // Appends what Evaluator::Evaluate would for this unit, in its order.
  //   name_missing  false: determinations that need information leave `missing` empty; saves the plain evaluator's work
  Status ToDeterminations(const UnitBatch& batch, const BatchResult& result, size_t unit, bool name_missing,
                          std::vector<Determination>* out);

  const std::vector<BoxedItem>& Boxed() const;
  struct Shape {
    int rules = 0, rules_in_columns = 0;
    int facts = 0, facts_in_columns = 0;  // derived facts that the rules asked need
    int nodes = 0, steps = 0;             // of the graph; passes over a batch
  };
  Shape shape() const;
  const Pack& pack() const;

 private:
  struct Impl;
  explicit BatchEvaluator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One line a boxed fact or rule: "rule WZ-1.1: an item of a list by its place"; empty: all in columns.
std::string DescribeBoxed(const BatchEvaluator& evaluator);

}  // namespace hearth
