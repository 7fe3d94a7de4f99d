#include "ingest/column_reader.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "core/credit_code.h"
#include "core/disability_certificate.h"
#include "core/person_name.h"
#include "core/plate.h"
#include "core/region_code.h"
#include "core/relation_code.h"
#include "core/text.h"
#include "core/unit_number.h"
#include "core/vin.h"

namespace hearth {
namespace {

CellValue Bad(Verdict verdict, std::string_view cell) { return {verdict, 0, cell}; }
CellValue Usable(bool folded, std::string_view text) { return {folded ? Verdict::kOkNoted : Verdict::kOk, 0, text}; }

// A reading of a core reader as a cell: its text when usable, else the cell as received.
CellValue FromText(Verdict verdict, bool folded, std::string_view text, std::string_view cell, TextArena* arena) {
  if (verdict == Verdict::kAbsent) return {};
  if (!IsUsable(verdict)) return Bad(verdict, cell);
  if (verdict == Verdict::kOk && folded) verdict = Verdict::kOkNoted;
  return {verdict, 0, text == cell ? cell : arena->Keep(text)};
}

CellValue FromNumber(Verdict verdict, int64_t number, std::string_view cell) {
  if (verdict == Verdict::kAbsent) return {};
  if (!IsUsable(verdict)) return Bad(verdict, cell);
  return {verdict, number, {}};
}

// True when form C and the private-use table leave the text as it is: ASCII, Latin-1 signs, unified Han, CJK
// punctuation and full-width forms. Nearly every cell.
bool IsSettled(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    const auto a = static_cast<uint8_t>(s[i]);
    if (a < 0x80) {
      ++i;
    } else if (a == 0xC2) {
      i += 2;
    } else if (a >= 0xE4 && a <= 0xE9) {
      i += 3;
    } else if (a == 0xE3 && i + 2 < s.size() && static_cast<uint8_t>(s[i + 1]) == 0x80 &&
               static_cast<uint8_t>(s[i + 2]) < 0xAA) {
      i += 3;
    } else if (a == 0xEF && i + 1 < s.size() && (s[i + 1] == '\xBC' || s[i + 1] == '\xBD')) {
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

// ASCII trimming without decoding where the ends are plain.
std::string_view Trim(std::string_view s) {
  const auto plain = [](char c) { return static_cast<uint8_t>(c) > 0x20 && static_cast<uint8_t>(c) < 0x80; };
  if (!s.empty() && plain(s.front()) && plain(s.back())) return s;
  return TrimUnicode(s);
}

// Longest null word of the data standard, in bytes; longer cells need no look.
constexpr size_t kNullWordBytesMax = 12;

}  // namespace

std::string_view TextArena::Keep(std::string_view text) {
  if (text.size() > kBytes - used_) {
    more_.push_back(std::make_unique<std::string>(text));
    return *more_.back();
  }
  char* at = first_.get() + used_;
  std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return {at, text.size()};
}

ColumnReader::ColumnReader(const FieldSchema& field, const ColumnRules& rules) : field_(field), rules_(rules) {
  number_options_ = {rules.synthetic, rules.divisions};
  if (field.type != FieldType::kCode) return;
  size_t count = 4 * field.codes.size() + (rules.spellings == nullptr ? 0 : rules.spellings->size());
  size_t slots = 8;
  while (slots < 2 * count) slots *= 2;
  spellings_.resize(slots);
  // In order of precedence: the feed's own, the code, its term, its English value, the code without its zeros.
  if (rules.spellings != nullptr) {
    for (const CodeSpelling& s : *rules.spellings) {
      if (s.field == field.name) AddSpelling(s.spelling, FindCode(field, s.code), Verdict::kOk);
    }
  }
  const size_t width = field.codes.empty() ? 0 : field.codes[0].code.size();
  bool fixed_width = true;
  for (size_t i = 0; i < field.codes.size(); ++i) {
    AddSpelling(field.codes[i].code, static_cast<int>(i), Verdict::kOk);
    fixed_width &= field.codes[i].code.size() == width;
  }
  for (size_t i = 0; i < field.codes.size(); ++i) {
    const CodeValue& code = field.codes[i];
    AddSpelling(code.label, static_cast<int>(i), Verdict::kOk);
    AddSpelling(code.value, static_cast<int>(i), Verdict::kOk);
    const size_t zeros = std::min(code.code.find_first_not_of('0'), code.code.size());
    if (fixed_width && zeros > 0) AddSpelling(code.code.substr(zeros), static_cast<int>(i), Verdict::kOkNoted);
  }
  if (!rules.is_relation) return;
  relation_index_.assign(100, -1);
  for (int code = 0; code < 100; ++code) {
    const std::string text = {static_cast<char>('0' + code / 10), static_cast<char>('0' + code % 10)};
    relation_index_[static_cast<size_t>(code)] = FindCode(field, text);
  }
}

// The first spelling of a text wins.
void ColumnReader::AddSpelling(std::string_view spelling, int index, Verdict verdict) {
  if (spelling.empty()) return;
  const size_t mask = spellings_.size() - 1;
  size_t slot = XXH3_64bits(spelling.data(), spelling.size()) & mask;
  while (!spellings_[slot].text.empty()) {
    if (spellings_[slot].text == spelling) return;
    slot = (slot + 1) & mask;
  }
  spellings_[slot] = {std::string(spelling), index, verdict};
}

bool ColumnReader::IsNull(std::string_view cell) const {
  if (cell.empty() || (!rules_.format_null.empty() && cell == rules_.format_null)) return true;
  if (rules_.nulls == nullptr) return cell.size() <= kNullWordBytesMax && IsNullWord(cell);
  const std::string_view trimmed = Trim(cell);
  return trimmed.empty() || std::find(rules_.nulls->begin(), rules_.nulls->end(), trimmed) != rules_.nulls->end();
}

CellValue ColumnReader::Read(std::string_view cell, TextArena* arena) const {
  if (cell.empty() || (!rules_.format_null.empty() && cell == rules_.format_null)) return {};
  if (rules_.nulls != nullptr && IsNull(cell)) return {};
  switch (field_.type) {
    case FieldType::kText:
    case FieldType::kAddress:
      return ReadText(cell, arena);
    case FieldType::kName:
      return ReadName(cell, arena);
    case FieldType::kPhone:
      return ReadPhone(cell, arena);
    case FieldType::kCitizenNumber:
      return ReadNumber(cell, arena);
    case FieldType::kCreditCode:
    case FieldType::kPlate:
    case FieldType::kVin:
    case FieldType::kUnitNumber:
    case FieldType::kDisabilityCertificate:
    case FieldType::kRegion:
      return ReadIdentifier(cell, arena);
    case FieldType::kCode:
      return ReadCode(cell);
    default:
      return ReadMeasure(cell);
  }
}

CellValue ColumnReader::ReadText(std::string_view cell, TextArena* arena) const {
  std::string_view text = Trim(cell);
  if (text.empty()) return {};
  if (rules_.nulls == nullptr && text.size() <= kNullWordBytesMax && IsNullWord(text)) return {};
  bool noted = false;
  if (text.size() > 1 && text[0] == '\'') {
    text.remove_prefix(1);
    noted = true;
  }
  if (IsAscii(text)) {
    // An account or record number that a spreadsheet has taken for a number has lost its last digits.
    if (IsDigit(text[0]) && IsLossyIdentifier(text)) return Bad(Verdict::kLossySpreadsheet, cell);
    return Usable(noted, text);
  }
  // Numbers in full width are folded; prose keeps its form, as a list shows it again.
  if (static_cast<uint8_t>(text[0]) == 0xEF) {
    const std::string folded = FoldWidth(text);
    if (IsAscii(folded)) return Usable(true, arena->Keep(Trim(folded)));
  }
  if (IsSettled(text)) return Usable(noted, text);
  const std::string normal = ToNfc(FoldPrivateUse(text));
  return Usable(noted || HasPrivateUse(normal), arena->Keep(normal));
}

CellValue ColumnReader::ReadName(std::string_view cell, TextArena* arena) const {
  const Verdict verdict = ClassifyName(cell);
  if (!IsUsable(verdict)) return FromText(verdict, false, {}, cell, arena);
  const std::string folded = FoldName(cell);
  return FromText(verdict, folded != cell, folded, cell, arena);
}

// Digits only: separators and the country's prefix go.
CellValue ColumnReader::ReadPhone(std::string_view cell, TextArena* arena) const {
  if (cell.size() >= 7 && cell.size() <= 12 && IsAllDigits(cell) &&
      cell.find_first_not_of(cell[0]) != std::string_view::npos) {
    return Usable(false, cell);
  }
  const std::string folded = FoldWidth(Trim(cell));
  std::string_view text = Trim(folded);
  if (IsNullWord(text)) return {};
  if (IsLossyIdentifier(text)) return Bad(Verdict::kLossySpreadsheet, cell);
  if (text.ends_with(".0")) text.remove_suffix(2);
  std::string digits;
  for (const char c : text) {
    if (c == '*') return Bad(Verdict::kMasked, cell);
    if (IsDigit(c)) {
      digits += c;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '+' && c != '\'') {
      return Bad(Verdict::kBadCharacter, cell);
    }
  }
  std::string_view number = digits;
  for (const std::string_view prefix : {"0086", "86"}) {
    if (number.size() == prefix.size() + 11 && number.starts_with(prefix)) number.remove_prefix(prefix.size());
  }
  if (number.size() < 7 || number.size() > 12) return Bad(Verdict::kBadLength, cell);
  if (number.find_first_not_of(number[0]) == std::string_view::npos) return Bad(Verdict::kPlaceholder, cell);
  return FromText(Verdict::kOk, number != cell, number, cell, arena);
}

CellValue ColumnReader::ReadNumber(std::string_view cell, TextArena* arena) const {
  const NumberReading r = ReadCitizenNumber(cell, rules_.feed_day, number_options_);
  return FromText(r.verdict, r.folded, r.text(), cell, arena);
}

CellValue ColumnReader::ReadIdentifier(std::string_view cell, TextArena* arena) const {
  const DivisionRules divisions{rules_.synthetic, rules_.divisions};
  switch (field_.type) {
    case FieldType::kCreditCode: {
      const CreditCodeReading r = ReadCreditCode(cell, divisions);
      return FromText(r.verdict, r.folded, r.code, cell, arena);
    }
    case FieldType::kPlate: {
      const PlateReading r = ReadPlate(cell);
      return FromText(r.verdict, r.folded, r.plate, cell, arena);
    }
    case FieldType::kVin: {
      const VinReading r = ReadVin(cell);
      // A failed check is a warning: imports do not carry one.
      const bool warned = r.verdict == Verdict::kBadCheck && !r.vin.empty();
      return FromText(warned ? Verdict::kOkNoted : r.verdict, r.folded, r.vin, cell, arena);
    }
    case FieldType::kUnitNumber: {
      const UnitNumberReading r = ReadUnitNumber(cell, divisions);
      return FromText(r.verdict, r.folded, r.number, cell, arena);
    }
    case FieldType::kDisabilityCertificate: {
      const DisabilityReading r = ReadDisabilityCertificate(cell, rules_.feed_day, number_options_);
      return FromText(r.verdict, r.folded, r.certificate, cell, arena);
    }
    default: {
      const RegionReading r = ReadRegion(cell, rules_.divisions, rules_.synthetic);
      return FromText(r.verdict, r.folded, r.code, cell, arena);
    }
  }
}

CellValue ColumnReader::ReadCode(std::string_view cell) const {
  const size_t mask = spellings_.size() - 1;
  const auto find = [&](std::string_view text) -> const Spelling* {
    size_t slot = XXH3_64bits(text.data(), text.size()) & mask;
    while (!spellings_[slot].text.empty()) {
      if (spellings_[slot].text == text) return &spellings_[slot];
      slot = (slot + 1) & mask;
    }
    return nullptr;
  };
  if (const Spelling* s = find(cell)) return {s->verdict, s->index, {}};
  const std::string folded = FoldWidth(Trim(cell));
  std::string_view text = Trim(folded);
  if (text.empty() || (rules_.nulls == nullptr && IsNullWord(text))) return {};
  if (text.size() > 1 && text[0] == '\'') text.remove_prefix(1);
  if (text.size() > 2 && text.ends_with(".0")) text.remove_suffix(2);
  if (const Spelling* s = find(text)) return {Verdict::kOkNoted, s->index, {}};
  if (rules_.is_relation) return ReadRelationTerm(cell);
  return Bad(Verdict::kBadCode, cell);
}

CellValue ColumnReader::ReadRelationTerm(std::string_view cell) const {
  const RelationReading r = ReadRelation(cell, RelationWidth::kTwo);
  if (r.verdict == Verdict::kAbsent) return {};
  const int index = IsUsable(r.verdict) ? relation_index_[static_cast<size_t>(r.code % 100)] : -1;
  if (index < 0) return Bad(Verdict::kBadCode, cell);
  return {r.verdict, index, {}};
}

CellValue ColumnReader::ReadMeasure(std::string_view cell) const {
  switch (field_.type) {
    case FieldType::kMoney: {
      const MoneyReading r = ReadMoney(cell, rules_.unit);
      return FromNumber(r.verdict, r.money.fen(), cell);
    }
    case FieldType::kDecimal: {
      const IntReading r = ReadDecimal4(cell);
      return FromNumber(r.verdict, r.value, cell);
    }
    case FieldType::kInt: {
      const IntReading r = ReadInt(cell);
      return FromNumber(r.verdict, r.value, cell);
    }
    case FieldType::kBool: {
      const BoolReading r = ReadBool(cell);
      return FromNumber(r.verdict, r.value ? 1 : 0, cell);
    }
    case FieldType::kDay: {
      const DayReading r = ReadDay(cell, rules_.serial);
      return FromNumber(r.verdict, r.day.days, cell);
    }
    default: {
      const MonthReading r = ReadMonth(cell);
      return FromNumber(r.verdict, r.month.months, cell);
    }
  }
}

std::string KeyText(const FieldSchema& field, const CellValue& value) {
  if (value.verdict == Verdict::kAbsent) return {};
  std::string text;
  if (!IsUsable(value.verdict)) {
    text = std::string(TrimUnicode(FoldWidth(TrimUnicode(value.text))));
  } else if (IsTextType(field.type)) {
    text = std::string(value.text);
  } else if (field.type == FieldType::kCode) {
    text = field.codes[static_cast<size_t>(value.number)].code;
  } else if (field.type == FieldType::kDay) {
    text = CivilDay{static_cast<int32_t>(value.number)}.ToString();
  } else if (field.type == FieldType::kMonth) {
    text = CivilMonth{static_cast<int32_t>(value.number)}.ToString();
  } else {
    text = std::to_string(value.number);
  }
  if (text.find('|') == std::string::npos) return text;
  std::string escaped;  // the bar joins the parts of a key
  for (const char c : text) {
    if (c == '|') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

}  // namespace hearth
