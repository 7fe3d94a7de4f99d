// A recursive descent over the tokens, and a check of each comparison: what it compares and by which sign.
#include "matchers/fellegi_sunter/sql_condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "matchers/fellegi_sunter/sql_tokens.h"
#include "matchers/fellegi_sunter/sql_truth.h"

namespace hearth::linkage {
namespace {

constexpr int kNestingMax = 64;
constexpr double kDistanceMax = 1e6;

enum class Measure : uint8_t { kDistance, kSimilarity };
constexpr struct {
  std::string_view name;
  Test test;
  Measure measure;
} kMeasures[] = {
    {"levenshtein", Test::kLevenshtein, Measure::kDistance},
    {"damerau_levenshtein", Test::kDamerau, Measure::kDistance},
    {"jaro_similarity", Test::kJaro, Measure::kSimilarity},
    {"jaro_winkler_similarity", Test::kJaroWinkler, Measure::kSimilarity},
    {"jaccard", Test::kJaccard, Measure::kSimilarity},
};
constexpr std::string_view kColumnFunctions[] = {"substr", "left", "right", "lower", "trim", "nullif"};
constexpr std::string_view kTextTypes[] = {"varchar", "text", "string", "char", "bpchar"};
constexpr std::string_view kKeywords[] = {"case", "in",   "like", "ilike",  "between", "similar", "exists",
                                          "when", "then", "else", "select", "glob",    "true",    "false"};

std::string Lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// What stands on one side of a comparison.
struct Value {
  enum class Kind : uint8_t { kColumn, kText, kNumber, kMeasure, kTruth };
  Kind kind = Kind::kTruth;
  Side side = Side::kLeft;  // kColumn
  std::string base;
  std::vector<Step> steps;
  std::string text;   // kText
  double number = 0;  // kNumber
  Condition measure;  // kMeasure: the test and its column
  SqlTruth truth;
};

bool IsOneOf(std::string_view word, const auto& words) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

Status NotRead(std::string_view what) { return InvalidArgument("uses " + std::string(what) + ", which is not read"); }

class SqlReader {
 public:
  SqlReader(std::vector<SqlToken> tokens, SqlSpellings* spellings, Model* model)
      : tokens_(std::move(tokens)), spellings_(spellings), model_(model) {}

  StatusOr<SqlTruth> Read() {
    HEARTH_ASSIGN_OR_RETURN(Value value, ReadOr(0));
    if (Peek().kind != SqlToken::Kind::kEnd) return Unexpected();
    return TruthOf(std::move(value));
  }

  // A column's name alone.
  StatusOr<ColumnIndex> ReadName() {
    const SqlToken name = Take();
    const bool is_name = name.kind == SqlToken::Kind::kWord || name.kind == SqlToken::Kind::kQuotedName;
    if (!is_name || Peek().kind != SqlToken::Kind::kEnd) return InvalidArgument("is no column name");
    return Intern(name.text, {});
  }

 private:
  const SqlToken& Peek() const { return tokens_[at_]; }
  SqlToken Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool TakeWord(std::string_view word) {
    if (Peek().kind != SqlToken::Kind::kWord || Lowered(Peek().text) != word) return false;
    ++at_;
    return true;
  }
  bool TakeSign(std::string_view sign) {
    if (!Peek().IsSign(sign)) return false;
    ++at_;
    return true;
  }
  Status Unexpected() const {
    if (Peek().kind == SqlToken::Kind::kEnd) return InvalidArgument("ends too early");
    if (Peek().kind == SqlToken::Kind::kWord && IsOneOf(Lowered(Peek().text), kKeywords)) return NotRead(Peek().text);
    return NotRead("\"" + Peek().text + "\"");
  }

  static StatusOr<SqlTruth> TruthOf(Value value) {
    if (value.kind == Value::Kind::kTruth) return std::move(value.truth);
    return InvalidArgument("is not a condition: a comparison is missing");
  }
  static Value FromTruth(SqlTruth truth) {
    Value out;
    out.truth = std::move(truth);
    return out;
  }

