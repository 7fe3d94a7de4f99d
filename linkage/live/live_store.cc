#include "linkage/live/live_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace hearth::linkage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNames[kLiveTables] = {"rows", "links", "persons", "events", "decisions", "meta"};
constexpr const char* kVersionFile = "/VERSION";
constexpr const char* kLockFile = "/LOCK";
constexpr uint64_t kLogBytesMax = 256 << 20;  // of the write-ahead log, so that opening stays quick

Status FromRocks(const rocksdb::Status& s, const std::string& dir) {
  if (s.ok()) return OkStatus();
  const std::string message = dir + ": " + s.ToString();
  return s.IsCorruption() ? DataLoss(message) : Unavailable(message);
}

rocksdb::Options TableOptions() {
  rocksdb::Options o;
  o.compression = rocksdb::kLZ4Compression;
  o.bottommost_compression = rocksdb::kLZ4Compression;
  o.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  o.paranoid_checks = true;
  rocksdb::BlockBasedTableOptions block;
  block.format_version = 5;
  block.block_size = 16 * 1024;
  block.checksum = rocksdb::kXXH3;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(block));
  return o;
}

// RocksDB's own diary goes nowhere: it would fail first on a full disk, and a failed diary stops the program.
class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Slice Slice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view View(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

// A lock on a file, held as long as it lives.
class FileLock {
 public:
  static StatusOr<std::unique_ptr<FileLock>> Take(const std::string& dir) {
    const std::string path = dir + kLockFile;
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Unavailable(path + ": cannot be opened: " + std::strerror(errno));
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd);
      return FailedPrecondition(dir + ": is open in another process; wait for it to end");
    }
    return std::unique_ptr<FileLock>(new FileLock(fd));
  }
  ~FileLock() { ::close(fd_); }

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

Status SyncFolder(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const std::string reason = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  return synced ? OkStatus() : Unavailable(path + ": cannot be synced: " + reason);
}

Status WriteVersion(const std::string& dir) {
  const std::string path = dir + kVersionFile;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file != nullptr && std::fprintf(file, "hearth-linkage-store %d\n", kLiveStoreVersion) > 0 &&
                       std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
  const std::string reason = std::strerror(errno);
  if (file != nullptr) std::fclose(file);
  return written ? OkStatus() : Unavailable(path + ": cannot be written: " + reason);
}

Status CheckVersion(const std::string& dir) {
  std::ifstream in(dir + kVersionFile);
  std::string text;
  if (!in || !std::getline(in, text)) return NotFound(dir + ": there is no linkage store; make one with --model");
  int version = 0;
  if (std::sscanf(text.c_str(), "hearth-linkage-store %d", &version) != 1) {
    return DataLoss(dir + "/VERSION: does not read as \"hearth-linkage-store N\"");
  }
  if (version == kLiveStoreVersion) return OkStatus();
  return FailedPrecondition(
      fmt::format("{}: is of store version {}, and this hearth reads version {}; use the hearth "
                  "that wrote it, or make the store anew",
                  dir, version, kLiveStoreVersion));
}

std::string Trimmed(std::string dir) {
  while (dir.size() > 1 && dir.back() == '/') dir.pop_back();
  return dir;
}

