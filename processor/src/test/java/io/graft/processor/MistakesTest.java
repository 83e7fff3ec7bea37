package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One test for each code: count, kind, file, line, column and text. In the sources {@code »} stands before the
 * character under
 * which the caret is expected; it is taken out before they are compiled.
 */
class MistakesTest {
    private static final String HEAD =
            "package com.acme; import io.graft.*; import io.graft.config.*; import io.graft.config.decoding.*; import io.graft.config.reading.*; import io.graft.model.*; "
                    + "import java.util.*;\n";
    private static final String APPLY = "public void apply(ModelDraft model, ModifierContext context) {}";
    private static final String OPEN =
            "public OpenedModel open(OpeningContext context) { throw new IllegalStateException(); }";
    private static final String DEMO = """
            /** Demonstrates. */
            @Modifier("demo")
            public final class Demo implements ModelModifier {
                public Demo(Options options) {}
                %s
            }
            """.formatted(APPLY);
    private static final Pattern OF_RECORD =
            Pattern.compile("(?m)»(record|\"\\w+\"\\) record)|^@(RemovedKey|Exclusive|Requires)\\(.*»");

    private static final String HEX = """
            public class Hex implements Decoder<Integer> {
                @Override public String expected() { return "a hexadecimal number"; }
                @Override public Integer decode(String text) { return Integer.valueOf(text, 16); }
            }
            """;

    @Test
    void notAClass() {
        expect(
                error("not-a-class", "@Modifier applies to classes; `X` is an interface."),
                file("X", "@Modifier(\"x\") public »interface X {}"));
    }

    @Test
    void notAClassButAnEnum() {
        expect(
                error("not-a-class", "@Modifier applies to classes; `X` is an enum."),
                file("X", "@Modifier(\"x\") public »enum X { A }"));
    }

    @Test
    void severalKinds() {
        expect(
                error("several-kinds", "`X` has @Modifier and @ModelTarget; give each a class of its own."),
                file(
                        "X",
                        "@Modifier(\"x\") @ModelTarget(\"x\") public »class X implements ModelModifier { public X() {} %s }",
                        APPLY));
    }

    @Test
    void aTargetThatOpensNothing() {
        expect(
                error("missing-interface", "`X` is annotated @ModelTarget but does not implement ModelOpener."),
                file("X", "@ModelTarget(\"x\") public »class X { public X(Options options) {} }"),
                file("Options", "/** @param x one */ public record Options(String x) {}"));
    }

    @Test
    void aFormatThatWritesNothing() {
        expect(
                error("missing-interface", "`X` is annotated @OutputFormat but does not implement StateDictFormat."),
                file("X", "@OutputFormat(\"x\") public »class X { public X() {} }"));
    }

    @Test
    void aTargetWithoutOptions() {
        expect(
                error(
                        "own-key",
                        "`X` is chosen by the key `acme-index` of its options; give its constructor a record with a"
                                + " component for it."),
                file(
                        "X",
                        "@ModelTarget(\"acme-index\") public »class X implements ModelOpener { public X() {} %s }",
                        OPEN));
    }

    @Test
    void aTargetWithoutItsKey() {
        expect(
                error("own-key", "`Options` has no component for the key `acme-index`, which chooses `X`; add one."),
                file(
                        "X",
                        "@ModelTarget(\"acme-index\") public class X implements ModelOpener { public X(Options »options) {} %s }",
                        OPEN),
                file("Options", "/** @param path one */ public record Options(String path) {}"));
    }

    @Test
    void aTargetWhoseKeyMayBeAbsent() {
        expect(
                error(
                        "own-key",
                        "component `acmeIndex` is the key that chooses the model target and so always given; make it"
                                + " required."),
                file(
                        "X",
                        "@ModelTarget(\"acme-index\") public class X implements ModelOpener { public X(Options options) {} %s }",
                        OPEN),
                file("Options", "/** @param acmeIndex one */ public record Options(Optional<String> »acmeIndex) {}"));
    }

    @Test
    void aTargetWhoseKeyHasOtherNames() {
        expect(
                error(
                        "own-key",
                        "component `acmeIndex` is the key that chooses the model target; it can have no other name."),
                file(
                        "X",
                        "@ModelTarget(\"acme-index\") public class X implements ModelOpener { public X(Options options) {} %s }",
                        OPEN),
                file(
                        "Options",
                        "/** @param acmeIndex one */ public record Options(@Alias(\"index\") String »acmeIndex) {}"));
    }

    @Test
    void abstractModifier() {
        expect(
                error(
                        "abstract-class",
                        "`X` is abstract and cannot be instantiated; remove `abstract` or move @Modifier "
                                + "to the concrete subclass."),
                file("X", "@Modifier(\"x\") public abstract »class X implements ModelModifier { public X() {} }"));
    }

