package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.PlugRegistry;
import java.io.IOException;

/** The generated schema and binder of one modifier, which say the same of an entry. */
record SchemaAndBinder(Schema schema, PlugRegistry registry) {
    static SchemaAndBinder of(Extension extension) throws IOException {
        return new SchemaAndBinder(
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(extension.resource(".schema.json"), InputFormat.JSON),
                PlugRegistry.discover(extension.loader()));
    }

    void assertBothAccept(String entry) {
        assertEquals("[]", schema.validate(entry, InputFormat.JSON).toString());
        assertEquals("[]", bind(entry).problems().toString());
    }

    void assertBothRefuse(String entry) {
        assertTrue(!schema.validate(entry, InputFormat.JSON).isEmpty(), entry);
        assertTrue(bind(entry) instanceof Bound.Failed, entry);
    }

    void assertSchemaAloneRefuses(String entry) {
        assertTrue(!schema.validate(entry, InputFormat.JSON).isEmpty(), entry);
        assertEquals("[]", bind(entry).problems().toString());
    }

    private Bound<?> bind(String entry) {
        return registry.bind(0, ConfigCursor.literal(entry));
    }
}
