#include "matchers/similarity/many.h"

#include <algorithm>
#include <optional>

#include "core/cpu.h"
#include "core/status.h"
#include "matchers/similarity/damerau.h"
#include "matchers/similarity/damerau_of_alignment.h"
#include "matchers/similarity/jaro.h"
#include "matchers/similarity/lanes_avx2.h"
#include "matchers/similarity/levenshtein.h"

namespace hearth {
namespace {

using Texts = std::span<const std::string_view>;

// How one comparison is made: in lanes, and alone (for what is too long or left over).
enum class Edits { kLevenshtein, kAlignment };
enum class Likeness { kJaro, kJaroWinkler };

int Alone(Edits kind, const PreparedPattern& a, std::string_view b) {
  return kind == Edits::kLevenshtein ? Levenshtein(a, b) : OptimalStringAlignment(a, b);
}
int Alone(Edits kind, std::string_view a, std::string_view b) {
  return kind == Edits::kLevenshtein ? Levenshtein(a, b) : OptimalStringAlignment(a, b);
}
double Alone(Likeness kind, const PreparedPattern& a, std::string_view b) {
  return kind == Likeness::kJaro ? Jaro(a, b) : JaroWinkler(a, b);
}
double Alone(Likeness kind, std::string_view a, std::string_view b) {
  return kind == Likeness::kJaro ? Jaro(a, b) : JaroWinkler(a, b);
}

// One string as if it stood beside every text, and a string beside each.
struct OneSide {
  const PreparedPattern& pattern;
  static constexpr bool kOne = true;
  std::string_view TextAt(size_t) const { return pattern.text(); }
  const PreparedPattern& operator[](size_t) const { return pattern; }
};
struct ManySide {
  Texts texts;
  static constexpr bool kOne = false;
  std::string_view TextAt(size_t i) const { return texts[i]; }
  std::string_view operator[](size_t i) const { return texts[i]; }
};

#if defined(__x86_64__)

// A batch costs about as much as so many pairs one at a time.
constexpr size_t kWorthABatch = 6;

void RunBatch(Edits kind, size_t units_max, const lanes::Batch& batch, int* out) {
  const bool with_swaps = kind == Edits::kAlignment;
  units_max == 16 ? lanes::EditDistances<16>(batch, with_swaps, out) : lanes::EditDistances<32>(batch, with_swaps, out);
}
void RunBatch(Likeness kind, size_t units_max, const lanes::Batch& batch, double* out) {
  const bool winkler = kind == Likeness::kJaroWinkler;
  units_max == 16 ? lanes::JaroSimilarities<16>(batch, winkler, out) : lanes::JaroSimilarities<32>(batch, winkler, out);
}

// Collects pairs of up to units_max units until a batch is full.
template <class Side, class Kind, class Result>
class Filler {
 public:
  Filler(Kind kind, size_t units_max, const Side& a, Texts b, Result* out)
      : kind_(kind), units_max_(units_max), a_(a), b_(b), out_(out) {
    if constexpr (Side::kOne) {
      if (a.pattern.text().size() <= units_max) batch_.shared_a = &tables_.emplace(a.pattern.text());
    }
  }

  void Add(size_t pair) {
    if constexpr (!Side::kOne) batch_.a[used_] = a_.TextAt(pair);
    batch_.b[used_] = b_[pair];
    pairs_[used_++] = pair;
    if (used_ == lanes::kLanes) Flush();
  }

  void Flush() {
    if (used_ < kWorthABatch) {
      for (size_t i = 0; i < used_; ++i) out_[pairs_[i]] = Alone(kind_, a_[pairs_[i]], b_[pairs_[i]]);
    } else {
      for (size_t i = used_; i < lanes::kLanes; ++i) batch_.a[i] = batch_.b[i] = {};
      Result results[lanes::kLanes];
      RunBatch(kind_, units_max_, batch_, results);
      for (size_t i = 0; i < used_; ++i) out_[pairs_[i]] = results[i];
    }
    used_ = 0;
  }

