#include "linkage/decisions.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "core/text.h"
#include "ingest/csv_scanner.h"
#include "matchers/fellegi_sunter/condition.h"

namespace hearth::linkage {
namespace {

constexpr std::string_view kHeading = "source_l,id_l,source_r,id_r,decision,by,day,why";
constexpr size_t kFields = 8;

StatusOr<Decision> DecisionOf(const CsvRecord& record) {
  if (record.unclosed_quote || record.fields.size() != kFields) {
    return absl::InvalidArgumentError(fmt::format("needs {} fields: {}", kFields, kHeading));
  }
  const auto field = [&](size_t i) { return std::string(TrimUnicode(record.fields[i])); };
  Decision d{.source_left = field(0),
             .id_left = field(1),
             .source_right = field(2),
             .id_right = field(3),
             .by = field(5),
             .why = field(7),
             .day = field(6)};
  if (d.id_left.empty() || d.id_right.empty()) return absl::InvalidArgumentError("an id is empty");
  if (DayOf(d.day) == kNoDay) return absl::InvalidArgumentError("day is no civil day YYYY-MM-DD");
  if (d.by.empty()) return absl::InvalidArgumentError("by is empty; a decision has somebody who took it");
  const std::string word = field(4);
  if (word != "same" && word != "different" && word != "unsure") {
    return absl::InvalidArgumentError("decision is same, different or unsure");
  }
  d.answer = word == "same" ? Answer::kSame : word == "different" ? Answer::kDifferent : Answer::kUnsure;
  return d;
}

}  // namespace

StatusOr<std::vector<Decision>> ReadDecisions(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(fmt::format("{}: cannot be opened", path));
  std::ostringstream text;
  text << in.rdbuf();
  std::string bytes = std::move(text).str();
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  if (!IsValidUtf8(bytes)) return absl::InvalidArgumentError(fmt::format("{}: is not UTF-8", path));
  CsvScanner scanner({.delimiter = ",", .quote = '"'});
  scanner.Feed(bytes, true);
  CsvRecord record;
  std::vector<Decision> decisions;
  bool heading = true;
  while (scanner.Next(&record)) {
    if (heading) {
      std::string read;
      for (std::string_view field : record.fields) read += (read.empty() ? "" : ",") + std::string(TrimUnicode(field));
      if (read != kHeading) {
        return absl::InvalidArgumentError(fmt::format("{} line 1: the heading must be {}", path, kHeading));
      }
      heading = false;
      continue;
    }
    StatusOr<Decision> decision = DecisionOf(record);
    if (!decision.ok()) return Annotate(decision.status(), fmt::format("{} line {}", path, record.line));
    decisions.push_back(*std::move(decision));
  }
  if (heading) return absl::InvalidArgumentError(fmt::format("{}: is empty; the heading must be {}", path, kHeading));
  return decisions;
}

}  // namespace hearth::linkage
