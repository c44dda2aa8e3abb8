"""The pages for people: athenaPatient, the EHR's launch page and the developer portal.

Rendered on the server, without scripts, without anything from elsewhere. Nothing here is imported before the first page
is asked for: :mod:`mock_athena.web.doors` opens the room.
"""
