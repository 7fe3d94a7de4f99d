#include "policy/columns/batch_evaluator.h"

#include <algorithm>
#include <bit>

#include "policy/columns/kept_facts.h"
#include "policy/columns/plan.h"
#include "policy/columns/program.h"
#include "policy/evaluate.h"
#include "policy/unit_run.h"

namespace hearth {
namespace {

using columns::ColumnAt;
using columns::kNoNode;
using columns::PlannedRule;
using columns::Program;

size_t WordsFor(size_t lanes) { return lanes / 64 + 1; }
bool Bit(const uint64_t* bits, size_t i) { return (bits[i / 64] >> (i % 64) & 1) != 0; }
void SetBit(std::vector<uint64_t>* bits, size_t i, bool value) {
  const uint64_t one = uint64_t{1} << (i % 64);
  (*bits)[i / 64] = value ? (*bits)[i / 64] | one : (*bits)[i / 64] & ~one;
}

// Calls visit(i) for each set bit below `lanes`.
template <class Visit>
void ForEachBit(const uint64_t* bits, size_t lanes, const Visit& visit) {
  for (size_t w = 0; w * 64 < lanes; ++w) {
    for (uint64_t word = bits[w]; word != 0; word &= word - 1) {
      const size_t i = w * 64 + static_cast<size_t>(std::countr_zero(word));
      if (i < lanes) visit(i);
    }
  }
}

}  // namespace

struct BatchEvaluator::Impl {
  std::shared_ptr<const columns::Plan> plan;
  std::shared_ptr<const Program> program;
  Program::Workspace workspace;
  std::unique_ptr<UnitRun> run;                 // of single units
  std::unique_ptr<Evaluator> whole;             // boxed units
  std::vector<std::unique_ptr<Evaluator>> one;  // boxed rules, by place in plan->rules
  std::vector<Determination> determinations;
  std::vector<uint64_t> apart;  // units to be worked out apart
  std::vector<Value> word_locals;

