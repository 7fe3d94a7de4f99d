#include "matchers/scoring.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "matchers/full_names.h"

namespace hearth {
namespace {

constexpr int kNameTransposed = 5, kNameClash = 7, kBirthClash = 4;
// Level indices of the number comparison, as LevelNames lists them.
constexpr int kOneEdit = 0, kMostPlaces = 1, kSomePlaces = 2, kNumberClash = 3;
constexpr int kMostPlacesMin = 14, kSomePlacesMin = 6;
// Pseudo-observations that keep a small table from taking one occurrence for a frequency.
constexpr double kFrequencySmoothing = 1000;

}  // namespace

void Profile::Clear() {
  names.clear();
  births.clear();
  phones.clear();
  addresses.clear();
  organisations.clear();
  other_numbers.clear();
  households.clear();
  numbers.clear();
  regions.clear();
  hints.clear();
  sexes = 0;
  registries = 0;
  kin = {};
}

void Profile::Add(const Identity& id) {
  if (id.name != kNone) names.Add(id.name);
  if (id.former_name != kNone) names.Add(id.former_name);
  if (id.birth != kNoDay) births.Add(id.birth);
  if (id.phone != 0) phones.Add(id.phone);
  if (id.address != 0) addresses.Add(id.address);
  if (id.organisation != 0) organisations.Add(id.organisation);
  if (id.other_number != 0) other_numbers.Add(id.other_number);
  if (id.household != 0) households.Add(id.household);
  if (id.region != 0) regions.Add(id.region);
  if (id.hint != kNone) hints.Add(id.hint);
  registries |= uint64_t{1} << id.registry;
  int sex = id.sex;
  if (id.number != 0) {
    const CitizenNumber number = CitizenNumber::FromPacked(id.number);
    numbers.Add(id.number);
    births.Add(BirthOf(number).days);
    if (sex == 0) sex = SexOf(number);
  }
  if (sex != 0) sexes |= static_cast<uint8_t>(1 << (sex - 1));
}

int CompareBirths(CivilDay a, CivilDay b) {
  if (a == b) return 0;
  const YearMonthDay x = a.Ymd(), y = b.Ymd();
  if (x.year == y.year && x.month == y.day && x.day == y.month) return 1;
  const int equal = (x.year == y.year) + (x.month == y.month) + (x.day == y.day);
  if (equal == 2) return 2;
  return x.year == y.year ? 3 : kBirthClash;
}

uint32_t NameFrequencies::Of(uint64_t folded) const {
  const auto it = std::lower_bound(counts.begin(), counts.end(), folded,
                                   [](const auto& entry, uint64_t hash) { return entry.first < hash; });
  return it != counts.end() && it->first == folded ? std::max(it->second, 1u) : 1;
}

LinkModels RankModels(std::span<const RecordTable* const> tables, const LinkModels& models) {
  LinkModels out{models.common, {}};
  const std::vector<std::string> registries = RegistriesOf(tables);
  for (size_t i = 0; i < std::min(registries.size(), kRegistriesMax); ++i) {
    // The last one stands for all that have no bit of their own.
    const bool shared = registries.size() > kRegistriesMax && i + 1 == kRegistriesMax;
    out.registries.push_back(shared ? LinkModels{models.common, {}}.Of("*") : models.Of(registries[i]));
  }
  return out;
}

Scorer::Scorer(const Identities& ids, LinkModels models, std::vector<uint32_t> name_counts, size_t clusters)
    : ids_(ids), name_counts_(std::move(name_counts)), clusters_(static_cast<double>(clusters)) {
  SetModels(std::move(models));
}

void Scorer::SetModels(LinkModels models) {
  models_ = std::move(models);
  by_kind_.fill(nullptr);
  for (size_t i = 0; i < models_.common.comparisons.size(); ++i) {
    const int kind = static_cast<int>(models_.common.comparisons[i].kind);
    by_kind_[kind] = &models_.common.comparisons[i];
    place_[kind] = static_cast<int>(i);
  }
}

int Scorer::CompareNameLists(const Profile& a, const Profile& b, uint32_t* exact_name) const {
  int best = kNameClash;
  for (const uint32_t x : a.names) {
    for (const uint32_t y : b.names) {
      int level;
      if (x == y || ids_.names.folded[x] == ids_.names.folded[y]) {
        // One folded form: exact, or variants of one another.
        level = x == y ? 0 : static_cast<int>(CompareFullNames(ids_.names.Text(x), ids_.names.Text(y)));
        level = std::min(level, 1);
        if (level == 0 && (*exact_name == kNone || name_counts_[x] < name_counts_[*exact_name])) *exact_name = x;
      } else {
        level = std::min(static_cast<int>(CompareFullNames(ids_.names.Text(x), ids_.names.Text(y))), kNameClash);
        if (level == 0 && *exact_name == kNone) *exact_name = x;
      }
      best = std::min(best, level);
    }
  }
  return best;
}

int Scorer::CompareNumbers(const Profile& a, const Profile& b) const {
  int best = -1;
  const auto consider = [&](uint32_t hint_index, uint64_t packed) {
    const NumberHint& hint = ids_.hints[hint_index];
    const CitizenNumber number = CitizenNumber::FromPacked(packed);
    const HintMatch match = CompareHint(hint, number);
    int level = kNumberClash;
    if (match.disagree == 0) {
      if (match.agree < kSomePlacesMin) return;
      level = match.agree >= kMostPlacesMin ? kMostPlaces : kSomePlaces;
    } else if (match.unknown == 0 && match.disagree == 1) {
      level = kOneEdit;
    } else if (match.unknown == 0 && match.disagree == 2) {
      const std::array<char, 18> digits = UnpackNumber(packed);
      int first = 0;
      while (hint.places[first] == digits[first]) ++first;
      if (first < 17 && hint.places[first] == digits[first + 1] && hint.places[first + 1] == digits[first])
        level = kOneEdit;
    }
    best = best == -1 ? level : std::min(best, level);
  };
  for (const uint32_t h : a.hints) {
    for (const uint64_t n : b.numbers) consider(h, n);
  }
  for (const uint32_t h : b.hints) {
    for (const uint64_t n : a.numbers) consider(h, n);
  }
  return best;
}

PairLevels Scorer::Compare(const Profile& a, const Profile& b) const {
  PairLevels out;
  out.level.fill(-1);
  out.registries = (a.numbers.empty() ? a.registries : 0) | (b.numbers.empty() ? b.registries : 0);
  const auto set = [&](ComparisonKind kind, int level) {
    if (by_kind_[static_cast<int>(kind)] != nullptr) out.level[static_cast<int>(kind)] = static_cast<int8_t>(level);
  };
  const auto meet = [&](ComparisonKind kind, const auto& x, const auto& y) {
    if (!x.empty() && !y.empty()) set(kind, x.Meets(y) ? 0 : 1);
  };
  meet(ComparisonKind::kPhone, a.phones, b.phones);
  meet(ComparisonKind::kAddress, a.addresses, b.addresses);
  meet(ComparisonKind::kOrganisation, a.organisations, b.organisations);
  meet(ComparisonKind::kOtherNumber, a.other_numbers, b.other_numbers);
  if (a.sexes != 0 && b.sexes != 0) set(ComparisonKind::kSex, (a.sexes & b.sexes) != 0 ? 0 : 1);
  if (!a.births.empty() && !b.births.empty()) {
    int best = kBirthClash;
    for (const int32_t x : a.births) {
      for (const int32_t y : b.births) best = std::min(best, CompareBirths(CivilDay{x}, CivilDay{y}));
    }
    set(ComparisonKind::kBirthDate, best);
  }
  if (!a.regions.empty() && !b.regions.empty()) {
    int best = 2;
    for (const uint32_t x : a.regions) {
      for (const uint32_t y : b.regions) best = std::min(best, x == y ? 0 : x / 100 == y / 100 ? 1 : 2);
    }
    set(ComparisonKind::kRegion, best);
  }
  if (!a.kin.empty() && !b.kin.empty()) {
    bool shared = false;
    for (size_t i = 0, j = 0; i < a.kin.size() && j < b.kin.size() && !shared;) {
      shared = a.kin[i] == b.kin[j];
      if (a.kin[i] < b.kin[j])
        ++i;
      else
        ++j;
    }
    set(ComparisonKind::kKin, shared ? 0 : 1);
  }
  if (const int level = CompareNumbers(a, b); level >= 0) set(ComparisonKind::kNumber, level);
  if (!a.names.empty() && !b.names.empty()) set(ComparisonKind::kName, CompareNameLists(a, b, &out.exact_name));
  return out;
}

// m of a level for rows of these registries; the common one for none.
double Scorer::ShareOf(ComparisonKind kind, int level, uint64_t registries) const {
  if (registries == 0) return by_kind_[static_cast<int>(kind)]->levels[level].m;
  const int place = place_[static_cast<int>(kind)];
  double sum = 0;
  for (uint64_t rest = registries; rest != 0; rest &= rest - 1) {
    sum += models_.registries[static_cast<size_t>(std::countr_zero(rest))].comparisons[place].levels[level].m;
  }
  return sum / std::popcount(registries);
}

double Scorer::FrequencyBits(ComparisonKind kind, const PairLevels& levels) const {
  const int level = levels.level[static_cast<int>(kind)];
  if (kind != ComparisonKind::kName || level != 0 || levels.exact_name == kNone) return 0;
  const Comparison& comparison = *by_kind_[static_cast<int>(kind)];
  if (!comparison.term_frequency) return 0;
  const double u = comparison.levels[0].u;
  const double count = name_counts_[levels.exact_name];
  const double frequency = (count + kFrequencySmoothing * u) / (clusters_ + kFrequencySmoothing);
  return std::log2(u / frequency);
}

double Scorer::Bits(ComparisonKind kind, const PairLevels& levels) const {
  const int level = levels.level[static_cast<int>(kind)];
  if (level < 0) return 0;
  const double u = by_kind_[static_cast<int>(kind)]->levels[level].u;
  return std::log2(ShareOf(kind, level, levels.registries) / u) + FrequencyBits(kind, levels);
}

LinkThresholds Scorer::ThresholdsOf(uint64_t registries) const {
  if (registries == 0) return models_.common.thresholds;
  LinkThresholds out = models_.registries[static_cast<size_t>(std::countr_zero(registries))].thresholds;
  for (uint64_t rest = registries & (registries - 1); rest != 0; rest &= rest - 1) {
    out = StrictestOf(out, models_.registries[static_cast<size_t>(std::countr_zero(rest))].thresholds);
  }
  return out;
}

PairScore Scorer::Score(const PairLevels& levels) const {
  PairScore out;
  out.bits = models_.common.prior_bits;
  for (int k = 0; k < kComparisonKinds; ++k) {
    const ComparisonKind kind = static_cast<ComparisonKind>(k);
    const double bits = Bits(kind, levels);
    out.bits += bits;
    const bool beside =
        kind == ComparisonKind::kName || kind == ComparisonKind::kSex || kind == ComparisonKind::kRegion;
    if (beside || bits <= 1) continue;
    out.support += bits;
    ++out.fields;
  }
  const int name = levels.level[static_cast<int>(ComparisonKind::kName)];
  const int number = levels.level[static_cast<int>(ComparisonKind::kNumber)];
  const int birth = levels.level[static_cast<int>(ComparisonKind::kBirthDate)];
  const bool number_fits = number == kOneEdit || number == kMostPlaces;
  // Two of a family share phone, address and birthday, but not a name; a father and his namesake not the birth date.
  out.fits = (name >= 0 ? name <= kNameTransposed : number_fits) && birth != kBirthClash && number != kNumberClash;
  return out;
}

}  // namespace hearth
