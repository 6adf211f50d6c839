# outcome: FORBIDDEN load
# message: standard library and NumPy only; it asked for gymnasium
import gymnasium
