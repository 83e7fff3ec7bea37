package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/**
 * What the processor says of a mistake: count, kind, file, line, column and text. In the sources {@code »} stands before the character
 * under which the caret is expected; it is taken out before they are compiled.
 */
final class Mistakes {
    static final String HEAD =
            "package com.acme; import io.graft.*; import io.graft.config.*; import io.graft.config.decoding.*; import io.graft.config.reading.*; import io.graft.model.*; import io.graft.model.tree.*; "
                    + "import java.util.*;\n";
    static final String APPLY = "public void apply(ModelDraft model, ModifierContext context) {}";
    static final String OPEN = "public OpenedModel open(OpeningContext context) { throw new IllegalStateException(); }";
    static final String DEMO = """
            /** Demonstrates. */
            @Modifier("demo")
            public final class Demo implements ModelModifier {
                public Demo(Options options) {}
                %s
            }
            """.formatted(APPLY);
    static final Pattern OF_RECORD =
            Pattern.compile("(?m)»(record|\"\\w+\"\\) record)|^@(RemovedKey|Exclusive|Requires)\\(.*»");

    static final String HEX = """
            public class Hex implements Decoder<Integer> {
                @Override public String expected() { return "a hexadecimal number"; }
                @Override public Integer decode(String text) { return Integer.valueOf(text, 16); }
            }
            """;

    private Mistakes() {}

    static Expected heavy(String type) {
        return warning(
                "heavy-provider",
                "`" + type + "` has a static initializer touching ai.djl.engine.Engine; it runs on first use and may"
                        + " load natives.");
    }

    static JavaFileObject rankAndR(String components) {
        return file("Options", """
                /**
                 * @param rank one
                 * @param r two
                 */
                public record Options(%s) {}
                """, components);
    }

    /** A constraint of Jakarta Validation, whose jar nobody needs. */
    static JavaFileObject jakarta(String name, String members) {
        return JavaFileObjects.forSourceString(
                "jakarta.validation.constraints." + name,
                "package jakarta.validation.constraints; public @interface " + name + " { " + members + " }");
    }

    /** What the compiler should say, without the place. */
    record Expected(Diagnostic.Kind kind, String text) {}

    static Expected error(String code, String message) {
        return new Expected(Diagnostic.Kind.ERROR, "[graft:" + code + "] " + message);
    }

    static Expected warning(String code, String message) {
        return new Expected(Diagnostic.Kind.WARNING, "[graft:" + code + "] " + message);
    }

    static JavaFileObject file(String name, String body, Object... arguments) {
        String text = arguments.length == 0 ? body : body.formatted(arguments);
        return JavaFileObjects.forSourceString("com.acme." + name, HEAD + text);
    }

    /** Options with one component, called {@code name}. */
    static JavaFileObject options(String component) {
        return file("Options", "/** @param name one */\npublic record Options(%s) {}", component);
    }

    static void expect(Expected expected, JavaFileObject... files) {
        expect(List.of(), List.of(expected), files);
    }

    static void expect(List<Expected> expected, JavaFileObject... files) {
        expect(List.of(), expected, files);
    }

    static void expect(List<String> options, List<Expected> expected, JavaFileObject... files) {
        assertEquals(
                described(expected, place(files)),
                described(compile(options, files).diagnostics()));
        expectOfLaterJavac(options, expected, files);
        expectOfEcj(options, expected, files);
    }

    /** The same text on the same line; what else a later javac has to say is its own business. */
    static void expectOfLaterJavac(List<String> options, List<Expected> expected, JavaFileObject... files) {
        LaterJavac.current()
                .ifPresent(javac -> assertEquals(
                        described(expected, place(files).replaceFirst("\\d+$", "")),
                        javac
                                .compile(
                                        options,
                                        Arrays.stream(files)
                                                .map(Mistakes::plain)
                                                .toList())
                                .stream()
                                .filter(text -> text.contains(" [graft:"))
                                .toList(),
                        () -> "as javac " + LaterJavac.VERSION + " has it"));
    }

    /** The same text on the same line; of a record as a whole ecj knows no line, and of a second place no compiler but javac. */
    static void expectOfEcj(List<String> options, List<Expected> expected, JavaFileObject... files) {
        boolean ofRecord = Arrays.stream(files)
                .anyMatch(file -> OF_RECORD.matcher(Compiling.text(file)).find());
        String line = ofRecord ? "-:0:" : place(files).replaceFirst("\\d+$", "");
        List<String> texts = described(expected, line).stream()
                .map(text -> text.replaceFirst(" \\(A\\.java:2\\)", ""))
                .toList();
        List<String> said =
                Ecj.compile(options, Arrays.stream(files).map(Mistakes::plain).toList());
        assertEquals(
                texts, said.stream().filter(text -> text.contains(" [graft:")).toList(), () -> "ecj says " + said);
    }

    /** What only javac shows. */
    static void expectOfJavac(Expected expected, JavaFileObject... files) {
        assertEquals(
                described(List.of(expected), place(files)),
                described(compile(List.of(), files).diagnostics()));
        expectOfLaterJavac(List.of(), List.of(expected), files);
        expectOfEcj(List.of(), List.of(), files);
    }

    /** For sources of which javac has something to say, too. */
    static void expectFirst(Expected expected, JavaFileObject... files) {
        assertEquals(described(List.of(expected), place(files)), described(ours(compile(List.of(), files))));
        expectOfLaterJavac(List.of(), List.of(expected), files);
        expectOfEcj(List.of(), List.of(expected), files);
    }

    static List<Diagnostic<? extends JavaFileObject>> ours(Compilation compilation) {
        return compilation.diagnostics().stream()
                .filter(diagnostic -> diagnostic.getMessage(null).startsWith("[graft:"))
                .<Diagnostic<? extends JavaFileObject>>map(diagnostic -> diagnostic)
                .toList();
    }

    static Compilation compile(List<String> options, JavaFileObject... files) {
        return Compiling.compiler(options.toArray())
                .compile(Arrays.stream(files).map(Mistakes::plain).toList());
    }

    static List<String> described(List<Expected> expected, String place) {
        return expected.stream()
                .map(one -> one.kind() + " " + place + " " + one.text())
                .toList();
    }

    static List<String> described(Iterable<? extends Diagnostic<? extends JavaFileObject>> diagnostics) {
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
    static String place(JavaFileObject... files) {
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

    static JavaFileObject plain(JavaFileObject file) {
        String name = file.getName().replace('/', '.').replaceFirst("\\.java$", "");
        return JavaFileObjects.forSourceString(name, Compiling.text(file).replace("»", ""));
    }
}
