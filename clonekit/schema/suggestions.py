"""The statements that would make A like B, in an order that runs; none that could fail or needs a decision. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import accumulate
from types import MappingProxyType

from clonekit.postgres import sqltext
from clonekit.schema import Entry
from clonekit.schema.differences import Difference
from clonekit.schema.renames import CONSTRAINTS, ROUTINES, VIEWS, Side, align, constrained, is_typed, parts, side, tops
from clonekit.schema.tables import Name, Words, dotted, parse, vocabulary, words

# In which order new objects are made, others never; a part's indexes before it is attached, which would make them.
_CREATED = (
    "SCHEMA|EXTENSION|TYPE|DOMAIN|SEQUENCE|FUNCTION|PROCEDURE|TABLE|SEQUENCE OWNED BY|VIEW|DEFAULT|MATERIALIZED VIEW"
    "|CONSTRAINT|CHECK CONSTRAINT|INDEX|TABLE ATTACH|INDEX ATTACH|STATISTICS|TRIGGER|FK CONSTRAINT|POLICY|COMMENT"
)
_RANK = {kind: rank for rank, kind in enumerate(_CREATED.split("|"))}
_SET_AGAIN = {"DEFAULT", "COMMENT", "SEQUENCE OWNED BY"}  # the new statement overrides the old one
_NAMELESS = {*_SET_AGAIN, "TABLE ATTACH", "INDEX ATTACH", "ROW SECURITY", "PUBLICATION TABLE"}
_LEAVES = ("POLICY", "TRIGGER", "FK CONSTRAINT", "CHECK CONSTRAINT", "CONSTRAINT", "INDEX", "STATISTICS", "DEFAULT")
_DROPPED = {"TABLE", "SEQUENCE", "TYPE", "DOMAIN", *VIEWS, *ROUTINES}
_USERS = {*VIEWS, "RULE", "POLICY", "TRIGGER", "FUNCTION", "PUBLICATION TABLE"}  # they keep a column's type
_HOLDS = {"TABLE", "SEQUENCE", "TYPE", "DOMAIN"}  # rows, a value, what columns are made of
_ATTACH = " ATTACH"
_INHERITS = "\nINHERITS ("
_WIDENED = {"smallint": "integer bigint numeric", "integer": "bigint numeric", "bigint": "numeric"}
_AFTER_FROM = {";", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"}
_CHARACTERS = re.compile(r"text|character(?: varying)?(?:\([0-9]+\))?")


def suggest(
    differences: Iterable[Difference],
    entries: Iterable[Entry] = (),
    beyond: Mapping[str, Container[str]] = MappingProxyType({}),
) -> list[str]:
    """Return the statements, each to be run on its own, in this order; A's `entries` tell what else could stop one.

    `beyond` are the schemas that were not compared, with what is the same there: nothing else of them is needed.
    """
    differences, entries = tuple(differences), tuple(entries)
    renamed, rest = align(differences, tops(entries))
    found = _Suggestions(rest, [entry for entry in entries if _tells(entry)])
    found.left.update(word for each in differences if each.kind == "EXTENSION MEMBER" for word in vocabulary(each.name))
    if beyond:
        found.leave(lambda b: _needs_more(b, beyond))
    made, ends = [*found.make()], [statement for _, statement in sorted(found.ends())]
    return list(dict.fromkeys([*(rename.statement for rename in renamed), *ends, *made, *found.drop()]))


class _Suggestions:
    def __init__(self, rest: list[tuple[Side | None, Side | None]], entries: list[Entry]) -> None:
        self.gone, self.wanted = [a for a, b in rest if a and not b], [(a, b) for a, b in rest if b]
        sides_of_a = [a for a, _ in rest if a]
        attached = [side(*entry.identity[::2], entry.definition) for entry in entries if entry.kind.endswith(_ATTACH)]
        self.attached = {each.table for each in (*attached, *self.gone) if each.kind.endswith(_ATTACH)}
        self.detached = {each.table for each in self.gone if each.kind.endswith(_ATTACH)}
        following = parts(((a, b) for a, b in rest if a and b), tops(entries)) | self.attached
        self.wanted = [(a, b) for a, b in self.wanted if not a or b.own not in following]
        self.keyed = {each.table for each in sides_of_a if each.kind in ("CONSTRAINT", "SEQUENCE")}
        heirs = [side(*entry.identity[::2], entry.definition) for entry in entries if entry.kind == "TABLE"]
        follows = [(each.own, each.table) for each in attached if each.kind == "TABLE ATTACH"]
        follows += [(parent, each.own) for each in heirs for parent in dotted(parse(each.text).around[1])]
        self.followers: dict[Name, list[Name]] = defaultdict(list)
        for parent, follower in follows:
            self.followers[parent].append(follower)
        self.heirs = {each.own for each in heirs} | {a.own for a, _ in rest if a and "INHERITS" in a.words}
        self.inherited = {(b.own, column) for a, b in rest if a and b for column in _provided(a, b)}  # their own in B
        self.defaults = {change for pair in rest for change in _other_defaults(*pair)}
        self.kept = {b.own: _kept(a, b) for a, b in self.wanted if a and b.kind == "TABLE" and not _is_alterable(a, b)}
        self.occupied = {_place(each) for each in self.gone} - {()}
        # Into another schema, perhaps: then it is not for a suggestion to make it anew and to drop what it holds.
        self.moved = {(a.kind, a.name) for a in self.gone if a.kind in _HOLDS}
        self.moved &= {(b.kind, b.name) for a, b in self.wanted if not a}
        self.rekeyed = {b.table for a, b in self.wanted if a and b.kind == "CONSTRAINT"}
        self.unique = {b.table for _, b in self.wanted if _is_unique(b)}
        self.taken = {each.own for each in self.gone if each.kind not in _NAMELESS}
        texts = [(each.kind, each.text) for each in sides_of_a] + [(each.kind, each.definition) for each in entries]
        self.users = [text for kind, text in texts if kind in _USERS]
        self.gone_names = {each.own for each in self.gone if each.kind in _DROPPED}
        self.unclear = {_types(a) for a in self.gone} & {_types(b) for a, b in self.wanted if not a} - {None}
        self.stuck: list[tuple[Side | None, Side]] = []
        self.dropped: list[tuple[int, str]] = []
        self.altered = set[Name]()
        self.unlike = set[Name]()  # columns, after their tables, that keep another type than B's
        self.columns: list[tuple[str, str, list[frozenset[str]]]] = []  # to drop: the name, the statement, words
        self.left = Counter[str]()  # how often what is still there in A uses a word
        self.together: dict[Name, list[frozenset[str]]] = defaultdict(list)  # the words of all that goes with it

    def leave(self, is_out_of_reach: Callable[[Side], bool]) -> None:
        self.stuck = [(a, b) for a, b in self.wanted if is_out_of_reach(b)]
        self.wanted = [(a, b) for a, b in self.wanted if not is_out_of_reach(b)]

    def make(self) -> Iterator[str]:
        stuck = self.stuck
        todo = sorted(self.wanted, key=lambda pair: (_RANK.get(pair[1].kind, 0), pair[1].title))
        for _ in range(6):
            missing = Counter(name for pair in (*todo, *stuck) for name in _provided(*pair))
            pairs, todo = todo, []
            for a, b in pairs:
                own = _provided(a, b)
                if any(missing[word] > (word in own) for word in _used(b) & missing.keys()):
                    todo.append((a, b))
                elif b.kind != "COMMENT" and any(_used(b).issuperset(unlike) for unlike in self.unlike):
                    stuck.append((a, b))
                elif statements := [*(self._change(a, b) if a else self._new(b))]:
                    yield from statements
                else:
                    stuck.append((a, b))
        for a, _b in (*stuck, *todo):
            if a and a.kind != "COMMENT" and a.own not in self.altered:
                self.left.update(vocabulary(a.text))

    def _is_there(self, b: Side) -> bool:
        """Return whether A has it, or something in its place, that no suggestion removes."""
        if b.kind in CONSTRAINTS:
            return b.table in self.detached or b.name in self.kept.get(b.table, ())
        is_moved = (b.kind, b.name) in self.moved
        return is_moved or _place(b) in self.occupied or b.kind in self.kept.get(b.table, ())

    def _new(self, b: Side) -> Iterator[str]:
        is_known = b.kind in _RANK and b.own not in self.taken and _types(b) not in self.unclear
        refers_to = set(dotted(b.words)[1:]) if b.kind == "FK CONSTRAINT" else set()
        if (
            is_known
            and not self._is_there(b)
            and refers_to.isdisjoint(self.rekeyed)
            and b.text[:4] != "SET "
            and "'$libdir" not in b.text
            and len([*sqltext.statements(b.text)]) == 1
        ):
            yield b.text

    def _change(self, a: Side, b: Side) -> Iterator[str]:
        if a.kind == "TABLE":
            yield from self._alter(a, b)
        elif a.kind in CONSTRAINTS and a.words == (*b.words[:-1], "NOT", "VALID", ";"):
            yield f"ALTER {constrained(b)} VALIDATE CONSTRAINT {b.name};"
        elif a.kind in _SET_AGAIN or (a.kind in (*ROUTINES, "VIEW") and _signature(a) == _signature(b)):
            new = "CREATE" if a.kind in _SET_AGAIN else "CREATE OR REPLACE"
            yield from (text.replace("CREATE", new, 1) for text in self._new(b))

    def _alter(self, a: Side, b: Side) -> Iterator[str]:
        name, of_a, of_b = f"ALTER TABLE {'.'.join(b.own)}", parse(a.text), parse(b.text)
        if not _is_alterable(a, b):
            return
        self.altered.add(a.own)
        for column, text in of_a.columns.items():
            if column not in of_b.columns:
                self.left.update(vocabulary(text))
                if not any((each, column) in self.inherited for each in self._following(a.own)):
                    self.columns.append((column, f"{name} DROP COLUMN {column};", [vocabulary(text)]))
            elif words(text) != words(of_b.columns[column]):
                yield from self._column(b, column, of_a.clauses[column], of_b.clauses[column])
        unlike = {column for table, column in self.unlike if table == b.name}
        new = [text for column, text in of_b.columns.items() if column not in of_a.columns]
        yield from (f"{name} ADD COLUMN {text};" for text in new if unlike.isdisjoint(vocabulary(text)))
        checks = of_a.constraints, of_b.constraints
        other = [key for key in checks[0] | checks[1] if words(checks[0].get(key, "")) != words(checks[1].get(key, ""))]
        other = [key for key in other if unlike.isdisjoint(vocabulary(checks[1].get(key, "")))]
        self.dropped += [(3, f"{name} DROP CONSTRAINT {key};") for key in other if key in checks[0]]
        yield from (f"{name} ADD {checks[1][key]};" for key in other if key in checks[1])

    def _column(self, table: Side, column: str, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
        alter = f"ALTER TABLE {'.'.join(table.own)} ALTER COLUMN {column}"
        changed = {key for key in old | new if words(old.get(key, "")) != words(new.get(key, ""))} - {"CONSTRAINT"}
        held = self._is_used(table, column) or not {"GENERATED", "PARTITION"}.isdisjoint(table.words)
        widened = new[""] in _WIDENED.get(old[""], "").split() or all(map(_CHARACTERS.fullmatch, (old[""], new[""])))
        if changed - {"", "DEFAULT", *{"NOT"} - (old.keys() & new.keys())} or ("" in changed and (held or not widened)):
            self.left.update(vocabulary(" ".join(old.values())))
            self.unlike |= {(table.name, column)} if "" in changed else set()
            return
        if "" in changed:
            yield f"{alter} TYPE {new['']}{' ' * ('COLLATE' in new)}{new.get('COLLATE', '')};"
        if "DEFAULT" in (new if "" in changed else changed):
            stay = any((each, column) not in self.defaults for each in self._following(table.own))
            only = alter.replace("TABLE ", "TABLE ONLY ", 1) if stay else alter
            yield f"{only} SET {new['DEFAULT']};" if "DEFAULT" in new else f"{only} DROP DEFAULT;"
        if "NOT" in changed and (new["NOT"] == "NOT NULL" if "NOT" in new else table.own not in self.keyed):
            is_named = {"NOT", "CONSTRAINT"} <= new.keys()
            add = f"ALTER TABLE {'.'.join(table.own)} ADD {new.get('CONSTRAINT')} NOT NULL {column};"
            yield add if is_named else f"{alter} {'SET' if 'NOT' in new else 'DROP'} NOT NULL;"

    def _following(self, table: Name) -> set[Name]:
        """Return its parts and heirs, and theirs."""
        direct = self.followers.get(table, [])
        return {*direct}.union(*map(self._following, direct))

    def _is_used(self, table: Side, column: str) -> bool:
        users = [text for text in self.users if ".".join(table.own) in text and column in text]
        return any(table.own in dotted(words(text)) and column in vocabulary(text) for text in users)

    def ends(self) -> Iterator[tuple[int, str]]:
        yield from self.dropped
        about = {each.name for each in self.gone if each.kind != "COMMENT"} | {column for column, _, _ in self.columns}
        for each in self.gone:
            in_use = _is_unique(each) and (each.table in self.unique or self.left[each.table[1]] > 0)
            in_use |= each.table in self.gone_names | self.attached or each.own in self.attached
            # DROP DEFAULT of what is inherited is SET DEFAULT NULL, which keeps the parent's out
            in_use |= each.text.endswith(" SET DEFAULT NULL;") or (each.kind == "DEFAULT" and each.table in self.heirs)
            in_use |= each.kind not in _LEAVES or (each.kind, each.words[0]) == ("TRIGGER", "ALTER")
            if each.kind == "COMMENT" and about.isdisjoint(_used(each)):
                yield 0, f"{_before_is(each.text)} IS NULL;"
            elif each.kind == "FK CONSTRAINT" or not in_use:
                yield _LEAVES.index(each.kind), _end(each)
            elif not each.kind.startswith(("COMMENT", "SEQUENCE")):  # a sequence that a column owns goes with it
                self.left.update(vocabulary(each.text))
                self.together[each.table if each.table in self.gone_names else each.own].append(vocabulary(each.text))
                for with_it in [
                    last for column, _, last in self.columns if (each.kind, each.name) == ("DEFAULT", column)
                ]:
                    with_it.append(vocabulary(each.text))  # an heir's default goes with the column

    def drop(self) -> Iterator[str]:
        kept = {each.own for each in self.gone if each.kind == "SEQUENCE OWNED BY"}
        kept |= {each.own for each in self.gone if (each.kind, each.words[0]) == ("SEQUENCE", "ALTER")}
        kept |= {e.own for e in self.gone if _types(e) in self.unclear or (e.kind == "TYPE" and "AS" not in e.words)}
        kept |= {e.own for e in self.gone if (e.kind, e.name) in self.moved}
        going = [each for each in self.gone if each.kind in _DROPPED and each.own not in kept]
        going.sort(key=lambda each: (each.kind in VIEWS, _RANK[each.kind], each.title), reverse=True)
        later = [*((each.name, _end(each), self.together[each.own]) for each in going), *self.columns]
        for _ in range(6):
            todo, later = later, []
            for name, statement, together in todo:
                if self.left[name] > sum(name in one for one in together):
                    later.append((name, statement, together))
                else:
                    self.left.subtract(word for one in together for word in one)
                    yield statement


def _tells(entry: Entry) -> bool:
    is_heir = entry.kind == "TABLE" and _INHERITS in entry.definition
    return is_heir or entry.kind in _USERS or entry.kind.endswith(_ATTACH)


def _needs_more(b: Side, beyond: Mapping[str, Container[str]]) -> bool:
    """Return whether B's object needs what may not be the same `beyond` the schemas compared, such as a trigger."""
    names = {(sqltext.unquoted(area), sqltext.unquoted(name)) for area, name in dotted(b.words)}
    is_there = all(area not in beyond or name in beyond[area] for area, name in names)
    return (b.kind, b.words[0]) == ("TRIGGER", "ALTER") or not is_there


