"""Pictures and films of episodes, drawn in a process of their own.

GL libraries and torch crash in one process, and a driver that fails takes its process along. So
nothing is drawn where a notebook, a rollout or a policy runs: a trusted process (``process``) steps
an environment of its own from the same seed through the same actions, and draws that. It says
where the episode led, so that a picture of another episode is noticed, never shown.

``mirror`` (beside the environment) and ``client`` (whoever wants a film) -- socket -- ``process``
(``scene``: the environment that draws; ``film``: a film of it).
"""
