#include "matchers/similarity/name_similarity.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/person_name.h"
#include "core/text.h"
#include "matchers/similarity/damerau.h"
#include "matchers/similarity/name_fold.h"
#include "matchers/similarity/name_words.h"

namespace hearth {
namespace {

using Word = PreparedName::Word;

constexpr size_t kWordBytesMax = 64;
constexpr double kParticleWeight = 0.15, kGenericWeight = 0.4, kInitialWeight = 0.5, kNumberWeight = 0.7;
constexpr double kReplacedShare = 3;
constexpr double kAddedShareOfPerson = 0.25, kAddedShareOfOrganisation = 1.2;
// Below this two spellings are two words; from there the value falls faster than the similarity.
constexpr double kSpellingMin = 0.66, kSpellingSlope = 1.2;
constexpr double kSoundShare = 0.97;  // a word that only sounds the same is a little less the same
constexpr double kInitialValue = 0.9, kNicknameValue = 0.9, kAcronymScore = 0.75;
constexpr double kWholeSlope = 2.5;       // for names compared as one string, word borders and all
constexpr double kConflictFactor = 0.65;  // other numbers, generations: below kNameMatchMin whatever else agrees
constexpr double kPatronymicMin = 0.85;
constexpr double kSyllableSlope = 1.5;
// A Han name's pinyin is known to the letter: two letters off are another character.
constexpr double kPinyinScore = 0.95, kNoPinyinFactor = 0.8;
constexpr size_t kAcronymMin = 3;

// By NameAgreement. A homophone alone is a typist's likeliest slip, one other character another person.
constexpr double kHanScores[] = {1, 0.97, 0.8, 0.75, 0.75, 0.85, 0.5, 0.1, 0};

bool IsWordByte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsNumber(std::string_view word) { return std::any_of(word.begin(), word.end(), IsDigit); }

// Words in order. For organisations "A.B.C." is one word; for persons the dots part initials.
std::vector<std::string> SplitWords(std::string_view folded, bool organisation) {
  std::vector<std::string> words;
  bool joins = false;  // the last word is a row of single letters with dots, which goes on
  for (size_t i = 0; i < folded.size();) {
    if (!IsWordByte(folded[i])) {
      if (folded[i] == '&') words.emplace_back("and");
      if (folded[i] != '.') joins = false;
      ++i;
      continue;
    }
    size_t to = i;
    while (to < folded.size() && IsWordByte(folded[to])) ++to;
    const std::string_view word = folded.substr(i, std::min(to - i, kWordBytesMax));
    const bool dotted = to - i == 1 && to < folded.size() && folded[to] == '.';
    if (joins && organisation && to - i == 1) {
      words.back() += word;
    } else {
      words.emplace_back(word);
    }
    joins = organisation && (dotted || joins) && to - i == 1;
    i = to;
  }
  return words;
}

void StripLegalForms(std::vector<std::string>* words, bool* had) {
  *had = false;
  for (bool found = true; found;) {
    found = false;
    const size_t head = LegalFormLength(*words, 0);
    if (head > 0 && head < words->size()) {
      words->erase(words->begin(), words->begin() + static_cast<long>(head));
      found = *had = true;
    }
    for (size_t from = words->size() > 6 ? words->size() - 6 : 1; from < words->size(); ++from) {
      if (LegalFormLength(*words, from) != words->size() - from) continue;
      words->resize(from);
      found = *had = true;
      break;
    }
    // "Acme & Co": the joining word goes with the form.
    if (found && words->size() > 1 && words->back() == "and") words->pop_back();
  }
}

// Titles before a name, unless a comma shows that the first word is the surname.
void StripTitles(std::vector<std::string>* words) {
  size_t count = 0;
  while (count + 1 < words->size() && IsTitle((*words)[count])) ++count;
  words->erase(words->begin(), words->begin() + static_cast<long>(count));
}

// Digits typed for letters: "sm1th".
std::string LettersForDigits(std::string word) {
  const auto digits = std::count_if(word.begin(), word.end(), IsDigit);
  if (digits == 0 || 2 * static_cast<size_t>(digits) >= word.size()) return word;
  constexpr std::string_view kLetters = "oizeasgtbg";
  for (char& c : word) {
    if (IsDigit(c)) c = kLetters[static_cast<size_t>(c - '0')];
  }
  return word;
}

double WeightOf(std::string_view word) { return 0.5 + 0.5 * static_cast<double>(std::min<size_t>(word.size(), 8)) / 8; }

void Spell(Word* word, std::string text) {
  word->text = std::move(text);
  word->sound = SoundSpelling(word->text);
  word->consonants = Consonants(word->sound);
  word->formal = FormalName(word->text);
  word->patronymic = IsPatronymic(word->text);
}

Word MakeWord(std::string text, bool organisation, bool last) {
  Word word;
  const WordRole role = RoleOf(text, organisation);
  word.number = organisation && IsNumber(text);
  word.initial = !organisation && text.size() == 1;
  word.particle = !word.initial && (role == WordRole::kParticle || (!organisation && !last && IsTitle(text)));
  word.weight = word.number                  ? kNumberWeight
                : word.initial               ? kInitialWeight
                : word.particle              ? kParticleWeight
                : role == WordRole::kGeneric ? kGenericWeight
                                             : WeightOf(text);
  Spell(&word, std::move(text));
  return word;
}

double Closeness(std::string_view a, std::string_view b) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer == 0) return 0;
  return 1 - static_cast<double>(OptimalStringAlignment(a, b)) / static_cast<double>(longer);
}

