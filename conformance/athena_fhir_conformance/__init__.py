"""Checks that name the requirement that they verify, run against any server by URL."""
