#!/usr/bin/env python3
"""Works out every record of an explanation stream again and reports what differs.
    hearth explain --config city/hearth.yaml --all --out night.jsonl
    python3 tools/recheck/recheck.py night.jsonl
It shares no code with hearth: expressions are parsed from the FEEL texts in the stream's header, numbers are exact
fractions, null is unknown (docs/adr/0010), as is a fact that a record lacks. Format:
docs/formats.md, "Explanation stream".
Exit code: 0 no difference, 1 some, 2 the file is no stream or holds what the checker does not know.
"""
import calendar, json, re, sys, time
from collections import namedtuple
from datetime import date, timedelta
from fractions import Fraction
from functools import reduce
Months, Seconds, Member = (namedtuple(name, "n") for name in ("Months", "Seconds", "Member"))  # Seconds: days and time
Range = namedtuple("Range", "low high low_in high_in")
PLACES = ["household", "member", "employer", "institution", "city"]
KEYS = dict(zip(PLACES, ["f", "mf", "ef", "if", "cf"]))
GUARD, NUMERIC, DURATIONS = 10**20, {int, Fraction}, (Months, Seconds)  # compared and rounded at 20 digits
def whole(x): return x.numerator if type(x) is Fraction and x.denominator == 1 else x
def is_number(x, y=0, z=0): return type(x) in NUMERIC and type(y) in NUMERIC and type(z) in NUMERIC
def guarded(x):
    return x if not is_number(x) or type(x) is int or GUARD % x.denominator == 0 else Fraction(round(x * GUARD), GUARD)
def kind(x): return int if type(x) is Fraction else type(x)
def rounded(x, scale, mode):
    x, sign = Fraction(guarded(x)) * Fraction(10)**scale, 1
    if x < 0 and mode not in ("floor", "ceiling"): x, sign = -x, -1
    low, half = x // 1, (x - x // 1) * 2
    up = {"floor": False, "down": False, "ceiling": half > 0, "up": half > 0, "half_up": half >= 1,
          "half_down": half > 1, "half_even": half > 1 or (half == 1 and low % 2 == 1)}[mode]
    return whole(Fraction(sign * (low + up)) / Fraction(10)**scale)

# ---- three-valued logic
def negated(x): return None if x is None else not x
def all_true(values):
    values = list(values)
    return False if any(v is False for v in values) else None if any(v is None for v in values) else True
def any_true(values): return negated(all_true(map(negated, values)))
def equal(a, b):
    if a is None or b is None or kind(a) != kind(b): return None
    if isinstance(a, list): return len(a) == len(b) and all_true(map(equal, a, b))
    return a == b or (is_number(a) and guarded(a) == guarded(b))
def same(a, b): return (a is None and b is None) or equal(a, b) is True
def alike(a, b):
    """Same, item by item: an unknown item is like an unknown item."""
    return all(map(alike, a, b)) and len(a) == len(b) if isinstance(a, list) and isinstance(b, list) else same(a, b)
def less(a, b):
    if a is None or b is None or kind(a) != kind(b) or isinstance(a, (bool, list, dict, Range)): return None
    return guarded(a) < guarded(b)
COMPARE = {"=": equal, "!=": lambda a, b: negated(equal(a, b)), "<": less, ">": lambda a, b: less(b, a),
           "<=": lambda a, b: negated(less(b, a)), ">=": lambda a, b: negated(less(a, b))}
def in_range(v, r):
    return all_true([r.low is None or COMPARE[">=" if r.low_in else ">"](v, r.low),
                     r.high is None or COMPARE["<=" if r.high_in else "<"](v, r.high)])
def contained(v, test):
    if isinstance(test, Range) and not isinstance(v, Range): return in_range(v, test)
    if not isinstance(test, list) or same(v, test): return equal(v, test)
    return any_true(contained(v, t) if isinstance(t, Range) else equal(v, t) for t in test)

