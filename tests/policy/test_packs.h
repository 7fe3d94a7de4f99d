// Registry schemas and packs for the tests of policy/, read without the ingest room: only what packs look at.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "core/schema.h"
#include "core/yaml.h"
#include "policy/pack.h"

namespace hearth {

using Schemas = std::vector<std::shared_ptr<const RegistrySchema>>;

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::shared_ptr<const RegistrySchema> ReadTestSchema(const std::string& text) {
  const YamlNode root = ReadYaml(text, "schema.yaml").value();
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = root.Find("registry")->text;
  for (const YamlNode& f : root.Find("fields")->items) {
    FieldSchema field;
    field.name = f.Find("name")->text;
    FieldTypeFromName(f.Find("type")->text, &field.type);
    field.sensitive = f.Find("sensitive") != nullptr && f.Find("sensitive")->text == "true";
    if (const YamlNode* codes = f.Find("codes"); codes != nullptr) {
      for (const YamlNode& c : codes->items) field.codes.push_back({c.items[0].text, c.items[1].text, c.items[2].text});
    }
    schema->fields.push_back(std::move(field));
  }
  return schema;
}

// The project's own schemas, packs/registries/*.yaml.
inline const Schemas& ProjectSchemas() {
  static const Schemas kSchemas = [] {
    Schemas schemas;
    const std::filesystem::path folder = std::filesystem::path(HEARTH_SOURCE_DIR) / "packs" / "registries";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".yaml") schemas.push_back(ReadTestSchema(ReadFile(entry.path())));
    }
    return schemas;
  }();
  return kSchemas;
}

}  // namespace hearth
