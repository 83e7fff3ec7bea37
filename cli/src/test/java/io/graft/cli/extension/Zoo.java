package io.graft.cli.extension;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Extensions that are broken, each in its own way, beside many that are not. */
final class Zoo {
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";
    private static final int JAVA_25 = 69;

    private static final String MODIFIER = """
            package com.acme.NAME;

            import io.graft.*;
            import io.graft.config.*;
            import io.graft.model.ModelDraft;
            import io.graft.registry.*;
            import java.util.List;

            public class Own implements ModelModifier {
                @Override public void apply(ModelDraft model, ModifierContext context) {}
            }
            """;
    private static final String PROVIDER = """
            package com.acme.NAME;

            import io.graft.ModelModifier;
            import io.graft.config.reading.*;
            import io.graft.registry.*;
            import java.util.List;

            public class Own_Provider extends Base implements ModifierProvider {
                public Own_Provider() {}
                @Override public int apiLevel() { return 1; }
                @Override public PlugDescriptor descriptor() {
                    return new PlugDescriptor("NAME", List.of(), "com.acme.NAME.Own", "Does it.", List.of());
                }
                @Override public Bound<ModelModifier> bind(ConfigCursor entry) { return entry.object().finish(Own::new); }
            }
            """;
    private static final String BASE = "package com.acme.NAME; public class Base {}";
    private static final String HEALTHY = """
            package com.acme.NAME;

            import io.graft.*;
            import io.graft.model.ModelDraft;

            /** Freezes the bias of the encoder. */
            @Modifier("NAME")
            public class Own implements ModelModifier {
                @Override public void apply(ModelDraft model, ModifierContext context) { model.freeze("encoder.bias"); }
            }
            """;

    private final Path folder;
    private final Path classes;
    private final Map<String, String> sources = new LinkedHashMap<>();

    /**
     * @param folder where the jars go
     * @param classes an empty folder to compile into
     */
    Zoo(Path folder, Path classes) {
        this.folder = folder;
        this.classes = classes;
    }

    /** Makes {@code count} extensions with one modifier each, {@code m0}, {@code m1}, ..., as the processor would have them. */
    static void herd(int count, Path folder, Path classes) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (int n = 0; n < count; n++) {
            sources.put("com/acme/m" + n + "/Own.java", HEALTHY.replace("NAME", "m" + n));
        }
        Javac.compile(classes, sources);
        for (int n = 0; n < count; n++) {
            String name = "m" + n;
            Map<String, byte[]> entries = entries(classes, "com/acme/" + name + "/");
            entries.putAll(entries(classes, "META-INF/graft/modifiers/" + name + "."));
            entries.put(SERVICES, line("com.acme." + name + ".Own_Provider"));
            write(folder.resolve(name + "-1.0.jar"), entries);
        }
    }

    /** Makes twelve extensions with a defect each; one of them has the id {@code m0}. */
    void build() throws IOException {
        source("constructor-throws", provider -> provider.replace("_Provider() {}", "_Provider() { Fail.now(); }"));
        source(
                "static-init-throws",
                provider -> provider.replace("_Provider() {}", "_Provider() {} static { Fail.now(); }"));
        source("needs-a-class", provider -> provider.replace("_Provider() {}", "_Provider() { new Gone(); }"));
        source("is-abstract", provider -> provider.replace("public class", "public abstract class"));
        source("not-public", provider -> provider.replace("public Own_Provider()", "Own_Provider()"));
        source("not-a-subtype", provider -> "package com.acme.NAME; public class Own_Provider {}");
        source("class-not-found", provider -> provider);
        source("malformed-line", provider -> provider);
        source("needs-a-superclass", provider -> provider);
        source("for-java-25", provider -> provider);
        source("api-level-99", provider -> provider.replace("return 1;", "return 99;"));
        source("duplicate-id", provider -> provider.replace("(\"NAME\"", "(\"m0\""));
        Javac.compile(classes, sources);
        pack("constructor-throws");
        pack("static-init-throws");
        pack("needs-a-class", "Gone.class");
        pack("is-abstract");
        pack("not-public");
        pack("not-a-subtype");
        pack("class-not-found", "Own_Provider.class");
        Map<String, byte[]> malformed = entriesOf("malformed-line");
        malformed.put(SERVICES, line("com.acme.malformed_line. Own_Provider"));
        write(folder.resolve("malformed-line.jar"), malformed);
        pack("needs-a-superclass", "Base.class");
        Map<String, byte[]> later = entriesOf("for-java-25");
        // The major version of a class file is its eighth byte.
        later.get("com/acme/for_java_25/Own_Provider.class")[7] = JAVA_25;
        write(folder.resolve("for-java-25.jar"), later);
        pack("api-level-99");
        pack("duplicate-id");
    }

    private void source(String defect, UnaryOperator<String> provider) {
        String name = packageOf(defect);
        Map<String, String> files = Map.of(
                "Own",
                MODIFIER,
                "Own_Provider",
                provider.apply(PROVIDER),
                "Base",
                BASE,
                "Gone",
                "package com.acme.NAME; public class Gone {}",
                "Fail",
                "package com.acme.NAME; class Fail { static void now() { throw new IllegalStateException(\"no licence\"); } }");
        files.forEach(
                (file, text) -> sources.put("com/acme/" + name + "/" + file + ".java", text.replace("NAME", name)));
    }

    private void pack(String defect, String... left) throws IOException {
        Map<String, byte[]> entries = entriesOf(defect);
        for (String file : left) {
            entries.remove("com/acme/" + packageOf(defect) + "/" + file);
        }
        write(folder.resolve(defect + ".jar"), entries);
    }

    private Map<String, byte[]> entriesOf(String defect) throws IOException {
        Map<String, byte[]> entries = entries(classes, "com/acme/" + packageOf(defect) + "/");
        entries.put(SERVICES, line("com.acme." + packageOf(defect) + ".Own_Provider"));
        return entries;
    }

    private static String packageOf(String defect) {
        return defect.replace('-', '_');
    }

    private static byte[] line(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, byte[]> entries(Path classes, String prefix) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        Path start = classes.resolve(prefix.substring(0, prefix.lastIndexOf('/')));
        try (Stream<Path> files = Files.walk(start)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString().replace('\\', '/');
                if (name.startsWith(prefix)) {
                    entries.put(name, Files.readAllBytes(file));
                }
            }
        }
        return entries;
    }

    private static void write(Path jar, Map<String, byte[]> entries) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
    }
}
