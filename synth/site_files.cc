#include "synth/site_files.h"

#include <cstdio>

#include "synth/feed_spec.h"

namespace hearth::synth {
namespace {

// A header that YAML could take for something else is quoted; so is every other one, for the eye.
std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

void AppendFeed(std::string& out, const FeedSpec& spec) {
  std::string name(spec.feed);
  out += "  - feed: " + name + "\n    registry: " + std::string(spec.registry_name) + "\n    contract: " + name +
         "/1\n    columns:\n";
  std::string ignored;
  for (const Column& c : spec.columns) {
    if (c.field.empty()) {
      ignored += (ignored.empty() ? "" : ", ") + Quoted(c.header);
    } else {
      out += "      " + Quoted(c.header) + ": " + std::string(c.field) + "\n";
    }
  }
  if (!ignored.empty()) out += "    ignore: [" + ignored + "]\n";
  if (spec.sex_style == SexStyle::kLetter) out += "    codes: {sex: {M: \"1\", F: \"2\"}}\n";
  if (spec.day_style == DayStyle::kExcel) out += "    dates: excel1900\n";
  out +=
      "    due: \"03:00\"\n    guards: {rows_min: 0.70, rows_max: 1.50, quarantine_max: 0.01}\n    approvers: [li.wei, "
      "zhao.min]\n";
}

}  // namespace

std::string SiteYaml() {
  std::string out =
      "# A made city. Nobody in it is real: every number lies in division 3399xx.\n"
      "site: yunze\n"
      "title: 云泽市\n"
      "synthetic: true\n"
      "store: store\n"
      "archive: archive\n"
      "drop: drop\n"
      "exports: exports\n"
      "registries: []\n"
      "packs: [wenzhou-2022]\n"
      "parameters:\n"
      "  dibao_standard_month: [{from: 2019-01-01, value: 1100}]\n"
      "  low_edge_multiple: [{from: 2019-01-01, value: 1.5}]\n"
      "  min_wage_month: [{from: 2019-01-01, value: 2070}]\n"
      "  dibao_capital_limit: 50000\n"
      "  asset_home_count_max: 1\n"
      "  asset_vehicle_value_max: 80000\n"
      "  asset_money_months: 24\n"
      "  hukou_prefix: [\"3399\"]\n"
      "  city_area_codes: [\"339901\", \"339902\"]\n"
      "feeds:\n";
  for (const FeedSpec& spec : Feeds()) AppendFeed(out, spec);
  return out;
}

std::string VerifyRequestYaml(const RequestedFamily& family, CivilDay as_of) {
  std::string from = as_of.ToString(), until = as_of.AddMonths(6).ToString();
  std::string out =
      "# A sample: the civil-affairs office asks for the means of one family, with the word of each adult.\n"
      "request: HD" +
      std::to_string(as_of.Ymd().year) +
      "000001\n"
      "purpose: verification\n"
      "programme: dibao\n"
      "as_of: " +
      from +
      "\n"
      "household_no: " +
      Quoted(family.household_number) +
      "\n"
      "region: " +
      Quoted(family.region) +
      "\n"
      "authorisations:\n";
  int n = 0;
  for (const RequestedFamily::Adult& a : family.adults) {
    char id[32];
    std::snprintf(id, sizeof id, "SQ%06d", ++n);
    out += std::string("  - id: ") + id + "\n    subject: " + Quoted(a.number) + "\n    name: " + Quoted(a.name) +
           "\n    capacity: self\n    sources: [social_insurance, income_tax, pensions, vehicles, real_property, "
           "business_registration, "
           "financial_assets]\n    signed_at: " +
           from + "\n    valid_from: " + from + "\n    valid_to: " + until + "\n";
  }
  return out;
}

}  // namespace hearth::synth
