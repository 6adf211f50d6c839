# outcome: FORBIDDEN load
# message: PermissionError
import importlib.util

spec = importlib.util.spec_from_file_location("stolen", "@ENVS@/promptpo_envs/__init__.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
