"""Commands ask whoever answers at the address that they were given."""

import threading
from socket import create_server

import pytest

from mock_athena.control_requests import asked
from mock_athena.errors import ConfigurationError


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "cannot be reached"),
        (b"220 smtp.example ready\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "did not answer with JSON; is it an emulator?"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "answered 403: no"),
    ],
)
def test_whatever_answers_is_told_in_words(answer: bytes, said: str) -> None:
    with create_server(("127.0.0.1", 0)) as listening:

        def answer_once() -> None:
            asking, _ = listening.accept()
            with asking:
                asking.recv(65_536)
                asking.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        with pytest.raises(ConfigurationError, match=r"^http://127\.0\.0\.1:\d+/_mock/health ") as refused:
            asked(f"http://127.0.0.1:{listening.getsockname()[1]}", "", "health")
        thread.join()
    assert said in str(refused.value)
