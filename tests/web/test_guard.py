"""Who is answered: this machine, or who holds the token; and what nobody gets."""

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from starlette.testclient import TestClient

from mechlin.web.app import app
from mechlin.web.guard import Guard
from mechlin.web.openapi import description
from tests.web.conftest import Served

pytestmark = pytest.mark.slow  # each of these computes whole cities, or starts processes of its own

TOKEN = "a-token-of-some-length"


@pytest.fixture
def locked(bench):
    with TestClient(app(bench, TOKEN), follow_redirects=False) as found:
        yield found


def test_without_the_token_nothing_is_told(locked):
    for path in ("/", "/stream", "/rehearse", "/package.toml", "/controls", "/static/x/main.js", "/openapi.json"):
        refused = locked.get(path)
        assert refused.status_code == 401 and "Lacetown" not in refused.text
    assert "token" in locked.get("/").text and locked.get("/health").status_code == 200


def test_a_wrong_token_gets_a_sentence(locked):
    refused = locked.get("/?token=wrong")
    assert refused.status_code == 401 and "Ask the person who started it" in refused.text
    assert locked.get("/", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert locked.get("/", headers={"cookie": "mechlin-token=wrong"}).status_code == 401
    assert locked.get("/?token=é").status_code == 401


def test_the_token_becomes_a_strict_cookie_and_leaves_the_address(locked):
    there = locked.get(f"/?token={TOKEN}&runs=4")
    assert there.status_code == 303 and there.headers["location"] == "/?runs=4"
    cookie = there.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert locked.get("/").status_code == 200  # the client keeps it


def test_machines_may_bear_the_token(locked):
    assert locked.get("/controls", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_another_name_for_this_machine_is_refused(client):
    """A page elsewhere that lets its name point here would otherwise read along."""
    assert client.get("/", headers={"host": "evil.example:8000"}).status_code == 403
    assert client.get("/", headers={"host": "localhost:8000"}).status_code == 200
    assert client.get("/", headers={"host": "[::1]:8000"}).status_code == 200


def test_another_site_cannot_start_work(client):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/stream", headers=headers).status_code == 403
    assert client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200


def test_nothing_may_be_loaded_from_elsewhere(client):
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy


@pytest.mark.parametrize("name", ["../app.py", "..%2Fapp.py", "nothing.js", "page.html", "%2Fetc%2Fpasswd"])
def test_only_the_files_of_the_page_are_given(name, client):
    assert client.get(f"/static/x/{name}").status_code == 404


def test_what_is_described_is_there_and_what_is_there_is_described(client, bench):
    told = description(bench.version)
    assert client.get("/openapi.json").json() == told
    routes = {r.path for r in app(bench).app.routes}
    inner = {"/openapi.json", "/shapes/{stamp}", "/vega/{stamp}", "/static/{stamp}/{name}"}
    forms = {path for path in routes if path.startswith("/workshop")}  # pages for people, not for machines
    assert set(told["paths"]) == routes - inner - forms


def test_a_wrong_path_gets_a_sentence(client):
    refused = client.get("/nowhere")
    assert refused.status_code == 404 and "nothing at /nowhere" in refused.json()["problems"][0]


@pytest.mark.parametrize(("begun", "statuses"), [(True, [200]), (False, [503])])
def test_an_answer_that_the_server_no_longer_waits_for_is_ended_and_is_no_error(begun, statuses):
    async def endless(scope, receive, send):
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        await asyncio.sleep(60)

    sent = []

    async def send(message):
        sent.append(message)

    async def ask():
        scope = {"type": "http", "path": "/health", "headers": [], "query_string": b"", "method": "GET"}
        task = asyncio.create_task(Guard(endless)(scope, None, send))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with ThreadPoolExecutor(1) as apart:  # a browser that other tests share has a loop of its own in this thread
        apart.submit(asyncio.run, ask()).result()
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == statuses
    assert sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body")


@pytest.mark.parametrize(("how", "options"), [(signal.SIGTERM, ()), (signal.SIGINT, ("--host", "0.0.0.0"))])
def test_it_stops_cleanly_when_asked_while_it_works(how, options, folder, tmp_path):
    """Here alone, and for the network: there a token is shown once and asked for."""
    import threading

    import httpx2 as http

    found = Served(folder, tmp_path, *options)
    at, _, token = found.url.partition("?token=")
    at = f"http://127.0.0.1:{at.rstrip('/').rpartition(':')[2]}/"
    held = {"authorization": f"Bearer {token}"} if token else {}
    gone = []

    def listen():
        try:
            gone.append(http.get(f"{at}stream?runs=256", timeout=300, headers=held).text)
        except http.HTTPError as error:
            gone.append(str(error))

    if options:
        assert len(token) >= 32 and http.get(at).status_code == 401
        assert http.get(f"{at}?token={token}", follow_redirects=True).status_code == 200
    listener = threading.Thread(target=listen)
    listener.start()
    with http.Client(timeout=60) as client:
        while not client.get(f"{at}health").json()["jobs"]:
            assert not gone, gone  # the stream ended before it had begun to work
            time.sleep(0.05)
    code, said = found.stop(how)
    listener.join(10)
    assert code == 0 and "Traceback" not in said and gone and not (token and token in said)
    assert not list((tmp_path / "runs").glob(".writing*"))


def test_a_port_that_is_taken_gets_a_sentence(served, folder, tmp_path):
    from mechlin.core.errors import UsageError
    from mechlin.web.serve import serve

    port = int(served.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(UsageError, match="--port 0"):
        serve(str(folder), tmp_path, "127.0.0.1", port)


def test_a_file_without_end_is_not_read_to_its_end(served):
    import httpx2 as http

    sent = []

    def endless():
        while len(sent) < 200:
            sent.append(1)
            yield b"#" * 1_000_000

    with suppress(http.TransportError):  # the server has hung up on the rest
        assert http.post(f"{served.url}package", content=endless()).status_code == 413
    assert len(sent) < 100
    assert http.get(f"{served.url}health").json()["ok"]
