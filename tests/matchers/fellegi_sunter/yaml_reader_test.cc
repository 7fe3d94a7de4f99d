#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/person_name.h"
#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

constexpr std::string_view kSmall = R"yaml(
linkage_model: small
link: dedupe
blocking:
  - [last_name, dob]
comparisons:
  - of: first_name
    levels: [exact, else]
)yaml";

Model Read(std::string_view text) {
  StatusOr<Model> model = ReadModel(text, "m.yaml");
  if (!model.ok()) ADD_FAILURE() << Message(model.status());
  return model.ok() ? *std::move(model) : Model();
}

// The small model with other text in place of some of it.
std::string With(std::string_view old, std::string_view text) {
  std::string out(kSmall);
  out.replace(out.find(old), old.size(), text);
  return out;
}

std::string NameOf(const Model& model, ColumnIndex column) { return model.columns[column].name; }

TEST(ModelReader, SmallModelHasNullAndElseLevels) {
  const Model model = Read(kSmall);
  EXPECT_EQ(model.name, "small");
  EXPECT_EQ(model.id_column, "unique_id");
  ASSERT_EQ(model.blocking.size(), 1u);
  EXPECT_EQ(model.blocking[0].text, "last_name + dob");
  ASSERT_EQ(model.comparisons.size(), 1u);
  const Comparison& c = model.comparisons[0];
  EXPECT_EQ(c.name, "first_name");
  ASSERT_EQ(c.levels.size(), 3u);
  EXPECT_TRUE(c.levels[0].is_null);
  EXPECT_EQ(c.levels[0].when.test, linkage::Test::kNull);
  EXPECT_EQ(NameOf(model, c.levels[0].when.a), "first_name");
  EXPECT_TRUE(c.levels[1].exact);
  EXPECT_EQ(c.levels[2].when.test, linkage::Test::kElse);
}

TEST(ModelReader, LevelsWithoutElseGetOneAndANullLevelMayBeRefused) {
  const Model model = Read(With("    levels: [exact, else]", "    levels: [exact]\n    null_level: false"));
  ASSERT_EQ(model.comparisons[0].levels.size(), 2u);
  EXPECT_EQ(model.comparisons[0].levels[1].when.test, linkage::Test::kElse);
}

TEST(ModelReader, APlainNullIsTheNullLevelWhereItStands) {
  const Model model = Read(With("[exact, else]", "[exact, null, else]"));
  EXPECT_TRUE(model.comparisons[0].levels[1].is_null);
  EXPECT_EQ(model.comparisons[0].levels.size(), 3u);
}

TEST(ModelReader, NullOfSeveralColumnsIsAnyOfThem) {
  const Model two = Read(With("of: first_name", "of: [lat, lng]\n    name: place"));
  EXPECT_EQ(ConditionText(two.comparisons[0].levels[0].when, two), "null(lat, lng)");
  EXPECT_EQ(ConditionText(two.comparisons[0].levels[1].when, two), "exact(lat) and exact(lng)");
  const Model three = Read(With("of: first_name", "of: [a, b, c]"));
  EXPECT_EQ(ConditionText(three.comparisons[0].levels[0].when, three), "null(a) or null(b) or null(c)");
  EXPECT_EQ(three.comparisons[0].name, "a_b_c");
}

