"""What the configuration names, against what the cloud has under that name; and what is in the way of new names.

A name that two objects have is as bad as none: the provider refuses to choose. Guesses nothing: a name that is known
only after the apply is not looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from janitor.core.fitness import Finding, Fit, Topic
from janitor.core.model import Observed, Ref
from janitor.core.text import some
from janitor.core.wanted import Wanted, whole

IMAGE, FLAVOR, KEYPAIR, ZONE, STORAGE_ZONE = "image", "flavor", "keypair", "availability_zone", "volume_zone"
NETWORK, EXTERNAL, GROUP, VOLUME_TYPE, SUBNET, ROUTER = (
    *("network", "external_network", "security_group", "volume_type", "subnet", "router"),
)
UNIQUE = {"keypair": "user", "zone": "cloud", "application_credential": "user"}
"""Kinds of which a second one of the same name is refused, and among whose objects the name has to be unique."""

NETWORKS = frozenset({NETWORK, EXTERNAL})
BESIDE = {"image": IMAGE, "flavor": FLAVOR, "network": NETWORK, "security_group": GROUP, "subnet": SUBNET}
READ = {**BESIDE, "router": ROUTER, "keypair": KEYPAIR}
"""Data sources that are looked for: kind → what is asked of the cloud."""


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """Something that has to exist: `key` is a name or an id."""

    kind: str
    key: str
    by_id: bool = False
    newest: bool = field(default=False, compare=False)  # of several with the name, the newest is taken

    @property
    def subject(self) -> str:
        """`image cirros`."""
        return f"{self.kind.replace('_', ' ')} {self.key}"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the cloud has. `unfit`: why it cannot be used, empty when it can."""

    kind: str
    id: str
    name: str
    unfit: str = ""
    min_disk: int = 0  # GiB
    min_ram: int = 0  # MiB
    size: int = 0  # bytes
    vcpus: int = 0
    ram: int = 0
    disk: int = 0
    external: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """What was found, and what could not be asked: kind → reason."""

    found: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)

    def of(self, asked: Asked) -> tuple[Offer, ...]:
        """Everything that may be meant."""
        among = self.found.get(asked.kind, ())
        by_id = tuple(offer for offer in among if offer.id == asked.key)
        return by_id if by_id or asked.by_id else tuple(offer for offer in among if offer.name == asked.key)


def asked_for(wanted: Iterable[Wanted]) -> Mapping[Asked, tuple[str, ...]]:
    """Everything that has to exist before the apply, once, with the addresses that need it."""
    everything = tuple(wanted)
    made = {(one.makes, one.text("name")) for one in everything if one.makes}
    found: dict[tuple[str, str], list[tuple[Asked, str]]] = defaultdict(list)
    for one in everything:
        for asked in _asked(one):
            ours = (asked.kind, asked.key) in made and not asked.by_id
            if asked.key and not (one.managed and ours):
                found[asked.kind, asked.key].append((asked, one.address))
    return {
        # An id is an id, whoever else takes it for a name; and one who wants no other of the name forbids it to all.
        Asked(*key, any(a.by_id for a, _ in found[key]), all(a.newest for a, _ in found[key])): tuple(
            dict.fromkeys(address for _, address in found[key])
        )
        for key in sorted(found)
    }


def _asked(one: Wanted) -> Iterator[Asked]:
    if not one.managed:
        yield from _read(one)
    elif one.makes == "server":
        yield from _of_server(one)
    elif one.makes == "volume":
        yield Asked(VOLUME_TYPE, one.text("volume_type"))
        yield Asked(STORAGE_ZONE, one.text("availability_zone"))
        yield Asked(IMAGE, one.text("image_id"), by_id=True)
    elif one.makes == "floating_ip":
        yield Asked(EXTERNAL, one.text("pool"))
    elif one.makes == "router":
        yield Asked(EXTERNAL, one.text("external_network_id"), by_id=True)
    elif one.makes in {"port", "subnet"}:
        yield Asked(NETWORK, one.text("network_id"), by_id=True)


def _read(one: Wanted) -> Iterator[Asked]:
    asked = READ.get(one.kind)
    if asked is None or one.text("name_regex"):
        return
    by_id = one.text(f"{one.kind}_id")
    yield Asked(asked, by_id or one.text("name"), by_id=bool(by_id), newest=one.flag("most_recent"))


