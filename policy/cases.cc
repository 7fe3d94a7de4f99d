#include "policy/cases.h"

#include <algorithm>
#include <map>

#include "core/parallel.h"
#include "policy/case_table.h"
#include "policy/evaluate.h"
#include "policy/pack_data.h"

namespace hearth {
namespace {

const RegistrySchema* SchemaOf(const PackData& data, const SlotUse& use) {
  if (use.kind == SlotUse::Kind::kRegistry) return data.schemas[static_cast<size_t>(use.index)].get();
  if (use.kind != SlotUse::Kind::kDerived) return nullptr;
  const std::string& registry = data.derived[static_cast<size_t>(use.index)].registry;
  for (const auto& schema : data.schemas) {
    if (schema->id == registry) return schema.get();
  }
  return nullptr;
}

// Reads the facts of one subject; the key `id` names a member and is no fact.
Status ReadFacts(const YamlNode& node, const Pack& pack, FactPlace place, int member, UnitFacts* facts) {
  if (!node.IsMap()) return YamlError(node, "facts are a map of name to value");
  const PackData& data = pack.data();
  for (const auto& [key, value] : node.entries) {
    if (place == FactPlace::kMember && key.text == "id") continue;
    const auto alias = data.aliases.find(key.text);
    const std::string& name = alias == data.aliases.end() ? key.text : alias->second;
    const int slot = data.layout.Slot(place, name);
    if (slot < 0) {
      std::vector<std::string> names;
      for (size_t i = 0; i < data.layout.Count(place); ++i)
        names.push_back(data.layout.Name(place, static_cast<int>(i)));
      const std::string near = NearestName(name, names);
      return YamlError(key, "pack " + pack.id() + " reads no fact \"" + name + "\" there" +
                                (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    const SlotUse& use = data.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    FactType type = FactType::kRows;
    std::vector<std::string> words;
    const std::vector<std::pair<std::string, FactType>>* fields = nullptr;
    if (use.kind == SlotUse::Kind::kRaw) {
      const RawFact& f = data.raw[static_cast<size_t>(use.index)];
      type = f.type;
      words = f.values;
      fields = &f.fields;
    } else if (use.kind == SlotUse::Kind::kDerived) {
      const DerivedFact& f = data.derived[static_cast<size_t>(use.index)];
      type = f.type;
      words = f.values;
      fields = &f.fields;
    }
    const bool typed = fields != nullptr && !fields->empty();
    HEARTH_ASSIGN_OR_RETURN(Value v,
                            typed ? ReadItems(value, *fields) : ReadFactValue(value, type, words, SchemaOf(data, use)));
    HEARTH_RETURN_IF_ERROR(SetFact(pack, facts, place, name, std::move(v), member));
  }
  return OkStatus();
}

class Case {
 public:
  explicit Case(const YamlNode& node) : node_(node) {}

  CaseResult Run(const PackSource& packs, const CaseOptions& options) {
    comparisons_ = options.comparisons;
    visit_ = &options.visit;
    result_.where = node_.Where();
    if (const YamlNode* name = node_.Find("name"); name != nullptr) result_.name = name->text;
    if (const Status s = Check(packs); !s.ok()) result_.failures.push_back(Message(s));
    return std::move(result_);
  }

 private:
  Status Check(const PackSource& packs) {
    YamlMap map(node_);
    map.Text("name");
    const std::string pack_id = map.Text("pack");
    const std::optional<CivilDay> as_of = map.OptionalDay("as_of");
    if (!as_of) map.Fail(node_, "\"as_of\" is missing: the day of the evaluation");
    const YamlNode* parameters = map.Node("parameters");
    const YamlNode* input = map.RequiredNode("input");
    const YamlNode* output = map.RequiredNode("output");
    map.Node("note");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    result_.pack = pack_id;
    HEARTH_ASSIGN_OR_RETURN(const Pack pack, packs(pack_id));
    SiteParameters site;
    if (parameters != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(site, ReadSiteParameters(*parameters, pack));
    }
    HEARTH_RETURN_IF_ERROR(ReadInput(*input, pack));
    if (!output->IsList()) return YamlError(*output, "output is a list of expectations");
    StatusOr<Evaluator> evaluator = Evaluator::Create(pack, site, *as_of);
    const bool in_force = evaluator.ok();
    if (!in_force && evaluator.status().code() != absl::StatusCode::kFailedPrecondition) return evaluator.status();
    if (in_force && *visit_) (*visit_)({result_.name, result_.where, pack, site, *as_of, facts_});
    if (in_force) evaluator->Evaluate(facts_, &made_);
    for (const YamlNode& item : output->items) {
      HEARTH_RETURN_IF_ERROR(CheckExpectation(item, pack, in_force ? &*evaluator : nullptr));
    }
    return OkStatus();
  }

  Status ReadInput(const YamlNode& input, const Pack& pack) {
    YamlMap map(input);
    const YamlNode* household = map.Node("household");
    const YamlNode* members = map.Node("members");
    const std::pair<const YamlNode*, FactPlace> others[] = {{map.Node("employer"), FactPlace::kEmployer},
                                                            {map.Node("institution"), FactPlace::kInstitution},
                                                            {map.Node("city"), FactPlace::kCity}};
    HEARTH_RETURN_IF_ERROR(map.Finish());
    const size_t count = members != nullptr ? members->items.size() : 0;
    if (household != nullptr || members != nullptr) facts_ = EmptyFacts(pack, count);
    if (household != nullptr) HEARTH_RETURN_IF_ERROR(ReadFacts(*household, pack, FactPlace::kHousehold, -1, &facts_));
    for (size_t i = 0; i < count; ++i) {
      const YamlNode& member = members->items[i];
      const YamlNode* id = member.Find("id");
      if (id == nullptr) return YamlError(member, "a member needs an id");
      member_ids_.push_back(id->text);
      // Who is whose parent is told by the ids of persons; a member's own is its id in the case.
      if (pack.layout().Slot(FactPlace::kMember, "person_id") >= 0) {
        HEARTH_RETURN_IF_ERROR(
            SetFact(pack, &facts_, FactPlace::kMember, "person_id", Value::Text(id->text), static_cast<int>(i)));
      }
      HEARTH_RETURN_IF_ERROR(ReadFacts(member, pack, FactPlace::kMember, static_cast<int>(i), &facts_));
    }
    for (const auto& [node, place] : others) {
      if (node == nullptr) continue;
      FactRow& row = place == FactPlace::kEmployer      ? facts_.employer
                     : place == FactPlace::kInstitution ? facts_.institution
                                                        : facts_.city;
      row.values.resize(std::max<size_t>(1, pack.layout().Count(place)));
      HEARTH_RETURN_IF_ERROR(ReadFacts(*node, pack, place, -1, &facts_));
    }
    return OkStatus();
  }

  StatusOr<int> MemberIndex(const YamlNode* node) const {
    if (node == nullptr) return -1;
    const auto it = std::find(member_ids_.begin(), member_ids_.end(), node->text);
    if (it == member_ids_.end()) return YamlError(*node, "the case has no member \"" + node->text + "\"");
    return static_cast<int>(it - member_ids_.begin());
  }

  // What an expectation is about, for its difference.
  struct About {
    const YamlNode* at = nullptr;
    std::string what;
    int rule = -1;     // index in the pack, -1: a fact
    std::string fact;  // the pack's own name
    FactPlace place = FactPlace::kHousehold;
    int member = -1;
    const Pack* pack = nullptr;
    Evaluator* evaluator = nullptr;
  };

  void Fail(const About& about, const std::string& part, const std::string& expected, const std::string& found) {
    const std::string what = about.what + part;
    result_.failures.push_back(about.at->Where() + ": " + what + "\n    expected " + expected + "\n    found    " +
                               found);
    CaseDifference d;
    d.where = about.at->Where();
    d.what = what;
    d.expected = expected;
    d.found = found;
    if (about.rule >= 0) {
      const Rule& r = about.pack->rules()[static_cast<size_t>(about.rule)];
      d.clause = r.clause;
      d.title = r.title;
    }
    if (const std::optional<Trace> trace = TraceOf(about)) d.steps = ShowSteps(*trace);
    result_.differences.push_back(std::move(d));
  }

  // Of a rule of persons without a member: the first whom it holds for, else the first.
  int SubjectOf(const About& about) const {
    if (about.pack->rules()[static_cast<size_t>(about.rule)].unit != RuleUnit::kPerson) return -1;
    if (about.member >= 0) return about.member;
    for (const Determination& d : made_) {
      if (d.rule == static_cast<uint32_t>(about.rule) && d.outcome == Outcome::kEligible) return d.member;
    }
    return 0;
  }

  std::optional<Trace> TraceOf(const About& about) const {
    if (about.evaluator == nullptr) return std::nullopt;
    StatusOr<Trace> trace = InvalidArgument("no trace");
    if (about.rule >= 0) {
      trace = about.evaluator->Explain(facts_, static_cast<uint32_t>(about.rule), SubjectOf(about));
    } else if (!about.fact.empty() && about.pack->FindParameter(about.fact) < 0) {
      trace = about.evaluator->ExplainFact(facts_, about.place, about.fact, about.member);
    }
    if (!trace.ok()) return std::nullopt;
    return *std::move(trace);
  }

  static std::string OneLine(std::string_view text) {
    std::string line;
    for (const char c : text) {
      const bool space = c == ' ' || c == '\n' || c == '\t';
      if (!space) line += c;
      if (space && !line.empty() && line.back() != ' ') line += ' ';
    }
    return line;
  }

  static std::vector<std::string> ShowSteps(const Trace& trace) {
    std::vector<std::string> steps;
    for (const TraceStep& step : trace.steps) {
      std::string line(static_cast<size_t>(2 * step.depth), ' ');
      const bool comparison = step.kind == TraceStep::Kind::kComparison;
      line += OneLine(step.name) + (comparison ? "? " : " = ") + step.value.ToString();
      if (!step.expression.empty()) line += "   " + OneLine(step.expression);
      if (step.distance) line += ", distance " + step.distance->ToString();
      if (!step.clause.empty()) line += "   [" + step.clause + "]";
      steps.push_back(std::move(line));
    }
    return steps;
  }

  void CollectComparisons(const About& about) {
    const std::optional<Trace> trace = TraceOf(about);
    if (!trace) return;
    for (const TraceStep& step : trace->steps) {
      if (step.kind != TraceStep::Kind::kComparison || !step.distance) continue;
      const int side = step.distance->IsZero() ? 0 : step.distance->IsNegative() ? 1 : -1;
      const std::string& rule = about.pack->rules()[static_cast<size_t>(about.rule)].id;
      result_.comparisons.push_back({rule, OneLine(step.name), side});
    }
  }

  Status CheckExpectation(const YamlNode& item, const Pack& pack, Evaluator* evaluator) {
    YamlMap map(item);
    const YamlNode* rule = map.Node("rule");
    const YamlNode* fact = map.Node("fact");
    const YamlNode* member = map.Node("member");
    const YamlNode* holds = map.Node("holds");
    const YamlNode* amount = map.Node("amount");
    const YamlNode* per = map.Node("per");
    const YamlNode* needs = map.Node("needs");
    const YamlNode* breach = map.Node("breach");
    const YamlNode* due = map.Node("due");
    const YamlNode* value = map.Node("value");
    if ((rule == nullptr) == (fact == nullptr)) map.Fail(item, "an expectation names a rule or a fact");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    HEARTH_ASSIGN_OR_RETURN(const int who, MemberIndex(member));
    if (fact != nullptr) return CheckFact(item, *fact, value, who, pack, evaluator);
    const int index = pack.FindRule(rule->text);
    if (index < 0) {
      std::vector<std::string> ids;
      for (const Rule& r : pack.rules()) ids.push_back(r.id);
      const std::string near = NearestName(rule->text, ids);
      return YamlError(*rule, "pack " + pack.id() + " has no rule " + rule->text +
                                  (near.empty() ? "" : "; did you mean " + near + "?"));
    }
    const Found found = Find(static_cast<uint32_t>(index), who);
    if (std::find(result_.rules.begin(), result_.rules.end(), rule->text) == result_.rules.end()) {
      result_.rules.push_back(rule->text);
    }
    About about;
    about.at = &item;
    about.what = rule->text + (member != nullptr ? " of " + member->text : "");
    about.rule = index;
    about.member = who;
    about.pack = &pack;
    about.evaluator = evaluator;
    if (comparisons_) CollectComparisons(about);
    if (holds != nullptr) {
      const bool wanted = holds->text == "true";
      const bool right = wanted ? found.eligible : (!found.eligible && !found.unknown);
      if (!right) Fail(about, "", wanted ? "it holds" : "it does not hold", Describe(found));
    }
    if (amount != nullptr) HEARTH_RETURN_IF_ERROR(CheckAmount(about, *amount, found));
    if (per != nullptr && found.eligible && PeriodName(found.per) != per->text) {
      Fail(about, "", "per " + per->text, "per " + std::string(PeriodName(found.per)));
    }
    if (needs != nullptr) CheckNeeds(about, *needs, found, pack);
    if (breach != nullptr || due != nullptr) {
      return CheckBreachAndDue(about, breach, due);
    }
    return OkStatus();
  }

  struct Found {
    bool any = false, eligible = false, unknown = false, open = false;
    Money amount;
    Period per = Period::kNone;
    std::vector<std::string> missing;
  };

  Found Find(uint32_t rule, int member) const {
    Found f;
    for (const Determination& d : made_) {
      if (d.rule != rule || (member >= 0 && d.member != member)) continue;
      f.any = true;
      if (d.outcome == Outcome::kEligible) {
        f.eligible = true;
        f.per = d.per;
        if (d.amount)
          f.amount += *d.amount;
        else
          f.open = true;
      } else if (d.outcome == Outcome::kNeedsInformation) {
        f.unknown = true;
        f.missing.insert(f.missing.end(), d.missing.begin(), d.missing.end());
      }
    }
    return f;
  }

  static std::string Describe(const Found& f) {
    if (f.eligible) return "it holds" + (f.open ? std::string(", no amount") : ", " + f.amount.ToString());
    if (!f.unknown) return f.any ? "it does not hold" : "it was not evaluated";
    std::string out = "it needs information:";
    for (const std::string& m : f.missing) out += " " + m;
    return out;
  }

  Status CheckAmount(const About& about, const YamlNode& amount, const Found& found) {
    if (amount.IsNull() || amount.text == "null") {
      if (!found.eligible || !found.open) Fail(about, "", "it holds, its amount open", Describe(found));
      return OkStatus();
    }
    const StatusOr<Decimal> wanted = Decimal::Parse(amount.text);
    if (!wanted.ok()) return YamlError(amount, Message(wanted.status()));
    if (!found.eligible || found.open || Decimal::FromMoney(found.amount) != *wanted) {
      Fail(about, "", "it holds, " + Figure(*wanted), Describe(found));
    }
    return OkStatus();
  }

  // As an amount is written: two decimals.
  static std::string Figure(const Decimal& d) {
    const std::optional<Money> money = d.ToMoney(Rounding::kHalfUp);
    return money && Decimal::FromMoney(*money) == d ? money->ToString() : d.ToString();
  }

  void CheckNeeds(const About& about, const YamlNode& needs, const Found& found, const Pack& pack) {
    std::vector<const YamlNode*> names;
    if (needs.IsScalar()) names.push_back(&needs);
    for (const YamlNode& n : needs.items) names.push_back(&n);
    for (const YamlNode* n : names) {
      const auto alias = pack.data().aliases.find(n->text);
      const std::string& name = alias == pack.data().aliases.end() ? n->text : alias->second;
      const bool there = std::find(found.missing.begin(), found.missing.end(), name) != found.missing.end();
      if (found.eligible || !there) Fail(about, "", "it needs " + name, Describe(found));
    }
  }

  Status CheckBreachAndDue(const About& about, const YamlNode* breach, const YamlNode* due) {
    if (about.evaluator == nullptr) {
      Fail(about, "", "an answer", "the pack is not in force");
      return OkStatus();
    }
    const uint32_t rule = static_cast<uint32_t>(about.rule);
    const bool person = about.pack->rules()[rule].unit == RuleUnit::kPerson;
    const int who = person && about.member < 0 && facts_.members.size() == 1 ? 0 : about.member;
    if (breach != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(const Value v, about.evaluator->Breach(facts_, rule, who));
      if (v.ToString() != breach->text) Fail(about, ", breach", breach->text, v.ToString());
    }
    if (due != nullptr) {
      HEARTH_ASSIGN_OR_RETURN(const Value v, about.evaluator->Due(facts_, rule, who));
      if (v.ToString() != due->text) Fail(about, ", due", due->text, v.ToString());
    }
    return OkStatus();
  }

  Status CheckFact(const YamlNode& item, const YamlNode& fact, const YamlNode* value, int who, const Pack& pack,
                   Evaluator* evaluator) {
    if (value == nullptr) return YamlError(item, "the expected value of " + fact.text + " is missing");
    const auto alias = pack.data().aliases.find(fact.text);
    const std::string& name = alias == pack.data().aliases.end() ? fact.text : alias->second;
    About about;
    about.at = &item;
    about.what = "fact " + fact.text + (who >= 0 ? " of " + member_ids_[static_cast<size_t>(who)] : "");
    about.fact = name;
    about.pack = &pack;
    about.evaluator = evaluator;
    if (evaluator == nullptr) {
      Fail(about, "", value->text, "the pack is not in force");
      return OkStatus();
    }
    Value found;
    if (pack.FindParameter(name) >= 0) {
      HEARTH_ASSIGN_OR_RETURN(found, evaluator->ParameterValue(name));
    } else {
      static constexpr FactPlace kPlaces[] = {FactPlace::kHousehold, FactPlace::kMember, FactPlace::kEmployer,
                                              FactPlace::kInstitution, FactPlace::kCity};
      FactPlace place = who >= 0 ? FactPlace::kMember : FactPlace::kHousehold;
      if (who < 0) {
        for (const FactPlace p : kPlaces) {
          if (pack.layout().Slot(p, name) >= 0) {
            place = p;
            break;
          }
        }
      }
      if (place == FactPlace::kMember && who < 0 && facts_.members.size() == 1) who = 0;
      about.place = place;
      about.member = who;
      StatusOr<Value> v = evaluator->Fact(facts_, place, name, who);
      if (!v.ok()) return YamlError(fact, Message(v.status()));
      found = *std::move(v);
    }
    const bool null_wanted = value->IsNull() || (value->IsScalar() && value->text == "null");
    bool same = null_wanted ? found.IsNull() : false;
    if (!null_wanted) {
      if (found.kind() == Value::Kind::kNumber) {
        const StatusOr<Decimal> wanted = Decimal::Parse(value->text);
        same = wanted.ok() && *wanted == found.number();
      } else if (found.kind() == Value::Kind::kText) {
        same = found.text() == value->text;
      } else {
        same = !found.IsNull() && found.ToString() == value->text;
      }
    }
    if (!same) Fail(about, "", null_wanted ? "null (unknown)" : value->text, found.ToString());
    return OkStatus();
  }

  const YamlNode& node_;
  const std::function<void(const CaseUnit&)>* visit_ = nullptr;
  CaseResult result_;
  UnitFacts facts_;
  std::vector<std::string> member_ids_;
  std::vector<Determination> made_;
  bool comparisons_ = false;
};

// One case to run, or the reason why a case of the file cannot be.
struct Task {
  YamlNode node;
  Status broken;
};

CaseResult Broken(const Task& task) {
  CaseResult result;
  result.where = task.node.Where();
  if (const YamlNode* name = task.node.Find("name"); name != nullptr) result.name = name->text;
  result.failures.push_back(Message(task.broken));
  return result;
}

Status AddTasks(std::string_view text, std::string_view file_name, std::vector<Task>* tasks) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(text, file_name));
  if (!root.IsList()) return YamlError(root, "a file of cases is a list of cases");
  for (const YamlNode& item : root.items) {
    StatusOr<std::vector<YamlNode>> cases = ExpandCase(item);
    if (!cases.ok()) {
      tasks->push_back({item, cases.status()});
      continue;
    }
    for (YamlNode& one : *cases) tasks->push_back({std::move(one), OkStatus()});
  }
  return OkStatus();
}

bool IsAsked(const Task& task, const std::string& filter) {
  if (filter.empty()) return true;
  const auto has = [&](const YamlNode* node) {
    return node != nullptr && node->text.find(filter) != std::string::npos;
  };
  if (has(task.node.Find("name")) || has(task.node.Find("pack"))) return true;
  const YamlNode* output = task.node.Find("output");
  return output != nullptr && std::any_of(output->items.begin(), output->items.end(), [&](const YamlNode& item) {
           return has(item.Find("rule")) || has(item.Find("fact"));
         });
}

}  // namespace

StatusOr<std::vector<CaseResult>> RunCases(std::string_view text, std::string_view file_name, const PackSource& packs) {
  const CaseFileText file{std::string(file_name), std::string(text)};
  return RunCaseFiles(std::span(&file, 1), packs, {});
}

StatusOr<std::vector<CaseResult>> RunCaseFiles(std::span<const CaseFileText> files, const PackSource& packs,
                                               const CaseOptions& options) {
  std::vector<std::vector<Task>> by_file(files.size());
  std::vector<Status> broken(files.size());
  ParallelFor(files.size(), options.threads,
              [&](size_t i) { broken[i] = AddTasks(files[i].text, files[i].name, &by_file[i]); });
  std::vector<Task> tasks;
  std::map<std::string, StatusOr<Pack>, std::less<>> loaded;
  for (size_t i = 0; i < files.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(broken[i]);
    for (Task& task : by_file[i]) {
      if (!IsAsked(task, options.filter)) continue;
      const YamlNode* pack = task.node.Find("pack");
      if (pack != nullptr && !loaded.contains(pack->text)) loaded.emplace(pack->text, packs(pack->text));
      tasks.push_back(std::move(task));
    }
  }
  const PackSource source = [&](std::string_view id) -> StatusOr<Pack> {
    const auto it = loaded.find(id);
    return it == loaded.end() ? StatusOr<Pack>(InvalidArgument("the case names no pack")) : it->second;
  };
  constexpr size_t kGrain = 16;  // cases a task: one takes about a tenth of a millisecond
  std::vector<CaseResult> results(tasks.size());
  ParallelChunks(tasks.size(), kGrain, options.threads, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      results[i] = tasks[i].broken.ok() ? Case(tasks[i].node).Run(source, options) : Broken(tasks[i]);
    }
  });
  return results;
}

}  // namespace hearth
