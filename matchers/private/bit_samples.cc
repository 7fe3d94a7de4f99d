#include "matchers/private/bit_samples.h"

#include <algorithm>
#include <cmath>

namespace hearth::linkage {
namespace {

constexpr uint32_t kSamplesMax = 512;
constexpr uint32_t kSampleBitsMax = 48;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }

 private:
  uint64_t state_;
};

struct SampledRow {
  uint64_t bits = 0;
  uint32_t row = 0;
  bool operator<(const SampledRow& o) const { return bits != o.bits ? bits < o.bits : row < o.row; }
};

std::vector<SampledRow> Sample(const BitRows& table, const std::vector<uint32_t>& rows,
                               const std::vector<uint32_t>& bits) {
  std::vector<SampledRow> out(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::span<const uint64_t> row = table.Row(rows[i]);
    uint64_t sampled = 0;
    for (const uint32_t b : bits) sampled = sampled << 1 | (row[b / 64] >> (b % 64) & 1);
    out[i] = {sampled, rows[i]};
  }
  std::ranges::sort(out, std::less<>());
  return out;
}

}  // namespace

SamplePlan PlanSamples(size_t rows, uint32_t filter_bits, uint32_t ones, double threshold, double recall) {
  const double full = std::min(1.0, static_cast<double>(ones) / filter_bits);
  // At the threshold two filters of `ones` bits differ in 2 ones (1 - t) places.
  const double agree = std::max(0.5, 1 - 2 * full * (1 - threshold));
  const double agree_by_chance = std::max(0.5, full * full + (1 - full) * (1 - full));
  const double wanted = std::log2(static_cast<double>(rows) + 2) / -std::log2(std::min(agree_by_chance, 0.98));
  SamplePlan plan;
  plan.bits = static_cast<uint32_t>(std::clamp(std::ceil(wanted) + 2, 8.0, double{kSampleBitsMax}));
  const auto samples_for = [&](uint32_t bits) {
    const double meet = std::pow(agree, bits);
    return meet >= 1 ? 1 : std::ceil(std::log(1 - recall) / std::log1p(-meet));
  };
  // Far below the usual thresholds the samples would be too many; fewer bits are dearer in comparisons, yet found.
  while (plan.bits > 1 && samples_for(plan.bits) > kSamplesMax) --plan.bits;
  plan.samples = static_cast<uint32_t>(std::clamp(samples_for(plan.bits), 1.0, double{kSamplesMax}));
  return plan;
}

void VisitMeetings(const BitRows& left, const BitRows& right, const std::vector<uint32_t>& left_rows,
                   const std::vector<uint32_t>& right_rows, const SamplePlan& plan, uint64_t seed, uint32_t sample,
                   const std::function<bool(std::span<const uint32_t>, std::span<const uint32_t>)>& visit) {
  Random random(seed * 0x100000001B3u + sample);
  std::vector<uint32_t> bits(std::min(plan.bits, left.bits));
  for (size_t i = 0; i < bits.size();) {
    bits[i] = static_cast<uint32_t>(random.Next() % left.bits);
    if (std::find(bits.begin(), bits.begin() + static_cast<ptrdiff_t>(i), bits[i]) ==
        bits.begin() + static_cast<ptrdiff_t>(i)) {
      ++i;
    }
  }
  const std::vector<SampledRow> a = Sample(left, left_rows, bits), b = Sample(right, right_rows, bits);
  std::vector<uint32_t> a_rows, b_rows;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].bits != b[j].bits) {
      a[i].bits < b[j].bits ? ++i : ++j;
      continue;
    }
    const uint64_t key = a[i].bits;
    a_rows.clear();
    b_rows.clear();
    for (; i < a.size() && a[i].bits == key; ++i) a_rows.push_back(a[i].row);
    for (; j < b.size() && b[j].bits == key; ++j) b_rows.push_back(b[j].row);
    if (!visit(a_rows, b_rows)) return;
  }
}

}  // namespace hearth::linkage
