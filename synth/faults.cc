#include "synth/faults.h"

#include <algorithm>
#include <string_view>

#include "synth/dice.h"
#include "synth/identity.h"
#include "synth/names.h"

namespace hearth::synth {
namespace {

std::string Mask(std::string number, bool middle) {
  // 339901********1135 or 3399011985******35.
  size_t from = middle ? 6 : 10, count = middle ? 8 : 6;
  return number.replace(from, count, count, '*');
}

// One of the last four characters is typed wrong, which the check character always shows.
std::string Mistype(Dice& dice, std::string number) {
  size_t at = 14 + dice.Below(4);
  char old = number[at];
  if (at == 17) {
    do number[at] = static_cast<char>('0' + dice.Below(10));
    while (number[at] == old);
  } else {
    number[at] = static_cast<char>('0' + (old - '0' + 1 + static_cast<int>(dice.Below(9))) % 10);
  }
  return number;
}

// What a spreadsheet leaves of 18 digits: six of them, or fifteen.
std::string Lose(Dice& dice, const std::string& number) {
  if (dice.Chance(0.5)) return number.substr(0, 15) + "000";
  std::string six = number.substr(0, 6);
  if (number[6] >= '5') six = std::to_string(std::stoi(six) + 1);
  return six.substr(0, 1) + "." + six.substr(1) + "E+17";
}

std::string FullWidth(std::string_view text) {
  std::string out;
  for (char c : text) {
    // U+FF01 .. follow the ASCII order.
    int code = 0xFF01 + (c - '!');
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

int AnotherPerson(Dice& dice, const Block& block, int person) {
  const Person& p = block.at(person);
  const std::vector<int>& near = block.home(p.household).members;
  if (near.size() > 1 && near.size() < 12 && dice.Chance(0.5)) {
    int other = near[dice.Below(static_cast<uint32_t>(near.size()))];
    if (block.at(other).number != p.number) return other;
  }
  // Only among the first night's people, so that later births change no older row.
  uint32_t n = static_cast<uint32_t>(std::min<size_t>(block.people.size(), 64));
  for (int tries = 0; tries < 8; ++tries) {
    int other = static_cast<int>(dice.Below(n));
    if (block.at(other).number != p.number) return other;
  }
  return kNone;
}

std::string OtherDot(Dice& dice, std::string name) {
  static constexpr std::string_view kDots[] = {"•", "‧", "．", "・", "∙"};
  size_t at = name.find("·");
  return at == std::string::npos ? name : name.replace(at, std::string_view("·").size(), kDots[dice.Below(5)]);
}

}  // namespace

std::string FaultNames(uint32_t faults) {
  static constexpr std::string_view kNames[] = {"number_missing", "number_masked", "number_old15",  "number_check",
                                                "number_other",   "number_lossy",  "number_shared", "name_wrong",
                                                "kin_missing",    "kin_wrong",     "text_form",     "date_placeholder"};
  std::string out;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (!(faults & (1u << i))) continue;
    if (!out.empty()) out += ';';
    out += kNames[i];
  }
  return out;
}

bool FaultPlanter::Happens(double rate, Purpose purpose, uint64_t a, uint64_t b) const {
  return Dice(seed_, purpose, a, b).Chance(std::min(1.0, rate * factor_));
}

Written FaultPlanter::Write(const Block& block, int person, Registry registry, uint64_t salt) const {
  const Person& p = block.at(person);
  Written w{p.number, p.name, p.birth};
  if (p.shares_number) w.faults |= kNumberShared;
  if (registry == Registry::kHouseholdRegistration || factor_ == 0) return w;
  Dice dice(seed_, Purpose::kFault, static_cast<uint64_t>(p.id), static_cast<uint64_t>(registry), salt);

  // One draw decides what is wrong with the number: the faults exclude one another.
  double at = dice.Unit() / factor_;
  auto hit = [&](double rate) {
    bool mine = at >= 0 && at < rate;
    at -= rate;
    return mine;
  };
  if (hit(rates_.missing)) {
    w.number = dice.Chance(0.12) ? "无" : "";
    w.faults |= kNumberMissing;
  } else if (hit(rates_.masked)) {
    w.number = Mask(w.number, dice.Chance(0.6));
    w.faults |= kNumberMasked;
  } else if (hit(rates_.old15)) {
    int year = std::stoi(w.number.substr(6, 4));
    if (year >= 1900 && year < 1999) {
      w.number = w.number.substr(0, 6) + w.number.substr(8, 9);
      w.faults |= kNumberOld15;
    }
  } else if (hit(rates_.check)) {
    w.number = Mistype(dice, w.number);
    w.faults |= kNumberCheck;
  } else if (hit(rates_.other)) {
    int other = AnotherPerson(dice, block, person);
    if (other != kNone) {
      w.number = block.at(other).number;
      w.faults |= kNumberOther;
    }
  } else if (hit(rates_.lossy)) {
    if (w.number[17] != 'X') {
      w.number = Lose(dice, w.number);
      w.faults |= kNumberLossy;
    }
  } else {
    if (w.number[17] == 'X' && hit(0.15)) {
      w.number[17] = 'x';
      w.faults |= kTextForm;
    } else if (hit(rates_.form)) {
      w.number = dice.Chance(0.4) ? FullWidth(w.number) : "'" + w.number;
      w.faults |= kTextForm;
    }
  }

  Dice name_dice(seed_, Purpose::kFault, static_cast<uint64_t>(p.id), static_cast<uint64_t>(registry), Mix64(salt));
  if (name_dice.Chance(std::min(1.0, rates_.name * factor_))) {
    SlippedName slipped = SlipName(name_dice, w.name);
    if (slipped.kind != NameSlip::kNone) {
      w.name = slipped.name;
      w.faults |= kNameWrong;
    }
  } else if (p.surname.empty()) {
    if (name_dice.Chance(std::min(0.5, 0.2 * factor_))) {
      w.name = OtherDot(name_dice, w.name);
      w.faults |= kTextForm;
    }
  } else if (name_dice.Chance(std::min(0.5, rates_.form * factor_))) {
    w.name = p.surname + " " + p.name.substr(p.surname.size());
    w.faults |= kTextForm;
  }
  if (name_dice.Chance(std::min(0.5, rates_.date_placeholder * factor_))) {
    w.birth_placeholder = true;
    w.faults |= kDatePlaceholder;
  }
  return w;
}

}  // namespace hearth::synth
