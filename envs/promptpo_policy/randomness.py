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
        self._numpy = _seeded_mt19937(seed)
        self._state = memoryview(bytearray(4 * _WORDS))
        self._gauss = None
        self.enter()
        _python.seed(seed)

    def enter(self) -> None:
        """Put this episode's generators in place."""
        global _present
        _set_bit_generator(self._numpy)
        before = _present
        if before is not self:
            before._state[:] = _memory
            before._gauss = _python.gauss_next
            _memory[:] = self._state
            _python.gauss_next = self._gauss
            _present = self


class SlowEpisodeRandomness(EpisodeRandomness):
    """The same through ``getstate`` and ``setstate``, for an interpreter with another layout."""

    def __init__(self, seed: int) -> None:
        self._python_state = _python.getstate()
        super().__init__(seed)

    def enter(self) -> None:
        """Put this episode's generators in place."""
        global _present
        _set_bit_generator(self._numpy)
        before = _present
        if before is not self:
            before._python_state = _python.getstate()
            _python.setstate(self._python_state)
            _present = self


class _Nobodys:
    """Takes the state that was in place before the first episode's."""

    _state = memoryview(bytearray(4 * _WORDS))


_present: EpisodeRandomness | _Nobodys = _Nobodys()
"""Whose state of `random` is in place: it is kept when another's is needed."""


class _QuickSeedSequence(np.random.SeedSequence):
    """NumPy's, which mixes the words of a state one Python number at a time, but all at once.

    An MT19937 takes 624 words at the start of each episode: a tenth of a millisecond so, as long as
    thirty steps of a small environment.
    """

    def generate_state(self, n_words: int, dtype: type = np.uint32) -> object:
        """The same numbers; a list where a bit generator asks for the usual 624."""
        if n_words != len(_XORED) or dtype is not np.uint32:
            return super().generate_state(n_words, dtype)
        words = (np.tile(self.pool, n_words // 4) ^ _XORED) * _MULTIPLIED
        return (words ^ (words >> np.uint32(16))).tolist()


def _hash_constants(count: int) -> np.ndarray:
    # SeedSequence's INIT_B and MULT_B: numpy/random/bit_generator.pyx, after O'Neill's seed_seq.
    constants = [0x8B51F9DD]
    while len(constants) < count:
        constants.append(constants[-1] * 0x58F38DED % 2**32)
    return np.array(constants, dtype=np.uint32)


_XORED, _MULTIPLIED = _hash_constants(_WORDS)[:-1], _hash_constants(_WORDS)[1:]


def _seeded_mt19937(seed: int) -> np.random.MT19937:
    return np.random.MT19937(_QuickSeedSequence(seed))


_set_bit_generator = np.random.set_bit_generator
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
