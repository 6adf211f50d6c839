"""The study's point maze, over gymnasium-robotics."""

from promptpo_envs.point_maze.family import PointMazeFile

FAMILY = PointMazeFile(__package__)
