package io.graft.lora.dialect;

import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.extension.BrokenService;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import io.graft.problem.Printable;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The dialects at hand, and which of them a file is of. */
public final class AdapterDialects {
    private final List<FoundService<AdapterDialect>> found;
    private final List<String> broken;

    private AdapterDialects(List<FoundService<AdapterDialect>> found, List<String> broken) {
        this.found = List.copyOf(found);
        this.broken = List.copyOf(broken);
    }

    /**
     * Looks for dialects.
     *
     * @param loader as {@link ServiceScan#of} takes it
     */
    public static AdapterDialects discover(ClassLoader loader) {
        ServiceScan<AdapterDialect> scan = ServiceScan.of(AdapterDialect.class, loader);
        return new AdapterDialects(
                scan.found(),
                scan.broken().stream()
                        .map(BrokenService::sentence)
                        .map(Printable::of)
                        .toList());
    }

    /** Those of the thread's context class loader. */
    public static AdapterDialects discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    private Stream<AdapterDialect> all() {
        return found.stream().map(FoundService::service);
    }

    /** The words that stand for dialects, sorted. */
    public List<String> ids() {
        return all().map(AdapterDialect::id).distinct().sorted().toList();
    }

    /**
     * The dialect of a word.
     *
     * @throws IllegalArgumentException if there is none, or more than one; the message is one line
     */
    public AdapterDialect named(String id) {
        List<AdapterDialect> named =
                all().filter(dialect -> dialect.id().equals(id)).toList();
        if (named.isEmpty()) {
            String nearest = Suggestions.didYouMean(id, ids());
            throw new IllegalArgumentException("`" + Printable.of(id) + "` is no dialect of adapters; "
                    + (nearest.isEmpty() ? "there are " + Quoting.names(ids()) : nearest));
        }
        if (named.size() > 1) {
            throw new IllegalArgumentException(
                    "`" + id + "` is the dialect of " + classes(named) + "; take the jar of one of them away");
        }
        return named.get(0);
    }

    /**
     * The one dialect of a word alone, for a file that several claim.
     *
     * @throws IllegalArgumentException as {@link #named} does
     */
    public AdapterDialects only(String id) {
        AdapterDialect named = named(id);
        return new AdapterDialects(
                found.stream().filter(each -> each.service() == named).toList(), broken);
    }

    /**
     * The file of tensors that a path is meant for.
     *
     * @param path that file, or a folder with it
     * @throws CheckpointException if there is none, or several
     */
    public Path fileIn(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException(Reason.NOT_FOUND, path, "does not exist", "check the path");
        }
        if (!Files.isDirectory(path)) {
            return path;
        }
        List<String> names = names(path);
        Map<String, String> files = new LinkedHashMap<>();
        all().forEach(dialect -> ask(dialect, () -> dialect.filesIn(names), path)
                .forEach(name -> files.putIfAbsent(name, dialect.id())));
        if (files.isEmpty()) {
            names.stream()
                    .filter(name -> name.endsWith(".safetensors"))
                    .forEach(name -> files.put(name, "a safetensors file"));
        }
        if (files.size() == 1) {
            return path.resolve(files.keySet().iterator().next());
        }
        if (files.isEmpty()) {
            throw new CheckpointException(
                    Reason.NOT_FOUND,
                    path,
                    "has no file of an adapter, such as adapter_model.safetensors",
                    "name the folder that the adapter was saved to, or its file of tensors");
        }
        List<String> shown = new ArrayList<>();
        files.forEach((name, whose) -> shown.add("`" + Printable.of(name) + "` (" + whose + ")"));
        throw new CheckpointException(
                Reason.REFUSED,
                path,
                "has " + shown.size() + " files of adapters: " + String.join(", ", shown),
                "name the file that is meant");
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    Reason.UNREADABLE, folder, "cannot be listed", "check its permissions", unreadable);
        }
    }

    /**
     * The dialect of a file.
     *
     * @throws CheckpointException if none recognises it, or more than one
     */
    public AdapterDialect of(AdapterSource source) {
        List<AdapterDialect> claiming = all().filter(
                        dialect -> ask(dialect, () -> dialect.recognises(source), source.location()))
                .toList();
        if (claiming.size() == 1) {
            return claiming.get(0);
        }
        if (claiming.isEmpty()) {
            String also = broken.isEmpty() ? "" : " (" + String.join("; ", broken) + ")";
            UnknownKeys whose = UnknownKeys.of(source.tensors().keySet());
            throw source.refusal(
                    Reason.UNRECOGNISED,
                    "is no adapter of " + String.join(", ", ids()) + also + ": its keys are " + whose.whose() + ", as `"
                            + source.tensors().keySet().stream().findFirst().orElse("") + "`",
                    whose.help());
        }
        throw source.refusal(
                Reason.REFUSED,
                "is claimed by the dialects "
                        + Quoting.names(
                                claiming.stream().map(AdapterDialect::id).toList()) + " of " + classes(claiming),
                "say which is meant, with the option `dialect` or --from, or take the jar of one of them away");
    }

    private static String classes(List<AdapterDialect> dialects) {
        return String.join(
                " and ",
                dialects.stream().map(dialect -> dialect.getClass().getName()).toList());
    }

    /**
     * Reads a file.
     *
     * @param dialect the one that recognised it
     * @return the adapter of the section that is wanted, or all
     * @throws CheckpointException if it cannot be read, or has no such section
     */
    public List<Adapter> read(AdapterDialect dialect, AdapterSource source) {
        Optional<String> section = source.section();
        List<Adapter> all = ask(dialect, () -> dialect.read(source), source.location()).stream()
                .map(adapter -> adapter.on(AdapterBase.read(source, adapter.section())))
                .toList();
        boolean areNamed = all.stream().anyMatch(adapter -> !adapter.section().isEmpty());
        if (section.isEmpty() || !areNamed) {
            return all;
        }
        return List.of(Adapter.find(all, section.get())
                .orElseThrow(() -> source.refusal(
                        Reason.NOT_FOUND,
                        "has no adapter for `" + Printable.of(section.get()) + "`",
                        "it has those for "
                                + Quoting.names(
                                        all.stream().map(Adapter::section).toList()))));
    }

    /** Says how adapters look in a dialect, see {@link AdapterDialect#write}, and what they were made for. */
    public static List<Artifact> write(AdapterDialect dialect, List<Adapter> adapters, AdapterTarget target) {
        String location = adapters.get(0).settings().location();
        target.take(adapters);
        return ask(dialect, () -> dialect.write(adapters, target), location);
    }

    private static <T> T ask(AdapterDialect dialect, Supplier<T> question, Object location) {
        try {
            return ExtensionLoader.around(dialect.getClass(), question::get);
        } catch (CheckpointException refused) {
            throw refused;
        } catch (RuntimeException | LinkageError failed) {
            throw new CheckpointException(
                    Reason.UNREADABLE,
                    String.valueOf(location),
                    "the dialect `" + dialect.id() + "` (" + dialect.getClass().getName() + ") failed: "
                            + Printable.of(String.valueOf(failed)),
                    "tell its author",
                    failed);
        }
    }
}
