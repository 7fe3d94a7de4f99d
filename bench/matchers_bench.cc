// How long linking and families take on a made city, and how right they are.
//
//   matchers_bench [persons] [threads] | --tiny
//
// The city here is plain on purpose and shares nothing with synth: households of one to six, eight registries, faults
// at the rates that the data standard names. Prints seconds a stage, peak memory, pairwise precision, recall and F1
// over all mentions and over the faulty ones, and a hash of the result, so that faster but wrong shows.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/citizen_number.h"
#include "matchers/build_families.h"
#include "matchers/link_persons.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
  }
  size_t Below(size_t n) { return Next() % n; }
  bool Chance(double p) { return static_cast<double>(Next() >> 11) * 0x1.0p-53 < p; }
  // Small values far more often, as surnames and given names are.
  size_t Skewed(size_t n) {
    const double x = static_cast<double>(Next() >> 11) * 0x1.0p-53;
    return static_cast<size_t>(x * x * static_cast<double>(n));
  }

 private:
  uint64_t state_;
};

constexpr std::string_view kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡",
                                          "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐",
                                          "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭",
                                          "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘",
                                          "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭",
                                          "廖", "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦"};
constexpr std::string_view kGiven[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞",
    "平", "刚", "桂", "英", "华", "建", "国", "文", "玉", "兰", "红", "金", "春", "梅", "海", "燕", "鹏", "辉", "志",
    "永", "晓", "小", "雪", "婷", "宇", "浩", "欣", "怡", "子", "涵", "梓", "轩", "晨", "佳", "琪", "思", "雨", "嘉",
    "俊", "凯", "鑫", "波", "斌", "峰", "林", "立", "新", "云", "清", "德", "福", "生", "祥", "美", "凤", "珍", "素",
    "淑", "琴", "莲", "荣", "贵", "财", "宝", "根", "木", "水", "火", "土", "山", "川", "河", "江", "湖", "松", "柏",
    "竹", "菊", "月", "星", "光", "亮", "东", "南", "西", "北", "中", "天", "心", "安", "康", "乐", "喜", "欢", "爱"};

struct Human {
  std::string name, number, phone, address, birth_text;
  CivilDay birth;
  int sex = 0;
  uint32_t household = 0, employer = 0;
};

std::shared_ptr<RegistrySchema> Schema(const char* id, std::vector<std::pair<const char*, FieldType>> fields) {
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = id;
  for (const auto& [name, type] : fields) {
    FieldSchema field;
    field.name = name;
    field.type = type;
    if (std::string_view(name) == "sex") field.codes = {{"1", "male", ""}, {"2", "female", ""}};
    if (std::string_view(name) == "relation") {
      field.codes = {
          {"02", "head", ""}, {"10", "spouse", ""}, {"20", "son", ""}, {"30", "daughter", ""}, {"50", "parent", ""}};
    }
    schema->fields.push_back(field);
  }
  schema->key = {0};
  return schema;
}

// One registry in the making, with the truth beside each mention.
struct Register {
  std::shared_ptr<RegistrySchema> schema;
  std::unique_ptr<RecordTable> table;
  std::vector<uint32_t> truth;  // human by row * roles + role
  std::vector<uint8_t> faulty;
};

class City {
 public:
  explicit City(size_t persons) : random_(42) {
    MakeHumans(persons);
    MakeRegisters();
    for (Register& r : registers_) {
      const std::vector<uint32_t> order = r.table->CanonicalOrder();
      const size_t roles = r.schema->persons.size();
      std::vector<uint32_t> truth(r.truth.size());
      std::vector<uint8_t> faulty(r.faulty.size());
      for (size_t i = 0; i < order.size(); ++i) {
        for (size_t k = 0; k < roles; ++k) {
          truth[i * roles + k] = r.truth[order[i] * roles + k];
          faulty[i * roles + k] = r.faulty[order[i] * roles + k];
        }
      }
      r.truth = std::move(truth);
      r.faulty = std::move(faulty);
      r.table->Permute(order);
    }
  }
  const std::vector<Register>& registers() const { return registers_; }

 private:
  std::string MakeName(std::string_view surname) {
    std::string name(surname);
    name += kGiven[random_.Skewed(std::size(kGiven))];
    if (!random_.Chance(0.15)) name += kGiven[random_.Skewed(std::size(kGiven))];
    return name;
  }

