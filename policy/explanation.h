// Explanation records: why each rule came out as it did for each family unit, as a stream of lines that another
// program can work out again without this one. The first line is the header: packs, parameters and every expression as
// FEEL text. Each further line is one unit under one pack and holds values alone: facts that were needed on the
// branches taken, registry rows with their feed and line, outcomes and amounts. The format is in docs/formats.md
// ("Explanation stream", version 1); tools/recheck reads it.
//
//   out << ExplanationHeader(origin, packs) << '\n';
//   const RecordWriter writer(packs[0].pack, 0);
//   EvaluatedUnit unit(&evaluator);
//   unit.Evaluate(facts);
//   writer.Append({.unit = 17, .household_no = "339901000123"}, unit, &buffer);   // one line, with its line feed
//
// Values, outcomes and amounts do not depend on the engine that found them. A RecordWriter is immutable and safe from
// many threads.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/evaluate.h"

namespace hearth {

inline constexpr int kExplanationVersion = 1;

// Where the facts came from.
struct ExplanationOrigin {
  std::string site, root_digest;
  uint64_t generation = 0;
  std::vector<std::string> feeds;  // by the index that a row's origin has
};

// A pack and what places set on their own, by the index that a record names.
struct ExplainedPack {
  Pack pack;
  CivilDay as_of;
  struct Place {
    std::string divisions;  // as OverlaysOf says; empty: the city's own
    SiteParameters site;
  };
  std::vector<Place> places;
};

// One line of JSON, without a line feed.
std::string ExplanationHeader(const ExplanationOrigin& origin, std::span<const ExplainedPack> packs);

// What a record is made of: values by slot and subject, whichever engine holds them. member: -1 for a unit's facts.
class RecordSource {
 public:
  enum class Mark : uint8_t { kNoSubject, kEligible, kNotEligible, kNeedsInformation };

  virtual ~RecordSource() = default;
  virtual size_t Members() const = 0;
  virtual bool PlaceThere(FactPlace place) const = 0;
  // Needed on the branches taken by any rule.
  virtual bool Taken(FactPlace place, int member, int slot) const = 0;
  // All slots Taken of a subject, ascending; good until the next call.
  virtual std::span<const int> TakenSlots(FactPlace place, int member) = 0;
  // A derived fact, or rows of the unit, handed in and not worked out.
  virtual bool Given(FactPlace place, int member, int slot) const = 0;
  // The reference stays good until the next call.
  virtual const Value& ValueOf(FactPlace place, int member, int slot) = 0;
  // nullptr: the value came from no row.
  virtual const RowRef* SourceOf(FactPlace place, int member, int slot) const = 0;
  // amount: set when eligible and known.
  virtual Mark Outcome(uint32_t rule, int member, std::optional<Money>* amount) const = 0;
};

// A unit that the plain evaluator worked out. Reused for many units; the facts must stay in place until the next.
class EvaluatedUnit : public RecordSource {
 public:
  explicit EvaluatedUnit(Evaluator* evaluator);
  void Evaluate(const UnitFacts& facts);

  size_t Members() const override { return facts_->members.size(); }
  bool PlaceThere(FactPlace place) const override;
  bool Taken(FactPlace place, int member, int slot) const override { return evaluator_->Taken(place, member, slot); }
  std::span<const int> TakenSlots(FactPlace place, int member) override;
  bool Given(FactPlace place, int member, int slot) const override;
  const Value& ValueOf(FactPlace place, int member, int slot) override {
    return evaluator_->TakenValue(place, member, slot);
  }
  const RowRef* SourceOf(FactPlace place, int member, int slot) const override;
  Mark Outcome(uint32_t rule, int member, std::optional<Money>* amount) const override;

 private:
  Evaluator* evaluator_;
  const UnitFacts* facts_ = nullptr;
  std::vector<Determination> made_;
  std::vector<int> taken_;
  std::vector<int32_t> first_;  // by rule: its first determination in made_, -1 none
};

struct RecordSubject {
  uint64_t unit = 0;
  std::string_view household_no;
  std::span<const uint64_t> persons = {};  // by member; may be empty
  uint32_t place = 0;                      // index in ExplainedPack::places
  // Of policy cases: the name, and the case's own day and parameters.
  std::string_view name = {};
  std::optional<CivilDay> as_of = {};
  const SiteParameters* site = nullptr;
};

class RecordWriter {
 public:
  // pack_index: of the pack in the header.
  RecordWriter(const Pack& pack, uint32_t pack_index);
  void Append(const RecordSubject& subject, RecordSource& source, std::string* out) const;

 private:
  struct Slot {
    FactType type = FactType::kAny;
    bool derived = false;
    int registry = -1;  // of raw rows: whose
  };
  void AppendFacts(RecordSource& source, FactPlace place, int member, std::string* out, std::string* values,
                   std::string* sources) const;
  void AppendRows(RecordSource& source, std::string* out) const;
  void AppendRules(RecordSource& source, std::string* out) const;

  Pack pack_;
  uint32_t index_;
  std::vector<Slot> slots_[kFactPlaces];
  std::vector<std::vector<int>> fields_;        // by registry: those that the pack reads
  std::vector<std::pair<int, int>> row_slots_;  // by registry: slot at member and at household, -1 none
};

// A value as the stream writes it. Numbers with more than 20 digits after the point are rounded half-even to 20.
void AppendStreamValue(const Value& value, FactType type, std::string* out);

}  // namespace hearth
