// A unit of a batch as a source of its explanation record: the columns of a BatchEvaluator with want_facts feed the
// same writer as the plain evaluator does. Outcomes, amounts and values are the same; which facts count as needed is
// the columns' word, and may differ where an expression is decided by either of two parts. A derived fact that the
// columns did not come to work out counts as not needed.
//
//   BatchedUnit unit(evaluator, batch, result);   // once for both, good for every batch that passes through them
//   unit.Begin();                                 // after each evaluation
//   for (size_t u = 0; u < batch.size(); ++u) if (unit.Select(u)) writer.Append(subject, unit, &line);
#pragma once

#include "policy/columns/batch_evaluator.h"
#include "policy/explanation.h"

namespace hearth {

// Reads from batch and result; both must stay in place, and the batch must have been appended to (it hands out facts).
// The evaluator's options want facts.
class BatchedUnit : public RecordSource {
 public:
  BatchedUnit(const BatchEvaluator& evaluator, const UnitBatch& batch, const BatchResult& result);
  void Begin();
  // False when the unit was worked out apart from the columns: its record comes from an EvaluatedUnit.
  bool Select(size_t unit);

  size_t Members() const override { return facts_->members.size(); }
  bool PlaceThere(FactPlace place) const override;
  bool Taken(FactPlace place, int member, int slot) const override;
  std::span<const int> TakenSlots(FactPlace place, int member) override;
  bool Given(FactPlace, int, int) const override { return false; }
  const Value& ValueOf(FactPlace place, int member, int slot) override;
  const RowRef* SourceOf(FactPlace place, int member, int slot) const override;
  Mark Outcome(uint32_t rule, int member, std::optional<Money>* amount) const override;

 private:
  // When the columns' value of a needed fact may be written: unknown may mean that it was not worked out.
  enum class Says : uint8_t { kAlways, kWhereKnown, kNever };
  Says SaysOf(FactPlace place, int slot) const;
  size_t Lane(FactPlace place, int member) const {
    return place == FactPlace::kMember ? first_member_ + static_cast<size_t>(member) : unit_;
  }

  const UnitBatch& batch_;
  const BatchResult& result_;
  const UnitFacts* facts_ = nullptr;
  size_t unit_ = 0, first_member_ = 0;
  std::vector<bool> boxed_;  // by index of derived: worked out subject by subject, where it may matter
  Value value_;
  // By place: the slots needed by lane, lane after lane, ascending; where each lane's begin, with the end of the last.
  std::vector<int> taken_[kFactPlaces];
  std::vector<uint32_t> taken_begin_[kFactPlaces];
};

}  // namespace hearth
