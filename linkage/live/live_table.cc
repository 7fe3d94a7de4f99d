// The idea: a record's candidates are found through the index, scored in parallel, and its links kept as a graph. The
// components that hold a changed record, or a neighbour that one lost, are gathered, numbered in order of (source, id)
// and given to Cluster() alone: a component's clusters depend on the component alone, so the outcome is the batch's.
//
//   before: a-b b-c        b changes to b' and now links to d only
//   touched: b', d and the neighbours that b lost, a and c; clustered again: {b' d} {a} {c}
//
// Test: live_table_test.cc (random arrivals, changes, deletions against a batch). Speed: docs/benchmarks.md.
#include "linkage/live/live_table.h"

#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>

#include "core/parallel.h"
#include "matchers/fellegi_sunter/pair_scorer.h"

namespace hearth::linkage {
namespace {

constexpr size_t kPairsAtOnce = 2048;
constexpr uint32_t kRecordsAtOnce = 32;  // that a thread takes while scoring
constexpr size_t kWideRecords = 20'000;  // from so many on, clustering uses all threads

double ClusterProbability(const Model& model) {
  return model.cluster_probabilities.empty() ? model.link_probability : model.cluster_probabilities.front();
}

}  // namespace

LiveTable::LiveTable(FrozenModel frozen, RecordSet records, std::vector<uint32_t> numbers, uint32_t next_number,
                     int threads)
    : frozen_(std::move(frozen)),
      records_(std::move(records)),
      number_of_(std::move(numbers)),
      next_number_(next_number),
      grower_(frozen_.model, &records_),
      comparer_(frozen_.model, records_),
      weights_(frozen_.model, records_, frozen_.terms),
      index_(frozen_.model, records_, source_of_) {
  HEARTH_CHECK(number_of_.size() == records_.size(), "a number for each record");
  const Model& model = frozen_.model;
  loaded_ = static_cast<uint32_t>(records_.size());
  living_ = loaded_;
  record_of_.assign(records_.sources.size(), std::vector<uint32_t>(records_.ids_text.size(), kNullCode));
  for (uint32_t r = 0; r < loaded_; ++r) {
    const int source = records_.SourceOf(r);
    source_of_.push_back(static_cast<uint8_t>(source));
    record_of_[static_cast<size_t>(source)][records_.ids[r]] = r;
  }
  alive_.assign(loaded_, 1);
  person_of_.assign(loaded_, 0);
  place_of_.assign(loaded_, kNullCode);
  graph_.Resize(loaded_);
  index_.SetStopped(frozen_.stopped);
  index_.Follow(threads);
  link_bits_ = BitsOfProbability(model.link_probability);
  review_bits_ = BitsOfProbability(model.review_probability);
  cluster_bits_ = BitsOfProbability(ClusterProbability(model));
  keep_bits_ = std::min({link_bits_, review_bits_, cluster_bits_});
  for (const double p : model.cluster_probabilities) keep_bits_ = std::min(keep_bits_, BitsOfProbability(p));
  join_bits_ = model.one_to_one ? std::min(cluster_bits_, link_bits_) : cluster_bits_;
}

void LiveTable::FreezeBlocks() { frozen_.stopped = index_.StopLargeBlocks(); }

void LiveTable::CountPerson(uint64_t person, int by) {
  const uint32_t number = person_numbers_.Intern(person);
  const bool unheard_of = number == person_counts_.size();
  if (unheard_of) person_counts_.push_back(0);
  counts_before_.try_emplace(person, unheard_of ? kNoNumber : person_counts_[number]);
  living_persons_ -= person_counts_[number] != 0;
  person_counts_[number] += static_cast<uint32_t>(by);
  living_persons_ += person_counts_[number] != 0;
}

void LiveTable::SetPerson(uint32_t record, uint64_t person) {
  person_of_[record] = person;
  CountPerson(person, 1);
  counts_before_.clear();
}

void LiveTable::SetFormer(uint32_t number, uint64_t person) { former_[number] = person; }

void LiveTable::SetRetired(uint64_t person) {
  if (person_numbers_.Intern(person) == person_counts_.size()) person_counts_.push_back(0);
}

void LiveTable::ForEachFormer(const std::function<void(uint32_t number, uint64_t person)>& body) const {
  for (const auto& [number, person] : former_) body(number, person);
}

void LiveTable::ForEachRetired(const std::function<void(uint64_t person)>& body) const {
  for (uint32_t n = 0; n < person_counts_.size(); ++n) {
    if (person_counts_[n] == 0) body(person_numbers_.Key(n));
  }
}

uint32_t LiveTable::RecordsOf(uint64_t person) const {
  const uint32_t number = person_numbers_.Find(person);
  return number == kNoNumber ? 0 : person_counts_[number];
}

// --- Decisions ---

void LiveTable::AddDecision(const LiveDecision& decision) {
  const auto id_of = [&](const RecordKey& key) {
    const uint32_t text = records_.ids_text.Intern(key.id);
    for (auto& of_source : record_of_) of_source.resize(records_.ids_text.size(), kNullCode);
    return uint64_t{key.source} << 32 | text;
  };
  const DecidedId a = id_of(decision.left), b = id_of(decision.right);
  const auto [at, is_new] = standing_.insert_or_assign({std::min(a, b), std::max(a, b)}, decision);
  if (!is_new) return;
  decided_with_[a].push_back(b);
  decided_with_[b].push_back(a);
}

uint32_t LiveTable::RecordOf(DecidedId id) const { return record_of_[id >> 32][static_cast<uint32_t>(id)]; }

const LiveDecision* LiveTable::Standing(DecidedId a, DecidedId b) const {
  const auto at = standing_.find({std::min(a, b), std::max(a, b)});
  return at == standing_.end() ? nullptr : &at->second;
}

uint32_t LiveTable::Find(const RecordKey& key) const {
  const uint32_t text = records_.ids_text.Find(key.id);
  if (text == kNullCode || key.source >= record_of_.size()) return kNullCode;
  return record_of_[key.source][text];
}

const LiveDecision* LiveTable::StandingDecision(const RecordKey& a, const RecordKey& b) const {
  const uint32_t left = Find(a), right = Find(b);
  return left == kNullCode || right == kNullCode ? nullptr : Standing(DecidedIdOf(left), DecidedIdOf(right));
}

// --- Rows in and out ---

void LiveTable::RemoveRecord(uint32_t record, LiveDelta* delta, std::vector<uint32_t>* seeds) {
  alive_[record] = 0;
  record_of_[source_of_[record]][records_.ids[record]] = kNullCode;
  const size_t begin = seeds->size();
  graph_.RemoveAll(record, seeds);
  for (size_t i = begin; i < seeds->size(); ++i) {
    const uint32_t a = number_of_[record], b = number_of_[(*seeds)[i]];
    delta->links_removed.emplace_back(std::min(a, b), std::max(a, b));
  }
  // Those that people tied to it may have been in its component through nothing else.
  if (const auto at = decided_with_.find(DecidedIdOf(record)); at != decided_with_.end()) {
    for (const DecidedId other : at->second) {
      if (const uint32_t r = RecordOf(other); r != kNullCode) seeds->push_back(r);
    }
  }
}

void LiveTable::AddRecords(std::span<const RowChange> changes, LiveDelta* delta, std::vector<uint32_t>* seeds) {
  for (size_t i = 0; i < changes.size(); ++i) {
    const RowChange& change = changes[i];
    const uint32_t old = Find({change.source, std::string(change.id)});
    if (change.removed) {
      if (old == kNullCode) {
        ++delta->unknown_removed;
        continue;
      }
      RemoveRecord(old, delta, seeds);
      if (person_of_[old] != 0) {
        removed_of_[person_of_[old]].push_back(KeyOf(old));
        CountPerson(person_of_[old], -1);
      }
      former_.erase(number_of_[old]);
      delta->rows_removed.push_back({i, number_of_[old]});
      ++delta->removed;
      --living_;
      continue;
    }
    if (old != kNullCode) RemoveRecord(old, delta, seeds);
    const uint32_t record = grower_.Append(change.source, change.id, change.cells);
    source_of_.push_back(change.source);
    alive_.push_back(1);
    place_of_.push_back(kNullCode);
    number_of_.push_back(old != kNullCode ? number_of_[old] : next_number_++);
    person_of_.push_back(old != kNullCode ? person_of_[old] : 0);
    const uint32_t text = records_.ids[record];
    for (auto& of_source : record_of_) of_source.resize(records_.ids_text.size(), kNullCode);
    record_of_[change.source][text] = record;
    seeds->push_back(record);
    delta->rows_put.push_back({i, number_of_[record]});
    ++(old != kNullCode ? delta->changed : delta->added);
    living_ += old == kNullCode;
  }
}

// --- Links ---

void LiveTable::ScoreBatch(Worker* w) const {
  w->patterns.resize(w->pairs.size());
  comparer_.Compare(w->pairs, &w->scratch, w->patterns.data());
  for (size_t i = 0; i < w->pairs.size(); ++i) {
    const double bits = weights_.Bits(w->patterns[i], w->pairs[i]);
    if (bits >= keep_bits_) w->links.push_back({w->pairs[i].left, w->pairs[i].right, bits, w->patterns[i]});
  }
  w->compared += w->pairs.size();
  w->pairs.clear();
}

// Each record from `begin` on is paired with those before it.
void LiveTable::Score(uint32_t begin, int threads, LiveDelta* delta) {
  const auto end = static_cast<uint32_t>(records_.size());
  comparer_.Follow();
  weights_.Follow();
  index_.Follow(threads);
  graph_.Resize(end);
  while (workers_.size() < static_cast<size_t>(threads)) workers_.push_back(std::make_unique<Worker>(comparer_));
  std::atomic<uint32_t> next{begin};
  ParallelFor(static_cast<size_t>(threads), threads, [&](size_t t) {
    Worker& w = *workers_[t];
    for (uint32_t from; (from = next.fetch_add(kRecordsAtOnce)) < end;) {
      for (uint32_t r = from; r < std::min(end, from + kRecordsAtOnce); ++r) {
        if (!alive_[r]) continue;
        w.others.clear();
        index_.Candidates(r, r, &w.marks, &w.others);
        for (const uint32_t other : w.others) {
          if (!alive_[other]) continue;
          w.pairs.push_back({other, r});
          if (w.pairs.size() == kPairsAtOnce) ScoreBatch(&w);
        }
      }
    }
    ScoreBatch(&w);
  });
  std::vector<Link> found;
  for (const auto& w : workers_) {
    found.insert(found.end(), w->links.begin(), w->links.end());
    w->links = {};
    delta->compared += w->compared;
    w->compared = 0;
  }
  std::sort(found.begin(), found.end(),
            [](const Link& a, const Link& b) { return a.left != b.left ? a.left < b.left : a.right < b.right; });
  graph_.Reserve(graph_.links() + found.size());
  for (const Link& link : found) {
    graph_.Add(link.left, link.right, link.weight);
    const uint32_t a = number_of_[link.left], b = number_of_[link.right];
    delta->links_put.push_back({std::min(a, b), std::max(a, b), link.weight});
  }
}

// --- Clusters ---

bool LiveTable::IsBefore(uint32_t a, uint32_t b) const {
  if (a < loaded_ && b < loaded_) return a < b;
  if (source_of_[a] != source_of_[b]) return source_of_[a] < source_of_[b];
  return records_.Id(a) < records_.Id(b);
}

LiveTable::Affected LiveTable::Gather(std::span<const uint32_t> seeds) {
  Affected out;
  std::vector<uint32_t> open;
  const auto take = [&](uint32_t record) {
    if (!alive_[record] || place_of_[record] != kNullCode) return;
    place_of_[record] = 0;
    out.records.push_back(record);
    open.push_back(record);
  };
  for (const uint32_t seed : seeds) {
    take(seed);
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      graph_.ForEach(at, [&](uint32_t other, double weight) {
        if (weight >= join_bits_) take(other);
      });
      if (decided_with_.empty()) continue;
      const auto decided = decided_with_.find(DecidedIdOf(at));
      if (decided == decided_with_.end()) continue;
      for (const DecidedId other : decided->second) {
        const uint32_t r = RecordOf(other);
        if (r != kNullCode && Standing(DecidedIdOf(at), other)->verdict == LinkVerdict::kSame) take(r);
      }
    }
  }
  std::sort(out.records.begin(), out.records.end(), [&](uint32_t a, uint32_t b) { return IsBefore(a, b); });
  for (uint32_t i = 0; i < out.records.size(); ++i) place_of_[out.records[i]] = i;
  for (uint32_t i = 0; i < out.records.size(); ++i) {
    const size_t begin = out.links.size();
    graph_.ForEach(out.records[i], [&](uint32_t other, double weight) {
      if (place_of_[other] != kNullCode && place_of_[other] > i) out.links.push_back({i, place_of_[other], weight});
    });
    std::sort(out.links.begin() + static_cast<ptrdiff_t>(begin), out.links.end(),
              [](const Link& a, const Link& b) { return a.right < b.right; });
    if (decided_with_.empty()) continue;
    const DecidedId own = DecidedIdOf(out.records[i]);
    const auto decided = decided_with_.find(own);
    if (decided == decided_with_.end()) continue;
    for (const DecidedId other : decided->second) {
      const uint32_t r = RecordOf(other);
      if (r == kNullCode || place_of_[r] == kNullCode || place_of_[r] <= i) continue;
      const LinkVerdict verdict = Standing(own, other)->verdict;
      if (verdict == LinkVerdict::kSame) out.must.push_back({i, place_of_[r]});
      if (verdict == LinkVerdict::kDifferent) out.cannot.push_back({i, place_of_[r]});
    }
  }
  return out;
}

