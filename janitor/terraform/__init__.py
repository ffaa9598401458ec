"""Everything that terraform and tofu leave behind, read; and the few of their commands that janitor runs.

Returns values of `janitor.core.model`. Knows no cloud.
"""
