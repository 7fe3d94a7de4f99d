// Decoding by table. Clean ASCII runs and clean UTF-8 are copied whole after a check of 32 bytes at a time; the rest
// goes character by character. The UTF-8 check classifies each pair of neighbouring bytes by three 16-entry tables
// (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021) and adds the characters that a
// feed must not hold. The GB18030 tables are built from ICU's converter once, so there is one source of the mapping.
#include "ingest/encoding.h"

#include <unicode/ucnv.h>

#include <array>
#include <cstring>
#include <memory>

#include "core/text.h"
#include "ingest/csv_scanner.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hearth {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr size_t kPieceBytes = 4096;  // decoded at once into a buffer on the stack

constexpr struct {
  Encoding encoding;
  std::string_view name;
} kNames[] = {{Encoding::kUtf8, "UTF-8"}, {Encoding::kGb18030, "GB18030"}, {Encoding::kUtf16Le, "UTF-16LE"}};

// Code points that cost a row wherever they stand.
bool IsDamage(char32_t c, const bool* allowed) {
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r' && !allowed[c];
  return c == 0x7F || (c >= 0x80 && c < 0xA0) || c == 0xFFFD || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF;
}

// Length of the well-formed UTF-8 sequence at p, its code point in *c; 0 when there is none.
size_t Utf8Sequence(const uint8_t* p, size_t n, char32_t* c) {
  const uint8_t a = p[0];
  if (a < 0x80) {
    *c = a;
    return 1;
  }
  const auto more = [&](size_t i) { return i < n && (p[i] & 0xC0) == 0x80; };
  if (a >= 0xC2 && a < 0xE0) {
    if (!more(1)) return 0;
    *c = static_cast<char32_t>((a & 0x1F) << 6 | (p[1] & 0x3F));
    return 2;
  }
  if (a >= 0xE0 && a < 0xF0) {
    if (!more(1) || !more(2)) return 0;
    *c = static_cast<char32_t>((a & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    return *c >= 0x800 && (*c < 0xD800 || *c > 0xDFFF) ? 3 : 0;
  }
  if (a >= 0xF0 && a < 0xF5) {
    if (!more(1) || !more(2) || !more(3)) return 0;
    *c = static_cast<char32_t>((a & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F));
    return *c >= 0x10000 && *c <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

// Bytes that a sequence starting with this byte needs, if it is a lead byte.
size_t Utf8Need(uint8_t lead) { return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1; }

// Length without a character that is cut at the end.
size_t WholeUtf8(std::string_view s) {
  for (size_t back = 1; back <= 3 && back <= s.size(); ++back) {
    const auto b = static_cast<uint8_t>(s[s.size() - back]);
    if ((b & 0xC0) == 0x80) continue;
    return Utf8Need(b) > back ? s.size() - back : s.size();
  }
  return s.size();
}

constexpr bool kNoControls[32] = {};

bool IsCleanPlain(std::string_view s, const bool* allowed) {
  const auto* p = reinterpret_cast<const uint8_t*>(s.data());
  for (size_t i = 0; i < s.size();) {
    char32_t c = 0;
    const size_t n = Utf8Sequence(p + i, s.size() - i, &c);
    if (n == 0 || IsDamage(c, allowed)) return false;
    i += n;
  }
  return true;
}

#if defined(__x86_64__)

constexpr uint8_t kTooShort = 1 << 0, kTooLong = 1 << 1, kOverlong3 = 1 << 2, kTooLarge = 1 << 3, kSurrogate = 1 << 4,
                  kOverlong2 = 1 << 5, kTooLarge1000 = 1 << 6, kOverlong4 = 1 << 6, kTwoContinuations = 1 << 7,
                  kCarry = kTooShort | kTooLong | kTwoContinuations, kLarge = kCarry | kTooLarge | kTooLarge1000;

// By the high half of the first byte, its low half, and the high half of the second: errors possible so far.
alignas(16) constexpr uint8_t kFirstHigh[16] = {kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTwoContinuations,
                                                kTwoContinuations,
                                                kTwoContinuations,
                                                kTwoContinuations,
                                                kTooShort | kOverlong2,
                                                kTooShort,
                                                kTooShort | kOverlong3 | kSurrogate,
                                                kTooShort | kTooLarge | kTooLarge1000 | kOverlong4};
alignas(16) constexpr uint8_t kFirstLow[16] = {kCarry | kOverlong3 | kOverlong2 | kOverlong4,
                                               kCarry | kOverlong2,
                                               kCarry,
                                               kCarry,
                                               kCarry | kTooLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge | kSurrogate,
                                               kLarge,
                                               kLarge};
constexpr uint8_t kAnyContinuation = kTooLong | kOverlong2 | kTwoContinuations;
alignas(16) constexpr uint8_t kSecondHigh[16] = {kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kAnyContinuation | kOverlong3 | kTooLarge1000 | kOverlong4,
                                                 kAnyContinuation | kOverlong3 | kTooLarge,
                                                 kAnyContinuation | kSurrogate | kTooLarge,
                                                 kAnyContinuation | kSurrogate | kTooLarge,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort};

#define HEARTH_AVX2 __attribute__((target("avx2")))

HEARTH_AVX2 inline __m256i Table(const uint8_t* table) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table)));
}
template <int kBack>
HEARTH_AVX2 inline __m256i Previous(__m256i block, __m256i before) {
  return _mm256_alignr_epi8(block, _mm256_permute2x128_si256(before, block, 0x21), 16 - kBack);
}
HEARTH_AVX2 inline __m256i Same(__m256i block, int byte) {
  return _mm256_cmpeq_epi8(block, _mm256_set1_epi8(static_cast<char>(byte)));
}
HEARTH_AVX2 inline __m256i AtMost(__m256i block, int byte) {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(block, _mm256_set1_epi8(static_cast<char>(byte))), block);
}

