// RegistrySchema describes one registry's rows, whatever feed they come in: fields with types, the row key,
// which fields identify which person in which role, and which rows are evidence of kinship.
// Read from packs/registries/*.yaml (docs/formats.md); immutable once loaded, shared by all that read tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

// How a field's cell is read, and what RecordTable keeps in its 64-bit slot (see record_table.h).
enum class FieldType : uint8_t {
  kText,                   // text slot
  kName,                   // text slot: a person's name, folded by the ingest rules; never split
  kCitizenNumber,          // text slot: normalised number (18, or 15 with kOkOld15), any person's identity document
  kCreditCode,             // text slot
  kAddress,                // text slot
  kPlate,                  // text slot
  kVin,                    // text slot
  kUnitNumber,             // text slot: real-estate unit number
  kDisabilityCertificate,  // text slot
  kPhone,                  // text slot: digits only
  kRegion,                 // text slot: 2, 4, 6, 9 or 12 digits as received
  kCode,                   // integer slot: index in FieldSchema::codes
  kMoney,                  // integer slot: fen
  kDecimal,                // integer slot: value times 10,000
  kInt,                    // integer slot
  kBool,                   // integer slot: 0 or 1
  kDay,                    // integer slot: CivilDay::days
  kMonth,                  // integer slot: CivilMonth::months
};

constexpr bool IsTextType(FieldType t) { return t <= FieldType::kRegion; }
std::string_view FieldTypeName(FieldType t);  // "citizen_number", "money" …
// False when there is no such type.
bool FieldTypeFromName(std::string_view name, FieldType* out);

struct CodeValue {
  std::string code;   // as the standard or registry writes it: "01"
  std::string value;  // the English word used in packs: "self"
  std::string label;  // the Chinese term
};

struct FieldSchema {
  std::string name;
  FieldType type = FieldType::kText;
  bool required = false;         // the feed must have a column for it
  bool sensitive = false;        // printed masked, not given to packs
  std::vector<CodeValue> codes;  // for kCode
  std::string label;             // Chinese heading for lists
};

// The fields of a row that describe one person; -1 where the registry has none.
struct PersonReference {
  std::string role;       // "self", "owner", "party_a", "child", "mother" …
  int number = -1;        // kCitizenNumber or kDisabilityCertificate (its first 18 places)
  int other_number = -1;  // kText: any other number that one person holds (passport, foreign id)
  int name = -1;          // full name
  int given_name = -1, middle_name = -1, family_name = -1;  // or in parts
  int former_name = -1;
  int birth_date = -1;     // kDay
  int sex = -1;            // kCode with values male, female
  int region = -1;         // kRegion: where the person lives or is registered
  int address = -1;        // kAddress
  int phone = -1;          // kPhone
  int organisation = -1;   // employer, school: any text that its people share
  int subject_key = -1;    // the registry's own number of this person: equal keys are held to be one person
  int household_key = -1;  // number of the household (户号): its members are different people
  int death_date = -1;     // kDay: set when this row says that the person died
};

enum class KinKind : uint8_t { kSpouse, kParentChild, kGuardian };

// A row is evidence that two of its persons are kin.
struct KinRule {
  KinKind kind = KinKind::kSpouse;
  int from = -1, to = -1;  // indices in persons; parent -> child, guardian -> ward
  int when_field = -1;     // kCode; the rule applies when the value is among when_values, always if -1
  std::vector<int> when_values;
  bool ends = false;   // the row ends the relation (divorce) instead of starting it
  int day_field = -1;  // day on which it starts or ends
};

// The registered-household reading of a registry (household registration alone has it).
struct HouseholdRule {
  int person = -1;    // index in persons
  int number = -1;    // household number
  int relation = -1;  // kCode: relation to the head
  int kind = -1;      // kCode; rows with the value "collective" make no family edges
  int status = -1;    // kCode; values normal, moved_out, dead, cancelled, army …
};

struct RegistrySchema {
  std::string id;  // "vehicles"
  std::string title_en, title_zh;
  std::vector<FieldSchema> fields;
  std::vector<int> key;  // fields that identify a row, in order
  std::vector<PersonReference> persons;
  std::vector<KinRule> kin;
  HouseholdRule household;  // .person == -1: none

  // -1 when there is none.
  int FieldIndex(std::string_view name) const;
};

// Index of a code by its code or its value; -1 when unknown.
int FindCode(const FieldSchema& field, std::string_view code);
int FindCodeValue(const FieldSchema& field, std::string_view value);

}  // namespace hearth
