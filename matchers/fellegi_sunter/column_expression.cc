#include "matchers/fellegi_sunter/column_expression.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "core/text.h"
#include "core/yaml.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

enum class Arguments : uint8_t { kNone, kCount, kFirstAndCount, kText, kFormat };
constexpr struct {
  StepKind kind;
  std::string_view name;
  Arguments arguments;
} kSteps[] = {
    {StepKind::kLower, "lower", Arguments::kNone},
    {StepKind::kFold, "fold", Arguments::kNone},
    {StepKind::kDigits, "digits", Arguments::kNone},
    {StepKind::kLetters, "letters", Arguments::kNone},
    {StepKind::kSubstr, "substr", Arguments::kFirstAndCount},
    {StepKind::kLast, "last", Arguments::kCount},
    {StepKind::kSortedTokens, "sorted_tokens", Arguments::kNone},
    {StepKind::kFirstToken, "first_token", Arguments::kNone},
    {StepKind::kLastToken, "last_token", Arguments::kNone},
    {StepKind::kPinyin, "pinyin", Arguments::kNone},
    {StepKind::kNameKey, "name_key", Arguments::kNone},
    {StepKind::kDate, "date", Arguments::kFormat},
    {StepKind::kNullIf, "null_if", Arguments::kText},
    {StepKind::kTokens, "tokens", Arguments::kNone},
    {StepKind::kSplit, "split", Arguments::kText},
    {StepKind::kQgrams, "qgrams", Arguments::kCount},
    {StepKind::kOneEdit, "one_edit", Arguments::kNone},
};

constexpr int kCountMax = 10000;  // characters that a step may ask for
constexpr size_t kStepsMax = 16;  // a column with more is a mistake

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// Text that stands in double quotes, inner ones doubled, or plain text without any.
StatusOr<std::string> Unquoted(std::string_view text) {
  if (!text.starts_with('"')) {
    if (text.find('"') != std::string_view::npos) {
      return InvalidArgument("a double quote inside " + std::string(text) + "; quotes stand around a whole name");
    }
    return std::string(text);
  }
  std::string out;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      out += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      out += text[++i];
    } else if (i + 1 == text.size()) {
      return out;
    } else {
      return InvalidArgument("text behind the closing quote of " + std::string(text));
    }
  }
  return InvalidArgument("a double quote is not closed in " + std::string(text));
}

bool NeedsQuotes(std::string_view name) {
  return name.empty() || Trim(name) != name || name.find_first_of("\"|,=()<>\t\r\n") != std::string_view::npos;
}

std::optional<int> ToCount(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kCountMax) return std::nullopt;
  return value;
}

Status CheckFormat(std::string_view format) {
  std::string fields;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i < format.size()) fields += format[i];
  }
  std::sort(fields.begin(), fields.end());
  if (fields == "Ydm") return OkStatus();
  return InvalidArgument("date needs a format with %Y, %m and %d once each, as in date %Y-%m-%d");
}

void ForEachColumn(Condition* condition, const auto& body) {
  switch (condition->test) {
    case Test::kElse:
      return;
    case Test::kAnd:
    case Test::kOr:
    case Test::kNot:
      for (Condition& part : condition->parts) ForEachColumn(&part, body);
      return;
    default:
      body(&condition->a), body(&condition->b);
  }
}

void ForEachColumn(BlockingRule* rule, const auto& body) {
  for (KeyPart& part : rule->parts) body(&part.left), body(&part.right);
  if (rule->filter) ForEachColumn(&*rule->filter, body);
}

// In the order in which a model's text is read.
void ForEachColumn(Model* model, const auto& body) {
  for (BlockingRule& rule : model->blocking) ForEachColumn(&rule, body);
  for (Comparison& comparison : model->comparisons) {
    for (Level& level : comparison.levels) {
      ForEachColumn(&level.when, body);
      if (level.tf_column) body(&*level.tf_column);
    }
  }
  for (BlockingRule& rule : model->training.prior_rules) ForEachColumn(&rule, body);
  for (BlockingRule& rule : model->training.em_rules) ForEachColumn(&rule, body);
}

}  // namespace

