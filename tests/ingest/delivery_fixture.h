// A small site in a folder of its own, and deliveries written into its drop folder. All people are made up.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "ingest/archive.h"
#include "ingest/feed_reader.h"
#include "ingest/sm3.h"

namespace hearth {

// A folder that is removed at the end of the test.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hearth-ingest-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

  void Write(const std::filesystem::path& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

// What a delivery's manifest says; every value can be made wrong.
struct TestDelivery {
  std::string feed = "people", contract = "people/1", batch = "b1";
  int seq = 1;
  std::string prev_seq = "null";
  std::string mode = "full", as_of = "2024-02-29", encoding = "UTF-8";
  std::string field = ",", quote = "\"\\\"\"", null, header = "true";  // quote as JSON
  std::string columns = R"(["BH","ZJ","XM","XB","CSRQ","JE"])";
  std::string units = "{}", more;                               // more: further keys, each with a comma before
  std::vector<std::pair<std::string, std::string>> files = {};  // name, bytes
  std::vector<int> rows = {};

  std::string Manifest() const {
    std::string list;
    int total = 0;
    for (size_t i = 0; i < files.size(); ++i) {
      list += (i == 0 ? "" : ",") + std::string("{\"name\":\"") + files[i].first +
              "\",\"bytes\":" + std::to_string(files[i].second.size()) + ",\"rows\":" + std::to_string(rows[i]) +
              ",\"sm3\":\"" + Sm3Hex(files[i].second) + "\"}";
      total += rows[i];
    }
    return "{\"feed\":\"" + feed + "\",\"contract\":\"" + contract + "\",\"batch\":\"" + batch +
           "\",\"seq\":" + std::to_string(seq) + ",\"prev_seq\":" + prev_seq + ",\"mode\":\"" + mode +
           "\",\"as_of\":\"" + as_of + "\",\"produced_at\":\"2024-03-01T01:00:00+08:00\",\"encoding\":\"" + encoding +
           "\",\"format\":{\"kind\":\"delimited\",\"field\":\"" + field + "\",\"record\":\"\\n\",\"quote\":" + quote +
           ",\"null\":\"" + null + "\",\"header\":" + header + "},\"files\":[" + list +
           "],\"rows_total\":" + std::to_string(total) + ",\"columns\":" + columns + ",\"units\":" + units +
           ",\"delete_semantics\":\"absent_is_not_deleted\"" + more + "}";
  }
};

constexpr std::string_view kPeopleSchema = R"(
registry: people
title: {en: People, zh: 人员}
key: [record_no]
fields:
  - {name: record_no, type: text, required: true, label: 编号}
  - {name: number, type: citizen_number, sensitive: true, label: 证件号}
  - {name: name, type: name, sensitive: true, label: 姓名}
  - name: sex
    type: code
    label: 性别
    codes: [["1", male, 男], ["2", female, 女]]
  - {name: birth_date, type: day, label: 出生日期}
  - {name: amount, type: money, label: 金额}
persons:
  - {role: self, number: number, name: name, birth_date: birth_date, sex: sex}
)";

constexpr std::string_view kVehiclesSchema = R"(
registry: cars
title: {en: Cars, zh: 车辆}
key: [plate]
fields:
  - {name: plate, type: plate, required: true, label: 号牌}
  - {name: owner_number, type: citizen_number, sensitive: true, label: 证件号}
persons:
  - {role: owner, number: owner_number}
)";

constexpr std::string_view kSite = R"(
site: testcity
synthetic: true
registries: [schemas]
feeds:
  - feed: people
    registry: people
    contract: people/1
    columns: {BH: record_no, ZJ: number, XM: name, XB: sex, CSRQ: birth_date, JE: amount}
    codes: {sex: {M: "1", F: "2"}}
    due: "03:00"
  - feed: cars
    registry: cars
    contract: cars/1
    columns: {HPHM: plate, SYRZJ: owner_number}
)";

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    folder_.Write("schemas/people.yaml", kPeopleSchema);
    folder_.Write("schemas/cars.yaml", kVehiclesSchema);
    std::filesystem::create_directories(folder_.path() / "drop");
    LoadSite(kSite);
  }

  void LoadSite(std::string_view text) {
    auto site = ParseSiteConfig(text, "hearth.yaml", folder_.path());
    ASSERT_TRUE(site.ok()) << site.status();
    site_ = *std::move(site);
    auto schemas = LoadRegistrySchemas(site_.registries);
    ASSERT_TRUE(schemas.ok()) << schemas.status();
    schemas_ = *std::move(schemas);
    ASSERT_EQ(CheckFeeds(site_, schemas_), OkStatus());
  }

  // One file of rows under the header, into the drop folder.
  TestDelivery OneFile(const std::string& rows, int count) const {
    TestDelivery d;
    d.files = {{"people_1.csv", "BH,ZJ,XM,XB,CSRQ,JE\n" + rows}};
    d.rows = {count};
    return d;
  }

  void Drop(const TestDelivery& d) const { DropAs(d, d.Manifest()); }
  void DropAs(const TestDelivery& d, const std::string& manifest) const {
    const std::filesystem::path at = std::filesystem::path("drop") / d.feed / d.batch;
    for (const auto& [name, bytes] : d.files) folder_.Write(at / name, bytes);
    folder_.Write(at / "manifest.json", manifest);
  }

  PullReport PullNow(std::string_view day = "2024-03-01", int minute = 0) {
    DropFolder drop(site_.drop);
    auto report = Pull(site_, drop, {*ParseIsoDay(day), minute});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : PullReport{};
  }

  // Reads a delivery from a folder as if it had been archived there, without the checks of a pull.
  StatusOr<FeedBatch> Read(const TestDelivery& d, int threads = 1) {
    const std::filesystem::path at = std::filesystem::path("as-archived") / d.feed / std::to_string(d.seq);
    for (const auto& [name, bytes] : d.files) folder_.Write(at / name, bytes);
    auto manifest = ParseManifest(d.Manifest(), "manifest.json");
    if (!manifest.ok()) return manifest.status();
    const ArchivedDelivery held{manifest->seq, *manifest, "", folder_.path() / at};
    const FeedConfig* feed = FindFeed(site_, d.feed);
    for (const auto& schema : schemas_) {
      if (schema->id == feed->registry) {
        return ReadDelivery(site_, *feed, schema, held, *ParseIsoDay("2024-03-01"), threads);
      }
    }
    return NotFound("schema");
  }
  StatusOr<FeedBatch> ReadRows(const std::string& rows, int count) { return Read(OneFile(rows, count)); }

  // The one reason in quarantine of a delivery of these rows.
  std::string OnlyReason(const StatusOr<FeedBatch>& batch) {
    if (!batch.ok()) return Message(batch.status());
    const auto& rows = batch->report.quarantined;
    return rows.size() == 1 ? std::string(QuarantineReasonName(rows[0].reason)) : std::to_string(rows.size()) + " rows";
  }

  TestFolder folder_;
  SiteConfig site_;
  SchemaList schemas_;
};

}  // namespace hearth
