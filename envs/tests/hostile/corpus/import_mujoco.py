# outcome: FORBIDDEN load
# message: it asked for mujoco
import mujoco
