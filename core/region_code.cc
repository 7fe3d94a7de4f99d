#include "core/region_code.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"

namespace hearth {
namespace {

struct ProvinceRow {
  int code;
  std::string_view name;
};

constexpr ProvinceRow kProvinces[] = {
    {11, "北京"},   {12, "天津"}, {13, "河北"}, {14, "山西"},     {15, "内蒙古"}, {21, "辽宁"}, {22, "吉林"},
    {23, "黑龙江"}, {31, "上海"}, {32, "江苏"}, {33, "浙江"},     {34, "安徽"},   {35, "福建"}, {36, "江西"},
    {37, "山东"},   {41, "河南"}, {42, "湖北"}, {43, "湖南"},     {44, "广东"},   {45, "广西"}, {46, "海南"},
    {50, "重庆"},   {51, "四川"}, {52, "贵州"}, {53, "云南"},     {54, "西藏"},   {61, "陕西"}, {62, "甘肃"},
    {63, "青海"},   {64, "宁夏"}, {65, "新疆"}, {66, "新疆兵团"}, {71, "台湾"},   {81, "香港"}, {82, "澳门"},
};

// One bit a province, so that the check of a number is a shift.
constexpr auto kIsProvince = [] {
  struct {
    bool at[100];
  } table = {};
  for (const ProvinceRow& p : kProvinces) table.at[p.code] = true;
  return table;
}();

constexpr std::string_view kMunicipalities[] = {"11", "12", "31", "50"};
constexpr size_t kLevels[] = {2, 4, 6, 9, 12, 15};

std::optional<uint32_t> SixDigits(std::string_view text) {
  if (text.size() != 6 || !IsAllDigits(text)) return std::nullopt;
  uint32_t code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

bool Overlap(const Division& a, const Division& b) {
  return (!a.until || !b.from || *b.from < *a.until) && (!b.until || !a.from || *a.from < *b.until);
}

bool InForce(const Division& d, CivilDay on) { return (!d.from || *d.from <= on) && (!d.until || on < *d.until); }

std::string CodeText(uint32_t code) {
  std::string text = std::to_string(code);
  return std::string(text.size() < 6 ? 6 - text.size() : 0, '0') + text;
}

}  // namespace

bool IsProvince(int two_digits) { return two_digits >= 0 && two_digits < 100 && kIsProvince.at[two_digits]; }

std::string_view ProvinceName(int two_digits) {
  for (const ProvinceRow& p : kProvinces) {
    if (p.code == two_digits) return p.name;
  }
  return {};
}

StatusOr<Divisions> Divisions::FromList(std::vector<Division> divisions) {
  Divisions out;
  out.rows_ = std::move(divisions);
  std::stable_sort(out.rows_.begin(), out.rows_.end(), [](const Division& a, const Division& b) {
    if (a.code != b.code) return a.code < b.code;
    return a.from.value_or(CivilDay{INT32_MIN}) < b.from.value_or(CivilDay{INT32_MIN});
  });
  for (uint32_t i = 0; i < out.rows_.size(); ++i) {
    const Division& d = out.rows_[i];
    if (d.code < 110000 || d.code > 999999) {
      return InvalidArgument("division code " + std::to_string(d.code) + " is not 6 digits from 110000 up");
    }
    if (d.from && d.until && *d.until <= *d.from) {
      return InvalidArgument("division " + CodeText(d.code) + " ends before it begins");
    }
    if (i > 0 && out.rows_[i - 1].code == d.code && Overlap(out.rows_[i - 1], d)) {
      return InvalidArgument("division " + CodeText(d.code) + " is given twice for the same days");
    }
    out.first_.emplace(d.code, i);
  }
  for (const Division& d : out.rows_) {
    for (uint32_t successor : d.successors) {
      if (!out.Ever(successor)) {
        return InvalidArgument("division " + CodeText(d.code) + " names a successor " + CodeText(successor) +
                               " that the list lacks");
      }
    }
  }
  for (const Division& d : out.rows_) out.names_.push_back(d.name);
  std::sort(out.names_.begin(), out.names_.end());
  return out;
}

bool Divisions::HasName(std::string_view name) const {
  return std::binary_search(names_.begin(), names_.end(), name, std::less<std::string_view>());
}

StatusOr<Divisions> Divisions::FromYaml(const YamlNode& list) {
  if (!list.IsList()) return YamlError(list, "expected a list of divisions");
  std::vector<Division> rows;
  for (const YamlNode& item : list.items) {
    YamlMap map(item);
    Division d;
    const auto code = SixDigits(map.Text("code"));
    d.name = map.Text("name");
    d.from = map.OptionalDay("from");
    d.until = map.OptionalDay("until");
    for (const std::string& text : map.TextListOr("successors")) {
      const auto successor = SixDigits(text);
      if (!successor) map.Fail(item, "a successor must be 6 digits such as 339901");
      d.successors.push_back(successor.value_or(0));
    }
    if (!code) map.Fail(item, "code must be 6 digits such as 339901");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    d.code = *code;
    rows.push_back(std::move(d));
  }
  StatusOr<Divisions> out = FromList(std::move(rows));
  if (!out.ok()) return YamlError(list, Message(out.status()));
  return out;
}

const Division* Divisions::Find(uint32_t code, CivilDay on) const {
  const auto first = first_.find(code);
  if (first == first_.end()) return nullptr;
  const Division* best = &rows_[first->second];
  for (uint32_t i = first->second; i < rows_.size() && rows_[i].code == code; ++i) {
    best = &rows_[i];
    if (InForce(*best, on)) return best;
  }
  return best;
}

std::vector<uint32_t> Divisions::Current(uint32_t code, CivilDay on) const {
  std::vector<uint32_t> open = {code}, seen, out;
  while (!open.empty()) {
    const uint32_t next = open.back();
    open.pop_back();
    if (std::find(seen.begin(), seen.end(), next) != seen.end()) continue;  // a cycle in the table must not hang
    seen.push_back(next);
    const Division* d = Find(next, on);
    if (d == nullptr) continue;
    if (InForce(*d, on)) {
      out.push_back(next);
    } else {
      open.insert(open.end(), d->successors.begin(), d->successors.end());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string Divisions::FullName(uint32_t code, CivilDay on) const {
  const std::string text = CodeText(code);
  std::string out;
  const Division* province = Find(code / 10000 * 10000, on);
  if (province != nullptr) {
    out += province->name;
  } else if (const std::string_view name = ProvinceName(static_cast<int>(code / 10000)); !name.empty()) {
    const bool municipality = std::find(std::begin(kMunicipalities), std::end(kMunicipalities), text.substr(0, 2)) !=
                              std::end(kMunicipalities);
    out += std::string(name) + (municipality ? "市" : "省");
  }
  if (code % 10000 == 0) return out;
  if (const Division* prefecture = Find(code / 100 * 100, on)) out += prefecture->name;
  if (code % 100 == 0) return out;
  if (const Division* county = Find(code, on)) out += county->name;
  return out;
}

std::string_view UnpaddedRegion(std::string_view code) {
  size_t keep = 0;
  for (size_t level = 0, from = 0; level < std::size(kLevels) && from < code.size(); ++level) {
    const size_t to = std::min(kLevels[level], code.size());
    if (code.substr(from, to - from).find_first_not_of('0') != std::string_view::npos) keep = to;
    from = to;
  }
  return code.substr(0, keep);
}

bool IsWithin(std::string_view code, std::string_view scope) {
  return UnpaddedRegion(code).starts_with(UnpaddedRegion(scope));
}

std::string_view RegionPrefix(std::string_view code, size_t digits) { return code.substr(0, digits); }

RegionReading ReadRegion(std::string_view raw, const Divisions* divisions, bool allow_synthetic) {
  RegionReading r;
  const std::string_view trimmed = TrimUnicode(raw);
  std::string code = FoldWidth(trimmed);
  if (code.ends_with(".0")) code.resize(code.size() - 2);
  r.folded = code != raw;
  if (code.empty()) return r;
  const auto fail = [&r](Verdict v) {
    r.verdict = v;
    return r;
  };
  if (code.find_first_of("Ee") != std::string::npos && code.find_first_not_of("0123456789.eE+") == std::string::npos) {
    return fail(Verdict::kLossySpreadsheet);
  }
  if (!IsAllDigits(code)) return fail(Verdict::kBadCharacter);
  if (code.find_first_not_of('0') == std::string::npos) return fail(Verdict::kPlaceholder);
  if (std::find(std::begin(kLevels), std::end(kLevels), code.size()) == std::end(kLevels)) {
    return fail(Verdict::kBadLength);
  }
  const int province = (code[0] - '0') * 10 + (code[1] - '0');
  if (!IsProvince(province)) return fail(Verdict::kBadDivision);
  const bool synthetic = code.starts_with("3399");
  if (synthetic && !allow_synthetic) return fail(Verdict::kDivisionTestOnly);
  if (divisions != nullptr && code.size() >= 6) {
    const uint32_t six = *SixDigits(std::string_view(code).substr(0, 6));
    if (six % 10000 != 0 && !divisions->Ever(six)) return fail(Verdict::kBadDivision);
  }
  r.verdict = Verdict::kOk;
  r.code = std::move(code);
  return r;
}

UrbanRural UrbanRuralOf(std::string_view class_code) {
  constexpr std::string_view kUrban[] = {"111", "112", "121", "122", "123"};
  if (std::find(std::begin(kUrban), std::end(kUrban), class_code) != std::end(kUrban)) return UrbanRural::kUrban;
  return class_code == "210" || class_code == "220" ? UrbanRural::kRural : UrbanRural::kUnknown;
}

VillageKind VillageKindOf(std::string_view code) {
  if (code.size() < 12 || !IsAllDigits(code.substr(9, 3))) return VillageKind::kUnknown;
  const int segment = (code[9] - '0') * 100 + (code[10] - '0') * 10 + (code[11] - '0');
  if (segment >= 1 && segment <= 199) return VillageKind::kResidentsCommittee;
  if (segment >= 200 && segment <= 399) return VillageKind::kVillagersCommittee;
  return segment >= 400 && segment <= 599 ? VillageKind::kSimilar : VillageKind::kUnknown;
}

}  // namespace hearth
