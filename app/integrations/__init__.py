"""Typed clients of the outside: no database, no decisions."""
