"""A download that a caller began and does not go on with."""

import socket


def begun(origin: str, name: str, url: str, bearer: str) -> tuple[int, str, bytes]:
    """Length, tag and first bytes of a file, of which the rest is never read.

    Args:
        origin: where is asked, such as ``http://127.0.0.1:8080``. name: the ``Host`` of the request and of the URL.
    """
    host, _, port = origin.removeprefix("http://").partition(":")
    path = url.removeprefix(f"http://{name}")
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(30)
        reader.connect((host, int(port)))
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nAuthorization: {bearer}\r\n\r\n".encode())
        text = b""
        while len(text) < 100_000:
            text += reader.recv(4096)
    head, _, body = text.partition(b"\r\n\r\n")
    fields = {key.lower(): value for key, value in (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])}
    return int(fields["content-length"]), fields["etag"], body
