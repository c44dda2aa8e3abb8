"""A password in the address of a server is shown nowhere."""

import pytest

from mock_athena.addresses import hidden, said
from mock_athena.app import create_app
from mock_athena.errors import ConfigurationError
from mock_athena.settings import Settings

URLS = [
    "postgresql://u:Geheim@127.0.0.1:1/db",
    "postgresql://u:Ge@heim@127.0.0.1:1/db",
    "postgresql://u:Ge?heim@127.0.0.1:1/db",
    "postgresql://u:Ge/heim@127.0.0.1:1/db",
    "postgresql://u:Ge:heim@127.0.0.1:1x/db",
    "postgresql://u:%Geheim@127.0.0.1:1/db",
    "postgresql://127.0.0.1:1/db?password=Geheim",
    "postgresql://127.0.0.1:1/db?user=u&password=Ge@heim",
    "postgresql://127.0.0.1:1/db?sslpassword=Geheim&nope=1",
    "redis://:Geheim@127.0.0.1:x/0",
    "redis://u:Ge/heim@127.0.0.1:1/0",
    "rediss://u:Ge@heim@127.0.0.1:x/0?nope=1",
    "redis//u:Geheim@127.0.0.1/0",
    "postgresql+psycopg://u:Geheim@127.0.0.1/db",
]


@pytest.mark.parametrize("url", URLS)
def test_nothing_that_is_told_has_it(url: str) -> None:
    def free(text: str) -> bool:
        return "Ge" not in text and "heim" not in text

    assert free(hidden(url))
    assert free(said(url, f"cannot read {url}"))
    settings = Settings(db=url, counters="memory") if "sql" in url else Settings(counters=url)
    with pytest.raises(ConfigurationError) as refused:
        create_app(settings)
    assert free(str(refused.value)), refused.value


def test_the_rest_is_told() -> None:
    assert hidden("postgresql://u:p@h:5432/db?sslmode=require") == "postgresql://u@h:5432/db"
    assert hidden("postgresql:///db?host=/run") == "postgresql:///db"
    assert said("redis://u:p@h/0", "no such host: h, properly") == "no such host: h, properly"
