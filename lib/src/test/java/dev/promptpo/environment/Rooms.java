package dev.promptpo.environment;

/** An environment of a user's own for tests: a room that is heated to 20 degrees. */
public final class Rooms {
    /**
     * Its source. The room loses a tenth of the difference to the outside in a step and gains 4
     * degrees at full heat, and the reward is minus the distance to 20 degrees.
     *
     * @param name of the class
     */
    public static String source(String name) {
        return """
        import gymnasium
        import numpy as np
        from gymnasium import spaces


        class %s(gymnasium.Env):
            \"""A room that is heated to 20 degrees.\"""

            def __init__(self):
                self.observation_space = spaces.Box(-50, 60, (2,), np.float64)
                self.action_space = spaces.Box(0, 1, (1,), np.float64)

            def reset(self, *, seed=None, options=None):
                super().reset(seed=seed)
                self.room = self.np_random.uniform(5, 15)
                self.outside = self.np_random.uniform(-5, 5)
                return np.array([self.room, self.outside]), {}

            def step(self, action):
                self.room += 0.1 * (self.outside - self.room) + 4 * float(action[0])
                reward = -abs(self.room - 20)
                return np.array([self.room, self.outside]), reward, False, False, {}
        """
                .formatted(name);
    }

    /** Names and bounds for what the room's observation and action are; 40 steps an episode. */
    public static final String SPECIFICATION =
            """
            title = "A room to be heated"
            horizon = 40
            termination = "Nothing but the horizon."

            [[observation]]
            name = "room"
            unit = "degrees Celsius"
            meaning = "temperature of the room"

            [[observation]]
            name = "outside"
            unit = "degrees Celsius"
            meaning = "temperature outside"

            [action]
            names = ["heat"]

            [reward]
            text = "Minus the distance of the room's temperature to 20 degrees."
            """;

    private Rooms() {}
}
