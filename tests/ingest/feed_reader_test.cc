#include "ingest/feed_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/text.h"
#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

using FeedReaderTest = DeliveryTest;

std::string Sm(int i) { return std::to_string(i); }

TEST_F(FeedReaderTest, SoundRowsBecomeTypedCells) {
  const auto batch = ReadRows("A1,339901198501011135,王芳,2,1985-01-01,1234.5\nA2,,欧阳小明,男,19600712,-\n", 2);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const RecordTable& t = batch->table;
  ASSERT_EQ(t.size(), 2u);
  EXPECT_EQ(t.Key(0), "A1");
  EXPECT_EQ(t.Text(1, 0), "339901198501011135");
  EXPECT_EQ(t.Text(2, 0), "王芳");
  EXPECT_EQ(t.CodeAt(3, 0), "female");
  EXPECT_EQ(t.DayAt(4, 0).ToString(), "1985-01-01");
  EXPECT_EQ(t.MoneyAt(5, 0).ToString(), "1234.50");
  EXPECT_EQ(t.CodeAt(3, 1), "male");
  EXPECT_EQ(t.CellVerdict(1, 1), Verdict::kAbsent);
  EXPECT_EQ(t.CellVerdict(5, 1), Verdict::kAbsent);
  EXPECT_EQ(t.Origin(1).line, 3u);
  EXPECT_EQ(t.Origin(0).as_of.ToString(), "2024-02-29");
  EXPECT_EQ(t.Origin(0).recorded_at.ToString(), "2024-03-01");
  EXPECT_EQ(batch->report.rows_read, 2u);
  EXPECT_EQ(batch->report.rows_accepted, 2u);
  EXPECT_TRUE(batch->report.quarantined.empty());
}

TEST_F(FeedReaderTest, BadValueIsNullWithItsTextAndTheRowGoesOn) {
  const auto batch = ReadRows("A1,339901198501011134,王芳,7,2021-02-30,12元3\n", 1);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const RecordTable& t = batch->table;
  ASSERT_EQ(t.size(), 1u);
  EXPECT_EQ(t.CellVerdict(1, 0), Verdict::kBadCheck);
  EXPECT_EQ(t.Raw(1, 0), "339901198501011134");
  EXPECT_EQ(t.CellVerdict(3, 0), Verdict::kBadCode);
  EXPECT_EQ(t.CellVerdict(4, 0), Verdict::kBadDate);
  EXPECT_FALSE(t.Has(5, 0));
  EXPECT_EQ(batch->report.verdicts[1][static_cast<size_t>(Verdict::kBadCheck)], 1u);
}

