"""Rehearse a schema migration on a real copy of production."""
