"""Comes to the inner side of the handle from above and pulls the door round its hinge."""

import numpy as np


class DoorOpenPolicy:
    def act(self, obs):
        hand, handle = obs.hand, obs.handle
        spot = handle + np.array([-0.01, 0.03, 0.0])
        if np.linalg.norm(hand[:2] - spot[:2]) > 0.09 and hand[2] < handle[2] + 0.15:
            aim = np.array([hand[0], hand[1], handle[2] + 0.2])
        elif np.linalg.norm(hand[:2] - spot[:2]) > 0.03 and hand[2] > handle[2] + 0.1:
            aim = np.array([spot[0], spot[1], handle[2] + 0.2])
        elif hand[2] > handle[2] + 0.04:
            aim = np.array([spot[0], spot[1], handle[2]])
        else:
            aim = np.array([handle[0] - 0.05, handle[1] - 0.02, handle[2]])
        return np.append(np.clip(25.0 * (aim - hand), -1.0, 1.0), 1.0)
