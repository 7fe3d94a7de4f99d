#include "synth/feed_writer.h"

#include <openssl/evp.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <charconv>
#include <filesystem>
#include <unordered_map>

#include "synth/block.h"

namespace hearth::synth {
namespace {

void AppendInt(std::string& out, int64_t value, int width = 0) {
  char text[24];
  auto end = std::to_chars(text, text + sizeof text, value).ptr;
  for (int64_t n = end - text; n < width; ++n) out += '0';
  out.append(text, end);
}

// 12.5 for 1250 hundredths: no more decimals than needed.
void AppendFraction(std::string& out, int64_t value, int decimals) {
  if (value < 0) out += '-';
  uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  uint64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  AppendInt(out, static_cast<int64_t>(rest / scale));
  uint64_t fraction = rest % scale;
  if (fraction == 0) return;
  while (fraction % 10 == 0) {
    fraction /= 10;
    --decimals;
  }
  out += '.';
  AppendInt(out, static_cast<int64_t>(fraction), decimals);
}

void AppendDay(std::string& out, CivilDay day, DayStyle style) {
  if (style == DayStyle::kExcel) {
    AppendInt(out, day.days + 25569);  // 1970-01-01 in the 1900 system
    return;
  }
  YearMonthDay d = day.Ymd();
  struct Marks {
    std::string_view after_year, after_month, after_day;
    int width;
  };
  static constexpr Marks kMarks[] = {{"", "", "", 2},   {"-", "-", "", 2}, {"-", "-", "", 1},
                                     {"/", "/", "", 1}, {".", ".", "", 1}, {"年", "月", "日", 1}};
  const Marks& m = kMarks[static_cast<size_t>(style)];
  AppendInt(out, d.year, 4);
  out += m.after_year;
  AppendInt(out, d.month, m.width);
  out += m.after_month;
  AppendInt(out, d.day, m.width);
  out += m.after_day;
}

Status DiskError(const std::string& path) { return Unavailable("cannot write " + path); }

StatusOr<std::string> ToGb18030(std::string_view text) {
  static thread_local UConverter* converter = [] {
    UErrorCode error = U_ZERO_ERROR;
    UConverter* c = ucnv_open("gb18030", &error);
    HEARTH_CHECK(U_SUCCESS(error), "ICU has no gb18030 converter");
    return c;
  }();
  static thread_local std::vector<UChar> wide;
  wide.resize(text.size() + 1);
  UErrorCode error = U_ZERO_ERROR;
  int32_t units = 0;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &units, text.data(), static_cast<int32_t>(text.size()),
                &error);
  std::string out(static_cast<size_t>(units) * 4 + 8, '\0');
  int32_t bytes = ucnv_fromUChars(converter, out.data(), static_cast<int32_t>(out.size()), wide.data(), units, &error);
  if (U_FAILURE(error)) return DataLoss("a row cannot be written in GB18030");
  out.resize(static_cast<size_t>(bytes));
  return out;
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

void RowBuffer::Cell() {
  if (cells_++ > 0) text_ += spec_->delimiter;
}

void RowBuffer::Text(std::string_view text) {
  Cell();
  if (text.empty()) {
    text_ += spec_->null_text;
  } else if (spec_->quoted && text.find_first_of(",\"\n") != std::string_view::npos) {
    text_ += '"';
    for (char c : text) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
  } else {
    text_ += text;
  }
}

void RowBuffer::Null() {
  Cell();
  text_ += spec_->null_text;
}

void RowBuffer::Day(CivilDay day) {
  if (day == kNoDay) return Null();
  Cell();
  AppendDay(text_, day, spec_->day_style);
}

void RowBuffer::PlaceholderDay() { Day(CivilDay::FromYmd(1900, 1, 1).value()); }

void RowBuffer::Month(CivilMonth month) {
  if (month == kNoMonth) return Null();
  Cell();
  AppendInt(text_, month.Year(), 4);
  if (spec_->month_style == MonthStyle::kDash) text_ += '-';
  AppendInt(text_, month.MonthOfYear(), 2);
}

void RowBuffer::Yuan(int64_t fen) {
  Cell();
  AppendFraction(text_, fen, 2);
}

void RowBuffer::Wan(int64_t fen) {
  Cell();
  AppendFraction(text_, fen, 6);
}

void RowBuffer::Number(int64_t value) {
  Cell();
  AppendInt(text_, value);
}

void RowBuffer::Sex(bool male) {
  static constexpr std::string_view kWords[3][2] = {{"1", "2"}, {"男", "女"}, {"M", "F"}};
  Text(kWords[static_cast<size_t>(spec_->sex_style)][male ? 0 : 1]);
}

void RowBuffer::End(std::string key) {
  HEARTH_CHECK(cells_ == spec_->columns.size(), spec_->feed);
  text_ += spec_->crlf ? "\r\n" : "\n";
  ends_.push_back(text_.size());
  keys_.push_back(std::move(key));
  cells_ = 0;
}

void RowBuffer::Clear() {
  text_.clear();
  ends_.clear();
  keys_.clear();
}

std::string_view RowBuffer::row(size_t i) const {
  size_t from = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(from, ends_[i] - from);
}

size_t AppendDelta(const RowBuffer& before, const RowBuffer& now, std::string& out) {
  const FeedSpec& spec = now.spec();
  size_t end = spec.crlf ? 2 : 1, rows = 0;
  auto append = [&](std::string_view row, std::string_view mark) {
    out += row.substr(0, row.size() - end);
    out += spec.delimiter;
    out += mark.empty() ? spec.null_text : mark;
    out += row.substr(row.size() - end);
    ++rows;
  };
  std::unordered_map<std::string_view, size_t> old;
  old.reserve(before.rows());
  for (size_t i = 0; i < before.rows(); ++i) old.emplace(before.key(i), i);
  std::vector<bool> kept(before.rows());
  for (size_t i = 0; i < now.rows(); ++i) {
    auto found = old.find(now.key(i));
    if (found != old.end()) kept[found->second] = true;
    if (found == old.end() || before.row(found->second) != now.row(i)) append(now.row(i), "");
  }
  for (size_t i = 0; i < before.rows(); ++i)
    if (!kept[i]) append(before.row(i), "D");
  return rows;
}

struct FeedFile::Sm3 {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Sm3() { HEARTH_CHECK(EVP_DigestInit_ex(context, EVP_sm3(), nullptr) == 1, "no SM3"); }
  ~Sm3() { EVP_MD_CTX_free(context); }
  void Update(std::string_view bytes) { EVP_DigestUpdate(context, bytes.data(), bytes.size()); }
  std::string Hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context, digest, &size);
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
      static constexpr char kHex[] = "0123456789abcdef";
      out += kHex[digest[i] >> 4];
      out += kHex[digest[i] & 15];
    }
    return out;
  }
};

