// hearth encode: a table as keyed Bloom filters, for a partner who may not see names or numbers.
#include "cli/encode.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/common.h"
#include "linkage/encode.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

struct EncodeOptions {
  std::string key, own_key, model, table, out, id_table, encoding;
  std::vector<std::string> columns;  // HEADING=OWN
  int threads = 0;
  bool json = false;
};

void PrintWarnings(const std::vector<std::string>& warnings) {
  for (const std::string& w : warnings) std::cerr << "hearth: note: " << w << "\n";
}

void PrintEncodedJson(const EncodeOptions& o, const linkage::EncodeJob& job, const linkage::EncodeResult& r) {
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("out").Text(o.out);
  json.Key("model").Text(job.model.name);
  json.Key("rows").Count(r.file.ids.size());
  json.Key("bits").Count(r.file.rows.bits);
  json.Key("rows_without_values").Count(r.rows_without_values);
  json.Key("ones").BeginObject();
  json.Key("least").Count(r.ones_least);
  json.Key("median").Count(r.ones_median);
  json.Key("most").Count(r.ones_most);
  json.EndObject();
  json.Key("fields").BeginArray();
  for (const linkage::FieldFacts& f : r.fields) {
    json.BeginObject();
    json.Key("name").Text(f.name);
    json.Key("empty").Count(f.empty);
    json.Key("cut").Count(f.cut);
    json.EndObject();
  }
  json.EndArray();
  json.Key("notes").BeginArray();
  for (const std::string& w : r.warnings) json.Text(w);
  json.EndArray();
  json.EndObject();
  json.Finish();
}

StatusOr<linkage::EncodeJob> JobOf(const EncodeOptions& o) {
  constexpr uint64_t kModelBytesMax = 1 << 20;
  linkage::EncodeJob job;
  HEARTH_ASSIGN_OR_RETURN(const std::string yaml, linkage::ReadWholeFile(o.model, kModelBytesMax));
  HEARTH_ASSIGN_OR_RETURN(job.model, linkage::ReadEncodingModel(yaml, o.model));
  job.table = o.table;
  for (const std::string& column : o.columns) {
    const size_t at = column.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == column.size()) {
      return InvalidArgument("--column takes HEADING=OWN, such as --column name=客户姓名");
    }
    job.headings[column.substr(0, at)] = column.substr(at + 1);
  }
  if (!o.encoding.empty()) {
    Encoding encoding;
    if (!EncodingFromName(o.encoding, &encoding)) {
      return InvalidArgument("--encoding is none of UTF-8, GB18030, UTF-16LE");
    }
    job.read.encoding = encoding;
  }
  job.threads = o.threads > 0 ? o.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  job.read.threads = job.threads;
  return job;
}

Status RunEncode(const EncodeOptions& o) {
  HEARTH_ASSIGN_OR_RETURN(const linkage::EncodeJob job, JobOf(o));
  std::vector<std::string> notes;
  HEARTH_ASSIGN_OR_RETURN(const linkage::EncodingKey key, linkage::ReadKeyFile(o.key, &notes));
  std::optional<linkage::EncodingKey> own_key;
  if (!o.own_key.empty()) {
    HEARTH_ASSIGN_OR_RETURN(own_key, linkage::ReadKeyFile(o.own_key, &notes));
  }
  HEARTH_ASSIGN_OR_RETURN(linkage::EncodeResult result,
                          linkage::EncodeTable(job, key, own_key.has_value() ? &*own_key : nullptr));
  HEARTH_RETURN_IF_ERROR(linkage::WriteEncodedFile(result.file, o.out));
  if (!o.id_table.empty()) HEARTH_RETURN_IF_ERROR(linkage::WriteIdTable(result, o.id_table));
  result.warnings.insert(result.warnings.begin(), notes.begin(), notes.end());
  if (o.json) {
    PrintEncodedJson(o, job, result);
    return OkStatus();
  }
  PrintWarnings(result.warnings);
  std::cout << fmt::format("{}: {} rows, {} bits each, {} to {} ones (median {}) before hardening, model {}\n", o.out,
                           result.file.ids.size(), result.file.rows.bits, result.ones_least, result.ones_most,
                           result.ones_median, job.model.name);
  return OkStatus();
}

}  // namespace

