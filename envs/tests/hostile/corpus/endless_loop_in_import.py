# outcome: TIMEOUT load
# traceback: while True:
while True:
    pass