def _of_server(one: Wanted) -> Iterator[Asked]:
    yield Asked(FLAVOR, one.text("flavor_id"), by_id=True)
    yield Asked(IMAGE, one.text("image_id"), by_id=True)
    if not one.text("flavor_id"):
        yield Asked(FLAVOR, one.text("flavor_name"))
    if not one.text("image_id"):
        yield Asked(IMAGE, one.text("image_name"))
    yield Asked(KEYPAIR, one.text("key_pair"))
    yield Asked(ZONE, one.text("availability_zone").split(":")[0])
    for network in one.blocks("network"):
        uuid = str(network.get("uuid") or "")
        yield Asked(NETWORK, uuid or str(network.get("name") or ""), by_id=bool(uuid))
    for disk in one.blocks("block_device"):
        if disk.get("source_type") == "image":
            yield Asked(IMAGE, str(disk.get("uuid") or ""), by_id=True)
        yield Asked(VOLUME_TYPE, str(disk.get("volume_type") or ""))
    for group in one.texts("security_groups"):
        yield Asked(GROUP, group)


def name_findings(asked: Mapping[Asked, tuple[str, ...]], offers: Offers) -> Iterator[Finding]:
    """Whether each named thing exists, is one, and can be used; what is asked for by id and by name is told once."""
    told: dict[tuple[str, str], list[tuple[Asked, tuple[Fit, str, str]]]] = defaultdict(list)
    for one in asked:
        verdict = fit, line, _ = _judged(one, offers)
        kind = NETWORK if one.kind in NETWORKS else one.kind
        told[(kind, line) if fit is Fit.FIT else (one.kind, one.key)].append((one, verdict))  # it ends with the id
    for same in told.values():
        first, (fit, line, remedy) = min(same, key=lambda pair: (pair[0].by_id, pair[0].kind))
        addresses = dict.fromkeys(address for one, _ in same for address in asked[one])
        yield Finding(Topic.NAME, first.subject, fit, line, f"for {some(addresses, most=2)}", remedy)


def _judged(asked: Asked, offers: Offers) -> tuple[Fit, str, str]:
    kind = asked.kind.replace("_", " ")
    if asked.kind in offers.unseen:
        why = f"could not be looked for: {offers.unseen[asked.kind]}"
        return Fit.UNKNOWN, why, "ask again when the service answers"
    found = offers.of(asked)
    usable = [offer for offer in found if not offer.unfit]
    if not found:
        known = some((o.name or o.id for o in offers.found.get(asked.kind, ())), most=5)
        line = f"there is no such {kind}, or it is not shown to this project"
        return Fit.NOT_FIT, line, f"name one that exists{f' ({known})' if known else ''}, or have it made"
    if len(found) > 1 and not asked.newest:
        ids = some((offer.id for offer in found), most=3)
        return (
            Fit.NOT_FIT,
            f"{len(found)} have this name ({ids}), and the provider refuses to choose",
            f"give the {kind}'s id, or rename all but one",
        )
    if not usable:
        return Fit.NOT_FIT, f"it cannot be used: {found[0].unfit}", f"take another {kind}, or wait until it can be used"
    return Fit.FIT, f"is there ({usable[0].id})", ""


def boot_findings(wanted: Iterable[Wanted], offers: Offers) -> Iterator[Finding]:
    """Whether each image fits the flavors that servers boot it on, as Nova will judge."""
    everything = {one.address: one for one in wanted}
    pairs: dict[tuple[str, str], tuple[Offer, Offer, int | None, list[str]]] = {}
    for one in everything.values():
        if one.makes != "server":
            continue
        image, flavor = (_meant(one, what, everything, offers) for what in (IMAGE, FLAVOR))
        if image is not None and flavor is not None:
            key = (image.id, flavor.id)
            pairs.setdefault(key, (image, flavor, _local_disk(one, flavor), []))[3].append(one.address)
    for image, flavor, disk, addresses in pairs.values():
        problems = tuple(_too_small(image, flavor, disk))
        if problems:
            subject = f"image {image.name or image.id} on flavor {flavor.name or flavor.id}"
            line, remedies = "; ".join(line for line, _ in problems), dict.fromkeys(remedy for _, remedy in problems)
            why = f"for {some(addresses, most=2)}"
            yield Finding(Topic.NAME, subject, Fit.NOT_FIT, line, why, "; ".join(remedies))


