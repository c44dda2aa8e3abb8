"""How a client behaves: a judged emulator, what its journal says of the client, and verdicts."""
