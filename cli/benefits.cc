// hearth benefits: the benefit list (幸福清单) of a household or of one person's family, to read, print or pass on.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/benefit_list.h"
#include "cli/output_paths.h"
#include "core/text.h"
#include "report/html_page.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

struct UnitBenefits {
  CaseFile file;
  BenefitList list;
};

std::string Subject(const UnitBenefits& unit, int member) {
  if (member < 0) return "全家 family";
  return unit.file.members[static_cast<size_t>(member)].stored.person.name + " member " + std::to_string(member + 1);
}

std::string AmountText(const BenefitLine& line) {
  if (line.amount) return Yuan(*line.amount);
  return !line.fact.empty() || line.TheRule().amount.empty() ? "-" : "待定 open";
}

std::string PeriodText(Period p) {
  return p == Period::kNone ? "" : std::string(PeriodTitle(p)) + " " + std::string(PeriodName(p));
}

std::string NextText(const BenefitLine& line) {
  if (!line.next) return "24个月内无变化 none within 24 months";
  const OutlookChange& next = *line.next;
  if (next.pack_ends) return next.on.ToString() + " 政策到期 the policy ends";
  std::string text =
      next.on.ToString() + " " + std::string(OutcomeTitle(next.outcome)) + " " + std::string(OutcomeName(next.outcome));
  if (next.amount) text += " " + Yuan(*next.amount);
  return text;
}

std::string WhyText(const BenefitLine& line) {
  if (!line.next) return "";
  std::string why;
  for (const Condition& c : line.next->flipped) why += (why.empty() ? "" : "; ") + c.words_zh;
  for (const std::string& cause : line.next->causes) {
    if (why.empty() || line.next->flipped.empty()) why += (why.empty() ? "" : "; ") + cause;
  }
  return why;
}

using Cells = std::vector<std::vector<std::string>>;

Cells LineCells(const UnitBenefits& unit, const std::vector<BenefitLine>& lines) {
  Cells cells;
  for (const BenefitLine& line : lines) {
    const Rule& r = line.TheRule();
    const std::string title = line.fact.empty() ? r.title.zh : line.fact;
    cells.push_back({line.fact.empty() ? r.id : "", title, line.fact.empty() ? r.title.en : "",
                     Subject(unit, line.member), AmountText(line), PeriodText(line.per), KindTitle(r.kind), r.clause});
  }
  return cells;
}

struct Section {
  std::string title;
  std::vector<std::string> headings;
  std::vector<bool> numeric;
  Cells cells;
  std::string when_empty;
};

std::vector<Section> SectionsOf(const UnitBenefits& unit) {
  const std::vector<std::string> headings = {"规则 rule", "待遇",     "benefit",   "对象 for",
                                             "金额 yuan", "周期 per", "类别 kind", "依据 clause"};
  const std::vector<bool> numeric = {false, false, false, false, true, false, false, false};
  const BenefitList& list = unit.list;
  std::vector<Section> sections;
  sections.push_back({"一、登记在享 Received, as the registers say", headings, numeric, LineCells(unit, list.received),
                      "登记中没有 nothing on the registers"});
  sections.push_back({"二、应当享受 Due today", headings, numeric, LineCells(unit, list.due), "没有 nothing"});
  sections.push_back({"三、经认定后可享受 Would follow, once recognised (if_recognised)", headings, numeric,
                      LineCells(unit, list.if_recognised), "没有 nothing"});
  Section sums{"四、合计 Sums of what is due, each in its own period",
               {"类别 kind", "周期 per", "金额 yuan"},
               {false, false, true},
               {},
               "没有 nothing"};
  for (const auto& [key, money] : list.sums) {
    sums.cells.push_back({KindTitle(key.first), PeriodText(key.second), Yuan(money)});
  }
  if (list.open_amounts > 0)
    sums.cells.push_back({"金额待定 amount not set by the locality", "", std::to_string(list.open_amounts)});
  sections.push_back(std::move(sums));
  Section next{"五、下次变化 Next changes by themselves",
               {"规则 rule", "待遇", "对象 for", "变化 change", "原因 why"},
               {false, false, false, false, false},
               {},
               "没有 nothing"};
  std::vector<const BenefitLine*> by_day;
  for (const BenefitLine& line : list.due) by_day.push_back(&line);
  std::stable_sort(by_day.begin(), by_day.end(), [](const BenefitLine* a, const BenefitLine* b) {
    return b->next ? a->next && a->next->on < b->next->on : a->next.has_value();
  });
  for (const BenefitLine* line : by_day) {
    next.cells.push_back(
        {line->TheRule().id, line->TheRule().title.zh, Subject(unit, line->member), NextText(*line), WhyText(*line)});
  }
  sections.push_back(std::move(next));
  Section open{"六、待补信息 What is not known, and who knows it",
               {"来源 from", "事项 fact", "规则数", "规则 rules"},
               {false, false, true, false},
               {},
               "没有 nothing"};
  for (const OpenQuestion& q : list.questions) {
    const std::string source = q.source == "case"       ? "经办人 assessor"
                               : q.source == "locality" ? "当地政府 locality"
                                                        : q.source;
    std::string rules;
    for (size_t i = 0; i < q.rules.size() && i < 4; ++i) rules += (i > 0 ? " " : "") + q.rules[i];
    if (q.rules.size() > 4) rules += " …";
    open.cells.push_back({source, q.fact, std::to_string(q.rules.size()), rules});
  }
  sections.push_back(std::move(open));
  return sections;
}

