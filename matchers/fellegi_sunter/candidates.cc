// The idea: under each rule a record has a key, a number that equal texts share (or several, for columns of many
// values). Entries (key, record) are sorted by counting, one pass a key part, so equal keys lie side by side: a block.
// Work is cut into units of about 64 K pairs of one rule; a unit is a range of entries, each paired with those behind
// it in its block. A pair that an earlier rule makes too is recognised by comparing the two records' keys under the
// earlier rules, which lie in one row a record: two vector comparisons for sixteen rules.
//
//   rule last_name + dob:  keys  Lee/1980: records 3 7 9   ->  (3,7) (3,9) (7,9)
//
// Test: candidates_test.cc (against all pairs tried one by one). Speed: docs/benchmarks.md.
#include "matchers/fellegi_sunter/candidates.h"

#include <fmt/format.h>
#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "core/citizen_number.h"
#include "core/cpu.h"
#include "core/parallel.h"
#include "matchers/fellegi_sunter/condition.h"

namespace hearth::linkage {
namespace {

constexpr uint64_t kUnitPairs = 1 << 16;
constexpr int kLargestShown = 10;
// Keys of all records under one rule, some 20 bytes each. Columns of many values multiply in a rule.
constexpr uint64_t kEntriesMax = 1 << 28;
constexpr size_t kLanes = 8;

// A record under one key; `side` says as which of the rule's two sides (both, for a rule that is the same either way).
struct Entry {
  uint32_t record = 0;
  uint8_t side = 0;  // bit 0: left, bit 1: right
};

struct BlockRange {
  uint32_t begin = 0, end = 0;  // entries
  uint64_t pairs = 0;
};

uint64_t PairsOf(uint64_t records) { return records * (records - 1) / 2; }

// One rule, sorted.
struct SortedRule {
  bool symmetric = true;       // the left parts are the right parts
  bool single = true;          // a record has one key at most
  std::vector<Entry> entries;  // of blocks that make pairs, by block, then record
  std::vector<BlockRange> blocks;
  // By record; kNullCode: no key that makes pairs. For rules that are symmetric and single.
  std::vector<uint32_t> key_of;
  // Else: the block numbers of a record by side, ascending; starts has records + 1.
  std::vector<uint32_t> starts[2], keys[2];
};

// Codes of one key part of one side, in a numbering that both sides share.
struct PartCodes {
  const Column* column = nullptr;
  std::vector<uint32_t> renumber;  // empty: as they are

