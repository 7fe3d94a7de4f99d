#include "policy/columns/batch_layout.h"

#include <array>
#include <set>

#include "policy/feel/compile.h"
#include "policy/pack_data.h"

namespace hearth {
namespace {

constexpr int32_t kYearFirst = -719162, kYearLast = 2932896;  // 0001-01-01, 9999-12-31

struct Bounds {
  int64_t low, high;
};
Bounds BoundsOf(Width width) {
  switch (width) {
    case Width::k8:
      return {INT8_MIN, INT8_MAX};
    case Width::k16:
      return {INT16_MIN, INT16_MAX};
    case Width::k32:
      return {INT32_MIN + 1, INT32_MAX};
    case Width::k64:
      break;
  }
  return {-kColumnValueMax, kColumnValueMax};
}

// Units that count whole things.
bool IsCount(std::string_view unit) {
  static constexpr std::array<std::string_view, 11> kCounts = {
      "persons", "years", "months", "days", "dwellings", "times", "person", "count", "year", "month", "day"};
  return std::find(kCounts.begin(), kCounts.end(), unit) != kCounts.end();
}

ColumnSpec SpecOf(FactType type, std::string_view unit) {
  switch (type) {
    case FactType::kBoolean:
      return {ColumnKind::kBoolean, Width::k8, 0, 0, 1};
    case FactType::kMoney:
      return {ColumnKind::kNumber, Width::k64, 2, -kColumnValueMax, kColumnValueMax};
    case FactType::kNumber:
      if (IsCount(unit)) return {ColumnKind::kNumber, Width::k32, 0, -1'000'000, 1'000'000};
      return {ColumnKind::kNumber, Width::k64, 4, -kColumnValueMax, kColumnValueMax};
    case FactType::kText:
      return {ColumnKind::kText, Width::k32, 0, 0, INT32_MAX};
    case FactType::kDate:
      return {ColumnKind::kDate, Width::k32, 0, kYearFirst, kYearLast};
    case FactType::kMonths:
      return {ColumnKind::kMonths, Width::k32, 0, -1'000'000, 1'000'000};
    case FactType::kDays:
      return {ColumnKind::kDays, Width::k64, 0, -kColumnValueMax, kColumnValueMax};
    default:
      return {};
  }
}

ColumnSpec SpecOf(const FieldSchema& field) {
  if (field.sensitive) return {};
  switch (field.type) {
    case FieldType::kMoney:
      return SpecOf(FactType::kMoney, {});
    case FieldType::kDecimal:
      return {ColumnKind::kNumber, Width::k64, 4, -kColumnValueMax, kColumnValueMax};
    case FieldType::kInt:
      return {ColumnKind::kNumber, Width::k64, 0, -kColumnValueMax, kColumnValueMax};
    case FieldType::kBool:
      return SpecOf(FactType::kBoolean, {});
    case FieldType::kDay:
    case FieldType::kMonth:
      return SpecOf(FactType::kDate, {});
    default:
      return SpecOf(FactType::kText, {});
  }
}

void AddWords(const Value& v, Words* words) {
  if (v.kind() == Value::Kind::kText) words->Intern(v.text());
  if (v.kind() == Value::Kind::kList) {
    for (const Value& item : v.list()) AddWords(item, words);
  }
}

void AddWords(const feel::Expression& e, Words* words) {
  if (e.root == nullptr) return;
  feel::ForEachNode(*e.root, [&](const feel::Node& n) {
    if (n.op == feel::Op::kLiteral) AddWords(n.literal, words);
  });
}

// Names of the row fields that any expression reads. Of equal names in two registries both count.
std::set<std::string, std::less<>> FieldsRead(const PackData& data) {
  std::set<std::string, std::less<>> names;
  const auto add = [&](const feel::Expression& e) {
    if (e.root == nullptr) return;
    feel::ForEachNode(*e.root, [&](const feel::Node& n) {
      if (n.op == feel::Op::kColumn || n.op == feel::Op::kItemField || n.op == feel::Op::kPath) names.insert(n.text);
    });
  };
  for (const feel::Expression& e : data.derived_expressions) add(e);
  for (const CompiledRule& c : data.compiled) {
    for (const feel::Expression* e : {&c.when, &c.amount, &c.breach, &c.due}) add(*e);
  }
  return names;
}

}  // namespace

Words::Words(const Words& other) { *this = other; }

Words& Words::operator=(const Words& other) {
  if (this == &other) return *this;
  codes_.clear();
  words_.clear();
  for (const std::string* word : other.words_) Intern(*word);
  return *this;
}

int32_t Words::Intern(std::string_view word) {
  const auto it = codes_.find(word);
  if (it != codes_.end()) return it->second;
  const auto added = codes_.emplace(std::string(word), static_cast<int32_t>(words_.size())).first;
  words_.push_back(&added->first);
  return added->second;
}

int32_t Words::Find(std::string_view word) const {
  const auto it = codes_.find(word);
  return it == codes_.end() ? -1 : it->second;
}

BatchLayout::BatchLayout(const Pack& pack) : pack_(pack) {
  const PackData& data = pack_.data();
  words_.Intern("");  // what an unknown lane holds
  for (int p = 0; p < kFactPlaces; ++p) {
    for (const SlotUse& use : data.slots[p]) {
      ColumnSpec spec;
      if (use.kind == SlotUse::Kind::kRaw) {
        const RawFact& f = data.raw[static_cast<size_t>(use.index)];
        spec = SpecOf(f.type, f.unit);
        for (const std::string& word : f.values) words_.Intern(word);
      }
      facts_[p].push_back(spec);
    }
  }
  const auto read = FieldsRead(data);
  for (const auto& schema : data.schemas) {
    std::vector<ColumnSpec> specs;
    std::vector<std::vector<int32_t>> code_words;
    for (const FieldSchema& field : schema->fields) {
      specs.push_back(read.contains(field.name) ? SpecOf(field) : ColumnSpec{});
      code_words.emplace_back();
      for (const CodeValue& code : field.codes) code_words.back().push_back(words_.Intern(code.value));
    }
    cells_.push_back(std::move(specs));
    code_words_.push_back(std::move(code_words));
  }
  for (const Parameter& p : data.parameters) {
    for (const DatedValue& v : p.values) AddWords(v.value, &words_);
    for (const std::string& choice : p.choices) words_.Intern(choice);
  }
  for (const feel::Expression& e : data.derived_expressions) AddWords(e, &words_);
  for (const CompiledRule& c : data.compiled) {
    for (const feel::Expression* e : {&c.when, &c.amount, &c.breach, &c.due}) AddWords(*e, &words_);
  }
}

Status BatchLayout::Narrow(FactPlace place, std::string_view name, Width width) {
  return Narrow(place, name, width, BoundsOf(width).low, BoundsOf(width).high);
}

Status BatchLayout::Narrow(FactPlace place, std::string_view name, Width width, int64_t low, int64_t high) {
  const int slot = pack_.layout().Slot(place, name);
  if (slot < 0) return NotFound("pack " + pack_.id() + " reads no fact \"" + std::string(name) + "\" there");
  ColumnSpec& spec = facts_[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (spec.kind == ColumnKind::kNone || spec.kind == ColumnKind::kBoolean) {
    return InvalidArgument("fact \"" + std::string(name) + "\" has no column of numbers");
  }
  if (low > high || low < BoundsOf(width).low || high > BoundsOf(width).high) {
    return InvalidArgument("bounds of fact \"" + std::string(name) + "\" are not within its width");
  }
  spec.width = width;
  spec.low = spec.kind == ColumnKind::kDate ? std::max<int64_t>(low, kYearFirst) : low;
  spec.high = spec.kind == ColumnKind::kDate ? std::min<int64_t>(high, kYearLast) : high;
  return OkStatus();
}

Status BatchLayout::PromiseKnown(FactPlace place, std::string_view name) {
  const int slot = pack_.layout().Slot(place, name);
  if (slot < 0) return NotFound("pack " + pack_.id() + " reads no fact \"" + std::string(name) + "\" there");
  facts_[static_cast<int>(place)][static_cast<size_t>(slot)].always_known = true;
  return OkStatus();
}

}  // namespace hearth
