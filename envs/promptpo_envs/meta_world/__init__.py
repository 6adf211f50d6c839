"""Meta-World v3: a robot arm at a table, one task an environment (the benchmark's MT1)."""

from promptpo_envs.meta_world.family import MetaWorlds

FAMILY = MetaWorlds()