  const PackData& data() const { return plan->layout->pack().data(); }
  void GrowWordTables(const UnitBatch& batch);
  uint8_t TestWord(size_t table, const std::string& word);
  void ClearBoxedFacts(const UnitBatch& batch);
  // needed: by boxed fact, bits of the subjects.
  Status FillBoxedFacts(const UnitBatch& batch, const std::vector<const uint64_t*>& needed);
  void TakeRule(const UnitBatch& batch, const PlannedRule& rule, const Program::Output& output,
                const std::function<ColumnAt(columns::NodeId)>& at, RuleColumn* column,
                BatchResult::Kept::RuleBuffers* buffers);
  Status SettleOpenAmounts(const UnitBatch& batch, const PlannedRule& rule, RuleColumn* column,
                           BatchResult::Kept::RuleBuffers* buffers);
  Status EvaluateBoxedRules(const UnitBatch& batch, BatchResult* result);
  Status EvaluateApart(const UnitBatch& batch, BatchResult* result);
  void ApplyStacking(BatchResult* result, BatchResult::Kept* kept) const;
  static void Settle(RuleColumn* column, BatchResult::Kept::RuleBuffers* buffers);
  static void Put(const Determination& d, size_t lane, BatchResult::Kept::RuleBuffers* buffers);
  StatusOr<const UnitFacts*> FactsOf(const UnitBatch& batch, size_t unit) const;
  size_t UnitOf(const UnitBatch& batch, const PlannedRule& rule, size_t lane, int* member);
};

StatusOr<BatchEvaluator> BatchEvaluator::Create(std::shared_ptr<const BatchLayout> layout, const SiteParameters& site,
                                                CivilDay as_of, const BatchOptions& options) {
  EvaluateOptions plain;
  plain.rules = options.rules;
  plain.granted = options.granted;
  const Pack& pack = layout->pack();
  HEARTH_ASSIGN_OR_RETURN(Evaluator whole, Evaluator::Create(pack, site, as_of, plain));
  auto impl = std::make_unique<Impl>();
  impl->whole = std::make_unique<Evaluator>(std::move(whole));
  impl->plan = columns::BuildPlan(std::move(layout), site, as_of, options);
  const columns::Plan& plan = *impl->plan;
  impl->run = std::make_unique<UnitRun>(impl->data(), site, as_of, plan.options.granted);
  std::vector<Program::Output> outputs;
  if (!plan.boxed_needed.empty()) {
    // First of all: what follows reads the boxed facts.
    Program::Output needed;
    needed.kind = Program::Output::Kind::kBoxedNeeded;
    needed.nodes = plan.boxed_needed;
    outputs.push_back(std::move(needed));
  }
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    const PlannedRule& r = plan.rules[i];
    impl->one.push_back(nullptr);
    if (r.boxed) {
      plain.rules = {r.rule};
      HEARTH_ASSIGN_OR_RETURN(Evaluator one, Evaluator::Create(pack, site, as_of, plain));
      impl->one.back() = std::make_unique<Evaluator>(std::move(one));
      continue;
    }
    Program::Output output;
    output.index = static_cast<int>(i);
    output.nodes = {r.holds, r.fails, r.fen, r.fen_known};
    outputs.push_back(std::move(output));
  }
  for (const auto& [index, f] : plan.facts) {
    Program::Output output;
    output.kind = Program::Output::Kind::kFact;
    output.index = index;
    output.nodes = {f.value, f.known, f.is_true, f.denominator};
    outputs.push_back(std::move(output));
  }
  for (int p = 0; p < kFactPlaces; ++p) {
    for (size_t slot = 0; slot < plan.taken.facts[p].size(); ++slot) {
      if (plan.taken.facts[p][slot] == kNoNode) continue;
      Program::Output output;
      output.kind = Program::Output::Kind::kTakenFact;
      output.place = p;
      output.index = static_cast<int>(slot);
      output.nodes = {plan.taken.facts[p][slot]};
      outputs.push_back(std::move(output));
    }
  }
  for (size_t i = 0; i < plan.taken.parameters.size(); ++i) {
    if (plan.taken.parameters[i] == kNoNode) continue;
    Program::Output output;
    output.kind = Program::Output::Kind::kTakenParameter;
    output.index = static_cast<int>(i);
    output.nodes = {plan.taken.parameters[i]};
    outputs.push_back(std::move(output));
  }
  impl->program = std::make_shared<const Program>(plan, std::move(outputs), options.portable);
  return BatchEvaluator(std::move(impl));
}

BatchEvaluator::BatchEvaluator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BatchEvaluator::BatchEvaluator(BatchEvaluator&&) noexcept = default;
BatchEvaluator& BatchEvaluator::operator=(BatchEvaluator&&) noexcept = default;
BatchEvaluator::~BatchEvaluator() = default;

StatusOr<const UnitFacts*> BatchEvaluator::Impl::FactsOf(const UnitBatch& batch, size_t unit) const {
  const UnitFacts* facts = batch.Facts(unit);
  if (facts != nullptr) return facts;
  return FailedPrecondition("unit " + std::to_string(unit) +
                            " of the batch must be worked out apart, and the batch has no fallback to read it from");
}

// Room for what conditions say of words; the words themselves are tested when a column holds them.
void BatchEvaluator::Impl::GrowWordTables(const UnitBatch& batch) {
  Program::Workspace& w = workspace;
  w.tables.resize(plan->word_tests.size());
  const size_t seed = plan->layout->seed_words().size(), size = batch.words().size();
  const bool other_words = w.words_generation != batch.words_generation();
  w.words_generation = batch.words_generation();
  for (Program::Workspace::Table& table : w.tables) {
    if (other_words) table.flags.resize(std::min(table.flags.size(), seed));
    if (table.flags.size() < size) table.flags.resize(size, columns::kUntested);
    table.filled = false;
  }
  w.test_word = [this, &batch](size_t table, int32_t code) { return TestWord(table, batch.words()[code]); };
}

uint8_t BatchEvaluator::Impl::TestWord(size_t table, const std::string& word) {
  const columns::WordTest& test = plan->word_tests[table];
  const Value value = Value::Text(word);
  word_locals.assign(static_cast<size_t>(test.locals), Value());
  feel::Frame frame;
  frame.facts = run.get();
  frame.inputs = std::span<const Value>(&value, 1);
  frame.locals = &word_locals;
  frame.as_of = plan->as_of;
  const Value v = feel::Evaluate(*test.root, frame);
  return static_cast<uint8_t>((v.IsTrue() ? 1 : 0) | (v.IsFalse() ? 2 : 0));
}