StatusOr<std::unique_ptr<FeedFile>> FeedFile::Open(const FeedSpec& spec, const Delivery& delivery) {
  std::unique_ptr<FeedFile> f(new FeedFile(spec, delivery));
  f->folder_ = delivery.drop + "/" + std::string(spec.feed) + "/" + delivery.batch;
  std::error_code error;
  std::filesystem::create_directories(f->folder_, error);
  f->file_ = error ? nullptr : std::fopen((f->folder_ + "/" + f->FileName()).c_str(), "wb");
  if (!f->file_) return DiskError(f->folder_);
  f->sm3_ = std::make_unique<Sm3>();
  if (spec.encoding == Encoding::kUtf8Bom) HEARTH_RETURN_IF_ERROR(f->AppendBytes("\xEF\xBB\xBF", 0));
  if (spec.header) {
    std::string line;
    for (const Column& c : spec.columns) {
      if (!line.empty()) line += spec.delimiter;
      line += c.header;
    }
    if (delivery.delta) {
      line += spec.delimiter;
      line += kDeleteColumn;
    }
    line += spec.crlf ? "\r\n" : "\n";
    HEARTH_RETURN_IF_ERROR(f->Append(line, 0));
  }
  return f;
}

FeedFile::FeedFile(const FeedSpec& spec, const Delivery& delivery) : spec_(&spec), delivery_(delivery) {}

