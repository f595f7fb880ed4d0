from __future__ import annotations

from datetime import timedelta

import pytest

from dryshot.clock import Clock
from dryshot.errors import LoginFailed, NotAuthenticated
from dryshot.world.accounts import Account, Accounts

START = "2023-09-11T17:27:49Z"
ANY = "f" * 128


def accounts(*declared: Account, clock: Clock | None = None, seed: int = 0) -> Accounts:
    return Accounts(clock or Clock(START), seed, declared)


def test_any_api_token_opens_an_account_of_its_own() -> None:
    world = accounts()
    first, again, other = world.log_in("a"), world.log_in("a"), world.log_in("b")
    assert first.account is again.account
    assert first.account is not other.account
    assert first.account.id != other.account.id


@pytest.mark.parametrize("api_token", ["", " ", "\n"])
def test_an_empty_api_token_opens_nothing(api_token: str) -> None:
    world = accounts()
    with pytest.raises(LoginFailed):
        world.log_in(api_token)
    assert len(world) == 0


def test_declared_accounts_shut_everyone_else_out() -> None:
    world = accounts(Account("mine"))
    assert world.log_in("mine").account.api_token == "mine"
    for credential in ("yours", ANY):
        with pytest.raises(LoginFailed):
            world.log_in(credential)
        with pytest.raises(NotAuthenticated):
            world.authenticate_any(credential)
    assert len(world) == 1


def test_access_tokens_are_64_letters_and_digits_and_differ() -> None:
    world = accounts()
    values = {world.log_in("a").value for _ in range(50)}
    assert len(values) == 50
    assert all(len(value) == 64 and value.isalnum() and value.isascii() for value in values)


def test_a_token_works_until_its_last_microsecond() -> None:
    clock = Clock(START)
    world = accounts(clock=clock)
    token = world.log_in("a")
    assert token.ttl == 1209600
    clock.advance_to(token.expires - timedelta(microseconds=1))
    assert world.authenticate(token.value) is token.account
    clock.advance_to(token.expires)
    with pytest.raises(NotAuthenticated):
        world.authenticate(token.value)


def test_revoking_ends_one_token_and_no_other() -> None:
    world = accounts()
    gone, stays = world.log_in("a"), world.log_in("a")
    world.revoke(gone.value)
    with pytest.raises(NotAuthenticated):
        world.authenticate(gone.value)
    with pytest.raises(NotAuthenticated):
        world.revoke(gone.value)
    assert world.authenticate(stays.value) is stays.account


def test_an_api_token_is_no_access_token() -> None:
    world = accounts(Account("mine"))
    with pytest.raises(NotAuthenticated):
        world.authenticate("mine")
    assert world.authenticate_any("mine").api_token == "mine"


def test_an_unknown_word_is_no_api_token_but_128_digits_are() -> None:
    world = accounts()
    with pytest.raises(NotAuthenticated):
        world.authenticate_any("x" * 128)
    with pytest.raises(NotAuthenticated):
        world.authenticate_any("f" * 64)
    assert world.authenticate_any(ANY) is world.log_in(ANY).account


def test_seeds_decide_the_tokens() -> None:
    assert accounts(seed=1).log_in("a").value == accounts(seed=1).log_in("b").value
    assert accounts(seed=1).log_in("a").value != accounts(seed=2).log_in("a").value


def test_no_secret_is_in_a_text_form() -> None:
    token = accounts(Account("my-api-token")).log_in("my-api-token")
    assert "my-api-token" not in repr(token)
    assert token.value not in repr(token)


@pytest.mark.parametrize("instance", ["hub", "h/g", "h//p", "h/g/p/x", ""])
def test_an_instance_has_three_parts(instance: str) -> None:
    with pytest.raises(ValueError, match="hub/group/project"):
        Account("mine", instances={instance: []})


def test_an_account_has_an_api_token() -> None:
    with pytest.raises(ValueError, match="api_token is empty"):
        Account("")
