"""Certificates: what is wrong with each is named; a bundle of the environment is trusted."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from detection_notes.links.codes import WALLED, kind_of
from web import Exchange, Web

YEAR = timedelta(days=365)


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(made)
    return made


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - YEAR).not_valid_after(now + YEAR)
    (folder / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return made


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    """An authority, and the bundle file that trusts it."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return ca, str(tmp_path / "ca.pem")


@pytest.fixture
def secure() -> Iterator[Callable[[ssl.SSLContext], str]]:
    """A web with a certificate; gives the URL of a page on it."""
    webs: list[Web] = []

    def serve(made: ssl.SSLContext) -> str:
        webs.append(Web(context=made))
        return webs[-1].on("/", Exchange.reply)

    yield serve
    for web in webs:
        web.close()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_of_the_environment_is_trusted(variable: str, authority, secure, verdict) -> None:
    ca, bundle = authority

    assert verdict(secure(context(ca.issue_cert("127.0.0.1"))), environ={variable: bundle}).words == "good ok"


def test_an_expired_certificate_is_named(authority, secure, verdict) -> None:
    ca, bundle = authority
    expired = ca.issue_cert("127.0.0.1", not_before=datetime.now(UTC) - 2 * YEAR, not_after=datetime.now(UTC) - YEAR)

    assert verdict(secure(context(expired)), environ={"SSL_CERT_FILE": bundle}).words == "broken certificate-expired"


def test_a_certificate_of_the_future_is_named(authority, secure, verdict) -> None:
    ca, bundle = authority
    early = ca.issue_cert("127.0.0.1", not_before=datetime.now(UTC) + YEAR, not_after=datetime.now(UTC) + 2 * YEAR)

    assert verdict(secure(context(early)), environ={"SSL_CERT_FILE": bundle}).words == "broken certificate-not-yet-valid"


@pytest.mark.parametrize("name", ["example.org", "127.0.0.2"])
def test_a_certificate_for_another_name_is_named(name: str, authority, secure, verdict) -> None:
    ca, bundle = authority

    assert verdict(secure(context(ca.issue_cert(name))), environ={"SSL_CERT_FILE": bundle}).words == "broken certificate-wrong-name"


def test_an_unknown_issuer_cannot_be_told_from_a_chain_that_is_not_whole(authority, secure, verdict) -> None:
    ca, _ = authority

    assert verdict(secure(context(ca.issue_cert("127.0.0.1")))).words == "unknown certificate-incomplete"


def test_a_chain_without_its_intermediate_is_no_dead_link(authority, secure, verdict) -> None:
    ca, bundle = authority
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    leaf = ca.create_child_ca().issue_cert("127.0.0.1")
    leaf.private_key_pem.write_to_path(f"{bundle}.key")
    leaf.cert_chain_pems[0].write_to_path(f"{bundle}.leaf")  # and not the intermediate behind it
    made.load_cert_chain(f"{bundle}.leaf", f"{bundle}.key")

    assert verdict(secure(made), environ={"SSL_CERT_FILE": bundle}).words == "unknown certificate-incomplete"


def test_a_chain_that_ends_in_a_root_that_nobody_trusts_is_named(authority, secure, verdict) -> None:
    ca, bundle = authority
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    leaf = ca.issue_cert("127.0.0.1")
    leaf.private_key_pem.write_to_path(f"{bundle}.key")
    leaf.cert_chain_pems[0].write_to_path(f"{bundle}.chain")
    ca.cert_pem.write_to_path(f"{bundle}.chain", append=True)
    made.load_cert_chain(f"{bundle}.chain", f"{bundle}.key")

    assert verdict(secure(made)).words == "broken certificate-unknown-issuer"


def test_ciphers_that_are_too_old_for_us_are_no_dead_link(authority, secure, verdict) -> None:
    ca, bundle = authority
    old = context(ca.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA:@SECLEVEL=0")

    judged = verdict(secure(old), environ={"SSL_CERT_FILE": bundle})

    assert judged.words == "unknown tls-failure"
    assert kind_of("tls-failure") is WALLED  # so that it never becomes "silent for long"


def test_a_self_signed_certificate_is_named(tmp_path: Path, secure, verdict) -> None:
    assert verdict(secure(self_signed(tmp_path))).words == "broken certificate-self-signed"


def test_plain_http_on_a_secure_port_is_unknown(web: Web, verdict) -> None:
    web.on("/", Exchange.reply)

    assert verdict(web.url("/").replace("http:", "https:")).words in ("unknown tls-failure", "unknown reset", "unknown timeout")


def test_a_redirect_from_http_to_https_is_a_move(authority, secure, web: Web, verdict) -> None:
    ca, bundle = authority
    there = secure(context(ca.issue_cert("127.0.0.1")))
    url = web.on("/", lambda e: e.redirect(there, 301))

    judged = verdict(url, environ={"SSL_CERT_FILE": bundle})

    assert (judged.words, judged.evidence.moved) == ("moved moved", there)
