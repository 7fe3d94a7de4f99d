#!/usr/bin/env python3
"""Makes core/han_data.inc: readings, usual forms and look-alikes of Han characters.

    tools/make_han_tables.py SOURCES > core/han_data.inc

SOURCES is a folder with kMandarin_8105.txt (github.com/mozillazg/pinyin-data, MIT), chaizi-jt.txt and
fanjian_suoyin.txt (github.com/kfcd/chaizi, CC BY 3.0). Characters outside those files are asked of ICU through its
program `uconv`, whose version stands in the head of the file made: only the same version makes the same bytes.

Readings. The commonest one of the general table of 2013; for the rest of U+4E00-9FFF ICU's Han-Latin. Without tones,
ü as v.

Usual forms. ICU's Traditional-Simplified. Where it is silent, the index of simplified and traditional forms, but only
from a character outside the general table to one inside it: so no two characters in use today are made one.

Look-alikes. A character is split into its components once and those once more. Two characters look alike when the
components they share hold at least 70% of their strokes together (2 * shared / sum) and their stroke counts differ by
2 at most. So 清 and 情 share 青, 8 strokes of 11 and 11: 16/22 = 73%. A shared radical alone is never enough: 松 and 柏
share 4 of 8 and 9. Strokes are counted along the splits down to single strokes, components of one stroke prove nothing.
"""

import collections
import functools
import os
import subprocess
import sys
import unicodedata

SHARED_PERCENT_MIN = 70
STROKE_DIFFERENCE_MAX = 2

# Strokes of common components, which are not split further.
COMPONENTS = {
    1: "一丨丿丶乚亅乙乀㇏乛㇆乁㇉𠃋𠃊𠄌丩",
    2: "讠阝又匚㔾匸凵力亻刂冂刀人八十冖亠勹厂",
    3: "纟忄辶马彐巛门饣女艹氵扌犭口囗土山大小宀尸广弓巾彳",
    4: "瓦氏戶长韦礻王日木火月车心水手方贝欠攵攴戈斤殳",
    5: "钅民衤目禾鸟石田玉白立穴示疒龙",
    6: "耳艮竹米虫页衣糸羊舟",
    7: "角㐬言足酉豆走身",
    8: "阜鱼金隹雨食青",
    9: "骨革",
    12: "黑",
}
STROKES = {c: n for n, row in COMPONENTS.items() for c in row}
UNKNOWN_STROKES = 4  # a component that has no split and is not above


def lines_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")]


def toneless(reading):
    out = ""
    for c in unicodedata.normalize("NFC", reading):
        base = "v" if c in "üǖǘǚǜ" else unicodedata.normalize("NFD", c)[0]
        if not "a" <= base <= "z":
            return ""
        out += base
    return out


