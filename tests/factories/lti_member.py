"""A member of a course, as a platform lists them."""

from __future__ import annotations


def member(number: str, last: str, first: str, role: str = "Learner", **more) -> dict:
    return {
        "user_id": number,
        "status": "Active",
        "roles": [role],
        "family_name": last,
        "given_name": first,
        "name": f"{first} {last}",
        **more,
    }
