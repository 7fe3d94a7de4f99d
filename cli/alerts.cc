// hearth alerts: the lists that caseworkers work from.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "cli/common.h"
#include "core/citizen_number.h"
#include "nightly/case_file.h"
#include "report/csv_writer.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "store/codec.h"

namespace hearth {
namespace {

struct AlertsOptions {
  std::string config, packs, kind, programme, state, region, csv, encoding = "utf8";
  size_t limit = 20;
  bool json = false;
};

// Township or street: the first nine digits.
std::string TownOf(std::string_view region) { return std::string(region.substr(0, 9)); }

StatusOr<std::vector<Alert>> LoadAlerts(const Generation& g, const AlertsOptions& o) {
  std::vector<Alert> alerts;
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kAlerts, "", [&](std::string_view, std::string_view value) {
    auto a = DecodeAlert(value);
    if (!a.ok()) {
      status = a.status();
      return false;
    }
    const bool standing = a->state != AlertState::kWithdrawn;
    if ((o.kind.empty() || o.kind == AlertKindName(a->kind)) && (o.programme.empty() || o.programme == a->programme) &&
        (o.state.empty() ? standing : o.state == "all" || o.state == AlertStateName(a->state)) &&
        a->region.starts_with(o.region)) {
      alerts.push_back(std::move(*a));
    }
    return true;
  }));
  HEARTH_RETURN_IF_ERROR(status);
  std::sort(alerts.begin(), alerts.end(), AlertRanksBefore);
  return alerts;
}

// The person an alert is about, else the head of its family or household.
std::optional<Person> SubjectOf(const Generation& g, const Alert& a) {
  PersonId id = a.person;
  if (id.value == 0 && a.unit.value != 0) {
    const auto bytes = g.Get(Table::kUnits, IdKey(a.unit.value));
    if (!bytes.ok()) return std::nullopt;
    const auto unit = DecodeUnit(*bytes);
    if (!unit.ok() || unit->members.empty()) return std::nullopt;
    id = unit->members.front().first;
  }
  if (id.value == 0) {
    const auto household = FindHousehold(g, a.household_no);
    if (household.ok()) {
      const auto& people = household->members.empty() ? household->absent : household->members;
      id = household->head.value != 0 || people.empty() ? household->head : people[0];
    }
  }
  const auto bytes = g.Get(Table::kPersons, IdKey(id.value));
  if (!bytes.ok()) return std::nullopt;
  auto person = DecodePerson(*bytes);
  if (!person.ok()) return std::nullopt;
  return std::move(person->person);
}

std::string OptionalYuan(const std::optional<Money>& m) { return m ? Yuan(*m) : "-"; }

Status WriteCsv(const OpenStore& store, const std::vector<Alert>& alerts, const AlertsOptions& o) {
  const CsvEncoding encoding = o.encoding == "gb18030" ? CsvEncoding::kGb18030 : CsvEncoding::kUtf8Bom;
  std::error_code error;
  std::filesystem::create_directories(o.csv, error);
  if (error) return Unavailable(o.csv + ": cannot be made: " + error.message());
  std::map<std::pair<AlertKind, std::string>, std::vector<const Alert*>> lists;
  for (const Alert& a : alerts) lists[{a.kind, TownOf(a.region)}].push_back(&a);
  for (const auto& [key, list] : lists) {
    const std::string path = o.csv + "/" + std::string(AlertKindName(key.first)) + "-" +
                             (key.second.empty() ? "unknown" : key.second) + ".csv";
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    if (!out) return Unavailable(path + ": cannot be written; check the folder and its rights");
    CsvWriter csv(&out, encoding);
    csv.Row({"预警编号", "类型", "项目", "状态", "户号", "区划代码", "姓名", "证件号码", "原因", "条款", "月金额(元)",
             "距标准(元)", "证据等级", "首次预警", "牵头单位"});
    for (const Alert* a : list) {
      const auto subject = SubjectOf(*store.generation, *a);
      csv.Text(a->id.ToString()).Text(AlertKindTitle(a->kind)).Text(a->programme).Text(AlertStateName(a->state));
      csv.Text(a->household_no).Text(a->region).Text(subject ? subject->name : "");
      csv.Text(subject ? MaskNumber(subject->number) : "").Text(a->cause).Text(a->clause);
      a->money ? csv.Yuan(*a->money) : csv.Empty();
      a->distance ? csv.Yuan(*a->distance) : csv.Empty();
      csv.Text(EvidenceGradeName(a->evidence)).Day(a->raised_on).Text(a->lead).EndRow();
    }
    out.flush();
    if (!out) return Unavailable(path + ": write failed; is the disk full?");
    std::cout << path << "  " << list.size() << " alerts\n";
  }
  return OkStatus();
}