std::string Title(const UnitBenefits& unit) {
  return "幸福清单 Benefit list  户号 household " + unit.file.household.number + "  截至 as of " +
         unit.list.as_of.ToString();
}

void PrintText(const UnitBenefits& unit) {
  std::cout << Title(unit) << "\nfamily unit u-" << unit.file.unit->id.value << "\n";
  for (const Section& section : SectionsOf(unit)) {
    std::cout << "\n" << section.title << "\n";
    if (section.cells.empty()) {
      std::cout << "  " << section.when_empty << "\n";
      continue;
    }
    std::vector<TableColumn> columns;
    for (size_t i = 0; i < section.headings.size(); ++i) {
      columns.push_back({section.headings[i], section.numeric[i] ? Align::kRight : Align::kLeft, 44});
    }
    TextTable table(columns);
    for (const auto& row : section.cells) table.AddRow(row);
    std::cout << table.ToString(2);
  }
  std::cout << "\n";
}

void AddHtml(const UnitBenefits& unit, HtmlPage* page) {
  page->Paragraph(Title(unit));
  for (const Section& section : SectionsOf(unit)) {
    page->Heading(section.title);
    if (section.cells.empty())
      page->Paragraph(section.when_empty);
    else
      page->Table(section.headings, section.cells, section.numeric);
  }
}

