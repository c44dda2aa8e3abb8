"""Snapshots of a whole emulator: taken as data, restored as data, compared.

Nothing is replayed: what a snapshot holds is what was there, so restoring it needs no request and no time to pass.
"""
