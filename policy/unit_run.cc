#include "policy/unit_run.h"

#include <algorithm>
#include <tuple>

#include "core/record_table.h"
#include "policy/fact_row_at.h"

namespace hearth {
namespace {

// The value in force on a day; nullptr before the first.
const Value* InForce(const std::vector<DatedValue>& dated, CivilDay day) {
  const Value* found = nullptr;
  for (const DatedValue& d : dated) {
    if (d.from <= day) found = &d.value;
  }
  return found;
}

Value ParameterAt(const PackData& data, const SiteParameters& site, size_t index, CivilDay day) {
  const hearth::Parameter& p = data.parameters[index];
  if (const auto it = site.values.find(p.name); it != site.values.end()) {
    if (const Value* v = InForce(it->second, day)) return *v;
  }
  const Value* v = InForce(p.values, day);
  return v != nullptr ? *v : Value::Null();
}

}  // namespace

UnitRun::UnitRun(const PackData& data, const SiteParameters& site, CivilDay as_of,
                 const std::vector<std::string>& granted)
    : data_(data), site_(site), as_of_(as_of) {
  for (size_t i = 0; i < data.parameters.size(); ++i) parameters_.push_back(ParameterAt(data, site_, i, as_of));
  local_amounts_.resize(data.rules.size());
  for (const auto& [rule, dated] : site_.local_amount) {
    const auto it = data.rule_index.find(rule);
    const Value* v = InForce(dated, as_of);
    if (it != data.rule_index.end() && v != nullptr && v->kind() == Value::Kind::kNumber) {
      local_amounts_[static_cast<size_t>(it->second)] = v->number();
    }
  }
  for (int p = 0; p < kFactPlaces; ++p) {
    granted_[p].assign(data.layout.Count(static_cast<FactPlace>(p)), 0);
    for (const std::string& name : granted) {
      const int slot = data.layout.Slot(static_cast<FactPlace>(p), name);
      if (slot >= 0) granted_[p][static_cast<size_t>(slot)] = 1;
    }
  }
}

void UnitRun::Begin(const UnitFacts& facts) {
  facts_ = &facts;
  for (int p = 0; p < kFactPlaces; ++p) {
    if (static_cast<FactPlace>(p) != FactPlace::kMember) places_[p].Reset(data_.slots[p].size());
  }
  if (members_.size() < facts.members.size()) members_.resize(facts.members.size());
  for (size_t i = 0; i < facts.members.size(); ++i) {
    members_[i].Reset(data_.slots[static_cast<int>(FactPlace::kMember)].size());
  }
  traced_.clear();
}

UnitRun::Memo& UnitRun::MemoAt(FactPlace place, int32_t member) {
  return place == FactPlace::kMember ? members_[static_cast<size_t>(member)] : places_[static_cast<int>(place)];
}

const Value& UnitRun::Fact(FactPlace place, int32_t member, int32_t slot) {
  const size_t s = static_cast<size_t>(slot);
  const SlotUse& use = data_.slots[static_cast<int>(place)][s];
  if (note_taken_) MemoAt(place, member).taken[s] = 1;
  if (granted_[static_cast<int>(place)][s] != 0) return true_;
  const FactRow& row = FactRowAt(*facts_, place, member);
  const bool given = s < row.given.size() && row.given[s];
  const Value& handed = s < row.values.size() ? row.values[s] : null_;
  const bool derive =
      use.kind == SlotUse::Kind::kDerived || (use.kind == SlotUse::Kind::kRegistry && place == FactPlace::kHousehold);
  if (given || !derive || (use.kind == SlotUse::Kind::kRegistry && !handed.IsNull())) {
    if (trace_ != nullptr) TraceFact(place, member, slot, use, handed);
    return handed;
  }
  const Memo& memo = MemoAt(place, member);
  if (memo.known[s] != 0) return memo.values[s];
  return Compute(place, member, slot, use);
}

const Value& UnitRun::Compute(FactPlace place, int32_t member, int32_t slot, const SlotUse& use) {
  const size_t s = static_cast<size_t>(slot);
  Value value;
  if (use.kind == SlotUse::Kind::kRegistry) {
    value = JoinRows(data_.layout.Slot(FactPlace::kMember, data_.registries[static_cast<size_t>(use.index)]));
    if (trace_ != nullptr) TraceFact(place, member, slot, use, value);
  } else {
    const feel::Expression& expression = data_.derived_expressions[static_cast<size_t>(use.index)];
    const int32_t subject = place == FactPlace::kMember ? member : -1;
    if (trace_ == nullptr) {
      value = Run(expression, subject);
    } else {
      const DerivedFact& fact = data_.derived[static_cast<size_t>(use.index)];
      TraceStep step;
      step.kind = TraceStep::Kind::kDerived;
      step.depth = depth_;
      step.name = fact.name;
      step.expression = fact.expression;
      step.clause = fact.clause;
      step.subject = SubjectName(place, member);
      step.value = RunTraced(expression, subject, depth_ + 1, &step.rows);
      value = step.value;
      trace_->steps.push_back(std::move(step));
    }
  }
  Memo& memo = MemoAt(place, member);
  memo.values[s] = std::move(value);
  memo.known[s] = 1;
  return memo.values[s];
}

// The rows of all members; unknown when one member's are.
Value UnitRun::JoinRows(int32_t member_slot) const {
  const size_t s = static_cast<size_t>(member_slot);
  RowList rows;
  ValueList contexts;
  for (const FactRow& member : facts_->members) {
    const Value& v = s < member.values.size() ? member.values[s] : null_;
    if (v.IsNull()) return v;
    if (v.kind() == Value::Kind::kRows) {
      if (rows.table == nullptr) rows.table = v.rows().table;
      rows.rows.insert(rows.rows.end(), v.rows().rows.begin(), v.rows().rows.end());
    } else {
      ValueList items;
      feel::Items(v, &items);
      contexts.insert(contexts.end(), items.begin(), items.end());
    }
  }
  if (contexts.empty()) {
    // A row that names two members (joint owners) counts once.
    std::sort(rows.rows.begin(), rows.rows.end());
    rows.rows.erase(std::unique(rows.rows.begin(), rows.rows.end()), rows.rows.end());
    return Value::Rows(std::move(rows));
  }
  for (const uint32_t row : rows.rows) contexts.push_back(Value::Row({rows.table, row}));
  return Value::List(std::move(contexts));
}

const Value& UnitRun::Parameter(int32_t index) {
  const Value& v = parameters_[static_cast<size_t>(index)];
  if (trace_ != nullptr) {
    const hearth::Parameter& p = data_.parameters[static_cast<size_t>(index)];
    if (traced_.insert("p " + p.name).second) {
      TraceStep step;
      step.kind = TraceStep::Kind::kParameter;
      step.depth = depth_;
      step.name = p.name;
      step.value = v;
      step.clause = p.clause;
      trace_->steps.push_back(std::move(step));
    }
  }
  return v;
}

Value UnitRun::ParameterOn(int32_t index, CivilDay day) {
  return ParameterAt(data_, site_, static_cast<size_t>(index), day);
}

Value UnitRun::RunNode(const feel::Expression& expression, const feel::Node& node, int32_t member) {
  feel::Frame frame;
  frame.facts = this;
  frame.locals = &locals_;
  frame.base = locals_top_;
  frame.member = member;
  frame.as_of = as_of_;
  frame.rule = feel::NullRule::kUnknown;
  frame.observer = trace_ != nullptr ? this : nullptr;
  locals_top_ += static_cast<size_t>(expression.locals);
  if (locals_.size() < locals_top_) locals_.resize(locals_top_);
  Value value = feel::Evaluate(node, frame);
  locals_top_ = frame.base;
  return value;
}

Value UnitRun::RunTraced(const feel::Expression& expression, int32_t member, int depth, std::vector<RowRef>* rows) {
  const int outer_depth = depth_;
  std::vector<RowRef>* const outer_rows = rows_;
  const feel::Expression* const outer = current_;
  const std::string outer_subject = current_subject_;
  depth_ = depth;
  rows_ = rows;
  current_ = &expression;
  current_subject_ = SubjectName(member >= 0 ? FactPlace::kMember : FactPlace::kHousehold, member);
  Value value = Run(expression, member);
  depth_ = outer_depth;
  rows_ = outer_rows;
  current_ = outer;
  current_subject_ = outer_subject;
  return value;
}

void UnitRun::StartTrace(Trace* trace) {
  trace_ = trace;
  depth_ = 0;
  rows_ = nullptr;
  current_ = nullptr;
}

void UnitRun::StopTrace() {
  trace_ = nullptr;
  rows_ = nullptr;
}

std::string UnitRun::SubjectName(FactPlace place, int32_t member) const {
  switch (place) {
    case FactPlace::kMember:
      return "member " + std::to_string(member + 1);
    case FactPlace::kEmployer:
      return "employer";
    case FactPlace::kInstitution:
      return "institution";
    case FactPlace::kCity:
      return "city";
    case FactPlace::kHousehold:
      break;
  }
  return "household";
}

void UnitRun::TraceFact(FactPlace place, int32_t member, int32_t slot, const SlotUse& use, const Value& value) {
  const std::string& name = data_.layout.Name(place, slot);
  const std::string subject = SubjectName(place, member);
  if (!traced_.insert("f " + subject + " " + name).second) return;
  TraceStep step;
  step.kind = TraceStep::Kind::kFact;
  step.depth = depth_;
  step.name = name;
  step.value = value;
  step.subject = subject;
  if (use.kind == SlotUse::Kind::kDerived) step.clause = data_.derived[static_cast<size_t>(use.index)].clause;
  const std::vector<RowRef>& sources = FactRowAt(*facts_, place, member).sources;
  const size_t at = static_cast<size_t>(slot);
  if (at < sources.size() && sources[at].table != nullptr) step.rows.push_back(sources[at]);
  trace_->steps.push_back(std::move(step));
}

void UnitRun::Compared(const feel::Node& node, const Value& left, const Value& right, const Value& result) {
  if (trace_ == nullptr || current_ == nullptr) return;
  TraceStep step;
  step.kind = TraceStep::Kind::kComparison;
  step.depth = depth_;
  step.name = current_->text.substr(node.begin, node.end - node.begin);
  step.expression = left.ToString() + " against " + right.ToString();
  step.value = result;
  step.subject = current_subject_;
  if (left.kind() == Value::Kind::kNumber && right.kind() == Value::Kind::kNumber) {
    step.distance = Decimal::Subtract(right.number(), left.number());
  }
  trace_->steps.push_back(std::move(step));
}

void UnitRun::ReadRow(const RowRef& row) {
  if (rows_ == nullptr) return;
  if (std::find(rows_->begin(), rows_->end(), row) == rows_->end()) rows_->push_back(row);
}

// Follows unknown derived facts down to what they lack.
struct UnitRun::Collector : feel::MissingSink {
  explicit Collector(UnitRun* r) : run(r) {}

