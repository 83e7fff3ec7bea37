package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.testing.compile.Compilation;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.Problem;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;

/** Modifiers that are compiled with the processors, as strictly as a user may, and discovered. */
final class Extension implements AutoCloseable {
    private final Path folder;
    private final URLClassLoader loader;
    private final PlugRegistry registry;

    private Extension(Path folder, URLClassLoader loader) {
        this.folder = folder;
        this.loader = loader;
        this.registry = PlugRegistry.discover(loader);
    }

    static Extension compile(Path folder, JavaFileObject... sources) throws IOException {
        return compile(folder, List.of(), sources);
    }

    static Extension compile(Path folder, List<String> options, JavaFileObject... sources) throws IOException {
        Compilation compilation = Compiling.compiler(
                        Stream.concat(Stream.of("-Werror"), options.stream()).toArray())
                .compile(sources);
        assertEquals(List.of(), Compiling.messages(compilation));
        assertEquals(List.of(), Ecj.errors(sources));
        Path classes = folder.resolve("acme");
        String output = "/" + StandardLocation.CLASS_OUTPUT + "/";
        for (JavaFileObject file : Compiling.written(compilation)) {
            if (file.getName().startsWith(output)) {
                Path target = classes.resolve(file.getName().substring(output.length()));
                Files.createDirectories(target.getParent());
                try (var content = file.openInputStream()) {
                    Files.copy(content, target);
                }
            }
        }
        URL[] path = {classes.toUri().toURL()};
        return new Extension(folder, new URLClassLoader(path, Extension.class.getClassLoader()));
    }

    ClassLoader loader() {
        return loader;
    }

    /** The text of what is generated beside the class of the modifier. */
    String resource(String ending) throws IOException {
        String path = "META-INF/graft/modifiers/" + descriptor().id() + ending;
        try (InputStream content = loader.getResourceAsStream(path)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    PlugDescriptor descriptor() {
        return registry.modifiers().get(0).descriptor();
    }

    /** Binds the first entry of {@code graft.modifiers}. */
    Bound<BoundModifier> bind(String hocon) throws IOException {
        Path file = Files.writeString(folder.resolve("train.conf"), hocon);
        ConfigCursor entry =
                ok(ConfigFile.read(file, ConfigOverrides.none())).root().at("graft.modifiers[0]");
        return registry.bind(0, entry);
    }

    /** What the bound modifier says of itself. */
    String bound(String hocon) throws IOException {
        return ok(bind(hocon)).modifier().toString();
    }

    /** Each problem with its place, {@code 4:12 out-of-range graft.modifiers[0].rank: must be ...}, in order. */
    List<String> problems(String hocon) throws IOException {
        return bind(hocon).problems().stream().map(Extension::describe).sorted().toList();
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    private static String describe(Problem problem) {
        String place = problem.at().map(at -> at.line() + ":" + at.column()).orElse("-");
        String help = problem.help().isEmpty() ? "" : "; " + problem.help();
        return place + " " + problem.code().id() + " " + problem.path() + ": " + problem.message() + help;
    }

    private static <T> T ok(Bound<T> bound) {
        return bound instanceof Bound.Ok<T> ok
                ? ok.value()
                : fail(bound.problems().stream()
                        .map(Extension::describe)
                        .toList()
                        .toString());
    }
}
