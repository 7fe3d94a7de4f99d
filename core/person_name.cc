// A name is decoded once into at most 64 places: a Han character, a letter, a wildcard for a character that the source
// could not write, or a syllable where it wrote pinyin. All comparison is over places, without ICU and without
// allocation.
#include "core/person_name.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>
#include <vector>

#include "core/cell_readers.h"
#include "core/han_table.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr size_t kPlacesMax = 64;
constexpr char32_t kWildcard = 0x110000;      // beyond Unicode
constexpr char32_t kSyllableBase = 0x120000;  // + syllable id
constexpr size_t kPrefixMin = 4;              // Han: an old field of 8 bytes
constexpr size_t kLatinPrefixMin = 8;
constexpr char32_t kMiddleDot = 0xB7;

struct CompoundSurname {
  std::u32string_view name;
  std::string_view reading;  // where the characters' own readings are wrong
};

constexpr CompoundSurname kCompoundSurnames[] = {
    {U"欧阳", ""}, {U"司马", ""},     {U"上官", ""},       {U"诸葛", ""},         {U"皇甫", ""}, {U"尉迟", "yuchi"},
    {U"公孙", ""}, {U"慕容", ""},     {U"司徒", ""},       {U"令狐", ""},         {U"司空", ""}, {U"东方", ""},
    {U"夏侯", ""}, {U"公羊", ""},     {U"赫连", ""},       {U"澹台", "tantai"},   {U"公冶", ""}, {U"宗政", ""},
    {U"濮阳", ""}, {U"淳于", ""},     {U"单于", "chanyu"}, {U"太叔", ""},         {U"申屠", ""}, {U"仲孙", ""},
    {U"轩辕", ""}, {U"钟离", ""},     {U"宇文", ""},       {U"长孙", "zhangsun"}, {U"鲜于", ""}, {U"闾丘", ""},
    {U"司寇", ""}, {U"呼延", ""},     {U"端木", ""},       {U"百里", ""},         {U"东郭", ""}, {U"南宫", ""},
    {U"独孤", ""}, {U"万俟", "moqi"}, {U"拓跋", ""},       {U"闻人", ""},         {U"西门", ""}, {U"第五", ""},
    {U"纳兰", ""}, {U"完颜", ""},     {U"梁丘", ""},       {U"左丘", ""},         {U"东门", ""}, {U"谷梁", ""},
};

// The surnames that most people bear; to tell two names in one cell from one name with a separator.
constexpr std::u32string_view kCommonSurnames =
    U"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    U"陆范汪廖"
    U"石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤";

constexpr std::string_view kRelationWords[] = {
    "户主", "本人", "配偶",   "丈夫", "妻子",   "妻",     "夫",     "老婆",     "老公",   "爱人",   "儿子",   "女儿",
    "儿",   "子",   "女",     "长子", "次子",   "三子",   "长女",   "次女",     "三女",   "独生子", "独生女", "父亲",
    "母亲", "父",   "母",     "爸爸", "妈妈",   "爷爷",   "奶奶",   "外公",     "外婆",   "祖父",   "祖母",   "孙子",
    "孙女", "外孙", "外孙女", "儿媳", "女婿",   "哥哥",   "弟弟",   "姐姐",     "妹妹",   "兄",     "弟",     "姐",
    "妹",   "公公", "婆婆",   "岳父", "岳母",   "监护人", "代理人", "户主本人", "非亲属", "其他",   "家属",   "合计",
    "总计", "小计", "共计",   "姓名", "联系人", "经办人", "负责人", "村委会",   "居委会",
};

constexpr std::string_view kNoteWords[] = {
    "已故", "死亡", "去世", "病故", "亡故",   "迁出", "迁入", "外出", "打工", "注销", "待查", "重名", "户主",
    "儿子", "女儿", "电话", "手机", "身份证", "空挂", "失踪", "服刑", "同上", "代领", "备注", "之妻", "之夫",
    "之子", "之女", "之母", "之父", "的妻",   "的儿", "的女", "的父", "的母", "妻子", "丈夫",
};

constexpr std::string_view kPlaceholderNames[] = {
    "不详", "不明",   "未知",   "无名", "无名氏", "佚名", "姓名不详",
    "暂无", "未取名", "未起名", "待定", "某某",   "测试", "匿名",
};