// Bytes of `block` at which something is wrong, non-zero; `before` is the block before it.
HEARTH_AVX2 inline __m256i Wrong(__m256i block, __m256i before, int extra) {
  const __m256i allowed = _mm256_or_si256(_mm256_or_si256(Same(block, '\n'), Same(block, '\r')),
                                          _mm256_or_si256(Same(block, '\t'), Same(block, extra)));
  const __m256i control = _mm256_or_si256(_mm256_andnot_si256(allowed, AtMost(block, 0x1F)), Same(block, 0x7F));
  if (_mm256_movemask_epi8(_mm256_or_si256(block, before)) == 0) return control;
  const __m256i low = _mm256_set1_epi8(0x0F);
  const __m256i one = Previous<1>(block, before), two = Previous<2>(block, before), three = Previous<3>(block, before);
  const __m256i first_high = _mm256_shuffle_epi8(Table(kFirstHigh), _mm256_and_si256(_mm256_srli_epi16(one, 4), low));
  const __m256i first_low = _mm256_shuffle_epi8(Table(kFirstLow), _mm256_and_si256(one, low));
  const __m256i second_high =
      _mm256_shuffle_epi8(Table(kSecondHigh), _mm256_and_si256(_mm256_srli_epi16(block, 4), low));
  const __m256i pair = _mm256_and_si256(_mm256_and_si256(first_high, first_low), second_high);
  // A third or fourth byte must be a continuation, and only there are two in a row right.
  const __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(static_cast<char>(0xE0 - 0x80)));
  const __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(static_cast<char>(0xF0 - 0x80)));
  const __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  const __m256i c1 = _mm256_and_si256(Same(one, 0xC2), AtMost(block, 0x9F));
  const __m256i replacement = _mm256_and_si256(_mm256_and_si256(Same(two, 0xEF), Same(one, 0xBF)), Same(block, 0xBD));
  return _mm256_or_si256(_mm256_or_si256(_mm256_xor_si256(must, pair), control), _mm256_or_si256(c1, replacement));
}

// extra: one more control character that is allowed; '\t' for none.
HEARTH_AVX2 bool IsCleanAvx2(std::string_view s, int extra) {
  __m256i before = _mm256_set1_epi8(' '), wrong = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 32 <= s.size(); i += 32) {
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(s.data() + i));
    wrong = _mm256_or_si256(wrong, Wrong(block, before, extra));
    before = block;
  }
  // The tail, filled with spaces: at least one, so that a cut character shows.
  alignas(32) char tail[32];
  std::memset(tail, ' ', sizeof tail);
  std::memcpy(tail, s.data() + i, s.size() - i);
  const __m256i block = _mm256_load_si256(reinterpret_cast<const __m256i*>(tail));
  wrong = _mm256_or_si256(wrong, Wrong(block, before, extra));
  return _mm256_testz_si256(wrong, wrong) != 0;
}

#endif

