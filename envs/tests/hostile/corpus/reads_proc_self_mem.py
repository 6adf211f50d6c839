# outcome: FORBIDDEN load
raise ValueError(open("/proc/self/mem", "rb").read(1))
