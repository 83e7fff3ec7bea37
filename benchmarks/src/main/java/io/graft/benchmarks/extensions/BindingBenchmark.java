package io.graft.benchmarks.extensions;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reading a configuration file with many modifiers and binding each; the discovery of modifiers is not part of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BindingBenchmark {
    /** Modifier entries of the file. */
    @Param("1000")
    public int entries;

    private PlugRegistry registry;
    private Path file;
    private ConfigFile read;

    /** Writes the file. */
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        registry = PlugRegistry.discover(getClass().getClassLoader());
        file = Files.createTempFile("graft-binding", ".conf");
        Files.writeString(
                file,
                IntStream.range(0, entries)
                        .mapToObj(index -> """
                                  {
                                    type = freezing
                                    submodules-to-freeze = ["encoder.layers.%d.**", "head.%d", "re:.*norm%d.*"]
                                    except = ["encoder.layers.%d.norm"]
                                    strict = false
                                  }
                                """.replace("%d", Integer.toString(index)))
                        .collect(Collectors.joining("", "graft.modifiers = [\n", "]\n")));
        read = read();
    }

    /** Removes the file. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        Files.delete(file);
    }

    /** From the file to the modifiers. */
    @Benchmark
    public List<BoundModifier> readAndBind() {
        return bind(read());
    }

    /** From the parsed file to the modifiers. */
    @Benchmark
    public List<BoundModifier> bind() {
        return bind(read);
    }

    private ConfigFile read() {
        return value(ConfigFile.read(file, ConfigOverrides.none()));
    }

    private List<BoundModifier> bind(ConfigFile config) {
        List<ConfigCursor> list = config.root().at("graft.modifiers").elements();
        return IntStream.range(0, list.size())
                .mapToObj(index -> value(registry.bind(index, list.get(index))))
                .toList();
    }

    private static <T> T value(Bound<T> bound) {
        if (bound instanceof Bound.Ok<T> ok) {
            return ok.value();
        }
        throw new IllegalStateException(bound.problems().toString());
    }
}
