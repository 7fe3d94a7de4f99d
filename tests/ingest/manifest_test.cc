#include "ingest/manifest.h"

#include <gtest/gtest.h>

#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

TestDelivery Sound() {
  TestDelivery d;
  d.files = {{"people_1.csv", "abc\n"}};
  d.rows = {7};
  return d;
}

std::string With(std::string_view from, std::string_view to) {
  std::string text = Sound().Manifest();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Manifest, SoundOneReads) {
  TestDelivery d = Sound();
  d.units = R"({"JE":"万元"})";
  d.prev_seq = "0";
  const auto m = ParseManifest(d.Manifest(), "manifest.json");
  ASSERT_TRUE(m.ok()) << m.status();
  EXPECT_EQ(m->feed, "people");
  EXPECT_EQ(m->seq, 1u);
  EXPECT_EQ(m->prev_seq, 0u);
  EXPECT_EQ(m->as_of.ToString(), "2024-02-29");
  EXPECT_EQ(m->encoding, Encoding::kUtf8);
  EXPECT_EQ(m->format.quote, '"');
  EXPECT_EQ(m->files[0].rows, 7u);
  EXPECT_EQ(m->rows_total, 7u);
  EXPECT_EQ(m->units[0].second, "万元");
  EXPECT_FALSE(m->correction);
}

TEST(Manifest, ExampleOfTheDataStandardReads) {
  const std::string text =
      R"({"feed":"mps_hukou","contract":"mps_hukou/3","batch":"20261120-01","seq":4711,"prev_seq":4710,
 "mode":"full","as_of":"2026-11-19","produced_at":"2026-11-20T01:12:09+08:00","encoding":"GB18030",
 "format":{"kind":"delimited","field":"\u0001","record":"\n","quote":null,"null":"\\N","header":false},
 "files":[{"name":"hukou_0001.txt","bytes":104857600,"rows":812345,"sm3":")" +
      Sm3Hex("") +
      R"("}],
 "rows_total":812345,"columns":["gmsfhm","xm","xbdm","mzdm","csrq","hh","yhzgx","hjdz","hjqh"],
 "units":{},"delete_semantics":"absent_is_not_deleted"})";
  const auto m = ParseManifest(text, "manifest.json");
  ASSERT_TRUE(m.ok()) << m.status();
  EXPECT_EQ(m->format.field, "\001");
  EXPECT_FALSE(m->format.quote.has_value());
  EXPECT_EQ(m->format.null, "\\N");
  EXPECT_FALSE(m->format.header);
}

