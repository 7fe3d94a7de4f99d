#include "cli/score_report.h"

#include <fmt/format.h>

#include "report/table.h"

namespace hearth {
namespace {

std::string Share(std::optional<double> share) { return share ? fmt::format("{:.2f}%", *share * 100) : "-"; }
std::string Number(uint64_t n) { return Thousands(static_cast<int64_t>(n)); }

void WriteShare(std::string_view key, std::optional<double> share, JsonWriter* json) {
  json->Key(key);
  share ? json->Measure(*share) : json->Null();
}

void WriteAgreement(const Agreement& agreement, JsonWriter* json) {
  json->Key("right").Count(agreement.right);
  json->Key("given").Count(agreement.given);
  json->Key("wanted").Count(agreement.wanted);
  WriteShare("precision", agreement.Precision(), json);
  WriteShare("recall", agreement.Recall(), json);
  WriteShare("f1", agreement.F1(), json);
}

void WriteExamples(std::string_view key, const std::vector<AlertExample>& examples, JsonWriter* json) {
  json->Key(key).BeginArray();
  for (const AlertExample& e : examples) {
    json->BeginObject();
    json->Key("kind").Text(e.kind);
    json->Key("programme").Text(e.programme);
    json->Key("household_no").Text(e.household_no);
    json->Key("record_no").Text(e.record_no);
    json->Key("cause").Text(e.cause);
    json->EndObject();
  }
  json->EndArray();
}

TextTable AgreementTable(std::vector<TableColumn> columns) {
  for (const char* title : {"given", "right", "in truth", "precision", "recall", "F1"}) {
    columns.push_back({title, Align::kRight});
  }
  return TextTable(std::move(columns));
}

void AddAgreement(std::vector<std::string> cells, const Agreement& a, TextTable* table) {
  for (uint64_t n : {a.given, a.right, a.wanted}) cells.push_back(Number(n));
  for (const auto& share : {a.Precision(), a.Recall(), a.F1()}) cells.push_back(Share(share));
  table->AddRow(std::move(cells));
}

std::string LinkTable(const Score& score) {
  TextTable table({{"rows"},
                   {"mentions", Align::kRight},
                   {"pair precision", Align::kRight},
                   {"recall", Align::kRight},
                   {"F1", Align::kRight},
                   {"B-cubed precision", Align::kRight},
                   {"recall", Align::kRight},
                   {"F1", Align::kRight}});
  for (size_t i = 0; i < score.links.size(); ++i) {
    const LinkScore& s = score.links[i];
    const bool any = s.mentions > 0;
    const auto bcubed = [&](double share) { return Share(any ? std::optional<double>(share) : std::nullopt); };
    table.AddRow({(i < 3 ? "" : "  ") + s.rows, Number(s.mentions), Share(s.pairs.Precision()), Share(s.pairs.Recall()),
                  Share(s.pairs.F1()), bcubed(s.bcubed_precision), bcubed(s.bcubed_recall), bcubed(s.BcubedF1())});
  }
  return table.ToString(2);
}

std::string ExampleTable(const std::vector<AlertExample>& examples) {
  TextTable table({{"kind"}, {"programme"}, {"household"}, {"record"}, {"cause"}});
  for (const AlertExample& e : examples) table.AddRow({e.kind, e.programme, e.household_no, e.record_no, e.cause});
  return table.ToString(2);
}

// The classes of a UnitScore, best first.
struct UnitClass {
  const char *key, *text;
  uint64_t UnitScore::*count;
};
constexpr UnitClass kUnitClasses[] = {
    {"exact", "exactly right", &UnitScore::exact},
    {"missing", "members missing", &UnitScore::missing},
    {"extra", "members too many", &UnitScore::extra},
    {"mixed", "some missing, some too many", &UnitScore::mixed},
    {"other_head", "no unit with the head", &UnitScore::other_head},
    {"absent", "no unit", &UnitScore::absent},
};

}  // namespace

std::string ScoreText(const Score& score) {
  std::string out = fmt::format("Night {} against the truth\n\n", score.night);

  out += "Linking: rows that name one person, against all rows of that person\n" + LinkTable(score);
  out += fmt::format(
      "  {} mentions of the truth are not in the store; {} of the store are not in the truth; {} came twice\n",
      Number(score.mentions_missing), Number(score.mentions_unknown), Number(score.mentions_repeated));

  TextTable kin = AgreementTable({{"kind"}});
  for (const KinScore& s : score.kin) AddAgreement({s.kind}, s.edges, &kin);
  out += "\nKin: edges between persons whom some row names\n" + kin.ToString(2);

  TextTable units({{"unit"}, {"households", Align::kRight}, {"share", Align::kRight}});
  for (const UnitClass& c : kUnitClasses) {
    units.AddRow({c.text, Number(score.units.*c.count), Percent(score.units.*c.count, score.units.Wanted())});
  }
  out += "\nFamily units: of the households of the truth\n" + units.ToString(2);

  TextTable alerts = AgreementTable({{"kind"}, {"programme"}});
  for (const AlertScore& s : score.alerts) AddAgreement({s.kind, s.programme}, s.alerts, &alerts);
  out += "\nAlerts that stand\n" + alerts.ToString(2);

  TextTable causes({{"kind"},
                    {"programme"},
                    {"cause"},
                    {"found", Align::kRight},
                    {"in truth", Align::kRight},
                    {"recall", Align::kRight}});
  for (const CauseScore& s : score.causes) {
    causes.AddRow({s.kind, s.programme, s.cause, Number(s.found), Number(s.wanted), Percent(s.found, s.wanted)});
  }
  out += "\nAlerts by cause\n" + causes.ToString(2);

  if (!score.missed.empty()) out += "\nMissed, for example\n" + ExampleTable(score.missed);
  if (!score.false_alerts.empty()) out += "\nFalse, for example\n" + ExampleTable(score.false_alerts);
  return out;
}

void WriteScore(const Score& score, JsonWriter* json) {
  json->BeginObject();
  json->Key("night").Int(score.night);

  json->Key("mentions").BeginObject();
  json->Key("missing").Count(score.mentions_missing);
  json->Key("unknown").Count(score.mentions_unknown);
  json->Key("repeated").Count(score.mentions_repeated);
  json->EndObject();

  json->Key("links").BeginArray();
  for (const LinkScore& s : score.links) {
    const bool any = s.mentions > 0;
    json->BeginObject();
    json->Key("rows").Text(s.rows);
    json->Key("mentions").Count(s.mentions);
    json->Key("pairs").BeginObject();
    WriteAgreement(s.pairs, json);
    json->EndObject();
    json->Key("bcubed").BeginObject();
    WriteShare("precision", any ? std::optional<double>(s.bcubed_precision) : std::nullopt, json);
    WriteShare("recall", any ? std::optional<double>(s.bcubed_recall) : std::nullopt, json);
    WriteShare("f1", any ? std::optional<double>(s.BcubedF1()) : std::nullopt, json);
    json->EndObject();
    json->EndObject();
  }
  json->EndArray();

  json->Key("kin").BeginArray();
  for (const KinScore& s : score.kin) {
    json->BeginObject();
    json->Key("kind").Text(s.kind);
    WriteAgreement(s.edges, json);
    json->EndObject();
  }
  json->EndArray();

  json->Key("units").BeginObject();
  json->Key("wanted").Count(score.units.Wanted());
  for (const UnitClass& c : kUnitClasses) json->Key(c.key).Count(score.units.*c.count);
  json->EndObject();

  json->Key("alerts").BeginArray();
  for (const AlertScore& s : score.alerts) {
    json->BeginObject();
    json->Key("kind").Text(s.kind);
    json->Key("programme").Text(s.programme);
    WriteAgreement(s.alerts, json);
    json->EndObject();
  }
  json->EndArray();

  json->Key("causes").BeginArray();
  for (const CauseScore& s : score.causes) {
    json->BeginObject();
    json->Key("kind").Text(s.kind);
    json->Key("programme").Text(s.programme);
    json->Key("cause").Text(s.cause);
    json->Key("found").Count(s.found);
    json->Key("wanted").Count(s.wanted);
    json->EndObject();
  }
  json->EndArray();

  WriteExamples("missed", score.missed, json);
  WriteExamples("false", score.false_alerts, json);
  json->EndObject();
}

}  // namespace hearth
