#include <algorithm>
#include <cmath>

#include "matchers/link_persons.h"
#include "matchers/scoring.h"

namespace hearth {
namespace {

// Evidence of an equal usable number, shown as a step; no model trains it. One wrong number in a thousand rows against
// one chance in a billion of two persons sharing one.
constexpr double kEqualNumberBits = 29.9;
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

}  // namespace

LinkWaterfall ExplainLink(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                          const LinkModel& trained, Mention mention) {
  LinkWaterfall out;
  out.prior_bits = trained.prior_bits;
  const PersonIndex index =
      linked.Of(mention.table, mention.row, mention.role, tables[mention.table]->schema().persons.size());
  if (index == kNoPerson) return out;
  const Person& person = linked.persons[index];
  std::vector<Mention> mentions = {mention};
  for (uint32_t i = 0; i < person.mention_count; ++i) {
    const LinkedMention& other = linked.mentions[person.first_mention + i];
    if (other.mention == mention) {
      out.basis = other.basis;
    } else {
      mentions.push_back(other.mention);
    }
  }
  out.total_bits = out.prior_bits;
  out.probability = 1 / (1 + std::exp2(-out.total_bits));
  if (mentions.size() == 1) return out;

  Identities ids = IdentitiesOf(tables, mentions);
  // A number that is not this person's is somebody else's: it says nothing here.
  for (Identity& id : ids.all) {
    if (id.number != 0 && id.number != PackNumber(person.number) && id.number != ids.all[0].number) id.number = 0;
  }
  if (out.basis != LinkBasis::kNumber && ids.all[0].number != PackNumber(person.number)) ids.all[0].number = 0;
  // Names as frequent as among tonight's persons.
  std::vector<uint32_t> counts(ids.names.size());
  for (const Person& p : linked.persons) {
    for (uint32_t n = 0; n < counts.size(); ++n) counts[n] += ids.names.Text(n) == p.name;
  }
  for (uint32_t& count : counts) count = std::max(count, 1u);
  const Scorer scorer(ids, trained, std::move(counts), linked.persons.size());
  Profile own, others;
  own.Clear();
  others.Clear();
  std::vector<uint32_t> own_kin, other_kin;
  own.Add(ids.all[0]);
  AddKin(tables, linked, mention, &own_kin);
  bool number_equal = false;
  for (size_t i = 1; i < ids.all.size(); ++i) {
    others.Add(ids.all[i]);
    number_equal |= ids.all[i].number != 0 && ids.all[i].number == ids.all[0].number;
    AddKin(tables, linked, mentions[i], &other_kin);
  }
  SortUnique(&own_kin);
  SortUnique(&other_kin);
  own.kin = own_kin;
  others.kin = other_kin;
  if (out.basis == LinkBasis::kNumber && number_equal) {
    out.steps.push_back({"citizen_number", "equal", kEqualNumberBits});
    out.total_bits += kEqualNumberBits;
  }
  const PairLevels levels = scorer.Compare(own, others);
  for (const Comparison& comparison : trained.comparisons) {
    const int level = levels.level[static_cast<int>(comparison.kind)];
    const double bits = scorer.Bits(comparison.kind, levels);
    out.steps.push_back({std::string(ComparisonName(comparison.kind)),
                         level < 0 ? "missing" : std::string(LevelNames(comparison.kind)[level]), bits});
    out.total_bits += bits;
  }
  out.probability = 1 / (1 + std::exp2(-out.total_bits));
  return out;
}

}  // namespace hearth