void LiveTable::Recluster(std::span<const uint32_t> seeds, CivilDay day, Telling telling, int threads,
                          LiveDelta* delta) {
  Affected affected = Gather(seeds);
  delta->clustered += affected.records.size();
  if (!affected.records.empty()) {
    const std::vector<uint32_t>& own = affected.records;
    PairScorer scorer(comparer_, weights_);
    const ScorePairs score = [&](std::span<const Pair> pairs, double* bits) {
      std::vector<Pair> real;
      for (const Pair& pair : pairs) {
        const uint32_t a = own[pair.left], b = own[pair.right];
        real.push_back({std::min(a, b), std::max(a, b)});
      }
      scorer.Score(real, bits);
    };
    if (frozen_.model.one_to_one) affected.links = OneToOne(affected.links, link_bits_);
    const ClusterInput input{.records = own.size(),
                             .links = affected.links,
                             .cannot = affected.cannot,
                             .must = affected.must,
                             .score = score};
    const Clustering clustering = Cluster(input, {.method = frozen_.model.cluster_method,
                                                  .threshold_bits = cluster_bits_,
                                                  .threads = own.size() < kWideRecords ? 1 : threads});
    Settle(affected, clustering.cluster_of, day, telling, delta);
    for (const uint32_t record : own) place_of_[record] = kNullCode;
  }
  TellRemoved(day, delta);
  TellRetired(delta);
}

