"""The rollout engine: generated policies on Gymnasium environments, isolated.

``client`` (inside the JVM's Python, or a test's) -- Unix socket -- ``pool`` (one process) --
sockets -- ``worker`` (one a core: the environments, trusted) -- pipes with raw float64 frames -- a
policy's process (``promptpo_policy``: sandboxed, one a candidate). Nothing is pickled, and every
wait for generated code has a deadline.
"""
