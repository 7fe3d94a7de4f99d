#include <algorithm>

#include "linkage/link_encoded.h"
#include "tests/linkage/encode_fixture.h"

namespace hearth::linkage {
namespace {

class EncodeTableTest : public EncodeFixture {};

TEST_F(EncodeTableTest, RowsLeaveInOrderOfIdsWhateverTheirOrderOrTheThreads) {
  const auto one = Encoded(kPeopleModel, Write("a.csv", kPeople));
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->file.ids, (std::vector<std::string>{"c1", "c2", "c3", "c4"}));
  std::string turned = "id,name,born,number\n";
  std::vector<std::string> lines;
  std::istringstream in{std::string(kPeople)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::reverse(lines.begin() + 1, lines.end());
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  const auto other = Encoded(kPeopleModel, Write("b.csv", text), 4);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(SerializeEncodedFile(one->file), SerializeEncodedFile(other->file));
}

TEST_F(EncodeTableTest, ManyRowsAreTheSameOnAnyNumberOfThreads) {
  std::string text = "id,name,born,number\n";
  for (int i = 0; i < 5000; ++i) {
    text += std::to_string(i) + ",n" + std::to_string(i * 7919) + ",1980-01-0" + std::to_string(i % 9 + 1) + "," +
            std::to_string(i * 104729L) + "\n";
  }
  const std::string yaml = "ids: keyed\nhardening: {flip: 0.02, permute: true}\n" + std::string(kPeopleModel);
  const auto one = Encoded(yaml, Write("a.csv", text), 1), three = Encoded(yaml, Write("a.csv", text), 3);
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_EQ(SerializeEncodedFile(one->file), SerializeEncodedFile(three->file));
  EXPECT_EQ(one->ids, three->ids);
}

TEST_F(EncodeTableTest, EncodingsOfTheSameTextGiveTheSameFilters) {
  const auto utf8 = Encoded(kPeopleModel, Write("a.csv", "id,name,born,number\n1,王芳,1984-03-12,339901\n"));
  const auto gb = Encoded(kPeopleModel, Write("b.csv", "id,name,born,number\n1,\xCD\xF5\xB7\xBC,1984/03/12,339901\n"));
  ASSERT_TRUE(utf8.ok() && gb.ok()) << gb.status();
  EXPECT_EQ(gb->table.encoding, Encoding::kGb18030);
  EXPECT_EQ(utf8->file.rows.words, gb->file.rows.words);
}

TEST_F(EncodeTableTest, KeyedIdsAreFoundAgainThroughTheIdTable) {
  const auto result = Encoded("ids: keyed\n" + std::string(kPeopleModel), Write("a.csv", kPeople));
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->ids.size(), 4u);
  std::vector<std::string> own;
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(result->ids[i].first, result->file.ids[i]);
    own.push_back(result->ids[i].second);
  }
  EXPECT_TRUE(std::ranges::is_sorted(result->file.ids));
  std::ranges::sort(own);
  EXPECT_EQ(own, (std::vector<std::string>{"c1", "c2", "c3", "c4"}));
  ASSERT_TRUE(WriteIdTable(*result, Path("ids.csv")).ok());
  EXPECT_TRUE(
      Bytes(Path("ids.csv")).starts_with("outgoing_id,id\n" + result->ids[0].first + "," + result->ids[0].second));
}

TEST_F(EncodeTableTest, AnEmptyTableAndRowsWithoutValuesAreSaid) {
  const auto none = Encoded(kPeopleModel, Write("a.csv", "id,name,born,number\n"));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->file.ids.size(), 0u);
  EXPECT_EQ(none->warnings, std::vector<std::string>{"the table has no rows"});
  EXPECT_TRUE(ParseEncodedFile(SerializeEncodedFile(none->file), "x").ok());
  const auto blank = Encoded(kPeopleModel, Write("b.csv", kPeople));
  ASSERT_TRUE(blank.ok());
  EXPECT_EQ(blank->rows_without_values, 1u);
  EXPECT_EQ(blank->fields[0].empty, 1u);
  ASSERT_EQ(blank->warnings.size(), 1u);
  EXPECT_NE(blank->warnings[0].find("1 rows have no value"), std::string::npos);
}

