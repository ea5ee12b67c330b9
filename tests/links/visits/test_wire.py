"""Names are looked up within the time of a visit, each once, and no name server can keep the program from ending."""

import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from detection_notes.links.visits import wire
from web import Exchange, Web

SCRIPTS = Path(__file__).parents[3] / "scripts"
ROW = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))


def failing(code: int):
    def lookup(*_: object) -> list:
        raise socket.gaierror(code, "words")

    return lookup


@pytest.mark.parametrize(("code", "missing"), [(socket.EAI_NONAME, "no-such-host"), (socket.EAI_AGAIN, None), (socket.EAI_FAIL, None), (-5, "no-address")])
def test_a_name_that_does_not_exist_is_told_from_a_name_server_that_fails(code: int, missing: str | None) -> None:
    wire.set_deadline(time.monotonic() + 2)
    with pytest.raises(wire.NameFailed) as error:
        wire.Resolver(failing(code)).addresses("name.example", 80)

    assert error.value.missing == missing


def test_a_name_is_looked_up_once_however_many_ask() -> None:
    asked = []

    def lookup(host: str, *_: object) -> list:
        asked.append(host)
        time.sleep(0.1)
        return [ROW]

    resolver = wire.Resolver(lookup)

    def ask() -> None:
        wire.set_deadline(time.monotonic() + 2)
        assert resolver.addresses("name.example", 80) == [ROW]

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert asked == ["name.example"]


def test_a_name_server_that_failed_is_asked_again() -> None:
    answers = [socket.gaierror(socket.EAI_AGAIN, "later"), [ROW]]

    def lookup(*_: object) -> list:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    resolver = wire.Resolver(lookup)
    wire.set_deadline(time.monotonic() + 2)
    with pytest.raises(wire.NameFailed):
        resolver.addresses("name.example", 80)

    assert resolver.addresses("name.example", 80) == [ROW]


def test_a_name_server_that_hangs_takes_no_more_than_the_visit_has() -> None:
    wire.set_deadline(time.monotonic() + 0.2)
    with pytest.raises(TimeoutError):
        wire.Resolver(lambda *_: time.sleep(60)).addresses("name.example", 80)


def test_a_name_server_that_hangs_does_not_keep_the_program_from_ending() -> None:
    code = (
        f"import sys, time; sys.path.insert(0, {str(SCRIPTS)!r})\n"
        "from detection_notes.links.visits import wire\n"
        "wire.set_deadline(time.monotonic() + 0.1)\n"
        "try: wire.Resolver(lambda *_: time.sleep(60)).addresses('name.example', 80)\n"
        "except TimeoutError: print('over')\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)

    assert done.stdout == "over\n"


@pytest.mark.parametrize("name", ["a..b", ".", "x" * 64 + ".org", "a" * 300])
def test_what_cannot_be_a_name_does_not_exist(name: str) -> None:
    wire.set_deadline(time.monotonic() + 5)
    with pytest.raises(wire.NameFailed) as error:
        wire.Resolver().addresses(name, 80)

    assert error.value.missing == "no-such-host"


def test_slow_names_do_not_hold_up_the_others() -> None:
    over = threading.Event()

    def lookup(host: str, *_: object) -> list:
        if host.startswith("slow"):
            over.wait(30)
        return [ROW]

    resolver = wire.Resolver(lookup)

    def ask(name: str) -> None:
        wire.set_deadline(time.monotonic() + 10)
        resolver.addresses(name, 80)

    for n in range(40):
        threading.Thread(target=ask, args=(f"slow{n}.example",), daemon=True).start()
    wire.set_deadline(time.monotonic() + 5)

    assert resolver.addresses("quick.example", 80) == [ROW]
    over.set()


def test_a_machine_without_ipv6_goes_on_to_the_next_address(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.on("/", Exchange.reply)
    rows = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", web.port)), (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", web.port))]
    real = wire._Deadline.__init__

    def without(self: socket.socket, family: int = -1, *rest: object, **more: object) -> None:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        real(self, family, *rest, **more)

    monkeypatch.setattr(wire._Deadline, "__init__", without)
    wire.set_deadline(time.monotonic() + 5)
    pool = wire.pools(wire.Resolver(lambda *_: rows), private=True)["http"]("name.example", web.port)

    assert pool.urlopen("GET", "/", retries=False).status == 200


def test_certificates_are_checked_no_more_strictly_than_browsers_do() -> None:
    context = wire.tls(None, None)

    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
