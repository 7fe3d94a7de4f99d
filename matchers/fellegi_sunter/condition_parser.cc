// A recursive descent over the text. Its result is a Condition; ConditionText is the way back, and a fuzz target holds
// the two to be inverse.
#include "matchers/fellegi_sunter/condition_parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/person_name.h"
#include "core/yaml.h"
#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

enum class Bound : uint8_t { kNone, kWhole, kNumber, kShare, kCount, kPercent, kNameLevel, kText };

// `sign` stands between test and bound.
struct TestInfo {
  Test test;
  std::string_view name;
  int columns;
  std::string_view sign;
  Bound bound;
};
constexpr TestInfo kTests[] = {
    {Test::kElse, "else", 0, "", Bound::kNone},
    {Test::kNull, "null", 1, "", Bound::kNone},
    {Test::kEqual, "exact", 1, "", Bound::kNone},
    {Test::kLevenshtein, "levenshtein", 1, "<=", Bound::kWhole},
    {Test::kDamerau, "damerau", 1, "<=", Bound::kWhole},
    {Test::kJaro, "jaro", 1, ">=", Bound::kShare},
    {Test::kJaroWinkler, "jaro_winkler", 1, ">=", Bound::kShare},
    {Test::kJaccard, "jaccard", 1, ">=", Bound::kShare},
    {Test::kName, "name", 1, "<=", Bound::kNameLevel},
    {Test::kNameSimilarity, "name_similarity", 1, ">=", Bound::kShare},
    {Test::kOrganisationSimilarity, "organisation_similarity", 1, ">=", Bound::kShare},
    {Test::kNumberWithin, "number", 1, "within", Bound::kNumber},
    {Test::kPercentWithin, "percent", 1, "within", Bound::kPercent},
    {Test::kDaysWithin, "days", 1, "<=", Bound::kNumber},
    {Test::kMonthsWithin, "months", 1, "<=", Bound::kNumber},
    {Test::kYearsWithin, "years", 1, "<=", Bound::kNumber},
    {Test::kDayMonthSwapped, "day_month_swapped", 1, "", Bound::kNone},
    {Test::kKmWithin, "km", 2, "<=", Bound::kNumber},
    {Test::kCommonItems, "common", 1, ">=", Bound::kCount},
    {Test::kReversed, "reversed", 2, "", Bound::kNone},
    {Test::kEitherReversed, "either_reversed", 2, "", Bound::kNone},
    {Test::kLiteral, "literal", 1, "=", Bound::kText},
};
constexpr std::string_view kWords[] = {"and", "or", "not"};
constexpr int kNestingMax = 32;

