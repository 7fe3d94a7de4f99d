// Read with simdjson's DOM, as it keeps duplicate keys apart; other readers let the last one win in silence.
#include "ingest/manifest.h"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "core/yaml.h"

namespace hearth {
namespace {

namespace dom = simdjson::dom;

std::string Quoted(std::string_view s) { return "\"" + std::string(s) + "\""; }

std::string_view TypeWord(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "text";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

// Reads an object key by key, as YamlMap does; the first error stays.
class JsonMap {
 public:
  JsonMap(dom::element element, std::string where, std::string path, Status* status)
      : where_(std::move(where)), path_(std::move(path)), status_(status) {
    dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      Fail("", "must be an object, not " + std::string(TypeWord(element.type())));
      return;
    }
    for (const auto field : object) {
      const std::string key(field.key);
      if (!keys_.insert(key).second) Fail(key, "is given twice");
      fields_.emplace_back(key, field.value);
    }
  }

  // nullptr when absent.
  const dom::element* Find(std::string_view key) {
    known_.insert(std::string(key));
    for (const auto& [name, value] : fields_) {
      if (name == key) return &value;
    }
    return nullptr;
  }
  const dom::element* Need(std::string_view key) {
    const dom::element* value = Find(key);
    if (value == nullptr) Fail(key, "is missing");
    return value;
  }

  std::string Text(std::string_view key) {
    const dom::element* value = Need(key);
    return value == nullptr ? std::string() : TextOf(key, *value).value_or("");
  }
  // Absent or null: nullopt.
  std::optional<std::string> OptionalText(std::string_view key) {
    const dom::element* value = Find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return TextOf(key, *value);
  }
  uint64_t Count(std::string_view key) {
    const dom::element* value = Need(key);
    return value == nullptr ? 0 : CountOf(key, *value);
  }
  std::optional<uint64_t> OptionalCount(std::string_view key) {
    const dom::element* value = Find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return CountOf(key, *value);
  }
  bool BoolOr(std::string_view key, bool fallback) {
    const dom::element* value = Find(key);
    if (value == nullptr) return fallback;
    bool b = fallback;
    if (value->get_bool().get(b) != simdjson::SUCCESS) WrongType(key, "true or false", *value);
    return b;
  }
  std::vector<dom::element> List(std::string_view key) {
    std::vector<dom::element> items;
    const dom::element* value = Need(key);
    dom::array array;
    if (value == nullptr) return items;
    if (value->get_array().get(array) != simdjson::SUCCESS) {
      WrongType(key, "a list", *value);
      return items;
    }
    for (const dom::element item : array) items.push_back(item);
    return items;
  }

  std::optional<std::string> TextOf(std::string_view key, dom::element value) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
    WrongType(key, "text", value);
    return std::nullopt;
  }

  void Fail(std::string_view key, std::string_view message) {
    std::string path = path_;
    if (!key.empty()) path += (path.empty() ? "" : ".") + std::string(key);
    if (status_->ok())
      *status_ = InvalidArgument(where_ + ": " + (path.empty() ? "" : path + " ") + std::string(message));
  }

  const std::vector<std::pair<std::string, dom::element>>& fields() const { return fields_; }

  void Finish() {
    for (const auto& [key, value] : fields_) {
      if (known_.contains(key)) continue;
      const std::string nearest = NearestName(key, {known_.begin(), known_.end()});
      Fail(key, "is no key of a manifest" + (nearest.empty() ? "" : "; did you mean " + Quoted(nearest) + "?"));
    }
  }

 private:
  uint64_t CountOf(std::string_view key, dom::element value) {
    uint64_t n = 0;
    if (value.get_uint64().get(n) != simdjson::SUCCESS) WrongType(key, "a whole number from 0", value);
    return n;
  }
  void WrongType(std::string_view key, std::string_view needed, dom::element value) {
    Fail(key, "must be " + std::string(needed) + ", not " + std::string(TypeWord(value.type())));
  }

