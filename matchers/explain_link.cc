#include <algorithm>
#include <bit>
#include <cmath>

#include "core/citizen_number.h"
#include "matchers/link_persons.h"
#include "matchers/scoring.h"

namespace hearth {
namespace {

constexpr size_t kHouseholdMax = 20;

// The persons named beside a mention: by the same row, or by the rows of its household.
void AddKin(std::span<const RecordTable* const> tables, const LinkedPersons& linked, Mention m,
            std::vector<uint32_t>* kin) {
  const RecordTable& t = *tables[m.table];
  const size_t roles = t.schema().persons.size();
  const PersonIndex own = linked.Of(m.table, m.row, m.role, roles);
  const auto add = [&](PersonIndex p) {
    if (p != kNoPerson && p != own) kin->push_back(p);
  };
  for (uint16_t r = 0; r < roles; ++r) {
    if (r != m.role) add(linked.Of(m.table, m.row, r, roles));
  }
  const int key = t.schema().persons[m.role].household_key;
  if (!t.Has(key, m.row)) return;
  std::vector<uint32_t> members;
  for (uint32_t row = 0; row < t.size() && members.size() <= kHouseholdMax; ++row) {
    if (t.Has(key, row) && t.Text(key, row) == t.Text(key, m.row)) members.push_back(row);
  }
  if (members.size() > kHouseholdMax) return;
  for (const uint32_t row : members) add(linked.Of(m.table, row, m.role, roles));
}

void SortUnique(std::vector<uint32_t>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

// One side of the comparison: some mentions of one person.
struct Side {
  std::vector<Mention> mentions;
  uint64_t number = 0;    // of its person, packed
  bool numbered = false;  // rows may stand by their number
  Profile profile;
  std::vector<uint32_t> kin;
};

PersonIndex PersonOf(std::span<const RecordTable* const> tables, const LinkedPersons& linked, Mention m) {
  return linked.Of(m.table, m.row, m.role, tables[m.table]->schema().persons.size());
}

// Fills `out` with the steps of comparing the two sides.
void CompareSides(std::span<const RecordTable* const> tables, const LinkedPersons& linked, const LinkModels& given,
                  const NameFrequencies& names, Side* a, Side* b, LinkWaterfall* out) {
  std::vector<Mention> mentions = a->mentions;
  mentions.insert(mentions.end(), b->mentions.begin(), b->mentions.end());
  Identities ids = IdentitiesOf(tables, mentions);
  bool number_equal = false;
  size_t at = 0;
  std::vector<uint64_t> own_numbers;
  for (Side* side : {a, b}) {
    side->profile.Clear();
    for (const Mention& m : side->mentions) {
      Identity& id = ids.all[at++];
      // A number that is not this person's is somebody else's: it says nothing here.
      if (!side->numbered || id.number != side->number) id.number = 0;
      if (side == a && id.number != 0) own_numbers.push_back(id.number);
      if (side == b) number_equal |= std::find(own_numbers.begin(), own_numbers.end(), id.number) != own_numbers.end();
      side->profile.Add(id);
      AddKin(tables, linked, m, &side->kin);
    }
    SortUnique(&side->kin);
    side->profile.kin = side->kin;
  }
  std::vector<uint32_t> counts(ids.names.size());
  for (size_t n = 0; n < counts.size(); ++n) counts[n] = names.Of(ids.names.folded[n]);
  const LinkModels models = RankModels(tables, given);
  const Scorer scorer(ids, models, std::move(counts), names.clusters);
  const PairLevels levels = scorer.Compare(a->profile, b->profile);
  out->thresholds = scorer.ThresholdsOf(levels.registries);
  for (uint64_t rest = levels.registries; rest != 0; rest &= rest - 1) {
    out->registries.push_back(models.registries[static_cast<size_t>(std::countr_zero(rest))].registry);
  }
  const auto add = [&](std::string_view comparison, std::string_view level, double bits, double frequency_bits) {
    out->total_bits += bits;
    out->steps.push_back({std::string(comparison), std::string(level), bits, frequency_bits, out->total_bits});
  };
  if (number_equal) add("citizen_number", "equal", kEqualNumberBits, 0);
  for (const Comparison& comparison : models.common.comparisons) {
    const int level = levels.level[static_cast<int>(comparison.kind)];
    add(ComparisonName(comparison.kind), level < 0 ? "missing" : LevelNames(comparison.kind)[level],
        scorer.Bits(comparison.kind, levels), scorer.FrequencyBits(comparison.kind, levels));
  }
  out->probability = ProbabilityOf(out->total_bits);
}

LinkWaterfall Start(const LinkModels& models) {
  LinkWaterfall out;
  out.prior_bits = out.total_bits = models.common.prior_bits;
  out.thresholds = models.common.thresholds;
  out.probability = ProbabilityOf(out.total_bits);
  return out;
}

}  // namespace

double ProbabilityOf(double bits) { return 1 / (1 + std::exp2(-bits)); }

LinkWaterfall ExplainLink(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                          const LinkModels& trained, const NameFrequencies& names, Mention mention) {
  LinkWaterfall out = Start(trained);
  const PersonIndex index = PersonOf(tables, linked, mention);
  if (index == kNoPerson) return out;
  const Person& person = linked.persons[index];
  const auto all = std::span(linked.mentions).subspan(person.first_mention, person.mention_count);
  const LinkedMention* own =
      &*std::find_if(all.begin(), all.end(), [&](const LinkedMention& m) { return m.mention == mention; });
  out.basis = own->basis;
  const bool weighed = own->basis == LinkBasis::kProbabilistic || own->basis == LinkBasis::kNameOnly;
  if (weighed) out.night_bits = own->match_weight;
  Side left, right;
  // Rows that came together have one weight, to the bit.
  const auto together = [&](const LinkedMention& m) {
    return weighed && own->match_weight != 0 && m.basis == own->basis && m.match_weight == own->match_weight;
  };
  for (const LinkedMention& m : all) {
    (&m == own || together(m) ? left : right).mentions.push_back(m.mention);
  }
  if (right.mentions.empty()) {  // two loose sides found one another: all have the weight
    left.mentions = {mention};
    for (const LinkedMention& m : all) {
      if (&m != own) right.mentions.push_back(m.mention);
    }
  }
  if (right.mentions.empty()) return out;
  left.number = right.number = PackNumber(person.number);
  left.numbered = !weighed;
  right.numbered = true;
  CompareSides(tables, linked, trained, names, &left, &right, &out);
  return out;
}

LinkWaterfall ExplainPair(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                          const LinkModels& trained, const NameFrequencies& names, Mention left, Mention right) {
  LinkWaterfall out = Start(trained);
  Side sides[2];
  for (int s = 0; s < 2; ++s) {
    const PersonIndex index = PersonOf(tables, linked, s == 0 ? left : right);
    if (index == kNoPerson) return out;
    const Person& person = linked.persons[index];
    for (uint32_t i = 0; i < person.mention_count; ++i) {
      sides[s].mentions.push_back(linked.mentions[person.first_mention + i].mention);
    }
    sides[s].number = PackNumber(person.number);
    sides[s].numbered = true;
  }
  CompareSides(tables, linked, trained, names, &sides[0], &sides[1], &out);
  return out;
}

}  // namespace hearth