 private:
  Kind kind_;
  size_t units_max_;
  const Side& a_;
  Texts b_;
  Result* out_;
  size_t used_ = 0;
  size_t pairs_[lanes::kLanes];
  std::optional<lanes::HalfByteTables> tables_;
  lanes::Batch batch_;
};

#endif

template <class Side, class Kind, class Result>
void CompareAll(const Side& a, Texts b, Kind kind, Result* out) {
#if defined(__x86_64__)
  if (HasAvx2()) {
    Filler<Side, Kind, Result> narrow(kind, 16, a, b, out), wide(kind, 32, a, b, out);
    for (size_t i = 0; i < b.size(); ++i) {
      const size_t longest = std::max(a.TextAt(i).size(), b[i].size());
      if (longest <= 16) {
        narrow.Add(i);
      } else if (longest <= 32) {
        wide.Add(i);
      } else {
        out[i] = Alone(kind, a[i], b[i]);
      }
    }
    narrow.Flush();
    wide.Flush();
    return;
  }
#endif
  for (size_t i = 0; i < b.size(); ++i) out[i] = Alone(kind, a[i], b[i]);
}

// From alignment distances in `out` to true distances, or max + 1; max < 0: whatever they are.
template <class Side>
void SettleDamerau(const Side& a, Texts b, int max, int* out) {
  for (size_t i = 0; i < b.size(); ++i) {
    if (out[i] <= 2 && (max < 0 || out[i] <= max)) continue;
    const int longest = static_cast<int>(std::max(a.TextAt(i).size(), b[i].size()));
    const int cap = max < 0 ? longest : std::min(max, longest);
    out[i] = DamerauOfAlignment(a.TextAt(i), b[i], out[i], cap);
  }
}

ManySide Beside(Texts a, Texts b) {
  HEARTH_CHECK(a.size() == b.size(), "as many strings on either side");
  return {a};
}

}  // namespace

void LevenshteinMany(const PreparedPattern& pattern, Texts texts, int* out) {
  CompareAll(OneSide{pattern}, texts, Edits::kLevenshtein, out);
}
void OptimalStringAlignmentMany(const PreparedPattern& pattern, Texts texts, int* out) {
  CompareAll(OneSide{pattern}, texts, Edits::kAlignment, out);
}
void DamerauLevenshteinMany(const PreparedPattern& pattern, Texts texts, int* out) {
  CompareAll(OneSide{pattern}, texts, Edits::kAlignment, out);
  SettleDamerau(OneSide{pattern}, texts, -1, out);
}
void DamerauLevenshteinWithinMany(const PreparedPattern& pattern, Texts texts, int max, int* out) {
  CompareAll(OneSide{pattern}, texts, Edits::kAlignment, out);
  SettleDamerau(OneSide{pattern}, texts, max, out);
}
void JaroMany(const PreparedPattern& pattern, Texts texts, double* out) {
  CompareAll(OneSide{pattern}, texts, Likeness::kJaro, out);
}
void JaroWinklerMany(const PreparedPattern& pattern, Texts texts, double* out) {
  CompareAll(OneSide{pattern}, texts, Likeness::kJaroWinkler, out);
}

void LevenshteinEach(Texts a, Texts b, int* out) { CompareAll(Beside(a, b), b, Edits::kLevenshtein, out); }
void OptimalStringAlignmentEach(Texts a, Texts b, int* out) { CompareAll(Beside(a, b), b, Edits::kAlignment, out); }
void DamerauLevenshteinEach(Texts a, Texts b, int* out) {
  CompareAll(Beside(a, b), b, Edits::kAlignment, out);
  SettleDamerau(ManySide{a}, b, -1, out);
}
void DamerauLevenshteinWithinEach(Texts a, Texts b, int max, int* out) {
  CompareAll(Beside(a, b), b, Edits::kAlignment, out);
  SettleDamerau(ManySide{a}, b, max, out);
}
void JaroEach(Texts a, Texts b, double* out) { CompareAll(Beside(a, b), b, Likeness::kJaro, out); }
void JaroWinklerEach(Texts a, Texts b, double* out) { CompareAll(Beside(a, b), b, Likeness::kJaroWinkler, out); }

}  // namespace hearth