// What a pair of words is worth, 0 to 1; 0 when they are two words.
double PairValue(const Word& a, const Word& b, bool organisation, bool consonants_only) {
  if (a.text == b.text) return 1;
  if (a.number || b.number) return 0;
  if (a.initial || b.initial) return a.text[0] == b.text[0] && !a.particle && !b.particle ? kInitialValue : 0;
  if (a.particle != b.particle) return 0;
  if (!organisation && a.formal == b.formal) return kNicknameValue;
  const double close = consonants_only ? Closeness(a.consonants, b.consonants)
                                       : std::max(Closeness(a.text, b.text), kSoundShare * Closeness(a.sound, b.sound));
  if (!organisation && a.patronymic && b.patronymic && close < kPatronymicMin) return 0;
  if (close < kSpellingMin) return 0;
  return 1 - kSpellingSlope * (1 - close);
}

bool HasVowel(std::string_view word) { return word.find_first_of("aeiouy") != std::string_view::npos; }

// Joins two neighbours that the other side writes as one word, or as a pair of initials ("jc" for jean claude).
void JoinNeighbours(std::vector<Word>* words, const std::vector<Word>& other, bool organisation) {
  for (size_t i = 0; i + 1 < words->size(); ++i) {
    Word &left = (*words)[i], &right = (*words)[i + 1];
    if (left.number || right.number) continue;
    const std::string both = left.text + right.text;
    for (const Word& whole : other) {
      const bool written = both.size() >= 4 && whole.text.size() >= 4 && whole.text != left.text &&
                           whole.text != right.text &&
                           OptimalStringAlignment(both, whole.text) <= (both.size() >= 8 ? 1 : 0);
      const bool initials = !organisation && whole.text.size() == 2 && !HasVowel(whole.text) &&
                            left.text[0] == whole.text[0] && right.text[0] == whole.text[1];
      if (!written && !initials) continue;
      left.particle = left.initial = false;
      left.weight = std::max(WeightOf(whole.text), whole.weight);
      Spell(&left, initials ? whole.text : both);
      words->erase(words->begin() + static_cast<long>(i) + 1);
      break;
    }
  }
}

// Best assignment of rows to columns, rows <= columns, by shortest augmenting paths with potentials (Kuhn, Munkres).
// cost(i, j) is made small for good pairs. Returns the column of each row.
template <typename Cost>
std::array<size_t, kNameWordsMax> Assign(size_t rows, size_t columns, Cost cost) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  std::array<double, kNameWordsMax + 1> of_row{}, of_column{}, slack;
  std::array<size_t, kNameWordsMax + 1> row_at{}, before{};  // 1-based; 0 is free
  for (size_t row = 1; row <= rows; ++row) {
    std::array<bool, kNameWordsMax + 1> used{};
    slack.fill(kFar);
    size_t column = 0;
    row_at[0] = row;
    do {
      used[column] = true;
      const size_t from = row_at[column];
      size_t next = 0;
      double least = kFar;
      for (size_t j = 1; j <= columns; ++j) {
        if (used[j]) continue;
        const double reduced = cost(from - 1, j - 1) - of_row[from] - of_column[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          before[j] = column;
        }
        if (slack[j] < least) {
          least = slack[j];
          next = j;
        }
      }
      for (size_t j = 0; j <= columns; ++j) {
        if (used[j]) {
          of_row[row_at[j]] += least;
          of_column[j] -= least;
        } else {
          slack[j] -= least;
        }
      }
      column = next;
    } while (row_at[column] != 0);
    for (; column != 0; column = before[column]) row_at[column] = row_at[before[column]];
  }
  std::array<size_t, kNameWordsMax> columns_of{};
  for (size_t j = 1; j <= columns; ++j) {
    if (row_at[j] != 0) columns_of[row_at[j] - 1] = j - 1;
  }
  return columns_of;
}

