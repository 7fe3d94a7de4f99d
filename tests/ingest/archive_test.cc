#include "ingest/archive.h"

#include <gtest/gtest.h>

#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

// A source without a disk.
class MemorySource final : public DeliverySource {
 public:
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> feeds;

  StatusOr<std::vector<std::string>> Feeds() override {
    std::vector<std::string> names;
    for (const auto& [name, batches] : feeds) names.push_back(name);
    return names;
  }
  StatusOr<std::vector<std::string>> Batches(std::string_view feed) override {
    std::vector<std::string> names;
    for (const auto& [name, files] : feeds[std::string(feed)]) names.push_back(name);
    return names;
  }
  StatusOr<std::vector<OfferedFile>> Files(std::string_view feed, std::string_view batch) override {
    std::vector<OfferedFile> files;
    for (const auto& [name, bytes] : feeds[std::string(feed)][std::string(batch)])
      files.push_back({name, bytes.size()});
    return files;
  }
  StatusOr<std::unique_ptr<ByteStream>> Open(std::string_view feed, std::string_view batch,
                                             std::string_view file) override {
    struct Stream final : ByteStream {
      std::string rest;
      StatusOr<size_t> Read(std::span<char> buffer) override {
        const size_t n = rest.copy(buffer.data(), buffer.size());
        rest.erase(0, n);
        return n;
      }
    };
    auto stream = std::make_unique<Stream>();
    stream->rest = feeds[std::string(feed)][std::string(batch)][std::string(file)];
    return stream;
  }
  std::string Where(std::string_view feed, std::string_view batch) const override {
    return std::string(feed) + "/" + std::string(batch);
  }
};

class ArchiveTest : public DeliveryTest {
 protected:
  TestDelivery Good(int seq = 1, std::string batch = "b1") const {
    TestDelivery d = OneFile("A1,339901198501011135,王芳,2,1985-01-01,1\nA2,,李明,1,1990-02-03,2\n", 2);
    d.seq = seq;
    d.batch = std::move(batch);
    return d;
  }
  // The one delivery's outcome and reason.
  PulledDelivery PullOne(std::string_view day = "2024-03-01") {
    const PullReport report = PullNow(day);
    EXPECT_EQ(report.deliveries.size(), 1u);
    return report.deliveries.empty() ? PulledDelivery{} : report.deliveries[0];
  }
  void ExpectRefused(std::string_view says) {
    const PulledDelivery d = PullOne();
    EXPECT_EQ(d.outcome, DeliveryOutcome::kRefused);
    EXPECT_NE(d.reason.find(says), std::string::npos) << d.reason;
    EXPECT_FALSE(fs::exists(site_.archive / "people/0000000001"));
    EXPECT_TRUE(ListArchived(site_, site_.feeds[0])->empty());
  }
};

TEST_F(ArchiveTest, SoundDeliveryIsTakenWhole) {
  Drop(Good());
  const PulledDelivery d = PullOne();
  EXPECT_EQ(d.outcome, DeliveryOutcome::kTaken) << d.reason;
  EXPECT_EQ(d.rows, 2u);
  const auto held = ListArchived(site_, site_.feeds[0]);
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_EQ(held->size(), 1u);
  EXPECT_EQ((*held)[0].folder, site_.archive / "people/0000000001");
  EXPECT_EQ((*held)[0].digest, Sm3Hex(Good().Manifest()));
  int entries = 0;
  for (const auto& entry : fs::directory_iterator(site_.archive / "people")) entries += entry.exists();
  EXPECT_EQ(entries, 1) << "no temporary folder is left";
}

TEST_F(ArchiveTest, PullingAgainIsHarmless) {
  Drop(Good());
  PullNow();
  EXPECT_EQ(PullOne().outcome, DeliveryOutcome::kHeld);
}

TEST_F(ArchiveTest, SameSequenceWithOtherContentIsRefused) {
  Drop(Good());
  PullNow();
  TestDelivery other = Good();
  other.files[0].second += "A3,,赵一,1,1990-02-03,2\n";
  other.rows = {3};
  Drop(other);
  const PulledDelivery d = PullOne();
  EXPECT_EQ(d.outcome, DeliveryOutcome::kRefused);
  EXPECT_NE(d.reason.find("already held with another content"), std::string::npos);
}

TEST_F(ArchiveTest, DeliveryWithoutManifestIsStillArriving) {
  folder_.Write("drop/people/b1/people_1.csv", "half");
  EXPECT_EQ(PullOne().outcome, DeliveryOutcome::kArriving);
}

TEST_F(ArchiveTest, BrokenManifestIsRefused) {
  DropAs(Good(), Good().Manifest().substr(0, 100));
  ExpectRefused("is no JSON");
}

TEST_F(ArchiveTest, MissingFileIsRefused) {
  Drop(Good());
  fs::remove(folder_.path() / "drop/people/b1/people_1.csv");
  ExpectRefused("file \"people_1.csv\" of the manifest is missing");
}

TEST_F(ArchiveTest, ExtraFileIsRefused) {
  Drop(Good());
  folder_.Write("drop/people/b1/notes.txt", "x");
  ExpectRefused("file \"notes.txt\" is not in the manifest");
}

TEST_F(ArchiveTest, HalfAFileIsRefused) {
  TestDelivery d = Good();
  const std::string manifest = d.Manifest();
  d.files[0].second.resize(d.files[0].second.size() / 2);
  DropAs(d, manifest);
  ExpectRefused("short of the manifest's");
}

TEST_F(ArchiveTest, LongFileIsRefused) {
  TestDelivery d = Good();
  const std::string manifest = d.Manifest();
  d.files[0].second += "A3,,赵一,1,1990-02-03,2\n";
  DropAs(d, manifest);
  ExpectRefused("more than the manifest's");
}

