# outcome: FORBIDDEN load
open("/dev/shm/promptpo-hostile-shm", "w").write("here")
