"""Every reader of files that others write, given what accidents make of them: never a traceback, never an invented id.

`ci/soak fuzz` tries the same for minutes.
"""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from modules import FOLDER, NAMES
from mutations import JSONS, ODD, damaged, reshaped, strings, written
from roots import DATA
from thorough import examples

from janitor import journal
from janitor.core.errors import Refused
from janitor.core.model import Evidence, Outcome, Ref, Scope
from janitor.terraform import hcl
from janitor.terraform.applylog import read_log
from janitor.terraform.evaluate import evaluate
from janitor.terraform.evaluator.variables import given_words, input_values
from janitor.terraform.places import places
from janitor.terraform.root import RootModule
from janitor.terraform.state import parse

STATES = sorted(file.name for file in DATA.glob("state-*.json"))
LOGS = sorted(file.name for file in DATA.glob("log-*"))
TRIED = examples(12, suppress_health_check=list(HealthCheck))


@cache
def body_of(name: str) -> object:
    return json.loads((DATA / name).read_bytes())


def small(name: str) -> object:
    """A state with its first resources only: hypothesis draws from every place in it."""
    body = dict(body_of(name))  # type: ignore[call-overload]
    return body | {"resources": body["resources"][:4]}


def stands_in(text: str, identity: str) -> bool:
    """Whether an id is in the text of a file: as it is, or as JSON may write it."""
    unescaped = text.replace("\\/", "/")
    forms = (identity, json.dumps(identity)[1:-1], json.dumps(identity, ensure_ascii=False)[1:-1])
    return any(form in text or form in unescaped for form in forms)


@given(st.data())
@TRIED
def test_a_state_of_any_shape_is_a_snapshot_without_an_invented_id(data: st.DataObject) -> None:
    shaped = data.draw(reshaped(small(data.draw(st.sampled_from(STATES)))))
    found = parse(written(shaped), source="s")
    assert {r.id for r in (*found.resources, *found.hints)} <= {"", *strings(shaped)}


@given(st.data())
@TRIED
def test_a_damaged_state_is_a_snapshot_without_an_invented_id(data: st.DataObject) -> None:
    raw = written(small(data.draw(st.sampled_from(STATES))))
    harmed = data.draw(damaged(raw))
    found = parse(harmed, source="s")
    text = harmed.decode("utf-8", "replace")
    assert all(stands_in(text, r.id) for r in (*found.resources, *found.hints))


@given(st.data())
@TRIED
def test_a_damaged_log_is_a_log_without_an_invented_id(data: st.DataObject) -> None:
    raw = (DATA / data.draw(st.sampled_from(LOGS))).read_bytes()
    begin = data.draw(st.integers(0, max(0, len(raw) - 4000)))
    harmed = data.draw(damaged(raw[begin : begin + 4000]))
    text = harmed.decode("utf-8", "replace")
    assert all(stands_in(text, created.id) for created in read_log("-", text=text).created)


@given(st.data())
@TRIED
def test_events_of_any_shape_are_a_log(data: st.DataObject) -> None:
    lines = (DATA / "log-small-tofu.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in data.draw(st.lists(st.sampled_from(lines), min_size=1, max_size=4))]
    shaped = data.draw(reshaped(events))
    found = read_log("-", text="\n".join(json.dumps(event) for event in shaped))
    known = list(strings(shaped))  # an event without its level is a line like any other: its message may hold the id
    assert all(any(created.id in text for text in known) for created in found.created)


@given(st.data())
@TRIED
def test_two_logs_that_run_into_each_other_invent_no_id(data: st.DataObject) -> None:
    """Two jobs that write into one file: whole lines, or any number of characters, of which nobody can tell the ids."""
    names = data.draw(st.tuples(st.sampled_from(LOGS), st.sampled_from(LOGS)))
    texts = [(DATA / name).read_text(encoding="utf-8") for name in names]
    known = {created.id for text in texts for created in read_log("-", text=text).created}
    whole = data.draw(st.booleans())
    mixed = "".join(_dealt(data.draw(st.randoms(use_true_random=True)), texts, whole=whole))
    found = {created.id for created in read_log("-", text=mixed).created}
    assert found <= known or not whole


def _dealt(dice: random.Random, texts: list[str], *, whole: bool) -> list[str]:
    """Pieces of both texts in turn: whole lines, or any number of characters."""
    left = [text.splitlines(keepends=True) if whole else list(_pieces(dice, text)) for text in texts]
    dealt: list[str] = []
    while any(left):
        dealt.append(dice.choice([pieces for pieces in left if pieces]).pop(0))
    return dealt


def _pieces(dice: random.Random, text: str) -> list[str]:
    places = sorted({0, len(text), *(dice.randrange(len(text) + 1) for _ in range(60))})
    return [text[a:b] for a, b in pairwise(places)]


SCOPE = Scope("c", "r", "p")
PORT = Ref(SCOPE, "port", "p-1")
ENTRIES = [
    {"v": 1, "at": 7.5, **entry}
    for entry in (
        journal.run_begin(command="apply", workspace="w", scopes=[SCOPE], since=1.0),
        journal.planned(PORT, evidence=[Evidence.STATE, Evidence.MARK], address="a.b", name="n", created_at=5.0),
        journal.applying(Path("x.log"), whole=True),
        journal.intended("a.b", "t", "n", ["m"], run_bound=True, scope=SCOPE, within={"k": "v"}),
        journal.creating("a.b"),
        journal.created("a.b", "t", "i-1", PORT),
        journal.created("a.c", "t", "i-2", None),
        journal.stated(PORT, address="a.b", name="n", match={"k": "v"}),
        journal.snapshot(Path("s")),
        journal.request(PORT, "delete"),
        journal.answer(PORT, "delete", status=204, accepted=True),
        journal.gone(PORT),
        journal.outcome(PORT, Outcome.DELETED),
        journal.applied(exit_code=0),
        journal.closed(listed=1),
    )
]


@given(st.data())
@TRIED
def test_a_journal_of_any_shape_is_recalled_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    entries = data.draw(reshaped(data.draw(st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=6))))
    raw = b"\n".join(json.dumps(entry).encode("utf-8", "surrogatepass") for entry in entries) + b"\n"
    path = tmp_path_factory.mktemp("journal") / "x.jsonl"
    path.write_bytes(data.draw(damaged(raw)))
    try:
        found = journal.recall(journal.read(path))
    except Refused:
        return
    text = path.read_bytes().decode("utf-8", "replace")
    ids = {ref.id for ref in (*found.ours, *found.met)} | {one.id for one in found.elsewhere}
    assert all(stands_in(text, identity) for identity in ids)


