package io.graft.cli;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.output.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder with files in it in which the command runs, in this process. Arguments and printed texts write {@code DIR} for the
 * folder; what differs between machines and builds is replaced by placeholders too.
 */
public final class Place {
    public static final String FOLDER = "DIR";

    private static final Path FIXTURES = Path.of("src", "test", "resources", "fixtures");
    // With the blanks that a column has after the shorter ones of the names.
    private static final Pattern BUILTIN = Pattern.compile("(?<=\\(|\"|  )"
            + "(classes|graft-core-[\\d.]+\\.jar|graft-modifiers-(builtin|lora|quantization)-[\\d.]+\\.jar( +(?=  ))?)"
            + "(?=\\)|\"|  )");
    private static final Pattern BUILTIN_VERSION = Pattern.compile("(?<=  )(-|[\\d.]+)(?=  BUILTIN  )");
    private static final Pattern VERSION = Pattern.compile("\"version\":\"(development|[\\d.]*)\"");
    private static final Pattern MANIFEST =
            Pattern.compile("(graft-manifest\\.json\",\"kind\":\"manifest\",\"bytes\":)\\d+(,\"sha256\":\")\\w+");
    private static final Pattern MANIFEST_LINE =
            Pattern.compile("(graft-manifest\\.json  )[\\d,]+( bytes  sha256 )\\w+");

    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();

    public Place(Path folder) {
        this.folder = folder;
    }

    /** Copies fixtures into the folder, {@code m43/full7.pt} as {@code full7.pt}, and folders whole. */
    public Place with(String... fixtures) {
        for (String fixture : fixtures) {
            copy(FIXTURES.resolve(fixture), folder.resolve(Path.of(fixture).getFileName()));
        }
        return this;
    }

    /** Writes a file, {@code x.conf}. */
    public Place file(String name, String text) {
        try {
            Path file = path(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes {@code x.conf}: a checkpoint, one modifier for each line, and {@code out} to write to. */
    public Place config(String checkpoint, String... modifiers) {
        return file("x.conf", """
                graft {
                  model.checkpoint = "%s"
                  modifiers = [
                    %s
                  ]
                  output.path = out
                }
                """.formatted(checkpoint, String.join("\n    ", modifiers)));
    }

    public Place environment(String variable, String value) {
        environment.put(variable, value.replace(FOLDER, folder.toString()));
        return this;
    }

    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Runs {@code graft}. */
    public Outcome graft(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(err), environment, false, false);
        int code = graft(console, arguments);
        return new Outcome(code, anonymous(out.toString()), anonymous(err.toString()));
    }

    /** Runs {@code graft} and prints there. */
    public int graft(Console console, String... arguments) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            return GraftCommand.run(
                    console,
                    Arrays.stream(arguments)
                            .map(argument -> argument.replace(FOLDER, folder.toString()))
                            .toArray(String[]::new));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** A text without what differs between machines and builds. */
    public String anonymous(String text) {
        String plain = text.replace(folder.toString(), FOLDER).replace("\r\n", "\n");
        plain = BUILTIN.matcher(plain).replaceAll("BUILTIN");
        plain = BUILTIN_VERSION.matcher(plain).replaceAll("VERSION");
        plain = VERSION.matcher(plain).replaceAll("\"version\":\"VERSION\"");
        plain = MANIFEST.matcher(plain).replaceAll("$1BYTES$2SHA256");
        return MANIFEST_LINE.matcher(plain).replaceAll("$1BYTES$2SHA256");
    }

    /** Every file below the folder with a digest of its bytes, to see that nothing changed. */
    public Map<String, String> files() {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.collect(Collectors.toMap(
                    path -> folder.relativize(path).toString(), Place::content, (one, other) -> one, TreeMap::new));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A checkpoint tensor by tensor: name, dtype, shape and bytes, sorted by name. */
    public static Map<String, List<String>> tensors(Path checkpoint) {
        Map<String, List<String>> tensors = new TreeMap<>();
        for (TensorEntry entry : Checkpoint.open(checkpoint).tensors().values()) {
            tensors.put(
                    entry.name(), List.of(entry.dtype().name(), entry.shape().toString(), hex(entry)));
        }
        return tensors;
    }

    /** The values of float32 tensors, by name. */
    public static Map<String, List<Float>> floats(Path checkpoint) {
        Map<String, List<Float>> values = new LinkedHashMap<>();
        for (TensorEntry entry : Checkpoint.open(checkpoint).tensors().values()) {
            ByteBuffer bytes = bytes(entry);
            List<Float> floats = new ArrayList<>();
            while (bytes.hasRemaining()) {
                floats.add(bytes.getFloat());
            }
            values.put(entry.name(), floats);
        }
        return values;
    }

    public static Path fixture(String name) {
        return FIXTURES.resolve(name);
    }

    private static String hex(TensorEntry entry) {
        ByteBuffer bytes = bytes(entry);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.of().formatHex(copy);
    }

    private static ByteBuffer bytes(TensorEntry entry) {
        try {
            return entry.data().window(0, (int) entry.data().byteCount());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String content(Path path) {
        try {
            return Files.isDirectory(path) ? "folder" : HexFormat.of().formatHex(Files.readAllBytes(path));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
