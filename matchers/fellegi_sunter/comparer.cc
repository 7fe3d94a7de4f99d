// The idea: equal numbers mean equal values and need no look at the text. Of the other pairs, those whose bags of
// characters have too little in common are set aside by a table look-up, and the rest go through vector kernels, many
// pairs at once. Each step is a loop without branches over the whole batch. Distances over land are dot products of
// unit vectors. What has no quick form is evaluated condition by condition, and remembered for the pair of values in a
// small table a thread.
//
// Test: comparer_test.cc holds every form against Holds. Speed: docs/benchmarks.md.
#include "matchers/fellegi_sunter/comparer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

#include "core/text.h"
#include "matchers/fellegi_sunter/comparison_plan.h"
#include "matchers/fellegi_sunter/condition.h"
#include "matchers/fellegi_sunter/value_tests.h"
#include "matchers/similarity/similarity.h"

namespace hearth::linkage {
namespace {

constexpr size_t kMemoSlots = 1 << 16;  // 1 MiB a comparison and thread; stays in the second-level cache
constexpr double kEarthKm = 6371.0;

// The values of a column as the kernels want them, by code.
struct ValueTexts {
  std::vector<std::string_view> bytes;
  std::vector<StringSignature> signature;
  std::vector<uint32_t> head;              // the first four bytes
  std::vector<std::u32string> characters;  // wide only
  bool wide = false;                       // some value is not ASCII and characters count

  // Follows the values, grown or cut at their end.
  void Follow(const Texts& values, bool bytes_count) {
    const size_t count = values.size();
    // The texts move when their buffer grows.
    const bool moved = count > 0 && !bytes.empty() && bytes[0].data() != values[0].data();
    bytes.resize(moved ? 0 : std::min(bytes.size(), count));
    for (auto v = static_cast<uint32_t>(bytes.size()); v < count; ++v)
      bytes.push_back(values[v].substr(0, kUnitsCompared));
    const auto known = static_cast<uint32_t>(std::min(head.size(), count));
    head.resize(known);
    bool ascii = true;
    for (uint32_t v = known; v < count; ++v) {
      ascii = ascii && IsAscii(values[v]);
      uint32_t first = 0;
      std::memcpy(&first, bytes[v].data(), std::min<size_t>(4, bytes[v].size()));
      head.push_back(first);
    }
    wide = wide || (!bytes_count && !ascii);
    if (wide) {
      signature = {};
      characters.resize(std::min(characters.size(), count));
      for (auto v = static_cast<uint32_t>(characters.size()); v < count; ++v) {
        characters.push_back(DecodeUtf8(values[v]).substr(0, kUnitsCompared));
      }
      return;
    }
    signature.resize(std::min(signature.size(), count));
    for (size_t v = signature.size(); v < count; ++v) signature.push_back(SignatureOf(bytes[v]));
  }
};

// A place as a unit vector; not a number when it is no place.
struct Place {
  double x = 0, y = 0, z = 0;
};

Place PlaceOf(std::string_view latitude, std::string_view longitude) {
  const double north = NumberOf(latitude) * std::numbers::pi / 180, east = NumberOf(longitude) * std::numbers::pi / 180;
  return {std::cos(north) * std::cos(east), std::cos(north) * std::sin(east), std::sin(north)};
}

double SimilarityOf(Test measure, std::u32string_view a, std::u32string_view b) {
  if (measure == Test::kJaroWinkler) return JaroWinkler(a, b);
  return measure == Test::kJaro ? Jaro(a, b) : Jaccard(a, b);
}

int DistanceOf(Test measure, std::u32string_view a, std::u32string_view b, int max) {
  return measure == Test::kLevenshtein ? LevenshteinWithin(a, b, max) : DamerauLevenshteinWithin(a, b, max);
}

// How many first bytes two heads have in common, 0 to 4.
size_t CommonHead(uint32_t a, uint32_t b) {
  const uint32_t differ = a ^ b;
  return differ == 0 ? 4 : static_cast<size_t>(std::countr_zero(differ)) / 8;
}

}  // namespace

struct Comparer::Impl {
  struct Compiled {
    ComparisonPlan plan;
    const ValueTexts* texts = nullptr;
    size_t slot = 0;                    // of its column in a record's row
    std::vector<Place> places;          // kPlace: by record
    std::vector<uint8_t> placed;        // kPlace: both columns have a value
    std::unique_ptr<ValueTests> tests;  // kAny on one column
  };
  std::vector<Compiled> compiled;
  std::vector<std::unique_ptr<ValueTexts>> texts;  // by column, where a kernel reads it
  // The codes that quick forms read, a row a record: a pair costs one cache line a side.
  size_t width = 0;
  std::vector<uint32_t> rows;
  std::vector<size_t> slot;  // by column: its place in a row, or SIZE_MAX
  size_t records = 0;        // taken in so far
};

// What a thread remembers, and its room for the pairs of a batch that are still open.
struct Comparer::Scratch::Memo {
  struct Slot {
    // The lesser number stands first, so no pair of values is this one; two missing values are UINT64_MAX.
    uint64_t values = uint64_t{1} << 32;
    uint8_t level = 0;
  };
  std::vector<std::vector<Slot>> of_comparison;
  std::vector<uint8_t> levels;
  std::vector<uint32_t> place, x, y;  // pairs that are neither null nor equal: where, and their values
  std::vector<std::string_view> a, b;
  std::vector<int> distances;
  std::vector<double> similarities;

