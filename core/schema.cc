#include "core/schema.h"

#include <iterator>

namespace hearth {
namespace {

constexpr struct {
  FieldType type;
  std::string_view name;
} kTypes[] = {
    {FieldType::kText, "text"},
    {FieldType::kName, "name"},
    {FieldType::kCitizenNumber, "citizen_number"},
    {FieldType::kCreditCode, "credit_code"},
    {FieldType::kAddress, "address"},
    {FieldType::kPlate, "plate"},
    {FieldType::kVin, "vin"},
    {FieldType::kUnitNumber, "unit_number"},
    {FieldType::kDisabilityCertificate, "disability_certificate"},
    {FieldType::kPhone, "phone"},
    {FieldType::kRegion, "region"},
    {FieldType::kCode, "code"},
    {FieldType::kMoney, "money"},
    {FieldType::kDecimal, "decimal"},
    {FieldType::kInt, "int"},
    {FieldType::kBool, "bool"},
    {FieldType::kDay, "day"},
    {FieldType::kMonth, "month"},
};

}  // namespace

std::string_view FieldTypeName(FieldType t) {
  for (const auto& entry : kTypes) {
    if (entry.type == t) return entry.name;
  }
  return "unknown";
}

bool FieldTypeFromName(std::string_view name, FieldType* out) {
  for (const auto& entry : kTypes) {
    if (entry.name == name) {
      *out = entry.type;
      return true;
    }
  }
  return false;
}

int RegistrySchema::FieldIndex(std::string_view name) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int FindCode(const FieldSchema& field, std::string_view code) {
  for (size_t i = 0; i < field.codes.size(); ++i) {
    if (field.codes[i].code == code) return static_cast<int>(i);
  }
  return -1;
}

int FindCodeValue(const FieldSchema& field, std::string_view value) {
  for (size_t i = 0; i < field.codes.size(); ++i) {
    if (field.codes[i].value == value) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace hearth
