package io.graft.apply;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.ModelOpener;
import io.graft.apply.migration.MigrationsSection;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.config.reading.KeyMove;
import io.graft.config.reading.MovedKeys;
import io.graft.config.reading.Redaction;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import io.graft.report.ReportNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads configurations: all that is wrong with one is found at once. */
final class Configurations {
    private final PlugRegistry registry;
    private final ClassLoader loader;
    private final CheckpointFetcher fetcher;

    /**
     * @param loader where sources and formats of checkpoints, and block factories, are looked for
     * @param progress is told of downloads
     */
    Configurations(PlugRegistry registry, ClassLoader loader, Progress progress) {
        this.registry = registry;
        this.loader = loader;
        this.fetcher = CheckpointFetcher.create(loader).watchedBy(progress);
    }

    /**
     * @throws GraftException if the file cannot be read, or has errors
     */
    Configuration read(Path file, ConfigOverrides overrides, Demand demand) {
        // what is included from the class path may lie in an extension
        Bound<ConfigFile> read = ExtensionLoader.within(
                loader, () -> ConfigFile.read(file, overrides, registry.secretKeys(), this::kind));
        if (!(read instanceof Bound.Ok<ConfigFile> ok)) {
            throw new GraftException(read.problems(), null);
        }
        Path folder = ok.value().path().toAbsolutePath().normalize().getParent();
        UnreadRoots roots = new UnreadRoots(registry, ok.value()::inclusionOf);
        List<Problem> known = new ArrayList<>(ok.problems());
        List<String> readPaths = new ArrayList<>(GraftFileBinder.READ);
        MigrationsSection.moves(ok.value().root()).stream().map(KeyMove::from).forEach(readPaths::add);
        known.addAll(ok.value().unreadSets(readPaths));
        Configuration configuration =
                bind(ok.value().root(), known, roots, registry::bind, demand, folder, ReportNames.from(folder));
        configuration.checkpoints().alsoRead(ok.value().path());
        return configuration;
    }

    /** What a file is that was given as a configuration and is none. */
    private Optional<String> kind(Path file) {
        try {
            return Optional.of("a checkpoint (" + Checkpoint.open(file, loader).format() + ")");
        } catch (CheckpointException neither) {
            return Optional.empty();
        }
    }

    /**
     * @throws GraftException if the configuration cannot be resolved, or has errors
     */
    Configuration of(Config config, Demand demand) {
        return of(resolved(config), registry::bind, demand);
    }

    /**
     * @param modifiers in the order in which they run
     * @param rest what else the configuration says
     * @throws GraftException if a modifier cannot be used, or if its options are wrong
     */
    Configuration of(List<ModelModifier> modifiers, Config rest, Demand demand) {
        MadeModifiers made = new MadeModifiers(registry, modifiers);
        return of(made.listedIn(rest), made, demand);
    }

    /**
     * A configuration with modifiers around its own.
     *
     * @throws GraftException if one of them cannot be used, or if its options are wrong
     */
    Configuration surrounded(
            Configuration configuration,
            String name,
            ConfigCursor place,
            List<ModelModifier> before,
            List<ModelModifier> after) {
        List<BoundModifier> all = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        problems.addAll(bind(name, place, before, all));
        all.addAll(configuration.file().modifiers());
        problems.addAll(bind(name, place, after, all));
        Configuration surrounded = configuration.with(all, problems);
        if (surrounded.problems().stream().anyMatch(Problem::isError)) {
            throw surrounded.failure(surrounded.problems(), null, null);
        }
        return surrounded;
    }

    private List<Problem> bind(String name, ConfigCursor place, List<ModelModifier> modifiers, List<BoundModifier> to) {
        MadeModifiers made = new MadeModifiers(registry, modifiers);
        List<Problem> problems = new ArrayList<>();
        ConfigCursor root = ConfigCursor.of(made.listedIn(ConfigFactory.empty()), registry.secretKeys());
        List<ConfigCursor> entries = root.at("graft.modifiers").elements();
        for (int i = 0; i < entries.size(); i++) {
            int position = i;
            Bound<BoundModifier> bound =
                    ExtensionLoader.within(loader, () -> made.bind(position, entries.get(position)));
            problems.addAll(bound.problems());
            if (bound instanceof Bound.Ok<BoundModifier> ok) {
                to.add(ok.value().askedFor(name, place));
            }
        }
        return problems;
    }

    private Configuration of(Config config, EntryBinder entries, Demand demand) {
        return bind(
                ConfigCursor.of(config, registry.secretKeys()),
                List.of(),
                new UnreadRoots(registry, file -> Optional.empty()),
                entries,
                demand,
                Path.of("").toAbsolutePath(),
                ReportNames.absolute());
    }

    private Configuration bind(
            ConfigCursor written,
            List<Problem> known,
            UnreadRoots roots,
            EntryBinder entries,
            Demand demand,
            Path folder,
            ReportNames names) {
        MovedKeys moved = MovedKeys.of(written, MigrationsSection.moves(written));
        ConfigCursor root = moved.root();
        // options that name a checkpoint look for its source with the context class loader
        Bound<GraftFile> bound =
                ExtensionLoader.within(loader, () -> new GraftFileBinder(entries, registry, demand).bind(root));
        Redaction redaction = Redaction.of(root);
        List<Problem> problems = new ArrayList<>(known);
        problems.addAll(redaction.problems(moved.problems()));
        // after the binding, which finds out what no quoted line may show
        problems.addAll(roots.check(root));
        problems.addAll(redaction.problems(bound.problems()));
        if (!(bound instanceof Bound.Ok<GraftFile> ok) || problems.stream().anyMatch(Problem::isError)) {
            throw new GraftException(problems, OptionalInt.of(GraftFileBinder.configured(root)), null, null);
        }
        if (demand.isLive()) {
            ok.value().model().ifPresent(model -> problems.add(unread(model)));
        }
        return new Configuration(
                ok.value(),
                problems,
                folder,
                new OpenedCheckpoints(names, fetcher),
                new ModuleFactories(folder, loader),
                redaction);
    }

    private static Problem unread(BoundPlug<ModelOpener> model) {
        return model.cursor()
                .warning(
                        ProblemCode.UNREAD_KEY,
                        "the section `model` is not read: the model that is modified comes from the caller",
                        "remove it, or let the configuration name the model");
    }

    private static Config resolved(Config config) {
        try {
            return config.resolve();
        } catch (ConfigException unresolvable) {
            // what the library says of anything else quotes values
            boolean named = unresolvable instanceof ConfigException.UnresolvedSubstitution;
            throw new GraftException(
                    List.of(new Problem(
                            ProblemCode.UNRESOLVED_SUBSTITUTION,
                            Severity.ERROR,
                            "",
                            Optional.of(SourceRef.of(config.origin().description())),
                            "the configuration cannot be resolved"
                                    + (named ? ": " + Thrown.firstLine(unresolvable) : ""),
                            List.of(),
                            "resolve it before it is handed over")),
                    named ? unresolvable : null);
        }
    }
}
