package io.graft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.extension.LoadedExtensions;
import io.graft.extension.TestJar;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discovery among real jars, broken in every way that was seen in the wild. */
class PlugRegistryTest {
    private static final int JAVA_25 = 69;

    @TempDir
    Path folder;

    private final List<URLClassLoader> loaders = new ArrayList<>();
    private URL good;

    @BeforeEach
    void makeGoodJar() {
        good = TestJar.compile(folder, TestJar.modifier("GoodModelModifier", "good"))
                .provides("com.acme.GoodModelModifier_Provider")
                .version("1.2")
                .write(folder.resolve("acme-good-1.2.jar"));
    }

    @AfterEach
    void close() throws IOException {
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    @Test
    void goodJar() {
        PlugRegistry registry = discover(good);

        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("good acme-good-1.2.jar 1.2 com.acme.GoodModelModifier"),
                registry.modifiers().stream()
                        .map(modifier -> String.join(
                                " ",
                                modifier.id(),
                                modifier.origin(),
                                modifier.version(),
                                modifier.descriptor().className()))
                        .toList());
    }

    @Test
    void isFoundByIdAliasAndClassName() {
        PlugRegistry registry = discover(good);

        for (String name : List.of("good", "org.example.GoodModelModifier", "com.acme.GoodModelModifier")) {
            assertEquals("good", registry.modifier(name).orElseThrow().id(), name);
        }
        assertTrue(registry.modifier("better").isEmpty());
    }

    @Test
    void modifiersAreSortedById() {
        URL other = TestJar.compile(folder, TestJar.modifier("ABetterModelModifier", "a-better"))
                .provides("com.acme.ABetterModelModifier_Provider")
                .write(folder.resolve("better.jar"));

        assertEquals(
                List.of("a-better", "good"),
                discover(good, other).modifiers().stream()
                        .map(RegisteredPlug::id)
                        .toList());
    }

