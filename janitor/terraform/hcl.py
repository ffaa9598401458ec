"""The configuration's text → blocks, module by module (python-hcl2). Reads; evaluates nothing.

Quotes and `${…}` that python-hcl2 leaves on values become three forms: `Template` (a quoted string), `Code` (any other
expression) and plain literals. A file that cannot be parsed is a problem with a name, never an exception.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from janitor.terraform.events import one_line
from janitor.terraform.heredocs import UncertainEndError, heredoc_at, with_bare_ends
from janitor.terraform.root import RootModule, configuration_files, is_override

_DEEPEST = 12
_JSON = (".tf.json", ".tofu.json")

Body = Mapping[str, object]
_Label = TypeVar("_Label")


@dataclass(frozen=True, slots=True)
class Template:
    """A string, with `${…}` in it where it has any."""

    text: str
    raw: bool = False  # without escapes: of a heredoc, or of JSON
    torn: bool = False  # a heredoc of which nobody can say where its margin is


@dataclass(frozen=True, slots=True)
class Code:
    """An expression that is not a plain literal."""

    text: str


@dataclass(slots=True)
class Module:
    """One module as it is written. Keys of the tables are the labels of the blocks."""

    path: tuple[str, ...]  # names of the calls that lead here; () is the root
    folder: Path
    resources: dict[tuple[str, str, str], dict[str, object]] = field(default_factory=dict)  # (mode, type, name)
    variables: dict[str, dict[str, object]] = field(default_factory=dict)
    locals: dict[str, object] = field(default_factory=dict)
    outputs: dict[str, dict[str, object]] = field(default_factory=dict)
    calls: dict[str, dict[str, object]] = field(default_factory=dict)
    providers: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)  # (name, alias or "")
    imports: list[dict[str, object]] = field(default_factory=list)
    moves: list[dict[str, object]] = field(default_factory=list)
    removals: list[dict[str, object]] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)  # local name of a provider → where it comes from

    def is_openstack(self, provider: str) -> bool:
        """Whether a provider's local name means OpenStack's, whatever the module calls it."""
        return self.sources.get(provider, f"x/{provider}").endswith("/openstack")

    def address(self, mode: str, kind: str, name: str) -> str:
        """The address of a resource of this module, without any index."""
        prefix = "".join(f"module.{part}." for part in self.path)
        return f"{prefix}{'data.' if mode == 'data' else ''}{kind}.{name}"


@dataclass(frozen=True, slots=True)
class Written:
    """The configuration as text. `hidden` are the files that could not be parsed, `missing` modules not on disk."""

    modules: Mapping[tuple[str, ...], Module]
    problems: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def read(root: RootModule) -> Written:
    """Read the root module and every module it calls that is on this disk."""
    installed = _installed(root)
    modules: dict[tuple[str, ...], Module] = {}
    problems: list[str] = []
    hidden: list[str] = []
    missing: list[str] = []
    waiting: list[tuple[tuple[str, ...], Path]] = [((), root.path)]
    parsed: dict[Path, object] = {}
    while waiting:
        path, folder = waiting.pop()
        module = Module(path, folder)
        modules[path] = module
        for file in module_files(folder, flavour=root.flavour):
            if file not in parsed:
                parsed[file] = _parse(file)
            body = parsed[file]
            if isinstance(body, dict):
                _add(module, body, override=is_override(file.name))
            else:
                name = os.path.relpath(file, root.path)
                problems.append(one_line(f"{name} cannot be parsed", str(body)))
                hidden.append(name)
        for call, block in sorted(module.calls.items(), reverse=True):
            below = (*path, call)
            target = _folder(folder, block.get("source"), installed.get(".".join(below)))
            if target is None or len(below) > _DEEPEST:
                missing.append("module." + ".module.".join(below))
            else:
                waiting.append((below, target))
    problems += [f"{name} is not on this disk: what it declares is unknown (it may need init)." for name in missing]
    return Written(modules, tuple(problems), tuple(dict.fromkeys(hidden)), tuple(missing))


def module_files(folder: Path, *, flavour: str) -> Iterator[Path]:
    """The files of a module that this binary reads: tofu prefers `x.tofu` to `x.tf`, terraform knows no `.tofu`."""
    files = configuration_files(folder)
    names = {file.name for file in files}
    for file in files:
        tofu = file.name.endswith((".tofu", ".tofu.json"))
        hidden = not tofu and re.sub(r"\.tf(\.json)?$", r".tofu\1", file.name) in names
        if (flavour == "tofu" and not hidden) or (flavour == "terraform" and not tofu):
            yield file


def neutral(value: object) -> object:
    """A value of python-hcl2 in the three forms."""
    if isinstance(value, dict):
        return {_key(k): neutral(v) for k, v in value.items() if k != "__is_block__"}
    if isinstance(value, list):
        return [neutral(item) for item in value]
    if not isinstance(value, str):
        return value
    if len(value) > 1 and value[0] == value[-1] == '"':
        return _string(value[1:-1])
    if value.startswith("${") and value.endswith("}"):
        return Code(value[2:-1].strip())
    return Code(value)


def _string(text: str) -> Template:
    heredoc = heredoc_at(text)
    if heredoc is None:
        return Template(text)
    if text[heredoc.end :].strip():
        raise UncertainEndError("what stands behind the end of a heredoc is lost")
    return Template(heredoc.text, raw=True, torn=heredoc.torn)


def _key(key: str) -> str:
    if len(key) > 1 and key[0] == key[-1] == '"':
        return key[1:-1]
    return key


def _parse(file: Path) -> object:
    """The body of a file, or a sentence that says why there is none."""
    try:
        text = file.read_bytes().decode("utf-8-sig")  # a line's end is part of a heredoc
    except (OSError, UnicodeDecodeError) as error:
        return error.strerror if isinstance(error, OSError) else "it is not UTF-8"
    if file.name.endswith(_JSON):
        try:
            body = json_of(text)
        except (ValueError, RecursionError) as error:
            return str(error)
        return _from_json(body) if isinstance(body, dict) else "it is not a JSON object"
    return parse_text(text)


def json_of(text: str) -> object:
    """A value of JSON, of which terraform makes a block for each key. Raises ValueError where one stands there twice:
    the last one alone would be seen.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = [key for key, number in Counter(key for key, _ in pairs if key != "//").items() if number > 1]
            if twice:
                raise ValueError(f"the key {twice[0]!r} stands twice in one object")
        return found

    return json.loads(text, object_pairs_hook=once)


