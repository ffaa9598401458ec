"""The console: plain lines where nobody watches, a display where somebody does, and one question."""

from __future__ import annotations

import io
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from janitor.console import Console, Loudness
from janitor.core.errors import Interrupted
from janitor.core.model import Denial, Evidence, Holder, Observed, Ref, Scope, Verdict
from janitor.core.plan import Action, Plan, Step
from janitor.engine.protocols import Event

SCOPE = Scope("gitlab", "RegionOne", "7f3a", "ci")
GROUP, SERVER = Ref(SCOPE, "security_group", "g-1"), Ref(SCOPE, "server", "s-1")
HELD = Event("held", 1.0, GROUP, "k8s", holders=(Holder("port", "p-9", "by-hand", "99aa"),))
HOSTILE = "\x1b[2Jx\n::error::forged"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Iterator[Callable[[], float]]:
    ticks = iter(range(10_000))
    return lambda: float(next(ticks))


def heard(loudness: Loudness = Loudness.NORMAL, **environment: str) -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(stream, environment=environment, loudness=loudness, clock=lambda: 0.0), stream


def told(console: Console) -> None:
    with console.phase("Deleting"):
        console.expect(2)
        for event in (
            Event("start", 0.0, SERVER, "web"),
            Event("accepted", 0.5, SERVER, "web"),
            HELD,
            HELD,
            Event("gone", 2.0, SERVER, "web"),
            Event("round", 2.0, text="second round"),
            Event("blocked", 3.0, GROUP, "k8s", holders=HELD.holders),
        ):
            console.event(event)


def test_plain_lines_say_each_thing_once() -> None:
    console, stream = heard()
    told(console)
    assert stream.getvalue().splitlines() == [
        "[  0.0 s] Deleting …",
        "[  0.0 s] held      security_group k8s (g-1): held by port by-hand (p-9) of project 99aa",
        "[  0.0 s] gone      server web (s-1)",
        "[  0.0 s] blocked   security_group k8s (g-1): held by port by-hand (p-9) of project 99aa",
        "[  0.0 s] Deleting: 1 of 2 done, 1 failed",
    ]


def test_a_holder_is_named_once_also_where_the_engine_says_it_in_words() -> None:
    console, stream = heard()
    holder = HELD.holders[0]
    console.event(Event("blocked", 3.0, GROUP, "k8s", f"held by {holder}", (holder,)))
    console.event(Event("blocked", 3.0, GROUP, "k8s", "in use", (holder,)))
    assert stream.getvalue().splitlines() == [
        f"[  0.0 s] blocked   security_group k8s (g-1): held by {holder}",
        f"[  0.0 s] blocked   security_group k8s (g-1): held by {holder}: in use",
    ]


def test_quiet_leaves_trouble_and_warnings() -> None:
    console, stream = heard(Loudness.QUIET)
    told(console)
    console.note("a note")
    console.warn("a warning")
    assert [line.split("] ")[1].split()[0] for line in stream.getvalue().splitlines()] == ["blocked", "warning:"]


def test_what_stays_blocked_is_told_and_counted_once() -> None:
    """It is asked for once more before the run gives up; should it go then, it has not failed."""
    console, stream = heard()
    with console.phase("Deleting"):
        console.expect(2)
        for name, what in (("a", "blocked"), ("b", "blocked"), ("a", "blocked"), ("b", "gone")):
            console.event(Event(what, 0.0, Ref(SCOPE, "port", name), name, "held by something"))
    assert [line.split("] ")[1] for line in stream.getvalue().splitlines()[1:]] == [
        "blocked   port a: held by something",
        "blocked   port b: held by something",
        "gone      port b: held by something",
        "Deleting: 1 of 2 done, 1 failed",
    ]


def test_verbose_tells_every_request() -> None:
    console, stream = heard(Loudness.VERBOSE)
    told(console)
    console.detail("a detail")
    words = [line.split("] ")[1].split()[0] for line in stream.getvalue().splitlines()]
    assert words == ["Deleting", "start", "accepted", "held", "gone", "round", "blocked", "Deleting:", "a"]


