#include "nightly/link_report.h"

#include <cmath>

#include "report/table.h"

namespace hearth {
namespace {

uint64_t BasisOf(const LinkRates& r, LinkBasis basis) { return r.by_basis[static_cast<size_t>(basis)]; }

std::string Share(double share) { return Percent(static_cast<uint64_t>(std::llround(share * 1e6)), 1'000'000); }

void BasesText(const std::vector<LinkRates>& rates, std::string_view title, std::ostream& out) {
  TextTable table({{std::string(title)},
                   {"mentions", Align::kRight},
                   {"no number", Align::kRight},
                   {"invalid", Align::kRight},
                   {"conflicting", Align::kRight},
                   {"old", Align::kRight},
                   {"by number", Align::kRight},
                   {"own key", Align::kRight},
                   {"probable", Align::kRight},
                   {"name only", Align::kRight},
                   {"desk", Align::kRight},
                   {"alone", Align::kRight},
                   {"reviews", Align::kRight}});
  for (const LinkRates& r : rates) {
    const auto basis = [&](LinkBasis b) { return Percent(BasisOf(r, b), r.mentions); };
    table.AddRow({r.name, Thousands(static_cast<int64_t>(r.mentions)), Percent(r.number_missing, r.numbered),
                  Percent(r.number_invalid, r.numbered), Percent(r.number_conflicting, r.numbered),
                  Percent(r.number_old, r.numbered), basis(LinkBasis::kNumber), basis(LinkBasis::kSubjectKey),
                  basis(LinkBasis::kProbabilistic), basis(LinkBasis::kNameOnly), basis(LinkBasis::kDesk),
                  basis(LinkBasis::kSingle), Thousands(static_cast<int64_t>(r.review_pairs))});
  }
  out << table.ToString(2);
}

// trained: the model's shares instead of those observed.
void DifferencesText(const std::vector<LinkRates>& rates, std::string_view title, bool trained, std::ostream& out) {
  if (rates.empty()) return;
  std::vector<TableColumn> columns{{std::string(title)}};
  for (const Disagreement& d : rates[0].disagreements) {
    columns.push_back({std::string(ComparisonName(d.kind)), Align::kRight});
  }
  TextTable table(std::move(columns));
  for (const LinkRates& r : rates) {
    std::vector<std::string> cells{r.name};
    for (const Disagreement& d : r.disagreements) {
      cells.push_back(d.pairs == 0 ? "-" : trained ? Share(d.trained) : Percent(d.differ, d.pairs));
    }
    table.AddRow(std::move(cells));
  }
  out << table.ToString(2);
}

void RatesJson(const std::vector<LinkRates>& rates, std::string_view key, std::string_view name, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const LinkRates& r : rates) {
    json.BeginObject();
    json.Key(name).Text(r.name);
    json.Key("mentions").Count(r.mentions);
    json.Key("numbered").Count(r.numbered);
    json.Key("number_missing").Count(r.number_missing);
    json.Key("number_invalid").Count(r.number_invalid);
    json.Key("number_conflicting").Count(r.number_conflicting);
    json.Key("number_old").Count(r.number_old);
    json.Key("links_by_basis").BeginObject();
    for (int b = 0; b < kLinkBases; ++b) {
      json.Key(LinkBasisName(static_cast<LinkBasis>(b))).Count(r.by_basis[static_cast<size_t>(b)]);
    }
    json.EndObject();
    json.Key("review_pairs").Count(r.review_pairs);
    json.Key("differ").BeginObject();
    for (const Disagreement& d : r.disagreements) {
      json.Key(ComparisonName(d.kind)).BeginObject();
      json.Key("pairs").Count(d.pairs);
      json.Key("differ").Count(d.differ);
      if (name == "registry") json.Key("trained_share").Measure(d.trained);
      json.EndObject();
    }
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

void LinkReportText(const NightReport& r, std::ostream& out) {
  if (r.link_by_registry.empty()) return;
  out << "\nlinking by registry: shares of its numbers and of its mentions; pairs left to review\n";
  BasesText(r.link_by_registry, "registry", out);
  out << "\nlinking by group of people, told by their rows (rare characters: outside GB 2312; rural: 村, 组, 乡)\n";
  BasesText(r.link_by_group, "group", out);
  out << "\nhow often a row differs from all that other registries say of its person, as trained for the model\n";
  DifferencesText(r.link_by_registry, "registry", true, out);
  out << "\nthe same by group, as counted where an equal number linked\n";
  DifferencesText(r.link_by_group, "group", false, out);
  if (r.desk_decisions > 0) {
    out << "\n"
        << r.desk_decisions << " decisions of the desk on links; " << r.desk_passed_over
        << " about rows that are gone, " << r.desk_contradicted << " that others forbid\n";
  }
}

void LinkReportJson(const NightReport& r, JsonWriter& json) {
  RatesJson(r.link_by_registry, "linking_by_registry", "registry", json);
  RatesJson(r.link_by_group, "linking_by_group", "group", json);
  json.Key("desk").BeginObject();
  json.Key("decisions").Count(r.desk_decisions);
  json.Key("passed_over").Count(r.desk_passed_over);
  json.Key("contradicted").Count(r.desk_contradicted);
  json.EndObject();
}

}  // namespace hearth