FeedFile::~FeedFile() {
  if (file_) std::fclose(file_);
}

std::string FeedFile::FileName() const {
  return std::string(spec_->stem) + "_0001" + (spec_->quoted ? ".csv" : ".txt");
}

Status FeedFile::Append(std::string_view text, size_t rows) {
  if (text.empty()) return OkStatus();
  if (spec_->encoding != Encoding::kGb18030) return AppendBytes(text, rows);
  HEARTH_ASSIGN_OR_RETURN(std::string bytes, ToGb18030(text));
  return AppendBytes(bytes, rows);
}

Status FeedFile::AppendBytes(std::string_view bytes, size_t rows) {
  sm3_->Update(bytes);
  bytes_ += static_cast<int64_t>(bytes.size());
  rows_ += static_cast<int64_t>(rows);
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return DiskError(folder_);
  return OkStatus();
}

Status FeedFile::Close() {
  int result = std::fclose(file_);
  file_ = nullptr;
  if (result != 0) return DiskError(folder_);
  return WriteManifest();
}

Status FeedFile::WriteManifest() const {
  std::string columns, units;
  for (const Column& c : spec_->columns) {
    columns += (columns.empty() ? "" : ",") + JsonText(c.header);
    if (!c.unit.empty()) units += (units.empty() ? "" : ",") + JsonText(c.header) + ":" + JsonText(c.unit);
  }
  if (delivery_.delta) columns += "," + JsonText(kDeleteColumn);
  std::string json = "{\"feed\":" + JsonText(spec_->feed) +
                     ",\"contract\":" + JsonText(std::string(spec_->feed) + "/1") +
                     ",\"batch\":" + JsonText(delivery_.batch) + ",\"seq\":" + std::to_string(delivery_.seq);
  if (delivery_.seq > 1) json += ",\"prev_seq\":" + std::to_string(delivery_.seq - 1);
  json += std::string(",\"mode\":") + (delivery_.delta ? "\"delta\"" : "\"full\"") + ",\"as_of\":\"" +
          delivery_.as_of.ToString() + "\"";
  json += ",\"produced_at\":\"" + delivery_.as_of.AddDays(1).ToString() + "T01:12:09+08:00\"";
  json += std::string(",\"encoding\":\"") + (spec_->encoding == Encoding::kGb18030 ? "GB18030" : "UTF-8") + "\"";
  json += ",\n \"format\":{\"kind\":\"delimited\",\"field\":" + JsonText(std::string(1, spec_->delimiter)) +
          ",\"record\":" + JsonText(spec_->crlf ? "\r\n" : "\n") +
          ",\"quote\":" + (spec_->quoted ? "\"\\\"\"" : "null") + ",\"null\":" + JsonText(spec_->null_text) +
          ",\"header\":" + (spec_->header ? "true" : "false") + "}";
  json += ",\n \"files\":[{\"name\":" + JsonText(FileName()) + ",\"bytes\":" + std::to_string(bytes_) +
          ",\"rows\":" + std::to_string(rows_) + ",\"sm3\":\"" + sm3_->Hex() + "\"}]";
  json += ",\n \"rows_total\":" + std::to_string(rows_) + ",\"columns\":[" + columns + "],\"units\":{" + units +
          "},\"delete_semantics\":\"absent_is_not_deleted\"";
  if (delivery_.delta) json += ",\"delete_column\":" + JsonText(kDeleteColumn);
  json += "}\n";
  return WriteFile(folder_ + "/manifest.json", json);
}

Status WriteFile(const std::string& path, std::string_view text) {
  std::FILE* f = std::fopen(path.c_str(), "wb");
  if (!f) return DiskError(path);
  bool ok = std::fwrite(text.data(), 1, text.size(), f) == text.size();
  ok = std::fclose(f) == 0 && ok;
  return ok ? OkStatus() : DiskError(path);
}

}  // namespace hearth::synth