def test_terraform_tells_what_is_complete_and_what_failed() -> None:
    console, stream = heard()
    with console.phase("tofu destroy"):
        console.terraform("openstack_x.y[0]", "delete", "start")
        console.terraform("openstack_x.y[0]", "delete", "complete", elapsed=12.3)
        console.terraform("openstack_x.z", "delete", "errored")
    assert stream.getvalue().splitlines()[1:] == [
        "[  0.0 s] terraform: delete openstack_x.y[0] complete (12.3 s)",
        "[  0.0 s] terraform: delete openstack_x.z errored",
        "[  0.0 s] tofu destroy: 1 done, 1 failed",
    ]


def test_what_terraform_only_reads_is_none_of_what_it_has_to_do() -> None:
    console, stream = heard()
    with console.phase("tofu apply"):
        console.expect(1)
        console.terraform("data.openstack_x.y", "read", "complete")
        console.terraform("openstack_x.z", "create", "complete")
    assert stream.getvalue().splitlines()[-1] == "[  0.0 s] tofu apply: 1 of 1 done"


def test_gitlab_folds_each_phase() -> None:
    console, stream = heard(CI="true", GITLAB_CI="true")
    with console.phase("Looking at the cloud"), console.phase("inside"):
        pass
    start, inner, end = stream.getvalue().split("\n")[:3]
    assert re.fullmatch(
        r"\x1b\[0Ksection_start:\d+:janitor_looking_at_the_cloud\[collapsed=true\]\r\x1b\[0KLooking at the cloud",
        start,
    )
    assert inner.endswith("inside …")
    assert re.fullmatch(r"\x1b\[0Ksection_end:\d+:janitor_looking_at_the_cloud\r\x1b\[0K", end)


def test_gitlab_folds_a_phase_that_comes_again_under_another_name() -> None:
    console, stream = heard(CI="true", GITLAB_CI="true")
    for _ in range(3):
        with console.phase("Deleting what is left"):
            pass
    names = re.findall(r"section_(start|end):\d+:(\w+)", stream.getvalue())
    each = ["janitor_deleting_what_is_left" + end for end in ("", "_2", "_3")]
    assert names == [(what, name) for name in each for what in ("start", "end")]


def test_no_name_opens_a_section_or_a_group() -> None:
    for variables in ({"GITLAB_CI": "true"}, {"GITHUB_ACTIONS": "true"}):
        console, stream = heard(Loudness.VERBOSE, CI="true", **variables)
        for name in (
            "\x1b[0Ksection_start:1:x\r\x1b[0Kforged",
            "x\n::group::forged",
            "::add-mask::x",
            "##[group]forged",
        ):
            console.event(Event("failed", 0.0, Ref(SCOPE, name, name), name, name))
            console.note(name)
            console.warn(name)
        assert not re.search(r"[\x1b\r]|^\s*::|##\[", stream.getvalue(), re.MULTILINE)


def test_github_groups_each_phase() -> None:
    console, stream = heard(CI="true", GITHUB_ACTIONS="true")
    with console.phase("Looking"):
        console.note("::error::forged")
    assert stream.getvalue().splitlines() == ["::group::Looking", "[  0.0 s] : :error::forged", "::endgroup::"]


