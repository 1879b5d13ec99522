"""What sslscan, which asks for everything that TLS ever had, finds in the servers: nothing weak."""

import subprocess
from xml.etree import ElementTree

import pytest

from certificates import Certificates

CIPHERS = {
    "TLSv1.3": {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"},
    "TLSv1.2": {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
}


@pytest.fixture(scope="module")
def findings(program, tmp_path_factory):
    """The elements of its report."""
    files = Certificates(tmp_path_factory.mktemp("certificates"))
    with program.start(*files.flags()) as server:
        report = subprocess.run(
            ["sslscan", "--no-colour", "--show-certificate", "--show-sigs", "--sni-name=localhost", "--xml=-",
             f"127.0.0.1:{server.port}"], capture_output=True, timeout=120, check=True).stdout
    found = ElementTree.fromstring(report).find("ssltest")
    assert found is not None, report
    return found


def test_versions(findings):
    enabled = {one.get("type") + one.get("version"): one.get("enabled") == "1" for one in findings.iter("protocol")}
    assert enabled == {"ssl2": False, "ssl3": False, "tls1.0": False, "tls1.1": False, "tls1.2": True, "tls1.3": True}


@pytest.mark.parametrize("version", CIPHERS)
def test_ciphers_are_those_that_the_documentation_names(findings, version):
    """All of them have forward secrecy and authentication: no CBC, RC4, 3DES, NULL, export or anonymous one."""
    found = [one for one in findings.iter("cipher") if one.get("sslversion") == version]
    assert {one.get("cipher") for one in found} == CIPHERS[version]
    assert len(found) == len(CIPHERS[version])
    for one in found:
        assert one.get("strength") in ("strong", "acceptable") and int(one.get("bits")) >= 128, one.attrib
        assert one.get("curve") == "25519", "the group that is liked best"


def test_no_cipher_is_of_another_version(findings):
    assert {one.get("sslversion") for one in findings.iter("cipher")} == set(CIPHERS)


def test_keys_are_exchanged_in_strong_groups(findings):
    """sslscan 2.0.7 cannot see X25519 in TLS 1.2; `test_ciphers_…` has it as what is agreed there."""
    found = {(one.get("sslversion"), one.get("name")) for one in findings.iter("group")}
    assert {("TLSv1.3", "x25519"), ("TLSv1.3", "secp256r1 (NIST P-256)")} <= found
    assert {name for _, name in found} == {"x25519", "secp256r1 (NIST P-256)"}
    assert all(int(one.get("bits")) >= 128 for one in findings.iter("group"))


def test_signatures_are_of_the_certificates_kind(findings):
    found = {one.get("name") for one in findings.iter("connection-signature-algorithm")}
    assert found == {"ecdsa_secp256r1_sha256"}


def test_there_is_no_renegotiation_to_attack(findings):
    (found,) = findings.iter("renegotiation")
    assert found.attrib == {"supported": "0", "secure": "0"}


def test_there_is_no_compression(findings):
    """An OpenSSL that was built without it says so by an empty list."""
    assert [one.attrib for one in findings.iter("compression") if one.get("supported") != "0"] == []


def test_a_fallback_is_refused(findings):
    assert [one.attrib for one in findings.iter("fallback") if one.get("supported") != "1"] == []


def test_no_heart_bleeds(findings):
    found = {one.get("sslversion"): one.get("vulnerable") for one in findings.iter("heartbleed")}
    assert found == {"TLSv1.2": "0", "TLSv1.3": "0"}


def test_the_certificate_is_the_one_that_was_given(findings):
    (found,) = [one for one in findings.iter("certificate") if one.get("type") == "short"]
    texts = {one.tag: one.text for one in found}
    assert texts["signature-algorithm"].strip() == "ecdsa-with-SHA256" and texts["issuer"] == "authority"
    assert texts["altnames"] == "DNS:localhost, IP Address:127.0.0.1" and texts["expired"] == "false"