# ---- arithmetic
def plus_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])) if 1 <= year <= 9999 else None
def add(a, b):
    if isinstance(b, date) and isinstance(a, DURATIONS): a, b = b, a
    if is_number(a, b): return whole(a + b)
    if isinstance(a, date) and isinstance(b, DURATIONS):
        return plus_months(a, b.n) if isinstance(b, Months) else a + timedelta(days=b.n // 86400)
    if type(a) is type(b) and isinstance(a, DURATIONS): return type(a)(a.n + b.n)
    return a + b if isinstance(a, str) and isinstance(b, str) else None
def negative(a): return type(a)(-a.n) if isinstance(a, DURATIONS) else -a if is_number(a) else None
def subtract(a, b):
    if isinstance(a, date) and isinstance(b, date): return Seconds((a - b).days * 86400)
    return None if negative(b) is None or (isinstance(b, date) and isinstance(a, DURATIONS)) else add(a, negative(b))
def multiply(a, b):
    if is_number(a) and isinstance(b, DURATIONS): a, b = b, a
    if is_number(a, b): return whole(a * b)
    return type(a)(int(a.n * b)) if isinstance(a, DURATIONS) and is_number(b) else None
def divide(a, b):
    if isinstance(a, DURATIONS) and type(a) is type(b): a, b = a.n, b.n
    if not is_number(b) or b == 0: return None
    if isinstance(a, DURATIONS): return type(a)(int(Fraction(a.n) / b))
    return whole(Fraction(a) / b) if is_number(a) else None
def power(a, b): return whole(Fraction(a)**b) if is_number(a) and type(b) is int and (a != 0 or b >= 0) else None
ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}

# ---- functions
def items(v): return None if v is None else v if isinstance(v, list) else [v]
def fold(values, step):
    result = reduce(lambda a, b: step(a, b) if kind(a) == kind(b) else None, values)
    return result if is_number(result) or isinstance(result, DURATIONS) else None
def extreme(values, before):
    return reduce(lambda a, b: None if before(b, a) is None else b if before(b, a) else a, values)
def make_date(a, *parts):
    try:
        return date(a, *parts) if parts else a if isinstance(a, date) else date.fromisoformat(
            a if re.fullmatch(r"\d{4}-\d\d-\d\d", a) else "")
    except (TypeError, ValueError): return None
def parse_at(text):
    found = re.fullmatch(r"(-)?P(\d+Y)?(\d+M)?(\d+D)?(?:T(\d+H)?(\d+M)?(\d+S)?)?", text)
    if not found: return make_date(text)
    n = [int(x[:-1]) * (-1 if found[1] else 1) if x else 0 for x in found.groups()[1:]]
    return Months(n[0] * 12 + n[1]) if found[2] or found[3] else Seconds(n[2] * 86400 + n[3] * 3600 + n[4] * 60 + n[5])
def months_between(a, b):
    if b < a: return Months(-months_between(b, a).n)
    return Months((b.year - a.year) * 12 + b.month - a.month - (b.day < a.day))
def distinct(values): return reduce(lambda kept, v: kept if any(same(k, v) for k in kept) else kept + [v], values, [])
def substring(s, start, length=None):
    at = start - 1 if start > 0 else len(s) + start
    return "" if not 0 <= at < len(s) else s[at:] if length is None else s[at:at + int(length)]
def of(types, function):
    """The function where all its arguments are of the types, else null."""
    fits = lambda x: isinstance(x, types) and (types is bool or type(x) is not bool)
    return lambda *a: function(*a) if all(map(fits, a)) else None
def of_list(function, empty=None):
    """A function of one list, or of several arguments as one."""
    call = lambda v: None if v is None else function(v) if v else empty
    return lambda *a: call(items(a[0]) if len(a) == 1 else list(a))
