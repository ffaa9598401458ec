"""Heat's kind. Sources: the orchestration v1 reference; heat/api/openstack/v1/stacks.py and heat/engine/service.py.

What a stack made, nested stacks included, is the stack's to delete. A deleted one still answers a GET by its id.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, MarkForm

ACTIONS = ("CREATE", "UPDATE", "ROLLBACK", "SUSPEND", "RESUME", "ADOPT", "SNAPSHOT", "CHECK", "RESTORE")

ORCHESTRATION_KINDS = (
    Kind(
        name="stack",
        service="orchestration",
        types=("orchestration_stack_v1",),
        path="/stacks",
        many="stacks",
        query=MappingProxyType({"show_hidden": "true"}),  # an operator's tag may hide a stack from its own listing
        name_field="stack_name",
        status_field="stack_status",
        created_field="creation_time",
        project_fields=(),
        metadata_field="",
        marks=(MarkForm.TAGS,),  # the description is its template's, and no listing says it
        created_mark=(MarkForm.TAGS,),
        undo="delete_stack",
        maker=True,
        busy=tuple(f"{action}_IN_PROGRESS" for action in (*ACTIONS, "DELETE")),
        dead=("DELETE_COMPLETE",),
        advice="see which of its resources does not go: openstack stack failures list {id}",
        readings=90,  # nothing moves in its body while its resources go one by one
        timeout=1800.0,
    ),
)
