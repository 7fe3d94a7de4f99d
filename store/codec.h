// Byte encodings of everything a generation stores. docs/store-format.md lists them field by field.
// Integers are LEB128 varints (signed ones zigzag), text is length and bytes. Decoding checks every bound: a
// shortened or overlong encoding is DataLoss, never a crash. Stored enum values never change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/determination.h"
#include "core/person.h"
#include "core/record_table.h"
#include "core/status.h"
#include "store/mention_name.h"

namespace hearth {

// Appends to a string.
class Encoder {
 public:
  explicit Encoder(std::string* out) : out_(out) {}
  void Byte(uint8_t b) { out_->push_back(static_cast<char>(b)); }
  void Unsigned(uint64_t v);
  void Signed(int64_t v);
  void Fixed64(uint64_t v);  // big-endian, so that keys sort by value
  void Text(std::string_view s);
  void Day(CivilDay d) { Signed(d.days); }
  void OptionalDay(const std::optional<CivilDay>& d);
  void OptionalMoney(const std::optional<Money>& m);

 private:
  std::string* out_;
};

// Reads what Encoder wrote. After the first failure every read gives zero or empty and ok() is false.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}
  uint8_t Byte();
  uint64_t Unsigned();
  int64_t Signed();
  uint64_t Fixed64();
  std::string_view Text();
  CivilDay Day() { return CivilDay{static_cast<int32_t>(Signed())}; }
  std::optional<CivilDay> OptionalDay();
  std::optional<Money> OptionalMoney();
  bool ok() const { return ok_; }
  bool AtEnd() const { return in_.empty(); }
  // OK when everything was read and nothing failed; else DataLoss naming `what`.
  Status Finish(std::string_view what) const;

 private:
  std::string_view in_;
  bool ok_ = true;
  void Fail() {
    ok_ = false;
    in_ = {};
  }
};

// Person, basis and weight of each role of a row, in order of RegistrySchema::persons.
struct RowLink {
  PersonId person;  // 0: the row names nobody in that role
  LinkBasis basis = LinkBasis::kSingle;
  float match_weight = 0;
  bool operator==(const RowLink&) const = default;
};

// Where a row stands in its delivery: evidence for a reader, outside the digest.
inline constexpr size_t kRowTrailerBytes = 12;

// Row value: body (cells, days, links) followed by the fixed trailer.
void EncodeRow(const RecordTable& table, uint32_t row, const std::vector<RowLink>& links, std::string* out);
// Appends the row to `table` (its schema must be the one that wrote it) and its links to `links`.
Status DecodeRow(std::string_view key, std::string_view value, RecordTable* table, std::vector<RowLink>* links);

// A person and the rows that name it: registry index in the generation's list, role, row key.
struct PersonMention {
  uint32_t registry = 0;
  uint32_t role = 0;
  std::string key;
  bool operator==(const PersonMention&) const = default;
};
struct StoredPerson {
  Person person;          // first_mention and mention_count are not stored
  HouseholdId household;  // 0: registered nowhere
  FamilyUnitId unit;      // 0: in no unit
  std::vector<PersonMention> mentions;
};
std::string EncodePerson(const StoredPerson& p);
StatusOr<StoredPerson> DecodePerson(std::string_view bytes);
// The person alone, its mentions passed over.
StatusOr<Person> DecodePersonHead(std::string_view bytes);

struct StoredHousehold {
  HouseholdId id;
  std::string number, region;
  bool collective = false;
  PersonId head;
  std::vector<PersonId> members;
  std::vector<PersonId> absent;  // registered here last, dead or gone
  std::vector<FamilyUnitId> units;
  bool operator==(const StoredHousehold&) const = default;
};
std::string EncodeHousehold(const StoredHousehold& h);
StatusOr<StoredHousehold> DecodeHousehold(std::string_view bytes);

struct StoredUnit {
  FamilyUnitId id;
  HouseholdId household;
  std::string household_no;
  std::vector<std::pair<PersonId, MembershipReason>> members;  // head first
  std::vector<Determination> determinations;                   // the first pack's, eligible ones
  bool operator==(const StoredUnit&) const = default;
};
std::string EncodeUnit(const StoredUnit& u);
StatusOr<StoredUnit> DecodeUnit(std::string_view bytes);

struct StoredKin {
  PersonId from, to;
  KinKind kind = KinKind::kSpouse;
  bool inferred = false;
  std::optional<CivilDay> start, end;
  std::vector<PersonMention> evidence;
  bool operator==(const StoredKin&) const = default;
};
std::string EncodeKin(const StoredKin& k);
StatusOr<StoredKin> DecodeKin(std::string_view bytes);

// What became of a person one night. kind and reason: PersonEventKind and PersonEventReason.
struct StoredEvent {
  CivilDay night;
  uint8_t kind = 0, reason = 0;
  PersonId person, other;
  int64_t millibits = 0;
  MentionName moved, stayed;
  std::vector<uint64_t> mentions;  // keys of those that moved, sorted
  bool operator==(const StoredEvent&) const = default;
};
std::string EventKey(const StoredEvent& e);  // sorts by night, kind, person, other
std::string EncodeEvent(const StoredEvent& e);
StatusOr<StoredEvent> DecodeEvent(std::string_view bytes);

std::string EncodeAlert(const Alert& a);
StatusOr<Alert> DecodeAlert(std::string_view bytes);

}  // namespace hearth