  StatusOr<Value> ReadOr(int depth) { return ReadJoined(depth, SqlTruth::Kind::kOr, "or"); }
  StatusOr<Value> ReadJoined(int depth, SqlTruth::Kind kind, std::string_view word) {
    const auto next = [&] {
      return kind == SqlTruth::Kind::kOr ? ReadJoined(depth, SqlTruth::Kind::kAnd, "and") : ReadNot(depth);
    };
    HEARTH_ASSIGN_OR_RETURN(Value first, next());
    SqlTruth all;
    all.kind = kind;
    while (TakeWord(word)) {
      if (all.parts.empty()) {
        HEARTH_ASSIGN_OR_RETURN(SqlTruth truth, TruthOf(std::move(first)));
        all.parts.push_back(std::move(truth));
      }
      HEARTH_ASSIGN_OR_RETURN(Value value, next());
      HEARTH_ASSIGN_OR_RETURN(SqlTruth truth, TruthOf(std::move(value)));
      all.parts.push_back(std::move(truth));
    }
    return all.parts.empty() ? std::move(first) : FromTruth(std::move(all));
  }
  StatusOr<Value> ReadNot(int depth) {
    if (depth > kNestingMax) return InvalidArgument("is nested deeper than 64");
    if (!TakeWord("not")) return ReadComparison(depth);
    HEARTH_ASSIGN_OR_RETURN(Value value, ReadNot(depth + 1));
    HEARTH_ASSIGN_OR_RETURN(SqlTruth truth, TruthOf(std::move(value)));
    return FromTruth(Not(std::move(truth)));
  }
  static SqlTruth Not(SqlTruth truth) {
    SqlTruth out;
    out.kind = SqlTruth::Kind::kNot;
    out.parts.push_back(std::move(truth));
    return out;
  }

  StatusOr<Value> ReadComparison(int depth) {
    HEARTH_ASSIGN_OR_RETURN(Value left, ReadValue(depth));
    if (TakeWord("is")) {
      const bool negated = TakeWord("not");
      if (!TakeWord("null")) return NotRead("IS " + Peek().text);
      if (left.kind != Value::Kind::kColumn) return InvalidArgument("asks IS NULL of something that is no column");
      SqlTruth null;
      null.kind = SqlTruth::Kind::kNull;
      null.side = left.side;
      HEARTH_ASSIGN_OR_RETURN(null.a, Intern(left.base, left.steps));
      return FromTruth(negated ? Not(std::move(null)) : std::move(null));
    }
    for (const std::string_view sign : {"=", "<>", "<=", ">=", "<", ">"}) {
      if (!TakeSign(sign)) continue;
      HEARTH_ASSIGN_OR_RETURN(Value right, ReadValue(depth));
      HEARTH_ASSIGN_OR_RETURN(SqlTruth truth, Compare(std::move(left), sign, std::move(right)));
      return FromTruth(std::move(truth));
    }
    return left;
  }

  // values

  StatusOr<Value> ReadValue(int depth) {
    HEARTH_ASSIGN_OR_RETURN(Value value, ReadBare(depth));
    while (TakeSign("::")) {
      const SqlToken type = Take();
      HEARTH_RETURN_IF_ERROR(CheckCast(value, type.text));
    }
    return value;
  }

  StatusOr<Value> ReadBare(int depth) {
    if (depth > kNestingMax) return InvalidArgument("is nested deeper than 64");
    if (TakeSign("(")) {
      HEARTH_ASSIGN_OR_RETURN(Value inner, ReadOr(depth + 1));
      if (!TakeSign(")")) return Unexpected();
      return inner;
    }
    switch (Peek().kind) {
      case SqlToken::Kind::kNumber:
        return ReadNumber();
      case SqlToken::Kind::kText: {
        Value out;
        out.kind = Value::Kind::kText;
        out.text = Take().text;
        return out;
      }
      case SqlToken::Kind::kWord:
        if (tokens_[at_ + 1].IsSign("(")) return ReadCall(depth);
        if (IsOneOf(Lowered(Peek().text), kKeywords)) return Unexpected();
        return ReadColumn();
      case SqlToken::Kind::kQuotedName:
        return ReadColumn();
      case SqlToken::Kind::kSign:
      case SqlToken::Kind::kEnd:
        break;
    }
    return Unexpected();
  }

