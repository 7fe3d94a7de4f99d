#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "policy/pack_compiler.h"
#include "policy/pack_reader.h"
#include "policy/problem_order.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

// A pack is some hundred kilobytes of text; a file beyond this is none.
constexpr uintmax_t kFileBytesMax = 8u << 20;

StatusOr<std::map<std::string, std::string>> ReadFolder(std::string_view folder) {
  std::error_code error;
  const fs::path root{std::string(folder)};
  if (!fs::is_directory(root, error)) return NotFound("no pack at " + root.string() + ": it is no folder");
  std::map<std::string, std::string> files;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error) || it->path().extension() != ".yaml") continue;
    const std::string name = fs::relative(it->path(), root, error).generic_string();
    if (name.starts_with("cases/")) continue;
    if (it->file_size(error) > kFileBytesMax) return InvalidArgument(name + ": larger than 8 MiB");
    std::ifstream in(it->path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return NotFound("cannot read " + it->path().string());
    files[name] = text.str();
  }
  if (error) return NotFound("cannot read " + root.string() + ": " + error.message());
  return files;
}

struct Loaded {
  std::shared_ptr<const PackData> data;
  std::vector<Status> problems;
};

Loaded Load(const std::map<std::string, std::string>& files,
            std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  Loaded loaded;
  PackDeclarations declarations = ReadPackFiles(files, schemas, &loaded.problems);
  // Where a file cannot be read its names are missing, and every use of them would be told as unknown.
  if (declarations.whole) loaded.data = CompilePack(std::move(declarations), &loaded.problems);
  SortByPlace(&loaded.problems);
  return loaded;
}

}  // namespace

StatusOr<Pack> LoadPackFiles(const std::map<std::string, std::string>& files,
                             std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  Loaded loaded = Load(files, schemas);
  if (!loaded.problems.empty()) return loaded.problems.front();
  return Pack(std::move(loaded.data));
}

StatusOr<Pack> LoadPack(std::string_view folder, std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  HEARTH_ASSIGN_OR_RETURN(const auto files, ReadFolder(folder));
  return LoadPackFiles(files, schemas);
}

std::vector<Status> CheckPackFiles(const std::map<std::string, std::string>& files,
                                   std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  return Load(files, schemas).problems;
}

std::vector<Status> CheckPack(std::string_view folder, std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  const auto files = ReadFolder(folder);
  if (!files.ok()) return {files.status()};
  return CheckPackFiles(*files, schemas);
}

}  // namespace hearth