void BatchEvaluator::Impl::ClearBoxedFacts(const UnitBatch& batch) {
  Program::Workspace& w = workspace;
  w.boxed.resize(plan->boxed_facts.size());
  for (size_t i = 0; i < w.boxed.size(); ++i) {
    const bool of_members = plan->boxed_facts[i].place == FactPlace::kMember;
    const size_t lanes = of_members ? batch.members() : batch.size(), room = (lanes + 63) / 64 * 64 + columns::kSlack;
    w.boxed[i].known.assign(room / 64 + 2, 0);
    w.boxed[i].is_true.assign(room / 64 + 2, 0);
    w.boxed[i].values.assign(room, 0);
  }
}

Status BatchEvaluator::Impl::FillBoxedFacts(const UnitBatch& batch, const std::vector<const uint64_t*>& needed) {
  Program::Workspace& w = workspace;
  for (size_t u = 0; u < batch.size(); ++u) {
    if (Bit(apart.data(), u)) continue;
    const UnitFacts* facts = nullptr;  // looked at only where something is needed
    for (size_t i = 0; i < w.boxed.size(); ++i) {
      const columns::BoxedFact& f = plan->boxed_facts[i];
      const bool of_members = f.place == FactPlace::kMember;
      const size_t begin = of_members ? batch.MemberOffset(u) : u;
      const size_t end = of_members ? batch.member_offsets()[u + 1] : u + 1;
      for (size_t lane = begin; lane < end; ++lane) {
        if (!Bit(needed[i], lane)) continue;
        if (facts == nullptr) {
          HEARTH_ASSIGN_OR_RETURN(facts, FactsOf(batch, u));
          run->Begin(*facts);
        }
        // Only rules of employers and institutions read their facts, and those have no subject here.
        if (f.place == FactPlace::kEmployer && facts->employer.values.empty()) continue;
        if (f.place == FactPlace::kInstitution && facts->institution.values.empty()) continue;
        const Value& v = run->Fact(f.place, of_members ? static_cast<int32_t>(lane - begin) : -1, f.slot);
        int64_t number = 0;
        if (v.IsNull()) continue;
        if (!ColumnLane(v, f.spec, batch.words(), &number)) {
          SetBit(&apart, u, true);
          continue;
        }
        SetBit(&w.boxed[i].known, lane, true);
        if (v.IsTrue()) SetBit(&w.boxed[i].is_true, lane, true);
        // The graph narrows what fits 32 bits from these.
        w.boxed[i].values[lane] = number;
      }
    }
  }
  return OkStatus();
}

void BatchEvaluator::Impl::TakeRule(const UnitBatch& batch, const PlannedRule& rule, const Program::Output& output,
                                    const std::function<ColumnAt(columns::NodeId)>& at, RuleColumn* column,
                                    BatchResult::Kept::RuleBuffers* b) {
  const size_t lanes = rule.level == columns::kMembers ? batch.members() : batch.size(), words = WordsFor(lanes);
  const uint64_t* holds = at(output.nodes[0]).bits;
  const uint64_t* fails = at(output.nodes[1]).bits;
  const uint64_t* known = rule.has_amount ? at(rule.fen_known).bits : nullptr;
  bool all = true;
  const uint64_t* there = nullptr;
  if (rule.level == columns::kUnits) {
    there = batch.PlaceThere(PlaceOfUnit(data().rules[rule.rule].unit), &all);
  }
  b->eligible.resize(words);
  b->not_eligible.resize(words);
  b->needs.resize(words);
  b->outdone.assign(words, 0);
  b->amount_known.resize(words);
  for (size_t w = 0; w < words; ++w) {
    uint64_t subjects = 0;  // the last word may lie past the last lane
    if (w * 64 < lanes) subjects = there != nullptr ? there[w] : all ? ~uint64_t{0} : 0;
    if (w * 64 + 64 > lanes) subjects &= (uint64_t{1} << (lanes % 64)) - 1;
    b->eligible[w] = holds[w] & subjects;
    b->not_eligible[w] = fails[w] & subjects;
    b->needs[w] = subjects & ~(holds[w] | fails[w]);
    b->amount_known[w] = known == nullptr ? 0 : holds[w] & subjects & known[w];
  }
  column->constant_fen = 0;
  b->fen.clear();
  if (rule.has_amount) {
    const ColumnAt fen = at(rule.fen);
    if (fen.lanes64 != nullptr) {
      b->fen.assign(fen.lanes64, fen.lanes64 + lanes);
    } else if (fen.lanes32 != nullptr) {
      b->fen.assign(fen.lanes32, fen.lanes32 + lanes);
    } else {
      column->constant_fen = fen.constant;
    }
  }
}

