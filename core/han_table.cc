#include "core/han_table.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/han_data.inc"
#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

struct SurnameText {
  char32_t c;
  std::string_view reading;
};

// Surnames that are not read as the everyday word is.
constexpr SurnameText kSurnameReadings[] = {
    {U'乐', "yue"},  {U'仇', "qiu"},  {U'区', "ou"},   {U'单', "shan"}, {U'卜', "bu"},    {U'召', "shao"},
    {U'员', "yun"},  {U'尉', "yu"},   {U'折', "she"},  {U'曾', "zeng"}, {U'朴', "piao"},  {U'查', "zha"},
    {U'洗', "xian"}, {U'牟', "mu"},   {U'盖', "ge"},   {U'祭', "zhai"}, {U'种', "chong"}, {U'秘', "bi"},
    {U'繁', "po"},   {U'缪', "miao"}, {U'翟', "zhai"}, {U'解', "xie"},  {U'重', "chong"}, {U'长', "chang"},
    {U'隗', "wei"},  {U'黑', "he"},
};

// Variant character, usual form: pairs that the simplification table of ICU does not have.
constexpr std::u32string_view kVariants =
    U"峯峰堃坤喆哲昇升陞升崐昆崑昆菓果煇辉燿耀栢柏淨净脩修遊游兪俞呂吕宮宫徳德黃黄淸清靑青眞真尙尚強强囯国産产姸妍戶户"
    U"晩晚毎每顔颜凃涂閆闫祿禄錄录悅悦銳锐衞卫勗勖甯宁龑䶮髙高亱夜仚仙秊年畄留彔录槑梅昻昂湻淳迺乃";

// Surname pairs interchanged in registration: from, to.
constexpr std::u32string_view kSurnamePairs = U"萧肖傅付阎闫戴代丘邱於于";

// Characters mistaken for one another that the shared components do not show, in groups parted by spaces. 陈 and 程, 黄
// and 王 sound near in many places.
constexpr std::u32string_view kLookAlikeGroups =
    U"己已巳 未末 柬东 宇字 晨辰 陈程 张章 土士 王玉 日曰 刘刈 侯候 祖租 治冶 凤风 干千 大太 天夫 贝见 白百 田由甲申 "
    U"搏博 崔催 晴睛 "
    U"舂春 梁粱 代伐 沐沭 冰沐 竞竟 拔拨 折拆 享亨 茶荼 戊戌戍 汆氽 兔免 今令 人入 木本 目自 问间 午牛 庄压 住往 佳住 "
    U"淮准 侍待 桂挂 "
    U"杨扬 杭抗 根跟 梅海 瑞端 玲铃 伶怜 苏办 芬芳 芸芝 茹菇 萍苹 莹荧 蓉容 云去 兴兰 兰三 卫卩 厉历 友发 史吏 叶吐 "
    U"吴吕 哀衰 喜嘉 "
    U"黄王 林淋 何河 万方 罗萝 彭澎 彬杉 李季";

