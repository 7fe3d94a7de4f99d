// A Pack is one policy as checked, compiled data: its parameters, the facts it reads, the facts it derives from them
// and its rules. It is read from a folder of YAML files and never changes afterwards.
//
//   StatusOr<Pack> pack = LoadPack("packs/wenzhou-2022", schemas);
//
// Expressions are FEEL (docs/adr/0010). Copying a Pack copies a pointer; const use is safe from many threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/determination.h"
#include "core/facts.h"
#include "core/money.h"
#include "core/schema.h"
#include "core/status.h"
#include "core/yaml.h"
#include "policy/site_parameters.h"

namespace hearth {

struct Bilingual {
  std::string en, zh;
};

// kMoney is a number in yuan; kRows the rows of a registry; kAny is not checked.
enum class FactType : uint8_t { kAny, kBoolean, kNumber, kMoney, kText, kDate, kMonths, kDays, kList, kRows };
std::string_view FactTypeName(FactType t);

// A fact that the profile (or a case) hands in.
struct RawFact {
  std::string name;
  FactPlace place = FactPlace::kHousehold;
  FactType type = FactType::kAny;
  std::string unit;                                      // "yuan/month", "" when there is none
  std::string source;                                    // the registry it comes from, or "case"
  std::vector<std::string> values;                       // the words that a text fact may hold; empty: any
  std::vector<std::pair<std::string, FactType>> fields;  // of the items of a list fact; empty: not checked
  std::vector<std::string> health;                       // beginnings of the clauses that may read it; empty: any
  int slot = -1;                                         // in layout(), at `place`
};

// A fact that the pack works out from others.
struct DerivedFact {
  std::string name;
  FactPlace place = FactPlace::kHousehold;
  FactType type = FactType::kAny;
  std::string unit;
  std::string expression;  // FEEL, as written; of a table the expression that it is written out as
  std::string clause;
  std::string note;                                      // the reading taken, where the text leaves one
  std::string registry;                                  // kRows: whose rows they are
  std::vector<std::string> values;                       // the words that a text may be; empty: any
  std::vector<std::pair<std::string, FactType>> fields;  // of the items of a list; empty: not checked
  std::vector<std::string> health;                       // as of a raw fact
  int slot = -1;
};

// Which way a parameter may be moved in favour of the person.
enum class Better : uint8_t { kUnstated, kHigher, kLower };

struct Parameter {
  std::string name;
  FactType type = FactType::kAny;
  std::string unit;
  std::string clause;
  bool locality = false;              // set by the locality: the pack itself may have no value
  std::optional<CivilDay> review;     // day by which its owner looks at it again
  std::vector<DatedValue> values;     // by day, ascending; may be empty for a locality's
  std::string ambiguity;              // "A2": which open question of the text this switch settles
  std::vector<std::string> choices;   // the words that a text parameter may hold; empty: any
  Better better = Better::kUnstated;  // money that stands in an amount: higher, unless the pack says otherwise
  std::string note;
};

enum class RuleUnit : uint8_t { kPerson, kHousehold, kEmployer, kInstitution, kVillage, kCity };
std::string_view RuleUnitName(RuleUnit u);  // "person" …

struct Rule {
  std::string id;  // "WZ-1.3"
  Bilingual title;
  std::string clause;
  RuleUnit unit = RuleUnit::kHousehold;
  std::string kind;        // cash, recognition, income-rule, mechanism, in-kind, target …
  std::string computable;  // feeds, feeds+param, assessor, mechanism
  Bilingual lead;
  std::string when, amount, breach;  // FEEL, as written; amount and breach may be empty
  std::string due;                   // FEEL date: last day in time, may be empty
  Period per = Period::kNone;
  Rounding rounding = Rounding::kHalfUp;
  // Rules of one programme concern one benefit. A recognition rule names the class fact it recognises ("in_dibao").
  std::string programme, recognises;
  // An exit rule names the class facts that are kept while it holds, and the fact with the day on which the register
  // says that the period began. While that fact is null the period is due to begin and no register knows of it.
  std::vector<std::string> exits;
  std::string exit_start;
  std::string stack_group;  // id of a StackGroup
  std::string note;
};

// What happens when several rules of one group hold for one subject: the highest amount stands (of equal ones the
// first), the first in order of writing stands, or all do.
enum class StackMode : uint8_t { kTakeHigher, kNoDuplicate, kAdditive };
std::string_view StackModeName(StackMode m);  // "take_higher" …

struct StackGroup {
  std::string id;
  StackMode mode = StackMode::kTakeHigher;
  std::string clause, note;
};

// A rule of the catalogue that the pack does not evaluate, and why.
struct LeftOutRule {
  std::string id;
  Bilingual title;
  std::string clause, computable, reason;
};

struct PackData;  // compiled expressions; policy/pack_data.h

class Pack {
 public:
  explicit Pack(std::shared_ptr<const PackData> data) : data_(std::move(data)) {}

