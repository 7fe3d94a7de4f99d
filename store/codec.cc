#include "store/codec.h"

#include <bit>
#include <cstring>

namespace hearth {

void Encoder::Unsigned(uint64_t v) {
  while (v >= 0x80) {
    Byte(static_cast<uint8_t>(v) | 0x80);
    v >>= 7;
  }
  Byte(static_cast<uint8_t>(v));
}

void Encoder::Signed(int64_t v) { Unsigned((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63)); }

void Encoder::Fixed64(uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) Byte(static_cast<uint8_t>(v >> shift));
}

void Encoder::Text(std::string_view s) {
  Unsigned(s.size());
  out_->append(s);
}

void Encoder::OptionalDay(const std::optional<CivilDay>& d) {
  Byte(d.has_value());
  if (d) Day(*d);
}

void Encoder::OptionalMoney(const std::optional<Money>& m) {
  Byte(m.has_value());
  if (m) Signed(m->fen());
}

uint8_t Decoder::Byte() {
  if (in_.empty()) {
    Fail();
    return 0;
  }
  const uint8_t b = static_cast<uint8_t>(in_.front());
  in_.remove_prefix(1);
  return b;
}

uint64_t Decoder::Unsigned() {
  uint64_t v = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t b = Byte();
    if (!ok_) return 0;
    if (shift == 63 && b > 1) break;
    v |= static_cast<uint64_t>(b & 0x7F) << shift;
    if ((b & 0x80) == 0) return v;
  }
  Fail();
  return 0;
}

