// What cities and counties set on their own: packs' overlays, a site's counties, sites with several packs.
#include "policy/site_parameters.h"

#include <gtest/gtest.h>

#include "policy/evaluate.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

std::map<std::string, std::string> Files(const std::string& id) {
  return {
      {"pack.yaml", "pack: " + id +
                        "\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2022-01-01\nvalid_to: 2025-12-31\n"
                        "rounding: half_up\n"},
      {"parameters.yaml",
       "parameters:\n"
       "  - {name: " +
           id +
           "_line, type: money, unit: yuan/month, clause: art. 1, values: [{from: 2022-01-01, "
           "value: 50}, {from: 2024-01-01, value: 70}]}\n"
           "  - {name: age_min, type: number, unit: years, clause: art. 2, better: lower, values: [{from: 2022-01-01, "
           "value: 80}]}\n"
           "  - {name: standard, type: money, unit: yuan/month, clause: art. 3, set_by: locality}\n"},
      {"facts.yaml", "facts:\n  - {name: age, place: member, type: number, source: case}\n"},
      {"rules/a.yaml", "- id: " + id +
                           "-1\n  title: {en: A, zh: 甲}\n  clause: art. 1\n  unit: person\n  kind: cash\n"
                           "  computable: feeds\n  lead: {en: A, zh: 甲}\n  programme: a\n"
                           "  when: \"age >= age_min\"\n  amount: \"" +
                           id + "_line\"\n  per: month\n"}};
}

Pack Load(const std::map<std::string, std::string>& files) {
  StatusOr<Pack> pack = LoadPackFiles(files, {});
  EXPECT_TRUE(pack.ok()) << Message(pack.status());
  return *pack;
}

Pack WithOverlays() {
  std::map<std::string, std::string> files = Files("t");
  files["overlays/3399.yaml"] = "clause: city paper\nparameters:\n  t_line: [{from: 2022-06-01, value: 80}]\n";
  files["overlays/339901.yaml"] =
      "clause: county paper\nparameters:\n  t_line: [{from: 2023-01-01, value: 90}, {from: 2024-06-01, value: 95}]\n"
      "  age_min: [{from: 2023-01-01, value: 75}]\nlocal_amount:\n  t-1: [{from: 2023-03-01, value: 120}]\n";
  return Load(files);
}

std::string Read(const std::string& yaml, const std::string& counties, const Pack& pack, std::span<const Pack> all,
                 SiteParameters* site) {
  const auto node = [](const std::string& text) { return ReadYaml(text, "hearth.yaml").value(); };
  auto read = ReadSiteParameters(node(yaml), node(counties), pack, all);
  if (!read.ok()) return Message(read.status());
  *site = *std::move(read);
  return "";
}

std::string ValueOn(const Pack& pack, const SiteParameters& site, std::string_view name, std::string_view day) {
  return Evaluator::Create(pack, site, ParseIsoDay(day).value())->ParameterValue(name)->ToString();
}

TEST(Overlays, TheLongestPrefixWinsFromItsFirstDayOn) {
  const Pack pack = WithOverlays();
  constexpr struct {
    const char *why, *division, *name, *day, *wanted;
  } kCases[] = {
      {"the day before the city's", "339902", "t_line", "2022-05-31", "50"},
      {"the city's first day", "339902", "t_line", "2022-06-01", "80"},
      {"a raise of the pack below the overlay changes nothing", "339902", "t_line", "2024-01-01", "80"},
      {"the county's comes later; the pack's before", "339901", "t_line", "2022-12-31", "50"},
      {"the county's first day", "339901123456", "t_line", "2023-01-01", "90"},
      {"its second value", "339901", "t_line", "2024-06-01", "95"},
      {"another province", "110101", "t_line", "2024-06-01", "70"},
      {"lower is better here", "339901", "age_min", "2023-01-01", "75"},
      {"and the neighbour keeps the pack's", "339902", "age_min", "2023-01-01", "80"},
  };
  for (const auto& c : kCases) {
    const SiteParameters here = ForCounty(pack, {}, c.division).value();
    EXPECT_EQ(ValueOn(pack, here, c.name, c.day), c.wanted) << c.why;
  }
  EXPECT_EQ(OverlaysOf(pack, {}, "339901001"), "3399,339901");
  EXPECT_EQ(OverlaysOf(pack, {}, "110101"), "");
}

TEST(Overlays, AHigherLocalAmountStands) {
  const Pack pack = WithOverlays();
  UnitFacts facts = EmptyFacts(pack, 1);
  ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "age", Value::Number(Decimal::FromInt(85)), 0).ok());
  const auto amount = [&](std::string_view division, std::string_view day) {
    const SiteParameters here = ForCounty(pack, {}, division).value();
    return EvaluateUnit(pack, here, facts, ParseIsoDay(day).value()).value()[0].amount->ToString();
  };
  EXPECT_EQ(amount("339901", "2023-02-28"), "90.00");
  EXPECT_EQ(amount("339901", "2023-03-01"), "120.00");
  EXPECT_EQ(amount("339902", "2023-03-01"), "80.00");
}

