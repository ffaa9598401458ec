"""The OpenStack cloud: sign in, list, read, delete, find out who holds what. Only this package knows the SDK."""
