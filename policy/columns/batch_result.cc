#include "policy/columns/batch_result.h"

#include "policy/columns/kept_facts.h"

namespace hearth {

Value BatchResult::DerivedFact(int index, size_t lane) const {
  return kept_ == nullptr ? Value::Null() : kept_->Derived(index, lane);
}

bool BatchResult::FactTaken(FactPlace place, int slot, size_t lane) const {
  return kept_ != nullptr && kept_->FactTaken(place, slot, lane);
}

bool BatchResult::ParameterTaken(int index, size_t unit) const {
  return kept_ != nullptr && kept_->ParameterTaken(index, unit);
}

std::span<const uint64_t> BatchResult::TakenBits(FactPlace place, int slot) const {
  if (kept_ == nullptr) return {};
  const auto& slots = kept_->taken_facts[static_cast<int>(place)];
  if (static_cast<size_t>(slot) >= slots.size()) return {};
  return slots[static_cast<size_t>(slot)];
}

bool BatchResult::KeepsFact(int index) const {
  return kept_ != nullptr && static_cast<size_t>(index) < kept_->facts.size() &&
         kept_->facts[static_cast<size_t>(index)].kind != ColumnKind::kNone;
}

bool BatchResult::IsApart(int index, size_t lane) const {
  return kept_ != nullptr && kept_->apart.contains({index, lane});
}

Value BatchResult::Kept::Derived(int index, size_t lane) const {
  const size_t at = static_cast<size_t>(index);
  if (const auto it = apart.find({index, lane}); it != apart.end()) return it->second;
  if (at >= facts.size()) return Value::Null();
  const Fact& f = facts[at];
  if (f.kind == ColumnKind::kNone || !Bit(f.known, lane)) return Value::Null();
  switch (f.kind) {
    case ColumnKind::kBoolean:
      return Value::Boolean(Bit(f.is_true, lane));
    case ColumnKind::kNumber: {
      const Decimal number = Decimal::FromScaled(At(f.values, f.constant, lane), f.scale);
      const int64_t denominator = At(f.denominators, f.constant_denominator, lane);
      if (denominator == 1) return Value::Number(number);
      const std::optional<Decimal> quotient = Decimal::Divide(number, Decimal::FromInt(denominator));
      return quotient ? Value::Number(*quotient) : Value::Null();
    }
    case ColumnKind::kText:
      return Value::Text((*words)[static_cast<int32_t>(At(f.values, f.constant, lane))]);
    case ColumnKind::kDate:
      return Value::Date(CivilDay{static_cast<int32_t>(At(f.values, f.constant, lane))});
    case ColumnKind::kMonths:
      return Value::Months(At(f.values, f.constant, lane));
    case ColumnKind::kDays:
      return Value::Days(At(f.values, f.constant, lane) * f.scale);
    case ColumnKind::kNone:
      break;
  }
  return Value::Null();
}

bool BatchResult::Kept::FactTaken(FactPlace place, int slot, size_t lane) const {
  const auto& slots = taken_facts[static_cast<int>(place)];
  return static_cast<size_t>(slot) < slots.size() && Bit(slots[static_cast<size_t>(slot)], lane);
}

bool BatchResult::Kept::ParameterTaken(int index, size_t unit) const {
  return static_cast<size_t>(index) < taken_parameters.size() &&
         Bit(taken_parameters[static_cast<size_t>(index)], unit);
}

}  // namespace hearth