  uint32_t Of(uint32_t code) const { return renumber.empty() ? code : renumber[code]; }
};

// Sorts `order` by keys[order[i]], stably. values: keys are below it.
void CountingSort(const std::vector<uint32_t>& keys, size_t values, std::vector<uint32_t>* order,
                  std::vector<uint32_t>* spare) {
  std::vector<uint32_t> begin(values + 1, 0);
  for (uint32_t key : keys) ++begin[key + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  spare->resize(order->size());
  for (uint32_t at : *order) (*spare)[begin[keys[at]]++] = at;
  order->swap(*spare);
}

class RuleSorter {
 public:
  RuleSorter(const Model& model, const RecordSet& records, const BlockingRule& rule, RuleBlocks* report)
      : model_(model), records_(records), rule_(rule), report_(report) {}

  // ResourceExhausted for a rule of more than kEntriesMax keys.
  StatusOr<SortedRule> Sort() {
    out_.symmetric = std::all_of(rule_.parts.begin(), rule_.parts.end(),
                                 [](const KeyPart& part) { return part.left == part.right; });
    out_.single = std::none_of(rule_.parts.begin(), rule_.parts.end(), [&](const KeyPart& part) {
      return records_.columns[part.left].many() || records_.columns[part.right].many();
    });
    for (const KeyPart& part : rule_.parts) Share(part);
    AddEntries(0, out_.symmetric ? 3 : 1);
    if (!out_.symmetric) AddEntries(1, 2);
    if (too_many_) {
      return absl::ResourceExhaustedError(fmt::format(
          "blocking rule {} would give the records more than {} keys, as a record has a key for each mix of "
          "its values; leave out a column of many values, or make its values fewer",
          rule_.text, kEntriesMax));
    }
    SortEntries();
    CutBlocks();
    NumberKeys();
    return std::move(out_);
  }

 private:
  // One numbering for the texts of both sides.
  void Share(const KeyPart& part) {
    PartCodes left{&records_.columns[part.left], {}}, right{&records_.columns[part.right], {}};
    size_t values = left.column->values.size();
    if (part.left != part.right) {
      for (uint32_t code = 0; code < right.column->values.size(); ++code) {
        const uint32_t same = left.column->values.Find(right.column->values[code]);
        right.renumber.push_back(same != kNullCode ? same : static_cast<uint32_t>(values++));
      }
    }
    sides_[0].push_back(std::move(left));
    sides_[1].push_back(std::move(right));
    values_.push_back(values);
    part_keys_.emplace_back();
  }

  void AddEntries(int side, uint8_t mark) {
    const std::vector<PartCodes>& parts = sides_[side];
    std::vector<std::vector<uint32_t>> choices(parts.size());
    const auto record_count = static_cast<uint32_t>(records_.size());
    for (uint32_t r = 0; r < record_count; ++r) {
      const bool null =
          std::any_of(parts.begin(), parts.end(), [&](const PartCodes& part) { return part.column->IsNull(r); });
      // Across two tables l. is the first one, r. the second.
      const bool wrong_side = model_.link_type == LinkType::kLink && mark != 3 && records_.SourceOf(r) != side;
      if (null || wrong_side) continue;
      if (out_.single) {
        for (size_t p = 0; p < parts.size(); ++p) part_keys_[p].push_back(parts[p].Of(parts[p].column->codes[r]));
        entries_.push_back({r, mark});
        continue;
      }
      uint64_t combinations = 1;
      for (size_t p = 0; p < parts.size(); ++p) {
        choices[p].clear();
        const Column& column = *parts[p].column;
        if (column.many()) {
          for (uint32_t item : column.Items(r)) choices[p].push_back(parts[p].Of(item));
        } else {
          choices[p].push_back(parts[p].Of(column.codes[r]));
        }
        combinations *= choices[p].size();
        too_many_ = too_many_ || combinations > kEntriesMax - entries_.size();
      }
      if (too_many_) return;
      for (size_t k = 0; k < combinations; ++k) {
        size_t rest = k;
        for (size_t p = 0; p < parts.size(); ++p) {
          part_keys_[p].push_back(choices[p][rest % choices[p].size()]);
          rest /= choices[p].size();
        }
        entries_.push_back({r, mark});
      }
    }
  }

  void SortEntries() {
    order_.resize(entries_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::vector<uint32_t> spare;
    // Entries of one side come in order of record; two sides are merged by it first.
    if (!out_.symmetric) {
      std::stable_sort(order_.begin(), order_.end(),
                       [&](uint32_t a, uint32_t b) { return entries_[a].record < entries_[b].record; });
    }
    for (size_t p = part_keys_.size(); p-- > 0;) CountingSort(part_keys_[p], values_[p], &order_, &spare);
  }

  bool SameKey(uint32_t a, uint32_t b) const {
    return std::all_of(part_keys_.begin(), part_keys_.end(), [&](const auto& keys) { return keys[a] == keys[b]; });
  }

  // Pairs that entries [begin, end) of order_ make.
  uint64_t CountPairs(size_t begin, size_t end) const {
    const uint64_t all = end - begin;
    if (!out_.symmetric) {
      uint64_t left = 0;
      for (size_t i = begin; i < end; ++i) left += entries_[order_[i]].side & 1;
      return left * (all - left);
    }
    if (model_.link_type != LinkType::kLink) return PairsOf(all);
    uint64_t first = 0;
    for (size_t i = begin; i < end; ++i) first += records_.SourceOf(entries_[order_[i]].record) == 0;
    return first * (all - first);
  }

  void CutBlocks() {
    std::vector<std::pair<uint64_t, size_t>> largest;  // records, begin in order_
    for (size_t begin = 0; begin < order_.size();) {
      size_t end = begin + 1;
      while (end < order_.size() && SameKey(order_[begin], order_[end])) ++end;
      const uint64_t size = end - begin, pairs = size > 1 ? CountPairs(begin, end) : 0;
      if (pairs > 0) {
        ++report_->blocks;
        report_->records += size;
        Note({std::string(), size, pairs}, begin);
        if (rule_.max_block != 0 && size > rule_.max_block) {
          ++report_->skipped_blocks;
          report_->skipped_pairs += pairs;
        } else {
          report_->pairs += pairs;
          const auto at = static_cast<uint32_t>(out_.entries.size());
          for (size_t i = begin; i < end; ++i) out_.entries.push_back(entries_[order_[i]]);
          out_.blocks.push_back({at, static_cast<uint32_t>(out_.entries.size()), pairs});
        }
      }
      begin = end;
    }
  }

  // Keeps the block among the largest when it belongs there; of equal ones the first.
  void Note(Block block, size_t begin) {
    std::vector<Block>& largest = report_->largest;
    if (largest.size() == kLargestShown && largest.back().pairs >= block.pairs) return;
    const uint32_t entry = order_[begin];
    for (size_t p = 0; p < part_keys_.size(); ++p) {
      const PartCodes& left = sides_[0][p];
      const uint32_t key = part_keys_[p][entry];
      if (p > 0) block.key += " + ";
      if (key < left.column->values.size()) block.key += MaskLongNumbers(left.column->values[key]);
    }
    largest.insert(std::upper_bound(largest.begin(), largest.end(), block,
                                    [](const Block& a, const Block& b) { return a.pairs > b.pairs; }),
                   std::move(block));
    if (largest.size() > kLargestShown) largest.pop_back();
  }

  void NumberKeys() {
    const size_t count = records_.size();
    if (out_.symmetric && out_.single) {
      out_.key_of.assign(count, kNullCode);
      for (uint32_t b = 0; b < out_.blocks.size(); ++b) {
        for (uint32_t e = out_.blocks[b].begin; e < out_.blocks[b].end; ++e) out_.key_of[out_.entries[e].record] = b;
      }
      return;
    }
    for (int side = 0; side < 2; ++side) {
      std::vector<uint32_t>& starts = out_.starts[side];
      starts.assign(count + 1, 0);
      for (const Entry& entry : out_.entries) starts[entry.record + 1] += entry.side >> side & 1;
      std::partial_sum(starts.begin(), starts.end(), starts.begin());
      out_.keys[side].resize(starts.back());
      std::vector<uint32_t> next(starts.begin(), starts.end() - 1);
      for (uint32_t b = 0; b < out_.blocks.size(); ++b) {
        for (uint32_t e = out_.blocks[b].begin; e < out_.blocks[b].end; ++e) {
          const Entry& entry = out_.entries[e];
          if (entry.side >> side & 1) out_.keys[side][next[entry.record]++] = b;
        }
      }
    }
  }

  const Model& model_;
  const RecordSet& records_;
  const BlockingRule& rule_;
  RuleBlocks* report_;
  SortedRule out_;
  std::vector<PartCodes> sides_[2];
  std::vector<size_t> values_;
  std::vector<std::vector<uint32_t>> part_keys_;  // by part, entry
  std::vector<Entry> entries_;
  std::vector<uint32_t> order_;
  bool too_many_ = false;
};

// The smallest block number that both lists have, or kNullCode.
uint32_t FirstCommon(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) return a[i];
    (a[i] < b[j] ? i : j)++;
  }
  return kNullCode;
}

struct Unit {
  uint32_t rule = 0, begin = 0, end = 0;  // entries
  uint64_t pairs = 0;
};

using EqualLanes = uint32_t (*)(const uint32_t* a, const uint32_t* b, size_t lanes);

// Bit i: a[i] == b[i], and is a key.
uint32_t EqualLanesPlain(const uint32_t* a, const uint32_t* b, size_t lanes) {
  uint32_t equal = 0;
  for (size_t i = 0; i < lanes; ++i) equal |= static_cast<uint32_t>(a[i] == b[i] && a[i] != kNullCode) << i;
  return equal;
}

__attribute__((target("avx2"))) uint32_t EqualLanesAvx2(const uint32_t* a, const uint32_t* b, size_t lanes) {
  uint32_t equal = 0;
  const __m256i null = _mm256_set1_epi32(-1);
  for (size_t i = 0; i < lanes; i += kLanes) {
    const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + i));
    const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + i));
    const __m256i same = _mm256_andnot_si256(_mm256_cmpeq_epi32(x, null), _mm256_cmpeq_epi32(x, y));
    equal |= static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(same))) << i;
  }
  return equal;
}

}  // namespace

