#include "linkage/live/live_files.h"

#include <fmt/format.h>

#include "linkage/encode.h"
#include "linkage/encoded_file.h"

namespace hearth::linkage {

std::string NameOfRecord(const LiveTable& table, const RecordKey& key) {
  const std::vector<std::string>& sources = table.frozen().sources;
  return sources.size() == 1 ? key.id : sources[key.source] + ":" + key.id;
}

std::string NameOfPerson(uint64_t person) { return "p-" + std::to_string(person); }

StatusOr<RecordKey> RecordNamed(const LiveTable& table, const std::string& name) {
  const std::vector<std::string>& sources = table.frozen().sources;
  for (size_t s = 0; s < sources.size(); ++s) {
    std::string_view id = name;
    if (sources.size() > 1) {
      if (!id.starts_with(sources[s] + ":")) continue;
      id.remove_prefix(sources[s].size() + 1);
    }
    RecordKey key{static_cast<uint8_t>(s), std::string(id)};
    if (table.Find(key) != kNullCode) return key;
  }
  return NotFound(sources.size() > 1 ? "no such record; with two tables a record is TABLE:ID, the table " + sources[0] +
                                           " or " + sources[1]
                                     : "no such record; a record is named by its id");
}

Status WriteLiveClusters(const LiveTable& table, const std::string& path) {
  std::string text = "record_id,cluster_id\n";
  for (const uint32_t record : table.Order()) {
    text += CsvCell(NameOfRecord(table, table.KeyOf(record)));
    text += ',';
    text += NameOfPerson(table.PersonOf(record));
    text += '\n';
  }
  return ReplaceFile(path, text);
}

Status WriteLiveLinks(const LiveTable& table, const std::string& path) {
  std::string text = "source_l,id_l,source_r,id_r,match_weight,match_probability,decision\n";
  const std::vector<uint32_t> order = table.Order();
  const std::vector<std::string>& sources = table.frozen().sources;
  for (const Link& link : table.Links(order)) {
    for (const uint32_t place : {link.left, link.right}) {
      const RecordKey key = table.KeyOf(order[place]);
      text.append(CsvCell(sources[key.source])).append(",").append(CsvCell(key.id)).append(",");
    }
    fmt::format_to(std::back_inserter(text), "{:.9f},{:.10g},{}\n", link.weight, ProbabilityOfBits(link.weight),
                   link.weight >= table.link_bits() ? "link" : "review");
  }
  return ReplaceFile(path, text);
}

Status WriteEvents(const LiveTable& table, std::span<const LiveEvent> events, const std::string& path) {
  std::string text = "event,day,kind,person,other,records,reason,match_weight,left,right,by\n";
  for (const LiveEvent& e : events) {
    std::string moved;
    for (const RecordKey& key : e.moved) moved.append(moved.empty() ? "" : ";").append(NameOfRecord(table, key));
    const bool pair = e.reason == EventReason::kLink || e.reason == EventReason::kDecision;
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{}\n", e.number, e.day.ToString(),
                   PersonChangeKindName(e.kind), NameOfPerson(e.person), e.other == 0 ? "" : NameOfPerson(e.other),
                   CsvCell(moved), EventReasonName(e.reason),
                   e.reason == EventReason::kLink ? fmt::format("{:.4f}", e.bits) : "",
                   pair ? CsvCell(NameOfRecord(table, e.left)) : "", pair ? CsvCell(NameOfRecord(table, e.right)) : "",
                   CsvCell(e.by));
  }
  return ReplaceFile(path, text);
}

}  // namespace hearth::linkage
