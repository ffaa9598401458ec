"""What is there: listings page by page, reads by id, bodies → `Observed`.

Every listing is narrowed to our project, by the service where it can and here in any case. A listing that is not
complete is a CloudFault, never a shorter list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from janitor.cloud import asking, attachments, grants, swift
from janitor.cloud.session import Session
from janitor.cloud.versions import parsed
from janitor.cloud.wire import Response
from janitor.core.catalogue import KINDS, Kind, observe, source_kind
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, CloudFault, Reply

Body = Mapping[str, object]

PAGES_AT_MOST = 1000
MARKER_LOST = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})
"""What services say to a marker whose object was deleted between two pages."""


def bodies(session: Session, name: str, above: Iterable[Body] | None = None) -> list[Body]:
    """All bodies of a kind that has a listing of its own, in our project. `above`: its parents, where known."""
    kind = KINDS[name]
    if name in swift.LISTERS:
        return swift.LISTERS[name](session)
    if kind.nested and not kind.parent_field:
        parents = bodies(session, kind.nested) if above is None else above
        ids = [str(body.get(KINDS[kind.nested].id_field)) for body in parents if _may_have(kind, body)]
        return [body for parent in ids for body in children(session, kind, parent)]
    path, query = filled(session, kind.listing or kind.path), _query(session, kind)
    found = [_unwrapped(kind, body) for body in paged(session, kind, path, query=query)]
    if kind.parent_field:
        found = [{**body, "^id": body.get(kind.parent_field)} for body in found]
    return [body for body in found if _in_project(kind, body, session.scope.project_id)]


def _may_have(kind: Kind, parent: Body) -> bool:
    return not kind.parents_with or bool(parent.get(kind.parents_with))


def children(session: Session, kind: Kind, parent: str) -> list[Body]:
    """The bodies of a nested kind below one parent, with its id as `^id`; none where the parent is gone."""
    path, query = filled(session, kind.listing or kind.path, parent), _query(session, kind, parent)
    try:
        found = paged(session, kind, path, query=query)
    except CloudFault as fault:
        # Manila says 400 to a query that names a share which is no more.
        if fault.answer.reply is Reply.REFUSED and fetch(session, kind.nested, parent) is None:
            return []
        if fault.answer.reply is Reply.GONE:
            return []
        raise
    return [{**_unwrapped(kind, body), "^id": parent} for body in found]


def observed_in(session: Session, source: str, found: Iterable[Body]) -> list[Observed]:
    """Every object that these bodies show: of their own kind, and of the kinds derived from it."""
    kinds = [kind for kind in KINDS.values() if source_kind(kind.name) == source]
    return [observed for body in found for kind in kinds for observed in observe(kind, session.scope, body)]


def listing(session: Session, name: str) -> list[Observed]:
    """Every object of the kind in our project. Raises CloudFault."""
    source = source_kind(name)
    return [o for o in observed_in(session, source, bodies(session, source)) if o.ref.kind == name]


def read(session: Session, ref: Ref) -> Observed | None:
    """The object as it is now, None for a 404. Raises CloudFault."""
    if not ref.id:
        return None  # the collection would answer
    if ref.kind in READERS:
        return _pick(READERS[ref.kind](session, ref), ref)
    kind = KINDS[ref.kind]
    source = KINDS[source_kind(ref.kind)]
    body = fetch(session, source.name, parent_id(ref))
    return None if body is None else _pick(observe(kind, session.scope, body), ref)


def fetch(session: Session, name: str, object_id: str) -> Body | None:
    """The body of an object, None for a 404. Raises CloudFault."""
    kind = KINDS[name]
    path = path_of(session, kind, object_id)
    response = asking.found(session, kind.service, "GET", path, microversion=microversion(session, kind))
    if response is None:
        _must_be_shown(session, kind)
        return None
    body = response.mapping(kind.one)
    if not body:
        raise CloudFault(_strange(response, f"GET {path}"))
    _must_be_read(kind, body)
    return {**body, "^id": object_id.partition("/")[0]} if kind.nested else body


def _must_be_shown(session: Session, kind: Kind) -> None:
    """Raise where a 404 may only mean that this account is not shown the object."""
    if kind.veiled and not session.is_admin:
        noun = kind.name.replace("_", " ")
        text = f"only an administrator is shown every {noun}"
        raise CloudFault(Answer(Reply.DENIED, HTTPStatus.NOT_FOUND, text=text))


def _must_be_read(kind: Kind, body: Body) -> None:
    """Raise where the service shows that an object exists and nothing of it: it may be ours, and nobody can say."""
    if kind.unread and body.get(kind.status_field) == kind.unread and kind.name_field not in body:
        what = f"the cloud cannot read the {kind.name} {body.get(kind.id_field)} itself at the moment"
        raise CloudFault(Answer(Reply.BROKEN, HTTPStatus.OK, text=f"{what} (status {kind.unread}, without a name)"))


def microversion(session: Session, kind: Kind) -> str:
    """The microversion to send for objects of a kind; asks for the service's newest one where the entry wants that."""
    version = session.microversion(kind.service, kind.newest) if kind.newest else kind.microversion
    if kind.oldest and parsed(version) < parsed(kind.oldest):
        what = f"{kind.service} {version} says nothing of a {kind.name.replace('_', ' ')}: {kind.oldest} does"
        raise CloudFault(Answer(Reply.DENIED, text=what, requests=0))
    return version


