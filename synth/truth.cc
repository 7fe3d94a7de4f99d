#include "synth/truth.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "synth/dice.h"
#include "synth/feed_writer.h"

namespace hearth::synth {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

struct Enrolment {
  bool dibao = false, dibao_exit = false, low_edge = false, low_edge_exit = false, hardship = false;
  bool exit_over = false;  // the year of a gradual exit has run out
};

bool IsInForce(const Case& c) { return c.state != CaseState::kEnded; }

// A gradual exit keeps the family on the register for twelve months. Source: 温政发〔2022〕6号 二.1.
bool IsLeaving(const Case& c, CivilDay as_of) {
  return c.state == CaseState::kGradualExit && as_of < c.gradual_exit_start.AddMonths(12);
}

// By person: what the register says on the day.
std::vector<Enrolment> Enrolments(const Block& block, CivilDay as_of) {
  std::vector<Enrolment> by_person(block.people.size());
  for (const Case& c : block.cases) {
    if (!IsInForce(c)) continue;
    for (int m : c.members) {
      Enrolment& e = by_person[static_cast<size_t>(m)];
      if (c.klass == CaseClass::kDibao) (IsLeaving(c, as_of) ? e.dibao_exit : e.dibao) = true;
      e.exit_over |= c.state == CaseState::kGradualExit && !IsLeaving(c, as_of);
      if (c.klass == CaseClass::kLowEdge) (IsLeaving(c, as_of) ? e.low_edge_exit : e.low_edge) = true;
      if (c.klass == CaseClass::kSpecialHardship) e.hardship = true;
    }
  }
  return by_person;
}

class Decider {
 public:
  Decider(uint64_t seed, const Block& block, CivilDay as_of)
      : block_(block), as_of_(as_of), enrolments_(Enrolments(block, as_of)) {
    truth_.units = FindUnits(block, as_of);
    people_ = MeasurePeople(seed, block, as_of);
    means_ = MeasureUnits(block, people_, truth_.units);
  }

  NightTruth Decide() {
    for (size_t u = 0; u < truth_.units.size(); ++u) DecideUnit(truth_.units[u], means_[u]);
    DecideFamiliesGone();
    DecideOldAge();
    return std::move(truth_);
  }

 private:
  void Raise(AlertKind kind, std::string_view programme, const std::string& household, std::string record,
             std::string_view cause) {
    for (const TrueAlert& a : truth_.alerts)
      if (a.kind == kind && a.programme == programme && a.household_number == household && a.record_number == record)
        return;
    truth_.alerts.push_back({kind, std::string(programme), household, std::move(record), std::string(cause)});
  }

  void DecideUnit(const Unit& unit, const UnitMeans& means) {
    bool all_hardship = true;
    Enrolment register_says;
    for (int m : unit.members) {
      const Enrolment& e = enrolments_[static_cast<size_t>(m)];
      register_says.dibao |= e.dibao;
      register_says.dibao_exit |= e.dibao_exit;
      register_says.low_edge |= e.low_edge;
      register_says.low_edge_exit |= e.low_edge_exit;
      register_says.exit_over |= e.exit_over;
      all_hardship &= e.hardship;
    }
    const Household& home = block_.home(unit.household);
    bool on_dibao = register_says.dibao || register_says.dibao_exit;
    bool assets_ok = means.asset_fault == AssetFault::kNone;
    TrueDue due{home.number, on_dibao,          false, register_says.low_edge || register_says.low_edge_exit,
                false,       means.PerHeadFen()};
    due.dibao_due = !all_hardship && assets_ok && means.IsBelow(kDibaoStandardFen);
    due.low_edge_due =
        !all_hardship && assets_ok && !on_dibao && !means.IsBelow(kDibaoStandardFen) && means.IsAtMost(kLowEdgeLineFen);
    std::string over(assets_ok ? "income" : AssetFaultName(means.asset_fault));
    if (register_says.exit_over) over += "_after_exit";
    if (due.dibao_due && !on_dibao)
      Raise(AlertKind::kEligibleNotEnrolled, "dibao", home.number, "",
            due.low_edge_enrolled ? "on_low_edge" : "low_income");
    if (due.low_edge_due && !due.low_edge_enrolled)
      Raise(AlertKind::kEligibleNotEnrolled, "low_edge", home.number, "", "low_income");
    if (register_says.dibao && !due.dibao_due) Raise(AlertKind::kEnrolledNotEligible, "dibao", home.number, "", over);
    if (register_says.low_edge && !due.low_edge_due && !due.dibao_due)
      Raise(AlertKind::kEnrolledNotEligible, "low_edge", home.number, "", over);
    truth_.due.push_back(std::move(due));
  }

