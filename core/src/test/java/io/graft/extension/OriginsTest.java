package io.graft.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.api.Test;

class OriginsTest {
    @Test
    void aModuleOfTheRunTimeImageGoesByItsName() throws Exception {
        assertEquals("java.sql", Origins.of(java.sql.Driver.class));
        assertEquals(
                "java.sql",
                Origins.of(URI.create("jrt:/java.sql/META-INF/services/a.B").toURL(), "META-INF/services/a.B"));
    }
}
