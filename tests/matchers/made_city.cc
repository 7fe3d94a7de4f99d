#include "tests/matchers/made_city.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "core/citizen_number.h"
#include "core/relation_code.h"

namespace hearth {
namespace {

struct SchemaLine {
  std::string_view registry, fields, persons, kin;
};

// Fields as name:type; persons as role attribute=field …; kin as kind from to [when field value …] [ends] [day field].
constexpr SchemaLine kSchemas[] = {
    {"household_registration",
     "record_no:text number:number name:name former_name:name sex:sex birth_date:day household_no:text "
     "relation:relation "
     "household_kind:household_kind address:address region:region status:status marital_status:marital",
     "self number=number name=name former_name=former_name birth_date=birth_date sex=sex region=region address=address "
     "subject_key=record_no household_key=household_no",
     ""},
    {"marriage",
     "certificate_no:text event:event husband_number:number husband_name:name husband_birth_date:day "
     "wife_number:number "
     "wife_name:name wife_birth_date:day registered_on:day",
     "husband number=husband_number name=husband_name birth_date=husband_birth_date;"
     "wife number=wife_number name=wife_name birth_date=wife_birth_date",
     "spouse husband wife when event marriage day registered_on;"
     "spouse husband wife when event divorce ends day registered_on"},
    {"births",
     "certificate_no:text child_number:number child_name:name child_sex:sex birth_date:day mother_number:number "
     "mother_name:name mother_birth_date:day father_number:number father_name:name father_birth_date:day "
     "address:address",
     "child number=child_number name=child_name birth_date=birth_date sex=child_sex address=address;"
     "mother number=mother_number name=mother_name birth_date=mother_birth_date address=address;"
     "father number=father_number name=father_name birth_date=father_birth_date address=address",
     "parent_child mother child day birth_date;parent_child father child day birth_date"},
    {"vehicles", "plate_no:text owner_number:number owner_name:name phone:phone address:address",
     "owner number=owner_number name=owner_name phone=phone address=address", ""},
    {"accounts", "account_no:text number:number name:name phone:phone employer:text",
     "holder number=number name=name phone=phone organisation=employer", ""},
    {"pensions", "row_no:text personal_no:text number:number name:name birth_date:day sex:sex phone:phone month:text",
     "self number=number name=name birth_date=birth_date sex=sex phone=phone subject_key=personal_no", ""},
    {"school_enrolment",
     "student_no:text number:number name:name birth_date:day stage:stage full_time:bool state:state guardian_name:name "
     "guardian_number:number guardian_relation:guardian",
     "student number=number name=name birth_date=birth_date subject_key=student_no;"
     "guardian number=guardian_number name=guardian_name",
     "parent_child guardian student when guardian_relation father mother;"
     "guardian guardian student when guardian_relation grandparent other"},
    {"disability", "certificate_no:certificate number:number name:name birth_date:day category:category grade:int",
     "self number=number name=name birth_date=birth_date", ""},
    {"deaths", "certificate_no:text number:number name:name birth_date:day death_date:day",
     "self number=number name=name birth_date=birth_date death_date=death_date", ""},
    {"us_people",
     "record:text ssn:text given_name:name middle_name:name family_name:name birth_date:day sex:sex address:address "
     "household:text",
     "self other_number=ssn given_name=given_name middle_name=middle_name family_name=family_name "
     "birth_date=birth_date "
     "sex=sex address=address household_key=household",
     ""},
};

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> out;
  std::string item;
  std::istringstream in{std::string(text)};
  while (std::getline(in, item, by)) {
    if (!item.empty()) out.push_back(item);
  }
  return out;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> out;
  std::string item;
  std::istringstream in{std::string(text)};
  while (in >> item) out.push_back(item);
  return out;
}

const std::map<std::string, std::string, std::less<>>& CodeLists() {
  static const auto* const lists = new std::map<std::string, std::string, std::less<>>{
      {"sex", "male female"},
      {"household_kind", "family collective"},
      {"status", "normal moved_out dead cancelled army"},
      {"marital", "single married widowed divorced"},
      {"event", "marriage divorce"},
      {"stage", "postgraduate bachelor senior_high primary"},
      {"state", "enrolled suspended graduated left"},
      {"guardian", "father mother grandparent other"},
      {"category", "vision hearing speech physical intellectual mental"}};
  return *lists;
}

void SetType(std::string_view type, FieldSchema* field) {
  static const std::map<std::string, FieldType, std::less<>> types = {
      {"number", FieldType::kCitizenNumber},
      {"certificate", FieldType::kDisabilityCertificate},
      {"day", FieldType::kDay},
      {"int", FieldType::kInt},
      {"bool", FieldType::kBool}};
  if (type == "relation") {
    field->type = FieldType::kCode;
    for (const Relation& r : Relations()) {
      field->codes.push_back({std::to_string(r.code), std::string(r.value), std::string(r.term)});
    }
  } else if (const auto list = CodeLists().find(type); list != CodeLists().end()) {
    field->type = FieldType::kCode;
    for (const std::string& value : Words(list->second)) field->codes.push_back({value, value, value});
  } else if (const auto it = types.find(type); it != types.end()) {
    field->type = it->second;
  } else if (!FieldTypeFromName(type, &field->type)) {
    ADD_FAILURE() << "no field type " << type;
  }
}

std::shared_ptr<const RegistrySchema> MakeSchema(const SchemaLine& line) {
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = std::string(line.registry);
  for (const std::string& word : Words(line.fields)) {
    const std::vector<std::string> parts = Split(word, ':');
    FieldSchema field;
    field.name = parts[0];
    SetType(parts[1], &field);
    schema->fields.push_back(field);
  }
  schema->key = {0};
  const std::map<std::string, int PersonReference::*> places = {{"number", &PersonReference::number},
                                                                {"other_number", &PersonReference::other_number},
                                                                {"name", &PersonReference::name},
                                                                {"given_name", &PersonReference::given_name},
                                                                {"middle_name", &PersonReference::middle_name},
                                                                {"family_name", &PersonReference::family_name},
                                                                {"former_name", &PersonReference::former_name},
                                                                {"birth_date", &PersonReference::birth_date},
                                                                {"sex", &PersonReference::sex},
                                                                {"region", &PersonReference::region},
                                                                {"address", &PersonReference::address},
                                                                {"phone", &PersonReference::phone},
                                                                {"organisation", &PersonReference::organisation},
                                                                {"subject_key", &PersonReference::subject_key},
                                                                {"household_key", &PersonReference::household_key},
                                                                {"death_date", &PersonReference::death_date}};
  for (const std::string& person : Split(line.persons, ';')) {
    const std::vector<std::string> words = Words(person);
    PersonReference ref;
    ref.role = words[0];
    for (size_t i = 1; i < words.size(); ++i) {
      const std::vector<std::string> parts = Split(words[i], '=');
      ref.*places.at(parts[0]) = schema->FieldIndex(parts[1]);
    }
    schema->persons.push_back(ref);
  }
  const auto role = [&](const std::string& name) {
    for (size_t r = 0; r < schema->persons.size(); ++r) {
      if (schema->persons[r].role == name) return static_cast<int>(r);
    }
    return -1;
  };
  for (const std::string& kin : Split(line.kin, ';')) {
    const std::vector<std::string> words = Words(kin);
    KinRule rule;
    rule.kind = words[0] == "spouse"         ? KinKind::kSpouse
                : words[0] == "parent_child" ? KinKind::kParentChild
                                             : KinKind::kGuardian;
    rule.from = role(words[1]);
    rule.to = role(words[2]);
    for (size_t i = 3; i < words.size(); ++i) {
      if (words[i] == "when") {
        rule.when_field = schema->FieldIndex(words[++i]);
      } else if (words[i] == "ends") {
        rule.ends = true;
      } else if (words[i] == "day") {
        rule.day_field = schema->FieldIndex(words[++i]);
      } else {
        rule.when_values.push_back(FindCodeValue(schema->fields[rule.when_field], words[i]));
      }
    }
    schema->kin.push_back(rule);
  }
  if (schema->id == "household_registration") {
    schema->household = {0, schema->FieldIndex("household_no"), schema->FieldIndex("relation"),
                         schema->FieldIndex("household_kind"), schema->FieldIndex("status")};
  }
  return schema;
}

void SetCell(const FieldSchema& field, int column, uint32_t row, std::string cell, RecordTable* table) {
  if (cell == "-") return;
  if (cell[0] == '@') cell = MadeNumber(cell.substr(1));
  std::replace(cell.begin(), cell.end(), '_', field.type == FieldType::kCode ? '_' : ' ');
  switch (field.type) {
    case FieldType::kCitizenNumber: {
      const CivilDay today = CivilDay::FromYmd(2024, 3, 1).value();
      const NumberReading reading = ReadCitizenNumber(cell, today, {.allow_synthetic = true});
      if (IsUsable(reading.verdict)) {
        table->SetText(column, row, reading.text(), reading.verdict);
      } else if (reading.verdict != Verdict::kAbsent) {
        table->SetBad(column, row, reading.verdict, cell);
      }
      return;
    }
    case FieldType::kDay:
      return table->SetInt(column, row, ParseIsoDay(cell).value().days);
    case FieldType::kInt:
    case FieldType::kBool:
      return table->SetInt(column, row, std::stoll(cell));
    case FieldType::kCode: {
      const int code = FindCodeValue(field, cell);
      if (code < 0) ADD_FAILURE() << "no code " << cell << " in " << field.name;
      return table->SetInt(column, row, code);
    }
    default:
      return table->SetText(column, row, cell);
  }
}

}  // namespace

