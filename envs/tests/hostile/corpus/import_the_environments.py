# outcome: FORBIDDEN load
# message: it asked for promptpo_envs
import promptpo_envs