// Each unreadable row with the sound row that differs from it in that one thing.
TEST_F(FeedReaderTest, UnreadableRowsAreQuarantinedAndTheirSoundTwinsAreNot) {
  const struct {
    const char* why;
    std::string bad;
    const char* reason;
    std::string good;
  } kCases[] = {
      {"bytes that are no UTF-8", "A1,,王\xFF,1,,", "BAD_ENCODING", "A1,,王一,1,,"},
      {"control character", "A1,,王\x07一,1,,", "BAD_ENCODING", "A1,,王一,1,,"},
      {"replacement character", "A1,,王\uFFFD,1,,", "BAD_ENCODING", "A1,,王一,1,,"},
      {"a cell too few", "A1,,王一,1,", "COLUMN_COUNT", "A1,,王一,1,,"},
      {"a cell too many", "A1,,王一,1,,,", "COLUMN_COUNT", "A1,,王一,1,,"},
      {"quote that stays open", "A1,,\"王一,1,,", "UNCLOSED_QUOTE", "A1,,\"王一\",1,,"},
      {"no key", ",,王一,1,,", "NO_KEY", "A1,,王一,1,,"},
      {"null word for a key", "NULL,,王一,1,,", "NO_KEY", "N,,王一,1,,"},
      {"spreadsheet error", "A1,#REF!,王一,1,,", "ERROR_CELL", "A1,#N/A,王一,1,,"},
      {"total in the first cell", "合计,,,,,100", "TOTAL_ROW", "合计户1,,王一,1,,100"},
      {"total in the name", "A1,, 总 计：,,,100", "TOTAL_ROW", "A1,,总计划,,,100"},
      {"subtotal", "小计,,,,,100", "TOTAL_ROW", "小计划,,王一,,,100"},
      {"line break outside quotes", "A1,,王\n一,1,,", "LINE_BREAK", "\"A\n1\",,王一,1,,"},
      {"a note for a name, no number", "A1,,户主,1,,", "NOT_A_PERSON", "A1,339901198501011135,户主,1,,"},
  };
  for (const auto& c : kCases) {
    const auto bad = ReadRows("B0,,李明,1,,\n" + c.bad + "\nB1,,赵一,1,,\n", 3);
    EXPECT_EQ(OnlyReason(bad), c.reason) << c.why;
    if (bad.ok()) {
      EXPECT_EQ(bad->table.size(), 2u) << c.why << ": the neighbours stay";
      EXPECT_EQ(bad->report.quarantined[0].line, 3u) << c.why;
    }
    const auto good = ReadRows("B0,,李明,1,,\n" + c.good + "\nB1,,赵一,1,,\n", 3);
    ASSERT_TRUE(good.ok()) << c.why << good.status();
    EXPECT_EQ(good->table.size(), 3u) << c.why;
    EXPECT_TRUE(good->report.quarantined.empty()) << c.why;
  }
}

TEST_F(FeedReaderTest, QuarantineTellsByteAndColumn) {
  const auto batch = ReadRows("A1,,王一,1,,\nA2,,王\xFF,1,,\nA3,#REF!,王一,1,,\n", 3);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->report.quarantined.size(), 2u);
  const std::string before = "BH,ZJ,XM,XB,CSRQ,JE\nA1,,王一,1,,\n";
  EXPECT_EQ(batch->report.quarantined[0].byte_offset, static_cast<int64_t>(before.size() + 7));
  EXPECT_EQ(batch->report.quarantined[1].byte_offset, static_cast<int64_t>(before.size() + 13))
      << "damage before it does not shift it";
  EXPECT_EQ(batch->report.quarantined[1].column, 1);
}

TEST_F(FeedReaderTest, ManyDamagedRowsRefuseTheEncoding) {
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += "A" + Sm(i) + ",,王" + (i < 10 ? "\xFF" : "一") + ",1,,\n";
  EXPECT_TRUE(ReadRows(rows, 1000).ok()) << "one in a hundred is local damage";
  rows += "A1000,,王\xFF,1,,\n";
  const auto batch = ReadRows(rows, 1001);
  EXPECT_EQ(batch.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Message(batch.status()).find("are no UTF-8; the manifest names the wrong encoding"), std::string::npos);
}

TEST_F(FeedReaderTest, HeaderMustBeTheContracts) {
  const struct {
    std::string_view header, says;
  } kCases[] = {
      {"BH,ZJ,XM,XB,CSRG,JE", "column 5 of the header is \"CSRG\"; the manifest says \"CSRQ\""},
      {"BH,ZJ,XM,XB,XM,JE", "names column \"XM\" twice"},
      {"BH,ZJ,XM,XB,CSRQ", "lacks column \"JE\""},
      {"BH,ZJ,XM,XB,CSRQ,JE,BZ", "further column \"BZ\""},
  };
  for (const auto& c : kCases) {
    TestDelivery d = OneFile("", 0);
    d.files[0].second = std::string(c.header) + "\nA1,,王一,1,,\n";
    const auto batch = Read(d);
    EXPECT_EQ(batch.status().code(), absl::StatusCode::kInvalidArgument) << c.header;
    EXPECT_NE(Message(batch.status()).find(c.says), std::string::npos) << batch.status();
  }
  TestDelivery d = OneFile("A1,,王一,1,,\n", 1);
  d.columns = R"(["BH","ZJ","XM","XB","CSRQ","HPHM"])";
  d.files[0].second = "BH,ZJ,XM,XB,CSRQ,HPHM\nA1,,王一,1,,\n";
  EXPECT_NE(Message(Read(d).status()).find("belongs to registry \"cars\""), std::string::npos);
}

