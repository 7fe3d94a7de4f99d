// The settings JSON of Splink 4 and 5: what linker.misc.save_model_to_json() and SettingsCreator write. Which u a term
// frequency refers to, and what a null, an ELSE or a weight of 0 does to it, is as Splink 5.0.0 has it; a test compares
// the weights with Splink's own (tests/matchers/fellegi_sunter/splink).
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <initializer_list>

#include "core/yaml.h"
#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/model_checks.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "matchers/fellegi_sunter/sql_condition.h"

namespace hearth::linkage {
namespace {

namespace json = boost::json;

// What Splink saves in place of an m or u that no pair showed, and what it takes for it.
constexpr std::string_view kNotObserved = "level not observed in training dataset";
constexpr double kNotObservedValue = 1e-6;
constexpr size_t kRulesMax = 256;

std::string Text(const json::string& text) { return std::string(text.data(), text.size()); }

std::string_view KindName(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
    default:
      return "a number";
  }
}

// A value and its path inside the document: "comparisons[1].comparison_levels[0]".
struct Node {
  const json::value* value = nullptr;
  std::string path;

  Status Wrong(std::string_view message) const {
    return InvalidArgument(path.empty() ? std::string(message) : path + ": " + std::string(message));
  }
  Status Wants(std::string_view kind) const {
    return Wrong("must be " + std::string(kind) + ", not " + std::string(KindName(*value)));
  }
};

// Null counts as absent.
std::optional<Node> Find(const Node& node, std::string_view key) {
  const json::object* object = node.value->if_object();
  const json::value* value = object == nullptr ? nullptr : object->if_contains({key.data(), key.size()});
  if (value == nullptr || value->is_null()) return std::nullopt;
  return Node{value, (node.path.empty() ? "" : node.path + ".") + std::string(key)};
}

StatusOr<std::string> TextAt(const Node& node, std::string_view key, std::string_view fallback) {
  const auto found = Find(node, key);
  if (!found) return std::string(fallback);
  if (!found->value->is_string()) return found->Wants("a text");
  return Text(found->value->get_string());
}

StatusOr<std::optional<double>> NumberAt(const Node& node, std::string_view key) {
  const auto found = Find(node, key);
  if (!found) return std::optional<double>();
  if (!found->value->is_number()) return found->Wants("a number");
  const double value = found->value->to_number<double>();
  if (!std::isfinite(value)) return found->Wrong("is too large a number");
  return std::optional<double>(value);
}

StatusOr<bool> BoolAt(const Node& node, std::string_view key) {
  const auto found = Find(node, key);
  if (!found) return false;
  if (!found->value->is_bool()) return found->Wants("true or false");
  return found->value->get_bool();
}

StatusOr<std::vector<Node>> ListAt(const Node& node, std::string_view key) {
  const auto found = Find(node, key);
  if (!found) return node.Wrong("\"" + std::string(key) + "\" is missing");
  const json::array* list = found->value->if_array();
  if (list == nullptr) return found->Wants("a list");
  std::vector<Node> out;
  for (size_t i = 0; i < list->size(); ++i) out.push_back({&(*list)[i], found->path + "[" + std::to_string(i) + "]"});
  return out;
}

// A key that is not known may change what the model means.
Status OnlyKeys(const Node& node, std::initializer_list<std::string_view> keys) {
  const json::object* object = node.value->if_object();
  if (object == nullptr) return node.Wants("an object");
  for (const auto& [key, value] : *object) {
    const std::string_view name(key.data(), key.size());
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    const std::string near = NearestName(name, std::vector<std::string>(keys.begin(), keys.end()));
    return node.Wrong("setting \"" + std::string(name) + "\" is not read" +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  return OkStatus();
}

class SettingsReader {
 public:
  explicit SettingsReader(const json::value& root) : root_{&root, ""} {}

  StatusOr<Model> Read(std::string_view file_name) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(
        root_,
        {"link_type", "probability_two_random_records_match", "unique_id_column_name", "source_dataset_column_name",
         "blocking_rules_to_generate_predictions", "comparisons", "em_convergence", "max_iterations", "sql_dialect",
         // Harmless: they name or keep columns of Splink's own output.
         "retain_matching_columns", "retain_intermediate_calculation_columns", "additional_columns_to_retain",
         "linker_uid", "match_weight_column_prefix", "bayes_factor_column_prefix",
         "term_frequency_adjustment_column_prefix", "comparison_vector_value_column_prefix"}));
    const size_t slash = file_name.find_last_of('/');
    const std::string_view base = slash == std::string_view::npos ? file_name : file_name.substr(slash + 1);
    const std::string_view stem = base.substr(0, base.find_last_of('.'));
    model_.name = stem.empty() ? "splink" : std::string(stem);
    HEARTH_RETURN_IF_ERROR(ReadHead());
    HEARTH_RETURN_IF_ERROR(ReadTraining());
    HEARTH_RETURN_IF_ERROR(ReadRules());
    HEARTH_ASSIGN_OR_RETURN(const std::vector<Node> comparisons, ListAt(root_, "comparisons"));
    for (const Node& node : comparisons) HEARTH_RETURN_IF_ERROR(ReadComparison(node));
    if (const auto problem = CheckComparisonNames(model_)) {
      return (problem->part < 0 ? root_ : comparisons[problem->part]).Wrong(problem->message);
    }
    OrderColumns(&model_);
    return std::move(model_);
  }

 private:
  Status ReadHead() {
    HEARTH_ASSIGN_OR_RETURN(const std::string type, TextAt(root_, "link_type", ""));
    constexpr std::pair<std::string_view, LinkType> kTypes[] = {{"dedupe_only", LinkType::kDedupe},
                                                                {"link_only", LinkType::kLink},
                                                                {"two_dataset_link_only", LinkType::kLink},
                                                                {"link_and_dedupe", LinkType::kLinkAndDedupe}};
    const auto* found =
        std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& t) { return t.first == type; });
    if (found == std::end(kTypes)) {
      return root_.Wrong("link_type is one of dedupe_only, link_only, link_and_dedupe, not \"" + type + "\"");
    }
    model_.link_type = found->second;
    HEARTH_ASSIGN_OR_RETURN(model_.id_column, TextAt(root_, "unique_id_column_name", "unique_id"));
    if (model_.id_column.empty()) return root_.Wrong("unique_id_column_name is empty");
    HEARTH_ASSIGN_OR_RETURN(std::string source, TextAt(root_, "source_dataset_column_name", ""));
    if (model_.link_type != LinkType::kDedupe && !source.empty()) model_.source_column = std::move(source);
    return OkStatus();
  }

  Status ReadTraining() {
    HEARTH_ASSIGN_OR_RETURN(model_.prior, NumberAt(root_, "probability_two_random_records_match"));
    if (model_.prior && !(*model_.prior > 0 && *model_.prior < 1)) {
      return root_.Wrong("probability_two_random_records_match is between 0 and 1, both excluded");
    }
    HEARTH_ASSIGN_OR_RETURN(const auto tolerance, NumberAt(root_, "em_convergence"));
    HEARTH_ASSIGN_OR_RETURN(const auto iterations, NumberAt(root_, "max_iterations"));
    if (tolerance) model_.training.tolerance = *tolerance;
    if (!(model_.training.tolerance > 0 && model_.training.tolerance < 1)) {
      return root_.Wrong("em_convergence is between 0 and 1, both excluded");
    }
    if (iterations && !(*iterations >= 1 && *iterations <= 10000 && *iterations == std::floor(*iterations))) {
      return root_.Wrong("max_iterations is a whole number from 1 to 10000");
    }
    if (iterations) model_.training.iterations_max = static_cast<int>(*iterations);
    return OkStatus();
  }

  Status ReadRules() {
    HEARTH_ASSIGN_OR_RETURN(const std::vector<Node> rules, ListAt(root_, "blocking_rules_to_generate_predictions"));
    if (rules.empty()) {
      return root_.Wrong(
          "blocking_rules_to_generate_predictions is empty; without a blocking rule every pair would be made");
    }
    if (rules.size() > kRulesMax) return root_.Wrong("more than 256 blocking rules");
    for (const Node& node : rules) {
      std::string sql;
      if (node.value->is_string()) {
        sql = Text(node.value->get_string());
      } else {
        HEARTH_RETURN_IF_ERROR(
            OnlyKeys(node, {"blocking_rule", "sql_dialect", "arrays_to_explode", "salting_partitions"}));
        for (const std::string_view key : {"arrays_to_explode", "salting_partitions"}) {
          if (Find(node, key)) return node.Wrong("uses " + std::string(key) + ", which is not read");
        }
        HEARTH_ASSIGN_OR_RETURN(sql, TextAt(node, "blocking_rule", ""));
      }
      StatusOr<BlockingRule> rule = ReadSqlRule(sql, &spellings_, &model_);
      if (!rule.ok()) return node.Wrong(Message(rule.status()) + "; blocking rule " + sql);
      if (const auto problem = CompleteRule(&*rule, model_)) return node.Wrong(problem->message);
      model_.blocking.push_back(*std::move(rule));
    }
    return OkStatus();
  }

  Status ReadComparison(const Node& node) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"output_column_name", "comparison_levels", "comparison_description"}));
    HEARTH_ASSIGN_OR_RETURN(const std::vector<Node> levels, ListAt(node, "comparison_levels"));
    Comparison comparison;
    HEARTH_ASSIGN_OR_RETURN(comparison.name, TextAt(node, "output_column_name", ""));
    const std::string named = comparison.name.empty() ? "" : " of comparison " + comparison.name;
    for (size_t i = 0; i < levels.size(); ++i) {
      StatusOr<Level> level = ReadLevel(levels[i], static_cast<int>(i));
      if (!level.ok()) return InvalidArgument(Message(level.status()) + "; level " + std::to_string(i + 1) + named);
      comparison.levels.push_back(*std::move(level));
    }
    if (comparison.name.empty()) {
      for (const ColumnIndex column : ColumnsOf(comparison)) {
        comparison.name += (comparison.name.empty() ? "" : "_") + model_.columns[column].name;
      }
    }
    if (const auto problem = CompleteComparison(&comparison, model_)) {
      if (problem->part < 0) return node.Wrong(problem->message + (named.empty() ? "" : ";" + named.substr(3)));
      return levels[problem->part].Wrong(problem->message + "; level " + std::to_string(problem->part + 1) + named);
    }
    model_.comparisons.push_back(std::move(comparison));
    return OkStatus();
  }

  StatusOr<Level> ReadLevel(const Node& node, int index) {
    HEARTH_RETURN_IF_ERROR(
        OnlyKeys(node, {"sql_condition", "label_for_charts", "is_null_level", "m_probability", "u_probability",
                        "fix_m_probability", "fix_u_probability", "tf_adjustment_column", "tf_adjustment_weight",
                        "tf_minimum_u_value", "disable_tf_exact_match_detection", "comparison_vector_value"}));
    Level level;
    HEARTH_ASSIGN_OR_RETURN(level.label, TextAt(node, "label_for_charts", ""));
    HEARTH_ASSIGN_OR_RETURN(level.is_null, BoolAt(node, "is_null_level"));
    HEARTH_ASSIGN_OR_RETURN(const std::string sql, TextAt(node, "sql_condition", ""));
    if (!IsElse(sql)) {
      StatusOr<Condition> when = ReadSqlCondition(sql, &spellings_, &model_);
      if (!when.ok()) return node.Wrong(Message(when.status()));
      level.when = *std::move(when);
    }
    if (level.is_null) return level;
    HEARTH_ASSIGN_OR_RETURN(level.m, ProbabilityAt(node, "m_probability"));
    HEARTH_ASSIGN_OR_RETURN(level.u, ProbabilityAt(node, "u_probability"));
    HEARTH_ASSIGN_OR_RETURN(const bool fix_m, BoolAt(node, "fix_m_probability"));
    HEARTH_ASSIGN_OR_RETURN(const bool fix_u, BoolAt(node, "fix_u_probability"));
    level.fixed_m = fix_m && level.m;
    level.fixed_u = fix_u && level.u;
    HEARTH_RETURN_IF_ERROR(ReadTerms(node, index, &level));
    return level;
  }

  static bool IsElse(std::string_view sql) {
    std::string word;
    for (const char c : sql) {
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return word == "else";
  }

  StatusOr<std::optional<double>> ProbabilityAt(const Node& node, std::string_view key) {
    const auto found = Find(node, key);
    if (found && found->value->is_string() && Text(found->value->get_string()) == kNotObserved) {
      return std::optional<double>(kNotObservedValue);
    }
    return NumberAt(node, key);
  }

  // ELSE and a weight of 0 take no part in term frequencies, whatever column stands there.
  Status ReadTerms(const Node& node, int index, Level* level) {
    HEARTH_ASSIGN_OR_RETURN(const std::string name, TextAt(node, "tf_adjustment_column", ""));
    HEARTH_ASSIGN_OR_RETURN(const auto weight, NumberAt(node, "tf_adjustment_weight"));
    HEARTH_ASSIGN_OR_RETURN(const auto minimum_u, NumberAt(node, "tf_minimum_u_value"));
    HEARTH_ASSIGN_OR_RETURN(const bool own_u, BoolAt(node, "disable_tf_exact_match_detection"));
    if (name.empty() || weight == 0.0 || level->when.test == Test::kElse) return OkStatus();
    const StatusOr<ColumnIndex> column = ReadSqlColumn(name, &spellings_, &model_);
    if (!column.ok()) return node.Wrong("tf_adjustment_column \"" + name + "\" " + Message(column.status()));
    level->tf_column = *column;
    level->tf_weight = weight.value_or(1);
    level->tf_minimum_u = minimum_u.value_or(0);
    if (own_u) level->tf_level = index;
    return OkStatus();
  }

  const Node root_;
  Model model_;
  SqlSpellings spellings_;
};