  const std::string& id() const;
  const Bilingual& title() const;
  const std::string& document() const;  // the document number
  CivilDay valid_from() const;          // both days included
  CivilDay valid_to() const;
  // XXH3-128 of the canonical texts, 32 hexadecimal digits.
  const std::string& digest() const;

  // Slots of raw facts, derived facts and registries' row lists. A registry's rows stand at kMember; at kHousehold
  // they are the union over the members, made by the evaluator unless given.
  const FactLayout& layout() const;
  const std::vector<RawFact>& raw_facts() const;
  const std::vector<DerivedFact>& derived_facts() const;
  // Registries whose rows the pack reads, by id. A member's row list is a Value::Rows, an empty list when the
  // registry answered with nothing, and null when it has not answered.
  const std::vector<std::string>& registries() const;
  const std::vector<Parameter>& parameters() const;
  const std::vector<Rule>& rules() const;
  const std::vector<StackGroup>& stack_groups() const;
  const std::vector<LeftOutRule>& left_out() const;
  const std::vector<Overlay>& overlays() const;  // by division
  // -1 when there is none.
  int FindRule(std::string_view id) const;
  int FindParameter(std::string_view name) const;
  // Rules that keep a class fact while they hold ("in_dibao" -> the gradual exits), and the one that recognises it.
  std::vector<uint32_t> ExitRules(std::string_view class_fact) const;
  int RecognitionRule(std::string_view class_fact) const;

  const PackData& data() const { return *data_; }

 private:
  std::shared_ptr<const PackData> data_;
};

// Reads and checks a pack folder: pack.yaml, parameters, facts, derived, stacking.yaml, rules/*.yaml, left_out.yaml
// (docs/adr/0011).
//   schemas  of the registries whose rows the pack reads
// InvalidArgument with the first problem, NotFound when the folder or a file is missing.
StatusOr<Pack> LoadPack(std::string_view folder, std::span<const std::shared_ptr<const RegistrySchema>> schemas);

// The same from texts held in memory: path inside the pack -> text.
StatusOr<Pack> LoadPackFiles(const std::map<std::string, std::string>& files,
                             std::span<const std::shared_ptr<const RegistrySchema>> schemas);

// Every problem of a pack, in the order of files and lines; empty: it loads. The first is what LoadPack returns.
std::vector<Status> CheckPack(std::string_view folder, std::span<const std::shared_ptr<const RegistrySchema>> schemas);
std::vector<Status> CheckPackFiles(const std::map<std::string, std::string>& files,
                                   std::span<const std::shared_ptr<const RegistrySchema>> schemas);

// What is odd in a pack that loads, each with its place: a fact that nothing uses, a table that cannot be checked, a
// parameter whose review was due before the day.
std::vector<std::string> PackWarnings(const Pack& pack, CivilDay day);

}  // namespace hearth
