"""What a person does at the portal: signs in, reads what is asked for, and presses a button."""

from urllib.parse import urljoin

import requests

from tests.emulator import PATIENT
from tests.forms import Form, form_with

_PATIENCE = 30


def decide(authorize_url: str, *, patient: str = PATIENT, decision: str = "allow", without: str = "") -> str:
    """Open the page, sign in as ``patient``, press a button.

    Args:
        without: a scope whose box is unticked.

    Returns:
        The URL that the browser is sent to; nobody needs to listen there.
    """
    with requests.Session() as browser:
        page = browser.get(authorize_url, timeout=_PATIENCE)
        assert page.status_code == 200, page.text
        typed = {"username": patient, "password": "test-" + patient.rpartition(".")[2]}
        page = _sent(browser, page, form_with(page.text, "username"), typed)
        assert page.status_code == 200, page.text
        form = form_with(page.text, "decision", decision)
        form.fields.pop(f"allow {without}", None)
        answer = _sent(browser, page, form, {"decision": decision}, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def _sent(
    browser: requests.Session,
    page: requests.Response,
    form: Form,
    typed: dict[str, str],
    *,
    allow_redirects: bool = True,
) -> requests.Response:
    return browser.request(
        form.method,
        urljoin(page.url, form.action),
        data=form.fields | typed,
        allow_redirects=allow_redirects,
        timeout=_PATIENCE,
    )