std::string Parent(const std::string& dir) {
  const std::string parent = fs::path(dir).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

struct StoreBatch::Impl {
  struct Entry {
    LiveTableName table;
    bool put;
    std::string key, value;
  };
  std::vector<Entry> entries;
  size_t bytes = 0;
};

StoreBatch::StoreBatch() : impl_(std::make_unique<Impl>()) {}
StoreBatch::~StoreBatch() = default;
void StoreBatch::Put(LiveTableName table, std::string_view key, std::string_view value) {
  impl_->entries.push_back({table, true, std::string(key), std::string(value)});
  impl_->bytes += key.size() + value.size();
}
void StoreBatch::Delete(LiveTableName table, std::string_view key) {
  impl_->entries.push_back({table, false, std::string(key), {}});
  impl_->bytes += key.size();
}
size_t StoreBatch::bytes() const { return impl_->bytes; }
void StoreBatch::Clear() {
  impl_->entries.clear();
  impl_->bytes = 0;
}

struct LiveStore::Impl {
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // as kNames

  ~Impl() {
    if (!db) return;
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    db->Close();
  }
  rocksdb::ColumnFamilyHandle* Handle(LiveTableName table) const { return handles[static_cast<size_t>(table)]; }

  Status Write(const rocksdb::WriteOptions& options, const std::string& dir, StoreBatch::Impl* batch) {
    rocksdb::WriteBatch out(batch->bytes + 16 * batch->entries.size() + 64);
    for (const StoreBatch::Impl::Entry& e : batch->entries) {
      const rocksdb::Status s =
          e.put ? out.Put(Handle(e.table), Slice(e.key), Slice(e.value)) : out.Delete(Handle(e.table), Slice(e.key));
      if (!s.ok()) return FromRocks(s, dir);
    }
    return FromRocks(db->Write(options, &out), dir);
  }
};

LiveStore::LiveStore(std::string dir, std::unique_ptr<Impl> impl) : dir_(std::move(dir)), impl_(std::move(impl)) {}
LiveStore::~LiveStore() {
  if (!unpublished_) return;
  impl_.reset();
  std::error_code ignored;
  fs::remove_all(dir_, ignored);
}

StatusOr<std::unique_ptr<LiveStore>> LiveStore::OpenAt(const std::string& dir, bool create) {
  auto impl = std::make_unique<Impl>();
  HEARTH_ASSIGN_OR_RETURN(impl->lock, FileLock::Take(dir));
  rocksdb::DBOptions options;
  options.create_if_missing = create;
  options.create_missing_column_families = create;
  options.paranoid_checks = true;
  options.max_total_wal_size = kLogBytesMax;
  options.info_log = std::make_shared<NoDiary>();
  options.max_background_jobs = 2;
  std::vector<rocksdb::ColumnFamilyDescriptor> tables;
  tables.emplace_back(rocksdb::kDefaultColumnFamilyName, TableOptions());
  for (const std::string_view name : kNames) tables.emplace_back(std::string(name), TableOptions());
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  HEARTH_RETURN_IF_ERROR(FromRocks(rocksdb::DB::Open(options, dir + "/db", tables, &handles, &db), dir));
  impl->db.reset(db);
  db->DestroyColumnFamilyHandle(handles.front());
  impl->handles.assign(handles.begin() + 1, handles.end());
  return std::unique_ptr<LiveStore>(new LiveStore(dir, std::move(impl)));
}

bool LiveStore::Exists(const std::string& dir) {
  std::error_code error;
  return fs::exists(Trimmed(dir) + kVersionFile, error);
}

StatusOr<std::unique_ptr<LiveStore>> LiveStore::Open(const std::string& dir) {
  HEARTH_RETURN_IF_ERROR(CheckVersion(Trimmed(dir)));
  return OpenAt(Trimmed(dir), false);
}

StatusOr<std::unique_ptr<LiveStore>> LiveStore::Build(const std::string& dir) {
  const std::string building = Trimmed(dir) + ".building";
  std::error_code error;
  fs::create_directories(Parent(building), error);
  fs::create_directory(building, error);
  if (error) return Unavailable(building + ": cannot be made: " + error.message());
  // Somebody who builds there now holds the lock; what nobody holds is left over.
  {
    HEARTH_ASSIGN_OR_RETURN(const auto lock, FileLock::Take(building));
    fs::remove_all(building + "/db", error);
  }
  HEARTH_ASSIGN_OR_RETURN(std::unique_ptr<LiveStore> store, OpenAt(building, true));
  store->unpublished_ = true;
  return store;
}

Status LiveStore::Publish(std::unique_ptr<LiveStore> built, const std::string& dir,
                          std::unique_ptr<LiveStore> replaced) {
  const std::string from = built->dir_, to = Trimmed(dir);
  rocksdb::FlushOptions flush;
  HEARTH_RETURN_IF_ERROR(FromRocks(built->impl_->db->Flush(flush, built->impl_->handles), from));
  HEARTH_RETURN_IF_ERROR(WriteVersion(from));
  HEARTH_RETURN_IF_ERROR(SyncFolder(from));
  // Its files are closed before they move.
  built->impl_.reset();
  const bool exchange = replaced != nullptr;
  replaced.reset();
  const int result = exchange ? ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE)
                              : std::rename(from.c_str(), to.c_str());
  if (result != 0) {
    return Unavailable(fmt::format("{}: cannot take the place of {}: {}", from, to, std::strerror(errno)));
  }
  built->unpublished_ = false;
  HEARTH_RETURN_IF_ERROR(SyncFolder(Parent(to)));
  std::error_code ignored;
  if (exchange) fs::remove_all(from, ignored);
  return OkStatus();
}

Status LiveStore::Commit(StoreBatch* batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const Status status = impl_->Write(options, dir_, batch->impl_.get());
  batch->Clear();
  return status;
}

Status LiveStore::Fill(StoreBatch* batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const Status status = impl_->Write(options, dir_, batch->impl_.get());
  batch->Clear();
  return status;
}

StatusOr<std::optional<std::string>> LiveStore::Get(LiveTableName table, std::string_view key) const {
  std::string value;
  const rocksdb::Status s = impl_->db->Get(rocksdb::ReadOptions(), impl_->Handle(table), Slice(key), &value);
  if (s.IsNotFound()) return std::optional<std::string>();
  HEARTH_RETURN_IF_ERROR(FromRocks(s, dir_));
  return std::optional<std::string>(std::move(value));
}

Status LiveStore::ForEach(LiveTableName table, std::string_view first,
                          const std::function<Status(std::string_view key, std::string_view value)>& body) const {
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(options, impl_->Handle(table)));
  for (at->Seek(Slice(first)); at->Valid(); at->Next()) {
    HEARTH_RETURN_IF_ERROR(body(View(at->key()), View(at->value())));
  }
  return FromRocks(at->status(), dir_);
}

}  // namespace hearth::linkage
