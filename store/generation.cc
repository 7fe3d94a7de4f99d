#include "store/generation.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "store/codec.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTableNames[kTables] = {"rows",   "persons", "households", "units", "kin",
                                                   "alerts", "reviews", "models",     "events"};
constexpr int kTablesOfVersion1 = 7;
int TablesOf(uint64_t version) { return version == 1 ? kTablesOfVersion1 : kTables; }
constexpr const char* kMetaKey = "meta";
constexpr const char* kVersionFile = "VERSION";
constexpr const char* kCurrentFile = "CURRENT";

Status FromRocks(const rocksdb::Status& s, std::string_view what) {
  if (s.ok()) return OkStatus();
  const std::string message = std::string(what) + ": " + s.ToString();
  if (s.IsNotFound()) return NotFound(message);
  if (s.IsCorruption()) return DataLoss(message);
  return Unavailable(message);
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

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(int tables) {
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  all.emplace_back(rocksdb::kDefaultColumnFamilyName, TableOptions());
  for (int t = 0; t < tables; ++t) all.emplace_back(std::string(kTableNames[t]), TableOptions());
  return all;
}

Status SyncPath(const std::string& path, bool directory) {
  const int fd = ::open(path.c_str(), directory ? O_RDONLY | O_DIRECTORY : O_RDONLY);
  if (fd < 0) return Unavailable(path + ": cannot open to sync: " + std::strerror(errno));
  const int result = ::fsync(fd);
  ::close(fd);
  return result == 0 ? OkStatus() : Unavailable(path + ": fsync failed: " + std::strerror(errno));
}

// Writes a small file whole or not at all.
Status WriteAtomically(const std::string& dir, const std::string& name, std::string_view text) {
  const std::string temporary = dir + "/" + name + ".new";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) return Unavailable(temporary + ": cannot be written: " + std::strerror(errno));
  }
  HEARTH_RETURN_IF_ERROR(SyncPath(temporary, false));
  if (std::rename(temporary.c_str(), (dir + "/" + name).c_str()) != 0) {
    return Unavailable(dir + "/" + name + ": cannot be replaced: " + std::strerror(errno));
  }
  return SyncPath(dir, true);
}

StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return NotFound(path + ": not there");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Status CheckVersion(const std::string& store_dir) {
  const auto text = ReadSmallFile(store_dir + "/" + kVersionFile);
  if (!text.ok()) return OkStatus();  // a store that was never written
  int version = 0;
  if (std::sscanf(text->c_str(), "hearth-store %d", &version) != 1) {
    return DataLoss(store_dir + "/VERSION: does not read as \"hearth-store N\"");
  }
  if (version > kStoreVersion) {
    return FailedPrecondition(store_dir + ": written by a newer hearth (store version " + std::to_string(version) +
                              ", this one reads up to " + std::to_string(kStoreVersion) +
                              "); use that version, or another store folder");
  }
  return OkStatus();
}

std::string GenerationName(uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "g%06llu", static_cast<unsigned long long>(number));
  return text;
}

// Number of the published generation, 0 when there is none.
StatusOr<uint64_t> CurrentNumber(const std::string& store_dir) {
  const auto text = ReadSmallFile(store_dir + "/" + kCurrentFile);
  if (!text.ok()) return 0;
  unsigned long long number = 0;
  if (std::sscanf(text->c_str(), "g%llu", &number) != 1) {
    return DataLoss(store_dir + "/CURRENT: does not name a generation such as g000001");
  }
  return number;
}

std::string EncodeMeta(const GenerationMeta& m) {
  std::string out;
  Encoder e(&out);
  e.Unsigned(m.version);
  e.Unsigned(m.number);
  e.Text(m.site);
  e.Day(m.as_of);
  e.Unsigned(m.registries.size());
  for (const std::string& r : m.registries) e.Text(r);
  e.Unsigned(m.feeds.size());
  for (const FeedState& f : m.feeds) {
    e.Text(f.feed);
    e.Text(f.registry);
    e.Unsigned(f.seq);
    e.Day(f.as_of);
    e.Unsigned(f.rows);
    e.Unsigned(f.present);
    e.Unsigned(f.quarantined.size());
    for (uint64_t q : f.quarantined) e.Unsigned(q);
  }
  e.Unsigned(m.packs.size());
  for (const auto& [id, digest] : m.packs) {
    e.Text(id);
    e.Text(digest);
  }
  e.Text(m.root_digest);
  for (int t = 0; t < TablesOf(m.version); ++t) {
    e.Text(m.table_digests[t]);
    e.Unsigned(m.table_entries[t]);
  }
  e.Text(m.report_json);
  return out;
}

