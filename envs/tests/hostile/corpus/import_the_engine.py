# outcome: FORBIDDEN load
# message: it asked for promptpo_rollout
import promptpo_rollout.environments
