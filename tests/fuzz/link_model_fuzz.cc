// Any bytes as a linkage model: whole files (YAML or Splink's JSON), or a condition, a column or a SQL condition inside
// a sound file, which random bytes would seldom reach. Reading ends with a model or an error that names the file; what
// reads writes and reads back equal.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "core/status.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace {

using hearth::linkage::Model;

// A YAML text in double quotes.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string Yaml(std::string_view key, std::string_view condition, std::string_view filter) {
  return "linkage_model: fuzz\nlink: dedupe\nblocking:\n  - {on: [" + Quoted(key) + "], where: " + Quoted(filter) +
         "}\ncomparisons:\n  - of: x\n    levels: [" + Quoted(condition) + ", exact]\n    term_frequency: true\n";
}

std::string Json(std::string_view condition, std::string_view rule) {
  namespace json = boost::json;
  const auto view = [](std::string_view text) { return json::string_view(text.data(), text.size()); };
  const json::value root = {
      {"link_type", "dedupe_only"},
      {"blocking_rules_to_generate_predictions", {"l.x = r.x", view(rule)}},
      {"comparisons",
       {{{"output_column_name", "x"},
         {"comparison_levels", {{{"sql_condition", view(condition)}}, {{"sql_condition", "ELSE"}}}}}}}};
  const std::string text = json::serialize(root);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t half = std::min(text.find('\n'), text.size());
  const std::string_view first = text.substr(0, half), second = text.substr(std::min(half + 1, text.size()));
  std::string file;
  switch (data[0] % 5) {
    case 0:
      file = Yaml("x", first, "exact(x)");
      break;
    case 1:
      file = Yaml(first, "null", second);
      break;
    case 2:
      file = Json(first, "l.x = r.x");
      break;
    case 3:
      file = Json("x_l = x_r", first);
      break;
    default:
      file = std::string(text);
      break;
  }
  const hearth::StatusOr<Model> model = hearth::linkage::ReadAnyModel(file, "fuzz.model");
  if (!model.ok()) {
    HEARTH_CHECK(hearth::Message(model.status()).find("fuzz.model") != std::string::npos, "an error without its place");
    return 0;
  }
  const std::string written = hearth::linkage::WriteModel(*model);
  const hearth::StatusOr<Model> again = hearth::linkage::ReadModel(written, "written.yaml");
  HEARTH_CHECK(again.ok(), "a written model does not read: " + hearth::Message(again.status()) + "\n" + written);
  HEARTH_CHECK(*again == *model, "a written model reads back as another:\n" + written);
  return 0;
}
