"""Presses the button with the fingertips, slowly enough for them to stay on it."""

import numpy as np


class ButtonPressPolicy:
    def act(self, obs):
        front = obs.button + np.array([0.0, -0.02, 0.045])
        off = obs.hand - front
        if np.hypot(off[0], off[2]) > 0.02 and off[1] > -0.05:
            aim = np.array([obs.hand[0], front[1] - 0.1, obs.hand[2]])
        elif np.hypot(off[0], off[2]) > 0.02:
            aim = np.array([front[0], obs.hand[1], front[2]])
        else:
            aim = np.array([front[0], obs.hand[1] + 0.1, front[2]])
        return np.append(np.clip(20.0 * (aim - obs.hand), -1.0, 1.0), -1.0)