def of_lists(function): return lambda *a: None if any(x is None for x in a) else function(*map(items, a))
def rounding(mode): return of((int, Fraction), lambda x, scale=0: rounded(x, int(scale), mode))
FUNCTIONS = {
    "not": of(bool, lambda x: not x), "all": of_list(all_true, True), "any": of_list(any_true, False),
    "count": of_lists(len), "sum": of_list(lambda v: fold(v, add), 0),
    "mean": of_list(lambda v: divide(fold(v, add), len(v))), "get value": of(object, lambda m, k: m and m.get(k)),
    "min": of_list(lambda v: extreme(v, less)), "max": of_list(lambda v: extreme(v, COMPARE[">"])),
    "abs": lambda x: negative(x) if less(x, 0) or (isinstance(x, DURATIONS) and x.n < 0) else x,
    "floor": rounding("floor"), "ceiling": rounding("ceiling"), "decimal": rounding("half_even"),
    "round up": rounding("up"), "round down": rounding("down"), "round half up": rounding("half_up"),
    "modulo": of((int, Fraction), lambda a, b: whole(a - b * (Fraction(a) / b // 1)) if b else None),
    "number": of(str, lambda x: whole(Fraction(x)) if re.fullmatch(r"-?(\d+(\.\d+)?|\.\d+)", x) else None),
    "string": lambda x: None if x is None else str(x).lower() if type(x) is bool else str(x),
    "date": make_date, "duration": of(str, parse_at), "years and months duration": of(date, months_between),
    "list contains": lambda v, x: None if v is None or x is None else any_true(equal(x, y) for y in items(v)),
    "concatenate": of_lists(lambda *v: sum(v, [])), "append": lambda v, *x: None if v is None else items(v) + list(x),
    "distinct values": of_lists(distinct), "union": of_lists(lambda *v: distinct(sum(v, []))),
    "string length": of(str, len), "contains": of(str, lambda a, b: b in a), "starts with": of(str, str.startswith),
    "ends with": of(str, str.endswith), "upper case": of(str, str.upper), "lower case": of(str, str.lower),
    "substring": lambda s, *a: substring(s, *a) if isinstance(s, str) and is_number(*a) else None,
}
LONG_NAMES = sorted((n.split() for n in [*FUNCTIONS, "start included", "end included"] if " " in n), key=len)[::-1]
TOKEN = re.compile(r'\s+|//[^\n]*|/\*.*?\*/|(?P<number>\d+(?:\.\d+)?|\.\d+)|"(?P<text>(?:[^"\\]|\\.)*)"'
                   r'|(?P<name>[^\W\d]\w*)|(?P<sign>\.\.|\*\*|<=|>=|!=|[-+*/=<>()\[\]{},.:@?])|(?P<bad>.)', re.S)

class Parser:
    """Turns a FEEL text into run(unit, member). Each part is a function of the unit and the list of local values."""
    def __init__(self, text, base):
        self.tokens = [(m.lastgroup, m[m.lastgroup]) for m in TOKEN.finditer(text) if m.lastgroup] + [("end", "")]
        self.at, self.base, self.scope, self.size, self.was_null = 0, base, [], 0, False  # scope: (name or None, place)
        run = self.expression()
        if self.tokens[self.at][0] != "end": raise SyntaxError(f"{self.tokens[self.at][1]!r} is left over")
        self.run = lambda unit, member: run(unit, [None] * self.size + [member])
    def next(self):
        self.at += 1
        return self.tokens[self.at - 1][1]
    def peek(self, text, ahead=0):
        token = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return token[1] == text and token[0] in ("sign", "name")
    def sign(self, signs):
        return self.next() if self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in signs else None
    def take(self, text):
        found = self.peek(text)
        self.at += found
        return found
    def expect(self, text):
        if not self.take(text): raise SyntaxError(f"{text!r} is wanted, {self.tokens[self.at][1]!r} stands there")
    def local(self, name):
        self.scope.append((name, self.size))
        self.size += 1
        return self.size - 1
    def expression(self):
        if self.take("if"):
            parts = [self.expression()]
            for word in ("then", "else"):
                self.expect(word)
                parts.append(self.expression())
            return lambda u, l: (lambda c: None if c is None else parts[1 if c is True else 2](u, l))(parts[0](u, l))
        for word in ("for", "some", "every"):
            if self.take(word): return self.loop(word)
        return self.chain("or", True, lambda: self.chain("and", False, self.comparison))
    def chain(self, word, decides, part):
        parts = [part()]
        while self.take(word): parts.append(part())
        return parts[0] if len(parts) == 1 else lambda u, l: decided((p(u, l) for p in parts), decides)
    def loop(self, word):
        lists, depth = [], len(self.scope)
        while not lists or self.take(","):
            name = self.next()
            self.expect("in")
            source = self.expression()
            end = self.additive() if self.take("..") else None
            lists.append((self.local(name), source, end))
        self.expect("return" if word == "for" else "satisfies")
        body = self.expression()
        del self.scope[depth:]
        def each(u, l, i=0):
            if i == len(lists):
                yield body(u, l)
                return
            slot, source, end = lists[i]
            values = source(u, l)
            low, high = (values, end(u, l)) if end else values[:2] if isinstance(values, Range) else (None, None)
            if low is not None: values = list(range(low, high + 1) if low <= high else range(low, high - 1, -1))
            if values is None: raise LookupError  # an unknown list
            for l[slot] in items(values): yield from each(u, l, i + 1)
        def run(u, l):
            try:
                return list(each(u, l)) if word == "for" else decided(each(u, l), word == "some")
            except LookupError: return None
        return run
    def comparison(self):
        left, null = self.additive(), self.was_null
        while True:
            sign = self.sign(COMPARE)
            if sign:
                right = self.additive()
                if null or self.was_null:  # a test for presence: what it reads may be unknown
                    left = lambda u, l, a=left, b=right, w=sign == "=": u.aside(lambda: same(a(u, l), b(u, l)) == w)
                else:
                    left = lambda u, l, a=left, b=right, f=COMPARE[sign]: f(a(u, l), b(u, l))
            elif self.take("between"):
                low = self.additive()
                self.expect("and")
                left = lambda u, l, v=left, a=low, b=self.additive(): all_true(
                    [COMPARE[">="](v(u, l), a(u, l)), COMPARE["<="](v(u, l), b(u, l))])
            elif self.take("in"):
                tests, at = [], self.at
                while self.take("," if tests else "("): tests.append(self.test(self.expression))
                if not tests or self.peek(".."):  # one test, or a range that is open below
                    tests, self.at = [], at
                    tests.append(self.test(self.additive))
                else: self.expect(")")
                left = lambda u, l, v=left, t=tests: (lambda x: decided((f(x, u, l) for f in t), True))(v(u, l))
            else: return left
    def test(self, operand):
        sign = self.sign(COMPARE)
        bound = self.additive() if sign else operand()
        if self.was_null and not sign: return lambda v, u, l: v is None
        return lambda v, u, l: COMPARE[sign](v, bound(u, l)) if sign else contained(v, bound(u, l))
    def additive(self, signs=(("+", "-"), ("*", "/"), ("**",))):
        part = (lambda: self.additive(signs[1:])) if signs[1:] else self.unary
        left = part()
        while sign := self.sign(signs[0]):
            left = lambda u, l, a=left, b=part(), f=ARITHMETIC[sign]: f(a(u, l), b(u, l))
            self.was_null = False
        return left
    def unary(self):
        if self.take("-"):
            v = self.unary()
            return lambda u, l: negative(v(u, l))
        v = self.primary()
        while self.peek(".") or self.peek("["):
            if self.next() == ".":
                v = lambda u, l, v=v, n=self.name(): path(u, v(u, l), n)
            else:
                number = self.tokens[self.at + self.peek("-")][0] == "number" and self.peek("]", 1 + self.peek("-"))
                slot = self.local(None)
                v = filtered(v, self.expression(), slot, number)
                self.scope.pop()
                self.expect("]")
            self.was_null = False
        return v
    def name(self):
        words = next((n for n in LONG_NAMES if all(self.peek(w, i) for i, w in enumerate(n))), None) or [""]
        self.at += max(1, len(words))
        return " ".join(words) if words[0] else self.tokens[self.at - 1][1]
    def primary(self):
        what, text = self.tokens[self.at]
        self.was_null = False
        if what == "name": return self.named(self.name())
        self.at += 1
        if what in ("number", "text") or text == "@":
            value = (whole(Fraction(text)) if what == "number" else
                     json.loads(f'"{text}"', strict=False) if what == "text" else parse_at(self.next()))
            return lambda u, l: value
        if what != "sign" or text not in "([]": raise SyntaxError(f"unexpected {text!r}")
        parts = [] if text == "[" and self.peek("]") else [self.expression()]
        if parts and self.take(".."):
            parts.append(self.expression())
            closing = self.next()
            self.was_null = False
            return lambda u, l: known_range(parts[0](u, l), parts[1](u, l), text == "[", closing == "]")
        while text == "[" and self.take(","): parts.append(self.expression())
        self.expect("]" if text == "[" else ")")
        self.was_null = self.was_null and text == "("
        return parts[0] if text == "(" else lambda u, l: [p(u, l) for p in parts]
    def named(self, name):
        if self.take("("):
            if name != "value_on" and name not in FUNCTIONS:
                raise SyntaxError(f"the checker does not know the function {name!r}")
            parameter, arguments = self.next() if name == "value_on" else None, []
            while not self.take(")"): arguments.append((self.take(","), self.expression())[1])
            self.was_null = False
            if parameter: return lambda u, l: u.note(u.env.on(parameter, arguments[0](u, l)), "unset")
            return lambda u, l, f=FUNCTIONS[name]: f(*[a(u, l) for a in arguments])
        if name in ("true", "false", "null"):
            self.was_null = name == "null"
            return lambda u, l: {"true": True, "false": False, "null": None}[name]
        found = self.base(name)
        for local, slot in self.scope:  # outermost first: an inner one covers what lies outside
            if local == name or (local is None and name == "item"):
                found = lambda u, l, s=slot: l[s]
            elif local is None:
                found = lambda u, l, s=slot, outer=found: of_item(u, l, l[s], name, outer)
        if found is None: raise SyntaxError(f"unknown name {name!r}")
        return found
def decided(values, decides):
    """`or` (decides: True) and `and` of values worked out one by one."""
    unknown = False
    for v in values:
        if v is decides: return v
        unknown = unknown or type(v) is not bool
    return None if unknown else not decides
def of_item(unit, l, item, name, outer):
    if isinstance(item, dict) and name in item: return unit.note(item[name], "fact")
    if isinstance(item, Member) and name in unit.pack.slots["member"]: return unit.fact("member", item.n, name)
    return outer(unit, l) if outer else None
def path(unit, v, name):
    if isinstance(v, list): return [path(unit, x, name) for x in v]
    if isinstance(v, Member):
        own = name in unit.pack.slots["member"]
        return unit.fact("member" if own else "household", v.n if own else -1, name)
    if isinstance(v, date): return v.isoweekday() if name == "weekday" else getattr(v, name, None)
    if isinstance(v, Months):
        return {"years": int(Fraction(v.n, 12)), "months": v.n - 12 * int(Fraction(v.n, 12))}.get(name)
    if isinstance(v, Seconds): return {"days": int(Fraction(v.n, 86400))}.get(name)
    if isinstance(v, Range): return dict(zip(["start", "end", "start included", "end included"], v)).get(name)
    return unit.note(v.get(name), "fact") if isinstance(v, dict) else None
def known_range(low, high, *ends): return None if low is None or high is None else Range(low, high, *ends)
def filtered(source, condition, slot, number):
    def run(u, l):
        values, kept = items(source(u, l)), []
        for l[slot] in [None] if number and values is not None else values or []:
            keep = condition(u, l)
            if is_number(keep):
                return values[keep - (keep > 0)] if keep and -len(values) <= keep <= len(values) else None
            if keep is None: return None
            kept += [l[slot]] if keep is True else []
        return None if values is None else kept
    return run

# ---- the stream
def decode(v, what="any"):
    if isinstance(v, list): return [decode(x) for x in v]
    if isinstance(v, dict) and "@range" in v: return Range(*map(decode, v["@range"][:2]), *map(bool, v["@range"][2:]))
    if isinstance(v, dict): return parse_at(v["@"]) if "@" in v else {k: decode(x) for k, x in v.items()}
    return bool(v) if what == "boolean" and v is not None else\
        date.fromisoformat(v) if what == "date" and v else whole(v)

def read_marks(marks, *values):
    """One subject's facts: slot -> (mark, value)."""
    values, plain = iter(values), {"+": True, "-": False}
    return {slot: (m, next(values) if m in "=g" else plain.get(m)) for slot, m in enumerate(marks) if m != "."}
def in_force(dated, day): return decode(([None] + [v for since, v in dated if date.fromisoformat(since) <= day])[-1])

class Pack:
    def __init__(self, header):
        self.header, self.facts, self.envs = header, header["facts"], {}
        self.slots = {p: {f["name"]: i for i, f in enumerate(self.facts[p])} for p in PLACES}
        self.fields = {r["id"]: r["fields"] for r in header["registries"]}
        self.parameters = {p["name"]: p for p in header["parameters"]}
        self.modes = {g["id"]: g["mode"] for g in header["groups"]}
        for p, f in ((p, f) for p in PLACES for f in self.facts[p]):
            f["run"] = self.compile(f["feel"], p, f["name"]) if "feel" in f else None
        for r in header["rules"]:
            r["place"] = {"person": "member", "village": "household"}.get(r["unit"], r["unit"])
            r["holds"] = self.compile(r["when"], r["place"], r["id"])
            r["pays"] = self.compile(r["amount"], r["place"], r["id"]) if r["amount"] else None
    def compile(self, text, place, what):
        try:
            return Parser(text, lambda name: self.base(name, place)).run
        except SyntaxError as e:
            raise SyntaxError(f"{self.header['id']} {what}: {e}") from None
    def base(self, name, place):
        if name == "as_of": return lambda u, l: u.env.day
        if name == "members" and place in PLACES[:2]: return lambda u, l: [Member(i) for i in range(u.members)]
        for p in {"member": ["member", "household", "city"], "household": ["household", "city"]}.get(place, [place]):
            if name in self.slots[p]: return lambda u, l: u.fact(p, l[-1] if p == "member" else -1, name)
        return (lambda u, l: u.note(u.env.values[name], "unset")) if name in self.parameters else None
    def env(self, record):
        key = (record.get("day", self.header["day"]), record.get("c", 0), str(record.get("place")))
        if key not in self.envs:
            self.envs[key] = Env(self, date.fromisoformat(key[0]), record.get("place") or self.header["places"][key[1]])
        return self.envs[key]

class Env:
    """The parameters of a pack on a day, as a place has set them."""
    def __init__(self, pack, day, place):
        self.day, self.place = day, place
        self.local = {rule: in_force(dated, day) for rule, dated in place["local_amount"].items()}
        self.dated = {n: [place["set"].get(n, []), p["values"]] for n, p in pack.parameters.items()}
        self.values = {n: self.on(n, day) for n in pack.parameters}
    def on(self, name, day):
        found = [in_force(d, day) for d in self.dated[name]] if day else [None, None]
        return found[1] if found[0] is None else found[0]

class Unit:
    def __init__(self, pack, record):
        self.pack, self.record, self.env, self.known = pack, record, pack.env(record), {}
        self.unknown = []  # what came out unknown and was not put right: "fact" or "unset", a parameter without a value
        lines = {p: record[KEYS[p]] if p == "member" else [record[KEYS[p]]] for p in PLACES if KEYS[p] in record}
        self.written = {p: [read_marks(*x) for x in lines.get(p, [])] for p in PLACES}
        self.members = len(self.written["member"])
        self.rows = {}
        for number, held in record.get("r", {}).items():
            registry = pack.header["registries"][int(number)]
            table = [{n: decode(c, t) for (n, t), c in zip(registry["fields"], row[3:])} for row in held["t"]]
            self.rows[registry["id"]] = table, held["m"]
    def fact(self, place, member, name):
        key = place, member, name
        if key not in self.known:
            before = len(self.unknown)
            value = self.known[key] = self.work_out(place, member, self.pack.slots[place][name])
            if value is not None and not (isinstance(value, list) and None in value): del self.unknown[before:]
        return self.known[key]
    def aside(self, work):
        before = len(self.unknown)
        value = work()
        del self.unknown[before:]
        return value
    def note(self, value, what):
        if value is None: self.unknown.append(what)
        return value
    def work_out(self, place, member, slot):
        what, at = self.pack.facts[place][slot], max(member, 0)
        mark, value = self.written[place][at].get(slot, (None, None)) if at < len(self.written[place]) else ("?", None)
        if mark != "g" and what["run"]: return what["run"](self, member)
        # A fact that is not in the record was not needed: it may be taken as unknown, and no more than that is known.
        if mark != "g" and what.get("registry") in self.rows and (mark or place == "member"):
            table, lists = self.rows[what["registry"]]
            lists = [lists[at]] if place == "member" else lists
            if None in lists: return self.note(None, "fact")
            return [table[n] for n in sorted({n for part in lists for n in part})]
        fields = [n for n, _ in self.pack.fields[what["registry"]]] if "registry" in what else what.get("fields", [])
        value = self.note(decode(value, what["type"]), "fact")
        return [{**dict.fromkeys(fields), **x} for x in value] if isinstance(value, list) and fields else value
    def decide(self, rule, member):
        """Mark and amount in yuan of one rule before stacking."""
        holds, local = rule["holds"](self, member), self.env.local.get(rule["id"])
        if holds is not True or not rule["pays"]: return {True: "+", False: "-"}.get(holds, "?"), None
        amount = rule["pays"](self, member)
        if amount is None:  # open when it is for want of a parameter alone
            alone = Unit(self.pack, self.record)
            rule["pays"](alone, member)
            if set(alone.unknown) != {"unset"}: return "?", None
        return "+", max((rounded(x, 2, rule["rounding"]) for x in (amount, local) if x is not None), default=None)
    def outcomes(self):
        made = []  # [rule, member, mark, amount]
        for rule in self.pack.header["rules"]:
            subjects = range(self.members) if rule["place"] == "member" else [-1]
            there = self.written[rule["place"]]
            made += [[rule, m, *(self.decide(rule, m) if there else (".", None))] for m in subjects]
        for i, a in enumerate(made):
            mode = self.pack.modes.get(a[0]["group"], "additive")
            for b in made[i + 1:] if mode != "additive" and a[2] == "+" else []:
                if b[0]["group"] == a[0]["group"] and b[1] == a[1] and b[2] == "+":
                    loser = b if mode == "no_duplicate" or (a[3] or 0) >= (b[3] or 0) else a
                    loser[2:] = "-", None
                    if loser is a: break
        return made
def check(pack, record):
    unit, amounts = Unit(pack, record), list(record["a"])
    made = unit.outcomes()
    if len(record["o"]) != len(made): yield "rules", f"{len(made)} outcomes", f"{len(record['o'])}"
    for (rule, member, mark, amount), found in zip(made, record["o"]):
        what = rule["id"] + (f" member {member + 1}" if member >= 0 else "")
        paid = amounts.pop(0) if found == "+" and rule["amount"] and amounts else None
        if (mark, amount) != (found, paid): yield what, (mark, amount), (found, paid)
    if amounts: yield "amounts", "no more than rules that hold", amounts
    for place in PLACES:
        for at, line in enumerate(unit.written[place]):
            for slot, (mark, value) in line.items():
                fact = pack.facts[place][slot]
                if fact["run"] and mark not in "gr":
                    wanted = unit.fact(place, at if place == "member" else -1, fact["name"])
                    if not alike(wanted, decode(value, fact["type"])):
                        yield f"{place} {at + 1} {fact['name']}", wanted, value
def main(path):
    records, differences, began = 0, 0, time.monotonic()
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as lines:
        header = json.loads(next(lines, "{}"), parse_float=Fraction)
        if header.get("format") != "hearth-explanations" or header.get("version") != 1:
            raise ValueError("no explanation stream of version 1")
        packs = [Pack(p) for p in header["packs"]]
        for number, line in enumerate(lines, 2):
            record = json.loads(line, parse_float=Fraction)
            pack, records = packs[record["p"]], records + 1
            who = record.get("name") or f"household {record['h']} unit {record['u']}"
            for what, expected, found in check(pack, record):
                differences += 1
                print(f"line {number}: {who}, {pack.header['id']} {what}: expected {expected}, found {found}")
    print(f"{records} records, {differences} differences, {records / (time.monotonic() - began):.0f} records/s")
    return 1 if differences else 0

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else "-"))
    except (SyntaxError, LookupError, ValueError, OSError) as e:
        print(f"recheck: {type(e).__name__}: {e}", file=sys.stderr)
        sys.exit(2)