@pytest.mark.parametrize("loudness", Loudness)
def test_a_phase_that_fails_is_closed(loudness: Loudness) -> None:
    console, stream = heard(loudness, GITHUB_ACTIONS="true")
    with pytest.raises(ValueError, match="x"), console.phase("Looking"):
        raise ValueError("x")
    assert stream.getvalue().count("::group::") == stream.getvalue().count("::endgroup::")


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_no_name_is_more_than_a_name(stream: type[io.StringIO]) -> None:
    screen = stream()
    with Console(screen, environment={}, loudness=Loudness.VERBOSE, color=False) as console:
        with console.phase("Deleting"):
            holder = Holder(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
            for what in ("held", "gone", "failed", "blocked", "retry"):
                console.event(Event(what, 0.0, Ref(SCOPE, HOSTILE, HOSTILE), HOSTILE, HOSTILE, (holder,)))
            console.terraform(HOSTILE, HOSTILE, "start")
            console.terraform(HOSTILE, HOSTILE, "errored")
        console.note(HOSTILE)
        console.warn(HOSTILE)
    assert "\x1b[2J" not in screen.getvalue()
    assert not re.search(r"^\s*::", screen.getvalue(), re.MULTILINE)


def test_a_terminal_shows_what_waits_for_whom_and_leaves_one_line_a_phase() -> None:
    screen = Terminal()
    with Console(screen, environment={"COLUMNS": "100"}, color=False) as console:
        with console.phase("Deleting what is left"):
            console.expect(2)
            console.event(Event("start", 0.0, SERVER, "web [red]"))
            console.event(HELD)
            view = console._display.view()  # type: ignore[attr-defined]
            console.event(Event("gone", 0.0, SERVER, "web [red]"))
        shown = screen.getvalue()
        console._display.terminal.print(view)  # type: ignore[attr-defined]
    lines = re.sub(r"\x1b\[\d*m", "", screen.getvalue()[len(shown) :]).splitlines()
    assert re.search(r"waiting +security_group k8s +0\.\d s +held by port by-hand \(p-9\) of project", lines[1])
    assert re.search(r"deleting +server web \[red\]", lines[-1])
    assert re.search(r"✓ Deleting what is left  1 of 2 done  \d\.\d s", re.sub(r"\x1b\[\d*m", "", shown))
    assert "gone" not in shown


def test_colours_can_be_refused() -> None:
    screen = Terminal()
    with Console(screen, environment={}, color=False) as console, console.phase("Looking"):
        console.event(HELD)
    assert not re.search(r"\x1b\[\d*;?3\dm", screen.getvalue())


def test_several_threads_may_talk_at_once() -> None:
    screen = Terminal()
    with Console(screen, environment={}) as console, console.phase("Deleting"):
        refs = [[Ref(SCOPE, "port", f"{hand}-{n}") for n in range(50)] for hand in range(6)]

        def work(mine: list[Ref]) -> None:
            for ref in mine:
                console.event(Event("start", 0.0, ref))
                console.event(Event("gone", 0.0, ref))

        hands = [threading.Thread(target=work, args=(mine,)) for mine in refs]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert console._board.done == 300


def plan() -> Plan:
    steps = {
        ref: Step(ref, Action.DELETE, Observed(ref, name=HOSTILE), evidence=(Evidence.STATE, Evidence.MARK))
        for ref in (GROUP, SERVER)
    }
    return Plan(steps=steps, kept=(Verdict(SERVER, denial=Denial.FOREIGN),), notes=(HOSTILE,))


@pytest.mark.parametrize(
    ("answer", "said"), [("yes\n", True), (" YES \n", True), ("y\n", False), ("\n", False), ("", False)]
)
def test_only_yes_is_a_yes(answer: str, said: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    console, stream = heard()
    assert console.confirm(plan(), whose="of workspace ci-4711") is said
    shown = stream.getvalue()
    assert shown.startswith("2 objects of workspace ci-4711 in gitlab/RegionOne/ci would be deleted:\n")
    assert "1 security group" in shown
    assert "1 by state" in shown
    assert "\x1b" not in shown
    assert "\n::" not in shown


def test_nobody_is_asked_where_there_is_nothing_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert heard()[0].confirm(Plan(), whose="of workspace w")
    assert Console(io.StringIO(), yes=True).confirm(plan(), whose="of workspace w")


def test_ctrl_c_at_the_question_ends_the_run_although_signals_only_set_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient(io.StringIO):
        def readline(self, *_: object) -> str:
            signal.raise_signal(signal.SIGINT)
            return "yes\n"

    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    monkeypatch.setattr(sys, "stdin", Impatient())
    try:
        with pytest.raises(Interrupted, match="nothing was changed"):
            heard()[0].confirm(plan(), whose="of workspace w")
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert asked == [signal.SIGINT]


def test_a_dumb_terminal_and_a_ci_get_plain_lines(tmp_path: Path) -> None:
    for environment in ({"TERM": "dumb"}, {"CI": "true"}):
        screen = Terminal()
        with Console(screen, environment=environment) as console, console.phase("Looking"):
            pass
        assert "\x1b" not in screen.getvalue()
