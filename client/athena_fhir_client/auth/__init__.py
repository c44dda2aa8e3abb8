"""Tokens: how they are got, kept and renewed.

- :mod:`.token`: a token as a value.
- :mod:`.credentials`: how a client proves who it is: secret, signed assertion, or not at all.
- :mod:`.grants`: what it asks for.
- :mod:`.endpoint`: one call of the token endpoint.
- :mod:`.bearer`: :class:`~.bearer.TokenAuth`, an ``AuthBase`` of requests that keeps a token fresh.
- :mod:`.cache`: where tokens are kept, in memory or on disk.
- :mod:`.sign_in`: a person signs in and consents, with a browser.
"""
