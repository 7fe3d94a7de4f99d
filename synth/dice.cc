#include "synth/dice.h"

namespace hearth::synth {

int Dice::Weighted(std::span<const int> weights) {
  int64_t sum = 0;
  for (int w : weights) sum += w;
  int64_t at = static_cast<int64_t>(Next() % static_cast<uint64_t>(sum));
  for (size_t i = 0; i < weights.size(); ++i) {
    at -= weights[i];
    if (at < 0) return static_cast<int>(i);
  }
  return static_cast<int>(weights.size()) - 1;
}

double Dice::Normal() {
  double sum = -6.0;
  for (int i = 0; i < 12; ++i) sum += Unit();
  return sum;
}

int64_t Dice::Quantile(std::span<const int64_t> quantiles) {
  uint64_t at = Next() >> 32;
  uint64_t scaled = at * (quantiles.size() - 1);
  size_t step = static_cast<size_t>(scaled >> 32);
  int64_t rest = static_cast<int64_t>(scaled & 0xffffffffULL);
  int64_t lo = quantiles[step], hi = quantiles[step + 1];
  return lo + (((hi - lo) * rest) >> 32);
}

}  // namespace hearth::synth