size_t BatchEvaluator::Impl::UnitOf(const UnitBatch& batch, const PlannedRule& rule, size_t lane, int* member) {
  *member = -1;
  if (rule.level == columns::kUnits) return lane;
  const auto offsets = batch.member_offsets();
  const size_t unit =
      static_cast<size_t>(std::upper_bound(offsets.begin(), offsets.end(), static_cast<uint32_t>(lane)) -
                          offsets.begin()) -
      1;
  *member = static_cast<int>(lane - offsets[unit]);
  return unit;
}

// Rules that hold and whose amount is unknown: open where only parameters lack, else information is needed.
Status BatchEvaluator::Impl::SettleOpenAmounts(const UnitBatch& batch, const PlannedRule& rule, RuleColumn* column,
                                               BatchResult::Kept::RuleBuffers* b) {
  if (!rule.has_amount) return OkStatus();
  Status status = OkStatus();
  const auto open_at = [&](size_t lane) {
    if (!rule.local_fen) return;
    if (b->fen.empty()) b->fen.assign(column->lanes, column->constant_fen);
    b->fen[lane] = *rule.local_fen;
    SetBit(&b->amount_known, lane, true);
  };
  for (size_t w = 0; w < b->eligible.size(); ++w) {
    for (uint64_t open = b->eligible[w] & ~b->amount_known[w]; open != 0; open &= open - 1) {
      const size_t lane = w * 64 + static_cast<size_t>(std::countr_zero(open));
      if (rule.always_open) {
        open_at(lane);
        continue;
      }
      int member = -1;
      const size_t unit = UnitOf(batch, rule, lane, &member);
      if (Bit(apart.data(), unit)) continue;
      const StatusOr<const UnitFacts*> facts = FactsOf(batch, unit);
      if (!facts.ok()) return facts.status();
      run->Begin(**facts);
      if (run->Missing(data().compiled[rule.rule].amount, member).only_parameters) {
        open_at(lane);
      } else {
        SetBit(&b->eligible, lane, false);
        SetBit(&b->needs, lane, true);
      }
    }
  }
  return status;
}

void BatchEvaluator::Impl::Put(const Determination& d, size_t lane, BatchResult::Kept::RuleBuffers* b) {
  SetBit(&b->eligible, lane, d.outcome == Outcome::kEligible);
  SetBit(&b->not_eligible, lane, d.outcome == Outcome::kNotEligible);
  SetBit(&b->needs, lane, d.outcome == Outcome::kNeedsInformation);
  SetBit(&b->outdone, lane, d.outcome == Outcome::kNotEligible && d.per != Period::kNone);
  SetBit(&b->amount_known, lane, d.amount.has_value());
  if (d.amount) b->fen[lane] = d.amount->fen();
}

void BatchEvaluator::Impl::Settle(RuleColumn* column, BatchResult::Kept::RuleBuffers* b) {
  column->eligible = b->eligible;
  column->not_eligible = b->not_eligible;
  column->needs_information = b->needs;
  column->outdone = b->outdone;
  column->amount_known = b->amount_known;
  column->amount_fen = b->fen;
}