template <size_t N>
bool Contains(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool IsSeparator(char32_t c) {
  switch (c) {
    case kMiddleDot:
    case 0x2022:
    case 0x2027:
    case 0x2219:
    case 0x30FB:
    case 0xFF65:
    case 0x25CF:
    case 0xFF0E:
    case '.':
    case 0x2024:
    case 0x22C5:
    case 0x0387:
    case 0x16EB:
    case 0x2E31:
      return true;
    default:
      return false;
  }
}

bool IsWildcard(char32_t c) {
  switch (c) {
    case '?':
    case '*':
    case 0x25A1:
    case 0x25A0:
    case 0x3013:
    case 0xFFFD:
    case 0x2B1A:
    case 0x303E:
      return true;
    default:
      return false;
  }
}

bool IsAsciiLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsOpenBracket(char32_t c) { return c == '(' || c == '[' || c == '{' || c == 0x3010 || c == 0x3014; }
bool IsCloseBracket(char32_t c) { return c == ')' || c == ']' || c == '}' || c == 0x3011 || c == 0x3015; }
// Ideographic description: ⿲ and ⿳ take three parts, the others two.
bool IsDescription(char32_t c) { return c >= 0x2FF0 && c <= 0x2FFB; }

struct Places {
  std::array<char32_t, kPlacesMax> at;
  size_t size = 0;
  bool has_han = false, separated = false;
  bool wild = false;  // holds a wildcard or a syllable

  void Add(char32_t c) {
    if (size < kPlacesMax) at[size++] = c;
  }
};

// Reads the code point at *i in the form that is compared.
char32_t NextFolded(std::string_view text, size_t* i) { return FoldWidth(FoldPrivateUse(NextCodePoint(text, i))); }

// A character of U+4E00-9FFF at byte i, which is nearly every one there is; 0 for anything else.
char32_t CommonHan(std::string_view text, size_t i) {
  if (text.size() - i < 3) return 0;
  const auto a = static_cast<uint8_t>(text[i]), b = static_cast<uint8_t>(text[i + 1]),
             c = static_cast<uint8_t>(text[i + 2]);
  if (a < 0xE4 || a > 0xE9 || (b & 0xC0) != 0x80 || (c & 0xC0) != 0x80) return 0;
  const char32_t point = (a & 0x0Fu) << 12 | (b & 0x3Fu) << 6 | (c & 0x3Fu);
  return point >= 0x4E00 ? point : 0;
}

bool IsPlainHan(std::string_view text) {
  for (size_t i = 0; i < text.size(); i += 3) {
    if (CommonHan(text, i) == 0) return false;
  }
  return true;
}

// First characters of the words that make a cell no name. Most names hold none of them and need no search.
const std::bitset<0x10000>& WordInitials() {
  static const std::bitset<0x10000> initials = [] {
    std::bitset<0x10000> bits;
    const auto add = [&bits](std::string_view word) {
      size_t at = 0;
      bits.set(NextCodePoint(word, &at));
    };
    for (std::string_view word : kRelationWords) add(word);
    for (std::string_view word : kNoteWords) add(word);
    for (std::string_view word : kPlaceholderNames) add(word);
    for (std::string_view word : {"某", "无", "不", "未", "暂", "空"}) add(word);
    return bits;
  }();
  return initials;
}

// Two to six common Han, none of which begins a note, a relation word or a null word.
bool IsPlainName(std::string_view text) {
  if (text.size() < 6 || text.size() > 18 || text.size() % 3 != 0) return false;
  const std::bitset<0x10000>& initials = WordInitials();
  for (size_t i = 0; i < text.size(); i += 3) {
    const char32_t c = CommonHan(text, i);
    if (c == 0 || initials[c]) return false;
  }
  return true;
}

// Skips the parts of an ideographic description behind its operator, nested ones too.
void SkipDescription(std::string_view text, size_t* i, char32_t op) {
  size_t parts = op == 0x2FF2 || op == 0x2FF3 ? 3 : 2;
  while (parts > 0 && *i < text.size()) {
    const char32_t c = NextCodePoint(text, i);
    --parts;
    if (IsDescription(c)) parts += c == 0x2FF2 || c == 0x2FF3 ? 3 : 2;
  }
}

// A run of letters inside a Han name: the pinyin of a character that the source could not write, or unreadable.
char32_t PlaceOfLetters(std::string_view letters) {
  std::string lower;
  for (char c : letters) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const uint16_t id = HanTable::Get().SyllableId(lower);
  return id != 0 ? kSyllableBase + id : kWildcard;
}

void DecodeHan(std::string_view text, Places* out) {
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    if (const char32_t han = CommonHan(text, i); han != 0) {
      out->Add(han);
      out->has_han = true;
      i += 3;
      continue;
    }
    const char32_t c = NextFolded(text, &i);
    if (IsHan(c)) {
      out->Add(c);
      out->has_han = true;
    } else if (IsSeparator(c)) {
      out->separated = true;
    } else if (IsWildcard(c) || c == kBadChar || IsPrivateUse(c)) {
      out->Add(kWildcard);
      out->wild = true;
    } else if (IsDescription(c)) {
      SkipDescription(text, &i, c);
      out->Add(kWildcard);
      out->wild = true;
    } else if (IsOpenBracket(c)) {
      // A description such as (石+羽) stands for one character; any other note is no part of the name.
      bool plus = false;
      while (i < text.size()) {
        const char32_t inner = NextFolded(text, &i);
        if (IsCloseBracket(inner)) break;
        plus |= inner == '+';
      }
      if (plus) {
        out->Add(kWildcard);
        out->wild = true;
      }
    } else if (IsAsciiLetter(c)) {
      size_t end = i;
      while (end < text.size() && IsAsciiLetter(static_cast<unsigned char>(text[end]))) ++end;
      if (end - start <= 8 && IsAsciiLetter(static_cast<unsigned char>(text[start]))) {
        out->Add(PlaceOfLetters(text.substr(start, end - start)));
      } else {
        out->Add(kWildcard);
      }
      out->wild = true;
      i = end;
    }
  }
}