  void MakeHumans(size_t persons) {
    uint32_t household = 0;
    std::unordered_map<std::string, int> sequences;
    while (humans_.size() < persons) {
      const size_t size = 1 + random_.Below(5);
      const std::string surname(kSurnames[random_.Skewed(std::size(kSurnames))]);
      char address[160];
      std::snprintf(address, sizeof address, "东坪区幸福%zu路%zu号%zu幢%zu单元%zu01室", random_.Below(400),
                    1 + random_.Below(90), 1 + random_.Below(9), 1 + random_.Below(4), 1 + random_.Below(18));
      const int head_year = 1940 + static_cast<int>(random_.Below(55));
      for (size_t m = 0; m < size && humans_.size() < persons; ++m) {
        Human h;
        h.household = household;
        h.sex = m == 0 ? 1 : m == 1 ? 2 : 1 + static_cast<int>(random_.Below(2));
        const int year = m < 2 ? head_year + static_cast<int>(random_.Below(6))
                               : std::min(2023, head_year + 22 + static_cast<int>(random_.Below(15)));
        h.birth =
            CivilDay::FromYmd(year, 1 + static_cast<int>(random_.Below(12)), 1 + static_cast<int>(random_.Below(28)))
                .value();
        const YearMonthDay ymd = h.birth.Ymd();
        char text[40];
        std::snprintf(text, sizeof text, "33990%zu%04d%02d%02d", 1 + random_.Below(3), ymd.year, ymd.month, ymd.day);
        int& sequence = sequences[std::string(text) + char('0' + h.sex)];
        std::snprintf(text + 14, sizeof text - 14, "%03d", sequence * 2 + (h.sex == 1 ? 1 : 2));
        ++sequence;
        h.number = text;
        h.number += CitizenCheckCharacter(h.number);
        h.name = m == 1 ? MakeName(kSurnames[random_.Skewed(std::size(kSurnames))]) : MakeName(surname);
        std::snprintf(text, sizeof text, "139%08zu", m < 2 || humans_.empty() ? random_.Below(100000000) : 0);
        h.phone = m < 2 ? text : humans_.back().phone;
        h.address = address;
        h.employer = static_cast<uint32_t>(random_.Skewed(5000));
        humans_.push_back(h);
      }
      ++household;
    }
  }

  Register& Add(std::shared_ptr<RegistrySchema> schema) {
    registers_.push_back({schema, std::make_unique<RecordTable>(schema), {}, {}});
    return registers_.back();
  }

  std::string FaultyName(const Human& h) {
    static const std::map<std::string, std::string> swaps = {{"丽", "莉"}, {"伟", "玮"}, {"晨", "辰"}, {"萧", "肖"},
                                                             {"傅", "付"}, {"阎", "闫"}, {"张", "章"}, {"陈", "程"},
                                                             {"婷", "停"}, {"英", "瑛"}};
    for (size_t i = 0; i + 3 <= h.name.size(); i += 3) {
      if (const auto it = swaps.find(h.name.substr(i, 3)); it != swaps.end()) {
        return h.name.substr(0, i) + it->second + h.name.substr(i + 3);
      }
    }
    return h.name.size() == 9 ? h.name.substr(0, 3) + h.name.substr(6) + h.name.substr(3, 3) : h.name;
  }

