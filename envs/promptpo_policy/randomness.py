"""Each episode's own `random` and `numpy.random`, put in place before each call of its policy.

Episodes that advance in lock-step in one process must not share generators, or their returns
would depend on how many advance together. NumPy's global functions take any bit generator by a
pointer (``np.random.set_bit_generator``); the state of `random`'s instance is copied in and out
as a block of memory, because ``getstate`` and ``setstate`` cost a hundred times as much.

NumPy keeps a second normal variate of its old polar method outside of the bit generator and drops
it when one is put in place. That happens before every call, whatever the number of slots, so the
numbers are the same for every number of slots.
"""

from __future__ import annotations

import ctypes
import random

import numpy as np
import numpy.random.bit_generator as _bit_generator

_WORDS = 625  # 624 words of MT19937 and its position
_HEADER = object.__basicsize__


def seed_unseeded_generators() -> None:
    """Let ``default_rng()`` without a seed draw its seed from the episode's `random`.

    NumPy asks the operating system otherwise, and two runs of a policy would differ.
    """
    _bit_generator.randbits = random.getrandbits


class EpisodeRandomness:
    """The generators of one episode, seeded from one number."""

    def __init__(self, seed: int) -> None:
        self._numpy = np.random.MT19937(seed)
        self._state = memoryview(bytearray(4 * _WORDS))
        self._gauss = None
        _python.seed(seed)
        self._copy_out()

    def enter(self) -> None:
        """Put this episode's generators in place."""
        np.random.set_bit_generator(self._numpy)
        self._copy_in()

    def leave(self) -> None:
        """Keep what the policy has made of them."""
        self._copy_out()

    def _copy_in(self) -> None:
        _memory[:] = self._state
        _python.gauss_next = self._gauss

    def _copy_out(self) -> None:
        self._state[:] = _memory
        self._gauss = _python.gauss_next


class SlowEpisodeRandomness(EpisodeRandomness):
    """The same through ``getstate`` and ``setstate``, for an interpreter with another layout."""

    def _copy_in(self) -> None:
        _python.setstate(self._python_state)

    def _copy_out(self) -> None:
        self._python_state = _python.getstate()


_python: random.Random = random._inst
_memory = memoryview((ctypes.c_char * (4 * _WORDS)).from_address(id(_python) + _HEADER)).cast("B")


def _layout_is_known() -> bool:
    """Whether an instance of Random is a header, the position and the 624 words, as in CPython."""
    if random.Random.__base__.__basicsize__ < _HEADER + 4 * _WORDS:
        return False
    position, *state = _memory.cast("I")
    return (*state, position) == _python.getstate()[1]


def episode_randomness(seed: int) -> EpisodeRandomness:
    """The generators of an episode whose policy randomness starts from ``seed``."""
    return _implementation(seed)


_implementation = EpisodeRandomness if _layout_is_known() else SlowEpisodeRandomness
