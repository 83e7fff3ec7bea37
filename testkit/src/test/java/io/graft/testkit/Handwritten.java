package io.graft.testkit;

import io.graft.ModelModifier;
import io.graft.ModifierContext;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Providers as the processor would never write them, and class loaders that offer them. */
public final class Handwritten {
    private static final String SERVICES = "META-INF/services/" + ModifierProvider.class.getName();

    private Handwritten() {}

    /** The test's class path and these providers. */
    static ClassLoader offering(Path folder, Class<?>... providers) {
        Path services = folder.resolve(SERVICES);
        try {
            Files.createDirectories(services.getParent());
            Files.writeString(services, Stream.of(providers).map(Class::getName).collect(Collectors.joining("\n")));
            return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Handwritten.class.getClassLoader());
        } catch (MalformedURLException malformed) {
            throw new IllegalArgumentException(malformed);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The test's class path as if the processor had not run. */
    static ClassLoader offeringNothing() {
        return new ClassLoader(Handwritten.class.getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals(SERVICES) ? Collections.emptyEnumeration() : super.getResources(name);
            }
        };
    }

    private static PlugDescriptor descriptor(String id, Class<?> type, OptionDescriptor... options) {
        return new PlugDescriptor(id, List.of(), type.getName(), "Says something.", List.of(options));
    }

    private static OptionDescriptor option(String key) {
        return new OptionDescriptor(key, "integer", "1", false, List.of(), "a number");
    }

    /** @param count a number */
    public record RenamedOptions(int count) {}

    /** A modifier whose key has a newer name. */
    @SuppressWarnings("unmarked")
    public static final class Renamed implements ModelModifier {
        public Renamed(RenamedOptions options) {}

        @Override
        public void apply(ModelDraft model, ModifierContext context) {}
    }

    /** Accepts one key, and warns of another. */
    public static final class RenamedProvider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return Handwritten.descriptor("renamed", Renamed.class, option("count"));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return new Handwritten_RenamedOptions_Binder().bind(entry).map(Renamed::new);
        }
    }

    static Bound<RenamedOptions> bindRenamed(ConfigCursor entry) {
        ConfigCursor old = entry.at("number");
        return old.isPresent()
                ? new Bound.Ok<>(
                        new RenamedOptions(7),
                        List.of(old.warning(ProblemCode.UNREAD_KEY, "`number` is now `count`", "write `count`")))
                : new Bound.Ok<>(new RenamedOptions(7));
    }

    /** @param count a number */
    public record NeglectedOptions(int count) {}

    /** Is described badly. */
    @SuppressWarnings("unmarked")
    public static final class Neglected implements ModelModifier {
        public Neglected(NeglectedOptions options) {}

        @Override
        public void apply(ModelDraft model, ModifierContext context) {}
    }

    /** Describes nothing as it is. */
    public static final class NeglectedProvider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return new PlugDescriptor(
                    "neglected",
                    List.of(),
                    Neglected.class.getName(),
                    "",
                    List.of(
                            new OptionDescriptor("count", "", "", true, List.of(), "a number"),
                            new OptionDescriptor("size", "integer", "", true, List.of(), "")));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return new Bound.Ok<>(new Neglected(new NeglectedOptions(1)));
        }
    }

    /** Has the name of a sample. */
    public static final class RivalProvider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return Handwritten.descriptor("idle", Renamed.class, option("count"));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return new Bound.Ok<>(new Renamed(new RenamedOptions(1)));
        }
    }

    /** Speaks of a modifier that says otherwise. */
    public static final class StaleProvider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return Handwritten.descriptor("stale", Samples.Idle.class, option("count"));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return new Bound.Ok<>(new Samples.Idle());
        }
    }

    /** Comes from the future. */
    public static final class Future_Provider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 99;
        }

        @Override
        public PlugDescriptor descriptor() {
            return Handwritten.descriptor("future", Renamed.class, option("count"));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return new Bound.Ok<>(new Renamed(new RenamedOptions(1)));
        }
    }
}