const LinkModels& ShippedModels() {
  static const LinkModels* const models = [] {
    std::vector<std::string> registries;
    for (const auto& file : std::filesystem::directory_iterator(HEARTH_SOURCE_DIR "/packs/registries")) {
      registries.push_back(file.path().stem().string());
    }
    auto loaded = LoadLinkModels(HEARTH_SOURCE_DIR "/packs/link", registries);
    HEARTH_CHECK(loaded.ok(), Message(loaded.status()));
    return new LinkModels(*std::move(loaded));
  }();
  return *models;
}

std::string MadeNumber(std::string_view birth_and_sequence) {
  std::string number = "339901" + std::string(birth_and_sequence);
  number += CitizenCheckCharacter(number);
  return number;
}

RecordTable& MadeCity::TableOf(std::string_view registry) {
  for (const auto& table : tables_) {
    if (table->schema().id == registry) return *table;
  }
  for (const SchemaLine& line : kSchemas) {
    if (line.registry != registry) continue;
    tables_.push_back(std::make_unique<RecordTable>(MakeSchema(line)));
    return *tables_.back();
  }
  ADD_FAILURE() << "no test registry " << registry;
  return *tables_.at(0);
}

void MadeCity::Add(std::string_view registry, std::string_view text) {
  RecordTable& table = TableOf(registry);
  std::vector<int> columns;
  for (const std::string& line : Split(text, '\n')) {
    const std::vector<std::string> words = Words(line);
    if (words.empty()) continue;
    if (columns.empty()) {
      for (const std::string& word : words) {
        columns.push_back(table.schema().FieldIndex(word));
        if (columns.back() < 0) ADD_FAILURE() << "no field " << word << " in " << registry;
      }
      continue;
    }
    if (words.size() != columns.size()) ADD_FAILURE() << "cells differ from the header: " << line;
    const uint32_t row = table.AddRow(words[0], {});
    for (size_t i = 0; i < words.size(); ++i) {
      SetCell(table.schema().fields[columns[i]], columns[i], row, words[i], &table);
    }
  }
}

