// Turns the expressions of a pack into nodes of a graph. Internal to policy/columns.
//
// Each part of an expression becomes a ColumnValue: the nodes that hold its values and, in bits, where they are known.
// A boolean is two columns of bits, where it is true and where it is false; unknown is neither. That makes `and`, `or`
// and `not` of three values plain bit operations. What cannot be expressed sets a reason, and the whole fact or rule is
// then left to the plain evaluator.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/columns/plan.h"
#include "policy/feel/interpreter.h"
#include "policy/unit_run.h"

namespace hearth::columns {

// An axis says whose lanes these are: 0 the units, 1 the member under evaluation, others the items of one loop. Two
// axes may share a level (two loops over members), so that a value of one never meets a value of the other by mistake.
using Axis = int;
inline constexpr Axis kNoAxis = -1, kUnitAxis = 0, kMemberAxis = 1;

struct ColumnValue {
  enum class Kind : uint8_t {
    kConstant,
    kBoolean,
    kNumber,
    kText,
    kDate,
    kMonths,
    kDays,
    kMember,
    kRow,
    kList,
    kItems
  };
  Kind kind = Kind::kConstant;
  Axis axis = kNoAxis;
  Value constant;  // kConstant; null: unknown

  NodeId is_true = kNoNode, is_false = kNoNode;  // kBoolean
  NodeId data = kNoNode, known = kNoNode;        // other scalars; known also of kList
  // kNumber: data / 10^scale / denominator. kDays: seconds in one unit of data (1 or 86400).
  int scale = 0;
  NodeId denominator = kNoNode;
  int registry = -1;  // kRow

  // kList: items at `items_level`, those in `mask`; the list itself stands at `axis`.
  Level items_level = kUnits;
  NodeId mask = kNoNode;
  std::shared_ptr<const ColumnValue> item;
  bool single = false;             // kList: not a list but the one item of it that the mask leaves
  std::vector<ColumnValue> items;  // kItems: written one by one
};

class Builder {
 public:
  Builder(Plan* plan, const PackData& data);
  void Run();

 private:
  using Kind = ColumnValue::Kind;
  struct AxisInfo {
    Level level;
    Axis parent;
  };
  // Parameters, and derived facts that come down to constants.
  class ConstantFacts : public feel::FactSource {
   public:
    explicit ConstantFacts(Builder* builder) : builder_(builder) {}
    const Value& Fact(FactPlace place, int32_t, int32_t slot) override;
    const Value& Parameter(int32_t index) override { return builder_->constants_.Parameter(index); }
    Value ParameterOn(int32_t index, CivilDay day) override { return builder_->constants_.ParameterOn(index, day); }
    int32_t MemberCount() const override { return 0; }

   private:
    Builder* builder_;
    Value value_;
  };
  // What an expression is compiled in.
  struct Scope {
    Axis subject = kUnitAxis;
    std::vector<ColumnValue> locals;
  };

  // ---- builder.cc: facts, rules, the walk
  ColumnValue Fail(std::string why);
  void BuildRule(uint32_t rule);
  ColumnValue CompileExpression(const feel::Expression& e, Axis subject);
  ColumnValue Compile(const feel::Node& n, Scope& s);
  bool IsConstant(const feel::Node& n, const Scope& s, int32_t inner_from);
  bool IsConstantFact(FactPlace place, int slot);
  bool ReadsNoFact(const feel::Node& n) const;
  Value EvaluateConstant(const feel::Node& n, const Scope& s);
  ColumnValue Fact(FactPlace place, int slot, Axis subject);
  ColumnValue DerivedFact(FactPlace place, int slot, const SlotUse& use);
  ColumnValue InputValue(const InputColumn& column, Axis axis);
  ColumnValue RowsOf(int registry, Axis subject);
  ColumnValue BoxFact(FactPlace place, int slot, int derived, const std::string& why);
  void KeepFact(int derived, const ColumnValue& v, Level level);
  std::optional<ColumnValue> WordCondition(const feel::Node& n, Scope& s);
  bool FindWord(const feel::Node& n, Scope& s, int32_t inner_from, std::optional<ColumnValue>* word, int* parts);
  std::unique_ptr<feel::Node> WithInput(const feel::Node& n, const Scope& s, int32_t inner_from);

  // ---- axes
  Axis NewAxis(Level level, Axis parent);
  Axis Meet(Axis a, Axis b);  // fails when neither lies within the other
  ColumnValue Bring(ColumnValue v, Axis to);
  static ColumnValue OnAxis(ColumnValue v, Axis axis);  // the same nodes, seen as another axis of their level
  Level LevelOf(Axis a) const { return a == kNoAxis ? kConstant : axes_[static_cast<size_t>(a)].level; }
  NodeId ListKnown(const ColumnValue& list) const { return list.known; }

