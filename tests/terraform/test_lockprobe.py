"""What a refused lock says of its holder, as tofu and terraform print it of a bucket and of PostgreSQL."""

from janitor.terraform.lockprobe import holder_of

BUCKET = """
╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error S3: PutObject, https response error
│ StatusCode: 412, RequestID:
│ sXslg5Jti4WhAmk5y9SvOQSHhBRINKdygymEkt5ONzhT2bAdL1QJ, HostID:
│ Lock Info:
│   ID:        11111111-2222-3333-4444-555555555555
│   Path:
│   Operation: OperationTypeApply
│   Who:       root@elsewhere
│   Version:   1.12.6
│   Created:   2026-11-21 08:00:00.123456789 +0000 UTC
│   Info:
│
│ OpenTofu acquires a state lock to protect the state from being written
╵
"""


def test_the_holder_is_told_as_the_lock_file_has_it() -> None:
    holder = holder_of(BUCKET)
    assert holder is not None
    assert str(holder).startswith("root@elsewhere (Apply since 2026-11-21 08:00:00 UTC, ID 11111111-2222-")
    assert (holder.host, holder.is_apply) == ("elsewhere", True)


def test_the_asker_is_not_taken_for_the_holder() -> None:
    """PostgreSQL keeps no description: the refusal repeats the one that came with the question."""
    assert holder_of(BUCKET.replace("OperationTypeApply", "untaint")) is None
    assert holder_of("Error: Error acquiring the state lock\n\nError message: Already locked\n") is None