Status BatchEvaluator::Impl::EvaluateBoxedRules(const UnitBatch& batch, BatchResult* result) {
  for (size_t i = 0; i < one.size(); ++i) {
    if (one[i] == nullptr) continue;
    BatchResult::Kept::RuleBuffers& b = result->kept_->rules[i];
    const PlannedRule& rule = plan->rules[i];
    const size_t lanes = rule.level == columns::kMembers ? batch.members() : batch.size();
    for (std::vector<uint64_t>* bits : {&b.eligible, &b.not_eligible, &b.needs, &b.outdone, &b.amount_known}) {
      bits->assign(WordsFor(lanes), 0);
    }
    b.fen.assign(rule.has_amount ? lanes : 0, 0);
    for (size_t u = 0; u < batch.size(); ++u) {
      if (Bit(apart.data(), u)) continue;
      HEARTH_ASSIGN_OR_RETURN(const UnitFacts* facts, FactsOf(batch, u));
      determinations.clear();
      one[i]->Evaluate(*facts, &determinations);
      for (const Determination& d : determinations) {
        Put(d, d.member < 0 ? u : batch.MemberOffset(u) + static_cast<size_t>(d.member), &b);
      }
    }
  }
  return OkStatus();
}

// Units whose facts do not fit the columns, as the plain evaluator has them, after stacking.
Status BatchEvaluator::Impl::EvaluateApart(const UnitBatch& batch, BatchResult* result) {
  result->boxed_units_ = 0;
  Status status = OkStatus();
  ForEachBit(apart.data(), batch.size(), [&](size_t u) {
    if (!status.ok()) return;
    const StatusOr<const UnitFacts*> facts = FactsOf(batch, u);
    if (!facts.ok()) {
      status = facts.status();
      return;
    }
    ++result->boxed_units_;
    determinations.clear();
    whole->Evaluate(**facts, &determinations);
    size_t i = 0;
    for (const Determination& d : determinations) {
      while (plan->rules[i].rule != d.rule) ++i;
      BatchResult::Kept::RuleBuffers& b = result->kept_->rules[i];
      RuleColumn& column = result->rules_[i];
      if (column.has_amount && b.fen.empty()) b.fen.assign(column.lanes, column.constant_fen);
      Put(d, d.member < 0 ? u : batch.MemberOffset(u) + static_cast<size_t>(d.member), &b);
    }
    if (!plan->options.want_facts) return;
    run->Begin(**facts);
    for (const auto& [index, fact] : plan->facts) {
      const DerivedFact& f = data().derived[static_cast<size_t>(index)];
      const size_t members = (**facts).members.size();
      if (f.place != FactPlace::kMember) {
        result->kept_->apart[{index, u}] = run->Fact(f.place, -1, f.slot);
        continue;
      }
      for (size_t m = 0; m < members; ++m) {
        result->kept_->apart[{index, batch.MemberOffset(u) + m}] = run->Fact(f.place, static_cast<int32_t>(m), f.slot);
      }
    }
  });
  return status;
}

// Of the rules of one group that hold for one subject one stands, as the group's mode says.
void BatchEvaluator::Impl::ApplyStacking(BatchResult* result, BatchResult::Kept* kept) const {
  for (size_t group = 0; group < data().groups.size(); ++group) {
    const StackMode mode = data().groups[group].mode;
    if (mode == StackMode::kAdditive) continue;
    for (const bool of_members : {false, true}) {
      std::vector<size_t> rules;
      for (size_t i = 0; i < result->rules_.size(); ++i) {
        const RuleColumn& c = result->rules_[i];
        if (c.of_members == of_members && data().compiled[c.rule].stack_group == static_cast<int>(group))
          rules.push_back(i);
      }
      if (rules.size() < 2) continue;
      const size_t words = kept->rules[rules[0]].eligible.size();
      for (size_t w = 0; w < words; ++w) {
        uint64_t once = 0, twice = 0;
        for (const size_t i : rules) {
          const uint64_t e = kept->rules[i].eligible[w];
          twice |= once & e;
          once |= e;
        }
        for (; twice != 0; twice &= twice - 1) {
          const size_t lane = w * 64 + static_cast<size_t>(std::countr_zero(twice));
          const auto fen = [&](size_t i) {
            const BatchResult::Kept::RuleBuffers& b = kept->rules[i];
            if (!Bit(b.amount_known.data(), lane)) return int64_t{0};
            return b.fen.empty() ? result->rules_[i].constant_fen : b.fen[lane];
          };
          size_t best = SIZE_MAX;
          for (const size_t i : rules) {
            if (!Bit(kept->rules[i].eligible.data(), lane)) continue;
            if (best == SIZE_MAX) {
              best = i;
              continue;
            }
            const size_t loser = mode == StackMode::kNoDuplicate || fen(best) >= fen(i) ? i : best;
            if (loser == best) best = i;
            SetBit(&kept->rules[loser].eligible, lane, false);
            SetBit(&kept->rules[loser].not_eligible, lane, true);
            SetBit(&kept->rules[loser].outdone, lane, true);
            SetBit(&kept->rules[loser].amount_known, lane, false);
          }
        }
      }
    }
  }
}