bool HasHan(std::string_view text) {
  // Han are three or four bytes; the everyday case ends at the first.
  for (size_t i = 0; i < text.size();) {
    if (IsHan(NextCodePoint(text, &i))) return true;
  }
  return false;
}

// Letters of a name in other scripts: capitals without marks, words parted by one space.
Places DecodeLatin(std::string_view text) {
  const HanTable& table = HanTable::Get();
  Places out;
  bool space = false;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = NextFolded(text, &i);
    if (IsTrimmable(c) || IsSeparator(c) || c == ',' || c == '-' || c == '_' || c == '/') {
      space = out.size > 0;
      continue;
    }
    if (c == '\'' || c == '`' || c == 0x2019 || (c >= 0x300 && c <= 0x36F)) continue;
    if (space) out.Add(' ');
    space = false;
    if (IsWildcard(c) || c == kBadChar) {
      out.Add(kWildcard);
      out.wild = true;
    } else {
      out.Add(table.BaseLetter(c));
    }
  }
  return out;
}

enum Level : uint8_t { kSame = 0, kVariantLevel = 1, kSoundLevel = 2, kShapeLevel = 3, kWildLevel = 4, kDiffers = 9 };

bool SoundsAlike(const HanTable& table, char32_t a, char32_t b, bool first) {
  const uint16_t x = table.Syllable(a), y = table.Syllable(b);
  if (x != 0 && x == y) return true;
  if (!first) return false;
  const uint16_t sx = table.SurnameSyllable(a), sy = table.SurnameSyllable(b);
  return (sx != 0 && (sx == y || sx == sy)) || (sy != 0 && sy == x);
}

// A character too rare to have a reading fits any pinyin.
bool SyllableFits(const HanTable& table, char32_t place, char32_t c, bool first) {
  const uint16_t id = static_cast<uint16_t>(place - kSyllableBase), own = table.Syllable(c);
  return own == id || own == 0 || (first && table.SurnameSyllable(c) == id);
}

Level ComparePlace(const HanTable& table, char32_t a, char32_t b, bool first) {
  if (a == b) return a == kWildcard ? kWildLevel : kSame;
  if (a == kWildcard || b == kWildcard) return kWildLevel;
  if (a >= kSyllableBase) return b >= kSyllableBase || !SyllableFits(table, a, b, first) ? kDiffers : kWildLevel;
  if (b >= kSyllableBase) return SyllableFits(table, b, a, first) ? kWildLevel : kDiffers;
  const char32_t x = table.Usual(a), y = table.Usual(b);
  if (x == y) return kVariantLevel;
  if (first && HanTable::SurnameForm(x) == HanTable::SurnameForm(y)) return kVariantLevel;
  if (SoundsAlike(table, x, y, first)) return kSoundLevel;
  if (table.LookAlike(x, y)) return kShapeLevel;
  const uint16_t sx = table.Syllable(x), sy = table.Syllable(y);
  if (!first && sx != 0 && sy != 0 && table.NearSyllable(sx) == table.NearSyllable(sy)) return kShapeLevel;
  return kDiffers;
}

