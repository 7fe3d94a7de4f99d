// The YAML of a linkage model, section by section in a fixed order, whatever the order in the file: so two files that
// say the same give equal models. The page for writers is docs/formats.md, "Linkage models".
#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "core/yaml.h"
#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/level_lists.h"
#include "matchers/fellegi_sunter/model_checks.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr size_t kRulesMax = 256;
constexpr size_t kOfMax = 8;  // columns of one comparison

// An unknown key is told before anything that may be missing because of it.
Status OnlyKeys(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  YamlMap map(node);
  for (const std::string_view key : keys) map.Node(key);
  return map.Finish();
}

Status At(const YamlNode& node, const Status& status) {
  return status.ok() ? status : YamlError(node, Message(status));
}

StatusOr<std::string> TextOf(const YamlNode& node, std::string_view what) {
  if (!node.IsScalar() || node.text.empty()) return YamlError(node, std::string(what) + " must be text");
  return node.text;
}

StatusOr<double> NumberOf(const YamlNode& node, std::string_view what) {
  double value = 0;
  const char* const begin = node.text.data();
  const auto [end, error] = std::from_chars(begin, begin + node.text.size(), value);
  if (!node.IsScalar() || error != std::errc() || end != begin + node.text.size() || !std::isfinite(value)) {
    return YamlError(node, std::string(what) + " must be a number");
  }
  return value;
}

StatusOr<bool> BoolOf(const YamlNode& node, std::string_view what) {
  if (node.IsScalar() && (node.text == "true" || node.text == "false")) return node.text == "true";
  return YamlError(node, std::string(what) + " must be true or false");
}

// A probability between 0 and 1, both excluded.
StatusOr<double> ProbabilityOf(const YamlNode& node, std::string_view what) {
  HEARTH_ASSIGN_OR_RETURN(const double value, NumberOf(node, what));
  if (value > 0 && value < 1) return value;
  return YamlError(node, std::string(what) + " is a probability between 0 and 1, both excluded");
}

// A list of texts; one text alone is a list of one.
StatusOr<std::vector<const YamlNode*>> TextsOf(const YamlNode& node, std::string_view what) {
  std::vector<const YamlNode*> out;
  if (node.IsScalar()) {
    out.push_back(&node);
  } else if (node.IsList()) {
    for (const YamlNode& item : node.items) out.push_back(&item);
  }
  if (out.empty()) return YamlError(node, std::string(what) + " must be text or a list of texts, not empty");
  for (const YamlNode* item : out) HEARTH_RETURN_IF_ERROR(TextOf(*item, what).status());
  return out;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = NearestName(word, known);
  return near.empty() ? "" : "; did you mean \"" + near + "\"?";
}

// The value that a word stands for.
template <class Value>
StatusOr<Value> OneOf(const YamlNode& node, std::string_view what,
                      std::initializer_list<std::pair<std::string_view, Value>> words) {
  std::vector<std::string> known;
  std::string all;
  for (const auto& [word, value] : words) {
    if (node.IsScalar() && node.text == word) return value;
    known.emplace_back(word);
    all += (all.empty() ? "" : ", ") + known.back();
  }
  return YamlError(node, std::string(what) + " is one of " + all + DidYouMean(node.text, known));
}

class ModelReader {
 public:
  explicit ModelReader(const YamlNode& root) : root_(root) {}

  StatusOr<Model> Read() {
    HEARTH_RETURN_IF_ERROR(
        OnlyKeys(root_, {"linkage_model", "id_column", "source_column", "link", "one_to_one", "bytes", "columns",
                         "blocking", "comparisons", "prior", "training", "thresholds", "clusters", "pairs_max"}));
    for (const std::string_view key : {"linkage_model", "link", "blocking", "comparisons"}) {
      if (root_.Find(key) == nullptr) return YamlError(root_, "missing key \"" + std::string(key) + "\"");
    }
    HEARTH_RETURN_IF_ERROR(ReadHead());
    if (const YamlNode* node = root_.Find("columns")) HEARTH_RETURN_IF_ERROR(ReadColumns(*node));
    HEARTH_ASSIGN_OR_RETURN(model_.blocking, ReadRules(*root_.Find("blocking"), "blocking"));
    HEARTH_RETURN_IF_ERROR(ReadComparisons(*root_.Find("comparisons")));
    if (const YamlNode* node = root_.Find("prior")) HEARTH_RETURN_IF_ERROR(ReadPrior(*node));
    if (const YamlNode* node = root_.Find("training")) HEARTH_RETURN_IF_ERROR(ReadTraining(*node));
    if (const YamlNode* node = root_.Find("thresholds")) HEARTH_RETURN_IF_ERROR(ReadThresholds(*node));
    OrderColumns(&model_);
    return std::move(model_);
  }

