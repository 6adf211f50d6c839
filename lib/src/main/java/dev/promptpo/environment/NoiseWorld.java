package dev.promptpo.environment;

/** Boards beyond the study's seven, for developing prompts and settings. */
public final class NoiseWorld {
    private static final int SMALLEST = 3;
    private static final int LARGEST = 64;

    private NoiseWorld() {}

    /** A new board under the preset {@code paper}. */
    public static EnvironmentSpec generate(long seed, int n, boolean keys) {
        return generate(seed, n, keys, Environments.DEFAULT_PRESET);
    }

    /**
     * A new board by the study's rules; the same arguments give the same board. Its id opens it
     * anywhere, and its references hold the exact optimum and the exact return of the random
     * policy.
     *
     * @param seed 0 or more
     * @param n rows and columns, 3 to 64
     * @param keys whether two keys must be fetched, in order, before the goal
     * @throws IllegalArgumentException for a seed or size outside these
     */
    public static EnvironmentSpec generate(long seed, int n, boolean keys, String preset) {
        if (seed < 0) {
            throw new IllegalArgumentException("seed must be 0 or more; got " + seed);
        }
        if (n < SMALLEST || n > LARGEST) {
            throw new IllegalArgumentException(
                    "n must be " + SMALLEST + " to " + LARGEST + "; got " + n);
        }
        return Environments.spec(
                "NoiseWorld-n" + n + "-seed" + seed + (keys ? "-keys" : ""), preset);
    }
}
