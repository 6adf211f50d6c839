"""What runs inside a policy's process: the template that forks it, its walls and its loop.

These files, the standard library and NumPy are all that a sandboxed policy can read. Nothing here
may import anything else: neither the environments nor the rollout engine.

Data flow: ``template`` (one a worker, trusted, NumPy loaded) forks a child for each candidate;
the child raises its walls (``confine``), reads its task and then answers frames (``runtime``).
"""