  // ---- builder_scalars.cc
  ColumnValue FromConstant(const Value& v);                 // as a scalar of its kind
  ColumnValue ConstantOf(const ColumnValue& v, Kind like);  // an unknown constant takes the kind of its partner
  ColumnValue Boolean(Axis axis, NodeId is_true, NodeId is_false);
  ColumnValue Number(Axis axis, NodeId data, NodeId known, int scale, NodeId denominator);
  ColumnValue Scalar(Kind kind, Axis axis, NodeId data, NodeId known);
  NodeId KnownOf(const ColumnValue& v);
  ColumnValue AsBoolean(const ColumnValue& v);
  bool Align(ColumnValue* a, ColumnValue* b);  // numbers: same scale and denominator
  bool ScaleTo(ColumnValue* a, int scale);
  ColumnValue Arithmetic(feel::Op op, ColumnValue a, ColumnValue b);
  ColumnValue AddNumbers(ColumnValue a, ColumnValue b, bool subtract);
  ColumnValue MultiplyNumbers(const ColumnValue& a, const ColumnValue& b);
  ColumnValue DivideNumbers(const ColumnValue& a, const ColumnValue& b);
  ColumnValue ShiftDate(const ColumnValue& date, const ColumnValue& by, bool back);
  ColumnValue Negate(const ColumnValue& v);
  ColumnValue Compare(feel::Comparison c, ColumnValue a, ColumnValue b);
  ColumnValue Present(const ColumnValue& v, bool wanted_null);
  ColumnValue Select(const ColumnValue& condition, ColumnValue a, ColumnValue b);
  ColumnValue SelectList(const ColumnValue& condition, const ColumnValue& a, const ColumnValue& b);
  ColumnValue Extreme(std::vector<ColumnValue> items, bool largest);
  ColumnValue Rounded(const ColumnValue& v, int scale, RoundMode mode);
  ColumnValue Part(const ColumnValue& v, const std::string& name);
  ColumnValue And(const ColumnValue& a, const ColumnValue& b);
  ColumnValue Or(const ColumnValue& a, const ColumnValue& b);
  ColumnValue Not(const ColumnValue& v);

  // ---- builder_lists.cc
  ColumnValue Call(const feel::Node& n, Scope& s);
  ColumnValue Filter(const feel::Node& n, Scope& s);
  ColumnValue Loop(const feel::Node& n, Scope& s);
  ColumnValue In(const feel::Node& n, Scope& s);
  ColumnValue TestIn(const feel::Node& test, const ColumnValue& v, Scope& s);
  ColumnValue TestAgainst(const ColumnValue& v, const Value& against);
  ColumnValue Columns(const ColumnValue& of, const feel::Node& n);
  ColumnValue SubjectFacts(const ColumnValue& of, int slot);
  ColumnValue Aggregate(const feel::Node& n, Scope& s, std::string_view name);
  ColumnValue EdgeOf(const feel::Node& list, const feel::Node& place, Scope& s);
  ColumnValue OnlyItem(const ColumnValue& list);
  ColumnValue Distinct(const feel::Node& n, Scope& s);
  std::optional<ColumnValue> ItemsOf(const feel::Node& list, Scope& s);  // a list in columns or written out
  ColumnValue SumOf(const ColumnValue& list);
  ColumnValue CountOf(const ColumnValue& list);
  ColumnValue ExtremeOf(const ColumnValue& list, bool largest);
  ColumnValue AnyOf(const ColumnValue& list, const ColumnValue& condition, bool every);
  // Bits of the list's parents: a masked item has the bit.
  NodeId AnyItem(const ColumnValue& list, NodeId bits);
  NodeId OnItems(const ColumnValue& list, NodeId bits_of_parent);

  // ---- builder_taken.cc
  void FindTaken();
  void NeedExpression(const feel::Expression& e, Axis subject, NodeId bits);
  // Marks what n reads as needed where `bits` of the axis are set.
  void Need(const feel::Node& n, Axis axis, NodeId bits, Scope& s);
  void NeedItems(const ColumnValue& list, const feel::Node& body, size_t local, Axis axis, NodeId bits, Scope& s);
  void NeedFact(FactPlace place, int slot, NodeId bits);
  NodeId BitsUp(NodeId bits, Axis from, Axis to);
  ColumnValue Try(const feel::Node& n, Scope& s, bool* good);  // Compile whose failure is no failure of the whole

  // ---- builder_demand.cc
  enum class Settle : uint8_t { kTrue, kFalse, kNotTrue, kNotFalse };
  void FindDemand();
  // Marks the boxed facts that n reads as needed where `bits` of the axis are set.
  void Demand(const feel::Node& n, Axis axis, NodeId bits, Scope& s);
  void DemandItems(const feel::Node& n, Axis axis, NodeId bits, Scope& s);
  void DemandAll(const feel::Node& n, Axis axis, NodeId bits);
  void DemandFact(FactPlace place, int slot, NodeId bits);
  NodeId Settled(const feel::Node& n, Axis axis, Settle how, Scope& s);
  NodeId Reaching(NodeId bits, Axis from, Axis to);
  bool IsWithin(Axis axis, Axis outer) const;
  bool IsBoxedFact(FactPlace place, int slot) const;
  bool LeadsToBoxed(const feel::Node& n);
  bool ReadsBoxed(NodeId id);

  Plan* plan_;
  Graph& g_;
  const PackData& data_;
  UnitRun constants_;  // parameters, and the day
  ConstantFacts constant_facts_{this};
  std::vector<uint8_t> granted_[kFactPlaces];
  std::vector<AxisInfo> axes_;
  std::string why_;  // the first reason of the expression under way; empty: none
  struct Known {
    bool done = false;
    ColumnValue value;
  };
  std::vector<Known> facts_[kFactPlaces];
  std::vector<std::pair<FactPlace, int>> derived_order_;  // each after those it reads
  // Of FindDemand, by slot: bits of the subjects that need the fact, and whether it leads to a boxed one (-1: not
  // seen).
  std::vector<NodeId> demand_[kFactPlaces];
  std::vector<int8_t> leads_to_boxed_[kFactPlaces];
  std::vector<bool> reads_boxed_;  // by node
};

}  // namespace hearth::columns