void MadeCity::Shuffle(uint64_t seed) {
  for (const auto& table : tables_) {
    std::vector<uint32_t> order(table->size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    for (size_t i = order.size(); i > 1; --i) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      std::swap(order[i - 1], order[(seed >> 33) % i]);
    }
    table->Permute(order);
  }
}

void MadeCity::ReverseTables() { std::reverse(tables_.begin(), tables_.end()); }

std::vector<const RecordTable*> MadeCity::Tables() const {
  std::vector<const RecordTable*> out;
  for (const auto& table : tables_) out.push_back(table.get());
  return out;
}

void MadeCity::Link(const LinkOptions& options, const IdMap& yesterday, const DeskDecisions& desk) {
  linked_ = LinkPersons(Tables(), ShippedModels(), yesterday, desk, options, &stats_);
}

void MadeCity::BuildFamiliesOn(std::string_view as_of) {
  families_ = BuildFamilies(Tables(), linked_, ParseIsoDay(as_of).value(), FamilyOptions{});
}

Mention MadeCity::Place(std::string_view path) const {
  const std::vector<std::string> parts = Split(path, '/');
  const std::string role = parts.size() > 2 ? parts[2] : "self";
  for (uint16_t t = 0; t < tables_.size(); ++t) {
    const RecordTable& table = *tables_[t];
    if (table.schema().id != parts[0]) continue;
    for (uint16_t r = 0; r < table.schema().persons.size(); ++r) {
      for (uint32_t row = 0; row < table.size(); ++row) {
        if (table.schema().persons[r].role == role && table.Key(row) == parts[1]) return {t, r, row};
      }
    }
  }
  ADD_FAILURE() << "no mention " << path;
  return {};
}

