// A pack compiled to columns: the graph, and which of its nodes answer which rule. Immutable; shared by the evaluators
// of all threads. Internal to policy/columns.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/columns/batch_evaluator.h"
#include "policy/columns/graph.h"
#include "policy/feel/node.h"
#include "policy/pack_data.h"

namespace hearth::columns {

// A condition whose only unknown is one word: worked out once for each word that a batch holds.
struct WordTest {
  std::unique_ptr<feel::Node> root;  // the word is input 0
  int locals = 0;
  NodeId word = kNoNode;  // the column of words
};

struct PlannedRule {
  uint32_t rule = 0;
  Level level = kUnits;
  bool boxed = false;
  NodeId holds = kNoNode, fails = kNoNode;  // bits: the condition is true, is false
  bool has_amount = false;
  NodeId fen = kNoNode, fen_known = kNoNode;
  bool always_open = false;  // an amount unknown for want of a parameter alone leaves the rule holding
  std::optional<int64_t> local_fen;
};

// What a derived fact is as a column.
struct PlannedFact {
  ColumnKind kind = ColumnKind::kNone;  // kNone: a list, not kept
  Level level = kUnits;
  int scale = 0;
  NodeId value = kNoNode, known = kNoNode, is_true = kNoNode, denominator = kNoNode;
};

// Bits of the subjects for which something was needed; kNoNode: never.
struct PlannedTaken {
  std::vector<NodeId> facts[kFactPlaces];  // by slot
  std::vector<NodeId> parameters;          // at kUnits
};

struct Plan {
  std::shared_ptr<const BatchLayout> layout;
  SiteParameters site;
  CivilDay as_of;
  BatchOptions options;
  Graph graph;
  std::vector<PlannedRule> rules;  // by rule
  std::vector<BoxedFact> boxed_facts;
  std::vector<NodeId> boxed_needed;  // by boxed fact: bits of the subjects for which it matters; reads no boxed fact
  std::vector<WordTest> word_tests;
  std::map<int, PlannedFact> facts;  // by index of derived, with want_facts
  PlannedTaken taken;
  std::vector<BoxedItem> boxed;
  int facts_asked = 0;
};

std::shared_ptr<const Plan> BuildPlan(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                      CivilDay as_of, const BatchOptions& options);

}  // namespace hearth::columns