// Gives each cluster its person and tells what that changed.
void LiveTable::Settle(const Affected& affected, const std::vector<uint32_t>& cluster_of, CivilDay day, Telling telling,
                       LiveDelta* delta) {
  const auto count = static_cast<uint32_t>(affected.records.size());
  // Records by cluster, clusters by their first record.
  std::vector<uint32_t> number(count), starts{0}, rows(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (cluster_of[i] == i) {
      number[i] = static_cast<uint32_t>(starts.size() - 1);
      starts.push_back(0);
    }
    ++starts[number[cluster_of[i]] + 1];
  }
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<uint32_t> next(starts.begin(), starts.end() - 1);
  for (uint32_t i = 0; i < count; ++i) rows[next[number[cluster_of[i]]]++] = i;

  std::vector<uint64_t> before(count), former(count, 0);
  for (uint32_t k = 0; k < count; ++k) {
    const uint32_t record = affected.records[rows[k]];
    before[k] = person_of_[record];
    if (former_.empty()) continue;
    if (const auto at = former_.find(number_of_[record]); at != former_.end()) former[k] = at->second;
  }
  const PersonAnswer answer =
      AssignPersons({.starts = starts,
                     .before = before,
                     .former = former,
                     .id_of =
                         [&](uint32_t k, uint64_t probe) {
                           const uint32_t record = affected.records[rows[k]];
                           const std::string_view id = records_.Id(record);
                           const uint64_t parts[3] = {source_of_[record], XXH3_64bits(id.data(), id.size()), probe};
                           return static_cast<uint64_t>(XXH3_64bits(parts, sizeof parts));
                         },
                     .lives = [&](uint64_t id) { return RecordsOf(id) != 0; },
                     .is_used = [&](uint64_t id) { return person_numbers_.Find(id) != kNoNumber; }});

  if (telling == Telling::kEvents) Tell(affected, answer, starts, rows, before, day, delta);
  for (const PersonChange& change : answer.changes) {
    if (change.kind != PersonChangeKind::kMerge) continue;
    for (const uint32_t k : change.moved) {
      const uint32_t record_number = number_of_[affected.records[rows[k]]];
      former_[record_number] = change.other;
      delta->formers.emplace_back(record_number, change.other);
    }
  }
  for (uint32_t c = 0; c + 1 < starts.size(); ++c) {
    const uint64_t now = answer.of_cluster[c];
    for (uint32_t k = starts[c]; k < starts[c + 1]; ++k) {
      if (before[k] == now) continue;
      const uint32_t record = affected.records[rows[k]];
      if (before[k] != 0) CountPerson(before[k], -1);
      CountPerson(now, 1);
      person_of_[record] = now;
      delta->persons.emplace_back(number_of_[record], now);
      if (former[k] == now) {
        former_.erase(number_of_[record]);
        delta->formers.emplace_back(number_of_[record], 0);
      }
    }
  }
}

