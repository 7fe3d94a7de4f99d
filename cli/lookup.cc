// hearth lookup: which persons of a linkage store a row may be.
#include "linkage/live/lookup.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "cli/link_store.h"
#include "linkage/encode.h"
#include "linkage/encoded_file.h"
#include "linkage/live/live_files.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

using linkage::LookUpHit;

struct LookupOptions {
  std::string store, row, queries, out, source, encoding;
  int threads = 2;
  bool json = false;
};

void PrintHits(const linkage::LiveTable& table, const std::vector<LookUpHit>& hits) {
  for (const LookUpHit& hit : hits) {
    std::cout << fmt::format("{:<24} {:<24} {:>+8.2f} bits  {:.6f}  {}\n", linkage::NameOfRecord(table, hit.record),
                             linkage::NameOfPerson(hit.person), hit.weight, hit.probability,
                             hit.is_link ? "link" : "review");
  }
  std::cout << hits.size() << " records\n";
}

void WriteHits(const linkage::LiveTable& table, const std::vector<LookUpHit>& hits, JsonWriter* json) {
  json->BeginArray();
  for (const LookUpHit& hit : hits) {
    json->BeginObject();
    json->Key("record").Text(linkage::NameOfRecord(table, hit.record));
    json->Key("person").Text(linkage::NameOfPerson(hit.person));
    json->Key("match_weight").Measure(hit.weight);
    json->Key("match_probability").Measure(hit.probability);
    json->Key("decision").Text(hit.is_link ? "link" : "review");
    json->EndObject();
  }
  json->EndArray();
}

Status LookUpFile(const LookupOptions& o, int source, linkage::LiveTable& table) {
  linkage::ReadOptions read{.threads = o.threads};
  if (!o.encoding.empty()) {
    Encoding encoding;
    if (!EncodingFromName(o.encoding, &encoding)) {
      return InvalidArgument("--encoding is UTF-8, GB18030 or UTF-16LE, not: " + o.encoding);
    }
    read.encoding = encoding;
  }
  HEARTH_ASSIGN_OR_RETURN(const linkage::RowTable rows, linkage::ReadRows(o.queries, source, table.model(), read));
  std::string text = "query_id,record_id,person_id,match_weight,match_probability,decision\n";
  std::vector<std::string_view> cells;
  uint64_t found = 0, matches = 0;
  for (size_t r = 0; r < rows.rows(); ++r) {
    rows.Cells(r, &cells);
    const std::vector<LookUpHit> hits = linkage::LookUp(table, source, cells);
    found += !hits.empty();
    matches += hits.size();
    for (const LookUpHit& hit : hits) {
      text += linkage::CsvCell(rows.Id(r)) + "," + linkage::CsvCell(linkage::NameOfRecord(table, hit.record)) + "," +
              fmt::format("{},{:.9f},{:.10g},{}\n", linkage::NameOfPerson(hit.person), hit.weight, hit.probability,
                          hit.is_link ? "link" : "review");
    }
  }
  HEARTH_RETURN_IF_ERROR(linkage::ReplaceFile(o.out, text));
  if (!o.json) {
    std::cout << rows.rows() << " rows, " << found << " with a match, " << matches << " matches\nwrote " << o.out
              << "\n";
    return OkStatus();
  }
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("rows").Count(rows.rows());
  json.Key("rows_with_match").Count(found);
  json.Key("matches").Count(matches);
  json.Key("out").Text(o.out);
  json.EndObject();
  json.Finish();
  return OkStatus();
}

Status Run(const LookupOptions& o) {
  linkage::NamedCells row;
  if (!o.row.empty()) {
    HEARTH_ASSIGN_OR_RETURN(row, linkage::ParseNamedCells(o.row));
  }
  HEARTH_ASSIGN_OR_RETURN(const auto linker, linkage::LiveLinker::Open(o.store, o.threads));
  linkage::LiveTable& table = linker->table();
  const std::string source_name = o.source.empty() ? table.frozen().sources.front() : o.source;
  HEARTH_ASSIGN_OR_RETURN(const int source, linker->SourceNamed(source_name));
  if (o.row.empty()) return LookUpFile(o, source, table);
  HEARTH_ASSIGN_OR_RETURN(const std::vector<LookUpHit> hits, linkage::LookUp(table, source, row));
  if (!o.json) {
    PrintHits(table, hits);
    return OkStatus();
  }
  JsonWriter json(&std::cout);
  WriteHits(table, hits, &json);
  json.Finish();
  return OkStatus();
}

}  // namespace

void AddLookupCommand(CLI::App& app) {
  auto o = std::make_shared<LookupOptions>();
  CLI::App* command = app.add_subcommand("lookup", "find the persons of a linkage store that a row may be");
  command->footer(
      "Example:\n  hearth lookup --store persons --row \"name=王芳,dob=1980-01-02\"\n"
      "  hearth lookup --store persons queries.csv --out matches.csv\n\n"
      "The store is made by hearth link --store. What is found is at or above the model's review threshold.\n"
      "Exit codes: 0 asked, whatever was found, 1 a store or row that does not do, 2 wrong usage.");
  command->add_option("queries", o->queries, "rows to look up, with the store's headings and ids of their own");
  command->add_option("--store", o->store, "the folder")->required();
  command->add_option("--row", o->row, "one row: heading=value, with commas; \"a value, with a comma\" in quotes");
  command->add_option("--out", o->out, "where the matches of a file go")->default_val("matches.csv");
  command->add_option("--as", o->source, "which of the store's two tables the rows are like; the first unless given");
  command->add_option("--encoding", o->encoding, "of the file; told from it unless given");
  command->add_option("--threads", o->threads, "for reading the store")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_flag("--json", o->json, "for machines");
  OnRun(command, [o] {
    if (o->row.empty() == o->queries.empty()) {
      std::cerr << "hearth: lookup needs --row or a file of rows, and not both\n";
      return kExitUsage;
    }
    const Status status = Run(*o);
    return status.ok() ? kExitOk : Fail(status);
  });
}

}  // namespace hearth