struct Blocking::Impl {
  const Model& model;
  const RecordSet& records;
  std::vector<BlockingRule> rules;
  std::vector<RuleBlocks> report;
  std::vector<SortedRule> sorted;
  std::vector<Unit> units;
  uint64_t pairs = 0;
  std::function<void(double)> told;

  // Keys of symmetric single rules without filter, a row a record; other rules leave their lane null.
  size_t lanes = 0;
  std::vector<uint32_t> rows;
  std::vector<uint32_t> others;  // rules that the rows cannot say

  Impl(const Model& m, const RecordSet& r) : model(m), records(r) {}

  bool FilterHolds(uint32_t rule, Pair pair) const {
    return !rules[rule].filter || Holds(*rules[rule].filter, records, pair, model.bytes);
  }

  std::span<const uint32_t> Keys(const SortedRule& rule, int side, uint32_t record) const {
    const std::vector<uint32_t>& starts = rule.starts[side];
    return std::span(rule.keys[side]).subspan(starts[record], starts[record + 1] - starts[record]);
  }

  // For a rule without rows: the first block that makes the pair, as (left, right) or the other way round.
  uint32_t FirstBlock(const SortedRule& rule, uint32_t a, uint32_t b) const {
    if (rule.symmetric && rule.single) {
      return rule.key_of[a] == rule.key_of[b] ? rule.key_of[a] : kNullCode;
    }
    const uint32_t there = FirstCommon(Keys(rule, 0, a), Keys(rule, 1, b));
    if (rule.symmetric) return there;
    return std::min(there, FirstCommon(Keys(rule, 0, b), Keys(rule, 1, a)));
  }

