#include "core/relation_code.h"

#include <algorithm>
#include <string>

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

// Sorted by code. Codes 3 and 98 were dropped in 2008.
constexpr Relation kRelations[] = {
    {1, "本人", "self", 0, RelationEdge::kSelf},
    {2, "户主", "head", 0, RelationEdge::kSelf},
    {10, "配偶", "spouse", 0, RelationEdge::kSpouse},
    {11, "夫", "husband", 1, RelationEdge::kSpouse},
    {12, "妻", "wife", 2, RelationEdge::kSpouse},
    {20, "子", "son", 1, RelationEdge::kChild},
    {21, "独生子", "only_son", 1, RelationEdge::kChild},
    {22, "长子", "first_son", 1, RelationEdge::kChild},
    {23, "次子", "second_son", 1, RelationEdge::kChild},
    {24, "三子", "third_son", 1, RelationEdge::kChild},
    {25, "四子", "fourth_son", 1, RelationEdge::kChild},
    {26, "五子", "fifth_son", 1, RelationEdge::kChild},
    {27, "养子或继子", "adopted_or_step_son", 1, RelationEdge::kChildAdoptedOrStep},
    {28, "女婿", "son_in_law", 1, RelationEdge::kChildInLaw},
    {29, "其他儿子", "other_son", 1, RelationEdge::kChild},
    {30, "女", "daughter", 2, RelationEdge::kChild},
    {31, "独生女", "only_daughter", 2, RelationEdge::kChild},
    {32, "长女", "first_daughter", 2, RelationEdge::kChild},
    {33, "次女", "second_daughter", 2, RelationEdge::kChild},
    {34, "三女", "third_daughter", 2, RelationEdge::kChild},
    {35, "四女", "fourth_daughter", 2, RelationEdge::kChild},
    {36, "五女", "fifth_daughter", 2, RelationEdge::kChild},
    {37, "养女或继女", "adopted_or_step_daughter", 2, RelationEdge::kChildAdoptedOrStep},
    {38, "儿媳", "daughter_in_law", 2, RelationEdge::kChildInLaw},
    {39, "其他女儿", "other_daughter", 2, RelationEdge::kChild},
    {40, "孙子、孙女、外孙子、外孙女", "grandchild", 0, RelationEdge::kGrandchild},
    {41, "孙子", "sons_son", 1, RelationEdge::kGrandchild},
    {42, "孙女", "sons_daughter", 2, RelationEdge::kGrandchild},
    {43, "外孙子", "daughters_son", 1, RelationEdge::kGrandchild},
    {44, "外孙女", "daughters_daughter", 2, RelationEdge::kGrandchild},
    {45, "孙媳妇或外孙媳妇", "grandsons_wife", 2, RelationEdge::kGrandchildInLaw},
    {46, "孙女婿或外孙女婿", "granddaughters_husband", 1, RelationEdge::kGrandchildInLaw},
    {47, "曾孙子或外曾孙子", "great_grandson", 1, RelationEdge::kGreatGrandchild},
    {48, "曾孙女或外曾孙女", "great_granddaughter", 2, RelationEdge::kGreatGrandchild},
    {49, "其他孙子、孙女、外孙子、外孙女", "other_grandchild", 0, RelationEdge::kGrandchild},
    {50, "父母", "parent", 0, RelationEdge::kParent},
    {51, "父亲", "father", 1, RelationEdge::kParent},
    {52, "母亲", "mother", 2, RelationEdge::kParent},
    {53, "公公", "husbands_father", 1, RelationEdge::kParentInLaw},
    {54, "婆婆", "husbands_mother", 2, RelationEdge::kParentInLaw},
    {55, "岳父", "wifes_father", 1, RelationEdge::kParentInLaw},
    {56, "岳母", "wifes_mother", 2, RelationEdge::kParentInLaw},
    {57, "继父或养父", "step_or_adoptive_father", 1, RelationEdge::kParentAdoptedOrStep},
    {58, "继母或养母", "step_or_adoptive_mother", 2, RelationEdge::kParentAdoptedOrStep},
    {59, "其他父母关系", "other_parent", 0, RelationEdge::kParent},
    {60, "祖父母或外祖父母", "grandparent", 0, RelationEdge::kGrandparent},
    {61, "祖父", "fathers_father", 1, RelationEdge::kGrandparent},
    {62, "祖母", "fathers_mother", 2, RelationEdge::kGrandparent},
    {63, "外祖父", "mothers_father", 1, RelationEdge::kGrandparent},
    {64, "外祖母", "mothers_mother", 2, RelationEdge::kGrandparent},
    {65, "配偶的祖父母或外祖父母", "spouses_grandparent", 0, RelationEdge::kGrandparentInLaw},
    {66, "曾祖父", "great_grandfather", 1, RelationEdge::kGreatGrandparent},
    {67, "曾祖母", "great_grandmother", 2, RelationEdge::kGreatGrandparent},
    {68, "配偶的曾祖父母、外曾祖父母", "spouses_great_grandparent", 0, RelationEdge::kGreatGrandparentInLaw},
    {69, "其他祖父母或外祖父母", "other_grandparent", 0, RelationEdge::kGrandparent},
    {70, "兄、弟、姐、妹", "sibling", 0, RelationEdge::kSibling},
    {71, "兄", "elder_brother", 1, RelationEdge::kSibling},
    {72, "嫂", "elder_brothers_wife", 2, RelationEdge::kSiblingInLaw},
    {73, "弟", "younger_brother", 1, RelationEdge::kSibling},
    {74, "弟媳", "younger_brothers_wife", 2, RelationEdge::kSiblingInLaw},
    {75, "姐姐", "elder_sister", 2, RelationEdge::kSibling},
    {76, "姐夫", "elder_sisters_husband", 1, RelationEdge::kSiblingInLaw},
    {77, "妹妹", "younger_sister", 2, RelationEdge::kSibling},
    {78, "妹夫", "younger_sisters_husband", 1, RelationEdge::kSiblingInLaw},
    {79, "其他兄弟姐妹", "other_sibling", 0, RelationEdge::kSibling},
    {80, "其他", "other", 0, RelationEdge::kNone},
    {81, "伯父", "fathers_elder_brother", 1, RelationEdge::kKin},
    {82, "伯母", "his_wife", 2, RelationEdge::kKin},
    {83, "叔父", "fathers_younger_brother", 1, RelationEdge::kKin},
    {84, "婶母", "his_wife", 2, RelationEdge::kKin},
    {85, "舅父", "mothers_brother", 1, RelationEdge::kKin},
    {86, "舅母", "his_wife", 2, RelationEdge::kKin},
    {87, "姨父", "mothers_sisters_husband", 1, RelationEdge::kKin},
    {88, "姨母", "mothers_sister", 2, RelationEdge::kKin},
    {89, "姑父", "fathers_sisters_husband", 1, RelationEdge::kKin},
    {90, "姑母", "fathers_sister", 2, RelationEdge::kKin},
    {91, "堂兄弟、堂姐妹", "paternal_cousin", 0, RelationEdge::kKin},
    {92, "表兄弟、表姐妹", "other_cousin", 0, RelationEdge::kKin},
    {93, "侄子", "brothers_son", 1, RelationEdge::kKin},
    {94, "侄女", "brothers_daughter", 2, RelationEdge::kKin},
    {95, "外甥", "sisters_son", 1, RelationEdge::kKin},
    {96, "外甥女", "sisters_daughter", 2, RelationEdge::kKin},
    {97, "其他亲属", "other_kin", 0, RelationEdge::kKin},
    {99, "非亲属", "not_kin", 0, RelationEdge::kNone},
};