    @Test
    void notAccessible() {
        expect(
                error("not-accessible", "`X` must be public (ServiceLoader instantiates it from another package)."),
                file("X", "@Modifier(\"x\") »class X implements ModelModifier { public X() {} %s }", APPLY));
    }

    @Test
    void privateRecord() {
        expect(
                error(
                        "not-accessible",
                        "`Inner` must not be private (its binder is generated beside it, in a class of its own)."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param inner one */
                        public record Options(Inner inner) {
                            /** @param a one */
                            private »record Inner(int a) {}
                        }
                        """));
    }

    @Test
    void innerClass() {
        expect(error("inner-class", "`X` is an inner class; make it static or top level."), file("Outer", """
                        public class Outer {
                            @Modifier("x") public »class X implements ModelModifier { public X() {} %s }
                        }
                        """, APPLY));
    }

    @Test
    void noConstructor() {
        expect(
                error(
                        "no-constructor",
                        "`X` needs a public constructor taking its options record or no arguments; found: X(Model)."),
                file(
                        "X",
                        "@Modifier(\"x\") public »class X implements ModelModifier { public "
                                + "X(ai.djl.Model model) {} %s }",
                        APPLY));
    }

    @Test
    void noPublicConstructor() {
        expect(
                error(
                        "no-constructor",
                        "`X` needs a public constructor taking its options record or no arguments; found: "
                                + "non-public X(), X(int, String)."),
                file(
                        "X",
                        "@Modifier(\"x\") public »class X implements ModelModifier { X() {} public X(int "
                                + "a, String b) {} %s }",
                        APPLY));
    }

    @Test
    void ambiguousConstructor() {
        expect(
                error("ambiguous-constructor", "`Demo` has 2 usable constructors; mark one with @OptionsConstructor."),
                file("Demo", """
                        @Modifier("demo")
                        public »class Demo implements ModelModifier {
                            public Demo() {}
                            public Demo(Options options) {}
                            %s
                        }
                        """, APPLY),
                options("String name"));
    }

    @Test
    void markedConstructorIsNotAmbiguous() {
        expect(List.of(), file("Demo", """
                        @Modifier("demo")
                        public class Demo implements ModelModifier {
                            public Demo() {}
                            @OptionsConstructor public Demo(Options options) {}
                            %s
                        }
                        """, APPLY), options("String name"));
    }

    @Test
    void notAModifier() {
        expect(
                error("missing-interface", "`X` is annotated @Modifier but does not implement ModelModifier."),
                file("X", "@Modifier(\"x\") public »class X { public X() {} }"));
    }

    @Test
    void genericModifier() {
        expect(
                error("generic-class", "@Modifier class `X<T>` must not declare type parameters."),
                file("X", "@Modifier(\"x\") public »class X<T> implements ModelModifier { public X() {} %s }", APPLY));
    }

    @Test
    void optionsNotRecord() {
        expect(
                error(
                        "options-not-record",
                        "options type `Options` must be a record; found class. (Lombok @Value is not "
                                + "supported; records need no processor.)"),
                file("Demo", DEMO.replace("Options options", "Options »options")),
                file("Options", "public class Options {}"));
    }

    @Test
    void genericOptions() {
        expect(
                error("generic-options", "options record `Options<T>` must not be generic."),
                file("Demo", DEMO.replace("Options options", "Options<String> »options")),
                file("Options", "public record Options<T>(T value) {}"));
    }

    @Test
    void genericNestedRecord() {
        expect(
                error("generic-options", "options record `Pair<T>` must not be generic."),
                file("Demo", DEMO),
                options("Pair<String> »name"),
                file("Pair", "public record Pair<T>(T a, T b) {}"));
    }

    @Test
    void badId() {
        expect(
                error(
                        "bad-id",
                        "id `LoRA v2` must match `[a-z][a-z0-9]*(-[a-z0-9]+)*` and be at most 64 "
                                + "characters; try `lora-v2`."),
                file("Demo", DEMO.replace("\"demo\"", "»\"LoRA v2\"")),
                options("String name"));
    }

    @Test
    void idTooLong() {
        String id = "x".repeat(65);
        expect(
                error(
                        "bad-id",
                        "id `" + id + "` must match `[a-z][a-z0-9]*(-[a-z0-9]+)*` and be at most 64 characters."),
                file("Demo", DEMO.replace("\"demo\"", "»\"" + id + "\"")),
                options("String name"));
    }

    @Test
    void reservedId() {
        expect(
                error("reserved-id", "ids starting with `core-` are reserved for the framework."),
                file("Demo", DEMO.replace("\"demo\"", "»\"core-demo\"")),
                options("String name"));
    }

    @Test
    void duplicateId() {
        expect(
                error("duplicate-id", "id `demo` is already used by com.acme.A (A.java:2)."),
                file("B", "@Modifier(»\"demo\") public class B implements ModelModifier { public B() {} %s }", APPLY),
                file("A", "@Modifier(\"demo\") public class A implements ModelModifier { public A() {} %s }", APPLY));
    }

    @Test
    void heavyProvider() {
        expectOfJavac(heavy("X"), file("X", """
                        import static ai.djl.engine.Engine.getInstance;
                        /** Demonstrates. */
                        @Modifier("x")
                        public class X implements ModelModifier {
                            private static final java.util.function.Supplier<Object> LATER = () -> getInstance();
                            private static final Class<?> TYPE = ai.djl.engine.Engine.class;
                            private static final String »NAME = "engine " + getInstance().getEngineName();
                            public X() {}
                            %s
                        }
                        """, APPLY));
    }

    @Test
    void unmarked() {
        expect(
                warning(
                        "unmarked",
                        "`X` implements ModelModifier and has no @Modifier, so that no provider is generated for it; annotate"
                                + " it, or, if only programs use it, say @SuppressWarnings(\"unmarked\")."),
                file("X", "public »class X implements ModelModifier { %s }", APPLY));
    }

    @Test
    void aTargetThatIsNotMarked() {
        expect(
                warning(
                        "unmarked",
                        "`X` implements ModelOpener and has no @ModelTarget, so that no provider is generated for it; annotate"
                                + " it, or, if only programs use it, say @SuppressWarnings(\"unmarked\")."),
                file("Outer", "public class Outer { public static »class X implements ModelOpener { %s } }", OPEN));
    }

    @Test
    void whatNoConfigurationCouldNameNeedsNoMark() {
        JavaFileObject silent = file("X", """
                class X implements ModelModifier {
                    %1$s
                    public abstract static class Base implements ModelModifier {}
                    public class Inner implements ModelModifier { %1$s }
                    ModelModifier anonymous = new ModelModifier() { %1$s };
                }
                """.formatted(APPLY));
        JavaFileObject programs = file("Y", """
                @SuppressWarnings("unmarked")
                public class Y implements ModelModifier { %s }
                """.formatted(APPLY));
        assertEquals(List.of(), Compiling.messages(compile(List.of(), silent, programs)));
    }

    @Test
    void heavyBlock() {
        expectOfJavac(heavy("X"), file("X", """
                        import ai.djl.engine.Engine;
                        /** Demonstrates. */
                        @Modifier("x")
                        public »class X implements ModelModifier {
                            static { if (Engine.getAllEngines().isEmpty()) { throw new IllegalStateException(); } }
                            public X() {}
                            %s
                        }
                        """, APPLY));
    }

    @Test
    void heavyOptions() {
        expectOfJavac(heavy("Options"), file("Demo", DEMO), file("Options", """
                        /** @param name one */
                        public record Options(String name) {
                            static final int »DEVICES = ai.djl.engine.Engine.getInstance().getGpuCount();
                        }
                        """));
    }

    private static Expected heavy(String type) {
        return warning(
                "heavy-provider",
                "`" + type + "` has a static initializer touching ai.djl.engine.Engine; it runs on first use and may"
                        + " load natives.");
    }

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

    @Test
    void badDefault() {
        expect(
                error("bad-default", "@Default(\"eight\") is not an int."),
                file("Demo", DEMO),
                options("@Default(»\"eight\") int name"));
    }

    @Test
    void badDefaultOfAnEnum() {
        expect(
                error("bad-default", "@Default(\"fp8\") is not one of: bf16, full-precision."),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FULL_PRECISION }"),
                options("@Default(»\"fp8\") Kind name"));
    }

    @Test
    void badDefaultOfAList() {
        expect(
                error("bad-default", "@Default(\"[1, x]\") is not a List<Integer>."),
                file("Demo", DEMO),
                options("@Default(»\"[1, x]\") List<Integer> name"));
    }

    @Test
    void badDefaultOfANestedRecord() {
        expect(
                error("bad-default", "@Default(\"{ sise = 1 }\") is not a Window."),
                file("Demo", DEMO),
                file("Window", "/** @param size one */ public record Window(int size) {}"),
                options("@Default(»\"{ sise = 1 }\") Window name"));
    }

    @Test
    void badDefaultOfASelector() {
        expect(
                error("bad-default", "@Default(\"re:(\") is not a Selector."),
                file("Demo", DEMO),
                options("@Default(»\"re:(\") Selector name"));
    }

    @Test
    void defaultViolatesRange() {
        expect(
                error("default-violates", "@Default(\"0\") violates @Range(min=1) on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"0\") @Range(min = 1) int name"));
    }

    @Test
    void defaultViolatesNotEmpty() {
        expect(
                error("default-violates", "@Default(\"[]\") violates @NotEmpty on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"[]\") @NotEmpty List<String> name"));
    }

    @Test
    void defaultUnit() {
        expect(
                error("default-unit", "@Default(\"5\") for a Duration needs a unit, e.g. \"5s\"."),
                file("Demo", DEMO),
                options("@Default(»\"5\") java.time.Duration name"));
    }

    @Test
    void constraintType() {
        expect(
                error("constraint-type", "@Range applies to numbers; `name` is String."),
                file("Demo", DEMO),
                options("»@Range(min = 1) String name"));
    }

    @Test
    void emptyRange() {
        expect(
                error("empty-range", "@Range(min=10, max=1) admits no value."),
                file("Demo", DEMO),
                options("»@Range(min = 10, max = 1) int name"));
    }

    @Test
    void emptySize() {
        expect(
                error("empty-range", "@Size(min=3, max=2) admits no value."),
                file("Demo", DEMO),
                options("»@Size(min = 3, max = 2) String name"));
    }

    @Test
    void rangePrecision() {
        expect(
                error("range-precision", "max = 1e20 exceeds the range of int."),
                file("Demo", DEMO),
                options("»@Range(max = 1e20) int name"));
    }

    @Test
    void duplicateKey() {
        expect(
                error(
                        "duplicate-key",
                        "components `targetModules` and `target_modules` both map to key `target-modules`."),
                file("Demo", DEMO),
                file("Options", """
                        /**
                         * @param targetModules one
                         * @param target_modules two
                         */
                        public record Options(String targetModules, String »target_modules) {}
                        """));
    }

    @Test
    void reservedKey() {
        expect(
                error(
                        "reserved-key",
                        "component `type` of `Options` collides with the key that selects the modifier; "
                                + "rename it or give it a @KeyName."),
                file("Demo", DEMO),
                file("Options", "/** @param type one */ public record Options(String »type) {}"));
    }

    @Test
    void reservedKeyByName() {
        expect(
                error(
                        "reserved-key",
                        "key `type` of component `name` collides with the key that selects the modifier; give it another."),
                file("Demo", DEMO),
                options("@KeyName(»\"type\") String name"));
    }

    @Test
    void reservedAlias() {
        expect(
                error(
                        "reserved-key",
                        "key `type` of component `name` collides with the key that selects the modifier; give it another."),
                file("Demo", DEMO),
                options("@Alias({\"kind\", »\"type\"}) String name"));
    }

    @Test
    void componentTypeWithAnotherKey() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Options", "/** @param type one */ public record Options(@KeyName(\"kind\") String type) {}"));
    }

    @Test
    void aliasCollides() {
        expect(
                error("alias-collides", "alias `r` of `rank` is the key of component `r`."),
                file("Demo", DEMO),
                rankAndR("@Alias(»\"r\") int rank, int r"));
    }

    @Test
    void aliasCollidesWithAnAlias() {
        expect(
                error("alias-collides", "alias `n` of `r` is another name of `rank`."),
                file("Demo", DEMO),
                rankAndR("@Alias(\"n\") int rank, @RenamedFrom(value = »\"n\", since = \"1\") int r"));
    }

    @Test
    void aliasSelf() {
        expect(
                error("alias-self", "alias `name` equals the key."),
                file("Demo", DEMO),
                options("@Alias(»\"name\") String name"));
    }

    @Test
    void aliasIsTheSecondSpelling() {
        expect(
                error("alias-self", "alias `target_modules` is already the second spelling of `target-modules`."),
                file("Demo", DEMO),
                options("@KeyName(\"target-modules\") @Alias(»\"target_modules\") String name"));
    }

    @Test
    void keySyntax() {
        expect(
                error("key-syntax", "key `target modules` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@KeyName(»\"target modules\") String name"));
    }

    @Test
    void aliasSyntax() {
        expect(
                error("key-syntax", "key `a.b` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@Alias(»\"a.b\") String name"));
    }

    @Test
    void formerKeySyntax() {
        expect(
                error("key-syntax", "key `oldName` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@RenamedFrom(value = »\"oldName\", since = \"1\") String name"));
    }

    @Test
    void removedStillPresent() {
        expect(
                error("removed-still-present", "@RemovedKey(\"name\") but the record still has component `name`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @RemovedKey(key = »"name", since = "1", reason = "gone")
                        public record Options(String name) {}
                        """));
    }

