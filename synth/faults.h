// What goes wrong between a true person and a registry's row: numbers missing, mistyped, masked, old, lossy or
// another's; names misheard or cut; evidence of kinship that is absent or wrong. Every decision depends only on the
// seed, the registry and the account or row, so that a person's account is wrong in the same way in all its rows and
// nights.
#pragma once

#include <cstdint>
#include <string>

#include "synth/block.h"
#include "synth/dice.h"
#include "synth/feed_spec.h"

namespace hearth::synth {

enum Fault : uint32_t {
  kNumberMissing = 1u << 0,
  kNumberMasked = 1u << 1,
  kNumberOld15 = 1u << 2,
  kNumberCheck = 1u << 3,
  kNumberOther = 1u << 4,  // another person's valid number
  kNumberLossy = 1u << 5,
  kNumberShared = 1u << 6,  // two people hold the number in every registry
  kNameWrong = 1u << 7,
  kKinMissing = 1u << 8,
  kKinWrong = 1u << 9,
  kTextForm = 1u << 10,  // folded away by a good reader: full width, apostrophe, lower-case x, inner space, other dot
  kDatePlaceholder = 1u << 11,
};

// The stated rates, before the factor of --faults. Shares of accounts, or of rows where a registry has no accounts.
struct FaultRates {
  double missing = 0.03, masked = 0.01, old15 = 0.02, check = 0.01, other = 0.003, lossy = 0.005, name = 0.02;
  double kin_missing = 0.10, kin_missing_only_evidence = 0.02, kin_wrong = 0.01;
  double form = 0.004, date_placeholder = 0.003;
};

// Names joined by ';', as truth/mentions.csv has them; empty for 0.
std::string FaultNames(uint32_t faults);

// A person as one registry writes them.
struct Written {
  std::string number, name;
  CivilDay birth;
  bool birth_placeholder = false;
  uint32_t faults = 0;
};

class FaultPlanter {
 public:
  FaultPlanter(uint64_t seed, double factor) : seed_(seed), factor_(factor) {}

  // `salt` names the account or the row. The household register is always right, but for shared numbers.
  Written Write(const Block& block, int person, Registry registry, uint64_t salt) const;
  bool Happens(double rate, Purpose purpose, uint64_t a, uint64_t b) const;
  const FaultRates& rates() const { return rates_; }
  double factor() const { return factor_; }

 private:
  uint64_t seed_;
  double factor_;
  FaultRates rates_;
};

}  // namespace hearth::synth
