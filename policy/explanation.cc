#include "policy/explanation.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/record_table.h"
#include "policy/fact_row_at.h"
#include "policy/feel/compile.h"
#include "policy/pack_data.h"

namespace hearth {
namespace {

using Kind = Value::Kind;

constexpr std::array<std::string_view, kFactPlaces> kPlaceKeys = {"household", "member", "employer", "institution",
                                                                  "city"};
// Keys of a record that hold the facts of a place; members stand apart.
constexpr std::array<std::string_view, kFactPlaces> kRecordKeys = {"f", "mf", "ef", "if", "cf"};

void AppendInt(int64_t n, std::string* out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out->append(digits, end);
}

void AppendCount(uint64_t n, std::string* out) {
  char digits[24];
  out->append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

void AppendText(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      *out += "\\u00";
      *out += kHex[c >> 4 & 15];
      *out += kHex[c & 15];
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void AppendKey(std::string_view key, std::string* out) {
  if (out->back() != '{' && out->back() != '[') *out += ',';
  AppendText(key, out);
  *out += ':';
}
void AppendTextMember(std::string_view key, std::string_view text, std::string* out) {
  AppendKey(key, out);
  AppendText(text, out);
}

void AppendDigits(int value, int width, std::string* out) {
  for (int unit = width == 4 ? 1000 : 10; unit > 0; unit /= 10) *out += static_cast<char>('0' + value / unit % 10);
}
void AppendDay(CivilDay day, std::string* out) {
  const YearMonthDay ymd = day.Ymd();
  AppendDigits(ymd.year, 4, out);
  *out += '-';
  AppendDigits(ymd.month, 2, out);
  *out += '-';
  AppendDigits(ymd.day, 2, out);
}

// coefficient * 10^-scale in plain notation, without zeros at the end.
void AppendScaled(int64_t coefficient, int scale, std::string* out) {
  while (scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (scale <= 0) {
    AppendInt(coefficient, out);
    return;
  }
  char digits[24];
  const bool negative = coefficient < 0;
  const uint64_t magnitude =
      negative ? uint64_t{0} - static_cast<uint64_t>(coefficient) : static_cast<uint64_t>(coefficient);
  const auto end = std::to_chars(digits, digits + sizeof digits, magnitude).ptr;
  const int count = static_cast<int>(end - digits);
  if (negative) *out += '-';
  if (count <= scale) {
    *out += "0.";
    out->append(static_cast<size_t>(scale - count), '0');
    out->append(digits, end);
  } else {
    out->append(digits, end - scale);
    *out += '.';
    out->append(end - scale, end);
  }
}

void AppendNumber(const Decimal& d, std::string* out) {
  const __int128 c = d.coefficient();
  if (d.scale() >= 0 && d.scale() <= 20 && c >= INT64_MIN && c <= INT64_MAX) {
    AppendScaled(static_cast<int64_t>(c), d.scale(), out);
  } else {
    *out += d.Guarded().ToString();
  }
}

void AppendOrigin(const RowRef& row, std::string* out) {
  const RowOrigin& origin = row.table->Origin(row.row);
  AppendInt(origin.feed, out);
  *out += ',';
  AppendInt(origin.batch_seq, out);
  *out += ',';
  AppendInt(origin.line, out);
}

std::string DurationText(const Value& v) {
  if (v.kind() == Kind::kMonths) {
    return (v.months() < 0 ? "-P" : "P") + std::to_string(v.months() < 0 ? -v.months() : v.months()) + "M";
  }
  const int64_t s = v.seconds() < 0 ? -v.seconds() : v.seconds();
  std::string text = (v.seconds() < 0 ? "-P" : "P") + std::to_string(s / 86400) + "D";
  if (s % 86400 != 0) text += "T" + std::to_string(s % 86400) + "S";
  return text;
}

std::string_view RoundingName(Rounding r) {
  switch (r) {
    case Rounding::kDown:
      return "down";
    case Rounding::kHalfUp:
      return "half_up";
    case Rounding::kUp:
      return "up";
  }
  return "";
}

}  // namespace

void AppendStreamValue(const Value& v, FactType type, std::string* out) {
  switch (v.kind()) {
    case Kind::kNull:
      *out += "null";
      return;
    case Kind::kBoolean:
      if (type == FactType::kBoolean)
        *out += v.boolean() ? '1' : '0';
      else
        *out += v.boolean() ? "true" : "false";
      return;
    case Kind::kNumber:
      AppendNumber(v.number(), out);
      return;
    case Kind::kText:
      AppendText(v.text(), out);
      return;
    case Kind::kDate:
      *out += type == FactType::kDate ? "\"" : "{\"@\":\"";
      AppendDay(v.date(), out);
      *out += type == FactType::kDate ? "\"" : "\"}";
      return;
    case Kind::kMonths:
    case Kind::kDays:
      *out += "{\"@\":\"";
      *out += DurationText(v);
      *out += "\"}";
      return;
    case Kind::kRange:
      *out += "{\"@range\":[";
      AppendStreamValue(v.range().low, FactType::kAny, out);
      *out += ',';
      AppendStreamValue(v.range().high, FactType::kAny, out);
      *out += v.range().low_included ? ",1" : ",0";
      *out += v.range().high_included ? ",1]}" : ",0]}";
      return;
    case Kind::kList: {
      *out += '[';
      bool first = true;
      for (const Value& item : v.list()) {
        if (!first) *out += ',';
        first = false;
        AppendStreamValue(item, FactType::kAny, out);
      }
      *out += ']';
      return;
    }
    case Kind::kContext: {
      *out += '{';
      for (const auto& [name, item] : v.context()) {
        AppendKey(name, out);
        AppendStreamValue(item, FactType::kAny, out);
      }
      *out += '}';
      return;
    }
    case Kind::kSubject:
      *out += "{\"@member\":";
      AppendInt(v.subject(), out);
      *out += '}';
      return;
    case Kind::kRow:
    case Kind::kRows:  // worked out from rows that stand in the record
      *out += "null";
      return;
  }
}

// ---- the header

namespace {

void AppendDated(std::string_view key, const std::vector<DatedValue>& dated, FactType type, std::string* out) {
  AppendKey(key, out);
  *out += '[';
  for (size_t i = 0; i < dated.size(); ++i) {
    *out += i > 0 ? ",[\"" : "[\"";
    AppendDay(dated[i].from, out);
    *out += "\",";
    AppendStreamValue(dated[i].value, type, out);
    *out += ']';
  }
  *out += ']';
}

// Fields of each registry that some expression of the pack reads.
std::vector<std::vector<int>> FieldsRead(const PackData& data) {
  std::vector<std::vector<bool>> read;
  for (const auto& schema : data.schemas) read.emplace_back(schema->fields.size(), false);
  const auto mark = [&](const feel::Node& n) {
    if (n.op != feel::Op::kColumn && n.op != feel::Op::kPath && n.op != feel::Op::kItemField) return;
    const RegistrySchema* only = n.kids.empty() ? nullptr : n.kids[0]->type.registry;
    for (size_t r = 0; r < data.schemas.size(); ++r) {
      if (only != nullptr && data.schemas[r]->id != only->id) continue;
      const int field = data.schemas[r]->FieldIndex(n.text);
      if (field >= 0) read[r][static_cast<size_t>(field)] = true;
    }
  };
  const auto visit = [&](const feel::Expression& e) {
    if (e.root != nullptr) feel::ForEachNode(*e.root, mark);
  };
  for (const feel::Expression& e : data.derived_expressions) visit(e);
  for (const CompiledRule& r : data.compiled) {
    visit(r.when);
    visit(r.amount);
  }
  std::vector<std::vector<int>> fields(read.size());
  for (size_t r = 0; r < read.size(); ++r) {
    for (size_t f = 0; f < read[r].size(); ++f) {
      if (read[r][f]) fields[r].push_back(static_cast<int>(f));
    }
  }
  return fields;
}

FactType TypeOfField(FieldType t) {
  switch (t) {
    case FieldType::kBool:
      return FactType::kBoolean;
    case FieldType::kDay:
    case FieldType::kMonth:
      return FactType::kDate;
    case FieldType::kMoney:
    case FieldType::kDecimal:
    case FieldType::kInt:
      return FactType::kNumber;
    default:
      return FactType::kText;
  }
}

void AppendFactsHeader(const PackData& data, std::string* out) {
  AppendKey("facts", out);
  *out += '{';
  for (int p = 0; p < kFactPlaces; ++p) {
    AppendKey(kPlaceKeys[static_cast<size_t>(p)], out);
    *out += '[';
    for (size_t s = 0; s < data.slots[p].size(); ++s) {
      const SlotUse& use = data.slots[p][s];
      if (s > 0) *out += ',';
      *out += '{';
      AppendTextMember("name", data.layout.Name(static_cast<FactPlace>(p), static_cast<int>(s)), out);
      const size_t at = static_cast<size_t>(use.index);
      if (use.kind == SlotUse::Kind::kRaw) {
        const RawFact& f = data.raw[at];
        AppendTextMember("type", FactTypeName(f.type), out);
        AppendTextMember("unit", f.unit, out);
        AppendTextMember("source", f.source, out);
        if (!f.fields.empty()) {
          AppendKey("fields", out);
          *out += '[';
          for (size_t i = 0; i < f.fields.size(); ++i) {
            if (i > 0) *out += ',';
            AppendText(f.fields[i].first, out);
          }
          *out += ']';
        }
      } else if (use.kind == SlotUse::Kind::kDerived) {
        const DerivedFact& f = data.derived[at];
        AppendTextMember("type", FactTypeName(f.type), out);
        AppendTextMember("unit", f.unit, out);
        AppendTextMember("feel", f.expression, out);
        AppendTextMember("clause", f.clause, out);
      } else {
        AppendTextMember("type", "rows", out);
        AppendTextMember("registry", data.registries[at], out);
      }
      *out += '}';
    }
    *out += ']';
  }
  *out += '}';
}

void AppendRulesHeader(const PackData& data, std::string* out) {
  AppendKey("groups", out);
  *out += '[';
  for (size_t i = 0; i < data.groups.size(); ++i) {
    *out += i > 0 ? ",{" : "{";
    AppendTextMember("id", data.groups[i].id, out);
    AppendTextMember("mode", StackModeName(data.groups[i].mode), out);
    AppendTextMember("clause", data.groups[i].clause, out);
    *out += '}';
  }
  *out += ']';
  AppendKey("rules", out);
  *out += '[';
  for (size_t i = 0; i < data.rules.size(); ++i) {
    const Rule& r = data.rules[i];
    *out += i > 0 ? ",{" : "{";
    AppendTextMember("id", r.id, out);
    AppendTextMember("title_zh", r.title.zh, out);
    AppendTextMember("title_en", r.title.en, out);
    AppendTextMember("clause", r.clause, out);
    AppendTextMember("unit", RuleUnitName(r.unit), out);
    AppendTextMember("programme", r.programme, out);
    AppendTextMember("when", r.when, out);
    AppendTextMember("amount", r.amount, out);
    AppendTextMember("per", PeriodName(r.per), out);
    AppendTextMember("rounding", RoundingName(r.rounding), out);
    AppendTextMember("group", r.stack_group, out);
    *out += '}';
  }
  *out += ']';
}

// What a place sets on its own.
void AppendPlace(const SiteParameters& site, std::string* out) {
  AppendKey("set", out);
  *out += '{';
  for (const auto& [name, dated] : site.values) AppendDated(name, dated, FactType::kAny, out);
  *out += '}';
  AppendKey("local_amount", out);
  *out += '{';
  for (const auto& [rule, dated] : site.local_amount) AppendDated(rule, dated, FactType::kMoney, out);
  *out += '}';
}

void AppendPackHeader(const ExplainedPack& e, std::string* out) {
  const PackData& data = e.pack.data();
  *out += '{';
  AppendTextMember("id", data.id, out);
  AppendTextMember("digest", data.digest, out);
  AppendTextMember("document", data.document, out);
  AppendTextMember("day", e.as_of.ToString(), out);
  AppendTextMember("valid_from", data.valid_from.ToString(), out);
  AppendTextMember("valid_to", data.valid_to.ToString(), out);
  AppendKey("parameters", out);
  *out += '[';
  for (size_t i = 0; i < data.parameters.size(); ++i) {
    const Parameter& p = data.parameters[i];
    *out += i > 0 ? ",{" : "{";
    AppendTextMember("name", p.name, out);
    AppendTextMember("type", FactTypeName(p.type), out);
    AppendTextMember("unit", p.unit, out);
    AppendTextMember("clause", p.clause, out);
    AppendDated("values", p.values, FactType::kAny, out);
    *out += '}';
  }
  *out += ']';
  AppendKey("places", out);
  *out += '[';
  for (size_t i = 0; i < e.places.size(); ++i) {
    *out += i > 0 ? ",{" : "{";
    AppendTextMember("divisions", e.places[i].divisions, out);
    AppendPlace(e.places[i].site, out);
    *out += '}';
  }
  *out += ']';
  AppendKey("registries", out);
  *out += '[';
  const std::vector<std::vector<int>> fields = FieldsRead(data);
  for (size_t r = 0; r < data.registries.size(); ++r) {
    *out += r > 0 ? ",{" : "{";
    AppendTextMember("id", data.registries[r], out);
    AppendKey("fields", out);
    *out += '[';
    for (size_t f = 0; f < fields[r].size(); ++f) {
      const FieldSchema& field = data.schemas[r]->fields[static_cast<size_t>(fields[r][f])];
      *out += f > 0 ? ",[" : "[";
      AppendText(field.name, out);
      *out += ',';
      AppendText(FactTypeName(TypeOfField(field.type)), out);
      *out += ']';
    }
    *out += "]}";
  }
  *out += ']';
  AppendFactsHeader(data, out);
  AppendRulesHeader(data, out);
  *out += '}';
}

}  // namespace

std::string ExplanationHeader(const ExplanationOrigin& origin, std::span<const ExplainedPack> packs) {
  std::string out = "{\"format\":\"hearth-explanations\",\"version\":" + std::to_string(kExplanationVersion);
  AppendTextMember("site", origin.site, &out);
  AppendKey("generation", &out);
  AppendInt(static_cast<int64_t>(origin.generation), &out);
  AppendTextMember("root_digest", origin.root_digest, &out);
  AppendKey("feeds", &out);
  out += '[';
  for (size_t i = 0; i < origin.feeds.size(); ++i) {
    if (i > 0) out += ',';
    AppendText(origin.feeds[i], &out);
  }
  out += ']';
  AppendKey("packs", &out);
  out += '[';
  for (size_t i = 0; i < packs.size(); ++i) {
    if (i > 0) out += ',';
    AppendPackHeader(packs[i], &out);
  }
  out += "]}";
  return out;
}

// ---- a unit of the plain evaluator

EvaluatedUnit::EvaluatedUnit(Evaluator* evaluator) : evaluator_(evaluator) {}

void EvaluatedUnit::Evaluate(const UnitFacts& facts) {
  facts_ = &facts;
  made_.clear();
  evaluator_->EvaluateMarked(facts, &made_);
  first_.assign(evaluator_->pack().rules().size(), -1);
  for (size_t i = made_.size(); i-- > 0;) first_[made_[i].rule] = static_cast<int32_t>(i);
}

bool EvaluatedUnit::PlaceThere(FactPlace place) const {
  return place == FactPlace::kMember ? !facts_->members.empty() : !FactRowAt(*facts_, place, -1).values.empty();
}

std::span<const int> EvaluatedUnit::TakenSlots(FactPlace place, int member) {
  taken_.clear();
  const int slots = static_cast<int>(evaluator_->pack().layout().Count(place));
  for (int s = 0; s < slots; ++s) {
    if (Taken(place, member, s)) taken_.push_back(s);
  }
  return taken_;
}

bool EvaluatedUnit::Given(FactPlace place, int member, int slot) const {
  const FactRow& row = FactRowAt(*facts_, place, member);
  return static_cast<size_t>(slot) < row.given.size() && row.given[static_cast<size_t>(slot)];
}

const RowRef* EvaluatedUnit::SourceOf(FactPlace place, int member, int slot) const {
  const FactRow& row = FactRowAt(*facts_, place, member);
  if (static_cast<size_t>(slot) >= row.sources.size()) return nullptr;
  const RowRef& source = row.sources[static_cast<size_t>(slot)];
  return source.table != nullptr ? &source : nullptr;
}

RecordSource::Mark EvaluatedUnit::Outcome(uint32_t rule, int member, std::optional<Money>* amount) const {
  if (first_[rule] < 0) return Mark::kNoSubject;
  const Determination& d = made_[static_cast<size_t>(first_[rule] + std::max(member, 0))];
  *amount = d.amount;
  return d.outcome == Outcome::kEligible      ? Mark::kEligible
         : d.outcome == Outcome::kNotEligible ? Mark::kNotEligible
                                              : Mark::kNeedsInformation;
}

// ---- records

RecordWriter::RecordWriter(const Pack& pack, uint32_t pack_index)
    : pack_(pack), index_(pack_index), fields_(FieldsRead(pack.data())) {
  const PackData& data = pack.data();
  row_slots_.assign(data.registries.size(), {-1, -1});
  for (int p = 0; p < kFactPlaces; ++p) {
    for (size_t s = 0; s < data.slots[p].size(); ++s) {
      const SlotUse& use = data.slots[p][s];
      Slot slot;
      if (use.kind == SlotUse::Kind::kRaw) slot.type = data.raw[static_cast<size_t>(use.index)].type;
      if (use.kind == SlotUse::Kind::kDerived) {
        slot.type = data.derived[static_cast<size_t>(use.index)].type;
        slot.derived = true;
      }
      if (use.kind == SlotUse::Kind::kRegistry) {
        slot.type = FactType::kRows;
        slot.registry = use.index;
        auto& [at_member, at_household] = row_slots_[static_cast<size_t>(use.index)];
        if (p == static_cast<int>(FactPlace::kMember)) at_member = static_cast<int>(s);
        if (p == static_cast<int>(FactPlace::kHousehold)) at_household = static_cast<int>(s);
      }
      slots_[p].push_back(slot);
    }
  }
}

// A mark a slot, then the values that the marks do not say.
void RecordWriter::AppendFacts(RecordSource& source, FactPlace place, int member, std::string* out, std::string* values,
                               std::string* sources) const {
  const std::vector<Slot>& slots = slots_[static_cast<int>(place)];
  values->clear();
  *out += "[\"";
  const size_t first = out->size();
  for (const int at : source.TakenSlots(place, member)) {
    const size_t s = static_cast<size_t>(at);
    char mark = 'r';
    const bool row_list = slots[s].registry >= 0 && place != FactPlace::kMember;
    const bool given = (slots[s].derived || row_list) && source.Given(place, member, at);
    const bool rows = slots[s].registry >= 0 || (slots[s].derived && slots[s].type == FactType::kRows);
    if (!rows || given) {
      const Value& v = source.ValueOf(place, member, at);
      mark = given ? 'g' : v.IsNull() ? '?' : v.kind() == Value::Kind::kBoolean ? (v.boolean() ? '+' : '-') : '=';
      if (mark == '=' || mark == 'g') {
        *values += ',';
        AppendStreamValue(v, slots[s].type, values);
      }
    }
    out->append(first + s - out->size(), '.');
    *out += mark;
    const RowRef* const row = source.SourceOf(place, member, at);
    if (row == nullptr) continue;
    for (const int n : {static_cast<int>(place), member, at}) {
      if (!sources->empty()) *sources += ',';
      AppendInt(n, sources);
    }
    *sources += ',';
    AppendOrigin(*row, sources);
  }
  *out += '"';
  *out += *values;
  *out += ']';
}

namespace {

// As AppendStreamValue writes the FieldValue.
void AppendCell(const RowRef& row, int f, const FieldSchema& field, std::string* out) {
  const RecordTable& table = *row.table;
  if (field.sensitive || !table.Has(f, row.row)) {
    *out += "null";
    return;
  }
  switch (field.type) {
    case FieldType::kMoney:
      AppendScaled(table.MoneyAt(f, row.row).fen(), 2, out);
      return;
    case FieldType::kInt:
      AppendInt(table.Int(f, row.row), out);
      return;
    case FieldType::kBool:
      *out += table.Int(f, row.row) != 0 ? '1' : '0';
      return;
    case FieldType::kCode:
      AppendText(table.CodeAt(f, row.row), out);
      return;
    case FieldType::kDay:
    case FieldType::kMonth:
      *out += '"';
      AppendDay(field.type == FieldType::kDay ? table.DayAt(f, row.row) : table.MonthAt(f, row.row).FirstDay(), out);
      *out += '"';
      return;
    default:
      AppendStreamValue(FieldValue(row, f), TypeOfField(field.type), out);
  }
}

void AppendCells(const Value& row, const RegistrySchema& schema, const std::vector<int>& fields, std::string* out) {
  *out += '[';
  if (row.kind() == Kind::kRow)
    AppendOrigin(row.row(), out);
  else
    *out += "0,0,0";
  for (const int f : fields) {
    const FieldSchema& field = schema.fields[static_cast<size_t>(f)];
    *out += ',';
    if (row.kind() == Kind::kRow) {
      AppendCell(row.row(), f, field, out);
      continue;
    }
    Value cell;
    for (const auto& [name, v] : row.context()) {
      if (name == field.name) cell = v;
    }
    AppendStreamValue(cell, TypeOfField(field.type), out);
  }
  *out += ']';
}

}  // namespace

// Each registry's rows once, then each member's by their number; null: the registry has not answered.
void RecordWriter::AppendRows(RecordSource& source, std::string* out) const {
  const PackData& data = pack_.data();
  const int members = static_cast<int>(source.Members());
  bool any = false;
  std::string lists;
  std::vector<Value> rows;
  for (size_t r = 0; r < row_slots_.size(); ++r) {
    const auto [at_member, at_household] = row_slots_[r];
    if (at_member < 0) continue;
    const bool whole = at_household >= 0 && source.Taken(FactPlace::kHousehold, -1, at_household) &&
                       !source.Given(FactPlace::kHousehold, -1, at_household);
    bool taken = whole;
    for (int m = 0; m < members && !taken; ++m) taken = source.Taken(FactPlace::kMember, m, at_member);
    if (!taken) continue;
    rows.clear();
    for (int m = 0; m < members; ++m) {
      const Value& v = source.ValueOf(FactPlace::kMember, m, at_member);
      if (v.kind() != Kind::kRows) continue;
      for (const uint32_t row : v.rows().rows) rows.push_back(Value::Row({v.rows().table, row}));
    }
    std::sort(rows.begin(), rows.end(), [](const Value& a, const Value& b) { return a.row().row < b.row().row; });
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    const size_t of_tables = rows.size();
    lists.clear();
    for (int m = 0; m < members; ++m) {
      if (m > 0) lists += ',';
      const Value& v = source.ValueOf(FactPlace::kMember, m, at_member);
      if (v.IsNull()) {
        lists += "null";
        continue;
      }
      lists += '[';
      const auto add = [&](size_t i) {
        if (lists.back() != '[') lists += ',';
        AppendInt(static_cast<int64_t>(i), &lists);
      };
      if (v.kind() == Kind::kRows) {
        for (const uint32_t row : v.rows().rows) {
          const auto it = std::lower_bound(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(of_tables), row,
                                           [](const Value& a, uint32_t b) { return a.row().row < b; });
          add(static_cast<size_t>(it - rows.begin()));
        }
      } else if (v.kind() == Kind::kList) {
        for (const Value& item : v.list()) {
          if (item.kind() != Kind::kContext) continue;
          add(rows.size());
          rows.push_back(item);
        }
      }
      lists += ']';
    }
    if (!any) AppendKey("r", out), *out += '{';
    any = true;
    AppendKey(std::to_string(r), out);
    *out += "{\"t\":[";
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i > 0) *out += ',';
      AppendCells(rows[i], *data.schemas[r], fields_[r], out);
    }
    *out += "],\"m\":[";
    *out += lists;
    *out += "]}";
  }
  if (any) *out += '}';
}

void RecordWriter::AppendRules(RecordSource& source, std::string* out) const {
  const std::vector<Rule>& rules = pack_.rules();
  const int members = static_cast<int>(source.Members());
  std::string amounts;
  AppendKey("o", out);
  *out += '"';
  for (uint32_t r = 0; r < rules.size(); ++r) {
    const bool person = rules[r].unit == RuleUnit::kPerson;
    for (int i = 0; i < (person ? members : 1); ++i) {
      std::optional<Money> amount;
      const RecordSource::Mark mark = source.Outcome(r, person ? i : -1, &amount);
      *out += ".+-?"[static_cast<int>(mark)];
      if (mark != RecordSource::Mark::kEligible || (rules[r].amount.empty() && !amount)) continue;
      if (!amounts.empty()) amounts += ',';
      if (amount)
        AppendScaled(amount->fen(), 2, &amounts);
      else
        amounts += "null";
    }
  }
  *out += "\",\"a\":[";
  *out += amounts;
  *out += ']';
}

void RecordWriter::Append(const RecordSubject& subject, RecordSource& source, std::string* out) const {
  *out += "{\"u\":";
  AppendCount(subject.unit, out);
  AppendTextMember("h", subject.household_no, out);
  AppendKey("p", out);
  AppendInt(index_, out);
  if (!subject.name.empty()) AppendTextMember("name", subject.name, out);
  if (subject.as_of) AppendTextMember("day", subject.as_of->ToString(), out);
  if (subject.site != nullptr) {
    AppendKey("place", out);
    *out += '{';
    AppendPlace(*subject.site, out);
    *out += '}';
  } else if (subject.place > 0) {
    AppendKey("c", out);
    AppendInt(subject.place, out);
  }
  if (!subject.persons.empty()) {
    AppendKey("m", out);
    *out += '[';
    for (size_t i = 0; i < subject.persons.size(); ++i) {
      if (i > 0) *out += ',';
      AppendCount(subject.persons[i], out);
    }
    *out += ']';
  }
  const int members = static_cast<int>(source.Members());
  std::string sources, values;
  for (int p = 0; p < kFactPlaces; ++p) {
    const FactPlace place = static_cast<FactPlace>(p);
    const bool of_members = place == FactPlace::kMember;
    if (!source.PlaceThere(place)) continue;
    AppendKey(kRecordKeys[static_cast<size_t>(p)], out);
    if (of_members) *out += '[';
    for (int m = of_members ? 0 : -1; m < (of_members ? members : 0); ++m) {
      if (m > 0) *out += ',';
      AppendFacts(source, place, m, out, &values, &sources);
    }
    if (of_members) *out += ']';
  }
  if (!sources.empty()) *out += ",\"s\":[" + sources + "]";
  AppendRows(source, out);
  AppendRules(source, out);
  *out += "}\n";
}

}  // namespace hearth