// The one control character that is allowed, '\t' for none, -1 when there are several.
int OnlyControl(const bool* allowed) {
  int only = '\t';
  for (int c = 0; c < 32; ++c) {
    if (!allowed[c]) continue;
    if (only != '\t') return -1;
    only = c;
  }
  return only;
}

bool IsClean(std::string_view s, const bool* allowed) {
#if defined(__x86_64__)
  const int only = OnlyControl(allowed);
  if (HasAvx2() && only >= 0) return IsCleanAvx2(s, only);
#endif
  return IsCleanPlain(s, allowed);
}

// ---- GB18030 ----

constexpr int kTrails = 190, kLeads = 126, kFourBmp = 39420;
constexpr uint32_t kFourSupplementary = 189000;  // linear number of 90 30 81 30, which is U+10000

// UTF-8 bytes in the low three bytes and their count in the top one, or four bytes of which the top one is a
// continuation (old cells that became characters beyond the first plane); 0 where there is no character.
uint32_t PackedUtf8(char32_t c) {
  if (c == 0 || IsDamage(c, kNoControls)) return 0;
  std::string s;
  AppendUtf8(c, &s);
  uint32_t packed = s.size() == 4 ? 0 : static_cast<uint32_t>(s.size()) << 24;
  for (size_t i = 0; i < s.size(); ++i) packed |= static_cast<uint32_t>(static_cast<uint8_t>(s[i])) << (8 * i);
  return packed;
}
constexpr size_t PackedSize(uint32_t packed) { return packed >> 24 >= 0x80 ? 4 : packed >> 24; }

struct Gb18030Tables {
  std::array<uint32_t, kLeads * kTrails> two;
  std::array<uint32_t, kFourBmp> four;
};

// One character by ICU's converter; 0 when there is none.
char32_t ByIcu(UConverter* converter, const char* bytes, int n) {
  UErrorCode error = U_ZERO_ERROR;
  UChar out[4];
  ucnv_resetToUnicode(converter);
  const int length = ucnv_toUChars(converter, out, 4, bytes, n, &error);
  return U_SUCCESS(error) && length == 1 ? FoldPrivateUse(out[0]) : 0;
}

const Gb18030Tables& Tables() {
  static const std::unique_ptr<const Gb18030Tables> tables = [] {
    UErrorCode error = U_ZERO_ERROR;
    UConverter* converter = ucnv_open("gb18030", &error);
    HEARTH_CHECK(U_SUCCESS(error), "ICU has no gb18030 converter");
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    auto t = std::make_unique<Gb18030Tables>();
    for (int lead = 0; lead < kLeads; ++lead) {
      for (int trail = 0; trail < kTrails; ++trail) {
        const char bytes[2] = {static_cast<char>(0x81 + lead), static_cast<char>(trail + (trail < 63 ? 0x40 : 0x41))};
        t->two[static_cast<size_t>(lead * kTrails + trail)] = PackedUtf8(ByIcu(converter, bytes, 2));
      }
    }
    for (int i = 0; i < kFourBmp; ++i) {
      const char bytes[4] = {static_cast<char>(0x81 + i / 12600), static_cast<char>(0x30 + i / 1260 % 10),
                             static_cast<char>(0x81 + i / 10 % 126), static_cast<char>(0x30 + i % 10)};
      t->four[static_cast<size_t>(i)] = PackedUtf8(ByIcu(converter, bytes, 4));
    }
    ucnv_close(converter);
    return t;
  }();
  return *tables;
}

constexpr bool IsGbLead(uint8_t b) { return b >= 0x81 && b <= 0xFE; }
constexpr bool IsGbDigit(uint8_t b) { return b >= 0x30 && b <= 0x39; }

enum class Step : uint8_t { kCharacter, kBad, kCut };

