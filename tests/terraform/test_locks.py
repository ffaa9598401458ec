"""What a lock of the local backend is where no binary is at work."""

from roots import MakeRoot

from janitor.terraform.locks import hold, lock_state


def test_a_lock_on_a_lost_state_leaves_no_empty_file(make_root: MakeRoot) -> None:
    """An empty file would read as a lost state forever."""
    root = make_root(environment={"PATH": "/nowhere"})
    with hold(root) as held:
        assert held.held
    assert [f.name for f in root.path.iterdir()] == ["main.tf"]


def test_there_is_nothing_to_lock_in_a_workspace_that_does_not_exist(make_root: MakeRoot) -> None:
    root = make_root(workspace="nope", environment={"PATH": "/nowhere"})
    with hold(root) as held:
        assert not held.held
        assert "nothing to lock" in held.problem


def test_the_lock_of_another_backend_is_not_known(make_root: MakeRoot) -> None:
    root = make_root('terraform {\n  backend "http" {\n  }\n}\n')
    assert not lock_state(root).known
    with hold(root) as held:
        assert not held.held


def test_a_torn_info_file_is_somebody(make_root: MakeRoot) -> None:
    root = make_root({"main.tf": "", ".terraform.tfstate.lock.info": '{"ID": "a'})
    holder = lock_state(root).holder
    assert holder is not None
    assert holder.id == "unknown"
