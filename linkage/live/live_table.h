// LiveTable: records, links and persons in memory, kept as a batch over everything would have them while rows come,
// change and go.
//
//   LiveTable table(frozen, std::move(records), std::move(numbers), 2);
//   table.LinkAll(day, Telling::kQuiet, 2, &delta);         // the first table, in one go
//   table.Step(changes, day, 2, &delta);                    // some rows more; delta: what a store must write
//
// The model is frozen: m, u, prior, the frequencies of terms and the blocks that are stopped are those of the table on
// which it was trained, so that a pair's weight never changes while its rows do not. A changed row is a new record; its
// old one stays behind as a tombstone until the table is loaded again. Only components that a change touches are
// clustered again, with their records in order of (source, id), as the numbering of a batch has them: ADR 0045.
// One thread at a time calls; inside, work is spread over `threads`. Memory: 600 MiB at the peak of opening a million
// records with eight rules and 2.2 million links.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/civil_day.h"
#include "linkage/live/block_index.h"
#include "linkage/live/link_graph.h"
#include "linkage/live/live_event.h"
#include "matchers/fellegi_sunter/clusters.h"
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/record_growth.h"

namespace hearth::linkage {

// What training found, and what stays as it was then.
struct FrozenModel {
  Model model;  // trained
  std::vector<std::string> sources;
  TermCounts terms;
  StoppedBlocks stopped;
};

// A row to put, or to remove. Views must live during the call.
struct RowChange {
  uint8_t source = 0;
  std::string_view id;
  std::span<const std::string_view> cells;  // as TableHeadings(model, source), the id left out
  bool removed = false;
};

// What a step changed, by the numbers under which a store keeps records.
struct LiveDelta {
  struct RowPut {
    size_t change = 0;  // of the changes given
    uint32_t number = 0;
  };
  struct LinkPut {
    uint32_t left = 0, right = 0;  // left < right
    double weight = 0;
  };
  std::vector<RowPut> rows_put, rows_removed;
  std::vector<std::pair<uint32_t, uint32_t>> links_removed;  // to be written before links_put
  std::vector<LinkPut> links_put;
  std::vector<std::pair<uint32_t, uint64_t>> persons, formers;  // by number; 0: none any more
  std::vector<std::pair<uint64_t, bool>> retired;               // persons who are nobody now, or somebody again
  std::vector<LiveEvent> events;
  uint64_t added = 0, changed = 0, removed = 0, unknown_removed = 0;
  uint64_t compared = 0, clustered = 0;  // pairs; records in components that were clustered again
};

enum class Telling : uint8_t { kEvents, kQuiet };  // whether persons that begin are told as events

// A record that a row may be.
struct RowMatch {
  uint32_t record = 0;
  double weight = 0;
};

class LiveTable {
 public:
  // records: in order of (source, id); numbers: by record, distinct, below next_number.
  LiveTable(FrozenModel frozen, RecordSet records, std::vector<uint32_t> numbers, uint32_t next_number, int threads);
  LiveTable(const LiveTable&) = delete;
  LiveTable& operator=(const LiveTable&) = delete;

  // --- What a store brings back ---
  void FreezeBlocks();  // of a model just trained: stops the blocks over max_block for good
  void AddLink(uint32_t left, uint32_t right, double weight) { graph_.Add(left, right, weight); }
  void SetPerson(uint32_t record, uint64_t person);
  void SetFormer(uint32_t number, uint64_t person);
  void SetRetired(uint64_t person);
  void SetNextEvent(uint64_t number) { next_event_ = number; }
  // Only takes it in; the next step or LinkAll follows it.
  void AddDecision(const LiveDecision& decision);

  // --- Change ---
  void LinkAll(CivilDay day, Telling telling, int threads, LiveDelta* delta);
  // Ids are distinct.
  void Step(std::span<const RowChange> changes, CivilDay day, int threads, LiveDelta* delta);
  // Takes decisions in and clusters again what they touch.
  void Decide(std::span<const LiveDecision> decisions, CivilDay day, int threads, LiveDelta* delta);

  // --- Questions ---
  const Model& model() const { return frozen_.model; }
  const FrozenModel& frozen() const { return frozen_; }
  const RecordSet& records() const { return records_; }
  size_t size() const { return living_; }
  size_t links() const { return graph_.links(); }
  size_t persons() const { return living_persons_; }
  uint32_t next_number() const { return next_number_; }
  uint64_t next_event() const { return next_event_; }
  // kNullCode when there is none.
  uint32_t Find(const RecordKey& key) const;
  RecordKey KeyOf(uint32_t record) const { return {source_of_[record], std::string(records_.Id(record))}; }
  uint64_t PersonOf(uint32_t record) const { return person_of_[record]; }
  uint32_t NumberOf(uint32_t record) const { return number_of_[record]; }
  uint32_t RecordsOf(uint64_t person) const;
  const LiveDecision* StandingDecision(const RecordKey& a, const RecordKey& b) const;
  // Living records in order of (source, id).
  std::vector<uint32_t> Order() const;
  // All links that are kept, as places in `order`, by (left, right); of a one-to-one model those it chooses.
  std::vector<Link> Links(std::span<const uint32_t> order) const;
  template <class Body>
  void ForEachLink(uint32_t record, const Body& body) const {
    graph_.ForEach(record, body);
  }
  void ForEachFormer(const std::function<void(uint32_t number, uint64_t person)>& body) const;
  void ForEachRetired(const std::function<void(uint64_t person)>& body) const;