def path_of(session: Session, kind: Kind, object_id: str) -> str:
    """The path of an object of a kind that has one of its own; below a parent its id names that one, too."""
    parent, _, rest = object_id.partition("/") if _is_below(kind) else ("", "", object_id)
    return f"{filled(session, kind.path, parent)}/{asking.segment(rest)}"


def _is_below(kind: Kind) -> bool:
    """Whether an id of the kind begins with its parent's; Manila's rules have it in their listing's query alone."""
    return bool(kind.nested) or "{parent}" in kind.path


def parent_id(ref: Ref) -> str:
    """The id of the object in whose body a derived one stands; its own id where the kind is not derived."""
    if ref.kind in {"interface_attachment", "volume_attachment"}:
        return ref.id.rpartition("/")[2]
    if ref.kind == "host_attachment":
        return ref.id.partition("/")[0]
    derived = KINDS[ref.kind].derived
    if derived is None or not derived.id.startswith("{^id}"):
        return ref.id
    return ref.id.partition(derived.id.removeprefix("{^id}").partition("{")[0])[0]  # "/" or "-route-"


def found_by(session: Session, name: str, query: Mapping[str, str]) -> list[Body]:
    """The bodies of a kind that a query finds, in every project we may see; the caller checks what they say.

    A filter that a cloud does not know is ignored there and lists everything, so nothing may rely on it.
    """
    kind = KINDS[name]
    path = filled(session, kind.listing or kind.path)
    return [_unwrapped(kind, body) for body in paged(session, kind, path, query=query)]


def paged(session: Session, kind: Kind, path: str, *, query: Mapping[str, str]) -> list[Body]:
    """All pages of a listing; from the start once more when the object that marks a page is deleted meanwhile."""
    try:
        return list(_pages(session, kind, path, query=query))
    except _MarkerLost:
        return list(_pages(session, kind, path, query=query))


def filled(session: Session, path: str, parent: str = "") -> str:
    """A path of the catalogue with the token's project and user, and the parent of a nested kind."""
    known = path.replace("{project}", session.scope.project_id).replace("{user}", session.user_id)
    return known.replace("{parent}", asking.segment(parent))


class _MarkerLost(CloudFault):
    """The object that marks a page was deleted before the page was asked for."""