 private:
  Status ReadHead() {
    HEARTH_ASSIGN_OR_RETURN(model_.name, TextOf(*root_.Find("linkage_model"), "linkage_model"));
    if (const YamlNode* node = root_.Find("id_column")) {
      HEARTH_ASSIGN_OR_RETURN(model_.id_column, TextOf(*node, "id_column"));
    }
    if (const YamlNode* node = root_.Find("source_column")) {
      HEARTH_ASSIGN_OR_RETURN(model_.source_column, TextOf(*node, "source_column"));
    }
    HEARTH_ASSIGN_OR_RETURN(model_.link_type, OneOf<LinkType>(*root_.Find("link"), "link",
                                                              {{"dedupe", LinkType::kDedupe},
                                                               {"link", LinkType::kLink},
                                                               {"link_and_dedupe", LinkType::kLinkAndDedupe}}));
    if (const YamlNode* node = root_.Find("one_to_one")) {
      HEARTH_ASSIGN_OR_RETURN(model_.one_to_one, BoolOf(*node, "one_to_one"));
      if (model_.one_to_one && model_.link_type != LinkType::kLink) {
        return YamlError(*node, "one_to_one pairs the records of two tables and needs link: link");
      }
    }
    if (const YamlNode* node = root_.Find("bytes")) {
      HEARTH_ASSIGN_OR_RETURN(model_.bytes, BoolOf(*node, "bytes"));
    }
    if (const YamlNode* node = root_.Find("clusters")) {
      HEARTH_ASSIGN_OR_RETURN(model_.cluster_method, OneOf<ClusterMethod>(*node, "clusters",
                                                                          {{"cohesive", ClusterMethod::kCohesive},
                                                                           {"connected", ClusterMethod::kConnected}}));
    }
    if (const YamlNode* node = root_.Find("pairs_max")) {
      HEARTH_ASSIGN_OR_RETURN(model_.pairs_max, NumberOf(*node, "pairs_max"));
      if (model_.pairs_max < 1) return YamlError(*node, "pairs_max is a number of pairs from 1");
    }
    return OkStatus();
  }

  // columns

  Status ReadColumns(const YamlNode& node) {
    if (!node.IsMap()) return YamlError(node, "\"columns\" must be a map from column name to what it is made from");
    for (const auto& [key, value] : node.entries) {
      ColumnSpec spec;
      spec.name = key.text;
      if (key.text.empty() || key.text.find_first_of("|\"") != std::string::npos) {
        return YamlError(key, "a declared column's name is not empty and holds no bar and no quote");
      }
      spec.from = {std::vector<std::string>{key.text}, {key.text}};
      HEARTH_RETURN_IF_ERROR(ReadColumn(value, &spec));
      model_.columns.push_back(std::move(spec));
    }
    return OkStatus();
  }