def _other_defaults(a: Side | None, b: Side | None) -> Iterator[tuple[Name, str]]:
    """Yield the tables and columns whose default a difference is about."""
    each = b or a
    if each and each.kind == "DEFAULT":
        yield each.table, each.name
    elif a and b and a.kind == "TABLE":
        of_a, of_b = parse(a.text).clauses, parse(b.text).clauses
        same = {name for name in of_a if of_a[name].get("DEFAULT") == of_b.get(name, {}).get("DEFAULT")}
        yield from ((a.own, name) for name in of_a.keys() - same)


def _place(each: Side) -> Words:
    """Return the statement about an identity's column, or about what a part is attached to, as far as its name."""
    word = "ATTACH" if each.kind.endswith(_ATTACH) else "ADD"
    is_placed = word == "ATTACH" or (each.kind, each.words[0]) == ("SEQUENCE", "ALTER")
    return each.words[: each.words.index(word)] if is_placed else ()


def _is_alterable(a: Side, b: Side) -> bool:
    of_a, of_b = parse(a.text), parse(b.text)
    is_replaced = of_a.columns.keys() - of_b.columns.keys() and of_b.columns.keys() - of_a.columns.keys()
    return not (is_replaced or of_a.around != of_b.around or "INHERITS" in of_b.around[1] or is_typed(b))


