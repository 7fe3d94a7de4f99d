#include "policy/batched_unit.h"

#include "policy/pack_data.h"

namespace hearth {

BatchedUnit::BatchedUnit(const BatchEvaluator& evaluator, const UnitBatch& batch, const BatchResult& result)
    : batch_(batch), result_(result) {
  const PackData& data = batch.layout().pack().data();
  boxed_.assign(data.derived.size(), false);
  for (const BoxedItem& item : evaluator.Boxed()) {
    for (size_t i = 0; i < data.derived.size(); ++i) {
      if (!item.is_rule && data.derived[i].name == item.name && data.derived[i].place == item.place) boxed_[i] = true;
    }
  }
}

bool BatchedUnit::Select(size_t unit) {
  if (batch_.IsBoxed(unit)) return false;
  facts_ = batch_.Facts(unit);
  unit_ = unit;
  first_member_ = batch_.MemberOffset(unit);
  if (facts_ == nullptr || result_.boxed_units() == 0) return facts_ != nullptr;
  // A boxed fact whose value did not fit sends its unit apart while the batch is evaluated.
  for (size_t i = 0; i < boxed_.size(); ++i) {
    const bool of_members = batch_.layout().pack().data().derived[i].place == FactPlace::kMember;
    if (of_members && facts_->members.empty()) continue;
    if (result_.IsApart(static_cast<int>(i), of_members ? first_member_ : unit_)) return false;
  }
  return true;
}

bool BatchedUnit::Taken(FactPlace place, int member, int slot) const {
  const size_t lane = Lane(place, member);
  if (!result_.FactTaken(place, slot, lane)) return false;
  const PackData& data = batch_.layout().pack().data();
  const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (use.kind != SlotUse::Kind::kDerived) return true;
  const size_t index = static_cast<size_t>(use.index);
  if (data.derived[index].type == FactType::kRows) return true;  // marked alone, no value
  if (!boxed_[index]) return result_.KeepsFact(use.index);
  return !result_.DerivedFact(use.index, lane).IsNull();
}

const FactRow& BatchedUnit::RowAt(FactPlace place, int member) const {
  switch (place) {
    case FactPlace::kMember:
      return facts_->members[static_cast<size_t>(member)];
    case FactPlace::kEmployer:
      return facts_->employer;
    case FactPlace::kInstitution:
      return facts_->institution;
    case FactPlace::kCity:
      return facts_->city;
    case FactPlace::kHousehold:
      break;
  }
  return facts_->household;
}

bool BatchedUnit::PlaceThere(FactPlace place) const {
  return place == FactPlace::kMember ? !facts_->members.empty() : !RowAt(place, -1).values.empty();
}

const Value& BatchedUnit::ValueOf(FactPlace place, int member, int slot) {
  const PackData& data = batch_.layout().pack().data();
  const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (use.kind == SlotUse::Kind::kDerived) {
    value_ = result_.DerivedFact(use.index, Lane(place, member));
    return value_;
  }
  const FactRow& row = RowAt(place, member);
  if (static_cast<size_t>(slot) < row.values.size()) return row.values[static_cast<size_t>(slot)];
  value_ = Value::Null();
  return value_;
}

const RowRef* BatchedUnit::SourceOf(FactPlace place, int member, int slot) const {
  const FactRow& row = RowAt(place, member);
  if (static_cast<size_t>(slot) >= row.sources.size()) return nullptr;
  const RowRef& source = row.sources[static_cast<size_t>(slot)];
  return source.table != nullptr ? &source : nullptr;
}

RecordSource::Mark BatchedUnit::Outcome(uint32_t rule, int member, std::optional<Money>* amount) const {
  const RuleColumn& column = result_.rules()[rule];
  const size_t lane = column.of_members ? first_member_ + static_cast<size_t>(member) : unit_;
  if (column.IsEligible(lane)) {
    *amount = column.AmountAt(lane);
    return Mark::kEligible;
  }
  if (RuleColumn::Bit(column.not_eligible, lane)) return Mark::kNotEligible;
  return RuleColumn::Bit(column.needs_information, lane) ? Mark::kNeedsInformation : Mark::kNoSubject;
}

}  // namespace hearth
