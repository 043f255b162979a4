"""Security headers of every answer; the nonce of the page's own scripts."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

YEAR = 31_536_000


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


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
                "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
                "manifest-src 'self'; object-src 'none'",
            )
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response