  Status ReadColumn(const YamlNode& node, ColumnSpec* spec) {
    if (node.IsNull()) return OkStatus();
    if (!node.IsMap()) {
      HEARTH_ASSIGN_OR_RETURN(spec->from[0], HeadingsOf(node, "a column"));
      spec->from[1] = spec->from[0];
      return OkStatus();
    }
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"from", "left", "right", "steps"}));
    const YamlNode *from = node.Find("from"), *left = node.Find("left"), *right = node.Find("right");
    if (from != nullptr && (left != nullptr || right != nullptr)) {
      return YamlError(*from, "either from, for both tables, or left and right");
    }
    if (from != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(spec->from[0], HeadingsOf(*from, "from"));
      spec->from[1] = spec->from[0];
    }
    if (left != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(spec->from[0], HeadingsOf(*left, "left"));
    }
    if (right != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(spec->from[1], HeadingsOf(*right, "right"));
    }
    if (model_.link_type == LinkType::kDedupe && spec->from[0] != spec->from[1]) {
      return YamlError(node, "dedupe has one table, so left and right cannot differ; use from");
    }
    if (const YamlNode* steps = node.Find("steps")) {
      HEARTH_ASSIGN_OR_RETURN(const auto texts, TextsOf(*steps, "steps"));
      for (const YamlNode* text : texts) {
        const StatusOr<Step> step = ParseStep(text->text);
        if (!step.ok()) return At(*text, step.status());
        spec->steps.push_back(*step);
      }
    }
    return OkStatus();
  }

  StatusOr<std::vector<std::string>> HeadingsOf(const YamlNode& node, std::string_view what) {
    HEARTH_ASSIGN_OR_RETURN(const auto texts, TextsOf(node, what));
    std::vector<std::string> out;
    for (const YamlNode* text : texts) out.push_back(text->text);
    return out;
  }

  StatusOr<ColumnIndex> ColumnOf(const YamlNode& node, std::string_view text) {
    StatusOr<ColumnIndex> column = InternColumn(text, &model_);
    if (!column.ok()) return At(node, column.status());
    return column;
  }

  // blocking rules

  StatusOr<std::vector<BlockingRule>> ReadRules(const YamlNode& node, std::string_view what) {
    if (!node.IsList() || node.items.empty()) {
      return YamlError(node,
                       "\"" + std::string(what) + "\" must be a list of rules, such as [last_name, dob], not empty");
    }
    if (node.items.size() > kRulesMax) return YamlError(node, "more than 256 rules");
    std::vector<BlockingRule> rules;
    for (const YamlNode& item : node.items) {
      HEARTH_ASSIGN_OR_RETURN(BlockingRule rule, ReadRule(item));
      rules.push_back(std::move(rule));
    }
    return rules;
  }

  StatusOr<BlockingRule> ReadRule(const YamlNode& node) {
    BlockingRule rule;
    const YamlNode* on = &node;
    if (node.IsMap()) {
      HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"on", "where", "max_block"}));
      on = node.Find("on");
      if (on == nullptr) return YamlError(node, "missing key \"on\": the columns that are equal on both sides");
    }
    HEARTH_ASSIGN_OR_RETURN(const auto parts, TextsOf(*on, "a blocking rule"));
    for (const YamlNode* part : parts) {
      const std::vector<std::string_view> sides = SplitOutsideQuotes(part->text, '=');
      if (sides.size() > 2) return YamlError(*part, "more than one = in a part of a blocking rule");
      KeyPart key;
      HEARTH_ASSIGN_OR_RETURN(key.left, ColumnOf(*part, sides.front()));
      HEARTH_ASSIGN_OR_RETURN(key.right, ColumnOf(*part, sides.back()));
      rule.parts.push_back(key);
    }
    if (const YamlNode* where = node.Find("where")) {
      HEARTH_ASSIGN_OR_RETURN(const std::string text, TextOf(*where, "where"));
      StatusOr<Condition> filter = ParseCondition(text, {}, &model_);
      if (!filter.ok()) return At(*where, filter.status());
      rule.filter = *std::move(filter);
    }
    if (const YamlNode* max_block = node.Find("max_block")) {
      HEARTH_ASSIGN_OR_RETURN(const double value, NumberOf(*max_block, "max_block"));
      if (value < 2 || value > 1e9 || value != std::floor(value)) {
        return YamlError(*max_block, "max_block is a whole number of records from 2");
      }
      rule.max_block = static_cast<uint64_t>(value);
    }
    if (const auto problem = CompleteRule(&rule, model_)) {
      return YamlError(problem->part < 0 ? node : *parts[problem->part], problem->message);
    }
    return rule;
  }

  // comparisons

  Status ReadComparisons(const YamlNode& node) {
    if (!node.IsList() || node.items.empty()) {
      return YamlError(node, "\"comparisons\" must be a list of comparisons, not empty");
    }
    if (node.items.size() > kComparisonsMax) {
      return YamlError(node.items[kComparisonsMax], std::to_string(node.items.size()) + " comparisons; " +
                                                        std::to_string(kComparisonsMax) +
                                                        " are the most a model can have");
    }
    for (const YamlNode& item : node.items) {
      HEARTH_ASSIGN_OR_RETURN(Comparison comparison, ReadComparison(item));
      model_.comparisons.push_back(std::move(comparison));
      if (const auto problem = CheckComparisonNames(model_)) return YamlError(item, problem->message);
    }
    return OkStatus();
  }

  StatusOr<Comparison> ReadComparison(const YamlNode& node) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"of", "name", "use", "levels", "term_frequency", "null_level"}));
    Comparison comparison;
    std::vector<ColumnIndex> of;
    if (const YamlNode* names = node.Find("of")) {
      HEARTH_ASSIGN_OR_RETURN(const auto texts, TextsOf(*names, "of"));
      if (texts.size() > kOfMax) return YamlError(*names, "a comparison is of 8 columns at most");
      for (const YamlNode* text : texts) {
        HEARTH_ASSIGN_OR_RETURN(const ColumnIndex column, ColumnOf(*text, text->text));
        if (std::find(of.begin(), of.end(), column) != of.end()) return YamlError(*text, "a column named twice");
        of.push_back(column);
        comparison.name += (comparison.name.empty() ? "" : "_") + model_.columns[column].name;
      }
    }
    if (const YamlNode* name = node.Find("name")) {
      HEARTH_ASSIGN_OR_RETURN(comparison.name, TextOf(*name, "name"));
    }
    if (comparison.name.empty()) return YamlError(node, "a comparison needs `of: column`, or a name");
    std::vector<const YamlNode*> places;  // of each level, for messages
    if (node.Find("use") != nullptr) {
      HEARTH_RETURN_IF_ERROR(UseLevels(node, of, &comparison, &places));
    } else {
      HEARTH_RETURN_IF_ERROR(ReadLevels(node, of, &comparison, &places));
    }
    HEARTH_RETURN_IF_ERROR(ImplyLevels(node, of, &comparison, &places));
    if (const YamlNode* terms = node.Find("term_frequency")) {
      HEARTH_RETURN_IF_ERROR(ReadTerms(*terms, of, &comparison));
    }
    if (const auto problem = CompleteComparison(&comparison, model_)) {
      return YamlError(problem->part < 0 ? node : *places[problem->part], problem->message);
    }
    return comparison;
  }

  Status UseLevels(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison,
                   std::vector<const YamlNode*>* places) {
    const YamlNode& use = *node.Find("use");
    if (const YamlNode* levels = node.Find("levels")) return YamlError(*levels, "either use or levels");
    HEARTH_ASSIGN_OR_RETURN(const std::string name, TextOf(use, "use"));
    const std::vector<std::string_view>* list = FindLevelList(name);
    if (list == nullptr) {
      std::string all;
      for (const std::string& known : LevelListNames()) all += (all.empty() ? "" : ", ") + known;
      return YamlError(
          use, "no ready-made levels \"" + name + "\"" + DidYouMean(name, LevelListNames()) + " There are " + all);
    }
    if (of.empty()) return YamlError(use, "use needs `of`, the column that the levels are about");
    for (const std::string_view level : *list) {
      std::string text(level);
      if (const size_t at = text.find('%'); at != std::string::npos) {
        if (of.size() != 1) return YamlError(use, "levels \"" + name + "\" are of one column");
        text.replace(at, 1, ColumnText(model_.columns[of[0]]));
      }
      HEARTH_RETURN_IF_ERROR(AddLevel(use, text, of, comparison));
      places->push_back(&use);
    }
    return OkStatus();
  }

  Status ReadLevels(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison,
                    std::vector<const YamlNode*>* places) {
    const YamlNode* levels = node.Find("levels");
    if (levels == nullptr) return YamlError(node, "missing key \"levels\", or \"use\" for ready-made ones");
    if (!levels->IsList() || levels->items.empty()) return YamlError(*levels, "\"levels\" must be a list, not empty");
    for (const YamlNode& item : levels->items) {
      places->push_back(&item);
      if (item.IsNull()) {  // the plain word null is YAML's own
        HEARTH_RETURN_IF_ERROR(AddLevel(item, "null", of, comparison));
      } else if (item.IsMap()) {
        HEARTH_RETURN_IF_ERROR(ReadLevel(item, of, comparison));
      } else {
        HEARTH_ASSIGN_OR_RETURN(const std::string text, TextOf(item, "a level"));
        HEARTH_RETURN_IF_ERROR(AddLevel(item, text, of, comparison));
      }
    }
    return OkStatus();
  }

  Status AddLevel(const YamlNode& node, std::string_view text, const std::vector<ColumnIndex>& of,
                  Comparison* comparison) {
    StatusOr<Condition> when = ParseCondition(text, of, &model_);
    if (!when.ok()) return At(node, when.status());
    Level level;
    level.when = *std::move(when);
    level.is_null = level.when.test == Test::kNull;
    comparison->levels.push_back(std::move(level));
    return OkStatus();
  }

  Status ReadLevel(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison) {
    HEARTH_RETURN_IF_ERROR(
        OnlyKeys(node, {"when", "label", "m", "u", "fixed_m", "fixed_u", "is_null", "term_frequency"}));
    const YamlNode* when = node.Find("when");
    if (when == nullptr) return YamlError(node, "missing key \"when\": the level's condition");
    if (when->IsNull()) {
      HEARTH_RETURN_IF_ERROR(AddLevel(*when, "null", of, comparison));
    } else {
      HEARTH_ASSIGN_OR_RETURN(const std::string text, TextOf(*when, "when"));
      HEARTH_RETURN_IF_ERROR(AddLevel(*when, text, of, comparison));
    }
    Level& level = comparison->levels.back();
    if (const YamlNode* label = node.Find("label")) {
      HEARTH_ASSIGN_OR_RETURN(level.label, TextOf(*label, "label"));
    }
    const std::pair<std::string_view, std::optional<double>*> numbers[] = {{"m", &level.m}, {"u", &level.u}};
    for (const auto& [key, out] : numbers) {
      if (const YamlNode* value = node.Find(key)) {
        HEARTH_ASSIGN_OR_RETURN(*out, NumberOf(*value, key));
      }
    }
    const std::pair<std::string_view, bool*> flags[] = {
        {"fixed_m", &level.fixed_m}, {"fixed_u", &level.fixed_u}, {"is_null", &level.is_null}};
    for (const auto& [key, out] : flags) {
      if (const YamlNode* value = node.Find(key)) {
        HEARTH_ASSIGN_OR_RETURN(*out, BoolOf(*value, key));
      }
    }
    if (const YamlNode* terms = node.Find("term_frequency")) {
      HEARTH_RETURN_IF_ERROR(ReadLevelTerms(*terms, of, comparison));
    }
    return OkStatus();
  }

  // null first and else last, where the list has none of them.
  Status ImplyLevels(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison,
                     std::vector<const YamlNode*>* places) {
    std::vector<Level>& levels = comparison->levels;
    bool implied = std::none_of(levels.begin(), levels.end(), [](const Level& l) { return l.is_null; });
    if (const YamlNode* null_level = node.Find("null_level")) {
      HEARTH_ASSIGN_OR_RETURN(const bool wanted, BoolOf(*null_level, "null_level"));
      if (!wanted && !implied) return YamlError(*null_level, "null_level: false, yet the levels name one");
      implied = implied && wanted;
    }
    const std::vector<ColumnIndex> columns = of.empty() ? ColumnsOf(*comparison) : of;
    if (implied && !columns.empty()) {
      Level level;
      level.when = NullOf(columns);
      level.is_null = true;
      levels.insert(levels.begin(), std::move(level));
      places->insert(places->begin(), &node);
      // Levels that say whose u they take name it by place.
      for (Level& moved : levels) moved.tf_level += moved.tf_level >= 0 ? 1 : 0;
    }
    const bool has_else =
        std::any_of(levels.begin(), levels.end(), [](const Level& l) { return l.when.test == Test::kElse; });
    if (!has_else) {
      levels.emplace_back();
      places->push_back(&node);
    }
    return OkStatus();
  }

  // term frequencies

  struct Terms {
    std::optional<ColumnIndex> column;
    double weight = 1, minimum_u = 0;
    bool own_u = false;
  };
  StatusOr<Terms> ReadTermKeys(const YamlNode& node) {
    Terms terms;
    if (const YamlNode* column = node.Find("column")) {
      HEARTH_ASSIGN_OR_RETURN(const std::string text, TextOf(*column, "column"));
      HEARTH_ASSIGN_OR_RETURN(terms.column, ColumnOf(*column, text));
    }
    if (const YamlNode* weight = node.Find("weight")) {
      HEARTH_ASSIGN_OR_RETURN(terms.weight, NumberOf(*weight, "weight"));
    }
    if (const YamlNode* minimum_u = node.Find("minimum_u")) {
      HEARTH_ASSIGN_OR_RETURN(terms.minimum_u, NumberOf(*minimum_u, "minimum_u"));
    }
    if (const YamlNode* own_u = node.Find("own_u")) {
      HEARTH_ASSIGN_OR_RETURN(terms.own_u, BoolOf(*own_u, "own_u"));
    }
    return terms;
  }

  // Of the level that was added last.
  Status ReadLevelTerms(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison) {
    Terms terms;
    if (node.IsMap()) {
      HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"column", "weight", "minimum_u", "own_u"}));
      HEARTH_ASSIGN_OR_RETURN(terms, ReadTermKeys(node));
    } else {
      HEARTH_ASSIGN_OR_RETURN(const bool wanted, BoolOf(node, "term_frequency"));
      if (!wanted) return OkStatus();
    }
    Level& level = comparison->levels.back();
    const std::vector<ColumnIndex> columns = ColumnsOf(level.when);
    if (!terms.column && of.size() == 1) terms.column = of[0];
    if (!terms.column && columns.size() == 1) terms.column = columns[0];
    if (!terms.column) return YamlError(node, "term_frequency needs a column: {column: last_name}");
    SetTerms(terms, comparison, static_cast<int>(comparison->levels.size()) - 1);
    return OkStatus();
  }

  static void SetTerms(const Terms& terms, Comparison* comparison, int index) {
    Level& level = comparison->levels[index];
    level.tf_column = terms.column;
    level.tf_weight = terms.weight;
    level.tf_minimum_u = terms.minimum_u;
    if (terms.own_u) level.tf_level = index;
  }

  // Of the whole comparison: its exact levels, or those that are listed.
  Status ReadTerms(const YamlNode& node, const std::vector<ColumnIndex>& of, Comparison* comparison) {
    Terms terms;
    const YamlNode* listed = nullptr;
    if (node.IsMap()) {
      HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"column", "weight", "minimum_u", "levels"}));
      HEARTH_ASSIGN_OR_RETURN(terms, ReadTermKeys(node));
      listed = node.Find("levels");
    } else {
      HEARTH_ASSIGN_OR_RETURN(const bool wanted, BoolOf(node, "term_frequency"));
      if (!wanted) return OkStatus();
    }
    std::vector<int> chosen, exact;
    for (size_t i = 0; i < comparison->levels.size(); ++i) {
      const Level& level = comparison->levels[i];
      const bool same = !terms.column || level.when.a == *terms.column;
      if (level.when.test == Test::kEqual && !level.is_null && same) exact.push_back(static_cast<int>(i));
    }
    if (listed == nullptr) {
      chosen = exact;
    } else {
      HEARTH_ASSIGN_OR_RETURN(chosen, LevelsNamed(*listed, of, *comparison));
    }
    if (exact.empty()) {
      return YamlError(node, "term_frequency needs a level exact of one column, whose u it refers to");
    }
    for (const int index : chosen) {
      Terms own = terms;
      const Condition& when = comparison->levels[index].when;
      if (!own.column) own.column = comparison->levels[exact[0]].when.a;
      if (!terms.column && when.test == Test::kEqual) own.column = when.a;
      SetTerms(own, comparison, index);
    }
    return OkStatus();
  }

  StatusOr<std::vector<int>> LevelsNamed(const YamlNode& node, const std::vector<ColumnIndex>& of,
                                         const Comparison& comparison) {
    HEARTH_ASSIGN_OR_RETURN(const auto texts, TextsOf(node, "levels"));
    std::vector<int> out;
    for (const YamlNode* text : texts) {
      const StatusOr<Condition> when = ParseCondition(text->text, of, &model_);
      if (!when.ok()) return At(*text, when.status());
      const auto found = std::find_if(comparison.levels.begin(), comparison.levels.end(),
                                      [&](const Level& l) { return l.when == *when; });
      if (found == comparison.levels.end()) {
        return YamlError(*text, "the comparison has no level \"" + text->text + "\"; name it as its levels do");
      }
      out.push_back(static_cast<int>(found - comparison.levels.begin()));
    }
    return out;
  }

  // training and thresholds

  Status ReadPrior(const YamlNode& node) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"probability", "rules", "recall"}));
    const YamlNode *probability = node.Find("probability"), *rules = node.Find("rules"), *recall = node.Find("recall");
    if (probability == nullptr && rules == nullptr)
      return YamlError(node, "prior needs a probability, or rules and recall");
    if ((rules == nullptr) != (recall == nullptr)) {
      return YamlError(node, "rules and recall go together: recall is the share of true pairs that the rules find");
    }
    if (probability != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(model_.prior, ProbabilityOf(*probability, "probability"));
    }
    if (rules == nullptr) return OkStatus();
    HEARTH_ASSIGN_OR_RETURN(model_.training.prior_rules, ReadRules(*rules, "rules"));
    HEARTH_ASSIGN_OR_RETURN(model_.training.recall, NumberOf(*recall, "recall"));
    if (model_.training.recall > 0 && model_.training.recall <= 1) return OkStatus();
    return YamlError(*recall, "recall is a share above 0, at most 1");
  }

  Status ReadTraining(const YamlNode& node) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"u_pairs", "seed", "em", "iterations_max", "tolerance"}));
    Training& training = model_.training;
    if (const YamlNode* value = node.Find("u_pairs")) {
      HEARTH_ASSIGN_OR_RETURN(training.u_pairs, NumberOf(*value, "u_pairs"));
      if (training.u_pairs < 1000) return YamlError(*value, "u_pairs is a number of pairs from 1000");
    }
    if (const YamlNode* value = node.Find("seed")) {
      const char* const begin = value->text.data();
      const auto [end, error] = std::from_chars(begin, begin + value->text.size(), training.seed);
      if (!value->IsScalar() || error != std::errc() || end != begin + value->text.size()) {
        return YamlError(*value, "seed must be a whole number from 0");
      }
    }
    if (const YamlNode* value = node.Find("iterations_max")) {
      HEARTH_ASSIGN_OR_RETURN(const double count, NumberOf(*value, "iterations_max"));
      if (count < 1 || count > 10000 || count != std::floor(count)) {
        return YamlError(*value, "iterations_max is a whole number from 1 to 10000");
      }
      training.iterations_max = static_cast<int>(count);
    }
    if (const YamlNode* value = node.Find("tolerance")) {
      HEARTH_ASSIGN_OR_RETURN(training.tolerance, ProbabilityOf(*value, "tolerance"));
    }
    const YamlNode* em = node.Find("em");
    if (em == nullptr) return OkStatus();
    HEARTH_ASSIGN_OR_RETURN(training.em_rules, ReadRules(*em, "em"));
    if (const auto problem = CheckEmRules(model_)) return YamlError(em->items[problem->part], problem->message);
    return OkStatus();
  }

  Status ReadThresholds(const YamlNode& node) {
    HEARTH_RETURN_IF_ERROR(OnlyKeys(node, {"link", "review", "cluster"}));
    if (const YamlNode* value = node.Find("link")) {
      HEARTH_ASSIGN_OR_RETURN(model_.link_probability, ProbabilityOf(*value, "link"));
    }
    if (const YamlNode* value = node.Find("review")) {
      HEARTH_ASSIGN_OR_RETURN(model_.review_probability, ProbabilityOf(*value, "review"));
      if (model_.review_probability > model_.link_probability) {
        return YamlError(*value, "review lies above link (" + NumberText(model_.link_probability) +
                                     "): pairs from review up to link are reviewed");
      }
    } else {
      model_.review_probability = std::min(model_.review_probability, model_.link_probability);
    }
    const YamlNode* cluster = node.Find("cluster");
    if (cluster == nullptr) return OkStatus();
    HEARTH_ASSIGN_OR_RETURN(const auto texts, TextsOf(*cluster, "cluster"));
    for (const YamlNode* text : texts) {
      HEARTH_ASSIGN_OR_RETURN(const double value, ProbabilityOf(*text, "cluster"));
      std::vector<double>& values = model_.cluster_probabilities;
      if (std::find(values.begin(), values.end(), value) != values.end())
        return YamlError(*text, "a threshold named twice");
      values.push_back(value);
    }
    return OkStatus();
  }

  const YamlNode& root_;
  Model model_;
};

}  // namespace

StatusOr<Model> ReadModel(std::string_view yaml, std::string_view file_name) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(yaml, file_name));
  if (!root.IsMap()) return YamlError(root, "a linkage model is a map of keys, the first of them linkage_model");
  return ModelReader(root).Read();
}

}  // namespace hearth::linkage