  // Number and name of one mention, with the standard's faults.
  void SetPerson(Register* r, uint32_t row, int role, uint32_t human, bool is_register) {
    RecordTable& t = *r->table;
    const PersonReference& ref = r->schema->persons[role];
    const Human& h = humans_[human];
    bool faulty = false;
    const double roll = static_cast<double>(random_.Below(1000000)) / 1e6;
    const double scale = is_register ? 0.1 : 1;
    if (roll < 0.03 * scale) {
      faulty = true;
    } else if (roll < 0.04 * scale) {
      std::string masked = h.number;
      std::fill(masked.begin() + 10, masked.begin() + 14, '*');
      t.SetBad(ref.number, row, Verdict::kMasked, masked);
      faulty = true;
    } else if (roll < 0.05 * scale) {
      std::string bad = h.number;
      const size_t at = 6 + random_.Below(11);
      bad[at] = bad[at] == '9' ? '0' : static_cast<char>(bad[at] + 1);
      t.SetBad(ref.number, row, Verdict::kBadCheck, bad);
      faulty = true;
    } else if (roll < 0.053 * scale) {
      t.SetText(ref.number, row, humans_[random_.Below(humans_.size())].number);
      faulty = true;
    } else if (roll < 0.058 * scale) {
      t.SetBad(ref.number, row, Verdict::kLossySpreadsheet, h.number.substr(0, 15) + "000");
      faulty = true;
    } else {
      t.SetText(ref.number, row, h.number);
    }
    if (random_.Chance(0.02 * scale)) {
      t.SetText(ref.name, row, FaultyName(h));
      faulty = true;
    } else {
      t.SetText(ref.name, row, h.name);
    }
    if (ref.birth_date >= 0) t.SetInt(ref.birth_date, row, h.birth.days + (random_.Chance(0.005) ? 365 : 0));
    if (ref.sex >= 0) t.SetInt(ref.sex, row, h.sex - 1);
    if (ref.address >= 0) t.SetText(ref.address, row, h.address);
    if (ref.phone >= 0)
      t.SetText(ref.phone, row,
                random_.Chance(0.85) ? h.phone : "138" + std::to_string(10000000 + random_.Below(89999999)));
    if (ref.organisation >= 0) t.SetText(ref.organisation, row, "E" + std::to_string(h.employer));
    const size_t roles = r->schema->persons.size();
    r->truth.resize(t.size() * roles, kNoPerson);
    r->faulty.resize(t.size() * roles);
    r->truth[row * roles + role] = human;
    r->faulty[row * roles + role] = faulty;
  }

  void MakeRegisters();

  Random random_;
  std::vector<Human> humans_;
  std::vector<Register> registers_;
};

PersonReference Reference(const RegistrySchema& s, const char* role, const char* prefix = "") {
  const auto field = [&](const char* name) { return s.FieldIndex(std::string(prefix) + name); };
  PersonReference ref;
  ref.role = role;
  ref.number = field("number");
  ref.name = field("name");
  ref.birth_date = field("birth_date");
  ref.sex = field("sex");
  ref.address = field("address");
  ref.phone = field("phone");
  ref.organisation = field("employer");
  ref.subject_key = field("personal_no");
  ref.household_key = field("household_no");
  return ref;
}

