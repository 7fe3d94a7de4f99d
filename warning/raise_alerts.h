// Raises tonight's alerts: recognised but not on the register (应保未保), on the register but no longer recognised and
// no exit period running (应退未退). Unknown never raises: a rule that needs information is no alert.
//
//   AlertRaiser raiser = AlertRaiser::Create(pack, site, as_of);    // one a thread
//   raiser.Raise(subject, facts, determinations, &alerts);          // a living family unit
//   raiser.RaiseAbsent(subject, facts, &alerts);                    // people on a register who are dead or gone
//
// Each alert is kNew, raised and seen on as_of; alert_life.h joins it with yesterday's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/alert.h"
#include "core/facts.h"
#include "policy/evaluate.h"
#include "warning/programme.h"

namespace hearth {

struct AlertMember {
  PersonId person;
  std::string record_no;  // key of the person's household-registration row
  EvidenceGrade evidence = EvidenceGrade::kStrong;
  bool dead = false;
};

// Who an alert would be about.
struct AlertSubject {
  FamilyUnitId unit;  // 0 for people who are in no living unit
  std::string household_no, region;
  std::vector<AlertMember> members;  // as in the facts
};

// Other ways to read the same registers. A family's alert is raised only when it holds in each of them: what remains
// open is for a person to say first.
struct OtherReadings {
  const UnitFacts* wider = nullptr;        // with co-registered people who may belong to the unit
  const UnitFacts* on_register = nullptr;  // the people whom the family's case on the register names; adverse only
  const UnitFacts* reviewed = nullptr;     // with rows that are under clerical review
  bool incomplete = false;                 // somebody outside the home may belong to it: never likely eligible
};

// Alerts that were not raised, by what is open.
struct Withheld {
  uint64_t composition = 0, review = 0;
};

class AlertRaiser {
 public:
  // FailedPrecondition when the pack is not in force on as_of.
  static StatusOr<AlertRaiser> Create(const Pack& pack, const SiteParameters& site, CivilDay as_of);
  AlertRaiser(AlertRaiser&&) noexcept;
  ~AlertRaiser();

  // Whether a programme of families would be raised if the other readings agree. They need be drawn only then.
  StatusOr<bool> AsksOtherReadings(const UnitFacts& facts, std::span<const Determination> determinations);
  // determinations: of every rule and subject, not-eligible ones included, as Evaluate gives them.
  Status Raise(const AlertSubject& subject, const UnitFacts& facts, std::span<const Determination> determinations,
               const OtherReadings& other, std::vector<Alert>* alerts, Withheld* withheld);
  // whole_household: nobody of the household lives on, so a family's programme may be raised too.
  Status RaiseAbsent(const AlertSubject& subject, const UnitFacts& facts, bool whole_household,
                     std::vector<Alert>* alerts);
  const std::vector<Programme>& programmes() const;

 private:
  struct Impl;
  explicit AlertRaiser(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth
