// Parsing walks from left to right to the nearest word that ends a level (县, 镇, 路, 小区 …); a number takes the
// meaning of the word behind it. What comes before such a word is that level's name; levels may only go down.
#include "core/address.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

enum class Part : uint8_t {
  kProvince,
  kPrefecture,
  kCounty,
  kTownship,
  kVillage,
  kGroup,
  kRoad,
  kNumber,
  kEstate,
  kBuilding,
  kUnit,
  kFloor,
  kRoom,
};

struct Suffix {
  std::u32string_view word;
  Part part;
};

// Longer words before the shorter ones they end in.
constexpr Suffix kNameSuffixes[] = {
    {U"特别行政区", Part::kProvince},
    {U"维吾尔自治区", Part::kProvince},
    {U"壮族自治区", Part::kProvince},
    {U"回族自治区", Part::kProvince},
    {U"自治区", Part::kProvince},
    {U"省", Part::kProvince},
    {U"自治州", Part::kPrefecture},
    {U"地区", Part::kPrefecture},
    {U"盟", Part::kPrefecture},
    {U"州", Part::kPrefecture},
    {U"自治县", Part::kCounty},
    {U"自治旗", Part::kCounty},
    {U"开发区", Part::kCounty},
    {U"高新区", Part::kCounty},
    {U"县", Part::kCounty},
    {U"旗", Part::kCounty},
    {U"街道办事处", Part::kTownship},
    {U"街道办", Part::kTownship},
    {U"街道", Part::kTownship},
    {U"镇", Part::kTownship},
    {U"乡", Part::kTownship},
    {U"苏木", Part::kTownship},
    {U"社区居委会", Part::kVillage},
    {U"社区居民委员会", Part::kVillage},
    {U"村民委员会", Part::kVillage},
    {U"居民委员会", Part::kVillage},
    {U"村委会", Part::kVillage},
    {U"居委会", Part::kVillage},
    {U"社区", Part::kVillage},
    {U"自然村", Part::kVillage},
    {U"行政村", Part::kVillage},
    {U"嘎查", Part::kVillage},
    {U"小区", Part::kEstate},
    {U"花园", Part::kEstate},
    {U"家园", Part::kEstate},
    {U"花苑", Part::kEstate},
    {U"公寓", Part::kEstate},
    {U"大厦", Part::kEstate},
    {U"新村", Part::kEstate},
    {U"新苑", Part::kEstate},
    {U"广场", Part::kEstate},
    {U"公馆", Part::kEstate},
    {U"宿舍", Part::kEstate},
    {U"苑", Part::kEstate},
    {U"园区", Part::kEstate},
    {U"大道", Part::kRoad},
    {U"大街", Part::kRoad},
    {U"路", Part::kRoad},
    {U"街", Part::kRoad},
    {U"巷", Part::kRoad},
    {U"弄", Part::kRoad},
    {U"胡同", Part::kRoad},
    {U"里弄", Part::kRoad},
    {U"村", Part::kVillage},
    {U"市", Part::kPrefecture},
    {U"区", Part::kCounty},
};

// Behind a number.
constexpr Suffix kNumberSuffixes[] = {
    {U"村民小组", Part::kGroup}, {U"小组", Part::kGroup},  {U"组", Part::kGroup},  {U"社", Part::kGroup},
    {U"队", Part::kGroup},       {U"幢", Part::kBuilding}, {U"单元", Part::kUnit}, {U"层", Part::kFloor},
    {U"楼", Part::kFloor},       {U"室", Part::kRoom},     {U"号", Part::kNumber},
};

// Words of one meaning, in the order in which they are replaced behind a number.
struct Synonym {
  std::u32string_view word, usual;
};
constexpr Synonym kSynonyms[] = {
    {U"号楼", U"幢"}, {U"#楼", U"幢"}, {U"栋", U"幢"}, {U"座", U"幢"}, {U"梯", U"单元"},
    {U"房间", U"室"}, {U"户", U"室"},  {U"房", U"室"}, {U"#", U"号"},  {U"门牌", U"号"},
};

bool IsDigit32(char32_t c) { return c >= '0' && c <= '9'; }
bool IsLatinCapital(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool IsDash(char32_t c) {
  return c == '-' || c == '~' || c == 0x2010 || c == 0x2013 || c == 0x2014 || c == 0x2015 || c == 0x2212 || c == 0x301C;
}
bool IsNumeral(char32_t c) {
  return std::u32string_view(U"〇零一二三四五六七八九十百两").find(c) != std::u32string_view::npos;
}

std::u32string Clean(std::string_view raw) {
  const std::string nfc = ToNfc(FoldPrivateUse(raw));
  std::u32string out;
  for (size_t i = 0; i < nfc.size();) {
    char32_t c = FoldWidth(NextCodePoint(nfc, &i));
    if (IsTrimmable(c) || c == ',' || c == U'，' || c == U'、' || c == kBadChar) continue;
    if (IsDash(c)) c = '-';
    if (c >= 'a' && c <= 'z') c = c - 'a' + 'A';
    out += c;
  }
  return out;
}

// 三单元 -> 3单元, where the word behind the numeral asks for a number. 三里村 and 五一路 stay.
std::u32string NumeralsToDigits(std::u32string_view t) {
  constexpr std::u32string_view kAsks[] = {U"号", U"幢",   U"栋",       U"座", U"单元", U"梯", U"室", U"层",
                                           U"组", U"小组", U"村民小组", U"队", U"弄",   U"楼", U"#"};
  std::u32string out;
  for (size_t i = 0; i < t.size();) {
    size_t end = i;
    while (end < t.size() && IsNumeral(t[end])) ++end;
    if (end > i) {
      const bool asked = std::any_of(std::begin(kAsks), std::end(kAsks),
                                     [&](std::u32string_view w) { return t.substr(end).starts_with(w); });
      const int value = asked ? ReadSmallNumber(EncodeUtf8(t.substr(i, end - i))) : -1;
      if (value >= 0) {
        out += DecodeUtf8(std::to_string(value));
      } else {
        out += t.substr(i, end - i);
      }
      i = end;
      continue;
    }
    out += t[i++];
  }
  return out;
}

std::u32string ReplaceSynonyms(std::u32string_view t) {
  std::u32string out;
  for (size_t i = 0; i < t.size();) {
    const bool behind_number = !out.empty() && (IsDigit32(out.back()) || IsLatinCapital(out.back()));
    const auto* synonym = std::find_if(std::begin(kSynonyms), std::end(kSynonyms), [&](const Synonym& s) {
      return behind_number && t.substr(i).starts_with(s.word);
    });
    if (synonym != std::end(kSynonyms)) {
      out += synonym->usual;
      i += synonym->word.size();
    } else {
      out += t[i++];
    }
  }
  return out;
}

// 5-2-301 -> 5幢2单元301室, 5-301 -> 5幢301室, at the end of the text only.
std::u32string ExpandDashes(std::u32string_view t) {
  std::vector<std::u32string_view> numbers;
  size_t from = t.size();
  while (from > 0 && (IsDigit32(t[from - 1]) || t[from - 1] == '-')) --from;
  std::u32string_view tail = t.substr(from);
  if (tail.ends_with('-') || tail.starts_with('-')) return std::u32string(t);
  for (size_t at = 0; at < tail.size();) {
    const size_t dash = std::min(tail.find(U'-', at), tail.size());
    if (dash == at) return std::u32string(t);
    numbers.push_back(tail.substr(at, dash - at));
    at = dash + 1;
  }
  if (numbers.size() != 2 && numbers.size() != 3) return std::u32string(t);
  std::u32string out(t.substr(0, from));
  out += std::u32string(numbers[0]) + U"幢";
  if (numbers.size() == 3) out += std::u32string(numbers[1]) + U"单元";
  return out + std::u32string(numbers.back()) + U"室";
}

// A level of 3 to 8 characters written twice in a row: 云泽市云泽市 -> 云泽市.
std::u32string DropRepeats(std::u32string t) {
  constexpr std::u32string_view kEnds = U"省市区县镇乡村道路";
  for (size_t i = 0; i < t.size(); ++i) {
    for (size_t n = 8; n >= 3; --n) {
      if (i + 2 * n > t.size() || kEnds.find(t[i + n - 1]) == std::u32string_view::npos) continue;
      if (std::u32string_view(t).substr(i, n) == std::u32string_view(t).substr(i + n, n)) t.erase(i, n);
    }
  }
  return t;
}

std::string* FieldOf(Part part, AddressParts* parts) {
  switch (part) {
    case Part::kProvince:
      return &parts->province;
    case Part::kPrefecture:
      return &parts->prefecture;
    case Part::kCounty:
      return &parts->county;
    case Part::kTownship:
      return &parts->township;
    case Part::kVillage:
      return &parts->village;
    case Part::kGroup:
      return &parts->group;
    case Part::kRoad:
      return &parts->road;
    case Part::kNumber:
      return &parts->number;
    case Part::kEstate:
      return &parts->estate;
    case Part::kBuilding:
      return &parts->building;
    case Part::kUnit:
      return &parts->unit;
    case Part::kFloor:
      return nullptr;  // the room tells it
    case Part::kRoom:
      return &parts->room;
  }
  return nullptr;
}

std::string WithoutZeros(std::u32string_view digits) {
  while (digits.size() > 1 && digits[0] == '0' && IsDigit32(digits[1])) digits.remove_prefix(1);
  return EncodeUtf8(digits);
}

class Parser {
 public:
  Parser(std::u32string_view text, const AddressOptions& options) : text_(text), options_(options) {}

  AddressParts Run() {
    TakeKnownDivisions();
    while (at_ < text_.size()) {
      if (TakeNumber() || TakeName()) continue;
      pending_ += text_[at_++];
    }
    Flush();
    FillUpperLevels();
    return std::move(parts_);
  }

 private:
  // Province short names and names of the division table stand in front, perhaps twice, whatever words they contain.
  void TakeKnownDivisions() {
    for (bool more = true; more;) {
      more = false;
      for (size_t n = std::min<size_t>(text_.size() - at_, 12); n >= 2 && !more; --n) {
        const std::string name = EncodeUtf8(text_.substr(at_, n));
        const std::optional<Part> part = KnownDivision(name);
        if (!part) continue;
        std::string* field = FieldOf(*part, &parts_);
        if (field->empty()) *field = name;
        at_ += n;
        more = true;
      }
    }
  }

  std::optional<Part> KnownDivision(const std::string& name) const {
    if (options_.divisions == nullptr || !options_.divisions->HasName(name)) return std::nullopt;
    for (const Division& d : options_.divisions->rows()) {
      if (d.name != name) continue;
      return d.code % 10000 == 0 ? Part::kProvince : d.code % 100 == 0 ? Part::kPrefecture : Part::kCounty;
    }
    return std::nullopt;
  }

  // A number and the word behind it: 12号, A幢, 负1层, 附3号.
  bool TakeNumber() {
    size_t end = at_;
    if (text_[end] == U'附' || text_[end] == U'负') ++end;
    const size_t digits = end;
    while (end < text_.size() && (IsDigit32(text_[end]) || IsLatinCapital(text_[end]) || text_[end] == '-')) ++end;
    if (end == digits) return false;
    const std::u32string_view rest = text_.substr(end);
    std::u32string number(text_.substr(digits, end - digits));
    const auto* suffix = std::find_if(std::begin(kNumberSuffixes), std::end(kNumberSuffixes),
                                      [&](const Suffix& s) { return rest.starts_with(s.word); });
    if (suffix == std::end(kNumberSuffixes)) {
      const bool last = rest.empty() && digits == at_ && std::all_of(number.begin(), number.end(), IsDigit32);
      // A bare number at the end is the room behind a building, else the house.
      if (!last) return false;
      Flush();
      Set(parts_.building.empty() && parts_.unit.empty() ? Part::kNumber : Part::kRoom, WithoutZeros(number));
      at_ = end;
      return true;
    }
    const bool annex = text_[at_] == U'附', below = text_[at_] == U'负';
    // A number may be part of a name still being read (1937街); only the words above make it a number.
    FlushInto(suffix->part);
    std::string value = (below ? "-" : "") + WithoutZeros(number);
    if (annex && suffix->part == Part::kNumber) {
      parts_.number += "-" + value;
    } else {
      Set(suffix->part, std::move(value));
    }
    at_ = end + suffix->word.size();
    return true;
  }

  // The word at at_ ends the pending name: 幸福 + 路.
  bool TakeName() {
    if (pending_.empty()) return false;
    for (const Suffix& s : kNameSuffixes) {
      if (!text_.substr(at_).starts_with(s.word)) continue;
      const size_t next = at_ + s.word.size();
      Part part = s.part;
      // 新市镇, 城区路: the next word ends the name as well and nearer down.
      if (s.word.size() == 1 && next < text_.size() && EndsHere(next)) return false;
      if (s.word == U"市" && !parts_.prefecture.empty()) part = Part::kCounty;
      if (s.word == U"区" && !parts_.county.empty()) part = Part::kEstate;
      if (s.word == U"州" && (!parts_.prefecture.empty() || text_.substr(next).starts_with(U"市"))) return false;
      if (s.word == U"村" && (!parts_.village.empty() || NumberFollows(next, Part::kBuilding))) {
        part = parts_.village.empty() || NumberFollows(next, Part::kBuilding) ? Part::kEstate : Part::kVillage;
      }
      if (part <= Part::kTownship && !FieldOf(part, &parts_)->empty()) {
        // An upper level named again, perhaps by its old name: the first one stands.
        pending_.clear();
        at_ = next;
        return true;
      }
      const std::string name = EncodeUtf8(pending_) + EncodeUtf8(s.word);
      pending_.clear();
      if (part == Part::kVillage && !parts_.village.empty()) {
        if (parts_.village != name) parts_.rest += name;
      } else if (part == Part::kRoad && !parts_.road.empty()) {
        parts_.road += name;  // 幸福路三弄
      } else {
        Set(part, name);
      }
      at_ = next;
      return true;
    }
    return false;
  }

  bool EndsHere(size_t at) const {
    constexpr std::u32string_view kSingle = U"省市县区镇乡村路街巷";
    return kSingle.find(text_[at]) != std::u32string_view::npos;
  }

  bool NumberFollows(size_t at, Part part) const {
    size_t end = at;
    while (end < text_.size() && (IsDigit32(text_[end]) || IsLatinCapital(text_[end]))) ++end;
    if (end == at) return false;
    return std::any_of(std::begin(kNumberSuffixes), std::end(kNumberSuffixes),
                       [&](const Suffix& s) { return s.part == part && text_.substr(end).starts_with(s.word); });
  }

  void Set(Part part, std::string value) {
    std::string* field = FieldOf(part, &parts_);
    if (field == nullptr) return;
    if (field->empty()) {
      *field = std::move(value);
    } else if (*field != value) {
      parts_.rest += value;
    }
  }

  void Flush() {
    parts_.rest += EncodeUtf8(pending_);
    pending_.clear();
  }
  // A name without a word of its own before 3幢 is the estate (锦绣华庭3幢), before 12号 the road or hamlet.
  void FlushInto(Part part) {
    if (pending_.size() >= 2) {
      std::string name = EncodeUtf8(pending_);
      if (part == Part::kBuilding || part == Part::kUnit || part == Part::kRoom) {
        Set(Part::kEstate, std::move(name));
      } else if (part == Part::kNumber && parts_.road.empty()) {
        Set(Part::kRoad, std::move(name));
      } else if (part == Part::kGroup && parts_.village.empty()) {
        Set(Part::kVillage, std::move(name));
      } else {
        parts_.rest += name;
      }
      pending_.clear();
    }
    Flush();
  }

  void FillUpperLevels() {
    if (options_.region == 0) return;
    const uint32_t code = options_.region;
    const auto name = [this](uint32_t c) -> std::string {
      const Division* d = options_.divisions == nullptr ? nullptr : options_.divisions->Find(c, options_.on);
      return d == nullptr ? std::string() : d->name;
    };
    if (parts_.county.empty() && code % 100 != 0) parts_.county = name(code);
    if (parts_.prefecture.empty() && code % 10000 != 0) parts_.prefecture = name(code / 100 * 100);
    if (parts_.province.empty()) parts_.province = name(code / 10000 * 10000);
  }

  std::u32string_view text_;
  const AddressOptions& options_;
  size_t at_ = 0;
  std::u32string pending_;
  AddressParts parts_;
};

struct KeyPart {
  char mark;
  std::string AddressParts::*field;
};
constexpr KeyPart kKeyParts[] = {
    {'v', &AddressParts::village}, {'g', &AddressParts::group},  {'r', &AddressParts::road},
    {'n', &AddressParts::number},  {'e', &AddressParts::estate}, {'b', &AddressParts::building},
    {'u', &AddressParts::unit},    {'h', &AddressParts::room},
};

enum class Agreement : uint8_t { kOpen, kYes, kNo };
Agreement Agree(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? Agreement::kOpen : a == b ? Agreement::kYes : Agreement::kNo;
}

}  // namespace

std::string NormaliseAddress(std::string_view raw) {
  std::u32string text = NumeralsToDigits(Clean(raw));
  text = ReplaceSynonyms(text);
  text = ExpandDashes(text);
  return EncodeUtf8(DropRepeats(std::move(text)));
}

AddressParts ParseAddress(std::string_view raw, const AddressOptions& options) {
  const std::u32string text = DecodeUtf8(NormaliseAddress(raw));
  return Parser(text, options).Run();
}

std::string AddressKey(const AddressParts& parts) {
  std::string key;
  for (const KeyPart& p : kKeyParts) {
    const std::string& value = parts.*p.field;
    if (value.empty()) continue;
    if (!key.empty()) key += '|';
    key += p.mark;
    key += value;
  }
  return key;
}

std::string_view AddressAgreementName(AddressAgreement a) {
  constexpr std::string_view kNames[] = {"same", "same_building", "same_street", "same_county", "different", "unknown"};
  return kNames[static_cast<size_t>(a)];
}

AddressAgreement CompareAddresses(const AddressParts& a, const AddressParts& b) {
  const std::string key_a = AddressKey(a), key_b = AddressKey(b);
  const Agreement county = Agree(a.county, b.county), prefecture = Agree(a.prefecture, b.prefecture);
  if (prefecture == Agreement::kNo || (county == Agreement::kNo && prefecture != Agreement::kYes)) {
    return AddressAgreement::kDifferent;
  }
  if (county == Agreement::kNo) return AddressAgreement::kDifferent;
  if (key_a.empty() || key_b.empty()) return AddressAgreement::kUnknown;
  const Agreement village = Agree(a.village, b.village), road = Agree(a.road, b.road),
                  estate = Agree(a.estate, b.estate);
  const bool place = village == Agreement::kYes || road == Agreement::kYes || estate == Agreement::kYes;
  const AddressAgreement apart =
      county == Agreement::kYes ? AddressAgreement::kSameCounty : AddressAgreement::kDifferent;
  // One gate may be named after two roads, one estate twice: another place that agrees outweighs it.
  if (!place) return apart;
  const Agreement house[] = {Agree(a.group, b.group), Agree(a.number, b.number), Agree(a.building, b.building)};
  if (std::find(std::begin(house), std::end(house), Agreement::kNo) != std::end(house)) {
    return AddressAgreement::kSameStreet;
  }
  const bool gate = house[1] == Agreement::kYes || house[2] == Agreement::kYes;
  if (!gate)
    return a.room.empty() && b.room.empty() && key_a == key_b ? AddressAgreement::kSame : AddressAgreement::kSameStreet;
  if (Agree(a.unit, b.unit) == Agreement::kNo) return AddressAgreement::kSameBuilding;
  if (a.room.empty() && b.room.empty()) return AddressAgreement::kSame;
  return Agree(a.room, b.room) == Agreement::kYes ? AddressAgreement::kSame : AddressAgreement::kSameBuilding;
}

}  // namespace hearth