void City::MakeRegisters() {
  using enum FieldType;
  auto schema = Schema("household_registration", {{"record_no", kText},
                                                  {"number", kCitizenNumber},
                                                  {"name", kName},
                                                  {"birth_date", kDay},
                                                  {"sex", kCode},
                                                  {"household_no", kText},
                                                  {"relation", kCode},
                                                  {"address", kAddress}});
  schema->persons = {Reference(*schema, "self")};
  schema->household = {0, 5, 6, -1, -1};
  registers_.reserve(8);
  Register& hukou = Add(schema);
  for (uint32_t i = 0; i < humans_.size(); ++i) {
    const Human& h = humans_[i];
    const uint32_t row = hukou.table->AddRow("R" + std::to_string(10000000 + i), {});
    hukou.table->SetText(5, row, "H" + std::to_string(h.household));
    const bool first = i == 0 || humans_[i - 1].household != h.household;
    const bool second = !first && (i == 1 || humans_[i - 2].household != h.household);
    hukou.table->SetInt(6, row, first ? 0 : second ? 1 : h.sex == 1 ? 2 : 3);
    SetPerson(&hukou, row, 0, i, true);
  }
  const auto adult = [&](uint32_t i) { return humans_[i].birth.Ymd().year < 2004; };

  schema = Schema("social_insurance", {{"personal_no", kText},
                                       {"number", kCitizenNumber},
                                       {"name", kName},
                                       {"birth_date", kDay},
                                       {"sex", kCode},
                                       {"employer", kText},
                                       {"month", kText}});
  schema->persons = {Reference(*schema, "self")};
  Register& insurance = Add(schema);
  schema = Schema("medical", {{"settlement", kText},
                              {"personal_no", kText},
                              {"number", kCitizenNumber},
                              {"name", kName},
                              {"birth_date", kDay},
                              {"sex", kCode}});
  schema->persons = {Reference(*schema, "self")};
  Register& medical = Add(schema);
  schema =
      Schema("vehicles",
             {{"plate", kText}, {"number", kCitizenNumber}, {"name", kName}, {"phone", kPhone}, {"address", kAddress}});
  schema->persons = {Reference(*schema, "owner")};
  Register& vehicles = Add(schema);
  schema = Schema("accounts", {{"account", kText}, {"number", kCitizenNumber}, {"name", kName}, {"phone", kPhone}});
  schema->persons = {Reference(*schema, "holder")};
  Register& accounts = Add(schema);
  schema = Schema(
      "housing_fund",
      {{"personal_no", kText}, {"number", kCitizenNumber}, {"name", kName}, {"phone", kPhone}, {"employer", kText}});
  schema->persons = {Reference(*schema, "self")};
  Register& fund = Add(schema);
  schema =
      Schema("property",
             {{"unit", kText}, {"number", kCitizenNumber}, {"name", kName}, {"phone", kPhone}, {"address", kAddress}});
  schema->persons = {Reference(*schema, "holder")};
  Register& property = Add(schema);
  schema = Schema("marriage", {{"certificate", kText},
                               {"husband_number", kCitizenNumber},
                               {"husband_name", kName},
                               {"husband_birth_date", kDay},
                               {"wife_number", kCitizenNumber},
                               {"wife_name", kName},
                               {"wife_birth_date", kDay}});
  schema->persons = {Reference(*schema, "husband", "husband_"), Reference(*schema, "wife", "wife_")};
  schema->kin = {{KinKind::kSpouse, 0, 1}};
  Register& marriage = Add(schema);

  int serial = 0;
  const auto key = [&] { return "K" + std::to_string(100000000 + ++serial); };
  const auto row_of = [&](Register* r, uint32_t human, int subject_column) {
    const uint32_t row = r->table->AddRow(key(), {});
    if (subject_column >= 0) r->table->SetText(subject_column, row, "S" + std::to_string(human));
    SetPerson(r, row, 0, human, false);
  };
  for (uint32_t i = 0; i < humans_.size(); ++i) {
    if (random_.Chance(0.6)) {
      for (size_t n = 1 + random_.Below(3); n > 0; --n) row_of(&medical, i, 1);
    }
    if (!adult(i)) continue;
    if (random_.Chance(0.5)) {
      // Twelve months of one account: the faults are the account's, not the month's.
      const uint32_t first = static_cast<uint32_t>(insurance.table->size());
      row_of(&insurance, i, 0);
      for (int month = 1; month < 12; ++month) {
        insurance.table->AppendFrom(*insurance.table, first);
        insurance.truth.push_back(i);
        insurance.faulty.push_back(insurance.faulty[first]);
      }
    }
    if (random_.Chance(0.3)) row_of(&vehicles, i, -1);
    for (size_t n = random_.Below(3); n > 0; --n) row_of(&accounts, i, -1);
    if (random_.Chance(0.4)) row_of(&fund, i, 0);
    if (random_.Chance(0.3)) row_of(&property, i, -1);
    if (i + 1 < humans_.size() && humans_[i].household == humans_[i + 1].household &&
        (i == 0 || humans_[i - 1].household != humans_[i].household)) {
      const uint32_t row = marriage.table->AddRow(key(), {});
      SetPerson(&marriage, row, 0, i, false);
      SetPerson(&marriage, row, 1, i + 1, false);
    }
  }
}

double Pairs(double n) { return n * (n - 1) / 2; }

struct Quality {
  double precision = 0, recall = 0;
  double F1() const { return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall); }
};

// Pairs of mentions; with `faulty_only`, pairs that hold a faulty mention.
Quality Measure(const City& city, const LinkedPersons& linked, bool faulty_only) {
  struct Item {
    uint32_t truth, found;
    bool faulty;
  };
  std::vector<Item> items;
  for (size_t t = 0; t < city.registers().size(); ++t) {
    const Register& r = city.registers()[t];
    for (size_t i = 0; i < r.truth.size(); ++i) {
      if (linked.by_table[t][i] != kNoPerson) items.push_back({r.truth[i], linked.by_table[t][i], r.faulty[i] != 0});
    }
  }
  const auto count = [&](auto key) {
    std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) { return key(a) < key(b); });
    double pairs = 0;
    for (size_t i = 0; i < items.size();) {
      size_t j = i;
      double sound = 0;
      for (; j < items.size() && key(items[j]) == key(items[i]); ++j) sound += !items[j].faulty;
      pairs += Pairs(static_cast<double>(j - i)) - (faulty_only ? Pairs(sound) : 0);
      i = j;
    }
    return pairs;
  };
  const double both = count([](const Item& a) { return uint64_t{a.truth} << 32 | a.found; });
  const double found = count([](const Item& a) { return uint64_t{a.found}; });
  const double truth = count([](const Item& a) { return uint64_t{a.truth}; });
  return {both / found, both / truth};
}

