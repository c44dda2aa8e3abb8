"""Pages of a sign-in, as a person would go through them."""

from athena_fhir_conformance.forms import forms_of, next_form

SIGN_IN = """<form method="get" action="/search"><input name="q"><button>Search</button></form>
<form method="post" action="/in?x=1"><input type="hidden" name="csrf" value="t"><input name="user" value="old">
<input type="password" name="secret"><button type="submit">Sign in</button></form>"""
CONSENT = """<form method="post"><input type="hidden" name="csrf" value="t">
<input type="checkbox" name="allow a.rs" value="yes" checked>
<input type="checkbox" name="allow b.rs" value="yes" checked>
<input type="checkbox" name="remember"><button name="decision" value="deny">No</button>
<button name="decision" value="allow">Yes</button></form>"""


def test_the_form_with_a_password_is_filled() -> None:
    form = next_form(SIGN_IN, "http://a/b/c")
    assert form is not None
    assert (form.action, form.method) == ("http://a/in?x=1", "post")
    assert form.filled("ada", "pw") == [("csrf", "t"), ("secret", "pw"), ("user", "ada")]


def test_consent_is_given_with_the_boxes_as_they_are() -> None:
    form = next_form(CONSENT, "http://a/b")
    assert form is not None
    assert form.action == "http://a/b"
    assert form.filled("ada", "pw") == [
        ("csrf", "t"),
        ("allow a.rs", "yes"),
        ("allow b.rs", "yes"),
        ("decision", "allow"),
    ]


def test_a_box_is_unticked() -> None:
    form = next_form(CONSENT, "http://a/b")
    assert form is not None
    assert ("allow b.rs", "yes") not in form.filled("ada", "pw", without=("b.rs",))
    assert ("allow a.rs", "yes") in form.filled("ada", "pw", without=("b.rs",))


def test_the_first_choice_is_taken() -> None:
    page = """<form method="post"><input type="radio" name="who" value="1"><input type="radio" name="who" value="2">
    <select name="where"><option value="x">X</option><option value="y">Y</option></select><button>Go</button></form>"""
    form = next_form(page, "http://a/")
    assert form is not None
    assert form.filled("", "") == [("who", "1"), ("where", "x")]


def test_a_page_without_a_way_on_has_none() -> None:
    assert next_form('<form method="post"><button value="deny" name="decision">x</button></form>', "http://a/") is None
    assert forms_of("<p>no</p>", "http://a/") == []


def test_a_form_that_ends_the_session_is_not_sent() -> None:
    page = '<form method="post" action="/sign-out"><button>Sign out</button></form>' + CONSENT
    form = next_form(page, "http://a/authorize?x=1")
    assert form is not None
    assert form.action == "http://a/authorize?x=1"