constexpr NameAgreement kAgreementOf[] = {NameAgreement::kExact, NameAgreement::kVariant, NameAgreement::kHomophone,
                                          NameAgreement::kLookAlike, NameAgreement::kTruncated};

bool SamePlacesInAnyOrder(const HanTable& table, const Places& a, const Places& b) {
  std::array<char32_t, kPlacesMax> x, y;
  for (size_t i = 0; i < a.size; ++i) {
    x[i] = table.Usual(a.at[i]);
    y[i] = table.Usual(b.at[i]);
  }
  std::sort(x.begin(), x.begin() + static_cast<long>(a.size));
  std::sort(y.begin(), y.begin() + static_cast<long>(a.size));
  return std::equal(x.begin(), x.begin() + static_cast<long>(a.size), y.begin());
}

NameAgreement CompareEqualLength(const Places& a, const Places& b) {
  const HanTable& table = HanTable::Get();
  uint8_t worst = 0;
  size_t differs = 0, wild = 0;
  for (size_t i = 0; i < a.size; ++i) {
    const Level level = ComparePlace(table, a.at[i], b.at[i], i == 0);
    if (level == kDiffers) {
      ++differs;
    } else {
      worst = std::max<uint8_t>(worst, level);
      wild += level == kWildLevel;
    }
  }
  // A wildcard agrees with anything, so something else must agree too.
  if (wild == a.size) return NameAgreement::kUnknown;
  if (differs == 0) return kAgreementOf[worst];
  if (differs >= 2 && SamePlacesInAnyOrder(table, a, b)) return NameAgreement::kTransposed;
  if (differs == 1 && a.size >= 3 && wild == 0) return NameAgreement::kOneCharacter;
  return NameAgreement::kClash;
}

bool AgreesFrom(const HanTable& table, const Places& longer, size_t from, const Places& shorter, size_t at,
                size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const bool first = from + i == 0 && at + i == 0;
    const Level level = ComparePlace(table, longer.at[from + i], shorter.at[at + i], first);
    if (level > kVariantLevel && level != kWildLevel) return false;
  }
  return true;
}

NameAgreement CompareUnequalLength(const Places& longer, const Places& shorter) {
  const HanTable& table = HanTable::Get();
  const size_t n = shorter.size;
  if (n >= kPrefixMin && AgreesFrom(table, longer, 0, shorter, 0, n)) return NameAgreement::kTruncated;
  if (longer.size != n + 1 || longer.size < 3 || longer.wild || shorter.wild) return NameAgreement::kClash;
  // A husband's surname before the own name, or the surname left out.
  if (AgreesFrom(table, longer, 1, shorter, 0, n)) return NameAgreement::kOneCharacter;
  if (longer.size < 4) return NameAgreement::kClash;
  size_t same = 0;
  while (same < n && AgreesFrom(table, longer, same, shorter, same, 1)) ++same;
  return AgreesFrom(table, longer, same + 1, shorter, same, n - same) ? NameAgreement::kOneCharacter
                                                                      : NameAgreement::kClash;
}

NameAgreement CompareHan(const Places& a, const Places& b) {
  if (a.size == 0 || b.size == 0) return NameAgreement::kUnknown;
  if (a.size == b.size) return CompareEqualLength(a, b);
  return a.size > b.size ? CompareUnequalLength(a, b) : CompareUnequalLength(b, a);
}

std::vector<std::u32string_view> Words(const Places& p) {
  std::vector<std::u32string_view> words;
  const std::u32string_view text(p.at.data(), p.size);
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find(U' ', from), text.size());
    if (to > from) words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

// One letter changed, missing, or two neighbours swapped.
bool IsOneEdit(std::u32string_view a, std::u32string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() - b.size() > 1) return false;
  size_t head = 0;
  while (head < b.size() && a[head] == b[head]) ++head;
  if (a.size() > b.size()) return a.substr(head + 1) == b.substr(head);
  if (a.substr(head + 1) == b.substr(head + 1)) return true;
  return head + 1 < a.size() && a[head] == b[head + 1] && a[head + 1] == b[head] &&
         a.substr(head + 2) == b.substr(head + 2);
}