Status BatchEvaluator::Evaluate(const UnitBatch& batch, BatchResult* result) {
  Impl& impl = *impl_;
  const columns::Plan& plan = *impl.plan;
  HEARTH_CHECK(batch.shared_layout() == plan.layout, "a batch of another layout");
  if (result->kept_ == nullptr) result->kept_ = std::make_shared<BatchResult::Kept>();
  BatchResult::Kept& kept = *result->kept_;
  kept.rules.resize(plan.rules.size());
  kept.apart.clear();
  kept.words = &batch.words();
  if (plan.options.want_facts) kept.facts.resize(impl.data().derived.size());
  result->units_ = batch.size();
  result->members_ = batch.members();
  result->rules_.resize(plan.rules.size());
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    const PlannedRule& r = plan.rules[i];
    RuleColumn& column = result->rules_[i];
    column.rule = r.rule;
    column.of_members = r.level == columns::kMembers;
    column.lanes = column.of_members ? batch.members() : batch.size();
    column.per = impl.data().rules[r.rule].per;
    column.has_amount = r.has_amount;
  }
  impl.apart.assign(batch.size() / 64 + 2, 0);
  const auto boxed = batch.boxed();
  std::copy(boxed.begin(), boxed.end(), impl.apart.begin());
  impl.GrowWordTables(batch);
  impl.ClearBoxedFacts(batch);

  Status filled = OkStatus();
  const auto hand_out = [&](const Program::Output& output, const std::function<ColumnAt(columns::NodeId)>& at) {
    switch (output.kind) {
      case Program::Output::Kind::kBoxedNeeded: {
        std::vector<const uint64_t*> needed;
        for (const columns::NodeId id : output.nodes) needed.push_back(at(id).bits);
        filled = impl.FillBoxedFacts(batch, needed);
        break;
      }
      case Program::Output::Kind::kRule: {
        const size_t i = static_cast<size_t>(output.index);
        impl.TakeRule(batch, plan.rules[i], output, at, &result->rules_[i], &kept.rules[i]);
        break;
      }
      case Program::Output::Kind::kFact: {
        const columns::PlannedFact& f = plan.facts.at(output.index);
        BatchResult::Kept::Fact& out = kept.facts[static_cast<size_t>(output.index)];
        const size_t lanes = f.level == columns::kMembers ? batch.members() : batch.size(), words = WordsFor(lanes);
        out.kind = f.kind;
        out.scale = f.scale;
        if (f.kind == ColumnKind::kNone) break;
        const auto bits = [&](columns::NodeId id, std::vector<uint64_t>* to) {
          if (id != kNoNode) to->assign(at(id).bits, at(id).bits + words);
        };
        const auto numbers = [&](columns::NodeId id, std::vector<int64_t>* to, int64_t* constant) {
          to->clear();
          if (id == kNoNode) return;
          const ColumnAt c = at(id);
          *constant = c.constant;
          if (c.lanes64 != nullptr) to->assign(c.lanes64, c.lanes64 + lanes);
          if (c.lanes32 != nullptr) to->assign(c.lanes32, c.lanes32 + lanes);
        };
        bits(f.known, &out.known);
        bits(f.is_true, &out.is_true);
        numbers(f.value, &out.values, &out.constant);
        out.constant_denominator = 1;
        numbers(f.denominator, &out.denominators, &out.constant_denominator);
        break;
      }
      case Program::Output::Kind::kTakenFact:
      case Program::Output::Kind::kTakenParameter: {
        const bool fact = output.kind == Program::Output::Kind::kTakenFact;
        auto& list = fact ? kept.taken_facts[output.place] : kept.taken_parameters;
        if (list.size() <= static_cast<size_t>(output.index)) list.resize(static_cast<size_t>(output.index) + 1);
        const bool members = fact && static_cast<FactPlace>(output.place) == FactPlace::kMember;
        const uint64_t* bits = at(output.nodes[0]).bits;
        list[static_cast<size_t>(output.index)].assign(bits, bits + WordsFor(members ? batch.members() : batch.size()));
        break;
      }
    }
  };
  impl.program->Run(batch, &impl.workspace, hand_out, impl.apart.data());
  HEARTH_RETURN_IF_ERROR(filled);
  HEARTH_RETURN_IF_ERROR(impl.EvaluateBoxedRules(batch, result));
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    if (plan.rules[i].boxed) continue;
    HEARTH_RETURN_IF_ERROR(impl.SettleOpenAmounts(batch, plan.rules[i], &result->rules_[i], &kept.rules[i]));
  }
  impl.ApplyStacking(result, &kept);
  HEARTH_RETURN_IF_ERROR(impl.EvaluateApart(batch, result));
  for (size_t i = 0; i < plan.rules.size(); ++i) Impl::Settle(&result->rules_[i], &kept.rules[i]);
  return OkStatus();
}