def parse_text(text: str) -> object:
    """The body of a text in HCL, or a sentence that says why there is none."""
    import hcl2
    from lark.exceptions import LarkError

    options = hcl2.SerializationOptions(with_comments=False)
    try:
        whole = with_bare_ends(text if text.endswith("\n") else f"{text}\n")
        return neutral(hcl2.loads(whole, serialization_options=options))
    except UncertainEndError as error:
        return str(error)
    except LarkError as error:
        line = getattr(error, "line", 0)
        return f"a syntax error in line {line}" if line and line > 0 else "a syntax error at its end"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        return f"python-hcl2 cannot read it ({type(error).__name__})"


def _from_json(value: object, *, code: bool = False) -> object:
    """A value of JSON in the three forms: a string is a template, but for the names that `depends_on` holds."""
    if isinstance(value, dict):
        return {k: _from_json(v, code=k == "depends_on") for k, v in value.items() if k != "//"}
    if isinstance(value, list):
        return [_from_json(item, code=code) for item in value]
    if isinstance(value, str):
        return Code(value) if code else Template(value, raw=True)
    return value


def _add(module: Module, body: Body, *, override: bool) -> None:
    for mode, section in (("managed", "resource"), ("data", "data")):
        for labels, block in _blocks(body.get(section), 2):
            _put(module.resources, (mode, labels[0], labels[1]), block, override=override)
    for table, section in (
        (module.variables, "variable"),
        (module.outputs, "output"),
        (module.calls, "module"),
    ):
        for labels, block in _blocks(body.get(section), 1):
            _put(table, labels[0], block, override=override)
    for labels, block in _blocks(body.get("provider"), 1):
        alias = block.get("alias")
        key = (labels[0], alias.text if isinstance(alias, Template) else "")
        _put(module.providers, key, block, override=override)
    module.sources.update(_sources(body))
    for _, block in _blocks(body.get("locals"), 0):
        module.locals.update(block)
    for blocks, section in ((module.imports, "import"), (module.moves, "moved"), (module.removals, "removed")):
        blocks.extend(block for _, block in _blocks(body.get(section), 0))


def _sources(body: Body) -> Iterator[tuple[str, str]]:
    """Local name and source of the providers that a module asks for."""
    for _, block in _blocks(body.get("terraform"), 0):
        for _, required in _blocks(block.get("required_providers"), 0):
            for name, asked in required.items():
                source = asked.get("source") if isinstance(asked, dict) else None
                if isinstance(source, Template):
                    yield name, source.text.strip("/")


def _put(table: dict[_Label, dict[str, object]], key: _Label, block: dict[str, object], *, override: bool) -> None:
    if not override or key not in table:
        table[key] = block
        return
    merged = dict(table[key])
    for name, value in block.items():
        if name == "lifecycle":
            old, new = first_block(merged, name), first_block(block, name)
            merged[name] = [{**old, **new}]
        else:
            merged[name] = value
    table[key] = merged


def first_block(body: Body, name: str) -> dict[str, object]:
    """A nested block that stands once at most; empty when it is absent."""
    value = body.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


def _blocks(section: object, labels: int) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    """The blocks of a section with their labels; JSON has tables where HCL has lists of tables."""
    for item in section if isinstance(section, list) else [section]:
        if not isinstance(item, dict):
            continue
        if labels == 0:
            yield (), item
            continue
        for label, inner in item.items():
            for rest, block in _blocks(inner, labels - 1):
                yield (label, *rest), block


def _installed(root: RootModule) -> dict[str, Path]:
    try:
        listed = json.loads((root.data_dir / "modules" / "modules.json").read_bytes())["Modules"]
        return {str(m["Key"]): root.path / m["Dir"] for m in listed if m["Key"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _folder(parent: Path, source: object, installed: Path | None) -> Path | None:
    text = source.text if isinstance(source, Template) else ""
    for candidate in (parent / text if text.startswith(("./", "../")) else None, installed):
        if candidate is not None and _can_be_read(candidate):
            return Path(os.path.normpath(candidate))
    return None


def _can_be_read(folder: Path) -> bool:
    try:
        return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
    except OSError:  # a name that no folder can have
        return False
