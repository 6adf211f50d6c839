"""Lowers the hand behind the bar of the handle and pulls."""

import numpy as np


class DrawerOpenPolicy:
    def act(self, obs):
        hand, handle, goal = obs.hand, obs.handle, obs.goal
        spot = handle + np.array([0.0, 0.0, 0.02])
        aside = np.linalg.norm(hand[:2] - spot[:2])
        if aside > 0.05 and hand[2] < handle[2] + 0.1:
            aim = np.array([hand[0], hand[1], handle[2] + 0.16])
        elif hand[2] > handle[2] + 0.03:
            aim = np.array([spot[0], spot[1], handle[2] + (0.13 if aside > 0.02 else 0.0)])
        else:
            aim = np.array([spot[0], goal[1] - 0.03, handle[2]])
        return np.append(np.clip(25.0 * (aim - hand), -1.0, 1.0), -1.0)
