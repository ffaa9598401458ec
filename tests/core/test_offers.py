"""What the configuration names: there, one, and usable; and what is in the way of new names."""

from __future__ import annotations

import pytest
from asking import asks, reads
from builders import a

from janitor.core.fitness import Finding, Fit
from janitor.core.offers import (
    EXTERNAL,
    FLAVOR,
    IMAGE,
    NETWORK,
    Offer,
    Offers,
    asked_for,
    boot_findings,
    collision_findings,
    name_findings,
)
from janitor.core.wanted import Wanted

TINY, DISKLESS = Offer(FLAVOR, "1", "tiny", ram=512, disk=1), Offer(FLAVOR, "3", "diskless", ram=512)
CIRROS = Offer(IMAGE, "i", "cirros")
GIB = 1024**3


def names(wanted: list[Wanted], *offers: Offer, unseen: dict[str, str] | None = None) -> dict[str, Finding]:
    found: dict[str, tuple[Offer, ...]] = {}
    for offer in offers:
        found[offer.kind] = (*found.get(offer.kind, ()), offer)
    return {f.subject: f for f in name_findings(asked_for(wanted), Offers(found, unseen or {}))}


def server(**values: object) -> Wanted:
    return asks("server", "server", **{"flavor_name": "tiny", "image_name": "cirros", **values})


def test_what_exists_and_can_be_used_is_fit():
    found = names([server()], TINY, CIRROS)
    assert {subject: f.fit for subject, f in found.items()} == {"flavor tiny": Fit.FIT, "image cirros": Fit.FIT}


def test_what_is_missing_is_not_fit_and_the_others_are_named():
    found = names([server(flavor_name="huge")], TINY, CIRROS)["flavor huge"]
    assert (found.fit, found.remedy) == (Fit.NOT_FIT, "name one that exists (tiny), or have it made")


def test_two_of_a_name_are_one_too_many_unless_the_newest_is_asked_for():
    other = Offer(IMAGE, "j", "cirros")
    assert names([server()], TINY, CIRROS, other)["image cirros"].fit is Fit.NOT_FIT
    newest = reads("image", "data.image", name="cirros", most_recent=True)
    assert names([newest], CIRROS, other)["image cirros"].fit is Fit.FIT


def test_one_thing_is_told_once_however_it_is_named():
    """A server wants the only one of the name, and the data source beside it the newest: the server decides."""
    other = Offer(IMAGE, "j", "cirros")
    found = list(name_findings(
        asked_for([reads("image", "data.image", name="cirros", most_recent=True), server()]),
        Offers({IMAGE: (CIRROS, other), FLAVOR: (TINY,)}),
    ))  # fmt: skip
    assert [(f.subject, f.fit) for f in found] == [("flavor tiny", Fit.FIT), ("image cirros", Fit.NOT_FIT)]


def test_one_thing_that_is_there_is_told_once_by_its_name_with_all_who_need_it():
    """A server names the network, a router its id, a floating IP its pool."""
    public = Offer(NETWORK, "n", "public")
    wanted = [
        asks("server", "web", network=[{"name": "public"}]),
        asks("router", "router", external_network_id="n"),
        asks("floating_ip", "ip", pool="public"),
    ]
    (told,) = name_findings(asked_for(wanted), Offers({NETWORK: (public,), EXTERNAL: (public,)}))
    assert (told.subject, told.fit, told.line) == ("external network public", Fit.FIT, "is there (n)")
    assert told.reason == "for router, ip and 1 more"


def test_an_image_that_is_not_active_cannot_be_used():
    queued = Offer(IMAGE, "i", "cirros", unfit="its status is queued, not active")
    assert names([server()], TINY, queued)["image cirros"].line == "it cannot be used: its status is queued, not active"


def test_what_could_not_be_listed_is_unknown_and_not_missing():
    found = names([server()], TINY, unseen={IMAGE: "503: busy"})["image cirros"]
    assert (found.fit, "503" in found.line) == (Fit.UNKNOWN, True)


def test_what_the_configuration_makes_itself_need_not_exist():
    wanted = [server(key_pair="key", security_groups=["web"]), asks("keypair", name="key")]
    assert "keypair key" not in names([*wanted, asks("security_group", name="web")], TINY, CIRROS)
    assert names(wanted, TINY, CIRROS)["security group web"].fit is Fit.NOT_FIT


@pytest.mark.parametrize(
    ("image", "flavor", "block", "line"),
    [
        (Offer(IMAGE, "i", "cirros", min_ram=1024), TINY, None, "1024 MiB of RAM"),
        (Offer(IMAGE, "i", "cirros", min_disk=2), TINY, None, "a disk of 2 GiB, and gets 1"),
        (Offer(IMAGE, "i", "cirros", size=GIB + 1), TINY, None, "a disk of 2 GiB, and gets 1"),
        (CIRROS, DISKLESS, None, "the flavor has no disk"),
        (Offer(IMAGE, "i", "cirros", min_disk=9), TINY, 8, "a disk of 9 GiB, and gets 8"),
        (Offer(IMAGE, "i", "cirros", min_disk=9), DISKLESS, 9, ""),
        (Offer(IMAGE, "i", "cirros", min_disk=1, min_ram=512), TINY, None, ""),
    ],
)
def test_an_image_fits_its_flavor_as_nova_will_judge(image: Offer, flavor: Offer, block: int | None, line: str):
    booted = {"source_type": "image", "destination_type": "volume", "volume_size": block, "uuid": "i"}
    wanted = server(flavor_name=flavor.name, block_device=[booted] if block else [])
    told = [f.line for f in boot_findings([wanted], Offers({IMAGE: (image,), FLAVOR: (flavor,)}))]
    assert len(told) == bool(line)
    assert not line or line in told[0]


def test_a_key_pair_of_the_same_name_is_in_the_way_but_for_our_own():
    there = a("keypair", "key", name="key")
    (found,) = collision_findings([asks("keypair", name="key")], [there], frozenset())
    assert found.fit is Fit.NOT_FIT
    assert list(collision_findings([asks("keypair", name="key")], [there], frozenset({there.ref}))) == []


def test_a_group_of_the_same_name_is_in_the_way_where_it_is_named_by_name():
    there, group = a("security_group", "g", name="web"), asks("security_group", name="web")
    (harmless,) = collision_findings([group], [there], frozenset())
    assert harmless.fit is Fit.FIT
    (ambiguous,) = collision_findings([group, server(security_groups=["web"])], [there], frozenset())
    assert ambiguous.fit is Fit.NOT_FIT
