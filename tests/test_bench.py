"""The bench's own reckoning: which trials there are, what its figures are ratios of, what file and picture hold."""

import json
from dataclasses import replace
from itertools import groupby
from xml.etree import ElementTree as ET

import pytest

from ground import effort, records, timelines
from ground.drawing import picture, ticks
from ground.figures import GOALS, Alone, Goal, deletes_of, figures
from ground.large import Read
from ground.rivals import CLEANUP, CRUDE, FALLBACK, JANITOR, RIVALS, TERRAFORM, TOFU, Measured
from ground.scanning import Scanned
from ground.tables import spread, tables
from ground.timelines import Bar
from ground.trials import BEFORE_NODES, DEFAULT, EVERYBODY, parser, scaled, trials

ALONE = Alone(
    0.2, Scanned(seconds=0.5, requests=45, kinds=60), Read("whole", 10_048, 0.4, 52.0), Read("True", 600, 1.4, 90.0)
)
CPUS = 2


def row(rival, seconds, **more):
    given = {"code": 0, "peak": 80.0, "resources": 64, "left": {}} | more
    return Measured(rival.name, seconds, **given)


def gone(kind, started, seconds, *, requests=2):
    scope = {"cloud": "c", "region": "r", "project": {"id": "p"}}
    ref = {"scope": scope, "kind": kind, "id": f"id-of-{kind}"}
    told = {"name": kind, "address": "", "outcome": "deleted", "requests": requests}
    return {**ref, **told, "started": started, "seconds": seconds}


def edge(dependent, dependency):
    return {"from": dependent, "to": dependency, "source": "observed"}


def parsed(drawn):
    return ET.fromstring(drawn.encode())  # noqa: S314 - drawn a moment ago


def chosen(*words):
    return trials(parser().parse_args(words))


def seen(rows):
    return {(one.name, one.where): one for one in figures(rows, ALONE, cpus=CPUS)}


class TestTrials:
    def test_without_options_four_rivals_run_once_on_the_demos_stack(self):
        assert [trial.key for trial in chosen()] == [f"kubespray/0/{rival}/1" for rival in DEFAULT]

    def test_rivals_take_turns(self):
        rivals = [trial.rival for trial in chosen("--runs", "2", "--only", "crude", "--only", "janitor")]
        assert rivals == ["crude", "janitor", "crude", "janitor"]

    def test_sizes_and_latencies_multiply(self):
        keys = {t.key for t in chosen("--resources", "20", "--resources", "150", "--latency", "0", "--latency", "200")}
        assert len(keys) == 2 * 2 * len(DEFAULT)
        assert "small-20/200/tofu/1" in keys

    def test_full_is_sixty_for_all_and_the_other_sizes_once(self):
        full = chosen("--full")
        assert len({trial.key for trial in full}) == len(full)
        counted = [
            ((size, latency), len({t.rival for t in some}), max(t.number for t in some))
            for (size, latency), group in groupby(full, key=lambda t: (t.stack.size, t.latency))
            for some in [list(group)]
        ]
        assert counted == [
            ((60, 0), len(EVERYBODY), 3),
            ((60, 200), len(EVERYBODY), 3),
            ((20, 0), 3, 1),
            ((150, 0), 3, 1),
            ((300, 0), 3, 1),
        ]

    @pytest.mark.parametrize("runs", ["0", "-1"])
    def test_no_runs_are_a_mistake(self, runs):
        with pytest.raises(SystemExit):
            chosen("--runs", runs)

    def test_every_rival_can_be_chosen(self):
        assert set(RIVALS) == set(EVERYBODY)


class TestScaled:
    @pytest.mark.parametrize("resources", [50, 52, 60, 64, 150, 300])
    def test_the_variables_make_as_many_resources_as_were_asked_for(self, resources):
        variables = scaled(resources).variables
        workers, volumes = json.loads(variables["TF_VAR_k8s_nodes"]), int(variables["TF_VAR_gfs_volumes"])
        addresses = sum(worker["floating_ip"] for worker in workers.values())
        assert BEFORE_NODES + 2 * (len(workers) + addresses + volumes) == resources
        assert volumes <= len(workers)

    def test_sixty_four_is_the_example_itself(self):
        variables = scaled(64).variables
        assert len(json.loads(variables["TF_VAR_k8s_nodes"])) == 5
        assert variables["TF_VAR_gfs_volumes"] == "2"

    def test_few_resources_are_the_small_example(self):
        assert (scaled(20).example, scaled(20).variables) == ("small", {})


