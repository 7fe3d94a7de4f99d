// Evaluates a compiled expression. The facts come from a FactSource, which may compute them on first use.
#pragma once

#include <span>
#include <vector>

#include "policy/feel/compare.h"
#include "policy/feel/node.h"

namespace hearth::feel {

class FactSource {
 public:
  virtual ~FactSource() = default;
  // member: of FactPlace::kMember. The reference stays good until the next unit is evaluated.
  virtual const Value& Fact(FactPlace place, int32_t member, int32_t slot) = 0;
  virtual const Value& Parameter(int32_t index) = 0;
  virtual Value ParameterOn(int32_t index, CivilDay day) = 0;
  virtual int32_t MemberCount() const = 0;
};

// Told of what an evaluation does, for a trace.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void Compared(const Node& node, const Value& left, const Value& right, const Value& result) = 0;
  virtual void ReadRow(const RowRef& row) = 0;
};

// What an expression is evaluated on. `locals` is shared by nested evaluations; each has its part from `base` on,
// sized by the caller. One Frame a thread.
struct Frame {
  FactSource* facts = nullptr;
  std::span<const Value> inputs;
  const Value* test_input = nullptr;
  std::vector<Value>* locals = nullptr;
  size_t base = 0;
  int32_t member = -1;
  CivilDay as_of;
  NullRule rule = NullRule::kUnknown;
  Observer* observer = nullptr;
  int64_t iterations = 0;  // of all loops so far
};

// An evaluation of more iterations than this (loops and filters together) comes out null: its ends come from data.
inline constexpr int64_t kIterationsMax = 10'000'000;

// Cost: the tree's nodes times the items they run over. Recursion is bounded by kDepthMax.
Value Evaluate(const Node& node, Frame& frame);

// Convenience for an expression on its own: no facts, only inputs.
Value EvaluateAlone(const Expression& expression, std::span<const Value> inputs, NullRule rule,
                    const Value* test_input = nullptr);

// Told of what an unknown value lacked.
class MissingSink {
 public:
  virtual ~MissingSink() = default;
  virtual void Fact(FactPlace place, int32_t member, int32_t slot) = 0;
  virtual void Parameter(int32_t index) = 0;
  virtual void Field(const RowRef& row, int32_t field) = 0;
};

// Of a node that evaluated to null: the unknown facts that could decide it. What a known part already decides
// is left out: `false and x` needs nothing.
void CollectMissing(const Node& node, Frame& frame, MissingSink* sink);

}  // namespace hearth::feel