  void Fit(size_t pairs) {
    if (place.size() >= pairs) return;
    for (auto* list : {&place, &x, &y}) list->resize(pairs);
    a.resize(pairs);
    b.resize(pairs);
    distances.resize(pairs);
    similarities.resize(pairs);
  }
};

Comparer::Scratch::Scratch(const Comparer& comparer) : memo_(std::make_unique<Memo>()) {
  memo_->of_comparison.resize(comparer.model_.comparisons.size());
}
Comparer::Scratch::Scratch(Scratch&&) noexcept = default;
Comparer::Scratch::~Scratch() = default;

Comparer::~Comparer() = default;

Comparer::Comparer(const Model& model, const RecordSet& records)
    : model_(model), records_(records), impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  impl.texts.resize(records.columns.size());
  std::vector<size_t> slot(records.columns.size(), SIZE_MAX);
  for (const Comparison& comparison : model.comparisons) {
    Impl::Compiled c{.plan = PlanComparison(comparison, records)};
    const ColumnIndex column = c.plan.a;
    const bool texts = c.plan.form == PlanForm::kSimilarity || c.plan.form == PlanForm::kDistance;
    if (texts || c.plan.form == PlanForm::kEqual) {
      if (slot[column] == SIZE_MAX) slot[column] = impl.width++;
      c.slot = slot[column];
    }
    if (texts) {
      if (!impl.texts[column]) {
        impl.texts[column] = std::make_unique<ValueTexts>();
      }
      c.texts = impl.texts[column].get();
    }
    if (c.plan.form == PlanForm::kPlace) {
      // Kilometres to the least dot product of unit vectors.
      for (PlanThreshold& t : c.plan.thresholds) {
        t.bound = t.bound >= kEarthKm * std::numbers::pi ? -2 : std::cos(t.bound / kEarthKm);
      }
    }
    if (c.plan.form == PlanForm::kAny && c.plan.columns.size() == 1 && !records.columns[c.plan.columns[0]].many()) {
      c.tests = std::make_unique<ValueTests>(records.columns[c.plan.columns[0]], comparison, model.bytes);
    }
    impl.compiled.push_back(std::move(c));
  }
  impl.slot = std::move(slot);
  Follow();
}

void Comparer::Follow() {
  Impl& impl = *impl_;
  const size_t count = records_.size(), known = std::min(impl.records, count);
  impl.records = count;
  for (size_t column = 0; column < impl.texts.size(); ++column) {
    if (impl.texts[column]) impl.texts[column]->Follow(records_.columns[column].values, model_.bytes);
  }
  for (Impl::Compiled& c : impl.compiled) {
    if (c.tests) c.tests->Follow();
    if (c.plan.form != PlanForm::kPlace) continue;
    const Column &north = records_.columns[c.plan.a], &east = records_.columns[c.plan.b];
    c.placed.resize(known);
    c.places.resize(known);
    c.placed.resize(count);
    c.places.resize(count);
    for (auto r = static_cast<uint32_t>(known); r < count; ++r) {
      if (north.IsNull(r) || east.IsNull(r)) continue;
      c.placed[r] = 1;
      c.places[r] = PlaceOf(north.values[north.codes[r]], east.values[east.codes[r]]);
    }
  }
  impl.rows.resize(count * impl.width);
  for (size_t column = 0; column < impl.slot.size(); ++column) {
    if (impl.slot[column] == SIZE_MAX) continue;
    const std::vector<uint32_t>& codes = records_.columns[column].codes;
    for (size_t r = known; r < count; ++r) impl.rows[r * impl.width + impl.slot[column]] = codes[r];
  }
}