TEST_F(FeedReaderTest, RowWhereTheHeaderShouldBeIsNotShown) {
  for (const char* row : {"339901198501011135,A1,王芳,1,,", "王芳,A1,339901198501011135,1,,"}) {
    TestDelivery d = OneFile("", 0);
    d.files[0].second = std::string(row) + "\n";
    const std::string message = Message(Read(d).status());
    EXPECT_NE(message.find("column 1 of the header is not \"BH\""), std::string::npos) << message;
    EXPECT_EQ(message.find("王"), std::string::npos) << message;
    EXPECT_EQ(message.find("3399"), std::string::npos) << message;
  }
}

TEST_F(FeedReaderTest, Gb18030FileReadsAsItsUtf8Twin) {
  TestDelivery d = OneFile("", 1);
  // 乗 is 81 5C and 亅 is 81 7C: the second bytes are \ and |, which delimits here.
  d.field = "|";
  d.encoding = "GB18030";
  d.files[0].second = "BH|ZJ|XM|XB|CSRQ|JE\nA1||\xCD\xF5\x81\x7C\x81\x5C|1||\n";
  const auto batch = Read(d);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->table.Text(2, 0), "王亅乗");
}

TEST_F(FeedReaderTest, HiveTextWithoutHeaderReads) {
  TestDelivery d = OneFile("", 2);
  d.field = "\\u0001";
  d.quote = "null";
  d.null = "\\\\N";
  d.header = "false";
  d.files[0].second = "A\"1\001\\N\001王芳\0012\00119850101\001\\N\nA2\001\001李明\0011\001\0015\n";
  const auto batch = Read(d);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->table.size(), 2u);
  EXPECT_EQ(batch->table.CellVerdict(1, 0), Verdict::kAbsent);
  EXPECT_EQ(batch->table.CodeAt(3, 0), "female");
  EXPECT_EQ(batch->table.Origin(0).line, 1u);
}

TEST_F(FeedReaderTest, AmountsTakeTheColumnsUnit) {
  const struct {
    std::string_view unit, cell, yuan;
  } kCases[] = {{"元", "12.34", "12.34"}, {"万元", "0.12", "1200.00"}, {"分", "1234", "12.34"}};
  for (const auto& c : kCases) {
    TestDelivery d = OneFile("A1,,王一,1,," + std::string(c.cell) + "\n", 1);
    d.units = "{\"JE\":\"" + std::string(c.unit) + "\"}";
    const auto batch = Read(d);
    ASSERT_TRUE(batch.ok()) << batch.status();
    ASSERT_TRUE(batch->table.Has(5, 0)) << c.unit;
    EXPECT_EQ(batch->table.MoneyAt(5, 0).ToString(), c.yuan);
  }
  TestDelivery d = OneFile("A1,,王一,1,,0.12万元\n", 1);
  EXPECT_EQ(Read(d)->table.CellVerdict(5, 0), Verdict::kBadUnit) << "the column is in yuan";
}

TEST_F(FeedReaderTest, SpreadsheetDaysNeedTheContractsWord) {
  EXPECT_EQ(ReadRows("A1,,王一,1,44260,\n", 1)->table.CellVerdict(4, 0), Verdict::kBadDate);
  std::string text(kSite);
  text.replace(text.find("due:"), 4, "dates: excel1900\n    due:");
  LoadSite(text);
  EXPECT_EQ(ReadRows("A1,,王一,1,44260,\n", 1)->table.DayAt(4, 0).ToString(), "2021-03-05");
}