// One non-ASCII GB18030 character at p, written to out (up to 4 bytes, *written of them); *used bytes read.
Step GbCharacter(const Gb18030Tables& t, const uint8_t* p, size_t n, char* out, size_t* used, size_t* written) {
  *used = 1;
  if (!IsGbLead(p[0])) return Step::kBad;
  if (n < 2) return Step::kCut;
  uint32_t packed = 0;
  if (p[1] >= 0x40 && p[1] != 0x7F && p[1] != 0xFF) {
    const int trail = p[1] - (p[1] < 0x7F ? 0x40 : 0x41);
    packed = t.two[static_cast<size_t>((p[0] - 0x81) * kTrails + trail)];
    if (packed != 0) *used = 2;
  } else if (IsGbDigit(p[1])) {
    if (n < 4) return n == 2 || IsGbLead(p[2]) ? Step::kCut : Step::kBad;
    if (!IsGbLead(p[2]) || !IsGbDigit(p[3])) return Step::kBad;
    const uint32_t linear =
        ((static_cast<uint32_t>(p[0] - 0x81) * 10 + (p[1] - 0x30u)) * 126 + (p[2] - 0x81u)) * 10 + (p[3] - 0x30u);
    if (linear < kFourBmp) {
      packed = t.four[linear];
    } else if (linear >= kFourSupplementary && linear - kFourSupplementary < 0x100000) {
      const char32_t c = 0x10000 + linear - kFourSupplementary;
      out[0] = static_cast<char>(0xF0 | c >> 18);
      out[1] = static_cast<char>(0x80 | (c >> 12 & 0x3F));
      out[2] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out[3] = static_cast<char>(0x80 | (c & 0x3F));
      *used = 4;
      *written = 4;
      return Step::kCharacter;
    }
    if (packed != 0) *used = 4;
  }
  if (packed == 0) return Step::kBad;
  std::memcpy(out, &packed, 4);  // what lies beyond its size is overwritten by the next character
  *written = PackedSize(packed);
  return Step::kCharacter;
}

// ---- Appending with errors ----

void AppendBad(uint64_t file_offset, size_t file_bytes, DecodedText* out) {
  out->errors.push_back({out->utf8.size(), file_offset, static_cast<uint32_t>(file_bytes)});
  out->utf8 += kReplacement;
}

// Each decoder appends as much of s as is whole and returns the bytes used; base is the file offset of s[0].

size_t DecodeUtf8Piece(std::string_view s, bool last, const bool* allowed, uint64_t base, DecodedText* out) {
  const size_t whole = last ? s.size() : WholeUtf8(s);
  if (IsClean(s.substr(0, whole), allowed)) {
    out->utf8.append(s.data(), whole);
    return whole;
  }
  const auto* p = reinterpret_cast<const uint8_t*>(s.data());
  for (size_t i = 0; i < whole;) {
    char32_t c = 0;
    const size_t n = Utf8Sequence(p + i, whole - i, &c);
    if (n == 0 || IsDamage(c, allowed)) {
      const size_t bad = n == 0 ? 1 : n;
      AppendBad(base + i, bad, out);
      i += bad;
      continue;
    }
    out->utf8.append(s.data() + i, n);
    i += n;
  }
  return whole;
}

size_t DecodeGbPiece(std::string_view s, bool last, const bool* allowed, uint64_t base, DecodedText* out) {
  const Gb18030Tables& tables = Tables();
  const auto* p = reinterpret_cast<const uint8_t*>(s.data());
  char buffer[kPieceBytes * 2 + 64];
  size_t filled = 0;
  const auto flush = [&] {
    out->utf8.append(buffer, filled);
    filled = 0;
  };
  size_t i = 0;
  while (i < s.size()) {
    if (filled + 32 > sizeof buffer) flush();
    if (i + 8 <= s.size()) {
      // Eight printable ASCII bytes at once: no high bit, none below 0x20, none 0x7F.
      uint64_t word;
      std::memcpy(&word, p + i, 8);
      const uint64_t high = 0x8080808080808080u;
      const uint64_t below = (word - 0x2020202020202020u) & ~word & high;
      const uint64_t del = (word + 0x0101010101010101u) & high;
      if ((word & high) == 0 && below == 0 && del == 0) {
        std::memcpy(buffer + filled, &word, 8);
        filled += 8;
        i += 8;
        continue;
      }
    }
    if (p[i] < 0x80) {
      if (IsDamage(p[i], allowed)) {
        flush();
        AppendBad(base + i, 1, out);
      } else {
        buffer[filled++] = static_cast<char>(p[i]);
      }
      ++i;
      continue;
    }
    size_t used = 0, written = 0;
    const Step step = GbCharacter(tables, p + i, s.size() - i, buffer + filled, &used, &written);
    if (step == Step::kCut && !last) break;
    if (step == Step::kCharacter) {
      filled += written;
      i += used;
    } else {
      flush();
      AppendBad(base + i, 1, out);
      ++i;  // one byte only: the next may be a delimiter or a line feed
    }
  }
  flush();
  return i;
}