def ask_icu(transliterator, characters):
    """One line for each character, so that no rule sees a neighbour."""
    text = "\n".join(characters) + "\n"
    done = subprocess.run(["uconv", "-f", "utf-8", "-t", "utf-8", "-x", transliterator], input=text.encode(),
                          stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().split("\n")[:-1]
    assert len(lines) == len(characters), f"uconv {transliterator} changed the number of lines"
    return dict(zip(characters, lines))


def read_general_table(folder):
    readings = {}
    for line in lines_of(folder, "kMandarin_8105.txt"):
        code, rest = line.split(":", 1)
        readings[chr(int(code[2:], 16))] = toneless(rest.split("#")[0].strip())
    return readings


def read_usual_forms(folder, general):
    asked = [chr(c) for c in range(0x3400, 0xA000)]
    usual = {c: s for c, s in ask_icu("Traditional-Simplified", asked).items() if len(s) == 1 and s != c}
    for line in lines_of(folder, "fanjian_suoyin.txt"):
        c, *forms = line.split("\t")
        in_reach = len(c) == 1 and 0x3400 <= ord(c) <= 0x9FFF
        if in_reach and c not in usual and c not in general and forms and forms[0] in general:
            usual[c] = forms[0]
    return usual


def read_splits(folder):
    """Character -> its components in the written form, which the source gives last (氵 and not 水)."""
    splits = {}
    for line in lines_of(folder, "chaizi-jt.txt"):
        c, *options = line.split("\t")
        for parts in (tuple(option.split()) for option in options):
            if parts and c not in parts:
                splits[c] = parts
    return splits


def find_look_alikes(general, splits):
    @functools.lru_cache(None)
    def strokes(c, depth=10):
        if c in STROKES:
            return STROKES[c]
        if depth == 0 or c not in splits:
            return UNKNOWN_STROKES
        return sum(strokes(part, depth - 1) for part in splits[c])

    def views(c):
        once = splits.get(c, (c,))
        twice = [p for part in once for p in (splits.get(part, (part,)) if part not in STROKES else (part,))]
        return [collections.Counter(p for p in view if strokes(p) >= 2) for view in ((c,), once, twice)]

    seen = {c: views(c) for c in general}
    holders = collections.defaultdict(set)  # component of 3 strokes and more -> characters
    for c, of_c in seen.items():
        for part in {p for view in of_c for p in view if strokes(p) >= 3}:
            holders[part].add(c)

    def shared(a, b):
        return max(sum(strokes(p) * min(n, y[p]) for p, n in x.items() if p in y) for x in seen[a] for y in seen[b])

    pairs = []
    for a in sorted(general):
        near = {b for view in seen[a] for part in view for b in holders.get(part, ())
                if b > a and abs(strokes(a) - strokes(b)) <= STROKE_DIFFERENCE_MAX}
        pairs += [(a, b) for b in sorted(near)
                  if 200 * shared(a, b) >= SHARED_PERCENT_MIN * (strokes(a) + strokes(b))]
    return pairs


def print_table(name, note, words):
    """Words with spaces between them, as a string literal of lines that fit an editor."""
    print(f"\n// {note}")
    print(f"inline constexpr std::string_view {name} =")
    line, width, rows = "", 0, []
    for word in words:
        need = sum(1 if ord(c) < 0x2E80 else 2 for c in word) + 1
        if line and width + need > 110:
            rows.append(line)
            line, width = "", 0
        line += word + " "
        width += need
    rows.append(line)
    print("\n".join(f'    "{row}"' for row in rows) + ";")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_han_tables.py SOURCES")
    folder = sys.argv[1]
    general = read_general_table(folder)
    readings = dict(general)
    rest = [chr(c) for c in range(0x4E00, 0xA000) if chr(c) not in general]
    for c, reading in ask_icu("Han-Latin", rest).items():
        if toneless(reading):
            readings[c] = toneless(reading)
    by_syllable = collections.defaultdict(list)
    for c in sorted(readings):
        by_syllable[readings[c]].append(c)
    words = []
    for syllable in sorted(by_syllable):
        found = by_syllable[syllable]
        words += [syllable] + ["".join(found[i:i + 40]) for i in range(0, len(found), 40)]
    usual = read_usual_forms(folder, general)
    pairs = find_look_alikes(general, read_splits(folder))
    neighbours = collections.defaultdict(str)
    for a, b in pairs:
        neighbours[a] += b

    version = subprocess.run(["uconv", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().split()[-1]
    print(f"""\
// Made by tools/make_han_tables.py with ICU {version}; not edited by hand. Facts about Han characters, drawn from:
//   kMandarin_8105.txt of github.com/mozillazg/pinyin-data, commit 82759f96236a, MIT licence: readings
//   chaizi-jt.txt, fanjian_suoyin.txt of github.com/kfcd/chaizi, commit e177ab54ce4e, licence CC BY 3.0
//   (creativecommons.org/licenses/by/3.0): splits into components, from which look-alikes are reckoned; variant forms
//   ICU, Unicode licence v3: readings and simplified forms of the characters that those leave out
// What is changed: tones dropped, look-alike pairs in place of splits. NOTICE names the authors.""")
    print_table("kHanReadings",
                f"A syllable, then the characters that are read so. {len(readings)} characters, {len(by_syllable)} "
                "syllables.", words)
    print_table("kHanUsualForms", f"A character and its usual form. {len(usual)} pairs.",
                [c + usual[c] for c in sorted(usual)])
    print_table("kHanLookAlikes", f"A character, then its look-alikes with a greater code point. {len(pairs)} pairs.",
                [a + neighbours[a] for a in sorted(neighbours)])


if __name__ == "__main__":
    main()
