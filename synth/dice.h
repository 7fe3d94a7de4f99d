// Dice is the only source of chance in a made city: a stream of numbers keyed by what it is for, so that any
// household can be made on its own, in any order, and always comes out the same.
//
//   Dice dice(seed, Purpose::kJob, person_id);
//   if (dice.Chance(0.3)) ...
//
// SplitMix64 over a mixed key. No libm anywhere, so that the bytes are the same on every machine.
// A Dice is a value of 8 bytes; one thread each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hearth::synth {

enum class Purpose : uint64_t {
  kBlock = 1,
  kPerson,
  kMarriage,
  kParents,
  kName,
  kHousehold,
  kSchool,
  kUnit,
  kWork,
  kAsset,
  kHealth,
  kEnrolment,
  kPhone,
  kAddress,
  kFault,
  kKinFault,
  kCosmetic,
  kWageMonth,
  kRow,
  kChange,
  kBadRow
};

inline uint64_t Mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// A hash of bytes that never changes (FNV-1a, then mixed).
inline uint64_t HashText(std::string_view text) {
  uint64_t h = 0xcbf29ce484222325ULL;
  for (unsigned char c : text) h = (h ^ c) * 0x100000001b3ULL;
  return Mix64(h);
}

class Dice {
 public:
  Dice(uint64_t seed, Purpose purpose, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0)
      : state_(Mix64(Mix64(Mix64(Mix64(seed ^ (static_cast<uint64_t>(purpose) << 56)) ^ a) ^ b) ^ c)) {}

  uint64_t Next() { return Mix64(state_++); }
  // 0 .. n-1; n > 0.
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(((Next() >> 32) * n) >> 32); }
  // lo .. hi, both included.
  int Between(int lo, int hi) {
    return hi <= lo ? lo : lo + static_cast<int>(Below(static_cast<uint32_t>(hi - lo + 1)));
  }
  int64_t Between64(int64_t lo, int64_t hi) {
    return hi <= lo ? lo : lo + static_cast<int64_t>(Next() % static_cast<uint64_t>(hi - lo + 1));
  }
  // 0 <= x < 1.
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double p) { return Unit() < p; }
  // The index of one weight, drawn in proportion.
  int Weighted(std::span<const int> weights);
  // About normal, mean 0, spread 1: twelve uniform draws.
  double Normal();
  // A value of a distribution given by its quantiles at equal steps, linear between them.
  int64_t Quantile(std::span<const int64_t> quantiles);

 private:
  uint64_t state_;
};

}  // namespace hearth::synth
