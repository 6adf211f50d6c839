# outcome: FORBIDDEN load
USERS = open("/etc/passwd").read()
