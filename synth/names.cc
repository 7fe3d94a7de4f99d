#include "synth/names.h"

#include <algorithm>
#include <map>

namespace hearth::synth {
namespace {

struct Share {
  std::string_view text;
  int weight;  // hundredths of a percent
};

// The head of the list follows the shares that the police publish every year; the tail is flat.
constexpr Share kSurnames[] = {
    {"王", 750}, {"李", 740}, {"张", 700}, {"刘", 540}, {"陈", 450}, {"杨", 310},  {"黄", 225}, {"赵", 220},
    {"吴", 205}, {"周", 200}, {"孙", 155}, {"徐", 150}, {"马", 130}, {"胡", 130},  {"朱", 125}, {"郭", 115},
    {"何", 112}, {"林", 110}, {"高", 102}, {"罗", 100}, {"郑", 95},  {"梁", 86},   {"谢", 80},  {"宋", 76},
    {"唐", 72},  {"许", 70},  {"韩", 68},  {"邓", 67},  {"冯", 65},  {"曹", 62},   {"彭", 60},  {"曾", 58},
    {"肖", 58},  {"田", 55},  {"董", 55},  {"潘", 52},  {"袁", 51},  {"蔡", 51},   {"蒋", 50},  {"余", 49},
    {"于", 48},  {"杜", 47},  {"叶", 46},  {"程", 45},  {"魏", 45},  {"苏", 44},   {"吕", 43},  {"丁", 43},
    {"任", 42},  {"卢", 41},  {"姚", 40},  {"沈", 39},  {"钟", 39},  {"姜", 38},   {"崔", 37},  {"谭", 37},
    {"陆", 36},  {"范", 35},  {"汪", 34},  {"廖", 34},  {"石", 33},  {"金", 33},   {"韦", 32},  {"贾", 32},
    {"夏", 31},  {"付", 30},  {"方", 30},  {"邹", 29},  {"熊", 29},  {"白", 28},   {"孟", 28},  {"秦", 27},
    {"邱", 27},  {"侯", 26},  {"江", 26},  {"尹", 25},  {"薛", 25},  {"闫", 24},   {"雷", 24},  {"段", 23},
    {"龙", 23},  {"黎", 22},  {"史", 22},  {"陶", 21},  {"贺", 21},  {"毛", 20},   {"郝", 20},  {"顾", 20},
    {"龚", 19},  {"邵", 19},  {"万", 19},  {"覃", 18},  {"武", 18},  {"钱", 18},   {"戴", 18},  {"严", 17},
    {"莫", 17},  {"孔", 17},  {"向", 16},  {"常", 16},  {"汤", 16},  {"康", 14},   {"易", 14},  {"乔", 14},
    {"赖", 13},  {"文", 13},  {"施", 13},  {"洪", 13},  {"季", 12},  {"倪", 12},   {"童", 12},  {"章", 12},
    {"鲁", 12},  {"葛", 11},  {"伍", 11},  {"申", 11},  {"尤", 11},  {"毕", 10},   {"聂", 10},  {"焦", 10},
    {"柳", 10},  {"邢", 10},  {"路", 9},   {"岳", 9},   {"齐", 9},   {"梅", 9},    {"庄", 9},   {"辛", 8},
    {"管", 8},   {"祝", 8},   {"左", 8},   {"涂", 8},   {"谷", 8},   {"祁", 7},    {"时", 7},   {"舒", 7},
    {"耿", 7},   {"牟", 7},   {"卜", 7},   {"詹", 7},   {"关", 7},   {"苗", 7},    {"凌", 7},   {"费", 6},
    {"纪", 6},   {"靳", 6},   {"盛", 6},   {"欧", 6},   {"甄", 6},   {"项", 6},    {"曲", 6},   {"成", 6},
    {"游", 6},   {"裴", 5},   {"席", 5},   {"卫", 5},   {"查", 5},   {"屈", 5},    {"鲍", 5},   {"霍", 5},
    {"翁", 5},   {"甘", 5},   {"景", 5},   {"单", 5},   {"包", 5},   {"柏", 5},    {"宁", 5},   {"柯", 5},
    {"阮", 5},   {"桂", 4},   {"闵", 4},   {"解", 4},   {"柴", 4},   {"华", 4},    {"车", 4},   {"冉", 4},
    {"房", 4},   {"边", 4},   {"吉", 4},   {"饶", 4},   {"瞿", 4},   {"戚", 4},    {"丘", 4},   {"古", 4},
    {"米", 4},   {"池", 4},   {"滕", 4},   {"臧", 3},   {"宫", 3},   {"褚", 3},    {"娄", 3},   {"符", 3},
    {"穆", 3},   {"傅", 3},   {"萧", 3},   {"阎", 3},   {"代", 3},   {"欧阳", 11}, {"上官", 2}, {"司马", 2},
    {"诸葛", 2}, {"皇甫", 1}, {"尉迟", 1}, {"公孙", 1}, {"慕容", 1}, {"司徒", 1},  {"令狐", 1}, {"夏侯", 1},
    {"端木", 1}};

struct GivenNames {
  int until_year;               // born before this year
  int single_percent;           // share of given names of one character
  std::string_view male[3];     // single, first of two, second of two
  std::string_view male_whole;  // favourites, parted by spaces
  std::string_view female[3];
  std::string_view female_whole;
};

constexpr GivenNames kGiven[] = {
    {1950,
     12,
     {"福贵荣富德义清海金林发生山", "德文玉金永福国长宝万有明树洪兴天维连春景",
      "福贵荣富德义清海林发生山才仁和祥明文武昌成胜亭田"},
     "建国 国强 德福 永福 金生 玉山 长庚 树林 福生 宝山",
     {"英兰珍芳秀凤莲花梅菊香娥", "秀桂玉淑凤兰金翠春素月美彩巧银爱惠", "英兰珍芳秀云莲花梅菊香娥琴华荣芝仙妹"},
     "秀英 桂英 秀兰 玉兰 秀珍 桂兰 玉英 凤英 玉珍 淑珍 兰英 桂珍"},
    {1968,
     24,
     {"军平明强华林辉波勇刚斌建忠", "建国志永文卫新爱红学小德光明立振海玉金林东",
      "国华军平明强民林辉生忠东红兵清文成荣新海良安祥斌"},
     "建国 建华 建军 国强 志强 卫东 永强 志明 建平 小平 卫国 国庆 建民 新华",
     {"芳英玲丽萍敏红兰琴霞芬娟", "秀桂丽玉红淑春美爱小凤金翠建国月华雪亚惠素",
      "英兰珍芳华玲丽萍敏红琴霞芬娟梅云香荣平霞"},
     "桂英 秀英 秀兰 丽华 建华 桂兰 玉兰 秀珍 春梅 小红 丽萍 爱华 桂芳 淑英"},
    {1983,
     42,
     {"伟强军磊勇涛斌波超辉鹏刚健明俊峰平杰华飞亮", "建志文晓海国永小俊春红新立卫少东金玉向学宏",
      "军伟华明强勇峰平东辉林斌波杰涛生龙兵刚飞民亮"},
     "伟 勇 军 磊 涛 志强 志勇 建军 海波 晓东 海涛 文军 建华 小军 红军",
     {"芳娜敏静丽艳娟霞秀燕玲萍红梅莉兰英莹", "丽晓小红春秀海玉雪美艳文亚爱金冬慧桂彩建",
      "芳丽华萍红霞燕玲梅娟艳英敏云琴兰娜莉莲花"},
     "芳 敏 静 丽 艳 娟 秀英 丽娟 小红 海燕 丽华 春燕 晓燕 红梅 丽丽"},
    {2000,
     46,
     {"伟杰磊鹏超浩强涛鑫飞凯俊宇帅斌波龙旭亮阳晨", "志俊文晓建家嘉子明小国海宇伟佳天泽浩思永",
      "杰伟鹏超浩强辉龙文斌飞凯宇涛阳军明林豪峰"},
     "磊 杰 超 浩 鑫 俊杰 志伟 文杰 佳伟 志豪 家豪 浩然 嘉伟 俊豪 晓峰",
     {"静婷雪娜丹莹倩敏颖洁璐琳慧悦萍佳瑶欣蕾", "晓雅佳思雪梦文婷丽静欣嘉慧玉小美雨诗晶秀",
      "婷静雪娜丹莹倩敏颖洁琳慧怡玲燕芳佳瑶欣萍"},
     "静 婷 雪 丹 婷婷 雪梅 佳琪 思雨 梦婷 雅婷 晓雪 嘉怡 慧敏 丽娜 静怡"},
    {9999,
     10,
     {"睿轩浩宇辰晨博霖铭泽", "子浩宇梓俊一奕明泽沐宸嘉思皓天家雨博景瑞", "轩涵宇泽辰睿豪然杰浩阳博霖铭熙宸晨航瑞琪"},
     "浩宇 子轩 宇轩 浩然 梓豪 子涵 俊熙 奕辰 宇航 沐宸 浩辰 梓睿 子墨 博文",
     {"瑶涵琪萱怡悦妍欣婉语", "子梓欣雨诗思一可佳雅梦语若心嘉艺紫沐芷婉", "涵萱怡琪妍悦瑶欣彤茹然宁馨诺桐汐玥菲琳雅"},
     "子涵 欣怡 梓涵 诗涵 欣妍 雨桐 一诺 梓萱 可欣 语汐 若汐 思涵 佳怡 雨萱"}};

// Seldom written, and each a trial for a reader: two bytes, four bytes, outside the basic plane.
constexpr std::string_view kRare = "䶮㛃𬍛𫖯𠀀㼆㬎堃喆犇燚翀";

constexpr std::string_view kDottedMale =
    "阿里木 买买提 艾合买提 吐尔逊 努尔兰 木合塔尔 巴特尔 扎西 尼玛 克里木 阿不都拉 玉素甫";
constexpr std::string_view kDottedFemale =
    "阿依古丽 古丽娜尔 热依罕 帕提古丽 米热古丽 阿孜古丽 卓玛 央金 再娜甫 迪丽拜尔";
constexpr std::string_view kDottedFather = "买买提 艾山 吐尔逊 依明 卡德尔 阿不都热合曼 达瓦 赛依提 肉孜 尼亚孜 艾则孜";

// Characters that clerks take for one another: by sound, by shape or by variant form.
constexpr std::string_view kMixedUp =
    "张章 陈程 丽莉俐 伟玮炜 晨辰 于於 肖萧 付傅 闫阎 戴代 邱丘 宇字 峰峯 静靖 芳方 敏闵 娟涓 军均 强墙 磊垒 涛焘 杰洁 "
    "超朝 辉晖 鹏朋 浩皓 鑫新 飞菲 俊竣 建健 志智 文雯 华桦 明铭 国囯 英瑛 兰蓝 珍真 桂贵 玉钰 秀绣 凤风 云芸 红虹 "
    "霞暇 燕艳 "
    "玲铃 萍平 梅美 婷亭 雪学 丹旦 莹盈 倩茜 颖影 琳林 慧惠 悦月 佳嘉 瑶遥 欣心 雅亚 思斯 梦孟 雨语 诗师 子梓 涵含 "
    "轩宣 泽择 "
    "睿瑞 博伯 然燃 怡宜 琪琦 萱喧 妍研 彤桐 一壹 刘留 李里 王汪 杨扬 黄皇 赵照 吴伍 周舟 徐许 孙荪 马玛 朱珠 胡湖 "
    "郭国 何河 "
    "高髙 罗萝 郑政 梁粱 谢榭 宋送 唐堂 韩寒 邓登 冯凤 曹槽 彭澎 曾增 田甜 董懂 潘攀 袁元 蔡菜 蒋奖 余俞 杜度 叶页 "
    "魏卫 苏酥 吕侣 "
    "福富 荣容 德得 义意 清青 海嗨 金今 生升 山杉 才材 仁人 和合 祥详 武舞 永咏 长常 宝保 有友 树竖 洪宏 兴星 天添 "
    "春椿 景井 "
    "淑叔 翠脆 素塑 彩采 巧桥 爱艾 莲连 花华 菊局 香乡 娥鹅 琴勤 芝枝 仙先 勇永 刚钢 斌彬 忠中 波玻 民敏 东冬 光广 "
    "立力 振镇 小晓 "
    "龙隆 亮谅 阳洋 家佳 豪毫 奕弈 沐木 宸晨 航杭 可珂 若偌 艺忆 紫子 婉碗 茹如 宁凝 诺喏 汐夕 任仼 姚摇 沈沉 钟锺 "
    "姜江 崔催 谭覃";

template <size_t n>
std::vector<int> Running(const Share (&shares)[n]) {
  std::vector<int> sums;
  int sum = 0;
  for (const Share& s : shares) sums.push_back(sum += s.weight);
  return sums;
}

std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

struct CutNames {
  std::vector<std::string_view> male[3], female[3], male_whole, female_whole;
};

const std::vector<CutNames>& Cut() {
  static const std::vector<CutNames> cut = [] {
    std::vector<CutNames> all;
    for (const GivenNames& g : kGiven) {
      CutNames c;
      for (int i = 0; i < 3; ++i) {
        c.male[i] = SplitCharacters(g.male[i]);
        c.female[i] = SplitCharacters(g.female[i]);
      }
      c.male_whole = SplitWords(g.male_whole);
      c.female_whole = SplitWords(g.female_whole);
      all.push_back(std::move(c));
    }
    return all;
  }();
  return cut;
}

// Early entries are the popular ones: the lower of two draws.
std::string_view Popular(Dice& dice, const std::vector<std::string_view>& from) {
  uint32_t n = static_cast<uint32_t>(from.size());
  return from[std::min(dice.Below(n), dice.Below(n))];
}

const std::map<std::string_view, std::vector<std::string_view>>& MixedUp() {
  static const std::map<std::string_view, std::vector<std::string_view>> table = [] {
    std::map<std::string_view, std::vector<std::string_view>> t;
    for (std::string_view group : SplitWords(kMixedUp)) {
      std::vector<std::string_view> characters = SplitCharacters(group);
      for (std::string_view from : characters)
        for (std::string_view to : characters)
          if (from != to) t[from].push_back(to);
    }
    return t;
  }();
  return table;
}

}  // namespace

std::vector<std::string_view> SplitCharacters(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out.push_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

std::string DrawSurname(Dice& dice) {
  static const std::vector<int> sums = Running(kSurnames);
  int at = static_cast<int>(dice.Below(static_cast<uint32_t>(sums.back())));
  size_t i = static_cast<size_t>(std::upper_bound(sums.begin(), sums.end(), at) - sums.begin());
  return std::string(kSurnames[i].text);
}

std::string DrawGivenName(Dice& dice, bool male, int birth_year) {
  size_t era = 0;
  while (birth_year >= kGiven[era].until_year) ++era;
  // Fashions overlap: one name in six comes from the era before or after.
  if (dice.Chance(0.16)) era = dice.Chance(0.5) ? (era == 0 ? 0 : era - 1) : std::min(era + 1, std::size(kGiven) - 1);
  const CutNames& names = Cut()[era];
  const auto& parts = male ? names.male : names.female;
  if (dice.Chance(0.004)) {
    static const std::vector<std::string_view> rare = SplitCharacters(kRare);
    return std::string(rare[dice.Below(static_cast<uint32_t>(rare.size()))]);
  }
  if (dice.Chance(0.18)) return std::string(Popular(dice, male ? names.male_whole : names.female_whole));
  if (static_cast<int>(dice.Below(100)) < kGiven[era].single_percent) return std::string(Popular(dice, parts[0]));
  std::string_view first = Popular(dice, parts[1]), second = Popular(dice, parts[2]);
  return std::string(first) + std::string(second);
}

std::string DrawDottedName(Dice& dice, bool male) {
  static const std::vector<std::string_view> men = SplitWords(kDottedMale), women = SplitWords(kDottedFemale),
                                             fathers = SplitWords(kDottedFather);
  std::string name(Popular(dice, male ? men : women));
  return name + "·" + std::string(Popular(dice, fathers));
}

SlippedName SlipName(Dice& dice, std::string_view name) {
  std::vector<std::string_view> characters = SplitCharacters(name);
  auto joined = [&](size_t from, size_t until) {
    std::string out;
    for (size_t i = from; i < until; ++i) out += characters[i];
    return out;
  };
  if (characters.size() < 2) return {std::string(name), NameSlip::kNone};
  uint32_t n = static_cast<uint32_t>(characters.size());
  bool truncate = n >= 3 && dice.Chance(n > 4 ? 0.6 : 0.15);
  if (!truncate) {
    uint32_t start = dice.Below(n);
    for (uint32_t step = 0; step < n; ++step) {
      size_t i = (start + step) % n;
      auto found = MixedUp().find(characters[i]);
      if (found == MixedUp().end()) continue;
      const auto& others = found->second;
      std::string wrong(others[dice.Below(static_cast<uint32_t>(others.size()))]);
      return {joined(0, i) + wrong + joined(i + 1, n), NameSlip::kHomophone};
    }
  }
  if (n >= 3) return {joined(0, n - 1), NameSlip::kTruncated};
  return {joined(0, n - 1) + (dice.Chance(0.5) ? "?" : "□"), NameSlip::kUnwritable};
}

}  // namespace hearth::synth