StatusOr<GenerationMeta> DecodeMeta(std::string_view bytes) {
  Decoder d(bytes);
  GenerationMeta m;
  m.version = d.Unsigned();
  if (d.ok() && m.version > kStoreVersion) return FailedPrecondition("generation written by a newer hearth");
  m.number = d.Unsigned();
  m.site = d.Text();
  m.as_of = d.Day();
  const uint64_t registries = d.Unsigned();
  for (uint64_t i = 0; i < registries && d.ok(); ++i) m.registries.emplace_back(d.Text());
  const uint64_t feeds = d.Unsigned();
  for (uint64_t i = 0; i < feeds && d.ok(); ++i) {
    FeedState f;
    f.feed = d.Text();
    f.registry = d.Text();
    f.seq = d.Unsigned();
    f.as_of = d.Day();
    f.rows = d.Unsigned();
    f.present = d.Unsigned();
    const uint64_t count = d.Unsigned();
    for (uint64_t k = 0; k < count && d.ok(); ++k) f.quarantined.push_back(d.Unsigned());
    m.feeds.push_back(std::move(f));
  }
  const uint64_t packs = d.Unsigned();
  for (uint64_t i = 0; i < packs && d.ok(); ++i) {
    std::string id(d.Text());
    m.packs.emplace_back(std::move(id), std::string(d.Text()));
  }
  m.root_digest = d.Text();
  for (int t = 0; t < TablesOf(m.version); ++t) {
    m.table_digests[t] = d.Text();
    m.table_entries[t] = d.Unsigned();
  }
  m.report_json = d.Text();
  HEARTH_RETURN_IF_ERROR(d.Finish("generation meta"));
  return m;
}

std::string Hex128(uint64_t high, uint64_t low) {
  char text[40];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(high),
                static_cast<unsigned long long>(low));
  return text;
}

}  // namespace

std::string_view TableName(Table t) { return kTableNames[static_cast<int>(t)]; }

void TableSum::Add(std::string_view key, std::string_view value) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  const uint64_t key_size = key.size();
  XXH3_128bits_update(&state, &key_size, sizeof key_size);
  XXH3_128bits_update(&state, key.data(), key.size());
  XXH3_128bits_update(&state, value.data(), value.size());
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  Add(TableSum{hash.low64, hash.high64, 1});
}

void TableSum::Add(const TableSum& o) {
  low += o.low;
  high += o.high + (low < o.low ? 1 : 0);
  entries += o.entries;
}

std::string TableSum::Hex() const { return Hex128(high, low); }

std::string RootDigest(const GenerationMeta& m) {
  std::string text;
  Encoder e(&text);
  e.Text(m.site);
  e.Day(m.as_of);
  for (const std::string& r : m.registries) e.Text(r);
  for (const auto& [id, digest] : m.packs) {
    e.Text(id);
    e.Text(digest);
  }
  for (int t = 0; t < TablesOf(m.version); ++t) {
    e.Text(m.table_digests[t]);
    e.Unsigned(m.table_entries[t]);
  }
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return Hex128(hash.high64, hash.low64);
}

std::string RowKey(std::string_view registry, std::string_view key) {
  std::string out(registry);
  out += '\0';
  out += key;
  return out;
}

std::string IdKey(uint64_t id) {
  std::string out;
  Encoder(&out).Fixed64(id);
  return out;
}

GenerationWriter::Run::Run(GenerationWriter* owner, Table table, std::string path)
    : owner_(owner), table_(table), path_(std::move(path)) {}

GenerationWriter::Run::~Run() = default;

Status GenerationWriter::Run::Add(std::string_view key, std::string_view value, size_t undigested) {
  if (!opened_) {
    writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), TableOptions());
    HEARTH_RETURN_IF_ERROR(FromRocks(writer_->Open(path_), path_));
    opened_ = true;
  }
  sum_.Add(key, value.substr(0, value.size() - undigested));
  return FromRocks(writer_->Put(rocksdb::Slice(key.data(), key.size()), rocksdb::Slice(value.data(), value.size())),
                   path_);
}

