"""Secrets do not get into tables, logs and reports, however they are written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_sync import redaction
from github_sync.redaction import redact

CLASSIC = "ghp_" + "aZ09" * 9
FINE_GRAINED = "github_pat_" + "11ABCDEFG0" + "_" + "q" * 59
STATELESS = "ghs_123456_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI-MSJ9.c2ln_bmF0dXJl-ZQ"
PASSWORD = "hunter2-Tr0ub4dor"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow+IBA/AKCAQEA\nx9fZ\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize("kind", ["ghp", "gho", "ghu", "ghs", "ghr"])
def test_every_kind_of_token(kind: str) -> None:
    token = f"{kind}_{'aB3' * 12}"
    assert redact(f"the token {token}, sent") == "the token ***, sent"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"https://x-access-token:{CLASSIC}@github.com/acme/api", CLASSIC),
        (f"https://{FINE_GRAINED}@github.com/acme/api", FINE_GRAINED),
        (f"https://api.github.com/?access_token={CLASSIC}&x=1", CLASSIC),
        (repr(f"first line\n{CLASSIC}"), CLASSIC),
        (f"no_space_before_{CLASSIC}", CLASSIC),
        (f"Authorization: token {CLASSIC}", CLASSIC),
        (f"{{'Authorization': 'Bearer {STATELESS}'}}", "c2ln_bmF0dXJl"),
        (f"the token {STATELESS} has expired", "c2ln_bmF0dXJl"),
        ("authorization: Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"),
        ("AUTHORIZATION=bearer abc.def.ghi", "abc.def.ghi"),
        ("sent 'Bearer eyJhbGciOi.J9.abc-_~+/=' to it", "eyJhbGciOi"),
        (f"postgresql://sync:{PASSWORD}@db.example/analytics", PASSWORD),
        ("postgresql://sync:p%40ss%2Fw0rd@db.example/analytics", "p%40ss"),
        ("postgresql://sync:hunter2@Tr0ub4@db.example/analytics", "Tr0ub4"),
        (f"host=db user=sync password={PASSWORD} port=5432", PASSWORD),
        (f"host=db password='{PASSWORD}'", PASSWORD),
        ("host=db password='correct horse battery' user=sync", "horse"),
        (json.dumps({"login": "sync", "password": PASSWORD}), PASSWORD),
        (json.dumps({"extra": json.dumps({"password": PASSWORD})}), PASSWORD),
        (json.dumps({"private_key": PEM}), "MIIEow"),
        (f"could not read {PEM}", "MIIEow"),
        (repr(PEM), "x9fZ"),
        ("Private-Key: abcdefgh", "abcdefgh"),
        ("client_secret=abcdefgh&x=1", "abcdefgh"),
    ],
)
def test_a_secret_is_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "acme/api: GitHub answered with HTTP 502. (GitHub request C318:5862:1A4A0BC:35D9657)",
        "Resource protected by organization SAML enforcement. You must grant your Personal Access "
        "token access to this organization.",
        "https://github.com/acme/api/pull/1#pullrequestreview-2",
        "postgresql://sync@db.example:5432/analytics",
        'null value in column "title" violates not-null constraint',
        "Key (repository_id, number)=(1, 17) already exists.",
        "password authentication failed for user sync",
        "2026-03-02 04:00:00+00:00",
        "",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


@given(st.text(), st.text())
def test_a_token_goes_whatever_stands_around_it(before: str, after: str) -> None:
    assert CLASSIC not in redact(before + CLASSIC + after)


@given(st.text() | st.sampled_from([f"password={PASSWORD}", PEM, f"Bearer {STATELESS}"]))
def test_taking_out_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_what_is_left_can_be_stored() -> None:
    """Also where an answer of GitHub's, or a row, is part of the message."""
    assert redact("a\x00b\ud800") == "a\ufffdb\ufffd"
    assert len(redact("x" * 1_000_000)) == 2000


@pytest.mark.parametrize("length", [1960, 1990, 1999])
def test_nothing_of_a_token_is_left_where_the_text_is_cut(length: int) -> None:
    text = redact("x " * (length // 2) + CLASSIC)
    assert "ghp_" not in text


def test_a_password_that_looks_like_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())
    for password in ("opaque-7c1f", "abcd", "", None):
        redaction.add_secret(password)

    assert redaction.redact("it said opaque-7c1f to abcd") == "it said *** to abcd"
