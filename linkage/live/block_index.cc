#include "linkage/live/block_index.h"

#include <xxhash.h>

#include <algorithm>

#include "core/parallel.h"
#include "matchers/fellegi_sunter/condition.h"

namespace hearth::linkage {

BlockIndex::BlockIndex(const Model& model, const RecordSet& records, const std::vector<uint8_t>& source_of)
    : model_(model), records_(records), source_of_(source_of) {
  read_.resize(model.columns.size());
  hashes_.resize(model.columns.size());
  for (const BlockingRule& rule : model.blocking) {
    Rule& r = rules_.emplace_back();
    r.rule = &rule;
    for (const KeyPart& part : rule.parts) {
      r.symmetric = r.symmetric && part.left == part.right;
      r.columns[0].push_back(part.left);
      r.columns[1].push_back(part.right);
      read_[part.left] = read_[part.right] = 1;
    }
  }
}

void BlockIndex::SetStopped(const StoppedBlocks& stopped) {
  for (size_t r = 0; r < stopped.size() && r < rules_.size(); ++r) {
    for (const uint64_t key : stopped[r]) {
      rules_[r].blocks.Intern(key);
      rules_[r].heads.push_back({kStopped, kStopped});
      rules_[r].counts.push_back(0);
    }
  }
}

void BlockIndex::FollowValues() {
  for (size_t c = 0; c < hashes_.size(); ++c) {
    if (!read_[c]) continue;
    const Texts& values = records_.columns[c].values;
    hashes_[c].resize(std::min(hashes_[c].size(), values.size()));
    for (auto v = static_cast<uint32_t>(hashes_[c].size()); v < values.size(); ++v) {
      hashes_[c].push_back(XXH3_64bits(values[v].data(), values[v].size()));
    }
  }
}

void BlockIndex::Follow(int threads) {
  FollowValues();
  const auto records = static_cast<uint32_t>(records_.size());
  ParallelFor(rules_.size(), threads, [&](size_t r) {
    std::vector<uint64_t> keys;
    for (uint32_t record = indexed_; record < records; ++record) Add(record, &keys, &rules_[r]);
  });
  indexed_ = records;
}

// Across two tables l. is the first one, r. the second.
bool BlockIndex::TakesSide(const Rule& rule, int side, uint32_t record) const {
  return rule.symmetric ? side == 0 : model_.link_type != LinkType::kLink || source_of_[record] == side;
}

void BlockIndex::Keys(const Rule& rule, int side, uint32_t record, std::vector<uint64_t>* keys) const {
  keys->clear();
  const std::vector<ColumnIndex>& columns = rule.columns[static_cast<size_t>(side)];
  size_t combinations = 1;
  for (const ColumnIndex c : columns) {
    const Column& column = records_.columns[c];
    if (column.IsNull(record)) return;
    if (column.many()) combinations *= column.Items(record).size();
  }
  std::vector<uint64_t> parts(columns.size());
  for (size_t k = 0; k < combinations; ++k) {
    size_t rest = k;
    for (size_t p = 0; p < columns.size(); ++p) {
      const Column& column = records_.columns[columns[p]];
      uint32_t code = 0;
      if (column.many()) {
        const std::span<const uint32_t> items = column.Items(record);
        code = items[rest % items.size()];
        rest /= items.size();
      } else {
        code = column.codes[record];
      }
      parts[p] = hashes_[columns[p]][code];
    }
    keys->push_back(XXH3_64bits(parts.data(), parts.size() * sizeof parts[0]));
  }
}

void BlockIndex::Add(uint32_t record, std::vector<uint64_t>* keys, Rule* rule) const {
  for (int side = 0; side < 2; ++side) {
    if (!TakesSide(*rule, side, record)) continue;
    Keys(*rule, side, record, keys);
    for (const uint64_t key : *keys) {
      const uint32_t block = rule->blocks.Intern(key);
      if (block == rule->heads.size()) {
        rule->heads.push_back({kEnd, kEnd});
        rule->counts.push_back(0);
      }
      uint32_t& head = rule->heads[block][static_cast<size_t>(side)];
      if (head == kStopped) continue;
      rule->entries.push_back({record, head});
      head = static_cast<uint32_t>(rule->entries.size() - 1);
      ++rule->counts[block];
    }
  }
}

StoppedBlocks BlockIndex::StopLargeBlocks() {
  StoppedBlocks stopped(rules_.size());
  for (size_t r = 0; r < rules_.size(); ++r) {
    Rule& rule = rules_[r];
    if (rule.rule->max_block == 0) continue;
    for (uint32_t block = 0; block < rule.heads.size(); ++block) {
      if (rule.heads[block][0] != kStopped && rule.counts[block] <= rule.rule->max_block) continue;
      rule.heads[block] = {kStopped, kStopped};
      stopped[r].push_back(rule.blocks.Key(block));
    }
    std::sort(stopped[r].begin(), stopped[r].end());
  }
  return stopped;
}

void BlockIndex::Candidates(uint32_t record, uint32_t before, Marks* marks, std::vector<uint32_t>* out) const {
  marks->Begin(records_.size());
  std::vector<uint64_t> keys;
  for (const Rule& rule : rules_) {
    for (int side = 0; side < 2; ++side) {
      if (!TakesSide(rule, side, record)) continue;
      Keys(rule, side, record, &keys);
      const auto other_side = static_cast<size_t>(rule.symmetric ? 0 : 1 - side);
      for (const uint64_t key : keys) {
        const uint32_t block = rule.blocks.Find(key);
        if (block == kNoNumber) continue;
        const uint32_t head = rule.heads[block][other_side];
        if (head == kStopped) continue;
        for (uint32_t e = head; e != kEnd; e = rule.entries[e].next) {
          const uint32_t other = rule.entries[e].record;
          if (other >= before || marks->Has(other)) continue;
          if (model_.link_type == LinkType::kLink && source_of_[other] == source_of_[record]) continue;
          const Pair pair{std::min(record, other), std::max(record, other)};
          if (rule.rule->filter && !Holds(*rule.rule->filter, records_, pair, model_.bytes)) continue;
          marks->Set(other);
          out->push_back(other);
        }
      }
    }
  }
}

}  // namespace hearth::linkage
