#include "nightly/link_record.h"

#include <map>

#include "store/codec.h"

namespace hearth {
namespace {

constexpr std::string_view kCommon = "common", kClusters = "clusters", kName = "name";
const std::string kRegistry = RowKey("registry", "");

std::string Count(uint64_t n) {
  std::string out;
  Encoder(&out).Unsigned(n);
  return out;
}

}  // namespace

Status WriteLinkRecord(const LinkModels& trained, const NameFrequencies& names, GenerationWriter* writer) {
  std::map<std::string, std::string> entries;
  entries[std::string(kCommon)] = WriteLinkModel(trained.common);
  entries[std::string(kClusters)] = Count(names.clusters);
  for (const RegistryModel& m : trained.registries) {
    entries[kRegistry + m.registry] = WriteRegistryModel(m, trained.common);
  }
  const auto run = writer->StartRun(Table::kModels);
  // Names, which may be many, sort between "common" and "registry".
  auto next = entries.begin();
  for (; next != entries.end() && next->first < kName; ++next) {
    HEARTH_RETURN_IF_ERROR(run->Add(next->first, next->second));
  }
  for (const auto& [hash, count] : names.counts) {
    HEARTH_RETURN_IF_ERROR(run->Add(std::string(kName) + IdKey(hash), Count(count)));
  }
  for (; next != entries.end(); ++next) HEARTH_RETURN_IF_ERROR(run->Add(next->first, next->second));
  return run->Finish();
}

StatusOr<LinkRecord> ReadLinkRecord(const Generation& g) {
  const auto common = g.Get(Table::kModels, kCommon);
  if (common.status().code() == absl::StatusCode::kNotFound) {
    return FailedPrecondition("this generation keeps no link models; run hearth night again and it will");
  }
  HEARTH_RETURN_IF_ERROR(common.status());
  const auto lost = [](const Status& s) { return DataLoss("stored link model: " + Message(s)); };
  LinkRecord out;
  auto model = ParseLinkModel(*common, "stored link model");
  if (!model.ok()) return lost(model.status());
  out.trained.common = *std::move(model);
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kModels, kRegistry, [&](std::string_view, std::string_view value) {
    auto own = ParseRegistryModel(value, "stored link model", out.trained.common);
    if (!own.ok()) {
      status = lost(own.status());
      return false;
    }
    out.trained.registries.push_back(*std::move(own));
    return true;
  }));
  HEARTH_RETURN_IF_ERROR(status);
  HEARTH_ASSIGN_OR_RETURN(const std::string clusters, g.Get(Table::kModels, kClusters));
  out.names.clusters = Decoder(clusters).Unsigned();
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kModels, kName, [&](std::string_view key, std::string_view value) {
    const uint64_t hash = Decoder(key.substr(kName.size())).Fixed64();
    out.names.counts.emplace_back(hash, static_cast<uint32_t>(Decoder(value).Unsigned()));
    return true;
  }));
  return out;
}

}  // namespace hearth