size_t DecodeUtf16Piece(std::string_view s, bool last, const bool* allowed, uint64_t base, DecodedText* out) {
  const auto* p = reinterpret_cast<const uint8_t*>(s.data());
  size_t i = 0;
  while (i + 2 <= s.size()) {
    char32_t c = static_cast<char32_t>(p[i] | p[i + 1] << 8);
    size_t used = 2;
    if (c >= 0xD800 && c < 0xDC00) {
      if (i + 4 > s.size() && !last) return i;
      if (i + 4 <= s.size()) {
        const char32_t low = static_cast<char32_t>(p[i + 2] | p[i + 3] << 8);
        if (low >= 0xDC00 && low < 0xE000) {
          c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
          used = 4;
        }
      }
    }
    if (IsDamage(c, allowed)) {
      AppendBad(base + i, used, out);
    } else if (c < 0x80) {
      out->utf8 += static_cast<char>(c);
    } else {
      AppendUtf8(c, &out->utf8);
    }
    i += used;
  }
  if (last && i < s.size()) {
    AppendBad(base + i, s.size() - i, out);
    i = s.size();
  }
  return i;
}

}  // namespace

std::string_view EncodingName(Encoding e) {
  for (const auto& entry : kNames) {
    if (entry.encoding == e) return entry.name;
  }
  return "unknown";
}

bool EncodingFromName(std::string_view name, Encoding* out) {
  for (const auto& entry : kNames) {
    if (entry.name != name) continue;
    *out = entry.encoding;
    return true;
  }
  return false;
}

TextDecoder::TextDecoder(Encoding encoding, std::string_view allowed_controls) : encoding_(encoding) {
  for (const char c : allowed_controls) {
    if (static_cast<uint8_t>(c) < 32) allowed_[static_cast<uint8_t>(c)] = true;
  }
}

Status TextDecoder::CheckStart(std::string_view start, size_t* skip) const {
  struct Mark {
    std::string_view bytes;
    std::string_view name;
    Encoding encoding;
    bool readable;
  };
  constexpr Mark kMarks[] = {{"\xEF\xBB\xBF", "UTF-8", Encoding::kUtf8, true},
                             {"\x84\x31\x95\x33", "GB18030", Encoding::kGb18030, true},
                             {"\xFF\xFE", "UTF-16LE", Encoding::kUtf16Le, true},
                             {"\xFE\xFF", "UTF-16BE", Encoding::kUtf16Le, false}};
  *skip = 0;
  for (const Mark& mark : kMarks) {
    if (!start.starts_with(mark.bytes)) continue;
    if (mark.readable && mark.encoding == encoding_) {
      *skip = mark.bytes.size();
      return OkStatus();
    }
    return InvalidArgument("the manifest says " + std::string(EncodingName(encoding_)) +
                           ", but the file begins with a " + std::string(mark.name) + " byte order mark");
  }
  if (encoding_ == Encoding::kUtf16Le) {
    return InvalidArgument("the manifest says UTF-16LE, but the file does not begin with its byte order mark FF FE");
  }
  return OkStatus();
}

Status TextDecoder::Decode(std::string_view block, bool last, DecodedText* out) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::move(pending_);
    joined.append(block);
    block = joined;
    pending_.clear();
  }
  if (!started_) {
    if (block.size() < 4 && !last) {
      pending_ = std::string(block);
      return OkStatus();
    }
    size_t skip = 0;
    HEARTH_RETURN_IF_ERROR(CheckStart(block, &skip));
    block.remove_prefix(skip);
    bytes_read_ += skip;
    mark_bytes_ = skip;
    started_ = true;
  }
  while (!block.empty()) {
    const std::string_view piece = block.substr(0, kPieceBytes);
    const bool is_end = last && piece.size() == block.size();
    size_t used = 0;
    switch (encoding_) {
      case Encoding::kUtf8:
        used = DecodeUtf8Piece(piece, is_end, allowed_, bytes_read_, out);
        break;
      case Encoding::kGb18030:
        used = DecodeGbPiece(piece, is_end, allowed_, bytes_read_, out);
        break;
      case Encoding::kUtf16Le:
        used = DecodeUtf16Piece(piece, is_end, allowed_, bytes_read_, out);
        break;
    }
    bytes_read_ += used;
    block.remove_prefix(used);
    if (used == 0) break;  // only a cut character is left
  }
  pending_ = std::string(block);
  return OkStatus();
}

bool IsCleanUtf8(std::string_view text) { return IsClean(text, kNoControls); }
bool IsCleanUtf8Plain(std::string_view text) { return IsCleanPlain(text, kNoControls); }

}  // namespace hearth
