package io.graft.cli.extension;

import io.graft.problem.ProblemCode;
import io.graft.registry.ModifierProvider;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Extensions that cannot be used, each as people have met them: real jars, in a folder for each code. */
public final class BrokenJars {
    private static final String SERVICES = "META-INF/services/" + ModifierProvider.class.getName();

    /** Of a Java that nobody has yet. */
    private static final byte CLASS_VERSION = 99;

    private static final String OF_ANOTHER_LEVEL = """
            package com.acme;

            import io.graft.ModelModifier;
            import io.graft.config.reading.Bound;
            import io.graft.config.reading.ConfigCursor;
            import io.graft.registry.PlugDescriptor;
            import io.graft.registry.ModifierProvider;

            /** As the processor of that version would generate it. */
            public final class %sModelModifier_Provider implements ModifierProvider {
                @Override
                public int apiLevel() {
                    return %d;
                }

                @Override
                public PlugDescriptor descriptor() {
                    throw new IllegalStateException("asked too early");
                }

                @Override
                public Bound<ModelModifier> bind(ConfigCursor entry) {
                    throw new IllegalStateException("asked too early");
                }
            }
            """;

    private final Path folder;

    private BrokenJars(Path folder) {
        this.folder = folder;
    }

    public static void writeTo(Path folder) throws IOException {
        BrokenJars jars = new BrokenJars(folder);
        jars.compile(ProblemCode.PROVIDER_CLASS_MISSING, "gone", modifier("Gone", "gone", ""));
        jars.edit(
                ProblemCode.PROVIDER_CLASS_MISSING,
                "gone",
                jar -> Files.delete(jar.getPath("com/acme/GoneModelModifier_Provider.class")));
        Map<String, String> linked = modifier("Linked", "linked", "");
        linked.replaceAll((file, source) -> source.replace(" implements", " extends Base implements"));
        linked.put("com/acme/Base.java", "package com.acme; public class Base {}");
        jars.compile(ProblemCode.PROVIDER_LINKAGE, "linked", linked);
        jars.edit(ProblemCode.PROVIDER_LINKAGE, "linked", jar -> Files.delete(jar.getPath("com/acme/Base.class")));
        jars.compile(ProblemCode.PROVIDER_CLASS_VERSION, "new", modifier("New", "new", ""));
        jars.edit(ProblemCode.PROVIDER_CLASS_VERSION, "new", BrokenJars::makeNew);
        jars.compile(
                ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                "licensed",
                modifier("Licensed", "licensed", "throw new IllegalStateException(\"no licence\");"));
        jars.compile(
                ProblemCode.PROVIDER_NOT_SUBTYPE,
                "odd",
                Map.of("com/acme/Odd.java", "package com.acme; public class Odd {}"));
        jars.edit(ProblemCode.PROVIDER_NOT_SUBTYPE, "odd", jar -> list(jar, "com.acme.Odd\n"));
        jars.compile(ProblemCode.SERVICES_FILE_MALFORMED, "merged", modifier("Fine", "fine", ""));
        jars.edit(
                ProblemCode.SERVICES_FILE_MALFORMED,
                "merged",
                jar -> list(jar, "com.acme.FineModelModifier_Provider\ncom.acme. oops\n"));
        ofAnotherApiLevel(jars.path(ProblemCode.API_LEVEL_UNSUPPORTED, "future"), "Future", 99);
        jars.compile(ProblemCode.DUPLICATE_ID, "one", modifier("One", "twin", ""));
        jars.compile(ProblemCode.DUPLICATE_ID, "two", modifier("Two", "twin", ""));
        jars.compile(ProblemCode.SAME_CLASS_TWICE, "copy", modifier("Copied", "copied", ""));
        jars.compile(ProblemCode.SAME_CLASS_TWICE, "copy-of", modifier("Copied", "copied", ""));
        jars.compile(ProblemCode.DESCRIPTOR_MISMATCH, "lost", modifier("Lost", "lost", ""));
        jars.edit(
                ProblemCode.DESCRIPTOR_MISMATCH,
                "lost",
                jar -> Files.delete(jar.getPath("com/acme/LostModelModifier.class")));
        jars.compile(ProblemCode.ANNOTATED_BUT_NOT_GENERATED, "plain", modifier("Plain", "plain", ""));
        jars.edit(ProblemCode.ANNOTATED_BUT_NOT_GENERATED, "plain", jar -> {
            Files.delete(jar.getPath("com/acme/PlainModelModifier_Provider.class"));
            Files.delete(jar.getPath(SERVICES));
        });
        Map<String, String> bundling = modifier("Bundling", "bundling", "");
        bundling.put("ai/djl/Bundled.java", "package ai.djl; class Bundled {}");
        jars.compile(ProblemCode.EXTENSION_REFUSED, "bundling", bundling);
        Files.createDirectory(of(folder, ProblemCode.EXTENSION_EMPTY));
    }

