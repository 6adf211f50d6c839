# outcome: FORBIDDEN load
raise ValueError(open("/proc/self/maps").read())
