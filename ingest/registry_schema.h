// Reads registry schemas, packs/registries/*.yaml (docs/formats.md), into RegistrySchema. Strict: whatever is wrong is
// an InvalidArgument with file, line, column and the nearest right name. A schema that loads is sound: every index in
// it points at a field of a fitting type, every code is told apart from the others.
//
//   HEARTH_ASSIGN_OR_RETURN(auto schemas, LoadRegistrySchemas({{"packs/registries"}}));
//
// Pure but for reading the files; safe from many threads.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "core/schema.h"
#include "core/status.h"

namespace hearth {

using SchemaList = std::vector<std::shared_ptr<const RegistrySchema>>;

// One schema from its text; file_name is for messages only.
StatusOr<std::shared_ptr<const RegistrySchema>> ParseRegistrySchema(std::string_view text, std::string_view file_name);

// Every *.yaml of the folders, sorted by id. NotFound when a folder is missing, InvalidArgument when two files describe
// one registry.
StatusOr<SchemaList> LoadRegistrySchemas(const std::vector<std::filesystem::path>& folders);

// nullptr when there is no such registry.
const RegistrySchema* FindSchema(const SchemaList& schemas, std::string_view registry);

}  // namespace hearth