const TestInfo& InfoOf(Test test) {
  const auto* found =
      std::find_if(std::begin(kTests), std::end(kTests), [&](const TestInfo& t) { return t.test == test; });
  HEARTH_CHECK(found != std::end(kTests), "a test without a name");
  return *found;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsWordChar(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::optional<double> ToNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// The decimal number moved by two places, so that 10 % is the double 0.1 and comes back as 10.
std::string Shifted(std::string_view text, int places) {
  const size_t e = text.find_first_of("eE");
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  }
  return std::string(text.substr(0, e)) + "e" + std::to_string(exponent + places);
}

class ConditionReader {
 public:
  ConditionReader(std::string_view text, const std::vector<ColumnIndex>& of, Model* model)
      : text_(text), of_(of), model_(model) {}

  StatusOr<Condition> Read() {
    HEARTH_ASSIGN_OR_RETURN(Condition condition, ReadOr(0));
    SkipBlanks();
    if (at_ < text_.size()) return Wrong("\"" + std::string(text_.substr(at_)) + "\" is left over; and, or expected");
    if (condition.test != Test::kElse && HasElse(condition)) return Wrong("else stands alone");
    return condition;
  }

 private:
  Status Wrong(std::string_view what) const {
    return InvalidArgument("in \"" + std::string(text_) + "\": " + std::string(what));
  }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  std::string_view PeekWord() {
    SkipBlanks();
    size_t end = at_;
    while (end < text_.size() && IsWordChar(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool TakeWord(std::string_view word) {
    if (PeekWord() != word) return false;
    at_ += word.size();
    return true;
  }
  bool TakeSign(std::string_view sign) {
    SkipBlanks();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  static bool HasElse(const Condition& condition) {
    if (condition.test == Test::kElse) return true;
    return std::any_of(condition.parts.begin(), condition.parts.end(), HasElse);
  }

  StatusOr<Condition> ReadOr(int depth) { return ReadJoined(depth, Test::kOr, "or"); }
  StatusOr<Condition> ReadJoined(int depth, Test test, std::string_view word) {
    std::vector<Condition> parts;
    do {
      HEARTH_ASSIGN_OR_RETURN(Condition part,
                              test == Test::kOr ? ReadJoined(depth, Test::kAnd, "and") : ReadNot(depth));
      parts.push_back(std::move(part));
    } while (TakeWord(word));
    if (parts.size() == 1) return std::move(parts[0]);
    return Joined(test, std::move(parts));
  }
  StatusOr<Condition> ReadNot(int depth) {
    if (depth > kNestingMax) return Wrong("nested deeper than 32");
    if (TakeWord("not")) {
      HEARTH_ASSIGN_OR_RETURN(Condition part, ReadNot(depth + 1));
      return Joined(Test::kNot, {std::move(part)});
    }
    if (TakeSign("(")) {
      HEARTH_ASSIGN_OR_RETURN(Condition inner, ReadOr(depth + 1));
      if (!TakeSign(")")) return Wrong("a parenthesis is not closed");
      return inner;
    }
    return ReadTest();
  }
  static Condition Joined(Test test, std::vector<Condition> parts) {
    Condition out;
    out.test = test;
    out.parts = std::move(parts);
    return out;
  }

  StatusOr<Condition> ReadTest() {
    const std::string name(PeekWord());
    if (name.empty()) return Wrong("a test is expected, such as exact or levenshtein <= 1");
    const auto* info =
        std::find_if(std::begin(kTests), std::end(kTests), [&](const TestInfo& t) { return t.name == name; });
    if (info == std::end(kTests)) return Unknown(name);
    at_ += name.size();
    HEARTH_ASSIGN_OR_RETURN(const std::vector<ColumnIndex> columns, ReadColumns(*info));
    Condition bound;
    HEARTH_RETURN_IF_ERROR(ReadBound(*info, &bound));
    bound.test = info->test;
    if (info->test == Test::kNull) return NullOf(columns);
    if (info->columns == 0) return bound;
    if (info->columns == 2) {
      bound.a = columns[0];
      bound.b = columns[1];
      return bound;
    }
    std::vector<Condition> each;
    for (const ColumnIndex column : columns) {
      bound.a = bound.b = column;
      each.push_back(bound);
    }
    if (each.size() == 1) return std::move(each[0]);
    return Joined(Test::kAnd, std::move(each));
  }

  Status Unknown(const std::string& name) const {
    std::vector<std::string> known;
    for (const TestInfo& t : kTests) known.emplace_back(t.name);
    for (const std::string_view word : kWords) known.emplace_back(word);
    const std::string near = NearestName(name, known);
    return Wrong("unknown test \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }

  // Those in parentheses, else those of the comparison.
  StatusOr<std::vector<ColumnIndex>> ReadColumns(const TestInfo& info) {
    std::vector<ColumnIndex> columns = of_;
    const std::string name(info.name);
    if (info.columns > 0 && TakeSign("(")) {
      const size_t begin = at_;
      bool quoted = false;
      while (at_ < text_.size() && (quoted || text_[at_] != ')')) quoted ^= text_[at_++] == '"';
      if (at_ == text_.size()) return Wrong("a parenthesis is not closed");
      const std::string_view inside = text_.substr(begin, at_ - begin);
      ++at_;
      columns.clear();
      for (const std::string_view part : SplitOutsideQuotes(inside, ',')) {
        const StatusOr<ColumnIndex> column = InternColumn(part, model_);
        if (!column.ok()) return Wrong(Message(column.status()));
        columns.push_back(*column);
      }
      if (info.columns == 1 && columns.size() != 1 && info.test != Test::kNull) {
        return Wrong(name + " takes one column; join tests with and");
      }
    }
    if (info.columns == 0) return std::vector<ColumnIndex>{};
    if (columns.empty()) return Wrong(name + " needs a column, as in " + name + "(dob)");
    if (info.columns == 2 && columns.size() != 2) return Wrong(name + " needs two columns, as in " + Example(info));
    if (info.columns == 2 && columns[0] == columns[1]) return Wrong(name + " needs two different columns");
    return columns;
  }
  static std::string Example(const TestInfo& info) {
    return info.test == Test::kKmWithin ? "km(lat, lng) <= 10" : std::string(info.name) + "(given_name, surname)";
  }

  Status ReadBound(const TestInfo& info, Condition* out) {
    if (info.bound == Bound::kNone) return OkStatus();
    const std::string name(info.name), sign(info.sign);
    if (!TakeSign(sign)) return Wrong(name + " needs " + sign + " and " + Wanted(info.bound));
    SkipBlanks();
    if (info.bound == Bound::kText) return ReadLiteral(out);
    size_t end = at_;
    while (end < text_.size() && !IsBlank(text_[end]) && text_[end] != ')' && text_[end] != '(') ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end;
    if (info.bound == Bound::kNameLevel) return ReadNameLevel(word, out);
    std::optional<double> value = ToNumber(word);
    if (value && info.bound == Bound::kPercent) value = ToNumber(Shifted(word, -2));
    const bool whole = value && std::floor(*value) == *value && *value <= 1e6;
    const bool right =
        value && *value >= 0 &&
        (info.bound == Bound::kNumber ||
         ((info.bound == Bound::kShare || info.bound == Bound::kPercent) && *value <= 1) ||
         (info.bound == Bound::kWhole && whole) || (info.bound == Bound::kCount && whole && *value >= 1));
    if (!right) {
      return Wrong(name + " " + sign + " needs " + Wanted(info.bound) + ", not \"" + std::string(word) + "\"");
    }
    out->bound = *value + 0.0;  // never -0
    return OkStatus();
  }
  static std::string Wanted(Bound bound) {
    switch (bound) {
      case Bound::kWhole:
        return "a whole number from 0";
      case Bound::kCount:
        return "a whole number from 1";
      case Bound::kNumber:
        return "a number from 0";
      case Bound::kShare:
        return "a number from 0 to 1";
      case Bound::kPercent:
        return "a number from 0 to 100";
      case Bound::kNameLevel:
        return "a name level, such as homophone";
      case Bound::kText:
        return "a text in quotes";
      case Bound::kNone:
        break;
    }
    return "";
  }
  Status ReadNameLevel(std::string_view word, Condition* out) const {
    std::vector<std::string> known;
    for (int i = 0; i < static_cast<int>(NameAgreement::kClash); ++i) {
      known.emplace_back(NameAgreementName(static_cast<NameAgreement>(i)));
      if (known.back() == word) {
        out->bound = i;
        return OkStatus();
      }
    }
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    return Wrong("\"" + std::string(word) + "\" is no name level; they are " + all);
  }
  Status ReadLiteral(Condition* out) {
    if (at_ == text_.size() || text_[at_] != '"') return Wrong("literal = needs a text in double quotes");
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        out->text += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        out->text += text_[++at_];
      } else {
        ++at_;
        return out->text.empty() ? Wrong("an empty text equals no value; use null") : OkStatus();
      }
    }
    return Wrong("a double quote is not closed");
  }

  const std::string_view text_;
  const std::vector<ColumnIndex>& of_;
  Model* const model_;
  size_t at_ = 0;
};

void CollectColumns(const Condition& condition, std::vector<ColumnIndex>* out) {
  for (const Condition& part : condition.parts) CollectColumns(part, out);
  const bool joins = condition.test == Test::kAnd || condition.test == Test::kOr || condition.test == Test::kNot;
  if (joins || condition.test == Test::kElse) return;
  out->push_back(condition.a);
  out->push_back(condition.b);
}

void SortDistinct(std::vector<ColumnIndex>* columns) {
  std::sort(columns->begin(), columns->end());
  columns->erase(std::unique(columns->begin(), columns->end()), columns->end());
}

std::string BoundText(const Condition& condition, Bound bound) {
  if (bound == Bound::kNameLevel) {
    return std::string(NameAgreementName(static_cast<NameAgreement>(static_cast<int>(condition.bound))));
  }
  if (bound == Bound::kPercent) return NumberText(ToNumber(Shifted(NumberText(condition.bound), 2)).value_or(0));
  if (bound != Bound::kText) return NumberText(condition.bound);
  std::string out = "\"";
  for (const char c : condition.text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

// People read 0.0004 better than 4e-04.
std::string NumberText(double value) {
  char buffer[64];
  const bool plain = std::abs(value) >= 1e-6 && std::abs(value) < 1;
  const auto [end, error] = plain ? std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed)
                                  : std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

StatusOr<Condition> ParseCondition(std::string_view text, const std::vector<ColumnIndex>& of, Model* model) {
  return ConditionReader(text, of, model).Read();
}

std::string ConditionText(const Condition& condition, const Model& model, std::optional<ColumnIndex> of) {
  if (condition.test == Test::kNot) {
    const Condition& part = condition.parts[0];
    const bool joined = part.test == Test::kAnd || part.test == Test::kOr;
    const std::string inner = ConditionText(part, model, of);
    return joined ? "not (" + inner + ")" : "not " + inner;
  }
  if (condition.test == Test::kAnd || condition.test == Test::kOr) {
    std::string out;
    for (const Condition& part : condition.parts) {
      if (!out.empty()) out += condition.test == Test::kAnd ? " and " : " or ";
      // A part of the same kind stays a part: (x and y) and z is not x and y and z.
      const bool joined = part.test == Test::kOr || part.test == condition.test;
      const std::string inner = ConditionText(part, model, of);
      out += joined ? "(" + inner + ")" : inner;
    }
    return out;
  }
  const TestInfo& info = InfoOf(condition.test);
  std::string out(info.name);
  if (info.columns > 0 && !(condition.a == condition.b && of == condition.a)) {
    out += "(" + ColumnText(model.columns[condition.a]);
    if (condition.a != condition.b) out += ", " + ColumnText(model.columns[condition.b]);
    out += ")";
  }
  if (info.bound != Bound::kNone) out += " " + std::string(info.sign) + " " + BoundText(condition, info.bound);
  return out;
}

Condition NullOf(const std::vector<ColumnIndex>& columns) {
  Condition out;
  if (columns.size() <= 2) {
    out.test = Test::kNull;
    out.a = columns.front();
    out.b = columns.back();
    return out;
  }
  out.test = Test::kOr;
  for (const ColumnIndex column : columns) out.parts.push_back(NullOf({column}));
  return out;
}

std::vector<ColumnIndex> ColumnsOf(const Condition& condition) {
  std::vector<ColumnIndex> columns;
  CollectColumns(condition, &columns);
  SortDistinct(&columns);
  return columns;
}

std::vector<ColumnIndex> ColumnsOf(const Comparison& comparison) {
  std::vector<ColumnIndex> columns;
  for (const Level& level : comparison.levels) CollectColumns(level.when, &columns);
  SortDistinct(&columns);
  return columns;
}

std::optional<ColumnIndex> SoleColumn(const Comparison& comparison) {
  const std::vector<ColumnIndex> columns = ColumnsOf(comparison);
  if (columns.size() != 1) return std::nullopt;
  return columns[0];
}

std::string DefaultLabel(const Comparison& comparison, const Level& level, const Model& model) {
  return ConditionText(level.when, model, SoleColumn(comparison));
}

std::string ColumnKindProblem(const Condition& condition, const Model& model) {
  for (const Condition& part : condition.parts) {
    if (std::string problem = ColumnKindProblem(part, model); !problem.empty()) return problem;
  }
  for (const ColumnIndex column : ColumnsOf(condition)) {
    if (!condition.parts.empty() || condition.test == Test::kNull) break;
    const bool many = model.columns[column].many();
    const std::string name(InfoOf(condition.test).name);
    if (many && condition.test != Test::kCommonItems) {
      return name + " needs one value a record, and " + model.columns[column].name +
             " has many (tokens, split, qgrams, one_edit); use common >= 1";
    }
    if (!many && condition.test == Test::kCommonItems) {
      return "common counts values in common, and " + model.columns[column].name +
             " has one value a record; add a step such as tokens or split \";\"";
    }
  }
  return "";
}

}  // namespace hearth::linkage