  std::string where_, path_;
  Status* status_;
  std::vector<std::pair<std::string, dom::element>> fields_;
  std::set<std::string> keys_, known_;
};

bool IsPrintable(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<uint8_t>(c) >= 0x20; });
}

// A file's name stays inside the delivery's folder.
bool IsPlainFileName(std::string_view s) {
  return !s.empty() && s[0] != '.' && s.find('/') == std::string_view::npos && s.find('\\') == std::string_view::npos &&
         IsPrintable(s) && s != "manifest.json" && s.size() <= 200;
}

bool IsSm3(std::string_view s) {
  return s.size() == 64 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void ReadFormat(JsonMap map, DelimitedFormat* format) {
  const std::string kind = map.Text("kind");
  if (!kind.empty() && kind != "delimited") map.Fail("kind", "is " + Quoted(kind) + "; only \"delimited\" is read");
  format->field = map.Text("field");
  const bool breaks = format->field.find_first_of("\r\n\"") != std::string::npos;
  if (format->field.empty() || format->field.size() > 2 || breaks) {
    map.Fail("field", "must be one or two bytes, such as \",\", \"|\", \"||\" or \"\\u0001\"");
  }
  format->record = map.OptionalText("record").value_or("\n");
  if (format->record != "\n" && format->record != "\r\n") map.Fail("record", "must be \"\\n\" or \"\\r\\n\"");
  if (const auto quote = map.OptionalText("quote"); quote && !quote->empty()) {
    const bool sound = quote->size() == 1 && *quote != format->field && *quote != "\n" && *quote != "\r";
    if (!sound) map.Fail("quote", "must be one byte other than the delimiter, or null");
    format->quote = (*quote)[0];
  }
  format->null = map.OptionalText("null").value_or("");
  format->header = map.BoolOr("header", true);
  map.Finish();
}

void ReadFiles(JsonMap& map, const std::string& where, Status* status, Manifest* manifest) {
  std::set<std::string> names;
  uint64_t rows = 0;
  const auto items = map.List("files");
  if (items.empty()) map.Fail("files", "must name at least one file");
  for (size_t i = 0; i < items.size(); ++i) {
    JsonMap item(items[i], where, "files[" + std::to_string(i) + "]", status);
    ManifestFile file{item.Text("name"), item.Count("bytes"), item.Count("rows"), item.Text("sm3")};
    if (!IsPlainFileName(file.name)) item.Fail("name", "must be a plain file name in the delivery's folder");
    if (!names.insert(file.name).second) item.Fail("name", "is given twice");
    if (!IsSm3(file.sm3)) item.Fail("sm3", "must be 64 lower-case hexadecimal digits");
    item.Finish();
    rows += file.rows;
    manifest->files.push_back(std::move(file));
  }
  if (rows != manifest->rows_total) {
    map.Fail("rows_total", "is " + std::to_string(manifest->rows_total) + ", but the rows of its files come to " +
                               std::to_string(rows));
  }
}

void ReadColumns(JsonMap& map, Manifest* manifest) {
  std::set<std::string> seen;
  for (const dom::element item : map.List("columns")) {
    const auto column = map.TextOf("columns", item);
    if (column && !seen.insert(*column).second) map.Fail("columns", "names " + Quoted(*column) + " twice");
    manifest->columns.push_back(column.value_or(""));
  }
  if (manifest->columns.empty()) map.Fail("columns", "must name at least one column");
}

constexpr std::string_view kUnits[] = {"分", "元", "万元"};

void ReadUnits(JsonMap& map, const std::string& where, Status* status, Manifest* manifest) {
  const dom::element* element = map.Find("units");
  if (element == nullptr || element->is_null()) return;
  JsonMap units(*element, where, "units", status);
  for (const auto& [column, value] : units.fields()) {
    units.Find(column);
    const std::string unit = units.TextOf(column, value).value_or("");
    if (std::find(std::begin(kUnits), std::end(kUnits), unit) == std::end(kUnits)) {
      units.Fail(column, "is no unit of an amount; known: 分, 元, 万元");
    }
    const auto& columns = manifest->columns;
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) units.Fail(column, "is no column");
    manifest->units.emplace_back(column, unit);
  }
  std::sort(manifest->units.begin(), manifest->units.end());
}