class TestFigures:
    def test_they_are_ratios_of_medians_at_one_place(self):
        mine = [row(JANITOR, s, report={"requests": 128, "seconds": s}) for s in (4.0, 5.0, 9.0)]
        others = [row(TOFU, 50.0), row(CRUDE, 4.0), row(CLEANUP, 10.0), row(TERRAFORM, 60.0)]
        elsewhere = [row(TOFU, 900.0, latency=200), row(CRUDE, 1.0, resources=300)]
        found = seen([*mine, *others, *elsewhere])
        values = {name: one.value for (name, where), one in found.items() if where in ("64, 0 ms", "")}
        assert values == {
            "faster than tofu destroy": 10.0,
            "faster than terraform destroy": 12.0,
            "times the crude script": 1.25,
            "times openstack project cleanup": 0.5,
            "requests per managed resource": 2.0,
            "MB of memory": 80.0,
            "objects left": 0,
            "seconds of janitor --help": 0.2,
            "seconds to scan every kind of an empty project": 0.5,
            "requests of that for each kind": 0.75,
            "seconds of processor to read a state of 10 000 resources": 0.4,
            "MB of memory for that": 52.0,
            "seconds of processor to evaluate 5 000 lines of HCL": 1.4,
        }
        assert {one.met for one in found.values()} == {"yes"}

    def test_a_goal_is_of_a_size(self):
        rows = [
            row(rival, seconds, resources=resources, report={"requests": 1})
            for resources in (21, 64, 300)
            for rival, seconds in ((JANITOR, 6.5), (CRUDE, 5.0))
        ]
        found = seen(rows)
        met = [found["times the crude script", f"{resources}, 0 ms"].met for resources in (21, 64, 300)]
        assert met == ["", "yes", "NO"]

    def test_nothing_may_be_left_also_when_tofu_hangs(self):
        found = seen([row(JANITOR, 5.0), row(FALLBACK, 40.0, left={"port": 1, "network": 1})])
        assert found["objects left", "64, 0 ms"].met == "yes"
        assert found["objects left when tofu hangs", "64, 0 ms"].value == 2
        assert found["objects left when tofu hangs", "64, 0 ms"].met == "NO"

    @pytest.mark.parametrize(("last", "met"), [(10.2, "yes"), (11.0, "NO")])
    def test_growth_is_for_twice_the_resources(self, last, met):
        rows = [row(JANITOR, 5.0, resources=150), row(JANITOR, last, resources=300)]
        found = seen([*rows, row(JANITOR, 99.0, resources=150, latency=200)])
        growth = found["times as long for twice the resources", "300, 0 ms"]
        assert (growth.value, growth.met) == (round(last / 5, 2), met)

    def test_growth_over_four_times_the_resources_is_that_of_two_doublings(self):
        found = seen([row(JANITOR, 2.0, resources=60), row(JANITOR, 8.0, resources=240)])
        assert found["times as long for twice the resources", "240, 0 ms"].value == 2.0

    def test_what_bounds_a_run_is_the_longer_of_chain_and_service(self):
        report = {"objects": [gone("server", 1.0, 4.0)], "edges": [], "requests": 1}
        for worked, ratio in (({"nova": 2.0}, 1.25), ({"nova": 4.5, "neutron": 1.0}, 1.11), ({"mariadb": 9.0}, 1.11)):
            found = seen([row(JANITOR, 5.0, resources=300, report=report, worked=worked)])
            assert found["times the longest chain or the busiest service", "300, 0 ms"].value == ratio

    def test_without_a_janitor_there_is_nothing_to_compare(self):
        assert {where for _, where in seen([row(TOFU, 50.0), row(CRUDE, 5.0)])} == {""}

    def test_each_goal_says_what_it_is(self):
        assert [str(goal) for goal in GOALS["times the crude script"]] == ["at most 1.5", "at most 1.2"]
        assert Goal("at least", 10).met_by(10.0)
        assert not Goal("at least", 10).met_by(9.99)


