"""The engine: walks a plan concurrently, waits by listings, turns refusals into holders. Knows no vendor library."""