  void Add(std::string name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }

  void Fact(FactPlace place, int32_t member, int32_t slot) override {
    ++asked;
    if (!seen.insert({static_cast<int>(place), member, slot}).second) return;
    const SlotUse& use = run->data_.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    const FactRow& row = FactRowAt(*run->facts_, place, member);
    const bool given = static_cast<size_t>(slot) < row.given.size() && row.given[static_cast<size_t>(slot)];
    if (use.kind == SlotUse::Kind::kDerived && !given) {
      const size_t before = names.size();
      const size_t asked_before = asked;
      Collect(run->data_.derived_expressions[static_cast<size_t>(use.index)],
              place == FactPlace::kMember ? member : -1);
      // Something that cannot be worked out at all (a division by zero) is named itself.
      if (names.size() > before || asked > asked_before) return;
    }
    facts = true;
    Add(run->data_.layout.Name(place, slot));
  }
  void Parameter(int32_t index) override {
    ++asked;
    Add(run->data_.parameters[static_cast<size_t>(index)].name);
  }
  void Field(const RowRef& row, int32_t field) override {
    ++asked;
    facts = true;
    Add(row.table->schema().id + "." + row.table->schema().fields[static_cast<size_t>(field)].name);
  }

  void Collect(const feel::Expression& expression, int32_t member) {
    feel::Frame frame;
    frame.facts = run;
    frame.locals = &run->locals_;
    frame.base = run->locals_top_;
    frame.member = member;
    frame.as_of = run->as_of_;
    run->locals_top_ += static_cast<size_t>(expression.locals);
    if (run->locals_.size() < run->locals_top_) run->locals_.resize(run->locals_top_);
    feel::CollectMissing(*expression.root, frame, this);
    run->locals_top_ = frame.base;
  }

  UnitRun* run;
  std::vector<std::string> names;
  std::set<std::tuple<int, int32_t, int32_t>> seen;
  size_t asked = 0;  // what was asked for, repeats included
  bool facts = false;
};

UnitRun::MissingFacts UnitRun::Missing(const feel::Expression& expression, int32_t member) {
  Trace* const trace = trace_;
  const bool note_taken = note_taken_;
  trace_ = nullptr;
  note_taken_ = false;
  Collector collector(this);
  collector.Collect(expression, member);
  trace_ = trace;
  note_taken_ = note_taken;
  MissingFacts missing;
  missing.only_parameters = !collector.facts && !collector.names.empty();
  missing.facts = std::move(collector.names);
  return missing;
}

}  // namespace hearth
