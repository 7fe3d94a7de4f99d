// Two steps. Index() finds the offsets of all delimiters, quotes and line feeds ("marks"), 64 bytes at a time; Next()
// walks the marks with a small state machine, so that it looks only at the few bytes that matter.
// bench/ingest_bench.cc compares the methods; tests/ingest/csv_scanner_test.cc holds both against a scanner that goes
// byte by byte.
#include "ingest/csv_scanner.h"

#include <cstring>

#include "core/status.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hearth {
namespace {

// Writes the offset of each mark in text[from, size) to out and returns their count. out has room for size - from + 64.
size_t IndexPlain(std::string_view text, size_t from, const CsvDialect& dialect, uint32_t* out) {
  const char d0 = dialect.delimiter[0];
  const bool two = dialect.delimiter.size() == 2;
  size_t count = 0;
  for (size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    const bool delimiter = c == d0 && (!two || (i + 1 < text.size() && text[i + 1] == dialect.delimiter[1]));
    if (delimiter || c == '\n' || (dialect.quote && c == *dialect.quote)) out[count++] = static_cast<uint32_t>(i);
  }
  return count;
}

#if defined(__x86_64__)

#define HEARTH_AVX2 __attribute__((target("avx2,bmi,popcnt")))

HEARTH_AVX2 inline uint64_t Equal64(const char* p, __m256i byte) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const auto a = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)));
  const auto b = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)));
  return static_cast<uint64_t>(b) << 32 | a;
}

HEARTH_AVX2 size_t IndexAvx2(std::string_view text, const CsvDialect& dialect, uint32_t* out) {
  const __m256i d0 = _mm256_set1_epi8(dialect.delimiter[0]);
  const bool two = dialect.delimiter.size() == 2;
  const __m256i d1 = _mm256_set1_epi8(two ? dialect.delimiter[1] : 0);
  const __m256i line_feed = _mm256_set1_epi8('\n');
  // Without quoting the delimiter stands in for the quote: the same marks.
  const __m256i quote = _mm256_set1_epi8(dialect.quote.value_or('\n'));
  size_t count = 0, i = 0;
  for (; i + 65 <= text.size(); i += 64) {  // 65: the second byte of a delimiter is read one further
    const char* p = text.data() + i;
    uint64_t delimiter = Equal64(p, d0);
    if (two) delimiter &= Equal64(p + 1, d1);
    uint64_t marks = delimiter | Equal64(p, line_feed) | Equal64(p, quote);
    const auto found = static_cast<size_t>(__builtin_popcountll(marks));
    uint32_t* next = out + count;
    // Blocks of eight without a test each: what is written beyond `found` is overwritten by the next block.
    for (size_t done = 0; done < found; done += 8) {
      for (int k = 0; k < 8; ++k) {
        next[k] = static_cast<uint32_t>(i) + static_cast<uint32_t>(_tzcnt_u64(marks));
        marks &= marks - 1;
      }
      next += 8;
    }
    count += found;
  }
  return count + IndexPlain(text, i, dialect, out + count);
}

#endif

}  // namespace

bool HasAvx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
  return has;
#else
  return false;
#endif
}

CsvScanner::CsvScanner(CsvDialect dialect, ScanMethod method) : dialect_(std::move(dialect)), method_(method) {
  HEARTH_CHECK(dialect_.delimiter.size() == 1 || dialect_.delimiter.size() == 2, "a delimiter has one or two bytes");
  if (method_ == ScanMethod::kAuto) method_ = HasAvx2() ? ScanMethod::kAvx2 : ScanMethod::kPlain;
}

void CsvScanner::Feed(std::string_view text, bool last) {
  text_.erase(0, pos_);
  text_base_ += pos_;
  pos_ = 0;
  text_.append(text);
  last_ = last;
  Index();
}

// The unread rest is indexed again with the new text: a delimiter of two bytes may straddle the seam.
void CsvScanner::Index() {
  HEARTH_CHECK(text_.size() < UINT32_MAX, "a block of 4 GiB");
  if (marks_.size() < text_.size() + 72) marks_.resize(text_.size() + 72);
  mark_ = 0;
#if defined(__x86_64__)
  if (method_ == ScanMethod::kAvx2) {
    mark_count_ = IndexAvx2(text_, dialect_, marks_.data());
    return;
  }
#endif
  mark_count_ = IndexPlain(text_, 0, dialect_, marks_.data());
}

bool CsvScanner::SkipEmptyLines() {
  while (pos_ < text_.size()) {
    size_t end = pos_;
    if (text_[end] == '\r') ++end;
    if (end == text_.size()) {  // a lone CR: the end, or not yet
      if (last_) pos_ = end;
      return false;
    }
    if (text_[end] != '\n') return true;
    pos_ = end + 1;
    ++line_;
  }
  return false;
}

bool CsvScanner::Next(CsvRecord* record) {
  if (skipping_ && !SkipRestOfLine()) return false;
  if (!SkipEmptyLines()) return false;
  while (mark_ < mark_count_ && marks_[mark_] < pos_) ++mark_;
  record->fields.clear();
  record->unclosed_quote = false;
  record->line = line_;
  record->text_begin = text_base_ + pos_;
  doubled_.clear();
  size_t at = pos_, mark = mark_;
  uint64_t line_feeds = 0;
  for (;;) {
    const bool quoted = dialect_.quote && at < text_.size() && text_[at] == *dialect_.quote;
    const FieldEnd end = quoted ? ScanQuoted(&at, &mark, &line_feeds, record) : ScanPlain(&at, &mark, record);
    if (end == FieldEnd::kDelimiter) continue;
    if (end == FieldEnd::kLine && record->text_end - record->text_begin <= kRecordBytesMax) break;
    // A record this long is no record: it must not make the buffer grow.
    if (end == FieldEnd::kNeedMore && text_.size() - pos_ <= kRecordBytesMax) return false;
    return TakeBrokenLine(quoted, record);
  }
  pos_ = at;
  mark_ = mark;
  line_ += line_feeds + 1;
  if (!doubled_.empty()) Unescape(record);
  return true;
}