def _meant(one: Wanted, what: str, everything: Mapping[str, Wanted], offers: Offers) -> Offer | None:
    """The one image or flavor of a server, by what is known of it or of the data source it comes from."""
    disks = (d for d in one.blocks("block_device") if what == IMAGE and d.get("source_type") == "image")
    keys = [one.text(f"{what}_id"), one.text(f"{what}_name"), *(str(d.get("uuid") or "") for d in disks)]
    for attribute in (f"{what}_id", f"{what}_name", "block_device.uuid"):
        for target in one.named_by(attribute):
            read = everything.get(target)
            if read is not None and read.kind == what:
                keys.append(read.text(f"{what}_id") or read.text("name"))
    found = [offer for key in keys if key for offer in offers.of(Asked(what, key))]
    return found[0] if found else None


def _local_disk(one: Wanted, flavor: Offer) -> int | None:
    """GiB of the disk that the image goes onto; None: another volume than an image's is booted."""
    for disk in one.blocks("block_device"):
        if disk.get("destination_type") == "volume":
            return whole(disk.get("volume_size")) if disk.get("source_type") == "image" else None
    return flavor.disk


GIB = 1024**3


def _too_small(image: Offer, flavor: Offer, disk: int | None) -> Iterator[tuple[str, str]]:
    if image.min_ram > flavor.ram:
        yield f"the image wants {image.min_ram} MiB of RAM, the flavor has {flavor.ram}", "take a larger flavor"
    if disk is None:
        return
    if disk == 0 and flavor.disk == 0:
        yield (
            "the flavor has no disk: Nova lets only servers that boot from a volume have it",
            "boot from a volume, or take a flavor with a disk",
        )
    elif max(image.min_disk * GIB, image.size) > disk * GIB:
        wanted = max(image.min_disk, -(-image.size // GIB))
        yield f"the image wants a disk of {wanted} GiB, and gets {disk}", "take a larger flavor or volume"


def collision_findings(
    wanted: Iterable[Wanted], existing: Iterable[Observed], leftovers: frozenset[Ref]
) -> Iterator[Finding]:
    """New names that the cloud would refuse, or that something in the configuration could no longer tell apart."""
    everything = tuple(wanted)
    there: dict[tuple[str, str], list[Observed]] = defaultdict(list)
    for observed in existing:
        if observed.name and observed.ref not in leftovers:
            there[observed.ref.kind, observed.name].append(observed)
    spoken = {(a.kind, a.key) for one in everything for a in _asked(one) if not a.by_id}
    done: set[tuple[str, str]] = set()
    for one in everything:
        key = (one.makes, one.text("name"))
        if key in done or not there.get(key):
            continue
        done.add(key)
        yield _in_the_way(one, there[key], spoken=key in spoken)


def _in_the_way(one: Wanted, same: list[Observed], *, spoken: bool) -> Finding:
    kind, name = same[0].ref.kind, same[0].name
    subject = f"{kind.replace('_', ' ')} {name}"
    ids = some((observed.ref.id for observed in same), most=3)
    line = f"exists already ({ids}), and nothing proves that it is of this run"
    if kind in UNIQUE:
        whose = "another one of the same name is refused within the same " + UNIQUE[kind]
        remedy = "delete it by hand if nobody needs it, or name yours otherwise"
        return Finding(Topic.COLLISION, subject, Fit.NOT_FIT, line, f"{one.address}: {whose}", remedy)
    if spoken:
        why = f"{one.address} has the same name, and something in the configuration names it by that name alone"
        remedy = "refer to it by its id, name yours otherwise, or delete the other one by hand"
        return Finding(Topic.COLLISION, subject, Fit.NOT_FIT, line, why, remedy)
    why = f"{one.address} will have the same name: harmless, but a lost state could not tell them apart by names"
    return Finding(Topic.COLLISION, subject, Fit.FIT, line, why, "mark the run's objects, or name them after the run")
