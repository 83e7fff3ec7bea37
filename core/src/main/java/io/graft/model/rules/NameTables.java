package io.graft.model.rules;

import io.graft.problem.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The tables of names at hand: those of this library, and those of jars. A jar lists the ids of its own in {@value #INDEX}, one a line,
 * and has each as {@code META-INF/graft/names/ID.conf}, see {@link NameTable}. An id is lower-case words and numbers with hyphens or dots
 * between. Of two with one id, the first found counts. A table is read when somebody asks for it.
 */
public final class NameTables {
    private static final String FOLDER = "META-INF/graft/names/";
    private static final String INDEX = FOLDER + "index";

    /** A plain name, for it becomes one of a file beside the index. */
    private static final Pattern ID = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");

    private static final int LONGEST_ID = 64;

    /** Bytes of an index or a table. */
    private static final int LARGEST = 1 << 20;

    /** By their ids, the indexes that list them. */
    private final Map<String, URL> listed;

    private final Map<String, NameTable> tables = new TreeMap<>();
    private final Map<String, String> broken = new TreeMap<>();

    private NameTables(Map<String, URL> listed) {
        this.listed = listed;
    }

    /** Finds tables with the thread's context class loader. */
    public static NameTables discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    /** Finds tables with the class loader of this library, and with the given one; {@link io.graft.extension.LoadedExtensions} stand for each extension. */
    public static NameTables discover(ClassLoader loader) {
        Map<String, URL> listed = new TreeMap<>();
        for (URL index : indexes(loader)) {
            lines(index).forEach(id -> listed.putIfAbsent(id, index));
        }
        return new NameTables(listed);
    }

    private static List<URL> indexes(ClassLoader loader) {
        Map<String, URL> indexes = new LinkedHashMap<>();
        try {
            List<URL> all = new ArrayList<>(Collections.list(
                    Objects.requireNonNull(NameTables.class.getClassLoader()).getResources(INDEX)));
            if (loader != null) {
                all.addAll(Collections.list(loader.getResources(INDEX)));
            }
            all.forEach(index -> indexes.putIfAbsent(index.toExternalForm(), index));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return List.copyOf(indexes.values());
    }

    private static List<String> lines(URL resource) {
        try {
            // A jar that is exchanged while it is open must not be read from what is remembered of it.
            URLConnection connection = resource.openConnection();
            connection.setUseCaches(false);
            try (InputStream content = connection.getInputStream()) {
                byte[] bytes = content.readNBytes(LARGEST + 1);
                if (bytes.length > LARGEST) {
                    throw new IOException(resource + " has more than " + LARGEST + " bytes");
                }
                return new String(bytes, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .toList();
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void read(String id) {
        if (!listed.containsKey(id) || tables.containsKey(id) || broken.containsKey(id)) {
            return;
        }
        if (id.length() > LONGEST_ID || !ID.matcher(id).matches()) {
            broken.put(
                    id,
                    "an id is lower-case words and numbers with hyphens or dots between, " + LONGEST_ID
                            + " characters at most");
            return;
        }
        try {
            URL file = new URL(listed.get(id), id + ".conf");
            tables.put(id, NameTable.parse(id, String.join("\n", lines(file))));
        } catch (IllegalArgumentException | IOException | UncheckedIOException unusable) {
            broken.put(id, unusable.getMessage());
        }
    }

    private void readAll() {
        listed.keySet().forEach(this::read);
    }

    /** All that can be used, by their ids, sorted. */
    public Map<String, NameTable> tables() {
        readAll();
        return Collections.unmodifiableMap(tables);
    }

    /** What is wrong with those that cannot be used, by their ids, sorted. */
    public Map<String, String> broken() {
        readAll();
        return Collections.unmodifiableMap(broken);
    }

    /** A table by its id. */
    public Optional<NameTable> find(String id) {
        read(id);
        return Optional.ofNullable(tables.get(id));
    }

    /** What is wrong with an id that {@link #find} does not find. */
    String missing(String id) {
        return broken.containsKey(id)
                ? "the table of names `" + id + "` cannot be used: " + broken.get(id)
                : "no table of names is called `" + id + "`";
    }

    /** What there is instead. */
    String help(String id) {
        Set<String> ids = tables().keySet();
        String near = Suggestions.didYouMean(id, ids);
        return near + (near.isEmpty() ? "" : " ") + "the tables are " + String.join(", ", ids);
    }
}
