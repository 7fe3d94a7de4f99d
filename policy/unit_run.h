// One family unit under evaluation: where its facts come from, which derived ones are already worked out, and what a
// trace records on the way. Internal to policy/.
//
// A UnitRun belongs to one thread and is used for many units in turn: Begin(facts) forgets the last one. The facts
// must stay in place until the next Begin.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/feel/interpreter.h"
#include "policy/pack_data.h"

namespace hearth {

class UnitRun : public feel::FactSource, private feel::Observer {
 public:
  UnitRun(const PackData& data, const SiteParameters& site, CivilDay as_of, const std::vector<std::string>& granted);
  UnitRun(const UnitRun&) = delete;
  UnitRun& operator=(const UnitRun&) = delete;

  const PackData& data() const { return data_; }
  CivilDay as_of() const { return as_of_; }

  void Begin(const UnitFacts& facts);
  // The value of an expression for a member, or for the unit with -1.
  Value Run(const feel::Expression& expression, int32_t member) {
    return RunNode(expression, *expression.root, member);
  }
  // Of a part of it that uses no local value.
  Value RunNode(const feel::Expression& expression, const feel::Node& node, int32_t member);

  // feel::FactSource
  const Value& Fact(FactPlace place, int32_t member, int32_t slot) override;
  const Value& Parameter(int32_t index) override;
  Value ParameterOn(int32_t index, CivilDay day) override;
  int32_t MemberCount() const override { return static_cast<int32_t>(facts_->members.size()); }

  // What an expression that came out null lacked: names of facts ("vehicles.insured_value" for a field of a row),
  // each once, in the order met.
  struct MissingFacts {
    std::vector<std::string> facts;
    bool only_parameters = false;  // parameters alone, and at least one
  };
  MissingFacts Missing(const feel::Expression& expression, int32_t member);

  // From here on, which facts are needed on the branches taken. Begin clears the marks, Missing sets none.
  void NoteTaken(bool on) { note_taken_ = on; }
  bool Taken(FactPlace place, int32_t member, int32_t slot) const {
    const Memo& memo =
        place == FactPlace::kMember ? members_[static_cast<size_t>(member)] : places_[static_cast<int>(place)];
    return memo.taken[static_cast<size_t>(slot)] != 0;
  }

  std::optional<Decimal> LocalAmount(uint32_t rule) const { return local_amounts_[rule]; }

  void StartTrace(Trace* trace);
  void StopTrace();
  // Run with the steps that lead to it recorded at `depth`; rows gets the registry rows read directly.
  Value RunTraced(const feel::Expression& expression, int32_t member, int depth, std::vector<RowRef>* rows);
  std::string SubjectName(FactPlace place, int32_t member) const;

 private:
  struct Collector;

  // Derived values of one subject, kept until the next unit.
  struct Memo {
    std::vector<Value> values;
    std::vector<uint8_t> known, taken;
    void Reset(size_t size) {
      values.resize(size);
      known.assign(size, 0);
      taken.assign(size, 0);
    }
  };

  Memo& MemoAt(FactPlace place, int32_t member);
  const Value& Compute(FactPlace place, int32_t member, int32_t slot, const SlotUse& use);
  Value JoinRows(int32_t member_slot) const;
  void TraceFact(FactPlace place, int32_t member, int32_t slot, const SlotUse& use, const Value& value);
  void Compared(const feel::Node& node, const Value& left, const Value& right, const Value& result) override;
  void ReadRow(const RowRef& row) override;

  const PackData& data_;
  const SiteParameters site_;
  CivilDay as_of_;
  std::vector<Value> parameters_;                      // on as_of
  std::vector<std::optional<Decimal>> local_amounts_;  // by rule
  std::vector<uint8_t> granted_[kFactPlaces];          // by slot
  const Value true_ = Value::Boolean(true);
  const Value null_;

  const UnitFacts* facts_ = nullptr;
  Memo places_[kFactPlaces];  // kMember is not used
  std::vector<Memo> members_;
  std::vector<Value> locals_;
  size_t locals_top_ = 0;
  bool note_taken_ = false;

  Trace* trace_ = nullptr;
  int depth_ = 0;
  std::vector<RowRef>* rows_ = nullptr;
  const feel::Expression* current_ = nullptr;
  std::string current_subject_;
  std::set<std::string> traced_;  // facts and parameters already among the steps
};

}  // namespace hearth
