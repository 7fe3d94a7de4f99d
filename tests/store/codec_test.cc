#include "store/codec.h"

#include <random>

namespace hearth {
namespace {

std::shared_ptr<const RegistrySchema> Schema() {
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = "vehicles";
  schema->fields = {{"plate", FieldType::kPlate}, {"value", FieldType::kMoney}, {"owner", FieldType::kCitizenNumber}};
  schema->key = {0};
  schema->persons.resize(1);
  return schema;
}

RecordTable OneRow() {
  RecordTable table(Schema());
  const uint32_t row =
      table.AddRow("浙Z12345", {.feed = 2, .batch_seq = 7, .line = 4812, .as_of = {19783}, .recorded_at = {19783}});
  table.SetText(0, row, "浙Z12345");
  table.SetInt(1, row, -150);
  table.SetBad(2, row, Verdict::kMasked, "3399011985****1135");
  return table;
}

TEST(RowCodec, RowComesBackWithCellsOriginAndLinks) {
  const RecordTable table = OneRow();
  const std::vector<RowLink> links = {{PersonId{42}, LinkBasis::kProbabilistic, 12.5f}};
  std::string bytes;
  EncodeRow(table, 0, links, &bytes);
  RecordTable back(Schema());
  std::vector<RowLink> back_links;
  ASSERT_TRUE(DecodeRow("浙Z12345", bytes, &back, &back_links).ok());
  EXPECT_EQ(back.Text(0, 0), "浙Z12345");
  EXPECT_EQ(back.Int(1, 0), -150);
  EXPECT_EQ(back.CellVerdict(2, 0), Verdict::kMasked);
  EXPECT_EQ(back.Raw(2, 0), "3399011985****1135");
  EXPECT_EQ(back.Origin(0), table.Origin(0));
  EXPECT_EQ(back.ContentHash(0), table.ContentHash(0));
  EXPECT_EQ(back_links, links);
}

TEST(RowCodec, EveryShortenedRowIsDataLoss) {
  std::string bytes;
  EncodeRow(OneRow(), 0, {{PersonId{42}, LinkBasis::kNumber, 0}}, &bytes);
  for (size_t n = 0; n < bytes.size(); ++n) {
    RecordTable back(Schema());
    std::vector<RowLink> links;
    EXPECT_EQ(DecodeRow("k", std::string_view(bytes).substr(0, n), &back, &links).code(), absl::StatusCode::kDataLoss)
        << n;
  }
}

Alert SomeAlert() {
  Alert a;
  a.id = {0x0123456789abcdef};
  a.kind = AlertKind::kEnrolledNotEligible;
  a.programme = "dibao";
  a.rule = "WZ-1.2";
  a.cause = "vehicle";
  a.household_no = "33990100001";
  a.money = Money::FromYuan(900);
  a.raised_on = {19783};
  a.withdrawn_on = CivilDay{19790};
  return a;
}

TEST(AlertCodec, AlertComesBackAndEveryShortenedOneIsDataLoss) {
  const std::string bytes = EncodeAlert(SomeAlert());
  EXPECT_EQ(*DecodeAlert(bytes), SomeAlert());
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(DecodeAlert(bytes.substr(0, n)).status().code(), absl::StatusCode::kDataLoss) << n;
  }
  EXPECT_FALSE(DecodeAlert(bytes + "x").ok());
}

TEST(UnitCodec, UnitWithDeterminationsComesBack) {
  StoredUnit u;
  u.id = {9};
  u.household_no = "33990100001";
  u.members = {{PersonId{1}, MembershipReason::kHead}, {PersonId{2}, MembershipReason::kSpouse}};
  Determination d;
  d.rule = 3;
  d.outcome = Outcome::kNeedsInformation;
  d.missing = {"care_place"};
  u.determinations = {d};
  const std::string bytes = EncodeUnit(u);
  EXPECT_EQ(*DecodeUnit(bytes), u);
  for (size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(DecodeUnit(bytes.substr(0, n)).ok()) << n;
}

TEST(KinCodec, EdgeWithEvidenceComesBack) {
  StoredKin k{PersonId{1}, PersonId{2}, KinKind::kParentChild, true, CivilDay{100}, std::nullopt, {{3, 1, "b-1"}}};
  const std::string bytes = EncodeKin(k);
  EXPECT_EQ(*DecodeKin(bytes), k);
  for (size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(DecodeKin(bytes.substr(0, n)).ok()) << n;
}

TEST(Decoder, RandomBytesNeverCrash) {
  std::mt19937_64 random(20240301);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 60, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    (void)DecodePerson(bytes);
    (void)DecodeHousehold(bytes);
    (void)DecodeUnit(bytes);
    (void)DecodeKin(bytes);
    (void)DecodeAlert(bytes);
    RecordTable table(Schema());
    std::vector<RowLink> links;
    (void)DecodeRow("k", bytes, &table, &links);
  }
}

TEST(Decoder, OverlongVarintIsRefused) {
  Decoder d("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  d.Unsigned();
  EXPECT_FALSE(d.ok());
}

StoredEvent SomeEvent() {
  StoredEvent e;
  e.night = {19783};
  e.kind = 2;
  e.reason = 3;
  e.person = {42};
  e.other = {7};
  e.millibits = -12345;
  e.moved = {"vehicles", "02|浙Z12345", "owner"};
  e.stayed = {"pensions", "p1", "self"};
  e.mentions = {1, 0xFFFFFFFFFFFFFFFFu};
  return e;
}

TEST(EventCodec, EventComesBackAndWhatIsShortOrUnknownIsDataLoss) {
  const std::string bytes = EncodeEvent(SomeEvent());
  const auto back = DecodeEvent(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, SomeEvent());
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(DecodeEvent(std::string_view(bytes).substr(0, n)).status().code(), absl::StatusCode::kDataLoss) << n;
  }
  EXPECT_EQ(DecodeEvent(bytes + "x").status().code(), absl::StatusCode::kDataLoss);
  StoredEvent unknown = SomeEvent();
  unknown.kind = 9;
  EXPECT_EQ(DecodeEvent(EncodeEvent(unknown)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(EventCodec, KeysSortByNightThenKindThenPerson) {
  StoredEvent early = SomeEvent(), late = SomeEvent(), merge = SomeEvent();
  early.night = {19782};
  early.person = {99};
  merge.kind = 0;
  late.night = {19784};
  late.person = {1};
  EXPECT_LT(EventKey(early), EventKey(merge));
  EXPECT_LT(EventKey(merge), EventKey(SomeEvent()));
  EXPECT_LT(EventKey(SomeEvent()), EventKey(late));
}

}  // namespace
}  // namespace hearth