    /** javac finds no place for an annotation that is repeated, so the record is the smallest. */
    @Test
    void removedStillPresentAmongSeveral() {
        expect(
                error("removed-still-present", "@RemovedKey(\"name\") but the record still has component `name`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @RemovedKey(key = "other", since = "1", reason = "gone")
                        @RemovedKey(key = "name", since = "1", reason = "gone")
                        public »record Options(String name) {}
                        """));
    }

    @Test
    void constraintTypeOfMatches() {
        expect(
                error("constraint-type", "@Matches applies to String, Path or enum; `name` is int."),
                file("Demo", DEMO),
                options("»@Matches(\"a\") int name"));
    }

    @Test
    void constraintTypeOfOneOf() {
        expect(
                error("constraint-type", "@OneOf applies to String, numbers or enum; `name` is boolean."),
                file("Demo", DEMO),
                options("»@OneOf(\"true\") boolean name"));
    }

    @Test
    void constraintTypeOfEach() {
        expect(
                error("constraint-type", "@Each applies to List or Set of String; `name` is List<Integer>."),
                file("Demo", DEMO),
                options("»@Each(nonBlank = true) List<Integer> name"));
    }

    @Test
    void constraintTypeOfEachUnique() {
        expect(
                error("constraint-type", "@Each applies to List or Set; `name` is String."),
                file("Demo", DEMO),
                options("»@Each(unique = true) String name"));
    }

    @Test
    void badPattern() {
        expect(
                error("bad-pattern", "@Matches(\"[a-\"): Illegal character range near index 3."),
                file("Demo", DEMO),
                options("@Default(\"a\") @Matches(»\"[a-\") String name"));
    }

    @Test
    void defaultViolatesMatches() {
        expect(
                error("default-violates", "@Default(\"a1\") violates @Matches(\"[a-z]+\") on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"a1\") @Matches(\"[a-z]+\") String name"));
    }

    @Test
    void defaultViolatesOneOf() {
        expect(
                error("default-violates", "@Default(\"bf16\") violates @OneOf({\"fp-32\"}) on the same component."),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FP_32 }"),
                options("@Default(»\"bf16\") @OneOf({\"fp-32\"}) Kind name"));
    }

    @Test
    void defaultKeepsOneOf() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FP_32 }"),
                options("@Default(\"fp-32\") @OneOf(\"fp-32\") Kind name"));
    }

    @Test
    void defaultViolatesEach() {
        expect(
                error("default-violates", "@Default(\"[a, a]\") violates @Each(unique=true) on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"[a, a]\") @Each(unique = true) List<String> name"));
    }

    @Test
    void defaultViolatesJakarta() {
        expectFirst(
                error("default-violates", "@Default(\"0\") violates @Min(1) on the same component."),
                file("Demo", DEMO),
                jakarta("Min", "long value();"),
                options("@Default(»\"0\") @jakarta.validation.constraints.Min(1) int name"));
    }

    @Test
    void unknownConstraint() {
        expectFirst(
                warning(
                        "unknown-constraint",
                        "@jakarta.validation.constraints.Email is not enforced by this processor; supported: DecimalMax,"
                                + " DecimalMin, Digits, Max, Min, Negative, NegativeOrZero, NotBlank, NotEmpty, NotNull,"
                                + " Pattern (without flags), Positive, PositiveOrZero, Size; write a @Check."),
                file("Demo", DEMO),
                jakarta("Email", ""),
                options("»@jakarta.validation.constraints.Email String name"));
    }

    @Test
    void unknownConstraintOfOthers() {
        expectFirst(
                warning(
                        "unknown-constraint",
                        "@com.acme.Even is not enforced by this processor; supported: DecimalMax,"
                                + " DecimalMin, Digits, Max, Min, Negative, NegativeOrZero, NotBlank, NotEmpty, NotNull,"
                                + " Pattern (without flags), Positive, PositiveOrZero, Size; write a @Check."),
                file("Demo", DEMO),
                JavaFileObjects.forSourceString(
                        "jakarta.validation.Constraint", "package jakarta.validation; public @interface Constraint {}"),
                file("Even", "@jakarta.validation.Constraint public @interface Even {}"),
                options("»@Even int name"));
    }

    @Test
    void checkSignature() {
        expect(
                error(
                        "check-signature",
                        "@Check method must be `static void name(Options, CheckSink)`; found `private static int"
                                + " sane(Options)`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        public record Options(String name) {
                            @Check private static int »sane(Options options) { return 0; }
                        }
                        """));
    }