void LiveTable::Tell(const Affected& affected, const PersonAnswer& answer, std::span<const uint32_t> starts,
                     std::span<const uint32_t> rows, std::span<const uint64_t> before, CivilDay day, LiveDelta* delta) {
  std::unordered_map<uint64_t, uint32_t> cluster_of;  // of persons whom records left
  for (const PersonChange& change : answer.changes) {
    if (change.kind == PersonChangeKind::kSplit) cluster_of[change.person] = 0;
  }
  for (uint32_t c = 0; c < answer.of_cluster.size() && !cluster_of.empty(); ++c) {
    if (const auto at = cluster_of.find(answer.of_cluster[c]); at != cluster_of.end()) at->second = c;
  }
  std::vector<uint8_t> side(affected.records.size(), 0);
  std::vector<uint32_t> moved, others;
  for (const PersonChange& change : answer.changes) {
    const bool split = change.kind == PersonChangeKind::kSplit;
    const uint32_t cluster = split ? cluster_of.at(change.person) : change.cluster;
    moved.clear();
    others.clear();
    for (const uint32_t k : change.moved) moved.push_back(rows[k]);
    for (uint32_t k = starts[cluster]; k < starts[cluster + 1]; ++k) {
      if (!split || before[k] == change.person) others.push_back(rows[k]);
    }
    LiveEvent event = EventOf(change, affected, moved, others, &side);
    event.number = next_event_++;
    event.day = day;
    delta->events.push_back(std::move(event));
  }
}