def _pages(session: Session, kind: Kind, path: str, *, query: Mapping[str, str]) -> Iterator[Body]:
    asked, version = dict(query), microversion(session, kind)
    for page in range(PAGES_AT_MOST):
        try:
            response = asking.answered(session, kind.service, "GET", path, params=asked, microversion=version)
        except CloudFault as fault:
            if page and fault.answer.status in MARKER_LOST:
                raise _MarkerLost(fault.answer) from fault
            raise
        if not isinstance(response.mapping().get(kind.many), list):
            raise CloudFault(_strange(response, f"GET {path}"))
        for body in response.elements(kind.many):
            _must_be_read(kind, body)
            yield body
        following = _next_query(response.mapping(), kind.many)
        if following is None:
            return
        # Only the query of the link is used: behind a proxy, services spell their own address wrong.
        following = {**query, **following}
        if following == asked:
            break
        asked = following
    raise CloudFault(Answer(Reply.BROKEN, text=f"GET {path}: its pages do not end"))


def _next_query(body: Body, many: str) -> dict[str, str] | None:
    """The query of the next page: `servers_links`, `links.next` or `next`, as the service's house style wants it."""
    link: object = body.get("next")
    links = body.get("links")
    if not link and isinstance(links, Mapping):
        link = links.get("next")
    relations = links if isinstance(links, list) else body.get(f"{many}_links")
    if not link and isinstance(relations, list):
        link = next((r.get("href") for r in relations if isinstance(r, Mapping) and r.get("rel") == "next"), None)
    return dict(parse_qsl(urlsplit(link).query)) if isinstance(link, str) and link else None


def _query(session: Session, kind: Kind, parent: str = "") -> dict[str, str]:
    return {key: filled(session, value, parent) for key, value in kind.query.items()}


def _unwrapped(kind: Kind, body: Body) -> Body:
    """Key pairs come as `{"keypair": {…}}` in their listing, too."""
    inner = body.get(kind.one) if kind.one and len(body) == 1 else None
    return inner if isinstance(inner, Mapping) else body


def _in_project(kind: Kind, body: Body, project: str) -> bool:
    owner = next((str(body[field]) for field in kind.project_fields if body.get(field)), project)
    return owner == project


def _pick(candidates: Iterable[Observed], ref: Ref) -> Observed | None:
    return next((o for o in candidates if o.ref == ref), None)


def _strange(response: Response, what: str) -> Answer:
    return Answer(Reply.BROKEN, response.status, text=f"{what}: an answer that is no OpenStack listing or object")


def _read_rule(session: Session, ref: Ref) -> Iterable[Observed]:
    """A rule has a path of its own, but is observed inside its group's body."""
    rule = fetch(session, ref.kind, ref.id)
    if rule is None:
        return ()
    group = {"id": rule.get("security_group_id"), "security_group_rules": [rule]}
    return observe(KINDS[ref.kind], session.scope, group)


def _read_member(session: Session, ref: Ref) -> Iterable[Observed]:
    """A member's path needs its pool, and its id does not say which: one listing of the pools does."""
    return listing(session, ref.kind)


def _read_among_siblings(session: Session, ref: Ref) -> Iterable[Observed]:
    """Trove has no way to read one database: its instance's list is all there is."""
    kind = KINDS[ref.kind]
    found = children(session, kind, ref.id.partition("/")[0])
    return [observed for body in found for observed in observe(kind, session.scope, body)]


def _read_stack(session: Session, ref: Ref) -> Iterable[Observed]:
    """By a listing that is narrowed to it: a GET by id is redirected, and works out the outputs of its template."""
    kind = KINDS[ref.kind]
    found = found_by(session, ref.kind, {**kind.query, "id": ref.id})
    return [observed for body in found for observed in observe(kind, session.scope, body)]


READERS = {
    **attachments.READERS,
    **grants.READERS,
    **swift.READERS,
    "stack": _read_stack,
    "security_group_rule": _read_rule,
    "member": _read_member,
    "database": _read_among_siblings,
    "database_user": _read_among_siblings,
}
"""Kinds that are not read by a GET of their own, or their parent's, path and id."""