    @Test
    void checkPathOfExclusive() {
        expect(
                error("check-path", "@Exclusive names `alhpa`, which is not a key of Options; did you mean `alpha`?"),
                file("Demo", DEMO),
                file("Options", """
                        /**
                         * @param alpha one
                         * @param name two
                         */
                        @Exclusive({"name", »"alhpa"})
                        public record Options(Optional<String> alpha, Optional<String> name) {}
                        """));
    }

    @Test
    void checkPathOfRequires() {
        expect(
                error("check-path", "@Requires names `seed`, which is not a key of Options."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @Requires(key = "name", with = »"seed")
                        public record Options(Optional<String> name) {}
                        """));
    }

    @Test
    void secretDefault() {
        expect(
                error(
                        "secret-default",
                        "@Secret component must not have a @Default (it would be published in the descriptor)."),
                file("Demo", DEMO),
                options("@Secret @Default(»\"a\") String name"));
    }

    @Test
    void secretType() {
        expect(
                warning("secret-type", "@Secret on boolean leaks nothing useful; allowed: String, Path, Map."),
                file("Demo", DEMO),
                options("»@Secret boolean name"));
    }

    @Test
    void secretMap() {
        expect(List.of(), file("Demo", DEMO), options("@Secret Map<String, String> name"));
    }

    private static JavaFileObject rankAndR(String components) {
        return file("Options", """
                /**
                 * @param rank one
                 * @param r two
                 */
                public record Options(%s) {}
                """, components);
    }

    /** A constraint of Jakarta Validation, whose jar nobody needs. */
    private static JavaFileObject jakarta(String name, String members) {
        return JavaFileObjects.forSourceString(
                "jakarta.validation.constraints." + name,
                "package jakarta.validation.constraints; public @interface " + name + " { " + members + " }");
    }

    @Test
    void nestedRecordMayHaveAType() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Window", "/** @param type one */ public record Window(String type) {}"),
                options("Window name"));
    }

    @Test
    void recursiveOptions() {
        expect(
                error(
                        "recursive-options",
                        "Options -> Init -> Options is recursive without Optional or List; a file could "
                                + "never satisfy it."),
                file("Demo", DEMO),
                file("Init", "/** @param around one */ public record Init(Options around) {}"),
                options("Init »name"));
    }

    @Test
    void recursionThroughAChoiceThatLeadsNowhereElse() {
        expect(
                error(
                        "recursive-options",
                        "Options -> Init -> Around -> Options is recursive without Optional or List; a file could "
                                + "never satisfy it."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Around {}"),
                file("Around", "/** @param inner one */ public record Around(Options inner) implements Init {}"),
                options("Init »name"));
    }

    @Test
    void recursionThroughAChoiceEndsWhereAnotherKindDoes() {
        expect(List.of(), file("Demo", DEMO), file("Init", """
                        public sealed interface Init {
                            record None() implements Init {}
                            /** @param first one */ record Twice(Init first) implements Init {}
                        }
                        """), options("Init name"));
    }

    @Test
    void aRecordThatLeadsToACycleIsNotPartOfIt() {
        expect(
                error(
                        "recursive-options",
                        "A -> B -> A is recursive without Optional or List; a file could never satisfy it."),
                file("Demo", DEMO),
                file("A", "/** @param b one */ public record A(B »b) {}"),
                file("B", "/** @param a one */ public record B(A a) {}"),
                options("A name"));
    }

    @Test
    void sealedOpen() {
        expect(
                error("sealed-open", "interface `Init` must be sealed to be used in options."),
                file("Demo", DEMO),
                file("Init", "public interface Init {}"),
                options("List<Init> »name"));
    }

    @Test
    void sealedNotRecord() {
        expect(
                error("sealed-not-record", "permitted subtype `Foo` of `Init` must be a record."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Foo {}"),
                file("Foo", "public final »class Foo implements Init {}"),
                options("Init name"));
    }

    @Test
    void genericAlternative() {
        expect(
                error("generic-options", "options record `Foo<T>` must not be generic."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Foo {}"),
                file("Foo", "public »record Foo<T>() implements Init {}"),
                options("Init name"));
    }

    @Test
    void privateChoice() {
        expect(
                error(
                        "not-accessible",
                        "`Init` must not be private (its binder is generated beside it, in a class of its own)."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param init one */
                        public record Options(Init init) {
                            private sealed »interface Init {}
                            record None() implements Init {}
                        }
                        """));
    }

