// What a BatchEvaluator found for a UnitBatch: per rule and subject an outcome and an amount, as columns.
//
// A subject is a unit, or a member for the rules of persons; lane i is unit i or member i of the batch. Spans of bits
// hold lane i at bit i % 64 of word i / 64. Everything stays good until the result is used for another batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/determination.h"
#include "core/facts.h"

namespace hearth {

// One rule. No bit of the three is set where the rule has no subject (no city facts for a city rule).
struct RuleColumn {
  uint32_t rule = 0;
  bool of_members = false;
  size_t lanes = 0;
  Period per = Period::kNone;
  bool has_amount = false;
  std::span<const uint64_t> eligible, not_eligible, needs_information;
  std::span<const uint64_t> outdone;       // not eligible because another rule of its stacking group stands
  std::span<const uint64_t> amount_known;  // eligible lanes with an amount
  // Fen. Empty: every known amount is constant_fen.
  std::span<const int64_t> amount_fen;
  int64_t constant_fen = 0;

  bool IsEligible(size_t lane) const { return Bit(eligible, lane); }
  Outcome OutcomeAt(size_t lane) const {
    return Bit(eligible, lane)       ? Outcome::kEligible
           : Bit(not_eligible, lane) ? Outcome::kNotEligible
                                     : Outcome::kNeedsInformation;
  }
  std::optional<Money> AmountAt(size_t lane) const {
    if (!Bit(amount_known, lane)) return std::nullopt;
    return Money::FromFen(amount_fen.empty() ? constant_fen : amount_fen[lane]);
  }
  static bool Bit(std::span<const uint64_t> bits, size_t lane) { return (bits[lane / 64] >> (lane % 64) & 1) != 0; }
};

class BatchResult {
 public:
  // In order of rule.
  std::span<const RuleColumn> rules() const { return rules_; }
  size_t units() const { return units_; }
  size_t members() const { return members_; }
  // Units that the plain evaluator worked out, because their facts do not fit the columns.
  size_t boxed_units() const { return boxed_units_; }

  // ---- with want_facts
  // The value of a derived fact by index in pack.derived_facts(); lane: unit, or member for facts of members.
  // Null: unknown. A list of rows is not kept (null).
  Value DerivedFact(int index, size_t lane) const;
  // Whether the fact in a slot, or the parameter, was needed on the branches taken for this subject by any rule asked.
  // All items of a list that a filter or quantifier looks through count as needed; units evaluated apart are left out.
  // Lanes are units, members for facts of members. A parameter is looked at per unit.
  bool FactTaken(FactPlace place, int slot, size_t lane) const;
  bool ParameterTaken(int index, size_t unit) const;
  // FactTaken of all lanes, as bits; empty: of none. Bits beyond the last lane mean nothing.
  std::span<const uint64_t> TakenBits(FactPlace place, int slot) const;
  // Whether the columns hold values of a derived fact at all: not of lists, nor of what no rule reads.
  bool KeepsFact(int index) const;
  // The plain evaluator worked this fact out, with its whole unit, apart from the columns.
  bool IsApart(int index, size_t lane) const;

 private:
  friend class BatchEvaluator;
  struct Kept;
  size_t units_ = 0, members_ = 0, boxed_units_ = 0;
  std::vector<RuleColumn> rules_;
  std::shared_ptr<Kept> kept_;
};

}  // namespace hearth
