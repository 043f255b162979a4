"""Tests about the code base itself. Each rule has a test of its own: a planted violation that it must find."""
