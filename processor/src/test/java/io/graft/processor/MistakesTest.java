package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/**
 * One test for each code: count, kind, file, line, column and text. In the sources {@code »} stands before the
 * character under
 * which the caret is expected; it is taken out before they are compiled.
 */
class MistakesTest {
    private static final String HEAD =
            "package com.acme; import io.graft.*; import io.graft.config.*; import io.graft.model.*; "
                    + "import java.util.*;\n";
    private static final String APPLY = "public void apply(ModelDraft model, ModifierContext context) {}";
    private static final String DEMO = """
            /** Demonstrates. */
            @Modifier("demo")
            public final class Demo implements ModelModifier {
                public Demo(Options options) {}
                %s
            }
            """.formatted(APPLY);

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
    void abstractModifier() {
        expect(
                error(
                        "abstract-modifier",
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
                error("ambiguous-constructor", "`Demo` has 2 usable constructors; mark one with @ModifierConstructor."),
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
                            @ModifierConstructor public Demo(Options options) {}
                            %s
                        }
                        """, APPLY), options("String name"));
    }

    @Test
    void notAModifier() {
        expect(
                error("not-a-modifier", "`X` is annotated @Modifier but does not implement ModelModifier."),
                file("X", "@Modifier(\"x\") public »class X { public X() {} }"));
    }

    @Test
    void genericModifier() {
        expect(
                error("generic-modifier", "@Modifier class `X<T>` must not declare type parameters."),
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
    void unsupportedType() {
        expect(
                error(
                        "unsupported-type",
                        "component `name` has type java.util.Date, which has no HOCON form; use Duration, "
                                + "a type annotated"
                                + " @DecodedBy, or a nested record. Supported: boolean, byte, short, int, long, float,"
                                + " double, String, Path, Duration, enums, List<T>, Set<T>, Map<String or enum, T>,"
                                + " Optional<T>, records, types annotated @DecodedBy."),
                file("Demo", DEMO),
                options("List<Date> »name"));
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
                                + "rename it or give it a @Key."),
                file("Demo", DEMO),
                file("Options", "/** @param type one */ public record Options(String »type) {}"));
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
        ModifierBindingProcessor failing = new ModifierBindingProcessor(List.of(modifier -> {
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
    }

    /** For sources in which javac finds a mistake of its own, too. */
    private static void expectFirst(Expected expected, JavaFileObject... files) {
        List<Diagnostic<? extends JavaFileObject>> ours = compile(List.of(), files).diagnostics().stream()
                .filter(diagnostic -> diagnostic.getMessage(null).startsWith("[graft:"))
                .<Diagnostic<? extends JavaFileObject>>map(diagnostic -> diagnostic)
                .toList();
        assertEquals(described(List.of(expected), place(files)), described(ours));
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
