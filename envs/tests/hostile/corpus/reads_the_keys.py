# outcome: FORBIDDEN load
raise ValueError(open("@KEYS@").read())
