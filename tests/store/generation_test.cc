#include "store/generation.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "store/codec.h"
#include "store/desk.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

class GenerationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = (fs::temp_directory_path() / ("hearth_store_" + std::to_string(::getpid()))).string();
    fs::remove_all(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  // Publishes a generation with these persons; `split` runs hold them.
  StatusOr<GenerationMeta> Publish(int persons, int split, CivilDay as_of) {
    auto writer = GenerationWriter::Create(dir_);
    if (!writer.ok()) return writer.status();
    for (int part = split - 1; part >= 0; --part) {  // out of order: runs may end in any order
      const auto run = (*writer)->StartRun(Table::kPersons);
      for (int i = persons * part / split; i < persons * (part + 1) / split; ++i) {
        HEARTH_RETURN_IF_ERROR(run->Add(IdKey(static_cast<uint64_t>(i)), "person " + std::to_string(i)));
      }
      HEARTH_RETURN_IF_ERROR(run->Finish());
    }
    GenerationMeta meta;
    meta.site = "test";
    meta.as_of = as_of;
    return (*writer)->Publish(meta, 2);
  }
  std::string dir_;
};

TEST_F(GenerationTest, NothingPublishedIsNotFound) {
  EXPECT_EQ(Generation::OpenCurrent(dir_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(GenerationTest, PublishedEntriesAreReadBackAndVerify) {
  ASSERT_TRUE(Publish(100, 3, {19783}).ok());
  const auto g = Generation::OpenCurrent(dir_);
  ASSERT_TRUE(g.ok()) << Message(g.status());
  EXPECT_EQ(*(*g)->Get(Table::kPersons, IdKey(42)), "person 42");
  EXPECT_EQ((*g)->Get(Table::kPersons, IdKey(100)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE((*g)->Verify().ok());
  int seen = 0;
  ASSERT_TRUE((*g)->Scan(Table::kPersons, "", [&](auto, auto) { return ++seen < 7; }).ok());
  EXPECT_EQ(seen, 7);
}

TEST_F(GenerationTest, DigestDoesNotDependOnRuns) {
  const auto one = Publish(100, 1, {19783});
  const auto many = Publish(100, 7, {19783});
  ASSERT_TRUE(one.ok() && many.ok());
  EXPECT_EQ(one->root_digest, many->root_digest);
  EXPECT_NE(one->root_digest, Publish(99, 1, {19783})->root_digest);
  EXPECT_NE(one->root_digest, Publish(100, 1, {19784})->root_digest);
}

TEST_F(GenerationTest, RowTrailerStaysOutsideTheDigest) {
  TableSum a, b;
  a.Add("k", "body");
  b.Add("k", "body");
  EXPECT_EQ(a.Hex(), b.Hex());
  b.Add("k2", "body");
  EXPECT_NE(a.Hex(), b.Hex());
}

TEST_F(GenerationTest, ANightThatDiesLeavesYesterdayServing) {
  ASSERT_TRUE(Publish(10, 1, {19783}).ok());
  {
    auto writer = GenerationWriter::Create(dir_);
    ASSERT_TRUE(writer.ok());
    const auto run = (*writer)->StartRun(Table::kPersons);
    ASSERT_TRUE(run->Add("half", "written").ok());
  }  // never published
  const auto g = Generation::OpenCurrent(dir_);
  ASSERT_TRUE(g.ok());
  EXPECT_EQ((*g)->meta().number, 1u);
  EXPECT_EQ(*(*g)->Get(Table::kPersons, IdKey(9)), "person 9");
}

TEST_F(GenerationTest, AReaderKeepsTheGenerationItOpened) {
  ASSERT_TRUE(Publish(10, 1, {19783}).ok());
  const auto g = Generation::OpenCurrent(dir_);
  ASSERT_TRUE(Publish(20, 1, {19784}).ok());
  EXPECT_EQ((*g)->Get(Table::kPersons, IdKey(15)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ((*Generation::OpenCurrent(dir_))->meta().number, 2u);
}

TEST_F(GenerationTest, StoreOfANewerVersionIsRefusedWithItsVersion) {
  ASSERT_TRUE(Publish(10, 1, {19783}).ok());
  std::ofstream(dir_ + "/VERSION") << "hearth-store 99\n";
  const auto g = Generation::OpenCurrent(dir_);
  EXPECT_EQ(g.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(g.status()).find("store version 99"), std::string::npos);
  EXPECT_EQ(GenerationWriter::Create(dir_).status().code(), absl::StatusCode::kFailedPrecondition);
}

// A generation as version 1 wrote it: seven tables, and a meta with seven digests.
void WriteVersion1(const std::string& dir) {
  fs::create_directories(dir + "/generations/g000001");
  rocksdb::Options options;
  options.create_if_missing = options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, {}}};
  for (int t = 0; t < 7; ++t) families.emplace_back(std::string(TableName(static_cast<Table>(t))), options);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir + "/generations/g000001/db", families, &handles, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  TableSum sum;
  sum.Add(IdKey(7), "person 7");
  ASSERT_TRUE(db->Put({}, handles[2], IdKey(7), "person 7").ok());
  GenerationMeta meta;
  meta.version = 1;
  meta.number = 1;
  meta.site = "old";
  meta.as_of = {19783};
  for (int t = 0; t < 7; ++t) meta.table_digests[t] = (t == 1 ? sum : TableSum{}).Hex();
  meta.table_entries[1] = 1;
  std::string bytes;
  Encoder e(&bytes);
  e.Unsigned(1);
  e.Unsigned(1);
  e.Text(meta.site);
  e.Day(meta.as_of);
  for (int list = 0; list < 3; ++list) e.Unsigned(0);  // registries, feeds, packs
  e.Text(RootDigest(meta));
  for (int t = 0; t < 7; ++t) {
    e.Text(meta.table_digests[t]);
    e.Unsigned(meta.table_entries[t]);
  }
  e.Text("{}");
  ASSERT_TRUE(db->Put({}, "meta", bytes).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  std::ofstream(dir + "/VERSION") << "hearth-store 1\n";
  std::ofstream(dir + "/CURRENT") << "g000001\n";
}

TEST_F(GenerationTest, AStoreOfVersion1IsReadAndTheNextGenerationFollowsIt) {
  WriteVersion1(dir_);
  const auto old = Generation::OpenCurrent(dir_);
  ASSERT_TRUE(old.ok()) << Message(old.status());
  EXPECT_EQ((*old)->meta().version, 1u);
  EXPECT_EQ(*(*old)->Get(Table::kPersons, IdKey(7)), "person 7");
  EXPECT_EQ((*old)->Verify(), OkStatus());
  EXPECT_EQ((*old)->Get(Table::kModels, "common").status().code(), absl::StatusCode::kNotFound);
  int events = 0;
  EXPECT_EQ((*old)->Scan(Table::kEvents, "", [&](auto, auto) { return ++events, true; }), OkStatus());
  EXPECT_EQ(events, 0);
  ASSERT_TRUE(Publish(10, 1, {19784}).ok());
  const auto next = Generation::OpenCurrent(dir_);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ((*next)->meta().number, 2u);
  EXPECT_EQ((*next)->meta().version, static_cast<uint64_t>(kStoreVersion));
  EXPECT_EQ((*next)->Verify(), OkStatus());
}

TEST_F(GenerationTest, DamagedPointerIsDataLoss) {
  ASSERT_TRUE(Publish(10, 1, {19783}).ok());
  std::ofstream(dir_ + "/CURRENT") << "somewhere\n";
  EXPECT_EQ(Generation::OpenCurrent(dir_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(GenerationTest, PathThatIsNoFolderIsUnavailable) {
  std::ofstream(dir_) << "a file";
  EXPECT_EQ(StoreLock::Take(dir_).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GenerationWriter::Create(dir_).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(GenerationTest, SecondWriterIsRefused) {
  const auto first = StoreLock::Take(dir_);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(StoreLock::Take(dir_).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(GenerationTest, OldGenerationsAreDropped) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Publish(10, 1, {19783 + i}).ok());
  EXPECT_FALSE(fs::exists(dir_ + "/generations/g000002"));
  EXPECT_TRUE(fs::exists(dir_ + "/generations/g000003"));
}

TEST_F(GenerationTest, TwoPeopleSignAndOneTwiceIsOne) {
  const Desk desk(dir_);
  ASSERT_TRUE(desk.AddApproval({"feed a seq 2", "li.wei", "merged districts"}).ok());
  ASSERT_TRUE(desk.AddApproval({"feed a seq 2", "li.wei", "again"}).ok());
  EXPECT_EQ(desk.SignersOf("feed a seq 2")->size(), 1u);
  ASSERT_TRUE(desk.AddApproval({"feed a seq 2", "zhao.min", "checked"}).ok());
  EXPECT_EQ(desk.SignersOf("feed a seq 2")->size(), 2u);
  EXPECT_EQ(desk.SignersOf("feed a seq 3")->size(), 0u);
  EXPECT_EQ(desk.AddApproval({"feed a seq 2", "", "no name"}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(desk.AddApproval({"x\ty", "li.wei", "tab"}).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace hearth