void ReadSequence(JsonMap& map, Manifest* manifest) {
  manifest->seq = map.Count("seq");
  if (manifest->seq == 0 || manifest->seq > 4294967295u) map.Fail("seq", "must be from 1 to 4294967295");
  manifest->prev_seq = map.OptionalCount("prev_seq");
  if (manifest->prev_seq && *manifest->prev_seq >= manifest->seq) map.Fail("prev_seq", "must be below seq");
  const std::string mode = map.Text("mode");
  manifest->mode = mode == "delta" ? DeliveryMode::kDelta : DeliveryMode::kFull;
  if (mode != "delta" && mode != "full") map.Fail("mode", "must be \"full\" or \"delta\"");
  const std::string as_of = map.Text("as_of");
  if (const auto day = ParseIsoDay(as_of); day.ok()) {
    manifest->as_of = *day;
  } else {
    map.Fail("as_of", "must be a day such as \"2024-03-01\"");
  }
}

void ReadDeletes(JsonMap& map, Manifest* manifest) {
  manifest->delete_semantics = map.OptionalText("delete_semantics").value_or("absent_is_not_deleted");
  if (manifest->delete_semantics != "absent_is_not_deleted") {
    map.Fail("delete_semantics", "must be \"absent_is_not_deleted\": a row's absence deletes nothing");
  }
  manifest->delete_column = map.OptionalText("delete_column");
  if (!manifest->delete_column) return;
  if (manifest->mode == DeliveryMode::kFull) map.Fail("delete_column", "belongs to a delta; this delivery is full");
  const auto& columns = manifest->columns;
  if (std::find(columns.begin(), columns.end(), *manifest->delete_column) == columns.end()) {
    map.Fail("delete_column", "is none of the columns");
  }
}

}  // namespace

StatusOr<Manifest> ParseManifest(std::string_view json, std::string_view where_view) {
  const std::string where(where_view);
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  dom::parser parser;
  const simdjson::padded_string padded(json.data(), json.size());
  dom::element root;
  if (const auto error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    return InvalidArgument(where + ": is no JSON: " + simdjson::error_message(error));
  }
  Status status;
  Manifest m;
  JsonMap map(root, where, "", &status);
  m.feed = map.Text("feed");
  m.contract = map.Text("contract");
  m.batch = map.Text("batch");
  if (status.ok() && (m.batch.empty() || !IsPrintable(m.batch))) map.Fail("batch", "must be printable text");
  ReadSequence(map, &m);
  m.produced_at = map.Text("produced_at");
  const std::string encoding = map.Text("encoding");
  if (!EncodingFromName(encoding, &m.encoding)) map.Fail("encoding", "must be \"UTF-8\", \"GB18030\" or \"UTF-16LE\"");
  if (const dom::element* format = map.Need("format"))
    ReadFormat(JsonMap(*format, where, "format", &status), &m.format);
  m.rows_total = map.Count("rows_total");
  ReadFiles(map, where, &status, &m);
  ReadColumns(map, &m);
  ReadUnits(map, where, &status, &m);
  ReadDeletes(map, &m);
  m.correction = map.BoolOr("correction", false);
  map.Finish();
  if (!status.ok()) return status;
  return m;
}