// What stands without a partner: words that count, and particles, which may be left out at will.
struct Rest {
  double words = 0, particles = 0;
  void Add(const Word& word) { (word.particle ? particles : words) += word.weight; }
};

double ScoreWords(const std::vector<Word>& fewer, const std::vector<Word>& more, bool organisation,
                  bool consonants_only) {
  std::array<std::array<double, kNameWordsMax>, kNameWordsMax> value;
  for (size_t i = 0; i < fewer.size(); ++i) {
    for (size_t j = 0; j < more.size(); ++j) {
      value[i][j] = PairValue(fewer[i], more[j], organisation, consonants_only);
    }
  }
  const auto partner = Assign(fewer.size(), more.size(),
                              [&](size_t i, size_t j) { return -value[i][j] * (fewer[i].weight + more[j].weight); });
  double agreed = 0, paired = 0;
  bool counts = false;
  std::array<bool, kNameWordsMax> taken{};
  Rest here, there;
  for (size_t i = 0; i < fewer.size(); ++i) {
    const size_t j = partner[i];
    if (value[i][j] == 0) {
      here.Add(fewer[i]);
      continue;
    }
    taken[j] = true;
    const double weight = (fewer[i].weight + more[j].weight) / 2;
    paired += weight;
    agreed += weight * value[i][j];
    counts |= !fewer[i].particle && !fewer[i].initial && !more[j].initial;
  }
  for (size_t j = 0; j < more.size(); ++j) {
    if (!taken[j]) there.Add(more[j]);
  }
  if (!counts) return 0;
  const double replaced = std::min(here.words, there.words);
  const double added = std::max(here.words, there.words) - replaced + here.particles + there.particles;
  const double share = organisation ? kAddedShareOfOrganisation : kAddedShareOfPerson;
  return agreed / (paired + kReplacedShare * replaced + share * added);
}

double ScoreWhole(std::string_view a, std::string_view b) {
  return std::max(0.0, 1 - kWholeSlope * (1 - Closeness(a, b)));
}

// Scripts that write a syllable in one character: each is worth several letters.
double ScoreSyllables(std::u32string_view a, std::u32string_view b) {
  const double longer = static_cast<double>(std::max(a.size(), b.size()));
  return std::max(0.0, 1 - kSyllableSlope * OptimalStringAlignment(a, b) / longer);
}

}  // namespace

PreparedName::PreparedName(std::string_view name, NameKind kind) : kind_(kind) {
  name = name.substr(0, kFoldedBytesMax);
  if (IsAscii(name)) {
    raw_ = name;
    ReadWords(FoldToAscii(name));
    return;
  }
  abjad_ = IsAbjad(name);
  raw_ = FoldName(name);
  const std::u32string characters = DecodeUtf8(raw_);
  const auto all = [&characters](auto is) { return std::all_of(characters.begin(), characters.end(), is); };
  han_ = !raw_.empty() && all([](char32_t c) { return IsHan(c) || c == 0xB7; });
  hangul_ = !raw_.empty() && all([](char32_t c) { return (c >= 0xAC00 && c <= 0xD7A3) || c == ' '; });
  bool had = false;
  if (han_ && kind_ != NameKind::kPerson) raw_ = StripHanLegalForm(raw_, &had);
  if (had) kind_ = NameKind::kOrganisation;
  ReadWords(han_ && kind_ != NameKind::kOrganisation ? HanAsLatin() : FoldToAscii(han_ ? raw_ : name));
}

// The surname's reading apart from the given name's, as a passport has them.
std::string PreparedName::HanAsLatin() const {
  const auto surname = static_cast<size_t>(SurnameLength(raw_));
  const std::u32string characters = DecodeUtf8(raw_);
  if (surname == 0 || surname >= characters.size()) return FoldToAscii(raw_);
  const std::string all = PinyinKey(raw_);
  std::string given;
  for (char32_t c : std::u32string_view(characters).substr(surname)) given += SyllableOf(SimplifiedOf(c));
  if (!all.ends_with(given)) return FoldToAscii(raw_);
  return FoldToAscii(all.substr(0, all.size() - given.size()) + " " + given);
}