  bool MadeEarlier(uint32_t rule, uint32_t a, uint32_t b) const {
    return std::any_of(others.begin(), others.end(), [&](uint32_t earlier) {
      return earlier < rule && FirstBlock(sorted[earlier], a, b) != kNullCode && FilterHolds(earlier, {a, b});
    });
  }

  void LayRows() {
    for (uint32_t r = 0; r < sorted.size(); ++r) {
      const bool in_rows = sorted[r].symmetric && sorted[r].single && !rules[r].filter && r < 32;
      if (in_rows) {
        lanes = r + 1;
      } else {
        others.push_back(r);
      }
    }
    lanes = (lanes + kLanes - 1) / kLanes * kLanes;
    rows.assign(records.size() * lanes, kNullCode);
    for (uint32_t r = 0; r < sorted.size(); ++r) {
      if (std::find(others.begin(), others.end(), r) != others.end()) continue;
      std::vector<uint32_t>& keys = sorted[r].key_of;
      for (size_t record = 0; record < keys.size(); ++record) rows[record * lanes + r] = keys[record];
      keys = {};
    }
  }

  void CutUnits() {
    for (uint32_t r = 0; r < sorted.size(); ++r) {
      Unit unit{.rule = r};
      const auto close = [&] {
        if (unit.end > unit.begin) units.push_back(unit);
        unit = {.rule = r, .begin = unit.end, .end = unit.end};
      };
      for (const BlockRange& block : sorted[r].blocks) {
        pairs += block.pairs;
        if (block.pairs <= kUnitPairs) {
          unit.end = block.end;
          unit.pairs += block.pairs;
          if (unit.pairs >= kUnitPairs) close();
          continue;
        }
        // A large block is cut by the first entry of the pair.
        close();
        for (uint32_t e = block.begin; e < block.end; ++e) {
          unit.end = e + 1;
          unit.pairs += block.end - e - 1;
          if (unit.pairs >= kUnitPairs) close();
        }
        close();
      }
      close();
    }
  }

  template <class Body>
  void Run(const Unit& unit, EqualLanes equal_lanes, std::vector<Pair>* batch, std::vector<uint32_t>* gathered,
           const Body& flush) const {
    const SortedRule& rule = sorted[unit.rule];
    const uint32_t earlier = unit.rule >= 32 ? UINT32_MAX : (1u << unit.rule) - 1;
    const bool check_others = !others.empty() && others.front() < unit.rule;
    const bool in_rows = rule.key_of.empty() && rule.symmetric && rule.single;
    const bool across_only = model.link_type == LinkType::kLink;
    auto block = std::upper_bound(rule.blocks.begin(), rule.blocks.end(), unit.begin,
                                  [](uint32_t at, const BlockRange& b) { return at < b.end; });
    uint32_t gathered_block = UINT32_MAX;
    for (uint32_t e = unit.begin; e < unit.end; ++e) {
      if (e >= block->end) ++block;
      // The block's rows side by side, so that its pairs meet in the cache.
      if (gathered_block != block->begin) {
        gathered_block = block->begin;
        gathered->resize((block->end - block->begin) * lanes);
        for (uint32_t i = block->begin; i < block->end; ++i) {
          std::copy_n(rows.data() + size_t{rule.entries[i].record} * lanes, lanes,
                      gathered->data() + size_t{i - block->begin} * lanes);
        }
      }
      const Entry first = rule.entries[e];
      const uint32_t* row = gathered->data() + size_t{e - block->begin} * lanes;
      uint32_t from = e + 1;
      if (across_only) {
        if (records.SourceOf(first.record) != 0) continue;
        while (from < block->end && records.SourceOf(rule.entries[from].record) == 0) ++from;
      }
      for (uint32_t i = from; i < block->end; ++i) {
        const Entry second = rule.entries[i];
        if (lanes != 0 && (equal_lanes(row, gathered->data() + size_t{i - block->begin} * lanes, lanes) & earlier)) {
          continue;
        }
        const Pair pair{std::min(first.record, second.record), std::max(first.record, second.record)};
        if (!in_rows) {
          if (pair.left == pair.right || (!rule.symmetric && (first.side | second.side) != 3)) continue;
          // Of several blocks that make the pair the first counts; of two orientations in one block, the first entry's.
          if (!rule.single || !rule.symmetric) {
            const auto number = static_cast<uint32_t>(block - rule.blocks.begin());
            if (FirstBlock(rule, pair.left, pair.right) != number) continue;
            if (!rule.symmetric && MadeBefore(rule, *block, e, i)) continue;
          }
          if (!FilterHolds(unit.rule, pair)) continue;
        }
        if (check_others && MadeEarlier(unit.rule, pair.left, pair.right)) continue;
        batch->push_back(pair);
        if (batch->size() == kBatch) flush();
      }
    }
  }

