"""Octavia's L7 policies and rules, and what its administrator offers: flavors. Sources: load balancer v2 reference.

A policy goes with its listener and holds the pool that it sends to; a rule stands in its policy's body.
"""

from __future__ import annotations

from janitor.core.catalogue.balancer import RESET, BalancerKind
from janitor.core.catalogue.entry import Derived, Fate, Kind, Reference
from janitor.core.model import Order

BALANCER_RULE_KINDS = (
    BalancerKind(
        name="l7policy",
        advice=RESET.format(table="l7policy"),
        types=("lb_l7policy_v2",),
        fate=Fate.GOES_WITH,
        path="/v2/lbaas/l7policies",
        many="l7policies",
        one="l7policy",
        references=(
            Reference("listener_id", "listener", Order.WITH),
            Reference("redirect_pool_id", "pool", Order.HOLDS),
        ),
        facts=("listener_id", "redirect_pool_id", "action"),
        parent="load_balancer",
        quota=("l7policy",),
    ),
    Kind(
        name="l7rule",
        service="load-balancer",
        types=("lb_l7rule_v2",),
        fate=Fate.GOES_WITH,
        state_id="{l7policy_id}/{id}",
        derived=Derived("l7policy", each="rules", id="{^id}/{id}"),
        path="/v2/lbaas/l7policies/{parent}/rules",
        name_field="",
        status_field="",
        references=(Reference("^id", "l7policy", Order.WITH),),
        parent="load_balancer",
        quota=("l7rule",),
    ),
    Kind(
        name="lb_flavor",
        service="load-balancer",
        types=("lb_flavor_v2",),
        fate=Fate.REFUSED,
        why="a load balancer flavor is offered to every project",
        path="/v2/lbaas/flavors",
        one="flavor",
        project_fields=(),
        status_field="",
        created_field="",
        references=(Reference("flavor_profile_id", "lb_flavor_profile", Order.HOLDS),),
        facts=("flavor_profile_id", "enabled"),
    ),
    Kind(
        name="lb_flavor_profile",
        service="load-balancer",
        types=("lb_flavorprofile_v2",),
        fate=Fate.REFUSED,
        why="a load balancer flavor's profile is the provider's",
        path="/v2/lbaas/flavorprofiles",
        one="flavorprofile",
        project_fields=(),
        status_field="",
        created_field="",
        facts=("provider_name",),
    ),
    Kind(
        name="lb_quota",
        service="load-balancer",
        types=("lb_quota_v2",),
        fate=Fate.NOTHING,
        why="a limit is no object, and Terraform itself leaves it as it is",
    ),
)
