# outcome: EXCEPTION load
# message: not allowed to raise maximum limit
import resource

resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