  StatusOr<Value> ReadNumber() {
    const std::string text = Take().text;
    Value out;
    out.kind = Value::Kind::kNumber;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.number);
    if (error != std::errc() || end != text.data() + text.size()) return InvalidArgument("holds a bad number " + text);
    return out;
  }

  // l.dob, l."dob", dob_l, "dob_l".
  StatusOr<Value> ReadColumn() {
    const SqlToken first = Take();
    Value out;
    out.kind = Value::Kind::kColumn;
    std::string side = Lowered(first.text);
    if (TakeSign(".")) {
      const SqlToken name = Take();
      const bool is_name = name.kind == SqlToken::Kind::kWord || name.kind == SqlToken::Kind::kQuotedName;
      if (!is_name || (side != "l" && side != "r")) return NotRead(first.text + "." + name.text);
      if (Peek().IsSign(".")) return NotRead("a field inside the column " + name.text);
      out.base = name.text;
    } else {
      if (first.text.size() < 3 || (!side.ends_with("_l") && !side.ends_with("_r"))) {
        return InvalidArgument("names " + first.text + ", which is of neither side; write l." + first.text + " or \"" +
                               first.text + "_l\"");
      }
      out.base = first.text.substr(0, first.text.size() - 2);
      side = side.substr(side.size() - 1);
    }
    out.side = side == "l" ? Side::kLeft : Side::kRight;
    return out;
  }

  StatusOr<Value> ReadCall(int depth) {
    const std::string written = Take().text;
    std::string name = Lowered(written);
    if (name == "substring") name = "substr";
    ++at_;  // the parenthesis
    if (name == "cast" || name == "try_cast") return ReadCast(written, depth);
    const auto* measure =
        std::find_if(std::begin(kMeasures), std::end(kMeasures), [&](const auto& m) { return m.name == name; });
    if (measure == std::end(kMeasures) && !IsOneOf(name, kColumnFunctions)) return NotRead(written + "()");
    std::vector<Value> arguments;
    do {
      HEARTH_ASSIGN_OR_RETURN(Value argument, ReadValue(depth + 1));
      arguments.push_back(std::move(argument));
    } while (TakeSign(","));
    if (!TakeSign(")")) return Unexpected();
    if (measure != std::end(kMeasures)) return MeasureOf(written, measure->test, arguments);
    return Derive(written, name, std::move(arguments));
  }

  StatusOr<Value> ReadCast(const std::string& written, int depth) {
    HEARTH_ASSIGN_OR_RETURN(Value value, ReadValue(depth + 1));
    if (!TakeWord("as")) return Unexpected();
    const SqlToken type = Take();
    if (!TakeSign(")")) return NotRead(written + "() to " + type.text);
    HEARTH_RETURN_IF_ERROR(CheckCast(value, type.text));
    return value;
  }
  static Status CheckCast(const Value& value, const std::string& type) {
    const bool text = value.kind == Value::Kind::kColumn || value.kind == Value::Kind::kText;
    if (text && IsOneOf(Lowered(type), kTextTypes)) return OkStatus();
    return NotRead("a cast to " + type);
  }