std::string Place(std::string_view text, size_t at) {
  const std::string_view before = text.substr(0, at);
  const size_t line_start = before.find_last_of('\n');
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t column = at - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return std::to_string(line) + ":" + std::to_string(column);
}

StatusOr<json::value> Parse(std::string_view text, std::string_view file_name) {
  try {
    json::stream_parser parser;
    json::error_code error;
    const size_t read = parser.write_some(text.data(), text.size(), error);
    if (!error && read == text.size()) parser.finish(error);
    if (!error && read == text.size() && parser.done()) return parser.release();
    size_t rest = read;
    while (!error && rest < text.size() && std::string_view(" \t\r\n").find(text[rest]) != std::string_view::npos)
      ++rest;
    if (!error && rest == text.size() && parser.done()) return parser.release();
    return InvalidArgument(std::string(file_name) + ":" + Place(text, rest) +
                           ": bad JSON: " + (error ? error.message() : "text after the end"));
  } catch (const std::exception&) {
    return InvalidArgument(std::string(file_name) + ": bad JSON");
  }
}

}  // namespace

StatusOr<Model> ReadSplinkSettings(std::string_view text, std::string_view file_name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  HEARTH_ASSIGN_OR_RETURN(const json::value root, Parse(text, file_name));
  StatusOr<Model> model = SettingsReader(root).Read(file_name);
  if (!model.ok()) return Annotate(model.status(), file_name);
  return model;
}

StatusOr<Model> ReadAnyModel(std::string_view text, std::string_view file_name) {
  std::string_view start = text;
  if (start.starts_with("\xEF\xBB\xBF")) start.remove_prefix(3);
  const size_t first = start.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && start[first] == '{') return ReadSplinkSettings(text, file_name);
  return ReadModel(text, file_name);
}

}  // namespace hearth::linkage