def _kept(a: Side, b: Side) -> set[str]:
    """Return what can't be made of a table that stays as it is: its constraints, defaults that it would inherit."""
    of_a, of_b = parse(a.text), parse(b.text)
    return {*of_a.constraints, *(["DEFAULT"] if of_a.around != of_b.around else [])}


def _provided(a: Side | None, b: Side) -> list[str]:
    if a and b.kind == "TABLE":
        types = [{name: words(clauses[""]) for name, clauses in parse(each.text).clauses.items()} for each in (a, b)]
        return [name for name in types[1] if types[0].get(name) != types[1][name]]
    return [] if b.kind in _NAMELESS else [b.name]


def _used(each: Side) -> frozenset[str]:
    if each.kind == "TABLE":  # its columns may have the names of other things
        return frozenset(name for names in dotted(each.words) for name in names)
    return vocabulary(_before_is(each.text) if each.kind == "COMMENT" else each.text)


def _before_is(comment: str) -> str:
    found = [*sqltext.tokens(comment)]
    return "".join(found[: found.index("IS") - 1])


def _end(each: Side) -> str:
    table = ".".join(each.table)
    if each.kind in CONSTRAINTS:
        return f"ALTER {constrained(each)} DROP CONSTRAINT {each.name};"
    if each.kind == "DEFAULT":
        return f"ALTER TABLE {table} ALTER COLUMN {each.name} DROP DEFAULT;"
    on = each.name + f" ON {table}" if each.kind in ("TRIGGER", "POLICY") else ".".join(each.own) + each.arguments
    return f"DROP {each.kind} {on};"


def _is_unique(each: Side) -> bool:
    return each.kind == "CONSTRAINT" or (each.kind == "INDEX" and "UNIQUE" in each.words)


def _types(each: Side) -> object:
    return tuple(words(column[""]) for column in parse(each.text).clauses.values()) if each.kind == "TABLE" else None


def _signature(each: Side) -> object:
    if each.kind == "VIEW":
        is_plain = {"UNION", "EXCEPT", "INTERSECT"}.isdisjoint(each.words)
        return each.words[: _end_of_from(each.words)] if is_plain else each.words
    return each.words[: each.words.index("LANGUAGE")], "WINDOW" in each.words


def _end_of_from(query: Words) -> int:
    """Return where a query's FROM ends, or its list of columns, if it has none."""
    depths = accumulate({"(": 1, ")": -1}.get(word, 0) for word in query)
    return next((n for n, depth in enumerate(depths) if depth == 0 and query[n] in _AFTER_FROM), len(query))
