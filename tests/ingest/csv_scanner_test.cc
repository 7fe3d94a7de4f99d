#include "ingest/csv_scanner.h"

#include <gtest/gtest.h>

#include <random>

namespace hearth {
namespace {

// A record as "line:field|field", "line!" when its quote is not closed.
using Records = std::vector<std::string>;

Records ScanBlocks(std::string_view text, const CsvDialect& dialect, ScanMethod method, size_t block) {
  CsvScanner scanner(dialect, method);
  CsvRecord record;
  Records out;
  for (size_t at = 0;; at += block) {
    const bool last = at + block >= text.size();
    scanner.Feed(text.substr(std::min(at, text.size()), block), last);
    while (scanner.Next(&record)) {
      std::string s = std::to_string(record.line) + (record.unclosed_quote ? "!" : ":");
      for (std::string_view field : record.fields) s += "[" + std::string(field) + "]";
      s += "@" + std::to_string(record.text_begin) + "-" + std::to_string(record.text_end);
      out.push_back(s);
    }
    if (last) return out;
  }
}

Records Scan(std::string_view text, const CsvDialect& dialect = {",", '"'}) {
  Records records = ScanBlocks(text, dialect, ScanMethod::kAuto, text.size() + 1);
  for (std::string& r : records) r.resize(r.rfind('@'));
  return records;
}

// The reference: one byte at a time over the whole text, written from the rules in the header alone.
class PlainScanner {
 public:
  PlainScanner(std::string_view text, const CsvDialect& dialect) : text_(text), dialect_(dialect) {}

  Records All() {
    Records out;
    while (at_ < text_.size()) {
      if (Starts("\n") || Starts("\r\n") || (text_[at_] == '\r' && at_ + 1 == text_.size())) {
        at_ += text_[at_] == '\n' ? 1 : std::min<size_t>(2, text_.size() - at_);
        ++line_;
        continue;
      }
      out.push_back(Record());
    }
    return out;
  }

 private:
  bool Starts(std::string_view s) const { return text_.substr(at_).starts_with(s); }
  bool AtLineEnd() const {
    return at_ == text_.size() || Starts("\n") || Starts("\r\n") || (Starts("\r") && at_ + 1 == text_.size());
  }

  std::string Record() {
    const size_t begin = at_;
    std::string fields;
    int lines = 1;
    for (;;) {
      std::string field;
      if (dialect_.quote && at_ < text_.size() && text_[at_] == *dialect_.quote) {
        if (!Quoted(&field, &lines)) return Broken(begin);
      } else {
        while (!AtLineEnd() && !Starts(dialect_.delimiter)) field += text_[at_++];
      }
      fields += "[" + field + "]";
      if (!AtLineEnd()) {
        at_ += dialect_.delimiter.size();
        continue;
      }
      const std::string out =
          std::to_string(line_) + ":" + fields + "@" + std::to_string(begin) + "-" + std::to_string(at_);
      if (Starts("\r")) ++at_;
      if (Starts("\n")) ++at_;
      line_ += lines;
      return out;
    }
  }

  bool Quoted(std::string* field, int* lines) {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++*lines;
      if (text_[at_] != *dialect_.quote) {
        *field += text_[at_];
        continue;
      }
      if (at_ + 1 < text_.size() && text_[at_ + 1] == *dialect_.quote) {
        *field += text_[at_++];
        continue;
      }
      ++at_;
      return AtLineEnd() || Starts(dialect_.delimiter);
    }
    return false;
  }

  std::string Broken(size_t begin) {
    at_ = begin;
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    const std::string out = std::to_string(line_) + "!@" + std::to_string(begin) + "-" + std::to_string(at_);
    if (at_ < text_.size()) ++at_;
    ++line_;
    return out;
  }