TEST(Overlays, ADivisionIsDigits) {
  const Pack pack = WithOverlays();
  for (const char* wrong : {"", "3", "33990a", "3399010011223"}) {
    EXPECT_EQ(ForCounty(pack, {}, wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong;
  }
}

TEST(SiteCounties, StandBeforeThePacksOfTheSameLength) {
  const Pack pack = WithOverlays();
  SiteParameters site;
  ASSERT_EQ(Read("standard: 900", "\"339901\": {parameters: {t_line: [{from: 2023-01-01, value: 99}], standard: 950}}",
                 pack, std::span(&pack, 1), &site),
            "");
  EXPECT_EQ(ValueOn(pack, ForCounty(pack, site, "339901").value(), "t_line", "2024-06-01"), "99");
  EXPECT_EQ(ValueOn(pack, ForCounty(pack, site, "339901").value(), "standard", "2023-01-01"), "950");
  EXPECT_EQ(ValueOn(pack, ForCounty(pack, site, "339902").value(), "standard", "2023-01-01"), "900");
}

TEST(SiteCounties, MayNotLowerWhatThePackStates) {
  const Pack pack = Load(Files("t"));
  SiteParameters site;
  const auto read = [&](const std::string& counties) { return Read("{}", counties, pack, std::span(&pack, 1), &site); };
  EXPECT_EQ(read("\"339901\": {parameters: {t_line: [{from: 2022-06-01, value: 60}]}}"),
            "hearth.yaml:1:33: division 339901 lowers parameter t_line: 60 on 2024-01-01, where art. 1 states 70; an "
            "overlay may only raise it");
  EXPECT_EQ(read("\"339901\": {parameters: {t_line: [{from: 2022-06-01, value: 60}, {from: 2024-01-01, value: 70}]}}"),
            "");
  EXPECT_EQ(read("\"339901\": {parameters: {age_min: 81}}"),
            "hearth.yaml:1:34: division 339901 raises parameter age_min: 81 on 2022-01-01, where art. 2 states 80; an "
            "overlay may only lower it");
  EXPECT_EQ(read("\"339901\": {parameters: {age_min: 79}}"), "");
  EXPECT_EQ(read("\"339901\": {local_amount: {t-1: 49}}"),
            "hearth.yaml:1:32: division 339901 lowers the amount of t-1: 49 on 2022-01-01, where art. 1 states 50; an "
            "overlay may only raise it");
  EXPECT_EQ(read("county: {parameters: {age_min: 79}}"),
            "hearth.yaml:1:1: \"county\" is no division code: 2 to 12 digits, in quotes");
}

TEST(SiteOfTwoPacks, EachTakesItsOwn) {
  const std::vector<Pack> all = {Load(Files("t")), Load(Files("u"))};
  SiteParameters t, u;
  const std::string yaml =
      "standard: 900\nt_line: 60\nu: {age_min: 70, local_amount: {u-1: 200}}\nlocal_amount: {t-1: 100}\n";
  ASSERT_EQ(Read(yaml, "{}", all[0], all, &t), "");
  ASSERT_EQ(Read(yaml, "{}", all[1], all, &u), "");
  EXPECT_EQ(ValueOn(all[0], t, "standard", "2023-01-01"), "900");
  EXPECT_EQ(ValueOn(all[1], u, "standard", "2023-01-01"), "900");
  EXPECT_EQ(ValueOn(all[0], t, "t_line", "2023-01-01"), "60");
  EXPECT_EQ(ValueOn(all[0], t, "age_min", "2023-01-01"), "80");
  EXPECT_EQ(ValueOn(all[1], u, "age_min", "2023-01-01"), "70");
  EXPECT_EQ(t.local_amount.size(), 1u);
  EXPECT_TRUE(u.local_amount.contains("u-1"));
}

TEST(SiteOfTwoPacks, ANameThatNoneHasIsRefused) {
  const std::vector<Pack> all = {Load(Files("t")), Load(Files("u"))};
  SiteParameters site;
  EXPECT_EQ(Read("u_lien: 3", "{}", all[0], all, &site),
            "hearth.yaml:1:1: no pack of the site has a parameter \"u_lien\"; did you mean \"u_line\"?");
  EXPECT_EQ(Read("t: {u_line: 3}", "{}", all[0], all, &site),
            "hearth.yaml:1:5: pack t has no parameter \"u_line\"; did you mean \"t_line\"?");
  EXPECT_EQ(Read("t: {t_line: 53}\nt_line: 54", "{}", all[0], all, &site),
            "hearth.yaml:1:5: \"t_line\" is given twice");
}

}  // namespace
}  // namespace hearth
