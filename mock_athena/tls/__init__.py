"""HTTPS: what is shown to callers (``context``), how a connection speaks it (``channel``), and a certificate for this
machine where nobody has one (``authority``).

Imported where TLS is asked for, and nowhere else.
"""
