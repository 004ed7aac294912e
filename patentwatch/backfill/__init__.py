"""Rebuilding the past from old lists, events and payments without a stale message."""