TEST(Manifest, MistakesNameTheKeyAndWhatIsRight) {
  const struct {
    std::string_view from, to, says;
  } kCases[] = {
      {"{\"feed\"", "[\"feed\"", "is no JSON"},
      {"\"seq\":1", "\"sequ\":1", "seq is missing"},
      {"\"seq\":1", "\"seq\":1,\"sec\":2", "sec is no key of a manifest; did you mean \"seq\"?"},
      {"\"seq\":1", "\"seq\":1,\"seq\":2", "seq is given twice"},
      {"\"seq\":1", "\"seq\":\"1\"", "seq must be a whole number from 0, not text"},
      {"\"seq\":1", "\"seq\":0", "seq must be from 1"},
      {"\"seq\":1", "\"seq\":-3", "seq must be a whole number"},
      {"\"prev_seq\":null", "\"prev_seq\":1", "prev_seq must be below seq"},
      {"\"mode\":\"full\"", "\"mode\":\"part\"", "mode must be \"full\" or \"delta\""},
      {"2024-02-29", "2023-02-29", "as_of must be a day"},
      {"\"encoding\":\"UTF-8\"", "\"encoding\":\"GBK\"", "encoding must be \"UTF-8\""},
      {"\"kind\":\"delimited\"", "\"kind\":\"xlsx\"", "format.kind is \"xlsx\""},
      {"\"field\":\",\"", "\"field\":\"\"", "format.field must be one or two bytes"},
      {"\"field\":\",\"", "\"field\":\"\\n\"", "format.field must be one or two bytes"},
      {"\"quote\":\"\\\"\"", "\"quote\":\",\"", "format.quote must be one byte other than the delimiter"},
      {"\"header\":true", "\"hedaer\":true", "format.hedaer is no key of a manifest; did you mean \"header\"?"},
      {"\"header\":true", "\"header\":1", "format.header must be true or false, not a number"},
      {"people_1.csv", "../people_1.csv", "files[0].name must be a plain file name"},
      {"people_1.csv", "manifest.json", "files[0].name must be a plain file name"},
      {"\"sm3\":\"", "\"sm3\":\"X", "files[0].sm3 must be 64 lower-case"},
      {"\"rows\":7", "\"rows\":8", "rows_total is 7, but the rows of its files come to 8"},
      {"\"files\":[", "\"files\":[],\"x\":[", "files must name at least one file"},
      {"[\"BH\",\"ZJ\"", "[\"BH\",\"BH\"", "columns names \"BH\" twice"},
      {"\"units\":{}", "\"units\":{\"JE\":\"美元\"}", "units.JE is no unit of an amount; known: 分, 元, 万元"},
      {"\"units\":{}", "\"units\":{\"JEE\":\"元\"}", "units.JEE is no column"},
      {"absent_is_not_deleted", "absent_is_deleted", "a row's absence deletes nothing"},
      {"\"units\":{}", "\"units\":{},\"delete_column\":\"BH\"", "belongs to a delta"},
      {"\"units\":{}", "\"units\":{},\"correction\":\"yes\"", "correction must be true or false"},
  };
  for (const auto& c : kCases) {
    const auto m = ParseManifest(With(c.from, c.to), "drop/m.json");
    ASSERT_FALSE(m.ok()) << c.to;
    EXPECT_EQ(m.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(Message(m.status()).starts_with("drop/m.json: ")) << m.status();
    EXPECT_NE(Message(m.status()).find(c.says), std::string::npos) << c.to << "\n" << m.status();
  }
}

class ManifestCheck : public DeliveryTest {
 protected:
  Status Check(const TestDelivery& d, std::optional<LastTaken> last = {}, std::string_view night = "2024-03-01") {
    const auto m = ParseManifest(d.Manifest(), "manifest.json");
    EXPECT_TRUE(m.ok()) << m.status();
    return CheckManifest(*m, site_, site_.feeds[0], last, *ParseIsoDay(night));
  }
  static LastTaken Last(uint64_t seq, std::string_view as_of) { return {seq, *ParseIsoDay(as_of)}; }
};

TEST_F(ManifestCheck, ContractAndFeedMustBeTheSites) {
  TestDelivery d = Sound();
  EXPECT_EQ(Check(d), OkStatus());
  d.contract = "people/2";
  EXPECT_NE(Message(Check(d)).find("the site has agreed on \"people/1\""), std::string::npos);
  d = Sound();
  d.feed = "cars";
  EXPECT_NE(Message(Check(d)).find("is of feed \"cars\""), std::string::npos);
}

TEST_F(ManifestCheck, ColumnsMustBeTheContracts) {
  const struct {
    std::string_view columns, says;
  } kCases[] = {
      {R"(["BH","ZJ","XM","XB","CSRG","JE"])",
       "column \"CSRG\" is not in the contract \"people/1\"; did you mean \"CSRQ\"?"},
      {R"(["BH","ZJ","XM","XB","CSRQ"])", "column \"JE\" (field \"amount\") of the contract \"people/1\" is missing"},
      {R"(["BH","ZJ","XM","XB","CSRQ","JE","HPHM"])", "it belongs to registry \"cars\" (feed \"cars\")"},
      {R"(["BH","ZJ","XM","XB","CSRQ","JE","ABCDEFG"])", "list it under columns or ignore"},
  };
  for (const auto& c : kCases) {
    TestDelivery d = Sound();
    d.columns = c.columns;
    const Status s = Check(d);
    EXPECT_EQ(s.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(Message(s).find(c.says), std::string::npos) << s;
  }
  TestDelivery d = Sound();
  d.columns = R"(["JE","CSRQ","XB","XM","ZJ","BH"])";
  EXPECT_EQ(Check(d), OkStatus()) << "the order is the delivery's own";
}

TEST_F(ManifestCheck, AsOfMayNotLieAfterTheNight) {
  TestDelivery d = Sound();
  EXPECT_EQ(Check(d, {}, "2024-02-29"), OkStatus());
  EXPECT_EQ(Check(d, {}, "2024-02-28").code(), absl::StatusCode::kUnavailable);
}

TEST_F(ManifestCheck, OlderAsOfNeedsACorrection) {
  TestDelivery d = Sound();
  d.seq = 5;
  EXPECT_EQ(Check(d, Last(4, "2024-02-29")), OkStatus());
  EXPECT_EQ(Check(d, Last(4, "2024-03-01")).code(), absl::StatusCode::kFailedPrecondition);
  d.more = ",\"correction\":true";
  EXPECT_EQ(Check(d, Last(4, "2024-03-01")), OkStatus());
}

TEST_F(ManifestCheck, DeltaMustFollowItsPredecessor) {
  TestDelivery d = Sound();
  d.mode = "delta";
  d.seq = 5;
  d.prev_seq = "4";
  EXPECT_EQ(Check(d, Last(4, "2024-02-01")), OkStatus());
  EXPECT_EQ(Check(d, Last(3, "2024-02-01")).code(), absl::StatusCode::kFailedPrecondition) << "4 is missing";
  EXPECT_EQ(Check(d).code(), absl::StatusCode::kFailedPrecondition) << "nothing to change";
  d.prev_seq = "3";
  EXPECT_EQ(Check(d, Last(4, "2024-02-01")).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ManifestCheck, FullDeliveryMayLeaveSequencesOutButNotGoBack) {
  TestDelivery d = Sound();
  d.seq = 9;
  EXPECT_EQ(Check(d, Last(4, "2024-02-01")), OkStatus());
  d.seq = 4;
  EXPECT_EQ(Check(d, Last(4, "2024-02-01")).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace hearth
