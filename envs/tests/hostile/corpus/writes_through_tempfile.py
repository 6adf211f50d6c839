# outcome: EXCEPTION|FORBIDDEN act
# message: temporary directory|PermissionError
import tempfile


class CartPolePolicy:
    def act(self, obs):
        tempfile.NamedTemporaryFile(prefix="promptpo-hostile", delete=False).write(b"here")
        return 0
