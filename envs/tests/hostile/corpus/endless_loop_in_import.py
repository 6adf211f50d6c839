# outcome: TIMEOUT load
# cpu_s_load: 0.1
# traceback: while True:
while True:
    pass