  // Families on the register of whom nobody lives in the city any more.
  void DecideFamiliesGone() {
    for (const Case& c : block_.cases) {
      if (!IsInForce(c) || c.klass == CaseClass::kSpecialHardship) continue;
      bool anyone =
          std::any_of(c.members.begin(), c.members.end(), [&](int m) { return IsResident(block_.at(m), as_of_); });
      if (anyone) continue;
      bool dead =
          std::none_of(c.members.begin(), c.members.end(), [&](int m) { return IsAlive(block_.at(m), as_of_); });
      const std::string& number = block_.home(block_.at(c.members[0]).household).number;
      bool dibao = c.klass == CaseClass::kDibao;
      TrueDue due{number, dibao, false, !dibao, false};
      truth_.due.push_back(std::move(due));
      Raise(AlertKind::kEnrolledNotEligible, dibao ? "dibao" : "low_edge", number, "", dead ? "dead" : "moved_out");
    }
  }

  // Paid for this month or the last one is enrolled.
  void DecideOldAge() {
    std::vector<bool> paid(block_.people.size());
    CivilMonth last = as_of_.Month().AddMonths(-1);
    for (const Allowance& a : block_.allowances)
      if (a.from <= last && a.until > last) paid[static_cast<size_t>(a.person)] = true;
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {
      const Person& p = block_.at(i);
      const Household& home = block_.home(p.household);
      // The counties follow the city's bands.
      bool due = IsResident(p, as_of_) && AgeOf(p, as_of_) >= 80;
      if (due == paid[static_cast<size_t>(i)]) continue;
      std::string_view cause = due                                     ? "aged_80"
                               : !IsAlive(p, as_of_)                   ? "dead"
                               : p.status == RegisterStatus::kMovedOut ? "moved_out"
                                                                       : "outside";
      Raise(due ? AlertKind::kEligibleNotEnrolled : AlertKind::kEnrolledNotEligible, "old_age_allowance", home.number,
            RecordNumber(p.id), cause);
    }
  }

  const Block& block_;
  CivilDay as_of_;
  std::vector<Enrolment> enrolments_;
  std::vector<PersonMeans> people_;
  std::vector<UnitMeans> means_;
  NightTruth truth_;
};

std::string_view KindName(AlertKind kind) {
  return kind == AlertKind::kEligibleNotEnrolled ? "eligible_not_enrolled" : "enrolled_not_eligible";
}

}  // namespace

NightTruth DecideNight(uint64_t seed, const Block& block, CivilDay as_of) {
  return Decider(seed, block, as_of).Decide();
}

TruthFiles::~TruthFiles() {
  for (File* f : {&mentions_, &kin_, &units_, &due_, &alerts_})
    if (f->file) std::fclose(f->file);
}