  StatusOr<Value> MeasureOf(const std::string& written, Test test, const std::vector<Value>& arguments) {
    const bool columns = arguments.size() == 2 && arguments[0].kind == Value::Kind::kColumn &&
                         arguments[1].kind == Value::Kind::kColumn && arguments[0].side != arguments[1].side;
    if (!columns) return InvalidArgument("uses " + written + "() other than on a column of each side");
    HEARTH_ASSIGN_OR_RETURN(const ColumnIndex a, Intern(arguments[0].base, arguments[0].steps));
    HEARTH_ASSIGN_OR_RETURN(const ColumnIndex b, Intern(arguments[1].base, arguments[1].steps));
    if (a != b) return InvalidArgument("uses " + written + "() on two different columns, which is not read");
    Value out;
    out.kind = Value::Kind::kMeasure;
    out.measure.test = test;
    out.measure.a = out.measure.b = a;
    return out;
  }

  // A function around a column is one more step.
  StatusOr<Value> Derive(const std::string& written, std::string_view name, std::vector<Value> arguments) {
    Value column = std::move(arguments[0]);
    if (column.kind != Value::Kind::kColumn)
      return InvalidArgument("uses " + written + "() on something that is no column");
    const auto count = [&](size_t i) {
      const bool number = i < arguments.size() && arguments[i].kind == Value::Kind::kNumber;
      return number && arguments[i].number >= 1 && arguments[i].number <= 10000 &&
                     arguments[i].number == std::floor(arguments[i].number)
                 ? static_cast<int>(arguments[i].number)
                 : 0;
    };
    Step step;
    if (name == "lower" && arguments.size() == 1) {
      step.kind = StepKind::kLower;
    } else if (name == "trim" && arguments.size() == 1 && column.steps.empty()) {
      return column;  // cells come trimmed
    } else if (name == "substr" && arguments.size() == 3 && count(1) > 0 && count(2) > 0) {
      step = {StepKind::kSubstr, count(1), count(2), ""};
    } else if (name == "left" && arguments.size() == 2 && count(1) > 0) {
      step = {StepKind::kSubstr, 1, count(1), ""};
    } else if (name == "right" && arguments.size() == 2 && count(1) > 0) {
      step = {StepKind::kLast, 1, count(1), ""};
    } else if (name == "nullif" && arguments.size() == 2 && arguments[1].kind == Value::Kind::kText) {
      if (arguments[1].text.empty()) return column;  // an empty cell is null
      step = {StepKind::kNullIf, 1, 0, arguments[1].text};
    } else {
      return InvalidArgument("uses " + written + "() with arguments that are not read");
    }
    column.steps.push_back(std::move(step));
    if (column.steps.size() > 16) return InvalidArgument("puts more than 16 functions around a column");
    return column;
  }

  StatusOr<ColumnIndex> Intern(const std::string& base, const std::vector<Step>& steps) {
    const std::string spelling = spellings_->emplace(Lowered(base), base).first->second;
    std::string text = QuotedName(spelling);
    for (const Step& step : steps) text += " | " + StepText(step);
    return InternColumn(text, model_);
  }

  // comparisons

  StatusOr<SqlTruth> Compare(Value left, std::string_view sign, Value right) {
    const auto has = [&](Value::Kind a, Value::Kind b) { return left.kind == a && right.kind == b; };
    using K = Value::Kind;
    if (has(K::kNumber, K::kMeasure) || has(K::kText, K::kColumn)) {
      std::swap(left, right);
      constexpr std::pair<std::string_view, std::string_view> kTurned[] = {
          {"<=", ">="}, {">=", "<="}, {"<", ">"}, {">", "<"}};
      for (const auto& [from, to] : kTurned) {
        if (sign != from) continue;
        sign = to;
        break;
      }
    }
    if (has(K::kMeasure, K::kNumber)) return CompareMeasure(left.measure, sign, right.number);
    if (sign != "=" && sign != "<>") return NotRead(std::string(sign) + " on something other than a similarity");
    SqlTruth out;
    if (has(K::kColumn, K::kColumn)) {
      if (left.side == right.side) return InvalidArgument("compares two columns of one side, which is not read");
      if (left.side == Side::kRight) std::swap(left, right);
      out.kind = SqlTruth::Kind::kEqual;
      HEARTH_ASSIGN_OR_RETURN(out.a, Intern(left.base, left.steps));
      HEARTH_ASSIGN_OR_RETURN(out.b, Intern(right.base, right.steps));
    } else if (has(K::kColumn, K::kText)) {
      if (right.text.empty()) return InvalidArgument("compares with an empty text, which is null here");
      out.kind = SqlTruth::Kind::kLiteral;
      out.side = left.side;
      out.text = right.text;
      HEARTH_ASSIGN_OR_RETURN(out.a, Intern(left.base, left.steps));
    } else if (has(K::kColumn, K::kNumber) || has(K::kNumber, K::kColumn)) {
      return InvalidArgument("compares a column with a number, which is not read");
    } else {
      return InvalidArgument("holds a comparison of something other than columns, which is not read");
    }
    return sign == "<>" ? Not(std::move(out)) : std::move(out);
  }