const std::vector<ColumnIndex>& Comparer::ColumnsOf(int comparison) const {
  return impl_->compiled[static_cast<size_t>(comparison)].plan.columns;
}

bool Comparer::Holds(const Condition& condition, Pair pair) const {
  return linkage::Holds(condition, records_, pair, model_.bytes);
}

void Comparer::Compare(std::span<const Pair> pairs, Scratch* scratch, Pattern* patterns) const {
  std::vector<uint8_t>& levels = scratch->memo_->levels;
  levels.resize(pairs.size());
  std::fill_n(patterns, pairs.size(), Pattern{0});
  for (int c = 0; c < static_cast<int>(model_.comparisons.size()); ++c) {
    CompareOne(c, pairs, scratch, levels.data());
    for (size_t i = 0; i < pairs.size(); ++i) patterns[i] |= WithLevel(c, levels[i]);
  }
}

void Comparer::CompareOne(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const {
  switch (impl_->compiled[static_cast<size_t>(comparison)].plan.form) {
    case PlanForm::kPlace:
      return ComparePlaces(comparison, pairs, levels);
    case PlanForm::kAny:
      return CompareAny(comparison, pairs, scratch, levels);
    default:
      return CompareValues(comparison, pairs, scratch, levels);
  }
}

void Comparer::CompareValues(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const {
  const Impl::Compiled& c = impl_->compiled[static_cast<size_t>(comparison)];
  const ComparisonPlan& plan = c.plan;
  Scratch::Memo& memo = *scratch->memo_;
  memo.Fit(pairs.size());
  const uint32_t* codes = impl_->rows.data() + c.slot;
  const size_t width = impl_->width;
  const uint8_t null_level = plan.null_level, equal_level = plan.equal_level, else_level = plan.else_level;
  const uint8_t open_level = plan.form == PlanForm::kEqual ? else_level : equal_level;
  size_t open = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const uint32_t x = codes[pairs[i].left * width], y = codes[pairs[i].right * width];
    const bool null = (x == kNullCode) | (y == kNullCode), equal = x == y;
    levels[i] = null ? null_level : equal ? equal_level : open_level;
    memo.place[open] = static_cast<uint32_t>(i);
    memo.x[open] = x;
    memo.y[open] = y;
    open += !(null | equal);
  }
  if (plan.form == PlanForm::kEqual || open == 0) return;

  const ValueTexts& texts = *c.texts;
  const bool similarity = plan.form == PlanForm::kSimilarity;
  if (texts.wide) {
    const int most = similarity ? 0 : static_cast<int>(std::floor(plan.thresholds.back().bound));
    for (size_t k = 0; k < open; ++k) {
      const std::u32string_view a = texts.characters[memo.x[k]], b = texts.characters[memo.y[k]];
      levels[memo.place[k]] = similarity ? plan.LevelOfSimilarity(SimilarityOf(plan.measure, a, b))
                                         : plan.LevelOfDistance(DistanceOf(plan.measure, a, b, most));
    }
    return;
  }

  // Those with too little in common are done; the others move to the front.
  size_t left = open;
  if (plan.least_common) {
    const LeastCommon& table = *plan.least_common;
    left = 0;
    for (size_t k = 0; k < open; ++k) {
      const uint32_t x = memo.x[k], y = memo.y[k], place = memo.place[k];
      const size_t length_x = texts.bytes[x].size(), length_y = texts.bytes[y].size();
      const int common = CommonUpperBound(texts.signature[x], static_cast<int>(length_x), texts.signature[y],
                                          static_cast<int>(length_y));
      const bool small = length_x < LeastCommon::kLengths && length_y < LeastCommon::kLengths;
      const bool chance = !small || common >= table.least[CommonHead(texts.head[x], texts.head[y])][length_x][length_y];
      levels[place] = else_level;
      memo.place[left] = place;
      memo.a[left] = texts.bytes[x];
      memo.b[left] = texts.bytes[y];
      left += chance;
    }
  } else {
    for (size_t k = 0; k < open; ++k) {
      memo.a[k] = texts.bytes[memo.x[k]];
      memo.b[k] = texts.bytes[memo.y[k]];
    }
  }
  const std::span<const std::string_view> a(memo.a.data(), left), b(memo.b.data(), left);
  if (similarity) {
    double* out = memo.similarities.data();
    if (plan.measure == Test::kJaroWinkler) {
      JaroWinklerEach(a, b, out);
    } else if (plan.measure == Test::kJaro) {
      JaroEach(a, b, out);
    } else {
      for (size_t k = 0; k < left; ++k) out[k] = Jaccard(a[k], b[k]);
    }
    for (size_t k = 0; k < left; ++k) levels[memo.place[k]] = plan.LevelOfSimilarity(out[k]);
    return;
  }
  int* out = memo.distances.data();
  if (plan.measure == Test::kLevenshtein) {
    LevenshteinEach(a, b, out);
  } else {
    DamerauLevenshteinWithinEach(a, b, static_cast<int>(std::floor(plan.thresholds.back().bound)), out);
  }
  for (size_t k = 0; k < left; ++k) levels[memo.place[k]] = plan.LevelOfDistance(out[k]);
}

void Comparer::ComparePlaces(int comparison, std::span<const Pair> pairs, uint8_t* levels) const {
  const Impl::Compiled& c = impl_->compiled[static_cast<size_t>(comparison)];
  const std::vector<PlanThreshold>& thresholds = c.plan.thresholds;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const Place &p = c.places[pairs[i].left], &q = c.places[pairs[i].right];
    const double dot = p.x * q.x + p.y * q.y + p.z * q.z;
    uint8_t level = c.plan.else_level;
    // From the weakest on, so that the strictest that holds is the last to be set.
    for (size_t t = thresholds.size(); t-- > 0;) level = dot >= thresholds[t].bound ? thresholds[t].level : level;
    // The same place may miss a bound of 0 km by a rounding.
    const bool same = p.x == q.x && p.y == q.y && p.z == q.z;
    level = same ? thresholds.front().level : level;
    levels[i] = c.placed[pairs[i].left] & c.placed[pairs[i].right] ? level : c.plan.null_level;
  }
}

