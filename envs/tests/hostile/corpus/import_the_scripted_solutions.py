# outcome: FORBIDDEN load
# message: it asked for metaworld
from metaworld.policies import SawyerReachV3Policy
