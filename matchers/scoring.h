// Scoring: how well two clusters agree, comparison by comparison, in bits.
//
// A Profile is what all of a cluster's identities say together, so that a vehicle row's phone may meet the phone of
// the bank row of a cluster. A comparison takes the best level over the values of both sides; a side without a value
// leaves the comparison out. Inside matchers only; profiles point nowhere, scoring is safe from many threads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "matchers/identity.h"
#include "matchers/link_model.h"
#include "matchers/name_frequencies.h"

namespace hearth {

// The first N distinct values; further ones are left out (a cluster of more is hostile or an institution's).
template <class T, int N>
struct FewValues {
  T values[N];
  uint8_t count = 0;
  void Add(T value) {
    for (int i = 0; i < count; ++i) {
      if (values[i] == value) return;
    }
    if (count < N) values[count++] = value;
  }
  const T* begin() const { return values; }
  const T* end() const { return values + count; }
  bool empty() const { return count == 0; }
  void clear() { count = 0; }
  template <int M>
  bool Meets(const FewValues<T, M>& other) const {
    for (const T& a : *this) {
      for (const T& b : other) {
        if (a == b) return true;
      }
    }
    return false;
  }
};

struct Profile {
  FewValues<uint32_t, 8> names;  // with former names
  FewValues<int32_t, 6> births;  // of rows and of usable numbers
  FewValues<uint64_t, 12> phones, addresses, organisations;
  FewValues<uint64_t, 6> other_numbers, households;
  FewValues<uint64_t, 4> numbers;
  FewValues<uint32_t, 4> regions, hints;
  uint8_t sexes = 0;              // bit 0 male, bit 1 female
  uint64_t registries = 0;        // bit per Identity::registry
  std::span<const uint32_t> kin;  // clusters named beside it, sorted

  void Clear();
  void Add(const Identity& identity);
};

// Level per comparison kind; -1 where a side has no value or the model has no such comparison.
struct PairLevels {
  std::array<int8_t, kComparisonKinds> level;
  uint32_t exact_name = kNone;  // the rarest name on which both agree exactly
  uint64_t registries = 0;      // those of the sides without a usable number, by whose models the pair is weighed
};

// Evidence of an equal usable number, which no model trains: one wrong number in a thousand rows against one chance in
// a billion of two persons sharing one.
inline constexpr double kEqualNumberBits = 29.9;

struct PairScore {
  double bits = 0;     // prior included
  double support = 0;  // positive evidence beyond name, sex and region
  int fields = 0;      // fields that give such evidence
  bool fits = false;   // names near and no birth clash: may be linked without a human
};

// Weighs with the models of the registries whose rows look for their person: of a loose side, and of both sides when
// both are loose. Rows of several registries are weighed with the mean of their m, level by level, and held to the
// strictest of their thresholds. Symmetric in the two sides.
class Scorer {
 public:
  // ids must outlive it. models: the registries' as Identity::registry counts them (see RankModels).
  // name_counts: clusters by name id (folded names counted together); clusters: all of them.
  Scorer(const Identities& ids, LinkModels models, std::vector<uint32_t> name_counts, size_t clusters);

  PairLevels Compare(const Profile& a, const Profile& b) const;
  PairScore Score(const PairLevels& levels) const;
  PairScore Score(const Profile& a, const Profile& b) const { return Score(Compare(a, b)); }
  // Bits of one comparison's level, term frequency included.
  double Bits(ComparisonKind kind, const PairLevels& levels) const;
  // The part of Bits that comes from how rare the name is.
  double FrequencyBits(ComparisonKind kind, const PairLevels& levels) const;
  LinkThresholds ThresholdsOf(uint64_t registries) const;

  const LinkModels& models() const { return models_; }
  // After training.
  void SetModels(LinkModels models);

 private:
  int CompareNameLists(const Profile& a, const Profile& b, uint32_t* exact_name) const;
  int CompareNumbers(const Profile& a, const Profile& b) const;
  double ShareOf(ComparisonKind kind, int level, uint64_t registries) const;

  const Identities& ids_;
  LinkModels models_;
  std::vector<uint32_t> name_counts_;
  double clusters_;
  std::array<const Comparison*, kComparisonKinds> by_kind_{};  // of the common model
  std::array<int, kComparisonKinds> place_{};                  // in the lists of comparisons
};

// One model for each of tonight's registries, in the order of Identity::registry.
LinkModels RankModels(std::span<const RecordTable* const> tables, const LinkModels& models);

// exact, swapped, one_part, year_only or clash: the level's index.
int CompareBirths(CivilDay a, CivilDay b);

}  // namespace hearth