// What moved the records: somebody's word, else the strongest link between them and the others, else all together.
LiveEvent LiveTable::EventOf(const PersonChange& change, const Affected& affected, std::span<const uint32_t> moved,
                             std::span<const uint32_t> others, std::vector<uint8_t>* side) const {
  constexpr uint8_t kMoved = 1, kOther = 2;
  LiveEvent event{.kind = change.kind, .person = change.person, .other = change.other};
  const bool split = change.kind == PersonChangeKind::kSplit, begins = change.kind == PersonChangeKind::kNew;
  for (const uint32_t i : others) (*side)[i] = kOther;
  // The links inside a person that begins are its reason.
  for (const uint32_t i : moved) (*side)[i] = begins ? kMoved | kOther : kMoved;

  Pair reason{UINT32_MAX, UINT32_MAX};
  for (const uint32_t i : moved) {
    const uint32_t record = affected.records[i];
    const auto pair_with = [&](uint32_t other) { return Pair{std::min(i, other), std::max(i, other)}; };
    if (!decided_with_.empty()) {
      if (const auto decided = decided_with_.find(DecidedIdOf(record)); decided != decided_with_.end()) {
        for (const DecidedId id : decided->second) {
          const uint32_t other = RecordOf(id);
          if (other == kNullCode || place_of_[other] == kNullCode || !((*side)[place_of_[other]] & kOther)) continue;
          const LiveDecision* word = Standing(DecidedIdOf(record), id);
          const Pair pair = pair_with(place_of_[other]);
          if (word->verdict != (split ? LinkVerdict::kDifferent : LinkVerdict::kSame)) continue;
          if (event.reason == EventReason::kDecision && reason < pair) continue;
          event.reason = EventReason::kDecision;
          event.by = word->by;
          event.bits = 0;
          reason = pair;
        }
      }
    }
    if (event.reason == EventReason::kDecision) continue;
    graph_.ForEach(record, [&](uint32_t other, double weight) {
      const uint32_t place = place_of_[other];
      if (place == kNullCode || !((*side)[place] & kOther)) return;
      const Pair pair = pair_with(place);
      const bool first = event.reason != EventReason::kLink;
      if (!first && (weight < event.bits || (weight == event.bits && !(pair < reason)))) return;
      event.reason = EventReason::kLink;
      event.bits = weight;
      reason = pair;
    });
  }
  if (event.reason != EventReason::kNone) {
    event.left = KeyOf(affected.records[reason.left]);
    event.right = KeyOf(affected.records[reason.right]);
  } else if (!begins || moved.size() > 1) {
    event.reason = split ? EventReason::kEvidenceGone : EventReason::kTogether;
  }
  for (const uint32_t i : moved) event.moved.push_back(KeyOf(affected.records[i]));
  for (const uint32_t i : others) {
    const bool told = split || change.kind == PersonChangeKind::kMerge;
    if (told && (*side)[i] == kOther) event.others.push_back(KeyOf(affected.records[i]));
    (*side)[i] = 0;
  }
  for (const uint32_t i : moved) (*side)[i] = 0;
  return event;
}

