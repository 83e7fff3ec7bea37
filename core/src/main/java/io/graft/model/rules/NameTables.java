package io.graft.model.rules;

import io.graft.problem.Suggestions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.TreeMap;

/**
 * The tables of names at hand: those of this library, and those of jars. A jar lists the ids of its own in {@value #INDEX}, one a line,
 * and has each as {@code META-INF/graft/names/ID.conf}, see {@link NameTable}. Of two with one id, the first found counts.
 *
 * @param tables by their ids, sorted
 * @param broken what is wrong with those that could not be read, by their ids
 */
public record NameTables(Map<String, NameTable> tables, Map<String, String> broken) {
    private static final String FOLDER = "META-INF/graft/names/";
    private static final String INDEX = FOLDER + "index";

    public NameTables {
        tables = Collections.unmodifiableMap(new TreeMap<>(tables));
        broken = Collections.unmodifiableMap(new TreeMap<>(broken));
    }

    /** Finds tables with the thread's context class loader. */
    public static NameTables discover() {
        return discover(Thread.currentThread().getContextClassLoader());
    }

    /** Finds tables with the class loader of this library, and with the given one; {@link io.graft.extension.LoadedExtensions} stand for each extension. */
    public static NameTables discover(ClassLoader loader) {
        Map<String, NameTable> tables = new LinkedHashMap<>();
        Map<String, String> broken = new LinkedHashMap<>();
        for (URL index : indexes(loader)) {
            for (String id : lines(index)) {
                if (tables.containsKey(id) || broken.containsKey(id)) {
                    continue;
                }
                try {
                    URL file = new URL(index, id + ".conf");
                    tables.put(id, NameTable.parse(id, String.join("\n", lines(file))));
                } catch (IllegalArgumentException | IOException | UncheckedIOException unusable) {
                    broken.put(id, unusable.getMessage());
                }
            }
        }
        return new NameTables(tables, broken);
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
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                return reader.lines().filter(line -> !line.isBlank()).toList();
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A table by its id. */
    public Optional<NameTable> find(String id) {
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
        String near = Suggestions.didYouMean(id, tables.keySet());
        return near + (near.isEmpty() ? "" : " ") + "the tables are " + String.join(", ", tables.keySet());
    }
}
