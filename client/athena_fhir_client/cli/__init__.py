"""The command ``athena-fhir``.

- :mod:`.main`: the frame, with the table of commands; each command is a file, imported when it is called.
- :mod:`.context`: the options that all share, and the client they make.
- :mod:`.exit_codes`: how a command ends.
- :mod:`.explain`: what a call lacked that failed.
- :mod:`.show`: output, and progress with rate, quota left and time to go.
"""