struct Term {
  std::string_view term;
  int code;
};

// Terms met in feeds beside the standard's own. 媳妇 is the wife in most feeds, though some places mean the son's wife;
// a wrong reading shows as a finding on age, never decides alone.
constexpr Term kTerms[] = {
    {"自己", 1},        {"户主本人", 1},    {"本户", 1},      {"家长", 2},      {"户长", 2},      {"主", 2},
    {"爱人", 10},       {"夫妻", 10},       {"对象", 10},     {"丈夫", 11},     {"老公", 11},     {"男人", 11},
    {"配偶(夫)", 11},   {"夫婿", 11},       {"丈", 11},       {"当家的", 11},   {"妻子", 12},     {"老婆", 12},
    {"媳妇", 12},       {"内人", 12},       {"配偶(妻)", 12}, {"堂客", 12},     {"婆娘", 12},     {"老伴", 12},
    {"儿", 20},         {"儿子", 20},       {"男孩", 20},     {"崽", 20},       {"伢子", 20},     {"囝", 20},
    {"之子", 20},       {"婚生子", 20},     {"独子", 21},     {"长男", 22},     {"大儿子", 22},   {"大儿", 22},
    {"老大", 22},       {"二子", 23},       {"次男", 23},     {"二儿子", 23},   {"二儿", 23},     {"三男", 24},
    {"三儿子", 24},     {"三儿", 24},       {"四男", 25},     {"四儿子", 25},   {"五男", 26},     {"五儿子", 26},
    {"养子", 27},       {"继子", 27},       {"义子", 27},     {"过继子", 27},   {"婿", 28},       {"上门女婿", 28},
    {"赘婿", 28},       {"郎", 28},         {"女儿", 30},     {"闺女", 30},     {"丫头", 30},     {"囡", 30},
    {"女孩", 30},       {"之女", 30},       {"婚生女", 30},   {"独女", 31},     {"大女儿", 32},   {"大女", 32},
    {"二女", 33},       {"二女儿", 33},     {"三女儿", 34},   {"四女儿", 35},   {"五女儿", 36},   {"养女", 37},
    {"继女", 37},       {"义女", 37},       {"媳", 38},       {"儿媳妇", 38},   {"新妇", 38},     {"子媳", 38},
    {"孙", 40},         {"孙辈", 40},       {"外孙辈", 40},   {"孙儿", 41},     {"长孙", 41},     {"次孙", 41},
    {"孙囡", 42},       {"长孙女", 42},     {"外孙", 43},     {"外甥孙", 43},   {"外孙儿", 43},   {"外孙囡", 44},
    {"孙媳", 45},       {"孙媳妇", 45},     {"外孙媳", 45},   {"外孙媳妇", 45}, {"孙儿媳", 45},   {"孙女婿", 46},
    {"外孙女婿", 46},   {"孙婿", 46},       {"曾孙", 47},     {"曾孙子", 47},   {"外曾孙", 47},   {"外曾孙子", 47},
    {"重孙", 47},       {"重孙子", 47},     {"曾孙女", 48},   {"外曾孙女", 48}, {"重孙女", 48},   {"双亲", 50},
    {"爹娘", 50},       {"父", 51},         {"爸", 51},       {"爸爸", 51},     {"爹", 51},       {"阿爸", 51},
    {"老爸", 51},       {"生父", 51},       {"母", 52},       {"妈", 52},       {"妈妈", 52},     {"娘", 52},
    {"阿妈", 52},       {"老妈", 52},       {"生母", 52},     {"家公", 53},     {"夫之父", 53},   {"家婆", 54},
    {"夫之母", 54},     {"丈人", 55},       {"岳丈", 55},     {"妻之父", 55},   {"老丈人", 55},   {"丈母", 56},
    {"丈母娘", 56},     {"妻之母", 56},     {"外母", 56},     {"继父", 57},     {"养父", 57},     {"后爸", 57},
    {"后父", 57},       {"继母", 58},       {"养母", 58},     {"后妈", 58},     {"后母", 58},     {"祖辈", 60},
    {"爷爷", 61},       {"爷", 61},         {"阿公", 61},     {"奶奶", 62},     {"奶", 62},       {"阿婆", 62},
    {"嬷嬷", 62},       {"外公", 63},       {"姥爷", 63},     {"外爷", 63},     {"外婆", 64},     {"姥姥", 64},
    {"太爷爷", 66},     {"曾祖", 66},       {"太奶奶", 67},   {"老太", 67},     {"兄弟姐妹", 70}, {"兄弟", 70},
    {"姐妹", 70},       {"手足", 70},       {"哥", 71},       {"哥哥", 71},     {"大哥", 71},     {"兄长", 71},
    {"胞兄", 71},       {"嫂子", 72},       {"嫂嫂", 72},     {"兄嫂", 72},     {"弟弟", 73},     {"胞弟", 73},
    {"小弟", 73},       {"弟妇", 74},       {"弟妹", 74},     {"弟媳妇", 74},   {"姐", 75},       {"姊", 75},
    {"姊姊", 75},       {"大姐", 75},       {"胞姐", 75},     {"妹", 77},       {"小妹", 77},     {"胞妹", 77},
    {"伯", 81},         {"伯伯", 81},       {"大伯", 81},     {"伯娘", 82},     {"大妈", 82},     {"大娘", 82},
    {"叔", 83},         {"叔叔", 83},       {"婶", 84},       {"婶婶", 84},     {"婶娘", 84},     {"舅", 85},
    {"舅舅", 85},       {"娘舅", 85},       {"舅妈", 86},     {"姨夫", 87},     {"姨", 88},       {"姨妈", 88},
    {"阿姨", 88},       {"姑夫", 89},       {"姑丈", 89},     {"姑", 90},       {"姑姑", 90},     {"姑妈", 90},
    {"堂兄", 91},       {"堂弟", 91},       {"堂姐", 91},     {"堂妹", 91},     {"堂兄弟", 91},   {"堂姐妹", 91},
    {"表兄", 92},       {"表弟", 92},       {"表姐", 92},     {"表妹", 92},     {"表兄弟", 92},   {"表姐妹", 92},
    {"表哥", 92},       {"侄", 93},         {"侄儿", 93},     {"内侄", 93},     {"内侄女", 94},   {"侄囡", 94},
    {"甥", 95},         {"外甥子", 95},     {"甥女", 96},     {"亲属", 97},     {"亲戚", 97},     {"其他亲戚", 97},
    {"无亲属关系", 99}, {"无关系", 99},     {"寄居", 99},     {"保姆", 99},     {"租客", 99},     {"朋友", 99},
    {"同事", 99},       {"集体户成员", 99}, {"非亲", 99},
};