TEST_F(FeedReaderTest, FeedsOwnNullWordsReplaceTheStandards) {
  EXPECT_EQ(ReadRows("A1,,王一,无,,\n", 1)->table.CellVerdict(3, 0), Verdict::kAbsent);
  std::string text(kSite);
  text.replace(text.find("due:"), 4, "nulls: [\"\", \"~\"]\n    due:");
  LoadSite(text);
  EXPECT_EQ(ReadRows("A1,~,王一,~,,\n", 1)->table.CellVerdict(3, 0), Verdict::kAbsent);
  EXPECT_EQ(ReadRows("无,~,王一,~,,\n", 1)->table.Key(0), "无");
}

TEST_F(FeedReaderTest, CodesAreFoundByCodeTermValueAndTheFeedsSpelling) {
  for (const char* cell : {"2", "女", "female", "F", " 2 ", "２", "2.0", "'2"}) {
    EXPECT_EQ(ReadRows("A1,,王一," + std::string(cell) + ",,\n", 1)->table.CodeAt(3, 0), "female") << cell;
  }
  for (const char* cell : {"3", "妇", "f", "22"}) {
    EXPECT_EQ(ReadRows("A1,,王一," + std::string(cell) + ",,\n", 1)->table.CellVerdict(3, 0), Verdict::kBadCode)
        << cell;
  }
}

TEST_F(FeedReaderTest, EqualRowsCollapse) {
  const auto batch = ReadRows("A1,,王一,1,,5\nA1,,王一,1,,5.00\nA2,,李明,1,,\n", 3);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->table.size(), 2u);
  EXPECT_EQ(batch->report.rows_collapsed, 1u);
  EXPECT_TRUE(batch->report.quarantined.empty());
}

TEST_F(FeedReaderTest, OfDifferentContentsOneStaysWhateverTheOrder) {
  std::vector<std::string> rows = {"A1,,王一,1,,5\n", "A1,,王一,1,,6\n", "A1,,王一,1,,7\n",
                                   "A1,,王一,1,,5\n", "A2,,李明,1,,\n",  "A1,,王一,1,,6\n"};
  std::string first;
  for (int turn = 0; turn < 40; ++turn) {
    std::mt19937 random(static_cast<uint32_t>(turn));
    std::shuffle(rows.begin(), rows.end(), random);
    std::string text;
    for (const std::string& row : rows) text += row;
    const auto batch = ReadRows(text, 6);
    ASSERT_TRUE(batch.ok()) << batch.status();
    ASSERT_EQ(batch->table.size(), 2u);
    std::string outcome = Sm(static_cast<int>(batch->report.Count(QuarantineReason::kDuplicateKey))) + "/" +
                          Sm(static_cast<int>(batch->report.rows_collapsed));
    for (const uint32_t row : batch->table.CanonicalOrder()) {
      outcome += " " + std::string(batch->table.Key(row)) + ":" + std::to_string(batch->table.ContentHash(row));
    }
    if (turn == 0) first = outcome;
    EXPECT_EQ(outcome, first) << "turn " << turn;
    EXPECT_TRUE(outcome.starts_with("2/2")) << "three contents, two repetitions";
  }
}

TEST_F(FeedReaderTest, FilesAndThreadsDoNotMatter) {
  std::vector<std::string> rows;
  for (int i = 0; i < 60; ++i) rows.push_back("A" + Sm(i % 50) + ",,王一,1,," + Sm(i) + "\n");
  const auto read = [&](size_t files, int threads) {
    TestDelivery d;
    for (size_t f = 0; f < files; ++f) {
      std::string text = "BH,ZJ,XM,XB,CSRQ,JE\n";
      int n = 0;
      for (size_t i = f; i < rows.size(); i += files, ++n) text += rows[i];
      d.files.emplace_back("part_" + std::to_string(f) + ".csv", text);
      d.rows.push_back(n);
    }
    const auto batch = Read(d, threads);
    EXPECT_TRUE(batch.ok()) << batch.status();
    std::string outcome = Sm(static_cast<int>(batch->report.quarantined.size()));
    for (const uint32_t row : batch->table.CanonicalOrder()) outcome += std::to_string(batch->table.ContentHash(row));
    return outcome;
  };
  const std::string one = read(1, 1);
  EXPECT_EQ(read(3, 1), one);
  EXPECT_EQ(read(3, 4), one);
  EXPECT_EQ(read(7, 2), one);
}