void AddEncodeCommand(CLI::App& app) {
  auto o = std::make_shared<EncodeOptions>();
  CLI::App* command = app.add_subcommand("encode", "a table as keyed Bloom filters, for a partner who may not see it");
  command->footer(
      "Example:\n  openssl rand -hex 32 > shared.key     # given to the partner by a safe way\n"
      "  openssl rand -hex 32 > own.key        # stays here\n"
      "  hearth encode --key shared.key --own-key own.key --model packs/link/private/bank.yaml customers.csv \\\n"
      "      --out clk.bin --id-table ids.csv\n"
      "What a filter still tells, and to whom: docs/adr/0044-private-linkage.md.");
  command->add_option("table", o->table, "the table, CSV with a heading")->required();
  command->add_option("--key", o->key, "file with the key that both sides share")->required();
  command->add_option("--own-key", o->own_key,
                      "file with a key that stays on this side, for keyed ids and flipped bits");
  command->add_option("--model", o->model, "the encoding model, YAML")->required();
  command->add_option("--out", o->out, "the encoded file")->required();
  command->add_option("--id-table", o->id_table, "CSV of outgoing and own ids; stays on this side");
  command->add_option("--column", o->columns, "HEADING=OWN: a heading of the model, and what this table calls it");
  command->add_option("--encoding", o->encoding, "UTF-8, GB18030 or UTF-16LE (default: told from the file)");
  command->add_option("--threads", o->threads, "default: all");
  command->add_flag("--json", o->json, "what was done, as JSON");
  OnRun(command, [o] {
    const Status status = RunEncode(*o);
    return status.ok() ? kExitOk : Fail(status);
  });
}

int LinkEncodedCommand(const linkage::LinkEncodedJob& job, const std::string& out, bool json) {
  const auto result = linkage::LinkEncoded(job);
  if (!result.ok()) return Fail(result.status());
  if (const Status s = linkage::WriteEncodedLinks(*result, out); !s.ok()) return Fail(s);
  uint64_t links = 0;
  for (const linkage::EncodedLink& link : result->links) links += link.is_link;
  const uint64_t review = result->links.size() - links;
  const linkage::DiceJoinResult& join = result->join;
  if (!json) {
    std::cout << fmt::format(
        "{}: {} links at {:.2f}, {} for review, of {} and {} rows; {} pairs compared in {:.2f} s ({}, {})\n", out,
        links, result->threshold, review, result->ids[0].size(), result->ids[1].size(), join.compared,
        result->join_seconds, linkage::JoinKindName(join.kind), linkage::BitMethodName(join.method));
    return kExitOk;
  }
  JsonWriter writer(&std::cout);
  writer.BeginObject();
  writer.Key("out").Text(out);
  writer.Key("rows_left").Count(result->ids[0].size());
  writer.Key("rows_right").Count(result->ids[1].size());
  writer.Key("rows_without_bits").Count(join.rows_without_bits);
  writer.Key("threshold").Measure(result->threshold);
  writer.Key("expected_precision");
  result->expected_precision.has_value() ? writer.Measure(*result->expected_precision) : writer.Null();
  writer.Key("links").Count(links);
  writer.Key("review").Count(review);
  writer.Key("dropped_by_one_to_one").Count(result->dropped_by_one_to_one);
  writer.Key("join").Text(linkage::JoinKindName(join.kind));
  writer.Key("method").Text(linkage::BitMethodName(join.method));
  writer.Key("samples").Count(join.samples);
  writer.Key("sample_bits").Count(join.sample_bits);
  writer.Key("pairs_compared").Count(join.compared);
  writer.Key("read_seconds").Measure(result->read_seconds);
  writer.Key("join_seconds").Measure(result->join_seconds);
  writer.EndObject();
  writer.Finish();
  return kExitOk;
}

}  // namespace hearth
