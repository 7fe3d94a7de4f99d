// A generation is everything derived by one night, in a RocksDB of its own under <store>/generations/.
//
// It is written beside the last one from sorted runs (SST files built in parallel, then ingested), and published by
// renaming one pointer file: a night that dies leaves yesterday serving, and a reader keeps what it opened.
//
//   auto writer = GenerationWriter::Create(store, meta);
//   auto run = (*writer)->StartRun(Table::kPersons);        // any number of runs, on any threads
//   run->Add(key, value);                                    // strictly ascending keys; runs do not overlap
//   run->Finish();
//   auto digest = (*writer)->Publish(meta);
//
// The root digest covers every key and value but the row trailers (feed and line are evidence, not identity). It is a
// sum of entry hashes per table, so it does not depend on threads, on runs or on the order of writing.
// Errors: Unavailable when the folder cannot be written, FailedPrecondition for a store from a newer version,
// NotFound when nothing was published yet, DataLoss for bytes that do not decode.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class SstFileWriter;
}  // namespace rocksdb

namespace hearth {

// Stored as column families; names never change.
enum class Table : uint8_t { kRows, kPersons, kHouseholds, kUnits, kKin, kAlerts, kReviews, kModels, kEvents };
inline constexpr int kTables = 9;
std::string_view TableName(Table t);

// Version 1 had the first seven tables; its generations are read as if the others were empty.
inline constexpr int kStoreVersion = 2;

// What a feed had delivered when the generation was made.
struct FeedState {
  std::string feed, registry;
  uint64_t seq = 0;  // last applied; 0: none
  CivilDay as_of;
  uint64_t rows = 0;                  // accepted rows of the last full delivery
  uint64_t present = 0;               // rows of the registry held now from this feed
  std::vector<uint64_t> quarantined;  // of the last eight deliveries, oldest first
  bool operator==(const FeedState&) const = default;
};

struct GenerationMeta {
  uint64_t version = kStoreVersion;  // of the store that wrote it
  uint64_t number = 0;
  std::string site;
  CivilDay as_of;
  std::vector<std::string> registries;                     // ids, in the order that rows and mentions refer to
  std::vector<FeedState> feeds;                            // sorted by feed
  std::vector<std::pair<std::string, std::string>> packs;  // id, digest
  std::string root_digest;                                 // 32 hex digits
  std::array<std::string, kTables> table_digests;
  std::array<uint64_t, kTables> table_entries{};
  std::string report_json;  // the night's closing report
};

// Sum of 128-bit entry hashes.
struct TableSum {
  uint64_t low = 0, high = 0, entries = 0;
  void Add(std::string_view key, std::string_view digested_value);
  void Add(const TableSum& o);
  std::string Hex() const;
};

class GenerationWriter {
 public:
  // One sorted run of one table. Not thread-safe; different runs are independent.
  class Run {
   public:
    ~Run();
    // undigested: that many bytes at the end of value stay outside the digest.
    Status Add(std::string_view key, std::string_view value, size_t undigested = 0);
    Status Finish();

   private:
    friend class GenerationWriter;
    Run(GenerationWriter* owner, Table table, std::string path);
    GenerationWriter* owner_;
    Table table_;
    std::string path_;
    std::unique_ptr<rocksdb::SstFileWriter> writer_;
    TableSum sum_;
    bool opened_ = false, finished_ = false;
  };

  // The next generation of a store; makes the folder when it is not there.
  static StatusOr<std::unique_ptr<GenerationWriter>> Create(const std::string& store_dir);
  ~GenerationWriter();  // an unpublished generation is removed

  uint64_t number() const { return number_; }
  std::unique_ptr<Run> StartRun(Table table);
  // Ingests the runs, writes meta (number, digests and entries are filled in), syncs, and switches the pointer.
  // Keeps the newest `keep` generations. Returns the meta as published.
  StatusOr<GenerationMeta> Publish(GenerationMeta meta, int keep);

 private:
  GenerationWriter(std::string store_dir, uint64_t number);
  Status WriteDatabase(const GenerationMeta& meta);
  std::string dir_, final_dir_, store_dir_;
  uint64_t number_;
  bool published_ = false;
  std::atomic<uint64_t> next_file_{1};
  std::mutex mutex_;  // guards files_ and sums_
  std::array<std::vector<std::string>, kTables> files_;
  std::array<TableSum, kTables> sums_;
};

class Generation {
 public:
  // The published one; NotFound when nothing was published yet.
  static StatusOr<std::unique_ptr<Generation>> OpenCurrent(const std::string& store_dir);
  ~Generation();

  const GenerationMeta& meta() const { return meta_; }
  // NotFound when there is no such key.
  StatusOr<std::string> Get(Table table, std::string_view key) const;
  // Entries whose key starts with prefix, ascending. The callback returns false to stop. Safe from many threads.
  Status Scan(Table table, std::string_view prefix,
              const std::function<bool(std::string_view key, std::string_view value)>& visit) const;
  // Reads everything again and compares it with the digests in the meta. DataLoss when they differ.
  Status Verify() const;

 private:
  Generation() = default;
  bool Holds(Table t) const { return static_cast<size_t>(t) + 1 < handles_.size(); }
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // default, then tables; owned by db_, destroyed before it
  GenerationMeta meta_;
};

// Root digest from table digests and what the night read: site, day, packs.
std::string RootDigest(const GenerationMeta& meta);

// Key of a row: registry id, a zero byte, the row key. Ids sort as registries do.
std::string RowKey(std::string_view registry, std::string_view key);
std::string IdKey(uint64_t id);  // big-endian

// One writer at a time: holds a lock file in the store until destroyed. Unavailable when another process holds it.
class StoreLock {
 public:
  static StatusOr<std::unique_ptr<StoreLock>> Take(const std::string& store_dir);
  ~StoreLock();

 private:
  explicit StoreLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace hearth