// A column that a spreadsheet has spoilt: 18 digits that end in 000, here some that pass the check by chance.
TEST_F(FeedReaderTest, ColumnOfLostDigitsIsLossyAsAWhole) {
  const auto rows = [](int lost, int sound) {
    std::string text;
    for (int i = 0; i < sound; ++i) text += "S" + Sm(i) + ",339901198501011135,王一,1,,\n";
    for (int i = 0; i < lost; ++i) text += "L" + Sm(i) + ",339901198501011000,王一,1,,\n";
    return text;
  };
  const auto few = ReadRows(rows(3, 297), 300);
  ASSERT_TRUE(few.ok()) << few.status();
  EXPECT_EQ(few->report.verdicts[1][static_cast<size_t>(Verdict::kLossySpreadsheet)], 0u) << "one in a hundred";
  EXPECT_EQ(few->report.verdicts[1][static_cast<size_t>(Verdict::kBadCheck)], 3u);
  const auto many = ReadRows(rows(4, 296), 300);
  EXPECT_EQ(many->report.verdicts[1][static_cast<size_t>(Verdict::kLossySpreadsheet)], 4u);
  EXPECT_EQ(many->table.Raw(1, 299), "339901198501011000");
}

class DeltaTest : public DeliveryTest {
 protected:
  StatusOr<FeedBatch> ReadDelta(const std::string& rows, int count) {
    TestDelivery d;
    d.mode = "delta";
    d.seq = 2;
    d.prev_seq = "1";
    d.columns = R"(["BH","ZJ","XM","XB","CSRQ","JE","SC"])";
    d.more = R"(,"delete_column":"SC")";
    d.files = {{"d.csv", "BH,ZJ,XM,XB,CSRQ,JE,SC\n" + rows}};
    d.rows = {count};
    return Read(d);
  }
};

TEST_F(DeltaTest, MarkedRowsAreDeletionsAndNeedOnlyTheirKey) {
  const auto batch = ReadDelta("A1,,,,,,D\nA2,,王一,1,,,\nA3,,,,,,D\nA3,,,,,,D\n,,,,,,D\n", 5);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->deleted_keys, (std::vector<std::string>{"A1", "A3"}));
  EXPECT_EQ(batch->table.size(), 1u);
  EXPECT_EQ(OnlyReason(batch), "NO_KEY");
}

TEST_F(DeltaTest, DeletionThatAnUpsertContradictsDeletesNothing) {
  for (const char* rows : {"A1,,,,,,D\nA1,,王一,1,,,\n", "A1,,王一,1,,,\nA1,,,,,,D\n"}) {
    const auto batch = ReadDelta(rows, 2);
    ASSERT_TRUE(batch.ok()) << batch.status();
    EXPECT_TRUE(batch->deleted_keys.empty());
    EXPECT_EQ(batch->table.size(), 1u);
    EXPECT_EQ(OnlyReason(batch), "DUPLICATE_KEY");
  }
}

TEST_F(FeedReaderTest, NormalisedPlateIsTheKey) {
  TestDelivery d;
  d.feed = "cars";
  d.contract = "cars/1";
  d.columns = R"(["HPHM","SYRZJ"])";
  d.files = {{"c.csv", "HPHM,SYRZJ\n浙Z·12345,339901198501011135\n 浙z12345 ,339901198501011135\nZZ,\n"}};
  d.rows = {3};
  const auto batch = Read(d);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->table.size(), 2u);
  EXPECT_EQ(batch->table.Key(0), "浙Z12345");
  EXPECT_EQ(batch->table.Key(1), "ZZ") << "a plate of no form keys its row by the text as received";
  EXPECT_EQ(batch->table.CellVerdict(0, 1), Verdict::kBadForm);
}

