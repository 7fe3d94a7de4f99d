#include "matchers/private/encoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "matchers/private/bit_rows.h"
#include "matchers/private/elements.h"

namespace hearth::linkage {
namespace {

EncodingKey Key(char digit) {
  std::string hex = "8f1d0c3ab7e95264f0a81b3cd2e76549187f6aebc30d529e4471b8f2d6a03c9";
  auto key = EncodingKey::FromFileBytes(hex + digit);
  return std::move(key).value();
}

EncodingModel ModelOf(std::string_view yaml) {
  auto model = ReadEncodingModel(yaml, "m.yaml");
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : EncodingModel{};
}

std::string OneField(std::string_view field, std::string_view more = "") {
  return "encoding: t\n" + std::string(more) + "fields:\n  - " + std::string(field) + "\n";
}

std::vector<uint64_t> Encoded(const Encoder& encoder, std::vector<std::string_view> cells, std::string_view id = "1") {
  Encoder::Memory memory;
  std::vector<uint64_t> row(encoder.model().RowBits() / 64);
  encoder.Encode(cells, id, &memory, row);
  return row;
}

Encoder MakeEncoder(std::string_view yaml, char key = '1', char own = '2') {
  const EncodingKey shared = Key(key), mine = Key(own);
  const EncodingModel model = ModelOf(yaml);
  auto encoder = Encoder::Make(model, shared, model.NeedsOwnKey() ? &mine : nullptr);
  EXPECT_TRUE(encoder.ok()) << encoder.status();
  return std::move(encoder).value();
}

double DiceOf(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  uint32_t common = 0;
  for (size_t w = 0; w < a.size(); ++w) common += static_cast<uint32_t>(std::popcount(a[w] & b[w]));
  return Dice(common, CountOnes(a), CountOnes(b));
}

std::vector<std::string> ElementsOf(std::string_view value, std::string_view field) {
  const EncodingModel model = ModelOf(OneField(field));
  std::vector<std::string> out;
  AddElements(value, model.fields.at(0), &out);
  MakeSet(&out);
  return out;
}

using Texts = std::vector<std::string>;

TEST(Elements, QgramsArePaddedAndPlacedAsAsked) {
  EXPECT_EQ(ElementsOf("anna", "{name: n, hashes: 5, padding: false}"), (Texts{"qan", "qna", "qnn"}));
  EXPECT_EQ(ElementsOf("an", "{name: n, hashes: 5}"), (Texts{"q\x02"
                                                             "a",
                                                             "qan", "qn\x03"}));
  EXPECT_EQ(ElementsOf("aa", "{name: n, hashes: 5, q: 1, positional: true}"), (Texts{"q0,a", "q1,a"}));
  EXPECT_EQ(ElementsOf("a", "{name: n, hashes: 5, q: 3, padding: false}"), (Texts{"qa"}));
  EXPECT_EQ(ElementsOf("王小芳", "{name: n, hashes: 5, q: 1}"), (Texts{"q小", "q王", "q芳"}));
}

TEST(Elements, SyllablesSoundAlikeForHanAndPinyin) {
  EXPECT_EQ(ElementsOf("王芳", "{name: n, hashes: 5, elements: syllables}"),
            ElementsOf("fang wang", "{name: n, hashes: 5, elements: syllables}"));
  EXPECT_NE(ElementsOf("王芳", "{name: n, hashes: 5, elements: syllables}"),
            ElementsOf("李芳", "{name: n, hashes: 5, elements: syllables}"));
}

TEST(Elements, DatesWithDayAndMonthExchangedShareYearDayAndMonth) {
  const Texts a = ElementsOf("1972-03-05", "{name: n, hashes: 5, elements: date}");
  const Texts b = ElementsOf("1972-05-03", "{name: n, hashes: 5, elements: date}");
  Texts common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  EXPECT_EQ(common, (Texts{"d0,1", "d1,9", "d2,7", "d3,2", "d4,0", "d6,0", "p03", "p05", "y1972"}));
}

TEST(Encoder, TheSameRowGivesTheSameBitsAndAnotherKeyOthers) {
  const std::string yaml = OneField("{name: n, hashes: 10}");
  const auto one = Encoded(MakeEncoder(yaml), {"zhangwei"}), again = Encoded(MakeEncoder(yaml), {"zhangwei"});
  EXPECT_EQ(one, again);
  const auto other = Encoded(MakeEncoder(yaml, '3'), {"zhangwei"});
  EXPECT_NE(one, other);
  // Under another key it is as unlike as a stranger's.
  EXPECT_LT(DiceOf(one, other), 0.3);
  EXPECT_GT(DiceOf(one, Encoded(MakeEncoder(yaml), {"zhangwai"})), 0.6);
}

TEST(Encoder, Sm3GivesOtherBitsThanSha256) {
  EXPECT_NE(Encoded(MakeEncoder(OneField("{name: n, hashes: 10}", "hash: sm3\n")), {"zhangwei"}),
            Encoded(MakeEncoder(OneField("{name: n, hashes: 10}", "hash: sha256\n")), {"zhangwei"}));
}

TEST(Encoder, KnownElementsGiveTheSameBitsAsNewOnes) {
  const Encoder encoder = MakeEncoder(OneField("{name: n, bits: 90}"));
  Encoder::Memory memory;
  std::vector<uint64_t> first(16), later(16);
  encoder.Encode(std::vector<std::string_view>{"an"}, "1", &memory, first);
  encoder.Encode(std::vector<std::string_view>{"annabella"}, "1", &memory, later);
  EXPECT_EQ(later, Encoded(encoder, {"annabella"}));
  encoder.Encode(std::vector<std::string_view>{"an"}, "1", &memory, later);
  EXPECT_EQ(first, later);
}

TEST(Encoder, ValuesOfOneGroupMayChangePlacesAndOthersMayNot) {
  const std::string grouped =
      "encoding: t\nfields:\n  - {name: a, group: g, hashes: 9}\n  - {name: b, group: g, hashes: 9}\n";
  const std::string apart = "encoding: t\nfields:\n  - {name: a, hashes: 9}\n  - {name: b, hashes: 9}\n";
  const Encoder g = MakeEncoder(grouped), s = MakeEncoder(apart);
  EXPECT_EQ(Encoded(g, {"wang", "fang"}), Encoded(g, {"fang", "wang"}));
  EXPECT_NE(Encoded(s, {"wang", "fang"}), Encoded(s, {"fang", "wang"}));
}

TEST(Encoder, BitsOfAValueDoNotGrowWithItsLength) {
  const Encoder by_value = MakeEncoder(OneField("{name: n, bits: 60}")),
                by_element = MakeEncoder(OneField("{name: n, hashes: 20}"));
  const std::string_view small = "li", large = "aibinuernurmaimaiti";
  const auto ones = [](const Encoder& e, std::string_view cell) { return CountOnes(Encoded(e, {cell})); };
  EXPECT_NEAR(ones(by_value, small), ones(by_value, large), 8);
  EXPECT_GT(ones(by_element, large), 2 * ones(by_element, small));
}

TEST(Encoder, ARowWithoutValuesHasNoBitsWhateverTheHardening) {
  const Encoder encoder = MakeEncoder(
      OneField("{name: n, hashes: 9}", "hardening: {fold: true, balance: true, permute: true, flip: 0.1}\n"));
  EXPECT_EQ(CountOnes(Encoded(encoder, {"　 "})), 0u);
  EXPECT_GT(CountOnes(Encoded(encoder, {"a"})), 0u);
}

TEST(Encoder, AHugeCellIsCutAndCannotFillTheFilter) {
  const Encoder encoder = MakeEncoder(OneField("{name: n, hashes: 2}"));
  const std::string huge(1 << 20, 'x');
  std::string varied;
  for (int i = 0; varied.size() < (1u << 20); ++i) varied += std::to_string(i * 7919);
  Encoder::Memory memory;
  std::vector<uint64_t> row(16);
  std::vector<Encoder::FieldCounts> counts(1);
  encoder.Encode(std::vector<std::string_view>{huge}, "1", &memory, row, counts);
  EXPECT_EQ(counts[0].cut, 1u);
  EXPECT_LE(encoder.Encode(std::vector<std::string_view>{varied}, "1", &memory, row, counts),
            2 * (kValueCharactersMax + 1));
  EXPECT_EQ(counts[0].cut, 2u);
  encoder.Encode(std::vector<std::string_view>{"short"}, "1", &memory, row, counts);
  EXPECT_EQ(counts[0].cut, 2u);
  EXPECT_EQ(counts[0].empty, 0u);
}

TEST(Encoder, BadUtf8IsEncodedAndNotACrash) {
  const Encoder encoder = MakeEncoder(OneField("{name: n, column: \"n | fold\", hashes: 9}"));
  EXPECT_EQ(Encoded(encoder, {"\xff\xfe\xc0"}).size(), 16u);
}

TEST(Hardening, BalancedFiltersAllHaveHalfTheirBitsSet) {
  const Encoder encoder = MakeEncoder(OneField("{name: n, hashes: 9}", "hardening: {balance: true, permute: true}\n"));
  EXPECT_EQ(encoder.model().RowBits(), 2048u);
  for (const std::string_view cell : {"a", "wangfang", "maimaitituersun"}) {
    EXPECT_EQ(CountOnes(Encoded(encoder, {cell})), 1024u);
  }
}

TEST(Hardening, FoldingHalvesTheFilter) {
  const Encoder plain = MakeEncoder(OneField("{name: n, hashes: 9}")),
                folded = MakeEncoder(OneField("{name: n, hashes: 9}", "hardening: {fold: true}\n"));
  const auto whole = Encoded(plain, {"wangfang"}), half = Encoded(folded, {"wangfang"});
  ASSERT_EQ(half.size(), 8u);
  for (size_t w = 0; w < 8; ++w) EXPECT_EQ(half[w], whole[w] ^ whole[w + 8]);
}

TEST(Hardening, APermutationKeepsEveryDistance) {
  const Encoder plain = MakeEncoder(OneField("{name: n, hashes: 9}")),
                moved = MakeEncoder(OneField("{name: n, hashes: 9}", "hardening: {permute: true}\n"));
  EXPECT_NE(Encoded(plain, {"wangfang"}), Encoded(moved, {"wangfang"}));
  EXPECT_EQ(DiceOf(Encoded(plain, {"wangfang"}), Encoded(plain, {"wangfeng"})),
            DiceOf(Encoded(moved, {"wangfang"}), Encoded(moved, {"wangfeng"})));
}

TEST(Hardening, FlippedBitsStandByIdAndDependOnTheOwnKey) {
  const std::string yaml = OneField("{name: n, hashes: 9}", "hardening: {flip: 0.1}\n");
  const std::string still = OneField("{name: n, hashes: 9}");
  const auto a = Encoded(MakeEncoder(yaml), {"wangfang"}, "7");
  EXPECT_EQ(a, Encoded(MakeEncoder(yaml), {"wangfang"}, "7"));  // it does not average out
  EXPECT_NE(a, Encoded(MakeEncoder(yaml), {"wangfang"}, "8"));
  EXPECT_NE(a, Encoded(MakeEncoder(yaml, '1', '5'), {"wangfang"}, "7"));
  uint32_t turned = 0;
  const auto clean = Encoded(MakeEncoder(still), {"wangfang"}, "7");
  for (size_t w = 0; w < a.size(); ++w) turned += static_cast<uint32_t>(std::popcount(a[w] ^ clean[w]));
  EXPECT_NEAR(turned, 102, 45);
}

TEST(Encoder, KeyedIdsNeedAKeyOfOnesOwn) {
  const EncodingModel model = ModelOf(OneField("{name: n, hashes: 9}", "ids: keyed\n"));
  const EncodingKey shared = Key('1'), same = Key('1'), own = Key('2');
  EXPECT_EQ(Encoder::Make(model, shared, nullptr).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Encoder::Make(model, shared, &same).status().code(), absl::StatusCode::kFailedPrecondition);
  const auto encoder = Encoder::Make(model, shared, &own);
  ASSERT_TRUE(encoder.ok());
  EXPECT_EQ(encoder->OutgoingId("6222").size(), 32u);
  EXPECT_EQ(encoder->OutgoingId("6222"), encoder->OutgoingId("6222"));
  EXPECT_NE(encoder->OutgoingId("6222"), encoder->OutgoingId("6223"));
}

TEST(Encoder, CheckValuesTellKeysAndModelsApart) {
  EXPECT_EQ(KeyCheckValue(KeyedHash::kSha256, Key('1')), KeyCheckValue(KeyedHash::kSha256, Key('1')));
  EXPECT_NE(KeyCheckValue(KeyedHash::kSha256, Key('1')), KeyCheckValue(KeyedHash::kSha256, Key('2')));
  const std::string base = OneField("{name: n, column: \"x | lower\", hashes: 9}");
  const auto digest = [](std::string_view yaml) { return ModelDigest(ModelOf(yaml)); };
  // Headings and ids are each side's own business.
  EXPECT_EQ(digest(base),
            digest(OneField("{name: n, column: \"y | lower\", hashes: 9}", "id_column: k\nids: keyed\n")));
  for (const std::string_view other :
       {"{name: n, column: \"x | fold\", hashes: 9}", "{name: n, column: \"x | lower\", hashes: 8}",
        "{name: m, column: \"x | lower\", hashes: 9}", "{name: n, column: \"x | lower\", bits: 9}",
        "{name: n, column: \"x | lower\", hashes: 9, q: 3}",
        "{name: n, column: \"x | lower\", hashes: 9, padding: false}",
        "{name: n, column: \"x | lower\", hashes: 9, positional: true}",
        "{name: n, column: \"x | lower\", hashes: 9, elements: words}"}) {
    EXPECT_NE(digest(base), digest(OneField(other))) << other;
  }
  for (const std::string_view more : {"bits: 2048\n", "hash: sm3\n", "hardening: {fold: true}\n",
                                      "hardening: {flip: 0.01}\n", "hardening: {permute: true}\n"}) {
    EXPECT_NE(digest(base), digest(OneField("{name: n, column: \"x | lower\", hashes: 9}", more))) << more;
  }
}

TEST(EncodingModelReader, WrongModelsAreRefusedWithTheirPlace) {
  const struct {
    std::string yaml, message;
  } cases[] = {
      {"", "empty"},
      {"encoding: t\n", "fields"},
      {"encoding: t\nfields: []\n", "1 to 64"},
      {OneField("{name: n}"), "either hashes"},
      {OneField("{name: n, hashes: 3, bits: 3}"), "either hashes"},
      {OneField("{name: n, hashes: 0}"), "from 1 to 200"},
      {OneField("{name: n, hashes: 3, q: 9}"), "from 1 to 8"},
      {OneField("{name: n, hashes: 3, elements: letters}"), "none of qgrams"},
      {OneField("{name: n, hashes: 3, elements: date, q: 2}"), "is for elements: qgrams"},
      {OneField("{name: n, hashes: 3, colum: x}"), "colum"},
      {OneField("{name: n, hashes: 3, column: \"x | shout\"}"), "shout"},
      {OneField("{name: n, hashes: 3}", "bits: 1000\n"), "power of two"},
      {OneField("{name: n, hashes: 3}", "bits: 64\n"), "from 128 to 8192"},
      {OneField("{name: n, hashes: 3}", "hash: md5\n"), "none of sha256, sm3"},
      {OneField("{name: n, hashes: 3}", "ids: hidden\n"), "none of as_given"},
      {OneField("{name: n, hashes: 3}", "hardening: {flip: 0.5}\n"), "0 to 0.4"},
      {OneField("{name: n, hashes: 3}\n  - {name: n, hashes: 4}"), "two fields"},
  };
  for (const auto& c : cases) {
    const auto model = ReadEncodingModel(c.yaml, "m.yaml");
    ASSERT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument) << c.yaml;
    EXPECT_NE(Message(model.status()).find(c.message), std::string::npos) << model.status();
    EXPECT_NE(Message(model.status()).find("m.yaml"), std::string::npos) << model.status();
  }
}

}  // namespace
}  // namespace hearth::linkage