TEST(ModelReader, DerivedColumnsCarryTheirStepsInPlaceOnesAddTheirs) {
  const Model model = Read(With("blocking:\n  - [last_name, dob]", R"yaml(columns:
  dob: {from: date_of_birth, steps: ["date %Y%m%d"]}
  full_name: {from: [first_name, last_name], steps: [fold, sorted_tokens]}
blocking:
  - [full_name, "dob|substr  1 4"])yaml"));
  const auto year = FindColumn(model, "dob | substr 1 4");
  ASSERT_TRUE(year.has_value());
  const ColumnSpec& spec = model.columns[*year];
  EXPECT_EQ(spec.from[0], std::vector<std::string>{"date_of_birth"});
  ASSERT_EQ(spec.steps.size(), 2u);
  EXPECT_EQ(spec.steps[0].kind, StepKind::kDate);
  EXPECT_EQ(spec.steps[1], (Step{StepKind::kSubstr, 1, 4, ""}));
  const ColumnSpec& full = model.columns[*FindColumn(model, "full_name")];
  EXPECT_EQ(full.from[1], (std::vector<std::string>{"first_name", "last_name"}));
}

TEST(ModelReader, LeftAndRightNameTheirOwnHeadings) {
  const Model model = Read(With("link: dedupe", "link: link\ncolumns: {phone: {left: tel, right: mobile}}"));
  EXPECT_EQ(model.columns[0].from[0], std::vector<std::string>{"tel"});
  EXPECT_EQ(model.columns[0].from[1], std::vector<std::string>{"mobile"});
}

TEST(ModelReader, BlockingRulesHaveFiltersBoundsAndReversedColumns) {
  const Model model =
      Read(With("  - [last_name, dob]", R"yaml(  - {on: [last_name], max_block: 5000, where: "levenshtein(dob) <= 2"}
  - {on: ["given_name = surname", "surname = given_name"]}
  - phone)yaml"));
  ASSERT_EQ(model.blocking.size(), 3u);
  EXPECT_EQ(model.blocking[0].max_block, 5000u);
  EXPECT_EQ(model.blocking[0].text, "last_name where levenshtein(dob) <= 2");
  EXPECT_EQ(model.blocking[1].text, "given_name = surname + surname = given_name");
  EXPECT_NE(model.blocking[1].parts[0].left, model.blocking[1].parts[0].right);
  EXPECT_EQ(model.blocking[2].text, "phone");
}

TEST(ModelReader, TermFrequencyOfTheComparisonIsThatOfItsExactLevel) {
  const Model model = Read(With("levels: [exact, else]", "term_frequency: true\n    levels: [exact, jaro >= 0.9]"));
  const std::vector<Level>& levels = model.comparisons[0].levels;
  ASSERT_TRUE(levels[1].tf_column.has_value());
  EXPECT_EQ(levels[1].tf_level, 1);
  EXPECT_EQ(levels[1].tf_weight, 1);
  EXPECT_FALSE(levels[2].tf_column.has_value());
}

TEST(ModelReader, TermFrequencyReachesListedFuzzyLevels) {
  const Model model = Read(With("levels: [exact, else]", R"yaml(levels: ["jaro >= 0.95", exact, "jaro >= 0.9", else]
    term_frequency: {weight: 0.5, minimum_u: 0.001, levels: [exact, "jaro >= 0.95"]})yaml"));
  const std::vector<Level>& levels = model.comparisons[0].levels;
  EXPECT_EQ(levels[1].tf_level, 2);
  EXPECT_EQ(levels[1].tf_weight, 0.5);
  EXPECT_EQ(levels[1].tf_minimum_u, 0.001);
  EXPECT_EQ(levels[2].tf_level, 2);
  EXPECT_FALSE(levels[3].tf_column.has_value());
}

TEST(ModelReader, ALevelsOwnTermFrequencyMayTakeItsOwnU) {
  const Model model = Read(With("levels: [exact, else]", R"yaml(levels:
      - exact
      - {when: "jaro >= 0.9", term_frequency: {own_u: true}})yaml"));
  EXPECT_EQ(model.comparisons[0].levels[2].tf_level, 2);
}

TEST(ModelReader, GivenProbabilitiesAndLabelsStand) {
  const Model model = Read(
      With("levels: [exact, else]", "levels: [{when: exact, m: 0.9, u: 0.0001, label: Same, fixed_m: true}, else]"));
  const Level& level = model.comparisons[0].levels[1];
  EXPECT_EQ(level.m, 0.9);
  EXPECT_EQ(level.u, 0.0001);
  EXPECT_EQ(level.label, "Same");
  EXPECT_TRUE(level.fixed_m);
  EXPECT_FALSE(level.fixed_u);
  EXPECT_EQ(model.comparisons[0].levels[2].label, "else");
}

TEST(ModelReader, ReadyMadeLevelsExpand) {
  for (const std::string_view list :
       {"equal", "name", "chinese_name", "date_of_birth", "number", "email", "postcode", "organisation", "amount"}) {
    const Model model = Read(With("levels: [exact, else]", "use: " + std::string(list)));
    ASSERT_EQ(model.comparisons.size(), 1u) << list;
    EXPECT_GE(model.comparisons[0].levels.size(), 3u) << list;
    EXPECT_EQ(Read(WriteModel(model)), model) << list;
  }
  const Model place =
      Read(With("of: first_name\n    levels: [exact, else]", "of: [lat, lng]\n    use: place\n    name: home"));
  EXPECT_EQ(ConditionText(place.comparisons[0].levels[2].when, place), "km(lat, lng) <= 10");
}

TEST(ModelReader, TrainingPriorAndThresholdsAreRead) {
  const Model model = Read(std::string(kSmall) + R"yaml(prior: {rules: [[first_name, last_name, dob]], recall: 0.8}
training: {u_pairs: 1e8, seed: 18446744073709551615, em: [[last_name], [dob, middle_name]], iterations_max: 20, tolerance: 0.001}
thresholds: {link: 0.95, review: 0.4, cluster: [0.9, 0.99]}
clusters: connected
pairs_max: 1e6
)yaml");
  EXPECT_FALSE(model.prior.has_value());
  EXPECT_EQ(model.training.recall, 0.8);
  EXPECT_EQ(model.training.u_pairs, 1e8);
  EXPECT_EQ(model.training.seed, UINT64_MAX);
  EXPECT_EQ(model.training.em_rules.size(), 2u);
  EXPECT_EQ(model.training.iterations_max, 20);
  EXPECT_EQ(model.training.tolerance, 0.001);
  EXPECT_EQ(model.link_probability, 0.95);
  EXPECT_EQ(model.review_probability, 0.4);
  EXPECT_EQ(model.cluster_probabilities, (std::vector<double>{0.9, 0.99}));
  EXPECT_EQ(model.cluster_method, ClusterMethod::kConnected);
  EXPECT_EQ(model.pairs_max, 1e6);
  EXPECT_EQ(Read(WriteModel(model)), model);
}

TEST(ModelReader, OrderOfSectionsDoesNotMatter) {
  const std::string turned =
      "comparisons:\n  - {levels: [exact, else], of: first_name}\nblocking: [[last_name, dob]]\nlink: dedupe\n"
      "linkage_model: small\n";
  EXPECT_EQ(Read(turned), Read(kSmall));
}

TEST(ModelWriter, WritesBackAnEqualModel) {
  const Model model = Read(R"yaml(
linkage_model: "people: of 云泽"
id_column: Record No.
source_column: source
link: link
one_to_one: true
bytes: true
columns:
  dob: {from: date_of_birth, steps: ["date %d/%m/%Y", 'null_if "1900-01-01"']}
  phone: {left: [tel, tel2], right: mobile, steps: [digits, last 8]}
  tags: {from: "tags|raw", steps: ['split "|"', fold]}
  "姓名": {from: name}
blocking:
  - ['"last, name"', "dob | substr 1 4"]
  - {on: [tags], max_block: 50, where: "not exact(dob) and (null(phone) or jaro(姓名) >= 0.8)"}
comparisons:
  - of: [dob, "dob | substr 1 4"]
    name: birth
    levels: ["exact(dob)", "day_month_swapped(dob)", "days(dob) <= 31", "months(dob) <= 1.5", "exact(dob | substr 1 4)"]
  - of: "姓名"
    levels:
      - {when: "null", label: missing}
      - {when: "literal = \"无\"", label: "no \"name\""}
      - {when: exact, m: 0.1, u: 1e-300, term_frequency: {minimum_u: 0.001, weight: 0.25}}
      - {when: name <= homophone, term_frequency: true}
      - {when: name_similarity >= 0.5, term_frequency: {own_u: true}, m: 0.3}
      - else
  - of: tags
    levels: [common >= 2, common >= 1]
  - name: names
    levels:
      - {when: "null(given) and null(sur)", is_null: true}
      - "reversed(given, sur)"
      - "either_reversed(given, sur) or not (exact(given) and not exact(sur))"
      - "(exact(given) or exact(sur)) and exact(dob)"
  - name: income
    null_level: false
    levels: [number(income) within 3, percent(income) within 12.5, percent(income) within 10, percent(income) within 33]
  - name: place
    levels: ["km(lat, lng) <= 10"]
)yaml");
  const std::string text = WriteModel(model);
  EXPECT_EQ(Read(text), model) << text;
  EXPECT_EQ(WriteModel(Read(text)), text);
}

TEST(ModelWriter, ShowsWhatWasDecidedAndNoDefaults) {
  EXPECT_EQ(WriteModel(Read(With("levels: [exact, else]", "term_frequency: true\n    use: name"))),
            R"yaml(linkage_model: small
id_column: unique_id
link: dedupe
blocking:
  - [last_name, dob]
comparisons:
  - of: first_name
    levels:
      - "null"
      - {when: exact, term_frequency: {column: first_name}}
      - jaro_winkler >= 0.92
      - jaro_winkler >= 0.88
      - jaro_winkler >= 0.7
      - else
thresholds: {link: 0.9, review: 0.5}
)yaml");
}

TEST(Conditions, CanonicalTextReadsBack) {
  constexpr struct {
    std::string_view text, canonical;
  } kCases[] = {
      {"exact", "exact(x)"},
      {"exact( a )", "exact(a)"},
      {"exact(\"a, b\")", "exact(\"a, b\")"},
      {"levenshtein<=2", "levenshtein(x) <= 2"},
      {"damerau(a|substr 1 3) <= 0", "damerau(a | substr 1 3) <= 0"},
      {"jaccard >= 1e-1", "jaccard(x) >= 0.1"},
      {"name <= exact", "name(x) <= exact"},
      {"organisation_similarity >= 1", "organisation_similarity(x) >= 1"},
      {"percent within 10", "percent(x) within 10"},
      {"percent within 1e1", "percent(x) within 10"},
      {"number within 2.5", "number(x) within 2.5"},
      {"literal = \"say \"\"hi\"\"\"", "literal(x) = \"say \"\"hi\"\"\""},
      {"null(a, b)", "null(a, b)"},
      {"null(a, b, c)", "null(a) or null(b) or null(c)"},
      {"not not exact", "not not exact(x)"},
      {"exact(a) or exact(b) and exact(c)", "exact(a) or exact(b) and exact(c)"},
      {"(exact(a) or exact(b)) and exact(c)", "(exact(a) or exact(b)) and exact(c)"},
      {"exact(a) and (exact(b) and exact(c))", "exact(a) and (exact(b) and exact(c))"},
      {"not (exact(a) or exact(b))", "not (exact(a) or exact(b))"},
      {"((exact))", "exact(x)"},
      {"else", "else"},
  };
  for (const auto& c : kCases) {
    Model model;
    const ColumnIndex x = InternColumn("x", &model).value();
    const StatusOr<Condition> read = ParseCondition(c.text, {x}, &model);
    ASSERT_TRUE(read.ok()) << c.text << ": " << Message(read.status());
    const std::string text = ConditionText(*read, model);
    EXPECT_EQ(text, c.canonical);
    EXPECT_EQ(ParseCondition(text, {x}, &model).value(), *read) << c.text;
  }
}

TEST(Conditions, PercentIsAShareInside) {
  Model model;
  EXPECT_EQ(ParseCondition("percent(a) within 10", {}, &model)->bound, 0.1);
  EXPECT_EQ(ParseCondition("name(a) <= homophone", {}, &model)->bound, static_cast<double>(NameAgreement::kHomophone));
}

TEST(Conditions, WrongOnesSayWhatIsRight) {
  constexpr struct {
    std::string_view text, message;
  } kCases[] = {
      {"", "in \"\": a test is expected, such as exact or levenshtein <= 1"},
      {"exakt", "in \"exakt\": unknown test \"exakt\"; did you mean \"exact\"?"},
      {"exact(", "in \"exact(\": a parenthesis is not closed"},
      {"exact(a, b)", "in \"exact(a, b)\": exact takes one column; join tests with and"},
      {"exact exact", "in \"exact exact\": \"exact\" is left over; and, or expected"},
      {"(exact", "in \"(exact\": a parenthesis is not closed"},
      {"exact or else", "in \"exact or else\": else stands alone"},
      {"jaro <= 0.9", "in \"jaro <= 0.9\": jaro needs >= and a number from 0 to 1"},
      {"jaro >= 9", "in \"jaro >= 9\": jaro >= needs a number from 0 to 1, not \"9\""},
      {"jaro >= nan", "in \"jaro >= nan\": jaro >= needs a number from 0 to 1, not \"nan\""},
      {"levenshtein <= 1.5", "in \"levenshtein <= 1.5\": levenshtein <= needs a whole number from 0, not \"1.5\""},
      {"levenshtein", "in \"levenshtein\": levenshtein needs <= and a whole number from 0"},
      {"percent within 120", "in \"percent within 120\": percent within needs a number from 0 to 100, not \"120\""},
      {"common >= 0", "in \"common >= 0\": common >= needs a whole number from 1, not \"0\""},
      {"name <= clash",
       "in \"name <= clash\": \"clash\" is no name level; they are exact, variant, homophone, look_alike, truncated, "
       "transposed, one_character"},
      {"km <= 1", "in \"km <= 1\": km needs two columns, as in km(lat, lng) <= 10"},
      {"reversed(a, a)", "in \"reversed(a, a)\": reversed needs two different columns"},
      {"literal = x", "in \"literal = x\": literal = needs a text in double quotes"},
      {"exact(a | lowr)", "in \"exact(a | lowr)\": unknown step \"lowr\"; did you mean \"lower\"?"},
      {"exact()", "in \"exact()\": a column name is missing"},
  };
  for (const auto& c : kCases) {
    Model model;
    const ColumnIndex x = InternColumn("x", &model).value();
    const StatusOr<Condition> read = ParseCondition(c.text, {x}, &model);
    ASSERT_FALSE(read.ok()) << c.text;
    EXPECT_EQ(Message(read.status()), c.message);
  }
  Model model;
  EXPECT_EQ(Message(ParseCondition("exact", {}, &model).status()),
            "in \"exact\": exact needs a column, as in exact(dob)");
}

TEST(Conditions, DeepNestingIsRefused) {
  Model model;
  const std::string deep = std::string(100000, '(') + "exact(a)" + std::string(100000, ')');
  EXPECT_FALSE(ParseCondition(deep, {}, &model).ok());
  std::string nots;
  for (int i = 0; i < 100000; ++i) nots += "not ";
  EXPECT_FALSE(ParseCondition(nots + "exact(a)", {}, &model).ok());
}

TEST(Steps, CanonicalTextReadsBackAndWrongOnesAreRefused) {
  for (const std::string_view text :
       {"lower", "fold", "digits", "letters", "substr 1 4", "last 4", "sorted_tokens", "first_token", "last_token",
        "pinyin", "name_key", "date %Y-%m-%d", "null_if \"a | b\"", "tokens", "split \",\"", "qgrams 3", "one_edit"}) {
    const StatusOr<Step> step = ParseStep(text);
    ASSERT_TRUE(step.ok()) << text << Message(step.status());
    EXPECT_EQ(StepText(*step), text);
  }
  for (const std::string_view text : {"", "lower 1", "substr 4", "substr 0 4", "substr 1 0", "last -1", "qgrams x",
                                      "date %Y-%m", "date %Y%Y%m%d", "date", "split", "null_if \"\"", "split \"a"}) {
    EXPECT_FALSE(ParseStep(text).ok()) << text;
  }
}

TEST(CheckHeadings, NamesTheMissingHeadingAndTheNearest) {
  const Model model = Read(kSmall);
  EXPECT_TRUE(CheckHeadings(model, 0, {"unique_id", "first_name", "last_name", "dob", "more"}).ok());
  EXPECT_EQ(Message(CheckHeadings(model, 0, {"unique_id", "first_nam", "last_name", "dob"})),
            "the table has no column \"first_name\" (comparison first_name); did you mean \"first_nam\"?");
  EXPECT_EQ(Message(CheckHeadings(model, 0, {"id", "first_name", "last_name", "dob"})),
            "the table has no column \"unique_id\" (id_column); it has id, first_name, last_name, dob");
  EXPECT_EQ(
      Message(CheckHeadings(model, 0, {"unique_id", "plate", "owner"})),
      "the table has no column \"last_name\" (blocking rule last_name + dob); it has unique_id, plate, owner; 3 of "
      "the model's 4 columns are missing: a model for other columns");
  EXPECT_EQ(Message(CheckHeadings(model, 0, {"plate", "owner"})),
            "a model for other columns: none of its 4 columns (dob, first_name, last_name, unique_id) is among the 2 "
            "headings of the table; is its first row a header?");
}

TEST(CheckHeadings, LooksAtTheTableOfItsOwnSide) {
  const Model model = Read(With("link: dedupe", "link: link\ncolumns: {first_name: {left: fn, right: given}}"));
  EXPECT_TRUE(CheckHeadings(model, 0, {"unique_id", "fn", "last_name", "dob"}).ok());
  EXPECT_FALSE(CheckHeadings(model, 1, {"unique_id", "fn", "last_name", "dob"}).ok());
  EXPECT_TRUE(CheckHeadings(model, 1, {"unique_id", "given", "last_name", "dob"}).ok());
}

TEST(ModelReader, TheExampleOfTheFormatsPageLoads) {
  const std::string page = ReadFile(fs::path(HEARTH_SOURCE_DIR) / "docs" / "formats.md");
  const size_t section = page.find("## Linkage models");
  ASSERT_NE(section, std::string::npos);
  const size_t begin = page.find("```yaml\n", section) + 8, end = page.find("```", begin);
  const Model model = Read(page.substr(begin, end - begin));
  EXPECT_EQ(model.comparisons.size(), 4u);
  EXPECT_EQ(Read(WriteModel(model)), model);
}

TEST(ModelWriter, AnyCharacterOfANameSurvives) {
  for (const std::string& odd : {std::string("a\tb"), std::string("a\nb"), std::string("\x01"),
                                 std::string("a\xC2\x85"
                                             "b"),
                                 std::string("\xE2\x80\xA8"),
                                 std::string("\xEF\xBB\xBF"
                                             "a"),
                                 std::string("# a: b"), std::string("null"), std::string("- a"), std::string("a\\b"),
                                 std::string("true"), std::string("\xF0\xA0\xAE\xB7"), std::string("'a'")}) {
    Model model = Read(kSmall);
    model.name = model.id_column = odd;
    model.columns[0].from[0] = model.columns[0].from[1] = {odd};
    const StatusOr<Model> again = ReadModel(WriteModel(model), "m.yaml");
    ASSERT_TRUE(again.ok()) << odd << ": " << Message(again.status());
    EXPECT_EQ(again->name, odd);
    EXPECT_EQ(again->id_column, odd);
    EXPECT_EQ(again->columns[0].from[0][0], odd);
  }
}

// Models that must not load: bad/*.yaml, the .expected beside each the whole message. HEARTH_REWRITE_GOLDEN=1 writes
// the messages anew; the difference is read before it is kept.
TEST(BadModels, EachIsRefusedWithItsWholeMessage) {
  const fs::path folder = fs::path(HEARTH_SOURCE_DIR) / "tests" / "matchers" / "fellegi_sunter" / "bad";
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++seen;
    fs::path golden = entry.path();
    golden.replace_extension(".expected");
    const std::string name = entry.path().filename().string();
    const StatusOr<Model> model = ReadModel(ReadFile(entry.path()), name);
    ASSERT_FALSE(model.ok()) << name << " loads, though it is bad";
    EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument) << name;
    const std::string found = Message(model.status()) + "\n";
    if (std::getenv("HEARTH_REWRITE_GOLDEN") != nullptr) {
      std::ofstream(golden, std::ios::binary) << found;
      continue;
    }
    EXPECT_EQ(found, ReadFile(golden)) << name;
  }
  EXPECT_GE(seen, 30);
}

}  // namespace
}  // namespace hearth::linkage