  // In a block of two sides a pair may meet twice: (a left, b right) and (a right, b left). A record's two entries lie
  // side by side, left first. True for the second time.
  static bool MadeBefore(const SortedRule& rule, const BlockRange& block, uint32_t e, uint32_t i) {
    return rule.entries[e].side == 2 && e > block.begin && rule.entries[e - 1].record == rule.entries[e].record &&
           i + 1 < block.end && rule.entries[i + 1].record == rule.entries[i].record;
  }
};

Blocking::Blocking(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Blocking::Blocking(Blocking&&) noexcept = default;
Blocking& Blocking::operator=(Blocking&&) noexcept = default;
Blocking::~Blocking() = default;

StatusOr<Blocking> Blocking::Make(const Model& model, const RecordSet& records, const std::vector<BlockingRule>& rules,
                                  int threads) {
  auto impl = std::make_unique<Impl>(model, records);
  impl->rules = rules;
  impl->report.resize(rules.size());
  impl->sorted.resize(rules.size());
  std::vector<Status> status(rules.size());
  ParallelFor(rules.size(), threads, [&](size_t r) {
    impl->report[r].rule = rules[r].text;
    StatusOr<SortedRule> sorted = RuleSorter(model, records, rules[r], &impl->report[r]).Sort();
    if (sorted.ok()) {
      impl->sorted[r] = *std::move(sorted);
    } else {
      status[r] = sorted.status();
    }
  });
  for (const Status& of_rule : status) HEARTH_RETURN_IF_ERROR(of_rule);
  for (const RuleBlocks& rule : impl->report) {
    if (static_cast<double>(rule.pairs) <= model.pairs_max) continue;
    std::string keys;
    for (size_t i = 0; i < std::min<size_t>(3, rule.largest.size()); ++i) {
      keys += fmt::format("{}\"{}\" ({} records, {} pairs)", i == 0 ? "" : ", ", rule.largest[i].key,
                          rule.largest[i].records, rule.largest[i].pairs);
    }
    return absl::ResourceExhaustedError(
        fmt::format("blocking rule {} would make {} pairs, more than pairs_max {:.0f}; its largest keys: {}. Add a "
                    "column to the rule, give it a max_block, or raise pairs_max",
                    rule.rule, rule.pairs, model.pairs_max, keys));
  }
  impl->LayRows();
  impl->CutUnits();
  return Blocking(std::move(impl));
}

const std::vector<RuleBlocks>& Blocking::report() const { return impl_->report; }

void Blocking::OnProgress(std::function<void(double)> told) { impl_->told = std::move(told); }

void Blocking::ForEachBatch(int threads,
                            const std::function<void(int worker, std::span<const Pair> pairs)>& body) const {
  const Impl& impl = *impl_;
  const EqualLanes equal_lanes = HasAvx2() ? EqualLanesAvx2 : EqualLanesPlain;
  std::atomic<size_t> next{0};
  std::atomic<uint64_t> done{0};
  threads = std::max(threads, 1);
  ParallelFor(static_cast<size_t>(threads), threads, [&](size_t worker) {
    std::vector<Pair> batch;
    batch.reserve(kBatch);
    std::vector<uint32_t> gathered;
    const auto flush = [&] {
      body(static_cast<int>(worker), batch);
      batch.clear();
    };
    for (size_t u; (u = next.fetch_add(1)) < impl.units.size();) {
      impl.Run(impl.units[u], equal_lanes, &batch, &gathered, flush);
      const uint64_t pairs = done.fetch_add(impl.units[u].pairs) + impl.units[u].pairs;
      if (impl.told && impl.pairs > 0) {
        impl.told(std::min(1.0, static_cast<double>(pairs) / static_cast<double>(impl.pairs)));
      }
    }
    if (!batch.empty()) flush();
  });
}

}  // namespace hearth::linkage