    @Test
    void missingClass() {
        URL broken = TestJar.compile(folder, Map.of())
                .provides("com.acme.GoneModelModifier_Provider")
                .write(folder.resolve("gone.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_CLASS_MISSING,
                "`com.acme.GoneModelModifier` of gone.jar lists com.acme.GoneModelModifier_Provider, "
                        + "which is not in it",
                "rebuild the jar; its services file is older than its classes",
                broken);
    }

    @Test
    void missingSuperclass() {
        assertOnlyProblem(
                ProblemCode.PROVIDER_LINKAGE,
                "`com.acme.HeirModelModifier` of heir.jar needs class com.acme.HeirBase, which is not on "
                        + "the class path",
                "add the jar that holds it",
                withoutSuperclass("Heir"));
    }

    @Test
    void missingSuperclassesOfTwoJarsAreToldApart() {
        List<String> messages =
                discover(withoutSuperclass("Heir"), withoutSuperclass("Niece"), good).problems().stream()
                        .map(Problem::message)
                        .toList();

        assertEquals(
                List.of(
                        "`com.acme.HeirModelModifier` of heir.jar needs class com.acme.HeirBase, which is "
                                + "not on the class path",
                        "`com.acme.NieceModelModifier` of niece.jar needs class com.acme.NieceBase, which "
                                + "is not on the class path"),
                messages);
    }

    private URL withoutSuperclass(String name) {
        Map<String, String> sources = TestJar.modifier(name + "ModelModifier", name.toLowerCase(Locale.ROOT));
        sources.put(name + "Base", "package com.acme; public class %sBase {}".formatted(name));
        sources.computeIfPresent(
                name + "ModelModifier_Provider",
                (key, source) ->
                        source.replace("_Provider implements", "_Provider extends " + name + "Base implements"));
        return TestJar.compile(folder, sources)
                .without("com/acme/" + name + "Base.class")
                .provides("com.acme." + name + "ModelModifier_Provider")
                .write(folder.resolve(name.toLowerCase(Locale.ROOT) + ".jar"));
    }

    @Test
    void classFileTooNew() {
        URL broken = TestJar.compile(folder, TestJar.modifier("NewModelModifier", "new"))
                .patched("com/acme/NewModelModifier_Provider.class", bytes -> {
                    // The major version of a class file is its eighth byte.
                    bytes[7] = JAVA_25;
                    return bytes;
                })
                .provides("com.acme.NewModelModifier_Provider")
                .write(folder.resolve("new.jar"));

        int running = Runtime.version().feature();
        assertOnlyProblem(
                ProblemCode.PROVIDER_CLASS_VERSION,
                "`com.acme.NewModelModifier` of new.jar is compiled for Java 25, running " + running,
                "run on Java 25 or newer, or take a jar for Java " + running,
                broken);
    }

    @Test
    void constructorThrows() {
        Map<String, String> sources = TestJar.modifier("ThrowingModelModifier", "throwing");
        sources.computeIfPresent(
                "ThrowingModelModifier_Provider",
                (key, source) -> source.replace(
                        "_Provider() {}", "_Provider() { throw new IllegalStateException(\"no licence\"); }"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.ThrowingModelModifier_Provider")
                .write(folder.resolve("throwing.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                "`com.acme.ThrowingModelModifier` of throwing.jar cannot be made: IllegalStateException: no licence",
                "tell the author of the jar",
                broken);
    }

    @Test
    void aStaticInitializerFailsTheSameEachTime() {
        Map<String, String> sources = TestJar.modifier("StaticModelModifier", "static");
        sources.computeIfPresent(
                "StaticModelModifier_Provider",
                (key, source) -> source.replace(
                        "_Provider() {}",
                        "_Provider() {} static { if (true) throw new IllegalStateException(\"no GPU\"); }"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.StaticModelModifier_Provider")
                .write(folder.resolve("static.jar"));
        URLClassLoader loader = new URLClassLoader(new URL[] {broken}, PlugRegistry.class.getClassLoader());
        loaders.add(loader);

        for (int time = 0; time < 2; time++) {
            Problem problem = PlugRegistry.discover(loader).problems().get(0);
            assertEquals(
                    "`com.acme.StaticModelModifier` of static.jar cannot be made: IllegalStateException: no GPU",
                    problem.message());
            assertEquals(ProblemCode.PROVIDER_CONSTRUCTOR_FAILED, problem.code());
        }
    }

    @Test
    void abstractProvider() {
        Map<String, String> sources = TestJar.modifier("VagueModelModifier", "vague");
        sources.computeIfPresent(
                "VagueModelModifier_Provider",
                (key, source) -> source.replace("public final class", "public abstract class"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.VagueModelModifier_Provider")
                .write(folder.resolve("vague.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                "`com.acme.VagueModelModifier` of vague.jar cannot be made: VagueModelModifier_Provider is abstract",
                "tell the author of the jar",
                broken);
    }

    @Test
    void providerThatIsNotPublic() {
        Map<String, String> sources = TestJar.modifier("ShyModelModifier", "shy");
        sources.computeIfPresent(
                "ShyModelModifier_Provider",
                (key, source) -> source.replace("public final class", "final class")
                        .replace("public ShyModelModifier_P", "ShyModelModifier_P"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.ShyModelModifier_Provider")
                .write(folder.resolve("shy.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_CONSTRUCTOR_FAILED,
                "`com.acme.ShyModelModifier` of shy.jar cannot be made: ShyModelModifier_Provider is no public class with"
                        + " a public constructor without parameters",
                "tell the author of the jar",
                broken);
    }

    @Test
    void descriptorThrows() {
        Map<String, String> sources = TestJar.modifier("MuteModelModifier", "mute");
        sources.computeIfPresent(
                "MuteModelModifier_Provider",
                (key, source) -> source.replace(
                        "descriptor() {", "descriptor() { if (true) throw new NoSuchFieldError(\"ID\");"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.MuteModelModifier_Provider")
                .write(folder.resolve("mute.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_LINKAGE,
                "`com.acme.MuteModelModifier` of mute.jar cannot be linked: NoSuchFieldError: ID",
                "take the jar in the version that fits this runtime",
                broken);
    }

    @Test
    void notASubtype() {
        URL broken = TestJar.compile(folder, Map.of("Odd", "package com.acme; public class Odd { public Odd() {} }"))
                .provides("com.acme.Odd")
                .write(folder.resolve("odd.jar"));

        assertOnlyProblem(
                ProblemCode.PROVIDER_NOT_SUBTYPE,
                "`com.acme.Odd` of odd.jar does not implement this runtime's ModifierProvider",
                "keep one jar with io.graft.registry.ModifierProvider",
                broken);
    }

    @Test
    void malformedServicesFile() {
        URL broken = TestJar.compile(folder, TestJar.modifier("FineModelModifier", "fine"))
                .provides("com.acme.FineModelModifier_Provider", "com.acme. oops")
                .write(folder.resolve("malformed.jar"));

        assertOnlyProblem(
                ProblemCode.SERVICES_FILE_MALFORMED,
                "malformed.jar has a malformed services file: line 2, illegal configuration-file syntax",
                "rebuild the jar with graft-processor, which writes that file",
                broken);
    }

    @Test
    void apiLevelOutsideTheRange() {
        Map<String, String> sources = TestJar.modifier("FutureModelModifier", "future");
        sources.computeIfPresent(
                "FutureModelModifier",
                (key, source) -> source.replace("public final", "@io.graft.Modifier(\"future\") public final"));
        sources.computeIfPresent(
                "FutureModelModifier_Provider",
                (key, source) -> source.replace("return 1;", "return 99;")
                        .replace("descriptor() {", "descriptor() { if (true) throw new Error(\"asked too early\");"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.FutureModelModifier_Provider")
                .write(folder.resolve("future.jar"));

        assertOnlyProblem(
                ProblemCode.API_LEVEL_UNSUPPORTED,
                "`com.acme.FutureModelModifier` of future.jar needs API level 99, this runtime supports 1",
                "update Graft",
                broken);
    }

    @Test
    void apiLevelBelowTheRange() {
        Map<String, String> sources = TestJar.modifier("PastModelModifier", "past");
        sources.computeIfPresent(
                "PastModelModifier_Provider", (key, source) -> source.replace("return 1;", "return 0;"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.PastModelModifier_Provider")
                .write(folder.resolve("past.jar"));

        assertOnlyProblem(
                ProblemCode.API_LEVEL_UNSUPPORTED,
                "`com.acme.PastModelModifier` of past.jar needs API level 0, this runtime supports 1",
                "take a newer version of the jar",
                broken);
    }

    @Test
    void descriptorOfNoClass() {
        Map<String, String> sources = TestJar.modifier("ShadedModelModifier", "shaded");
        sources.computeIfPresent(
                "ShadedModelModifier_Provider",
                (key, source) -> source.replace("\"com.acme.Shaded", "\"com.acme.shadow.Shaded"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.ShadedModelModifier_Provider")
                .write(folder.resolve("shaded.jar"));

        assertOnlyProblem(
                ProblemCode.DESCRIPTOR_MISMATCH,
                "`com.acme.ShadedModelModifier` of shaded.jar describes com.acme.shadow.ShadedModelModifier, which is not in"
                        + " it",
                "rebuild the jar with graft-processor",
                broken);
    }

    @Test
    void descriptorWithoutItsClass() {
        URL broken = TestJar.compile(folder, TestJar.modifier("MovedModelModifier", "moved"))
                .without("com/acme/MovedModelModifier.class")
                .provides("com.acme.MovedModelModifier_Provider")
                .write(folder.resolve("moved.jar"));

        assertOnlyProblem(
                ProblemCode.DESCRIPTOR_MISMATCH,
                "`com.acme.MovedModelModifier` of moved.jar is missing: only its provider is there",
                "rebuild the jar with graft-processor",
                broken);
    }

    @Test
    void noDescriptor() {
        Map<String, String> sources = TestJar.modifier("SilentModelModifier", "silent");
        sources.computeIfPresent(
                "SilentModelModifier_Provider",
                (key, source) -> source.replace("descriptor() {", "descriptor() { if (true) return null;"));
        URL broken = TestJar.compile(folder, sources)
                .provides("com.acme.SilentModelModifier_Provider")
                .write(folder.resolve("silent.jar"));

        assertOnlyProblem(
                ProblemCode.DESCRIPTOR_MISMATCH,
                "`com.acme.SilentModelModifier` of silent.jar gives no descriptor",
                "rebuild the jar with graft-processor",
                broken);
    }

    @Test
    void sameClassInTwoJarsOfTheClassPath() {
        URL copy = TestJar.compile(folder, TestJar.modifier("GoodModelModifier", "good"))
                .provides("com.acme.GoodModelModifier_Provider")
                .write(folder.resolve("copy.jar"));
        PlugRegistry registry = discover(good, copy);

        assertEquals(
                "acme-good-1.2.jar", registry.modifier("good").orElseThrow().origin());
        assertTwice(registry, "acme-good-1.2.jar", "copy.jar");
    }

    @Test
    void sameClassInTwoExtensions() {
        TestJar.compile(folder, TestJar.modifier("GoodModelModifier", "good"))
                .provides("com.acme.GoodModelModifier_Provider")
                .write(folder.resolve("acme-good-1.3.jar"));
        PlugRegistry registry = discoverExtensions("acme-good-1.3.jar", "acme-good-1.2.jar");

        assertEquals(
                "acme-good-1.3.jar", registry.modifier("good").orElseThrow().origin());
        assertTwice(registry, "acme-good-1.3.jar", "acme-good-1.2.jar");
    }

    @Test
    void sameClassInTwoJarsOfOneName() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        TestJar.compile(folder, TestJar.modifier("GoodModelModifier", "good"))
                .provides("com.acme.GoodModelModifier_Provider")
                .write(other.resolve("acme-good-1.2.jar"));
        Problem problem = discoverExtensions("other/acme-good-1.2.jar", "acme-good-1.2.jar")
                .problems()
                .get(0);
        assertEquals(
                "`com.acme.GoodModelModifier` is in 2 jars that are called acme-good-1.2.jar; the first one found is used",
                problem.message());
        assertEquals("remove the other one", problem.help());
    }

    private static void assertTwice(PlugRegistry registry, String used, String other) {
        Problem problem = registry.problems().get(0);
        assertEquals(ProblemCode.SAME_CLASS_TWICE, problem.code());
        assertEquals(Severity.WARNING, problem.severity());
        assertEquals(
                "`com.acme.GoodModelModifier` is in %s and in %s; the one in %s is used".formatted(used, other, used),
                problem.message());
        assertEquals("remove the other one", problem.help());
        assertEquals(1, registry.problems().size());
    }

    @Test
    void twoExtensionsMayUseOneClassName() {
        TestJar.compile(folder, TestJar.modifier("GoodModelModifier", "better"))
                .provides("com.acme.GoodModelModifier_Provider")
                .write(folder.resolve("better.jar"));
        PlugRegistry registry = discoverExtensions("acme-good-1.2.jar", "better.jar");

        assertEquals(List.of(), registry.problems());
        assertEquals(
                "acme-good-1.2.jar", registry.modifier("good").orElseThrow().origin());
        assertEquals("better.jar", registry.modifier("better").orElseThrow().origin());
        assertTrue(registry.modifier("com.acme.GoodModelModifier").isEmpty());
    }

    @Test
    void annotatedButNotGenerated() {
        Map<String, String> sources = TestJar.modifier("PlainModelModifier", "plain");
        sources.remove("PlainModelModifier_Provider");
        sources.computeIfPresent(
                "PlainModelModifier",
                (key, source) -> source.replace("public final", "@io.graft.Modifier(\"plain\") public final"));
        TestJar.compile(folder, sources).write(folder.resolve("plain.jar"));
        PlugRegistry registry = discoverExtensions("acme-good-1.2.jar", "plain.jar");

        assertEquals(1, registry.problems().size());
        Problem problem = registry.problems().get(0);
        assertEquals(ProblemCode.ANNOTATED_BUT_NOT_GENERATED, problem.code());
        assertEquals(
                "`com.acme.PlainModelModifier` of plain.jar has @Modifier and no generated provider",
                problem.message());
        assertEquals(
                "compile it with graft-processor among the annotationProcessorPaths: since Java 23 a processor on the"
                        + " class path alone does not run",
                problem.help());
        assertEquals(List.of(), notGenerated(registry));
    }

    /** But for those of these tests, which no processor has seen. */
    private static List<String> notGenerated(PlugRegistry registry) {
        return registry.notGenerated().stream()
                .map(Problem::message)
                .filter(message -> !message.contains(" of test-classes "))
                .toList();
    }

    @Test
    void annotatedButNotGeneratedBesideASourceIsFoundWhenItIsLookedFor() {
        Map<String, String> sources = TestJar.modifier("PlainModelModifier", "plain");
        sources.remove("PlainModelModifier_Provider");
        sources.computeIfPresent(
                "PlainModelModifier",
                (key, source) -> source.replace("public final", "@io.graft.Modifier(\"plain\") public final"));
        TestJar.compile(folder, sources)
                .with("META-INF/services/io.graft.checkpoint.source.CheckpointSource", "")
                .write(folder.resolve("plain.jar"));
        PlugRegistry registry = discoverExtensions("plain.jar");

        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("`com.acme.PlainModelModifier` of plain.jar has @Modifier and no generated provider"),
                notGenerated(registry));
    }

    @Test
    void annotatedButNotGeneratedOnTheClassPath() {
        Map<String, String> sources = TestJar.modifier("PlainModelModifier", "plain");
        sources.remove("PlainModelModifier_Provider");
        sources.computeIfPresent(
                "PlainModelModifier",
                (key, source) -> source.replace("public final", "@io.graft.Modifier(\"plain\") public final"));
        URL plain = TestJar.compile(folder, sources).write(folder.resolve("plain.jar"));
        PlugRegistry registry = discover(good, plain);

        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("`com.acme.PlainModelModifier` of plain.jar has @Modifier and no generated provider"),
                notGenerated(registry));
    }

    @Test
    void whatIsNoExtensionIsAmongTheProblems() {
        PlugRegistry registry = PlugRegistry.discover(LoadedExtensions.load(List.of(folder.resolve("gone.jar"))));

        Problem problem = registry.problems().get(0);
        assertEquals(ProblemCode.EXTENSION_NOT_FOUND, problem.code());
        assertEquals("the extension " + folder.resolve("gone.jar") + " does not exist", problem.message());
        assertEquals("give a jar or a folder of jars", problem.help());
    }

    private PlugRegistry discoverExtensions(String... names) {
        LoadedExtensions loaded = LoadedExtensions.load(
                List.of(names).stream().map(folder::resolve).toList());
        loaded.extensions().forEach(extension -> loaders.add(extension.loader()));
        return PlugRegistry.discover(loaded);
    }

    @Test
    void duplicateId() {
        URL twin = TestJar.compile(folder, TestJar.modifier("TwinModelModifier", "good"))
                .provides("com.acme.TwinModelModifier_Provider")
                .write(folder.resolve("twin.jar"));
        PlugRegistry registry = discover(good, twin);

        assertEquals(List.of(), registry.modifiers());
        assertTrue(registry.modifier("good").isEmpty());
        assertEquals(
                "twin.jar",
                registry.modifier("com.acme.TwinModelModifier").orElseThrow().origin());
        Problem problem = registry.problems().get(0);
        assertEquals(ProblemCode.DUPLICATE_ID, problem.code());
        assertEquals(
                "`good` is the name of com.acme.GoodModelModifier (acme-good-1.2.jar) and "
                        + "com.acme.TwinModelModifier (twin.jar)",
                problem.message());
        assertEquals("name one by its class: type = \"com.acme.GoodModelModifier\"", problem.help());
    }

    @Test
    void listingLoadsNoModifierAndNoEngine() throws Exception {
        List<URL> classPath = new ArrayList<>(List.of(good));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        try (RecordingLoader loader = new RecordingLoader(classPath)) {
            Class<?> type = Class.forName(PlugRegistry.class.getName(), true, loader);
            Object registry = type.getMethod("discover", ClassLoader.class).invoke(null, loader);
            String listed = type.getMethod("modifiers").invoke(registry).toString();

            assertTrue(listed.contains("acme-good-1.2.jar"), listed);
            assertTrue(loader.loaded.contains("com.acme.GoodModelModifier_Provider"));
            assertEquals(
                    List.of(),
                    loader.loaded.stream()
                            .filter(name -> name.startsWith("ai.djl.") || name.equals("com.acme.GoodModelModifier"))
                            .toList());
        }
    }

    private void assertOnlyProblem(ProblemCode code, String message, String help, URL broken) {
        PlugRegistry registry = discover(broken, good);

        assertEquals(
                List.of("good"),
                registry.modifiers().stream().map(RegisteredPlug::id).toList());
        assertEquals(1, registry.problems().size(), () -> registry.problems().toString());
        Problem problem = registry.problems().get(0);
        assertEquals(message, problem.message());
        assertEquals(code, problem.code());
        assertEquals(Severity.WARNING, problem.severity());
        assertEquals(help, problem.help());
    }

    private PlugRegistry discover(URL... jars) {
        URLClassLoader loader = new URLClassLoader(jars, PlugRegistry.class.getClassLoader());
        loaders.add(loader);
        return PlugRegistry.discover(loader);
    }

    /** Defines every class outside the JDK itself, and keeps their names. */
    private static final class RecordingLoader extends URLClassLoader {
        private final Set<String> loaded = ConcurrentHashMap.newKeySet();

        RecordingLoader(List<URL> classPath) {
            super(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            loaded.add(name);
            return super.findClass(name);
        }
    }
}
