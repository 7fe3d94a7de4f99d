#include "nightly/simulate_report.h"

#include "report/csv_writer.h"
#include "report/html_page.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr std::array<Period, 5> kShown = {Period::kDay, Period::kMonth, Period::kSchoolYear, Period::kYear,
                                          Period::kOnce};

std::string Count(uint64_t n) { return Thousands(static_cast<int64_t>(n)); }
std::string Fen(int64_t fen) { return Yuan(Money::FromFen(fen)); }
std::string Signed(int64_t fen) { return (fen > 0 ? "+" : "") + Fen(fen); }

// Lines of all counties together.
std::map<CostKey, CostLine> WholeCity(const Simulation& s) {
  std::map<CostKey, CostLine> all;
  for (const auto& [key, line] : s.cost) {
    CostLine& sum = all[{"", key.programme, key.per}];
    sum.subjects_before += line.subjects_before;
    sum.subjects_after += line.subjects_after;
    sum.before += line.before;
    sum.after += line.after;
  }
  return all;
}

bool Differs(const CostLine& l) { return l.before != l.after || l.subjects_before != l.subjects_after; }

std::vector<std::string> CostCells(const CostKey& key, const CostLine& l) {
  return {
      key.county,    key.programme, std::string(PeriodName(key.per)), Count(l.subjects_before), Count(l.subjects_after),
      Fen(l.before), Fen(l.after),  Signed(l.after - l.before)};
}

std::vector<std::string> DirectionCells(std::string_view label, const DirectionCount& d) {
  return {std::string(label), Count(d.gains), Count(d.loses), Count(d.mixed), Count(d.unchanged)};
}

const std::vector<std::string> kCostHead = {"county", "programme",   "per",        "before",
                                            "after",  "yuan before", "yuan after", "difference"};
const std::vector<std::string> kDirectionHead = {"", "gain", "lose", "mixed", "unchanged"};

TextTable TableWith(const std::vector<std::string>& head, size_t left) {
  std::vector<TableColumn> columns;
  for (size_t i = 0; i < head.size(); ++i) columns.push_back({head[i], i < left ? Align::kLeft : Align::kRight});
  return TextTable(std::move(columns));
}

// The three tables of directions, by name.
struct DirectionTable {
  std::string title;
  std::vector<std::pair<std::string, DirectionCount>> rows;
};
std::vector<DirectionTable> DirectionTables(const Simulation& s) {
  std::vector<DirectionTable> tables = {{"whole city", {{"households", s.households}, {"persons", s.members}}},
                                        {"households by county", {}},
                                        {"households by size", {}},
                                        {"persons by age", {}}};
  for (const auto& [county, count] : s.by_county) tables[1].rows.emplace_back(county, count);
  for (size_t i = 0; i < kSizeBands.size(); ++i) tables[2].rows.emplace_back(kSizeBands[i], s.by_size[i]);
  for (size_t i = 0; i < kAgeBands.size(); ++i) tables[3].rows.emplace_back(kAgeBands[i], s.by_age[i]);
  return tables;
}

void WriteDirection(const DirectionCount& d, JsonWriter* json) {
  json->BeginObject();
  json->Key("gains").Count(d.gains);
  json->Key("loses").Count(d.loses);
  json->Key("mixed").Count(d.mixed);
  json->Key("unchanged").Count(d.unchanged);
  json->EndObject();
}

std::string SubjectOf(const RuleChange& c) {
  return c.member < 0 ? c.rule : c.rule + "#" + std::to_string(c.member + 1);
}

void WriteRule(const RuleChange& c, JsonWriter* json) {
  json->BeginObject();
  json->Key("rule").Text(c.rule);
  json->Key("member").Int(c.member);
  json->Key("held_before").Bool(c.held_before);
  json->Key("held_after").Bool(c.held_after);
  json->Key("amount_before").Yuan(c.before);
  json->Key("amount_after").Yuan(c.after);
  json->Key("per").Text(PeriodName(c.per));
  json->EndObject();
}

}  // namespace

std::string SimulationText(const Simulation& s, const SimulationCaption& caption) {
  std::string text = caption.site + ", " + caption.as_of.ToString() + ": " + caption.question + "\n" + Count(s.units) +
                     " households, " + Count(s.persons) + " persons; " + Count(s.changes.size()) +
                     " households come out otherwise\n\n";
  for (const DirectionTable& t : DirectionTables(s)) {
    TextTable table = TableWith(kDirectionHead, 1);
    for (const auto& [label, count] : t.rows) table.AddRow(DirectionCells(label, count));
    text += t.title + "\n" + table.ToString(2) + "\n";
  }
  TextTable cost = TableWith(kCostHead, 3);
  for (const auto& [key, line] : WholeCity(s)) {
    if (Differs(line)) cost.AddRow(CostCells({"all", key.programme, key.per}, line));
  }
  if (cost.size() > 0) cost.AddRule();
  for (const auto& [key, line] : s.cost) {
    if (Differs(line)) cost.AddRow(CostCells(key, line));
  }
  return text + "cost, where it differs: subjects and yuan a period\n" + cost.ToString(2);
}

