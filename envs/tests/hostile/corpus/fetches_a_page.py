# outcome: FORBIDDEN act
# message: URLError
import urllib.request


class CartPolePolicy:
    def act(self, obs):
        urllib.request.urlopen("http://127.0.0.1:9/").read()
        return 0
