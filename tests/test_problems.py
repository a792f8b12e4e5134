import json
from types import SimpleNamespace

import pytest
from flask import Flask, Response, abort, redirect
from jinja2 import DictLoader
from werkzeug.exceptions import Conflict

from app import problems
from app.caching import ResponseCache
from app.headers import CONTENT_SECURITY_POLICY, EDITION, secure
from app.problems import KINDS, NotAcceptable
from ld import errors

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE = "<h1>{{ problem.title }}</h1>{{ problem.status }} {{ problem.detail }} {{ problem.remedy }}"
TOMBSTONE = SimpleNamespace(
    key="text/x",
    datestamp="2026-11-21T10:00:00Z",
    reason="withdrawn on request",
    edition="7-0123456789ab",
    replaced_by="text/y",
)


class Unlisted(errors.PressmarkError):
    pass


class FederationRefused(errors.QueryRefusedError):
    pass


ERRORS = {
    "no-edition": errors.NoEditionError("nothing in /var/lib/pressmark"),
    "damaged": errors.EditionDamagedError("/var/lib/pressmark/editions/7/records.sqlite"),
    "missing": errors.DocumentNotFoundError("Nothing is published under text/z."),
    "withdrawn": errors.DocumentWithdrawnError(TOMBSTONE),
    "syntax": errors.QuerySyntaxError("Expected a triple pattern.", 3, 14),
    "syntax-nowhere": errors.QuerySyntaxError("Too deep."),
    "refused": errors.QueryRefusedError("SERVICE is not offered."),
    "federation": FederationRefused("SERVICE is not offered."),
    "timeout": errors.QueryTimeoutError(10),
    "limit": errors.QueryLimitError("More than 1 GiB of memory."),
    "busy": errors.QueryBusyError("No worker was free in time.", 7),
    "penalty": errors.QueryPenaltyError("Your queries keep being stopped.", 9),
    "not-acceptable": NotAcceptable(("text/turtle", "application/ld+json")),
    "conflict": Conflict("in the way"),
    "unlisted": Unlisted("secret"),
    "bug": ZeroDivisionError("secret"),
}


@pytest.fixture
def app():
    app = Flask("pressmark")
    app.jinja_loader = DictLoader({"error.html": PAGE})
    app.after_request(secure)
    problems.register(app)

    @app.get("/raise/<name>")
    def fail(name):
        raise ERRORS[name]

    @app.get("/page/")
    def page():
        return "<p>here</p>"

    @app.get("/drawing")
    def drawing():
        return Response("<svg/>", mimetype="image/svg+xml")

    @app.post("/query")
    def query():
        return Response("{}", mimetype="application/json")

    @app.get("/teapot")
    def teapot():
        abort(Response("own words", 418))

    @app.get("/outside")
    def outside():
        return redirect("https://example.org/elsewhere")

    return app


@pytest.fixture
def client(app):
    return app.test_client()


def test_every_error_that_a_request_can_meet_is_in_the_table():
    serving = [errors.EditionError, errors.DocumentError, errors.QueryError]

    met = {
        leaf
        for root in (*serving, errors.QueryBusyError)
        for leaf in root.__subclasses__()
        if leaf.__module__ != __name__
    }

    whole = {errors.EditionError, errors.EditionRemovedError, errors.QueryError}
    assert met | whole == set(KINDS)


@pytest.mark.parametrize(
    ("name", "status", "members"),
    [
        ("no-edition", 503, {"type": "/problem/no-edition", "retry_after": 60}),
        ("damaged", 503, {"type": "/problem/edition-damaged", "retry_after": 60}),
        ("missing", 404, {"detail": "Nothing is published under text/z."}),
        (
            "withdrawn",
            410,
            {
                "key": "text/x",
                "datestamp": "2026-11-21T10:00:00Z",
                "reason": "withdrawn on request",
                "replaced_by": "text/y",
            },
        ),
        ("syntax", 400, {"line": 3, "column": 14, "detail": "Expected a triple pattern."}),
        ("refused", 400, {"type": "/problem/query-refused"}),
        ("federation", 400, {"type": "/problem/query-refused"}),
        ("timeout", 504, {"seconds": 10, "detail": "Stopped after 10 seconds."}),
        ("limit", 400, {"type": "/problem/query-limit"}),
        ("busy", 503, {"retry_after": 7}),
        ("penalty", 429, {"retry_after": 9}),
        (
            "not-acceptable",
            406,
            {"type": "about:blank", "supported": ["text/turtle", "application/ld+json"]},
        ),
        ("conflict", 409, {"title": "Conflict", "detail": "in the way"}),
    ],
)
def test_an_error_becomes_a_problem(client, name, status, members):
    answer = client.get(f"/raise/{name}")

    problem = json.loads(answer.data)
    assert answer.status_code == problem["status"] == status
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Vary"] == "Accept"
    assert problem["title"]
    assert problem.items() >= members.items()


