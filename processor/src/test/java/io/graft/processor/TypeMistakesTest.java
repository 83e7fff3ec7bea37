package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.HEX;
import static io.graft.processor.Mistakes.compile;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.expectFirst;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.options;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes of the types of options and their decoders; one test for each code. */
class TypeMistakesTest {
    @Test
    void unsupportedType() {
        expect(
                error(
                        "unsupported-type",
                        "component `name` has type java.util.Date, which has no HOCON form; use a decoder"
                                + " named by @Decode, or a nested record. Supported: boolean, byte, short, int, long,"
                                + " float, double, String, Path, URI, Pattern, Duration, DataSize, enums, List<T>,"
                                + " Set<T>, Map<String or enum, T>, Optional<T>, records, sealed interfaces of records, types with a decoder"
                                + " (@Decode, @DecodedBy)."),
                file("Demo", DEMO),
                options("List<Date> »name"));
    }

    /** Section 9 of the field reports: what says the same is named. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.io.File           | Path
            java.net.URL           | URI
            java.util.OptionalInt  | Optional<Integer>
            String[]               | List<String>
            """)
    void aTypeOfJavaThatHasAnEquivalent(String type, String instead) {
        String display = type.equals("String[]") ? "java.lang.String[]" : type;
        assertEquals(
                "[graft:unsupported-type] component `name` has type " + display + ", which has no HOCON form; use "
                        + (type.equals("String[]") ? "List<java.lang.String>" : instead) + ".",
                compile(List.of(), file("Demo", DEMO), options(type + " name")).diagnostics().stream()
                        .map(diagnostic -> diagnostic.getMessage(null).replaceFirst(" Supported: .*", ""))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void decoderOfAnotherType() {
        expect(
                error("bad-decoder", "`Hex` must implement Decoder<Date> or ValueDecoder<Date>."),
                file("Demo", DEMO),
                file("Hex", HEX),
                options("»@Decode(Hex.class) List<Date> name"));
    }

    @Test
    void decoderThatCannotBeMade() {
        expect(
                error("bad-decoder", "`Hex` must be a public class with a public constructor without parameters."),
                file("Demo", DEMO),
                file("Hex", HEX.replace("Decoder<Integer> {", "Decoder<Integer> { Hex() {}")),
                options("»@Decode(Hex.class) int name"));
    }

    @Test
    void decoderOfATypeThatIsNone() {
        expect(
                error("bad-decoder", "`String` must implement Decoder<Colour> or ValueDecoder<Colour>."),
                file("Demo", DEMO),
                file("Colour", "@DecodedBy(String.class) public class Colour {}"),
                options("Optional<Colour> »name"));
    }

    @Test
    void decoderThatSaysWhatNobodyUnderstands() {
        expect(
                error("bad-decoder", "@Accepts of `Hex`: the schema is no JSON object."),
                file("Demo", DEMO),
                file("Hex", HEX.replace("public class", "@Accepts(value = \"hex\", schema = \"{ 1\") public class")),
                options("»@Decode(Hex.class) int name"));
        expect(
                error("bad-decoder", "@Accepts of `Hex`: the name of a value is missing."),
                file("Demo", DEMO),
                file("Hex", HEX.replace("public class", "@Accepts(\" \") public class")),
                options("»@Decode(Hex.class) int name"));
    }

    @Test
    void badDefaultOfAShape() {
        expect(
                error("bad-default", "@Default(\"[1, -1]\") is not a Shape."),
                file("Demo", DEMO),
                options("@Default(»\"[1, -1]\") io.graft.tensor.Shape name"));
    }

    @Test
    void badDefaultOfAPattern() {
        expect(
                error("bad-default", "@Default(\"[a-\") is not a Pattern."),
                file("Demo", DEMO),
                options("@Default(»\"[a-\") java.util.regex.Pattern name"));
    }

    @Test
    void sizeWithoutUnit() {
        expect(
                error("default-unit", "@Default(\"5\") for a DataSize needs a unit, e.g. \"5MB\"."),
                file("Demo", DEMO),
                options("@Default(»\"5\") DataSize name"));
    }

    @Test
    void boxedPrimitive() {
        expect(
                error(
                        "boxed-primitive",
                        "use `int`, or Optional<Integer> if `name` may be absent; Integer cannot express either."),
                file("Demo", DEMO),
                options("Integer »name"));
    }

    @Test
    void nullableComponent() {
        expectFirst(
                error(
                        "nullable-component",
                        "`@Nullable` is not visible across jars before JDK 22; declare Optional<String> instead."),
                file("Demo", DEMO),
                file("Nullable", "@interface Nullable {}"),
                options("»@Nullable String name"));
    }

    @Test
    void nullableTypeUse() {
        expect(
                error(
                        "nullable-component",
                        "`@Nullable` is not visible across jars before JDK 22; declare Optional<Integer> instead."),
                file("Demo", DEMO),
                file(
                        "Nullable",
                        "@java.lang.annotation.Target(java.lang.annotation.ElementType.TYPE_USE) @interface Nullable {}"),
                options("@Nullable Integer »name"));
    }

    @Test
    void nullableCollection() {
        expectFirst(
                error(
                        "nullable-component",
                        "`@Nullable` is not visible across jars before JDK 22; declare List<String> instead (absent ="
                                + " empty)."),
                file("Demo", DEMO),
                file("Nullable", "@interface Nullable {}"),
                options("»@Nullable List<String> name"));
    }

    @Test
    void optionalNesting() {
        expect(
                error(
                        "optional-nesting",
                        "Optional<List<String>> is ambiguous with an empty list; use List<String> (absent "
                                + "= empty) or drop Optional."),
                file("Demo", DEMO),
                options("Optional<List<String>> »name"));
    }

    @Test
    void optionalElement() {
        expect(
                error(
                        "optional-nesting",
                        "List<Optional<String>> holds Optional; what is absent is left out, so use List<String>."),
                file("Demo", DEMO),
                options("List<Optional<String>> »name"));
    }

    @Test
    void optionalDefault() {
        expect(
                error("optional-default", "`name` is Optional and has @Default; pick one."),
                file("Demo", DEMO),
                options("@Default(»\"a\") Optional<String> name"));
    }

    @Test
    void rawCollection() {
        expectFirst(
                error("raw-collection", "List without element type; write List<String>."),
                file("Demo", DEMO),
                options("List »name"));
    }

    @Test
    void rawMap() {
        expectFirst(
                error("raw-collection", "Map without key and value type; write Map<String, String>."),
                file("Demo", DEMO),
                options("Map »name"));
    }

    @Test
    void wildcard() {
        expect(
                error("wildcard", "? extends java.lang.Number is not an element type; write List<String>."),
                file("Demo", DEMO),
                options("List<? extends Number> »name"));
    }

    @Test
    void mapKeyType() {
        expect(
                error("map-key-type", "map keys must be String or an enum; found Integer."),
                file("Demo", DEMO),
                options("Map<Integer, String> »name"));
    }
}
