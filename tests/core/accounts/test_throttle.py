import pytest

from core.accounts.throttle import Throttle
from core.kernel.errors import NotAllowedError
from tests.building.simulated_clock import SimulatedClock


def tries(
    throttle: Throttle, count: int, email: str = "a@b", address: str = "1"
) -> int:
    made = 0
    for _ in range(count):
        try:
            throttle.attempt(email, address)
            made += 1
        except NotAllowedError:
            pass
    return made


def test_five_tries_are_free_and_the_sixth_waits() -> None:
    throttle = Throttle(SimulatedClock())
    assert tries(throttle, 8) == 5
    with pytest.raises(NotAllowedError, match="too many wrong passwords"):
        throttle.attempt("A@b ", "1")


def test_every_further_try_waits_twice_as_long() -> None:
    clock = SimulatedClock()
    throttle = Throttle(clock)
    tries(throttle, 5)
    for wait in (1, 2, 4, 8):
        clock.pass_time(wait - 0.5)
        assert tries(throttle, 1) == 0
        clock.pass_time(0.5)
        assert tries(throttle, 1) == 1


def test_nobody_is_locked_out_for_good() -> None:
    clock = SimulatedClock()
    throttle = Throttle(clock)
    for _ in range(100):
        tries(throttle, 1)
        clock.pass_time(901)
    assert tries(throttle, 1) == 1


def test_an_hour_later_all_is_forgotten() -> None:
    clock = SimulatedClock()
    throttle = Throttle(clock)
    tries(throttle, 5)
    clock.pass_time(3600)
    assert tries(throttle, 8) == 5


def test_the_right_password_ends_the_waiting() -> None:
    throttle = Throttle(SimulatedClock())
    tries(throttle, 4)
    throttle.succeeded("a@b", "1")
    assert tries(throttle, 8) == 5


def test_another_account_from_another_address_is_not_held_up() -> None:
    throttle = Throttle(SimulatedClock())
    tries(throttle, 8)
    assert tries(throttle, 1, "c@d", "2") == 1


def test_one_address_cannot_try_many_accounts() -> None:
    throttle = Throttle(SimulatedClock())
    assert sum(tries(throttle, 1, f"p{n}@b", "1") for n in range(50)) == 30


def test_many_addresses_cannot_try_one_account() -> None:
    throttle = Throttle(SimulatedClock())
    assert sum(tries(throttle, 1, "a@b", str(n)) for n in range(50)) == 20
