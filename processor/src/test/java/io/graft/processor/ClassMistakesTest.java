package io.graft.processor;

import static io.graft.processor.Mistakes.APPLY;
import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.OPEN;
import static io.graft.processor.Mistakes.compile;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.expectOfJavac;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.heavy;
import static io.graft.processor.Mistakes.options;
import static io.graft.processor.Mistakes.warning;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** Mistakes of the classes with annotations, their constructors and ids; one test for each code. */
class ClassMistakesTest {
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
}
