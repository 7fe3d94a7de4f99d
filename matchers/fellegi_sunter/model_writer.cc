// A model as YAML. Whatever is at its default is left out, so what stands there was decided or trained.
#include <algorithm>

#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// Text that YAML reads as itself without quotes, inside brackets too; anything in doubt is quoted.
bool IsPlain(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto plain = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || std::string_view(".-() <>=").find(c) != std::string_view::npos;
  };
  constexpr std::string_view kWords[] = {"null", "Null", "NULL"};
  if (text.empty() || !letter(text.front()) || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), plain) &&
         std::find(std::begin(kWords), std::end(kWords), text) == std::end(kWords);
}

std::string Yaml(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string List(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() == 1 ? "" : ", ") + Yaml(text);
  return out + "]";
}

std::string OneOrList(const std::vector<std::string>& texts) {
  return texts.size() == 1 ? Yaml(texts[0]) : List(texts);
}

// Pairs of key and value inside braces.
class Braces {
 public:
  void Add(std::string_view key, std::string_view value) {
    text_ += (text_.empty() ? "" : ", ") + std::string(key) + ": " + std::string(value);
  }
  std::string Text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string Column(const ColumnSpec& column) {
  Braces out;
  if (column.from[0] == column.from[1]) {
    out.Add("from", OneOrList(column.from[0]));
  } else {
    out.Add("left", OneOrList(column.from[0]));
    out.Add("right", OneOrList(column.from[1]));
  }
  std::vector<std::string> steps;
  for (const Step& step : column.steps) steps.push_back(StepText(step));
  if (!steps.empty()) out.Add("steps", List(steps));
  return out.Text();
}

std::string Rule(const BlockingRule& rule, const Model& model) {
  std::vector<std::string> parts;
  for (const KeyPart& part : rule.parts) {
    parts.push_back(ColumnText(model.columns[part.left]));
    if (part.left != part.right) parts.back() += " = " + ColumnText(model.columns[part.right]);
  }
  if (!rule.filter && rule.max_block == 0) return List(parts);
  Braces out;
  out.Add("on", List(parts));
  if (rule.filter) out.Add("where", Yaml(ConditionText(*rule.filter, model)));
  if (rule.max_block != 0) out.Add("max_block", std::to_string(rule.max_block));
  return out.Text();
}

std::string Terms(const Comparison& comparison, int index, const Model& model) {
  const Level& level = comparison.levels[index];
  const auto first_exact = std::find_if(comparison.levels.begin(), comparison.levels.end(),
                                        [&](const Level& l) { return l.exact && l.when.a == *level.tf_column; });
  const bool own_u = level.tf_level == index && first_exact - comparison.levels.begin() != index;
  Braces out;
  out.Add("column", Yaml(ColumnText(model.columns[*level.tf_column])));
  if (level.tf_weight != 1) out.Add("weight", NumberText(level.tf_weight));
  if (level.tf_minimum_u != 0) out.Add("minimum_u", NumberText(level.tf_minimum_u));
  if (own_u) out.Add("own_u", "true");
  return out.Text();
}

std::string LevelText(const Comparison& comparison, int index, const Model& model) {
  const Level& level = comparison.levels[index];
  const std::string when = DefaultLabel(comparison, level, model);
  const bool implied_null = level.when.test == Test::kNull;
  Braces out;
  out.Add("when", Yaml(when));
  const bool labelled = level.label != when;
  if (labelled) out.Add("label", Yaml(level.label));
  if (level.m) out.Add("m", NumberText(*level.m));
  if (level.u) out.Add("u", NumberText(*level.u));
  if (level.fixed_m) out.Add("fixed_m", "true");
  if (level.fixed_u) out.Add("fixed_u", "true");
  if (level.is_null != implied_null) out.Add("is_null", level.is_null ? "true" : "false");
  if (level.tf_column) out.Add("term_frequency", Terms(comparison, index, model));
  const bool bare = !labelled && !level.m && !level.u && !level.tf_column && level.is_null == implied_null;
  return bare ? Yaml(when) : out.Text();
}

std::string ComparisonText(const Comparison& comparison, const Model& model) {
  std::string out;
  const auto line = [&](std::string_view key, std::string_view value) {
    out += (out.empty() ? "  - " : "    ") + std::string(key) + ":" + (value.empty() ? "" : " ") + std::string(value) +
           "\n";
  };
  const auto sole = SoleColumn(comparison);
  if (sole) line("of", Yaml(ColumnText(model.columns[*sole])));
  if (!sole || model.columns[*sole].name != comparison.name) line("name", Yaml(comparison.name));
  const bool has_null =
      std::any_of(comparison.levels.begin(), comparison.levels.end(), [](const Level& l) { return l.is_null; });
  if (!has_null) line("null_level", "false");
  line("levels", "");
  for (size_t i = 0; i < comparison.levels.size(); ++i) {
    out += "      - " + LevelText(comparison, static_cast<int>(i), model) + "\n";
  }
  return out;
}

std::string Rules(std::string_view indent, const std::vector<BlockingRule>& rules, const Model& model) {
  std::string out;
  for (const BlockingRule& rule : rules) out += std::string(indent) + "- " + Rule(rule, model) + "\n";
  return out;
}

std::string TrainingText(const Model& model) {
  const Training &training = model.training, plain;
  std::string out;
  const auto line = [&](std::string_view key, const std::string& value) {
    out += "  " + std::string(key) + ":" + (value.empty() ? "" : " ") + value + "\n";
  };
  if (training.u_pairs != plain.u_pairs) line("u_pairs", NumberText(training.u_pairs));
  if (training.seed != plain.seed) line("seed", std::to_string(training.seed));
  if (training.iterations_max != plain.iterations_max) line("iterations_max", std::to_string(training.iterations_max));
  if (training.tolerance != plain.tolerance) line("tolerance", NumberText(training.tolerance));
  if (!training.em_rules.empty()) {
    line("em", "");
    out += Rules("    ", training.em_rules, model);
  }
  return out.empty() ? "" : "training:\n" + out;
}

std::string_view LinkWord(LinkType type) {
  switch (type) {
    case LinkType::kDedupe:
      return "dedupe";
    case LinkType::kLink:
      return "link";
    case LinkType::kLinkAndDedupe:
      break;
  }
  return "link_and_dedupe";
}

std::string HeadText(const Model& model) {
  const Model plain;
  std::string out = "linkage_model: " + Yaml(model.name) + "\n";
  out += "id_column: " + Yaml(model.id_column) + "\n";
  if (model.source_column) out += "source_column: " + Yaml(*model.source_column) + "\n";
  out += "link: " + std::string(LinkWord(model.link_type)) + "\n";
  if (model.one_to_one) out += "one_to_one: true\n";
  if (model.bytes) out += "bytes: true\n";
  return out;
}

std::string TailText(const Model& model) {
  const Model plain;
  std::string out;
  if (model.prior || !model.training.prior_rules.empty()) {
    out += "prior:\n";
    if (model.prior) out += "  probability: " + NumberText(*model.prior) + "\n";
    if (!model.training.prior_rules.empty()) {
      out += "  recall: " + NumberText(model.training.recall) + "\n  rules:\n";
      out += Rules("    ", model.training.prior_rules, model);
    }
  }
  out += TrainingText(model);
  Braces thresholds;
  thresholds.Add("link", NumberText(model.link_probability));
  thresholds.Add("review", NumberText(model.review_probability));
  std::string cluster;
  for (const double p : model.cluster_probabilities) cluster += (cluster.empty() ? "" : ", ") + NumberText(p);
  if (!cluster.empty()) thresholds.Add("cluster", "[" + cluster + "]");
  out += "thresholds: " + thresholds.Text() + "\n";
  if (model.cluster_method == ClusterMethod::kConnected) out += "clusters: connected\n";
  if (model.pairs_max != plain.pairs_max) out += "pairs_max: " + NumberText(model.pairs_max) + "\n";
  return out;
}

}  // namespace

std::string WriteModel(const Model& model) {
  std::string out = HeadText(model), columns;
  for (const ColumnSpec& column : model.columns) {
    if (!FollowsFromText(model, column)) columns += "  " + Yaml(column.name) + ": " + Column(column) + "\n";
  }
  if (!columns.empty()) out += "columns:\n" + columns;
  out += "blocking:\n" + Rules("  ", model.blocking, model) + "comparisons:\n";
  for (const Comparison& comparison : model.comparisons) out += ComparisonText(comparison, model);
  return out + TailText(model);
}

}  // namespace hearth::linkage
