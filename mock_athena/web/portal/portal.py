"""What all pages share: who is in front of the browser, and how a page is shown to them."""

from urllib.parse import urlsplit

from flask import Response, g, request

from mock_athena.auth.addresses import same_place
from mock_athena.auth.form import Parameters, parse_form, parse_query
from mock_athena.auth.registration import ClientRegistration
from mock_athena.errors import ControlError, OAuthError, Refusal
from mock_athena.web.exchange import current_exchange
from mock_athena.web.portal.people import People, Person
from mock_athena.web.portal.rendering import rendered
from mock_athena.web.portal.visits import Visit, Visits
from mock_athena.web.world import World

LARGEST_FORM = 65_536
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
_SAFE_SITES = ("same-origin", "none")


class Portal:
    """The portal of one world.

    Attributes:
        people: who can sign in. visits: who did.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.authorization = world.authorization
        self.people = People(world)
        self.visits = Visits(world.clock, world.state)

    def auto_approves(self, client: ClientRegistration) -> bool:
        """Whether this client's requests are consented to without asking."""
        return self.world.settings.auto_approve or client.auto_approve

    def visit(self) -> Visit:
        """The visit of this request."""
        found: Visit | None = g.get("visit")
        if found is None:
            found = g.visit = self.visits.of(request.cookies.get(self._cookie_name()))
        return found

    def person(self, environment: str | None = None) -> Person | None:
        """Who is signed in, at an environment or anywhere."""
        visit = self.visit()
        if not visit.username or environment not in (None, visit.environment):
            return None
        return self.people.named(visit.environment, visit.username)

    def sign_in(self, person: Person) -> None:
        """From this answer on, the browser is this person's."""
        g.visit = self.visits.signed_in(self.visit(), person.user)

    def sign_out(self) -> None:
        """From this answer on, the browser is nobody's."""
        self.authorization.signed_out(self.visit().id)
        g.visit = self.visits.signed_out(self.visit())

    def trust(self) -> None:
        """From this answer on, the browser is a developer's, who told the control token."""
        g.visit = self.visits.trusted(self.visit())

    def keep_trust(self) -> None:
        """After what ends all visits, such as a reset: who did it and told the control token is a developer still."""
        if self.visit().developer and self.visits.of(request.cookies.get(self._cookie_name())).fresh:
            self.trust()

    def show(self, template: str, status: int = 200, *, leaves: bool = False, **values: object) -> Response:
        """A page for this visit."""
        token = self.visits.form_token(self.visit())
        shown = {"form_token": token, "person": self.person(), "path": request.path, **values}
        return self.remembered(rendered(f"portal/{template}", shown, status, leaves=leaves))

    def remembered(self, response: Response) -> Response:
        """The answer, with the cookie that the browser does not have yet."""
        visit = self.visit()
        if visit.fresh:
            secure = current_exchange().origin.startswith("https:")
            value = self.visits.cookie(visit)
            response.set_cookie(self._cookie_name(), value, httponly=True, samesite="Lax", secure=secure)
        return response

    def refuse(self, refusal: Refusal) -> Response:
        """A page that says what is wrong; nobody is sent anywhere."""
        current_exchange().end(refusal)
        code = refusal.error if isinstance(refusal, OAuthError) else ""
        # Where a client is to be redirected is not settled while this is shown, whatever the protocol's status is.
        status = 400 if code and refusal.status < 500 else refusal.status
        return self.show("error.html", status, error=code, message=refusal.message)

    def check_form(self, sent: Parameters) -> None:
        """Refuse what no form of this visit sent.

        Raises:
            ControlError: 403.
        """
        self.check_site()
        if not self.visits.holds(self.visit(), sent.get(FORM_TOKEN)):
            message = (
                "This form belongs to another visit: you signed in or out meanwhile, the emulator was reset or started "
                "anew, or the browser keeps no cookies. Nothing was done. Go back, load the page again and send it "
                "once more"
            )
            raise ControlError(message, status=403)

    def check_site(self) -> None:
        """Refuse what a page of another site sent.

        Raises:
            ControlError: 403.
        """
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none")
        own = origin is None or same_place(origin, current_exchange().origin) or same_place(origin, request.host_url)
        if not own or site not in _SAFE_SITES:
            raise ControlError("A page of another site sent this form, so nothing was done", status=403)

    def _cookie_name(self) -> str:
        """Browsers do not tell ports apart, and two emulators on one machine are two portals."""
        parts = urlsplit(current_exchange().origin)
        return f"mock_athena_{parts.port or (443 if parts.scheme == 'https' else 80)}"


def sent_form() -> Parameters:
    """What the form of a page sent.

    Raises:
        OAuthError: no form, or one that cannot be read.
    """
    request.max_content_length = LARGEST_FORM
    return parse_form(request.content_type, request.get_data(cache=False))


def sent_query() -> Parameters:
    """What stands in the address of a page."""
    return parse_query(request.query_string.decode("latin-1"))