Status BatchEvaluator::ToDeterminations(const UnitBatch& batch, const BatchResult& result, size_t unit,
                                        bool name_missing, std::vector<Determination>* out) {
  const UnitFacts* facts = nullptr;
  for (const RuleColumn& c : result.rules()) {
    const size_t begin = c.of_members ? batch.MemberOffset(unit) : unit;
    const size_t end = c.of_members ? batch.member_offsets()[unit + 1] : unit + 1;
    for (size_t lane = begin; lane < end; ++lane) {
      const bool needs = RuleColumn::Bit(c.needs_information, lane);
      if (!needs && !c.IsEligible(lane) && !RuleColumn::Bit(c.not_eligible, lane)) continue;  // no such subject
      Determination d;
      d.rule = c.rule;
      d.member = c.of_members ? static_cast<int32_t>(lane - begin) : -1;
      d.outcome = c.OutcomeAt(lane);
      if (d.outcome == Outcome::kEligible) {
        d.per = c.per;
        d.amount = c.AmountAt(lane);
      }
      if (RuleColumn::Bit(c.outdone, lane)) d.per = c.per;
      if (needs && name_missing) {
        if (facts == nullptr) {
          HEARTH_ASSIGN_OR_RETURN(facts, impl_->FactsOf(batch, unit));
          impl_->run->Begin(*facts);
        }
        const CompiledRule& compiled = impl_->data().compiled[c.rule];
        const bool holds = impl_->run->Run(compiled.when, d.member).IsTrue();
        d.missing = impl_->run->Missing(holds ? compiled.amount : compiled.when, d.member).facts;
      }
      out->push_back(std::move(d));
    }
  }
  return OkStatus();
}

const std::vector<BoxedItem>& BatchEvaluator::Boxed() const { return impl_->plan->boxed; }
const Pack& BatchEvaluator::pack() const { return impl_->plan->layout->pack(); }

BatchEvaluator::Shape BatchEvaluator::shape() const {
  Shape s;
  s.rules = static_cast<int>(impl_->plan->rules.size());
  s.rules_in_columns = s.rules;
  s.facts = s.facts_in_columns = impl_->plan->facts_asked;
  for (const BoxedItem& item : impl_->plan->boxed) --(item.is_rule ? s.rules_in_columns : s.facts_in_columns);
  s.nodes = static_cast<int>(impl_->plan->graph.size());
  s.steps = impl_->program->steps();
  return s;
}

std::string DescribeBoxed(const BatchEvaluator& evaluator) {
  std::string out;
  for (const BoxedItem& item : evaluator.Boxed()) {
    out += (item.is_rule ? "rule " : "fact ") + item.name + ": " + item.why + "\n";
  }
  return out;
}

}  // namespace hearth
