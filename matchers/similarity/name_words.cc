#include "matchers/similarity/name_words.h"

#include <algorithm>
#include <unordered_map>

namespace hearth {
namespace {

template <size_t N>
bool Has(const std::string_view (&table)[N], std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

constexpr std::string_view kParticles[] = {
    "al",  "el",  "ul",  "ad", "as",  "ash",   "at", "an", "ar",  "bin", "ibn", "ben", "bint", "abd", "de",  "da", "do",
    "dos", "das", "di",  "du", "del", "della", "la", "le", "les", "von", "van", "der", "den",  "ter", "ten", "zu", "of",
    "the", "and", "for", "y",  "e",   "und",   "et", "i",  "fur", "des", "dem", "die", "das",  "ur",  "ud",
};

constexpr std::string_view kGenericWords[] = {
    "group",        "gruppe",     "groupe",       "grupo",         "gruppa",     "holding",
    "holdings",     "company",    "companies",    "corporation",   "corp",       "enterprise",
    "enterprises",  "industries", "industry",     "international", "services",   "service",
    "trading",      "trade",      "foundation",   "trust",         "fund",       "association",
    "organization", "bank",       "management",   "partners",      "investment", "investments",
    "capital",      "technology", "technologies", "solutions",     "systems",    "global",
};

constexpr std::string_view kTitles[] = {
    "mr",         "mrs",      "ms",         "miss",      "mister",   "sir",     "dame",     "lord",      "lady",
    "dr",         "doctor",   "prof",       "professor", "herr",     "frau",    "monsieur", "mme",       "madame",
    "mlle",       "senor",    "senora",     "sr",        "sra",      "don",     "dona",     "president", "prasident",
    "presidente", "minister", "chancellor", "senator",   "general",  "colonel", "col",      "gen",       "capt",
    "captain",    "major",    "lt",         "rev",       "reverend", "father",  "hon",      "honorable", "sheikh",
    "shaikh",     "sheik",    "shaykh",     "haji",      "hajji",    "hadji",   "mullah",   "maulana",   "mawlawi",
    "sayyid",     "sayed",    "syed",       "king",      "queen",    "prince",  "princess", "comrade",   "ing",
    "mag",        "dipl",     "gospodin",   "pan",       "pani",     "shri",    "smt",
};

// Words joined by spaces; the longest that fits is taken.
constexpr std::string_view kLegalForms[] = {
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "co ltd",
    "pte",
    "pte ltd",
    "pty",
    "pty ltd",
    "pvt",
    "pvt ltd",
    "private limited",
    "public limited company",
    "limited liability company",
    "limited liability partnership",
    "limited partnership",
    "gmbh",
    "gmb h",
    "mbh",
    "ag",
    "aktiengesellschaft",
    "kg",
    "kgaa",
    "gmbh and co kg",
    "ohg",
    "ug",
    "ev",
    "se",
    "gesellschaft mit beschrankter haftung",
    "sa",
    "sas",
    "sarl",
    "sasu",
    "srl",
    "spa",
    "snc",
    "sl",
    "slu",
    "sau",
    "sab de cv",
    "sa de cv",
    "ltda",
    "lda",
    "societe anonyme",
    "sociedad anonima",
    "societa per azioni",
    "societatea cu raspundere limitata",
    "bv",
    "nv",
    "bvba",
    "vof",
    "cv",
    "naamloze vennootschap",
    "besloten vennootschap",
    "ab",
    "as",
    "asa",
    "aps",
    "oy",
    "oyj",
    "aktiebolag",
    "hf",
    "ehf",
    "sp z oo",
    "spolka z oo",
    "spolka akcyjna",
    "sp j",
    "sro",
    "zrt",
    "kft",
    "doo",
    "dd",
    "ad",
    "ead",
    "ood",
    "eood",
    "ooo",
    "oao",
    "zao",
    "pao",
    "ao",
    "jsc",
    "ojsc",
    "cjsc",
    "pjsc",
    "tov",
    "vat",
    "pat",
    "joint stock company",
    "open joint stock company",
    "closed joint stock company",
    "public joint stock company",
    "aktsionernoe obshchestvo",
    "otkrytoe aktsionernoe obshchestvo",
    "zakrytoe aktsionernoe obshchestvo",
    "publichnoe aktsionernoe obshchestvo",
    "obshchestvo s ogranichennoy otvetstvennostyu",
    "kk",
    "kabushiki kaisha",
    "bhd",
    "sdn bhd",
    "berhad",
    "tbk",
    "pt",
    "as anonim sirketi",
    "anonim sirketi",
    "limited sirketi",
    "ltd sti",
};

constexpr std::string_view kHanLegalForms[] = {
    "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "股份公司", "總公司", "总公司",
    "株式会社",     "有限会社",     "合同会社",     "公司",     "集团",     "集團",
};

// The first is the form that stands for the row.
constexpr std::string_view kNicknames[] = {
    "william bill billy will willy",
    "robert bob bobby rob robbie",
    "richard dick rick ricky rich",
    "james jim jimmy jamie",
    "john jack johnny jon",
    "joseph joe joey",
    "thomas tom tommy",
    "michael mike mick mickey",
    "edward ed eddie ted teddy",
    "charles charlie chuck",
    "henry harry hank",
    "george georgie",
    "david dave davy",
    "daniel dan danny",
    "matthew matt",
    "anthony tony",
    "andrew andy drew",
    "christopher chris kit",
    "nicholas nick nicky",
    "benjamin ben benny",
    "samuel sam sammy",
    "stephen steve steven",
    "peter pete",
    "patrick pat paddy",
    "kenneth ken kenny",
    "lawrence larry",
    "gerald gerry jerry",
    "ronald ron ronnie",
    "donald don donnie",
    "raymond ray",
    "timothy tim",
    "gregory greg",
    "jeffrey jeff",
    "frederick fred freddie",
    "francis frank frankie",
    "alexander alex sasha",
    "elizabeth liz beth betty lizzie eliza",
    "margaret maggie meg peggy",
    "catherine kate cathy kathy katie",
    "deborah debbie deb",
    "susan sue susie",
    "patricia patty trish",
    "jennifer jenny jen",
    "rebecca becky",
    "victoria vicky",
    "barbara barb",
    "dorothy dot dotty",
    "theresa terry tess",
    "aleksandr sasha",
    "vladimir volodya vova",
    "dmitry dima mitya",
    "mikhail misha",
    "nikolai kolya",
    "ivan vanya",
    "jose pepe",
    "francisco paco pancho",
    "giuseppe beppe",
    "johannes hans",
    "wilhelm willi",
};

constexpr std::string_view kUsualWords[][2] = {
    {"intl", "international"},
    {"organisation", "organization"},
    {"organisations", "organizations"},
    {"centre", "center"},
    {"mfg", "manufacturing"},
    {"bros", "brothers"},
    {"assn", "association"},
    {"assoc", "association"},
    {"dept", "department"},
    {"govt", "government"},
    {"univ", "university"},
    {"natl", "national"},
    {"svcs", "services"},
    {"tech", "technology"},
    {"us", "united states"},
    {"usa", "united states"},
    {"uk", "united kingdom"},
    {"un", "united nations"},
    {"theatre", "theater"},
    {"labour", "labor"},
    {"defence", "defense"},
    {"mgmt", "management"},
    {"inst", "institute"},
};

constexpr std::string_view kUnits[] = {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
                                       "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                                       "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::string_view kOrdinals[] = {"first", "second",  "third",  "fourth", "fifth",
                                          "sixth", "seventh", "eighth", "ninth",  "tenth"};

int UnitValue(std::string_view word) {
  const auto* at = std::find(std::begin(kUnits), std::end(kUnits), word);
  if (at != std::end(kUnits)) return static_cast<int>(at - std::begin(kUnits));
  return word.size() == 1 && word[0] >= '1' && word[0] <= '9' ? word[0] - '0' : -1;
}

int TensValue(std::string_view word) {
  const auto* at = std::find(std::begin(kTens), std::end(kTens), word);
  return at == std::end(kTens) ? -1 : 20 + 10 * static_cast<int>(at - std::begin(kTens));
}

// "1st" and "first" are one number.
int OrdinalValue(std::string_view word) {
  const auto* at = std::find(std::begin(kOrdinals), std::end(kOrdinals), word);
  if (at != std::end(kOrdinals)) return 1 + static_cast<int>(at - std::begin(kOrdinals));
  if (word.size() < 3 || word.size() > 5) return -1;
  const std::string_view tail = word.substr(word.size() - 2);
  if (tail != "st" && tail != "nd" && tail != "rd" && tail != "th") return -1;
  int value = 0;
  for (char c : word.substr(0, word.size() - 2)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

WordRole RoleOf(std::string_view word, bool organisation) {
  if (Has(kParticles, word)) return WordRole::kParticle;
  return organisation && Has(kGenericWords, word) ? WordRole::kGeneric : WordRole::kOrdinary;
}

bool IsTitle(std::string_view word) { return Has(kTitles, word); }

int GenerationOf(std::string_view word) {
  if (word == "jr" || word == "jnr" || word == "junior") return 101;
  if (word == "sr" || word == "snr" || word == "senior") return 102;
  return RomanValue(word, false);
}

int RomanValue(std::string_view word, bool single) {
  if (word.size() < 2 && !single) return 0;
  if (word.empty() || word.size() > 7) return 0;
  int total = 0, before = 0;
  for (size_t i = word.size(); i-- > 0;) {
    const int value = word[i] == 'i' ? 1 : word[i] == 'v' ? 5 : word[i] == 'x' ? 10 : 0;
    if (value == 0) return 0;
    total += value < before ? -value : value;
    before = std::max(before, value);
  }
  // Written as numerals are: "iix" is none.
  constexpr std::string_view kOnes[] = {"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"};
  constexpr std::string_view kTensOf[] = {"", "x", "xx", "xxx"};
  if (total < 1 || total > 39) return 0;
  return std::string(kTensOf[total / 10]) + std::string(kOnes[total % 10]) == word ? total : 0;
}

size_t LegalFormLength(const std::vector<std::string>& words, size_t from) {
  size_t longest = 0;
  for (std::string_view form : kLegalForms) {
    if (from >= words.size() || form[0] != words[from][0]) continue;
    size_t count = 0;
    for (size_t at = 0; at < form.size() && from + count < words.size(); ++count) {
      const size_t to = std::min(form.find(' ', at), form.size());
      if (form.substr(at, to - at) != words[from + count]) break;
      if (to == form.size()) longest = std::max(longest, count + 1);
      at = to + 1;
    }
  }
  return longest;
}

std::string StripHanLegalForm(std::string_view raw, bool* had) {
  *had = false;
  for (std::string_view form : kHanLegalForms) {
    if (raw.size() > form.size() && raw.ends_with(form)) {
      *had = true;
      return std::string(raw.substr(0, raw.size() - form.size()));
    }
    if (raw.size() > form.size() && raw.starts_with(form)) {
      *had = true;
      return std::string(raw.substr(form.size()));
    }
  }
  return std::string(raw);
}

std::string_view FormalName(std::string_view word) {
  // Only looked up, so the order of the table never shows.
  static const auto* const formal_of = [] {
    auto* made = new std::unordered_map<std::string_view, std::string_view>();
    for (std::string_view row : kNicknames) {
      const std::string_view formal = row.substr(0, row.find(' '));
      for (size_t from = 0; from < row.size();) {
        const size_t to = std::min(row.find(' ', from), row.size());
        made->try_emplace(row.substr(from, to - from), formal);
        from = to + 1;
      }
    }
    return made;
  }();
  const auto at = formal_of->find(word);
  return at == formal_of->end() ? word : at->second;
}

std::string_view UsualWord(std::string_view word) {
  for (const auto& [from, to] : kUsualWords) {
    if (from == word) return to;
  }
  return word;
}

void NumberWordsToDigits(std::vector<std::string>* words) {
  std::vector<std::string> out;
  for (size_t i = 0; i < words->size(); ++i) {
    const std::string& word = (*words)[i];
    int value = TensValue(word);
    if (value >= 0) {
      const int unit = i + 1 < words->size() ? UnitValue((*words)[i + 1]) : -1;
      if (unit >= 1 && unit <= 9) {
        value += unit;
        ++i;
      }
    } else {
      value = word.size() > 1 ? std::max(UnitValue(word), OrdinalValue(word)) : -1;
    }
    out.push_back(value >= 0 ? std::to_string(value) : word);
  }
  *words = std::move(out);
}

bool IsPatronymic(std::string_view word) {
  constexpr std::string_view kEndings[] = {"ovich", "evich", "ovna", "evna", "ivich", "yevich", "ovych", "ivna"};
  return word.size() >= 7 &&
         std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto end) { return word.ends_with(end); });
}

}  // namespace hearth
