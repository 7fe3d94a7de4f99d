// How alike two names are, in any script: of persons, of organisations, or of either.
//
//   NameSimilarity("Lugovoy, Arkady", "Аркадий Луговой", NameKind::kPerson)           // 0.98
//   NameSimilarity("Acme Trading GmbH", "ACME Trading Ltd", NameKind::kOrganisation)  // 1
//   NameSimilarity("Bank of Norwell", "Bank of Ashford", NameKind::kOrganisation)     // below kNameMatchMin
//
// A name is folded to Latin words (name_fold.h); titles, legal forms and particles lose their weight (name_words.h).
// The words of both sides are then paired off as well as they can be, in whatever order, and the score is
//
//   sum of the pairs' weights times values / (the pairs' weights + 3 * replaced + extra share * added)
//
// A pair's value falls with the edits between the two spellings, or between their sounds; initials and nicknames count
// nearly in full. `replaced` is what stands on both sides without a partner, the strongest sign of another bearer;
// `added` what only one side has: little for a person's middle names, much for an organisation. Longer words weigh
// more. Other numbers or generations (II and III, Jr and Sr) lower the score below the threshold. Two Chinese names of
// persons are compared by the levels of core/person_name.h; one in Latin letters that is not the other's pinyin counts
// less.
//
// In [0, 1], symmetric to the last bit, deterministic, 0 when either holds no letter or digit. Any bytes are accepted;
// the first kFoldedBytesMax of each are read and the first kNameWordsMax words, so the time is bounded: some 3 us
// for two prepared names, 8 us to prepare one in ASCII, 100 us where ICU is asked. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

enum class NameKind : uint8_t { kPerson, kOrganisation, kUnknown };

// At and above this two names are held to name one bearer. Fixed here before it was measured on labelled pairs.
inline constexpr double kNameMatchMin = 0.7;
inline constexpr size_t kNameWordsMax = 16;

// One name made ready once, to be compared with many. A value; holds copies of what it needs.
class PreparedName {
 public:
  PreparedName(std::string_view name, NameKind kind);

  struct Word {
    std::string text, sound, consonants;
    std::string formal;  // of a person's short name
    double weight = 0;
    bool particle = false, initial = false, number = false, patronymic = false;
  };
  NameKind kind() const { return kind_; }  // kUnknown becomes kOrganisation when the name has a legal form
  const std::vector<Word>& words() const { return words_; }

 private:
  friend double NameSimilarity(const PreparedName& a, const PreparedName& b);
  std::string HanAsLatin() const;
  void ReadWords(std::string_view folded);

  NameKind kind_;
  bool abjad_ = false, han_ = false, hangul_ = false;
  int generation_ = 0;
  std::string raw_;                // folded; of a Han name without its legal form
  std::string joined_, initials_;  // all words run together; their first letters
  std::string numbers_;            // sorted, one after another
  std::vector<Word> words_;
};

// Both should be prepared with the same kind; when one is an organisation the rules for organisations hold.
double NameSimilarity(const PreparedName& a, const PreparedName& b);
double NameSimilarity(std::string_view a, std::string_view b, NameKind kind);

// For blocking: the sounds of the words that count, sorted, with spaces. Names that differ in order, script, case,
// marks, titles or legal form mostly share it. Empty when the name has none.
std::string NameSimilarityKey(std::string_view name, NameKind kind);

}  // namespace hearth
