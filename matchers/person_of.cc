#include "matchers/person_of.h"

#include <algorithm>
#include <utility>

namespace hearth {
namespace {

// A handful of values with the rows that say them.
template <class T>
class Tally {
 public:
  void Add(const T& value, uint32_t weight) {
    for (auto& [known, count] : counts_) {
      if (known == value) {
        count += weight;
        return;
      }
    }
    if (counts_.size() < kValuesMax) counts_.push_back({value, weight});
  }
  bool empty() const { return counts_.empty(); }
  // The most said; ties to the smaller value.
  T Best() const {
    return std::min_element(counts_.begin(), counts_.end(),
                            [](const auto& a, const auto& b) {
                              return a.second != b.second ? a.second > b.second : a.first < b.first;
                            })
        ->first;
  }

 private:
  static constexpr size_t kValuesMax = 64;
  std::vector<std::pair<T, uint32_t>> counts_;
};

// The register's word outweighs any number of other rows.
constexpr uint32_t kRegisterWeight = 1u << 24;

}  // namespace

PersonBuilder::PersonBuilder(std::span<const RecordTable* const> tables, const Identities& ids,
                             const std::vector<std::vector<uint32_t>>& identity_of)
    : tables_(tables), ids_(ids), identity_of_(identity_of) {}

void PersonBuilder::Fill(std::span<const LinkedMention> mentions, Person* out) {
  Tally<uint64_t> numbers;
  Tally<std::string_view> names, regions;
  Tally<int32_t> births;
  Tally<int> sexes;
  std::vector<std::string> parts;  // names made of parts; must not move while names point into them
  parts.reserve(mentions.size());
  for (const LinkedMention& linked : mentions) {
    const Mention m = linked.mention;
    const RecordTable& t = *tables_[m.table];
    const PersonReference& ref = t.schema().persons[m.role];
    const Identity& id = ids_.all[identity_of_[m.table][m.row * t.schema().persons.size() + m.role]];
    const uint32_t weight = id.registered ? kRegisterWeight : 1;
    if (id.number != 0) numbers.Add(id.number, id.old_number ? 1 : 2 * weight);
    if (t.Has(ref.name, m.row)) {
      names.Add(t.Text(ref.name, m.row), 1);
    } else if (std::string name = NameOfMention(t, m.row, ref); !name.empty()) {
      parts.push_back(std::move(name));
      names.Add(parts.back(), 1);
    }
    if (id.birth != kNoDay) births.Add(id.birth, weight);
    if (id.sex != 0) sexes.Add(id.sex, weight);
    if (t.Has(ref.region, m.row)) regions.Add(t.Text(ref.region, m.row), weight);
    if (t.Has(ref.death_date, m.row)) {
      const CivilDay day = t.DayAt(ref.death_date, m.row);
      if (!out->death_date || day < *out->death_date) out->death_date = day;
    }
  }
  if (!numbers.empty()) {
    const CitizenNumber number = CitizenNumber::FromPacked(numbers.Best());
    out->number = number.RevealDigits();
    if (births.empty()) births.Add(BirthOf(number).days, 1);
    if (sexes.empty() && SexOf(number) != 0) sexes.Add(SexOf(number), 1);
  }
  if (!names.empty()) out->name = names.Best();
  if (!regions.empty()) out->region = regions.Best();
  if (!births.empty()) out->birth_date = CivilDay{births.Best()};
  if (!sexes.empty()) out->sex = sexes.Best();
}

}  // namespace hearth
