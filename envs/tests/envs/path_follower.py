"""A policy for the point maze that knows the map, as the text of a policy file.

Breadth-first search gives the way from cell to cell; the ball is steered to the end of the next
straight stretch of it, braking in time, and at last to the goal.
"""

from promptpo_envs.point_maze.environment import MAP

_SOURCE = '''
from collections import deque

import numpy as np

MAP = {map!r}
TOP_SPEED = 4.5
BRAKING = 12.0


def cell_of(x, y):
    return int(np.floor(4.5 - y)), int(np.floor(x + 5))


def centre_of(cell):
    return np.array([cell[1] + 0.5 - 5, 4.5 - (cell[0] + 0.5)])


def next_cells(goal):
    """For each cell from which the goal can be reached, the next one on a shortest way."""
    following, queue = {{goal: goal}}, deque([goal])
    while queue:
        row, column = queue.popleft()
        for near in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if MAP[near[0]][near[1]] == "0" and near not in following:
                following[near] = (row, column)
                queue.append(near)
    return following


class PointMazePolicy:
    def __init__(self):
        self.goal = None

    def act(self, obs):
        goal = np.array([obs.goal_x, obs.goal_y])
        if self.goal is None or (goal != self.goal).any():
            self.goal, self.following = goal, next_cells(cell_of(*goal))
        position = np.array([obs.position_x, obs.position_y])
        velocity = np.array([obs.velocity_x, obs.velocity_y])
        way = self.target(cell_of(*position)) - position
        distance = np.linalg.norm(way)
        speed = min(TOP_SPEED, np.sqrt(2 * BRAKING * distance))
        return np.clip(0.5 * (way / max(distance, 1e-9) * speed - velocity), -1, 1)

    def target(self, cell):
        first = self.following[cell]
        if first == cell:
            return self.goal
        direction = (first[0] - cell[0], first[1] - cell[1])
        last = first
        while True:
            after = self.following[last]
            if after == last:
                return self.goal
            if (after[0] - last[0], after[1] - last[1]) != direction:
                return centre_of(last)
            last = after
'''


def source() -> str:
    """The policy's source."""
    return _SOURCE.format(map=MAP)
