"""The console: the emulator in a browser, for whoever may use the control API.

Rendered here, by templates; what a page shows as it happens are its parts marked ``data-live``, which
``static/live.js`` asks for again. Every button is a form that works without scripts. A page reads and moves the world
by the same functions as the control API, and remembers nothing. Imported when somebody opens it.
"""
