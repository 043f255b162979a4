"""Security headers of every answer; the nonce of the page's own scripts.

No page may be framed and forms go here only, but for launches of learning platforms: these name in `g.frame_ancestors`
the origins that may frame this one answer, and in `g.form_targets` those that its form may go to.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from app.services.lti_origin import origin_of

YEAR = 31_536_000
SELF, NOBODY = "'self'", "'none'"


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _named(name: str) -> tuple[str, ...]:
    """Origins that this answer has named: checked once more, for they become a part of a header."""
    told: str | tuple[str, ...] = g.get(name, ())
    told = (told,) if isinstance(told, str) else told
    return tuple(one for one in told if one and origin_of(one) == one)


def _sources(own: str, name: str) -> str:
    return " ".join(one for one in (own, *_named(name)) if one) or NOBODY


def install(app: Flask, *, secure: bool) -> None:
    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        if request.endpoint == "static":
            # The address carries the digest of the file.
            if request.args.get("v"):
                headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        else:
            headers["Cache-Control"] = "no-store"
            # A download brings a stricter one of its own.
            headers.setdefault(
                "Content-Security-Policy",
                f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; "
                f"font-src 'self'; connect-src 'self'; form-action {_sources(SELF, 'form_targets')}; "
                f"frame-ancestors {_sources('', 'frame_ancestors')}; base-uri 'none'; "
                "manifest-src 'self'; object-src 'none'",
            )
        headers["X-Content-Type-Options"] = "nosniff"
        if not _named("frame_ancestors"):
            headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        # Who may frame a page may also have opened it: a registration tells its opener that it is done.
        headers["Cross-Origin-Opener-Policy"] = "unsafe-none" if _named("frame_ancestors") else "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response
