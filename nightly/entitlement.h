// What the rules of a pack give each family unit when the rules themselves, and not the registers, say who is in a
// class: the world of a what-if, in which everybody applies and everybody is reviewed on the day.
//
// A class fact (in_dibao …) becomes true when its recognition rule or a rule that keeps it holds, false when all of
// them fail, and stays the register's word where they need information. One class may rest on another (low-edge: not
// dibao), so this is repeated until nothing changes, three times at most.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/status.h"
#include "policy/columns/batch_evaluator.h"
#include "warning/programme.h"

namespace hearth {

// An eligible determination.
struct Entitled {
  uint32_t rule = 0;
  int32_t member = -1;
  std::optional<Money> amount;
  Period per = Period::kNone;
  auto operator<=>(const Entitled&) const = default;
};

// Money or its worth goes to the subject: not a recognition, a line, a target or what is left out of income.
bool IsBenefit(const Rule& rule);

class EntitlementRun {
 public:
  // FailedPrecondition when the pack is not in force on as_of.
  static StatusOr<EntitlementRun> Create(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                         CivilDay as_of);
  // facts: drawn for the layout's pack; their class facts are changed as said above. entitled: by unit, in order of
  // rule and member. One run a thread.
  Status Run(std::span<UnitFacts> facts, std::vector<std::vector<Entitled>>* entitled);

  const std::vector<Programme>& programmes() const { return programmes_; }

 private:
  EntitlementRun(std::shared_ptr<const BatchLayout> layout, std::vector<Programme> programmes, BatchEvaluator classes,
                 BatchEvaluator all);
  void Fill(std::span<const UnitFacts> facts);
  bool SetClasses(std::span<UnitFacts> facts);

  std::shared_ptr<const BatchLayout> layout_;
  std::vector<Programme> programmes_;
  BatchEvaluator classes_, all_;
  UnitBatch batch_;
  BatchResult result_;
};

}  // namespace hearth
