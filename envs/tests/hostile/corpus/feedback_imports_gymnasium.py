# role: feedback
# outcome: FORBIDDEN load
# message: it asked for gymnasium
import gymnasium
