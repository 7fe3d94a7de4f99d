#include "core/han_table.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <memory>

#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

// Surnames whose reading may differ from the everyday one; ICU's rules for names decide.
constexpr std::u32string_view kSurnamesToAsk =
    U"曾单解仇任查乐翟盖朴区繁种洗员句秘黑折那缪重召祭过燕华哈柏卜车纪葛宁令长覃隗瞿谌牟贲尉万澹逄宓佘适";

// Variant character, usual form: pairs that the simplification table of ICU does not have.
constexpr std::u32string_view kVariants =
    U"峯峰堃坤喆哲昇升陞升崐昆崑昆菓果煇辉燿耀栢柏淨净脩修遊游兪俞呂吕宮宫徳德黃黄淸清靑青眞真尙尚強强囯国産产姸妍戶户"
    U"晩晚毎每顔颜凃涂閆闫祿禄錄录悅悦銳锐衞卫勗勖甯宁龑䶮髙高亱夜仚仙秊年畄留彔录槑梅昻昂湻淳迺乃";

// Surname pairs interchanged in registration: from, to.
constexpr std::u32string_view kSurnamePairs = U"萧肖傅付阎闫戴代丘邱於于";

// Characters mistaken for one another, in groups parted by spaces. 陈 and 程, 黄 and 王 sound near in many places.
constexpr std::u32string_view kLookAlikeGroups =
    U"己已巳 未末 柬东 宇字 晨辰 陈程 张章 土士 王玉 日曰 刘刈 侯候 祖租 治冶 凤风 干千 大太 天夫 贝见 白百 田由甲申 "
    U"搏博 崔催 晴睛 "
    U"舂春 梁粱 代伐 沐沭 冰沐 竞竟 拔拨 折拆 享亨 茶荼 戊戌戍 汆氽 兔免 今令 人入 木本 目自 问间 午牛 庄压 住往 佳住 "
    U"淮准 侍待 桂挂 "
    U"杨扬 杭抗 根跟 梅海 瑞端 玲铃 伶怜 苏办 芬芳 芸芝 茹菇 萍苹 莹荧 蓉容 云去 兴兰 兰三 卫卩 厉历 友发 史吏 叶吐 "
    U"吴吕 哀衰 喜嘉 "
    U"黄王 林淋 何河 万方 罗萝 彭澎";

std::string Toneless(const icu::UnicodeString& line) {
  std::string utf8, out;
  line.toUTF8String(utf8);
  for (size_t i = 0; i < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, &i);
    const bool umlaut = c == U'ü' || c == U'ǖ' || c == U'ǘ' || c == U'ǚ' || c == U'ǜ';
    if (umlaut) {
      out += 'v';
      continue;
    }
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString parts;
    if (!icu::Normalizer2::getNFDInstance(error)->getDecomposition(static_cast<UChar32>(c), parts))
      parts.append(static_cast<UChar32>(c));
    const UChar32 base = parts.char32At(0);
    if (base >= 'a' && base <= 'z') {
      out += static_cast<char>(base);
    } else {
      return {};
    }
  }
  return out;
}

std::unique_ptr<icu::Transliterator> MakeTransliterator(const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> t(
      icu::Transliterator::createInstance(icu::UnicodeString(id, -1, US_INV), UTRANS_FORWARD, error));
  HEARTH_CHECK(U_SUCCESS(error) && t != nullptr, std::string("ICU has no transliterator ") + id);
  return t;
}

// Transliterates characters one by one, in one go: each on a line of its own, so that no rule sees a neighbour.
std::vector<icu::UnicodeString> Transliterate(const char* id, std::u32string_view characters) {
  icu::UnicodeString text;
  for (char32_t c : characters) text.append(static_cast<UChar32>(c)).append(static_cast<UChar32>('\n'));
  MakeTransliterator(id)->transliterate(text);
  std::vector<icu::UnicodeString> lines;
  for (int32_t from = 0, to; (to = text.indexOf(static_cast<char16_t>('\n'), from)) >= 0; from = to + 1) {
    lines.emplace_back(text, from, to - from);
  }
  HEARTH_CHECK(lines.size() == characters.size(), "ICU changed the number of lines");
  return lines;
}

std::u32string Range(char32_t first, char32_t last) {
  std::u32string out;
  for (char32_t c = first; c <= last; ++c) out += c;
  return out;
}

// "zhang" -> "zan"
std::string NearText(std::string_view syllable) {
  std::string out(syllable);
  if (out.size() > 2 && out[1] == 'h') out.erase(1, 1);
  if (out.ends_with("ng")) out.pop_back();
  return out;
}

}  // namespace

const HanTable& HanTable::Get() {
  static const HanTable* const table = new HanTable();  // never destroyed: threads may outlive main
  return *table;
}

