#include "matchers/measure_rates.h"

#include <algorithm>
#include <numeric>

#include "core/citizen_number.h"
#include "matchers/person_groups.h"

namespace hearth {
namespace {

bool IsShown(ComparisonKind kind) {
  return kind != ComparisonKind::kNumber && kind != ComparisonKind::kOtherNumber && kind != ComparisonKind::kKin;
}

// model: nullptr for a group.
std::vector<Disagreement> DisagreementsOf(const LinkModel& common, const ObservedPairs& seen,
                                          const RegistryModel* model) {
  std::vector<Disagreement> out;
  for (size_t i = 0; i < common.comparisons.size(); ++i) {
    const ComparisonKind kind = common.comparisons[i].kind;
    if (!IsShown(kind)) continue;
    const auto& levels = seen.levels[static_cast<int>(kind)];
    Disagreement d{kind, static_cast<uint64_t>(std::accumulate(levels.begin(), levels.end(), 0.0)), 0, 0};
    d.differ = d.pairs - static_cast<uint64_t>(levels[0]);
    if (model != nullptr) d.trained = 1 - model->comparisons[i].levels[0].m;
    out.push_back(d);
  }
  return out;
}

void CountNumber(const RecordTable& t, Mention m, const Identity& identity, uint64_t person_number, LinkRates* out) {
  const int column = t.schema().persons[m.role].number;
  if (column < 0) return;
  ++out->numbered;
  const Verdict verdict = t.CellVerdict(column, m.row);
  if (IsUsable(verdict)) {
    const bool citizen = identity.other_number == 0;  // a document of another shape has no owner
    out->number_conflicting += identity.number == 0 && citizen;
    out->number_old += identity.number != 0 && identity.number != person_number;
  } else {
    ++(IsBad(verdict) ? out->number_invalid : out->number_missing);
  }
}

}  // namespace

void MeasureRates(std::span<const RecordTable* const> tables, const Identities& ids,
                  const std::vector<std::vector<uint32_t>>& identity_of, const LinkedPersons& linked,
                  const TrainingResult& training, LinkStats* stats) {
  const LinkModels& models = training.models;
  const std::vector<std::string> registries = RegistriesOf(tables);
  std::vector<size_t> rank_of(tables.size());
  for (size_t t = 0; t < tables.size(); ++t) {
    rank_of[t] = static_cast<size_t>(std::lower_bound(registries.begin(), registries.end(), tables[t]->schema().id) -
                                     registries.begin());
  }
  stats->by_registry.assign(registries.size(), {});
  stats->by_group.assign(kPersonGroups + 1, {});
  for (size_t r = 0; r < registries.size(); ++r) {
    const size_t bit = std::min(r, kRegistriesMax - 1);
    stats->by_registry[r].name = registries[r];
    if (bit < training.by_registry.size()) {
      stats->by_registry[r].disagreements =
          DisagreementsOf(models.common, training.by_registry[bit], &models.registries[bit]);
    }
  }
  for (int g = 0; g <= kPersonGroups; ++g) {
    stats->by_group[g].name = PersonGroupName(g);
    stats->by_group[g].disagreements = DisagreementsOf(models.common, training.by_group[g], nullptr);
  }

  // Bits of the groups that a person belongs to; the last bit for none.
  std::vector<uint8_t> groups_of(linked.persons.size());
  const auto identity = [&](Mention m) -> const Identity& {
    return ids.all[identity_of[m.table][m.row * tables[m.table]->schema().persons.size() + m.role]];
  };
  const auto for_groups = [&](uint8_t groups, const auto& body) {
    for (int g = 0; g <= kPersonGroups; ++g) {
      if (groups >> g & 1) body(&stats->by_group[g]);
    }
  };
  for (size_t p = 0; p < linked.persons.size(); ++p) {
    const Person& person = linked.persons[p];
    const auto mentions = std::span(linked.mentions).subspan(person.first_mention, person.mention_count);
    uint8_t groups = 0;
    for (const LinkedMention& m : mentions) groups |= identity(m.mention).groups;
    groups_of[p] = groups == 0 ? 1 << kPersonGroups : groups;
    const uint64_t number = PackNumber(person.number);
    for (const LinkedMention& m : mentions) {
      const auto count = [&](LinkRates* rates) {
        ++rates->mentions;
        ++rates->by_basis[static_cast<size_t>(m.basis)];
        CountNumber(*tables[m.mention.table], m.mention, identity(m.mention), number, rates);
      };
      count(&stats->by_registry[rank_of[m.mention.table]]);
      for_groups(groups_of[p], count);
    }
  }
  const auto person_of = [&](Mention m) {
    return linked.Of(m.table, m.row, m.role, tables[m.table]->schema().persons.size());
  };
  for (const ReviewPair& pair : linked.reviews) {
    const size_t left = rank_of[pair.left.table], right = rank_of[pair.right.table];
    ++stats->by_registry[left].review_pairs;
    if (right != left) ++stats->by_registry[right].review_pairs;
    const uint8_t groups = groups_of[person_of(pair.left)] | groups_of[person_of(pair.right)];
    for_groups(groups, [](LinkRates* rates) { ++rates->review_pairs; });
  }
}

}  // namespace hearth