Status GenerationWriter::Run::Finish() {
  HEARTH_CHECK(!finished_, "run finished twice");
  finished_ = true;
  if (!opened_) return OkStatus();
  HEARTH_RETURN_IF_ERROR(FromRocks(writer_->Finish(), path_));
  writer_.reset();
  const std::lock_guard lock(owner_->mutex_);
  owner_->files_[static_cast<int>(table_)].push_back(path_);
  owner_->sums_[static_cast<int>(table_)].Add(sum_);
  return OkStatus();
}

GenerationWriter::GenerationWriter(std::string store_dir, uint64_t number)
    : dir_(store_dir + "/generations/" + GenerationName(number) + ".building"),
      final_dir_(store_dir + "/generations/" + GenerationName(number)),
      store_dir_(std::move(store_dir)),
      number_(number) {}

StatusOr<std::unique_ptr<GenerationWriter>> GenerationWriter::Create(const std::string& store_dir) {
  HEARTH_RETURN_IF_ERROR(CheckVersion(store_dir));
  HEARTH_ASSIGN_OR_RETURN(const uint64_t current, CurrentNumber(store_dir));
  std::unique_ptr<GenerationWriter> writer(new GenerationWriter(store_dir, current + 1));
  std::error_code error;
  fs::remove_all(writer->dir_, error);        // left by a night that died
  fs::remove_all(writer->final_dir_, error);  // renamed but never published
  fs::create_directories(writer->dir_ + "/runs", error);
  if (error) return Unavailable(writer->dir_ + ": cannot be made: " + error.message());
  return writer;
}

GenerationWriter::~GenerationWriter() {
  std::error_code error;
  if (!published_) fs::remove_all(dir_, error);
}

std::unique_ptr<GenerationWriter::Run> GenerationWriter::StartRun(Table table) {
  const std::string path = dir_ + "/runs/" + std::to_string(next_file_.fetch_add(1)) + ".sst";
  return std::unique_ptr<Run>(new Run(this, table, path));
}

Status GenerationWriter::WriteDatabase(const GenerationMeta& meta) {
  rocksdb::Options options = TableOptions();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const std::string db_dir = dir_ + "/db";
  HEARTH_RETURN_IF_ERROR(FromRocks(rocksdb::DB::Open(options, db_dir, Descriptors(kTables), &handles, &raw), db_dir));
  const std::unique_ptr<rocksdb::DB> db(raw);
  Status status;
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  for (int t = 0; t < kTables && status.ok(); ++t) {
    if (files_[t].empty()) continue;
    status = FromRocks(db->IngestExternalFile(handles[t + 1], files_[t], ingest), TableName(static_cast<Table>(t)));
  }
  if (status.ok()) {
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const std::string bytes = EncodeMeta(meta);
    status = FromRocks(db->Put(sync, kMetaKey, rocksdb::Slice(bytes.data(), bytes.size())), "meta");
  }
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  if (status.ok()) status = FromRocks(db->Close(), db_dir);
  return status;
}

StatusOr<GenerationMeta> GenerationWriter::Publish(GenerationMeta meta, int keep) {
  meta.number = number_;
  meta.version = kStoreVersion;
  for (int t = 0; t < kTables; ++t) {
    meta.table_digests[t] = sums_[t].Hex();
    meta.table_entries[t] = sums_[t].entries;
  }
  meta.root_digest = RootDigest(meta);
  HEARTH_RETURN_IF_ERROR(WriteDatabase(meta));
  std::error_code error;
  fs::remove_all(dir_ + "/runs", error);
  HEARTH_RETURN_IF_ERROR(
      WriteAtomically(store_dir_, kVersionFile, "hearth-store " + std::to_string(kStoreVersion) + "\n"));
  fs::rename(dir_, final_dir_, error);
  if (error) return Unavailable(final_dir_ + ": cannot be named: " + error.message());
  HEARTH_RETURN_IF_ERROR(SyncPath(store_dir_ + "/generations", true));
  HEARTH_RETURN_IF_ERROR(WriteAtomically(store_dir_, kCurrentFile, GenerationName(number_) + "\n"));
  published_ = true;
  for (uint64_t old = number_ > static_cast<uint64_t>(keep) ? number_ - keep : 0; old > 0; --old) {
    const std::string dir = store_dir_ + "/generations/" + GenerationName(old);
    if (!fs::exists(dir, error)) break;
    fs::remove_all(dir, error);
  }
  return meta;
}