int64_t Decoder::Signed() {
  const uint64_t v = Unsigned();
  return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

uint64_t Decoder::Fixed64() {
  uint64_t v = 0;
  for (int i = 0; i < 8; ++i) v = v << 8 | Byte();
  return ok_ ? v : 0;
}

std::string_view Decoder::Text() {
  const uint64_t n = Unsigned();
  if (!ok_ || n > in_.size()) {
    Fail();
    return {};
  }
  const std::string_view text = in_.substr(0, n);
  in_.remove_prefix(n);
  return text;
}

std::optional<CivilDay> Decoder::OptionalDay() { return Byte() != 0 ? std::optional(Day()) : std::nullopt; }

std::optional<Money> Decoder::OptionalMoney() {
  return Byte() != 0 ? std::optional(Money::FromFen(Signed())) : std::nullopt;
}

Status Decoder::Finish(std::string_view what) const {
  if (ok_ && in_.empty()) return OkStatus();
  return DataLoss(std::string(what) + ": stored bytes do not decode; run hearth fsck or rebuild the generation");
}

void EncodeRow(const RecordTable& table, uint32_t row, const std::vector<RowLink>& links, std::string* out) {
  Encoder e(out);
  const RowOrigin& origin = table.Origin(row);
  e.Day(origin.as_of);
  e.Day(origin.recorded_at);
  e.Day(origin.last_seen);
  const size_t columns = table.columns();
  e.Unsigned(columns);
  for (size_t c = 0; c < columns; ++c) {
    const int column = static_cast<int>(c);
    const Verdict v = table.CellVerdict(column, row);
    e.Byte(static_cast<uint8_t>(v));
    if (v == Verdict::kAbsent) continue;
    if (!IsUsable(v)) {
      e.Text(table.Raw(column, row));
    } else if (IsTextType(table.schema().fields[c].type)) {
      e.Text(table.Text(column, row));
    } else {
      e.Signed(table.Int(column, row));
    }
  }
  e.Unsigned(links.size());
  for (const RowLink& link : links) {
    e.Fixed64(link.person.value);
    e.Byte(static_cast<uint8_t>(link.basis));
    e.Unsigned(std::bit_cast<uint32_t>(link.match_weight));
  }
  const uint32_t trailer[3] = {origin.feed, origin.batch_seq, origin.line};
  for (uint32_t v : trailer) {
    for (int shift = 24; shift >= 0; shift -= 8) e.Byte(static_cast<uint8_t>(v >> shift));
  }
}

Status DecodeRow(std::string_view key, std::string_view value, RecordTable* table, std::vector<RowLink>* links) {
  if (value.size() < kRowTrailerBytes) return DataLoss("row: shorter than its trailer");
  const std::string_view trailer = value.substr(value.size() - kRowTrailerBytes);
  uint32_t parts[3] = {};
  for (size_t i = 0; i < kRowTrailerBytes; ++i) parts[i / 4] = parts[i / 4] << 8 | static_cast<uint8_t>(trailer[i]);
  Decoder d(value.substr(0, value.size() - kRowTrailerBytes));
  RowOrigin origin;
  origin.feed = parts[0];
  origin.batch_seq = parts[1];
  origin.line = parts[2];
  origin.as_of = d.Day();
  origin.recorded_at = d.Day();
  origin.last_seen = d.Day();
  const uint64_t columns = d.Unsigned();
  if (!d.ok() || columns > table->columns()) return DataLoss("row: written with another schema");
  const uint32_t row = table->AddRow(key, origin);
  for (uint64_t c = 0; c < columns && d.ok(); ++c) {
    const int column = static_cast<int>(c);
    const Verdict v = static_cast<Verdict>(d.Byte());
    if (v == Verdict::kAbsent) continue;
    const FieldSchema& field = table->schema().fields[c];
    if (!IsUsable(v)) {
      table->SetBad(column, row, v, d.Text());
    } else if (IsTextType(field.type)) {
      table->SetText(column, row, d.Text(), v);
    } else {
      const int64_t n = d.Signed();
      if (field.type == FieldType::kCode && (n < 0 || n >= static_cast<int64_t>(field.codes.size()))) {
        return DataLoss("row: a code that the schema does not know");
      }
      table->SetInt(column, row, n, v);
    }
  }
  const uint64_t roles = d.Unsigned();
  for (uint64_t i = 0; i < roles && d.ok(); ++i) {
    RowLink link;
    link.person.value = d.Fixed64();
    link.basis = static_cast<LinkBasis>(d.Byte());
    link.match_weight = std::bit_cast<float>(static_cast<uint32_t>(d.Unsigned()));
    links->push_back(link);
  }
  return d.Finish("row");
}

namespace {

void PutMentions(Encoder& e, const std::vector<PersonMention>& mentions) {
  e.Unsigned(mentions.size());
  for (const PersonMention& m : mentions) {
    e.Unsigned(m.registry);
    e.Unsigned(m.role);
    e.Text(m.key);
  }
}

std::vector<PersonMention> GetMentions(Decoder& d) {
  std::vector<PersonMention> mentions;
  const uint64_t n = d.Unsigned();
  for (uint64_t i = 0; i < n && d.ok(); ++i) {
    PersonMention m;
    m.registry = static_cast<uint32_t>(d.Unsigned());
    m.role = static_cast<uint32_t>(d.Unsigned());
    m.key = d.Text();
    mentions.push_back(std::move(m));
  }
  return mentions;
}

template <class T>
StatusOr<T> Finished(const Decoder& d, std::string_view what, T value) {
  HEARTH_RETURN_IF_ERROR(d.Finish(what));
  return value;
}

}  // namespace

std::string EncodePerson(const StoredPerson& p) {
  std::string out;
  Encoder e(&out);
  e.Fixed64(p.person.id.value);
  e.Text(p.person.number);
  e.Text(p.person.name);
  e.OptionalDay(p.person.birth_date);
  e.Byte(static_cast<uint8_t>(p.person.sex));
  e.OptionalDay(p.person.death_date);
  e.Text(p.person.region);
  e.Fixed64(p.household.value);
  e.Fixed64(p.unit.value);
  PutMentions(e, p.mentions);
  return out;
}

namespace {

StoredPerson GetPersonHead(Decoder& d) {
  StoredPerson p;
  p.person.id.value = d.Fixed64();
  p.person.number = d.Text();
  p.person.name = d.Text();
  p.person.birth_date = d.OptionalDay();
  p.person.sex = d.Byte();
  p.person.death_date = d.OptionalDay();
  p.person.region = d.Text();
  p.household.value = d.Fixed64();
  p.unit.value = d.Fixed64();
  return p;
}

}  // namespace

StatusOr<StoredPerson> DecodePerson(std::string_view bytes) {
  Decoder d(bytes);
  StoredPerson p = GetPersonHead(d);
  p.mentions = GetMentions(d);
  return Finished(d, "person", std::move(p));
}

StatusOr<Person> DecodePersonHead(std::string_view bytes) {
  Decoder d(bytes);
  StoredPerson p = GetPersonHead(d);
  if (!d.ok()) return DataLoss("person: the entry is cut short");
  return std::move(p.person);
}

std::string EncodeHousehold(const StoredHousehold& h) {
  std::string out;
  Encoder e(&out);
  e.Fixed64(h.id.value);
  e.Text(h.number);
  e.Text(h.region);
  e.Byte(h.collective);
  e.Fixed64(h.head.value);
  e.Unsigned(h.members.size());
  for (PersonId id : h.members) e.Fixed64(id.value);
  e.Unsigned(h.absent.size());
  for (PersonId id : h.absent) e.Fixed64(id.value);
  e.Unsigned(h.units.size());
  for (FamilyUnitId id : h.units) e.Fixed64(id.value);
  return out;
}

StatusOr<StoredHousehold> DecodeHousehold(std::string_view bytes) {
  Decoder d(bytes);
  StoredHousehold h;
  h.id.value = d.Fixed64();
  h.number = d.Text();
  h.region = d.Text();
  h.collective = d.Byte() != 0;
  h.head.value = d.Fixed64();
  const uint64_t members = d.Unsigned();
  for (uint64_t i = 0; i < members && d.ok(); ++i) h.members.push_back(PersonId{d.Fixed64()});
  const uint64_t absent = d.Unsigned();
  for (uint64_t i = 0; i < absent && d.ok(); ++i) h.absent.push_back(PersonId{d.Fixed64()});
  const uint64_t units = d.Unsigned();
  for (uint64_t i = 0; i < units && d.ok(); ++i) h.units.push_back(FamilyUnitId{d.Fixed64()});
  return Finished(d, "household", std::move(h));
}

std::string EncodeUnit(const StoredUnit& u) {
  std::string out;
  Encoder e(&out);
  e.Fixed64(u.id.value);
  e.Fixed64(u.household.value);
  e.Text(u.household_no);
  e.Unsigned(u.members.size());
  for (const auto& [person, reason] : u.members) {
    e.Fixed64(person.value);
    e.Byte(static_cast<uint8_t>(reason));
  }
  e.Unsigned(u.determinations.size());
  for (const Determination& x : u.determinations) {
    e.Unsigned(x.rule);
    e.Signed(x.member);
    e.Byte(static_cast<uint8_t>(x.outcome));
    e.OptionalMoney(x.amount);
    e.Byte(static_cast<uint8_t>(x.per));
    e.Unsigned(x.missing.size());
    for (const std::string& name : x.missing) e.Text(name);
  }
  return out;
}

StatusOr<StoredUnit> DecodeUnit(std::string_view bytes) {
  Decoder d(bytes);
  StoredUnit u;
  u.id.value = d.Fixed64();
  u.household.value = d.Fixed64();
  u.household_no = d.Text();
  const uint64_t members = d.Unsigned();
  for (uint64_t i = 0; i < members && d.ok(); ++i) {
    const PersonId person{d.Fixed64()};
    u.members.emplace_back(person, static_cast<MembershipReason>(d.Byte()));
  }
  const uint64_t count = d.Unsigned();
  for (uint64_t i = 0; i < count && d.ok(); ++i) {
    Determination x;
    x.rule = static_cast<uint32_t>(d.Unsigned());
    x.member = static_cast<int32_t>(d.Signed());
    x.outcome = static_cast<Outcome>(d.Byte());
    x.amount = d.OptionalMoney();
    x.per = static_cast<Period>(d.Byte());
    const uint64_t missing = d.Unsigned();
    for (uint64_t k = 0; k < missing && d.ok(); ++k) x.missing.emplace_back(d.Text());
    u.determinations.push_back(std::move(x));
  }
  return Finished(d, "family unit", std::move(u));
}

std::string EncodeKin(const StoredKin& k) {
  std::string out;
  Encoder e(&out);
  e.Fixed64(k.from.value);
  e.Fixed64(k.to.value);
  e.Byte(static_cast<uint8_t>(k.kind));
  e.Byte(k.inferred);
  e.OptionalDay(k.start);
  e.OptionalDay(k.end);
  PutMentions(e, k.evidence);
  return out;
}

StatusOr<StoredKin> DecodeKin(std::string_view bytes) {
  Decoder d(bytes);
  StoredKin k;
  k.from.value = d.Fixed64();
  k.to.value = d.Fixed64();
  k.kind = static_cast<KinKind>(d.Byte());
  k.inferred = d.Byte() != 0;
  k.start = d.OptionalDay();
  k.end = d.OptionalDay();
  k.evidence = GetMentions(d);
  return Finished(d, "kin edge", std::move(k));
}

std::string EventKey(const StoredEvent& e) {
  std::string out;
  Encoder k(&out);
  // Days before 1970 would sort last; no night was then.
  k.Fixed64(static_cast<uint64_t>(e.night.days));
  k.Byte(e.kind);
  k.Fixed64(e.person.value);
  k.Fixed64(e.other.value);
  return out;
}

std::string EncodeEvent(const StoredEvent& event) {
  std::string out;
  Encoder e(&out);
  e.Day(event.night);
  e.Byte(event.kind);
  e.Byte(event.reason);
  e.Fixed64(event.person.value);
  e.Fixed64(event.other.value);
  e.Signed(event.millibits);
  for (const MentionName* m : {&event.moved, &event.stayed}) {
    e.Text(m->registry);
    e.Text(m->key);
    e.Text(m->role);
  }
  e.Unsigned(event.mentions.size());
  for (const uint64_t key : event.mentions) e.Fixed64(key);
  return out;
}

StatusOr<StoredEvent> DecodeEvent(std::string_view bytes) {
  constexpr uint8_t kKinds = 3, kReasons = 7;
  Decoder d(bytes);
  StoredEvent event;
  event.night = d.Day();
  event.kind = d.Byte();
  event.reason = d.Byte();
  event.person = {d.Fixed64()};
  event.other = {d.Fixed64()};
  event.millibits = d.Signed();
  for (MentionName* m : {&event.moved, &event.stayed}) {
    m->registry = d.Text();
    m->key = d.Text();
    m->role = d.Text();
  }
  const uint64_t count = d.Unsigned();
  for (uint64_t i = 0; i < count && d.ok(); ++i) event.mentions.push_back(d.Fixed64());
  HEARTH_RETURN_IF_ERROR(d.Finish("person event"));
  if (event.kind >= kKinds || event.reason >= kReasons) return DataLoss("person event: an unknown kind or reason");
  return event;
}

std::string EncodeAlert(const Alert& a) {
  std::string out;
  Encoder e(&out);
  e.Fixed64(a.id.value);
  e.Byte(static_cast<uint8_t>(a.kind));
  e.Byte(static_cast<uint8_t>(a.state));
  for (const std::string* s :
       {&a.pack, &a.programme, &a.rule, &a.clause, &a.cause, &a.household_no, &a.record_no, &a.region, &a.lead}) {
    e.Text(*s);
  }
  e.Fixed64(a.unit.value);
  e.Fixed64(a.person.value);
  e.Byte(static_cast<uint8_t>(a.evidence));
  e.OptionalMoney(a.money);
  e.OptionalMoney(a.distance);
  e.Day(a.raised_on);
  e.Day(a.seen_on);
  e.OptionalDay(a.withdrawn_on);
  return out;
}

StatusOr<Alert> DecodeAlert(std::string_view bytes) {
  Decoder d(bytes);
  Alert a;
  a.id.value = d.Fixed64();
  a.kind = static_cast<AlertKind>(d.Byte());
  a.state = static_cast<AlertState>(d.Byte());
  for (std::string* s :
       {&a.pack, &a.programme, &a.rule, &a.clause, &a.cause, &a.household_no, &a.record_no, &a.region, &a.lead}) {
    *s = d.Text();
  }
  a.unit.value = d.Fixed64();
  a.person.value = d.Fixed64();
  a.evidence = static_cast<EvidenceGrade>(d.Byte());
  a.money = d.OptionalMoney();
  a.distance = d.OptionalMoney();
  a.raised_on = d.Day();
  a.seen_on = d.Day();
  a.withdrawn_on = d.OptionalDay();
  return Finished(d, "alert", std::move(a));
}

}  // namespace hearth