void LiveTable::TellRemoved(CivilDay day, LiveDelta* delta) {
  for (auto& [person, keys] : removed_of_) {
    std::sort(keys.begin(), keys.end());
    delta->events.push_back({.number = next_event_++,
                             .kind = RecordsOf(person) == 0 ? PersonChangeKind::kGone : PersonChangeKind::kLeave,
                             .day = day,
                             .person = person,
                             .moved = std::move(keys)});
  }
  removed_of_.clear();
}

void LiveTable::TellRetired(LiveDelta* delta) {
  for (const auto& [person, count] : counts_before_) {
    const bool lives = RecordsOf(person) != 0;
    if (!lives) {
      delta->retired.emplace_back(person, true);
    } else if (count == 0) {
      delta->retired.emplace_back(person, false);
    }
  }
  counts_before_.clear();
}

void LiveTable::LinkAll(CivilDay day, Telling telling, int threads, LiveDelta* delta) {
  Score(0, threads, delta);
  std::vector<uint32_t> all(records_.size());
  std::iota(all.begin(), all.end(), 0);
  Recluster(all, day, telling, threads, delta);
}

void LiveTable::Step(std::span<const RowChange> changes, CivilDay day, int threads, LiveDelta* delta) {
  const auto begin = static_cast<uint32_t>(records_.size());
  std::vector<uint32_t> seeds;
  AddRecords(changes, delta, &seeds);
  Score(begin, threads, delta);
  Recluster(seeds, day, Telling::kEvents, threads, delta);
}