// The one-digit form of the standard: the general code of each group.
constexpr int kOneDigit[] = {2, 10, 20, 30, 40, 50, 60, 70, 80};
constexpr int kOther = 80;

RelationReading ReadDigits(std::string_view digits, RelationWidth width) {
  if (width == RelationWidth::kOne && digits.size() == 1) {
    if (digits[0] == '9') return {Verdict::kBadCode};
    return {Verdict::kOk, kOneDigit[digits[0] - '0']};
  }
  if (digits.size() > 4) return {Verdict::kBadCode};
  const std::string padded = LeftPadCode(digits, 2);
  int code = (padded[0] - '0') * 10 + (padded[1] - '0');
  const bool old_head = code == 3, housekeeper = code == 98;
  if (old_head) code = 2;
  if (housekeeper) code = 99;
  if (FindRelation(code) == nullptr) return {Verdict::kBadCode};
  const bool as_written = digits.size() == 2 && !old_head && !housekeeper;
  return {as_written ? Verdict::kOk : Verdict::kOkNoted, code};
}

}  // namespace

std::span<const Relation> Relations() { return kRelations; }

const Relation* FindRelation(int code) {
  const auto* at = std::lower_bound(std::begin(kRelations), std::end(kRelations), code,
                                    [](const Relation& r, int c) { return r.code < c; });
  return at != std::end(kRelations) && at->code == code ? at : nullptr;
}

RelationReading ReadRelation(std::string_view raw, RelationWidth width) {
  const std::string folded = FoldWidth(TrimUnicode(raw));
  std::string_view t = TrimUnicode(folded);
  if (t.ends_with(".0")) t.remove_suffix(2);
  if (IsNullWord(t)) return {};
  if (IsAllDigits(t)) return ReadDigits(t, width);
  for (const Relation& r : kRelations) {
    if (r.term == t) return {Verdict::kOk, r.code};
  }
  for (const Term& term : kTerms) {
    if (term.term == t) return {Verdict::kOkNoted, term.code};
  }
  return {Verdict::kOkNoted, kOther, true};
}

bool SexFits(const Relation& relation, int sex) {
  return relation.required_sex == 0 || (sex != 1 && sex != 2) || sex == relation.required_sex;
}

}  // namespace hearth