class TestEffort:
    def test_a_service_has_one_lock_and_the_machine_its_cores(self):
        assert effort.busiest({"nova": 3.0, "neutron-2": 2.0, "mariadb": 0.5}, 2) == ("nova", 3.0)
        assert effort.busiest({"nova": 3.0, "neutron": 2.9, "mariadb": 5.0}, 2) == ("machine", 5.45)

    def test_what_started_in_between_is_not_known(self):
        assert effort.between({"nova": 1.0, "ended": 2.0}, {"nova": 1.5, "new": 9.0}) == {"nova": 0.5}

    def test_deletes_are_counted_where_they_were_asked_for(self):
        objects = [gone("port", 1, 1), gone("router", 1, 1), gone("security_group_rule", 1, 0, requests=0)]
        one = row(JANITOR, 5.0, report={"objects": [*objects, gone("server", 1, 1)]})
        assert [deletes_of(one, name) for name in ("neutron-2", "nova", "machine", "mariadb")] == [2, 1, 3, 0]


class TestTimelines:
    def test_of_janitors_report(self):
        kept = gone("volume", 0.1, 0.2) | {"outcome": "kept"}
        bars = timelines.of_report({"objects": [gone("port", 2.0, 1.0), gone("server", 1.0, 0.5), kept]}, start=0.25)
        assert bars == [Bar("server", "server", 1.25, 0.5), Bar("port", "port", 2.25, 1.0)]

    def test_what_terraform_deleted_for_janitor_is_one_bar(self):
        terraform = {"ran": True, "started": 1.5, "seconds": 30.0}
        report = {"objects": [gone("port", 0.0, 0.0), gone("network", 32.0, 1.0)], "terraform": terraform}
        kinds = [(bar.kind, bar.began, bar.seconds) for bar in timelines.of_report(report, start=0.5)]
        assert kinds == [("terraform", 2.0, 30.0), ("network", 32.5, 1.0)]

    def test_of_terraforms_log(self):
        def line(kind, second, address="openstack_compute_instance_v2.a"):
            resource = {"addr": address, "resource_type": address.split(".", maxsplit=1)[0]}
            moment = f"1970-01-01T00:01:{second:02}.500000Z"
            return json.dumps({"@timestamp": moment, "type": kind, "hook": {"resource": resource}})

        lines = ["not JSON", "[]", line("apply_start", 2), line("apply_progress", 5), line("apply_complete", 12)]
        lines += [line("apply_complete", 3, "null_resource.never_begun"), '{"type": "apply_complete"}']
        (bar,) = timelines.of_terraform(lines, 60.0)
        assert bar == Bar("server", "openstack_compute_instance_v2.a", 2.5, 10.0)

    def test_of_the_crude_script(self):
        lines = ['{"kind": "port", "called": "p", "began": 101.5, "seconds": 0.5}', '{"other": 1}', ""]
        assert timelines.of_crude(lines, 100.0) == [Bar("port", "p", 1.5, 0.5)]


class TestLongestChain:
    def chain(self, objects, edges):
        return [bar.kind for bar in timelines.longest_chain({"objects": objects, "edges": edges})]

    def test_it_is_the_one_that_took_longest_not_the_one_with_most_members(self):
        server, port, network = gone("server", 0, 9), gone("port", 9, 1), gone("network", 10, 1)
        address, router = gone("floating_ip", 0, 1), gone("router", 1, 1)
        edges = [edge(server, port), edge(port, network), edge(address, router), edge(address, network)]
        assert self.chain([address, network, port, router, server], edges) == ["server", "port", "network"]

    def test_an_edge_that_nobody_waited_for_joins_nothing(self):
        server, volume = gone("server", 0, 5), gone("volume", 1, 5.5)
        assert self.chain([server, volume], [edge(server, volume)]) == ["volume"]

    def test_what_goes_at_one_moment_makes_no_circle(self):
        one, other = gone("port", 5, 0), gone("subnet", 5, 0)
        assert len(self.chain([one, other], [edge(one, other), edge(other, one)])) <= 2

    def test_of_nothing_it_is_nothing(self):
        assert timelines.longest_chain({}) == []


