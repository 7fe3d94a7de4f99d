#include "policy/batched_unit.h"

#include <bit>

#include "policy/fact_row_at.h"
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

void BatchedUnit::Begin() {
  const PackData& data = batch_.layout().pack().data();
  for (int p = 0; p < kFactPlaces; ++p) {
    const FactPlace place = static_cast<FactPlace>(p);
    const size_t lanes = place == FactPlace::kMember ? batch_.members() : batch_.size(), slots = data.slots[p].size();
    std::vector<uint32_t>& begin = taken_begin_[p];
    begin.assign(lanes + 2, 0);
    const auto each = [&](auto&& visit) {
      for (size_t s = 0; s < slots; ++s) {
        const Says says = SaysOf(place, static_cast<int>(s));
        if (says == Says::kNever) continue;
        const int index = data.slots[p][s].index;
        const std::span<const uint64_t> bits = result_.TakenBits(place, static_cast<int>(s));
        for (size_t w = 0; w < bits.size(); ++w) {
          for (uint64_t left = bits[w]; left != 0; left &= left - 1) {
            const size_t lane = w * 64 + static_cast<size_t>(std::countr_zero(left));
            if (lane >= lanes || (says == Says::kWhereKnown && result_.DerivedFact(index, lane).IsNull())) continue;
            visit(lane, static_cast<int>(s));
          }
        }
      }
    };
    // Counted two lanes on, so that filling leaves each lane's beginning where it belongs.
    each([&](size_t lane, int) { ++begin[lane + 2]; });
    for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    taken_[p].resize(begin.back());
    each([&](size_t lane, int slot) { taken_[p][begin[lane + 1]++] = slot; });
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

std::span<const int> BatchedUnit::TakenSlots(FactPlace place, int member) {
  const size_t p = static_cast<size_t>(place), lane = Lane(place, member);
  return std::span(taken_[p]).subspan(taken_begin_[p][lane], taken_begin_[p][lane + 1] - taken_begin_[p][lane]);
}

bool BatchedUnit::Taken(FactPlace place, int member, int slot) const {
  const size_t lane = Lane(place, member);
  if (!result_.FactTaken(place, slot, lane)) return false;
  const Says says = SaysOf(place, slot);
  if (says != Says::kWhereKnown) return says == Says::kAlways;
  const PackData& data = batch_.layout().pack().data();
  const int index = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)].index;
  return !result_.DerivedFact(index, lane).IsNull();
}

BatchedUnit::Says BatchedUnit::SaysOf(FactPlace place, int slot) const {
  const PackData& data = batch_.layout().pack().data();
  const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (use.kind != SlotUse::Kind::kDerived) return Says::kAlways;
  const size_t index = static_cast<size_t>(use.index);
  if (data.derived[index].type == FactType::kRows) return Says::kAlways;  // marked alone, no value
  if (boxed_[index]) return Says::kWhereKnown;
  return result_.KeepsFact(use.index) ? Says::kAlways : Says::kNever;
}

bool BatchedUnit::PlaceThere(FactPlace place) const {
  return place == FactPlace::kMember ? !facts_->members.empty() : !FactRowAt(*facts_, place, -1).values.empty();
}

const Value& BatchedUnit::ValueOf(FactPlace place, int member, int slot) {
  const PackData& data = batch_.layout().pack().data();
  const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (use.kind == SlotUse::Kind::kDerived) {
    value_ = result_.DerivedFact(use.index, Lane(place, member));
    return value_;
  }
  const FactRow& row = FactRowAt(*facts_, place, member);
  if (static_cast<size_t>(slot) < row.values.size()) return row.values[static_cast<size_t>(slot)];
  value_ = Value::Null();
  return value_;
}

const RowRef* BatchedUnit::SourceOf(FactPlace place, int member, int slot) const {
  const FactRow& row = FactRowAt(*facts_, place, member);
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