  std::string_view text_;
  CsvDialect dialect_;
  size_t at_ = 0;
  int line_ = 1;
};

TEST(CsvScanner, FieldsAndLinesAreTold) {
  EXPECT_EQ(Scan("a,b\n,\nc,d\n"), (Records{"1:[a][b]", "2:[][]", "3:[c][d]"}));
}

TEST(CsvScanner, LastLineNeedsNoLineFeed) { EXPECT_EQ(Scan("a,b\nc,d"), (Records{"1:[a][b]", "2:[c][d]"})); }

TEST(CsvScanner, CarriageReturnBeforeLineFeedIsDropped) {
  EXPECT_EQ(Scan("a,b\r\nc,d\r\n"), (Records{"1:[a][b]", "2:[c][d]"}));
  EXPECT_EQ(Scan("a\rb,c\r\n"), (Records{"1:[a\rb][c]"})) << "elsewhere it is text";
}

TEST(CsvScanner, EmptyLinesAreNoRecords) { EXPECT_EQ(Scan("a\n\n\r\nb\n"), (Records{"1:[a]", "4:[b]"})); }

TEST(CsvScanner, QuotedFieldsKeepDelimitersAndLineBreaks) {
  EXPECT_EQ(Scan("\"a,b\",\"云泽市\n东坪区\"\nc,d\n"), (Records{"1:[a,b][云泽市\n东坪区]", "3:[c][d]"}));
}

TEST(CsvScanner, DoubledQuotesAreOne) {
  EXPECT_EQ(Scan("\"say \"\"so\"\"\",x\n"), (Records{"1:[say \"so\"][x]"}));
  EXPECT_EQ(Scan("\"\"\"\"\n"), (Records{"1:[\"]"}));
}

TEST(CsvScanner, QuoteInsideAFieldIsText) { EXPECT_EQ(Scan("5\"x,y\n"), (Records{"1:[5\"x][y]"})); }

TEST(CsvScanner, UnclosedQuoteCostsOneLineOnly) {
  EXPECT_EQ(Scan("a,\"b\nc,d\ne,f\n"), (Records{"1!", "2:[c][d]", "3:[e][f]"}));
  EXPECT_EQ(Scan("a,\"b\"c\nd,e\n"), (Records{"1!", "2:[d][e]"})) << "text after the closing quote";
}

TEST(CsvScanner, WithoutQuotingQuotesAreText) { EXPECT_EQ(Scan("\"a|b\"\n", {"|", {}}), (Records{"1:[\"a][b\"]"})); }

TEST(CsvScanner, DelimitersOfTwoBytesAreReadFromTheLeft) {
  EXPECT_EQ(Scan("a||b|||c\n", {"||", {}}), (Records{"1:[a][b][|c]"}));
  EXPECT_EQ(Scan("a!^b!c^d\n", {"!^", {}}), (Records{"1:[a][b!c^d]"}));
}

TEST(CsvScanner, ControlCharacterCanDelimit) { EXPECT_EQ(Scan("a\001b\001\n", {"\001", {}}), (Records{"1:[a][b][]"})); }

TEST(CsvScanner, EndlessLineIsGivenUpAndTheNextIsRead) {
  const std::string text = std::string(3 * CsvScanner::kRecordBytesMax, 'x') + "\na,b\n";
  for (const size_t block : {size_t{1000}, size_t{1} << 20, text.size()}) {
    const Records records = ScanBlocks(text, {",", '"'}, ScanMethod::kAuto, block);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_TRUE(records[1].starts_with("2:[a][b]")) << block;
  }
}

TEST(CsvScanner, EndlessQuoteIsGivenUpAndTheNextLineIsRead) {
  std::string text = "a,\"b\n";
  while (text.size() < 2 * CsvScanner::kRecordBytesMax) text += "c,d\n";
  const Records records = ScanBlocks(text, {",", '"'}, ScanMethod::kAuto, 1 << 16);
  ASSERT_EQ(records.size(), (text.size() - 5) / 4 + 1);
  EXPECT_TRUE(records[0].starts_with("1!"));
  EXPECT_TRUE(records[1].starts_with("2:[c][d]"));
}

class RandomText : public testing::TestWithParam<CsvDialect> {};

TEST_P(RandomText, EveryMethodAndBlockSizeAgreesWithThePlainScanner) {
  const CsvDialect dialect = GetParam();
  const std::string alphabet = "ab\"\n\r|!^,\t\001" + dialect.delimiter + "\n\"";
  for (uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    std::string text(random() % 400, ' ');
    const bool sparse = random() % 2 == 0;  // long runs without marks cross the blocks of 64
    for (char& c : text) c = sparse && random() % 8 != 0 ? 'x' : alphabet[random() % alphabet.size()];
    const Records expected = PlainScanner(text, dialect).All();
    for (const ScanMethod method : {ScanMethod::kPlain, ScanMethod::kAvx2}) {
      if (method == ScanMethod::kAvx2 && !HasAvx2()) continue;
      for (const size_t block : {size_t{1}, size_t{7}, size_t{64}, size_t{65}, text.size() + 1}) {
        ASSERT_EQ(ScanBlocks(text, dialect, method, block), expected) << "seed " << seed << ", block " << block;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, RandomText,
                         testing::Values(CsvDialect{",", '"'}, CsvDialect{"|", {}}, CsvDialect{"\t", '"'},
                                         CsvDialect{"\001", {}}, CsvDialect{"||", '"'}, CsvDialect{"!^", {}},
                                         CsvDialect{"||", {}}));

}  // namespace
}  // namespace hearth