    /** One modifier, {@code com.acme.<name>ModelModifier} with its name as id, that another version of Graft has generated the provider of. */
    public static void ofAnotherApiLevel(Path jar, String name, int level) throws IOException {
        String provider = "com/acme/" + name + "ModelModifier_Provider";
        Path theirs = Files.createTempFile("provider", ".jar");
        ExtensionJar.build(theirs, kept -> true, Map.of(provider + ".java", OF_ANOTHER_LEVEL.formatted(name, level)));
        ExtensionJar.build(jar, kept -> true, modifier(name, name.toLowerCase(Locale.ROOT), ""));
        try (FileSystem from = FileSystems.newFileSystem(theirs)) {
            Path generated = from.getPath(provider + ".class");
            edit(
                    jar,
                    to -> Files.copy(generated, to.getPath(provider + ".class"), StandardCopyOption.REPLACE_EXISTING));
        }
        Files.delete(theirs);
    }

    /** The folder of the jars that a code is about; it need not exist. */
    public static Path of(Path folder, ProblemCode code) {
        return folder.resolve(code.id());
    }

    private static Map<String, String> modifier(String name, String id, String constructor) {
        Map<String, String> sources = new HashMap<>();
        sources.put("com/acme/" + name + "ModelModifier.java", """
                package com.acme;

                /** Does nothing. */
                @io.graft.Modifier("%2$s")
                public final class %1$sModelModifier implements io.graft.ModelModifier {
                    public %1$sModelModifier() {
                        %3$s
                    }

                    @Override
                    public void apply(io.graft.model.ModelDraft model, io.graft.ModifierContext context) {}
                }
                """.formatted(name, id, constructor));
        return sources;
    }

    private void compile(ProblemCode code, String jar, Map<String, String> sources) throws IOException {
        ExtensionJar.build(path(code, jar), kept -> true, sources);
    }

    private void edit(ProblemCode code, String jar, Edit edit) throws IOException {
        edit(path(code, jar), edit);
    }

    private static void edit(Path jar, Edit edit) throws IOException {
        try (FileSystem opened = FileSystems.newFileSystem(jar)) {
            edit.of(opened);
        }
    }

    private Path path(ProblemCode code, String jar) throws IOException {
        return Files.createDirectories(of(folder, code)).resolve("acme-" + jar + "-1.0.jar");
    }

    private static void list(FileSystem jar, String providers) throws IOException {
        Path services = jar.getPath(SERVICES);
        Files.createDirectories(services.getParent());
        Files.writeString(services, providers);
    }

    private static void makeNew(FileSystem jar) throws IOException {
        Path provider = jar.getPath("com/acme/NewModelModifier_Provider.class");
        byte[] bytes = Files.readAllBytes(provider);
        // the major version of a class file is its eighth byte
        bytes[7] = CLASS_VERSION;
        Files.write(provider, bytes);
    }

    /** What is done to a jar. */
    private interface Edit {
        void of(FileSystem jar) throws IOException;
    }
}
