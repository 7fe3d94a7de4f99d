#include "nightly/load_packs.h"

#include <fstream>
#include <sstream>

namespace hearth {

StatusOr<NightPacks> LoadNightPacks(const SiteConfig& site, const std::string& packs_dir, const SchemaList& schemas,
                                    CivilDay as_of) {
  NightPacks packs;
  const std::string path = packs_dir + "/profile.yaml";
  std::ifstream in(path, std::ios::binary);
  if (!in) return NotFound(path + ": not found; give the folder of packs with --packs");
  std::stringstream text;
  text << in.rdbuf();
  HEARTH_ASSIGN_OR_RETURN(packs.profile, ReadProfileModel(text.str(), path, schemas));
  std::vector<Pack> all;
  for (const std::string& id : site.packs) {
    HEARTH_ASSIGN_OR_RETURN(Pack pack, LoadPack(packs_dir + "/" + id, schemas));
    all.push_back(std::move(pack));
  }
  for (const Pack& pack : all) {
    HEARTH_ASSIGN_OR_RETURN(SiteParameters parameters, ReadSiteParameters(site.parameters, site.counties, pack, all));
    if (as_of < pack.valid_from() || as_of > pack.valid_to()) {
      packs.warnings.push_back("pack " + pack.id() + " is not in force on " + as_of.ToString() + " (" +
                               pack.valid_from().ToString() + " to " + pack.valid_to().ToString() + "); left out");
      continue;
    }
    for (const std::string& warning : PackWarnings(pack, as_of)) {
      packs.warnings.push_back("pack " + pack.id() + ": " + warning);
    }
    packs.active.push_back({pack, std::move(parameters)});
  }
  return packs;
}

}  // namespace hearth
