"""What a rollout costs, as ratios within one run; ``./promptpo benchmark rollout`` shows them.

``steps`` compares the engine with the plain loop of ``in_process``, ``latency`` measures what a
candidate waits for. The policies are this package's own (``policies``).
"""