NameAgreement CompareLatin(const Places& a, const Places& b) {
  if (a.size == 0 || b.size == 0) return NameAgreement::kUnknown;
  const std::u32string_view x(a.at.data(), a.size), y(b.at.data(), b.size);
  if (x == y) return NameAgreement::kExact;
  auto words_a = Words(a), words_b = Words(b);
  if (words_a.size() < words_b.size()) std::swap(words_a, words_b);
  const auto &more = words_a, &fewer = words_b;
  const bool ends_agree = fewer.size() >= 2 && more.front() == fewer.front() && more.back() == fewer.back();
  // A middle name left out or cut to its initial.
  if (ends_agree && fewer.size() == 2 && more.size() > 2) return NameAgreement::kTruncated;
  if (ends_agree && more.size() == 3 && fewer.size() == 3 &&
      (more[1].starts_with(fewer[1]) || fewer[1].starts_with(more[1]))) {
    return NameAgreement::kTruncated;
  }
  std::u32string joined_a, joined_b;
  for (auto w : words_a) joined_a += w;
  for (auto w : words_b) joined_b += w;
  if (joined_a == joined_b) return NameAgreement::kVariant;
  std::sort(words_a.begin(), words_a.end());
  std::sort(words_b.begin(), words_b.end());
  if (words_a == words_b) return NameAgreement::kTransposed;
  const bool prefix = joined_a.starts_with(joined_b) || joined_b.starts_with(joined_a);
  if (prefix && std::min(joined_a.size(), joined_b.size()) >= kLatinPrefixMin) return NameAgreement::kTruncated;
  if (std::max(joined_a.size(), joined_b.size()) >= 3 && IsOneEdit(joined_a, joined_b))
    return NameAgreement::kOneCharacter;
  return NameAgreement::kClash;
}

int CompoundIndex(const HanTable& table, const char32_t* places, size_t size) {
  if (size < 3) return -1;  // 上官 alone, or 司马 as surname and given name, is a name of two characters
  const char32_t a = table.Usual(places[0]), b = table.Usual(places[1]);
  for (size_t i = 0; i < std::size(kCompoundSurnames); ++i) {
    if (kCompoundSurnames[i].name[0] == a && kCompoundSurnames[i].name[1] == b) return static_cast<int>(i);
  }
  return -1;
}

void AppendReading(const HanTable& table, char32_t place, bool surname, std::string* out) {
  if (place == kWildcard) {
    *out += '?';
  } else if (place >= kSyllableBase) {
    *out += table.SyllableText(static_cast<uint16_t>(place - kSyllableBase));
  } else {
    const char32_t c = table.Usual(place);
    uint16_t id = surname ? table.SurnameSyllable(c) : 0;
    if (id == 0) id = table.Syllable(c);
    if (id != 0) {
      *out += table.SyllableText(id);
    } else {
      AppendUtf8(c, out);
    }
  }
}

std::string HanReading(const Places& p, size_t from, size_t to, bool surname_first) {
  const HanTable& table = HanTable::Get();
  std::string out;
  for (size_t i = from; i < to; ++i) AppendReading(table, p.at[i], surname_first && i == 0, &out);
  return out;
}

std::string HanPinyin(const Places& p) {
  const HanTable& table = HanTable::Get();
  const int compound = p.separated ? -1 : CompoundIndex(table, p.at.data(), p.size);
  if (compound >= 0 && !kCompoundSurnames[compound].reading.empty()) {
    return std::string(kCompoundSurnames[compound].reading) + HanReading(p, 2, p.size, false);
  }
  return HanReading(p, 0, p.size, !p.separated && compound < 0);
}

// A Han name against its pinyin in either order: "WANG FANG", "Fang Wang".
NameAgreement CompareHanWithLatin(const Places& han, const Places& latin) {
  if (han.size == 0 || latin.size == 0) return NameAgreement::kUnknown;
  std::string letters;
  for (size_t i = 0; i < latin.size; ++i) {
    const char32_t c = latin.at[i];
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
  }
  const std::string pinyin = HanPinyin(han), plain = HanReading(han, 0, han.size, false);
  const auto fits = [&letters](std::string text) {
    if (text == letters) return true;
    std::replace(text.begin(), text.end(), 'v', 'u');  // passports write ü as YU or U
    return text == letters;
  };
  if (fits(pinyin) || fits(plain)) return NameAgreement::kHomophone;
  const size_t surname = CompoundIndex(HanTable::Get(), han.at.data(), han.size) >= 0 ? 2 : 1;
  if (surname < han.size && fits(HanReading(han, surname, han.size, false) + HanReading(han, 0, surname, true))) {
    return NameAgreement::kHomophone;
  }
  return NameAgreement::kClash;
}