MentionKey MadeCity::Key(std::string_view path) const {
  const Mention m = Place(path);
  return KeyOfMention(*tables_[m.table], m.row, m.role);
}

PersonIndex MadeCity::PersonOf(std::string_view registry, std::string_view key, std::string_view role) const {
  const Mention m = Place(std::string(registry) + "/" + std::string(key) + "/" + std::string(role));
  return linked_.Of(m.table, m.row, m.role, tables_[m.table]->schema().persons.size());
}

PersonId MadeCity::IdOf(std::string_view registry, std::string_view key, std::string_view role) const {
  return linked_.persons.at(PersonOf(registry, key, role)).id;
}

LinkedMention MadeCity::MentionOf(std::string_view registry, std::string_view key, std::string_view role) const {
  const Mention m = Place(std::string(registry) + "/" + std::string(key) + "/" + std::string(role));
  for (const LinkedMention& linked : linked_.mentions) {
    if (linked.mention == m) return linked;
  }
  return {};
}

bool MadeCity::Same(std::string_view left, std::string_view right) const {
  const auto person = [&](std::string_view path) {
    const Mention m = Place(path);
    return linked_.Of(m.table, m.row, m.role, tables_[m.table]->schema().persons.size());
  };
  return person(left) == person(right);
}

std::map<PersonIndex, std::string> MadeCity::RegisterKeys() const {
  std::map<PersonIndex, std::string> names;
  for (uint16_t t = 0; t < tables_.size(); ++t) {
    const RecordTable& table = *tables_[t];
    if (table.schema().household.person < 0) continue;
    for (uint32_t row = 0; row < table.size(); ++row) {
      std::string& name = names[linked_.Of(t, row, 0, 1)];
      if (name.empty() || table.Key(row) < name) name = std::string(table.Key(row));
    }
  }
  return names;
}

std::string MadeCity::Units() const {
  const std::map<PersonIndex, std::string> names = RegisterKeys();
  std::vector<std::string> lines;
  for (const FamilyUnit& unit : families_.units) {
    std::vector<std::string> members;
    for (const FamilyUnitMember& m : unit.members) {
      const auto it = names.find(m.person);
      const std::string key = it == names.end() ? "?" : it->second;
      members.push_back(key + "\t" + std::string(MembershipReasonName(m.reason)) + " " + key);
    }
    std::sort(members.begin() + 1, members.end());
    std::string line;
    for (const std::string& m : members) line += (line.empty() ? "" : ", ") + m.substr(m.find('\t') + 1);
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string MadeCity::Open() const {
  const std::map<PersonIndex, std::string> names = RegisterKeys();
  std::vector<std::string> lines;
  for (const FamilyUnit& unit : families_.units) {
    if (unit.doubtful.empty() && !unit.incomplete) continue;
    std::vector<std::string> doubtful;
    for (const PersonIndex p : unit.doubtful) doubtful.push_back(names.at(p));
    std::sort(doubtful.begin(), doubtful.end());
    std::string line = names.at(unit.members[0].person) + ":";
    for (const std::string& name : doubtful) line += " " + name;
    lines.push_back(line + (unit.incomplete ? " incomplete" : ""));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string MadeCity::FindingKinds() const {
  std::string text;
  for (const FamilyFinding& f : families_.findings) text += (text.empty() ? "" : " ") + f.kind;
  return text;
}

}  // namespace hearth