    @Test
    void tagDuplicate() {
        expect(
                error("tag-duplicate", "tags of `Gaussian` and `Normal` are both `gaussian`."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            record Gaussian() implements Init {}
                            @Tag(»"gaussian") record Normal() implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagDuplicateWithoutAnnotation() {
        expect(
                error("tag-duplicate", "tags of `Gaussian` and `gaussian` are both `gaussian`."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            record Gaussian() implements Init {}
                            »record gaussian() implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagCollides() {
        expect(
                error(
                        "tag-collides",
                        "discriminator `type` collides with component `type` of `Gaussian`; use @Discriminator(\"kind\")."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            /** @param type one */ record Gaussian(String »type) implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagCollidesWithAnOwnDiscriminator() {
        expect(
                error(
                        "tag-collides",
                        "discriminator `kind` collides with component `kind` of `Gaussian`; use @Discriminator(\"type\")."),
                file("Demo", DEMO),
                file("Init", """
                        @Discriminator("kind")
                        public sealed interface Init {
                            /** @param kind one */ record Gaussian(String »kind) implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void badDefaultOfAChoice() {
        expect(
                error("bad-default", "@Default(\"{ type = one }\") is not an Init."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init { record None() implements Init {} }"),
                options("@Default(»\"{ type = one }\") Init name"));
    }

    @Test
    void recursionThroughAListEnds() {
        expect(List.of(), file("Demo", DEMO), options("List<Options> name"));
    }

    @Test
    void missingDoc() {
        expect(
                warning("missing-doc", "`rank` has no description; add `@param rank` to the Javadoc of Options."),
                file("Demo", DEMO),
                file("Options", "/** @param name one */ public record Options(String name, int »rank) {}"));
    }

    @Test
    void docUnknownParam() {
        expect(
                warning("doc-unknown-param", "@param nam does not match a component; did you mean `name`?"),
                file("Demo", DEMO),
                file("Options", "/** @param name one\n@param nam two */ public »record Options(String name) {}"));
    }

    @Test
    void docOfNothingNear() {
        expect(
                warning("doc-unknown-param", "@param warmup does not match a component."),
                file("Demo", DEMO),
                file("Options", "/** @param name one\n@param warmup two */ public »record Options(String name) {}"));
    }

    @Test
    void apiLevel() {
        Compilation compilation = Compiling.compiler()
                .compile(
                        plain(file("Demo", DEMO)),
                        plain(options("String name")),
                        JavaFileObjects.forSourceString(
                                "io.graft.registry.ApiLevel",
                                "package io.graft.registry; public class ApiLevel { public static final int NEWEST = 7; }"));

        assertEquals(
                List.of("[graft:api-level] graft-processor generates for API level 1, graft-core on the class path is"
                        + " level 7; use the same version of both."),
                compilation.errors().stream()
                        .map(error -> error.getMessage(null))
                        .toList());
    }

    @Test
    void missingDocAsError() {
        expect(
                List.of("-Agraft.docs=error"),
                List.of(error(
                        "missing-doc", "`rank` has no description; add `@param rank` to the Javadoc of Options.")),
                file("Demo", DEMO),
                file("Options", "public record Options(int »rank) {}"));
    }

    @Test
    void missingType() {
        expectFirst(
                error(
                        "missing-type",
                        "`Init2` cannot be resolved. If it is generated, see the errors above; otherwise "
                                + "add its dependency."),
                file("Demo", DEMO),
                options("Init2 »name"));
    }

    @Test
    void missingOptionsType() {
        expectFirst(
                error(
                        "missing-type",
                        "`Options` cannot be resolved. If it is generated, see the errors above; "
                                + "otherwise add its dependency."),
                file("Demo", DEMO.replace("Options options", "Options »options")));
    }

    @Test
    void generatedClash() {
        expectFirst(
                error("generated-clash", "`Options_Binder` already exists in this package; rename it."),
                file("Demo", DEMO),
                file("Options", "/** @param name one */ public »record Options(String name) {}"),
                file("Options_Binder", "public class Options_Binder {}"));
    }

    @Test
    void unknownOption() {
        Compilation compilation = Compiling.compiler("-Agraft.dosc=error")
                .compile(plain(file("Demo", DEMO)), plain(options("String name")));

        assertEquals(
                List.of("[graft:unknown-option] -Agraft.dosc is unknown; did you mean -Agraft.docs?"),
                compilation.warnings().stream()
                        .map(warning -> warning.getMessage(null))
                        .filter(message -> message.startsWith("[graft:"))
                        .toList());
    }

    @Test
    void internal() {
        expectInternal(
                List.of(),
                "[graft:internal] internal error in graft-processor while reading `Demo`; this class was skipped,"
                        + " please report (stack with -Agraft.debug).");
    }

    @Test
    void internalWithStack() {
        expectInternal(
                List.of("-Agraft.debug"),
                "[graft:internal] internal error in graft-processor while reading `Demo`; this class was skipped,"
                        + " please report (stack with -Agraft.debug).",
                "  java.lang.IllegalStateException: broken rule");
    }

    private static void expectInternal(List<String> options, String... firstLines) {
        PlugBindingProcessor failing = new PlugBindingProcessor(List.of(modifier -> {
            throw new IllegalStateException("broken rule");
        }));
        Compilation compilation = Compiler.javac()
                .withOptions(options)
                .withProcessors(failing)
                .compile(plain(file("Demo", DEMO)), plain(options("String name")));

        assertEquals(1, compilation.errors().size());
        assertEquals(
                List.of(firstLines),
                compilation.errors().get(0).getMessage(null).lines().limit(2).toList());
    }

    /** What the compiler should say, without the place. */
    private record Expected(Diagnostic.Kind kind, String text) {}

    private static Expected error(String code, String message) {
        return new Expected(Diagnostic.Kind.ERROR, "[graft:" + code + "] " + message);
    }

    private static Expected warning(String code, String message) {
        return new Expected(Diagnostic.Kind.WARNING, "[graft:" + code + "] " + message);
    }

    private static JavaFileObject file(String name, String body, Object... arguments) {
        String text = arguments.length == 0 ? body : body.formatted(arguments);
        return JavaFileObjects.forSourceString("com.acme." + name, HEAD + text);
    }

    /** Options with one component, called {@code name}. */
    private static JavaFileObject options(String component) {
        return file("Options", "/** @param name one */\npublic record Options(%s) {}", component);
    }

    private static void expect(Expected expected, JavaFileObject... files) {
        expect(List.of(), List.of(expected), files);
    }

    private static void expect(List<Expected> expected, JavaFileObject... files) {
        expect(List.of(), expected, files);
    }

    private static void expect(List<String> options, List<Expected> expected, JavaFileObject... files) {
        assertEquals(
                described(expected, place(files)),
                described(compile(options, files).diagnostics()));
        expectOfLaterJavac(options, expected, files);
        expectOfEcj(options, expected, files);
    }

    /** The same text on the same line; what else a later javac has to say is its own business. */
    private static void expectOfLaterJavac(List<String> options, List<Expected> expected, JavaFileObject... files) {
        LaterJavac.current()
                .ifPresent(javac -> assertEquals(
                        described(expected, place(files).replaceFirst("\\d+$", "")),
                        javac
                                .compile(
                                        options,
                                        Arrays.stream(files)
                                                .map(MistakesTest::plain)
                                                .toList())
                                .stream()
                                .filter(text -> text.contains(" [graft:"))
                                .toList(),
                        () -> "as javac " + LaterJavac.VERSION + " has it"));
    }

    @Test
    void everyMistakeIsMadeWithALaterJavacToo() {
        assumeTrue(LaterJavac.current().isPresent(), "no JDK " + LaterJavac.VERSION + " is installed beside this one");
    }

    /** The same text on the same line; of a record as a whole ecj knows no line, and of a second place no compiler but javac. */
    private static void expectOfEcj(List<String> options, List<Expected> expected, JavaFileObject... files) {
        boolean ofRecord = Arrays.stream(files)
                .anyMatch(file -> OF_RECORD.matcher(Compiling.text(file)).find());
        String line = ofRecord ? "-:0:" : place(files).replaceFirst("\\d+$", "");
        List<String> texts = described(expected, line).stream()
                .map(text -> text.replaceFirst(" \\(A\\.java:2\\)", ""))
                .toList();
        List<String> said = Ecj.compile(
                options, Arrays.stream(files).map(MistakesTest::plain).toList());
        assertEquals(
                texts, said.stream().filter(text -> text.contains(" [graft:")).toList(), () -> "ecj says " + said);
    }

    /** What only javac shows. */
    private static void expectOfJavac(Expected expected, JavaFileObject... files) {
        assertEquals(
                described(List.of(expected), place(files)),
                described(compile(List.of(), files).diagnostics()));
        expectOfLaterJavac(List.of(), List.of(expected), files);
        expectOfEcj(List.of(), List.of(), files);
    }

    /** For sources of which javac has something to say, too. */
    private static void expectFirst(Expected expected, JavaFileObject... files) {
        assertEquals(described(List.of(expected), place(files)), described(ours(compile(List.of(), files))));
        expectOfLaterJavac(List.of(), List.of(expected), files);
        expectOfEcj(List.of(), List.of(expected), files);
    }

    private static List<Diagnostic<? extends JavaFileObject>> ours(Compilation compilation) {
        return compilation.diagnostics().stream()
                .filter(diagnostic -> diagnostic.getMessage(null).startsWith("[graft:"))
                .<Diagnostic<? extends JavaFileObject>>map(diagnostic -> diagnostic)
                .toList();
    }

    private static Compilation compile(List<String> options, JavaFileObject... files) {
        return Compiling.compiler(options.toArray())
                .compile(Arrays.stream(files).map(MistakesTest::plain).toList());
    }

    private static List<String> described(List<Expected> expected, String place) {
        return expected.stream()
                .map(one -> one.kind() + " " + place + " " + one.text())
                .toList();
    }

    private static List<String> described(Iterable<? extends Diagnostic<? extends JavaFileObject>> diagnostics) {
        List<String> described = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics) {
            String file = diagnostic.getSource() == null
                    ? "-"
                    : diagnostic.getSource().getName();
            described.add(diagnostic.getKind()
                    + " %s:%d:%d ".formatted(file, diagnostic.getLineNumber(), diagnostic.getColumnNumber())
                    + diagnostic.getMessage(null));
        }
        return described;
    }

    /** The marked place, as {@code /com/acme/X.java:2:16}. */
    private static String place(JavaFileObject... files) {
        return Stream.of(files)
                .filter(file -> Compiling.text(file).contains("»"))
                .map(file -> {
                    String before = Compiling.text(file).split("»", 2)[0];
                    long line = before.lines().count();
                    int column = before.length() - before.lastIndexOf('\n');
                    return file.getName() + ":" + line + ":" + column;
                })
                .findFirst()
                .orElse("");
    }

    private static JavaFileObject plain(JavaFileObject file) {
        String name = file.getName().replace('/', '.').replaceFirst("\\.java$", "");
        return JavaFileObjects.forSourceString(name, Compiling.text(file).replace("»", ""));
    }
}