void PreparedName::ReadWords(std::string_view folded) {
  std::vector<std::string> words = SplitWords(folded, kind_ != NameKind::kPerson);
  if (kind_ != NameKind::kPerson) {
    NumberWordsToDigits(&words);
    bool had = false;
    StripLegalForms(&words, &had);
    if (had) kind_ = NameKind::kOrganisation;
    for (std::string& word : words) word = UsualWord(word);
  }
  const bool organisation = kind_ == NameKind::kOrganisation;
  if (!organisation) {
    const size_t comma = folded.find(','), space = folded.find(' ');
    if (comma == std::string_view::npos || comma > space) StripTitles(&words);
    if (words.size() > 2 && GenerationOf(words.back()) != 0) {
      generation_ = GenerationOf(words.back());
      words.pop_back();
    }
  }
  std::vector<std::string> numbers;
  for (size_t i = 0; i < words.size() && words_.size() < kNameWordsMax; ++i) {
    std::string text = words[i];
    if (kind_ == NameKind::kPerson) text = LettersForDigits(std::move(text));
    // A numeral in an organisation's name; a letter alone only at its end.
    const int roman = organisation && i > 0 ? RomanValue(text, i + 1 == words.size()) : 0;
    if (roman > 0) text = std::to_string(roman);
    // "united states" in place of "us" is two words.
    for (size_t from = 0; from < text.size() && words_.size() < kNameWordsMax;) {
      const size_t to = std::min(text.find(' ', from), text.size());
      words_.push_back(MakeWord(text.substr(from, to - from), kind_ != NameKind::kPerson, i + 1 == words.size()));
      const Word& made = words_.back();
      if (made.number) numbers.push_back(made.text);
      if (!made.particle) initials_ += made.text[0];
      joined_ += made.text;
      from = to + 1;
    }
  }
  std::sort(numbers.begin(), numbers.end());
  for (const std::string& number : numbers) numbers_ += number + ' ';
}

double NameSimilarity(const PreparedName& left, const PreparedName& right) {
  // In one order whichever way round they came, so that ties fall the same way.
  const bool swap = left.words_.size() != right.words_.size() ? left.words_.size() > right.words_.size()
                                                              : left.joined_ > right.joined_;
  const PreparedName &a = swap ? right : left, &b = swap ? left : right;
  if (a.joined_.empty() || b.joined_.empty()) return 0;
  const bool organisation = a.kind_ == NameKind::kOrganisation || b.kind_ == NameKind::kOrganisation;
  if (a.han_ && b.han_ && !organisation) return kHanScores[static_cast<size_t>(CompareNames(a.raw_, b.raw_))];
  if ((a.han_ && b.han_) || (a.hangul_ && b.hangul_)) return ScoreSyllables(DecodeUtf8(a.raw_), DecodeUtf8(b.raw_));
  std::vector<Word> x = a.words_, y = b.words_;
  JoinNeighbours(&x, b.words_, organisation);
  JoinNeighbours(&y, x, organisation);
  if (x.size() > y.size()) std::swap(x, y);
  const bool consonants_only = a.abjad_ != b.abjad_;
  double score = ScoreWords(x, y, organisation, consonants_only);
  // An added number is too short to show in the whole.
  if (!consonants_only && a.numbers_ == b.numbers_) score = std::max(score, ScoreWhole(a.joined_, b.joined_));
  if (a.han_ != b.han_ && !organisation) {
    const bool pinyin = CompareNames(a.raw_, b.raw_) == NameAgreement::kHomophone;
    score = pinyin ? std::max(score, kPinyinScore) : score * kNoPinyinFactor;
  }
  if (organisation || a.kind_ == NameKind::kUnknown) {
    const bool acronym = (x.size() == 1 && a.joined_.size() >= kAcronymMin && a.joined_ == b.initials_) ||
                         (y.size() == 1 && b.joined_.size() >= kAcronymMin && b.joined_ == a.initials_);
    if (acronym) score = std::max(score, kAcronymScore);
  }
  const bool other_numbers = a.numbers_ != b.numbers_ && !a.numbers_.empty() && !b.numbers_.empty();
  const bool other_generation = a.generation_ != b.generation_ && a.generation_ != 0 && b.generation_ != 0;
  return other_numbers || other_generation ? score * kConflictFactor : score;
}

double NameSimilarity(std::string_view a, std::string_view b, NameKind kind) {
  return NameSimilarity(PreparedName(a, kind), PreparedName(b, kind));
}

std::string NameSimilarityKey(std::string_view name, NameKind kind) {
  const PreparedName prepared(name, kind);
  std::vector<std::string> sounds;
  for (const PreparedName::Word& word : prepared.words()) {
    if (!word.particle) sounds.push_back(word.sound);
  }
  std::sort(sounds.begin(), sounds.end());
  std::string key;
  for (const std::string& sound : sounds) key += (key.empty() ? "" : " ") + sound;
  return key;
}

}  // namespace hearth
