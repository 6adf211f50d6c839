# outcome: FORBIDDEN load
raise ValueError(open("/proc/self/environ").read())