void Comparer::CompareAny(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const {
  const std::vector<Level>& all = model_.comparisons[static_cast<size_t>(comparison)].levels;
  const std::vector<ColumnIndex>& columns = ColumnsOf(comparison);
  const auto level_of = [&](Pair pair) {
    size_t l = 0;
    while (l + 1 < all.size() && !linkage::Holds(all[l].when, records_, pair, model_.bytes)) ++l;
    return static_cast<uint8_t>(l);
  };
  const ValueTests* tests = impl_->compiled[static_cast<size_t>(comparison)].tests.get();
  if (tests == nullptr) {
    for (size_t i = 0; i < pairs.size(); ++i) levels[i] = level_of(pairs[i]);
    return;
  }
  const std::vector<uint32_t>& codes = records_.columns[columns[0]].codes;
  std::vector<Scratch::Memo::Slot>& slots = scratch->memo_->of_comparison[static_cast<size_t>(comparison)];
  if (slots.empty()) slots.resize(kMemoSlots);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const uint32_t x = codes[pairs[i].left], y = codes[pairs[i].right];
    const uint64_t values = uint64_t{std::min(x, y)} << 32 | std::max(x, y);
    Scratch::Memo::Slot& slot = slots[values * 0x9E3779B97F4A7C15ull >> 48];
    if (slot.values != values) {
      size_t l = 0;
      if (x == kNullCode || y == kNullCode) {
        l = level_of(pairs[i]);
      } else {
        while (l + 1 < all.size() && !tests->Holds(all[l].when, x, y)) ++l;
      }
      slot = {values, static_cast<uint8_t>(l)};
    }
    levels[i] = slot.level;
  }
}

}  // namespace hearth::linkage