void WriteLines(const char* key, const std::vector<BenefitLine>& lines, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const BenefitLine& line : lines) {
    const Rule& r = line.TheRule();
    json.BeginObject();
    json.Key("pack").Text(line.pack->pack.id());
    if (line.fact.empty())
      json.Key("rule").Text(r.id);
    else
      json.Key("fact").Text(line.fact);
    json.Key("programme").Text(r.programme);
    json.Key("kind").Text(r.kind);
    json.Key("title_zh").Text(r.title.zh);
    json.Key("title_en").Text(r.title.en);
    json.Key("clause").Text(r.clause);
    json.Key("member").Int(line.member);
    json.Key("amount").Yuan(line.amount);
    json.Key("per").Text(PeriodName(line.per));
    json.Key("next_change");
    if (!line.next) {
      json.Null();
    } else {
      json.BeginObject();
      json.Key("on").Day(line.next->on);
      json.Key("pack_ends").Bool(line.next->pack_ends);
      json.Key("outcome").Text(OutcomeName(line.next->outcome));
      json.Key("amount").Yuan(line.next->amount);
      json.Key("why").Text(WhyText(line));
      json.EndObject();
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteJson(const UnitBenefits& unit, JsonWriter& json) {
  json.BeginObject();
  json.Key("unit").Text("u-" + std::to_string(unit.file.unit->id.value));
  json.Key("as_of").Day(unit.list.as_of);
  json.Key("members").BeginArray();
  for (const CaseMember& m : unit.file.members) json.Text("p-" + std::to_string(m.stored.person.id.value));
  json.EndArray();
  WriteLines("received", unit.list.received, json);
  WriteLines("due", unit.list.due, json);
  WriteLines("if_recognised", unit.list.if_recognised, json);
  json.Key("sums").BeginArray();
  for (const auto& [key, money] : unit.list.sums) {
    json.BeginObject();
    json.Key("kind").Text(key.first);
    json.Key("per").Text(PeriodName(key.second));
    json.Key("amount").Yuan(money);
    json.EndObject();
  }
  json.EndArray();
  json.Key("needs").BeginArray();
  for (const OpenQuestion& q : unit.list.questions) {
    json.BeginObject();
    json.Key("from").Text(q.source);
    json.Key("fact").Text(q.fact);
    json.Key("rules").BeginArray();
    for (const std::string& r : q.rules) json.Text(r);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

struct Options {
  std::string config, packs, who, as_of, html;
  bool json = false;
};

// The units of a household, or the one that a person is in.
StatusOr<std::vector<FamilyUnitId>> UnitsOf(const OpenStore& store, const std::string& who) {
  const auto household = FindHousehold(*store.generation, who);
  if (household.ok()) return household->units;
  if (household.status().code() != absl::StatusCode::kNotFound) return household.status();
  const auto person = FindPerson(*store.generation, store.schemas, who);
  if (person.status().code() == absl::StatusCode::kNotFound) {
    return NotFound("no household has that number, and no person that id, record number or citizen number");
  }
  HEARTH_RETURN_IF_ERROR(person.status());
  HEARTH_ASSIGN_OR_RETURN(const CaseFile file, OpenPersonCase(*store.generation, store.schemas, *person));
  const FamilyUnitId unit = file.members[0].stored.unit;
  if (unit.value == 0) return NotFound("that person is in no family unit: dead, or gone from every household");
  return std::vector<FamilyUnitId>{unit};
}

Status Run(const Options& o) {
  HEARTH_ASSIGN_OR_RETURN(const OpenStore store, OpenSite(o.config, o.packs));
  CivilDay as_of = store.generation->meta().as_of;
  NightPacks packs = store.packs;
  if (!o.as_of.empty()) {
    HEARTH_ASSIGN_OR_RETURN(as_of, ParseIsoDay(o.as_of));
    HEARTH_ASSIGN_OR_RETURN(packs, LoadNightPacks(store.site, PacksDir(o.packs), store.schemas, as_of));
  }
  if (packs.active.empty()) return FailedPrecondition("no pack of the site is in force on " + as_of.ToString());
  if (!o.html.empty()) HEARTH_RETURN_IF_ERROR(CheckOutputPaths({o.config}, {o.html}));
  HEARTH_ASSIGN_OR_RETURN(const std::vector<FamilyUnitId> ids, UnitsOf(store, o.who));
  std::vector<UnitBenefits> units;
  for (const FamilyUnitId id : ids) {
    UnitBenefits unit;
    HEARTH_ASSIGN_OR_RETURN(unit.file, OpenUnitCase(*store.generation, store.schemas, id));
    HEARTH_ASSIGN_OR_RETURN(unit.list, MakeBenefitList(store, packs, unit.file, as_of));
    units.push_back(std::move(unit));
  }
  if (!o.html.empty()) {
    HtmlPage page("幸福清单 Benefit list");
    page.Add(
        "<style>@page{size:A4;margin:15mm}@media print{body{font-size:10pt;max-width:none;margin:0}"
        "h2{break-after:avoid}tr{break-inside:avoid}}</style>");
    for (const UnitBenefits& unit : units) AddHtml(unit, &page);
    std::ofstream out(o.html, std::ios::binary | std::ios::trunc);
    out << std::move(page).Finish();
    if (!out.flush()) return Unavailable(o.html + ": could not be written");
  }
  if (o.json) {
    JsonWriter json(&std::cout);
    json.BeginObject();
    json.Key("units").BeginArray();
    for (const UnitBenefits& unit : units) WriteJson(unit, json);
    json.EndArray();
    json.EndObject();
    json.Finish();
  } else {
    for (const UnitBenefits& unit : units) PrintText(unit);
  }
  return OkStatus();
}

}  // namespace

void AddBenefitsCommand(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("benefits", "the benefit list (幸福清单): received, due, next changes, clauses");
  command->footer(
      "Examples:\n  hearth benefits --config city/hearth.yaml 3399010000123\n"
      "  hearth benefits --config city/hearth.yaml p-1234567890 --html list.html");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("who", o->who, "household number (户号), person id or record number")->required();
  command->add_option("--as-of", o->as_of, "another day, the rows as they are");
  command->add_option("--html", o->html, "a page to print (A4)");
  command->add_flag("--json", o->json, "as JSON, without names");
  OnRun(command, [o] {
    const Status status = Run(*o);
    return status.ok() ? kExitOk : Fail(status);
  });
}

}  // namespace hearth
