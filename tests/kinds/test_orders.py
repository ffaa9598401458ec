"""What an order at Barbican makes: the provider leaves it behind, and only the order says whose it is."""

from collections import Counter
from collections.abc import Callable

import pytest
from kinds.play import Play

pytestmark = [pytest.mark.scenario]


@pytest.mark.parametrize(
    "mode", [[], pytest.param(["--direct"], marks=pytest.mark.thorough)], ids=["tofu first", "direct"]
)
def test_what_an_order_made_goes_though_terraform_takes_the_order_first(
    enter: Callable[..., Play], mode: list[str]
) -> None:
    play = enter("keys")
    before = play.look()
    play.apply()
    ran = play.stage.destroy(*mode)
    assert ran.code == 0, ran.text
    assert play.look() == before
    made = [row for row in ran.report["objects"] if row["evidence"] == ["attached"]]
    assert Counter(row["kind"] for row in made) == {"secret": 3, "secret_container": 1}
    assert {row["outcome"] for row in made} == {"deleted"}


@pytest.mark.thorough
def test_a_foreign_secret_of_the_same_name_stays(enter: Callable[..., Play]) -> None:
    """A key that somebody else made is not the one of our order, whatever its name."""
    play = enter("keys")
    before = play.look()
    play.apply()
    cloud = play.stage.connection()
    name = f"{play.stage.variables['name']}-key"
    link = cloud.key_manager.post(
        "/secrets", json={"name": name, "payload": "theirs", "payload_content_type": "text/plain"}
    )
    foreign = link.json()["secret_ref"].rpartition("/")[2]
    ran = play.destroy()
    assert ran.code == 0, ran.text
    assert set(play.look()) - set(before) == {f"secret/{foreign}"}
    cloud.key_manager.delete(f"/secrets/{foreign}")