  // Every sign as "at most" of a distance or "at least" of a similarity, or its opposite.
  static StatusOr<SqlTruth> CompareMeasure(const Condition& measure, std::string_view sign, double bound) {
    const auto* known =
        std::find_if(std::begin(kMeasures), std::end(kMeasures), [&](const auto& m) { return m.test == measure.test; });
    const bool distance = known->measure == Measure::kDistance;
    const double above = std::nextafter(bound, INFINITY);
    bool opposite = false;
    if (distance) {
      opposite = sign == ">" || sign == ">=";
      if (sign == "=" && bound != 0) return NotRead("= on " + std::string(known->name) + "()");
      bound = sign == "<" || sign == ">=" ? std::ceil(bound) - 1 : std::floor(bound);
    } else {
      opposite = sign == "<" || sign == "<=";
      if (sign == "=" && bound != 1) return NotRead("= on " + std::string(known->name) + "()");
      bound = sign == ">" || sign == "<=" ? above : bound;
    }
    if (sign == "<>") return NotRead("<> on " + std::string(known->name) + "()");
    // Values that the function cannot reach decide the comparison, nulls apart.
    const bool never = distance ? bound < 0 : bound > 1, always = distance ? bound > kDistanceMax : bound <= 0;
    SqlTruth out;
    out.kind = SqlTruth::Kind::kMeasure;
    out.a = measure.a;
    if (never == opposite && (never || always)) return out;
    if (never || always) return InvalidArgument("holds a comparison that can never be true");
    out.measure = measure;
    out.measure->bound = bound + 0.0;
    return opposite ? Not(std::move(out)) : std::move(out);
  }

  const std::vector<SqlToken> tokens_;
  SqlSpellings* const spellings_;
  Model* const model_;
  size_t at_ = 0;
};

StatusOr<SqlTruth> ReadTruth(std::string_view sql, SqlSpellings* spellings, Model* model) {
  HEARTH_ASSIGN_OR_RETURN(std::vector<SqlToken> tokens, SqlTokens(sql));
  return SqlReader(std::move(tokens), spellings, model).Read();
}

}  // namespace

StatusOr<Condition> ReadSqlCondition(std::string_view sql, SqlSpellings* spellings, Model* model) {
  HEARTH_ASSIGN_OR_RETURN(const SqlTruth truth, ReadTruth(sql, spellings, model));
  return MakeSymmetric(truth, *model);
}

StatusOr<BlockingRule> ReadSqlRule(std::string_view sql, SqlSpellings* spellings, Model* model) {
  HEARTH_ASSIGN_OR_RETURN(const SqlTruth truth, ReadTruth(sql, spellings, model));
  return MakeRule(truth, *model);
}

StatusOr<ColumnIndex> ReadSqlColumn(std::string_view sql, SqlSpellings* spellings, Model* model) {
  HEARTH_ASSIGN_OR_RETURN(std::vector<SqlToken> tokens, SqlTokens(sql));
  return SqlReader(std::move(tokens), spellings, model).ReadName();
}

}  // namespace hearth::linkage