TEST_F(ArchiveTest, OtherDigestIsRefused) {
  TestDelivery d = Good();
  const std::string manifest = d.Manifest();
  d.files[0].second[d.files[0].second.size() - 2] = '7';
  DropAs(d, manifest);
  ExpectRefused("SM3 digest");
}

TEST_F(ArchiveTest, OtherRowCountIsRefused) {
  TestDelivery d = Good();
  d.rows = {3};
  Drop(d);
  ExpectRefused("has 2 rows; the manifest says 3");
}

TEST_F(ArchiveTest, OtherEncodingIsRefused) {
  TestDelivery d = Good();
  d.encoding = "UTF-16LE";
  Drop(d);
  ExpectRefused("does not begin with its byte order mark");
}

TEST_F(ArchiveTest, HeaderUnlikeTheManifestIsRefused) {
  TestDelivery d = Good();
  d.files[0].second.replace(0, 2, "ZZ");
  Drop(d);
  ExpectRefused("column 1 of the header is \"ZZ\"; the manifest says \"BH\"");
}

TEST_F(ArchiveTest, DeliveryOfALaterDayWaits) {
  Drop(Good());
  EXPECT_EQ(PullOne("2024-02-28").outcome, DeliveryOutcome::kNotYet);
  EXPECT_EQ(PullOne("2024-03-01").outcome, DeliveryOutcome::kTaken);
}

TEST_F(ArchiveTest, SequencesAreTakenInOrderWhateverTheFolderNames) {
  TestDelivery delta = Good(2, "a-first-by-name");
  delta.mode = "delta";
  delta.prev_seq = "1";
  Drop(delta);
  Drop(Good(1, "z-last-by-name"));
  const PullReport report = PullNow();
  ASSERT_EQ(report.Count(DeliveryOutcome::kTaken), 2);
  EXPECT_EQ(report.deliveries[0].seq, 1u);
  const auto held = ListArchived(site_, site_.feeds[0]);
  EXPECT_EQ(Between(*held, 1, *ParseIsoDay("2024-03-01")).size(), 1u);
  EXPECT_EQ(Between(*held, 0, *ParseIsoDay("2024-02-01")).size(), 0u);
}

TEST_F(ArchiveTest, FeedIsLateOnceItsHourHasPassed) {
  EXPECT_EQ(PullNow("2024-03-01", 179).late.size(), 0u);
  EXPECT_EQ(PullNow("2024-03-01", 179).awaited.size(), 1u);
  const PullReport report = PullNow("2024-03-01", 180);
  ASSERT_EQ(report.late.size(), 1u);
  EXPECT_EQ(report.late[0].feed, "people");
  EXPECT_FALSE(report.late[0].last_as_of.has_value());
  Drop(Good());
  EXPECT_EQ(PullNow("2024-03-01", 180).late.size(), 0u) << "it has come";
  EXPECT_EQ(PullNow("2024-03-09", 180).late.size(), 1u) << "a week later it is late again";
}

TEST_F(ArchiveTest, FolderOfNoFeedIsReported) {
  folder_.Write("drop/peeple/b1/manifest.json", "{}");
  EXPECT_EQ(PullNow().unknown_feeds, std::vector<std::string>{"peeple"});
}

TEST_F(ArchiveTest, AnotherSourceServesAsWell) {
  MemorySource source;
  const TestDelivery d = Good();
  source.feeds["people"]["b1"] = {{"manifest.json", d.Manifest()}, {"people_1.csv", d.files[0].second}};
  const auto report = Pull(site_, source, {*ParseIsoDay("2024-03-01"), 0});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->Count(DeliveryOutcome::kTaken), 1);
}

TEST_F(ArchiveTest, HalfCopyOfACrashIsRemovedAndNeverListed) {
  folder_.Write("archive/people/.taking-0000000001/people_1.csv", "half");
  EXPECT_TRUE(ListArchived(site_, site_.feeds[0])->empty());
  Drop(Good());
  EXPECT_EQ(PullOne().outcome, DeliveryOutcome::kTaken);
  EXPECT_FALSE(fs::exists(site_.archive / "people/.taking-0000000001"));
}

TEST_F(ArchiveTest, ArchiveThatCannotBeWrittenIsToldAndNothingIsLeft) {
  Drop(Good());
  folder_.Write("archive", "a file where the folder should be");
  DropFolder drop(site_.drop);
  const auto report = Pull(site_, drop, {*ParseIsoDay("2024-03-01"), 0});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(Message(report.status()).find("archive"), std::string::npos);
}

TEST_F(ArchiveTest, MissingDropFolderIsNotFound) {
  DropFolder drop(folder_.path() / "nowhere");
  EXPECT_EQ(Pull(site_, drop, {*ParseIsoDay("2024-03-01"), 0}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ArchiveTest, LostFileOfTheArchiveIsDataLoss) {
  Drop(Good());
  PullNow();
  fs::remove(site_.archive / "people/0000000001/people_1.csv");
  EXPECT_EQ(ListArchived(site_, site_.feeds[0]).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ArchiveTest, ChangedByteOfTheArchiveIsDataLossWhenRead) {
  Drop(Good());
  PullNow();
  std::string bytes = Good().files[0].second;
  bytes[bytes.size() - 2] = '3';
  folder_.Write("archive/people/0000000001/people_1.csv", bytes);
  const auto held = ListArchived(site_, site_.feeds[0]);
  ASSERT_TRUE(held.ok()) << held.status();
  for (const auto& schema : schemas_) {
    if (schema->id != "people") continue;
    const auto batch = ReadDelivery(site_, site_.feeds[0], schema, (*held)[0], *ParseIsoDay("2024-03-01"), 1);
    EXPECT_EQ(batch.status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace hearth