void PrintJson(const std::vector<Alert>& alerts) {
  JsonWriter json(&std::cout);
  json.BeginArray();
  for (const Alert& a : alerts) {
    json.BeginObject();
    json.Key("id").Text(a.id.ToString());
    json.Key("kind").Text(AlertKindName(a.kind));
    json.Key("state").Text(AlertStateName(a.state));
    json.Key("pack").Text(a.pack);
    json.Key("programme").Text(a.programme);
    json.Key("rule").Text(a.rule);
    json.Key("clause").Text(a.clause);
    json.Key("cause").Text(a.cause);
    json.Key("household_no").Text(a.household_no);
    json.Key("record_no").Text(a.record_no);
    json.Key("region").Text(a.region);
    json.Key("lead").Text(a.lead);
    json.Key("evidence").Text(EvidenceGradeName(a.evidence));
    json.Key("money_month").Yuan(a.money);
    json.Key("distance").Yuan(a.distance);
    json.Key("raised_on").Day(a.raised_on);
    json.Key("seen_on").Day(a.seen_on);
    json.Key("withdrawn_on").Day(a.withdrawn_on);
    json.EndObject();
  }
  json.EndArray();
  json.Finish();
}

void PrintText(const std::vector<Alert>& alerts, const AlertsOptions& o) {
  std::map<AlertKind, size_t> totals;
  for (const Alert& a : alerts) ++totals[a.kind];
  for (const auto& [kind, total] : totals) {
    std::cout << AlertKindTitle(kind) << " " << AlertKindName(kind) << ": " << Thousands(static_cast<int64_t>(total))
              << (total > o.limit ? ", the first " + std::to_string(o.limit) : "") << "\n";
    TextTable table({{"alert"},
                     {"state"},
                     {"programme"},
                     {"household"},
                     {"town"},
                     {"cause", Align::kLeft, 28},
                     {"yuan a month", Align::kRight},
                     {"to the line", Align::kRight},
                     {"evidence"},
                     {"clause", Align::kLeft, 26}});
    size_t shown = 0;
    for (const Alert& a : alerts) {
      if (a.kind != kind || shown == o.limit) continue;
      ++shown;
      table.AddRow({a.id.ToString(), std::string(AlertStateName(a.state)), a.programme, a.household_no,
                    TownOf(a.region), a.cause, OptionalYuan(a.money), OptionalYuan(a.distance),
                    std::string(EvidenceGradeName(a.evidence)), a.clause});
    }
    std::cout << table.ToString(2) << "\n";
  }
  if (alerts.empty()) std::cout << "no alerts\n";
}

}  // namespace

void AddAlertsCommand(CLI::App& app) {
  auto o = std::make_shared<AlertsOptions>();
  CLI::App* command = app.add_subcommand("alerts", "tonight's alert lists, ranked by evidence and money");
  command->footer(
      "Examples:\n  hearth alerts --config city/hearth.yaml --kind eligible_not_enrolled --limit 50\n"
      "  hearth alerts --config city/hearth.yaml --csv lists --encoding gb18030   # one file a town and kind");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--kind", o->kind, "eligible_not_enrolled or enrolled_not_eligible")
      ->check(CLI::IsMember({"eligible_not_enrolled", "enrolled_not_eligible"}));
  command->add_option("--programme", o->programme, "such as dibao");
  command->add_option("--state", o->state, "new, continuing, withdrawn or all (default: those that stand)")
      ->check(CLI::IsMember({"new", "continuing", "withdrawn", "all"}));
  command->add_option("--region", o->region, "region code or its beginning");
  command->add_option("--limit", o->limit, "rows a kind on the screen")->capture_default_str();
  command->add_option("--csv", o->csv, "write lists by town into this folder");
  command->add_option("--encoding", o->encoding, "of the lists: utf8 (with BOM) or gb18030")
      ->check(CLI::IsMember({"utf8", "gb18030"}))
      ->capture_default_str();
  command->add_flag("--json", o->json, "every alert as JSON");
  OnRun(command, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const auto alerts = LoadAlerts(*store->generation, *o);
    if (!alerts.ok()) return Fail(alerts.status());
    if (!o->csv.empty()) {
      const Status s = WriteCsv(*store, *alerts, *o);
      return s.ok() ? kExitOk : Fail(s);
    }
    o->json ? PrintJson(*alerts) : PrintText(*alerts, *o);
    return kExitOk;
  });
}

}  // namespace hearth
