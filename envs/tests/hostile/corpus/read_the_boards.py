# outcome: FORBIDDEN load
BOARDS = open("@ENVS@/promptpo_envs/noise_world/boards.json").read()
