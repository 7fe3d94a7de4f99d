// Any texts as the files of a pack: it loads, or each problem is told; what loads can be listed and warned about.
// A line "=== name" begins the next file.
#include <map>

#include "policy/pack.h"

namespace {

constexpr size_t kTextMax = 16384;

std::map<std::string, std::string> Split(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string name = "pack.yaml";
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("=== ")) {
      name = std::string(line.substr(4));
    } else {
      files[name] += std::string(line) + "\n";
    }
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kTextMax) return 0;
  const auto files = Split({reinterpret_cast<const char*>(data), size});
  const auto problems = hearth::CheckPackFiles(files, {});
  const auto pack = hearth::LoadPackFiles(files, {});
  HEARTH_CHECK(pack.ok() == problems.empty(), "a pack loads in spite of problems, or does not without one");
  for (const auto& p : problems) HEARTH_CHECK(!hearth::Message(p).empty(), "a problem without a word");
  if (!pack.ok()) return 0;
  for (const std::string& w : hearth::PackWarnings(*pack, pack->valid_to()))
    HEARTH_CHECK(!w.empty(), "an empty warning");
  for (const auto& rule : pack->rules()) HEARTH_CHECK(pack->FindRule(rule.id) >= 0, "a rule that is not found");
  (void)hearth::ForCounty(*pack, {}, "339901");
  return 0;
}