StatusOr<std::unique_ptr<Generation>> Generation::OpenCurrent(const std::string& store_dir) {
  HEARTH_RETURN_IF_ERROR(CheckVersion(store_dir));
  HEARTH_ASSIGN_OR_RETURN(const uint64_t number, CurrentNumber(store_dir));
  if (number == 0) return NotFound(store_dir + ": no generation yet; run hearth night first");
  const std::string dir = store_dir + "/generations/" + GenerationName(number) + "/db";
  std::unique_ptr<Generation> g(new Generation());
  rocksdb::DB* raw = nullptr;
  rocksdb::DBOptions options;
  options.paranoid_checks = true;
  options.info_log_level = rocksdb::ERROR_LEVEL;
  std::vector<std::string> families;
  HEARTH_RETURN_IF_ERROR(FromRocks(rocksdb::DB::ListColumnFamilies(options, dir, &families), dir));
  const int tables = std::min(kTables, static_cast<int>(families.size()) - 1);
  HEARTH_RETURN_IF_ERROR(
      FromRocks(rocksdb::DB::OpenForReadOnly(options, dir, Descriptors(tables), &g->handles_, &raw), dir));
  g->db_.reset(raw);
  std::string bytes;
  HEARTH_RETURN_IF_ERROR(FromRocks(raw->Get(rocksdb::ReadOptions(), kMetaKey, &bytes), dir + " meta"));
  HEARTH_ASSIGN_OR_RETURN(g->meta_, DecodeMeta(bytes));
  return g;
}

Generation::~Generation() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
}

StatusOr<std::string> Generation::Get(Table table, std::string_view key) const {
  if (!Holds(table)) return NotFound(std::string(TableName(table)) + ": this generation has no such table");
  std::string value;
  const rocksdb::Status s = db_->Get(rocksdb::ReadOptions(), handles_[static_cast<int>(table) + 1],
                                     rocksdb::Slice(key.data(), key.size()), &value);
  HEARTH_RETURN_IF_ERROR(FromRocks(s, TableName(table)));
  return value;
}

Status Generation::Scan(Table table, std::string_view prefix,
                        const std::function<bool(std::string_view, std::string_view)>& visit) const {
  if (!Holds(table)) return OkStatus();
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = 4 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, handles_[static_cast<int>(table) + 1]));
  for (it->Seek(rocksdb::Slice(prefix.data(), prefix.size())); it->Valid(); it->Next()) {
    const std::string_view key(it->key().data(), it->key().size());
    if (!key.starts_with(prefix)) break;
    if (!visit(key, std::string_view(it->value().data(), it->value().size()))) return OkStatus();
  }
  return FromRocks(it->status(), TableName(table));
}

Status Generation::Verify() const {
  for (int t = 0; t < TablesOf(meta_.version); ++t) {
    TableSum sum;
    const Table table = static_cast<Table>(t);
    const size_t undigested = table == Table::kRows ? kRowTrailerBytes : 0;
    bool short_value = false;
    HEARTH_RETURN_IF_ERROR(Scan(table, "", [&](std::string_view key, std::string_view value) {
      short_value |= value.size() < undigested;
      sum.Add(key, value.substr(0, value.size() - std::min(undigested, value.size())));
      return true;
    }));
    if (short_value || sum.Hex() != meta_.table_digests[t] || sum.entries != meta_.table_entries[t]) {
      return DataLoss(std::string(TableName(table)) + ": stored entries do not match the generation's digest");
    }
  }
  if (RootDigest(meta_) != meta_.root_digest) return DataLoss("root digest does not match its table digests");
  return OkStatus();
}

StatusOr<std::unique_ptr<StoreLock>> StoreLock::Take(const std::string& store_dir) {
  std::error_code error;
  fs::create_directories(store_dir, error);
  if (error) return Unavailable(store_dir + ": cannot be made: " + error.message() + "; check the path and its rights");
  const std::string path = store_dir + "/LOCK";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return Unavailable(path + ": cannot be written: " + std::strerror(errno) + "; check the rights of the folder");
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return Unavailable(store_dir + ": another hearth is writing this store; wait for it to end");
  }
  return std::unique_ptr<StoreLock>(new StoreLock(fd));
}

StoreLock::~StoreLock() { ::close(fd_); }

}  // namespace hearth