void LiveTable::Decide(std::span<const LiveDecision> decisions, CivilDay day, int threads, LiveDelta* delta) {
  std::vector<uint32_t> seeds;
  for (const LiveDecision& decision : decisions) {
    AddDecision(decision);
    for (const RecordKey* key : {&decision.left, &decision.right}) {
      if (const uint32_t record = Find(*key); record != kNullCode) seeds.push_back(record);
    }
  }
  Recluster(seeds, day, Telling::kEvents, threads, delta);
}

// --- Questions ---

std::vector<uint32_t> LiveTable::Order() const {
  std::vector<uint32_t> order;
  for (uint32_t r = 0; r < records_.size(); ++r) {
    if (alive_[r]) order.push_back(r);
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return IsBefore(a, b); });
  return order;
}

std::vector<Link> LiveTable::Links(std::span<const uint32_t> order) const {
  std::vector<uint32_t> place(records_.size(), kNullCode);
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<Link> links;
  for (uint32_t i = 0; i < order.size(); ++i) {
    const size_t begin = links.size();
    graph_.ForEach(order[i], [&](uint32_t other, double weight) {
      if (place[other] > i) links.push_back({i, place[other], weight});
    });
    std::sort(links.begin() + static_cast<ptrdiff_t>(begin), links.end(),
              [](const Link& a, const Link& b) { return a.right < b.right; });
  }
  return frozen_.model.one_to_one ? OneToOne(links, link_bits_) : links;
}

// The row becomes a record for as long as the question takes.
std::vector<RowMatch> LiveTable::Match(uint8_t source, std::span<const std::string_view> cells, double least_bits) {
  const uint32_t record = grower_.Append(source, {}, cells);
  source_of_.push_back(source);
  comparer_.Follow();
  weights_.Follow();
  index_.FollowValues();
  Worker w(comparer_);
  std::vector<uint32_t> candidates;
  if (workers_.empty()) workers_.push_back(std::make_unique<Worker>(comparer_));
  index_.Candidates(record, record, &workers_[0]->marks, &candidates);
  for (const uint32_t other : candidates) {
    if (alive_[other]) w.pairs.push_back({other, record});
  }
  w.patterns.resize(w.pairs.size());
  comparer_.Compare(w.pairs, &w.scratch, w.patterns.data());
  std::vector<RowMatch> matches;
  for (size_t i = 0; i < w.pairs.size(); ++i) {
    const double bits = weights_.Bits(w.patterns[i], w.pairs[i]);
    if (bits >= least_bits) matches.push_back({w.pairs[i].left, bits});
  }
  grower_.TakeBack();
  source_of_.pop_back();
  comparer_.Follow();
  weights_.Follow();
  index_.FollowValues();
  std::sort(matches.begin(), matches.end(), [&](const RowMatch& a, const RowMatch& b) {
    return a.weight != b.weight ? a.weight > b.weight : IsBefore(a.record, b.record);
  });
  return matches;
}

}  // namespace hearth::linkage