def test_what_is_unknown_stays_unsaid(client):
    problem = json.loads(client.get("/raise/syntax-nowhere").data)

    assert {"line", "column"}.isdisjoint(problem)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *(("no-edition", "60"), ("damaged", "60")),
        *(("busy", "7"), ("penalty", "9"), ("timeout", None)),
    ],
)
def test_a_client_learns_when_to_ask_again(client, name, seconds):
    assert client.get(f"/raise/{name}").headers.get("Retry-After") == seconds


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("application/json, text/html;q=0.5", "application/problem+json"),
    ],
)
def test_a_browser_gets_a_page_and_everything_else_gets_json(client, accept, media_type):
    answer = client.get("/raise/limit", headers={"Accept": accept})

    assert answer.status_code == 400
    assert answer.mimetype == media_type
    assert "More than 1 GiB of memory." in answer.text


def test_without_its_page_a_problem_is_still_told(app, client):
    app.jinja_loader = DictLoader({"error.html": "{{ nothing.at_all }}"})

    answer = client.get("/raise/missing", headers={"Accept": BROWSER})

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", ["bug", "unlisted"])
@pytest.mark.parametrize("accept", ["", BROWSER])
def test_a_fault_of_ours_is_logged_and_not_shown(client, caplog, name, accept):
    answer = client.get(f"/raise/{name}", headers={"Accept": accept})

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_what_is_damaged_is_logged_and_not_shown(client, caplog):
    answer = client.get("/raise/damaged")

    assert "/var/lib" not in answer.text
    assert "records.sqlite" in caplog.text


def test_in_tests_a_fault_is_raised(app):
    app.testing = True

    with pytest.raises(Unlisted):
        app.test_client().get("/raise/unlisted")


def test_an_unknown_method_is_405_with_those_that_there_are(client):
    for method in ("DELETE", "BREW"):
        answer = client.open("/page/", method=method)

        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert answer.mimetype == "application/problem+json"


def test_a_response_that_was_aborted_with_stays_as_it_is(client):
    assert client.get("/teapot").text == "own words"


@pytest.mark.parametrize("accept_encoding", ["identity;q=0", "*;q=0"])
def test_refusing_every_coding_there_is_gives_406(client, accept_encoding):
    answer = client.get("/page/", headers={"Accept-Encoding": accept_encoding})

    assert answer.status_code == 406
    assert json.loads(answer.data)["supported"] == ["gzip", "identity"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_type_of_a_problem_says_what_it_means(client, kind):
    answer = client.get(f"/problem/{kind.name}")

    assert answer.status_code == 200
    assert str(kind.title) in answer.text
    assert str(kind.remedy) in answer.text


def test_an_unknown_type_of_problem_is_404(client):
    assert client.get("/problem/nothing").status_code == 404


@pytest.mark.parametrize(
    ("name", "kept"),
    [("withdrawn", True), ("missing", False), ("limit", False), ("busy", False), ("bug", False)],
)
def test_of_all_problems_only_a_tombstone_of_this_edition_is_kept(app, name, kept):
    @app.after_request
    def state_edition(response):
        response.headers[EDITION] = "e1"
        return response

    layer = app.wsgi_app = ResponseCache(app.wsgi_app, lambda: "e1")
    client = app.test_client()
    answers = [client.get(f"/raise/{name}", headers={"Accept": a}) for a in (BROWSER, "*/*")]

    assert answers[0].mimetype != answers[1].mimetype
    assert (layer.size > 0) is kept
    assert {answer.headers["Cache-Control"] for answer in answers} == {
        "no-cache" if name in {"withdrawn", "missing"} else "no-store"
    }


def test_a_condition_does_not_turn_406_into_304(app):
    app.wsgi_app = ResponseCache(app.wsgi_app, lambda: "e1")

    answer = app.test_client().get("/raise/not-acceptable", headers={"If-None-Match": "*"})

    assert answer.status_code == 406


@pytest.mark.parametrize("path", ["/page/", "/raise/missing", "/raise/bug", "/nowhere", "/drawing"])
def test_every_response_is_open_to_other_origins_and_closed_to_other_content(client, path):
    answer = client.get(path, headers={"Accept": BROWSER, "Origin": "https://example.org"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert EDITION in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Referrer-Policy" in answer.headers
    assert "Permissions-Policy" in answer.headers


def test_the_policy_allows_nothing_inline_and_nothing_foreign():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


def test_a_preflight_is_answered_with_what_the_path_takes(client):
    answer = client.options(
        "/query",
        headers={
            "Origin": "https://example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert answer.status_code == 204
    assert answer.data == b""
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("with_layer", [True, False])
@pytest.mark.parametrize("host", ["evil.example", "EVIL.example:81", "[", "a b", "", "é"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/page", "/page/"),
        ("/page?q=1", "/page/?q=1"),
        ("//page", "/page/"),
        ("/raise//missing", "/raise/missing"),
    ],
)
def test_the_requests_host_is_never_given_back(app, with_layer, host, path, location):
    if with_layer:
        app.wsgi_app = ResponseCache(app.wsgi_app, lambda: "e1")

    path, _, query = path.partition("?")
    answer = app.test_client().get(
        "/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": host}
    )

    assert answer.status_code == 308
    assert answer.headers["Location"] == location
    assert "evil" not in (answer.text + str(answer.headers)).lower()


def test_a_redirect_to_another_place_stays_as_it_is(client):
    assert client.get("/outside").headers["Location"] == "https://example.org/elsewhere"
