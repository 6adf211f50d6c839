# outcome: EXCEPTION load
# message: SystemExit
raise SystemExit(0)