// Calls `take` with each word of a table of han_data.inc.
template <typename Take>
void ForEachWord(std::string_view table, Take take) {
  for (size_t from = 0; from < table.size();) {
    const size_t to = table.find(' ', from);
    take(table.substr(from, to - from));
    from = to + 1;
  }
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

uint16_t HanTable::SyllableId(std::string_view text) const {
  // The data file sorts them; id 0 is empty and sorts first.
  const auto at = std::lower_bound(syllables_.begin() + 1, syllables_.end(), text);
  return at != syllables_.end() && *at == text ? static_cast<uint16_t>(at - syllables_.begin()) : 0;
}

void HanTable::ReadSyllables() {
  ForEachWord(kHanReadings, [this](std::string_view word) {
    if (IsAscii(word)) {
      syllables_.push_back(word);
      return;
    }
    const auto id = static_cast<uint16_t>(syllables_.size() - 1);
    for (size_t i = 0; i < word.size();) {
      const char32_t c = NextCodePoint(word, &i);
      if (c >= kFirst && c <= kLast) {
        syllable_[c - kFirst] = id;
      } else {
        rare_.push_back({c, id});
      }
    }
  });
  std::sort(rare_.begin(), rare_.end(), [](const auto& a, const auto& b) { return a.c < b.c; });
}

void HanTable::ReadSurnames() {
  for (const SurnameText& surname : kSurnameReadings) {
    const uint16_t id = SyllableId(surname.reading);
    HEARTH_CHECK(id != 0, "a surname reading that is no syllable: " + std::string(surname.reading));
    if (id != Syllable(surname.c)) surnames_.push_back({surname.c, id});
  }
  std::sort(surnames_.begin(), surnames_.end(), [](const auto& a, const auto& b) { return a.c < b.c; });
}

void HanTable::ReadUsualForms() {
  for (char32_t c = kFirst; c <= kLast; ++c) usual_[c - kFirst] = c;
  ForEachWord(kHanUsualForms, [this](std::string_view word) {
    size_t i = 0;
    const char32_t from = NextCodePoint(word, &i);
    usual_[from - kFirst] = NextCodePoint(word, &i);
  });
  // Given names and surnames interchange more than running text does.
  for (size_t i = 0; i + 1 < kVariants.size(); i += 2) usual_[kVariants[i] - kFirst] = kVariants[i + 1];
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  for (char32_t c = 0xF900; c <= 0xFAFF; ++c) {
    const icu::UnicodeString normal = nfc->normalize(icu::UnicodeString(static_cast<UChar32>(c)), error);
    compatibility_[c - 0xF900] = Usual(static_cast<char32_t>(normal.char32At(0)));
  }
}

void HanTable::ReadLookAlikes() {
  std::vector<std::pair<char32_t, char32_t>> pairs;
  const auto add = [&pairs](char32_t a, char32_t b) {
    const bool in_reach = std::min(a, b) >= kFirst && std::max(a, b) <= kLast;
    if (!in_reach) return;
    pairs.emplace_back(a, b);
    pairs.emplace_back(b, a);
  };
  ForEachWord(kHanLookAlikes, [&add](std::string_view word) {
    size_t i = 0;
    const char32_t c = NextCodePoint(word, &i);
    while (i < word.size()) add(c, NextCodePoint(word, &i));
  });
  for (size_t from = 0; from < kLookAlikeGroups.size();) {
    const size_t to = std::min(kLookAlikeGroups.find(U' ', from), kLookAlikeGroups.size());
    for (size_t i = from; i < to; ++i) {
      for (size_t j = i + 1; j < to; ++j) add(kLookAlikeGroups[i], kLookAlikeGroups[j]);
    }
    from = to + 1;
  }
  std::sort(pairs.begin(), pairs.end());
  look_alike_from_.assign(kLast - kFirst + 2, 0);
  for (const auto& [c, other] : pairs) ++look_alike_from_[c - kFirst + 1];
  for (size_t i = 1; i < look_alike_from_.size(); ++i) look_alike_from_[i] += look_alike_from_[i - 1];
  for (const auto& [c, other] : pairs) look_alikes_.push_back(other);
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
  const auto at =
      std::lower_bound(surnames_.begin(), surnames_.end(), c, [](const Reading& s, char32_t v) { return s.c < v; });
  return at != surnames_.end() && at->c == c ? at->syllable : 0;
}

uint16_t HanTable::RareSyllable(char32_t c) const {
  const auto at = std::lower_bound(rare_.begin(), rare_.end(), c, [](const Reading& r, char32_t v) { return r.c < v; });
  return at != rare_.end() && at->c == c ? at->syllable : 0;
}

bool HanTable::LookAlike(char32_t a, char32_t b) const {
  if (a < kFirst || a > kLast) return false;
  const auto from = look_alikes_.begin() + look_alike_from_[a - kFirst];
  const auto to = look_alikes_.begin() + look_alike_from_[a - kFirst + 1];
  return std::find(from, to, b) != to;
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
