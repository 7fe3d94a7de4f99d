// Any bytes as a table, as decisions and as clerical labels: each is read or refused with its place, and a message
// shows no more than a heading of what was read.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "core/status.h"
#include "linkage/decisions.h"
#include "linkage/read_table.h"
#include "matchers/fellegi_sunter/evaluate.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace {

using namespace hearth::linkage;

// Rows under a header of ours hold this; a message never does, unless the header of the input does.
constexpr std::string_view kSecret = "3399XXSECRET";

const Model& TheModel() {
  static const auto* const model =
      new Model(*ReadModel("linkage_model: fuzz\nid_column: id\nlink: dedupe\nblocking: [[x]]\ncomparisons: [{of: x, "
                           "use: equal}, {of: \"y | "
                           "fold\", use: name}]\n",
                           "fuzz.yaml"));
  return *model;
}

// A file in memory under a path, as the readers open files.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("fuzz", 0)) {
    HEARTH_CHECK(fd_ >= 0, "no file in memory");
    HEARTH_CHECK(write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "a short write");
  }
  ~MemoryFile() { close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

void CheckMessage(const hearth::Status& status, std::string_view place, bool in_header = false) {
  if (status.ok()) return;
  const std::string message = hearth::Message(status);
  HEARTH_CHECK(message.find(place) != std::string::npos, "an error without its place");
  HEARTH_CHECK(in_header || message.find(kSecret) == std::string::npos, "an error that shows a cell");
}

void AsTable(std::string_view bytes, std::optional<hearth::Encoding> encoding) {
  const MemoryFile file(bytes);
  RecordSetBuilder builder(TheModel(), {"fuzz"});
  TableFacts facts;
  const hearth::Status status = ReadTable(file.path(), 0, {.encoding = encoding}, TheModel(), &builder, &facts);
  CheckMessage(status, file.path(), !bytes.starts_with("id,x,y\n"));
  if (!status.ok()) return;
  const hearth::StatusOr<RecordSet> records = std::move(builder).Finish(1);
  CheckMessage(records.status(), "fuzz");
  if (records.ok()) HEARTH_CHECK(records->size() == facts.rows, "a row was lost");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string row = std::string(kSecret) + "," + std::string(kSecret) + ",\n";
  switch (data[0] % 6) {
    case 0:
      AsTable(rest, std::nullopt);
      break;
    case 1:
      AsTable("id,x,y\n" + row + rest, std::nullopt);
      break;
    case 2:
      AsTable("id,x,y\n" + row + rest, hearth::Encoding::kGb18030);
      break;
    case 3:
      AsTable("\xFF\xFE" + rest, std::nullopt);
      break;
    case 4: {
      const MemoryFile file("source_l,id_l,source_r,id_r,decision,by,day,why\n" + rest);
      CheckMessage(ReadDecisions(file.path()).status(), file.path());
      const MemoryFile bare(rest);
      CheckMessage(ReadDecisions(bare.path()).status(), bare.path(), true);
      break;
    }
    default: {
      static const auto* const records = [] {
        RecordSetBuilder builder(TheModel(), {"fuzz"});
        const std::vector<std::vector<std::string_view>> cells{{"1", "2", "3"}, {"a", "a", "b"}, {"c", "", "d"}};
        const std::vector<uint64_t> lines{2, 3, 4};
        builder.AddRows(0, cells, lines, 1);
        return new RecordSet(*std::move(builder).Finish(1));
      }();
      CheckMessage(ReadLabels("id_l,id_r,score\n" + rest, "labels.csv", *records).status(), "labels.csv");
      CheckMessage(ReadLabels(rest, "labels.csv", *records).status(), "labels.csv", true);
      break;
    }
  }
  return 0;
}