TEST_F(FeedReaderTest, RelationTermsMapAndTheUnmappedAreNoted) {
  LoadSite("registries: [" HEARTH_SOURCE_DIR R"(/packs/registries]
site: testcity
synthetic: true
feeds:
  - feed: people
    registry: household_registration
    contract: people/1
    columns: {BH: record_no, HH: household_no, YHZGX: relation}
)");
  TestDelivery d;
  d.columns = R"(["BH","HH","YHZGX"])";
  d.files = {{"h.csv", "BH,HH,YHZGX\n1,H1,户主\n2,H1,老婆\n3,H1,21\n4,H1,1\n5,H1,搭伙\n6,H1,77777\n"}};
  d.rows = {6};
  const auto batch = Read(d);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const int relation = batch->table.schema().FieldIndex("relation");
  EXPECT_EQ(batch->table.CodeAt(relation, 0), "head");
  EXPECT_EQ(batch->table.CodeAt(relation, 1), "wife");
  EXPECT_EQ(batch->table.CodeAt(relation, 2), "only_son");
  EXPECT_EQ(batch->table.CodeAt(relation, 3), "self") << "01 that lost its zero";
  EXPECT_EQ(batch->table.CellVerdict(relation, 3), Verdict::kOkNoted);
  EXPECT_EQ(batch->table.CodeAt(relation, 4), "other");
  EXPECT_EQ(batch->table.CellVerdict(relation, 4), Verdict::kOkNoted);
  EXPECT_FALSE(batch->table.Has(relation, 5));
}

// No message holds what stood in a person's cells, whatever is wrong with the rows.
TEST_F(FeedReaderTest, MessagesHoldNoTextOfPersons) {
  const std::vector<std::string> names = {"司马青衫", "尉迟长空", "令狐若水"};
  const std::vector<std::string> numbers = {"339901198501011135", "339902194708150077", "33990119600712002X"};
  int messages = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    std::string rows;
    const int n = 1 + static_cast<int>(random() % 12);
    for (int i = 0; i < n; ++i) {
      std::string row = "K" + Sm(i % 3) + "," + numbers[random() % 3] + "," + names[random() % 3] + ",1,1985-01-01," +
                        Sm(static_cast<int>(random() % 3)) + "\n";
      switch (random() % 8) {
        case 0:
          row.replace(0, 2, "");
          break;
        case 1:
          row.insert(random() % row.size(), ",");
          break;
        case 2:
          row.insert(random() % row.size(), "\"");
          break;
        case 3:
          row[random() % (row.size() - 1)] = '\x01';
          break;
        case 4:
          row.insert(random() % row.size(), "\n");
          break;
        case 5:
          row.insert(3, "#REF!");
          break;
        default:
          break;
      }
      rows += row;
    }
    TestDelivery d = OneFile(rows, n);
    d.batch = "b" + std::to_string(seed);
    std::vector<std::string> lines;
    Drop(d);
    const PullReport pulled = PullNow();
    for (const PulledDelivery& p : pulled.deliveries) lines.push_back(p.reason);
    std::filesystem::remove_all(folder_.path() / "drop/people");
    std::filesystem::remove_all(folder_.path() / "archive");
    const auto batch = Read(d);
    if (batch.ok()) {
      const auto manifest = ParseManifest(d.Manifest(), "manifest.json");
      for (std::string& line : QuarantineExamples(batch->report, *manifest, 100)) lines.push_back(std::move(line));
    } else {
      lines.push_back(Message(batch.status()));
    }
    for (const std::string& line : lines) {
      messages += !line.empty();
      for (const std::string& name : names) ASSERT_EQ(line.find(name.substr(0, 6)), std::string::npos) << line;
      for (const std::string& number : numbers) ASSERT_EQ(line.find(number.substr(0, 10)), std::string::npos) << line;
    }
  }
  EXPECT_GT(messages, 100);
}

}  // namespace
}  // namespace hearth
