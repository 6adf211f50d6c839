package dev.promptpo.figures;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.promptpo.environment.EnvironmentSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Specifications kept beside the tests, so that figures are tested without Python. */
final class Specs {
    private Specs() {}

    static EnvironmentSpec read(String resource) {
        try (InputStream stream = Specs.class.getResourceAsStream(resource)) {
            return new ObjectMapper()
                    .registerModule(new Jdk8Module())
                    .readValue(stream, EnvironmentSpec.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