void WriteSimulationJson(const Simulation& s, const City& city, const SimulationCaption& caption, std::ostream* out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("simulation").Int(1);
  json.Key("site").Text(caption.site);
  json.Key("as_of").Day(caption.as_of);
  json.Key("question").Text(caption.question);
  json.Key("households").Count(s.units);
  json.Key("persons").Count(s.persons);
  for (const DirectionTable& t : DirectionTables(s)) {
    json.Key(t.title).BeginObject();
    for (const auto& [label, count] : t.rows) {
      json.Key(label);
      WriteDirection(count, &json);
    }
    json.EndObject();
  }
  json.Key("cost").BeginArray();
  for (const auto& [key, line] : s.cost) {
    json.BeginObject();
    json.Key("county").Text(key.county);
    json.Key("programme").Text(key.programme);
    json.Key("per").Text(PeriodName(key.per));
    json.Key("subjects_before").Count(line.subjects_before);
    json.Key("subjects_after").Count(line.subjects_after);
    json.Key("before").Yuan(Money::FromFen(line.before));
    json.Key("after").Yuan(Money::FromFen(line.after));
    json.EndObject();
  }
  json.EndArray();
  json.Key("changes").BeginArray();
  for (const UnitChange& c : s.changes) {
    json.BeginObject();
    json.Key("household_no").Text(city.units[c.unit].household_no);
    json.Key("direction").Text(ChangeDirectionName(c.direction));
    json.Key("reason").Text(c.reason);
    json.Key("rules").BeginArray();
    for (const RuleChange& r : c.rules) WriteRule(r, &json);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.Finish();
}

void WriteSimulationCsv(const Simulation& s, const City& city, bool gb18030, std::ostream* out) {
  CsvWriter csv(out, gb18030 ? CsvEncoding::kGb18030 : CsvEncoding::kUtf8Bom);
  static constexpr std::array<std::string_view, 3> kDirection = {"增加", "减少", "有增有减"};
  csv.Row({"户号", "区划代码", "人数", "变化", "月金额(原)", "月金额(新)", "年金额(原)", "年金额(新)", "一次性(原)",
           "一次性(新)", "变化的规则", "原因"});
  for (const UnitChange& c : s.changes) {
    const CityUnit& unit = city.units[c.unit];
    std::string rules;
    for (const RuleChange& r : c.rules) rules += (rules.empty() ? "" : " ") + SubjectOf(r);
    csv.Text(unit.household_no).Text(unit.region).Int(static_cast<int64_t>(unit.members.size()));
    csv.Text(kDirection[static_cast<size_t>(c.direction)]);
    const auto sum = [](const MoneyByPeriod& m, std::initializer_list<Period> periods) {
      int64_t fen = 0;
      for (const Period p : periods) fen += m[static_cast<size_t>(p)];
      return Money::FromFen(fen);
    };
    for (const auto periods :
         {std::initializer_list<Period>{Period::kMonth}, {Period::kYear, Period::kSchoolYear}, {Period::kOnce}}) {
      csv.Yuan(sum(c.before, periods)).Yuan(sum(c.after, periods));
    }
    csv.Text(rules).Text(c.reason).EndRow();
  }
}

std::string SimulationPage(const Simulation& s, const SimulationCaption& caption) {
  HtmlPage page("What if: " + caption.question);
  page.Paragraph(caption.site + ", " + caption.as_of.ToString() + ". " + Count(s.units) + " households, " +
                 Count(s.persons) + " persons; " + Count(s.changes.size()) + " households come out otherwise.");
  for (const DirectionTable& t : DirectionTables(s)) {
    page.Heading(t.title);
    std::vector<Bar> bars;
    std::vector<std::vector<std::string>> rows;
    for (const auto& [label, count] : t.rows) {
      bars.push_back({label, "gain", static_cast<double>(count.gains), Count(count.gains)});
      bars.push_back({label, "lose", -static_cast<double>(count.loses), Count(count.loses)});
      rows.push_back(DirectionCells(label, count));
    }
    page.Add(DivergingBars(bars));
    page.Table(kDirectionHead, rows, {false, true, true, true, true});
  }
  page.Heading("Cost a period, in yuan");
  const std::vector<bool> numeric = {false, false, false, true, true, true, true, true};
  for (const Period per : kShown) {
    std::vector<Bar> bars;
    for (const auto& [key, line] : s.cost) {
      if (key.per != per || !Differs(line)) continue;
      bars.push_back({key.county, key.programme, static_cast<double>(line.after - line.before) / 100.0,
                      Signed(line.after - line.before)});
    }
    if (bars.empty()) continue;
    page.Paragraph("Difference a " + std::string(PeriodName(per)));
    page.Add(DivergingBars(bars));
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, line] : s.cost) rows.push_back(CostCells(key, line));
  page.Table(kCostHead, rows, numeric);
  return std::move(page).Finish();
}

}  // namespace hearth