class TestTables:
    def test_a_spread_is_shown_where_there_is_one(self):
        assert (spread([5.0]), spread([9.0, 5.0, 6.0])) == ("5.0", "5.0 / 6.0 / 9.0")

    def test_runs_of_one_rival_are_one_line_and_a_missed_goal_says_so(self):
        report = {"objects": [gone("server", 1.0, 4.0)], "edges": [], "requests": 1}
        rows = [row(JANITOR, s, report=report, worked={"nova": 2.0}) for s in (6.0, 4.0)]
        rows += [row(CLEANUP, 3.0, left={"keypair": 1, "security_group": 4})]
        text = tables(rows, figures(rows, ALONE, cpus=CPUS), cpus=CPUS)
        assert "| 64 | 0 | janitor destroy --direct | 2 | 4.0 / 5.0 / 6.0 | 0 | 80 | 0.0 | 0.0 | nothing |" in text
        assert "| 1 keypair, 4 security_group |" in text
        assert "| 64 | 0 | 4.0 | 6.0 | nova | 2.0 | 0.5 |" in text
        assert "| times openstack project cleanup | 64, 0 ms | 1.67 | at most 1 | NO |" in text


class TestRecords:
    def test_what_was_written_is_read_again(self, tmp_path):
        rows = [row(JANITOR, 5.0, key="k", bars=(Bar("port", "p", 1.0, 2.0),), worked={"nova": 1.5})]
        path = tmp_path / "bench" / "some.json"
        records.write(path, "2026-01-01T00:00:00Z", rows, figures(rows, ALONE, cpus=CPUS))
        assert records.read(path) == rows
        assert {"name", "where", "value", "goal", "met"} == set(json.loads(path.read_text())["figures"][0])

    def test_what_was_never_written_holds_nothing(self, tmp_path):
        assert records.read(tmp_path / "none.json") == []


class TestPicture:
    hostile = "\x1b[31m]]><script>alert('x')</script>&\"\ud800"

    def test_hostile_names_stay_text(self):
        bars = (Bar(self.hostile, self.hostile, 0.5, 1.0),)
        drawn = picture([row(JANITOR, 5.0, bars=bars, left={self.hostile: 1})], self.hostile)
        root = parsed(drawn)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            *("svg", "style", "rect", "text", "title", "line", "g")
        }
        assert "\x1b" not in drawn

    def test_a_panel_for_each_place_and_a_bar_for_each_object_on_one_axis(self):
        bars = (Bar("server", "a", 0.0, 2.0), Bar("nonsense", "b", 2.0, 2.0))
        rows = [row(JANITOR, 4.0, bars=bars), row(TOFU, 8.0, bars=bars), row(CLEANUP, 2.0)]
        again = [replace(one, bars=()) for one in rows]
        root = parsed(picture([*rows, row(JANITOR, 4.0, latency=200), *again], "t"))
        rects = [element for element in root.iter() if element.tag.endswith("rect")]
        whole = [float(element.get("width")) for element in rects if element.get("class") == "whole"]
        assert len(whole) == 4
        assert whole[1] == pytest.approx(2 * whole[0], abs=0.2)
        assert whole[0] == pytest.approx(2 * whole[2], abs=0.2)
        assert len([element for element in root.iter() if element.tag.endswith("title")]) == 4
        assert {"64 resources, 0 ms", "64 resources, 200 ms"} <= {element.text for element in root.iter()}

    def test_everything_is_inside_its_frame(self):
        bars = tuple(Bar("port", str(number), number / 10, 1.0) for number in range(400))
        root = parsed(picture([row(JANITOR, 41.0, bars=bars)], "t"))
        _, _, width, height = map(float, root.get("viewBox").split())
        for element in root.iter():
            if element.tag.endswith("rect") and element.get("class") != "ground":
                x, y, w, h = (float(element.get(name)) for name in ("x", "y", "width", "height"))
                assert 0 <= x <= x + w <= width
                assert 0 <= y <= y + h <= height

    @pytest.mark.parametrize("longest", [0.4, 7.9, 68.0, 640.0, 9000.0])
    def test_an_axis_has_a_few_round_ticks(self, longest):
        assert 1 <= len(list(ticks(longest))) <= 20