TEST_F(EncodeTableTest, WrongTablesAreRefusedWithWhatWouldBeRight) {
  const auto code = [&](std::string_view text) {
    const auto result = Encoded(kPeopleModel, Write("a.csv", text));
    EXPECT_FALSE(result.ok());
    // No cell is part of a message.
    EXPECT_EQ(Message(result.status()).find("王"), std::string::npos) << result.status();
    return result.status().code();
  };
  EXPECT_EQ(code("id,name,born\n1,王芳,1984-03-12\n"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("id,name,born,number\n1,王芳,,\n1,王丽,,\n"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("id,name,born,number\n,王芳,,\n"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("id,name,born,number\n1,王芳\n"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(""), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Encoded(kPeopleModel, Path("none.csv")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(EncodeTableTest, HeadingsMayBeTheTablesOwn) {
  const std::string table = Write("a.csv", "id,客户姓名,born,number\n1,王芳,1984-03-12,339901\n");
  EncodeJob job{.model = ModelOf(kPeopleModel), .table = table, .headings = {{"name", "客户姓名"}}};
  const auto renamed = EncodeTable(job, Key(), nullptr);
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  const auto plain = Encoded(kPeopleModel, Write("b.csv", "id,name,born,number\n1,王芳,1984-03-12,339901\n"));
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(SerializeEncodedFile(renamed->file), SerializeEncodedFile(plain->file));
  job.headings = {{"nam", "客户姓名"}};
  const Status status = EncodeTable(job, Key(), nullptr).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Message(status).find("did you mean \"name\"?"), std::string::npos) << status;
}

TEST_F(EncodeTableTest, AHugeCellIsCutAndSaid) {
  const auto result =
      Encoded(kPeopleModel, Write("a.csv", "id,name,born,number\n1," + std::string(600'000, 'x') + ",,\n"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->fields[0].cut, 1u);
  EXPECT_LE(result->ones_most, 110u);
}

TEST_F(EncodeTableTest, KeyFilesAreReadAndBadOnesRefused) {
  std::vector<std::string> notes;
  const std::string path = Write("k", std::string(kKeyHex) + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
  EXPECT_TRUE(ReadKeyFile(path, &notes).ok());
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("chmod 600"), std::string::npos);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  notes.clear();
  EXPECT_TRUE(ReadKeyFile(path, &notes).ok());
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(ReadKeyFile(Path("none"), &notes).status().code(), absl::StatusCode::kNotFound);
  const Status weak = ReadKeyFile(Write("weak", "hunter2hunter2"), &notes).status();
  EXPECT_EQ(weak.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Message(weak).find("openssl rand"), std::string::npos);
  EXPECT_EQ(Message(weak).find("hunter"), std::string::npos);
}

TEST_F(EncodeTableTest, TheBanksModelIsReadAndEncodes) {
  const auto yaml = ReadWholeFile(std::string(HEARTH_SOURCE_DIR) + "/packs/link/private/bank.yaml", 1 << 20);
  ASSERT_TRUE(yaml.ok()) << yaml.status();
  // One heading serves two fields.
  const EncodingKey own_key = Key(kOtherHex);
  const std::string renamed = Write("b.csv", "卡号,客户姓名,birth_date,mobile,id_number\n1,王芳,1984-03-12,138,3399\n");
  EXPECT_TRUE(
      EncodeTable(
          {.model = ModelOf(*yaml), .table = renamed, .headings = {{"customer_no", "卡号"}, {"name", "客户姓名"}}},
          Key(), &own_key)
          .ok());
  const auto result = Encoded(*yaml, Write("a.csv",
                                           "customer_no,name,birth_date,mobile,id_number\n"
                                           "6222,王小芳,1984-03-12,13800000000,33990119840312002X\n"
                                           "6223,汪小方,1984-12-03,13800000000,33990119840312002x\n"
                                           "6224,陈建国,1951-06-24,13900001111,339902195106240013\n"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->warnings.empty());
  const auto joined = DiceJoin(result->file.rows, result->file.rows, {.threshold = 0.01});
  ASSERT_TRUE(joined.ok());
  std::map<std::string, double> dice;
  const auto own = [&](uint32_t row) { return result->ids[row].second; };
  for (const DicePair& p : joined->pairs) dice[own(p.left) + own(p.right)] = p.dice;
  EXPECT_EQ(dice["62226222"], 1.0);
  EXPECT_GT(dice["62226223"], 0.75);  // two characters alike in sound, day and month exchanged
  EXPECT_LT(dice["62226224"], 0.6);
}

class LinkEncodedTest : public EncodeFixture {
 protected:
  std::string Bin(std::string_view name, std::string_view csv, std::string_view key = kKeyHex) {
    const auto result = Encoded(kPeopleModel, Write(std::string(name) + ".csv", csv), 1, key);
    EXPECT_TRUE(result.ok()) << result.status();
    const std::string path = Path(std::string(name) + ".bin");
    EXPECT_TRUE(WriteEncodedFile(result->file, path).ok());
    return path;
  }
};

constexpr std::string_view kOurs =
    "id,name,born,number\n"
    "p1,王小芳,1984-03-12,339901198403120028\n"
    "p2,王小方,1984-03-12,339901198403120028\n"
    "p3,陈建国,1951-06-24,339902195106240013\n"
    "p4,,,\n";

TEST_F(LinkEncodedTest, TheSamePersonIsFoundAndStrangersAreNot) {
  const auto result = LinkEncoded({.left = Bin("bank", kPeople), .right = Bin("ours", kOurs)});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(WriteEncodedLinks(*result, Path("links.csv")).ok());
  const std::string links = Bytes(Path("links.csv"));
  EXPECT_TRUE(
      links.starts_with("source_l,id_l,source_r,id_r,match_weight,match_probability,decision,dice\n"
                        "bank,c3,ours,p1,,,link,1.000000\nbank,c3,ours,p2,,,link,0.9"))
      << links;
  EXPECT_EQ(std::ranges::count(links, '\n'), 3);
}

TEST_F(LinkEncodedTest, OneToOneKeepsTheBetterOfTwo) {
  const auto result = LinkEncoded({.left = Bin("bank", kPeople), .right = Bin("ours", kOurs), .one_to_one = true});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->links.size(), 1u);
  EXPECT_EQ(result->ids[1][result->links[0].right], "p1");
  EXPECT_EQ(result->dropped_by_one_to_one, 1u);
  // Pairs exactly at the threshold count as well.
  const auto exact =
      LinkEncoded({.left = Bin("bank", kPeople), .right = Bin("ours", kOurs), .threshold = 1, .one_to_one = true});
  ASSERT_TRUE(exact.ok());
  EXPECT_EQ(exact->links.size(), 1u);
}

TEST_F(LinkEncodedTest, PairsBetweenTheThresholdsAreForReview) {
  LinkEncodedJob job{.left = Bin("bank", kPeople), .right = Bin("ours", kOurs), .threshold = 0.99, .review = 0.7};
  const auto result = LinkEncoded(job);
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->links.size(), 2u);
  EXPECT_TRUE(result->links[0].is_link);
  EXPECT_FALSE(result->links[1].is_link);
  ASSERT_TRUE(WriteEncodedLinks(*result, Path("links.csv")).ok());
  EXPECT_NE(Bytes(Path("links.csv")).find(",review,0."), std::string::npos);
  job.review = 0.995;
  EXPECT_EQ(LinkEncoded(job).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LinkEncodedTest, AThresholdIsChosenAboveWhereStrangersCome) {
  // 80 of 200 rows have a partner at 0.9 to 0.98; strangers reach 0.6 at most.
  std::vector<ScoredLink> links;
  for (int i = 0; i < 80; ++i) links.push_back({0.9 + 0.001 * i, 0.5 + 0.0012 * i});
  // The other rows are linked to strangers, as one-to-one links whatever is at hand.
  for (int i = 0; i < 80; ++i) links.push_back({0.5 + 0.0012 * i, 0.5});
  const auto chosen = ChooseThreshold(links, 200, 0.5, 0.99);
  ASSERT_TRUE(chosen.has_value());
  EXPECT_NEAR(chosen->threshold, 0.6, 0.0051);
  EXPECT_GE(chosen->expected_precision, 0.99);
  // Asked for less, it goes lower.
  EXPECT_LT(ChooseThreshold(links, 200, 0.5, 0.9)->threshold, chosen->threshold);
}

TEST_F(LinkEncodedTest, NoThresholdIsChosenFromFewLinksOrAmongStrangers) {
  EXPECT_FALSE(ChooseThreshold(std::vector<ScoredLink>(29, {0.95, 0.1}), 100, 0.5, 0.99).has_value());
  EXPECT_TRUE(ChooseThreshold(std::vector<ScoredLink>(30, {0.95, 0.1}), 100, 0.5, 0.99).has_value());
  EXPECT_FALSE(ChooseThreshold(std::vector<ScoredLink>(50, {0.9, 0.9}), 100, 0.5, 0.99).has_value());
  LinkEncodedJob job{.left = Bin("bank", kPeople), .right = Bin("ours", kOurs), .choose_threshold = true};
  EXPECT_EQ(LinkEncoded(job).status().code(), absl::StatusCode::kInvalidArgument);
  job.one_to_one = true;
  EXPECT_EQ(LinkEncoded(job).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LinkEncodedTest, FilesOfTwoKeysAreNotLinked) {
  const auto result = LinkEncoded({.left = Bin("bank", kPeople), .right = Bin("ours", kOurs, kOtherHex)});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(result.status()).find("different keys"), std::string::npos);
}

TEST_F(LinkEncodedTest, EmptyFilesGiveNoLinks) {
  const auto result = LinkEncoded({.left = Bin("bank", "id,name,born,number\n"), .right = Bin("ours", kOurs)});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->links.empty());
}

}  // namespace
}  // namespace hearth::linkage
