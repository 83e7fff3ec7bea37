package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema and the binder say the same of an entry. */
class SchemaTest {
    private static final String COMPLETE = """
            {
              "type": "everything", "flag": true, "small": 1, "medium": 300, "rank": 8, "steps": 0, "scale": -1,
              "dropout": 0.5, "name": "n", "file": "a", "time-limit": "5 minutes", "mode": "load", "module": "a.b",
              "maybe-rank": 2, "maybe-rule": null, "names": ["a", 1, true], "modes": ["load", "keep-all"],
              "weights": { "any.key": 0.5 }, "limits": { "load": [1] }, "rule": { "from": "a", "new-name": "b" },
              "rules": [{ "from": "a", "new_name": "b", "only": "load", "x-note": 1 }], "flags": [false],
              "include": [], "source": "s3://a", "limit": "5GB", "element-type": "f8-e4m3", "shape": [1, 2],
              "init": { "type": "constant", "first-value": 1 }, "others": { "a": { "type": "random", "x-note": 1 } },
              "x-note": { "any": "thing" }
            }""";

    @TempDir
    static Path folder;

    private static Extension extension;
    private static SchemaAndBinder both;

    @BeforeAll
    static void compile() throws IOException {
        extension = Extension.compile(folder, Everything.SOURCE);
        both = SchemaAndBinder.of(extension);
    }

    @AfterAll
    static void close() throws IOException {
        extension.close();
    }

    @Test
    void itIsASchema() throws IOException {
        Schema dialect = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        String text = extension.resource(".schema.json");

        assertEquals("[]", dialect.validate(text, InputFormat.JSON).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'x' = 'x'",
                "'type': 'everything' = '_target_': 'org.example.Everything'",
                "'type': 'everything' = 'type': 'com.acme.EverythingModelModifier'",
                "'time-limit' = 'time_limit'",
                "'new-name' = 'new_name'",
                "'name': 'n',= ",
                "'time-limit': '5 minutes',= ",
                "'maybe-rule': null = 'maybe-rule': { 'from': 'a', 'new-name': 'b', 'only': null }",
                "'maybe-rank': 2 = 'maybe-rank': null",
                "'steps': 0 = 'steps': 9223372036854775807",
                "'rank': 8 = 'rank': 4096",
                "'rank': 8 = 'rank': 8.0",
                "'scale': -1 = 'scale': 0.99",
                "'5 minutes' = '1.5h'",
                "'5 minutes' = '+3 milliseconds'",
                "'name': 'n' = 'name': 5",
                "'file': 'a' = 'file': true",
                "'weights': { 'any.key': 0.5 } = 'weights': {}",
                "'modes': ['load', 'keep-all'] = 'modes': []",
                "'5GB' = '1.5 KiB'",
                "'constant', 'first-value': 1 = 'constant', 'first_value': 1",
                "'constant', 'first-value': 1 = 'random', 'seed': null",
                "'constant', 'first-value': 1 = 'random', 'seed': 7"
            })
    void bothAccept(String replacement) {
        both.assertBothAccept(with(replacement));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'type': 'everything', = ",
                "'type': 'everything' = 'type': 'everything', '_target_': 'everything'",
                "'type': 'everything' = 'type': 'other'",
                "'x-note': 1 }], = 'note': 1 }],",
                "'x-note': { = 'note': {",
                "'time-limit' = 'timeLimit'",
                "'time-limit': '5 minutes' = 'time-limit': '5s', 'time_limit': '5s'",
                "'new-name': 'b' = 'new-name': 'b', 'new_name': 'b'",
                "'new_name': 'b', = ",
                "'rank': 8, = ",
                "'rank': 8 = 'rank': 0",
                "'rank': 8 = 'rank': 4097",
                "'rank': 8 = 'rank': 8.5",
                "'rank': 8 = 'rank': '8'",
                "'rank': 8 = 'rank': null",
                "'small': 1 = 'small': 128",
                "'medium': 300 = 'medium': -32769",
                "'steps': 0 = 'steps': -1",
                "'scale': -1 = 'scale': 1",
                "'dropout': 0.5 = 'dropout': 0",
                "'flag': true = 'flag': 'yes'",
                "'name': 'n' = 'name': ''",
                "'file': 'a' = 'file': ' '",
                "'5 minutes' = '5'",
                "'5 minutes' = '5 fortnights'",
                "'5 minutes' = '-5s'",
                "'time-limit': '5 minutes' = 'time-limit': 5",
                "'module': 'a.b' = 'module': ['a']",
                "'maybe-rank': 2 = 'maybe-rank': 1",
                "'names': ['a', 1, true] = 'names': []",
                "'names': ['a', 1, true] = 'names': [' ']",
                "'names': ['a', 1, true] = 'names': 'a'",
                "['load', 'keep-all'] = ['load', 'load']",
                "'weights': { 'any.key': 0.5 } = 'weights': { 'a': 1, 'b': 2, 'c': 3 }",
                "'limits': { 'load': [1] } = 'limits': { 'save': [1] }",
                "'limits': { 'load': [1] } = 'limits': { 'load': [1.5] }",
                "'rule': { 'from': 'a' = 'rule': { 'from': ' '",
                "'new-name': 'b' = 'new-name': 'longer than nine'",
                "'only': 'load' = 'only': 'save'",
                "'flags': [false] = 'flags': [null]",
                "'limit': '5GB' = 'limit': 5",
                "'5GB' = '5G'",
                "'f8-e4m3' = 'f9'",
                "'constant', 'first-value': 1 = 'constant'",
                "'constant', 'first-value': 1 = 'constant', 'first-value': 1, 'first_value': 1",
                "'constant', 'first-value': 1 = 'random', 'first-value': 1",
                "'constant', 'first-value': 1 = 'constan', 'first-value': 1",
                "'type': 'constant', = ",
                "'init': { 'type': 'constant', 'first-value': 1 } = 'init': 'random'"
            })
    void bothRefuse(String replacement) {
        both.assertBothRefuse(with(replacement));
    }

    /** Editors lead to the one spelling that files should have. */
    @ParameterizedTest
    @ValueSource(strings = {"'mode': 'load' = 'mode': 'LOAD'", "'f8-e4m3' = 'F8_E4M3'", "'keep-all' = 'keep_all'"})
    void theSchemaHasOneSpellingOfAWordThatIsReadInOthers(String replacement) {
        both.assertSchemaAloneRefuses(with(replacement));
    }

    /** The complete entry with one thing in another's place; apostrophes stand for quotes. */
    private static String with(String replacement) {
        String[] sides = replacement.replace('\'', '"').split(" ?= ?", 2);
        String entry = COMPLETE.replace(sides[0].strip(), sides[1].strip());
        assertTrue(sides[0].equals(sides[1]) || !entry.equals(COMPLETE), replacement);
        return entry;
    }
}
