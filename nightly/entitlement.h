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

// Facts of some units, put into columns once and asked under any number of parameters. Facts stay in place until the
// next Fill.
struct EntitlementBatch {
  explicit EntitlementBatch(std::shared_ptr<const BatchLayout> layout) : columns(std::move(layout)) {}
  void Fill(std::span<UnitFacts> units);

  std::span<UnitFacts> facts;
  UnitBatch columns;
};

// The class facts as a run left them: by programme, then by unit, or by member in order.
using ClassValues = std::vector<std::vector<Value>>;

class EntitlementRun {
 public:
  // FailedPrecondition when the pack is not in force on as_of.
  static StatusOr<EntitlementRun> Create(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                         CivilDay as_of);
  // entitled: by unit, in order of rule and member. The batch's facts are as before when it returns. One run a thread.
  Status Run(EntitlementBatch* batch, std::vector<std::vector<Entitled>>* entitled, ClassValues* classes);
  // A unit's facts with the class facts that a run left.
  UnitFacts WithClasses(const EntitlementBatch& batch, const ClassValues& classes, size_t unit) const;

  const std::vector<Programme>& programmes() const { return programmes_; }

 private:
  // A programme's class fact in the layout.
  struct ClassFact {
    FactPlace place = FactPlace::kHousehold;
    int slot = -1;
    bool in_columns = false;  // a raw fact; else the pack derives it, and it must be given
  };
  EntitlementRun(std::shared_ptr<const BatchLayout> layout, std::vector<Programme> programmes, BatchEvaluator classes,
                 BatchEvaluator all);
  static FactRow& RowOf(UnitFacts* unit, FactPlace place, size_t member);
  void Set(const ClassFact& fact, FactRow* row, const Value& value, bool given) const;
  ClassValues Read(const EntitlementBatch& batch) const;
  bool Decide(EntitlementBatch* batch);
  void Restore(const ClassValues& originals, EntitlementBatch* batch) const;

  std::shared_ptr<const BatchLayout> layout_;
  std::vector<Programme> programmes_;
  std::vector<ClassFact> class_facts_;  // by programme
  BatchEvaluator classes_, all_;
  BatchResult result_;
};

}  // namespace hearth
