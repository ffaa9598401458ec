"""The ground the checks stand on: caches, tools, environments and a local cloud, none of them part of janitor."""