Status TruthFiles::Open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  struct Start {
    File* file;
    std::string_view name, header;
  };
  for (const Start& s :
       {Start{&mentions_, "mentions.csv", "registry,key,role,person,faults\n"},
        Start{&kin_, "kin.csv", "kind,from,to\n"}, Start{&units_, "units.csv", "night,household_no,members\n"},
        Start{&due_, "due.csv", "night,household_no,programme,enrolled,due,per_head_fen\n"},
        Start{&alerts_, "alerts.csv", "night,kind,programme,household_no,record_no,cause\n"}}) {
    s.file->path = folder + "/" + std::string(s.name);
    s.file->text = s.header;
    s.file->file = std::fopen(s.file->path.c_str(), "wb");
    if (!s.file->file) return Unavailable("cannot write " + s.file->path);
  }
  return OkStatus();
}

void TruthFiles::BeginBlock() {
  seen_.clear();
  kin_seen_.clear();
}

void TruthFiles::AddMention(const Mention& m) {
  uint64_t hash = HashText(m.key) ^ Mix64(HashText(m.role) + static_cast<uint64_t>(m.registry));
  if (!seen_.insert(hash).second) return;
  std::string& out = mentions_.text;
  out += FeedOf(m.registry).registry_name;
  out += ',';
  out += m.key;
  out += ',';
  out += m.role;
  out += ",P";
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, m.person).ptr);
  out += ',';
  if (m.faults) out += FaultNames(m.faults);
  out += '\n';
}

void TruthFiles::AddKin(const Block& block, const std::vector<KinEdge>& edges) {
  for (const KinEdge& e : edges) {
    if (!kin_seen_.insert(e).second) continue;
    kin_.text += e.spouse ? "spouse," : "parent_child,";
    kin_.text += PersonText(block.at(e.from).id) + "," + PersonText(block.at(e.to).id) + "\n";
  }
}

void TruthFiles::AddNight(const Block& block, int night, const NightTruth& truth) {
  std::string n = std::to_string(night) + ",";
  int last = kNone;
  for (const Unit& u : truth.units) {
    // The head's unit speaks for its household; those who live alone in a collective household have none.
    if (u.household == last || block.home(u.household).collective) continue;
    last = u.household;
    units_.text += n + block.home(u.household).number + ",";
    for (size_t i = 0; i < u.members.size(); ++i) units_.text += (i ? " " : "") + PersonText(block.at(u.members[i]).id);
    units_.text += '\n';
  }
  for (const TrueDue& d : truth.due) {
    std::string per_head = d.per_head_fen < 0 ? "" : std::to_string(d.per_head_fen);
    auto line = [&](std::string_view programme, bool enrolled, bool due) {
      due_.text += n;
      due_.text += d.household_number;
      due_.text += ',';
      due_.text += programme;
      due_.text += enrolled ? ",1" : ",0";
      due_.text += due ? ",1," : ",0,";
      due_.text += per_head;
      due_.text += '\n';
    };
    line("dibao", d.dibao_enrolled, d.dibao_due);
    line("low_edge", d.low_edge_enrolled, d.low_edge_due);
  }
  for (const TrueAlert& a : truth.alerts)
    alerts_.text += n + std::string(KindName(a.kind)) + "," + a.programme + "," + a.household_number + "," +
                    a.record_number + "," + a.cause + "\n";
}

Status TruthFiles::Flush() {
  for (File* f : {&mentions_, &kin_, &units_, &due_, &alerts_}) {
    if (f->text.size() < kBufferBytes) continue;
    if (std::fwrite(f->text.data(), 1, f->text.size(), f->file) != f->text.size())
      return Unavailable("cannot write " + f->path);
    f->text.clear();
  }
  return OkStatus();
}

Status TruthFiles::Close() {
  for (File* f : {&mentions_, &kin_, &units_, &due_, &alerts_}) {
    bool ok = std::fwrite(f->text.data(), 1, f->text.size(), f->file) == f->text.size();
    ok = std::fclose(f->file) == 0 && ok;
    f->file = nullptr;
    if (!ok) return Unavailable("cannot write " + f->path);
  }
  return OkStatus();
}

}  // namespace hearth::synth