bool IsCommonSurname(char32_t c) { return kCommonSurnames.find(HanTable::Get().Usual(c)) != std::u32string_view::npos; }

// "王芳 李明": two parts of 2 or 3 Han that both begin with a common surname.
bool LooksLikeTwoNames(std::u32string_view name) {
  const size_t gap = name.find(U' ');
  if (gap == std::u32string_view::npos || name.find(U' ', gap + 1) != std::u32string_view::npos) return false;
  const auto is_name = [](std::u32string_view part) {
    return (part.size() == 2 || part.size() == 3) && std::all_of(part.begin(), part.end(), IsHan) &&
           IsCommonSurname(part[0]);
  };
  return is_name(name.substr(0, gap)) && is_name(name.substr(gap + 1));
}

}  // namespace

std::string_view NameAgreementName(NameAgreement a) {
  constexpr std::string_view kNames[] = {"exact",      "variant",       "homophone", "look_alike", "truncated",
                                         "transposed", "one_character", "clash",     "unknown"};
  return kNames[static_cast<size_t>(a)];
}

NameAgreement CompareNames(std::string_view a, std::string_view b) {
  const bool han_a = HasHan(a), han_b = HasHan(b);
  if (!han_a && !han_b) return CompareLatin(DecodeLatin(a), DecodeLatin(b));
  Places x, y;
  if (han_a) DecodeHan(a, &x);
  if (han_b) DecodeHan(b, &y);
  if (han_a && han_b) return CompareHan(x, y);
  return han_a ? CompareHanWithLatin(x, DecodeLatin(b)) : CompareHanWithLatin(y, DecodeLatin(a));
}

std::string FoldName(std::string_view raw) {
  if (IsPlainHan(raw)) return std::string(raw);
  const std::string normal = ToNfc(FoldPrivateUse(TrimUnicode(raw)));
  std::u32string places;
  size_t han = 0;
  for (size_t i = 0; i < normal.size();) {
    char32_t c = FoldWidth(NextCodePoint(normal, &i));
    if (c >= 0x200B && c <= 0x200D) continue;
    if (IsTrimmable(c)) c = ' ';
    if (c == ' ' && (places.empty() || places.back() == ' ')) continue;
    han += IsHan(c);
    places += c;
  }
  // Between Han, a dot of any make is the separator. A full stop between letters ("J. Smith") is not.
  for (size_t i = 1; i + 1 < places.size(); ++i) {
    if (!IsSeparator(places[i])) continue;
    const bool letters = !IsHan(places[i - 1]) && !IsHan(places[i + 1]);
    if (places[i] != '.' || !letters) places[i] = kMiddleDot;
  }
  std::u32string out;
  for (size_t i = 0; i < places.size(); ++i) {
    const bool inner = i > 0 && i + 1 < places.size();
    if (places[i] == ' ' && inner) {
      const bool by_dot = places[i - 1] == kMiddleDot || places[i + 1] == kMiddleDot;
      if (by_dot) continue;
      const bool by_han = IsHan(places[i - 1]) || IsHan(places[i + 1]);
      if (by_han) {
        // Short names are spaced to look even; longer ones write the separator as a space.
        const bool spaced = han <= 3 || i == 1 || (i == 2 && CompoundIndex(HanTable::Get(), out.data(), 3) >= 0);
        const bool pairs = i >= 2 && places.size() - i > 2;
        if (spaced || !pairs) continue;
        out += kMiddleDot;
        continue;
      }
    }
    out += places[i];
  }
  return EncodeUtf8(out);
}

