// Random facts for any pack: units with members and rows, many of them unknown, from a seed. Made up throughout.
#pragma once

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "core/record_table.h"
#include "policy/evaluate.h"
#include "policy/pack_data.h"

namespace hearth {

struct RandomShares {
  double unknown = 0.15;       // of facts and cells
  double not_answered = 0.05;  // of a member's registries
  double odd = 0.0;            // of numbers: huge, or with more decimals than a column has
  double places = 0.5;         // of units with city, institution or employer facts
  int members_max = 6;
};

class RandomUnits {
 public:
  RandomUnits(const Pack& pack, uint64_t seed, const RandomShares& shares = {})
      : pack_(pack), random_(seed), shares_(shares) {
    for (const auto& schema : pack.data().schemas) tables_.push_back(MakeTable(schema));
  }

  UnitFacts Next() {
    const PackData& data = pack_.data();
    UnitFacts facts = EmptyFacts(pack_, static_cast<size_t>(Below(shares_.members_max + 1)));
    FillPlace(&facts.household, FactPlace::kHousehold);
    for (FactRow& m : facts.members) FillPlace(&m, FactPlace::kMember);
    if (Chance(shares_.places)) {
      facts.city.values.resize(pack_.layout().Count(FactPlace::kCity));
      FillPlace(&facts.city, FactPlace::kCity);
    }
    if (Chance(shares_.places)) {
      facts.institution.values.resize(pack_.layout().Count(FactPlace::kInstitution));
      FillPlace(&facts.institution, FactPlace::kInstitution);
    }
    if (Chance(shares_.places)) {
      facts.employer.values.resize(pack_.layout().Count(FactPlace::kEmployer));
      FillPlace(&facts.employer, FactPlace::kEmployer);
    }
    const uint32_t stretch = static_cast<uint32_t>(Below(kRows - 4));  // members share rows of a small stretch
    for (FactRow& m : facts.members) {
      for (size_t r = 0; r < tables_.size(); ++r) {
        if (Chance(shares_.not_answered)) continue;
        RowList list;
        for (int n = Below(4); n > 0; --n) {
          const uint32_t row = stretch + static_cast<uint32_t>(Below(4));
          if (std::find(list.rows.begin(), list.rows.end(), row) == list.rows.end()) list.rows.push_back(row);
        }
        std::sort(list.rows.begin(), list.rows.end());
        if (!list.rows.empty()) list.table = &tables_[r];
        const int slot = data.layout.Slot(FactPlace::kMember, data.registries[r]);
        m.values[static_cast<size_t>(slot)] = Value::Rows(std::move(list));
      }
    }
    return facts;
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  bool Chance(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

  Value Random(FactType type, std::string_view unit, const std::vector<std::string>& words) {
    if (Chance(shares_.unknown)) return Value::Null();
    switch (type) {
      case FactType::kBoolean:
        return Value::Boolean(Below(2) == 0);
      case FactType::kMoney:
        return Value::Number(Money());
      case FactType::kNumber:
        if (unit == "persons" || unit == "dwellings" || unit == "count") return Value::Number(int64_t{Below(7)});
        if (unit == "years" || unit == "months") return Value::Number(int64_t{Below(110)});
        return Value::Number(Decimal::FromScaled(Below(30000) - 5000, 4));
      case FactType::kText: {
        static const std::vector<std::string> kAny = {"330302001", "330381002", "3303", "339901", "无", "severe", ""};
        const auto& from = words.empty() ? kAny : words;
        return Value::Text(from[static_cast<size_t>(Below(static_cast<int>(from.size())))]);
      }
      case FactType::kDate:
        return Value::Date(Date());
      case FactType::kMonths:
        return Value::Months(Below(60));
      case FactType::kDays:
        return Value::Days(int64_t{Below(900)} * 86400);
      default:
        return Value::Null();
    }
  }

 private:
  static constexpr int kRows = 300;

  Decimal Money() {
    if (Chance(shares_.odd)) {
      return Below(2) == 0 ? Decimal::FromScaled(1234567, 3)
                           : *Decimal::Multiply(Decimal::FromInt(1'000'000'000'000), Decimal::FromInt(90'000));
    }
    static constexpr int64_t kLines[] = {0, 1, 99'99, 800'00, 1000'00, 1100'00, 20'000'00, 50'000'00, 30'000'00};
    if (Below(4) == 0) return Decimal::FromScaled(kLines[Below(9)], 2);
    return Decimal::FromScaled(Below(Below(3) == 0 ? 6'000'000 : 300'000), 2);
  }
  CivilDay Date() {
    if (Below(12) == 0) return CivilDay::FromYmd(1940 + 4 * Below(20), 2, 29).value();
    if (Below(3) == 0) return CivilDay{19500 - Below(1200)};
    return CivilDay{20000 - Below(38000)};
  }

  void FillPlace(FactRow* row, FactPlace place) {
    const PackData& data = pack_.data();
    for (const RawFact& f : data.raw) {
      if (f.place == place) row->values[static_cast<size_t>(f.slot)] = Random(f.type, f.unit, f.values);
    }
  }

  RecordTable MakeTable(const std::shared_ptr<const RegistrySchema>& schema) {
    RecordTable t(schema);
    for (int i = 0; i < kRows; ++i) {
      const uint32_t row = t.AddRow("k" + std::to_string(i), {});
      for (size_t c = 0; c < schema->fields.size(); ++c) {
        const FieldSchema& field = schema->fields[c];
        const int column = static_cast<int>(c);
        if (Chance(shares_.unknown)) continue;
        switch (field.type) {
          case FieldType::kCode:
            t.SetInt(column, row, Below(static_cast<int>(field.codes.size())));
            break;
          case FieldType::kMoney:
            t.SetInt(column, row, Below(3) == 0 ? 0 : Below(Below(4) == 0 ? 50'000'000 : 800'000));
            break;
          case FieldType::kDecimal:
            t.SetInt(column, row, Below(100'000));
            break;
          case FieldType::kInt:
            t.SetInt(column, row, Below(12));
            break;
          case FieldType::kBool:
            t.SetInt(column, row, Below(2));
            break;
          case FieldType::kDay:
            t.SetInt(column, row, Date().days);
            break;
          case FieldType::kMonth:
            t.SetInt(column, row, 624 + Below(40));
            break;
          default:
            t.SetText(column, row, "text " + std::to_string(Below(5)));
        }
      }
    }
    return t;
  }

  Pack pack_;
  std::mt19937_64 random_;
  RandomShares shares_;
  std::deque<RecordTable> tables_;
};

// Values for the parameters that the locality sets, so that few amounts are open.
inline SiteParameters RandomSite(const Pack& pack, uint64_t seed, double unset) {
  std::mt19937_64 random(seed);
  SiteParameters site;
  for (const Parameter& p : pack.parameters()) {
    if (!p.values.empty() || static_cast<double>(random() % 1000) < unset * 1000) continue;
    Value v;
    if (p.type == FactType::kMoney)
      v = Value::Number(Decimal::FromScaled(static_cast<int64_t>(random() % 300'000 + 10'000), 2));
    if (p.type == FactType::kNumber) v = Value::Number(Decimal::FromScaled(static_cast<int64_t>(random() % 40 + 5), 1));
    if (p.type == FactType::kBoolean) v = Value::Boolean(random() % 2 == 0);
    if (p.type == FactType::kText && !p.choices.empty()) v = Value::Text(p.choices[random() % p.choices.size()]);
    if (!v.IsNull()) site.values[p.name] = {{CivilDay{0}, v}};
  }
  return site;
}

}  // namespace hearth
