# outcome: EXCEPTION act
# message: nothing happened.*the end
class CartPolePolicy:
    def act(self, obs):
        clear = "\x1b[2J\x1b]0;title\x07\r\x08\x00\x9b2J\u202e\u2066"
        raise ValueError(clear + "nothing happened" + clear + "the end")