Status CheckColumns(const std::vector<std::string>& columns, const SiteConfig& site, const FeedConfig& feed,
                    const std::optional<std::string>& delete_column) {
  std::vector<std::string> expected = feed.ignore;
  for (const ColumnMapping& column : feed.columns) expected.push_back(column.header);
  if (delete_column) expected.push_back(*delete_column);
  std::set<std::string> seen;
  // A heading that no feed of the site knows may be a person's cell (an exporter that took the first row for its
  // headings): it is named by its place and quoted only when it is a slip for a known one.
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string& column = columns[i];
    const std::string place = std::to_string(i + 1) + " of " + std::to_string(columns.size());
    const std::string nearest = NearestName(column, expected);
    const bool known = std::find(expected.begin(), expected.end(), column) != expected.end();
    const bool latin =
        std::all_of(column.begin(), column.end(), [](unsigned char c) { return std::isalpha(c) || c == '_'; });
    const std::string name = known || (latin && !nearest.empty()) ? Quoted(column) : place;
    if (!seen.insert(column).second) return InvalidArgument("column " + name + " is there twice");
    if (known) continue;
    for (const FeedConfig& other : site.feeds) {
      if (&other == &feed || other.registry == feed.registry) continue;
      for (const ColumnMapping& mapping : other.columns) {
        if (mapping.header != column) continue;
        return InvalidArgument("column " + Quoted(column) + " is not in the contract " + Quoted(feed.contract) +
                               "; it belongs to registry " + Quoted(other.registry) + " (feed " + Quoted(other.feed) +
                               ")");
      }
    }
    return InvalidArgument("column " + name + " is not in the contract " + Quoted(feed.contract) +
                           (nearest.empty() ? "; list it under columns or ignore when it is right"
                                            : "; did you mean " + Quoted(nearest) + "?"));
  }
  for (const ColumnMapping& column : feed.columns) {
    if (seen.contains(column.header)) continue;
    return InvalidArgument("column " + Quoted(column.header) + " (field " + Quoted(column.field) +
                           ") of the contract " + Quoted(feed.contract) + " is missing");
  }
  for (const std::string& column : feed.ignore) {
    if (!seen.contains(column)) {
      return InvalidArgument("column " + Quoted(column) + " of the contract " + Quoted(feed.contract) + " is missing");
    }
  }
  return OkStatus();
}

Status CheckManifest(const Manifest& m, const SiteConfig& site, const FeedConfig& feed,
                     const std::optional<LastTaken>& last, CivilDay night) {
  if (m.feed != feed.feed) {
    return InvalidArgument("the manifest is of feed " + Quoted(m.feed) + ", the folder of " + Quoted(feed.feed));
  }
  if (m.contract != feed.contract) {
    return InvalidArgument("the manifest's contract is " + Quoted(m.contract) + "; the site has agreed on " +
                           Quoted(feed.contract));
  }
  HEARTH_RETURN_IF_ERROR(CheckColumns(m.columns, site, feed, m.delete_column));
  if (m.as_of > night) {
    return Unavailable("as_of " + m.as_of.ToString() + " lies after the night's day " + night.ToString());
  }
  const uint64_t last_seq = last ? last->seq : 0;
  if (m.mode == DeliveryMode::kDelta) {
    if (!last) return FailedPrecondition("a delta cannot be the first delivery; send a full one");
    if (m.prev_seq != last_seq || m.seq != last_seq + 1) {
      return FailedPrecondition("a delta must follow sequence " + std::to_string(last_seq) +
                                ", the last one taken; this one is " + std::to_string(m.seq) + " after " +
                                (m.prev_seq ? std::to_string(*m.prev_seq) : std::string("none")));
    }
  } else if (m.seq <= last_seq) {
    return FailedPrecondition("sequence " + std::to_string(m.seq) + " is not above " + std::to_string(last_seq) +
                              ", the last one taken");
  }
  if (last && m.as_of < last->as_of && !m.correction) {
    return FailedPrecondition("as_of " + m.as_of.ToString() + " is older than " + last->as_of.ToString() +
                              ", the last one taken; a correction says \"correction\": true");
  }
  return OkStatus();
}

}  // namespace hearth
