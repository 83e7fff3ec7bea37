package io.graft.processor.emit;

import io.graft.processor.model.CoreNames;
import io.graft.registry.PlugKind;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.annotation.processing.Filer;
import javax.lang.model.element.Element;
import javax.tools.FileObject;
import javax.tools.StandardLocation;

/**
 * The services file of one kind of plugs in the output folder: provider names in order, each with the plug that it is for as a comment.
 *
 * <p>It is merged with what an earlier compilation wrote, since a partial one sees only some of the plugs, and
 * pruned of
 * what is gone.
 */
public final class ServicesFile {
    private final Filer filer;
    private final String path;

    /**
     * @param kind of the plugs that it lists
     */
    public ServicesFile(PlugKind<?> kind, Filer filer) {
        this.filer = filer;
        this.path = "META-INF/services/" + CoreNames.of(kind.service());
    }

    /**
     * One line.
     *
     * @param plug the plug's class, with dots throughout; empty for a line that a person wrote
     */
    public record Entry(String provider, String plug) {
        private String line() {
            return plug.isEmpty() ? provider : provider + " # " + plug;
        }

        private static Entry parse(String line) {
            int comment = line.indexOf('#');
            return comment < 0
                    ? new Entry(line.strip(), "")
                    : new Entry(
                            line.substring(0, comment).strip(),
                            line.substring(comment + 1).strip());
        }
    }

    /** What an earlier compilation left; nothing if there is no such file. */
    public List<Entry> read() {
        try (Reader file =
                filer.getResource(StandardLocation.CLASS_OUTPUT, "", path).openReader(true)) {
            return text(file)
                    .lines()
                    .map(Entry::parse)
                    .filter(entry -> !entry.provider().isEmpty())
                    .toList();
        } catch (IOException absent) {
            return List.of();
        }
    }

    private static String text(Reader file) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] buffer = new char[1024];
        for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
            text.append(buffer, 0, read);
        }
        return text.toString();
    }

    /**
     * The lines to write: those found now, and of the earlier ones those whose plug is still there.
     *
     * @param isAlive whether an earlier line still holds
     */
    public static List<Entry> merge(Collection<Entry> found, Collection<Entry> earlier, Predicate<Entry> isAlive) {
        SortedMap<String, Entry> merged = new TreeMap<>();
        earlier.stream().filter(isAlive).forEach(entry -> merged.put(entry.provider(), entry));
        found.forEach(entry -> merged.put(entry.provider(), entry));
        return List.copyOf(merged.values());
    }

    /**
     * Replaces the file.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public void write(List<Entry> entries, Collection<? extends Element> origins) {
        String text = entries.stream().map(entry -> entry.line() + "\n").collect(Collectors.joining());
        try {
            FileObject file =
                    filer.createResource(StandardLocation.CLASS_OUTPUT, "", path, origins.toArray(Element[]::new));
            try (Writer writer = file.openWriter()) {
                writer.write(text);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