def test_a_journal_that_is_nothing_but_depth_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(
        b'{"v":1,"what":' + b"[" * 100_000 + b"\n" + b'{"v":1,"what":"closed","at":1' + b"0" * 400 + b"}\n"
    )
    assert journal.recall(journal.read(path)).closed


FILES = [
    file for name in NAMES for file in (FOLDER / name).rglob("*") if file.suffix in {".tf", ".tofu", ".json", ".tfvars"}
]


def read_all(folder: Path, **given_to: object) -> None:
    """All that is ever asked of a configuration's text."""
    root = RootModule(folder, **given_to)  # type: ignore[arg-type]
    written_there = hcl.read(root)
    found = evaluate(root, written=written_there, how="static")
    assert all(isinstance(one.name, str | None) for one in found.instances)
    places(root, written_there)
    given_words(root)
    input_values(root, written_there.modules[()])


@given(st.data())
@TRIED
def test_a_damaged_configuration_is_read_as_far_as_it_goes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("root")
    for number, file in enumerate(data.draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3))):
        kind = "".join(file.suffixes[-2:] if file.suffix == ".json" else [file.suffix]).replace(".json.json", ".json")
        name = f"f{number}.auto{kind}" if "tfvars" in kind else f"f{number}{kind}"
        (folder / name).write_bytes(data.draw(damaged(file.read_bytes())))
    read_all(folder)


@given(st.data())
@TRIED
def test_a_configuration_in_json_of_any_shape_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    body = json.loads((FOLDER / "json" / "main.tf.json").read_bytes())
    folder = tmp_path_factory.mktemp("root")
    (folder / "main.tf.json").write_bytes(written(data.draw(reshaped(body))))
    (folder / "terraform.tfvars.json").write_bytes(written(data.draw(JSONS)))
    (folder / ".terraform" / "modules").mkdir(parents=True)
    listed = data.draw(reshaped({"Modules": [{"Key": "below", "Dir": "."}, {"Key": "", "Dir": "."}]}))
    (folder / ".terraform" / "modules" / "modules.json").write_bytes(written(listed))
    (folder / "below").mkdir()
    (folder / "below" / "main.tf.json").write_bytes(written(data.draw(reshaped(body))))
    read_all(folder)


@given(st.sampled_from(NAMES), st.text(max_size=40), st.text(alphabet='[]{}()",=ab1.$%', max_size=40), ODD)
@TRIED
def test_variables_may_be_given_anything(name: str, one: str, other: str, odd: object) -> None:
    values = {"TF_VAR_free": other, "TF_VAR_numbers": one, "TF_VAR_mapped": other, "TF_VAR_settings": other}
    read_all(
        FOLDER / name, environment=values, variables=(f"number={one}", f"names={other}", f"given={odd}"), workspace=one
    )


WORDS = st.sampled_from(
    [
        *(
            "a",
            "var.a",
            "local.x",
            "each.key",
            "count.index",
            "1",
            "-1",
            "0.5",
            '"t"',
            '"${1}"',
            '"%{ if true }a%{ endif }"',
        ),
        *(
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            ",",
            "=",
            "=>",
            "?",
            ":",
            "for",
            "in",
            "if",
            "...",
            ".",
            "[*]",
            ".*",
            "!",
            "-",
            "+",
            "%",
        ),
        *(
            "&&",
            "||",
            "==",
            "<",
            "null",
            "true",
            "try(",
            "format(",
            "join(",
            "toset(",
            "range(",
            "merge(",
            "split(",
            '"',
            "\n",
            " ",
        ),
        *("<<EOT\na\nEOT\n", "<<-EOT\n  ${", "/*", "//", "#", "\\", "$${", "%%{", "%{ for x in [1] }", "%{ endfor }"),
    ]
)


@given(
    st.lists(WORDS, max_size=14).map("".join), st.sampled_from(["name = {}", "count = {}\n  name = 1", "for_each = {}"])
)
@TRIED
def test_any_words_of_the_language_are_a_value_or_a_hole(
    tmp_path_factory: pytest.TempPathFactory, text: str, place: str
) -> None:
    folder = tmp_path_factory.mktemp("root")
    body = f'variable "a" {{\n  type = {text or "any"}\n  default = {text}\n}}\nlocals {{\n  x = {text}\n}}\n'
    resource = f'resource "o_net" "n" {{\n  {place.format(text)}\n}}\n'
    (folder / "a.tf").write_text(body, encoding="utf-8")
    (folder / "b.tf").write_text(resource, encoding="utf-8")
    read_all(folder)
