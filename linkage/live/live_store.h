// LiveStore: the folder of a linkage store, one RocksDB with a table a kind of thing. Bytes: docs/store-format.md,
// "Linkage stores".
//
//   HEARTH_ASSIGN_OR_RETURN(auto store, LiveStore::Open(dir));
//   StoreBatch batch;
//   batch.Put(LiveTableName::kMeta, "state", bytes);
//   HEARTH_RETURN_IF_ERROR(store->Commit(&batch));          // on disk, whole or not at all
//
// One process at a time: a folder open elsewhere is FailedPrecondition. NotFound: no store there. DataLoss: bytes that
// fail their checksum. Unavailable: the disk's own word (full, read-only), after which nothing of the batch is there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/status.h"

namespace hearth::linkage {

constexpr int kLiveStoreVersion = 1;

enum class LiveTableName : uint8_t { kRows, kLinks, kPersons, kEvents, kDecisions, kMeta };
constexpr int kLiveTables = 6;

class StoreBatch {
 public:
  StoreBatch();
  ~StoreBatch();
  StoreBatch(const StoreBatch&) = delete;
  StoreBatch& operator=(const StoreBatch&) = delete;
  void Put(LiveTableName table, std::string_view key, std::string_view value);
  void Delete(LiveTableName table, std::string_view key);
  size_t bytes() const;
  void Clear();

 private:
  friend class LiveStore;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class LiveStore {
 public:
  // An empty folder beside its place, DIR.building, removed again unless it is published; one left behind by a process
  // that died is replaced.
  static StatusOr<std::unique_ptr<LiveStore>> Build(const std::string& dir);
  // Moves what Build made to its place, in one rename; closes it. A store that is there already is replaced, its files
  // removed; `replaced` must be the open one then, and is closed.
  static Status Publish(std::unique_ptr<LiveStore> built, const std::string& dir, std::unique_ptr<LiveStore> replaced);
  static StatusOr<std::unique_ptr<LiveStore>> Open(const std::string& dir);
  // True when there is a store in the folder.
  static bool Exists(const std::string& dir);
  ~LiveStore();

  // Synced. The batch is empty afterwards.
  Status Commit(StoreBatch* batch);
  // Without log or sync, for Build: Publish makes it last.
  Status Fill(StoreBatch* batch);
  StatusOr<std::optional<std::string>> Get(LiveTableName table, std::string_view key) const;
  // In order of keys, from `first` on. Views live during the call.
  Status ForEach(LiveTableName table, std::string_view first,
                 const std::function<Status(std::string_view key, std::string_view value)>& body) const;
  const std::string& dir() const { return dir_; }

 private:
  struct Impl;
  LiveStore(std::string dir, std::unique_ptr<Impl> impl);
  static StatusOr<std::unique_ptr<LiveStore>> OpenAt(const std::string& dir, bool create);

  std::string dir_;
  std::unique_ptr<Impl> impl_;
  bool unpublished_ = false;
};

}  // namespace hearth::linkage
