#include "synth/identity.h"

#include <cstdio>

#include "core/status.h"
#include "synth/dice.h"

namespace hearth::synth {
namespace {

constexpr std::string_view kCreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::string_view kPlateAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

int ValueOfOrganisation(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

int ValueOfVehicle(char c) {
  static constexpr std::string_view kLetters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  static constexpr std::string_view kValues = "12345678123457923456789";
  if (c >= '0' && c <= '9') return c - '0';
  return kValues[kLetters.find(c)] - '0';
}

}  // namespace

char CitizenCheck(std::string_view seventeen) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (seventeen[static_cast<size_t>(i)] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

std::string CitizenNumber(int address_code, CivilDay birth, bool male, int slot) {
  HEARTH_CHECK(slot >= 0 && slot < kSlots, "slot out of range");
  YearMonthDay ymd = birth.Ymd();
  // The slot is turned by the day, so that sequences do not betray how the city was made; turning keeps slots apart.
  int turned = (slot + static_cast<int>(Mix64(static_cast<uint64_t>(birth.days)) % kSlots)) % kSlots;
  char text[32];
  std::snprintf(text, sizeof text, "%06d%04d%02d%02d%03d", address_code, ymd.year, ymd.month, ymd.day,
                2 * turned + (male ? 1 : 2));
  std::string number(text, 17);
  number += CitizenCheck(number);
  return number;
}

std::string CreditCode(std::string_view kind, int division, std::string_view mark, uint64_t index) {
  std::string body(mark);
  uint64_t rest = index;
  char digits[6];
  for (int i = 5; i >= 0; --i) {
    digits[i] = kCreditAlphabet[rest % 31];
    rest /= 31;
  }
  HEARTH_CHECK(rest == 0, "credit code index out of range");
  body.append(digits, 6);
  static constexpr int kBodyWeights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += ValueOfOrganisation(body[static_cast<size_t>(i)]) * kBodyWeights[i];
  int check = 11 - sum % 11;
  body += check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);

  std::string code(kind);
  code += std::to_string(division);
  code += body;
  int weight = 1, total = 0;
  for (char c : code) {
    total += static_cast<int>(kCreditAlphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  code += kCreditAlphabet[static_cast<size_t>((31 - total % 31) % 31)];
  return code;
}

std::string VehicleNumber(uint64_t index, int model_year) {
  static constexpr std::string_view kYears = "LMNPRSTVWXY123456789ABCDEFGHJK";  // 1990 or 2020 = L, a cycle of 30
  static constexpr std::string_view kPlants = "ABCDEFGHJKLMNPRSTUVW";
  static constexpr int kWeights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  std::string vin = "LTX8A2C30";
  vin += kYears[static_cast<size_t>((model_year - 1990) % 30)];
  vin += kPlants[(index / 1000000) % kPlants.size()];
  char serial[32];
  std::snprintf(serial, sizeof serial, "%06d", static_cast<int>(index % 1000000));
  vin += serial;
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += ValueOfVehicle(vin[static_cast<size_t>(i)]) * kWeights[i];
  vin[8] = sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11);
  return vin;
}

std::string FuelPlate(uint64_t index) {
  // An affine step with a multiplier prime to 34^5 scatters neighbours and keeps plates apart.
  constexpr uint64_t kSpace = 34ULL * 34 * 34 * 34 * 34;
  uint64_t rest = (index * 7368787ULL + 1299709ULL) % kSpace;
  std::string plate = "浙Z";
  for (int i = 0; i < 5; ++i) {
    plate += kPlateAlphabet[rest % 34];
    rest /= 34;
  }
  return plate;
}

std::string NewEnergyPlate(uint64_t index) {
  constexpr uint64_t kSpace = 10ULL * 34 * 10000;
  uint64_t rest = (index * 104729ULL + 7919ULL) % kSpace;
  std::string plate = "浙Z";
  plate += "DFABCEGHJK"[(rest / 340000) % 10];
  plate += kPlateAlphabet[(rest / 10000) % 34];
  char serial[32];
  std::snprintf(serial, sizeof serial, "%04d", static_cast<int>(rest % 10000));
  return plate + serial;
}

}  // namespace hearth::synth
