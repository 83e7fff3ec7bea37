package io.graft.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IndentedJsonTest {
    @Test
    void objectsAreIndentedAndArraysStayOnTheirLine() {
        String text = JsonDocument.pretty(json -> {
            json.writeName("shape");
            JsonDocument.writeValue(json, List.of(2, 3));
            json.writeName("none");
            JsonDocument.writeValue(json, List.of());
            json.writeName("empty");
            JsonDocument.writeValue(json, Map.of());
            json.writeName("entries");
            JsonDocument.writeValue(
                    json, List.of(Map.of("name", "a"), List.of(1), Map.of("of", List.of(Map.of("b", 1)))));
            json.writeStringProperty("last", "x");
        });
        assertEquals("""
                {
                  "shape": [ 2, 3 ],
                  "none": [],
                  "empty": { },
                  "entries": [ {
                    "name": "a"
                  }, [ 1 ], {
                    "of": [ {
                      "b": 1
                    } ]
                  } ],
                  "last": "x"
                }
                """, text);
    }
}
