"""The guide's table, measured: so many resources by this way of asking and by that.

- :mod:`.emulated`: an emulator to measure against, and its journal, from which every figure comes.
- :mod:`.methods`: the ways of asking.
- :mod:`.report`: the table, and what becomes of the guide's claims.
"""