  // What gives the weight of any two records.
  const Comparer& comparer() const { return comparer_; }
  const Weights& weights() const { return weights_; }
  // Records that a row of `source` may be, at `least_bits` or above, best first.
  std::vector<RowMatch> Match(uint8_t source, std::span<const std::string_view> cells, double least_bits);

  double link_bits() const { return link_bits_; }
  double review_bits() const { return review_bits_; }

 private:
  struct Worker {
    explicit Worker(const Comparer& comparer) : scratch(comparer) {}
    Comparer::Scratch scratch;
    Marks marks;
    std::vector<uint32_t> others;
    std::vector<Pair> pairs;
    std::vector<Pattern> patterns;
    std::vector<Link> links;
    uint64_t compared = 0;
  };
  // The components that are clustered again.
  struct Affected {
    std::vector<uint32_t> records;  // in order of (source, id)
    std::vector<Link> links;        // as places in records
    std::vector<Pair> cannot, must;
  };
  using DecidedId = uint64_t;  // source and number of the id's text

  bool IsBefore(uint32_t a, uint32_t b) const;
  DecidedId DecidedIdOf(uint32_t record) const { return uint64_t{source_of_[record]} << 32 | records_.ids[record]; }
  uint32_t RecordOf(DecidedId id) const;
  const LiveDecision* Standing(DecidedId a, DecidedId b) const;
  void CountPerson(uint64_t person, int by);
  void RemoveRecord(uint32_t record, LiveDelta* delta, std::vector<uint32_t>* seeds);
  void AddRecords(std::span<const RowChange> changes, LiveDelta* delta, std::vector<uint32_t>* seeds);
  void Score(uint32_t begin, int threads, LiveDelta* delta);
  void ScoreBatch(Worker* worker) const;
  void Recluster(std::span<const uint32_t> seeds, CivilDay day, Telling telling, int threads, LiveDelta* delta);
  Affected Gather(std::span<const uint32_t> seeds);
  void Settle(const Affected& affected, const std::vector<uint32_t>& cluster_of, CivilDay day, Telling telling,
              LiveDelta* delta);
  void Tell(const Affected& affected, const PersonAnswer& answer, std::span<const uint32_t> starts,
            std::span<const uint32_t> rows, std::span<const uint64_t> before, CivilDay day, LiveDelta* delta);
  // side: by place, all 0 before and after.
  LiveEvent EventOf(const PersonChange& change, const Affected& affected, std::span<const uint32_t> moved,
                    std::span<const uint32_t> others, std::vector<uint8_t>* side) const;
  void TellRemoved(CivilDay day, LiveDelta* delta);
  void TellRetired(LiveDelta* delta);

  FrozenModel frozen_;
  RecordSet records_;
  std::vector<uint8_t> source_of_, alive_;        // by record
  std::vector<uint32_t> number_of_;               // by record
  std::vector<uint64_t> person_of_;               // by record; 0 before it is clustered
  std::vector<std::vector<uint32_t>> record_of_;  // by source, number of the id's text
  uint32_t loaded_ = 0;                           // records that stand in order of (source, id)
  size_t living_ = 0, living_persons_ = 0;
  uint32_t next_number_ = 0;
  uint64_t next_event_ = 1;

  RecordSetGrower grower_;
  Comparer comparer_;
  Weights weights_;
  BlockIndex index_;
  LinkGraph graph_;
  std::vector<std::unique_ptr<Worker>> workers_;

  KeyTable person_numbers_;                        // everybody who is or was
  std::vector<uint32_t> person_counts_;            // by number: living records
  std::unordered_map<uint32_t, uint64_t> former_;  // by record number
  std::map<std::pair<DecidedId, DecidedId>, LiveDecision> standing_;
  std::unordered_map<DecidedId, std::vector<DecidedId>> decided_with_;

  std::vector<uint32_t> place_of_;  // by record: in Affected::records, while clustering
  // Of the step at hand.
  std::map<uint64_t, uint32_t> counts_before_;  // persons whose records change: how many they had, kNoNumber: new
  std::map<uint64_t, std::vector<RecordKey>> removed_of_;  // removed records by person

  double keep_bits_ = 0, cluster_bits_ = 0, link_bits_ = 0, review_bits_ = 0, join_bits_ = 0;
};

}  // namespace hearth::linkage
