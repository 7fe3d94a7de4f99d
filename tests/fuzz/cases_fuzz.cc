// Any text as a file of cases for a small pack: each case passes or says why not, the same on every run.
#include <map>

#include "policy/cases.h"

namespace {

constexpr size_t kTextMax = 8192;

const hearth::Pack& SmallPack() {
  static const hearth::Pack kPack = [] {
    const std::map<std::string, std::string> files = {
        {"pack.yaml",
         "pack: t\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2020-01-01\nvalid_to: 2025-12-31\n"
         "rounding: half_up\naliases: {pay: income}\n"},
        {"parameters.yaml",
         "parameters:\n  - {name: line, type: money, unit: yuan/month, clause: art. 1, values: [{from: 2020-01-01, "
         "value: 1000}]}\n"},
        {"facts.yaml",
         "facts:\n  - {name: income, place: household, type: money, unit: yuan/month, source: case}\n"
         "  - {name: bills, place: member, type: list, source: case, fields: {amount: money, on: date}}\n"
         "  - {name: born, place: member, type: date, source: case}\n"
         "  - {name: care, place: member, type: text, source: case, values: [home, away]}\n"},
        {"derived.yaml",
         "derived:\n  - {name: age, place: member, type: number, unit: years, clause: art. 3, feel: 'years and months "
         "duration(born, as_of).years'}\n"
         "  - {name: spent, place: member, type: money, unit: yuan, clause: art. 3, feel: 'sum(bills[on <= "
         "as_of].amount)'}\n"},
        {"rules/a.yaml",
         "- id: T-1\n  title: {en: Gap, zh: 差额}\n  clause: art. 1\n  unit: household\n  kind: cash\n"
         "  computable: feeds\n  lead: {en: A, zh: 甲}\n  programme: a\n  when: 'income < line'\n"
         "  amount: 'line - income'\n  per: month\n"
         "- id: T-2\n  title: {en: Age, zh: 年龄}\n  clause: art. 3\n  unit: person\n  kind: recognition\n"
         "  computable: feeds\n  lead: {en: A, zh: 甲}\n  when: 'age >= 18 and spent > 10 and care = \"home\"'\n"
         "  breach: 'age > 200'\n  due: 'born + @\"P18Y\"'\n"}};
    auto pack = hearth::LoadPackFiles(files, {});
    HEARTH_CHECK(pack.ok(), hearth::Message(pack.status()));
    return *pack;
  }();
  return kPack;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kTextMax) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const hearth::PackSource source = [](std::string_view id) -> hearth::StatusOr<hearth::Pack> {
    if (id == "t") return SmallPack();
    return hearth::NotFound("no such pack");
  };
  const hearth::CaseFileText file{"fuzz.yaml", std::string(text)};
  hearth::CaseOptions options;
  options.comparisons = true;
  const auto once = hearth::RunCaseFiles(std::span(&file, 1), source, options);
  const auto again = hearth::RunCases(text, "fuzz.yaml", source);
  HEARTH_CHECK(once.ok() == again.ok(), "two runs differ");
  if (!once.ok()) {
    HEARTH_CHECK(hearth::Message(once.status()).find("fuzz.yaml") != std::string::npos, "an error without its place");
    return 0;
  }
  HEARTH_CHECK(once->size() == again->size(), "two runs differ in number");
  for (size_t i = 0; i < once->size(); ++i) {
    HEARTH_CHECK((*once)[i].failures == (*again)[i].failures, "two runs differ in a case");
  }
  return 0;
}
