package io.graft.checkpoint.source.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which proof goes to a host. */
class CredentialsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("GRAFT_TOKEN_MODELS_EXAMPLE_ORG", "from-environment");

    @Test
    void theNearestOneIsTaken() {
        URI plain = URI.create("https://models.example.org/a");
        URI withUser = URI.create("https://ann:pass@models.example.org/a");
        assertEquals(Optional.of("Bearer given"), Credentials.of(withUser, Optional.of("given"), ENVIRONMENT));
        assertEquals(Optional.of("Basic YW5uOnBhc3M="), Credentials.of(withUser, Optional.empty(), ENVIRONMENT));
        assertEquals(Optional.of("Bearer from-environment"), Credentials.of(plain, Optional.empty(), ENVIRONMENT));
    }

    @Test
    void anotherHostGetsNothing() {
        URI other = URI.create("https://other.example.org/a");
        assertEquals(Optional.empty(), Credentials.of(other, Optional.empty(), ENVIRONMENT));
    }
}
