"""Which limits a server has, found out by probing it: pure inference, and what it needs to probe over HTTP."""