HanTable::HanTable()
    : syllable_(kLast - kFirst + 1), usual_(kLast - kFirst + 1), compatibility_(0x200), syllables_(1), near_(1) {
  ReadSyllables();
  ReadSurnames();
  ReadUsualForms();
  ReadLookAlikes();
  ReadBaseLetters();
  std::map<std::string, uint16_t> near_ids;
  near_.resize(syllables_.size());
  for (size_t id = 1; id < syllables_.size(); ++id) {
    near_[id] = near_ids.try_emplace(NearText(syllables_[id]), static_cast<uint16_t>(id)).first->second;
  }
}

uint16_t HanTable::AddSyllable(std::string_view text) {
  if (text.empty()) return 0;
  const uint16_t known = SyllableId(text);
  if (known != 0) return known;
  syllables_.emplace_back(text);
  return static_cast<uint16_t>(syllables_.size() - 1);
}

uint16_t HanTable::SyllableId(std::string_view text) const {
  // Some 420 entries; used while building and for the rare name that mixes Han with pinyin.
  for (size_t id = 1; id < syllables_.size(); ++id) {
    if (syllables_[id] == text) return static_cast<uint16_t>(id);
  }
  return 0;
}

void HanTable::ReadSyllables() {
  const std::u32string all = Range(0x4E00, kLast);
  const auto lines = Transliterate("Han-Latin", all);
  std::map<std::string, uint16_t, std::less<>> ids;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string text = Toneless(lines[i]);
    if (text.empty()) continue;
    const auto [at, fresh] = ids.try_emplace(text, static_cast<uint16_t>(syllables_.size()));
    if (fresh) syllables_.push_back(text);
    syllable_[all[i] - kFirst] = at->second;
  }
}

void HanTable::ReadSurnames() {
  // One call a character: the rules for names look at neighbours across lines.
  const auto names = MakeTransliterator("Han-Latin/Names");
  for (char32_t c : kSurnamesToAsk) {
    icu::UnicodeString text(static_cast<UChar32>(c));
    names->transliterate(text);
    const uint16_t id = AddSyllable(Toneless(text));
    if (id != 0 && id != Syllable(c)) surnames_.push_back({c, id});
  }
  std::sort(surnames_.begin(), surnames_.end(), [](const auto& a, const auto& b) { return a.c < b.c; });
}

void HanTable::ReadUsualForms() {
  const std::u32string all = Range(kFirst, kLast);
  const auto lines = Transliterate("Traditional-Simplified", all);
  for (size_t i = 0; i < all.size(); ++i) {
    usual_[i] = lines[i].countChar32() == 1 ? static_cast<char32_t>(lines[i].char32At(0)) : all[i];
  }
  // ICU simplifies 乾 to 干 and 於 to 于; as given names and surnames they are interchanged too.
  for (size_t i = 0; i + 1 < kVariants.size(); i += 2) usual_[kVariants[i] - kFirst] = kVariants[i + 1];
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  for (char32_t c = 0xF900; c <= 0xFAFF; ++c) {
    const icu::UnicodeString normal = nfc->normalize(icu::UnicodeString(static_cast<UChar32>(c)), error);
    compatibility_[c - 0xF900] = static_cast<char32_t>(normal.char32At(0));
  }
}

void HanTable::ReadLookAlikes() {
  size_t from = 0;
  while (from < kLookAlikeGroups.size()) {
    const size_t to = std::min(kLookAlikeGroups.find(U' ', from), kLookAlikeGroups.size());
    for (size_t i = from; i < to; ++i) {
      for (size_t j = from; j < to; ++j) {
        if (i != j) look_alikes_.emplace_back(kLookAlikeGroups[i], kLookAlikeGroups[j]);
      }
    }
    from = to + 1;
  }
  std::sort(look_alikes_.begin(), look_alikes_.end());
}

void HanTable::ReadBaseLetters() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  for (char32_t c = 0; c < 0x250; ++c) {
    icu::UnicodeString parts;
    const bool split = nfd->getDecomposition(static_cast<UChar32>(c), parts);
    base_.push_back(static_cast<char32_t>(u_toupper(split ? parts.char32At(0) : static_cast<UChar32>(c))));
  }
}

uint16_t HanTable::SurnameSyllable(char32_t c) const {
  const auto at = std::lower_bound(surnames_.begin(), surnames_.end(), c,
                                   [](const SurnameReading& s, char32_t v) { return s.c < v; });
  return at != surnames_.end() && at->c == c ? at->syllable : 0;
}

bool HanTable::LookAlike(char32_t a, char32_t b) const {
  return std::binary_search(look_alikes_.begin(), look_alikes_.end(), std::pair(a, b));
}

char32_t HanTable::SurnameForm(char32_t usual) {
  for (size_t i = 0; i < kSurnamePairs.size(); i += 2) {
    if (kSurnamePairs[i] == usual) return kSurnamePairs[i + 1];
  }
  return usual;
}

char32_t HanTable::BaseLetter(char32_t c) const {
  return c < base_.size() ? base_[c] : static_cast<char32_t>(u_toupper(static_cast<UChar32>(c)));
}

}  // namespace hearth