StatusOr<Step> ParseStep(std::string_view text) {
  text = Trim(text);
  const size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
  const std::string_view name = text.substr(0, end), rest = Trim(text.substr(end));
  const auto* found = std::find_if(std::begin(kSteps), std::end(kSteps), [&](const auto& s) { return s.name == name; });
  if (found == std::end(kSteps)) {
    std::vector<std::string> known;
    for (const auto& s : kSteps) known.emplace_back(s.name);
    const std::string near = NearestName(name, known);
    return InvalidArgument("unknown step \"" + std::string(name) + "\"" +
                           (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  Step step;
  step.kind = found->kind;
  const std::string wanted(name);
  switch (found->arguments) {
    case Arguments::kNone:
      if (!rest.empty()) return InvalidArgument("step " + wanted + " takes no argument");
      break;
    case Arguments::kCount: {
      const auto count = ToCount(rest);
      if (!count) return InvalidArgument("step " + wanted + " needs a count of characters, as in " + wanted + " 4");
      step.count = *count;
      break;
    }
    case Arguments::kFirstAndCount: {
      const size_t blank = std::min(rest.find_first_of(" \t\r\n"), rest.size());
      const auto first = ToCount(rest.substr(0, blank)), count = ToCount(Trim(rest.substr(blank)));
      if (!first || !count) {
        return InvalidArgument("step substr needs the first character, from 1, and a count, as in substr 1 4");
      }
      step.first = *first;
      step.count = *count;
      break;
    }
    case Arguments::kText:
    case Arguments::kFormat: {
      if (rest.empty()) {
        return InvalidArgument("step " + wanted + " needs a text, as in " +
                               (step.kind == StepKind::kDate ? "date %Y-%m-%d" : wanted + " \";\""));
      }
      HEARTH_ASSIGN_OR_RETURN(step.text, Unquoted(rest));
      if (step.text.empty()) return InvalidArgument("step " + wanted + " needs a text that is not empty");
      if (step.kind == StepKind::kDate) HEARTH_RETURN_IF_ERROR(CheckFormat(step.text));
      break;
    }
  }
  return step;
}

std::string StepText(const Step& step) {
  const auto* found =
      std::find_if(std::begin(kSteps), std::end(kSteps), [&](const auto& s) { return s.kind == step.kind; });
  HEARTH_CHECK(found != std::end(kSteps), "a step without a name");
  std::string out(found->name);
  switch (found->arguments) {
    case Arguments::kNone:
      break;
    case Arguments::kCount:
      out += " " + std::to_string(step.count);
      break;
    case Arguments::kFirstAndCount:
      out += " " + std::to_string(step.first) + " " + std::to_string(step.count);
      break;
    case Arguments::kText:
    case Arguments::kFormat:
      out += " " + QuotedName(step.text);
      break;
  }
  return out;
}

std::vector<std::string_view> SplitOutsideQuotes(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == separator && depth <= 0) {
      parts.push_back(Trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(Trim(text.substr(begin)));
  return parts;
}

StatusOr<ColumnExpression> ParseColumnExpression(std::string_view text) {
  const std::vector<std::string_view> parts = SplitOutsideQuotes(text, '|');
  ColumnExpression out;
  HEARTH_ASSIGN_OR_RETURN(out.base, Unquoted(parts[0]));
  if (out.base.empty()) return InvalidArgument("a column name is missing");
  if (out.base.find_first_of("|\"") != std::string::npos) {
    return InvalidArgument("a column name cannot hold a bar or a quote; give the heading another name under columns");
  }
  if (!parts[0].starts_with('"') && NeedsQuotes(out.base)) {
    return InvalidArgument("\"" + out.base + "\" is no column name; one with , = ( ) < > stands in double quotes");
  }
  if (parts.size() - 1 > kStepsMax) return InvalidArgument("more than 16 steps");
  out.text = QuotedName(out.base);
  for (size_t i = 1; i < parts.size(); ++i) {
    HEARTH_ASSIGN_OR_RETURN(const Step step, ParseStep(parts[i]));
    out.steps.push_back(step);
    out.text += " | " + StepText(step);
  }
  if (out.steps.empty()) out.text = out.base;
  return out;
}

std::string QuotedName(std::string_view name) { return NeedsQuotes(name) ? Quoted(name) : std::string(name); }

// Only the text of one in place holds a bar, and that text has its own quotes.
std::string ColumnText(const ColumnSpec& column) {
  return column.name.find('|') != std::string::npos ? column.name : QuotedName(column.name);
}

std::optional<ColumnIndex> FindColumn(const Model& model, std::string_view name) {
  for (size_t i = 0; i < model.columns.size(); ++i) {
    if (model.columns[i].name == name) return static_cast<ColumnIndex>(i);
  }
  return std::nullopt;
}

namespace {

// What the text means in a model: the base's headings and steps, then the steps in place.
ColumnSpec SpecOf(const ColumnExpression& expression, const Model& model) {
  ColumnSpec spec{expression.text, {{{expression.base}, {expression.base}}}, {}};
  if (const auto base = FindColumn(model, expression.base); base && !expression.steps.empty()) {
    spec.from = model.columns[*base].from;
    spec.steps = model.columns[*base].steps;
  }
  spec.steps.insert(spec.steps.end(), expression.steps.begin(), expression.steps.end());
  return spec;
}

}  // namespace

StatusOr<ColumnIndex> InternExpression(const ColumnExpression& expression, Model* model) {
  if (const auto known = FindColumn(*model, expression.text)) return *known;
  if (model->columns.size() >= std::numeric_limits<ColumnIndex>::max()) return InvalidArgument("too many columns");
  model->columns.push_back(SpecOf(expression, *model));
  return static_cast<ColumnIndex>(model->columns.size() - 1);
}

StatusOr<ColumnIndex> InternColumn(std::string_view text, Model* model) {
  HEARTH_ASSIGN_OR_RETURN(const ColumnExpression expression, ParseColumnExpression(text));
  return InternExpression(expression, model);
}

bool FollowsFromText(const Model& model, const ColumnSpec& column) {
  const StatusOr<ColumnExpression> parsed = ParseColumnExpression(ColumnText(column));
  if (!parsed.ok() || parsed->text != column.name) return false;
  const ColumnSpec spec = SpecOf(*parsed, model);
  return spec.from == column.from && spec.steps == column.steps;
}

void OrderColumns(Model* model) {
  constexpr ColumnIndex kUnseen = std::numeric_limits<ColumnIndex>::max();
  std::vector<ColumnIndex> moved(model->columns.size(), kUnseen);
  std::vector<ColumnSpec> ordered;
  const auto place = [&](ColumnIndex old) {
    if (moved[old] != kUnseen) return;
    moved[old] = static_cast<ColumnIndex>(ordered.size());
    ordered.push_back(model->columns[old]);
  };
  for (size_t i = 0; i < model->columns.size(); ++i) {
    if (!FollowsFromText(*model, model->columns[i])) place(static_cast<ColumnIndex>(i));
  }
  ForEachColumn(model, [&](ColumnIndex* column) { place(*column), *column = moved[*column]; });
  model->columns = std::move(ordered);
}

}  // namespace hearth::linkage