Verdict ClassifyName(std::string_view raw) {
  if (IsPlainName(raw)) return Verdict::kOk;
  const std::string_view trimmed = TrimUnicode(raw);
  if (IsNullWord(trimmed)) return trimmed == "不详" || trimmed == "未知" ? Verdict::kPlaceholder : Verdict::kAbsent;
  if (!IsValidUtf8(trimmed) || HasControl(trimmed)) return Verdict::kBadCharacter;
  const std::string folded = FoldWidth(FoldPrivateUse(trimmed));
  if (Contains(kPlaceholderNames, folded)) return Verdict::kPlaceholder;
  if (Contains(kRelationWords, folded) || folded.size() > 200) return Verdict::kBadName;
  for (std::string_view word : kNoteWords) {
    if (folded.find(word) != std::string::npos) return Verdict::kBadName;
  }
  const std::u32string name = DecodeUtf8(folded);
  size_t han = 0, other = 0, wild = 0;
  bool in_brackets = false, description = false, noted = false;
  for (size_t i = 0; i < name.size(); ++i) {
    const char32_t c = name[i];
    if (IsOpenBracket(c)) {
      in_brackets = true;
      description = false;
    } else if (IsCloseBracket(c)) {
      noted |= !description;
      in_brackets = false;
      ++wild;
    } else if (in_brackets) {
      description |= c == '+';
    } else if (c >= '0' && c <= '9') {
      return Verdict::kBadName;
    } else if (c == U'、' || c == ';' || c == '\n' || c == '\r' || c == '\t' || c == '|' || c == '&' || c == ':' ||
               c == '@' || c == '=' || c == '#' || c == U'。' || c == '"' || c == '!') {
      return Verdict::kBadName;
    } else if ((c == ',' || c == '/' || c == '+') && han > 0) {
      return Verdict::kBadName;
    } else if (IsWildcard(c)) {
      ++wild;
    } else if (IsHan(c)) {
      ++han;
    } else if (IsDescription(c)) {
      ++wild;
    } else if (IsPrivateUse(c)) {
      ++wild;
    } else if (!IsTrimmable(c) && !IsSeparator(c) && c != '-' && c != '\'') {
      ++other;
    }
  }
  if (noted || in_brackets) return Verdict::kBadName;
  if (han + other == 0) return Verdict::kPlaceholder;
  if (han >= 2 && (name.back() == U'某' || folded.find("某某") != std::string::npos)) return Verdict::kMasked;
  if (LooksLikeTwoNames(name)) return Verdict::kBadName;
  if (han + other + wild == 1) return Verdict::kBadName;
  const std::u32string_view view(name);
  const bool separated =
      std::any_of(view.begin(), view.end(), [](char32_t c) { return IsSeparator(c) || IsTrimmable(c); });
  // Names of seven Han and more without a separator are sentences or two names.
  if (han >= 7 && other == 0 && !separated) return Verdict::kBadName;
  return Verdict::kOk;
}

std::string PinyinKey(std::string_view name) {
  if (HasHan(name)) {
    Places p;
    DecodeHan(name, &p);
    return HanPinyin(p);
  }
  const Places p = DecodeLatin(name);
  auto words = Words(p);
  std::sort(words.begin(), words.end());
  std::string out;
  for (std::u32string_view word : words) {
    for (char32_t c : word) {
      if (c >= 'A' && c <= 'Z') {
        out += static_cast<char>(c - 'A' + 'a');
      } else {
        AppendUtf8(c == kWildcard ? U'?' : c, &out);
      }
    }
  }
  return out;
}

std::string FoldedNameKey(std::string_view name) {
  const HanTable& table = HanTable::Get();
  Places p;
  if (HasHan(name)) {
    DecodeHan(name, &p);
  } else {
    p = DecodeLatin(name);
  }
  std::string out;
  for (size_t i = 0; i < p.size; ++i) {
    const char32_t c = p.at[i];
    if (c == kWildcard) {
      out += '?';
    } else if (c >= kSyllableBase) {
      out += table.SyllableText(static_cast<uint16_t>(c - kSyllableBase));
    } else {
      const char32_t usual = table.Usual(c);
      AppendUtf8(i == 0 && !p.separated ? HanTable::SurnameForm(usual) : usual, &out);
    }
  }
  return out;
}

int SurnameLength(std::string_view folded_name) {
  if (!HasHan(folded_name)) return 0;
  Places p;
  DecodeHan(folded_name, &p);
  if (p.separated || p.size == 0) return 0;
  return CompoundIndex(HanTable::Get(), p.at.data(), p.size) >= 0 ? 2 : 1;
}

std::string_view SyllableOf(char32_t han) {
  const HanTable& table = HanTable::Get();
  return table.SyllableText(table.Syllable(han));
}

char32_t SimplifiedOf(char32_t han) { return HanTable::Get().Usual(han); }

}  // namespace hearth
