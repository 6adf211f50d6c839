"""Comes down over the puck, closes the fingers, waits until they hold, and carries it."""

import numpy as np


class PickPlacePolicy:
    def __init__(self):
        self.closing = 0

    def act(self, obs):
        hand, puck = obs.hand, obs.puck
        aside = np.linalg.norm(hand[:2] - puck[:2])
        height = hand[2] - puck[2]
        grip = -1.0
        if aside > 0.06 or height > 0.1:
            self.closing = 0
        if aside > 0.015 and self.closing == 0:
            aim = np.array([puck[0], puck[1], max(puck[2] + 0.12, 0.12)])
        elif height > 0.05 and self.closing == 0:
            aim = np.array([puck[0], puck[1], puck[2] + 0.03])
        else:
            self.closing += 1
            grip = 1.0
            above = np.array([puck[0] - 0.01, puck[1], puck[2] + 0.02])
            aim = above if self.closing < 15 else hand + (obs.goal - puck)
        return np.append(np.clip(15.0 * (aim - hand), -1.0, 1.0), grip)
