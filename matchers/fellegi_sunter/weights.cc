#include <algorithm>
#include <cmath>
#include <memory>

#include "core/status.h"
#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

TermCounts CountTerms(const Model& model, const RecordSet& records) {
  TermCounts terms;
  std::vector<uint8_t> counted(records.columns.size(), 0);
  for (const Comparison& comparison : model.comparisons) {
    for (const Level& level : comparison.levels) {
      if (!level.tf_column || counted[*level.tf_column]) continue;
      counted[*level.tf_column] = 1;
      const Column& column = records.columns[*level.tf_column];
      terms.columns.push_back({*level.tf_column, column.filled, column.values, column.counts});
    }
  }
  return terms;
}

Weights::Weights(const Model& model, const RecordSet& records) { Compile(model, records, nullptr); }

Weights::Weights(const Model& model, const RecordSet& records, const TermCounts& terms) {
  Compile(model, records, &terms);
  Follow();
}

void Weights::Follow() {
  for (const Followed& f : followed_) {
    std::vector<double>& logs = *f.log2_frequency;
    const auto filled = static_cast<double>(std::max<uint64_t>(1, f.terms->filled));
    const size_t values = f.column->values.size();
    logs.resize(std::min(logs.size(), values));
    for (auto code = static_cast<uint32_t>(logs.size()); code < values; ++code) {
      const uint32_t seen = f.terms->values.Find(f.column->values[code]);
      logs.push_back(std::log2((seen == kNullCode ? 1.0 : static_cast<double>(f.terms->counts[seen])) / filled));
    }
  }
}

void Weights::Compile(const Model& model, const RecordSet& records, const TermCounts* terms) {
  prior_bits_ = BitsOfProbability(model.prior.value_or(0.5));
  comparisons_ = static_cast<int>(model.comparisons.size());
  bits_.assign(model.comparisons.size() * 16, 0);
  has_terms_.assign(bits_.size(), 0);
  terms_.resize(bits_.size());
  std::vector<const std::vector<double>*> logs(records.columns.size(), nullptr);
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    const std::vector<Level>& levels = model.comparisons[c].levels;
    for (size_t l = 0; l < levels.size(); ++l) {
      const Level& level = levels[l];
      if (level.is_null) continue;
      bits_[c * 16 + l] = std::log2(level.m.value_or(1) / level.u.value_or(1));
      if (!level.tf_column || level.tf_weight == 0 || level.tf_level < 0) continue;
      const Column& column = records.columns[*level.tf_column];
      if (logs[*level.tf_column] == nullptr) {
        auto made = std::make_unique<std::vector<double>>();
        if (terms == nullptr) {
          made->resize(column.counts.size());
          for (uint32_t code = 0; code < made->size(); ++code) (*made)[code] = std::log2(column.Frequency(code));
        } else {
          const auto of_column = std::find_if(terms->columns.begin(), terms->columns.end(),
                                              [&](const auto& t) { return t.column == *level.tf_column; });
          HEARTH_CHECK(of_column != terms->columns.end(), "term counts of another model");
          followed_.push_back({&column, &*of_column, made.get()});
        }
        logs[*level.tf_column] = made.get();
        logs_.push_back(std::move(made));
      }
      has_terms_[c * 16 + l] = 1;
      terms_[c * 16 + l] = {.log2_frequency = logs[*level.tf_column],
                            .column = &column,
                            .log2_u = std::log2(levels[static_cast<size_t>(level.tf_level)].u.value_or(1)),
                            .weight = level.tf_weight,
                            .log2_minimum = std::log2(level.tf_minimum_u)};
    }
  }
}

double Weights::TermBits(int comparison, int level, Pair pair) const {
  const TermLevel& term = terms_[static_cast<size_t>(comparison * 16 + level)];
  const uint32_t left = term.column->codes[pair.left], right = term.column->codes[pair.right];
  if (left == kNullCode && right == kNullCode) return 0;
  const std::vector<double>& log2_frequency = *term.log2_frequency;
  double frequency = left == kNullCode    ? log2_frequency[right]
                     : right == kNullCode ? log2_frequency[left]
                                          : std::max(log2_frequency[left], log2_frequency[right]);
  frequency = std::max(frequency, term.log2_minimum);
  return term.weight * (term.log2_u - frequency);
}

double Weights::PatternBits(Pattern pattern) const {
  double sum = prior_bits_;
  for (int c = 0; c < comparisons_; ++c) sum += bits_[static_cast<size_t>(c * 16 + LevelOf(pattern, c))];
  return sum;
}

double Weights::Bits(Pattern pattern, Pair pair) const {
  double sum = prior_bits_;
  for (int c = 0; c < comparisons_; ++c) {
    const int level = LevelOf(pattern, c);
    sum += bits_[static_cast<size_t>(c * 16 + level)];
    if (has_terms_[static_cast<size_t>(c * 16 + level)]) sum += TermBits(c, level, pair);
  }
  return sum;
}

std::vector<WeightStep> Weights::Steps(Pattern pattern, Pair pair) const {
  std::vector<WeightStep> steps;
  for (int c = 0; c < comparisons_; ++c) {
    const int level = LevelOf(pattern, c);
    const auto at = static_cast<size_t>(c * 16 + level);
    steps.push_back({c, level, bits_[at], has_terms_[at] ? TermBits(c, level, pair) : 0});
  }
  return steps;
}

}  // namespace hearth::linkage