int Run(size_t persons, int threads) {
  const City city(persons);
  std::vector<const RecordTable*> tables;
  size_t bytes = 0;
  for (const Register& r : city.registers()) {
    tables.push_back(r.table.get());
    bytes += r.table->MemoryBytes();
  }
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const auto models = LoadLinkModels(HEARTH_SOURCE_DIR "/packs/link/person.yaml", {});
  HEARTH_CHECK(models.ok(), Message(models.status()));
  LinkStats stats;
  LinkOptions options{.threads = threads};
  double last = 0;
  options.on_phase = [&](std::string_view phase) {
    std::printf("  %.*s %.2f s\n", static_cast<int>(phase.size()), phase.data(), seconds() - last);
    last = seconds();
  };
  const LinkedPersons linked = LinkPersons(tables, *models, {}, {}, options, &stats);
  const double link_seconds = seconds();
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  const Families families = BuildFamilies(tables, linked, CivilDay::FromYmd(2024, 3, 1).value(), FamilyOptions{});
  const double family_seconds = seconds() - link_seconds;
  uint64_t hash = 0;
  for (const Person& p : linked.persons) {
    const uint64_t parts[3] = {hash, p.id.value, p.mention_count};
    hash = XXH3_64bits(parts, sizeof parts);
  }
  for (const FamilyUnit& u : families.units) {
    const uint64_t parts[3] = {hash, u.id.value, u.members.size()};
    hash = XXH3_64bits(parts, sizeof parts);
  }
  std::printf("%zu persons, %d threads: %llu mentions, %llu identities, %zu found persons, %llu candidate pairs\n",
              persons, threads, static_cast<unsigned long long>(stats.mentions),
              static_cast<unsigned long long>(stats.identities), linked.persons.size(),
              static_cast<unsigned long long>(stats.candidate_pairs));
  std::printf(
      "joins: number %llu, subject %llu, old %llu, probable %llu; conflicts %llu, reviews %zu, prior %.1f\n",
      static_cast<unsigned long long>(stats.by_number), static_cast<unsigned long long>(stats.by_subject_key),
      static_cast<unsigned long long>(stats.by_old_number), static_cast<unsigned long long>(stats.by_probability),
      static_cast<unsigned long long>(stats.number_conflicts), linked.reviews.size(), stats.trained.common.prior_bits);
  for (const Comparison& c : stats.trained.common.comparisons) {
    std::printf("  %s:", std::string(ComparisonName(c.kind)).c_str());
    for (size_t l = 0; l < c.levels.size(); ++l) {
      std::printf(" %s %.2g/%.2g", std::string(LevelNames(c.kind)[l]).c_str(), c.levels[l].m, c.levels[l].u);
    }
    std::printf("\n");
  }
  for (const bool faulty : {false, true}) {
    const Quality q = Measure(city, linked, faulty);
    std::printf("%s: precision %.5f recall %.5f F1 %.5f\n", faulty ? "faulty" : "all   ", q.precision, q.recall,
                q.F1());
  }
  std::printf(
      "link %.1f s, families %.1f s (%zu units, %zu findings); tables %.0f MiB, peak %.0f MiB over them; hash "
      "%016llx\n",
      link_seconds, family_seconds, families.units.size(), families.findings.size(),
      static_cast<double>(bytes) / (1 << 20), static_cast<double>(after.ru_maxrss - before.ru_maxrss) / 1024,
      static_cast<unsigned long long>(hash));
  return 0;
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--tiny") return hearth::Run(500, 2);
  const size_t persons = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20000;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  return hearth::Run(std::max<size_t>(persons, 10), std::max(threads, 1));
}
