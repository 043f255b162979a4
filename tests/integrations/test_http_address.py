"""Which addresses of the network are outside, however they are written."""

from __future__ import annotations

import pytest

from app.integrations.http_address import fit

pytestmark = pytest.mark.once

NOBODY = ".".join("0000")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.9.1",
            NOBODY,
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
        ),
        *("192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "100::1", "localhost", ""),
    ],
)
def test_nothing_inside_is_an_address_of_the_outside(address):
    assert not fit(address)


def test_addresses_of_the_internet_are_fit():
    for address in ("8.8.8.8", "95.163.1.1", "2a02:6b8::1", "::ffff:95.163.1.1", "64:ff9b::5fa3:101"):
        assert fit(address), address


def test_hosts_of_one_s_own_stand_anywhere_but_where_no_server_stands():
    for address in ("127.0.0.1", "10.0.0.5", "fd00::5", "::1", "8.8.8.8"):
        assert fit(address, is_inner=True), address
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "fe80::1", NOBODY, "::", "224.0.0.1"):
        assert not fit(address, is_inner=True), address