CsvScanner::FieldEnd CsvScanner::ScanPlain(size_t* at, size_t* mark, CsvRecord* record) {
  const size_t begin = *at;
  const char* text = text_.data();
  for (size_t m = *mark; m < mark_count_; ++m) {
    const size_t p = marks_[m];
    if (p < begin) continue;  // the second half of || read as another ||
    if (text[p] == '\n') {
      const size_t end = p > begin && text[p - 1] == '\r' ? p - 1 : p;
      record->fields.emplace_back(text + begin, end - begin);
      record->text_end = text_base_ + end;
      *at = p + 1;
      *mark = m + 1;
      return FieldEnd::kLine;
    }
    if (dialect_.quote && text[p] == *dialect_.quote) continue;  // a quote inside a plain field is text
    record->fields.emplace_back(text + begin, p - begin);
    *at = p + dialect_.delimiter.size();
    *mark = m + 1;
    return FieldEnd::kDelimiter;
  }
  if (!last_) return FieldEnd::kNeedMore;
  size_t end = text_.size();
  if (end > begin && text[end - 1] == '\r') --end;
  record->fields.emplace_back(text + begin, end - begin);
  record->text_end = text_base_ + end;
  *at = text_.size();
  *mark = mark_count_;
  return FieldEnd::kLine;
}

CsvScanner::FieldEnd CsvScanner::ScanQuoted(size_t* at, size_t* mark, uint64_t* line_feeds, CsvRecord* record) {
  const size_t begin = *at + 1;
  const char* text = text_.data();
  const size_t size = text_.size();
  bool doubled = false;
  for (size_t m = *mark; m < mark_count_; ++m) {
    const size_t p = marks_[m];
    if (p < begin) continue;
    if (text[p] == '\n') {
      if (p - pos_ > kRecordBytesMax) return FieldEnd::kUnclosed;
      ++*line_feeds;
    }
    if (text[p] != *dialect_.quote) continue;
    const size_t after = p + 1;
    if (after == size && !last_) return FieldEnd::kNeedMore;
    if (after < size && text[after] == *dialect_.quote) {
      doubled = true;
      ++m;  // the second quote is the next mark
      continue;
    }
    if (doubled) doubled_.push_back(record->fields.size());
    record->fields.emplace_back(text + begin, p - begin);
    return AfterQuote(after, m + 1, at, mark, record);
  }
  return last_ ? FieldEnd::kUnclosed : FieldEnd::kNeedMore;
}

// What follows a closing quote: a delimiter, the end of the line or of the text; anything else means that the quote
// opened nothing.
CsvScanner::FieldEnd CsvScanner::AfterQuote(size_t after, size_t next_mark, size_t* at, size_t* mark,
                                            CsvRecord* record) {
  const std::string_view rest = std::string_view(text_).substr(after);
  *mark = next_mark;
  record->text_end = text_base_ + after;
  if (rest.starts_with(dialect_.delimiter)) {
    *at = after + dialect_.delimiter.size();
    if (*mark < mark_count_ && marks_[*mark] < *at) ++*mark;
    return FieldEnd::kDelimiter;
  }
  if (rest.starts_with('\n') || rest.starts_with("\r\n")) {
    *at = after + (rest[0] == '\n' ? 1 : 2);
    ++*mark;
    return FieldEnd::kLine;
  }
  if (rest.size() < 2 && !last_) return FieldEnd::kNeedMore;
  if (rest.empty() || rest == "\r") {
    *at = text_.size();
    return FieldEnd::kLine;
  }
  return FieldEnd::kUnclosed;
}

// Gives up the record at its first line feed; what follows is scanned afresh.
bool CsvScanner::TakeBrokenLine(bool quoted, CsvRecord* record) {
  record->fields.clear();
  record->unclosed_quote = quoted;
  doubled_.clear();
  const size_t line_feed = text_.find('\n', pos_);
  if (line_feed == std::string::npos && !last_ && text_.size() - pos_ <= kRecordBytesMax) return false;  // not all here
  skipping_ = line_feed == std::string::npos && !last_;
  const size_t end = line_feed == std::string::npos ? text_.size() : line_feed;
  record->text_end = text_base_ + end;
  pos_ = line_feed == std::string::npos ? end : end + 1;
  if (!skipping_) ++line_;
  return true;
}

// The rest of a line that was given up before its end had come.
bool CsvScanner::SkipRestOfLine() {
  const size_t line_feed = text_.find('\n', pos_);
  if (line_feed == std::string::npos) {
    pos_ = text_.size();
    return false;
  }
  pos_ = line_feed + 1;
  ++line_;
  skipping_ = false;
  return true;
}

// Undoes doubled quotes in place: the record is whole, so nobody reads its bytes again.
void CsvScanner::Unescape(CsvRecord* record) {
  const char quote = *dialect_.quote;
  for (const size_t index : doubled_) {
    std::string_view& field = record->fields[index];
    char* begin = text_.data() + (field.data() - text_.data());
    size_t to = 0;
    for (size_t from = 0; from < field.size(); ++from) {
      begin[to++] = begin[from];
      if (begin[from] == quote) ++from;
    }
    field = std::string_view(begin, to);
  }
}

}  // namespace hearth
