// Evaluating a pack: facts of one family unit on one day -> a Determination per rule and subject, and on request the
// trace of one of them. Pure: no clock, no I/O; equal arguments give equal results.
//
//   ASSIGN Evaluator evaluator = Evaluator::Create(pack, site, as_of);   // one a thread, reused for many units
//   for (const UnitFacts& unit : batch) evaluator.Evaluate(unit, &determinations);
//
// Unknown is never "no": a rule whose condition or amount is null for want of a fact needs_information and names the
// facts. A parameter that the locality has not set leaves an amount open (eligible, no amount); in a condition it is
// named among the missing.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/determination.h"
#include "core/facts.h"
#include "core/status.h"
#include "policy/pack.h"

namespace hearth {

struct EvaluateOptions {
  std::vector<uint32_t> rules;       // indices in pack.rules(); empty: all
  std::vector<std::string> granted;  // class facts taken as true, whatever the facts say (the if_recognised pass)
  bool keep_not_eligible = true;     // false: such determinations are left out
};

class Evaluator {
 public:
  // FailedPrecondition when the pack is not in force on as_of.
  static StatusOr<Evaluator> Create(const Pack& pack, const SiteParameters& site, CivilDay as_of,
                                    const EvaluateOptions& options = {});
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  // Appends determinations in order of rule, then member. A person rule gives one per member, a household rule one,
  // a rule of another unit one when its facts are there. `facts` is sized by pack.layout(), see EmptyFacts.
  void Evaluate(const UnitFacts& facts, std::vector<Determination>* out);

  // As Evaluate, without the names of missing facts, and marking the facts that were needed on the branches taken.
  void EvaluateMarked(const UnitFacts& facts, std::vector<Determination>* out);
  // Of the unit last marked: whether a fact was needed, and its value.
  bool Taken(FactPlace place, int member, int slot) const;
  const Value& TakenValue(FactPlace place, int member, int slot);

  // The value of a raw or derived fact; null when unknown. NotFound when the pack has no such name there.
  StatusOr<Value> Fact(const UnitFacts& facts, FactPlace place, std::string_view name, int member = -1);
  // As on the day of this evaluator, site's own value first; null when the locality has not set it.
  StatusOr<Value> ParameterValue(std::string_view name) const;

  // The steps that led to a rule's outcome, the last step being the rule. member: -1 for the whole unit.
  StatusOr<Trace> Explain(const UnitFacts& facts, uint32_t rule, int member);
  StatusOr<Trace> ExplainFact(const UnitFacts& facts, FactPlace place, std::string_view name, int member = -1);

  // A floor, ceiling or target missed: true or false, null when unknown. InvalidArgument when the rule has no breach.
  StatusOr<Value> Breach(const UnitFacts& facts, uint32_t rule, int member);
  // The last day in time. InvalidArgument when the rule has no due.
  StatusOr<Value> Due(const UnitFacts& facts, uint32_t rule, int member);

  const Pack& pack() const;
  CivilDay as_of() const;

 private:
  struct Impl;
  explicit Evaluator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Facts of the pack's layout, all null.
UnitFacts EmptyFacts(const Pack& pack, size_t members);
// Sets a fact by name, marked as given. NotFound when the pack does not read it there.
Status SetFact(const Pack& pack, UnitFacts* facts, FactPlace place, std::string_view name, Value value,
               int member = -1);

// One unit, once: an Evaluator made for the call.
StatusOr<std::vector<Determination>> EvaluateUnit(const Pack& pack, const SiteParameters& site, const UnitFacts& facts,
                                                  CivilDay as_of, const EvaluateOptions& options = {});
StatusOr<Trace> ExplainRule(const Pack& pack, const SiteParameters& site, const UnitFacts& facts, CivilDay as_of,
                            uint32_t rule, int member);

}  // namespace hearth
