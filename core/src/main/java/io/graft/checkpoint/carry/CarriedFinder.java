package io.graft.checkpoint.carry;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.problem.FirstFew;
import io.graft.problem.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Looks for the files in a model's folder that belong to it. Reads no more of them than the JSON that tells of others. */
final class CarriedFinder {
    private static final String MODULES = "modules.json";
    private static final String TEMPLATES = "additional_chat_templates";
    private static final int LONGEST_JSON = 16 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private final Path folder;
    private final Set<Path> stores;
    private final ModelConfiguration configuration;
    private final List<CarriedFile> files = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private Optional<CarriedConfig> config = Optional.empty();

    /**
     * @param folder the model's, links to it not resolved
     * @param stores folders that the model's own files lie in: in a cache of Hugging Face, links lead from the model's folder to one
     *     of all files
     * @param configuration what the model has as {@code config.json}
     */
    CarriedFinder(Path folder, Set<Path> stores, ModelConfiguration configuration) {
        this.folder = folder;
        this.configuration = configuration;
        this.stores = stores;
    }

    void find() {
        find("", CarryRule::carries);
        if (Files.isDirectory(folder.resolve(TEMPLATES), LinkOption.NOFOLLOW_LINKS)) {
            find(TEMPLATES + "/", CarryRule::carriesTemplate);
        }
        for (String module : modules()) {
            find(module + "/", CarryRule::carries);
            names(module + "/", CarryRule::isWeights)
                    .forEach(name -> warnings.add("`" + Printable.of(module + "/" + name)
                            + "` holds weights of another module, which do not go along; copy them"));
        }
        config.flatMap(found -> found.text().value("auto_map")).ifPresent(code -> {
            List<String> sources = names("", name -> name.endsWith(".py"));
            warnings.add(
                    "`" + ModelConfiguration.NAME + "` names code of its own (`auto_map`), and code does not go along"
                            + (sources.isEmpty() ? "" : ": copy " + FirstFew.names(sources) + " if you trust it"));
        });
        files.sort(Comparator.comparing(CarriedFile::name));
    }

    List<CarriedFile> files() {
        return files;
    }

    Optional<CarriedConfig> config() {
        return config;
    }

    List<String> warnings() {
        return warnings;
    }

    private void find(String prefix, Predicate<String> rule) {
        for (String name : names(prefix, rule)) {
            try {
                look(prefix + name);
            } catch (IOException unreadable) {
                leave(prefix + name, "cannot be read (" + unreadable.getMessage() + ")");
            }
        }
    }

    private List<String> names(String prefix, Predicate<String> rule) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder.resolve(prefix))) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (rule.test(name)) {
                    names.add(name);
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            leave(prefix.isEmpty() ? "." : prefix, "cannot be read (" + unreadable.getMessage() + ")");
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }

    private void look(String name) throws IOException {
        Path real;
        try {
            real = folder.resolve(name).toRealPath();
        } catch (NoSuchFileException broken) {
            leave(name, "is a link to a file that is not there");
            return;
        }
        if (!Files.isRegularFile(real)) {
            leave(name, "is not a regular file");
        } else if (!real.startsWith(folder.toRealPath()) && !stores.contains(real.getParent())) {
            leave(name, "is a link to a file elsewhere, " + Printable.of(real.toString()));
        } else if (Files.size(real) > CarryRule.LARGEST) {
            leave(name, "has " + Files.size(real) + " bytes, more than " + CarryRule.LARGEST);
        } else {
            take(name, CheckpointFile.of(real));
        }
    }

    private void take(String name, CheckpointFile file) throws IOException {
        if (name.equals(ModelConfiguration.NAME)) {
            if (!configuration.flaw().isEmpty()) {
                // told by the checkpoint
                return;
            }
            config = Optional.of(new CarriedConfig(ConfigText.of(configuration.text())));
        } else if (!CarryRule.mayBeVocabulary(name, firstByte(file.path()))) {
            return;
        }
        files.add(new CarriedFile(name, file));
    }

    private void leave(String name, String why) {
        warnings.add("`" + Printable.of(name) + "` beside the model " + why + ", so it does not go along");
    }

    private static int firstByte(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read();
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LONGEST_JSON) {
            throw new IllegalArgumentException("too large for a configuration, " + Files.size(file) + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("not UTF-8", malformed);
        }
    }

    /** Folders of the modules of sentence-transformers; the first one's is the model's own. */
    private SortedSet<String> modules() {
        SortedSet<String> paths = new TreeSet<>();
        if (files.stream().noneMatch(file -> file.name().equals(MODULES))) {
            return paths;
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text(folder.resolve(MODULES)))) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && json.currentName().equals("path")) {
                    if (json.nextToken() == JsonToken.VALUE_STRING && isModule(json.getString())) {
                        paths.add(json.getString());
                    }
                }
            }
        } catch (JacksonException | IllegalArgumentException malformed) {
            warnings.add("`" + MODULES + "` beside the model is no JSON, so no folder of a module goes along");
            return new TreeSet<>();
        } catch (IOException unreadable) {
            leave(MODULES, "cannot be read (" + unreadable.getMessage() + ")");
        }
        return paths;
    }

    private boolean isModule(String path) {
        if (path.isEmpty() || path.indexOf('\0') >= 0) {
            return false;
        }
        Path given = Path.of(path);
        return given.getNameCount() == 1
                && !given.isAbsolute()
                && !path.equals("..")
                && !path.equals(".")
                && Files.isDirectory(folder.resolve(given), LinkOption.NOFOLLOW_LINKS);
    }
}
